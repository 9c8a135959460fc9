package office

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sort"
	"strconv"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/web/ui"
)

// inspectionPageSize is how many lines a page of the list shows.
const inspectionPageSize = 100

// inspectionView is the yearly list of secrecy reviews with a sample of it
// (M23-5.1c): every item that went out, its reviewer, and what is missing.
type inspectionView struct {
	frame
	Year    int
	Organs  []option
	Methods []option
	Every   string
	Size    string
	Seed    string
	Gaps    bool // only lines with a gap
	Sampled string
	Rows    []inspectedLine
	All     int // released in the year
	Missing int // of them with a gap
	Urgent  int
	Offline int
	Total   int // lines of the list as filtered
	Pager   ui.Pager
	Export  string
	Wrong   string
}

type inspectedLine struct {
	release.Inspected
	No    int // place in the list of the year
	Organ string
	Lack  string
	Word  string
}

// inspectionQuery is what the address asks for.
type inspectionQuery struct {
	year        int
	organ       string
	method      string // "", every, random
	every, size int
	seed        uint64
	gaps        bool
	q           url.Values
}

func (o *Office) inspectionQuery(c *call) (x inspectionQuery, err error) {
	x = inspectionQuery{year: o.access.Today().Year, every: 10, size: 20, q: url.Values{}}
	today := o.access.Today()
	x.seed = uint64(today.Year*10000 + int(today.Month)*100 + today.Day)
	number := func(name, label string, most int, to *int) {
		s := queryValue(c.r, name)
		if s == "" || err != nil {
			return
		}
		n, e := strconv.Atoi(s)
		if e != nil || n < 1 || n > most {
			err = fault.Field("office.inspectionQuery", label, textBadSample, label, shorten(s, 20), most)
			return
		}
		*to = n
		x.q.Set(name, s)
	}
	if s := queryValue(c.r, "year"); s != "" {
		if x.year, err = strconv.Atoi(s); err != nil || x.year < 2000 || x.year > 2100 {
			x.year = today.Year
			return x, fault.Field("office.inspectionQuery", "年份", textBadYear, shorten(s, 20))
		}
		x.q.Set("year", s)
	}
	number("every", "每隔", 10000, &x.every)
	number("size", "抽取", 10000, &x.size)
	if s := queryValue(c.r, "seed"); s != "" && err == nil {
		n, e := strconv.ParseUint(s, 10, 32)
		if e != nil {
			return x, fault.Field("office.inspectionQuery", "种子", textBadSample, "种子", shorten(s, 20), 1<<32-1)
		}
		x.seed = n
		x.q.Set("seed", s)
	}
	x.method, x.organ, x.gaps = queryValue(c.r, "method"), queryValue(c.r, "organ"), queryValue(c.r, "gaps") != ""
	if x.method != "every" && x.method != "random" {
		x.method = ""
	}
	for name, v := range map[string]string{"method": x.method, "organ": x.organ, "gaps": map[bool]string{true: "1"}[x.gaps]} {
		if v != "" {
			x.q.Set(name, v)
		}
	}
	return x, err
}

// inspected reads the list of the year, then takes the sample of it.
func (o *Office) inspected(c *call, x inspectionQuery, d *inspectionView) ([]inspectedLine, error) {
	names, err := o.organNames(c.ctx())
	if err != nil {
		return nil, err
	}
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return nil, err
	}
	organs := tree.Below(access.Holds(c.who.Actor, access.ReadDraft)...)
	if x.organ != "" {
		id, ok := names.byCode[x.organ]
		if !ok {
			return nil, fault.New(fault.NotFound, "office.inspected", textNotFound)
		}
		if err := o.may(c, access.ReadDraft, id); err != nil {
			return nil, err
		}
		organs = tree.Below(id)
	}
	list, err := o.deps.Releases.Inspection(c.ctx(), organs, x.year)
	if err != nil {
		return nil, err
	}
	out := make([]inspectedLine, len(list))
	for i, r := range list {
		out[i] = inspectedLine{r, i + 1, names.name(r.Organ), r.Gap(), gateStates[r.State]}
		d.All++
		if out[i].Lack != "" {
			d.Missing++
		}
		if r.Urgent != "" {
			d.Urgent++
		}
		if r.Offline {
			d.Offline++
		}
	}
	switch x.method {
	case "every":
		out = everyNth(out, x.every)
		d.Sampled = fmt.Sprintf("从第 %d 件起每隔 %d 件抽一件", min(x.every, max(1, d.All)), x.every)
	case "random":
		out = drawn(out, x.size, x.seed)
		d.Sampled = fmt.Sprintf("按种子 %d 随机抽取，同一种子抽到的总是同样的文件", x.seed)
	}
	if x.gaps {
		kept := out[:0]
		for _, l := range out {
			if l.Lack != "" {
				kept = append(kept, l)
			}
		}
		out = kept
	}
	return out, nil
}

// everyNth takes the nth line and every nth after it.
func everyNth(list []inspectedLine, n int) (out []inspectedLine) {
	for i := n - 1; i < len(list); i += n {
		out = append(out, list[i])
	}
	return out
}

// drawn takes a number of lines by chance; the seed makes it repeatable.
func drawn(list []inspectedLine, size int, seed uint64) []inspectedLine {
	out := append([]inspectedLine(nil), list...)
	r := rand.New(rand.NewPCG(seed, 0)) //nolint:gosec // a sample that anybody can draw again, not a secret
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	out = out[:min(size, len(out))]
	sort.Slice(out, func(i, j int) bool { return out[i].No < out[j].No })
	return out
}

func inspectionPage(o *Office, c *call) (*answer, error) {
	x, wrong := o.inspectionQuery(c)
	d := &inspectionView{frame: o.frame(c, textInspection, releasesCrumb), Year: x.year, Every: strconv.Itoa(x.every), Size: strconv.Itoa(x.size), Seed: strconv.FormatUint(x.seed, 10), Gaps: x.gaps}
	d.Methods = []option{{Name: "全部列出", Value: ""}, {Name: "等距抽查", Value: "every"}, {Name: "随机抽查", Value: "random"}}
	choose(d.Methods, x.method)
	var err error
	if d.Organs, err = o.organOptions(c, access.ReadDraft, textAnyOrgan); err != nil {
		return nil, err
	}
	choose(d.Organs, x.organ)
	if wrong != nil {
		d.Wrong = fault.Text(wrong)
		return o.page(c, "release_inspection", statusFor(wrong), d)
	}
	rows, err := o.inspected(c, x, d)
	if err != nil {
		return nil, err
	}
	after, err := cursor(c.r, "after")
	if err != nil {
		return nil, err
	}
	d.Total = len(rows)
	d.Export = withQuery("/office/releases/inspection.xlsx", x.q)
	if after > 0 {
		d.Pager.First = withQuery("/office/releases/inspection", x.q)
	}
	from := sort.Search(len(rows), func(i int) bool { return int64(rows[i].No) > after })
	rows = rows[from:]
	if len(rows) > inspectionPageSize {
		rows = rows[:inspectionPageSize]
		x.q.Set("after", strconv.Itoa(rows[inspectionPageSize-1].No))
		d.Pager.Next = withQuery("/office/releases/inspection", x.q)
	}
	d.Rows = rows
	return o.page(c, "release_inspection", http.StatusOK, d)
}

// inspectionSheet is the list, or its sample, as Excel; how it was drawn stands
// in the last line.
func inspectionSheet(o *Office, c *call) (*answer, error) {
	x, err := o.inspectionQuery(c)
	if err != nil {
		return nil, err
	}
	d := &inspectionView{}
	rows, err := o.inspected(c, x, d)
	if err != nil {
		return nil, err
	}
	if len(rows) > maxExport {
		return nil, fault.Newf(fault.Invalid, "office.inspectionSheet", textExportMany, len(rows), maxExport)
	}
	lines := [][]any{{"序号", "审签编号", "标题", "机构", "发布时间", "保密审查人", "审查时间", "结果", "意见", "线下审签", "应急签发", "签发人", "缺项", "检查人", "检查情况"}}
	yes := map[bool]string{true: "是"}
	for _, r := range rows {
		lines = append(lines, []any{r.No, r.Number, r.Title, r.Organ, ui.Minute(r.Released), r.Reviewer, ui.Minute(r.ReviewedAt), r.Word, r.Opinion, yes[r.Offline], r.Urgent, r.SignedBy, r.Lack, "", ""})
	}
	lines = append(lines, []any{"", "", fmt.Sprintf("%d 年共公开 %d 件，记录有缺项的 %d 件。%s", x.year, d.All, d.Missing, d.Sampled)})
	return excelAnswer(fmt.Sprintf("保密审查检查-%d.xlsx", x.year), func(b *bytes.Buffer) error { return writeLines(b, textInspection, 22, lines) })
}
