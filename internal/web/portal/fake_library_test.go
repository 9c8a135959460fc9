package portal

import (
	"bytes"
	"context"
	"errors"
	"io"
	"sort"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/officialdoc"
	"gongkai/internal/org"
	"gongkai/internal/search"
	"gongkai/internal/workday"
)

// testToday is the day of all tests.
var testToday = workday.MustDate("2026-11-20")

// fakeLibrary is a small library of public law and of an invented city.
type fakeLibrary struct {
	works   []*fakeWork
	site    document.Site
	columns []document.Column
	many    int   // ids that WorkIDs invents, for the sitemap
	fail    error // what every call answers when set
	listed  func(document.Filter)
	views   int // how often View was asked
}

// fakeWork is a work with the facts the fake view is made from.
type fakeWork struct {
	document.View
	texts []string // by edition
	dead  workday.Date
	gone  bool
	trace *document.Withdrawn // gone, but not for ever
	bytes map[int][]byte
}

func (l *fakeLibrary) find(id int64) (*fakeWork, error) {
	if l.fail != nil {
		return nil, l.fail
	}
	for _, w := range l.works {
		if w.Work == id {
			if w.trace != nil {
				return nil, &fault.Error{Kind: fault.Gone, Op: "fake", Text: "这份文件已经撤下。", Err: w.trace}
			}
			if w.gone {
				return nil, fault.New(fault.Gone, "fake", "这份文件已依法撤下。")
			}
			return w, nil
		}
	}
	return nil, fault.New(fault.NotFound, "fake", "")
}

func (l *fakeLibrary) View(_ context.Context, id int64, at document.At) (*document.View, error) {
	l.views++
	w, err := l.find(id)
	if err != nil {
		return nil, err
	}
	v := w.View
	v.On = testToday
	if !at.On.IsZero() {
		v.On = at.On
	}
	chosen := -1
	for i, e := range v.Editions {
		switch {
		case at.Edition > 0:
			if e.Label == at.Edition {
				chosen = i
			}
		case e.From.IsZero():
			if at.On.IsZero() {
				chosen = i
			}
		case !e.From.After(v.On) || i == 0 && at.On.IsZero():
			chosen = i
		}
	}
	if chosen < 0 && at.Edition > 0 {
		return nil, fault.New(fault.NotFound, "fake", "这份文件没有这个文本。")
	}
	v.Edition, v.Text, v.Provisions = nil, "", nil
	if chosen < 0 {
		v.Validity, v.ValidityNote, v.DeadPaths = "", "", nil
		return &v, nil
	}
	e := v.Editions[chosen]
	v.Edition, v.Text = &e, w.texts[chosen]
	for _, p := range officialdoc.Parse(v.Text).Provisions {
		v.Provisions = append(v.Provisions, document.Provision{Kind: string(p.Kind), Path: p.Path, Label: p.Label, Heading: p.Heading, Start: p.Start, End: p.End, Depth: p.Depth})
	}
	if !w.dead.IsZero() && v.On.Before(w.dead) {
		v.Validity, v.EndedBy, v.ReplacedBy, v.Since = document.InForce, nil, nil, e.From
	}
	return &v, nil
}

func (l *fakeLibrary) Compare(_ context.Context, id int64, from, to int) (*document.Comparison, error) {
	w, err := l.find(id)
	if err != nil {
		return nil, err
	}
	c := &document.Comparison{Work: id, All: w.Editions}
	var a, b = -1, -1
	for i, e := range w.Editions {
		if e.Label == from {
			a = i
		}
		if e.Label == to {
			b = i
		}
	}
	if a < 0 || b < 0 {
		return nil, fault.New(fault.NotFound, "fake", "这份文件没有这个文本。")
	}
	c.From, c.To = w.Editions[a], w.Editions[b]
	c.Segments = officialdoc.Compare(w.texts[a], w.texts[b])
	c.Counts = officialdoc.Summary(c.Segments)
	if c.From.DocNo != c.To.DocNo {
		c.Header = append(c.Header, document.FieldChange{Field: "发文字号", From: c.From.DocNo, To: c.To.DocNo})
	}
	if len(w.Files) > 0 {
		c.Files = []document.FileChange{{Name: w.Files[0].Name, Change: "added"}, {Name: w.Files[1].Name, Change: "same"}}
	}
	return c, nil
}

func (l *fakeLibrary) cards() []document.Card {
	var out []document.Card
	for _, w := range l.works {
		if w.gone {
			continue
		}
		e := w.Editions[len(w.Editions)-1]
		c := document.Card{Work: w.Work, Title: e.Title, DocNo: e.DocNo, Kind: e.Kind, Region: e.Region, Date: e.PublishedOn, From: e.From,
			Validity: w.Validity, Dateless: strings.Contains(w.ValidityNote, "不详"), Editions: len(w.Editions), Summary: e.Kind + "，全文 " + strconv.Itoa(e.Chars) + " 字"}
		if len(e.Organs) > 0 {
			c.OrganName, c.OrganCode = e.Organs[0].Name, e.Organs[0].Code
		}
		if len(e.Topics) > 0 {
			c.Topic = e.Topics[0]
		}
		out = append(out, c)
	}
	sort.SliceStable(out, func(i, k int) bool { return out[i].Date.After(out[k].Date) })
	return out
}

func (l *fakeLibrary) List(_ context.Context, f document.Filter) (*document.List, error) {
	if l.fail != nil {
		return nil, l.fail
	}
	if l.listed != nil {
		l.listed(f)
	}
	var match []document.Card
	for _, c := range l.cards() {
		ok := (f.Query == "" || strings.Contains(c.Title+c.DocNo, f.Query)) && has(f.Validity, string(c.Validity)) && has(f.Kind, c.Kind) &&
			has(f.Organ, c.OrganCode) && has(f.Topic, c.Topic) && has(f.Year, strconv.Itoa(c.Date.Year)) && (f.Column == 0 || f.Column == 11)
		if ok {
			match = append(match, c)
		}
	}
	list := &document.List{Total: len(match)}
	from := 0
	if f.Cursor != "" {
		n, err := strconv.Atoi(f.Cursor)
		if err != nil {
			return nil, fault.Field("fake", "页", "“页”读不懂。")
		}
		from, list.Previous = n, true
	}
	limit := min(f.Limit, 4)
	end := min(from+limit, len(match))
	if from < end {
		list.Cards = match[from:end]
	}
	if end < len(match) {
		list.Next = strconv.Itoa(end)
	}
	count := map[string]map[string]int{"validity": {}, "kind": {}, "year": {}, "organ": {}, "topic": {}}
	for _, c := range match {
		count["validity"][string(c.Validity)]++
		count["kind"][c.Kind]++
		count["organ"][c.OrganCode]++
		count["year"][strconv.Itoa(c.Date.Year)]++
		if c.Topic != "" {
			count["topic"][c.Topic]++
		}
	}
	for _, name := range []string{"validity", "kind", "organ", "year", "topic"} {
		facet := document.Facet{Name: name}
		for v, n := range count[name] {
			label := v
			if name == "organ" {
				label = organTitles[v]
			}
			facet.Values = append(facet.Values, document.FacetValue{Value: v, Label: label, Count: n})
		}
		sort.Slice(facet.Values, func(i, k int) bool { return facet.Values[i].Value < facet.Values[k].Value })
		list.Facets = append(list.Facets, facet)
	}
	return list, nil
}

func has(chosen []string, v string) bool { return len(chosen) == 0 || contains(chosen, v) }

func (l *fakeLibrary) Recent(_ context.Context, n int) ([]document.Card, error) {
	if l.fail != nil {
		return nil, l.fail
	}
	c := l.cards()
	return c[:min(n, len(c))], nil
}

func (l *fakeLibrary) Revised(_ context.Context, n int) ([]document.Card, error) {
	var out []document.Card
	for _, c := range l.cards() {
		if c.Editions > 1 && len(out) < n {
			out = append(out, c)
		}
	}
	return out, l.fail
}

func (l *fakeLibrary) Totals(context.Context) (document.Totals, error) {
	return document.Totals{Works: len(l.cards()), Editions: 10, MultiEdition: 3, Organs: 5, LogSize: 12}, l.fail
}

func (l *fakeLibrary) Site(context.Context) (*document.Site, error) {
	s := l.site
	return &s, l.fail
}

func (l *fakeLibrary) Columns(context.Context) ([]document.Column, error) { return l.columns, l.fail }

func (l *fakeLibrary) Column(_ context.Context, id int64) (*document.Column, error) {
	for _, c := range l.columns {
		for _, inner := range append([]document.Column{c}, c.Children...) {
			if inner.ID == id {
				return &inner, nil
			}
		}
	}
	return nil, fault.New(fault.NotFound, "fake", "")
}

func (l *fakeLibrary) Topics(context.Context) ([]document.FacetValue, error) {
	return []document.FacetValue{{Value: "综合政务", Label: "综合政务", Count: 2}, {Value: "城乡建设、环境保护", Label: "城乡建设、环境保护", Count: 2}, {Value: "文化、广电、新闻出版", Label: "文化、广电、新闻出版", Count: 1}, {Value: "国防", Count: 0}}, l.fail
}

func (l *fakeLibrary) fileOf(id int64, edition, n int) (*fakeWork, document.File, error) {
	w, err := l.find(id)
	if err != nil {
		return nil, document.File{}, err
	}
	for _, f := range w.Files {
		if f.Position == n && edition == w.Editions[len(w.Editions)-1].Label {
			return w, f, nil
		}
	}
	return nil, document.File{}, fault.New(fault.NotFound, "fake", "这份文件没有这个附件。")
}

type readSeekCloser struct{ *bytes.Reader }

func (readSeekCloser) Close() error { return nil }

func (l *fakeLibrary) OpenFile(_ context.Context, id int64, edition, n int) (io.ReadSeekCloser, document.File, error) {
	w, f, err := l.fileOf(id, edition, n)
	if err != nil {
		return nil, f, err
	}
	f.Body = ""
	return readSeekCloser{bytes.NewReader(w.bytes[n])}, f, nil
}

func (l *fakeLibrary) FileText(_ context.Context, id int64, edition, n int) (document.File, error) {
	_, f, err := l.fileOf(id, edition, n)
	return f, err
}

func (l *fakeLibrary) WorkIDs(_ context.Context, after int64, limit int) ([]int64, error) {
	var ids []int64
	total := int64(l.many)
	if total == 0 {
		total = int64(len(l.works) - 1)
	}
	for id := after + 1; id <= total && len(ids) < limit; id++ {
		ids = append(ids, id)
	}
	return ids, l.fail
}

// fakeOrgans is the tree of the invented city.
type fakeOrgans struct{}

var organTitles = map[string]string{"gwy": "国务院", "qhs": "清河市人民政府", "qhsb": "清河市人民政府办公室", "qhcg": "清河市城市管理局"}

func (fakeOrgans) Organ(_ context.Context, code string) (*org.Organ, error) {
	name, ok := organTitles[code]
	if !ok {
		return nil, fault.New(fault.NotFound, "fake", "没有这个机构。")
	}
	o := &org.Organ{Ref: org.Ref{ID: 1, Code: code, Name: name, Short: name, Count: 2}, External: code == "gwy"}
	if code == "qhcg" {
		o.Short, o.Level, o.Region, o.Address, o.Hours, o.Phone, o.Postcode = "市城管局", "市级", "清河市", "清河市和平路 1 号", "工作日 9:00—17:00", "0000-1234567", "000000"
		o.Duties = "负责市容环境、停车场和户外设施的监督管理。"
		o.Names = []org.NamePeriod{{Name: "清河市城市管理行政执法局", Short: "市城管执法局", From: workday.MustDate("2003-05-01"), To: workday.MustDate("2019-01-10")}, {Name: "清河市城市管理局", Short: "市城管局", From: workday.MustDate("2019-01-10")}}
		o.Parents = []org.Ref{{Code: "qhs", Name: "清河市人民政府"}}
		o.Former = []org.Succession{{From: org.Ref{Code: "qhsb", Name: "清河市人民政府办公室"}, To: o.Ref, On: workday.MustDate("2019-01-10"), Reason: "机构改革"}}
	}
	return o, nil
}

func (fakeOrgans) Tree(context.Context) ([]org.Node, error) {
	return []org.Node{{Ref: org.Ref{Code: "qhs", Name: "清河市人民政府", Count: 1}, Children: []org.Node{
		{Ref: org.Ref{Code: "qhsb", Name: "清河市人民政府办公室", Count: 2}}, {Ref: org.Ref{Code: "qhcg", Name: "清河市城市管理局", Count: 1}}}}}, nil
}

func (fakeOrgans) External(context.Context) ([]org.Ref, error) {
	return []org.Ref{{Code: "gwy", Name: "国务院", Count: 4}}, nil
}

// fakeFace is the digest of the picture of the first leader.
var fakeFace = strings.Repeat("ab", 32)

func (fakeOrgans) Leaders(context.Context, int64) ([]org.Leader, error) {
	return []org.Leader{
		{ID: 1, LeaderFacts: org.LeaderFacts{Name: "澹台明溪", Post: "党组书记、局长", Duties: "主持全面工作。", CV: "大学学历。\n历任科员、科长。", Photo: fakeFace, Thumb: fakeFace}},
		{ID: 2, LeaderFacts: org.LeaderFacts{Name: "端木知秋", Post: "副局长", From: workday.MustDate("2026-01-01")}},
		{ID: 3, LeaderFacts: org.LeaderFacts{Name: "钟离青禾", Post: "副局长", To: workday.MustDate("2026-11-20")}},
		{ID: 4, LeaderFacts: org.LeaderFacts{Name: "司空怀瑾", Post: "副局长", From: workday.MustDate("2027-01-01")}},
		{ID: 5, LeaderFacts: org.LeaderFacts{Name: "慕容见山", Post: "副局长"}, Gone: true},
	}, nil
}

func (fakeOrgans) Units(context.Context, int64) ([]org.Unit, error) {
	return []org.Unit{
		{ID: 1, UnitFacts: org.UnitFacts{Kind: org.BelowUnit, Name: "市停车管理中心", Duties: "管理公共停车场。", Phone: "0000-1234568"}},
		{ID: 2, UnitFacts: org.UnitFacts{Kind: org.InnerUnit, Name: "办公室", Duties: "处理日常工作。", Head: "南宫砚田", Phone: "0000-1234569", Address: "和平路 1 号 201 室", Hours: "工作日 9:00—17:00"}},
		{ID: 3, UnitFacts: org.UnitFacts{Kind: org.InnerUnit, Name: "旧科室"}, Gone: true},
	}, nil
}

// picture is one in memory.
type picture struct{ *strings.Reader }

func (picture) Close() error { return nil }

func (fakeOrgans) OpenPhoto(_ context.Context, code, sha string, _ workday.Date) (io.ReadSeekCloser, error) {
	if code != "qhcg" || sha != fakeFace {
		return nil, fault.New(fault.NotFound, "fake", "没有这张照片。")
	}
	return picture{strings.NewReader("\xFF\xD8 picture")}, nil
}

// fakeSearch answers by what the question holds.
type fakeSearch struct{ lib *fakeLibrary }

func (s fakeSearch) Search(_ context.Context, q search.Query) (*search.Result, error) {
	r := &search.Result{Query: q.Text, Mode: search.ModeStrict}
	if strings.Contains(q.Text, "找不到") {
		return r, nil
	}
	if strings.Contains(q.Text, "怎么") {
		r.Mode = search.ModeRelaxed
	}
	hit := search.Hit{Work: 3, Edition: 2, Title: "清河市停车场管理办法", DocNo: "清政办字〔2021〕17号", Article: "第三条之一", Path: "a3_1", Validity: "部分失效",
		Organ: "清河市人民政府办公室", Date: "2021-05-28", Why: "条文里有“充电车位”", Snippet: "新建住宅小区应当按照不低于百分之三十的比例配置充电车位。", Marks: [][2]int{{23, 27}}}
	if strings.Contains(q.Text, "〔2021〕17号") {
		exact := hit
		exact.Article, exact.Path, exact.Why, exact.Snippet, exact.Marks = "", "", "发文字号完全相同", "", nil
		r.Exact = &exact
	}
	r.Total = 23
	r.Hits = []search.Hit{hit, {Work: 1, Edition: 2, Title: "中华人民共和国水下文物保护管理条例", Validity: "有效", Snippet: "水下文物", Why: "标题里有“文物”", Date: "2022-01-23"}}
	return r, nil
}

// fakeLog is a log of one row a work.
type fakeLog struct {
	seq   int64
	asked int
	fail  error
}

func (l *fakeLog) Head(context.Context) (int64, error) {
	l.asked++
	return l.seq, l.fail
}

func (l *fakeLog) Proofs(_ context.Context, work int64) ([]Proof, error) {
	if work == 6 {
		return nil, nil
	}
	return []Proof{{Seq: work, At: "2026-11-20 17:31", Act: "发布", Entry: `{"act":"release","work":` + strconv.FormatInt(work, 10) + `}`, LeafHash: strings.Repeat("ab", 32), Size: 12,
		RootHash: strings.Repeat("cd", 32), Path: []string{strings.Repeat("01", 32), strings.Repeat("02", 32)}, Head: "清河市公开日志\n12\nzc3Nzc0=\n\n— log abc"}}, nil
}

var errBroken = errors.New("disk on fire")

func minuteOf(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, workday.Zone)
	if err != nil {
		panic(err)
	}
	return t.UTC() // as the library gives it
}
