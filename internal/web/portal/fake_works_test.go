package portal

import (
	"compress/gzip"
	"io"
	"os"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/workday"
)

func readText(t testing.TB, name string) string {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

var day = workday.MustDate

// newFakeLibrary fills the fake with works of every state.
func newFakeLibrary(t testing.TB) *fakeLibrary {
	council := []document.OrganRef{{ID: 1, Code: "gwy", Name: "国务院", Role: "lead"}}
	office := []document.OrganRef{{ID: 2, Code: "qhsb", Name: "清河市人民政府办公室", Role: "lead"}, {ID: 3, Code: "qhcg", Name: "清河市城市管理行政执法局", Now: "清河市城市管理局", Role: "joint"}}
	policies := document.Placement{ColumnID: 11, Code: "zcwj", Name: "政策文件", Type: "政策文件", Description: "规章、行政规范性文件和其他政策文件", Keywords: "规章;规范性文件", Trail: []document.Crumb{{Name: "政府信息公开", Href: "/disclosure/"}, {Name: "政策文件", Href: "/columns/11"}}}
	edition := func(work int64, label int, title, no, kind string, published, from workday.Date, basis document.Basis, organs []document.OrganRef) document.Edition {
		return document.Edition{Work: work, Label: label, State: "published", Title: title, DocNo: no, Kind: kind, PublishedOn: published, From: from, Basis: basis,
			Organs: organs, Standing: document.StandingCurrent, ReleasedAt: minuteOf("2026-11-20 17:31"), Chars: 1234, ExternalID: "x" + title[:3]}
	}
	lib := &fakeLibrary{site: document.Site{ID: 1, Name: "清河市人民政府", Organiser: "清河市人民政府办公室", Contact: "0000-1234567"}}
	lib.columns = []document.Column{
		{ID: 10, Code: "zn", Name: "政府信息公开指南", Type: "信息公开指南", Part: "guide", Trail: []document.Crumb{{Name: "政府信息公开", Href: "/disclosure/"}}},
		{ID: 11, Code: "zcwj", Name: "政策文件", Type: "政策文件", Part: "statutory", Description: "规章、行政规范性文件和其他政策文件", Keywords: "规章;规范性文件", Count: 7,
			Trail: []document.Crumb{{Name: "政府信息公开", Href: "/disclosure/"}}, Children: []document.Column{{ID: 12, Name: "规章", Type: "政策文件", Count: 2}}},
	}

	relics := &fakeWork{texts: []string{readText(t, "relics_1.txt.gz"), readText(t, "relics_2.txt.gz")}}
	relics.Work, relics.Validity, relics.LogSeq = 1, document.InForce, 1
	e1 := edition(1, 1, "中华人民共和国水下文物保护管理条例", "中华人民共和国国务院令第42号", "行政法规", day("2011-01-08"), day("2011-01-08"), document.BasisPresumed, council)
	e1.Until, e1.Standing = day("2022-04-01"), document.StandingAmended
	e1.History = []document.HistoryLine{{Date: day("1989-10-20"), Event: "中华人民共和国国务院令第42号发布"}, {Date: day("2011-01-08"), Event: "《国务院关于废止和修改部分行政法规的决定》修订"}}
	e2 := edition(1, 2, e1.Title, "中华人民共和国国务院令第751号", "行政法规", day("2022-01-23"), day("2022-04-01"), document.BasisGiven, council)
	e2.History = append(e1.History[:2:2], document.HistoryLine{Date: day("2022-01-23"), Event: "中华人民共和国国务院令第751号第二次修订"})
	e2.Topics = []string{"文化、广电、新闻出版", "文物"}
	relics.Editions, relics.Since = []document.Edition{e1, e2}, day("2011-01-08")
	relics.Placements = []document.Placement{policies}

	open := &fakeWork{texts: []string{readText(t, "disclosure_1.txt.gz")}}
	open.Work, open.Validity = 2, document.InForce
	open.Editions = []document.Edition{edition(2, 1, "中华人民共和国政府信息公开条例", "中华人民共和国国务院令第711号", "行政法规", day("2019-04-03"), day("2019-05-15"), document.BasisGiven, council)}
	open.Backlinks = []document.Backlink{{Kind: document.RelBasedOn, Work: 6, Title: "清河市2027年政务公开工作要点", FromPath: "pre", Validity: document.NotYetInForce}}

	companies := &fakeWork{texts: []string{readText(t, "companies_1.txt.gz")}}
	companies.Work, companies.Validity, companies.ValidityNote = 4, document.Repealed, "废止（日期不详）"
	companies.Editions = []document.Edition{edition(4, 1, "中华人民共和国公司登记管理条例", "中华人民共和国国务院令第156号", "行政法规", day("2016-02-06"), day("2016-02-06"), document.BasisPresumed, council)}
	companies.Facts = []document.Fact{{ID: 1, Kind: document.FactRepealed, Authority: "来源标明已废止"}}

	sand := &fakeWork{texts: []string{readText(t, "sand_1.txt.gz"), readText(t, "sand_2.txt.gz")}}
	sand.Work, sand.Validity = 5, document.InForce
	s1 := edition(5, 1, "长江河道采砂管理条例", "中华人民共和国国务院令第320号", "行政法规", day("2001-10-25"), day("2002-01-01"), document.BasisText, council)
	s1.Until, s1.Standing = day("2023-07-20"), document.StandingAmended
	sand.Editions = []document.Edition{s1, edition(5, 2, s1.Title, s1.DocNo, "行政法规", day("2023-07-20"), day("2023-07-20"), document.BasisPresumed, council)}

	plan := &fakeWork{texts: []string{"清河市2027年政务公开工作要点\n一、总体要求\n按照《中华人民共和国政府信息公开条例》，做好全年工作。\n二、重点任务\n（一）加强政策公开\n集中公开现行有效的规章和行政规范性文件。\n清河市人民政府办公室\n2026年11月18日\n"}}
	plan.Work, plan.Validity = 6, document.NotYetInForce
	p1 := edition(6, 1, "清河市2027年政务公开工作要点", "", "通知", day("2026-11-18"), day("2027-01-01"), document.BasisGiven, nil)
	plan.Editions = []document.Edition{p1}
	plan.Relations = []document.Relation{{Kind: document.RelBasedOn, Title: "中华人民共和国政府信息公开条例", Work: 2, Validity: document.InForce}}

	old := &fakeWork{texts: []string{"第一条 小型车每小时收费3元。\n第二条 本规定自2010年1月1日起施行。\n"}, dead: day("2021-07-01")}
	old.Work, old.Validity, old.Since = 7, document.Repealed, day("2021-07-01")
	old.Editions = []document.Edition{edition(7, 1, "清河市停车收费暂行规定", "清政办字〔2009〕88号", "通知", day("2009-12-01"), day("2010-01-01"), document.BasisGiven, office[:1])}
	old.EndedBy = &document.Backlink{Kind: document.RelRepeals, Work: 3, Title: "清河市停车场管理办法", DocNo: "清政办字〔2021〕17号"}
	old.ReplacedBy = old.EndedBy

	gone := &fakeWork{gone: true}
	gone.Work = 8
	gone.Editions = []document.Edition{{Label: 1}}
	lib.works = []*fakeWork{relics, open, parkingWork(t, edition, office, policies), companies, sand, plan, old, gone,
		withdrawnWork(9, "关于给予甲公司行政处罚的决定", "清罚决字〔2026〕9号"), withdrawnWork(10, "", "")}
	return lib
}

type editionMaker func(int64, int, string, string, string, workday.Date, workday.Date, document.Basis, []document.OrganRef) document.Edition

// parkingWork has everything a work can have.
func parkingWork(t testing.TB, edition editionMaker, office []document.OrganRef, place document.Placement) *fakeWork {
	w := &fakeWork{texts: []string{readText(t, "parking_1.txt"), readText(t, "parking_2.txt")}}
	w.Work, w.Validity, w.LogSeq, w.Since = 3, document.PartlyRepealed, 9, day("2024-01-01")
	e1 := edition(3, 1, "清河市停车场管理办法", "清政办字〔2015〕3号", "规范性文件", day("2015-01-20"), day("2015-03-01"), document.BasisText, office)
	e1.Until, e1.Standing, e1.AdoptedOn = day("2021-07-01"), document.StandingAmended, day("2015-01-15")
	e2 := edition(3, 2, e1.Title, "清政办字〔2021〕17号", "规范性文件", day("2021-05-28"), day("2021-07-01"), document.BasisGiven, office)
	e2.AdoptedOn, e2.IndexNo, e2.Topics = day("2021-05-26"), "11370300004224423Q/2021-0000017", []string{"综合政务", "其他"}
	e2.RegistrationNo, e2.Attribute, e2.Region, e2.ExpiresOn = "QHCR-2021-0020001", "主动公开", "清河市", day("2031-06-30")
	e2.Recipients = []string{"各区人民政府", "市政府各部门"}
	e2.SourceName, e2.SourceURL = "清河市人民政府办公室", "https://example.org/doc/17.html"
	w.Editions = []document.Edition{e1, e2}
	w.DeadPaths = []string{"a5-2"}
	w.Owner = &document.OrganRef{Code: "qhcg", Name: "清河市城市管理局"}
	w.Facts = []document.Fact{{ID: 2, Kind: document.FactAmended, ValidOn: day("2021-07-01"), Authority: "清政办字〔2021〕17号"},
		{ID: 3, Kind: document.FactRepealedPart, ValidOn: day("2024-01-01"), Authority: "清河市人民政府关于修改部分文件的决定", Reason: "与上位法不一致", Provisions: []string{"a5-2"}}}
	w.Relations = []document.Relation{
		{Kind: document.RelBasedOn, FromPath: "a1", Title: "清河市城市管理条例"},
		{Kind: document.RelBasedOn, FromPath: "a1", Title: "中华人民共和国公司登记管理条例", Work: 4, Validity: document.Repealed, Dateless: true, Current: "中华人民共和国公司登记管理条例"},
		{Kind: document.RelRepeals, Title: "清河市停车收费暂行规定", DocNo: "清政办字〔2009〕88号", Work: 7, Validity: document.Repealed},
	}
	w.Backlinks = []document.Backlink{{Kind: document.RelCites, Work: 6, Edition: 1, Title: "清河市2027年政务公开工作要点", ToPath: "a4", Validity: document.NotYetInForce}}
	w.Files = []document.File{
		{Position: 0, SHA256: strings.Repeat("a", 64), Name: "停车场管理办法.docx", Size: 18233, MIME: "application/vnd.openxmlformats-officedocument.wordprocessingml.document", Role: "source", TextState: "extracted", Body: "清河市停车场管理办法\n第一条 ……"},
		{Position: 1, Name: "附件1 收费标准.pdf", Size: 245760, MIME: "application/pdf", Role: "attachment", TextState: "partial", Body: "车型\t首小时\n小型车\t5元\n大型车\t8元\n"},
		{Position: 2, Name: "附件2 标志图样.png", Size: 70, MIME: "image/png", Role: "attachment", TextState: "none"},
		{Position: 3, Name: "附件3 <旧>表格.wps", Size: 2 << 20, MIME: "application/octet-stream", Role: "attachment", TextState: "none"},
		{Position: 4, Name: "page.html", Size: 40, MIME: "text/html", Role: "attachment", TextState: "extracted", Body: "网页"},
	}
	w.bytes = map[int][]byte{0: []byte("PK docx"), 1: []byte("%PDF-1.4 test"), 2: []byte("\x89PNG\r\n\x1a\n"), 3: []byte("wps"), 4: []byte("<script>alert(1)</script>")}
	w.Records = []document.Record{{No: 1, Field: "主题分类", Old: "", New: "综合政务-其他", Actor: "市政府办公室", Reason: "补录", At: minuteOf("2026-11-20 18:02")}}
	w.Placements = []document.Placement{place}
	w.Previous, w.Next = &document.Neighbour{Work: 2, Title: "中华人民共和国政府信息公开条例"}, &document.Neighbour{Work: 5, Title: "长江河道采砂管理条例"}
	return w
}
