package document

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"runtime"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/store"
)

// ImportOptions says how documents come in.
type ImportOptions struct {
	Source    string // names the source; identity is (source, external id)
	OrganCode string // owner of new works; "" is none
	ColumnID  int64  // where what names no column goes; 0 is the site's 政策文件
	Publish   bool   // false keeps documents as drafts
	DryRun    bool   // everything is read and judged, nothing is kept
	Actor     string

	ownerID int64
	reason  string // of records; "" is that the source changed
}

func (o ImportOptions) recordReason() string {
	if o.reason == "" {
		return sourceReason
	}
	return o.reason
}

// ImportLine is what the import says of one document.
type ImportLine struct {
	File       string   `json:"file"`
	Line       int      `json:"line,omitempty"`
	ExternalID string   `json:"external_id,omitempty"`
	Work       *int64   `json:"work"`
	Draft      int64    `json:"draft,omitempty"`
	Edition    int      `json:"edition,omitempty"`
	State      Outcome  `json:"state"`
	Warnings   []string `json:"warnings,omitempty"`
	Error      string   `json:"error,omitempty"`
	Title      string   `json:"-"`
}

// ImportSummary counts documents, not works.
type ImportSummary struct {
	Read      int `json:"read"`
	Created   int `json:"created"`
	Updated   int `json:"updated"`
	Unchanged int `json:"unchanged"`
	Failed    int `json:"failed"`
}

func (s *ImportSummary) count(o Outcome) {
	s.Read++
	switch o {
	case Created:
		s.Created++
	case Updated:
		s.Updated++
	case Unchanged:
		s.Unchanged++
	default:
		s.Failed++
	}
}

// batchSize is how many documents share one commit. Each is acknowledged only
// after its commit; when one of them is refused, they are written one by one.
const batchSize = 24

// errDryRun rolls a dry run back.
var errDryRun = errors.New("document: dry run")

// arrived is a document on its way from a source to the database.
type arrived struct {
	file string
	line int
	ext  string
	warn []string
	prep *prepared
	same *existing // the library holds just this already
	err  error
}

// Import reads documents and writes them, calling report once a document in
// the order of the source. What was reported is committed. Running it again
// changes nothing; stopping it anywhere and running it again completes it.
func (l *Library) Import(ctx context.Context, src Source, opts ImportOptions, report func(ImportLine) error) (sum ImportSummary, err error) {
	defer fault.Wrap(&err, "document.Import(%s)", opts.Source)
	if err := l.prepareOptions(ctx, &opts); err != nil {
		return sum, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	queue := l.readAhead(ctx, opts.Source, src)
	for {
		batch, open, broken := nextBatch(ctx, queue)
		if len(batch) > 0 {
			lines, err := l.writeBatch(ctx, batch, opts)
			if err != nil {
				return sum, err
			}
			for _, line := range lines {
				sum.count(line.State)
				if err := report(line); err != nil {
					return sum, err
				}
			}
		}
		if broken != nil {
			return sum, broken // what came before the break is kept
		}
		if !open {
			return sum, ctx.Err()
		}
	}
}

func (l *Library) prepareOptions(ctx context.Context, opts *ImportOptions) (err error) {
	if opts.Source == "" {
		opts.Source = "import"
	}
	if opts.Actor == "" {
		opts.Actor = "console"
	}
	if opts.OrganCode != "" {
		if opts.ownerID, err = org.ByCode(ctx, l.db.Reader(), opts.OrganCode); err != nil {
			return err
		}
	}
	def, err := l.EnsureSite(ctx)
	if err != nil {
		return err
	}
	if opts.ColumnID == 0 {
		opts.ColumnID = def
		return nil
	}
	var n int
	if err := l.db.Reader().QueryRowContext(ctx, `SELECT COUNT(*) FROM columns WHERE id = $1`, opts.ColumnID).Scan(&n); err != nil {
		return err
	}
	if n == 0 {
		return fault.Field("document.Import", "column", "没有编号为 %d 的栏目。", opts.ColumnID)
	}
	return nil
}

// readAhead reads the source and prepares documents on every processor, in
// order: each slot of the queue is a document that is still being prepared.
func (l *Library) readAhead(ctx context.Context, source string, src Source) <-chan chan arrived {
	queue := make(chan chan arrived, 2*batchSize)
	workers := make(chan struct{}, runtime.NumCPU())
	go func() {
		defer close(queue)
		push := func(work func() arrived) bool {
			slot := make(chan arrived, 1)
			select {
			case workers <- struct{}{}:
			case <-ctx.Done():
				return false
			}
			go func() {
				defer func() { <-workers }()
				slot <- work()
			}()
			select {
			case queue <- slot:
				return true
			case <-ctx.Done():
				return false
			}
		}
		for {
			raw, err := src.Next(ctx)
			if errors.Is(err, io.EOF) {
				return
			}
			if raw == nil {
				push(func() arrived { return arrived{err: err} })
				return
			}
			if !push(func() arrived { return l.readOne(ctx, source, raw, err) }) {
				return
			}
		}
	}()
	return queue
}

// readOne turns raw input into a prepared document; a fault of one document
// never stops the others.
func (l *Library) readOne(ctx context.Context, source string, raw *Raw, err error) (a arrived) {
	a = arrived{file: raw.File, line: raw.Line, err: err}
	defer func() {
		if r := recover(); r != nil {
			a.prep, a.err = nil, fault.Newf(fault.Unsupported, "document.readOne", "读取时出错，这份文件没有导入。")
		}
	}()
	if err != nil {
		return a
	}
	c, warnings, err := l.content(ctx, raw)
	if c != nil {
		a.ext = c.ExternalID
	}
	a.warn, a.err = warnings, err
	if err != nil {
		return a
	}
	if a.same, a.err = l.unchanged(ctx, source, c); a.err != nil || a.same != nil {
		return a
	}
	a.prep, a.err = prepare(c)
	return a
}

// unchanged finds the edition that already holds a content, before the text is
// read any further.
func (l *Library) unchanged(ctx context.Context, source string, c *Content) (*existing, error) {
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	x, err := find(ctx, l.db.Reader(), source, &prepared{content: c, key: key})
	if err != nil {
		return nil, store.Sentence("document.unchanged", err)
	}
	if x != nil && x.state == "published" && x.contentKey == key {
		return x, nil
	}
	return nil, nil
}

// nextBatch waits for one document and takes along those that are ready.
func nextBatch(ctx context.Context, queue <-chan chan arrived) (batch []arrived, open bool, err error) {
	for len(batch) < batchSize {
		select {
		case slot, ok := <-queue:
			if !ok {
				return batch, false, nil
			}
			select {
			case a := <-slot:
				if a.file == "" && a.err != nil {
					return batch, false, a.err // the source itself broke
				}
				batch = append(batch, a)
			case <-ctx.Done():
				return nil, false, ctx.Err()
			}
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
		if len(queue) == 0 && len(batch) > 0 {
			return batch, true, nil
		}
	}
	return batch, true, nil
}

// writeBatch commits a batch, or its documents one by one when one is refused.
func (l *Library) writeBatch(ctx context.Context, batch []arrived, opts ImportOptions) ([]ImportLine, error) {
	lines := make([]ImportLine, len(batch))
	var unwritten []int
	for i, a := range batch {
		lines[i] = ImportLine{File: a.file, Line: a.line, ExternalID: a.ext, Warnings: a.warn}
		if a.err != nil {
			if fault.KindOf(a.err) == fault.Unavailable {
				return nil, a.err
			}
			lines[i].State, lines[i].Error = Failed, place(a, a.err)
			continue
		}
		if x := a.same; x != nil {
			lines[i].State, lines[i].Edition, lines[i].Work = Unchanged, x.label, &x.public
			continue
		}
		unwritten = append(unwritten, i)
	}
	if len(unwritten) == 0 {
		return lines, nil
	}
	if err := l.writeSome(ctx, batch, unwritten, opts, lines); err == nil {
		return lines, nil
	} else if fatal(ctx, err) {
		return nil, err
	}
	for _, i := range unwritten {
		if err := l.writeSome(ctx, batch, []int{i}, opts, lines); err != nil {
			if fatal(ctx, err) {
				return nil, err
			}
			lines[i].State, lines[i].Error = Failed, place(batch[i], err)
		}
	}
	return lines, nil
}

// fatal errors stop the import; the others belong to one document.
func fatal(ctx context.Context, err error) bool {
	return ctx.Err() != nil || fault.KindOf(err) == fault.Unavailable
}

// writeSome commits the documents numbered in unwritten, or none of them.
func (l *Library) writeSome(ctx context.Context, batch []arrived, unwritten []int, opts ImportOptions, lines []ImportLine) error {
	results := make([]*saved, len(unwritten))
	err := l.db.Tx(ctx, func(tx *sql.Tx) error {
		s := &saver{tx: tx, dialect: l.db.Dialect, opts: opts, now: l.now(), today: l.Today(), salt: newSalt}
		for k, i := range unwritten {
			r, err := s.save(ctx, batch[i].prep)
			if err != nil {
				return err
			}
			results[k] = r
		}
		if err := l.auditBatch(ctx, tx, opts, results); err != nil {
			return err
		}
		if err := s.finish(ctx); err != nil {
			return err
		}
		if opts.DryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return err
	}
	for k, i := range unwritten {
		r := results[k]
		lines[i].State, lines[i].Edition, lines[i].Draft = r.outcome, r.edition, r.draft
		if r.work != 0 && !(opts.DryRun && r.fresh) {
			lines[i].Work = &r.work
		}
		lines[i].Warnings = append(lines[i].Warnings, r.notes...)
	}
	return nil
}

// auditBatch writes who brought how much in, in the transaction that does it.
func (l *Library) auditBatch(ctx context.Context, tx *sql.Tx, opts ImportOptions, results []*saved) error {
	count := map[Outcome]int{}
	for _, r := range results {
		count[r.outcome]++
	}
	if count[Created]+count[Updated] == 0 {
		return nil
	}
	return audit.Record(ctx, tx, audit.Event{At: l.now(), Actor: opts.Actor, Act: audit.Import, Target: "source:" + opts.Source, Outcome: audit.Done,
		Detail: fmt.Sprintf("created=%d updated=%d published=%t", count[Created], count[Updated], opts.Publish)})
}

// place names file, line and field in front of what is wrong.
func place(a arrived, err error) string {
	where := a.file
	if a.line > 0 {
		where = fmt.Sprintf("%s 第 %d 行", a.file, a.line)
	}
	return where + "：" + fault.Text(err)
}
