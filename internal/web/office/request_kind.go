package office

import (
	"fmt"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// requestChapter is what a chapter of the procedure adds to the page of a
// request: forms of its acts, parts of the page, addresses of its own.
type requestChapter struct {
	forms  map[casework.Action]actForm
	parts  []casePart
	routes []route
}

// requestChapters are those beside the main line, in the order of the page.
func requestChapters() []requestChapter {
	return []requestChapter{
		lettersChapter(),
		onSpotChapter(),
		servingChapter(),
		materialsChapter(),
		partiesChapter(),
		workChapter(),
		helpChapter(),
		councilChapter(),
		talkChapter(),
		receivingPages(),
		proactiveChapter(),
		feeChapter(),
		disputeChapter(),
		mendChapter(),
		examplesChapter(),
	}
}

// requestCases is the page of a request with all its chapters.
func requestCases() caseKind {
	k := requestKind
	k.forms = maps.Clone(requestKind.forms)
	for _, c := range requestChapters() {
		maps.Copy(k.forms, c.forms)
		k.more = append(k.more, c.parts...)
	}
	return k
}

// requestKind is the page of a request for information: what is asked, letters,
// and the forms of A8.3 to A8.5.
var requestKind = caseKind{part: "case_request", facts: requestFacts, forms: map[casework.Action]actForm{
	request.ActConfirm: {func(*casework.View, workday.Date) []field {
		return []field{{Name: "on", Label: "收到日期", Kind: "date", Hint: "不填就是今天。网上和传真申请以双方确认之日为收到之日。"}}
	}, func(r *http.Request) (any, error) {
		on, err := dayValue(r, "on", "收到日期")
		return &request.ConfirmForm{On: on}, err
	}},
	request.ActCorrect: {func(v *casework.View, today workday.Date) []field {
		return []field{{Name: "points", Label: "需要补正的事项", Kind: "area", Required: true, Max: 2000, Hint: "只能告知一次，请一次写全，每行一项。" + lateNotice(v, today)},
			{Name: "days", Label: "补正期限", Kind: "text", Numeric: true, Value: "15", Hint: "工作日，自申请人收到告知书起算。"}}
	}, func(r *http.Request) (any, error) {
		days, err := strconv.Atoi(value(r, "days"))
		if err != nil {
			days = -1 // the check names the field
		}
		return &request.CorrectForm{Points: strings.Split(longValue(r, "points"), "\n"), Days: days}, nil
	}},
	request.ActCorrected: {func(v *casework.View, today workday.Date) []field {
		return []field{{Name: "content", Label: "补正内容", Kind: "area", Required: true, Max: 4000, Value: v.Data.(*request.Request).Content, Hint: "补正后的申请内容；答复期限从收到补正之日起重新计算。"},
			{Name: "excuse", Label: "正当理由", Kind: "text", Max: 500, Hint: "只有补正期限届满以后才收到补正、又有正当理由的填写，加密保存。"},
			{Name: "on", Label: "收到补正的日期", Kind: "date", Required: true, Value: today.String()}}
	}, func(r *http.Request) (any, error) {
		on, err := dayValue(r, "on", "收到补正的日期")
		return &request.CorrectedForm{Content: longValue(r, "content"), On: on, Excuse: value(r, "excuse")}, err
	}},
	request.ActExtend:          {extendFields, readExtend},
	request.ActAskExtension:    {extendFields, readExtend},
	request.ActGrantExtension:  {extendFields, readExtend},
	request.ActReturnExtension: {noteFields("原因", true, "承办人会看到这个原因。"), readNote},
	request.ActDecide:          {decideFields, readDecide},
	request.ActPass:            {noteFields("意见", false, "通过后转给签发人。"), readNote},
	casework.ActReturn:         {noteFields("原因", true, "承办人会看到这个原因。"), readNote},
	request.ActSign:            {noteFields("意见", false, "签发后编文号，答复书不再改动。"), readNote},
	request.ActWithdraw:        {noteFields("原因", true, "申请人书面撤回的，写明日期和方式。"), readNote},
},
	lead: []casework.Action{request.ActGrantExtension, request.ActConfirm, request.ActChecked, request.ActCorrected, request.ActFeeServed, request.ActFeePaid, request.ActPass, request.ActSign,
		request.ActSigned, request.ActArchive, request.ActServe, request.ActThirdTold, request.ActDecide},
	common: []casework.Action{request.ActReturnExtension, request.ActOnSpot, casework.ActReturn, request.ActCorrect, request.ActNoticeServed, request.ActLapsed, request.ActConsult, request.ActConsultGot, request.ActReply, request.ActOverride,
		request.ActExtend, request.ActAskExtension, request.ActSearched, request.ActReasons, request.ActFailed, request.ActExample},
}

// extendFields are days and reason; where the head decides on an asking they
// are those that were asked for.
func extendFields(v *casework.View, _ workday.Date) []field {
	days, why := "20", ""
	if q, ok := v.Data.(*request.Request); ok {
		if e := q.Work.OpenExtension(); e != nil {
			days, why = strconv.Itoa(e.Days), e.Reason
		}
	}
	return []field{{Name: "days", Label: "延长天数", Kind: "text", Numeric: true, Required: true, Value: days, Hint: "工作日，最多 20 个，只能延长一次，要在原期限届满前决定。"},
		{Name: "why", Label: textReason, Kind: "area", Required: true, Max: 1000, Value: why, Hint: "写进给申请人的延期答复告知书，不写申请人是谁。"}}
}

func readExtend(r *http.Request) (any, error) {
	days, err := strconv.Atoi(value(r, "days"))
	if err != nil {
		days = 0 // the check names the field
	}
	return &request.ExtendForm{Days: days, Reason: value(r, "why")}, nil
}

func noteFields(label string, required bool, hint string) func(*casework.View, workday.Date) []field {
	return func(*casework.View, workday.Date) []field {
		return []field{{Name: "why", Label: label, Kind: "area", Required: required, Max: 1000, Hint: hint}}
	}
}

func readNote(r *http.Request) (any, error) { return &request.NoteForm{Text: value(r, "why")}, nil }

// decidedItems is how many matters one form decides.
const decidedItems = 3

func decideFields(v *casework.View, _ workday.Date) []field {
	q := v.Data.(*request.Request)
	var out []field
	for i := range decidedItems {
		var it request.Item
		if i < len(q.Decision.Items) {
			it = q.Decision.Items[i]
		} else if i == 0 {
			it.What = shorten(q.Content, 60)
		}
		outcomes := []option{{Name: textChoose}}
		for _, o := range request.Outcomes {
			outcomes = append(outcomes, option{string(o.Code), o.Name + "（" + o.Row + "）", o.Code == it.Outcome})
		}
		n := fmt.Sprintf("%d", i+1)
		fold, grounds, other := "", "部分公开、不公开的依据和损害", "检索记录、负责公开的机关"
		if i > 0 { // most requests ask for one thing
			fold = "第 " + n + " 项"
			grounds, other = fold, fold
		}
		out = append(out,
			field{Name: "what" + n, Label: "第 " + n + " 项申请的信息", Kind: "text", Value: it.What, Max: 300, Required: i == 0, Fold: fold},
			field{Name: "outcome" + n, Label: "第 " + n + " 项答复结果", Kind: "select", Options: outcomes, Fold: fold},
			field{Name: "content" + n, Label: "第 " + n + " 项提供的内容", Kind: "area", Value: it.Content, Max: 2000, Hint: "予以公开、部分公开的写明提供什么、怎样提供。", Fold: fold},
			field{Name: "way" + n, Label: "第 " + n + " 项获取方式", Kind: "text", Value: it.Way, Max: 500, Hint: "已主动公开的写明网址或者获取途径。", Fold: fold},
			field{Name: "reason" + n, Label: "第 " + n + " 项理由", Kind: "area", Value: it.Reason, Max: 2000, Hint: "不公开、不提供、不处理的要写明。", Fold: fold},
			field{Name: "ground" + n, Label: "第 " + n + " 项不予公开部分的依据", Kind: "select", Options: partialOptions(it, 0), Hint: "部分公开的必选；决定救济途径怎么写。", Fold: grounds},
			field{Name: "other" + n, Label: "第 " + n + " 项不予公开部分的另一个依据", Kind: "select", Options: partialOptions(it, 1), Fold: grounds},
			field{Name: "harm" + n, Label: "第 " + n + " 项公开会造成的损害", Kind: "area", Value: it.Harm, Max: 2000, Hint: "危及安全、损害第三方权益的要写明公开会造成什么损害。", Fold: grounds},
			field{Name: "sort" + n, Label: "第 " + n + " 项属于哪一类", Kind: "select", Options: sortOptions(it.Sort), Hint: "内部事务信息、过程性信息选一类。", Fold: grounds},
			field{Name: "search" + n, Label: "第 " + n + " 项检索记录", Kind: "area", Value: it.Search, Max: 2000, Hint: "信息不存在的，写明在哪里、由谁、用什么词检索。", Fold: other},
			field{Name: "owner" + n, Label: "第 " + n + " 项负责公开的机关", Kind: "text", Value: it.Owner, Max: 300, Fold: other})
	}
	return append(out, formFields(q)...)
}

// formFields ask for another form than the one asked for.
func formFields(q *request.Request) []field {
	const fold = "换一种形式提供"
	asked, given := nameIn(request.Ways, q.Way), q.Decision.Form
	ways, grounds := []option{{Name: "按申请人要求：" + asked}}, []option{{Name: textChoose}}
	for _, w := range request.Ways {
		if w.Code != q.Way {
			ways = append(ways, option{w.Code, w.Name, w.Code == given.Way})
		}
	}
	for _, g := range request.FormGrounds {
		grounds = append(grounds, option{g.Code, g.Name, g.Code == given.Ground})
	}
	return []field{{Name: "form", Label: "提供信息的形式", Kind: "select", Options: ways, Hint: "不按申请人要求的形式提供的，依据和理由写进答复书。", Fold: fold},
		{Name: "form_ground", Label: "换一种形式的依据", Kind: "select", Options: grounds, Fold: fold},
		{Name: "form_reason", Label: "换一种形式的理由", Kind: "area", Value: given.Reason, Max: 1000, Hint: "写明载体的情况或者成本，不写申请人是谁。", Fold: fold}}
}

// partialOptions are the grounds of the withheld part; i is which of them.
func partialOptions(it request.Item, i int) []option {
	out := []option{{Name: textChoose}}
	for _, g := range request.PartialGrounds {
		name := g.Name()
		if g == request.OtherEnding {
			name = "不属于政府信息"
		}
		out = append(out, option{string(g), name, i < len(it.Grounds) && it.Grounds[i] == g})
	}
	return out
}

func sortOptions(chosen string) []option {
	out := []option{{Name: textChoose}}
	for _, o := range []request.Outcome{request.DenyInternal, request.DenyProcess} {
		for _, s := range request.Sorts[o] {
			out = append(out, option{s, o.Name() + "：" + s, s == chosen})
		}
	}
	return out
}

func readDecide(r *http.Request) (any, error) {
	f := &request.DecideForm{}
	f.Decision.Form = request.OtherForm{Way: value(r, "form"), Ground: value(r, "form_ground"), Reason: longValue(r, "form_reason")}
	for i := range decidedItems {
		n := fmt.Sprintf("%d", i+1)
		it := request.Item{What: value(r, "what"+n), Outcome: request.Outcome(value(r, "outcome"+n)), Reason: longValue(r, "reason"+n), Content: longValue(r, "content"+n),
			Way: value(r, "way"+n), Search: longValue(r, "search"+n), Owner: value(r, "owner"+n), Harm: longValue(r, "harm"+n), Sort: value(r, "sort"+n)}
		for _, name := range []string{"ground" + n, "other" + n} {
			if g := request.Outcome(value(r, name)); g != "" && it.Outcome == request.Partial {
				it.Grounds = append(it.Grounds, g)
			}
		}
		if it.What != "" {
			f.Decision.Items = append(f.Decision.Items, it)
		} else if it.Outcome != "" {
			return f, fault.Field("office.readDecide", "第 "+n+" 项申请的信息", "“第 %s 项申请的信息”：请写明是哪一部分。", n)
		}
	}
	return f, nil
}

// requestPart is what the page of a case shows of a request.
type requestPart struct {
	*request.Request
	Case        *casework.Case
	KindName    string
	ChannelName string
	WayName     string
	HowName     string
	OutcomeName string
	FormName    string // of another form than asked
	FormGround  string
}

func requestFacts(v *casework.View) (any, error) {
	q, ok := v.Data.(*request.Request)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.requestFacts", "case %d holds %T", v.Case.ID, v.Data)
	}
	p := requestPart{Request: q, Case: v.Case, ChannelName: channelNames[q.Channel], WayName: nameIn(request.Ways, q.Way), HowName: nameIn(request.Deliveries, q.Delivery)}
	if f := q.Decision.Form; f.Way != "" {
		p.FormName, p.FormGround = nameIn(request.Ways, f.Way), nameIn(request.FormGrounds, f.Ground)
	}
	for _, k := range request.ApplicantKinds {
		if k.Kind == q.Kind {
			p.KindName = k.Name
		}
	}
	if info, ok := q.Outcome.Info(); ok {
		p.OutcomeName = info.Name
	}
	return p, nil
}

func nameIn(list []struct{ Code, Name string }, code string) string {
	for _, x := range list {
		if x.Code == code {
			return x.Name
		}
	}
	return code
}

// channelNames are the ways by which a request comes in.
var channelNames = map[clock.Channel]string{clock.InPerson: "当面提交", clock.PostSigned: "邮寄（签收）", clock.PostOrdinary: "平常信函", clock.Fax: "传真", clock.Online: "网上提交"}
