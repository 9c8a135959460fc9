package app

import (
	"context"
	"database/sql"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/jobs"
	"gongkai/internal/notify"
	"gongkai/internal/release"
	"gongkai/internal/store"
)

// Hooks opens the queue and what tells other systems of changes, when they are
// first needed: commands that only read never touch the queue's tables.
func (a *App) Hooks(ctx context.Context) (*notify.Notifier, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.hooks != nil {
		return a.hooks, nil
	}
	q, err := jobs.Open(ctx, a.DB, store.Config{DataDir: a.Config.DataDir, URL: a.Config.Database}, jobs.Config{}, a.Log)
	if err != nil {
		return nil, err
	}
	jobs.Housekeeping(q, a.Now)
	a.queue, a.hooks = q, notify.New(a.DB, q, notify.Config{
		Answered: func(ctx context.Context, tx *sql.Tx, work int64, edition int, x notify.Answer) error {
			return a.Releases.ChannelAnswered(ctx, tx, work, edition, release.Channel{Name: x.Channel, State: x.State, Address: x.Address, Note: x.Note})
		},
		Allow: a.Config.HookNetworks, Mail: a.Config.Mail, Vault: a.Vault, BaseURL: a.Config.BaseURL,
		Sentence: func(caseKind, notice, number, title string) string {
			return a.Cases.NoticeText(casework.Kind(caseKind), notice, number, title)
		},
		Outside: func(ctx context.Context, number int64) (notify.Outside, error) {
			m, err := a.Requests.MailOf(ctx, number, a.Config.BaseURL)
			return notify.Outside(m), err
		}}, a.Now, a.Log)
	return a.hooks, nil
}

// postman takes the mails to applicants. It never opens the queue by itself:
// it is called inside a transaction.
type postman struct{ a *App }

func (p postman) PostOutside(ctx context.Context, tx *sql.Tx, id string, number int64) error {
	p.a.mu.Lock()
	hooks := p.a.hooks
	p.a.mu.Unlock()
	if hooks == nil {
		return fault.New(fault.Unavailable, "app.PostOutside", "发信服务还没有启动，请稍后再试。")
	}
	return hooks.PostOutside(ctx, tx, id, number)
}
