package api_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
	"gongkai/internal/web/api"
)

// copyOf is what a reader of the interface holds of one work: the texts that
// are there, and the numbers of those that were expunged. A work that is gone
// altogether is a tombstone.
type copyOf struct {
	Tombstone bool
	Texts     map[int]string // label -> body of the edition, as the interface gives it
	Expunged  []int
	Shown     string // today's answer for the work
}

// reader follows the log as a stranger would: only over HTTP.
type reader struct {
	s     *site
	after int64
	works map[int64]copyOf
	rows  []int64
}

// page reads one page of the log and fetches the works it names; it reports
// whether more remains.
func (r *reader) page(limit int) (more bool) {
	var p struct {
		Changes []struct {
			Seq  int64
			Work *int64
		}
		Next int64
		More bool
	}
	if code := r.s.get(fmt.Sprintf("%schanges?after=%d&limit=%d", api.Root, r.after, limit), &p); code != http.StatusOK {
		r.s.t.Fatalf("changes after %d: %d", r.after, code)
	}
	touched := map[int64]bool{}
	for _, c := range p.Changes {
		r.rows = append(r.rows, c.Seq)
		if c.Work != nil {
			touched[*c.Work] = true
		}
	}
	for work := range touched {
		r.works[work] = r.fetch(work)
	}
	r.after = p.Next
	return p.More
}

func (r *reader) fetch(work int64) copyOf {
	base := api.Root + "works/" + strconv.FormatInt(work, 10)
	shown := r.s.ask(http.MethodGet, base)
	if shown.Code == http.StatusGone || shown.Code == http.StatusPermanentRedirect {
		return copyOf{Tombstone: true}
	}
	out := copyOf{Texts: map[int]string{}, Shown: shown.Body.String()}
	var list struct {
		Editions []struct {
			Edition int
			State   string
		}
	}
	if code := r.s.get(base+"/editions", &list); code != http.StatusOK {
		r.s.t.Fatalf("editions of %d: %d", work, code)
	}
	for _, e := range list.Editions {
		w := r.s.ask(http.MethodGet, base+"/editions/"+strconv.Itoa(e.Edition))
		if (w.Code == http.StatusGone) != (e.State == "expunged") {
			r.s.t.Fatalf("work %d edition %d is %s but answers %d", work, e.Edition, e.State, w.Code)
		}
		if w.Code == http.StatusGone {
			out.Expunged = append(out.Expunged, e.Edition)
			continue
		}
		out.Texts[e.Edition] = w.Body.String()
	}
	return out
}

// TestCheck7_FollowerRebuildsThePublicState: a reader that follows the log
// from 0, a page at a time, while documents are released, corrected, repealed
// and expunged between its pages, ends with exactly what the library holds.
func TestCheck7_FollowerRebuildsThePublicState(t *testing.T) {
	for _, seed := range []uint64{1, 2} {
		t.Run("seed "+strconv.FormatUint(seed, 10), func(t *testing.T) {
			each(t, func(s *site) {
				// An index has no part in this; it is left behind on purpose.
				chance := rand.New(rand.NewPCG(seed, 7))
				w := &world{s: s, chance: chance, versions: map[string]int{}}
				r := &reader{s: s, works: map[int64]copyOf{}}
				for range 60 {
					for range chance.IntN(4) {
						w.act()
					}
					r.page(1 + chance.IntN(4))
				}
				for r.page(1 + chance.IntN(4)) {
				}
				w.compare(r)
			})
		})
	}
}

// world publishes at random.
type world struct {
	s        *site
	chance   *rand.Rand
	docs     []string       // external ids
	versions map[string]int // texts of a work
	acts     map[string]int
	repealed int // works found repealed at the end
}

func (w *world) act() {
	if w.acts == nil {
		w.acts = map[string]int{}
	}
	switch n := w.chance.IntN(10); {
	case n < 4 || len(w.docs) == 0:
		w.acts["release"]++
		id := "w" + strconv.Itoa(len(w.docs))
		w.docs = append(w.docs, id)
		w.release(id, 1, "第一条 "+id+"。", nil)
	case n < 6:
		w.acts["further edition"]++
		id := w.docs[w.chance.IntN(len(w.docs))]
		w.release(id, w.versions[id]+1, fmt.Sprintf("第一条 %s，第%d次。", id, w.versions[id]+1), nil)
	case n < 8:
		w.acts["update"]++
		id := w.docs[w.chance.IntN(len(w.docs))]
		var facts []map[string]any
		if w.chance.IntN(3) == 0 {
			facts = []map[string]any{{"kind": "repealed", "valid_on": "2026-03-01", "authority": "清河市人民政府决定", "reason": "已有新规定"}}
		}
		w.release(id, w.versions[id], fmt.Sprintf("第一条 %s，更正%d。", id, w.chance.IntN(1000)), facts)
	case n < 9:
		w.acts["expunge"]++
		edition := w.chance.IntN(3)
		err := w.s.app.Documents.Expunge(context.Background(), int64(1+w.chance.IntN(len(w.docs))), edition, "tester", "测试")
		if err != nil && fault.KindOf(err) != fault.NotFound {
			w.s.t.Fatal(err)
		}
	case w.chance.IntN(3) == 0 && len(w.docs) > 1:
		// The texts of two works at random have other days, or are refused.
		if _, err := w.s.app.Documents.MergeWorks(context.Background(), document.Merge{Keep: int64(1 + w.chance.IntN(len(w.docs))), Drop: int64(1 + w.chance.IntN(len(w.docs))),
			Reason: "重复", Actor: "tester", Token: fmt.Sprintf("merge-%06d", w.acts["release"]*1000+w.chance.IntN(1000))}); err == nil {
			w.acts["merge"]++
		} else if k := fault.KindOf(err); k != fault.Invalid && k != fault.Conflict {
			w.s.t.Fatal(err)
		}
	default:
		w.acts["seal"]++
		if _, err := publication.SealOnce(context.Background(), w.s.app.DB, w.s.app.Key, w.s.now); err != nil {
			w.s.t.Fatal(err)
		}
	}
}

// release enters a text; what was expunged is refused by the library, which is
// part of the play.
func (w *world) release(id string, version int, text string, facts []map[string]any) {
	w.versions[id] = max(w.versions[id], version)
	w.s.importAny(law(map[string]any{"id": fmt.Sprintf("%s-v%d", id, version), "work_id": id, "version": version, "title": "清河市" + id + "办法",
		"publish_date": fmt.Sprintf("%d-01-02", 2000+version), "type": "规范性文件", "text": text, "facts": facts}))
}

// compare holds the reader's copy against the library itself.
func (w *world) compare(r *reader) {
	t := w.s.t
	ctx := context.Background()
	head, err := publication.HeadSeq(ctx, w.s.app.DB.Reader())
	if err != nil {
		t.Fatal(err)
	}
	if int64(len(r.rows)) != head || r.after != head {
		t.Fatalf("the reader saw %d rows of %d", len(r.rows), head)
	}
	for i, seq := range r.rows {
		if seq != int64(i+1) {
			t.Fatalf("row %d has number %d", i, seq)
		}
	}
	var released int64
	if err := w.s.app.DB.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM works WHERE public_id IS NOT NULL`).Scan(&released); err != nil {
		t.Fatal(err)
	}
	if int64(len(r.works)) != released {
		t.Errorf("the reader holds %d works of %d", len(r.works), released)
	}
	tombs, expunged := 0, 0
	for work, have := range r.works {
		want := w.truth(work)
		if diff := cmp.Diff(want, have); diff != "" {
			t.Errorf("work %d:\n%s", work, diff)
		}
		expunged += len(have.Expunged)
		if have.Tombstone {
			tombs++
		}
	}
	if tombs == 0 || expunged == 0 || w.acts["update"] == 0 || w.acts["further edition"] == 0 || w.acts["seal"] == 0 || w.repealed == 0 {
		t.Errorf("the play was too tame: %d tombstones, %d expunged editions, %d repealed, %v", tombs, expunged, w.repealed, w.acts)
	}
	t.Logf("%d rows, %d works, %d tombstones, %d expunged editions, %d repealed, %v", head, released, tombs, expunged, w.repealed, w.acts)
}

// truth is a work as the tables hold it, read without the interface.
func (w *world) truth(work int64) copyOf {
	t := w.s.t
	rows, err := w.s.app.DB.Reader().QueryContext(context.Background(), `
		SELECT e.label, e.state, e.title, COALESCE(e.external_id, ''), COALESCE((SELECT x.body FROM edition_texts x WHERE x.edition_id = e.id ORDER BY x.revision DESC LIMIT 1), '')
		FROM editions e JOIN works k ON k.id = e.work_id WHERE k.public_id = $1 ORDER BY e.label`, work)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	out := copyOf{Texts: map[int]string{}, Tombstone: true}
	for rows.Next() {
		var label int
		var state, title, external, body string
		if err := rows.Scan(&label, &state, &title, &external, &body); err != nil {
			t.Fatal(err)
		}
		if state == "expunged" {
			out.Expunged = append(out.Expunged, label)
			continue
		}
		out.Tombstone = false
		out.Texts[label] = w.shown(work, document.At{Edition: label}, title, external, body)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if out.Tombstone {
		return copyOf{Tombstone: true}
	}
	out.Shown = w.shown(work, document.At{}, "", "", "")
	return out
}

// shown is what the command prints at the end of the play; the words are held
// against the rows themselves.
func (w *world) shown(work int64, at document.At, title, external, body string) string {
	t := w.s.t
	v, err := w.s.app.Documents.View(context.Background(), work, at)
	if err != nil {
		t.Fatal(err)
	}
	if at.Edition != 0 && (v.Edition.Title != title || v.Edition.ExternalID != external || v.Text != body) {
		t.Errorf("work %d edition %d is not what the rows hold", work, at.Edition)
	}
	if v.Validity == document.Repealed {
		w.repealed++
	}
	b, err := document.Line(v.JSON())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
