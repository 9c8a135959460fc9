package release

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Library is what the room needs of the library of published works.
type Library interface {
	// Issue publishes a text in the transaction and returns the public id of
	// its work and the label of its edition. A limited audience goes into the
	// log as a commitment only.
	Issue(ctx context.Context, tx *sql.Tx, o Order) (work int64, label int, err error)
	// Newest is the newest edition of a published work, 0 when there is none.
	Newest(ctx context.Context, q store.Querier, work int64) (label int, err error)
	// Mended tells what was done about an edition since a moment: 更正, 撤下,
	// "" for nothing.
	Mended(ctx context.Context, q store.Querier, work int64, label int, since time.Time) (how string, err error)
	// Made tells who made a published work. NotFound when there is none.
	Made(ctx context.Context, q store.Querier, work int64) (Made, error)
	// TakeDown takes a published work off the pages, or puts it back; a trace
	// page stays. Errors: Invalid when the work is not in that state.
	TakeDown(ctx context.Context, tx *sql.Tx, t TakeDown) error
}

// Made is what the room must know of a published work before it is amended or ended.
type Made struct {
	Title  string
	Ended  string  // 废止 or 失效, "" while it holds
	Organs []int64 // who owns it or issued it; empty: nobody is named
}

// Order is one text to publish.
type Order struct {
	Organ    int64
	Paper    Paper
	Work     int64 // public id of the work it amends, 0 for a new one
	Audience string
	Files    []File // attachments and pictures in order
	Actor    string // login of who signed
	On       workday.Date
}

// TakeDown is a withdrawal or a restoration with its reason.
type TakeDown struct {
	Work    int64
	Restore bool
	Reason  string // shown on the trace page
	Ground  string
	Actor   string
	On      workday.Date
}

// Checker looks a text over; the room keeps what it found.
type Checker interface {
	Check(ctx context.Context, s *Slip) ([]Finding, error)
}

// Room runs the releases of one library.
type Room struct {
	db      *store.DB
	kernel  *casework.Kernel
	library Library
	checker Checker
	now     func() time.Time
}

// New builds the room and registers its workflows with the kernel.
func New(db *store.DB, k *casework.Kernel, library Library, checker Checker, now func() time.Time) *Room {
	r := &Room{db: db, kernel: k, library: library, checker: checker, now: now}
	casework.Register(k, r.workflow())
	casework.Register(k, r.withheldWorkflow())
	casework.Register(k, r.takedownWorkflow())
	return r
}

// NewSlip starts a release.
type NewSlip struct {
	Organ    int64
	Opened   string // word, paste, finished, blank, doubt
	Paper    Paper
	Traits   Traits
	Decision *Decision
	BaseWork int64 // public id of the work that the text amends
	Token    string
	Actor    access.Actor
}

// Begin opens a slip with its first text. The right to draft for the organ is
// the caller's to check.
func (r *Room) Begin(ctx context.Context, n NewSlip) (c *casework.Case, err error) {
	defer fault.Wrap(&err, "release.Begin(%d)", n.Organ)
	if n.Traits.SecretDoubt {
		n.Paper.Text = "" // 涉密不上网: such a slip is reviewed without its text
	}
	if err := n.Paper.check(); err != nil {
		return nil, err
	}
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		var base int
		if n.BaseWork != 0 {
			if base, err = r.library.Newest(ctx, tx, n.BaseWork); err != nil {
				return err
			}
		}
		var err error
		c, _, err = casework.Open(ctx, r.kernel, tx, casework.Start{Kind: SlipKind, Organ: n.Organ, Title: n.Paper.title(), Form: n, Token: n.Token, Actor: n.Actor},
			func(ctx context.Context, t *casework.Turn[*Slip]) error {
				s := &Slip{Case: t.Case.ID, Organ: n.Organ, Drafter: n.Actor.Login, Paper: n.Paper, Version: 1, Opened: n.Opened, Traits: n.Traits, BaseWork: n.BaseWork, BaseLabel: base}
				if n.Decision != nil {
					if err := checkFor(ctx, t.Tx, n.Organ, n.Decision.For); err != nil {
						return err
					}
					s.decide(*n.Decision)
				}
				if err := insertSlip(ctx, t.Tx, s); err != nil {
					return err
				}
				if n.BaseWork != 0 {
					t.Link("work", n.BaseWork)
				}
				return saveVersion(ctx, t.Tx, s, n.Actor.Login, t.Now, true)
			})
		return err
	})
	return c, err
}

func (s *Slip) decide(d Decision) {
	s.Attribute, s.Reason, s.Ground, s.Audience, s.For, s.FormedOn = d.Attribute, d.Reason, d.Ground, d.Audience, d.For, d.FormedOn
	s.Listed = d.Listed
	if s.Attribute != Withheld {
		s.Ground, s.Listed = "", 0
	}
}

// maxText bounds a text in bytes, so that a page and a save stay quick.
const maxText = 4 << 20

func (p *Paper) check() error {
	switch {
	case len(p.Text) > maxText:
		return fault.New(fault.TooLarge, "release.Paper", "正文太长：不能超过 4 MB。请把附表作为附件上传。")
	case len([]rune(p.Title)) > 300:
		return fault.Field("release.Paper", "标题", "“标题”：不能超过 300 个字。")
	}
	b, err := json.Marshal(p) // every field at once
	if err == nil && bytes.Contains(b, []byte(`\u0000`)) {
		err = fault.New(fault.Invalid, "release.Paper", "文字里有不能保存的控制字符，请删去后再保存。")
	}
	return err
}

// title is how lists name the slip; a slip without text speaks in neutral words.
func (p *Paper) title() string {
	if p.Title == "" {
		return "未命名文稿"
	}
	return p.Title
}

func encode(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
