package testcity

import (
	"archive/zip"
	"bytes"
	"io"
	"regexp"
	"strings"
	"testing"

	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

func TestDocuments(t *testing.T) {
	organs := mustOrgans(t)
	named := map[string]bool{}
	for _, o := range organs {
		for _, n := range o.Names {
			named[n.Name] = true
		}
		for _, a := range o.Aliases {
			named[a] = true
		}
	}
	columns := map[string]bool{}
	for _, c := range Columns() {
		columns[c.Code] = true
	}
	topics, err := Topics()
	if err != nil {
		t.Fatal(err)
	}
	topic := map[string]bool{}
	for _, p := range topics {
		topic[p.Parent+"/"+p.Name] = true
	}

	ids := map[string]bool{}
	all, laws := map[string]int{}, map[string]int{}
	texts := 0
	err = Each(func(d Document) error {
		texts++
		if d.ID == "" || ids[d.ID] || d.WorkID == "" || d.Version == 0 {
			t.Errorf("%s: id is missing or stands twice", d.ID)
		}
		ids[d.ID] = true
		all[d.WorkID]++
		if strings.HasPrefix(d.ID, "w") {
			laws[d.WorkID]++
		}
		if strings.TrimSpace(d.Title) == "" || strings.TrimSpace(d.Text) == "" || d.SourceName == "" {
			t.Errorf("%s: title, text or source is missing", d.ID)
		}
		issuers := d.Organs
		if len(issuers) == 0 && d.IssuingBody != "" {
			issuers = strings.Split(d.IssuingBody, "、")
		}
		for _, o := range issuers {
			if !named[o] {
				t.Errorf("%s: issuing body %s is not among the organs", d.ID, o)
			}
		}
		if len(d.Columns) == 0 {
			t.Errorf("%s stands in no column", d.ID)
		}
		for _, c := range d.Columns {
			if !columns[c] {
				t.Errorf("%s: column %s does not exist", d.ID, c)
			}
		}
		parent := ""
		for _, p := range d.Topics {
			if !topic[parent+"/"+p] {
				t.Errorf("%s: topic %s/%s is not in the scheme", d.ID, parent, p)
			}
			parent = p
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := count(all, texts); got != Total {
		t.Errorf("documents: %+v, Total says %+v", got, Total)
	}
	n := 0
	for _, v := range laws {
		n += v
	}
	if got := count(laws, n); got != Laws {
		t.Errorf("laws: %+v, Laws says %+v", got, Laws)
	}
}

func count(works map[string]int, editions int) Counts {
	c := Counts{Works: len(works), Editions: editions}
	for _, n := range works {
		if n == 2 {
			c.Revised++
		}
	}
	return c
}

func TestRealDocumentsClaimNothingTheirTextDoesNot(t *testing.T) {
	titled := map[string]bool{"plan-M23": true}
	err := Each(func(d Document) error {
		if !strings.HasPrefix(d.ID, "plan-") {
			return nil
		}
		if d.DocNo != "" && !strings.Contains(d.Text, d.DocNo) {
			t.Errorf("%s: its text does not hold the number %s", d.ID, d.DocNo)
		}
		if d.TitleByLibrary != titled[d.ID] {
			t.Errorf("%s: title_given_by_library is %v", d.ID, d.TitleByLibrary)
		}
		if d.ID == "plan-M23" && (d.DocNo != "" || d.AdoptedOn != "" || len(d.Organs) > 0) {
			t.Errorf("plan-M23 claims a number, a date or an organ that its text does not name")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestNoticesF06(t *testing.T) {
	n := 0
	err := Each(func(d Document) error {
		if !strings.HasPrefix(d.ID, "gz-") {
			return nil
		}
		n++
		if !strings.HasPrefix(d.URL, "http") {
			t.Errorf("%s has no address", d.ID)
		}
		if d.DocNo == "" {
			return nil
		}
		if _, _, ok := zh.ParseDocNumber(d.DocNo); !ok && !strings.Contains(d.DocNo, "令第") {
			t.Errorf("%s: %q is no document number", d.ID, d.DocNo)
		}
		return nil
	})
	if err != nil || n != 12 {
		t.Fatalf("%d notices, %v", n, err)
	}
}

func TestStory(t *testing.T) {
	docs, err := Story()
	if err != nil {
		t.Fatal(err)
	}
	number := regexp.MustCompile(`^\p{Han}+〔20\d\d〕[1-9]\d*号$`)
	titles := map[string]bool{}
	for _, d := range docs {
		titles[d.Title] = true
	}
	for _, d := range docs {
		if d.DocNo != "" && (!number.MatchString(d.DocNo) || !strings.Contains(d.Text, d.DocNo)) {
			t.Errorf("F07: %s: %s is malformed or not in the text", d.ID, d.DocNo)
		}
		first, _, _ := strings.Cut(d.Text, "\n")
		if first != d.Title {
			t.Errorf("%s: the text begins %q, the title is %q", d.ID, first, d.Title)
		}
		adopted, err := day(d.AdoptedOn)
		if err != nil || !strings.Contains(d.Text, chinese(adopted)) {
			t.Errorf("%s: the text is not dated %s (%v)", d.ID, d.AdoptedOn, err)
		}
		for _, x := range []string{d.EffectiveDate, d.ExpiresOn} {
			if _, err := day(x); err != nil {
				t.Errorf("%s: %v", d.ID, err)
			}
		}
		if eff, _ := day(d.EffectiveDate); !eff.IsZero() && !strings.Contains(d.Text, "自"+chinese(eff)+"起施行") {
			t.Errorf("%s: the text does not say 自%s起施行", d.ID, chinese(eff))
		}
		for _, f := range d.Facts {
			if !titles[f.By] {
				t.Errorf("%s: repealed by %q, which is not here", d.ID, f.By)
			}
		}
	}
}

// chinese writes a date as official texts do: 2026年4月20日.
func chinese(d workday.Date) string { return d.Chinese() }

func TestStoryAttachmentsAreRealFiles(t *testing.T) {
	docs, err := Story()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]string{".docx": "word/document.xml", ".xlsx": "xl/workbook.xml"}
	seen := map[string]bool{}
	for _, d := range docs {
		for _, a := range d.Attachments {
			ext := a.Name[strings.LastIndex(a.Name, "."):]
			seen[ext] = true
			if !strings.Contains(d.Text, "附件：") {
				t.Errorf("%s: the text does not name its attachment", d.ID)
			}
			part, zipped := kinds[ext]
			if !zipped {
				continue
			}
			z, err := zip.NewReader(bytes.NewReader(a.Data), int64(len(a.Data)))
			if err != nil {
				t.Errorf("%s: %s: %v", d.ID, a.Name, err)
				continue
			}
			if _, err := z.Open(part); err != nil {
				t.Errorf("%s: %s: %v", d.ID, a.Name, err)
			}
		}
	}
	for _, ext := range []string{".docx", ".xlsx", ".csv"} {
		if !seen[ext] {
			t.Errorf("no attachment is a %s", ext)
		}
	}
}

func TestDocumentsClosesEarly(t *testing.T) {
	r, err := Documents()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.CopyN(io.Discard, r, 1<<20); err != nil {
		t.Fatal(err)
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
}
