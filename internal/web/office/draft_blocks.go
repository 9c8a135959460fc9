package office

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
	"gongkai/internal/release"
)

// Bounds of what the editor lists beside a long text.
const (
	maxOutline = 400
	maxPlaces  = 400
)

// blocks fills what the editor shows of the text's blocks: outline, pictures
// and their places, and the numbers that do not run on.
func (d *editView) blocks() {
	d.Places = []option{{Value: placeEnd, Name: "正文末尾"}}
	for _, b := range officialdoc.Blocks(d.Form.Text) {
		words := shorten(b.Words, 24)
		switch b.Kind {
		case officialdoc.BlockTable:
			words = fmt.Sprintf("表格（%d 行）", b.Lines)
		case officialdoc.BlockPicture:
			words = "图片：" + words
		}
		if b.Kind != officialdoc.BlockParagraph && len(d.Outline) < maxOutline {
			d.Outline = append(d.Outline, outlineLine{b.Kind, words, b.Line, min(b.Level, 4)})
		}
		if len(d.Places) < maxPlaces {
			d.Places = append(d.Places, option{Value: strconv.Itoa(b.Line + b.Lines), Name: "“" + words + "”之后"})
		}
	}
	d.Places = append(d.Places, option{Value: placeNowhere, Name: "先不放进正文"})
	d.Renumber = officialdoc.Renumber(d.Form.Text)
	marks := officialdoc.Pictures(d.Form.Text)
	for _, f := range d.Slip.Files {
		if f.Role == release.Picture {
			d.Pictures = append(d.Pictures, pictureLine{f, officialdoc.PictureLine(f.Alt()), slices.Contains(marks, f.Alt())})
		}
	}
}

// listed offers the entries of the negative list that hold for the draft's
// organ, and names those whose words stand in it.
func (o *Office) listed(c *call, d *editView) error {
	list, err := o.deps.Releases.ListedFor(c.ctx(), d.Slip.Organ, o.access.Today())
	if err != nil {
		return err
	}
	if d.Slip.Listed != 0 && !slices.ContainsFunc(list, func(e release.Listed) bool { return e.ID == d.Slip.Listed }) {
		used, err := o.deps.Releases.ListedEntry(c.ctx(), d.Slip.Listed)
		switch {
		case err == nil:
			list = append(list, *used)
		case fault.KindOf(err) != fault.NotFound:
			return err
		}
	}
	for _, e := range list {
		d.Listed = append(d.Listed, listedOption{e, e.ID == d.Slip.Listed})
	}
	d.Hits = release.ListedHits(&release.Paper{Title: d.Form.Title, Text: d.Form.Text}, list)
	return nil
}

// useListed fills ground and reason from the chosen entry; the writer may
// change both, and decides whether the entry fits.
func (o *Office) useListed(c *call, s *release.Slip, f *draftForm, save *release.SaveForm) error {
	if save.Decision.Attribute != release.Withheld {
		return fault.Field("office.useListed", "公开属性", textListedFirst)
	}
	list, err := o.deps.Releases.ListedFor(c.ctx(), s.Organ, o.access.Today())
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(e release.Listed) bool { return e.ID == save.Decision.Listed })
	if i < 0 {
		return fault.Field("office.useListed", "负面清单条目", "“负面清单条目”：请先选一条。")
	}
	save.Decision.Ground, save.Decision.Reason = list[i].Ground, list[i].Reason
	f.Reason = list[i].Reason
	return nil
}

// renumberDraft writes the proposed numbers of articles, as a new version: the
// proposal stood on the page, and the text is the one it was made for.
func renumberDraft(o *Office, c *call) (*answer, error) {
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	if err := o.may(c, access.WriteDraft, s.Organ); err != nil {
		return nil, err
	}
	to := fmt.Sprintf("/office/releases/%d/edit", v.Case.ID)
	list := officialdoc.Renumber(s.Paper.Text)
	if len(list) == 0 {
		return told(c, to, textNoRenumber), nil
	}
	seen, err := strconv.Atoi(strings.TrimSpace(value(c.r, "version")))
	if err != nil {
		return nil, fault.New(fault.Invalid, "office.renumberDraft", textOldForm)
	}
	p := s.Paper
	p.Text = officialdoc.ApplyRenumber(p.Text, list)
	_, err = o.deps.Cases.Apply(c.ctx(), casework.Do{Case: v.Case.ID, Action: release.ActSave, Form: &release.SaveForm{Version: seen, Paper: &p, Keep: true}, Actor: c.who.Actor})
	var stale *release.Stale
	if errors.As(err, &stale) {
		return told(c, to, fault.Text(err)), nil
	}
	if err != nil {
		return nil, err
	}
	if _, err := o.deps.Releases.Recheck(c.ctx(), v.Case.ID); err != nil {
		return nil, err
	}
	return told(c, to, fmt.Sprintf(textRenumbered, len(list))), nil
}
