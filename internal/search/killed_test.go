package search

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// acts makes a log of so many rows over a few hundred works: releases, further
// texts, changes of validity, withdrawals. The same seed gives the same log in
// every process.
func acts(n int, seed int64) *memory {
	chance := rand.New(rand.NewSource(seed))
	src := &memory{works: map[int64]*Item{}}
	words := []string{"行政许可", "信息公开", "公开招标", "清河市停车收费", "2018年修订", "国发〔2018〕1号"}
	for len(src.changes) < n {
		work := chance.Int63n(400) + 1
		old := src.works[work]
		switch text := fmt.Sprintf("%s%d", words[chance.Intn(len(words))], chance.Intn(50)); {
		case old == nil:
			src.publish(small(work, 1, text))
		case chance.Intn(10) == 0:
			src.withdraw(work)
		case chance.Intn(3) == 0:
			next := *old
			next.Spans = []Span{{Edition: old.Editions[len(old.Editions)-1].Label, Validity: []string{"有效", "废止", "失效"}[chance.Intn(3)]}}
			src.publish(&next)
		case len(old.Editions) < 3:
			add := small(work, len(old.Editions)+1, text)
			src.publish(&Item{Work: work, Editions: append(append([]ItemEdition(nil), old.Editions...), add.Editions...), Spans: add.Spans})
		default:
			src.publish(small(work, 1, text))
		}
	}
	return src
}

const (
	manyActs = 10000
	manySeed = 5
	childDir = "GONGKAI_TEST_SEARCH_DIR"

	// killedRows makes many segments, so that a kill also meets their joining.
	killedRows = 400
)

// TestMain also serves as the process that is killed.
func TestMain(m *testing.M) {
	dir := os.Getenv(childDir)
	if dir == "" {
		os.Exit(m.Run())
	}
	src := acts(manyActs, manySeed)
	src.atOnce = killedRows
	x, err := Open(context.Background(), dir)
	if err == nil {
		fmt.Println("open") // from here on the kill counts
		_, err = x.CatchUp(context.Background(), src)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// TestKilledProcessCatchesUp kills a process that is 10,000 acts behind at
// random moments; what it leaves behind goes on to the same index as a fresh
// build. One round in four finds the folder deleted.
func TestKilledProcessCatchesUp(t *testing.T) {
	rounds := 8
	if os.Getenv("GONGKAI_SOAK") != "" {
		rounds = 200
	}
	src := acts(manyActs, manySeed)
	fresh := openIndex(t, t.TempDir())
	catchUp(t, fresh, src)
	want := dump(t, fresh)
	dir := filepath.Join(t.TempDir(), "index")
	chance := rand.New(rand.NewSource(11))
	killed := 0
	for round := range rounds {
		if round%4 == 3 {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}
		if killSoon(t, dir, time.Duration(chance.Intn(400))*time.Millisecond) {
			killed++
		}
		x, err := Open(t.Context(), dir)
		if err != nil {
			t.Fatal(err)
		}
		seq, err := x.Position(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if lag, err := x.Lag(t.Context(), src); err != nil || lag != manyActs-seq {
			t.Fatal(lag, seq, err)
		}
		if round%3 == 2 || round == rounds-1 {
			if n, err := x.CatchUp(t.Context(), src); err != nil || n != manyActs-seq {
				t.Fatal(n, seq, err)
			}
			if got := dump(t, x); got != want {
				t.Fatalf("round %d, from row %d: not the index of a fresh build", round, seq)
			}
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}
		if err := x.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if killed == 0 {
		t.Error("no process was killed while it was at work")
	}
}

// killSoon starts a process that catches up, and kills it some time after it
// has opened the index; false when it ended before.
func killSoon(t *testing.T, dir string, after time.Duration) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
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

// TestFarBehindEqualsFreshBuild: an index of an old position, any position.
func TestFarBehindEqualsFreshBuild(t *testing.T) {
	src := acts(manyActs, manySeed+1)
	fresh := openIndex(t, t.TempDir())
	catchUp(t, fresh, src)
	want := dump(t, fresh)
	for _, at := range []int{1, 37, 4999, 5000, 5001, 9999} {
		x := openIndex(t, t.TempDir())
		before := acts(at, manySeed+1)
		catchUp(t, x, before)
		if n, err := x.CatchUp(t.Context(), src); err != nil || n != int64(manyActs-at) {
			t.Fatal(n, err)
		}
		if got := dump(t, x); got != want {
			t.Errorf("from row %d: not the index of a fresh build", at)
		}
		for _, q := range []Query{{Text: "信息公开"}, {Text: "清河市怎么停车收费？", Level: LevelArticle}, {Text: "xxgk"}, {Text: "信息工开", Facets: true}} {
			a, b := find(t, fresh, q), find(t, x, q)
			if fmt.Sprintf("%+v", *a) != fmt.Sprintf("%+v", *b) && a.Facets == nil {
				t.Errorf("from row %d: %s is answered otherwise", at, q.Text)
			}
			if a.Facets != nil && fmt.Sprintf("%+v", *a.Facets) != fmt.Sprintf("%+v", *b.Facets) {
				t.Errorf("from row %d: %s is counted otherwise", at, q.Text)
			}
		}
	}
}
