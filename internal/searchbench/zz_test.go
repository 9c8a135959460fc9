package main

import (
	"context"
	"fmt"
	"slices"
	"syscall"
	"testing"
	"time"

	"gongkai/internal/search"
	"strings"
)

func TestZZ(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	c, _ := readCorpus(10000)
	e, _ := openOurs(ctx, dir)
	if err := e.build(ctx, c); err != nil {
		t.Fatal(err)
	}
	o := e.(*ours)
	type q struct {
		words []string
		d     time.Duration
		total int
		mode  string
		corr  string
	}
	var all []q
	var sum time.Duration
	for _, w := range c.queries() {
		best := time.Hour
		var res *search.Result
		for range 7 {
			b := time.Now()
			res, _ = o.index.Search(ctx, search.Query{Text: strings.Join(w, " "), Limit: 10}, o.today)
			best = min(best, time.Since(b))
		}
		sum += best
		all = append(all, q{w, best, res.Total, res.Mode, res.Corrected})
	}
	var u syscall.Rusage
	_ = syscall.Getrusage(0, &u)
	u0 := u.Utime.Nano() + u.Stime.Nano()
	for range 5 {
		for _, w := range c.queries() {
			_, _ = o.index.Search(ctx, search.Query{Text: strings.Join(w, " "), Limit: 10}, o.today)
		}
	}
	_ = syscall.Getrusage(0, &u)
	fmt.Println("CPU a query", time.Duration((u.Utime.Nano()+u.Stime.Nano()-u0)/1200))
	slices.SortFunc(all, func(a, b q) int { return int(b.d - a.d) })
	fmt.Println("mean", sum/240)
	acc := time.Duration(0)
	for i, x := range all {
		acc += x.d
		if i < 30 || i%20 == 0 {
			fmt.Println(i, x.words, x.d, x.total, x.mode, x.corr, "acc%", int(acc*100/sum))
		}
	}
}
