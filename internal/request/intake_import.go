package request

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

// ImportKind is what a table that is handed in is for.
type ImportKind string

// The kinds of tables.
const (
	BatchTable ImportKind = "batch"    // new requests, many at once
	OldTable   ImportKind = "register" // an old register
)

// Import is a table that was handed in: looked at, then written or left.
type Import struct {
	ID       int64
	Organ    int64
	Kind     ImportKind
	Total    int // rows with words
	Done     int // rows that are dealt with
	Taken    int
	Refused  int
	Started  time.Time // zero while only looked at
	Finished time.Time // zero while something is left
	Login    string
	At       time.Time
	Head     int      // line of the headings, from 0
	Mapping  []string // field of each column
	Grid     *Grid
}

func importPlace(id int64) vault.Place {
	return vault.Place{Table: "request_imports", Column: "table_sealed", Row: id}
}

// savedTable is what lies sealed.
type savedTable struct {
	Head int   `json:"head"`
	Grid *Grid `json:"grid"`
}

// NewImport reads a table and keeps it, sealed, until somebody confirms it.
// Nothing of it is written into the register yet. The same file that was taken
// before is refused as Conflict; one that was only looked at is found again.
func (r *Room) NewImport(ctx context.Context, a access.Actor, organ int64, kind ImportKind, data []byte) (out *Import, err error) {
	defer fault.Wrap(&err, "request.NewImport(%d)", organ)
	sum := sha256.Sum256(data)
	sha := hex.EncodeToString(sum[:])
	old, err := r.importBySHA(ctx, organ, kind, sha)
	if err != nil || old != nil {
		return old, err
	}
	g, line, mapping, err := readTable(kind, data)
	if err != nil {
		return nil, err
	}
	total := 0
	for i := line + 1; i < len(g.Rows); i++ {
		if !g.empty(i) {
			total++
		}
	}
	if total == 0 {
		return nil, fault.Field("request.NewImport", "文件", "“文件”：“%s”表的表头下面没有内容。", g.Sheet)
	}
	raw, err := json.Marshal(savedTable{line, g})
	if err != nil {
		return nil, err
	}
	m, err := json.Marshal(mapping)
	if err != nil {
		return nil, err
	}
	if err := r.vault.Ready(ctx); err != nil {
		return nil, err
	}
	var id int64
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := tx.QueryRowContext(ctx, `INSERT INTO request_imports (organ_id, kind, sha256, table_sealed, mapping, total, login, at) VALUES ($1, $2, $3, '', $4, $5, $6, $7) RETURNING id`,
			organ, string(kind), sha, string(m), total, a.Login, r.now().UnixMicro()).Scan(&id); err != nil {
			return store.Sentence("request.NewImport", err)
		}
		sealed, err := r.vault.Seal(ctx, importPlace(id), string(raw))
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE request_imports SET table_sealed = $2 WHERE id = $1`, id, sealed); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.Upload, Target: fmt.Sprintf("organ:%d", organ), Outcome: audit.Done, Detail: fmt.Sprintf("申请表格 %d 行，待确认", total)})
	})
	if err != nil {
		return nil, err
	}
	return r.Import(ctx, id)
}

// readTable reads the sheet that holds most known headings, with their line.
func readTable(kind ImportKind, data []byte) (g *Grid, head int, mapping []string, err error) {
	if kind == BatchTable {
		g, err = readGrid(data, func(g *Grid) int { return len(batchColumns(g)) })
		return g, 0, nil, err
	}
	g, err = readGrid(data, func(g *Grid) (n int) {
		_, m := g.header()
		for _, code := range m {
			n += min(1, len(code))
		}
		return n
	})
	if err == nil {
		head, mapping = g.header()
	}
	return g, head, mapping, err
}

func (r *Room) importBySHA(ctx context.Context, organ int64, kind ImportKind, sha string) (*Import, error) {
	var id int64
	err := r.db.Reader().QueryRowContext(ctx, `SELECT id FROM request_imports WHERE organ_id = $1 AND kind = $2 AND sha256 = $3`, organ, string(kind), sha).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	old, err := r.Import(ctx, id)
	if err == nil && !old.Finished.IsZero() {
		err = &fault.Error{Kind: fault.Conflict, Op: "request.importBySHA", Field: "文件",
			Text: fmt.Sprintf("“文件”：这个文件在%s已经收录过（%d 件），没有再收录一次。", workday.DateOf(old.Finished).Chinese(), old.Taken)}
	}
	return old, err
}

// Import reads a table that was handed in, with its cells. Whoever calls decides
// who may see it. Errors: NotFound.
func (r *Room) Import(ctx context.Context, id int64) (out *Import, err error) {
	defer fault.Wrap(&err, "request.Import(%d)", id)
	out = &Import{ID: id}
	var sealed, mapping string
	var started, finished, at int64
	err = r.db.Reader().QueryRowContext(ctx, `SELECT organ_id, kind, table_sealed, mapping, total, done, taken, refused, started_at, finished_at, login, at FROM request_imports WHERE id = $1`, id).
		Scan(&out.Organ, &out.Kind, &sealed, &mapping, &out.Total, &out.Done, &out.Taken, &out.Refused, &started, &finished, &out.Login, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fault.New(fault.NotFound, "request.Import", "没有找到这次导入。")
	}
	if err != nil {
		return nil, err
	}
	out.Started, out.Finished, out.At = instant(started), instant(finished), instant(at)
	if err := json.Unmarshal([]byte(mapping), &out.Mapping); err != nil {
		return nil, err
	}
	if sealed == "" { // destroyed with those whom it names
		out.Grid = &Grid{}
		return out, nil
	}
	plain, err := r.vault.Open(ctx, importPlace(id), sealed)
	if err != nil {
		return nil, err
	}
	var t savedTable
	if err := json.Unmarshal([]byte(plain), &t); err != nil {
		return nil, err
	}
	out.Head, out.Grid = t.Head, t.Grid
	return out, nil
}

// Imports lists the newest 200 tables of a kind that were handed in for organs,
// without their cells. Whoever calls decides whose they may see.
func (r *Room) Imports(ctx context.Context, organs []int64, kind ImportKind) (out []Import, err error) {
	defer fault.Wrap(&err, "request.Imports")
	if len(organs) == 0 {
		return nil, nil
	}
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT id, organ_id, total, taken, refused, started_at, finished_at, login, at FROM request_imports WHERE kind = $1 AND organ_id IN (`+idList(organs)+`) ORDER BY id DESC LIMIT 200`, string(kind))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		i := Import{Kind: kind}
		var started, finished, at int64
		if err := rows.Scan(&i.ID, &i.Organ, &i.Total, &i.Taken, &i.Refused, &started, &finished, &i.Login, &at); err != nil {
			return nil, err
		}
		i.Started, i.Finished, i.At = instant(started), instant(finished), instant(at)
		out = append(out, i)
	}
	return out, rows.Err()
}

// Headings are the headings of the table as it has them.
func (i *Import) Headings() []string {
	out := make([]string, i.Grid.columns())
	for c := range out {
		out[c] = i.Grid.cell(i.Head, c)
	}
	return out
}

// Column is the letter of a column.
func (i *Import) Column(c int) string { return column(c) }

// Lines are the rows of an old register with what becomes of each. The day on
// which it was handed in is the present of the register.
func (i *Import) Lines() []OldLine {
	return i.Grid.lines(i.Head, i.Mapping, workday.DateOf(i.At))
}

// SetMapping corrects what the columns of an old register are.
func (r *Room) SetMapping(ctx context.Context, id int64, mapping []string) (err error) {
	defer fault.Wrap(&err, "request.SetMapping(%d)", id)
	i, err := r.Import(ctx, id)
	if err != nil {
		return err
	}
	if len(mapping) != i.Grid.columns() {
		return fault.New(fault.Invalid, "request.SetMapping", "列数和文件不一致，请重新打开页面。")
	}
	for c, code := range mapping {
		if code == "" {
			continue
		}
		if !slices.ContainsFunc(OldFields, func(f OldField) bool { return f.Code == code }) {
			return fault.Field("request.SetMapping", column(c)+"列", "“%s列”：请从列表里选择。", column(c))
		}
		if j := slices.Index(mapping, code); j != c {
			return fault.Field("request.SetMapping", column(c)+"列", "“%s列”：和 %s 列选了同一项，一项只能对应一列。", column(c), column(j))
		}
	}
	raw, err := json.Marshal(mapping)
	if err != nil {
		return err
	}
	res, err := r.db.Writer().ExecContext(ctx, `UPDATE request_imports SET mapping = $2 WHERE id = $1 AND started_at = 0`, id, string(raw))
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, fault.New(fault.Conflict, "request.SetMapping", "已经开始收录，不能再改列的对应。"))
	}
	return nil
}

// Written is a request that came out of a table.
type Written struct {
	Case         int64
	Number, Code string
	Row          string // its number outside, as the table has it
}

// WrittenBy lists the requests of a batch with the codes for their applicants.
func (r *Room) WrittenBy(ctx context.Context, id int64) (out []Written, err error) {
	defer fault.Wrap(&err, "request.WrittenBy(%d)", id)
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT c.id, c.number, i.number FROM request_intake i JOIN cases c ON c.id = i.case_id WHERE i.import_id = $1 ORDER BY c.id LIMIT 1000`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var w Written
		if err := rows.Scan(&w.Case, &w.Number, &w.Row); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Code, err = r.codeOfCase(ctx, r.db.Reader(), out[i].Case); err != nil {
			return nil, err
		}
	}
	return out, nil
}
