package zh

import (
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Syllable is the reading of one character: in letters without tones, ü as v;
// a character without a reading stands for itself.
type Syllable struct {
	Text string
	Han  bool // it is the reading of a Chinese character
}

// readings are the sounds of the characters of 通用规范汉字表.
type readings struct {
	first map[rune]string   // the usual one
	all   map[rune][]string // every one, the usual one first
	by    map[string][]rune // characters with this sound
}

// loadReadings reads pinyin.txt: a syllable, the characters for which it is the
// usual reading, and those for which it is another one.
var loadReadings = sync.OnceValue(func() *readings {
	t := &readings{first: map[rune]string{}, all: map[rune][]string{}, by: map[string][]rune{}}
	others := map[string]string{}
	eachPair(readData("pinyin.txt.gz"), func(syllable, characters string, _ int) {
		usual, other, _ := strings.Cut(characters, "\t")
		syllable, others[syllable] = strings.Clone(syllable), other
		for _, r := range usual {
			t.first[r] = syllable
			t.all[r] = append(t.all[r], syllable)
			t.by[syllable] = append(t.by[syllable], r)
		}
	})
	names := make([]string, 0, len(others))
	for syllable := range others {
		names = append(names, syllable)
	}
	slices.Sort(names)
	for _, syllable := range names {
		for _, r := range others[syllable] {
			t.all[r] = append(t.all[r], syllable)
			t.by[syllable] = append(t.by[syllable], r)
		}
	}
	return t
})

// spoken are words whose reading differs from the usual one of their
// characters; official titles use them often.
var spoken = func() map[string][]string {
	m := map[string][]string{}
	for _, line := range strings.Split(`重庆 chong qing|重新 chong xin|重复 chong fu|重组 chong zu|重建 chong jian|重整 chong zheng|银行 yin hang|行业 hang ye
商行 shang hang|会计 kuai ji|音乐 yin yue|厦门 xia men|大厦 da sha|长期 chang qi|长效 chang xiao|长江 chang jiang|长春 chang chun|长沙 chang sha
长三角 chang san jiao|长城 chang cheng|长途 chang tu|长远 chang yuan|延长 yan chang|特长 te chang|调解 tiao jie|调整 tiao zheng|调节 tiao jie|调控 tiao kong|调剂 tiao ji
朝阳 chao yang|西藏 xi zang|宝藏 bao zang|还款 huan kuan|退还 tui huan|归还 gui huan|返还 fan huan|偿还 chang huan|出差 chu chai|差旅 chai lv
率领 shuai ling|校对 jiao dui|省察 xing cha|兴奋 xing fen|高兴 gao xing|传记 zhuan ji|供给 gong ji|给付 ji fu|给予 ji yu|补给 bu ji|降落 jiang luo
投降 tou xiang|角色 jue se|解送 jie song|押解 ya jie|都市 du shi|首都 shou du|成都 cheng du|都江堰 du jiang yan|参差 cen ci|宿舍 su she|住宿 zhu su
强迫 qiang po|剥削 bo xue|自传 zi zhuan|曾孙 zeng sun|单县 shan xian|番禺 pan yu|处置 chu zhi|人参 ren shen|乐清 yue qing|洪洞 hong tong|六安 lu an|蚌埠 beng bu
大厂 da chang|台州 tai zhou|丽水 li shui|东莞 dong guan|亳州 bo zhou|铅山 yan shan|百色 bai se|牟平 mu ping|莘县 shen xian|费县 fei xian|任丘 ren qiu`, "|") {
		for _, one := range strings.Split(line, "\n") {
			f := strings.Fields(one)
			m[f[0]] = f[1:]
		}
	}
	return m
}()

// longestSpoken is the length of the longest word there, in characters.
const longestSpoken = 3

// Pinyin reads a text aloud, a syllable for each of its characters after Fold.
func Pinyin(s string) []Syllable {
	t := loadReadings()
	rs := []rune(Fold(s))
	out := make([]Syllable, 0, len(rs))
	for i := 0; i < len(rs); {
		if word := spokenAt(rs[i:]); word != nil {
			for _, w := range word {
				out = append(out, Syllable{w, true})
			}
			i += len(word)
			continue
		}
		if w, ok := t.first[rs[i]]; ok {
			out = append(out, Syllable{w, true})
		} else {
			out = append(out, Syllable{string(rs[i]), false})
		}
		i++
	}
	return out
}

func spokenAt(rs []rune) []string {
	for n := min(longestSpoken, len(rs)); n > 1; n-- {
		if w, ok := spoken[string(rs[:n])]; ok {
			return w
		}
	}
	return nil
}

// Readings lists the sounds of a character, the usual one first.
func Readings(r rune) []string { return slices.Clone(loadReadings().all[r]) }

// Homophones lists the other characters that sound like r in one of its
// readings, tones aside: same sounds first, then those that many speakers do
// not tell apart (z and zh, n and l, in and ing).
func Homophones(r rune) []rune {
	t := loadReadings()
	var out []rune
	seen := map[rune]bool{r: true}
	add := func(syllable string) {
		for _, c := range t.by[syllable] {
			if !seen[c] {
				seen[c] = true
				out = append(out, c)
			}
		}
	}
	for _, s := range t.all[r] {
		add(s)
	}
	for _, s := range t.all[r] {
		for _, near := range nearSounds(s) {
			add(near)
		}
	}
	return out
}

// nearSounds lists syllables that are often taken for s.
func nearSounds(s string) []string {
	var heads []string
	for _, p := range [][2]string{{"zh", "z"}, {"ch", "c"}, {"sh", "s"}} {
		if rest, ok := strings.CutPrefix(s, p[0]); ok {
			heads = append(heads, p[1]+rest)
		} else if rest, ok := strings.CutPrefix(s, p[1]); ok && !strings.HasPrefix(rest, "h") {
			heads = append(heads, p[0]+rest)
		}
	}
	switch {
	case strings.HasPrefix(s, "n"):
		heads = append(heads, "l"+s[1:])
	case strings.HasPrefix(s, "l"):
		heads = append(heads, "n"+s[1:])
	}
	for _, end := range []string{"in", "en", "an"} {
		if strings.HasSuffix(s, end) {
			heads = append(heads, s+"g")
		} else if rest, ok := strings.CutSuffix(s, end+"g"); ok {
			heads = append(heads, rest+end)
		}
	}
	return heads
}

// apostrophes part syllables; Fold would make quotation marks of them.
var apostrophes = strings.NewReplacer("'", "", "’", "", "‘", "", "＇", "")

// PinyinLetters reports whether s can be typed pinyin: at least two letters a
// to z, and else only blanks and apostrophes; letters gives them without
// those, ü as v.
func PinyinLetters(s string) (letters string, ok bool) {
	var b strings.Builder
	for _, r := range Fold(apostrophes.Replace(s)) {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteRune(r)
		case r == 'ü':
			b.WriteByte('v')
		case r == ' ':
		default:
			return "", false
		}
	}
	return b.String(), utf8.RuneCountInString(b.String()) >= 2
}
