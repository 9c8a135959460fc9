// Command searchbench measures the product's search beside PostgreSQL text
// search and Bleve: the same documents, the same queries, one run, each engine
// in a process of its own. It prints one line a measurement:
//
//	name ours=… peer=… ratio=…
//
// The ratio is ours over peer; for rates more is better, for times, memory and
// sizes less.
//
//	scripts/with-postgres go run ./internal/searchbench [-quick]
//
// Documents: the texts of the law collection are repeated; each round takes
// another stretch of about 400 characters of each text, at line ends, and puts
// its number behind the title, until there are enough.
//
// Queries: words of two to six characters cut from titles and texts with a
// fixed seed, singly and in pairs, 240 of them, over and over. Every engine
// answers each with the true total and its ten best hits, none from a kept
// answer, and gives the titles of the ten. The text indexes are in memory in
// all of them (ours keeps up to 32 MB of word lists, as written on disk).
//
//   - Ours asks with the words as a citizen types them and gives what the
//     public page gives: it sees that the characters of a word stand side by
//     side, looks at titles, texts and names apart, weighs validity and kind,
//     tries a slip of the pen when nothing is found, cuts a snippet with its
//     marks, and says why each hit is one. In process, without a network.
//   - PostgreSQL gets our character bigrams as a tsvector (array_to_tsvector)
//     under a GIN index, is asked for all bigrams of the words (&), and orders
//     by ts_rank. It does not look at places, cuts no snippet, and is reached
//     over the loopback device as any server is, with a pool of connections.
//   - Bleve gets title and text under its CJK analyser, and is asked for all
//     terms. In process, no snippet.
//
// processor is the time that the processes of an engine used for a query, its
// server's too: beside other work it says more than the clock.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// Limits of the whole run, which ends, and of one engine, which is passed over.
const (
	wholeLimit  = 15 * time.Minute
	engineLimit = 270 * time.Second
)

func main() {
	quick := flag.Bool("quick", false, "10 000 documents only, under four minutes")
	engine := flag.String("engine", "", "measure one engine in this process and print JSON: ours, postgres or bleve")
	n := flag.Int("n", 10000, "documents of that engine")
	profile := flag.String("profile", "", "write a processor profile of that engine's queries to this file")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, wholeLimit)
	var err error
	if *engine != "" {
		err = child(ctx, *engine, *n, *profile)
	} else {
		err = compare(ctx, *quick)
	}
	cancel()
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "searchbench:", err)
		os.Exit(1)
	}
}

// figures are what one engine reached.
type figures struct {
	Build   float64 `json:"build"`   // documents a second
	Rate    float64 `json:"rate"`    // queries a second, a client a core
	Used    float64 `json:"used"`    // milliseconds of processor a query, at that rate
	P50     float64 `json:"p50"`     // milliseconds, one client
	P95     float64 `json:"p95"`     // milliseconds, one client
	Memory  float64 `json:"memory"`  // MB resident after the queries
	Size    float64 `json:"size"`    // MB of index on disk
	Queries int     `json:"queries"` // answered by the one client
	Found   float64 `json:"found"`   // mean total of a query
}

func compare(ctx context.Context, quick bool) error {
	sizes := []int{10000, 100000}
	if quick {
		sizes = sizes[:1]
	}
	fmt.Println("# documents: stretches of about 400 characters of the law collection, repeated; ours cuts a snippet with each hit, the peers do not")
	for _, n := range sizes {
		all := map[string]*figures{}
		for _, engine := range []string{"ours", "postgres", "bleve"} {
			if engine == "postgres" && os.Getenv(postgresURL) == "" {
				fmt.Fprintln(os.Stderr, "searchbench: no PostgreSQL: run under scripts/with-postgres")
				continue
			}
			f, err := measure(ctx, engine, n)
			if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
				fmt.Printf("# %s with %d documents was not done after %v\n", engine, n, engineLimit)
				continue
			}
			if err != nil {
				return fmt.Errorf("%s with %d documents: %w", engine, n, err)
			}
			all[engine] = f
		}
		for _, peer := range []string{"postgres", "bleve"} {
			if all["ours"] != nil && all[peer] != nil {
				print(n, peer, all["ours"], all[peer])
			}
		}
	}
	return nil
}

// measure runs one engine in a process of its own.
func measure(ctx context.Context, engine string, n int) (*figures, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, engineLimit)
	defer cancel()
	var out bytes.Buffer
	cmd := exec.CommandContext(ctx, self, "-engine", engine, "-n", strconv.Itoa(n))
	cmd.Stdout, cmd.Stderr = &out, os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, errors.Join(err, ctx.Err())
	}
	f := &figures{}
	return f, json.Unmarshal(out.Bytes(), f)
}

func print(n int, peer string, ours, theirs *figures) {
	for _, l := range []struct {
		name   string
		a, b   float64
		format string
	}{
		{"queries", ours.Rate, theirs.Rate, "%.0f/s"},
		{"processor", ours.Used, theirs.Used, "%.2fms"},
		{"p50", ours.P50, theirs.P50, "%.2fms"},
		{"p95", ours.P95, theirs.P95, "%.2fms"},
		{"build", ours.Build, theirs.Build, "%.0f/s"},
		{"memory", ours.Memory, theirs.Memory, "%.0fMB"},
		{"size", ours.Size, theirs.Size, "%.0fMB"},
		{"found", ours.Found, theirs.Found, "%.1f"},
	} {
		ratio := "?"
		if l.b > 0 {
			ratio = fmt.Sprintf("%.2f", l.a/l.b)
		}
		fmt.Printf("search%d/%s-%s ours="+l.format+" peer="+l.format+" ratio=%s\n", n, peer, l.name, l.a, l.b, ratio)
	}
}
