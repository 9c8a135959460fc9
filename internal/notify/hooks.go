package notify

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/publication"
	"gongkai/internal/store"
)

// Hook is an address that gets the changes it asked for. Its secret is never
// shown again after it was made.
type Hook struct {
	ID        int64         `json:"hook"`
	Kind      string        `json:"kind"` // log or gateway
	URL       string        `json:"url"`
	Events    []string      `json:"events"`   // empty is every act about a work
	Position  int64         `json:"position"` // last row of the log turned into messages
	Counts    map[State]int `json:"messages"`
	CreatedAt time.Time     `json:"created_at"`
}

// NewHook is what is needed to add one.
type NewHook struct {
	URL    string
	Secret string   // "" makes one
	Events []string // acts of the log; empty is every act about a work
	After  int64    // row of the log to begin after; -1 begins with what comes next
	// Gateway makes it one that gets notices of cases, for SMS or an office
	// application, instead of the log. Events and After then mean nothing.
	Gateway bool
}

// Kinds of hooks. The names stand in rows: add, never rename.
const (
	kindLog     = "log"
	kindGateway = "gateway"
)

func (h NewHook) kind() string {
	if h.Gateway {
		return kindGateway
	}
	return kindLog
}

// acts are the events a hook may ask for.
var acts = []publication.Act{publication.Release, publication.Update, publication.Withdraw, publication.Restore, publication.Fact, publication.Expunge, publication.Merge, publication.Seal}

// shortestSecret is the length below which a secret could be guessed.
const shortestSecret = 16

// AddHook enters a hook and returns it with its secret, which is shown once.
func (n *Notifier) AddHook(ctx context.Context, h NewHook, actor string) (id int64, secret string, err error) {
	defer fault.Wrap(&err, "notify.AddHook")
	if err := n.checkHook(&h); err != nil {
		return 0, "", err
	}
	if h.Secret == "" {
		if h.Secret, err = token(32); err != nil {
			return 0, "", err
		}
	}
	err = n.db.Tx(ctx, func(tx *sql.Tx) error {
		head, err := publication.HeadSeq(ctx, tx)
		if err != nil {
			return err
		}
		if h.After > head {
			return fault.Field("notify.AddHook", "after", "after：%d 超过了目前的最新序号 %d。", h.After, head)
		}
		after := h.After
		if after < 0 {
			after = head
		}
		if err := tx.QueryRowContext(ctx, `
			INSERT INTO hooks (kind, url, secret, events, state, position, created_at) VALUES ($1, $2, $3, $4, 'active', $5, $6) RETURNING id`,
			h.kind(), h.URL, h.Secret, strings.Join(h.Events, ","), after, n.now().UnixMicro()).Scan(&id); err != nil {
			return err
		}
		return n.record(ctx, tx, actor, id, "登记推送地址")
	})
	return id, h.Secret, store.Sentence("notify.AddHook", err)
}

func (n *Notifier) checkHook(h *NewHook) error {
	const op = "notify.checkHook"
	u, err := url.Parse(h.URL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || len(h.URL) > 2000:
		return fault.Field(op, "url", "url：请写完整的地址，以 https:// 或 http:// 开头。")
	case u.User != nil || u.Fragment != "":
		return fault.Field(op, "url", "url：地址里不能有用户名、口令或者 # 号。")
	case h.Secret != "" && len(h.Secret) < shortestSecret:
		return fault.Field(op, "secret", "secret：密钥至少要 %d 个字符；不写就由系统生成。", shortestSecret)
	case h.Gateway && len(h.Events) > 0:
		return fault.Field(op, "events", "events：短信网关和办公应用收的是办件通知，不能再选公开事项。")
	}
	if p := u.Port(); p != "" {
		if port, err := strconv.ParseUint(p, 10, 16); err != nil || port == 0 {
			return fault.Field(op, "url", "url：端口不对。")
		}
	}
	if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !reachable(ip, n.config.Allow) {
		return fault.Field(op, "url", "url：不能向内部网络的地址推送；确有需要，请管理员在配置中放行这个网段。")
	}
	for _, e := range h.Events {
		if !slices.Contains(acts, publication.Act(e)) {
			return fault.Field(op, "events", "events：没有“%s”这种事件；可用的有 %s。", e, eventNames())
		}
	}
	return nil
}

func eventNames() string {
	names := make([]string, len(acts))
	for i, a := range acts {
		names[i] = string(a) + "（" + a.Chinese() + "）"
	}
	return strings.Join(names, "、")
}

func (n *Notifier) record(ctx context.Context, tx *sql.Tx, actor string, id int64, what string) error {
	return audit.Record(ctx, tx, audit.Event{At: n.now(), Actor: actor, Act: audit.Configure, Target: fmt.Sprintf("hook:%d", id), Outcome: audit.Done, Detail: what})
}

// Hooks lists the hooks in use, with what became of their messages.
func (n *Notifier) Hooks(ctx context.Context) (out []Hook, err error) {
	defer fault.Wrap(&err, "notify.Hooks")
	err = n.db.Snapshot(ctx, func(q *sql.Tx) error {
		out = nil
		rows, err := q.QueryContext(ctx, `SELECT id, kind, url, events, position, created_at FROM hooks WHERE state = 'active' ORDER BY id`)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			h := Hook{Events: []string{}, Counts: map[State]int{}}
			var events string
			var at int64
			if err := rows.Scan(&h.ID, &h.Kind, &h.URL, &events, &h.Position, &at); err != nil {
				return err
			}
			if events != "" {
				h.Events = strings.Split(events, ",")
			}
			h.CreatedAt = time.UnixMicro(at).UTC()
			out = append(out, h)
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return countMessages(ctx, q, out)
	})
	return out, err
}

func countMessages(ctx context.Context, q *sql.Tx, hooks []Hook) error {
	rows, err := q.QueryContext(ctx, `SELECT hook_id, state, COUNT(*) FROM outbox WHERE hook_id IS NOT NULL GROUP BY hook_id, state`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var s State
		var count int
		if err := rows.Scan(&id, &s, &count); err != nil {
			return err
		}
		for i := range hooks {
			if hooks[i].ID == id {
				hooks[i].Counts[s] = count
			}
		}
	}
	return rows.Err()
}

// RemoveHook ends a hook: what waits for it is cancelled, its secret forgotten.
func (n *Notifier) RemoveHook(ctx context.Context, id int64, actor string) (err error) {
	defer fault.Wrap(&err, "notify.RemoveHook(%d)", id)
	return n.db.Tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE hooks SET state = 'removed', secret = '' WHERE id = $1 AND state = 'active'`, id)
		if err != nil {
			return err
		}
		if k, err := res.RowsAffected(); err != nil || k == 0 {
			if err == nil {
				err = fault.Newf(fault.NotFound, "notify.RemoveHook", "没有编号为 %d 的推送地址。", id)
			}
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE outbox SET state = 'cancelled', done_at = $1 WHERE hook_id = $2 AND state = 'waiting'`, n.now().UnixMicro(), id); err != nil {
			return err
		}
		return n.record(ctx, tx, actor, id, "撤销推送地址")
	})
}
