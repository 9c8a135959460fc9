package app

import (
	"context"
	"slices"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/oversight"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// overseen lets the room of oversight look at the room of requests.
type overseen struct{ *App }

func (o overseen) ServedBetween(ctx context.Context, from, to workday.Date) ([]oversight.Served, error) {
	list, err := o.Requests.ServedBetween(ctx, from, to)
	out := make([]oversight.Served, len(list))
	for i, x := range list {
		out[i] = oversight.Served(x)
	}
	return out, err
}

func (o overseen) Answered(ctx context.Context, id int64) (out oversight.Answered, err error) {
	defer fault.Wrap(&err, "app.Answered(%d)", id)
	c, err := o.Cases.Case(ctx, id)
	if err != nil {
		return out, err
	}
	data, err := o.Cases.Data(ctx, o.DB.Reader(), c)
	if err != nil {
		return out, err
	}
	q, ok := data.(*request.Request)
	if !ok {
		return out, fault.New(fault.NotFound, "app.Answered", "没有找到这件申请。")
	}
	if out.Due, err = o.Requests.Due(ctx, id); err != nil {
		return out, err
	}
	out.Number = q.LetterNo
	for _, l := range q.Letters {
		if l.Kind == request.LetterAnswer {
			out.Letter = l.Body
		}
	}
	out.FormKept = q.Way == "electronic" && (q.ServedHow == "online" || q.ServedHow == "mail") || q.Way == "paper" && (q.ServedHow == "post" || q.ServedHow == "counter")
	if form := q.Decision.Form; form.Way != "" { // another form without its words in the letter is for the person to judge
		out.FormKept, out.FormTold = false, strings.Contains(out.Letter, form.Reason)
	}
	for _, it := range q.Decision.Items {
		info, _ := it.Outcome.Info()
		if !slices.Contains(out.Laws, info.Law) {
			out.Laws = append(out.Laws, info.Law)
		}
		if slices.Contains(info.Needs, request.NeedReason) {
			out.NeedsReason = true
			out.NoReason = out.NoReason || strings.TrimSpace(it.Reason) == ""
		}
	}
	if q.Profile != nil {
		for _, b := range q.Remedy().Reviewers {
			out.Organs, out.Addresses = append(out.Organs, b.Name), append(out.Addresses, b.Address)
		}
	}
	return out, nil
}
