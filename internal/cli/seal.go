package cli

import (
	"time"

	"gongkai/internal/app"
	"gongkai/internal/notify"
	"gongkai/internal/org"
)

type sealCmd struct {
	Set    sealSetCmd    `cmd:"" help:"登记一个机关的电子印章服务。"`
	List   sealListCmd   `cmd:"" help:"列出电子印章服务。"`
	Remove sealRemoveCmd `cmd:"" help:"撤销一个机关的电子印章服务。"`
}

type sealSetCmd struct {
	Organ string `arg:"" help:"机关代码。"`
	URL   string `arg:"" help:"电子印章服务的 http(s) 地址。"`
}

// Run enters the seal service of an organ, or changes it, and prints the
// secret, which is shown only now.
func (c *sealSetCmd) Run(r *run) error {
	return r.with(func(a *app.App) error {
		hooks, err := a.Hooks(r.ctx)
		if err != nil {
			return err
		}
		organ, err := org.ByCode(r.ctx, a.DB.Reader(), c.Organ)
		if err != nil {
			return err
		}
		secret, err := hooks.SetSealService(r.ctx, notify.NewSealService{Organ: organ, URL: c.URL}, a.Config.Actor)
		if err != nil {
			return err
		}
		return r.print(map[string]any{"organ": c.Organ, "url": c.URL, "secret": secret})
	})
}

type sealListCmd struct{}

// Run prints the seal services, without their secrets.
func (c *sealListCmd) Run(r *run) error {
	return r.reading(func(a *app.App) error {
		hooks, err := a.Hooks(r.ctx)
		if err != nil {
			return err
		}
		list, err := hooks.SealServices(r.ctx)
		if err != nil {
			return err
		}
		for _, s := range list {
			if err := r.print(map[string]any{"organ": s.Code, "url": s.URL, "since": s.CreatedAt.Format(time.RFC3339)}); err != nil {
				return err
			}
		}
		return nil
	})
}

type sealRemoveCmd struct {
	Organ string `arg:"" help:"机关代码。"`
}

// Run removes the seal service of an organ.
func (c *sealRemoveCmd) Run(r *run) error {
	return r.reading(func(a *app.App) error {
		hooks, err := a.Hooks(r.ctx)
		if err != nil {
			return err
		}
		organ, err := org.ByCode(r.ctx, a.DB.Reader(), c.Organ)
		if err != nil {
			return err
		}
		if err := hooks.RemoveSealService(r.ctx, organ, a.Config.Actor); err != nil {
			return err
		}
		return r.print(map[string]any{"organ": c.Organ, "removed": true})
	})
}
