package e2e

import (
	"bufio"
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"gongkai/internal/testcity"
)

// killedImports is how often an import is killed, by engine.
func killedImports() int {
	if soak() {
		return 20
	}
	return 3
}

// lawSet is what the killed imports read: all laws in the soak run, else some
// three hundred with several revised ones among them.
func lawSet(t testing.TB) []testcity.Document {
	t.Helper()
	var list []testcity.Document
	for _, d := range plain(allDocuments(t)) {
		if !isLaw(d) {
			continue
		}
		if !soak() && (len(list) == 300 || len(d.Text) > 60_000) {
			continue
		}
		list = append(list, d)
	}
	return list
}

// TestKillDuringImport kills an import again and again while it writes. After
// each kill every line that was printed stands for a whole document, verify is
// clean and the log is dense; the last run completes the library.
func TestKillDuringImport(t *testing.T) {
	onBothEngines(t, func(t *testing.T, l library) {
		list := lawSet(t)
		path := lines(t, list)
		texts := map[string]string{}
		for _, d := range list {
			texts[d.ID] = d.Text
		}
		acked := map[string]placed{}
		kills := killedImports()
		for k := range kills {
			// New documents to wait for, and a moment more, so that the kills
			// fall on every part of the writing.
			wait := len(list) * 2 / (3 * kills)
			fresh := killImport(t, l, path, wait, time.Duration(k*7%31)*time.Millisecond, acked)
			if len(fresh) == 0 {
				t.Fatalf("kill %d: the import acknowledged nothing new before it was killed", k+1)
			}
			l.clean(t)
			wantDense(t, l, len(acked))
			wantWhole(t, l, acked, texts)
			for _, id := range fresh[max(0, len(fresh)-3):] {
				p := acked[id]
				if s := row[shown](t, l.must(t, "show", fmt.Sprint(p.work), "--edition", fmt.Sprint(p.edition))); s.Text != texts[id] || s.ExternalID != id {
					t.Fatalf("kill %d: %s was acknowledged as edition %d of %d, which is %q with %d bytes", k+1, id, p.edition, p.work, s.ExternalID, len(s.Text))
				}
			}
			t.Logf("kill %d: %d acknowledged, %d in all", k+1, len(fresh), len(acked))
		}
		all := rows[imported](t, l.must(t, "import", "documents", path, "--source", "laws", "--state", "published"))
		last := all[len(all)-1]
		if last.Read == nil || *last.Read != len(list) || last.Created+last.Unchanged != len(list) || last.Unchanged < len(acked) {
			t.Errorf("the last run says %+v for %d documents, %d of them acknowledged before", last, len(list), len(acked))
		}
		for _, line := range all[:len(all)-1] {
			if p, known := acked[line.ExternalID]; known && (line.Work == nil || *line.Work != p.work || line.Edition != p.edition || line.State != "unchanged") {
				t.Errorf("%s was acknowledged as %+v and is now %+v", line.ExternalID, p, line)
			}
			acked[line.ExternalID] = placed{*line.Work, line.Edition}
		}
		l.clean(t)
		wantDense(t, l, len(list))
		wantWhole(t, l, acked, texts)
		again := rows[imported](t, l.must(t, "import", "documents", path, "--source", "laws", "--state", "published"))
		if last := again[len(again)-1]; last.Unchanged != len(list) {
			t.Errorf("one more run says %+v", last)
		}
	})
}

// killImport runs an import until so many new documents are acknowledged, and
// kills it a moment later. What was printed until then goes into acked.
func killImport(t *testing.T, l library, path string, wait int, more time.Duration, acked map[string]placed) (fresh []string) {
	t.Helper()
	c := exec.Command(binary, append([]string{"import", "documents", path, "--source", "laws", "--state", "published"}, l.flags()...)...)
	var errs bytes.Buffer
	c.Stderr = &errs
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	killed := false
	for s := bufio.NewScanner(out); s.Scan(); {
		var line imported
		if err := json.Unmarshal(s.Bytes(), &line); err != nil {
			if killed {
				break // a line that was cut is no acknowledgement
			}
			t.Fatalf("%v: %s", err, s.Bytes())
		}
		if line.Read != nil {
			break
		}
		if line.State == "failed" || line.Work == nil {
			t.Fatalf("%+v", line)
		}
		if _, known := acked[line.ExternalID]; !known {
			acked[line.ExternalID] = placed{*line.Work, line.Edition}
			fresh = append(fresh, line.ExternalID)
		}
		if len(fresh) >= wait && !killed {
			killed = true
			time.AfterFunc(more, func() { _ = c.Process.Kill() }) // it may have ended by itself
		}
	}
	if err := c.Wait(); err == nil {
		t.Fatalf("the import ended before it could be killed\n%s", errs.Bytes())
	}
	return fresh
}

// wantWhole reads every acknowledged document from a node that starts on what
// the kill left behind.
func wantWhole(t *testing.T, l library, acked map[string]placed, texts map[string]string) {
	t.Helper()
	s := l.serve(t)
	defer s.stop(t)
	for id, p := range acked {
		status, body := s.get(t, fmt.Sprintf("/works/%d/download.json?edition=%d", p.work, p.edition))
		var got shown
		if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK || got.Text != texts[id] || got.ExternalID != id {
			t.Fatalf("%s was acknowledged as %+v but is not whole: status %d, %v, %q with %d bytes", id, p, status, err, got.ExternalID, len(got.Text))
		}
	}
}

// database opens the library's database for looking only.
func (l library) database(t testing.TB) *sql.DB {
	t.Helper()
	driver, dsn := "pgx", l.dsn
	if l.dsn == "" {
		driver, dsn = "sqlite", "file:"+filepath.Join(l.data, "gongkai.db")+"?mode=ro"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// wantDense wants the log to number its rows without a gap, the head to count
// them, and a row for each document at least.
func wantDense(t *testing.T, l library, least int) {
	t.Helper()
	db := l.database(t)
	defer db.Close()
	var n, low, high, size int
	if err := db.QueryRow(`SELECT COUNT(*), COALESCE(MIN(seq), 1), COALESCE(MAX(seq), 0), (SELECT size FROM log_head WHERE id = 1) FROM publication_log`).Scan(&n, &low, &high, &size); err != nil {
		t.Fatal(err)
	}
	if n != high-low+1 || size != n || n < least {
		t.Errorf("the log holds %d rows from %d to %d, its head says %d, at least %d documents were acknowledged", n, low, high, size, least)
	}
	for _, table := range []string{"edition_texts", "edition_salts"} {
		var orphans int
		if err := db.QueryRow(`SELECT COUNT(*) FROM ` + table + ` x WHERE NOT EXISTS (SELECT 1 FROM editions e WHERE e.id = x.edition_id)`).Scan(&orphans); err != nil {
			t.Fatal(err)
		}
		if orphans > 0 {
			t.Errorf("%s holds %d rows of no edition", table, orphans)
		}
	}
	var halves int
	if err := db.QueryRow(`SELECT COUNT(*) FROM editions e WHERE NOT EXISTS (SELECT 1 FROM edition_texts x WHERE x.edition_id = e.id) OR NOT EXISTS (SELECT 1 FROM publication_log p WHERE p.edition_id = e.id)`).Scan(&halves); err != nil {
		t.Fatal(err)
	}
	if halves > 0 {
		t.Errorf("%d editions are half there", halves)
	}
}

// TestKillWhileIndexing kills a node at moments spread over the catching up of
// its index. The index that the next start completes answers like one that was
// built in one go.
func TestKillWhileIndexing(t *testing.T) {
	onBothEngines(t, func(t *testing.T, l library) {
		works := map[int64]bool{}
		for _, w := range l.fill(t, "laws", lawSet(t)) {
			works[w] = true
		}
		queries := filepath.Join(t.TempDir(), "queries.txt")
		writeText(t, queries, "食品安全\n第一条 为了\n行政处罚\n国家主席\n人民代表大会\n监督检查\n")
		at := func(index string) []string { return []string{"--data", l.data, "--database", l.dsn, "--index", index} }
		kept, fresh := filepath.Join(t.TempDir(), "kept"), filepath.Join(t.TempDir(), "fresh")
		began := time.Now()
		s := launch(t, "/healthz", append([]string{"serve", "--addr", "127.0.0.1:%PORT%"}, at(fresh)...)...)
		for indexed(t, fresh) < len(works) {
			if time.Since(began) > patience {
				t.Fatalf("the index holds %d of %d works", indexed(t, fresh), len(works))
			}
			time.Sleep(20 * time.Millisecond)
		}
		whole := time.Since(began)
		s.stop(t)
		for k := range killedImports() {
			s := launch(t, "/healthz", append([]string{"serve", "--addr", "127.0.0.1:%PORT%"}, at(kept)...)...)
			// Most of the time goes into reading, the writing comes at the end.
			time.Sleep(whole * time.Duration(30+65*(k+1)/killedImports()) / 100)
			s.kill()
			t.Logf("kill %d: %d of %d works indexed", k+1, indexed(t, kept), len(works))
		}
		ask := []string{"search", "--batch", queries, "--limit", "100"}
		got, want := gongkai(t, append(ask, at(kept)...)...), gongkai(t, append(ask, at(fresh)...)...)
		if !bytes.Equal(got.stdout, want.stdout) || len(want.stdout) == 0 {
			t.Errorf("after the kills the index answers otherwise:\n%s\nbuilt in one go:\n%s", head(got.stdout), head(want.stdout))
		}
		gongkai(t, append([]string{"verify"}, at(kept)...)...).wantCode(t, exitDone)
	})
}

// indexed counts the works that an index holds, committed; 0 while there is no index.
func indexed(t *testing.T, dir string) int {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "search.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var n int
	if err := db.QueryRow(`SELECT COUNT(*) FROM works`).Scan(&n); err != nil {
		return 0 // the kill came before the first table
	}
	return n
}
