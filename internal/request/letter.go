package request

import (
	"context"
	"fmt"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/clock"
)

// toApplicant says of every kind of letter whether it is written to the
// applicant, who then reads it on the page of the request. A kind that is not in
// it is never kept.
var toApplicant = map[string]bool{
	LetterReceipt: true, LetterCorrection: true, LetterExtension: true, LetterReasons: true, LetterDelay: true, LetterFee: true, LetterTransfer: true, LetterAnswer: true, LetterMend: true,
	LetterThird: false, LetterThirdDecision: false,
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

// end closes a sentence that its writer left open.
func end(s string) string {
	s = strings.TrimSpace(s)
	if strings.HasSuffix(s, "。") || strings.HasSuffix(s, "；") || strings.HasSuffix(s, "！") || strings.HasSuffix(s, "？") {
		return s
	}
	return s + "。"
}

func receiptText(c *casework.Case, q *Request) string {
	return fmt.Sprintf("%s：\n\n本机关于%s收到您的政府信息公开申请，登记编号为%s。本机关将依照《中华人民共和国政府信息公开条例》第三十三条，自收到申请之日起20个工作日内答复；需要延长的，另行告知。", ApplicantMark, q.ReceivedOn.Chinese(), c.Number)
}
