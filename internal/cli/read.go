package cli

import (
	"bufio"
	"os"
	"slices"
	"strings"

	"gongkai/internal/app"
	"gongkai/internal/docfile"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
	"gongkai/internal/search"
	"gongkai/internal/workday"
)

type showCmd struct {
	Work    int64  `arg:"" help:"作品编号。"`
	On      string `help:"某一日，形如 2020-01-31。" xor:"at"`
	Edition int    `help:"第几版。" xor:"at"`
}

// Run prints the text and state of a work on a day.
func (c *showCmd) Run(r *run) error {
	at := document.At{Edition: c.Edition}
	var err error
	if at.On, err = dayFlag("on", c.On); err != nil {
		return err
	}
	return r.reading(func(a *app.App) error {
		v, err := a.Documents.View(r.ctx, c.Work, at)
		if err != nil {
			return err
		}
		return r.print(v.JSON())
	})
}

// dayFlag reads a date flag; an empty one is the unknown day.
func dayFlag(name, s string) (workday.Date, error) {
	if s == "" {
		return workday.Date{}, nil
	}
	d, ok := workday.ParseDate(s)
	if !ok {
		return d, fault.Field("cli.dayFlag", name, "--%s：“%s”不是日期，请写成 2020-01-31 这样。", name, s)
	}
	return d, nil
}

type extractCmd struct {
	Files []string `arg:"" name:"file" help:"要读的文件。"`
}

// Run prints what each file says about itself.
func (c *extractCmd) Run(r *run) error {
	refused := false
	for _, name := range c.Files {
		facts, err := extractFile(r, name)
		if err != nil {
			refused = true
			if err := r.print(map[string]string{"file": name, "error": fault.Text(err)}); err != nil {
				return err
			}
			continue
		}
		if err := r.print(facts); err != nil {
			return err
		}
	}
	if refused {
		return errFaults
	}
	return nil
}

// extracted is a file's facts with its name first.
type extracted struct {
	File string `json:"file"`
	officialdoc.Facts
}

func extractFile(r *run, name string) (*extracted, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, &fault.Error{Kind: fault.NotFound, Op: "cli.extractFile", Err: err, Text: name + "：文件打不开。"}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return nil, fault.New(fault.Invalid, "cli.extractFile", name+"：这是文件夹，请给出文件。")
	}
	doc, err := docfile.Read(r.ctx, name, f, info.Size(), docfile.DefaultLimits())
	if err != nil {
		return nil, err
	}
	out := &extracted{File: name, Facts: officialdoc.Extract(doc.Text)}
	for _, w := range doc.Warnings {
		out.Warnings = append(out.Warnings, w.Text)
	}
	return out, nil
}

type compareCmd struct {
	Work int64 `arg:"" help:"作品编号。"`
	From int   `help:"旧版本。" required:""`
	To   int   `help:"新版本。" required:""`
}

// Run prints the segments of a comparison, one a line.
func (c *compareCmd) Run(r *run) error {
	return r.reading(func(a *app.App) error {
		cmp, err := a.Documents.Compare(r.ctx, c.Work, c.From, c.To)
		if err != nil {
			return err
		}
		for i := range cmp.Segments {
			if err := r.print(cmp.Segments[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

type searchCmd struct {
	Query    []string `arg:"" optional:"" help:"要找的词。"`
	Level    string   `help:"document 按文件，article 按条。" default:"document"`
	On       string   `help:"查某一日的文本与效力。"`
	National bool     `help:"只查全国性文件。"`
	Kind     []string `help:"文种，可多个，以逗号分开。"`
	Current  bool     `help:"只查有效的。"`
	Limit    int      `help:"最多几条，1 到 100。" default:"10"`
	Batch    string   `help:"一行一个问题的文件。" placeholder:"FILE"`
}

// Run answers queries in the order asked; the index catches up first.
func (c *searchCmd) Run(r *run) error {
	on, err := dayFlag("on", c.On)
	if err != nil {
		return err
	}
	if c.Limit < 1 || c.Limit > 100 {
		return fault.Field("cli.search", "limit", "--limit：请写 1 到 100 之间的数。")
	}
	if (len(c.Query) == 0) == (c.Batch == "") {
		return fault.Field("cli.search", "query", "请给出要找的词，或用 --batch 给出文件。")
	}
	if c.Level != search.LevelDocument && c.Level != search.LevelArticle {
		return fault.Field("cli.search", "level", "--level：没有“%s”这一级，请写 document（按文件）或 article（按条）。", c.Level)
	}
	ask := search.Query{Level: c.Level, On: on, National: c.National, Current: c.Current, Kinds: c.Kind, Limit: c.Limit}
	return r.reading(func(a *app.App) error {
		if _, err := a.CatchUp(r.ctx); err != nil {
			return err
		}
		if err := c.knownKinds(r, a); err != nil {
			return err
		}
		if c.Batch == "" {
			return c.answer(r, a, ask, strings.Join(c.Query, " "))
		}
		in, err := r.openInput(c.Batch)
		if err != nil {
			return err
		}
		defer in.Close()
		lines := bufio.NewScanner(in)
		lines.Buffer(make([]byte, 64<<10), 1<<20)
		for lines.Scan() {
			if err := c.answer(r, a, ask, lines.Text()); err != nil {
				return err
			}
		}
		return lines.Err()
	})
}

// knownKinds refuses a kind that no document has: a mistyped one must not look
// like one without hits.
func (c *searchCmd) knownKinds(r *run, a *app.App) error {
	if len(c.Kind) == 0 {
		return nil
	}
	x, err := a.Index(r.ctx)
	if err != nil {
		return err
	}
	known, err := x.Kinds(r.ctx)
	if err != nil {
		return err
	}
	for _, k := range c.Kind {
		if !slices.Contains(known, k) {
			if len(known) == 0 {
				return fault.Field("cli.search", "kind", "--kind：资料库里没有文种“%s”，还没有任何文件。", k)
			}
			return fault.Field("cli.search", "kind", "--kind：资料库里没有文种“%s”，现有的文种是：%s。", k, strings.Join(known, "、"))
		}
	}
	return nil
}

func (c *searchCmd) answer(r *run, a *app.App, q search.Query, text string) error {
	q.Text = text
	res, err := a.Search(r.ctx, q)
	if err != nil {
		return err
	}
	if res.Hits == nil {
		res.Hits = []search.Hit{}
	}
	return r.print(res)
}
