package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"gongkai/internal/app"
	"gongkai/internal/document"
	"gongkai/internal/exchange"
	"gongkai/internal/fault"
)

type importSiteCmd struct {
	URL          string        `arg:"" help:"旧网站政策栏目的网址；只取同一网站、这个文件夹之下的网页。"`
	Source       string        `help:"来源的名称，默认是旧网站的域名；同一来源、同一网址认定同一份文件。"`
	Columns      []string      `help:"只导入这些旧栏目：名称，或以 / 开头的路径，* 代表任意文字；写成 旧栏目=代码 时放进我们的那个栏目。" placeholder:"PATTERN"`
	ColumnMap    string        `help:"栏目对照文件：一行一个“旧栏目=代码”，# 开头的行是说明。" placeholder:"FILE"`
	State        string        `help:"draft 存为草稿，published 直接公开。" enum:"draft,published" default:"draft"`
	Organ        string        `help:"作品归属机关的代码。"`
	MaxPages     int           `help:"一轮最多取多少网页（附件不计）。" default:"2000"`
	MaxDepth     int           `help:"离起始页最多几层链接（翻页不计）。" default:"12"`
	MaxBytes     int64         `help:"一轮最多取多少 MB。" default:"20480"`
	Delay        time.Duration `help:"两次访问之间至少间隔多久；旧站 robots.txt 要求更久时照它的。" default:"1s"`
	Timeout      time.Duration `help:"一次访问最多等多久。" default:"60s"`
	Resume       bool          `help:"只做完上一次没做完的，不重新查看已取过的网页。"`
	AllowPrivate bool          `help:"允许访问本机和内部网络的网址。"`
	Report       bool          `help:"不访问旧站，只报告取到了什么、少了什么。"`
}

// Run fetches the site, then imports what is new: a line a document, then the totals.
func (c *importSiteCmd) Run(r *run) error {
	opts, err := c.options(r)
	if err != nil {
		return err
	}
	return r.with(func(a *app.App) error {
		if err := c.columnsExist(r.ctx, a, opts.Columns); err != nil {
			return err
		}
		site, err := exchange.Open(r.ctx, a.DB, opts)
		if err != nil {
			return err
		}
		if c.Report {
			report, err := site.Report(r.ctx)
			if err != nil {
				return err
			}
			return r.print(report)
		}
		fetchErr := site.Fetch(r.ctx)
		if fetchErr != nil && r.ctx.Err() != nil {
			return fetchErr
		}
		// What was fetched before the site failed is imported all the same.
		return errors.Join(fetchErr, c.take(r, a, site), r.sayMissing(site))
	})
}

// sayMissing names on the error stream what the documents do not tell: pages
// that did not come, with the first reason and an address.
func (r *run) sayMissing(site *exchange.Site) error {
	report, err := site.Report(r.ctx)
	if err != nil {
		return err
	}
	for _, group := range []struct {
		what string
		list []exchange.Reason
	}{{"没有取到", report.Failed}, {"按规则跳过", report.Skipped}} {
		for _, why := range group.list {
			fmt.Fprintf(r.errs, "%s %d 个网页：%s，如 %s。\n", group.what, why.Pages, why.Reason, why.Example)
		}
	}
	return nil
}

func (c *importSiteCmd) options(r *run) (o exchange.Options, err error) {
	if c.MaxPages < 1 || c.MaxDepth < 1 || c.MaxBytes < 1 || c.Timeout <= 0 || c.Delay < 0 {
		return o, fault.New(fault.Invalid, "cli.importSite", "--max-pages、--max-depth、--max-bytes、--timeout 应当大于零，--delay 不能为负。")
	}
	o = exchange.Options{Start: c.URL, Source: c.Source, Publish: c.State == "published", Resume: c.Resume, MustExist: c.Report, AllowPrivate: c.AllowPrivate,
		MaxPages: c.MaxPages, MaxDepth: c.MaxDepth, MaxBytes: c.MaxBytes << 20, Timeout: c.Timeout, Delay: c.Delay,
		Say: func(line string) { fmt.Fprintln(r.errs, line) }}
	for _, p := range c.Columns {
		pattern, code, _ := strings.Cut(p, "=")
		o.Columns = append(o.Columns, exchange.ColumnRule{Pattern: strings.TrimSpace(pattern), Code: strings.TrimSpace(code)})
	}
	if c.ColumnMap == "" {
		return o, nil
	}
	mapped, err := c.readMap(r)
	if err != nil {
		return o, err
	}
	if len(c.Columns) == 0 {
		mapped = append(mapped, exchange.ColumnRule{Pattern: "*"}) // a map alone leaves nothing out
	}
	o.Columns = append(mapped, o.Columns...)
	return o, nil
}

// readMap reads 旧栏目=代码 lines. Errors name file and line.
func (c *importSiteCmd) readMap(r *run) (rules []exchange.ColumnRule, err error) {
	in, err := r.openInput(c.ColumnMap)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, code, ok := strings.Cut(line, "=")
		if name, code = strings.TrimSpace(name), strings.TrimSpace(code); !ok || name == "" || code == "" {
			return nil, fault.Newf(fault.Invalid, "cli.importSite", "%s 第 %d 行：应写成“旧栏目=代码”。", c.ColumnMap, n)
		}
		rules = append(rules, exchange.ColumnRule{Pattern: name, Code: code})
	}
	if err := lines.Err(); err != nil {
		return nil, &fault.Error{Kind: fault.Invalid, Op: "cli.importSite", Err: err, Text: c.ColumnMap + "：文件读不出来。"}
	}
	return rules, nil
}

// columnsExist refuses a wrong code before hours of fetching, not after.
func (c *importSiteCmd) columnsExist(ctx context.Context, a *app.App, rules []exchange.ColumnRule) error {
	if _, err := a.Documents.EnsureSite(ctx); err != nil {
		return err
	}
	tree, err := a.Documents.Columns(ctx)
	if err != nil {
		return err
	}
	known := map[string]bool{"": true}
	var walk func([]document.Column)
	walk = func(list []document.Column) {
		for _, col := range list {
			known[col.Code] = true
			walk(col.Children)
		}
	}
	walk(tree)
	for _, rule := range rules {
		if !known[rule.Code] {
			return fault.Newf(fault.Invalid, "cli.importSite", "没有代码为“%s”的栏目（旧栏目“%s”）。", rule.Code, rule.Pattern)
		}
	}
	return nil
}

// take imports what the crawl laid aside and prints every document.
func (c *importSiteCmd) take(r *run, a *app.App, site *exchange.Site) error {
	known, err := site.Known(r.ctx)
	if err != nil {
		return err
	}
	for _, k := range known {
		line := document.ImportLine{File: k.URL, ExternalID: k.URL, State: document.Unchanged}
		if k.Work != 0 {
			line.Work = &k.Work
		}
		if err := r.print(line); err != nil {
			return err
		}
	}
	next, err := site.Items(r.ctx)
	if err != nil {
		return err
	}
	sum, err := a.Documents.Import(r.ctx, siteSource(next), document.ImportOptions{Source: site.Source(), OrganCode: c.Organ,
		Publish: c.State == "published", Actor: a.Config.Actor}, func(line document.ImportLine) error {
		receipt := exchange.Receipt{URL: line.ExternalID, Draft: line.Draft, Error: line.Error}
		if line.Work != nil {
			receipt.Work = *line.Work
		}
		if receipt.URL == "" {
			receipt.URL = line.File
		}
		notes, err := site.Done(r.ctx, receipt)
		if err != nil {
			return err
		}
		line.Warnings = append(notes, line.Warnings...)
		if err := r.print(line); err != nil {
			return err
		}
		return r.out.Flush()
	})
	sum.Read, sum.Unchanged = sum.Read+len(known), sum.Unchanged+len(known)
	if err == nil {
		err = site.KeepAliases(r.ctx)
	}
	if e := r.print(sum); err != nil || e != nil {
		return errors.Join(err, e)
	}
	if sum.Failed > 0 {
		return errFaults
	}
	return nil
}

// siteSource hands the pages of an old site to the import.
type siteSource func(context.Context) (*exchange.Item, error)

// Next gives one page as a line; io.EOF ends it.
func (s siteSource) Next(ctx context.Context) (*document.Raw, error) {
	item, err := s(ctx)
	if errors.Is(err, io.EOF) {
		return nil, io.EOF
	}
	if err != nil {
		return nil, err
	}
	return &document.Raw{File: item.URL, JSON: item.JSON}, nil
}
