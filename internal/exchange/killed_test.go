package exchange

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"gongkai/internal/store"
)

// TestKilledChild is the process that TestKilled ends; by itself it does nothing.
func TestKilledChild(t *testing.T) {
	dir, address := os.Getenv("GONGKAI_CRAWL_DIR"), os.Getenv("GONGKAI_CRAWL_URL")
	if dir == "" {
		t.Skip("only as a child of TestKilled_LosesNothing")
	}
	db, err := store.Open(context.Background(), store.Config{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	site, err := Open(context.Background(), db, options(&oldSite{Server: fakeServer(address)}, nil))
	if err != nil {
		t.Fatal(err)
	}
	if err := site.Fetch(context.Background()); err != nil {
		t.Fatal(err)
	}
	os.Exit(7) // the round is done
}

// TestKilled_LosesNothing ends the fetching process at many moments, with no
// chance to tidy up, and finds every document in the end, none of them asked
// for over and over.
func TestKilled_LosesNothing(t *testing.T) {
	old := newOldSite(t)
	dir := t.TempDir()
	kills := 0
	for round := 1; ; round++ {
		child := exec.Command(os.Args[0], "-test.run=^TestKilledChild$")
		child.Env = append(os.Environ(), "GONGKAI_CRAWL_DIR="+dir, "GONGKAI_CRAWL_URL="+old.URL)
		before := asked(old)
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		gone := make(chan error, 1)
		go func() { gone <- child.Wait() }()
		done := false
		for !done {
			select {
			case <-gone:
				done = true
			case <-time.After(time.Millisecond):
				if asked(old) < before+4+7*round {
					continue
				}
				if err := child.Process.Kill(); err != nil {
					t.Logf("it was done already: %v", err)
				}
				<-gone
				done = true
				kills++
			}
		}
		if child.ProcessState.ExitCode() == 7 {
			break
		}
		if round > 40 {
			t.Fatal("it never ends")
		}
	}
	if kills < 2 {
		t.Fatalf("killed %d times only", kills)
	}
	db, err := store.Open(context.Background(), store.Config{DataDir: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	o := options(old, nil)
	o.Resume = true
	states, _, site := newWorld(t, db).run(t, o, 0)
	if len(states) != 7 {
		t.Errorf("%v", states)
	}
	checkReport(t, site)
	old.mu.Lock()
	defer old.mu.Unlock()
	for path, n := range old.asked {
		if strings.Contains(path, "t201203_") && n > 2 {
			t.Errorf("%s was asked for %d times", path, n)
		}
	}
}

func asked(o *oldSite) int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.total()
}
