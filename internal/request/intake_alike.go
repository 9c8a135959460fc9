package request

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"gongkai/internal/casework"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Alike says in percent how much of two texts is the same: the share of pairs
// of neighbouring characters that both have (Dice). Points, spaces and width do
// not count. Two texts without a character are not alike.
func Alike(a, b string) int { return bagOf(a).alike(bagOf(b)) }

// bag holds the pairs of a text in order, for a text that is compared often.
type bag [][2]rune

func bagOf(s string) bag {
	b := bag(pairs(s))
	slices.SortFunc(b, comparePairs)
	return b
}

func comparePairs(a, b [2]rune) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) }

// alike is Alike of two texts.
func (b bag) alike(c bag) int {
	if len(b) == 0 || len(c) == 0 {
		return 0
	}
	same := 0
	for i, j := 0, 0; i < len(b) && j < len(c); {
		switch d := comparePairs(b[i], c[j]); {
		case d < 0:
			i++
		case d > 0:
			j++
		default:
			same, i, j = same+1, i+1, j+1
		}
	}
	return 200 * same / (len(b) + len(c))
}

// pairs are the neighbouring letters and digits of a text; a text of one
// character pairs it with nothing.
func pairs(s string) (out [][2]rune) {
	var last rune
	n := 0
	for _, c := range s {
		if c >= '！' && c <= '～' {
			c += '!' - '！'
		}
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			continue
		}
		c = unicode.ToLower(c)
		if n > 0 {
			out = append(out, [2]rune{last, c})
		}
		last = c
		n++
	}
	if n == 1 {
		out = append(out, [2]rune{last, 0})
	}
	return out
}

// From these shares on a request asks for the same again, or is the same one
// sent twice.
const (
	SameMatter = 60
	SameWords  = 95
)

// Prior is another request of the same applicant to the same organ.
type Prior struct {
	Case     int64
	Number   string
	State    casework.State
	Open     bool
	On       workday.Date // of submission
	Content  string
	Outcome  Outcome
	LetterNo string
	ServedOn workday.Date
	Alike    int // percent of the words
}

// Answered reports that the organ has already answered it.
func (e Prior) Answered() bool { return !e.ServedOn.IsZero() }

// Says tells it in one sentence for whoever works on the new one.
func (e Prior) Says() string {
	said := "还在办理"
	switch {
	case e.Answered():
		said = "已于" + e.ServedOn.Chinese() + "答复"
		if e.Outcome != "" {
			said += "（" + e.Outcome.Name() + "）"
		}
	case !e.Open:
		said = "没有答复就办结了"
	}
	about := "申请过其他内容"
	switch {
	case e.Alike >= SameWords:
		about = "就同样内容申请过"
	case e.Alike >= SameMatter:
		about = fmt.Sprintf("就相近内容申请过（%d%%的字句相同）", e.Alike)
	}
	return fmt.Sprintf("同一申请人%s%s，%s。", e.On.Chinese(), about, said)
}

// RepeatReason is the reason of the outcome NP_REPEAT (art. 36, item 6), "" for a
// request that cannot carry it: unanswered ones, or about something else.
func (e Prior) RepeatReason() string {
	if !e.Answered() || e.Alike < SameMatter || e.Outcome == "" {
		return ""
	}
	letter := ""
	if e.LetterNo != "" {
		letter = "以" + e.LetterNo
	}
	return fmt.Sprintf("您于%s就同样内容提出过申请（%s），本机关已于%s%s作出答复。", e.On.Chinese(), e.Number, e.ServedOn.Chinese(), letter)
}

// maxPrior bounds how many earlier requests a page shows.
const maxPrior = 20

// priorOf finds the earlier requests of the applicant to the same organ, the
// most alike first. Another organ's are not shown: that they exist is its own affair.
func priorOf(ctx context.Context, q store.Querier, r *Request) ([]Prior, error) {
	return prior(ctx, q, `r.blind = (SELECT blind FROM requests WHERE case_id = $1) AND r.case_id < $1`, r.Organ, r.Content, r.Case)
}

// Prior finds the requests of an applicant to an organ before a new one is
// registered.
func (r *Room) Prior(ctx context.Context, organ int64, a Applicant, content string) ([]Prior, error) {
	if strings.TrimSpace(a.Proof) == "" {
		return nil, nil
	}
	if err := r.vault.Ready(ctx); err != nil {
		return nil, err
	}
	blind, err := r.vault.Blind(ctx, "applicant", personKey(a))
	if err != nil {
		return nil, err
	}
	return prior(ctx, r.db.Reader(), `r.blind = $1`, organ, content, blind)
}

func prior(ctx context.Context, q store.Querier, where string, organ int64, content string, arg any) (out []Prior, err error) {
	rows, err := q.QueryContext(ctx, `SELECT c.id, c.number, c.state, c.closed_at, r.submitted_at, r.content, r.outcome, r.letter_no, r.served_on
		FROM requests r JOIN cases c ON c.id = r.case_id WHERE `+where+` AND r.blind <> '' AND c.organ_id = $2 ORDER BY c.id DESC LIMIT 200`, arg, organ)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var e Prior
		var closed, submitted int64
		var served string
		if err := rows.Scan(&e.Case, &e.Number, &e.State, &closed, &submitted, &e.Content, &e.Outcome, &e.LetterNo, &served); err != nil {
			return nil, err
		}
		e.Open, e.On, e.Alike = closed == 0, workday.DateOf(instant(submitted)), Alike(e.Content, content)
		if e.ServedOn, err = day(served); err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	slices.SortStableFunc(out, func(a, b Prior) int { return cmp.Compare(b.Alike, a.Alike) })
	return out[:min(len(out), maxPrior)], rows.Err()
}
