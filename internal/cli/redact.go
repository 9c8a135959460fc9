package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"gongkai/internal/app"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
)

type redactCmd struct {
	File  string `arg:"" help:"要遮盖的文件：docx、xlsx、pdf、txt、md、csv、jpg、png。"`
	Terms string `help:"要遮盖的词语，一行一个的文本文件，- 是标准输入。" placeholder:"FILE" xor:"what"`
	Boxes string `help:"要遮盖的位置，一行一个 JSON：{\"page\",\"x\",\"y\",\"w\",\"h\"}（点，从左上角起）、{\"part\",\"start\",\"end\"}、{\"sheet\",\"cells\"}、{\"part\":\"图片\"}。" placeholder:"FILE" xor:"what"`
	Out   string `short:"o" help:"写到哪个文件。" placeholder:"OUT" required:""`
}

// redacted is the one line that the command prints. It holds no removed words.
type redacted struct {
	File    string        `json:"file"`
	Out     string        `json:"out"`
	Format  string        `json:"format"`
	Hits    []redactedHit `json:"hits"`
	Missing []int         `json:"missing"` // lines of the list that were found nowhere, from 1
	Dropped []string      `json:"dropped"`
	Unsure  []string      `json:"unsure"`
}

type redactedHit struct {
	Line  int    `json:"line"` // of the list, from 1
	Where string `json:"where"`
	Count int    `json:"count"`
}

// Run writes a file from which the words cannot be recovered, or none.
func (c *redactCmd) Run(r *run) error {
	removals, lines, err := c.removals(r)
	if err != nil {
		return err
	}
	if same, err := sameFile(c.File, c.Out); err != nil || same {
		return errors.Join(err, fault.Field("cli.redact", "o", "-o：不能写回原来的文件，原件要留存。"))
	}
	f, err := r.openInput(c.File)
	if err != nil {
		return err
	}
	data, err := docfile.ReadAllLimited(f, 0)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	out, report, err := docfile.Redact(r.ctx, c.File, data, removals, docfile.RedactOptions{Pages: app.PagePictures})
	if err != nil {
		return &fault.Error{Kind: fault.KindOf(err), Op: "redact", Text: c.File + "：" + fault.Text(err), Err: err}
	}
	if err := r.readAgain(report.Format, out, removals); err != nil {
		return err
	}
	if err := filestore.WriteWhole(c.Out, 0o644, func(w io.Writer) error {
		_, err := w.Write(out)
		return err
	}); err != nil {
		return &fault.Error{Kind: fault.Unavailable, Op: "redact", Text: c.Out + "：写不进去，没有生成文件。", Err: err}
	}
	return c.report(r, report, lines)
}

func (c *redactCmd) report(r *run, report docfile.RedactReport, lines []int) error {
	line := redacted{File: c.File, Out: c.Out, Format: string(report.Format), Hits: []redactedHit{}, Missing: []int{}, Dropped: report.Dropped, Unsure: report.Unsure}
	for _, h := range report.Hits {
		line.Hits = append(line.Hits, redactedHit{Line: lines[h.Removal], Where: h.Where, Count: h.Count})
	}
	for _, i := range report.Missing {
		line.Missing = append(line.Missing, lines[i])
		fmt.Fprintf(r.errs, "第 %d 行在文件里没有找到。\n", lines[i])
	}
	for _, s := range report.Unsure {
		fmt.Fprintln(r.errs, "请核对：", s)
	}
	if line.Dropped == nil {
		line.Dropped = []string{}
	}
	if line.Unsure == nil {
		line.Unsure = []string{}
	}
	return r.print(line)
}

// readAgain lets pdftotext, where it is installed, look for the words too.
func (r *run) readAgain(format docfile.Format, out []byte, removals []docfile.Removal) error {
	if format != docfile.FormatPDF {
		return nil
	}
	text, ok, err := app.PDFText(r.ctx, out)
	if err != nil || !ok {
		return err
	}
	for _, page := range strings.Split(text, "\f") {
		if left := docfile.FindRemovals(page, removals); len(left) > 0 {
			return fault.Newf(fault.Internal, "redact", "核验没有通过：处理后的文件里仍找得到第 %d 项内容，没有生成文件。", left[0]+1)
		}
	}
	return nil
}

// removals reads the list; lines holds the line of each.
func (c *redactCmd) removals(r *run) (list []docfile.Removal, lines []int, err error) {
	name := c.Terms + c.Boxes
	if name == "" {
		return nil, nil, fault.Field("cli.redact", "terms", "请用 --terms 给出词语，或用 --boxes 给出位置。")
	}
	f, err := r.openInput(name)
	if err != nil {
		return nil, nil, err
	}
	data, err := docfile.ReadAllLimited(f, 16<<20)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, nil, err
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	if c.Boxes != "" && strings.HasPrefix(strings.TrimSpace(text), "[") {
		if err := decodeStrict([]byte(text), &list); err != nil {
			return nil, nil, boxFault(name, 1, err)
		}
		for i := range list {
			lines = append(lines, i+1)
		}
		return list, lines, nil
	}
	for i, s := range strings.Split(text, "\n") {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		m := docfile.Removal{Term: s}
		if c.Boxes != "" {
			m = docfile.Removal{}
			if err := decodeStrict([]byte(s), &m); err != nil {
				return nil, nil, boxFault(name, i+1, err)
			}
		}
		list, lines = append(list, m), append(lines, i+1)
	}
	return list, lines, nil
}

func boxFault(name string, line int, err error) error {
	return &fault.Error{Kind: fault.Invalid, Op: "cli.redact", Field: "boxes", Text: fmt.Sprintf("--boxes：%s 第 %d 行读不懂，请写成 {\"page\":1,\"x\":72,\"y\":100,\"w\":200,\"h\":20} 这样。", name, line), Err: err}
}

func decodeStrict(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more than one value")
	}
	return nil
}

func sameFile(a, b string) (bool, error) {
	x, err := os.Stat(a)
	if err != nil {
		return false, nil // openInput says so
	}
	y, err := os.Stat(b)
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	return err == nil && os.SameFile(x, y), err
}
