package cli

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/app"
	"gongkai/internal/fault"
	"gongkai/internal/notify"
)

type userCmd struct {
	Add userAddCmd `cmd:"" help:"新增账号，口令从标准输入读一行。"`
}

type userAddCmd struct {
	Name  string `help:"姓名。" required:""`
	Login string `help:"登录名。" required:""`
	Role  string `help:"角色，如 clerk、library_manager。" required:""`
	Organ string `help:"机关代码；角色在这个机关及其下级有效。" required:""`
}

// Run enters an account as the operator at the machine.
func (c *userAddCmd) Run(r *run) error {
	role, ok := access.RoleNamed(c.Role)
	if !ok {
		return fault.Field("cli.userAdd", "role", "--role：没有“%s”这个角色。", c.Role)
	}
	password, err := bufio.NewReader(io.LimitReader(r.in, 4096)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	return r.with(func(a *app.App) error {
		err := a.Access.AddUser(r.ctx, a.Config.Actor, access.NewPerson{Login: c.Login, Name: c.Name, Organ: c.Organ,
			Grants: []access.GrantSpec{{Role: role, Organ: c.Organ}}, Password: strings.TrimRight(password, "\r\n")})
		if err != nil {
			return err
		}
		return r.print(map[string]any{"login": c.Login, "role": role, "organ": c.Organ})
	})
}

type hookCmd struct {
	Add    hookAddCmd    `cmd:"" help:"新增一个通知地址，变化时推送。"`
	List   hookListCmd   `cmd:"" help:"列出通知地址。"`
	Remove hookRemoveCmd `cmd:"" help:"删除一个通知地址。"`
}

type hookAddCmd struct {
	URL    string   `arg:"" help:"接收通知的 http(s) 地址。"`
	Events []string `help:"只通知这些事项：release update expunge …，不写则全部。"`
	// Notices of cases go to gateways, changes of published works to the rest.
	Gateway bool  `help:"短信网关或办公应用：推送办件通知（编号、登录名、种类），不推送公开内容的变化。"`
	After   int64 `help:"从日志的哪一行之后开始；-1 是从现在开始。" default:"-1"`
}

// Run adds a hook and prints its secret, which is shown only now.
func (c *hookAddCmd) Run(r *run) error {
	return r.with(func(a *app.App) error {
		hooks, err := a.Hooks(r.ctx)
		if err != nil {
			return err
		}
		id, secret, err := hooks.AddHook(r.ctx, notify.NewHook{URL: c.URL, Events: c.Events, After: c.After, Gateway: c.Gateway}, a.Config.Actor)
		if err != nil {
			return err
		}
		return r.print(map[string]any{"hook": id, "url": c.URL, "secret": secret})
	})
}

type hookListCmd struct{}

// Run prints the hooks with what they have still to send.
func (c *hookListCmd) Run(r *run) error {
	return r.reading(func(a *app.App) error {
		hooks, err := a.Hooks(r.ctx)
		if err != nil {
			return err
		}
		list, err := hooks.Hooks(r.ctx)
		if err != nil {
			return err
		}
		for _, h := range list {
			if err := r.print(h); err != nil {
				return err
			}
		}
		return nil
	})
}

type hookRemoveCmd struct {
	Hook int64 `arg:"" help:"通知地址的编号。"`
}

// Run removes a hook.
func (c *hookRemoveCmd) Run(r *run) error {
	return r.reading(func(a *app.App) error {
		hooks, err := a.Hooks(r.ctx)
		if err != nil {
			return err
		}
		if err := hooks.RemoveHook(r.ctx, c.Hook, a.Config.Actor); err != nil {
			return err
		}
		return r.print(map[string]any{"hook": c.Hook, "removed": true})
	})
}

type routesCmd struct{}

// Run prints every address with the status that each role gets, one a line.
func (c *routesCmd) Run(r *run) error {
	return r.with(func(a *app.App) error {
		routes, err := a.Routes()
		if err != nil {
			return err
		}
		for _, route := range routes {
			if err := r.print(route); err != nil {
				return err
			}
		}
		return nil
	})
}
