package app

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// written is a writer that may be read while others write.
type written struct {
	mu    sync.Mutex
	b     bytes.Buffer
	calls int
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	return w.b.Write(p)
}

func (w *written) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.b.String()
}

// still is a buffer that writes only when it must: no clock moves it.
func still(out *written) *LogBuffer {
	b := &LogBuffer{out: out, stop: make(chan struct{}), done: make(chan struct{})}
	close(b.done)
	return b
}

func TestLogBuffer_RequestLinesWaitForOthers(t *testing.T) {
	var out written
	b := still(&out)
	log := b.Logger(slog.LevelInfo)
	for range 3 {
		log.Info("request", "id", "a")
		log.With("node", 1).Info("request", "id", "b")
	}
	if out.calls != 0 {
		t.Fatalf("written at once: %s", out.text())
	}
	b.Flush()
	if n := strings.Count(out.text(), "\n"); n != 6 || out.calls != 1 {
		t.Errorf("%d lines in %d calls", n, out.calls)
	}
	log.Debug("request")
	b.Flush()
	if out.calls != 1 {
		t.Error("a line below the level was written")
	}
	for range 2000 {
		log.Info("request", "id", strings.Repeat("x", 100))
	}
	if out.calls < 3 {
		t.Errorf("%d bytes wait", len(b.held))
	}
}

func TestLogBuffer_OtherLinesGoOutAtOnceInOrder(t *testing.T) {
	var out written
	log := still(&out).Logger(slog.LevelInfo)
	for _, say := range []func(){
		func() { log.Error("request", "status", 500) },
		func() { log.Warn("request", "status", 400) },
		func() { log.Info("serving") },
		func() { log.With("a", 1).Error("request") },
	} {
		log.Info("request", "id", "before")
		before := out.calls
		say()
		if out.calls == before {
			t.Error("a line that must not wait waits")
		}
	}
	lines := strings.Split(strings.TrimSpace(out.text()), "\n")
	if len(lines) != 8 {
		t.Fatalf("%d lines:\n%s", len(lines), out.text())
	}
	for i, l := range lines {
		if strings.Contains(l, "id=before") != (i%2 == 0) {
			t.Errorf("line %d is %s", i, l)
		}
	}
}

func TestLogBuffer_CloseLosesNothing(t *testing.T) {
	var out written
	b := BufferLog(&out)
	log := b.Logger(slog.LevelInfo)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 500 {
				log.Info("request", "id", "x")
			}
		})
	}
	wg.Wait()
	b.Close()
	b.Close()
	if n := strings.Count(out.text(), "msg=request id=x\n"); n != 2000 {
		t.Errorf("%d lines of 2000", n)
	}
	log.Info("request", "id", "late")
	if !strings.Contains(out.text(), "late") {
		t.Error("a line after the end waits for ever")
	}
}

func TestLogBuffer_FlushesByItself(t *testing.T) {
	var out written
	b := BufferLog(&out)
	defer b.Close()
	b.Logger(slog.LevelInfo).Info("request")
	for end := time.Now().Add(20 * time.Second); out.text() == ""; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("the line never came out")
		}
	}
}

// The quick form is slog's own, byte for byte.
func TestLogBuffer_WritesAsSlogDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.OneOf(rapid.String(), rapid.StringMatching(`[/a-z0-9%.-]*`), rapid.SampledFrom([]string{"", "文件", "a b", "a=b", `"`, `\`, "\u3000", "\ufffd", "\xff", "a\nb", "\x7f", "é"}))
		at := time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "second"), rapid.Int64Range(0, 999_999_999).Draw(t, "nano")).
			In(time.FixedZone("", rapid.IntRange(-12, 14).Draw(t, "zone")*3600))
		var out written
		var want bytes.Buffer
		b := still(&out)
		ours, theirs := b.Logger(slog.LevelInfo).Handler(), slog.NewTextHandler(&want, nil)
		for range rapid.IntRange(1, 3).Draw(t, "lines") {
			r := slog.NewRecord(at, slog.LevelInfo, requestLine, 0)
			r.AddAttrs(slog.String("id", word.Draw(t, "id")), slog.String(rapid.SampledFrom([]string{"path", "a b", "路径"}).Draw(t, "key"), word.Draw(t, "path")),
				slog.Int("status", rapid.Int().Draw(t, "status")), slog.Duration("took", time.Duration(rapid.Int64().Draw(t, "took"))), slog.Bool("cached", rapid.Bool().Draw(t, "cached")))
			if rapid.Bool().Draw(t, "other") {
				r.AddAttrs(slog.Float64("share", rapid.Float64().Draw(t, "share")), slog.Any("list", []int{1, 2}))
			}
			for _, h := range []slog.Handler{ours, theirs} {
				if err := h.Handle(context.Background(), r); err != nil {
					t.Fatal(err)
				}
			}
			at = at.Add(time.Duration(rapid.Int64Range(0, 3e9).Draw(t, "later")))
		}
		b.Flush()
		if out.text() != want.String() {
			t.Fatalf("ours\n%q\nslog's\n%q", out.text(), want.String())
		}
	})
}

func BenchmarkRequestLine(b *testing.B) {
	at := time.Now()
	for name, h := range map[string]slog.Handler{"ours": BufferLog(io.Discard).Logger(slog.LevelInfo).Handler(), "slog": slog.NewTextHandler(io.Discard, nil)} {
		b.Run(name, func(b *testing.B) {
			for range b.N {
				r := slog.NewRecord(at, slog.LevelInfo, requestLine, 0)
				r.AddAttrs(slog.String("id", "0123456789abcdef"), slog.String("method", "GET"), slog.String("path", "/works/3"), slog.Int("status", 200), slog.Duration("took", 31*time.Microsecond), slog.Bool("cached", true))
				if err := h.Handle(context.Background(), r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
