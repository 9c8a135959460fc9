package office

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/filestore"
	"gongkai/internal/release"
)

// unpacked reads an archive whole.
func unpacked(t *testing.T, p page) map[string][]byte {
	t.Helper()
	z, err := zip.NewReader(strings.NewReader(p.body), int64(len(p.body)))
	if err != nil {
		t.Fatalf("%d %v", p.status, err)
	}
	out := map[string][]byte{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if out[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

// Pasted HTML with scripts is words: on every page and in the package it is
// shown and nothing of it runs. An uploaded web page brings its words alone.
func TestBadInput_PastedHTMLWithScripts(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		clerk := people[access.Clerk]
		evil := `<script>alert("x")</script><img src=x onerror="alert(1)"><a href="javascript:alert(2)">点这里</a>`
		id := s.slip("qh-jyj", "clerk", "各学校：\n"+evil+"\n一、按时供暖\n（此件公开发布）")
		for _, at := range []string{slipPath(id), slipPath(id) + "/edit", slipPath(id) + "/versions?no=1", slipPath(id) + "/print"} {
			p := clerk.get(at)
			d := parsed(t, p)
			if n := d.Find(`script:not([src]), img[onerror], a[href^="javascript:"]`).Length(); p.status != http.StatusOK || n > 0 {
				t.Errorf("%s: %d, %d pieces run", at, p.status, n)
			}
		}
		s.done(clerk.submit(slipPath(id), act(id, release.ActSubmit), nil))
		s.done(people[access.Reviewer].submit(slipPath(id), act(id, release.ActPassReview), nil))
		s.done(people[access.SecrecyReviewer].submit(slipPath(id), act(id, release.ActPassSecrecy), nil))
		s.done(people[access.Signer].submit(slipPath(id), act(id, release.ActSign), nil))
		s.out()
		if page := string(unpacked(t, clerk.get(slipPath(id)+"/package.zip"))["index.html"]); strings.Contains(page, "<script") || strings.Contains(page, "<img") || !strings.Contains(page, "&lt;script&gt;") {
			t.Errorf("the package: %s", page)
		}
		b, kind := filesBodyAs(t, [][2]string{{"form_token", token(t, clerk.get("/office/releases/new"))}, {"once", "html-1"}, {"organ", "qh-jyj"}}, "file", "通知.html",
			[]byte("<html><body><p>关于停车的通知</p>"+evil+"<p>一、按时停车。</p></body></html>"))
		p := clerk.postRaw("/office/releases/new/upload", b, kind, "", 0)
		s.done(p)
		words := parsed(t, clerk.get(p.header.Get("Location"))).Find("#f-text").Text()
		if !strings.Contains(words, "一、按时停车。") || strings.Contains(words, "alert") {
			t.Errorf("the web page brought %q", words)
		}
	})
}

// sick is a scanner that finds a virus in content that holds 毒.
type sick struct{}

func (sick) Scan(_ context.Context, r io.Reader) (string, error) {
	b, err := io.ReadAll(r)
	if bytes.Contains(b, []byte("毒")) {
		return "Test.Signature", err
	}
	return "", err
}

// A virus is refused by name wherever a draft takes a file, and the draft with
// its other files stays as it was.
func TestBadInput_AVirus(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		clerk := s.crew()[access.Clerk]
		id := s.slip("qh-jyj", "clerk", slipText)
		s.deps.Files = filestore.Scanned(s.deps.Files, sick{})
		edit := slipPath(id) + "/edit"
		send := func(at string, fields [][2]string, name, words string) page {
			t.Helper()
			b, kind := filesBodyAs(t, append([][2]string{{"form_token", token(t, clerk.get(edit))}}, fields...), "file", name, []byte(words))
			return clerk.postRaw(at, b, kind, "", 0)
		}
		s.done(send(slipPath(id)+"/files", [][2]string{{"stay", "1"}, {"role", "attachment"}}, "好.txt", "附件的内容"))
		s.done(send(slipPath(id)+"/files", [][2]string{{"stay", "1"}, {"role", "attachment"}}, "坏.txt", "毒"))
		p := clerk.get(edit)
		s.has(p, http.StatusOK, "病毒", "好.txt", "按时供暖")
		if parsed(t, p).Find(".file-list li").Length() != 1 {
			t.Errorf("%s", p.words())
		}
		bad := send("/office/releases/new/upload", [][2]string{{"once", "virus"}, {"organ", "qh-jyj"}}, "坏.txt", "毒")
		if bad.status < 400 || !strings.Contains(bad.words(), "病毒") {
			t.Errorf("%d %s", bad.status, bad.words())
		}
		var n int
		if err := s.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM releases`).Scan(&n); err != nil || n != 1 {
			t.Errorf("%d slips, %v", n, err)
		}
		s.has(clerk.get(fmt.Sprintf("/office/releases?text=%s", "供暖")), http.StatusOK, "共 <strong>1</strong> 张")
	})
}

// Of two people who save one draft neither loses a word: the second sees what
// the first wrote beside their own, and the list of versions compares them.
func TestDraft_TheSecondWriterSeesBothTexts(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		people := s.crew()
		first, second := people[access.Clerk], people[access.DisclosureOfficer]
		id := s.slip("qh-jyj", "clerk", slipText)
		edit := slipPath(id) + "/edit"
		stale := second.get(edit)
		s.done(first.submit(edit, edit, map[string]string{"text": slipText + "\n第一个人加的"}))
		p := second.send(stale, edit, map[string]string{"text": slipText + "\n第二个人加的"})
		d := parsed(t, p)
		if p.status != http.StatusConflict || !strings.Contains(d.Find(".merge-text del").Text(), "一") || !strings.Contains(d.Find(".merge-text ins").Text(), "二") || !strings.Contains(d.Find("#f-text").Text(), "第二个人加的") {
			t.Fatalf("%d %s", p.status, p.words())
		}
		s.done(second.send(p, edit, map[string]string{"text": slipText + "\n第一个人加的\n第二个人加的"}))
		versions := first.get(slipPath(id) + "/versions?no=2")
		s.has(versions, http.StatusOK, "第 2 稿和现在的文字")
		if words := parsed(t, versions).Find(".merge-text ins").Text(); !strings.Contains(words, "第二个人加的") {
			t.Errorf("compared: %q", words)
		}
	})
}
