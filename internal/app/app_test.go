package app_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"gongkai/internal/app"
	"gongkai/internal/document"
	"gongkai/internal/publication"
	"gongkai/internal/search"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

const notice = `{"id":"n1","work_id":"n1","title":"清河市河道管理办法","publish_date":"2025-01-02","type":"规范性文件","issuing_body":"清河市人民政府","text":"第一条 为了保护河道，制定本办法。\n第二条 河道由市水务局管理。"}` + "\n"

// open opens an App on an empty library of each engine.
func open(t *testing.T, fn func(t *testing.T, a *app.App)) {
	t.Helper()
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		a, err := app.Open(context.Background(), app.Config{DataDir: c.DataDir, Database: c.URL, IndexDir: t.TempDir()}, slog.New(slog.DiscardHandler), time.Now)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := a.Close(); err != nil {
				t.Error(err)
			}
		})
		fn(t, a)
	})
}

func importText(t *testing.T, a *app.App, jsonl string) {
	t.Helper()
	_, err := a.Documents.Import(context.Background(), document.Lines("t", strings.NewReader(jsonl)), document.ImportOptions{Source: "t", Publish: true}, func(l document.ImportLine) error {
		if l.State == document.Failed {
			t.Error(l.Error)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestServe_FollowsTheLogAndStopsGracefully(t *testing.T) {
	open(t, func(t *testing.T, a *app.App) {
		l, err := app.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- a.Serve(ctx, l, h) }()
		base := "http://" + l.Addr().String()
		if status, body := get(t, base+"/healthz"); status != http.StatusOK || body != "ok\n" {
			t.Errorf("healthz %d %q", status, body)
		}
		if status, body := get(t, base+"/search?q="+strings.Repeat("%E6%B2%B3", 10_000)); status != http.StatusBadRequest || !strings.Contains(body, "请不要超过") {
			t.Errorf("a query of 10,000 characters: %d %.80q", status, body)
		}
		importText(t, a, notice)
		deadline := time.Now().Add(30 * time.Second)
		for {
			res, err := a.Search(context.Background(), search.Query{Text: "河道管理办法"})
			if err == nil && res.Total == 1 {
				break
			}
			if time.Now().After(deadline) {
				t.Fatalf("the index never followed the log: %v", err)
			}
			time.Sleep(50 * time.Millisecond)
		}
		if status, body := get(t, base+"/readyz"); status != http.StatusOK || !strings.Contains(body, `"ready":true`) {
			t.Errorf("readyz %d %q", status, body)
		}
		if status, body := get(t, base+"/works/1"); status != http.StatusOK || !strings.Contains(body, "清河市河道管理办法") {
			t.Errorf("work page %d", status)
		}
		if _, body := get(t, base+"/metrics"); !strings.Contains(body, "gongkai_requests_total") {
			t.Error("metrics do not count requests")
		}
		stop()
		if err := <-done; err != nil {
			t.Errorf("stop: %v", err)
		}
	})
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	r, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

func TestVerify_CleanAfterImportSealAndExpunge(t *testing.T) {
	open(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		importText(t, a, notice+strings.ReplaceAll(strings.ReplaceAll(notice, "n1", "n2"), "河道", "湖泊"))
		if _, err := publication.SealOnce(ctx, a.DB, a.Key, a.Now()); err != nil {
			t.Fatal(err)
		}
		if err := a.Documents.Expunge(ctx, 1, 0, "tester", "测试"); err != nil {
			t.Fatal(err)
		}
		if _, err := publication.SealOnce(ctx, a.DB, a.Key, a.Now()); err != nil {
			t.Fatal(err)
		}
		c, err := a.Verify(ctx, func(f publication.Fault) { t.Errorf("%+v", f) })
		if err != nil {
			t.Fatal(err)
		}
		if c.Editions != 2 || c.Index != 1 || c.Heads != 2 {
			t.Errorf("checked %+v", c)
		}
		if res, err := a.Search(ctx, search.Query{Text: "河道"}); err != nil || res.Total != 0 {
			t.Errorf("the index still finds the expunged text: %+v %v", res, err)
		}
	})
}

func TestSearchSource_CutsATextIntoArticles(t *testing.T) {
	open(t, func(t *testing.T, a *app.App) {
		importText(t, a, `{"id":"n1","title":"甲条例","publish_date":"2025-01-02","text":"前言说明。\n## 第一章 总则\n第一条 甲。\n第二条之一 乙丙丁。\n（此件公开发布）"}`+"\n")
		if _, err := a.CatchUp(context.Background()); err != nil {
			t.Fatal(err)
		}
		res, err := a.Search(context.Background(), search.Query{Text: "乙丙丁", Level: search.LevelArticle})
		if err != nil || len(res.Hits) != 1 || res.Hits[0].Article != "第二条之一" || res.Hits[0].Path != "a2_1" {
			t.Fatalf("%+v %v", res, err)
		}
	})
}

func TestListen_TakenAddressIsSaid(t *testing.T) {
	l, err := app.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, err := app.Listen(l.Addr().String()); err == nil || !strings.Contains(err.Error(), "端口可能已被占用") {
		t.Fatalf("err = %v", err)
	}
}
