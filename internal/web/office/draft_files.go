package office

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
	"gongkai/internal/release"
)

// addDraftFiles hangs uploaded files on a draft: attachments, the scan of a
// signed slip, materials of the legality review.
func addDraftFiles(o *Office, c *call) (*answer, error) {
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	back := fmt.Sprintf("/office/releases/%d", v.Case.ID)
	u, err := startUpload(c)
	if err != nil {
		return nil, err
	}
	if u.values["stay"] != "" {
		back += "/edit"
	}
	if err := o.may(c, access.WriteDraft, s.Organ); err != nil {
		return nil, err
	}
	files, err := o.takeFiles(c, u)
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return told(c, back, fault.Text(err)), nil
	}
	last := ""
	for _, f := range files {
		if _, err := o.deps.Releases.AddFile(c.ctx(), c.who.Actor, v.Case.ID, release.File{Role: u.values["role"], Name: f.Name, SHA256: f.sha, Size: f.size, MIME: f.mime}); err != nil {
			if !mendable(err) {
				return nil, err
			}
			return told(c, back, fault.Text(err)), nil
		}
		last = f.Name
	}
	if last == "" {
		return told(c, back, textNoDeskFile), nil
	}
	if _, err := o.deps.Releases.Recheck(c.ctx(), v.Case.ID); err != nil {
		return nil, err
	}
	return told(c, back, fmt.Sprintf(textFileAdded, last)), nil
}

func dropDraftFile(o *Office, c *call) (*answer, error) {
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	if err := o.may(c, access.WriteDraft, s.Organ); err != nil {
		return nil, err
	}
	file, err := pathNumber(c.r, "file")
	if err != nil {
		return nil, err
	}
	if err := o.deps.Releases.DropFile(c.ctx(), c.who.Actor, v.Case.ID, file); err != nil {
		return nil, err
	}
	if _, err := o.deps.Releases.Recheck(c.ctx(), v.Case.ID); err != nil {
		return nil, err
	}
	return told(c, fmt.Sprintf("/office/releases/%d/edit", v.Case.ID), textFileDropped), nil
}

// draftFileBytes sends a file of a slip to somebody who may see the slip.
func draftFileBytes(o *Office, c *call) (*answer, error) {
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	id, err := pathNumber(c.r, "file")
	if err != nil {
		return nil, err
	}
	for _, f := range s.Files {
		if f.ID != id {
			continue
		}
		r, err := o.deps.Files.Open(c.ctx(), f.SHA256)
		if err != nil {
			return nil, err
		}
		b, err := io.ReadAll(r)
		if e := r.Close(); err == nil {
			err = e
		}
		if err != nil {
			return nil, err
		}
		h := http.Header{"Content-Type": {"application/octet-stream"}, "Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": f.Name})},
			"X-Content-Type-Options": {"nosniff"}}
		return &answer{http.StatusOK, h, b}, o.access.Record(c.ctx(), c.who.Actor, audit.Download, fmt.Sprintf("case:%d", v.Case.ID), audit.Done, f.Name)
	}
	return nil, fault.New(fault.NotFound, "office.draftFileBytes", textNotFound)
}

// versionsView lists the saved states of a text and compares one with the present.
type versionsView struct {
	frame
	Case     *casework.Case
	Versions []release.Version
	Chosen   *release.Version
	Diff     []officialdoc.Op
	Open     bool // the draft may still be written
}

func draftVersionsPage(o *Office, c *call) (*answer, error) {
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	d := &versionsView{frame: o.frame(c, "历次文稿", document.Crumb{Name: textDrafts, Href: "/office/releases"}, document.Crumb{Name: v.Case.Number, Href: fmt.Sprintf("/office/releases/%d", v.Case.ID)}),
		Case: v.Case, Open: v.Case.State == release.Drafting}
	if d.Versions, err = o.deps.Releases.Versions(c.ctx(), v.Case.ID); err != nil {
		return nil, err
	}
	if q := queryValue(c.r, "no"); q != "" {
		x, err := version(d.Versions, q)
		if err != nil {
			return nil, err
		}
		d.Chosen, d.Diff = x, officialdoc.DiffText(x.Paper.Text, s.Paper.Text)
	}
	return o.page(c, "draft_versions", http.StatusOK, d)
}

func version(list []release.Version, q string) (*release.Version, error) {
	n, err := strconv.Atoi(q)
	for i := range list {
		if err == nil && list[i].No == n {
			return &list[i], nil
		}
	}
	return nil, fault.New(fault.NotFound, "office.version", textVersionGone)
}

// takeBackVersion makes the words of an earlier state the present ones again,
// as a new version; nothing is lost.
func takeBackVersion(o *Office, c *call) (*answer, error) {
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	list, err := o.deps.Releases.Versions(c.ctx(), v.Case.ID)
	if err != nil {
		return nil, err
	}
	x, err := version(list, value(c.r, "no"))
	if err != nil {
		return nil, err
	}
	save := &release.SaveForm{Version: s.Version, Paper: &x.Paper, Keep: true}
	if _, err := o.deps.Cases.Apply(c.ctx(), casework.Do{Case: v.Case.ID, Action: release.ActSave, Form: save, Actor: c.who.Actor}); err != nil {
		return nil, err
	}
	if _, err := o.deps.Releases.Recheck(c.ctx(), v.Case.ID); err != nil {
		return nil, err
	}
	return told(c, fmt.Sprintf("/office/releases/%d/edit", v.Case.ID), fmt.Sprintf(textVersionBack, x.No)), nil
}
