package office

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

const (
	textNotesPage = "内部记录"
	textNotesRead = "%s。只有工作人员能看，申请人看不到；这次查看已经记入审计记录。"
)

// workChapter is the page's share of what stands beside the main line: service
// of a notice, frequent requests, searches, counsel and the house's own words.
func workChapter() requestChapter {
	text := func(name, label, hint string, required bool, most int) field {
		return field{Name: name, Label: label, Kind: "text", Hint: hint, Required: required, Max: most}
	}
	area := func(name, label, hint string, required bool) field {
		return field{Name: name, Label: label, Kind: "area", Hint: hint, Required: required, Max: 2000}
	}
	today := func(name, label, hint string, on workday.Date) field {
		return field{Name: name, Label: label, Kind: "date", Required: true, Value: on.String(), Hint: hint}
	}
	pick := func(name, label string, list []struct{ Code, Name string }) field {
		f := field{Name: name, Label: label, Kind: "select", Required: true, Options: []option{{Name: textChoose}}}
		for _, x := range list {
			f.Options = append(f.Options, option{Value: x.Code, Name: x.Name})
		}
		return f
	}
	return requestChapter{
		forms: map[casework.Action]actForm{
			request.ActNoticeServed: {func(_ *casework.View, on workday.Date) []field {
				return []field{today("on", "送达日期", "补正期限从送达的次日起算。", on), text("proof", "凭证", "邮件号码、送达回证编号。", false, 200)}
			}, func(r *http.Request) (any, error) {
				on, err := dayValue(r, "on", "送达日期")
				return &request.NoticeServedForm{On: on, Proof: value(r, "proof")}, err
			}},
			request.ActAskReasons: {func(v *casework.View, on workday.Date) []field {
				hint := ""
				if q, ok := v.Data.(*request.Request); ok {
					hint = fmt.Sprintf("这位申请人本年已提出 %d 件、本月 %d 件（按加密索引统计，含这一件）。", q.Work.Frequent.Year, q.Work.Frequent.Month)
				}
				return []field{today("until", "说明期限", hint, on.AddDays(10))}
			}, func(r *http.Request) (any, error) {
				on, err := dayValue(r, "until", "说明期限")
				return &request.AskReasonsForm{Until: on}, err
			}},
			request.ActReasons: {func(_ *casework.View, on workday.Date) []field {
				return []field{area("reasons", "申请人说明的理由", "照原文登记，加密保存。", true), today("on", "收到日期", "", on), pick("verdict", "是否合理", request.Verdicts), area("why", "认定的原因", "认定不合理的要写明。", false)}
			}, func(r *http.Request) (any, error) {
				on, err := dayValue(r, "on", "收到日期")
				return &request.ReasonsForm{Reasons: longValue(r, "reasons"), On: on, Verdict: value(r, "verdict"), Why: longValue(r, "why")}, err
			}},
			request.ActDelay: {func(*casework.View, workday.Date) []field {
				return []field{{Name: "days", Label: "延迟天数", Kind: "text", Numeric: true, Required: true, Hint: "工作日。理由合理但在规定期限内答复不了的，确定合理的延迟期限。"}, area("why", textReason, "", true)}
			}, func(r *http.Request) (any, error) {
				days, err := strconv.Atoi(value(r, "days"))
				if err != nil {
					days = 0 // the check names the field
				}
				return &request.DelayForm{Days: days, Reason: value(r, "why")}, nil
			}},
			request.ActSearched: {func(_ *casework.View, on workday.Date) []field {
				return []field{text("place", "检索地点", "例如：档案室、办公系统、业务系统。", true, 200), text("searcher", "检索人", "", true, 100), text("words", "检索词", "用过的关键词、文号，用空格隔开。", true, 300),
					today("on", "检索日期", "", on), pick("result", "检索结果", request.SearchResults), text("note", "说明", "找到一部分的，写明是哪一部分。", false, 500)}
			}, func(r *http.Request) (any, error) {
				on, err := dayValue(r, "on", "检索日期")
				return &request.SearchForm{SearchLine: request.SearchLine{Place: value(r, "place"), Searcher: value(r, "searcher"), Words: value(r, "words"), On: on, Result: value(r, "result"), Note: value(r, "note")}}, err
			}},
			request.ActAskCounsel: {func(*casework.View, workday.Date) []field {
				return []field{pick("kind", "请谁出具", request.CounselKinds), text("name", "姓名或者律师事务所", "", true, 100), area("question", "需要研究的问题", "", true)}
			}, func(r *http.Request) (any, error) {
				return &request.AskCounselForm{Kind: value(r, "kind"), Name: value(r, "name"), Question: longValue(r, "question")}, nil
			}},
			request.ActCounsel: {func(_ *casework.View, on workday.Date) []field {
				return []field{pick("view", "结论", request.CounselViews), area("opinion", "法律意见", "审核人会在旁边看到。", true), today("on", "出具日期", "", on)}
			}, func(r *http.Request) (any, error) {
				on, err := dayValue(r, "on", "出具日期")
				return &request.CounselForm{View: value(r, "view"), Opinion: longValue(r, "opinion"), On: on}, err
			}},
			request.ActSubject: {func(*casework.View, workday.Date) []field {
				return []field{text("subject", "内部简称", "代替“政府信息公开申请”出现在清单、通知和日历里，例如：校服采购合同。不写人名和号码；不填就恢复原样。", false, 30)}
			}, func(r *http.Request) (any, error) { return &request.SubjectForm{Subject: value(r, "subject")}, nil }},
			request.ActNote: {func(*casework.View, workday.Date) []field {
				return []field{area("text", "内部记录", "只有工作人员能看，加密保存。", true)}
			}, func(r *http.Request) (any, error) { return &request.NoteTextForm{Text: longValue(r, "text")}, nil }},
			request.ActAskHelp: {func(*casework.View, workday.Date) []field {
				return []field{pick("kind", "事由", request.HelpKinds), text("unit", "单位", "本机关的处室、单位。", true, 100), area("text", "内容", "要什么材料；或者办理中发现的问题和改进的建议。", true),
					{Name: "until", Label: "期限", Kind: "date", Hint: "请提供材料的必填。"}}
			}, func(r *http.Request) (any, error) {
				on, err := dayValue(r, "until", "期限")
				return &request.HelpForm{Kind: value(r, "kind"), Unit: value(r, "unit"), Text: longValue(r, "text"), DueOn: on}, err
			}},
			request.ActHelpGiven: {func(v *casework.View, _ workday.Date) []field {
				f := field{Name: "note", Label: "答复哪一件", Kind: "select", Required: true, Options: []option{{Name: textChoose}}}
				if q, ok := v.Data.(*request.Request); ok {
					for _, n := range q.Work.Notes {
						if n.Waits() {
							f.Options = append(f.Options, option{Value: strconv.FormatInt(n.ID, 10), Name: n.KindName() + "：" + n.Unit})
						}
					}
				}
				if len(f.Options) == 2 {
					f.Options[1].Chosen = true
				}
				return []field{f, area("text", "答复", "", true)}
			}, func(r *http.Request) (any, error) {
				id, err := strconv.ParseInt(value(r, "note"), 10, 64)
				if err != nil {
					id = 0 // the check names the field
				}
				return &request.HelpGivenForm{Note: id, Text: longValue(r, "text")}, nil
			}},
		},
		parts: []casePart{{part: "request_work", facts: workFacts}},
		routes: []route{
			{method: http.MethodGet, pattern: "/office/requests/{id}/notes", page: textNotesPage, act: access.HandleRequest, handler: notesPage},
		},
	}
}

// workFacts is what was done beside the main line; nothing while nothing was.
func workFacts(v *casework.View) (any, error) {
	q, ok := v.Data.(*request.Request)
	if !ok {
		return nil, nil
	}
	w := q.Work
	if len(w.Searches)+len(w.Counsels)+len(w.Notes)+len(w.Councils)+len(w.Extensions) == 0 && w.Proactive == nil && w.Frequent.AskedOn.IsZero() && w.Frequent.Month < 3 {
		return nil, nil
	}
	may := func(b casework.Button) bool { return b.Action == request.ActNote && b.Reason == "" }
	return struct {
		*request.Request
		Handles bool // so that who only reviews is offered no upload
	}{q, slices.ContainsFunc(v.Buttons, may)}, nil
}

// notesPage opens the house's own words about a request. Each look is on record.
func notesPage(o *Office, c *call) (*answer, error) {
	v, q, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	notes, reasons, err := o.deps.Requests.ReadNotes(c.ctx(), c.actor(), q, nil)
	if err != nil {
		return nil, err
	}
	var logins []string
	for _, n := range notes {
		logins = append(logins, n.By, n.AnsweredBy)
	}
	names, _, err := o.deps.Cases.Names(c.ctx(), logins, nil)
	if err != nil {
		return nil, err
	}
	d := &formView{frame: o.frame(c, textNotesPage, requestsCrumb, document.Crumb{Name: v.Case.Number, Href: fmt.Sprintf("/office/cases/%d", v.Case.ID)}),
		Heading: textNotesPage, Lead: fmt.Sprintf(textNotesRead, v.Case.Number)}
	if reasons != "" {
		d.Facts = append(d.Facts, applicantLine{"申请人说明的理由", reasons})
	}
	for _, n := range notes {
		title := n.KindName()
		if n.Unit != "" {
			title += "：" + n.Unit
		}
		d.Facts = append(d.Facts, applicantLine{title, strings.TrimSpace(n.Body + "（" + actorName(n.By, names) + "，" + workday.DateOf(n.At).Chinese() + "）")})
		if n.Answer != "" {
			d.Facts = append(d.Facts, applicantLine{title + "的答复", n.Answer + "（" + actorName(n.AnsweredBy, names) + "，" + workday.DateOf(n.AnsweredAt).Chinese() + "）"})
		}
	}
	return o.page(c, "request_form", http.StatusOK, d)
}

// lateNotice warns before a notice of correction that would stop nothing.
func lateNotice(v *casework.View, today workday.Date) string {
	q, ok := v.Data.(*request.Request)
	if !ok || q.Work.CorrectBy.IsZero() {
		return ""
	}
	if today.After(q.Work.CorrectBy) {
		return "注意：应当最迟在" + q.Work.CorrectBy.Chinese() + "告知补正，现在已经过了。逾期仍可以告知，但答复期限不停止计算。"
	}
	return "最迟在" + q.Work.CorrectBy.Chinese() + "告知，答复期限才停止计算。"
}
