package main

import (
	"strings"
	"testing"

	"gongkai/internal/testcity"
	"gongkai/internal/zh"
)

func TestGrownDocumentsAreWorksOfTheirOwn(t *testing.T) {
	base := []testcity.Document{
		{Title: "甲条例", Version: 1, PublishDate: "2020-02-28", Text: strings.Repeat("第一条 一二三四五六七八九十。\n", 80)},
		{Title: "甲条例", Version: 2, PublishDate: "约2020年", Text: "第一条 只有一行。"},
	}
	keys, ids := map[string]bool{}, map[string]bool{}
	var docs []testcity.Document
	if err := grown(base, 7, func(d testcity.Document) error {
		keys[zh.TitleKey(d.Title)], ids[d.WorkID] = true, true
		docs = append(docs, d)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(docs) != 7 || len(keys) != 7 || len(ids) != 7 {
		t.Errorf("%d documents, %d titles, %d works, want 7 of each", len(docs), len(keys), len(ids))
	}
	if docs[0].Title != "甲条例" {
		t.Errorf("the first round bears %q: nothing would be cited", docs[0].Title)
	}
	if docs[4].PublishDate != "2020-03-01" || docs[5].PublishDate != "约2020年" {
		t.Errorf("dates %q and %q", docs[4].PublishDate, docs[5].PublishDate)
	}
	for i, d := range docs {
		if n := len([]rune(d.Text)); n == 0 || n > excerpt+20 {
			t.Errorf("text %d has %d characters", i, n)
		}
	}
}

func TestStretchBeginsFurtherOn(t *testing.T) {
	var lines []string
	for c := 'a'; c <= 'z'; c++ {
		lines = append(lines, strings.Repeat(string(c), 100))
	}
	text := strings.Join(lines, "\n")
	if got := stretch(text, 1); got[0] != 'h' || strings.Count(got, "\n") != 4 {
		t.Errorf("round 1 is %q", got)
	}
	if stretch(text, 0) == stretch(text, 1) {
		t.Error("two rounds have the same text")
	}
}

func TestQuestionsDiffer(t *testing.T) {
	var docs []testcity.Document
	for c := '一'; c < '一'+50; c++ {
		word := strings.Repeat(string(c), 5)
		docs = append(docs, testcity.Document{Title: string(c) + "市城市道路管理办法", Text: strings.Repeat(word+"，"+word+"甲。", 10)})
	}
	qs := questions(docs, 40)
	seen := map[string]bool{}
	for _, q := range qs {
		seen[q] = true
	}
	if len(qs) != 40 || len(seen) != 40 {
		t.Errorf("%d queries, %d different", len(qs), len(seen))
	}
}
