package zh

import "strings"

// DocNumberSpan is a document number found in a text. Start and End are runes.
// Last is the last serial when the text names a range (国发〔2020〕1—3号), else
// the serial.
type DocNumberSpan struct {
	Number     DocNumber
	Last       int
	Start, End int
	Raw        string
	Warnings   []string
}

// FindDocNumbers finds document numbers in reading order, in any brackets,
// width and spacing. Where a sentence runs into the organ's code without a
// sign (根据国办发〔2018〕23号), the words before the code are cut by a list.
func FindDocNumbers(text string) []DocNumberSpan {
	rs := []rune(text)
	var out []DocNumberSpan
	floor := 0 // no number begins before the end of the last
	for i := 0; i < len(rs); i++ {
		m, ok := numberAt(rs, i, false)
		if !ok {
			continue
		}
		start, organ := organBefore(rs, floor, i, &m)
		if start < 0 {
			continue
		}
		n := m.finish(organ)
		if m.bare && n.Kind == Numbered {
			continue // 2020年第3号 counts only after 公告, 通告 or 令
		}
		out = append(out, DocNumberSpan{Number: n, Last: m.last, Start: start, End: m.end, Raw: string(rs[start:m.end]), Warnings: m.warnings})
		floor, i = m.end, m.end-1
	}
	return out
}

// organBefore finds the organ that ends at rune i; start is -1 when there is none.
func organBefore(rs []rune, floor, i int, m *numberMatch) (start int, organ string) {
	end := i
	for end > floor && i-end < maxGap && blank(rs[end-1]) {
		end--
	}
	// 国务院令（第711号）: the bracket belongs to the number.
	decree := m.number.Kind == Decree
	if decree && end == i && end > floor && foldSign(rs[end-1]) == '(' && foldSign(at(rs, m.end)) == ')' {
		end--
		m.end++
	}
	start = end
	for start > floor && end-start < maxOrgan && (organRune(rs[start-1]) || (decree && rs[start-1] == '、')) {
		start--
	}
	if !decree {
		start = throughGroup(rs, floor, start, end)
	}
	run := rs[start:end]
	if decree && m.word == "" && (len(run) < 2 || run[len(run)-1] != '令') {
		return -1, ""
	}
	if end < i && m.number.Kind == Numbered && !m.bare {
		m.warn("文号中不应有空格")
	}
	cut := cutSentence(run, decree || m.bare || (m.ordinal && endsWith(string(run), "公告", "通告", "令")))
	if after := start + cut; after > 0 && closesQuote(rs[after-1]) && after < end && strings.ContainsRune("和及与或", rs[after]) {
		cut++
	}
	if cut == 0 && start > 0 && (isArabic(rs[start-1]) || hanDigit(rs[start-1]) >= 0) && len(run) > 1 && strings.ContainsRune("年月日", run[0]) {
		cut = 1 // the tail of a date before the organ
	}
	if decree && len(run)-cut > 4 && run[cut] == '原' {
		cut++ // 原国家工商行政管理总局令: the organ, not its being past
	}
	name := strings.Trim(string(run[cut:]), "、")
	if name == "" || name == "令" {
		return -1, ""
	}
	return end - len([]rune(name)), name
}

// throughGroup takes in the older codes with a bracket inside, 法（研）发: at most
// two characters on each side and in the bracket, so that 解释（二）法释 stays apart.
func throughGroup(rs []rune, floor, start, end int) int {
	if end-start > 1 || start-floor < 4 || foldSign(rs[start-1]) != ')' {
		return start
	}
	open := start - 2
	for open > floor && start-open < 4 && organRune(rs[open]) {
		open--
	}
	if open == start-2 || foldSign(rs[open]) != '(' {
		return start
	}
	first := open
	for first > floor && open-first < 3 && organRune(rs[first-1]) {
		first--
	}
	if n := open - first; n < 1 || n > 2 {
		return start
	}
	return first
}

// closesQuote reports the end of a title or of another number.
func closesQuote(r rune) bool {
	return r == '号' || r == '號' || foldSign(r) == '》' || foldSign(r) == ')' || foldSign(r) == '"'
}

// sentenceWords end a sentence's own words before an organ's code; after the
// last of them the code begins. Single characters are only those that no
// organ code holds.
var sentenceWords = wordList("根据 依据 依照 按照 遵照 参照 比照 关于 废止 转发 印发 下发 颁发 发布 公布 执行 贯彻 落实 文件 通知 决定 意见 规定 " +
	"办法 条例 简称 文号 编号 字号 以及 并经 修改 修订 修正 替代 代替 作出 适用 按 据 以 的 被 由 见 即 将 为 号")

// organWords are ends of names of organs that may stand right before the
// organ's own code: 市人民政府京政发〔1985〕167号.
var organWords = wordList("人民政府 办公厅 办公室 委员会 国务院 总局 我院 我局 我部 我厅 我市 我省 我区 我县 我委 该院 该局 省政府 市政府 区政府 县政府")

func wordList(s string) [][]rune {
	var out [][]rune
	for _, w := range strings.Fields(s) {
		out = append(out, []rune(w))
	}
	return out
}

// cutSentence gives where the organ begins in run. named says that the organ
// is a full name (国务院令), which organWords may be part of.
func cutSentence(run []rune, named bool) int {
	folded := make([]rune, len(run)) // 根據國辦發 is cut like 根据国办发
	for i, r := range run {
		folded[i] = foldRune(r)
	}
	cut := cutAfter(folded, sentenceWords)
	if !named {
		cut = max(cut, cutAfter(folded, organWords))
	}
	return cut
}

// cutAfter is the end of the last of words that leaves something behind it.
func cutAfter(run []rune, words [][]rune) int {
	cut := 0
	for i := range run {
		for _, w := range words {
			if end := i + len(w); end < len(run) && end > cut && hasPrefix(run[i:], w) {
				cut = end
			}
		}
	}
	return cut
}

func hasPrefix(rs, w []rune) bool {
	if len(rs) < len(w) {
		return false
	}
	for i := range w {
		if rs[i] != w[i] {
			return false
		}
	}
	return true
}
