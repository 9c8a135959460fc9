package document_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gongkai/internal/document"
)

func TestImport_TwoAtOnceMakeOneLibrary(t *testing.T) {
	each(t, func(b *bench) {
		var jsonl strings.Builder
		for i := range 60 {
			jsonl.WriteString(law(fmt.Sprintf("d%d-v1", i), fmt.Sprintf("d%d", i), 1, fmt.Sprintf("清河市第%d号办法", i), "2020-01-01",
				fmt.Sprintf("第一条 根据《清河市第%d号办法》，制定本办法。\n第二条 其他第%d项。", (i+7)%60, i)))
		}
		var wg sync.WaitGroup
		sums := make([]document.ImportSummary, 2)
		for k := range sums {
			wg.Go(func() {
				var err error
				sums[k], err = b.lib.Import(context.Background(), document.Lines("t", strings.NewReader(jsonl.String())),
					document.ImportOptions{Source: "test", Publish: true}, func(l document.ImportLine) error {
						if l.State == document.Failed {
							b.t.Errorf("%+v", l)
						}
						return nil
					})
				if err != nil {
					b.t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := b.count(`SELECT COUNT(*) FROM works`); n != 60 || sums[0].Created+sums[1].Created != 60 {
			b.t.Errorf("%d works, %+v", n, sums)
		}
		if n := b.count(`SELECT COUNT(*) FROM relations WHERE to_work_id IS NULL`); n != 0 {
			b.t.Errorf("%d links missed", n)
		}
		b.verify()
	})
}
