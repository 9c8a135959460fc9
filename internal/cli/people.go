package cli

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/app"
	"gongkai/internal/fault"
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
