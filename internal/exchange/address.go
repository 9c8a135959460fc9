package exchange

import (
	"fmt"
	"net"
	"net/url"
	"path"
	"regexp"
	"sort"
	"strings"

	"gongkai/internal/fault"
)

// startAddress reads the address that a person gave.
func startAddress(raw string) (*url.URL, error) {
	const op = "exchange.startAddress"
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || len(raw) > maxAddress {
		return nil, fault.Field(op, "url", "网址“%s”读不懂，应形如 http://www.example.gov.cn/zwgk/。", clip(raw, 80))
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return nil, fault.Field(op, "url", "只能从 http 或 https 网址导入。")
	}
	if u.User != nil {
		return nil, fault.Field(op, "url", "网址里不能带用户名和口令。")
	}
	return normalise(u), nil
}

// scope is where fetching stays.
type scope struct {
	scheme string
	host   string
	folder string // ends in a slash
}

func scopeOf(start *url.URL) scope {
	folder := start.Path
	if !strings.HasSuffix(folder, "/") {
		folder = folder[:strings.LastIndexByte(folder, '/')+1]
	}
	return scope{start.Scheme, start.Host, folder}
}

// resolve makes the one spelling of a link: absolute, in the scheme of the
// site, without fragment and session ids, its query sorted. onHost is false
// for other hosts, ports and schemes.
func (c scope) resolve(base *url.URL, href string) (u *url.URL, onHost bool) {
	href = strings.TrimSpace(strings.Map(dropControls, href))
	if href == "" || len(href) > maxAddress {
		return nil, false
	}
	ref, err := url.Parse(href)
	if err != nil {
		return nil, false
	}
	u = base.ResolveReference(ref)
	if u.Scheme != "http" && u.Scheme != "https" || u.User != nil || u.Host == "" {
		return nil, false
	}
	u = normalise(u)
	if u.Host != c.host {
		return u, false
	}
	u.Scheme = c.scheme // http and https of one host are one site
	return u, true
}

// inside tells whether an address of the host lies below the start.
func (c scope) inside(u *url.URL) bool { return strings.HasPrefix(u.Path, c.folder) }

func dropControls(r rune) rune {
	if r < ' ' || r == 0x7f {
		return -1
	}
	return r
}

// session names what changes from visit to visit and never from page to page.
var session = regexp.MustCompile(`(?i)^(?:jsessionid|phpsessid|aspsessionid\w*|asp\.net_sessionid|sessionid|session_id|sid|cfid|cftoken|utm_\w+|spm|_t|timestamp|rand|random|nsukey|isappinstalled)$`)

var sessionInPath = regexp.MustCompile(`(?i);(?:jsessionid|phpsessid|sid)=[^/;]*`)

func normalise(u *url.URL) *url.URL {
	out := *u
	out.Scheme = strings.ToLower(u.Scheme)
	out.Host = hostName(out.Scheme, u.Host)
	out.User, out.Fragment, out.RawFragment = nil, "", ""
	out.Path, out.RawPath, out.RawQuery = cleanPath(u.Path), "", cleanQuery(u.RawQuery)
	out.ForceQuery = false
	return &out
}

// hostName is the host in small letters without the port of its scheme.
func hostName(scheme, host string) string {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	if h, port, err := net.SplitHostPort(host); err == nil {
		if scheme != "https" && port == "80" || scheme != "http" && port == "443" {
			if strings.Contains(h, ":") {
				return "[" + h + "]"
			}
			return h
		}
	}
	return host
}

func cleanPath(p string) string {
	p = sessionInPath.ReplaceAllString(p, "")
	c := path.Clean("/" + p)
	if strings.HasSuffix(p, "/") && c != "/" {
		c += "/"
	}
	return c
}

// cleanQuery sorts a query, takes session ids out and spells what is left in
// one way, in ASCII.
func cleanQuery(raw string) string {
	var pairs []string
	for _, p := range strings.Split(raw, "&") {
		name, value, has := strings.Cut(p, "=")
		plain, name := spell(name)
		_, value = spell(value)
		switch {
		case p == "" || session.MatchString(plain):
		case has:
			pairs = append(pairs, name+"="+value)
		default:
			pairs = append(pairs, name)
		}
	}
	sort.Strings(pairs)
	return strings.Join(pairs, "&")
}

// spell unescapes a part of a query and escapes it again. A part that is badly
// escaped keeps its signs.
func spell(s string) (plain, escaped string) {
	if plain, err := url.QueryUnescape(s); err == nil {
		return plain, url.QueryEscape(plain)
	}
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return s, b.String()
}

// OldAddress is the key under which an old address is kept and looked up: the
// host in small letters, the escaped path with its sorted query. Letters of the
// path keep their case. path is unescaped.
func OldAddress(host, path, rawQuery string) (hostKey, pathQuery string) {
	pathQuery = (&url.URL{Path: cleanPath(path)}).EscapedPath()
	if q := cleanQuery(rawQuery); q != "" {
		pathQuery += "?" + q
	}
	return hostName("", host), pathQuery
}

var digits = regexp.MustCompile(`[0-9]+`)

// shape is an address with its numbers taken out: the pages of one calendar or
// one list have one shape.
func shape(u *url.URL) string {
	s := u.Path
	if u.RawQuery != "" {
		s += "?" + u.RawQuery
	}
	return clip(digits.ReplaceAllString(s, "#"), 200)
}

// clip shortens a text by runes.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}
