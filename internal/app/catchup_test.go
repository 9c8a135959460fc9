package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/app"
	"gongkai/internal/publication"
	"gongkai/internal/search"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// Variables that make the test binary a node which only brings its index up.
const (
	childData  = "GONGKAI_TEST_APP_DATA"
	childURL   = "GONGKAI_TEST_APP_DATABASE"
	childIndex = "GONGKAI_TEST_APP_INDEX"
)

// TestMain also serves as the node that is killed.
func TestMain(m *testing.M) {
	if os.Getenv(childIndex) == "" {
		os.Exit(m.Run())
	}
	if err := child(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func child() error {
	ctx := context.Background()
	a, err := app.Open(ctx, app.Config{DataDir: os.Getenv(childData), Database: os.Getenv(childURL), IndexDir: os.Getenv(childIndex)}, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		return err
	}
	if _, err := a.Index(ctx); err != nil {
		return err
	}
	fmt.Println("open") // from here on the kill counts
	if _, err := a.CatchUp(ctx); err != nil {
		return err
	}
	return a.Close()
}

// small makes n tiny documents, which are n acts of the log.
func small(from, n int) string {
	var b strings.Builder
	for i := from; i < from+n; i++ {
		fmt.Fprintf(&b, `{"id":"s%d","title":"第%d号河道管理通知","publish_date":"20%02d-%02d-%02d","type":"规范性文件","text":"第一条 第%d号河道由市水务局管理。\n第二条 自发布之日起施行。"}`+"\n", i, i, 10+i%15, 1+i%12, 1+i%28, i)
	}
	return b.String()
}

// behindBy is how many acts the index lacks: 10,000 in the long proof.
func behindBy() int {
	if os.Getenv("GONGKAI_SOAK") != "" {
		return 10_000
	}
	return 250
}

// probe is what /readyz says.
type probe struct {
	Ready    bool
	Reason   string
	Database string
	Index    struct {
		State   string
		Rows    int `json:"rows_behind"`
		Seconds int `json:"seconds_behind"`
	}
}

// readyz asks a node and expects status and words to agree.
func readyz(t *testing.T, h http.Handler) (p probe) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Header().Get("Content-Type") != "application/json" {
		t.Fatalf("%v: %s", err, w.Body)
	}
	if p.Ready != (w.Code == http.StatusOK) || !p.Ready && w.Code != http.StatusServiceUnavailable || p.Ready != (p.Reason == "") {
		t.Errorf("%d %+v", w.Code, p)
	}
	return p
}

// TestCheck4_ReadyTellsHowFarTheIndexIsBehind moves the clock: acts may be
// missing for 30 seconds, not longer, whoever should have indexed them.
func TestCheck4_ReadyTellsHowFarTheIndexIsBehind(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		ctx := context.Background()
		now := &clock{t: time.Date(2026, 11, 20, 1, 0, 0, 0, time.UTC)}
		a, err := app.Open(ctx, app.Config{DataDir: c.DataDir, Database: c.URL, IndexDir: t.TempDir()}, slog.New(slog.DiscardHandler), now.now)
		if err != nil {
			t.Fatal(err)
		}
		h, err := a.Handler()
		if err != nil {
			t.Fatal(err)
		}
		want := func(state string, rows, seconds int) {
			t.Helper()
			p := readyz(t, h)
			if p.Index.State != state || p.Index.Rows != rows || p.Index.Seconds != seconds || p.Database != "ok" || p.Ready != (seconds <= 30) {
				t.Errorf("%+v, want %s with %d rows, %d s", p, state, rows, seconds)
			}
			if !p.Ready && (!strings.Contains(p.Reason, fmt.Sprintf("%d 条", rows)) || !strings.Contains(p.Reason, fmt.Sprintf("%d 秒", seconds))) {
				t.Errorf("the reason does not say how far: %s", p.Reason)
			}
		}
		catchUp(t, a) // a probe waits 3 s, which the first opening may take on a busy machine
		want("ok", 0, 0)
		importText(t, a, small(0, 20))
		want("behind", 20, 0)
		now.pass(30 * time.Second)
		want("behind", 20, 30)
		now.pass(time.Second)
		want("behind", 20, 31)
		catchUp(t, a)
		want("ok", 0, 0)
		now.pass(time.Hour)
		importText(t, a, small(20, 5))
		now.pass(20 * time.Second)
		importText(t, a, small(25, 5))
		now.pass(15 * time.Second)
		want("behind", 10, 35) // the oldest counts
		catchUp(t, a)
		want("ok", 0, 0)
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if p := readyz(t, h); p.Ready || p.Database != "down" || !strings.Contains(p.Reason, "数据库") {
			t.Errorf("with the database closed: %+v", p)
		}
	})
}

func catchUp(t *testing.T, a *app.App) {
	t.Helper()
	if _, err := a.CatchUp(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// dump is all that a node's index holds.
func dump(t *testing.T, a *app.App) string {
	t.Helper()
	var b strings.Builder
	if err := a.DumpIndex(context.Background(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// openLater is a node an hour later, so that every act is old.
func openLater(t *testing.T, c store.Config, index string) *app.App {
	t.Helper()
	later := func() time.Time { return time.Now().Add(time.Hour) }
	a, err := app.Open(context.Background(), app.Config{DataDir: c.DataDir, Database: c.URL, IndexDir: index}, slog.New(slog.DiscardHandler), later)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	})
	return a
}

// TestCheck4_DeletedOrKilledIndexEqualsAFreshBuild: a node whose index is far
// behind because it was deleted, or because the process was killed at a random
// moment, says so, catches up, and then holds what a fresh build holds.
func TestCheck4_DeletedOrKilledIndexEqualsAFreshBuild(t *testing.T) {
	rounds, n := 4, behindBy()
	if os.Getenv("GONGKAI_SOAK") != "" {
		rounds = 24
	}
	chance := rand.New(rand.NewPCG(4, 11))
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		source := openAt(t, c, t.TempDir())
		importText(t, source, twoTexts()+small(0, n))
		if err := source.Documents.Expunge(context.Background(), 3, 0, "tester", "测试"); err != nil {
			t.Fatal(err)
		}
		fresh := openAt(t, c, t.TempDir())
		catchUp(t, fresh)
		want := dump(t, fresh)
		root, killed := t.TempDir(), 0
		for round := range rounds {
			index := filepath.Join(root, fmt.Sprint(round/2)) // each second round goes on from what the first left
			after := time.Duration(0)
			if round > 0 {
				after = time.Duration(chance.Int64N(int64(n)*300)) * time.Microsecond // about as long as the work takes
			}
			if killChild(t, c, index, after) {
				killed++
			}
		}
		if killed == 0 {
			t.Error("no process was killed while it was at work")
		}
		t.Logf("%d of %d processes were killed at work", killed, rounds)
		for i := range (rounds+1)/2 + 1 { // the last folder is new: the index was deleted
			a := openLater(t, c, filepath.Join(root, fmt.Sprint(i)))
			h, err := a.Handler()
			if err != nil {
				t.Fatal(err)
			}
			before := readyz(t, h)
			if before.Ready != (before.Index.Rows == 0) {
				t.Errorf("%d old acts are missing, and: %+v", before.Index.Rows, before)
			}
			t.Logf("found %d acts behind", before.Index.Rows)
			if i == (rounds+1)/2 && before.Index.Rows < n {
				t.Errorf("a deleted index lacks %d rows of %d", before.Index.Rows, n)
			}
			catchUp(t, a)
			if p := readyz(t, h); !p.Ready || p.Index.Rows != 0 {
				t.Errorf("after catching up: %+v", p)
			}
			if dump(t, a) != want {
				t.Errorf("folder %d: not the index of a fresh build", i)
			}
			res, err := a.Search(context.Background(), search.Query{Text: "河道管理"})
			if err != nil || res.Total != n {
				t.Errorf("%v, total %+v, want %d", err, res, n)
			}
			if _, err := a.Verify(context.Background(), func(f publication.Fault) { t.Errorf("%+v", f) }); err != nil {
				t.Error(err)
			}
		}
	})
}

// killChild starts a node that brings its index up and kills it some time after
// it has opened it; false when it was done before.
func killChild(t *testing.T, c store.Config, index string, after time.Duration) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childData+"="+c.DataDir, childURL+"="+c.URL, childIndex+"="+index)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := out.Read(make([]byte, 8)); err != nil {
		t.Fatal("the process did not open the index: ", err)
	}
	time.Sleep(after)
	if err := cmd.Process.Kill(); err != nil {
		t.Log(err) // it has ended
	}
	return cmd.Wait() != nil
}
