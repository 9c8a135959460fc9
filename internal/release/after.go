package release

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// The emergency lane publishes first and reviews afterwards: every gate that
// it left out is looked at by who would have passed it before, never by who
// drafted the text. The secrecy review is never left out.

// The outcomes of a review afterwards; the legality review keeps its own (F-24).
const (
	AfterPassed = "通过"
	AfterFailed = "不通过"
)

// How long a review afterwards and the mending of what it found may take. No
// law names a day; what is wrong is public meanwhile.
const (
	afterWithin = 3 * 24 * time.Hour
	mendWithin  = 24 * time.Hour
)

// afterTasks are the reviews that are still to be done and, once one of them
// found the text wrong, its mending: by the office, seen by a reviewer.
func (s *Slip) afterTasks() (out []casework.Task) {
	due := s.Released.Add(afterWithin)
	if s.waits(taskAfter) {
		out = append(out, casework.Task{Name: taskAfter, Right: access.ReviewDraft, NotBy: wrote, Due: due})
	}
	if s.waits(taskAfterLegality) {
		out = append(out, casework.Task{Name: taskAfterLegality, Right: access.ReviewLegality, Organ: s.legalityOrgan(), NotBy: wrote, Due: due})
	}
	if at := s.foundWrong(); !at.IsZero() {
		due := at.Add(mendWithin)
		out = append(out, casework.Task{Name: taskMend, Right: access.WriteDraft, Due: due}, casework.Task{Name: taskMended, Right: access.ReviewDraft, NotBy: wrote, Due: due})
	}
	return out
}

// waits reports whether a gate of a task has not been looked at.
func (s *Slip) waits(task string) bool {
	return slices.ContainsFunc(s.Gates, func(g Gate) bool {
		return slices.Contains(gatesOf[task], g.Name) && g.State == Waiting
	})
}

// foundWrong is the last moment at which a review afterwards did not pass, the
// zero time when none did so.
func (s *Slip) foundWrong() (at time.Time) {
	if s.Released.IsZero() {
		return at
	}
	for _, g := range s.Gates {
		if g.State == Returned && g.At.After(at) {
			at = g.At
		}
	}
	return at
}

// tellAfter tells those whose review is now to be done.
func (s *Slip) tellAfter(t *turn) {
	if s.waits(taskAfter) {
		t.TellHolders("to_after", access.ReviewDraft, s.Organ, 0)
	}
	if s.waits(taskAfterLegality) {
		t.TellHolders("to_after", access.ReviewLegality, s.legalityOrgan(), 0)
	}
}

func checkAfter(_ *casework.Case, _ *Slip, form any, _ workday.Date) error {
	f := form.(*OpinionForm)
	if f.Outcome != AfterPassed && f.Outcome != AfterFailed {
		return fault.Field("release.checkAfter", "补审结论", "“补审结论”：请选通过或者不通过。")
	}
	return checkWords("意见", f.Opinion, f.Outcome == AfterFailed)
}

// afterReview notes a review afterwards. What does not pass is public already,
// so the office is told at once, whoever else still reviews.
func (r *Room) afterReview(task string) func(context.Context, *turn) error {
	return func(ctx context.Context, t *turn) error {
		s, f := t.Data, t.Form.(*OpinionForm)
		state := Passed
		if f.Outcome != AfterPassed && f.Outcome != Lawful {
			state = Returned
			t.TellHolders("after_failed", access.WriteDraft, s.Organ, 0)
			t.Tell("after_failed", lastActor(t.Case, signatures...), 0)
		}
		for i := range s.Gates {
			g := &s.Gates[i]
			if g.State != Waiting || !slices.Contains(gatesOf[task], g.Name) {
				continue
			}
			g.State, g.Reviewer, g.Login, g.At, g.Outcome = state, t.Actor.Name, t.Actor.Login, t.Now, f.Outcome
			g.Opinion = strings.TrimSpace("补审：" + strings.TrimSpace(f.Opinion))
			if err := putGate(ctx, t.Tx, t.Case.ID, *g); err != nil {
				return err
			}
		}
		t.Record(f)
		return nil
	}
}

// afterAfter ends the case when every gate has passed, and keeps it open for
// the mending once one has not.
func afterAfter(c *casework.Case, s *Slip, _ any) casework.State {
	switch {
	case !s.foundWrong().IsZero():
		return Mending
	case s.waits(taskAfter) || s.waits(taskAfterLegality):
		return c.State
	}
	return Published
}

// unmended keeps a slip open until the library shows that the wrong text was
// corrected or taken down.
func unmended(_ *casework.Case, s *Slip, _ workday.Date) string {
	switch {
	case s.Mended == "":
		return "补审没有通过，要先更正或者撤下，办好以后才能办结。"
	case s.waits(taskAfter):
		return fmt.Sprintf("已经%s，但是审核还没有补审。", s.Mended)
	case s.waits(taskAfterLegality):
		return fmt.Sprintf("已经%s，但是合法性审核还没有补做。", s.Mended)
	}
	return ""
}

func (r *Room) mended(_ context.Context, t *turn) error {
	t.Record(map[string]string{"mended": t.Data.Mended, "opinion": strings.TrimSpace(t.Form.(*OpinionForm).Opinion)})
	return nil
}
