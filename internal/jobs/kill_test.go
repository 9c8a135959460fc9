package jobs_test

import (
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"sync/atomic"
	"testing"
	"time"

	"gongkai/internal/jobs"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// Environment of the process that is killed: this test binary once more.
const (
	envData = "GONGKAI_JOBS_TEST_DATA"
	envURL  = "GONGKAI_JOBS_TEST_URL"
)

func TestMain(m *testing.M) {
	if os.Getenv(envData) != "" || os.Getenv(envURL) != "" {
		victim(store.Config{DataDir: os.Getenv(envData), URL: os.Getenv(envURL)})
		return
	}
	os.Exit(m.Run())
}

// effect does what the job is for, once.
func effect(ctx context.Context, db *store.DB, id int64) (first bool, err error) {
	err = db.Tx(ctx, func(tx *sql.Tx) error {
		if first, err = jobs.Once(ctx, tx, fmt.Sprintf("greet-%d", id), time.Now()); err != nil || !first {
			return err
		}
		return organ(ctx, tx)
	})
	return first, err
}

// victim works the job, saves its effect, says so, and never gets to the
// receipt.
func victim(c store.Config) {
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	db, err := store.Open(ctx, c)
	must(err)
	q, err := jobs.Open(ctx, db, c, jobs.Config{}, slog.New(slog.DiscardHandler))
	must(err)
	jobs.Handle(q, func(ctx context.Context, j jobs.Job[greet]) error {
		if _, err := effect(ctx, db, j.ID); err != nil {
			return err
		}
		fmt.Println("saved")
		select {}
	})
	must(q.Start(ctx))
	select {}
}

// TestKill_JobComesAgainAndItsEffectStaysSingle kills a process between the
// effect of a job and its receipt; the next process works the job again.
func TestKill_JobComesAgainAndItsEffectStaysSingle(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		o := open(t, c, jobs.Config{Timeout: time.Second, RescueAfter: time.Second})
		o.enqueue(greet{"x"})
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), envData+"="+c.DataDir, envURL+"="+c.URL)
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil || line != "saved\n" {
			t.Fatalf("%q %v", line, err)
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil {
			t.Fatal("the process ended by itself")
		}
		if n := o.count(`SELECT COUNT(*) FROM river_job WHERE state = 'running'`); n != 1 {
			t.Fatalf("%d jobs were running when the process died", n)
		}
		// The dead process led the queue; its term would end by itself in 15 s.
		if _, err := o.db.Writer().ExecContext(context.Background(), `DELETE FROM river_leader`); err != nil {
			t.Fatal(err)
		}
		time.Sleep(1100 * time.Millisecond) // until nothing was heard of the try for RescueAfter
		var again atomic.Int32
		jobs.Handle(o.q, func(ctx context.Context, j jobs.Job[greet]) error {
			first, err := effect(ctx, o.db, j.ID)
			if first {
				t.Error("the effect was not remembered")
			}
			again.Add(1)
			return err
		})
		o.start()
		eventually(t, "the second try", func() bool {
			return again.Load() == 1 && o.count(`SELECT COUNT(*) FROM river_job WHERE state = 'completed'`) == 1
		})
		if n := o.count(`SELECT COUNT(*) FROM organs`); n != 1 {
			t.Errorf("the effect is there %d times", n)
		}
	})
}
