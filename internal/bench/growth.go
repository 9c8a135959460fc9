package main

import (
	"errors"
	"net/url"
	"strconv"

	"gongkai/internal/app"
)

// smallLibrary is what a page's cost in a large library is set beside.
const smallLibrary = 2500

// asked is one kind of page and the addresses by which it is asked for, each
// different from the others so that none comes from the page cache.
type asked struct {
	name  string
	paths []string
}

// growth sets the cost of a page in a large library beside that in a small one.
func (b *bench) growth() (err error) {
	large := pick(b, 100_000, 10_000)
	b.note("growth: uncached pages over one connection, medians; ours = %d works, peer = %d works, ratio 1 = flat", large, smallLibrary)
	b.note("works are about %d characters of the law collection's texts, repeated with other stretches, dates and a number behind the title", excerpt)
	base, err := lawTexts()
	if err != nil {
		return err
	}
	queries := questions(base, 40)
	var times [2]map[string][]float64
	var order []string
	for i, n := range []int{large, smallLibrary} {
		dir, made, err := b.library(n)
		if err != nil {
			return err
		}
		b.note("%s", made)
		pages, err := b.growthPages(dir, n, queries)
		if err != nil {
			return err
		}
		if times[i], err = b.growthTimes(dir, pages); err != nil {
			return err
		}
		order = nil
		for _, p := range pages {
			order = append(order, p.name)
		}
	}
	for _, name := range order {
		b.beside("growth/"+name, median(times[0][name]), median(times[1][name]), millis)
	}
	return nil
}

// growthPages lists what is asked of a library of n works.
func (b *bench) growthPages(dir string, n int, queries []string) ([]asked, error) {
	var cited, plain []int64
	var kind string
	err := withLibrary(b.ctx, dir, func(a *app.App) (err error) {
		cited, err = numbers(b, a, `
			SELECT w.public_id FROM relations r JOIN works w ON w.id = r.to_work_id GROUP BY w.public_id ORDER BY COUNT(*) DESC, 1 LIMIT 15`)
		if err != nil {
			return err
		}
		// The largest libraries and the small one show the same plain works: of
		// the first round, cited by nobody.
		if plain, err = numbers(b, a, `
			SELECT public_id FROM works w WHERE public_id <= 2400 AND NOT EXISTS (SELECT 1 FROM relations r WHERE r.to_work_id = w.id) ORDER BY public_id LIMIT 60`); err != nil {
			return err
		}
		return a.DB.Reader().QueryRowContext(b.ctx, `SELECT kind FROM work_cards GROUP BY kind ORDER BY COUNT(*) DESC LIMIT 1`).Scan(&kind)
	})
	if err != nil {
		return nil, err
	}
	each := func(address string, ids []int64) (out []string) {
		for _, id := range ids {
			out = append(out, address+strconv.FormatInt(id, 10))
		}
		return out
	}
	// The page does not read "bench"; it makes the address a new one.
	again := func(address string) []string { return each(address+"bench=", []int64{1, 2, 3, 4, 5, 6, 7, 8, 9}) }
	list := []asked{
		{"work-page", each("/works/", plain)},
		{"work-page/most-cited", each("/works/", cited)},
		{"library", again("/policies?")},
		{"library/filtered", again("/policies?kind=" + url.QueryEscape(kind) + "&validity=" + url.QueryEscape("有效") + "&")},
		{"library/by-words", again("/policies?q=" + url.QueryEscape("管理办法") + "&")},
		{"home", again("/?")},
	}
	var find asked
	find.name = "search"
	for _, q := range queries {
		find.paths = append(find.paths, "/search?q="+url.QueryEscape(q))
	}
	return append(list, find), nil
}

func numbers(b *bench, a *app.App, query string) (out []int64, err error) {
	rows, err := a.DB.Reader().QueryContext(b.ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, rows.Err()
}

func (b *bench) growthTimes(dir string, pages []asked) (times map[string][]float64, err error) {
	s, err := b.serve(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	c := client(1)
	times = map[string][]float64{}
	for _, p := range pages {
		times[p.name], err = askAll(c, s.url, p.paths)
		if err != nil { // a page that fails at this size is a finding, not the end of the run
			b.note("growth/%s failed: %v", p.name, err)
		}
	}
	return times, b.ctx.Err()
}
