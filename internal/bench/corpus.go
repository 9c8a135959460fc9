package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/testcity"
)

// excerpt is how long a text of a grown library is, in characters.
const excerpt = 500

// grown makes n documents out of the law collection by repeating it: the k-th
// round takes another stretch of each text, moves the dates by k days, and
// puts the round's number behind the title, so that every document is a work
// of its own. The first round keeps the titles: what texts cite is cited in a
// large library as often as in a small one, in proportion.
func grown(base []testcity.Document, n int, put func(testcity.Document) error) error {
	for i := range n {
		d, round := base[i%len(base)], i/len(base)
		out := testcity.Document{
			ID: "bench-" + strconv.Itoa(i), WorkID: "bench-work-" + strconv.Itoa(i), Title: d.Title,
			Type: d.Type, Category: d.Category, Region: d.Region, IssuingBody: d.IssuingBody, Organs: d.Organs, Topics: d.Topics,
			PublishDate: later(d.PublishDate, round), EffectiveDate: later(d.EffectiveDate, round), Status: d.Status,
			Text: stretch(d.Text, round),
		}
		if round > 0 || d.Version > 1 {
			out.Title = fmt.Sprintf("%s（样本%d）", d.Title, i)
		}
		if err := put(out); err != nil {
			return err
		}
	}
	return nil
}

// later moves an ISO date; what is no date stays.
func later(iso string, days int) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// stretch cuts about excerpt characters at line ends; each round begins further on.
func stretch(text string, round int) string {
	lines := strings.Split(text, "\n")
	at, have := (round*7)%len(lines), 0
	var b strings.Builder
	for range lines {
		line := lines[at%len(lines)]
		if have += len([]rune(line)) + 1; have > excerpt && b.Len() > 0 {
			break
		}
		b.WriteString(line + "\n")
		at++
	}
	return b.String()
}

// builtBy are the folders whose code decides what a library holds; the name of
// a kept library carries a digest of them.
var builtBy = []string{"migrations", "internal/bench", "internal/document", "internal/filestore", "internal/officialdoc", "internal/org",
	"internal/publication", "internal/search", "internal/store", "internal/testcity", "internal/zh"}

func builtKey(root string) (string, error) {
	h := sha256.New()
	for _, dir := range builtBy {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() || strings.Contains(path, "testdata") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			if dir == "internal/bench" && e.Name() != "corpus.go" {
				return nil
			}
			content, err := os.ReadFile(path)
			fmt.Fprintf(h, "%s %d\n", e.Name(), len(content))
			h.Write(content)
			return err
		})
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:6]), nil
}

// library gives a grown library of n works, with its index, from an earlier
// run or newly made; made tells how the making went.
func (b *bench) library(n int) (dir, made string, err error) {
	key, err := builtKey(b.root)
	if err != nil {
		return "", "", err
	}
	dir = filepath.Join(b.keep, fmt.Sprintf("grown-%d-%s", n, key))
	mark := filepath.Join(dir, "made")
	if said, err := os.ReadFile(mark); err == nil {
		return dir, string(said) + " (kept from an earlier run)", nil
	}
	old, err := filepath.Glob(filepath.Join(b.keep, fmt.Sprintf("grown-%d-*", n)))
	if err != nil {
		return "", "", err
	}
	for _, o := range old {
		if err := os.RemoveAll(o); err != nil {
			return "", "", err
		}
	}
	if made, err = b.grow(dir, n); err != nil {
		return "", "", errors.Join(err, os.RemoveAll(dir))
	}
	return dir, made, os.WriteFile(mark, []byte(made), 0o644)
}

func (b *bench) grow(dir string, n int) (made string, err error) {
	base, err := lawTexts()
	if err != nil {
		return "", err
	}
	file := filepath.Join(b.temp, "grown.jsonl")
	if _, err := writeLines(file, func(put func(testcity.Document) error) error { return grown(base, n, put) }); err != nil {
		return "", err
	}
	rate, err := b.timeImport(file, n, "--data", dir)
	if err != nil {
		return "", err
	}
	if err := os.Remove(file); err != nil {
		return "", err
	}
	began := time.Now()
	if err := b.index(dir); err != nil {
		return "", err
	}
	indexed := float64(n) / time.Since(began).Seconds()
	size := int64(0)
	err = filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return fmt.Sprintf("%d works: imported at %s, indexed at %s, %d MB", n, figure(rate, perSecond), figure(indexed, perSecond), size/1e6), err
}
