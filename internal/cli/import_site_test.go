package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/app"
)

// oldSite is three documents and a list.
func oldSite(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/zc/%d.html", &n); err == nil && n > 0 && n < 4 {
			fmt.Fprintf(w, `<html><head><title>通知</title><meta name="ArticleTitle" content="清河市公园管理办法之%d"><meta name="PubDate" content="2015-05-0%d 08:00"><meta name="ColumnName" content="规章"></head>
				<body><div class="zoom"><p>第一条　为了加强公园管理，保护公园环境，根据有关法律法规，结合本市实际，制定本办法。</p><p>第二条　本办法自2015年6月%d日起施行。</p></div></body></html>`, n, n, n)
			return
		}
		if r.URL.Path != "/zc/" {
			http.NotFound(w, r)
			return
		}
		io.WriteString(w, `<html><body><ul>`)
		for n := 1; n < 4; n++ {
			fmt.Fprintf(w, `<li><a href="%d.html">清河市公园管理办法之%d</a> 2015-05-0%d</li>`, n, n, n)
		}
		io.WriteString(w, `</ul><a href="gone.html">已删除的文件</a></body></html>`)
	}))
	t.Cleanup(s.Close)
	return s
}

func lines(t *testing.T, out string) (list []map[string]any) {
	t.Helper()
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var m map[string]any
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		list = append(list, m)
	}
	return list
}

func TestW18_6_1b_ImportSite(t *testing.T) {
	old := oldSite(t)
	data := t.TempDir()
	args := []string{"import", "site", old.URL + "/zc/", "--data", data, "--allow-private", "--delay", "0s", "--state", "published", "--columns", "规章=policy"}
	for _, want := range []string{"created", "unchanged"} {
		code, out, errs := command(t, "", args...)
		if code != exitDone || !strings.Contains(errs, "没有取到 1 个网页：旧站回答 404，如 "+old.URL+"/zc/gone.html。") {
			t.Fatalf("%d %s", code, errs)
		}
		got := lines(t, out)
		if len(got) != 4 || got[3]["read"] != 3.0 || got[3][want] != 3.0 {
			t.Fatalf("%s: %s", want, out)
		}
		for _, l := range got[:3] {
			if l["state"] != want || l["work"] == nil || !strings.HasPrefix(l["external_id"].(string), old.URL) {
				t.Errorf("%v", l)
			}
		}
	}
	code, out, errs := command(t, "", append(args, "--report")...)
	if report := lines(t, out)[0]; code != exitDone || report["imported"] != 3.0 || report["old_addresses"] != 3.0 {
		t.Errorf("%d %s %s", code, out, errs)
	}
	a, err := app.Open(context.Background(), app.Config{DataDir: data}, slog.New(slog.DiscardHandler), func() time.Time { return time.Date(2026, 11, 20, 4, 0, 0, 0, time.UTC) })
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	h, err := a.Handler()
	if err != nil {
		t.Fatal(err)
	}
	for _, prefix := range []string{"", "/hant"} {
		r := httptest.NewRequest("GET", prefix+"/zc/2.html", nil)
		r.Host = strings.TrimPrefix(old.URL, "http://")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != http.StatusMovedPermanently || !strings.HasPrefix(w.Header().Get("Location"), prefix+"/works/") {
			t.Fatalf("E-72 %s: %d %s", prefix, w.Code, w.Header().Get("Location"))
		}
		page := httptest.NewRecorder()
		h.ServeHTTP(page, httptest.NewRequest("GET", w.Header().Get("Location"), nil))
		if page.Code != http.StatusOK || !strings.Contains(page.Body.String(), "之2") {
			t.Errorf("E-72 %s leads to %d", prefix, page.Code)
		}
	}
}

func TestImportSite_Refuses(t *testing.T) {
	old := oldSite(t)
	data := t.TempDir()
	mapping := filepath.Join(data, "map.txt")
	if err := os.WriteFile(mapping, []byte("# 对照\n规章\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		args []string
		code int
		says string
	}{
		{"private address", []string{old.URL + "/zc/"}, exitRefused, "--allow-private"},
		{"scheme", []string{"ftp://a.example/"}, exitRefused, "http"},
		{"bound", []string{old.URL, "--max-pages", "0"}, exitUsage, "--max-pages"},
		{"state", []string{old.URL, "--state", "secret"}, exitUsage, "用法"},
		{"unknown column", []string{old.URL, "--columns", "规章=nowhere"}, exitUsage, "nowhere"},
		{"report of nothing", []string{old.URL + "/zc/nowhere/", "--report"}, exitRefused, "没有从这个网址"},
		{"bad map", []string{old.URL, "--column-map", mapping}, exitUsage, "第 2 行"},
	} {
		t.Run(c.name, func(t *testing.T) {
			code, _, errs := command(t, "", append([]string{"import", "site", "--data", data}, c.args...)...)
			if code != c.code || !strings.Contains(errs, c.says) {
				t.Errorf("%d %s", code, errs)
			}
		})
	}
}
