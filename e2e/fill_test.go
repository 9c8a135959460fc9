package e2e

import (
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gongkai/internal/testcity"
)

// mostMemory bounds the import of all laws, in bytes.
const mostMemory = 700 << 20

// TestDemoFillsAnEmptyFolder starts the demonstration as `make run` does: it
// answers within three seconds, shows on the home page how far it is, and is
// full within five minutes. A second start finds everything there.
func TestDemoFillsAnEmptyFolder(t *testing.T) {
	needSoak(t)
	dir := filepath.Join(t.TempDir(), "demo")
	began := time.Now()
	s := launch(t, "/", "demo", "--fresh", "--dir", dir, "--addr", "127.0.0.1:%PORT%")
	defer s.stop(t)
	first := time.Since(began)
	if first > 3*time.Second {
		t.Errorf("the first answer came after %v", first)
	}
	bar := s.page(t, "/", http.StatusOK).Find(".progress-bar")
	if bar.Find("progress").Length() != 1 || !strings.Contains(bar.Text(), "正在装入") {
		t.Errorf("the home page shows no progress: %q", bar.Text())
	}
	if err := waitFilled(s.url, 5*time.Minute); err != nil {
		t.Fatal(err)
	}
	full := time.Since(began)
	t.Logf("demo: first answer after %v, full after %v, at most %d MB", first.Round(time.Millisecond), full.Round(time.Second), held(s)>>20)
	if full > 5*time.Minute {
		t.Errorf("the library was full after %v", full)
	}
	home := s.page(t, "/", http.StatusOK)
	if home.Find(".progress-bar").Length() != 0 {
		t.Error("the home page still shows progress")
	}
	l := library{engine: "sqlite", data: dir}
	db := l.database(t)
	defer db.Close()
	var works, editions, pairs int
	if err := db.QueryRow(`SELECT (SELECT COUNT(*) FROM works WHERE public_id IS NOT NULL), (SELECT COUNT(*) FROM editions WHERE state = 'published'),
		(SELECT COUNT(*) FROM (SELECT work_id FROM editions WHERE external_id LIKE 'w%' GROUP BY work_id HAVING COUNT(*) = 2) x)`).Scan(&works, &editions, &pairs); err != nil {
		t.Fatal(err)
	}
	if works < 2450 || editions < 2510 || pairs != testcity.Laws.Revised {
		t.Errorf("%d works, %d editions, %d laws with two texts", works, editions, pairs)
	}
	if total := home.Find(".hero-totals").Text(); !strings.Contains(total, fmt.Sprintf("%d 份文件", works)) {
		t.Errorf("the home page counts otherwise: %q, the library holds %d works", total, works)
	}
	if total := s.page(t, "/policies", http.StatusOK).Find(".total strong").First().Text(); total != fmt.Sprint(works) {
		t.Errorf("the library's page counts %s of %d works", total, works)
	}
	s.stop(t)
	l.clean(t)
	again := launch(t, "/", "demo", "--dir", dir, "--addr", "127.0.0.1:%PORT%")
	defer again.stop(t)
	if n := again.page(t, "/", http.StatusOK).Find(".progress-bar").Length(); n != 0 {
		t.Error("a second start fills a full library")
	}
}

// TestDemoGoesOnAfterAKill kills the demonstration while it fills and starts it
// again: it goes on and becomes full.
func TestDemoGoesOnAfterAKill(t *testing.T) {
	needSoak(t)
	dir := filepath.Join(t.TempDir(), "demo")
	for _, part := range []int{100, 700, 1500} {
		s := launch(t, "/", "demo", "--dir", dir, "--addr", "127.0.0.1:%PORT%")
		for {
			p, err := readProgress(s.url)
			if err != nil {
				t.Fatal(err)
			}
			if p.Done >= part || !p.Running && p.Total > 0 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		s.kill()
		library{engine: "sqlite", data: dir}.clean(t)
	}
	s := launch(t, "/", "demo", "--dir", dir, "--addr", "127.0.0.1:%PORT%")
	defer s.stop(t)
	if err := waitFilled(s.url, 5*time.Minute); err != nil {
		t.Fatal(err)
	}
	s.stop(t)
	library{engine: "sqlite", data: dir}.clean(t)
}

// held is the most memory a running node has held, in bytes.
func held(s *server) int64 {
	done := make(chan struct{})
	close(done)
	return watchMemory(s.cmd.Process.Pid, done)
}

// TestImportOfAllLaws imports the whole law collection into an empty library of
// each engine: none fails, memory stays bounded, the second run changes
// nothing.
func TestImportOfAllLaws(t *testing.T) {
	needSoak(t)
	onBothEngines(t, func(t *testing.T, l library) {
		list := lawSet(t)
		path := lines(t, list)
		began := time.Now()
		r := l.must(t, "import", "documents", path, "--source", "laws", "--state", "published")
		took := time.Since(began)
		all := rows[imported](t, r)
		sum := all[len(all)-1]
		t.Logf("%s: %d laws in %v, %.0f a second, at most %d MB", l.engine, len(list), took.Round(time.Second), float64(len(list))/took.Seconds(), r.peak>>20)
		if sum.Created != testcity.Laws.Editions || sum.Failed != 0 {
			t.Errorf("%+v", sum)
		}
		if r.peak > mostMemory || r.peak == 0 {
			t.Errorf("the import took %d MB", r.peak>>20)
		}
		works := map[int64]int{}
		for _, line := range all[:len(all)-1] {
			works[*line.Work]++
		}
		if len(works) != testcity.Laws.Works {
			t.Errorf("%d works, want %d", len(works), testcity.Laws.Works)
		}
		again := rows[imported](t, l.must(t, "import", "documents", path, "--source", "laws", "--state", "published"))
		if sum := again[len(again)-1]; sum.Unchanged != len(list) {
			t.Errorf("the second run says %+v", sum)
		}
		l.clean(t)
	})
}
