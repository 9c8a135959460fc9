package request

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// PartyWho is who a party is and what they said, read out of its seal.
type PartyWho struct{ Name, Contact, Code, Reason string }

func (r *Room) openParty(ctx context.Context, id int64) (out PartyWho, err error) {
	sealed := [4]string{}
	if err := r.db.Reader().QueryRowContext(ctx, `SELECT name_sealed, contact_sealed, code_sealed, reason_sealed FROM request_parties WHERE id = $1`, id).
		Scan(&sealed[0], &sealed[1], &sealed[2], &sealed[3]); err != nil {
		return out, err
	}
	for i, x := range []struct {
		column string
		to     *string
	}{{"name_sealed", &out.Name}, {"contact_sealed", &out.Contact}, {"code_sealed", &out.Code}, {"reason_sealed", &out.Reason}} {
		if sealed[i] == "" {
			continue
		}
		if *x.to, err = r.vault.Open(ctx, partyPlace(id, x.column), sealed[i]); err != nil {
			return out, err
		}
	}
	return out, nil
}

// RevealParty reads who was asked. Each reading is an act in the audit log.
func (r *Room) RevealParty(ctx context.Context, a access.Actor, q *Request, who clock.Party) (out PartyWho, err error) {
	defer fault.Wrap(&err, "request.RevealParty(%d, %s)", q.Case, who)
	p, ok := q.Work.Party(who)
	if !ok {
		return out, fault.New(fault.NotFound, "request.RevealParty", "没有征求过这一方的意见。")
	}
	if out, err = r.openParty(ctx, p.ID); err != nil {
		return out, err
	}
	return out, audit.Record(ctx, r.db.Writer(), audit.Event{At: r.now(), Actor: a.Login, Act: audit.ViewPersonal, Target: fmt.Sprintf("case:%d", q.Case), Outcome: audit.Done, Detail: who.Name()})
}

// Addressed is the body of a letter with the names that its stored words lack:
// of the applicant, or of the party it goes to. The reading is kept in the audit log.
func (r *Room) Addressed(ctx context.Context, a access.Actor, q *Request, l Letter) (string, error) {
	for _, p := range q.Work.Parties {
		if l.ID != p.Letter && l.ID != p.ToldLetter {
			continue
		}
		who, err := r.RevealParty(ctx, a, q, p.Who)
		if err != nil {
			return "", err
		}
		return strings.NewReplacer(PartyMark, who.Name, CodeMark, who.Code).Replace(l.Body), nil
	}
	who, err := r.Reveal(ctx, a, q.Case)
	if err != nil {
		return "", err
	}
	return strings.ReplaceAll(l.Body, ApplicantMark, who.Name), nil
}

// Asked is a consultation as the party that answers it online may see it.
type Asked struct {
	Case    int64
	Version int
	Number  string
	Organ   int64
	Party   Party
	Letter  Letter // with the party's name in it
	Told    *Letter
	Open    bool   // an answer can still be taken
	Why     string // why not
}

// OpinionAsked finds a consultation by the code of its letter and the second
// fact. A wrong pair says the same whatever of it is wrong; the caller limits
// the rate.
func (r *Room) OpinionAsked(ctx context.Context, code, second string) (out *Asked, err error) {
	defer fault.Wrap(&err, "request.OpinionAsked")
	coded, err := r.vault.Blind(ctx, "party_code", codeKey(code))
	if err != nil {
		return nil, err
	}
	fact, err := r.vault.Blind(ctx, "party_second", strings.ToUpper(strings.TrimSpace(second)))
	if err != nil {
		return nil, err
	}
	var id, organ int64
	var party string
	err = r.db.Reader().QueryRowContext(ctx, `SELECT p.case_id, p.party, c.organ_id FROM request_parties p JOIN cases c ON c.id = p.case_id WHERE p.code_blind = $1 AND p.second_blind = $2`, coded, fact).Scan(&id, &party, &organ)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "request.OpinionAsked", "查询码或者证件号码后四位不对，请核对后再试。")
	}
	if err != nil {
		return nil, err
	}
	c, err := r.kernel.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	q, err := r.read(ctx, r.db.Reader(), id, organ)
	if err != nil {
		return nil, err
	}
	out = &Asked{Case: id, Version: c.Version, Number: c.Number, Organ: organ}
	out.Party, _ = q.Work.Party(clock.Party(party))
	for _, l := range q.Letters {
		if l.ID != out.Party.Letter && (l.ID != out.Party.ToldLetter || out.Party.ToldOn.IsZero()) {
			continue
		}
		if l.Body, err = r.Addressed(ctx, casework.ThirdParty, q, l); err != nil {
			return nil, err
		}
		if l.ID == out.Party.Letter {
			out.Letter = l
		} else {
			out.Told = &l
		}
	}
	switch {
	case !out.Party.RepliedOn.IsZero():
		out.Why = "已经收到您的意见，不能在这里修改；需要补充的，请与发函机关联系。"
	case c.State != Working && c.State != Reviewing && c.State != Signing && c.State != Answered:
		out.Why = "这件申请已经答复，不再接收意见。"
	default:
		out.Open = true
	}
	return out, nil
}

// GiveOpinion takes the answer of the party behind a code: opinion and reasons.
func (r *Room) GiveOpinion(ctx context.Context, code, second, opinion, reason, token string) (err error) {
	defer fault.Wrap(&err, "request.GiveOpinion")
	x, err := r.OpinionAsked(ctx, code, second)
	if err != nil {
		return err
	}
	if !x.Open {
		return fault.New(fault.Forbidden, "request.GiveOpinion", x.Why)
	}
	if opinion != Agrees && strings.TrimSpace(reason) == "" {
		return fault.Field("request.GiveOpinion", "理由", "“理由”：不同意公开全部或者一部分的，请写明理由。")
	}
	_, err = r.kernel.Apply(ctx, casework.Do{Case: x.Case, Action: ActOpinion, Actor: casework.ThirdParty, Token: token,
		Form: &PartyForm{Who: x.Party.Who, On: workday.DateOf(r.now()), Agrees: opinion, Note: reason}})
	return err
}
