package exchange

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxPaging bounds the pages that one counter in a script may announce.
const maxPaging = 2000

// The calls by which two widespread publishing systems draw their paging:
// createPageHTML(total, current, "index", "html") numbers from index_1, and
// createPageHTML('id', total, current, 'name', 'shtml', rows) from name_2.
var (
	pagingCall  = regexp.MustCompile(`createPageHTML\w*\(\s*['"]?(\w+)['"]?\s*,\s*['"]?(\w+)['"]?\s*,\s*['"]([\w./-]{1,80})['"]\s*,\s*['"](\w{1,10})['"]`)
	pagingNamed = regexp.MustCompile(`createPageHTML\w*\(\s*['"][\w-]+['"]\s*,\s*['"]?(\w+)['"]?\s*,\s*['"]?\w+['"]?\s*,\s*['"]([\w./-]{1,80})['"]\s*,\s*['"](\w{1,10})['"]`)
)

// pagingLinks reads the paging out of scripts, as text.
func (v *view) pagingLinks(column string) (out []found) {
	add := func(name string) {
		if u, onHost := v.scope.resolve(v.base, name); onHost && v.scope.inside(u) && u.String() != v.self.String() {
			out = append(out, found{url: u.String(), depth: v.row.depth, shape: shape(u), column: column})
		}
	}
	if m := pagingNamed.FindStringSubmatch(v.raw); m != nil {
		for i := 2; i <= min(v.number(m[1]), maxPaging); i++ {
			add(fmt.Sprintf("%s_%d.%s", m[2], i, m[3]))
		}
		return out
	}
	if m := pagingCall.FindStringSubmatch(v.raw); m != nil {
		for i := 1; i < min(v.number(m[1]), maxPaging); i++ {
			add(fmt.Sprintf("%s_%d.%s", m[3], i, m[4]))
		}
	}
	return out
}

// number reads a number, or the variable that holds it.
func (v *view) number(s string) int {
	if n, err := strconv.Atoi(s); err == nil {
		return n
	}
	if !strings.ContainsAny(s[:1], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_") {
		return 0
	}
	m := regexp.MustCompile(`\b` + regexp.QuoteMeta(s) + `\s*=\s*['"]?(\d{1,5})\b`).FindStringSubmatch(v.raw)
	if m == nil {
		return 0
	}
	n, err := strconv.Atoi(m[1])
	if err != nil {
		return 0
	}
	return n
}
