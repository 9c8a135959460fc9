package app

import (
	"context"
	"database/sql"

	"gongkai/internal/casework"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/jobs"
	"gongkai/internal/notify"
	"gongkai/internal/paper"
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
		Outside: func(ctx context.Context, id string, number int64) (notify.Outside, error) {
			m, err := a.Requests.MailOf(ctx, id, number, a.Config.BaseURL)
			return notify.Outside(m), err
		},
		Seal: notify.Sealing{
			Paper: func(ctx context.Context, letter int64) (p notify.Paper, err error) {
				p.Organ, p.PDF, err = a.Requests.SealPaper(ctx, letter)
				return p, err
			},
			Take: a.Requests.TakeSealed,
		}}, a.Now, a.Log)
	return a.hooks, nil
}

// postman takes the mails to applicants, and letters to be sealed. It never opens the queue by itself:
// it is called inside a transaction.
type postman struct{ a *App }

func (p postman) PostOutside(ctx context.Context, tx *sql.Tx, id string, number int64) error {
	hooks, err := p.running("发信服务还没有启动，请稍后再试。")
	if err != nil {
		return err
	}
	return hooks.PostOutside(ctx, tx, id, number)
}

func (p postman) PostSeal(ctx context.Context, tx *sql.Tx, organ, letter int64) error {
	hooks, err := p.running("请求电子印章的服务还没有启动，请稍后再试。")
	if err != nil {
		return err
	}
	return hooks.PostSeal(ctx, tx, organ, letter)
}

func (p postman) running(otherwise string) (*notify.Notifier, error) {
	p.a.mu.Lock()
	defer p.a.mu.Unlock()
	if p.a.hooks == nil {
		return nil, fault.New(fault.Unavailable, "app.running", otherwise)
	}
	return p.a.hooks, nil
}

// printPDF prints a letter with the font of this machine.
func printPDF(doc docfile.DocxContent) ([]byte, error) {
	p, err := paper.Load()
	if err != nil {
		return nil, err
	}
	return p.PDF(doc)
}
