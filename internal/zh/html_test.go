package zh

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTraditionalHTML(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"text and inline tags", `<p>国家<b>头发</b></p>`, `<p>國家<b>頭髮</b></p>`},
		{"addresses and ids stay", `<a href="/国" id="国" class=国 title="国家">国</a>`, `<a href="/国" id="国" class=国 title="國家">國</a>`},
		{"alt label placeholder", `<img alt='图片' src="图.png"><input aria-label=姓名输入 placeholder="请输入">`, `<img alt='圖片' src="图.png"><input aria-label=姓名輸入 placeholder="請輸入">`},
		{"field value stays, button turns", `<input name=q value="国家"><input type="submit" value="查询国家">`, `<input name=q value="国家"><input type="submit" value="查詢國家">`},
		{"meta", `<meta name="Description" content="国"><meta name="ArticleTitle" content="国"><meta name="SiteDomain" content="国"><meta content="标题" property="og:title">`,
			`<meta name="Description" content="國"><meta name="ArticleTitle" content="國"><meta name="SiteDomain" content="国"><meta content="標題" property="og:title">`},
		{"script style comment textarea", `<script>var a="国<b>国"</script><style>/*国*/</style><!-- 国 > 国 --><textarea>国</textarea><title>国</title>`,
			`<script>var a="国<b>国"</script><style>/*国*/</style><!-- 国 > 国 --><textarea>国</textarea><title>國</title>`},
		{"noconvert whole element", `<div data-noconvert title="国"><div>国</div><p title=国>国</p></div>国`, `<div data-noconvert title="国"><div>国</div><p title=国>国</p></div>國`},
		{"translate no", `<span translate="no">国<br>国</span>国<br translate=no>国`, `<span translate="no">国<br>国</span>國<br translate=no>國`},
		{"signs in quotes", `<a title="a>国" data-x='<国>'>国</a>`, `<a title="a>國" data-x='<国>'>國</a>`},
		{"lone signs", `1 < 2 国 <3 & 国 </> 国`, `1 < 2 國 <3 & 國 </> 國`},
		{"empty comment", `<!-->国<!-- x -->国`, `<!-->國<!-- x -->國`},
		{"cut off", `国<a title="国`, `國<a title="国`},
		{"traditional stays", `<p>皇后與公里</p>`, `<p>皇后與公里</p>`},
		{"doctype", `<!DOCTYPE html><html lang="zh-Hans">国`, `<!DOCTYPE html><html lang="zh-Hans">國`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(TraditionalHTML([]byte(c.in))); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// Pages without a convertible character must pass byte for byte, however broken.
func TestTraditionalHTMLLossless(t *testing.T) {
	pieces := []string{"<", ">", "</", "<!--", "-->", "<p", "<script>", "</script>", "<div data-noconvert>", "</div>", "\"", "'", "=", " ", "title=", "一", "x", "\xff", "&nbsp;", "/>", "<title>", "<textarea>"}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOf(rapid.SampledFrom(pieces)).Draw(t, "pieces"), "")
		if got := string(TraditionalHTML([]byte(s))); got != s {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

func FuzzTraditionalHTML(f *testing.F) {
	f.Add([]byte(`<p title="国">国<!-- 国 --></p>`))
	f.Add([]byte(`<div data-noconvert><p>国</div>国`))
	f.Add([]byte("<a b='"))
	f.Fuzz(func(t *testing.T, src []byte) {
		out := TraditionalHTML(src)
		if isASCII(string(src)) && string(out) != string(src) {
			t.Fatalf("%q became %q", src, out)
		}
		if strings.Count(string(out), "<") != strings.Count(string(src), "<") {
			t.Fatalf("markup changed: %q became %q", src, out)
		}
	})
}
