package search

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"gongkai/internal/zh"
)

// lawRef is a query such as 行政许可法第12条 or 民法典 第一百二十条: a law by
// its name, and one of its articles.
type lawRef struct {
	law   string // title key
	match phrase // the name
	path  string // a12, a12_1
	label string // 第十二条之一
	bare  bool   // the number stood alone, without 条
}

// maxArticle bounds what counts as the number of an article.
const maxArticle = 9999

// parseLawRef reads a folded query that is nothing but a law and an article; a
// 款 or 项 behind the article is read over. Behind a name that ends like that of
// a law, 第 and 条 may be missing: 刑法二百三十二, 民法典 1184.
func parseLawRef(folded string) *lawRef {
	s := strings.TrimSpace(folded)
	bare, sub := true, 0
	head := s
	if end := strings.LastIndex(s, "条"); end >= 0 && !strings.HasPrefix(s[end:], "条例") {
		bare = false
		var ok bool
		if sub, ok = articleTail(s[end+len("条"):]); !ok {
			return nil
		}
		head = strings.TrimRight(s[:end], " ")
	}
	start := len(head)
	for start > 0 {
		r, n := utf8.DecodeLastRuneInString(head[:start])
		if !numeralRune(r) {
			break
		}
		start -= n
	}
	number, ok := zh.ParseNumeral(head[start:])
	if !ok || number < 1 || number > maxArticle {
		return nil
	}
	law := strings.TrimRight(head[:start], " ")
	if rest, ok := strings.CutSuffix(law, "第"); ok {
		law = rest
	} else if r, _ := utf8.DecodeLastRuneInString(law); !namesLaw(law) && (bare ||
		law == head[:start] && !strings.ContainsRune("》)\"", r) && start < len(head) && head[start] > '9') {
		return nil // 若干意见三条: a Chinese number without 第 is part of a name
	}
	law = strings.TrimSuffix(strings.TrimRight(law, " ,、:;。"), "的")
	key := zh.TitleKey(law)
	match := phraseOf(zh.Fold(strings.Trim(law, " 《》\"")))
	if full := fullLaw(key); full != key {
		key, match = full, phraseOf(full)
	}
	if key == "" || match.empty() {
		return nil
	}
	ref := &lawRef{law: key, match: match, path: "a" + strconv.Itoa(number), label: "第" + zh.FormatNumeral(number) + "条", bare: bare}
	if sub > 0 {
		ref.path += "_" + strconv.Itoa(sub)
		ref.label += "之" + zh.FormatNumeral(sub)
	}
	return ref
}

// namesLaw tells a name that can only be that of a law: 刑法, 《民法典》.
func namesLaw(name string) bool {
	name = strings.Trim(name, "《》\"")
	return utf8.RuneCountInString(name) > 1 && (strings.HasSuffix(name, "法") || strings.HasSuffix(name, "法典") || strings.HasSuffix(name, "条例"))
}

// articleTail reads what may follow 条: 之一, 第二款, 第（三）项. sub is 1 for 之一.
func articleTail(s string) (sub int, ok bool) {
	s = strings.TrimSpace(s)
	if rest, found := strings.CutPrefix(s, "之"); found {
		end := 0
		for end < len(rest) {
			r, n := utf8.DecodeRuneInString(rest[end:])
			if !numeralRune(r) {
				break
			}
			end += n
		}
		if sub, ok = zh.ParseNumeral(rest[:end]); !ok || sub < 1 || sub > 99 {
			return 0, false
		}
		s = strings.TrimSpace(rest[end:])
	}
	for _, r := range s {
		if !numeralRune(r) && !strings.ContainsRune("第款项目()之 的", r) {
			return 0, false
		}
	}
	return sub, true
}

func numeralRune(r rune) bool {
	return r >= '0' && r <= '9' || strings.ContainsRune("零〇一二三四五六七八九十百千两廿卅", r)
}
