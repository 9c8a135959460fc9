package exchange

import (
	"net/netip"
	"net/url"
	"testing"

	"pgregory.net/rapid"
)

func TestResolve(t *testing.T) {
	start, err := startAddress("http://WWW.Example.gov.cn:80/zwgk/index.html?b=2&a=1#top")
	if err != nil {
		t.Fatal(err)
	}
	if start.String() != "http://www.example.gov.cn/zwgk/index.html?a=1&b=2" {
		t.Fatalf("start %s", start)
	}
	in := scopeOf(start)
	for _, c := range []struct{ name, href, want string }{
		{"relative", "a.html", "http://www.example.gov.cn/zwgk/a.html"},
		{"up and down", "../zwgk/./x/../a.html", "http://www.example.gov.cn/zwgk/a.html"},
		{"case of the path", "/Zwgk/A.HTML", "http://www.example.gov.cn/Zwgk/A.HTML"},
		{"https is the same site", "https://www.example.gov.cn/zwgk/a.html", "http://www.example.gov.cn/zwgk/a.html"},
		{"session in the path", "a.jsp;jsessionid=AB.c1?id=3", "http://www.example.gov.cn/zwgk/a.jsp?id=3"},
		{"session in the query", "a.asp?PHPSESSID=9&id=3&utm_source=x", "http://www.example.gov.cn/zwgk/a.asp?id=3"},
		{"broken over lines", "a\n.html ", "http://www.example.gov.cn/zwgk/a.html"},
		{"double slash", "//www.example.gov.cn//zwgk//a.html", "http://www.example.gov.cn/zwgk/a.html"},
		{"another host", "http://www.example.gov.cn.evil.example/", ""},
		{"another port", "http://www.example.gov.cn:8080/zwgk/", ""},
		{"another scheme", "ftp://www.example.gov.cn/zwgk/", ""},
		{"a name in front", "http://user@www.example.gov.cn/zwgk/", ""},
		{"script", "javascript:alert(1)", ""},
		{"mail", "mailto:a@example.gov.cn", ""},
		{"nothing", "", ""},
		{"unreadable", "http://[::1", ""},
	} {
		u, onHost := in.resolve(start, c.href)
		got := ""
		if onHost {
			got = u.String()
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	for path, want := range map[string]bool{"/zwgk/": true, "/zwgk/a/b": true, "/zwgk": false, "/zwgkx/a": false, "/": false} {
		if got := in.inside(&url.URL{Path: path}); got != want {
			t.Errorf("inside %s: %v", path, got)
		}
	}
}

// TestNormaliseIsStable: the spelling of an address is made once and for all,
// else a page would be fetched twice and its old address never found.
func TestNormaliseIsStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := "http://h/" + rapid.StringMatching(`[a-zA-Z0-9%/.;=_\-一-十]{0,30}`).Draw(t, "path") + rapid.StringMatching(`(\?[a-z0-9=&%;+]{0,30})?`).Draw(t, "query")
		u, err := url.Parse(raw)
		if err != nil {
			t.Skip()
		}
		once := normalise(u)
		again, err := url.Parse(once.String())
		if err != nil {
			t.Fatalf("%q gives %q: %v", raw, once, err)
		}
		if twice := normalise(again); twice.String() != once.String() {
			t.Fatalf("%q gives %q, then %q", raw, once, twice)
		}
		_, a := OldAddress("h", u.Path, u.RawQuery)
		_, b := OldAddress("h", again.Path, again.RawQuery)
		if a != b {
			t.Fatalf("%q is kept as %q and looked up as %q", raw, b, a)
		}
	})
}

func TestPublic_RefusesEveryInnerRange(t *testing.T) {
	for ip, want := range map[string]bool{
		"8.8.8.8": true, "2400:3200::1": true, "114.114.114.114": true,
		"127.0.0.1": false, "10.1.2.3": false, "172.16.0.1": false, "192.168.1.1": false, "169.254.169.254": false, "0.0.0.0": false, "0.1.2.3": false,
		"100.64.0.1": false, "224.0.0.1": false, "255.255.255.255": false, "198.18.0.1": false,
		"::1": false, "::": false, "fe80::1": false, "fc00::1": false, "ff02::1": false,
		"::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "64:ff9b::7f00:1": false, "2002:7f00:1::": false, "2001:db8::1": false,
	} {
		if got := public(netip.MustParseAddr(ip)); got != want {
			t.Errorf("%s: %v", ip, got)
		}
	}
	for address, want := range map[string]bool{"8.8.8.8:80": true, "127.0.0.1:80": false, "[::1]:80": false, "[fe80::1%eth0]:80": false} {
		if got := guard("tcp", address, nil) == nil; got != want {
			t.Errorf("dialling %s: %v", address, got)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, c := range []struct {
		pattern, s string
		want       bool
	}{
		{"规章", "规章", true}, {"规章", "规章库", false}, {"规*", "规章库", true}, {"*文件*", "政策文件库", true}, {"*文件", "文件库", false},
		{"/zwgk/*/2012*", "/zwgk/zc/2012/a.html", true}, {"a*a", "a", false}, {"*", "", true}, {"", "", true},
	} {
		if got := glob(c.pattern, c.s); got != c.want {
			t.Errorf("%q on %q: %v", c.pattern, c.s, got)
		}
	}
}
