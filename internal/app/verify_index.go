package app

import (
	"context"
	"fmt"
	"slices"

	"gongkai/internal/fault"
	"gongkai/internal/publication"
	"gongkai/internal/search"
)

// worksAtOnce bounds how many works are compared in memory.
const worksAtOnce = 1000

// verifyIndex brings the index up to the log and compares labels and titles of
// every work with the library. Returns the number of works in the index.
func (a *App) verifyIndex(ctx context.Context, yield func(publication.Fault)) (int64, error) {
	if _, err := a.CatchUp(ctx); err != nil {
		if fault.KindOf(err) != fault.Internal || ctx.Err() != nil {
			return 0, err
		}
		// A damaged log is named where it is damaged; nothing can be compared with it.
		yield(publication.Fault{Code: "index", Fault: "检索索引无法与资料库对照：" + fault.Text(err), Table: "index", ID: "*"})
		return 0, nil
	}
	x, err := a.Index(ctx)
	if err != nil {
		return 0, err
	}
	last, err := a.Documents.LastWork(ctx)
	if err != nil {
		return 0, err
	}
	for after := int64(0); after < last; after += worksAtOnce {
		wrong, err := a.indexDiffers(ctx, x, after, after+worksAtOnce)
		if err == nil && len(wrong) > 0 { // somebody published between the two looks
			if _, err = a.CatchUp(ctx); err == nil {
				wrong, err = a.indexDiffers(ctx, x, after, after+worksAtOnce)
			}
		}
		if err != nil {
			return 0, err
		}
		for _, work := range wrong {
			yield(publication.Fault{Code: "index", Fault: "检索索引与资料库不符，可删除索引文件夹后重建", Table: "index", ID: fmt.Sprint(work)})
		}
	}
	stray, err := x.Labels(ctx, last, 1<<62)
	if err != nil {
		return 0, err
	}
	if now, err := a.Documents.LastWork(ctx); err != nil {
		return 0, err
	} else if len(stray) > 0 && now == last {
		yield(publication.Fault{Code: "index", Fault: "检索索引里有资料库没有的作品，可删除索引文件夹后重建", Table: "index", ID: "*"})
	}
	return x.Works(ctx)
}

// indexDiffers lists the works of a range that the index holds otherwise.
func (a *App) indexDiffers(ctx context.Context, x *search.Index, after, upTo int64) (wrong []int64, err error) {
	have := map[int64]string{}
	if err := a.Documents.Labels(ctx, after, upTo, func(work int64, label int, title string) {
		have[work] = search.MarkLabel(have[work], label, title)
	}); err != nil {
		return nil, err
	}
	found, err := x.Labels(ctx, after, upTo)
	if err != nil {
		return nil, err
	}
	for work, mark := range have {
		if found[work] != mark {
			wrong = append(wrong, work)
		}
	}
	for work := range found {
		if have[work] == "" {
			wrong = append(wrong, work)
		}
	}
	slices.Sort(wrong)
	return wrong, nil
}
