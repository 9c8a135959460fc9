package zh

import (
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestFold(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"brackets", "〔［【[（〖{", "((((((("},
		{"closing brackets", "〕］】]）〗}", ")))))))"},
		{"dashes", "—–－-‐─", "------"},
		{"quotes", "“”‘’「」『』\"'", `""""""""""`},
		{"spaces", "a\u3000b\u00a0c\td\re", "a b c d e"},
		{"line ends stay", "a\nb", "a\nb"},
		{"invisible go", "国\u200b务\ufeff院", "国务院"},
		{"width and case", "ＡＢｃ１２，：", "abc12,:"},
		{"traditional", "國務院辦公廳", "国务院办公厅"},
		{"variants", "爲為麽麼峯羣", "为为么么峰群"},
		{"着 and 著 stay apart", "着著", "着著"},
		{"expansion", "㎡①ⅳ℃", "m21iv°c"},
		{"composition", "e\u0301E\u0301", "éé"},
		{"composition over nothing", "e\u200b\u0301", "é"},
		{"compatibility ideograph", "\uf900\u2f00", "岂一"},
		{"title marks", "〈《》〉", "《《》》"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Fold(c.in); got != c.want {
				t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestFoldMapPoints(t *testing.T) {
	folded, pos := FoldMap("國\u200b㎡e\u0301务")
	if folded != "国m2é务" {
		t.Fatalf("folded %q", folded)
	}
	want := []int{0, 2, 2, 3, 5}
	for i := range want {
		if pos[i] != want[i] {
			t.Fatalf("pos %v, want %v", pos, want)
		}
	}
}

func TestFoldStableForEveryCharacter(t *testing.T) {
	for r := rune(0); r < 0x32000; r++ {
		if r >= 0xD800 && r < 0xE000 {
			continue
		}
		once := Fold(string(r))
		if twice := Fold(once); twice != once {
			t.Errorf("%U: %q then %q", r, once, twice)
		}
	}
}

func checkFold(t interface{ Fatalf(string, ...any) }, s string) {
	once := Fold(s)
	if twice := Fold(once); twice != once {
		t.Fatalf("not idempotent: %q -> %q -> %q", s, once, twice)
	}
	folded, pos := FoldMap(s)
	if folded != once || len(pos) != utf8.RuneCountInString(folded) {
		t.Fatalf("FoldMap(%q) = %q, %d places; Fold = %q", s, folded, len(pos), once)
	}
	last, n := 0, utf8.RuneCountInString(s)
	for _, p := range pos {
		if p < last || p >= n {
			t.Fatalf("place %d after %d of %d runes in %q", p, last, n, s)
		}
		last = p
	}
	key := TitleKey(s)
	if again := TitleKey(key); again != key {
		t.Fatalf("TitleKey not idempotent: %q -> %q -> %q", s, key, again)
	}
}

func TestFoldProperties(t *testing.T) {
	odd := rapid.SampledFrom([]rune("国國爲〔（）—“\u0301\u0308\u200b\u0331HİǅﬁΣ가가\u3099か㎡①  \n《》(2018年修订)"))
	rapid.Check(t, func(t *rapid.T) {
		checkFold(t, rapid.OneOf(rapid.StringOf(odd), rapid.String()).Draw(t, "s"))
	})
}

func FuzzFold(f *testing.F) {
	f.Add("国務院〔2018〕")
	f.Add("e\u200b\u0301\xff")
	f.Add("a(2018年修订)")
	f.Fuzz(func(t *testing.T, s string) { checkFold(t, s) })
}

func TestTitleKey(t *testing.T) {
	same := [][]string{
		{"《广州市老年人优待办法》", "广州市老年人优待办法", "廣州市老年人優待辦法", "广州市 老年人优待办法。"},
		{"关于印发〈办法（试行）〉的通知", "关于印发《办法(试行)》的通知"},
		{"条例（2018年修订）", "条例(2018 年修订)", "條例（２０１８年修訂）", "《条例（2018年修订）》"},
	}
	for _, group := range same {
		for _, s := range group[1:] {
			if TitleKey(s) != TitleKey(group[0]) {
				t.Errorf("%s: %s, want %s", s, TitleKey(s), TitleKey(group[0]))
			}
		}
	}
	if got := TitleKey("条例（2018年修订）"); got != "条例(2018年修订)" {
		t.Errorf("revision lost: %s", got)
	}
	if TitleKey("条例（2018年修订）") == TitleKey("条例（2023年修订）") || TitleKey("条例") == TitleKey("条例（2018年修订）") {
		t.Error("revisions have one key")
	}
	if got := TitleKey("办法（试行）"); got != "办法试行" {
		t.Errorf("bracket kept: %s", got)
	}
}
