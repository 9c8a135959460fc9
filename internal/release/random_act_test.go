package release_test

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/workday"
)

// likely are acts that lead on from a state, each with somebody who may do it.
var likely = map[casework.State][][2]string{
	release.Drafting: {{"clerk", "submit"}, {"clerk", "submit"}, {"clerk", "submit"}, {"clerk2", "submit"}, {"clerk", "register_paper"}, {"clerk2", "save"}, {"clerk", "drop"}},
	release.Checking: {{"reviewer", "pass_review"}, {"secrecy_reviewer", "pass_secrecy"}, {"disclosure_officer", "pass_unit"}, {"legality_reviewer", "pass_legality"}, {"reviewer", "return"},
		{"secrecy_reviewer", "refer_secrecy"}, {"signer", "sign_urgent"}, {"signer", "sign_urgent"}, {"clerk", "recall"}, {"disclosure_officer", "pass_review"}},
	release.Signing:    {{"signer", "sign"}, {"head", "sign"}, {"signer", "sign"}, {"mayor", "sign"}, {"mayor", "sign"}, {"clerk2", "sign"}, {"signer", "return"}, {"clerk", "recall"}},
	release.Releasing:  {{"signer", "unsign"}, {"clerk", "recall"}, {"system", "publish"}, {"system", "fail"}},
	release.Afterwards: {{"reviewer", "after_review"}, {"reviewer", "after_review"}, {"legality_reviewer", "after_legality"}, {"legality_reviewer", "after_review"}},
	release.Mending:    {{"reviewer", "mended"}, {"clerk", "mended"}, {"legality_reviewer", "after_legality"}, {"reviewer", "after_review"}},
	release.Standing:   {{"disclosure_officer", "keep"}, {"disclosure_officer", "reopen"}, {"disclosure_officer", "hand_in"}},
	release.Proposed:   {{"head", "carry"}, {"disclosure_officer", "carry"}, {"keeper", "decline"}},
}

var allActs = []string{"save", "answer_finding", "submit", "register_paper", "pass_review", "pass_secrecy", "pass_own_secrecy", "refer_secrecy", "pass_unit", "pass_legality", "return", "sign", "sign_urgent",
	"unsign", "recall", "publish", "fail", "after_review", "after_legality", "mended", "drop", "keep", "reopen", "hand_in", "carry", "decline", "fly"}

// forms are the types of forms that acts want.
var formOf = map[string]any{"save": release.SaveForm{}, "answer_finding": release.FindingForm{}, "register_paper": release.PaperForm{}, "sign": release.SignForm{}, "sign_urgent": release.SignForm{},
	"pass_review": release.OpinionForm{}, "pass_secrecy": release.OpinionForm{}, "pass_own_secrecy": release.OpinionForm{}, "pass_unit": release.OpinionForm{}, "pass_legality": release.OpinionForm{}, "after_review": release.OpinionForm{}, "after_legality": release.OpinionForm{}, "mended": release.OpinionForm{}, "carry": release.OpinionForm{},
	"refer_secrecy": release.ReasonForm{}, "return": release.ReasonForm{}, "unsign": release.ReasonForm{}, "recall": release.ReasonForm{}, "fail": release.ReasonForm{}, "drop": release.ReasonForm{},
	"reopen": release.ReasonForm{}, "hand_in": release.ReasonForm{}, "decline": release.ReasonForm{}, "keep": release.KeepForm{}}

// form fills a form, sometimes badly.
func (w *walk) form(action string) any {
	bad := w.often(12)
	words := "说明"
	if bad {
		words = ""
	}
	at := time.Time{}
	switch k := w.chance.IntN(100); {
	case k < 8:
		at = w.now.Add(-time.Minute)
	case k < 35:
		at = w.now.Add(time.Duration(w.chance.IntN(900)) * time.Second)
	}
	if action == "after_review" {
		return release.OpinionForm{Opinion: words, Outcome: w.one(release.AfterPassed, release.AfterFailed, release.AfterFailed, release.AfterFailed, release.Lawful)}
	}
	switch formOf[action].(type) {
	case release.ReasonForm:
		return release.ReasonForm{Reason: words}
	case release.OpinionForm:
		return release.OpinionForm{Opinion: "同意", Outcome: w.one(release.Lawful, release.Lawful, release.Lawful, release.MustMend, words), Answer: w.one("", "清密函〔2026〕3号")}
	case release.SignForm:
		return release.SignForm{Opinion: "同意", Reason: words, At: at}
	case release.FindingForm:
		return release.FindingForm{Mark: "none", State: release.Dismissed, Reason: words}
	case release.KeepForm:
		return release.KeepForm{Ground: w.one("DENY_PROCESS", "", "DENY_THIRD"), Reason: words, ReviewOn: workday.DateOf(w.now).AddDays(w.chance.IntN(420) - 10)}
	case release.PaperForm:
		return release.PaperForm{How: w.one(release.SignedOffice, release.SignedOffice, release.SignedPaper), Number: w.one("OA-1", "OA-2", words), Signer: w.one("李副市长", "李副市长", "姓名clerk2", w.people["clerk"].Name),
			Reviewer: w.one("王科长", "王科长", "姓名everything"), On: workday.DateOf(w.now), Legality: w.one("清法审〔2026〕3号", words), At: at}
	case release.SaveForm:
		return w.saving()
	}
	return nil
}

func (w *walk) saving() release.SaveForm {
	s := *w.slip
	f := release.SaveForm{Version: s.Version - w.chance.IntN(10)/9, Keep: w.often(50)}
	if w.often(70) {
		p := s.Paper
		p.Text = fmt.Sprintf("第 %d 稿。", w.chance.IntN(50))
		f.Paper = &p
	}
	if w.often(20) {
		f.Traits = &s.Traits
		f.Traits.SecretDoubt = w.often(30)
		f.Traits.Normative = w.often(20)
	}
	if w.often(15) {
		a := release.Attribute(w.one("主动公开", "主动公开", "依申请公开", "不予公开", "随便"))
		f.Decision = &release.Decision{Attribute: a, Reason: "改定", Ground: w.one("DENY_PROCESS", ""), FormedOn: s.FormedOn, For: s.For}
		if w.often(10) {
			f.Decision.For = w.above - s.For // now for the government, now for itself
		}
	}
	return f
}

// gates are the acts that the open tasks of a review wait for.
func (w *walk) gates() (out [][2]string) {
	all := map[string][2]string{"review": {"reviewer", "pass_review"}, "secrecy": {"secrecy_reviewer", "pass_secrecy"}, "own_secrecy": {"guard", "pass_own_secrecy"}, "unit": {"disclosure_officer", "pass_unit"}, "legality": {"legality_reviewer", "pass_legality"}}
	for _, x := range w.tasks {
		way := all[x.Name]
		if x.Name == "legality" && w.slip.For != 0 {
			way[0] = "counsel"
		}
		out = append(out, way)
	}
	if g, _ := w.slip.Gate(release.Secrecy); g.State == release.Passed {
		out = append(out, [2]string{"signer", "sign_urgent"}, [2]string{"signer", "sign_urgent"}, [2]string{"signer", "sign_urgent"})
	}
	return out
}

// act does one act, often the same one again.
func (w *walk) act() {
	w.t.Helper()
	who, action := w.anybody(), w.one(allActs...)
	next := likely[w.was.State]
	if w.was.State == release.Checking && w.often(80) {
		next = w.gates()
	}
	if w.was.State == release.Signing && w.slip.For != 0 && w.often(80) {
		next = [][2]string{{"mayor", "sign"}}
	}
	if len(next) > 0 && w.often(78) {
		x := next[w.chance.IntN(len(next))]
		who, action = x[0], x[1]
	}
	if w.often(6) {
		who = "system"
	}
	actor := w.people[who]
	if who == "system" {
		actor = casework.Product
	}
	if (action == "save" || action == "answer_finding") && w.kind != release.SlipKind {
		action = "fly"
	}
	form := w.form(action)
	token := fmt.Sprintf("%d-%d", w.seed, len(w.acts))
	do := func() casework.Do {
		d := casework.Do{Case: w.id, Action: casework.Action(action), Actor: actor, Token: token}
		if form != nil { // a copy of its own for each try, as the pages make one
			p := reflect.New(reflect.TypeOf(form))
			p.Elem().Set(reflect.ValueOf(form))
			if f, ok := p.Interface().(*release.SaveForm); ok && f.Paper != nil {
				paper := *f.Paper
				f.Paper = &paper
			}
			d.Form = p.Interface()
		}
		return d
	}
	ctx := context.Background()
	d := do()
	if w.often(8) {
		d.Version = w.was.Version - 1
	}
	if action == "submit" && w.kind == release.SlipKind && w.often(90) {
		if _, err := w.room.Recheck(ctx, w.id); err != nil {
			w.fail("recheck: %v", err)
		}
		w.take()
	}
	res, err := w.kernel.Apply(ctx, d)
	w.look(fmt.Sprintf("%s: %s %+v (version %d): %v", who, action, form, d.Version, err), err == nil)
	if err != nil {
		if fault.KindOf(err) == fault.Internal {
			w.fail("a refusal without a reason: %v", err)
		}
		return
	}
	if d.Version != 0 && d.Version != w.was.Version-1 {
		w.fail("an act on a case that had moved on was done")
	}
	if w.often(40) {
		again, err := w.kernel.Apply(ctx, do())
		if err != nil || !again.Replayed || again.Event != res.Event {
			w.fail("sent again: %+v %v, want event %d", again, err, res.Event)
		}
		w.look("the same again", false)
		other := do()
		other.Form = &release.ReasonForm{Reason: "别的话"}
		if _, err := w.kernel.Apply(ctx, other); fault.KindOf(err) != fault.Conflict {
			w.fail("the token with other words: %v", err)
		}
		w.look("the token with other words", false)
	}
}
