package document_test

import (
	"context"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/workday"
)

func TestFindCited_ByNumberTitleAndProvisionOnADay(t *testing.T) {
	each(t, func(b *bench) {
		t := b.t
		b.importLines(`{"id":"a","title":"清河市供热管理办法","doc_no":"清政发〔2020〕3号","publish_date":"2020-03-01","effective_date":"2020-04-01","text":"清河市供热管理办法\n第一条 为了规范供热，制定本办法。\n第二条 本办法适用于本市。"}
{"id":"b","title":"清河市旧办法","doc_no":"清政发〔2001〕1号","publish_date":"2001-03-01","effective_date":"2001-04-01","text":"第一条 旧。","facts":[{"kind":"repealed","valid_on":"2020-04-01","authority":"清河市人民政府"}]}`)
		for _, c := range []struct {
			name string
			cite document.Citation
			want document.Validity
			text string
			none bool
		}{
			{"number with wrong brackets", document.Citation{DocNo: "清政发[2020]3号", On: workday.MustDate("2021-01-01")}, document.InForce, "", false},
			{"title and article", document.Citation{Title: "清河市供热管理办法", Path: "a2", On: workday.MustDate("2021-01-01")}, document.InForce, "适用于本市", false},
			{"no such article", document.Citation{Title: "清河市供热管理办法", Path: "a9", On: workday.MustDate("2021-01-01")}, document.InForce, "", false},
			{"before it was in force", document.Citation{Title: "清河市供热管理办法", On: workday.MustDate("2020-03-10")}, document.NotYetInForce, "", false},
			{"repealed", document.Citation{Title: "清河市旧办法", On: workday.MustDate("2021-01-01")}, document.Repealed, "", false},
			{"the day before the repeal", document.Citation{Title: "清河市旧办法", On: workday.MustDate("2020-03-31")}, document.InForce, "", false},
			{"unknown", document.Citation{Title: "没有这份文件"}, "", "", true},
		} {
			got, err := b.lib.FindCited(context.Background(), c.cite)
			if err != nil {
				t.Fatal(err)
			}
			if c.none {
				if got != nil {
					t.Errorf("%s: %+v", c.name, got)
				}
				continue
			}
			if got == nil || got.Validity != c.want || got.Provision != (c.text != "") || !strings.Contains(got.Text, c.text) {
				t.Errorf("%s: %+v", c.name, got)
			}
		}
	})
}
