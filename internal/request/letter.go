package request

import (
	"context"
	"fmt"
	"strings"

	"gongkai/internal/clock"
	"gongkai/internal/workday"
)

// toApplicant says of every kind of letter whether it is written to the
// applicant, who then reads it on the page of the request. A kind that is not in
// it is never kept.
var toApplicant = map[string]bool{
	LetterReceipt: true, LetterCorrection: true, LetterExtension: true, LetterReasons: true, LetterDelay: true, LetterFee: true, LetterTransfer: true, LetterAnswer: true, LetterRecord: true,
	LetterThird: false, LetterOrgans: false, LetterOverride: false,
}

// ForApplicant lists the letters that the applicant may read: those written to
// them, an answer only once its round was served.
func (q *Request) ForApplicant() (out []Letter) {
	answers := 0
	for _, l := range q.Letters {
		if l.Kind == LetterAnswer {
			answers++
			if answers >= q.Service.Round() && q.ServedOn.IsZero() {
				continue
			}
		}
		if toApplicant[l.Kind] {
			out = append(out, l)
		}
	}
	return out
}

// latest is the last day of the answer in the words of a letter, as the facts
// stand with those of this act; "" while no day runs.
func (r *Room) latest(ctx context.Context, t *turn, more ...clock.Fact) (string, error) {
	y, err := r.kernel.YearsIn(ctx, t.Tx)
	if err != nil {
		return "", err
	}
	res, _ := y.Sum(t.Case.Organ, "A-70", append(t.Data.AnswerFacts(t.Case), more...))
	switch {
	case !res.HasDue() || !t.Data.Service.lastDay().IsZero():
		return "", nil
	case res.Provisional:
		return fmt.Sprintf("暂定为%s，%d年的放假安排公布以后可能调整", res.Due.Day.Chinese(), res.Due.Day.Year), nil
	}
	return "为" + res.Due.Day.Chinese(), nil
}

const (
	factDue   = "最迟答复日期"
	lockedDue = "日期按登记的事实和放假安排算出。"
)

// ApplicantMark stands for the applicant's name in a stored letter.
const ApplicantMark = "〔申请人〕"

// correctionFacts number what is to be mended.
func correctionFacts(points []string, days int) Facts {
	var lines []string
	for i, p := range points {
		lines = append(lines, fmt.Sprintf("%d. %s", i+1, end(p)))
	}
	return Facts{"补正事项": strings.Join(lines, "\n"), "补正期限": fmt.Sprint(days)}
}

func extensionFacts(f *ExtendForm) Facts {
	return Facts{"延期原因": end(f.Reason), "延长天数": fmt.Sprint(f.Days)}
}

func reasonsFacts(year, month int, until workday.Date) Facts {
	return Facts{"本年件数": fmt.Sprint(year), "本月件数": fmt.Sprint(month), "说明期限": until.Chinese()}
}

func delayFacts(f *DelayForm) Facts {
	return Facts{"延迟原因": end(f.Reason), "延迟天数": fmt.Sprint(f.Days)}
}

// feeFacts are basis, standard, amount, how and until when to pay (C-06, C-07).
func feeFacts(q *Request) Facts {
	n := q.Fee.Notice
	counted := fmt.Sprintf("本件共%d页", n.Units)
	if n.Method == ByItems {
		counted = fmt.Sprintf("%s此前已向本机关申请%d件，本件计%d件", monthWords(q.Fee.Month), n.Before, n.Units)
	}
	return Facts{factNumber: n.Number, "收费理由": end(n.Reason), "收费依据": q.Fee.Prices.Basis, "收费标准": q.Fee.Prices.Standard(n.Method), "计费方式": n.Method.Name(), "数量": counted,
		"金额": Yuan(n.Amount), "大写": Capitals(n.Amount), "缴费方式": end(n.HowToPay), "缴费期限": fmt.Sprint(clock.MustFind("C-07").Number)}
}

// end closes a sentence that its writer left open.
func end(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasSuffix(s, "。") || strings.HasSuffix(s, "；") || strings.HasSuffix(s, "！") || strings.HasSuffix(s, "？") {
		return s
	}
	return s + "。"
}
