package zh

import (
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestScript(t *testing.T) {
	for _, c := range []struct{ name, simplified, traditional string }{
		{"characters", "国务院办公厅关于政府信息公开的规定", "國務院辦公廳關於政府信息公開的規定"},
		{"phrases decide one character", "皇后以后理发发展干部干燥", "皇后以後理髮發展幹部乾燥"},
		{"longest phrase", "剪头发一千公里", "剪頭髮一千公里"},
		{"ascii stays", "GB/T 37668-2019", "GB/T 37668-2019"},
		{"empty", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Traditional(c.simplified); got != c.traditional {
				t.Errorf("Traditional = %s, want %s", got, c.traditional)
			}
			if got := Simplify(c.traditional); got != c.simplified {
				t.Errorf("Simplify = %s, want %s", got, c.simplified)
			}
			if got := Traditional(c.traditional); got != c.traditional {
				t.Errorf("traditional text changed: %s", got)
			}
			if got := Simplify(c.simplified); got != c.simplified {
				t.Errorf("simplified text changed: %s", got)
			}
		})
	}
}

func TestTraditionalKeepsTraditionalLinesBesideOthers(t *testing.T) {
	got := Traditional("皇后的餘暉，準備，只有幾里\n几里以后\n")
	if want := "皇后的餘暉，準備，只有幾里\n幾里以後\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if Simplify("乾坤與乾淨") != "乾坤与干净" {
		t.Errorf("phrase lost: %s", Simplify("乾坤與乾淨"))
	}
}

func TestConvertKeepsBrokenBytes(t *testing.T) {
	for _, s := range []string{"\xff\xfe国\xe5", "国\xe5\x9b", "\x00国"} {
		if got := Simplify(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
		if got := Traditional(s); got != strings.ReplaceAll(s, "国", "國") {
			t.Errorf("%q became %q", s, got)
		}
	}
}

// slowTraditional is the plain rule: at each place the longest phrase, else the character.
func slowTraditional(s string, phrases, characters map[string]string) string {
	var b strings.Builder
	for s != "" {
		_, n := utf8.DecodeRuneInString(s)
		key := s[:n]
		to, ok := characters[key]
		if !ok {
			to = key
		}
		for end := min(len(s), 150); end > n; end-- {
			if v, ok := phrases[s[:end]]; ok {
				key, to = s[:end], v
				break
			}
		}
		b.WriteString(to)
		s = s[len(key):]
	}
	return b.String()
}

func TestDictionaryAgainstPlainRule(t *testing.T) {
	load := func(name string) (map[string]string, []string) {
		m, keys := map[string]string{}, []string{}
		eachPair(readData(name+".txt.gz"), func(key, values string, _ int) {
			m[key], _, _ = strings.Cut(values, " ")
			keys = append(keys, key)
		})
		return m, keys
	}
	phrases, keys := load("STPhrases")
	characters, single := load("STCharacters")
	if len(phrases) < 40000 || len(characters) < 3900 {
		t.Fatalf("dictionary is short: %d phrases, %d characters", len(phrases), len(characters))
	}
	d := toTraditional()
	for _, k := range keys {
		if got, want := string(d.appendConverted(nil, k)), phrases[k]; got != want {
			t.Fatalf("%s = %s, want %s", k, got, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(keys), rapid.SampledFrom(single), rapid.StringN(0, 3, -1)), 1, 12).Draw(t, "parts"), "")
		if cut := rapid.IntRange(0, len([]rune(s))).Draw(t, "cut"); cut > 0 && utf8.ValidString(s) {
			s = string([]rune(s)[:cut])
		}
		if !utf8.ValidString(s) {
			return
		}
		if got, want := string(d.appendConverted(nil, s)), slowTraditional(s, phrases, characters); got != want {
			t.Fatalf("%q: %q, want %q", s, got, want)
		}
	})
}

func BenchmarkTraditional(b *testing.B) {
	s := strings.Repeat("本机关应当自收到申请之日起二十个工作日内予以答复，第三方意见所需时间不计算在期限内。\n", 2000)
	Traditional(s)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Traditional(s)
	}
}

func BenchmarkFold(b *testing.B) {
	s := strings.Repeat("本机关应当自收到申请之日起二十个工作日内予以答复，第三方意见所需时间不计算在期限内。\n", 2000)
	Fold(s)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		Fold(s)
	}
}

func BenchmarkTermsInto(b *testing.B) {
	s := strings.Repeat("本机关应当自收到申请之日起二十个工作日内予以答复，第三方意见所需时间不计算在期限内。\n", 2000)
	dst := TermsInto(nil, s)
	b.SetBytes(int64(len(s)))
	b.ReportAllocs()
	for b.Loop() {
		dst = TermsInto(dst[:0], s)
	}
}
