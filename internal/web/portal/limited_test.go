package portal

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
	"gongkai/internal/workday"
)

const (
	limitedKey   = "abcdefghijklmnopqrstuvwxyz234567"
	withdrawnKey = "zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz"
)

const limitedText = "清河街道甲村片区征收补偿方案\n各被征收人：\n一、补偿范围\n征收红线以内的房屋和附属物。\n二、补偿标准\n（一）房屋按评估价补偿。\n（二）搬迁费每户3000元。\n三、签约期限\n自2026年11月20日起60日。\n清河市自然资源和规划局\n2026年11月18日\n"

func (l *fakeLibrary) Limited(_ context.Context, key string) (*document.LimitedView, error) {
	organ := &document.OrganRef{Code: "qhcg", Name: "清河市自然资源和规划局"}
	switch key {
	case limitedKey:
		v := &document.LimitedView{Work: -1, Audience: "清河街道甲村片区的被征收人", Organ: organ, Text: limitedText, Texts: 2,
			Edition: document.Edition{Label: 2, Title: "清河街道甲村片区征收补偿方案", DocNo: "清自然资发〔2026〕12号", PublishedOn: workday.MustDate("2026-11-18"),
				Organs: []document.OrganRef{{Name: organ.Name}}, ReleasedAt: workday.MustDate("2026-11-19").Time()},
			Files: []document.File{{Position: 1, Name: "分户补偿表.xlsx", Size: 20480, MIME: "application/vnd.ms-excel", Role: "attachment"}}}
		for _, p := range officialdoc.Parse(v.Text).Provisions {
			v.Provisions = append(v.Provisions, document.Provision{Kind: string(p.Kind), Path: p.Path, Label: p.Label, Heading: p.Heading, Start: p.Start, End: p.End, Depth: p.Depth})
		}
		return v, nil
	case withdrawnKey:
		return &document.LimitedView{Work: -2, Organ: organ, Withdrawn: &document.Withdrawn{Organ: organ, PublishedAt: workday.MustDate("2026-11-01").Time(),
			On: workday.MustDate("2026-11-10"), Reason: "签约期限有误，更正后重新公开。"}}, nil
	}
	return nil, fault.New(fault.NotFound, "fake", "没有找到您要的内容。")
}

func (l *fakeLibrary) OpenLimitedFile(ctx context.Context, key string, n int) (io.ReadSeekCloser, document.File, error) {
	v, err := l.Limited(ctx, key)
	if err != nil || n < 1 || n > len(v.Files) {
		return nil, document.File{}, fault.New(fault.NotFound, "fake", "没有找到您要的内容。")
	}
	return nopCloser{bytes.NewReader([]byte("PK表"))}, v.Files[n-1], nil
}

type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }

func TestA15_TheLimitedPageSaysForWhomItIs(t *testing.T) {
	s := newSite(t)
	for path, status := range map[string]int{"/limited/" + limitedKey: 200, "/elder/limited/" + limitedKey: 200, "/limited/" + withdrawnKey: 410, "/limited/" + limitedKey + "/files/1": 200} {
		w := s.get(path)
		h := w.Header()
		if w.Code != status || h.Get("Cache-Control") != "no-store" || !strings.Contains(h.Get("X-Robots-Tag"), "noindex") || h.Get("Referrer-Policy") != "no-referrer" || h.Get("ETag") != "" {
			t.Errorf("%s: %d %v", path, w.Code, h)
		}
	}
	body := s.get("/limited/" + limitedKey).Body.String()
	for _, want := range []string{"本文只向特定的人公开：清河街道甲村片区的被征收人", "补偿标准", "分户补偿表.xlsx", "第 2 个文本", `content="noindex`} {
		if !strings.Contains(body, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if trace := s.get("/limited/" + withdrawnKey).Body.String(); !strings.Contains(trace, "签约期限有误") || strings.Contains(trace, "公开编号") || strings.Contains(trace, "/proof") {
		t.Error(trace)
	}
	if got := s.get("/limited/" + limitedKey + "/files/1").Body.String(); got != "PK表" {
		t.Errorf("%q", got)
	}
}

// A wrong key gets the very bytes that any address gets that no page has.
func TestA15_AWrongKeyIsLikeAnyMissingPage(t *testing.T) {
	s := newSite(t)
	told := func(path string) (int, http.Header, string) {
		w := s.get(path)
		h := w.Header().Clone()
		h.Del("X-Request-Id")
		return w.Code, h, strings.ReplaceAll(w.Body.String(), path, "PATH")
	}
	for _, path := range []string{"/limited/" + strings.Repeat("b", 32), "/limited/x", "/limited/" + strings.ToUpper(limitedKey), "/limited/" + limitedKey + "/files/2", "/limited/" + limitedKey + "/files/01",
		"/limited/" + limitedKey + "/files/x", "/limited/" + withdrawnKey + "/files/1", "/limited/" + strings.Repeat("b", 32) + "/files/1"} {
		c, h, b := told(path)
		code, header, body := told("/nowhere" + strings.TrimPrefix(path, "/limited"))
		if c != http.StatusNotFound || c != code || len(h) != len(header) || h.Get("Cache-Control") != header.Get("Cache-Control") {
			t.Errorf("%s: %d %v, elsewhere %d %v", path, c, h, code, header)
		}
		short := regexp.MustCompile(`“[^”]*”`)
		if x, y := short.ReplaceAllString(b, ""), short.ReplaceAllString(body, ""); x != y {
			t.Errorf("%s: another page\n%s", path, b)
		}
	}
}

// The address is as good as the text: it may not stand in the log of requests.
func TestA15_TheKeyIsNotLogged(t *testing.T) {
	s := newSite(t)
	var log bytes.Buffer
	s.p.LogTo(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})))
	for _, path := range []string{"/limited/" + limitedKey, "/hant/elder/limited/" + limitedKey, "/limited/" + limitedKey + "/files/1", "/limited/" + limitedKey + "/files/9", "/limited/" + withdrawnKey} {
		s.get(path)
	}
	if n := strings.Count(log.String(), "request"); n < 5 || strings.Contains(log.String(), limitedKey) || strings.Contains(log.String(), withdrawnKey) {
		t.Error(log.String())
	}
}

// No page leads to a limited text.
func TestA15_NoPageLeadsThere(t *testing.T) {
	s := newSite(t)
	for _, path := range append([]string{"/sitemap.xml", "/robots.txt", "/nowhere"}, allPages...) {
		if body := s.get(path).Body.String(); strings.Contains(body, "/limited/") || strings.Contains(body, "征收补偿方案") {
			t.Errorf("%s leads there", path)
		}
	}
}
