package app

import (
	"context"

	"gongkai/internal/casework"
	"gongkai/internal/jobs"
	"gongkai/internal/notify"
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
		Allow: a.Config.HookNetworks, Mail: a.Config.Mail, Vault: a.Vault, BaseURL: a.Config.BaseURL,
		Sentence: func(caseKind, notice, number, title string) string {
			return a.Cases.NoticeText(casework.Kind(caseKind), notice, number, title)
		}}, a.Now, a.Log)
	return a.hooks, nil
}
