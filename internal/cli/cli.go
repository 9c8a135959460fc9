// Package cli is the promised command line: one file a subcommand. Commands
// print JSON, one object a line, on standard output; progress and errors go to
// standard error. Exit 0 done, 1 refused or faults found, 2 wrong usage.
package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"strings"

	"github.com/alecthomas/kong"

	"gongkai/internal/app"
	"gongkai/internal/document"
	"gongkai/internal/fault"
)

// Exit codes.
const (
	exitDone    = 0
	exitRefused = 1
	exitUsage   = 2
)

// errFaults ends a command that found faults and has printed them.
var errFaults = errors.New("faults found")

// Globals is what every command takes.
type Globals struct {
	Data           string   `help:"资料库文件夹（SQLite），默认 gongkai-data。" placeholder:"DIR" env:"GONGKAI_DATA" `
	Database       string   `help:"PostgreSQL 地址，给出时不用 --data。" placeholder:"URL" env:"GONGKAI_DATABASE"`
	Index          string   `help:"本机检索索引的文件夹。" placeholder:"DIR" env:"GONGKAI_INDEX"`
	LogKey         string   `help:"存证签名私钥文件。" placeholder:"FILE" env:"GONGKAI_LOG_KEY"`
	VaultKey       string   `help:"个人信息的密钥文件；不写则放在资料库文件夹的 keys 里，用 PostgreSQL 时放在数据库里。" placeholder:"FILE" env:"GONGKAI_VAULT_KEY"`
	As             string   `help:"以谁的名义操作，写入审计记录。" placeholder:"LOGIN" default:"console" env:"GONGKAI_AS"`
	JSON           bool     `help:"输出 JSON（本命令的输出总是 JSON，一行一个）。" name:"json"`
	HookNetworks   []string `help:"通知可以到达的内部网段，如 10.0.0.0/8。" placeholder:"CIDR" env:"GONGKAI_HOOK_NETWORKS"`
	TrustedProxies []string `help:"可信的反向代理网段，按它们转告的地址限流。" placeholder:"CIDR" env:"GONGKAI_TRUSTED_PROXIES"`
	Clamd          string   `help:"病毒扫描服务 clamd 的地址，如 unix:/run/clamav/clamd.ctl 或 127.0.0.1:3310；给出后，没有扫过的文件不保存。" placeholder:"ADDR" env:"GONGKAI_CLAMD"`
	LogLevel       string   `help:"日志级别：debug info warn error。" enum:"debug,info,warn,error" default:"info" env:"GONGKAI_LOG_LEVEL"`
}

type root struct {
	Globals
	Config kong.ConfigFlag `help:"配置文件（JSON，键与选项同名）。" placeholder:"FILE" env:"GONGKAI_CONFIG"`

	Demo    demoCmd    `cmd:"" help:"演示：装入虚构的清河市和真实文件，立即可看。"`
	Serve   serveCmd   `cmd:"" help:"运行一个节点。"`
	Migrate migrateCmd `cmd:"" help:"建立或升级资料库。"`
	Import  importCmd  `cmd:"" help:"导入。"`
	Show    showCmd    `cmd:"" help:"显示一份文件某日的文本与效力。"`
	Extract extractCmd `cmd:"" help:"从文件中读出标题、文号、机关、日期等。"`
	Redact  redactCmd  `cmd:"" help:"遮盖文件里的词语或位置，生成一份恢复不了原文的新文件。"`
	Search  searchCmd  `cmd:"" help:"检索。"`
	Compare compareCmd `cmd:"" help:"比较同一文件的两个版本。"`
	Verify  verifyCmd  `cmd:"" help:"核验存证、文件、索引与计数。"`
	Backup  backupCmd  `cmd:"" help:"备份整个资料库，服务时也可进行。"`
	Restore restoreCmd `cmd:"" help:"把备份恢复到空的资料库。"`
	User    userCmd    `cmd:"" help:"账号。"`
	Hook    hookCmd    `cmd:"" help:"变化通知。"`
	Seal    sealCmd    `cmd:"" help:"电子印章服务。"`
	Vault   vaultCmd   `cmd:"" help:"个人信息的加密密钥。"`
	Routes  routesCmd  `cmd:"" help:"列出全部地址和各角色得到的结果。"`
	Expunge expungeCmd `cmd:"" help:"依法清除一份文件或其一个版本，只留记录。"`

	Deadline  deadlineCmd  `cmd:"" help:"计算法定期限，逐行说明。"`
	Proofread proofreadCmd `cmd:"" help:"检查一份文件：格式、引用、错字、个人信息。有必须改正的问题时退出码为 1。"`
	Pii       piiCmd       `cmd:"" help:"找出一份文件里的个人信息，一行一处。有确定的个人信息时退出码为 1。"`
}

// run is what a command gets.
type run struct {
	ctx     context.Context
	globals *Globals
	in      io.Reader
	out     *bufio.Writer
	errs    io.Writer
	now     app.Clock
	log     *slog.Logger
}

// Main runs a command line and returns the exit code.
func Main(ctx context.Context, args []string, in io.Reader, out, errs io.Writer, now app.Clock) int {
	var cmd root
	exited := -1
	parser, err := kong.New(&cmd,
		kong.Name("gongkai"), kong.Description("公开：政务公开系统。"),
		kong.Writers(out, errs), kong.UsageOnError(),
		kong.Configuration(kong.JSON),
		kong.Exit(func(code int) { exited = code }))
	if err != nil {
		fmt.Fprintln(errs, err)
		return exitUsage
	}
	kctx, err := parser.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintln(errs, "用法不对：", err)
		fmt.Fprintln(errs, "用 gongkai --help 查看命令，用 gongkai 命令 --help 查看选项。")
		return exitUsage
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(cmd.LogLevel)); err != nil {
		fmt.Fprintln(errs, err)
		return exitUsage
	}
	logs := app.BufferLog(errs)
	r := &run{ctx: ctx, globals: &cmd.Globals, in: in, out: bufio.NewWriter(out), errs: errs, now: now, log: logs.Logger(level)}
	err = kctx.Run(r)
	logs.Close()
	if e := r.out.Flush(); err == nil {
		err = e
	}
	return r.exit(err)
}

func (r *run) exit(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errFaults):
		return exitRefused
	case r.ctx.Err() != nil && errors.Is(err, context.Canceled):
		fmt.Fprintln(r.errs, "已停止。")
		return exitRefused
	}
	fmt.Fprintln(r.errs, "错误：", fault.Text(err))
	if wrongUsage(err) {
		return exitUsage
	}
	if fault.KindOf(err) == fault.Internal || r.globals.LogLevel == "debug" {
		fmt.Fprintln(r.errs, "详情：", err)
	}
	return exitRefused
}

// defaultData is where a library lies that no flag names.
const defaultData = "gongkai-data"

// open opens the library that the flags name. Commands that only read refuse a
// folder without a library: a mistyped name must not look like an empty one.
func (r *run) open(mustExist bool) (*app.App, error) {
	g := r.globals
	if g.Data == "" {
		g.Data = defaultData
	}
	if mustExist && g.Database == "" {
		if _, err := os.Stat(filepath.Join(g.Data, "gongkai.db")); err != nil {
			return nil, &fault.Error{Kind: fault.NotFound, Op: "cli.open", Err: err, Text: g.Data + "：这个文件夹里没有资料库，请检查 --data。"}
		}
	}
	hooks, err := networks("hook-networks", g.HookNetworks)
	if err != nil {
		return nil, err
	}
	proxies, err := networks("trusted-proxies", g.TrustedProxies)
	if err != nil {
		return nil, err
	}
	return app.Open(r.ctx, app.Config{HookNetworks: hooks, TrustedProxies: proxies, Clamd: g.Clamd, DataDir: g.Data, Database: g.Database, IndexDir: g.Index, LogKey: g.LogKey, VaultKey: g.VaultKey, Actor: g.As}, r.log, r.now)
}

// networks reads address ranges.
func networks(flag string, list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			return nil, fault.Field("cli.networks", flag, "--%s：“%s”不是网段，请写成 10.0.0.0/8 这样。", flag, s)
		}
		out = append(out, p)
	}
	return out, nil
}

// with opens a library, making it when it is not there, runs fn and closes it.
func (r *run) with(fn func(a *app.App) error) error { return r.use(false, fn) }

// reading is with for commands that need a library that is there.
func (r *run) reading(fn func(a *app.App) error) error { return r.use(true, fn) }

func (r *run) use(mustExist bool, fn func(a *app.App) error) error {
	a, err := r.open(mustExist)
	if err != nil {
		return err
	}
	return errors.Join(fn(a), a.Close())
}

// print writes one line of JSON.
func (r *run) print(v any) error {
	b, err := document.Line(v)
	if err != nil {
		return err
	}
	_, err = r.out.Write(b)
	return err
}

// openInput opens a file, or standard input for "-".
func (r *run) openInput(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(r.in), nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, &fault.Error{Kind: fault.NotFound, Op: "cli.openInput", Err: err, Text: name + "：文件打不开。"}
	}
	return f, nil
}

// wrongUsage tells a flag that this package refused from input that the
// library refused.
func wrongUsage(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind == fault.Invalid && strings.HasPrefix(f.Op, "cli.")
}
