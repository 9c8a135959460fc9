package request

import (
	"context"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// LetterTransfer tells the applicant that another organ goes on.
const LetterTransfer = "transfer"

// TransferForm hands a request on to another organ of the tree. The law's own
// way for a request to the wrong organ is the outcome NA_NOTOURS; handing on
// stands beside it for organs of one tree, before the receipt is confirmed or
// when the applicant agrees.
type TransferForm struct {
	Organ   string // code
	Reason  string
	Consent string // how and when the applicant agreed; needed once the receipt is confirmed
}

func checkTransfer(c *casework.Case, _ *Request, form any, _ workday.Date) error {
	f := form.(*TransferForm)
	if strings.TrimSpace(f.Organ) == "" {
		return fault.Field("request.checkTransfer", "转送给哪个机关", "“转送给哪个机关”：请选择。")
	}
	if err := words("转送原因", f.Reason, true); err != nil {
		return err
	}
	if c.State != Submitted && strings.TrimSpace(f.Consent) == "" {
		return fault.Field("request.checkTransfer", "申请人同意的方式和日期", "“申请人同意的方式和日期”：已经确认收到的申请，申请人同意才能转送；不同意的，请答复“不属于本机关公开”。")
	}
	return words("申请人同意的方式和日期", f.Consent, false)
}

// transfer opens the case of the other organ. Its receipt is its own: it gets
// the request today and confirms it as it does one that came over the network
// at the latest on the next working day.
func (r *Room) transfer(ctx context.Context, t *turn) error {
	f := t.Form.(*TransferForm)
	var organ int64
	var name string
	err := t.Tx.QueryRowContext(ctx, `SELECT o.id, n.name FROM organs o JOIN organ_names n ON n.organ_id = o.id WHERE o.code = $1 AND n.alias = 0 ORDER BY n.valid_from DESC LIMIT 1`, f.Organ).Scan(&organ, &name)
	if err != nil {
		return &fault.Error{Kind: fault.Invalid, Op: "request.transfer", Field: "转送给哪个机关", Text: "“转送给哪个机关”：没有找到这个机关。", Err: err}
	}
	if organ == t.Case.Organ {
		return fault.Field("request.transfer", "转送给哪个机关", "“转送给哪个机关”：这件申请已经在这个机关。")
	}
	tree, err := access.LoadTree(ctx, t.Tx)
	if err != nil {
		return err
	}
	own := tree.Above(t.Case.Organ)
	if !slices.ContainsFunc(tree.Above(organ), func(id int64) bool { return slices.Contains(own, id) }) {
		return fault.Field("request.transfer", "转送给哪个机关", "“转送给哪个机关”：不在同一个机构体系里，请答复“不属于本机关公开”并告知负责的机关。")
	}
	a, err := r.reopen(ctx, t)
	if err != nil {
		return err
	}
	a.Channel, a.On, a.Door = clock.Online, t.Today, &Door{Via: ViaTransfer, Number: t.Case.Number}
	c, err := r.sibling(ctx, t, a, organ, func(n *turn) {
		for _, x := range receiptFacts(clock.Online, t.Today, workday.Date{}) {
			n.Fact(answerClock, x)
		}
		n.Link(KinCameFrom, t.Case.ID)
		n.TellHolders("handed_on", access.HandleRequest, organ, 0)
	})
	if err != nil {
		return err
	}
	t.Link(KinSentOn, c.ID)
	if f.Consent = strings.TrimSpace(f.Consent); f.Consent != "" {
		if _, err := r.addNote(ctx, t, Note{Kind: NoteConsent}, f.Consent); err != nil {
			return err
		}
	}
	t.Record(map[string]string{"number": c.Number, "organ": name}) // the reason stands in the letter
	return r.issueFrom(ctx, t, LetterTransfer, transferFacts(name, c.Number, f.Reason))
}

func transferFacts(organ, number, reason string) Facts {
	return Facts{"接办机关": organ, "接办编号": number, "转送原因": end(reason)}
}
