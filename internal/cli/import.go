package cli

import (
	"fmt"

	"gongkai/internal/app"
	"gongkai/internal/document"
)

type importCmd struct {
	Documents importDocumentsCmd `cmd:"" help:"导入文件、文件夹或 JSONL。"`
	Site      importSiteCmd      `cmd:"" help:"从旧网站导入政策文件，旧网址继续可用。"`
}

type importDocumentsCmd struct {
	Paths  []string `arg:"" name:"path" help:"文件、文件夹或 .jsonl[.gz]。"`
	Source string   `help:"来源的名称；同一来源里的编号认定同一份文件。" default:"import"`
	Organ  string   `help:"作品归属机关的代码。"`
	Column int64    `help:"没有写明栏目的文件放进哪个栏目（编号）。"`
	State  string   `help:"draft 存为草稿，published 直接公开。" enum:"draft,published" default:"draft"`
	DryRun bool     `help:"只读取和判断，不保存。"`
}

// Run imports and prints a line a document, then the totals.
func (c *importDocumentsCmd) Run(r *run) error {
	src, err := document.Paths(c.Paths)
	if err != nil {
		return err
	}
	return r.with(func(a *app.App) error {
		n := 0
		sum, err := a.Documents.Import(r.ctx, src, document.ImportOptions{Source: c.Source, OrganCode: c.Organ, ColumnID: c.Column,
			Publish: c.State == "published", DryRun: c.DryRun, Actor: a.Config.Actor}, func(line document.ImportLine) error {
			if n++; n%500 == 0 {
				fmt.Fprintf(r.errs, "已处理 %d 份\n", n)
			}
			if err := r.print(line); err != nil {
				return err
			}
			// What is printed is acknowledged; it is committed already.
			return r.out.Flush()
		})
		if err != nil {
			return err
		}
		if err := r.print(sum); err != nil {
			return err
		}
		if sum.Failed > 0 {
			return errFaults
		}
		return nil
	})
}
