package request

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"gongkai/internal/fault"
	"gongkai/internal/proofread"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// Earlier is what was answered before to a request in similar words. It names
// nobody: not who asked, not the case.
type Earlier struct {
	Organ   int64
	What    string
	Outcome Outcome
	Way     string // where it is public; only of GRANT_PUBLIC
	Year    int    // of the answer
}

// Went is where similar requests went before.
type Went struct {
	Organ int64
	Times int
}

const (
	pastRequests = 5000        // the newest that are compared
	pastFor      = time.Minute // how long they are kept in memory
	leastWent    = 3           // fewer could point at single people
	leastShared  = 3           // pairs of characters in common
	closeEnough  = 0.5         // of the pairs of the shorter text
)

// past is what was asked and answered, read at most once a minute.
type past struct {
	mu       sync.Mutex
	at       time.Time
	answered []pastAnswer
	sent     []pastRequest
}

type pastAnswer struct {
	Earlier
	pairs map[string]bool
}

type pastRequest struct {
	organ int64
	pairs map[string]bool
}

// stockWords say nothing of what is asked for.
var stockWords = strings.NewReplacer("政府信息公开", " ", "申请公开", " ", "政府信息", " ", "申请", " ", "公开", " ", "关于", " ", "有关", " ", "全部", " ", "所有", " ", "文件", " ", "情况", " ", "信息", " ", "资料", " ", "内容", " ", "我想了解", " ", "请提供", " ")

// pairsOf are the neighbouring characters of a text; a number counts whole, so
// that another year is another thing.
func pairsOf(s string) map[string]bool {
	out := map[string]bool{}
	var run []rune
	flush := func() {
		if len(run) > 0 && run[0] < unicode.MaxASCII {
			out[string(run)] = true
		}
		for i := 0; i+1 < len(run) && run[0] >= unicode.MaxASCII; i++ {
			out[string(run[i:i+2])] = true
		}
		run = run[:0]
	}
	for _, c := range stockWords.Replace(zh.Fold(s)) {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) || c == '的' {
			flush()
			continue
		}
		if len(run) > 0 && (run[0] < unicode.MaxASCII) != (c < unicode.MaxASCII) {
			flush()
		}
		run = append(run, c)
	}
	flush()
	return out
}

// alike is the share of the pairs of the shorter text that both have; 0 below
// what is worth showing.
func alike(a, b map[string]bool) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := 0
	for p := range a {
		if b[p] {
			n++
		}
	}
	if share := float64(n) / float64(max(1, len(a))); n >= leastShared && share >= closeEnough {
		return share
	}
	return 0
}

// personal reports words that could tell who asked: what the detectors of A-25
// find, and what somebody says of themselves.
func personal(s string) bool {
	if strings.ContainsAny(s, "我咱俺") || strings.Contains(s, "本人") || strings.Contains(s, "某") {
		return true
	}
	rep := proofread.Check(proofread.Input{Parts: []proofread.Part{{Kind: proofread.PartText, Opened: true, Text: s}}}, proofread.Options{PersonalOnly: true})
	return len(rep.Hits) > 0
}

// Similar lists answers that were served to requests in similar words and gave
// the information or pointed to where it is public, those that are public
// first. An answer whose words could tell of a person is left out.
func (r *Room) Similar(ctx context.Context, words string, limit int) (out []Earlier, err error) {
	defer fault.Wrap(&err, "request.Similar")
	asked := pairsOf(words)
	answered, _, err := r.pastOf(ctx)
	if err != nil {
		return nil, err
	}
	type scored struct {
		Earlier
		share float64
	}
	var list []scored
	for _, a := range answered {
		if share := alike(asked, a.pairs); share > 0 && !slices.ContainsFunc(list, func(x scored) bool { return x.What == a.What && x.Organ == a.Organ }) {
			list = append(list, scored{a.Earlier, share})
		}
	}
	slices.SortStableFunc(list, func(x, y scored) int {
		if (x.Outcome == GrantPublic) != (y.Outcome == GrantPublic) {
			if x.Outcome == GrantPublic {
				return -1
			}
			return 1
		}
		return cmp.Compare(y.share, x.share)
	})
	for _, x := range list[:min(limit, len(list))] {
		out = append(out, x.Earlier)
	}
	return out, nil
}

// WentTo counts to which organs requests in similar words went and were
// theirs, the most often first; fewer than three are not told.
func (r *Room) WentTo(ctx context.Context, words string) (out []Went, err error) {
	defer fault.Wrap(&err, "request.WentTo")
	asked := pairsOf(words)
	_, sent, err := r.pastOf(ctx)
	if err != nil {
		return nil, err
	}
	times := map[int64]int{}
	for _, s := range sent {
		if alike(asked, s.pairs) > 0 {
			times[s.organ]++
		}
	}
	for organ, n := range times {
		if n >= leastWent {
			out = append(out, Went{organ, n})
		}
	}
	slices.SortFunc(out, func(a, b Went) int { return cmp.Or(cmp.Compare(b.Times, a.Times), cmp.Compare(a.Organ, b.Organ)) })
	return out, nil
}

// pastOf reads what was asked and answered, from memory when it is fresh.
func (r *Room) pastOf(ctx context.Context) ([]pastAnswer, []pastRequest, error) {
	p := &r.past
	p.mu.Lock()
	defer p.mu.Unlock()
	if age := r.now().Sub(p.at); !p.at.IsZero() && age >= 0 && age < pastFor {
		return p.answered, p.sent, nil
	}
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT c.organ_id, c.state, r.content, r.outcome, r.served_on, r.decision FROM requests r JOIN cases c ON c.id = r.case_id ORDER BY r.case_id DESC LIMIT $1`, pastRequests)
	if err != nil {
		return nil, nil, err
	}
	defer rows.Close()
	var answered []pastAnswer
	var sent []pastRequest
	for rows.Next() {
		var organ int64
		var state, content, served, decision string
		var outcome Outcome
		if err := rows.Scan(&organ, &state, &content, &outcome, &served, &decision); err != nil {
			return nil, nil, err
		}
		if state != string(Withdrawn) && outcome != NotOurs {
			sent = append(sent, pastRequest{organ, pairsOf(content)})
		}
		if served == "" {
			continue
		}
		more, err := answersIn(organ, served, decision)
		if err != nil {
			return nil, nil, err
		}
		answered = append(answered, more...)
	}
	if err := rows.Err(); err != nil {
		return nil, nil, err
	}
	p.answered, p.sent, p.at = answered, sent, r.now()
	return answered, sent, nil
}

// answersIn are the items of a served decision that gave something.
func answersIn(organ int64, served, decision string) (out []pastAnswer, err error) {
	var d Decision
	if err := json.Unmarshal([]byte(decision), &d); err != nil {
		return nil, err
	}
	on, ok := workday.ParseDate(served)
	if !ok {
		return nil, fault.Newf(fault.Internal, "request.answersIn", "a stored day reads %q", served)
	}
	for _, it := range d.Items {
		if it.Outcome != GrantPublic && it.Outcome != Grant || personal(it.What) {
			continue
		}
		e := Earlier{Organ: organ, What: strings.TrimSpace(it.What), Outcome: it.Outcome, Year: on.Year}
		if it.Outcome == GrantPublic && !personal(it.Way) {
			e.Way = strings.TrimSpace(it.Way)
		}
		out = append(out, pastAnswer{e, pairsOf(e.What)})
	}
	return out, nil
}
