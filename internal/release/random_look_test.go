package release_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/release"
	"gongkai/internal/workday"
)

// ways is what every act may lead to, written down beside the workflow: "=" is
// the state it came from.
var ways = map[casework.Action]string{
	release.ActSave: "drafting=", release.ActAnswer: "drafting= checking=", release.ActAddFile: "drafting=", release.ActAddPaper: "drafting=", release.ActDropFile: "drafting=",
	release.ActSubmit: "drafting>checking", release.ActPaper: "drafting>releasing", release.ActDrop: "drafting>dropped",
	release.ActPassReview: "checking= checking>signing", release.ActPassSecrecy: "checking= checking>signing", release.ActPassOwn: "checking= checking>signing", release.ActPassUnit: "checking= checking>signing",
	release.ActPassLegality: "checking= checking>signing checking>drafting", release.ActRefer: "checking=", release.ActReturn: "checking>drafting signing>drafting",
	release.ActSign: "signing>releasing", release.ActSignUrgent: "checking>releasing", release.ActUnsign: "releasing>signing releasing>drafting",
	release.ActRecall: "checking>drafting signing>drafting releasing>drafting", release.ActPublish: "releasing>published releasing>afterwards releasing>kept", release.ActFail: "releasing>drafting",
	release.ActAfterReview: "afterwards= afterwards>published afterwards>mending mending=", release.ActAfterLegality: "afterwards= afterwards>published afterwards>mending mending=",
	release.ActMended: "mending>published",
	release.ActKeep:   "standing=", release.ActReopen: "standing>reopened", release.ActHandIn: "standing>handed_in",
	release.ActCarry: "proposed>carried", release.ActDecline: "proposed>declined",
	casework.ActOpen: "drafting= standing= proposed=",
	casework.ActTake: "drafting= checking= signing= releasing= afterwards= mending= standing= proposed=", casework.ActHandOver: "drafting= checking= signing= releasing= afterwards= mending= standing= proposed=",
	casework.ActUrge: "drafting= checking= signing= releasing= afterwards= mending= standing= proposed=",
}

var ends = []casework.State{release.Published, release.Kept, release.Dropped, release.Reopened, release.HandedIn, release.Carried, release.Declined}

// judging are the acts that somebody else than a drafter must do.
var judging = []casework.Action{release.ActPassReview, release.ActPassSecrecy, release.ActPassOwn, release.ActPassUnit, release.ActPassLegality, release.ActRefer, release.ActReturn, release.ActSign, release.ActSignUrgent,
	release.ActAfterReview, release.ActAfterLegality, release.ActMended, release.ActCarry, release.ActDecline}

var writing = []casework.Action{casework.ActOpen, release.ActSave, release.ActSubmit, release.ActAddFile, release.ActDropFile}

// take notes how the case stands now.
func (w *walk) take() {
	w.t.Helper()
	c, err := w.kernel.Case(context.Background(), w.id)
	if err != nil {
		w.fail("%v", err)
	}
	w.was, w.rows = c, w.stored()
	w.seen[c.State] = true
	if w.kind == release.SlipKind {
		data, err := w.kernel.Data(context.Background(), w.db.Reader(), c)
		if err != nil {
			w.fail("%v", err)
		}
		w.slip = data.(*release.Slip)
	}
	if w.tasks, err = w.kernel.Tasks(context.Background(), w.id); err != nil {
		w.fail("%v", err)
	}
}

// look checks the whole case after something happened: changed tells whether
// it was allowed to change anything.
func (w *walk) look(what string, changed bool) {
	w.t.Helper()
	w.acts = append(w.acts, what)
	before, rows := w.was, w.rows
	w.take()
	if !changed {
		w.refused++
		if rows != w.rows {
			w.fail("it was refused or done before, and yet it changed the rows:\n%s\n--- now\n%s", rows, w.rows)
		}
		return
	}
	w.done++
	if before != nil && w.was.Events <= before.Events {
		w.fail("done without an event")
	}
	line := w.timeline()
	w.separation(line)
	w.waiting()
	if w.kind == release.SlipKind {
		w.publication(line)
	}
	if n := len(w.shelf.downs) - w.downs; w.kind == release.TakedownKind && (n == 1) != (w.was.State == release.Carried) {
		w.fail("%d withdrawals in state %s", n, w.was.State)
	}
}

// timeline checks numbers, seals, states and ways of all events.
func (w *walk) timeline() []casework.Event {
	w.t.Helper()
	var line []casework.Event
	err := casework.EachEvent(context.Background(), w.db.Reader(), `case_id = $1 ORDER BY id`, []any{w.id}, func(_ int64, e *casework.Event, digest string) error {
		if !e.Intact(digest) {
			w.fail("event %d does not fit its digest", e.No)
		}
		line = append(line, *e)
		return nil
	})
	if err != nil {
		w.fail("%v", err)
	}
	if len(line) != w.was.Events {
		w.fail("%d events, the case counts %d", len(line), w.was.Events)
	}
	for i, e := range line {
		switch {
		case e.No != i+1:
			w.fail("event %d stands at place %d", e.No, i+1)
		case i > 0 && (e.From != line[i-1].To || e.At.Before(line[i-1].At)):
			w.fail("event %d goes from %s at %s after one to %s at %s", e.No, e.From, e.At, line[i-1].To, line[i-1].At)
		}
		way := string(e.From) + ">" + string(e.To)
		if e.From == e.To {
			way = string(e.From) + "="
		}
		if !slices.Contains(strings.Fields(ways[e.Action]), way) {
			w.fail("%s led %s", e.Action, way)
		}
	}
	if last := line[len(line)-1]; last.To != w.was.State {
		w.fail("the last event leads to %s, the case is %s", last.To, w.was.State)
	}
	return line
}

// separation: nobody reviews, signs or carries out what they drafted, and no
// deputy of theirs does it for them.
func (w *walk) separation(line []casework.Event) {
	w.t.Helper()
	var wrote []string
	for _, e := range line {
		if slices.Contains(writing, e.Action) {
			wrote = append(wrote, e.Actor)
		}
		if slices.Contains(judging, e.Action) && (slices.Contains(wrote, e.Actor) || e.For != "" && slices.Contains(wrote, e.For)) {
			w.fail("event %d: %s (for %q) did %s on their own draft", e.No, e.Actor, e.For, e.Action)
		}
	}
}

// waiting: a case is open exactly while something waits in it, and what is to
// be public has a day.
func (w *walk) waiting() {
	w.t.Helper()
	tasks := w.tasks
	if final := slices.Contains(ends, w.was.State); w.was.Open() == final || (len(tasks) > 0) == final {
		w.fail("state %s, closed at %s, %d tasks", w.was.State, w.was.ClosedAt, len(tasks))
	}
	var first time.Time
	for i, x := range tasks {
		if !x.DueAt.IsZero() && (first.IsZero() || x.DueAt.Before(first)) {
			first = x.DueAt
		}
		if slices.ContainsFunc(tasks[:i], func(y casework.OpenTask) bool { return y.Name == x.Name }) {
			w.fail("%s waits twice", x.Name)
		}
		dated := w.kind == release.WithheldKind || w.was.State == release.Releasing || w.was.State == release.Afterwards || w.was.State == release.Mending
		if w.kind == release.SlipKind && !dated {
			s := w.slip
			dated = s.Attribute == release.Proactive && !s.FormedOn.IsZero() || x.Name == "legality"
		}
		if dated && x.DueAt.IsZero() {
			w.fail("%s has no due time in state %s", x.Name, w.was.State)
		}
	}
	if !w.was.DueAt.Equal(first) {
		w.fail("the case is due at %s, its tasks at %s", w.was.DueAt, first)
	}
}

// publication checks a slip: what it may have given to the library, and that
// this was reviewed and signed as it went out.
func (w *walk) publication(line []casework.Event) {
	w.t.Helper()
	s := w.slip
	if s.Traits.SecretDoubt && (s.Paper.Text != "" || slices.ContainsFunc(s.Files, func(f release.File) bool { return f.Role != release.Scan })) {
		w.fail("a slip without text holds %q and %+v", s.Paper.Text, s.Files)
	}
	at := slices.IndexFunc(line, func(e casework.Event) bool { return e.Action == release.ActPublish })
	out := at >= 0 && line[at].To != release.Kept
	mine := 0
	for _, o := range w.shelf.orders[w.orders:] {
		if o.Paper.Text == s.Paper.Text && o.Work == s.BaseWork && o.Paper.Title == s.Paper.Title {
			mine++
		}
	}
	if (s.Work != 0) != out || out && mine == 0 || s.Released.IsZero() != (at < 0) {
		w.fail("work %d, released %s, %d orders, published: %v", s.Work, s.Released, mine, out)
	}
	if at < 0 {
		return
	}
	if slices.ContainsFunc(line[at+1:], func(e casework.Event) bool { return e.Action == release.ActPublish }) {
		w.fail("published twice")
	}
	if (line[at].To == release.Kept) == (s.Attribute == release.Proactive) {
		w.fail("a text that is %s ended as %s", s.Attribute, line[at].To)
	}
	w.authority(line[:at+1], s)
	for _, x := range s.Paper.Repeals {
		if out && x.Work != holding {
			w.fail("went out with the repeal of %+v", x)
		}
		w.repeals++
	}
	if s.Urgent != "" && line[at].To != release.Kept {
		w.afterwards(line, s)
	}
}

// afterwards: what the emergency lane left out was looked at before the slip
// closed, and what was found wrong was mended.
func (w *walk) afterwards(line []casework.Event, s *release.Slip) {
	w.t.Helper()
	waiting, wrong := 0, 0
	for _, g := range s.Gates {
		switch g.State {
		case release.Waiting:
			waiting++
		case release.Returned:
			wrong++
		}
	}
	mended := slices.ContainsFunc(line, func(e casework.Event) bool { return e.Action == release.ActMended })
	closed := w.was.State == release.Published
	switch {
	case closed && (waiting > 0 || (wrong > 0) != mended || wrong > 0 && s.Mended == ""):
		w.fail("closed with %d gates not looked at, %d not passed, mended: %v (%q)", waiting, wrong, mended, s.Mended)
	case !closed && (wrong > 0) != (w.was.State == release.Mending):
		w.fail("%d gates did not pass in state %s", wrong, w.was.State)
	}
}

// authority: what went out had its secrecy review, a signature that was not
// the drafter's and not taken back, and is the text that they saw.
func (w *walk) authority(line []casework.Event, s *release.Slip) {
	w.t.Helper()
	var wrote []string
	var sign, seen *casework.Event
	version := 0
	for i := range line {
		e := &line[i]
		switch e.Action {
		case casework.ActOpen, release.ActSave, release.ActAddFile, release.ActDropFile:
			wrote, seen = append(wrote, e.Actor), nil
		case release.ActSubmit:
			var data struct{ Version int }
			if err := json.Unmarshal(e.Data, &data); err != nil {
				w.fail("%v", err)
			}
			wrote, seen, version = append(wrote, e.Actor), e, data.Version
		case release.ActPaper:
			sign, seen, version = e, e, s.Version
		case release.ActSign, release.ActSignUrgent:
			sign = e
		case release.ActUnsign, release.ActRecall, release.ActFail:
			sign = nil
		}
	}
	g, ok := s.Gate(release.Secrecy)
	out := line[len(line)-1]
	switch {
	case sign == nil || seen == nil || version != s.Version:
		w.fail("went out without a signature for its words: %+v, seen %+v in version %d, now %d", sign, seen, version, s.Version)
	case !ok || g.State != release.Passed || !g.Offline && slices.Contains(wrote, g.Login):
		w.fail("went out with the secrecy gate %+v", g)
	case sign.Action != release.ActPaper && (slices.Contains(wrote, sign.Actor) || s.SignedBy != w.people[sign.Actor].Name):
		w.fail("signed by %s (%s), written by %v", sign.Actor, s.SignedBy, wrote)
	case sign.Action == release.ActPaper && slices.ContainsFunc(wrote, func(l string) bool { return w.people[l].Name == s.SignedBy || w.people[l].Name == g.Reviewer }):
		w.fail("the paper slip names %s and %s, written by %v", s.SignedBy, g.Reviewer, wrote)
	case out.To == release.Published || out.To == release.Kept:
		if i := slices.IndexFunc(s.Gates, func(g release.Gate) bool { return g.State != release.Passed }); i >= 0 {
			w.fail("went out with %+v", s.Gates[i])
		}
	}
	if s.For != 0 {
		w.government(line, s, sign)
	}
	if s.Traits.Normative && s.Urgent == "" {
		if g, _ := s.Gate(release.Legality); g.State != release.Passed || g.Outcome != release.Lawful {
			w.fail("a normative document went out with the legality gate %+v", g)
		}
	}
	if s.Released.Before(s.ReleaseAt) || s.Released.Before(sign.At.Add(5*time.Minute)) || s.Released.Before(s.PlannedAt) {
		w.fail("released %s, signed %s, planned %s", s.Released, sign.At, s.PlannedAt)
	}
}

// government: what was drafted for it went out as its own, after it had itself
// reviewed and signed it, or after a paper slip said so.
func (w *walk) government(line []casework.Event, s *release.Slip, sign *casework.Event) {
	w.t.Helper()
	g, ok := s.Gate(release.OwnSecrecy)
	first, _ := s.Gate(release.Secrecy)
	order := w.shelf.orders[len(w.shelf.orders)-1]
	switch {
	case !ok || g.State != release.Passed:
		w.fail("went out with the government's own review %+v", g)
	case !g.Offline && (g.At.Before(first.At) || g.Login == first.Login || !slices.Contains([]string{"guard", "chief"}, g.Login)):
		w.fail("the government's review %+v stands beside the department's %+v", g, first)
	case sign.Action != release.ActPaper && sign.Actor != "mayor" && sign.Actor != "chief":
		w.fail("%s signed for the government", sign.Actor)
	case s.Attribute == release.Proactive && line[len(line)-1].Action == release.ActPublish && order.Paper.Text == s.Paper.Text && order.Organ != w.above:
		w.fail("the work belongs to %d", order.Organ)
	}
	w.forOthers++
}

// parts are the tables that hold a case, with the column that names it.
var parts = map[string]string{"cases": "id", "case_events": "case_id", "case_tasks": "case_id", "case_facts": "case_id", "case_links": "case_id", "notices": "case_id", "case_tokens": "case_id",
	"releases": "case_id", "release_versions": "case_id", "release_gates": "case_id", "release_findings": "case_id", "release_files": "case_id", "release_channels": "case_id",
	"withheld": "case_id", "takedowns": "case_id"}

// stored is every row of the case, sorted.
func (w *walk) stored() string {
	w.t.Helper()
	var out []string
	for table, key := range parts {
		rows, err := w.db.Reader().QueryContext(context.Background(), fmt.Sprintf(`SELECT * FROM %s WHERE %s = $1`, table, key), w.id)
		if err != nil {
			w.fail("%s: %v", table, err)
		}
		names, err := rows.Columns()
		if err != nil {
			w.fail("%v", err)
		}
		for rows.Next() {
			row, into := make([]any, len(names)), make([]any, len(names))
			for i := range row {
				into[i] = &row[i]
			}
			if err := rows.Scan(into...); err != nil {
				w.fail("%v", err)
			}
			out = append(out, table+" "+fmt.Sprint(row...))
		}
		if err := rows.Err(); err != nil {
			w.fail("%v", err)
		}
		rows.Close()
	}
	sort.Strings(out)
	return strings.Join(out, "\n")
}

// everything looks at all histories together: nothing of one spilled into another.
func (o *office) everything() {
	o.t.Helper()
	for what, query := range map[string]string{
		"events that are not dense":      `SELECT COUNT(*) FROM cases c WHERE c.events <> (SELECT COUNT(*) FROM case_events e WHERE e.case_id = c.id) OR c.events <> (SELECT MAX(no) FROM case_events e WHERE e.case_id = c.id)`,
		"texts out twice":                `SELECT COUNT(*) FROM (SELECT case_id FROM case_events WHERE action = 'publish' GROUP BY case_id HAVING COUNT(*) > 1) x`,
		"open cases where nothing waits": `SELECT COUNT(*) FROM cases c WHERE (c.closed_at = 0) <> EXISTS (SELECT 1 FROM case_tasks t WHERE t.case_id = c.id AND t.closed_at = 0)`,
		"texts of slips without text":    `SELECT COUNT(*) FROM releases s JOIN release_versions v ON v.case_id = s.case_id WHERE s.traits LIKE '%"secret_doubt":true%' AND v.paper NOT LIKE '%"text":""%'`,
		"withheld texts without a look":  `SELECT COUNT(*) FROM withheld w WHERE w.review_on > '` + workday.DateOf(o.now).AddMonths(12).String() + `'`,
		"tokens without their event":     `SELECT COUNT(*) FROM case_tokens WHERE event_no = 0`,
	} {
		var n int
		if err := o.db.Reader().QueryRowContext(context.Background(), query).Scan(&n); err != nil {
			o.t.Fatalf("%s: %v", what, err)
		}
		if n > 0 {
			o.t.Errorf("%d %s", n, what)
		}
	}
}
