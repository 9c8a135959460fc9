package request

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"gongkai/internal/casework"
	"gongkai/internal/workday"
)

var update = flag.Bool("update", false, "write golden files")

// Every letter of the procedure is written from its template: here are all of
// them word for word, to a person and to a company, with nothing missing.
func TestA116_A79_A76_LettersFromTheirTemplates(t *testing.T) {
	today := workday.MustDate("2026-02-03")
	body := func(name string) Body { return Body{Name: name, Address: name + "接待室"} }
	p := &Profile{Kind: Department, Name: "清河市教育局", Own: body("清河市人民政府"), Court: body("清河市河东区人民法院"), Online: "https://fy.example.gov.cn", Prefix: "清教公开", Contact: "清河市某路1号"}
	c := &casework.Case{Number: "依申请〔2026〕1号"}
	fee := Fee{Month: "2026-01", Prices: NationalFees, Notice: &FeeNotice{Method: ByItems, Units: 1, Before: 30, Amount: 200_00, Reason: "一个月内申请31件", HowToPay: "市财政非税收入专户", Number: "清教公开〔2026〕2号"}}
	third := Party{RepliedOn: today, Opinion: Refuses, Override: "财政资金采购应当接受监督"}
	for _, kind := range []ApplicantKind{Natural, Business} {
		q := &Request{Kind: kind, ReceivedOn: workday.MustDate("2026-01-30"), Profile: p, Fee: fee, Decision: Decision{Items: []Item{{What: "采购合同", Outcome: Grant}}}}
		overruled, err := overrideFacts(q, third)
		if err != nil {
			t.Fatal(err)
		}
		asked := &ConsultForm{What: "采购合同的单价"}
		_, online := consultLetter("third_party", asked, true)
		_, joint := consultLetter("joint_organ", asked, false)
		organs, other := consultLetter("other_organ", asked, false)
		if organs != LetterOrgans {
			t.Errorf("another organ gets %s", organs)
		}
		written := map[string]*Composed{"mend": mendLetter(c, &Mend{Kind: kind, Record: "户籍登记日期", ReceivedOn: today, Outcome: MendRefused, Reason: "证据不足", LetterNo: "清教公开〔2026〕3号", Profile: p}, today)}
		for name, x := range map[string]struct {
			id   string
			more Facts
		}{"receipt": {LetterReceipt, nil}, "correction": {LetterCorrection, correctionFacts([]string{"写明年份", "写明文件名称"}, 15)}, "extension": {LetterExtension, extensionFacts(&ExtendForm{Days: 20, Reason: "案卷较多"})},
			"third": {LetterThird, online}, "joint": {LetterOrgans, joint}, "organ": {LetterOrgans, other}, "reasons": {LetterReasons, reasonsFacts(40, 31, workday.MustDate("2026-02-13"))},
			"delay": {LetterDelay, delayFacts(&DelayForm{Days: 30, Reason: "需要逐件查找"})}, "fee": {LetterFee, feeFacts(q)}, "override": {LetterOverride, overruled},
			"transfer": {LetterTransfer, transferFacts("清河市自然资源局", "依申请〔2026〕8号", "由该局负责公开")}} {
			tpl, ok := FindTemplate(x.id)
			if !ok {
				t.Fatal(x.id)
			}
			f := q.facts(c, today)
			for k, v := range x.more {
				f[k] = v
			}
			written[name] = tpl.write(f, nil)
		}
		for name, w := range written {
			if len(w.Missing) > 0 {
				t.Errorf("%s lacks %v", name, w.Names())
			}
			file := filepath.Join("testdata", "letters", name+"_"+string(kind)+".txt")
			got := w.Title + "\n\n" + w.Body() + "\n"
			if *update {
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if string(want) != got {
				t.Errorf("%s changed; the words of a letter change only with templateVersion:\n%s", file, got)
			}
		}
	}
}
