package request

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/ground"
	"gongkai/internal/store"
)

// whole reads a request with its case.
func (r *Room) whole(ctx context.Context, id int64) (*casework.Case, *Request, error) {
	c, err := r.kernel.Case(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	return r.readCase(ctx, r.db.Reader(), c)
}

func (r *Room) readCase(ctx context.Context, q store.Querier, c *casework.Case) (*casework.Case, *Request, error) {
	if c.Kind != Kind {
		return nil, nil, fault.New(fault.NotFound, "request.whole", "没有找到这件申请。")
	}
	out, err := r.read(ctx, q, c.ID, c.Organ)
	return c, out, err
}

// gathering reads a request whose documents may still change.
func (r *Room) gathering(ctx context.Context, id int64) (*casework.Case, *Request, error) {
	c, q, err := r.whole(ctx, id)
	if err == nil {
		err = mayGather(c)
	}
	return c, q, err
}

func (r *Room) gatheringIn(ctx context.Context, tx *sql.Tx, id int64) (*casework.Case, *Request, error) {
	c, err := r.kernel.CaseIn(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	if err := mayGather(c); err != nil {
		return nil, nil, err
	}
	return r.readCase(ctx, tx, c)
}

func mayGather(c *casework.Case) error {
	if !Collecting(c.State) {
		return fault.New(fault.Forbidden, "request.mayGather", "答复意见已经提出，材料不能再改；要改请先退回修改。")
	}
	return nil
}

// material reads one document of a request.
func (r *Room) material(ctx context.Context, id, file int64) (*Material, error) {
	_, q, err := r.whole(ctx, id)
	if err != nil {
		return nil, err
	}
	return found(q, file)
}

// materialIn reads one document that may still change, in a transaction.
func (r *Room) materialIn(ctx context.Context, tx *sql.Tx, id, file int64) (*Request, *Material, error) {
	_, q, err := r.gatheringIn(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	f, err := found(q, file)
	return q, f, err
}

func found(q *Request, file int64) (*Material, error) {
	if f := q.Material.Find(file); f != nil {
		return f, nil
	}
	return nil, fault.New(fault.NotFound, "request.material", "没有找到这份材料。")
}

// RuleForm decides about a document as a whole or some of its pages.
type RuleForm struct {
	Pages  []int // empty is the whole document
	Choice Choice
	Ground string // a code of ground.All; needed where something is withheld
	Layer  string // name of the layer, "" mostly
	Reason string
}

// Rule records a decision about pages. A withheld page rests on a ground and
// says why (条例第三十六条第（三）项、第三十七条).
func (r *Room) Rule(ctx context.Context, a access.Actor, id, file int64, f RuleForm) (err error) {
	defer fault.Wrap(&err, "request.Rule(%d, %d)", id, file)
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		q, m, err := r.materialIn(ctx, tx, id, file)
		if err != nil {
			return err
		}
		if err := f.check(m); err != nil {
			return err
		}
		var layer int64
		if f.Choice == KeepBack {
			if layer, err = r.layer(ctx, tx, a, &q.Material, id, f.Ground, f.Layer); err != nil {
				return err
			}
		}
		pages := f.Pages
		if len(pages) == 0 { // the whole document takes the place of what was said about pages
			if _, err := tx.ExecContext(ctx, `DELETE FROM request_rulings WHERE file_id = $1`, file); err != nil {
				return err
			}
			pages = []int{0}
		}
		for _, n := range pages {
			if err := r.rule(ctx, tx, a, file, n, Ruling{f.Choice, layer, strings.TrimSpace(f.Reason)}); err != nil {
				return err
			}
		}
		return nil
	})
}

func (f *RuleForm) check(m *Material) error {
	if !slices.ContainsFunc(Choices, func(x struct {
		Choice Choice
		Name   string
	}) bool {
		return x.Choice == f.Choice
	}) {
		return fault.Field("request.RuleForm", "决定", "“决定”：请选提供、不提供或者遮盖后提供。")
	}
	if m.Public() {
		return fault.New(fault.Invalid, "request.RuleForm", "已经主动公开的资料不用决定，答复里告知地址就可以。")
	}
	for _, n := range f.Pages {
		if n < 1 || n > len(m.Pages) {
			return fault.Field("request.RuleForm", "页码", "“页码”：材料%d没有第 %d 页，它有 %d 页。", m.No, n, len(m.Pages))
		}
	}
	if f.Choice != KeepBack {
		return words("理由", f.Reason, false)
	}
	if _, ok := ground.Named(f.Ground); !ok {
		return fault.Field("request.RuleForm", "依据", "“依据”：不提供的要选明法律依据。")
	}
	return words("理由", f.Reason, true)
}

func (r *Room) rule(ctx context.Context, tx *sql.Tx, a access.Actor, file int64, page int, d Ruling) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO request_rulings (file_id, page, decision, layer_id, reason, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (file_id, page) DO UPDATE SET decision = excluded.decision, layer_id = excluded.layer_id, reason = excluded.reason, actor = excluded.actor, at = excluded.at`,
		file, page, string(d.Choice), d.Layer, d.Reason, a.Login, r.now().UnixMicro())
	return err
}

// layer gives the standing layer of a ground and a name, and makes it when
// there is none.
func (r *Room) layer(ctx context.Context, tx *sql.Tx, a access.Actor, m *Materials, id int64, code, name string) (out int64, err error) {
	if _, ok := ground.Named(code); !ok {
		return 0, fault.Field("request.layer", "依据", "“依据”：请选明法律依据。")
	}
	if name = strings.TrimSpace(name); len([]rune(name)) > 40 {
		return 0, fault.Field("request.layer", "层的名称", "“层的名称”：不能超过 40 个字。")
	}
	for _, l := range m.Layers {
		if l.Ground == code && l.Name == name && l.Stands() {
			return l.ID, nil
		}
	}
	err = tx.QueryRowContext(ctx, `INSERT INTO request_layers (case_id, no, ground, name, actor, at) VALUES ($1, (SELECT COALESCE(MAX(no), 0) + 1 FROM request_layers WHERE case_id = $1), $2, $3, $4, $5) RETURNING id`,
		id, code, name, a.Login, r.now().UnixMicro()).Scan(&out)
	return out, err
}

// PageNumbers reads a list of pages as people write it: 1、3-5，8. Empty is nil.
func PageNumbers(s string) (out []int, err error) {
	bad := fault.Field("request.PageNumbers", "页码", "“页码”：请写成 1、3-5 这样。")
	for _, part := range strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(",，、;； \t", c) }) {
		part = strings.NewReplacer("—", "-", "–", "-", "－", "-", "至", "-", "~", "-").Replace(part)
		from, to, ranged := strings.Cut(part, "-")
		var a, b int
		if _, err := fmt.Sscanf(from, "%d", &a); err != nil || fmt.Sprint(a) != from {
			return nil, bad
		}
		b = a
		if ranged {
			if _, err := fmt.Sscanf(to, "%d", &b); err != nil || fmt.Sprint(b) != to {
				return nil, bad
			}
		}
		if a < 1 || b < a || b > 5000 {
			return nil, bad
		}
		for n := a; n <= b; n++ {
			if !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	return out, nil
}
