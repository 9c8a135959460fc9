package request

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/workday"
)

// keep writes the row of a version that was built outside the transaction.
func (r *Room) keep(ctx context.Context, tx *sql.Tx, a access.Actor, c *casework.Case, m *Material, v *Version, blob sealedBlob) error {
	now, err := r.kernel.CaseIn(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	_, q, err := r.readCase(ctx, tx, now)
	if err != nil {
		return err
	}
	fresh, err := found(q, m.ID)
	if err != nil {
		return err
	}
	if err := mayBuild(now, fresh); err != nil {
		return err
	}
	if fresh.stand() != v.stand || len(fresh.Versions) != len(m.Versions) {
		return fault.New(fault.Conflict, "request.keep", "生成的时候材料的决定有了变化，请重新生成。")
	}
	for _, l := range q.Material.Layers {
		if l.Stands() {
			v.Report.Layers = append(v.Report.Layers, l.ID)
		}
	}
	report, err := json.Marshal(v.Report)
	if err != nil {
		return err
	}
	if err := filestore.Register(ctx, tx, blob.Blob, r.now()); err != nil {
		return err
	}
	redacted := 0
	if v.Redacted {
		redacted = 1
	}
	if err := tx.QueryRowContext(ctx, `INSERT INTO request_versions (file_id, no, stand, name, mime, size, digest, sealed, redacted, report, made_by, made_at, seal_key)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) RETURNING id`,
		m.ID, v.No, v.stand, v.Name, v.MIME, v.Size, v.Digest, v.sealed, redacted, string(report), a.Login, r.now().UnixMicro(), blob.key).Scan(&v.ID); err != nil {
		return err
	}
	return r.kernel.NoteIn(ctx, tx, a, c.ID, string(ActRedact), map[string]any{"material": m.No, "version": v.No, "sha256": v.Digest})
}

// CheckedForm says that another person looked at a redacted version: at every
// page of it, and that nothing shows which should not.
type CheckedForm struct {
	File   int64
	Looked bool
}

func checkChecked(_ *casework.Case, q *Request, form any, _ workday.Date) error {
	f := form.(*CheckedForm)
	i := slices.IndexFunc(q.Material.Unchecked(), func(m *Material) bool { return m.ID == f.File })
	switch {
	case i < 0:
		return fault.Field("request.checkChecked", "材料", "“材料”：请选一份等待复核的材料。")
	case !f.Looked:
		return fault.Field("request.checkChecked", "逐页看过", "“逐页看过”：请打开提供件逐页看过，再勾选。")
	}
	return nil
}

// checked notes the second pair of eyes. Whoever drew a mark of this document
// cannot be them, also when somebody else built the version.
func (r *Room) checked(ctx context.Context, t *turn) error {
	m, err := found(t.Data, t.Form.(*CheckedForm).File)
	if err != nil {
		return err
	}
	v := m.Current()
	if v == nil {
		return fault.New(fault.Conflict, "request.checked", "这份材料的决定有了变化，请重新生成后再复核。")
	}
	for _, who := range append(m.makers(), v.MadeBy) {
		if who == t.Actor.Login || who == t.For {
			return fault.New(fault.Forbidden, "request.checked", "遮盖的人不能自己复核，请换一位同事。")
		}
	}
	t.Record(map[string]any{"material": m.No, "version": v.No, "sha256": v.Digest})
	_, err = t.Tx.ExecContext(ctx, `UPDATE request_versions SET checked_by = $2, checked_at = $3 WHERE id = $1`, v.ID, t.Actor.Login, t.Now.UnixMicro())
	return err
}

// freeze marks the present versions as handed out; they are never changed. It
// comes with the service of the answer.
func freeze(ctx context.Context, t *turn) error {
	if reason := t.Data.Material.refuse(true); reason != "" {
		return fault.New(fault.Forbidden, "request.freeze", reason)
	}
	for _, m := range t.Data.Material.Files {
		if v := m.Current(); m.Goes() && v.GivenAt.IsZero() {
			if _, err := t.Tx.ExecContext(ctx, `UPDATE request_versions SET given_at = $2 WHERE id = $1`, v.ID, t.Now.UnixMicro()); err != nil {
				return err
			}
		}
	}
	return nil
}

// LiftForm lifts a layer by a later decision.
type LiftForm struct {
	Layer int64
	On    string // name and number of the decision that lifts it
}

func checkLift(_ *casework.Case, q *Request, form any, _ workday.Date) error {
	f := form.(*LiftForm)
	l, ok := q.Material.Layer(f.Layer)
	switch {
	case !ok:
		return fault.Field("request.checkLift", "遮盖层", "“遮盖层”：请选一层。")
	case !l.Stands():
		return fault.Field("request.checkLift", "遮盖层", "“遮盖层”：这一层已经解除。")
	case len([]rune(f.On)) > 200:
		return fault.Field("request.checkLift", "依据的决定", "“依据的决定”：不能超过 200 个字。")
	}
	return words("依据的决定", f.On, true)
}

// lift takes a layer off. What was built before stays as it was handed out; the
// next version shows what the layer hid and keeps the others.
func (r *Room) lift(ctx context.Context, t *turn) error {
	f := t.Form.(*LiftForm)
	l, _ := t.Data.Material.Layer(f.Layer)
	t.Record(map[string]any{"layer": l.No, "ground": l.Ground})
	_, err := t.Tx.ExecContext(ctx, `UPDATE request_layers SET lifted_by = $2, lifted_on = $3, lifted_at = $4 WHERE id = $1`, l.ID, t.Actor.Login, strings.TrimSpace(f.On), t.Now.UnixMicro())
	return err
}

func refuseGiveAgain(_ *casework.Case, q *Request, _ workday.Date) string {
	if len(q.Material.Changed()) == 0 {
		return "没有变化的材料需要重新提供。"
	}
	return q.Material.refuse(true)
}

// giveAgain hands out the versions that a lifted layer changed.
func (r *Room) giveAgain(ctx context.Context, t *turn) error {
	var list []int
	for _, m := range t.Data.Material.Changed() {
		list = append(list, m.No)
	}
	t.Record(map[string]any{"materials": list})
	return freeze(ctx, t)
}
