package office

import (
	"errors"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
)

// slipAct does one act of the table on a slip. Each act reads its own typed
// form; what the table does not show as a button is refused here as well.
func slipAct(o *Office, c *call) (*answer, error) {
	v, _, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	action := casework.Action(queryValue(c.r, "do"))
	if formKinds[action] == "" && action != release.ActAnswer {
		return nil, fault.New(fault.NotFound, "office.slipAct", textNotFound)
	}
	do := casework.Do{Case: v.Case.ID, Action: action, Actor: c.who.Actor, Token: value(c.r, "once")}
	if action != release.ActAnswer {
		do.Version, _ = strconv.Atoi(value(c.r, "version")) // no number is no version that ever was: see below
		if do.Version == 0 {
			do.Version = -1
		}
	}
	if do.Form, err = slipForm(c.r, action); err == nil && action == release.ActPaper {
		err = o.takeScan(c, v, &do)
	}
	if err == nil {
		_, err = o.deps.Cases.Apply(c.ctx(), do)
	}
	if err != nil {
		return o.actRefused(c, v, action, err)
	}
	to := slipPath(v.Case.ID)
	if action == release.ActAnswer {
		to += "#findings"
	}
	return told(c, to, afterAct[action]), nil
}

// slipForm reads the typed form of an act.
func slipForm(r *http.Request, action casework.Action) (any, error) {
	switch formKinds[action] {
	case "plain":
		return nil, nil
	case "opinion", "secrecy", "legality", "after":
		f := &release.OpinionForm{Opinion: opinionOf(r), Outcome: value(r, "outcome"), Answer: value(r, "answer")}
		if f.Outcome != "" && f.Outcome != release.Lawful && f.Outcome != release.AfterPassed {
			f.Opinion = value(r, "opinion") // the phrases all agree
		}
		return f, nil
	case "reason":
		return &release.ReasonForm{Reason: value(r, "reason")}, nil
	case "sign", "urgent":
		at, err := momentValue(r, "at")
		return &release.SignForm{Opinion: opinionOf(r), At: at, Reason: value(r, "why")}, err
	case "paper":
		at, err := momentValue(r, "at")
		f := &release.PaperForm{Signer: value(r, "signer"), Reviewer: value(r, "reviewer"), How: value(r, "how"), Number: value(r, "number"), Legality: value(r, "legality"), At: at}
		if err == nil {
			f.On, err = dayValue(r, "on", "签发日期")
		}
		return f, err
	}
	return &release.FindingForm{Mark: value(r, "mark"), State: value(r, "state"), Reason: value(r, "reason")}, nil
}

// momentValue reads a moment in legal time; empty is the zero time.
func momentValue(r *http.Request, name string) (time.Time, error) {
	s := value(r, name)
	if s == "" {
		return time.Time{}, nil
	}
	t, err := time.ParseInLocation("2006-01-02T15:04", strings.Replace(s, " ", "T", 1), workday.Zone)
	if err != nil || t.Year() < 2000 || t.Year() > 2200 {
		return t, fault.Field("office.momentValue", "发布时间", textBadHour, shorten(s, 30))
	}
	return t, nil
}

// takeScan stores the scan that comes with a registration. It is hung on the
// slip only when nobody else moved it meanwhile and the table allows the act.
func (o *Office) takeScan(c *call, v *casework.View, do *casework.Do) error {
	part, head, err := c.r.FormFile("scan")
	if errors.Is(err, http.ErrMissingFile) || errors.Is(err, http.ErrNotMultipart) {
		return nil // the domain says whether a scan is needed
	}
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Op: "office.takeScan", Text: textBadForm, Err: err}
	}
	defer part.Close()
	if head.Size == 0 || v.Case.Version != do.Version || !allowed(v, do.Action) {
		return nil
	}
	if head.Size > maxScan {
		return fault.Newf(fault.TooLarge, "office.takeScan", textScanLarge, maxScan>>20)
	}
	blob, err := o.deps.Files.Put(c.ctx(), part, maxScan)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(blob.MIME, "image/") && blob.MIME != "application/pdf" && blob.MIME != "application/zip" && !strings.Contains(blob.MIME, "ofd") || blob.MIME == "image/svg+xml" {
		return fault.Field("office.takeScan", "审签单扫描件", textScanKind)
	}
	name := shorten(path.Base(strings.ReplaceAll(strings.ToValidUTF8(head.Filename, ""), `\`, "/")), 200)
	if _, err := o.deps.Releases.AddFile(c.ctx(), c.who.Actor, v.Case.ID, release.File{Role: release.Scan, Name: name, SHA256: blob.SHA256, Size: blob.Size, MIME: blob.MIME}); err != nil {
		return err
	}
	do.Version++ // hanging up the scan is an act of its own
	return nil
}

// allowed reports an act that the page offers.
func allowed(v *casework.View, a casework.Action) bool {
	for _, b := range v.Buttons {
		if b.Action == a {
			return b.Reason == ""
		}
	}
	return false
}

// actRefused shows the slip again with the reason beside the button and what
// was typed. Who has nothing to do with the act gets the page of the house.
func (o *Office) actRefused(c *call, v *casework.View, action casework.Action, err error) (*answer, error) {
	seen, _ := strconv.Atoi(value(c.r, "seen"))
	moved := seen > 0 && v.Case.Events > seen
	shown := action == release.ActAnswer
	for _, b := range v.Buttons {
		shown = shown || b.Action == action
	}
	kind := fault.KindOf(err)
	switch {
	case kind == fault.Forbidden && !shown && !moved, kind != fault.Forbidden && !mendable(err):
		return nil, err
	}
	status := statusFor(err)
	if moved {
		status = http.StatusConflict
	}
	return o.showSlip(c, status, func(d *slipView) {
		d.Wrong = fault.Text(err)
		if moved {
			d.Wrong, d.Meanwhile = textMeanwhile, o.since(v.Case, seen)
		}
		if f := d.form(action); f != nil {
			f.fill(c.r)
			f.Error = fault.Text(err)
		}
	})
}

// since lists what happened on a case after an event.
func (o *Office) since(k *casework.Case, no int) (out []happened) {
	for _, x := range k.Done {
		if x.No > no {
			out = append(out, happened{ui.Minute(x.At), x.Actor, o.deps.Cases.ActionName(k.Kind, x.Action)})
		}
	}
	return out
}
