package officialdoc

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// ClauseDate is what a text says about its own coming into force. Date is
// zero when the clause names an act instead of a day: Relative is then 公布,
// 发布, 印发 … (自公布之日起施行), or the whole phrase when time passes between
// (公布之日起30日后). Start and End are the runes from 自 to the verb.
type ClauseDate struct {
	Date       workday.Date
	Start, End int
	Relative   string
}

const (
	// clauseReach is how far back, in bytes, the subject of a clause may stand.
	clauseReach = 450
	// clauseSelf are the words with which a text names itself after 本.
	clauseSelf = `(?:法|条例|办法|规定|细则|规则|决定|决议|通知|通告|公告|解释|意见|批复|规范|章程|命令|令|修正案|方案|制度|准则|规程|安排|答复|纪要|函|措施|要点|预案|规划|标准|协定|协议|目录|指引|指南|清单|议定书|守则|公约|纲要)`
)

var (
	clauseVerb = regexp.MustCompile(`施行|生效|实施|执行|实行`)
	// clauseWhen reads backwards from the verb: 自2025年1月1日起, 自公布之日起30日后.
	clauseWhen = regexp.MustCompile(`(?:自|从|于)\s*([^自从于,。;]{2,40}?)\s*(?:零时|0时)?(?:起|开始)?\s*(?:正式|开始|统一|全面|在[^,。;]{1,12})?$`)
	// clauseAct reads the day of an act.
	clauseAct     = regexp.MustCompile(`^([\p{Han}]{1,24}?)(?:之日|日|后)(起?[^起]{0,14}后|起满?[^起]{1,12})?起?$`)
	clauseSubject = regexp.MustCompile(`本(?:[\p{Han}]{0,10}?)` + clauseSelf + `(?:\([^()]{1,40}\))?`)
	// clauseBetween is what may stand between 本条例 and 自: 经…批准后, 由…公布, 应当.
	clauseBetween = regexp.MustCompile(`^,?\s*(?:(?:已?经|由|报|须|待|应当|将|均|现|业经|正式)[^《》]{0,80})?,?\s*$`)
	clauseLabel   = regexp.MustCompile(`^(?:第[〇零一二三四五六七八九十百千\d]{1,9}条(?:之[一二三四五六七八九十]{1,2})?|[一二三四五六七八九十]{1,3}、|\d{1,2}[.、])\s*(?:\([^()]{1,20}\)|【[^】]{1,20}】)?\s*$`)
	clauseArticle = regexp.MustCompile(`^#*\s*第[〇零一二三四五六七八九十百千\d]{1,9}条`)
	clauseNote    = regexp.MustCompile(`^\([^《》()]{0,160}(?:通过|公布|发布|公告|批准)[,、]?$`)
	clauseIssued  = regexp.MustCompile(`《(.+)》[^《》]{0,120}(?:现予|予以)?(?:公布|发布|公告|颁布|印发)[^《》]{0,10}$`)
)

// EffectiveClause finds the clause in which a text speaks of its own coming
// into force (本条例自2006年1月1日起施行). Of several the one in the last article
// wins. A clause about another text, about a single article, or inside a
// quotation is not taken. A revised law may repeat its first date: the caller
// judges that (F-12).
func EffectiveClause(text string) (ClauseDate, bool) {
	var best ClauseDate
	rank, at := 0, 0
	head := ""
	open := 0 // quotation marks open before this line
	balanced := strings.Count(text, "“") == strings.Count(text, "”")
	for more := true; more; {
		var raw string
		raw, text, more = strings.Cut(text, "\n")
		if len(head) < 2400 {
			head += extractSqueeze(strings.ToValidUTF8(raw[:min(len(raw), 1200)], ""))
		}
		n := utf8.RuneCountInString(raw)
		if !balanced {
			open = 0
		}
		if strings.Contains(raw, "施行") || strings.ContainsAny(raw, "效實实執执") {
			if c, r := clauseInLine(extractKey(raw), open, head); r >= max(rank, 1) {
				c.Start, c.End = c.Start+at, c.End+at
				best, rank = c, r
			}
		}
		open = max(0, open+strings.Count(raw, "“")-strings.Count(raw, "”"))
		at += n + 1
	}
	return best, rank > 0
}

// clauseInLine gives the line's best clause and its rank, 0 for none; open
// counts the quotations that began on earlier lines.
func clauseInLine(key string, open int, head string) (best ClauseDate, rank int) {
	article := clauseArticle.MatchString(key)
	quoted, seen := open, 0
	for _, hit := range clauseVerb.FindAllStringIndex(key, -1) {
		verb, at := hit[0], hit[1]
		quoted = max(0, quoted+strings.Count(key[seen:verb], "“")-strings.Count(key[seen:verb], "”"))
		seen = verb
		if quoted > 0 || strings.HasPrefix(key[at:], "的") || strings.HasPrefix(key[at:], "之日") {
			continue
		}
		from := clauseSentence(key, verb)
		m := clauseWhen.FindStringSubmatchIndex(key[from:verb])
		if m == nil {
			continue
		}
		c, ok := clauseDate(key[from+m[2]:from+m[3]], key[from+m[3]:verb])
		if !ok {
			continue
		}
		r := clauseSubjectRank(key[from:from+m[0]], from == 0 || clauseStarts(key, from), article, head)
		if r == 0 || r < rank {
			continue
		}
		c.Start, c.End = from+m[0], at // bytes, until the best is known
		best, rank = c, r
	}
	best.End = utf8.RuneCountInString(key[:best.End])
	best.Start = utf8.RuneCountInString(key[:best.Start])
	return best, rank
}

// clauseSentence gives the byte where the sentence that holds `verb` begins.
func clauseSentence(key string, verb int) int {
	from := max(0, verb-clauseReach)
	for from < verb && !utf8.RuneStart(key[from]) {
		from++
	}
	if i := strings.LastIndexAny(key[from:verb], "。;!“”"); i >= 0 {
		_, w := utf8.DecodeRuneInString(key[from+i:])
		from += i + w
	}
	return from
}

// clauseStarts says that a sentence mark, and no cut for length, stands before from.
func clauseStarts(key string, from int) bool {
	r, _ := utf8.DecodeLastRuneInString(key[:from])
	return strings.ContainsRune("。;!", r)
}

// clauseDate reads what stands between 自 and the verb.
func clauseDate(when, rest string) (ClauseDate, bool) {
	day := strings.TrimSuffix(strings.TrimSpace(when), "起")
	if d, ok := zh.ParseDate(day); ok && strings.ContainsAny(day, "年-/.") {
		return ClauseDate{Date: d}, true
	}
	whole := strings.TrimSpace(when + rest)
	m := clauseAct.FindStringSubmatch(strings.TrimSuffix(whole, "正式"))
	if m == nil || clauseActWord(m[1]) == "" {
		return ClauseDate{}, false
	}
	if m[2] != "" {
		return ClauseDate{Relative: strings.TrimSuffix(whole, "正式")}, true
	}
	return ClauseDate{Relative: clauseActWord(m[1])}, true
}

// clauseActWord shortens 国务院批准 to 批准; a word that names no act of issuing gives "".
func clauseActWord(s string) string {
	for _, w := range []string{"公布", "发布", "印发", "颁布", "颁发", "下发", "通过", "批准", "签署", "签发", "签字", "公告", "发文", "刊登"} {
		if strings.HasSuffix(s, w) {
			return w
		}
	}
	return ""
}

// clauseSubjectRank judges the words before 自: 4 when an article says 本条例, 3
// when other words do, 2 for an article that only says 自…施行, 1 for the note
// below a title and for a decree that publishes 《X》 when X stands in this
// text's own head; 0 when it speaks of anything else.
func clauseSubjectRank(before string, sentence, article bool, head string) int {
	before = strings.TrimSpace(before)
	if all := clauseSubject.FindAllStringIndex(before, -1); len(all) > 0 {
		if clauseBetween.MatchString(before[all[len(all)-1][1]:]) {
			if article {
				return 4
			}
			return 3
		}
		return 0
	}
	if !sentence {
		return 0
	}
	if clauseNote.MatchString(before) {
		return 1 // the note below a title: （…公告公布 自2002年8月23日起施行）
	}
	if clauseLabel.MatchString(before) {
		return 2
	}
	if m := clauseIssued.FindStringSubmatch(before); m != nil {
		// The decree's own mention is in head once; the title is there again.
		if name := extractSqueeze(m[1]); strings.Count(extractKey(head), name) > 1 || strings.HasPrefix(extractKey(head), name) {
			return 1
		}
	}
	return 0
}
