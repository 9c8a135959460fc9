package e2e

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gongkai/internal/testcity"
)

// fill imports documents as published and returns the work of each.
func (l library) fill(t testing.TB, source string, list []testcity.Document) map[string]int64 {
	t.Helper()
	works := map[string]int64{}
	for _, r := range rows[imported](t, l.must(t, "import", "documents", lines(t, list), "--source", source, "--state", "published")) {
		if r.Read == nil {
			works[r.ExternalID] = *r.Work
		}
	}
	return works
}

// clean wants verify to find nothing.
func (l library) clean(t testing.TB) {
	t.Helper()
	r := l.run(t, "verify", "--json")
	if r.code != exitDone {
		t.Fatalf("verify on %s: exit %d\n%s%s", l.engine, r.code, head(r.stdout), head(r.stderr))
	}
}

// everything is what the library says of each work today and of each edition.
func (l library) everything(t testing.TB, works map[string]int64, list []testcity.Document) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, d := range list {
		id := fmt.Sprint(works[d.ID])
		for _, args := range [][]string{{"show", id}, {"show", id, "--edition", fmt.Sprint(d.Version)}, {"show", id, "--on", "2020-06-01"}} {
			r := l.run(t, args...)
			out[strings.Join(args, " ")] = fmt.Sprintf("%d %s", r.code, r.stdout)
		}
	}
	return out
}

// TestBackupRestoresIntoTheOtherEngine writes a backup on one engine while the
// library serves, restores it into the other one, and wants the same answers
// and a clean verify on both sides.
func TestBackupRestoresIntoTheOtherEngine(t *testing.T) {
	for _, way := range [][2]string{{"sqlite", "postgres"}, {"postgres", "sqlite"}, {"sqlite", "sqlite"}} {
		t.Run(way[0]+" to "+way[1], func(t *testing.T) {
			from, to := newLibrary(t, way[0]), newLibrary(t, way[1])
			list := smallSet(t)
			works := from.fill(t, "laws", list)
			s := from.serve(t)
			file := filepath.Join(t.TempDir(), "library.backup")
			from.must(t, "backup", file, "--json")
			raw := fmt.Sprintf("/works/%d/files/1/3/raw", works[filesID])
			_, attachment := s.get(t, raw)
			s.stop(t)

			to.must(t, "restore", file, "--json")
			to.clean(t)
			from.clean(t)
			want, got := from.everything(t, works, list), to.everything(t, works, list)
			for k := range want {
				if got[k] != want[k] {
					t.Errorf("%s: %s\nbefore: %s", k, head([]byte(got[k])), head([]byte(want[k])))
				}
			}
			found := row[answer](t, to.must(t, "search", "国际商事法庭"))
			if len(found.Hits) == 0 || found.Hits[0].ExternalID != pairID {
				t.Errorf("search after restoring: %+v", found)
			}
			restored := to.serve(t)
			if status, b := restored.get(t, raw); status != http.StatusOK || b != attachment {
				t.Errorf("the attachment after restoring: status %d, %d bytes, want %d", status, len(b), len(attachment))
			}
			sum := rows[imported](t, to.must(t, "import", "documents", lines(t, list), "--source", "laws", "--state", "published"))
			if last := sum[len(sum)-1]; last.Unchanged != len(list) {
				t.Errorf("importing again after restoring: %+v", last)
			}
			// A library that holds something takes no second backup.
			r := to.run(t, "restore", file)
			r.wantCode(t, exitRefused)
			if !han(string(r.stderr)) {
				t.Errorf("the refusal is not Chinese: %s", r.stderr)
			}
			to.clean(t)
		})
	}
}

// TestRestoreRefusesBrokenBackups wants a sentence and an empty library when
// the file is cut, changed or no backup at all.
func TestRestoreRefusesBrokenBackups(t *testing.T) {
	from := newLibrary(t, "sqlite")
	from.fill(t, "laws", smallSet(t)[:3])
	file := filepath.Join(t.TempDir(), "good.backup")
	from.must(t, "backup", file)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Clone(good)
	changed[len(changed)/2] ^= 0x20
	for name, b := range map[string][]byte{"cut": good[:len(good)*2/3], "changed": changed, "empty": {}, "other file": []byte("这不是备份\n")} {
		t.Run(name, func(t *testing.T) {
			onBothEngines(t, func(t *testing.T, l library) {
				bad := filepath.Join(t.TempDir(), "bad.backup")
				if err := os.WriteFile(bad, b, 0o644); err != nil {
					t.Fatal(err)
				}
				r := l.run(t, "restore", bad)
				r.wantCode(t, exitRefused)
				if !han(string(r.stderr)) {
					t.Errorf("the refusal is not Chinese: %s", r.stderr)
				}
				l.run(t, "show", "1").wantCode(t, exitRefused)
				l.must(t, "restore", file) // nothing half-saved stands in the way
				l.clean(t)
			})
		})
	}
}

// TestExpungeLeavesNoByte removes a work while a node serves it: no file of
// the data folder or the index holds a byte of its phrase, no page, search or
// list shows it, and verify stays clean.
func TestExpungeLeavesNoByte(t *testing.T) {
	onBothEngines(t, func(t *testing.T, l library) {
		list := smallSet(t)
		works := l.fill(t, "laws", list)
		gone := works[removedID]
		paper := l.paperOfOldSite(t)
		l.must(t, "search", marker)
		s := l.serve(t)
		for _, path := range []string{fmt.Sprintf("/works/%d", gone), "/policies", "/search?q=" + marker} {
			if _, body := s.get(t, path); !strings.Contains(body, marker) {
				t.Errorf("%s does not show the text before it is removed", path)
			}
		}
		if l.data != "" && len(holding(t, l.data, marker)) == 0 {
			t.Error("no file holds the phrase before; this proof could not fail")
		}
		if l.dsn != "" && len(tablesHolding(t, l.dsn, marker)) < 3 {
			t.Error("hardly a table holds the phrase before; this proof could not fail")
		}
		l.must(t, "expunge", fmt.Sprint(gone), "--reason", "依法清除", "--json")
		l.must(t, "expunge", fmt.Sprint(paper), "--reason", "依法清除", "--json")
		eventually(t, func() string {
			for _, path := range []string{"", "/history", "/proof", "/download.txt"} {
				path = fmt.Sprintf("/works/%d%s", gone, path)
				if status, body := s.get(t, path); status != http.StatusGone || strings.Contains(body, marker) {
					return fmt.Sprintf("%s: status %d", path, status)
				}
			}
			if status, _ := s.get(t, fmt.Sprintf("/works/%d/files/1/1/raw", gone)); status != http.StatusGone && status != http.StatusNotFound {
				return fmt.Sprintf("the attachment: status %d", status)
			}
			for _, path := range []string{"/", "/policies", "/search?q=" + marker[:9], "/organs", "/sitemap", "/columns/1", "/sitemap.xml"} {
				status, body := s.get(t, path)
				if status != http.StatusOK || strings.Contains(body, "的通报") || strings.Contains(body, fmt.Sprintf("/works/%d<", gone)) {
					return fmt.Sprintf("%s: status %d, it still names the removed work", path, status)
				}
			}
			return ""
		})
		s.stop(t)
		for _, dir := range []string{l.data, l.index} {
			if dir == "" {
				continue
			}
			for _, f := range holding(t, dir, marker) {
				t.Errorf("%s still holds a byte of the removed text", f)
			}
		}
		if l.dsn != "" {
			for _, table := range tablesHolding(t, l.dsn, marker) {
				t.Errorf("the table %s still holds the removed text", table)
			}
		}
		if found := row[answer](t, l.must(t, "search", marker)); found.Mode == "strict" && found.Total > 0 {
			t.Errorf("search still finds it: %+v", found)
		}
		l.clean(t)
		l.run(t, "show", fmt.Sprint(gone)).wantCode(t, exitRefused)

		// The source cannot bring it back, and the others stand as before.
		r := l.run(t, "import", "documents", lines(t, list), "--source", "laws", "--state", "published")
		r.wantCode(t, exitRefused)
		for _, line := range rows[imported](t, r) {
			if line.ExternalID == removedID && (line.State != "failed" || !strings.Contains(line.Error, "清除")) {
				t.Errorf("the removed text came back: %+v", line)
			}
		}
		file := filepath.Join(t.TempDir(), "after.backup")
		l.must(t, "backup", file)
		if b, err := os.ReadFile(file); err != nil || bytes.Contains(b, []byte(marker)) {
			t.Errorf("the backup holds the removed text (%v)", err)
		}
		l.clean(t)
	})
}

// paperOfOldSite brings in a bare file of an old site, of which the crawl notes
// the words of the list that led to it, and gives its work.
func (l library) paperOfOldSite(t testing.TB) int64 {
	t.Helper()
	old := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/zc/":
			fmt.Fprintf(w, `<html><head><meta charset="utf-8"><title>政策文件</title></head><body><ul><li><a href="2.rtf">关于%s的补充通知</a><span>2026-02-04</span></li></ul></body></html>`, marker)
		case "/zc/2.rtf":
			fmt.Fprintf(w, "各单位：\n现将%s的有关情况补充如下，请认真抓好落实。\n2026年2月4日\n", marker)
		default:
			http.NotFound(w, r)
		}
	}))
	defer old.Close()
	r := l.must(t, "import", "site", old.URL+"/zc/", "--allow-private", "--delay", "0s", "--state", "published")
	for _, line := range rows[imported](t, r) {
		if line.Read == nil && line.Work != nil {
			return *line.Work
		}
	}
	t.Fatalf("no document came in: %s", head(r.stdout))
	return 0
}

// holding lists the files of a folder that hold any of the phrases a reader
// could betray the text by: as UTF-8, or pairs of its characters as an index
// keeps them.
func holding(t testing.TB, dir, phrase string) []string {
	t.Helper()
	words := []string{phrase}
	r := []rune(phrase)
	for i := 0; i+2 < len(r); i++ {
		words = append(words, string(r[i:i+3]))
	}
	var list []string
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, w := range words {
			if bytes.Contains(b, []byte(w)) {
				list = append(list, path+" ("+w+")")
				break
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// tablesHolding lists the tables with a row that holds a phrase.
func tablesHolding(t testing.TB, dsn, phrase string) []string {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tables, err := db.Query(`SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'`)
	if err != nil {
		t.Fatal(err)
	}
	defer tables.Close()
	var names, list []string
	for tables.Next() {
		var name string
		if err := tables.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	if err := tables.Err(); err != nil || len(names) < 20 {
		t.Fatalf("%d tables, %v", len(names), err)
	}
	for _, name := range names {
		var n int
		// A file's bytes are written as hex by the cast.
		if err := db.QueryRow(`SELECT COUNT(*) FROM `+name+` x WHERE x::text LIKE '%' || $1 || '%' OR x::text LIKE '%' || encode($1::text::bytea, 'hex') || '%'`, phrase).Scan(&n); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if n > 0 {
			list = append(list, name)
		}
	}
	return list
}

// TestExpungeOneEdition removes one text of two: the other stays readable and
// comparing says that there is nothing to compare.
func TestExpungeOneEdition(t *testing.T) {
	onBothEngines(t, func(t *testing.T, l library) {
		list := smallSet(t)
		work := fmt.Sprint(l.fill(t, "laws", list)[pairID])
		r := l.must(t, "expunge", work, "--edition", "1", "--reason", "依法清除")
		var done map[string]json.RawMessage
		if err := json.Unmarshal(r.stdout, &done); err != nil || string(done["work"]) != work {
			t.Errorf("expunge says %s (%v)", r.stdout, err)
		}
		if now := row[shown](t, l.must(t, "show", work)); now.Text != byID(t, list, pairID).Text {
			t.Errorf("the other text is %+v", now)
		}
		l.run(t, "show", work, "--edition", "1").wantCode(t, exitRefused)
		l.run(t, "compare", work, "--from", "1", "--to", "2").wantCode(t, exitRefused)
		l.clean(t)
	})
}
