package proofread

import (
	"fmt"
	"slices"

	"gongkai/internal/officialdoc"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// Cited is a document, or a provision of one, that a text names.
type Cited struct {
	Title string       // without marks; empty when only a number is named
	DocNo string       // empty when only a title is named
	Path  string       // anchor of the provision as in officialdoc: a12, a12-2; empty for the whole
	Label string       // the provision as printed: 第十二条第二款
	On    workday.Date // date of the citing document; zero when not known
}

// Validity is what a library knows of a document on a day.
type Validity string

// The validities (F-10 to F-15).
const (
	ValidityUnknown Validity = ""          // the library cannot say
	ValidityFuture  Validity = "not_yet"   // not in force yet
	ValidityForce   Validity = "in_force"  // F-11, F-12: in force, in the text of that day
	ValidityPart    Validity = "part"      // F-13: repealed in part
	ValidityRepeal  Validity = "repealed"  // F-14
	ValidityExpired Validity = "expired"   // F-15
	ValidityRecall  Validity = "withdrawn" // taken back
)

// Found is a library's answer to one citation.
type Found struct {
	Known bool // the library holds the document
	// Title and DocNo are the library's, so that a wrong pair shows.
	Title, DocNo string
	Validity     Validity
	Since        workday.Date // first day of that validity, zero when not known
	// Provision says whether the named provision stands in the text of that
	// day; Text is its words, or empty for a whole document.
	Provision bool
	Text      string
	Address   string // where to read it
}

// Citations is a library that can be asked for cited documents. The caller
// binds context, scope and permission.
type Citations interface {
	// Lookup answers one citation; the texts of private works stay private. An
	// error means that nothing can be said.
	Lookup(Cited) (Found, error)
}

// repeals are relations in which a document may well be out of force.
var repeals = []string{officialdoc.RelRepeals, officialdoc.RelRepealsPart, officialdoc.RelAmends}

// citations looks up each title and each number that the text names.
func (s *sheet) citations(rep *Report) {
	if s.opt.Citations == nil {
		return
	}
	asked := map[Cited]Found{}
	failed := 0
	cites := officialdoc.Citations(s.part.Text)
	for i := range cites {
		c := &cites[i]
		if officialdoc.IsSelfTitle(c.Title, s.facts.Title) {
			continue
		}
		cited := Cited{Title: c.Title, DocNo: c.DocNo, Path: c.Path, Label: c.Label, On: s.facts.AdoptedOn}
		failed += s.lookup(rep, asked, cited, span{c.Start, c.End}, slices.Contains(repeals, c.Rel))
	}
	next := 0 // the citations come in reading order, as the numbers do
	for _, n := range zh.FindDocNumbers(s.part.Text) {
		for next < len(cites) && cites[next].End < n.End {
			next++
		}
		inside := next < len(cites) && cites[next].Start <= n.Start
		if inside || n.Last != n.Number.Serial || n.Number.Key() == zh.DocNumberKey(s.facts.DocNo) {
			continue
		}
		failed += s.lookup(rep, asked, Cited{DocNo: n.Number.String(), On: s.facts.AdoptedOn}, span{n.Start, n.End}, false)
	}
	if failed > 0 {
		rep.Unchecked = append(rep.Unchecked, fmt.Sprintf("%s：有%d处引用没能核对，请稍后再查。", s.part.Name, failed))
	}
}

// lookup asks once for each citation and gives 1 when there was no answer.
func (s *sheet) lookup(rep *Report, asked map[Cited]Found, c Cited, at span, repeal bool) int {
	f, ok := asked[c]
	if !ok {
		var err error
		if f, err = s.opt.Citations.Lookup(c); err != nil {
			return 1
		}
		asked[c] = f
	}
	rep.Cited = append(rep.Cited, CitedText{Part: s.index, Start: at.start, End: at.end, Cited: c, Found: f})
	s.judge(c, &f, at, repeal)
	return 0
}

// judge turns an answer into at most one hit.
func (s *sheet) judge(c Cited, f *Found, at span, repeal bool) {
	switch {
	case !f.Known:
		s.hit("CIT.unknown", at.start, at.end, "")
	case c.Title != "" && c.DocNo != "" && f.DocNo != "" && zh.DocNumberKey(c.DocNo) != zh.DocNumberKey(f.DocNo):
		s.hit("CIT.mismatch", at.start, at.end, "《"+f.Title+"》（"+f.DocNo+"）").Beside = f.Address
	case !repeal && out(f.Validity):
		h := s.hit("CIT.repealed", at.start, at.end, "")
		h.Why, h.Beside = validityText(f), f.Text
	case !repeal && f.Validity == ValidityFuture:
		h := s.hit("CIT.future", at.start, at.end, "")
		h.Why, h.Beside = validityText(f), f.Text
	case c.Path != "" && !f.Provision:
		s.hit("CIT.provision", at.start, at.end, "").Why = fmt.Sprintf("《%s》在本文的日期没有%s。", f.Title, c.Label)
	}
}

func out(v Validity) bool {
	return v == ValidityRepeal || v == ValidityExpired || v == ValidityRecall
}

func validityText(f *Found) string {
	name := "《" + f.Title + "》"
	if f.Title == "" {
		name = f.DocNo
	}
	state := map[Validity]string{ValidityRepeal: "已经废止", ValidityExpired: "已经失效", ValidityRecall: "已经撤回", ValidityFuture: "尚未施行"}[f.Validity]
	if f.Since.IsZero() {
		return name + "在本文的日期" + state + "。"
	}
	if f.Validity == ValidityFuture {
		return name + "自" + f.Since.Chinese() + "起施行，在本文的日期尚未施行。"
	}
	return name + "自" + f.Since.Chinese() + "起" + state + "。"
}

// citationRules need a library.
var citationRules = []Rule{
	{ID: "CIT.unknown", Name: "引用查无此文", Level: Hint, Allowance: 2,
		Why: "库里没有这份文件，请核对名称和文号。", Source: "F-28",
		Hits: texts("根据《清河市不存在的办法》", "按照清政发〔2099〕1号执行"), Passes: texts("根据《清河市政务公开办法》")},
	{ID: "CIT.mismatch", Name: "名称与文号不符", Level: Confirm, Allowance: 0,
		Why: "这个名称的文件是另一个文号。", Source: "F-28",
		Hits: texts("《清河市政务公开办法》（清政发〔2019〕9号）"), Passes: texts("《清河市政务公开办法》（清政发〔2019〕3号）")},
	{ID: "CIT.repealed", Name: "引用已失效文件", Level: Confirm, Allowance: 0,
		Why: "引用的文件在本文的日期已经不再有效。", Source: "F-14, F-15",
		Hits: texts("根据《清河市旧办法》，制定本办法。"), Passes: texts("《清河市旧办法》同时废止。", "根据《清河市政务公开办法》，制定本细则。")},
	{ID: "CIT.future", Name: "引用尚未施行文件", Level: Confirm, Allowance: 0,
		Why: "引用的文件在本文的日期尚未施行。", Source: "F-10",
		Hits: texts("根据《清河市新办法》执行"), Passes: texts("根据《清河市政务公开办法》执行")},
	{ID: "CIT.provision", Name: "引用条款不存在", Level: Confirm, Allowance: 0,
		Why: "引用的条款在那份文件里没有。", Source: "F-28",
		Hits: texts("依照《清河市政务公开办法》第九十条处理"), Passes: texts("依照《清河市政务公开办法》第三条处理")},
}
