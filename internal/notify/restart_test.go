package notify_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"gongkai/internal/notify"
	"gongkai/internal/publication"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// Environment of the process that is killed: this test binary once more.
const (
	envData = "GONGKAI_NOTIFY_TEST_DATA"
	envURL  = "GONGKAI_NOTIFY_TEST_URL"
	envSMTP = "GONGKAI_NOTIFY_TEST_SMTP" // the server that takes its mail
)

func TestMain(m *testing.M) {
	if os.Getenv(envData) != "" || os.Getenv(envURL) != "" {
		os.Exit(victim(store.Config{DataDir: os.Getenv(envData), URL: os.Getenv(envURL)}))
	}
	os.Exit(m.Run())
}

// TestRestart_NothingLostInOrder stops the node again and again while it
// sends, gently; every message still comes, in order, and nothing is skipped.
func TestRestart_NothingLostInOrder(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		r := newReceiver(t)
		r.answer = func(w http.ResponseWriter, _ notify.Event, nth int) {
			time.Sleep(5 * time.Millisecond)
			if nth%7 == 0 {
				w.WriteHeader(http.StatusBadGateway)
			}
		}
		chance := rand.New(rand.NewPCG(1, 2))
		o := start(t, c, quick(notify.Config{}), 0)
		id := o.add(r.srv.URL)
		for range 4 {
			o.publish(slices.Repeat([]publication.Act{publication.Release}, 15)...)
			o.relay()
			time.Sleep(time.Duration(100+chance.IntN(200)) * time.Millisecond)
			o.stop()
			o = start(t, c, quick(notify.Config{}), 0)
		}
		o.until("every message", func() bool { return o.counts(id)[notify.Delivered] == 60 })
		inOrder(t, r.seqs(), 60)
	})
}

// TestKill_NothingLostInOrder kills the sending process. The message under way
// may come twice, under one id; none is lost and the order holds.
func TestKill_NothingLostInOrder(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		r := newReceiver(t)
		reached := make(chan struct{})
		r.answer = func(_ http.ResponseWriter, e notify.Event, nth int) {
			if nth == 10 {
				close(reached)
				time.Sleep(200 * time.Millisecond) // it dies while it waits for the answer
			}
		}
		o := start(t, c, quick(notify.Config{}), 0)
		id := o.add(r.srv.URL)
		o.publish(slices.Repeat([]publication.Act{publication.Release}, 20)...)
		o.stop()
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), envData+"="+c.DataDir, envURL+"="+c.URL)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		<-reached
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the process ended by itself")
		}
		// Two minutes later the lease and the expected job of the dead process
		// have run out.
		o = start(t, c, quick(notify.Config{}), 2*time.Minute)
		o.until("every message", func() bool { return o.counts(id)[notify.Delivered] == 20 })
		inOrder(t, r.seqs(), 20)
		if got := len(r.seqs()); got != 21 {
			t.Errorf("%d requests for 20 messages of which one was cut off", got)
		}
	})
}

// victim relays and sends until it is killed.
func victim(c store.Config) int {
	t := &testing.T{}
	config := notify.Config{}
	if url := os.Getenv(envSMTP); url != "" {
		config.Mail = mailer(t, url)
	}
	o := start(t, c, quick(config), 0)
	o.n.Follow(context.Background())
	return 1
}

// inOrder checks that 1..n came, each again only before the next.
func inOrder(t *testing.T, got []int64, n int64) {
	t.Helper()
	next := int64(1)
	for i, seq := range got {
		switch {
		case seq == next:
			next++
		case seq == next-1:
		default:
			t.Fatalf("request %d brought row %d, want %d or again %d: %v", i, seq, next, next-1, got)
		}
	}
	if next != n+1 {
		t.Errorf("the last row that came is %d of %d", next-1, n)
	}
}
