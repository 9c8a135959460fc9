package exchange

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

var words = strings.Repeat("各单位要结合实际认真贯彻执行，重大问题及时报告。", 6)

func read(t *testing.T, address, body string) *page {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	start, err := startAddress("http://old.example/zc/")
	if err != nil {
		t.Fatal(err)
	}
	p, err := readPage(context.Background(), scopeOf(start), u, []byte(body), "text/html", &pageRow{url: address, column: "通知"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestReadPage_Kinds(t *testing.T) {
	for _, c := range []struct{ name, body, kind, title, column string }{
		{"tags", `<meta name="articletitle" content="甲办法"><meta name="ColumnName" content="规章"><p>短。</p>`, kindContent, "甲办法", "规章"},
		{"only structure", `<title>关于乙事项的通知_清河市政府门户网站</title><div><a href="/">首页</a></div><div><div><p>` + words + `</p></div></div>`, kindContent, "关于乙事项的通知", "通知"},
		{"heading", `<h1>关于丙事项的意见</h1><div id="nav"><a href="/">` + words + `</a></div><p>` + words + `</p>`, kindContent, "关于丙事项的意见", "通知"},
		{"list", `<title>规章</title><ul><li><a href="1.html">第一份文件</a>2012-01-02</li><li><a href="2.html">第二份文件</a>[2012年1月3日]</li><li><a href="3.html">第三份文件</a>2012.1.4</li></ul>`, kindList, "规章", "规章"},
		{"links only", `<div><a href="a.html">` + words + `</a></div>`, kindOther, "", "通知"},
		{"links under a heading", `<h1>政务公开栏目导航</h1><div><a href="a.html">` + words + `</a></div><p>请选择上面的栏目。</p>`, kindOther, "政务公开栏目导航", "通知"},
		{"crumbs", `<div>当前位置：<a href="/">首页</a>><a href="/zc/">公文</a>><a>正文</a></div><h1>关于丁事项的批复</h1><p>` + words + `</p>`, kindContent, "关于丁事项的批复", "公文"},
		{"nothing", ``, kindOther, "", "通知"},
	} {
		p := read(t, "http://old.example/zc/a.html", c.body)
		if p.kind != c.kind || p.title != c.title || p.column != c.column {
			t.Errorf("%s: %s %q %q", c.name, p.kind, p.title, p.column)
		}
	}
}

func TestReadPage_HeaderTableAndText(t *testing.T) {
	p := read(t, "http://old.example/zc/a.html", `<h1>关于加强节水工作的通知</h1>
		<table><tr><td>索引号：</td><td>QH001/2013-00012</td><td>发文字号：</td><td>清政办〔2013〕8号</td></tr><tr><td>发布机构：</td><td>清河市人民政府办公室</td><td>成文日期：</td><td>2013-04-05</td></tr></table>
		<div class="con"><p>`+words+`</p><table><tr><th>项目</th><th>金额</th></tr><tr><td>管网</td><td>12</td></tr></table></div>
		<div class="share">分享到 微信</div><p>【打印本页】 【关闭窗口】</p>`)
	r := p.record
	if r == nil || r.IndexNo != "QH001/2013-00012" || r.DocNo != "清政办〔2013〕8号" || r.AdoptedOn != "2013-04-05" || !slices.Contains(r.Organs, "清河市人民政府办公室") {
		t.Fatalf("%+v", r)
	}
	if !strings.Contains(r.Text, "管网\t12") || strings.Contains(r.Text, "关闭") || strings.Contains(r.Text, "分享") || strings.Contains(r.Text, "索引号") {
		t.Errorf("%q", r.Text)
	}
}

func TestFileLinks(t *testing.T) {
	p := read(t, "http://old.example/zc/a.html", `<h1>关于加强节水工作的通知</h1><p>`+words+`</p>
		<a href="/up/P1.PDF">节水计划</a> <a href="/down.jsp?file=b.xlsx">附件2 用水表</a> <a href="/down?id=3">用水/定额.docx</a> <a href="x.html">别的</a>
		<a href="http://files.example/c.ofd">附件4</a> <a href="/up/P1.PDF">再次下载</a> <a href="/up/d.doc">点击下载</a> <a href="javascript:void(0)">e.pdf</a>`)
	var got []string
	for _, f := range p.files {
		got = append(got, f.url+" "+f.name)
	}
	want := []string{"http://old.example/up/P1.PDF 节水计划.PDF", "http://old.example/down.jsp?file=b.xlsx 附件2 用水表.xlsx", "http://old.example/down?id=3 用水 定额.docx",
		"http://files.example/c.ofd 附件4.ofd", "http://old.example/up/d.doc d.doc"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

func TestPaging(t *testing.T) {
	for _, c := range []struct {
		name, script string
		want         []string
	}{
		{"from one", `createPageHTML(3, 0, "index", "html");`, []string{"index_1.html", "index_2.html"}},
		{"total in a variable", `var countPage = 3; createPageHTML(countPage,0,'list','htm')`, []string{"list_1.htm", "list_2.htm"}},
		{"named element", `createPageHTML('page_div',3, 1,'fa3c','shtml',98);`, []string{"fa3c_2.shtml", "fa3c_3.shtml"}},
		{"one page", `createPageHTML(1, 0, "index", "html")`, nil},
		{"unknown variable", `createPageHTML(total, 0, "index", "html")`, nil},
		{"out of the folder", `createPageHTML(2, 0, "../../x", "html")`, nil},
	} {
		var got []string
		for _, l := range read(t, "http://old.example/zc/index.html", "<script>"+c.script+"</script>").links {
			got = append(got, strings.TrimPrefix(l.url, "http://old.example/zc/"))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if n := len(read(t, "http://old.example/zc/index.html", `<script>createPageHTML(99999, 0, "index", "html")</script>`).links); n > maxPaging {
		t.Errorf("%d pages announced", n)
	}
}

func TestDecode(t *testing.T) {
	enc := func(b []byte, err error) []byte {
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	gb := enc(simplifiedchinese.GB18030.NewEncoder().Bytes([]byte("清河市㐀人民政府")))
	big5 := enc(traditionalchinese.Big5.NewEncoder().Bytes([]byte("人民政府")))
	for _, c := range []struct {
		name, want, contentType string
		body                    []byte
	}{
		{"declared in the page", "清河市㐀人民政府", "text/html", append([]byte(`<meta charset=gb2312>`), gb...)},
		{"declared by the server", "清河市㐀人民政府", "text/html; charset=GBK", gb},
		{"declared wrongly", "清河市㐀人民政府", "text/html; charset=utf-8", gb},
		{"not declared", "清河市㐀人民政府", "", gb},
		{"UTF-8 that calls itself GBK", "人民政府", "text/html; charset=gbk", []byte("人民政府")},
		{"mark", "人民政府", "", []byte("\xef\xbb\xbf人民政府")},
		{"Big5", "人民政府", "text/html; charset=big5", big5},
		{"NUL", "人民政府", "", []byte("人民\x00政府")},
	} {
		if got := decode(c.body, c.contentType); !strings.HasSuffix(got, c.want) {
			t.Errorf("%s: %q", c.name, got)
		}
	}
}

func TestIsoDate(t *testing.T) {
	for in, want := range map[string]string{"2012-03-01 10:30": "2012-03-01", "2012年3月1日": "2012-03-01", "[2012/3/1]": "2012-03-01", "2012.03.01": "2012-03-01",
		"2012-13-01": "", "2012-02-30": "", "": "", "三月": ""} {
		if got := isoDate(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// FuzzReadPage: no page stops the crawl, and what is taken from one can be
// written as a line and stays within its bounds.
func FuzzReadPage(f *testing.F) {
	for _, s := range []string{"<a href='x'>", "<meta name=ArticleTitle content=甲><p>乙", `<frameset><frame src=a>`, "\xb9\xab\xbf\xaa", "<script>createPageHTML(9,0,'a','b')</script>", "<table><tr><td>索引号 文号 发布机构<td>"} {
		f.Add([]byte(s))
	}
	u := &url.URL{Scheme: "http", Host: "old.example", Path: "/zc/a.html"}
	in := scope{"http", "old.example", "/zc/"}
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := readPage(context.Background(), in, u, body, "text/html", &pageRow{url: u.String()})
		if err != nil {
			return
		}
		if len(p.links) > maxLinks || len(p.files) > maxFiles {
			t.Fatalf("%d links, %d files", len(p.links), len(p.files))
		}
		for _, l := range p.links {
			v, err := url.Parse(l.url)
			if err != nil || v.Host != in.host || !in.inside(v) {
				t.Fatalf("%q leads out", l.url)
			}
		}
		if p.kind == kindContent {
			if _, err := p.record.line(); err != nil {
				t.Fatal(err)
			}
		}
	})
}
