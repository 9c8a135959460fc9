package main

import (
	"context"
	"fmt"
	"os"
	"runtime/pprof"
	"testing"
	"time"

	"gongkai/internal/search"
)

func TestZY(t *testing.T) {
	ctx := context.Background()
	c, _ := readCorpus(10000)
	e, _ := openOurs(ctx, t.TempDir())
	if err := e.build(ctx, c); err != nil {
		t.Fatal(err)
	}
	o := e.(*ours)
	for i, q := range []string{"劳动诉讼的 管理", "管理", "大气污染防治 第五条", "放射性同位"} {
		f, _ := os.Create(fmt.Sprint("/tmp/q", i))
		n := 0
		best := time.Hour
		_ = pprof.StartCPUProfile(f)
		for b := time.Now(); time.Since(b) < 3*time.Second; n++ {
			s := time.Now()
			_, _ = o.index.Search(ctx, search.Query{Text: q, Limit: 10}, o.today)
			best = min(best, time.Since(s))
		}
		pprof.StopCPUProfile()
		fmt.Println(q, n, best)
	}
}
