package request

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/proofread"
	"gongkai/internal/workday"
)

// ActLetter changes the words of the answer's free paragraphs, or enters the
// office's own number.
const ActLetter casework.Action = "letter"

// LetterForm is what the composer sends.
type LetterForm struct {
	Number string            // the office's own, "" for the counter's
	Texts  map[string]string // words of free paragraphs, by section
}

// letterChapter is the composer: a letter is finished only when nothing is
// missing, and what differs from the template is seen by reviewer and signer. A
// change after the review goes back to the reviewer.
func (r *Room) letterChapter() chapter {
	in := func(s ...casework.State) []casework.State { return s }
	form := func() any { return &LetterForm{} }
	finished := guard{refuse: refuseUnfinished}
	return chapter{
		steps: []step{
			{Action: ActLetter, Name: "改文书", From: in(Reviewing), Right: access.HandleRequest, Form: form, Check: checkLetter, Effect: r.draftLetter},
			{Action: ActLetter, Name: "改文书", From: in(Signing), To: in(Reviewing), Right: access.HandleRequest, Form: form, Check: checkLetter, Effect: r.draftLetter},
		},
		load:   r.loadLetters,
		names:  map[string]string{string(ActScanned): "上传盖章件", string(ActSealAsked): "请求电子印章", string(ActSealed): "收到电子印章件"},
		guards: map[casework.Action]guard{ActPass: finished, ActSign: finished},
	}
}

// refuseUnfinished keeps a letter with a hole from going on (A8.5, A-99).
func refuseUnfinished(c *casework.Case, q *Request, today workday.Date) string {
	if names := ComposeAnswer(c, q, today).Names(); len(names) > 0 {
		return "答复书还缺：" + join(names) + "。请在“答复书”页补齐。"
	}
	return ""
}

// maxNumber bounds an own number in runes.
const maxNumber = 50

func checkLetter(c *casework.Case, q *Request, form any, today workday.Date) error {
	f := form.(*LetterForm)
	f.Number = strings.TrimSpace(f.Number)
	if n := []rune(f.Number); len(n) > maxNumber || strings.ContainsAny(f.Number, "\r\n\t") || len(n) > 0 && !strings.HasSuffix(f.Number, "号") {
		return fault.Field("request.checkLetter", "文号", "“文号”：请写完整的文号，如“清教公开〔2026〕3号”，不超过 %d 个字。", maxNumber)
	}
	sections := ComposeAnswer(c, q, today).Sections
	for _, id := range slices.Sorted(maps.Keys(f.Texts)) {
		i := slices.IndexFunc(sections, func(s Section) bool { return s.ID == id })
		if i < 0 {
			return fault.Field("request.checkLetter", "段落", "“段落”：答复意见已经改过，请刷新后再改文书。")
		}
		s := sections[i]
		if s.Locked != "" {
			return fault.Field("request.checkLetter", s.Label, "“%s”：%s", s.Label, s.Locked)
		}
		if err := words(s.Label, f.Texts[id], true); err != nil {
			return err
		}
		if strings.Contains(f.Texts[id], "\n\n") {
			return fault.Field("request.checkLetter", s.Label, "“%s”：中间不要空行。", s.Label)
		}
	}
	return nil
}

func (r *Room) draftLetter(ctx context.Context, t *turn) error {
	q, f := t.Data, t.Form.(*LetterForm)
	if f.Number != "" {
		var n int
		if err := t.Tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM request_letter_numbers WHERE organ_id = $1 AND number = $2`, t.Case.Organ, f.Number).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return numberTaken(f.Number)
		}
	}
	edits := map[string]Edit{}
	var changed []string
	for _, s := range ComposeAnswer(t.Case, q, t.Today).Sections {
		base := s.Text
		if s.Changed() {
			base = s.Base
		}
		text, sent := f.Texts[s.ID]
		if !sent {
			text = s.Text
		}
		if text = strings.TrimSpace(text); text != base && s.Locked == "" {
			edits[s.ID] = Edit{Base: base, Text: text}
			changed = append(changed, s.Label)
		}
	}
	raw, err := json.Marshal(edits)
	if err != nil {
		return err
	}
	q.Draft = LetterDraft{Number: f.Number, Edits: edits, By: t.Actor.Login}
	t.Record(map[string]string{"number": f.Number, "changed": strings.Join(changed, "、")})
	_, err = t.Tx.ExecContext(ctx, `INSERT INTO request_letter_drafts (case_id, number, edits, set_by, set_at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (case_id) DO UPDATE SET number = excluded.number, edits = excluded.edits, set_by = excluded.set_by, set_at = excluded.set_at`,
		t.Case.ID, f.Number, string(raw), t.Actor.Login, t.Now.UnixMicro())
	return err
}

// Findings reads a letter for what may not stand in it (ZC21-T17): wrong words,
// wrong marks, personal data of people other than by their mark.
func (c *Composed) Findings(today workday.Date) []proofread.Hit {
	part := proofread.Part{Name: c.Title, Kind: proofread.PartText, Text: c.Title + "\n" + c.Body(), Opened: true}
	return proofread.Check(proofread.Input{Parts: []proofread.Part{part}, Title: c.Title, DocNo: c.Number}, proofread.Options{On: today}).Hits
}
