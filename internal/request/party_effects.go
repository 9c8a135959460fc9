package request

import (
	"context"
	"crypto/rand"
	"fmt"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

func partyPlace(id int64, column string) vault.Place {
	return vault.Place{Table: "request_parties", Column: column, Row: id}
}

// nextParty numbers the parties of one kind: third_party, third_party_2 …
func (w *Work) nextParty(rule string) clock.Party {
	n := 1
	for _, p := range w.Parties {
		if p.Who.Rule() == rule {
			n++
		}
	}
	base := map[string]string{"A-76": "third_party", "A-77": "joint_organ", "A-78": "other_organ"}[rule]
	if n == 1 {
		return clock.Party(base)
	}
	return clock.Party(fmt.Sprintf("%s_%d", base, n))
}

// consult asks one more party. The same party is asked once: a second letter
// would not exclude any more time.
func (r *Room) consult(ctx context.Context, t *turn) error {
	q, f := t.Data, t.Form.(*ConsultForm)
	who := q.Work.nextParty(f.Who.Rule())
	third := who.Rule() == "A-76"
	blind, err := r.vault.Blind(ctx, "party", fmt.Sprintf("%d|%s", q.Case, f.Name))
	if err != nil {
		return err
	}
	var n int
	if err := t.Tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM request_parties WHERE case_id = $1 AND name_blind = $2`, q.Case, blind).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return fault.Field("request.consult", "对方名称", "“对方名称”：已经向它发过征求意见函，再次发函的时间不能扣除（A-76）。")
	}
	code := codeOf(rand.Text())
	coded, err := r.vault.Blind(ctx, "party_code", codeKey(code))
	if err != nil {
		return err
	}
	organ, second := f.Name, ""
	if third {
		organ = ""
		if f.Proof != "" {
			if second, err = r.vault.Blind(ctx, "party_second", secondKey(Applicant{Proof: f.Proof})); err != nil {
				return err
			}
		}
	}
	tpl, facts := consultLetter(who, f, second != "")
	if err := r.issueFrom(ctx, t, tpl, facts); err != nil {
		return err
	}
	letter, err := r.lastLetter(ctx, t)
	if err != nil {
		return err
	}
	var id int64
	if err := t.Tx.QueryRowContext(ctx, `INSERT INTO request_parties (case_id, party, organ_name, name_blind, code_blind, second_blind, matter, letter_id, sent_on) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) RETURNING id`,
		q.Case, string(who), organ, blind, coded, second, strings.TrimSpace(f.What), letter, f.On.String()).Scan(&id); err != nil {
		return err
	}
	name, err := r.vault.Seal(ctx, partyPlace(id, "name_sealed"), f.Name)
	if err != nil {
		return err
	}
	contact, err := r.vault.Seal(ctx, partyPlace(id, "contact_sealed"), strings.TrimSpace(f.Contact))
	if err != nil {
		return err
	}
	sealed, err := r.vault.Seal(ctx, partyPlace(id, "code_sealed"), code)
	if err != nil {
		return err
	}
	if _, err := t.Tx.ExecContext(ctx, `UPDATE request_parties SET name_sealed = $2, contact_sealed = $3, code_sealed = $4 WHERE id = $1`, id, name, contact, sealed); err != nil {
		return err
	}
	return r.partyFact(ctx, t, clock.Fact{Event: clock.ConsultSent, At: clock.On(f.On), Who: who}, map[string]string{})
}

// partyFact adds a fact about a party to the main clock and keeps with the
// event what the clock says when it moves nothing.
func (r *Room) partyFact(ctx context.Context, t *turn, f clock.Fact, record map[string]string) error {
	why, err := r.noEffect(ctx, t.Tx, t.Case, f)
	if err != nil {
		return err
	}
	record["who"], record["party"], record["on"] = string(f.Who), f.Who.Name(), f.At.Day.String()
	if why != "" {
		record["effect"] = why
	}
	t.Fact(answerClock, f)
	t.Record(record)
	return nil
}

// noEffect is why a fact would not move the main clock, "" when it does.
func (r *Room) noEffect(ctx context.Context, q store.Querier, c *casework.Case, f clock.Fact) (string, error) {
	cal, err := r.calendar(ctx, q, c.Organ)
	if err != nil {
		return "", err
	}
	for _, x := range clock.Compute(clock.MustFind("A-70"), append(c.Clock(answerClock), f), cal).Refused {
		if x.Fact == f {
			return x.Text, nil
		}
	}
	return "", nil
}

// lastLetter is the id of the letter that the act has just issued.
func (r *Room) lastLetter(ctx context.Context, t *turn) (id int64, err error) {
	err = t.Tx.QueryRowContext(ctx, `SELECT MAX(id) FROM request_letters WHERE case_id = $1`, t.Case.ID).Scan(&id)
	return id, err
}

func (r *Room) partyReceived(ctx context.Context, t *turn) error {
	f := t.Form.(*PartyForm)
	if err := r.partyFact(ctx, t, clock.Fact{Event: clock.ConsultReceived, At: clock.On(f.On), Who: f.Who}, map[string]string{}); err != nil {
		return err
	}
	_, err := t.Tx.ExecContext(ctx, `UPDATE request_parties SET received_on = $3 WHERE case_id = $1 AND party = $2`, t.Case.ID, string(f.Who), f.On.String())
	return err
}

// partyReplied takes an answer into the file. Whether it still moves the clock
// is the clock's to say: one that comes after the 15 working days does not
// and is marked as late.
func (r *Room) partyReplied(ctx context.Context, t *turn) error {
	f := t.Form.(*PartyForm)
	p, _ := t.Data.Work.Party(f.Who) // the check has found it
	late, online := 0, 0
	if !p.Until.IsZero() && f.On.After(p.Until) {
		late = 1
	}
	if t.Actor.Person == 0 {
		online = 1
	}
	reason, err := r.vault.Seal(ctx, partyPlace(p.ID, "reason_sealed"), strings.TrimSpace(f.Note))
	if err != nil {
		return err
	}
	if err := r.partyFact(ctx, t, clock.Fact{Event: clock.ReplyReceived, At: clock.On(f.On), Who: f.Who}, map[string]string{"agrees": Party{Opinion: f.Agrees}.OpinionName()}); err != nil {
		return err
	}
	if online == 1 {
		t.TellHolders("party_replied", access.HandleRequest, t.Data.Organ, 0)
	}
	_, err = t.Tx.ExecContext(ctx, `UPDATE request_parties SET replied_on = $3, opinion = $4, reason_sealed = $5, late = $6, online = $7 WHERE case_id = $1 AND party = $2`,
		t.Case.ID, string(f.Who), f.On.String(), f.Agrees, reason, late, online)
	return err
}

func (r *Room) override(ctx context.Context, t *turn) error {
	f := t.Form.(*OverrideForm)
	t.Record(map[string]string{"who": string(f.Who), "party": f.Who.Name()})
	_, err := t.Tx.ExecContext(ctx, `UPDATE request_parties SET override = $3 WHERE case_id = $1 AND party = $2`, t.Case.ID, string(f.Who), strings.TrimSpace(f.Reason))
	return err
}

// writeThirdDecisions issues, with the signed answer, the letter to every third
// party that was overruled: what is given, why, and the ways to contest it.
func (r *Room) writeThirdDecisions(ctx context.Context, t *turn) error {
	q := t.Data
	if q.Outcome != Grant && q.Outcome != Partial {
		return nil
	}
	for _, p := range q.Work.Parties {
		if p.Override == "" || !p.Against() || p.ToldLetter != 0 {
			continue
		}
		facts, err := overrideFacts(q, p)
		if err != nil {
			return err
		}
		if err := r.issueFrom(ctx, t, LetterOverride, facts); err != nil {
			return err
		}
		letter, err := r.lastLetter(ctx, t)
		if err != nil {
			return err
		}
		if _, err := t.Tx.ExecContext(ctx, `UPDATE request_parties SET told_letter = $2 WHERE id = $1`, p.ID, letter); err != nil {
			return err
		}
	}
	return nil
}

func (r *Room) told(ctx context.Context, t *turn) error {
	f := t.Form.(*ToldForm)
	t.Record(map[string]string{"who": string(f.Who), "party": f.Who.Name(), "on": f.On.String()})
	_, err := t.Tx.ExecContext(ctx, `UPDATE request_parties SET told_on = $3, told_proof = $4 WHERE case_id = $1 AND party = $2`, t.Case.ID, string(f.Who), f.On.String(), strings.TrimSpace(f.Proof))
	return err
}

// loadParties reads those asked, with the last day of each answer and what the
// clock says to facts without an effect.
func (r *Room) loadParties(ctx context.Context, q store.Querier, out *Request) error {
	rows, err := q.QueryContext(ctx, `SELECT id, party, organ_name, matter, letter_id, sent_on, received_on, replied_on, opinion, online, late, override, told_letter, told_on, told_proof, second_blind
		FROM request_parties WHERE case_id = $1 ORDER BY id`, out.Case)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var p Party
		var sent, received, replied, told, second string
		var online, late int
		if err := rows.Scan(&p.ID, &p.Who, &p.Organ, &p.Matter, &p.Letter, &sent, &received, &replied, &p.Opinion, &online, &late, &p.Override, &p.ToldLetter, &told, &p.ToldProof, &second); err != nil {
			return err
		}
		p.Online, p.Late, p.Answerable = online != 0, late != 0, second != ""
		for _, x := range []struct {
			to   *workday.Date
			from string
		}{{&p.SentOn, sent}, {&p.ReceivedOn, received}, {&p.RepliedOn, replied}, {&p.ToldOn, told}} {
			if *x.to, err = day(x.from); err != nil {
				return err
			}
		}
		out.Work.Parties = append(out.Work.Parties, p)
	}
	if err := rows.Err(); err != nil || len(out.Work.Parties) == 0 {
		return err
	}
	cal, err := r.calendar(ctx, q, out.Organ)
	if err != nil {
		return err
	}
	for i := range out.Work.Parties {
		p := &out.Work.Parties[i]
		limit, ok := clock.Find(p.Who.Rule() + ".reply")
		if ok && !p.ReceivedOn.IsZero() {
			p.Until = clock.Compute(limit, []clock.Fact{{Event: clock.ConsultReceived, At: clock.On(p.ReceivedOn), Who: p.Who}}, cal).Due.Day
		}
		p.Standing = p.standing(workday.DateOf(r.now()))
	}
	return nil
}

// calendar is the one by which the days of an organ are counted.
func (r *Room) calendar(ctx context.Context, q store.Querier, organ int64) (workday.Calendar, error) {
	y, err := r.kernel.YearsIn(ctx, q)
	if err != nil {
		return workday.Calendar{}, err
	}
	return y.For(organ), nil
}
