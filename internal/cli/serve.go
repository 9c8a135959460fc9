package cli

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"

	"gongkai/internal/app"
	"gongkai/internal/fault"
)

type serveCmd struct {
	Addr    string `help:"监听地址；:8080 同时支持 IPv4 和 IPv6。" default:":8080" env:"GONGKAI_ADDR"`
	BaseURL string `help:"公众看到的网址，如 https://www.example.gov.cn。" env:"GONGKAI_BASE_URL"`
	mailFlags
}

// Run serves until it is told to stop.
func (c *serveCmd) Run(r *run) error {
	mail, err := c.mailer()
	if err != nil {
		return err
	}
	return r.with(func(a *app.App) error {
		a.Config.BaseURL, a.Config.Mail = c.BaseURL, mail
		r.log.Info("config", "data", r.globals.Data, "database", mask(r.globals.Database), "index", r.globals.Index,
			"log_key", r.globals.LogKey, "as", r.globals.As, "addr", c.Addr, "base_url", c.BaseURL, "build", app.Build)
		if _, err := a.Documents.EnsureSite(r.ctx); err != nil {
			return err
		}
		return serve(r, a, c.Addr, nil)
	})
}

// serve listens first, so that a taken address is told before anything starts.
func serve(r *run, a *app.App, addr string, ready func(address string) error) error {
	l, err := app.Listen(addr)
	if err != nil {
		return err
	}
	h, err := a.Handler()
	if err != nil {
		return errors.Join(err, l.Close())
	}
	roomForGarbage()
	r.log.Info("serving", "addr", l.Addr().String())
	if ready != nil {
		if err := ready("http://" + l.Addr().String()); err != nil {
			return errors.Join(err, l.Close())
		}
	}
	return a.Serve(r.ctx, l, h)
}

// Most of what a request allocates dies with it, so a server spends less on
// collecting when it does so seldom; up to a soft limit, above which memory is
// dearer than time.
const (
	garbagePercent = 400
	memoryLimit    = 1 << 30
)

// roomForGarbage lets the heap grow, unless GOGC or GOMEMLIMIT say otherwise.
func roomForGarbage() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(garbagePercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// mask hides the password of a database address.
func mask(dsn string) string {
	if dsn == "" {
		return ""
	}
	u, err := url.Parse(dsn)
	if err != nil {
		return "***"
	}
	return u.Redacted()
}

type demoCmd struct {
	Addr  string `help:"监听地址。" default:"127.0.0.1:8080"`
	Dir   string `help:"演示资料放在哪个文件夹。" placeholder:"DIR"`
	Fresh bool   `help:"先清空演示资料再装入。"`
}

// Run serves at once; the city, its sign-ins and its documents are entered
// behind the pages. The sign-ins are printed when they are there.
func (c *demoCmd) Run(r *run) error {
	if c.Dir == "" {
		c.Dir = r.globals.Data
	}
	if c.Fresh && r.globals.Database != "" {
		return fault.Field("cli.demo", "fresh", "--fresh 只能清空演示文件夹，不能清空数据库。")
	}
	dir, err := demoDir(c.Dir)
	if err != nil {
		return err
	}
	if c.Fresh {
		if err := clearDemo(dir); err != nil {
			return err
		}
	}
	g := *r.globals
	if g.Database == "" {
		g.Data = dir
	}
	r.globals = &g
	return r.with(func(a *app.App) error {
		filled := make(chan struct{})
		started := false
		err := serve(r, a, c.Addr, func(address string) error {
			fmt.Fprintf(r.errs, "\n  清河市政府信息公开（演示）已经打开：%s/\n  资料在 %s，按 Ctrl+C 停止。\n\n", address, dir)
			started = true
			go func() {
				defer close(filled)
				c.fill(r, a, dir, address)
			}()
			return nil
		})
		if started {
			<-filled // the library closes only when nothing writes any more
		}
		return err
	})
}

// fill loads the story city; being stopped in the middle is no fault, the next
// start goes on.
func (c *demoCmd) fill(r *run, a *app.App, dir, address string) {
	err := c.accounts(r, a, dir, address)
	if err == nil {
		err = a.FillDemo(r.ctx)
	}
	if err != nil && r.ctx.Err() == nil {
		r.log.Error("demo", "err", err)
	}
}

// accounts enters the city and its sign-ins and prints them. The password is
// made once for a demo folder and kept there.
func (c *demoCmd) accounts(r *run, a *app.App, dir, address string) error {
	file := filepath.Join(dir, "demo-password")
	kept, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	list, err := a.SeedDemo(r.ctx, string(kept))
	if err != nil {
		return err
	}
	if len(kept) == 0 && len(list) > 0 {
		if err := os.WriteFile(file, []byte(list[0].Password), 0o600); err != nil {
			return err
		}
	}
	if err := r.print(map[string]any{"accounts": list, "address": address + "/"}); err != nil {
		return err
	}
	fmt.Fprintf(r.errs, "  登录 %s/signin ，账号 demo-library-manager 等，口令 %s\n\n", address, list[0].Password)
	return r.out.Flush()
}

// demoMark names a folder that the demo made and may therefore empty.
const demoMark = "gongkai-demo"

func demoDir(dir string) (string, error) {
	if dir == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return "", &fault.Error{Kind: fault.Unavailable, Op: "cli.demoDir", Err: err, Text: "找不到存放演示资料的文件夹，请用 --dir 指定。"}
		}
		dir = filepath.Join(cache, "gongkai", "demo")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", &fault.Error{Kind: fault.Unavailable, Op: "cli.demoDir", Err: err, Text: dir + "：不能建立这个文件夹。"}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "", err
	}
	mark := filepath.Join(dir, demoMark)
	if _, err := os.Stat(mark); err == nil {
		return dir, nil
	}
	if len(entries) > 0 {
		return "", fault.Newf(fault.Conflict, "cli.demoDir", "%s 里已有别的内容，不是演示资料；请换一个空文件夹。", dir)
	}
	return dir, os.WriteFile(mark, []byte("演示资料，可以随时删除。\n"), 0o644)
}

// clearDemo empties a folder that carries the demo's mark.
func clearDemo(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Name() == demoMark {
			continue
		}
		if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}
