package request

import (
	"fmt"
	"strings"

	"gongkai/internal/casework"
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
