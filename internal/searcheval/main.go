// Command searcheval measures how well questions in lay words find the
// articles that answer them: the product's own search beside a plain bigram
// BM25, over the same national texts, in one run.
//
//	go run ./internal/searcheval                     texts of internal/testcity
//	go run ./internal/searcheval -data DIR           the library in a data folder
//	go run ./internal/searcheval -learn FILE         writes what search learns from
//	                                                 four fifths of the questions
//
// The questions are split by a hash of their number: one fifth is never
// learned from. An article counts when its document is among those named for
// it and its number agrees; recall is the share of a question's articles
// found, averaged over questions.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"syscall"
	"time"

	"gongkai/internal/app"
	"gongkai/internal/search"
	"gongkai/internal/workday"
)

func main() {
	data := flag.String("data", "", "data folder of a library with the law collection; default: an index of the shipped texts, built for the run")
	learn := flag.String("learn", "", "write the learned data to this file and end")
	weak := flag.Bool("misses", false, "list the questions of the unlearned fifth without an article among the first ten")
	flag.Parse()
	if err := run(context.Background(), os.Stdout, *data, *learn, *weak); err != nil {
		fmt.Fprintln(os.Stderr, "searcheval:", err)
		os.Exit(1)
	}
}

// searcher answers as the product does.
type searcher func(ctx context.Context, q search.Query) (*search.Result, error)

func run(ctx context.Context, out io.Writer, data, learn string, misses bool) (err error) {
	questions, err := readQuestions()
	if err != nil {
		return err
	}
	lib, err := readLibrary()
	if err != nil {
		return err
	}
	texts := lib.newestNational()
	if learn != "" {
		return writeLearned(learn, questions, texts)
	}
	ask, end, err := open(ctx, lib, data)
	if err != nil {
		return err
	}
	defer func() {
		if e := end(); err == nil {
			err = e
		}
	}()
	plain := newPlain(texts)
	fmt.Fprintf(out, "%d questions, %d articles of the newest national texts\n", len(questions), len(plain.articles))
	var ours, base [2]score
	var times, cpu []time.Duration
	for _, q := range questions {
		query := search.Query{Text: q.Text, Level: search.LevelArticle, National: true, Limit: 100}
		res, err := ask(ctx, query)
		if err != nil {
			return err
		}
		if !q.learned() { // again as a reader asks, for the time
			query.Limit = 10
			start, used := time.Now(), processor()
			if _, err := ask(ctx, query); err != nil {
				return err
			}
			times, cpu = append(times, time.Since(start)), append(cpu, processor()-used)
		}
		found := make([]place, len(res.Hits))
		for i, h := range res.Hits {
			found[i] = place{h.ExternalID, h.Article}
		}
		s := q.judge(found)
		ours[0].add(s)
		b := q.judge(plain.search(q.Text, 100))
		base[0].add(b)
		if !q.learned() {
			ours[1].add(s)
			base[1].add(b)
			if misses && s.recall10 == 0 {
				fmt.Fprintf(out, "miss %d %s\n", q.ID, q.Text)
			}
		}
	}
	for i, name := range []string{"all", "unlearned fifth"} {
		fmt.Fprintf(out, "%-16s ours  %s\n", name, &ours[i])
		fmt.Fprintf(out, "%-16s plain %s\n", name, &base[i])
	}
	slices.Sort(times)
	slices.Sort(cpu)
	fmt.Fprintf(out, "a question with ten hits: p50 %v, p95 %v; of the processor: p50 %v, p95 %v\n", at(times, 50), at(times, 95), at(cpu, 50), at(cpu, 95))
	return nil
}

// processor is the time this process has used so far, on all cores; beside it
// the clock tells how busy the machine is.
func processor() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func at(sorted []time.Duration, percent int) time.Duration {
	return sorted[(len(sorted)-1)*percent/100].Round(100 * time.Microsecond)
}

// open gives the search of a library, or of a fresh index of the shipped texts.
func open(ctx context.Context, lib *library, data string) (searcher, func() error, error) {
	if data != "" {
		a, err := app.Open(ctx, app.Config{DataDir: data}, nil, nil)
		if err != nil {
			return nil, nil, err
		}
		if _, err := a.CatchUp(ctx); err != nil {
			return nil, nil, err
		}
		return a.Search, a.Close, nil
	}
	dir, err := os.MkdirTemp("", "searcheval")
	if err != nil {
		return nil, nil, err
	}
	x, err := search.Open(ctx, dir)
	if err != nil {
		return nil, nil, err
	}
	start := time.Now()
	if _, err := x.CatchUp(ctx, lib); err != nil {
		return nil, nil, err
	}
	fmt.Fprintf(os.Stderr, "index built in %v\n", time.Since(start).Round(time.Second))
	today := workday.DateOf(time.Now())
	ask := func(ctx context.Context, q search.Query) (*search.Result, error) { return x.Search(ctx, q, today) }
	end := func() error {
		if err := x.Close(); err != nil {
			return err
		}
		return os.RemoveAll(dir)
	}
	return ask, end, nil
}
