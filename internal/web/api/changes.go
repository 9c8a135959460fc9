package api

import (
	"context"
	"fmt"

	"gongkai/internal/publication"
)

type changesInput struct {
	After int64 `query:"after" minimum:"0" default:"0" doc:"从哪个序号之后读；0 是从头" example:"0"`
	Limit int   `query:"limit" minimum:"1" maximum:"1000" default:"100" doc:"这一页最多几条"`
}

// change is one row of the publication log. Entry is the leaf of the
// transparency log to the byte: hashing it proves that nothing was changed.
type change struct {
	Seq        int64  `json:"seq"`
	At         string `json:"at" doc:"UTC，精确到微秒"`
	Act        string `json:"act" doc:"release 发布，update 更正补充，withdraw 撤下，restore 恢复公开，fact 登记效力，expunge 依法清除，merge 并入另一份文件，limited 限定范围公开（只有加盐的摘要），seal 封存审计记录"`
	ActName    string `json:"act_name" doc:"中文"`
	Work       *int64 `json:"work" nullable:"true" doc:"作品编号；与作品无关的为 null"`
	Edition    *int   `json:"edition" nullable:"true" doc:"版本编号；针对整份文件的为 null"`
	MergedInto *int64 `json:"merged_into,omitempty" doc:"重复文件并入了哪份文件（作品编号）；这一版从此在那里读取"`
	AsEdition  *int   `json:"as_edition,omitempty" doc:"并入以后的版本编号"`
	Reason     string `json:"reason,omitempty" doc:"撤下或者恢复公开的理由；依法清除以后不再给出"`
	Entry      string `json:"entry" doc:"存证日志的原始一行"`
}

type changesBody struct {
	Changes []change `json:"changes" nullable:"false"`
	Next    int64    `json:"next" doc:"下一次的 after"`
	More    bool     `json:"more" doc:"后面还有"`
}

// fullPage is for how long a page that has later rows behind it may be kept:
// it can never change, for rows are only added at the end.
const fullPage = "public, max-age=86400, immutable"

func (a *API) changes(ctx context.Context, in *changesInput) (*answer[changesBody], error) {
	rows, err := a.deps.Log.Changes(ctx, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	// Read after the rows, so that a row written meanwhile counts as more.
	head, err := a.deps.Log.Head(ctx)
	if err != nil {
		return nil, err
	}
	if in.After > head {
		return nil, badField("after", fmt.Sprintf(textFutureCursor, in.After, head))
	}
	out := with(changesBody{Changes: []change{}, Next: in.After})
	for _, r := range rows {
		out.Body.Changes = append(out.Body.Changes, newChange(r))
		out.Body.Next = r.Seq
	}
	reasons, err := a.deps.Library.TakedownReasons(ctx, in.After, out.Body.Next)
	if err != nil {
		return nil, err
	}
	for i := range out.Body.Changes {
		out.Body.Changes[i].Reason = reasons[out.Body.Changes[i].Seq]
	}
	if out.Body.More = out.Body.Next < head; out.Body.More {
		out.Link = next(fmt.Sprintf("%schanges?after=%d&limit=%d", Root, out.Body.Next, in.Limit))
		if len(rows) == in.Limit && len(reasons) == 0 { // a reason can be expunged
			out.CacheControl = fullPage
		}
	}
	return out, nil
}

func newChange(r publication.Row) change {
	c := change{Seq: r.Seq, At: instant(r.At), Act: string(r.Act), ActName: r.Act.Chinese(), Work: known(r.Work), Entry: r.Entry}
	if r.Edition != 0 {
		c.Edition = &r.Edition
	}
	if into, label := r.MergedInto(); into != 0 {
		c.MergedInto = &into
		if c.ActName = publication.Merge.Chinese(); label != 0 {
			c.AsEdition = &label
		}
	}
	return c
}
