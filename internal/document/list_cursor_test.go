package document_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/fault"
)

// TestList_MadeUpCursorsAreRefused: PostgreSQL takes no NUL and no broken
// UTF-8, so such a cursor is refused before a query sees it, and one of another
// order too, which would skip works without a word.
func TestList_MadeUpCursorsAreRefused(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("a", "a", 1, "清河市河道管理条例", "2010-03-01", oldText))
		for name, c := range map[string]struct {
			sort, place string
			ok          bool
		}{
			"a place by date":       {"newest", "5:2020-01-01", true},
			"no date":               {"oldest", "5:", true},
			"a place by title":      {"title", "5:清河市", true},
			"a place by number":     {"work", "5", true},
			"NUL":                   {"newest", "5:2020\x00-01-01", false},
			"NUL behind the number": {"work", "5\x00", false},
			"broken UTF-8":          {"title", "5:\xff\xfe", false},
			"half a surrogate":      {"title", "5:\xed\xa0\x80", false},
			"too long":              {"title", "5:" + strings.Repeat("a", 3000), false},
			"number too large":      {"work", "99999999999999999999", false},
			"date for numbers":      {"work", "5:2020-01-01", false},
			"number for dates":      {"newest", "5", false},
			"nothing":               {"work", " ", false},
		} {
			f := document.Filter{Sort: c.sort, Cursor: base64.RawURLEncoding.EncodeToString([]byte(c.place))}
			if _, err := b.lib.List(context.Background(), f); c.ok && err != nil || !c.ok && (fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Text(err), "翻页地址不完整")) {
				b.t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestList_CursorOfTheLongestTitle: what a list gives as its next page is never
// too long to be taken back.
func TestList_CursorOfTheLongestTitle(t *testing.T) {
	each(t, func(b *bench) {
		var lines strings.Builder
		for i := range 3 {
			title := fmt.Sprintf("第%d号", i+1) + strings.Repeat("𠀀", 497)
			lines.WriteString(law(fmt.Sprint("t", i), fmt.Sprint("t", i), 1, title, "2010-03-01", oldText+strings.Repeat("。", i)))
		}
		b.importLines(lines.String())
		f, seen := document.Filter{Sort: "title", Limit: 1}, 0
		for {
			list, err := b.lib.List(context.Background(), f)
			if err != nil {
				b.t.Fatal(err)
			}
			if seen += len(list.Cards); list.Next == "" || seen > 3 {
				break
			}
			f.Cursor = list.Next
		}
		if seen != 3 {
			b.t.Errorf("%d works of 3", seen)
		}
	})
}
