// Package paper prints a text as PDF: A4 after GB/T 9704-2012, as
// docfile.WriteDOCX lays out a Word file, with a text layer that can be
// searched and copied. It needs a TrueType font with Chinese shapes on the
// machine; without one the product runs and says what is missing.
package paper

import (
	"bytes"
	"encoding/binary"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/signintech/gopdf"

	"gongkai/internal/fault"
)

// EnvFont names a TrueType file (.ttf) to print with, before all others.
const EnvFont = "GONGKAI_FONT"

const (
	textNoFont  = "这台机器没有能用来生成 PDF 的中文字体。请让管理员安装 fonts-lxgw-wenkai，或者用 GONGKAI_FONT 指明一个 .ttf 字体文件；Word 文件仍然可以下载。"
	textBadFont = "GONGKAI_FONT 指的文件不能用：要一个含中文的 TrueType 字体（.ttf），不能是 .ttc 字体集。Word 文件仍然可以下载。"
	textNoGlyph = "字体里没有“%s”这个字（U+%04X），不能生成 PDF。请换一个收字更全的字体，或者下载 Word 文件。"
	textFailed  = "PDF 没有生成，请稍后再试；Word 文件仍然可以下载。"
)

// Printer prints with one font. It may be used by many at once; they take turns.
type Printer struct {
	// Font is the file of the font.
	Font string

	turn  sync.Mutex
	fonts gopdf.FontContainer
}

// family is the name of the font inside a file.
const family = "body"

// loaded keeps printers by file: a Chinese font is some 15 MB and is read once.
var loaded struct {
	sync.Mutex
	by map[string]*Printer
}

// Load finds a font and makes a printer. Errors are Unsupported with a sentence
// that says what to install.
func Load() (*Printer, error) {
	path, err := findFont(os.Getenv(EnvFont), fontRoots)
	if err != nil {
		return nil, err
	}
	loaded.Lock()
	defer loaded.Unlock()
	if p := loaded.by[path]; p != nil {
		return p, nil
	}
	p := &Printer{Font: path}
	if err := p.fonts.AddTTFFont(family, path); err != nil {
		return nil, &fault.Error{Kind: fault.Unsupported, Op: "paper.Load(" + path + ")", Text: textBadFont, Err: err}
	}
	if loaded.by == nil {
		loaded.by = map[string]*Printer{}
	}
	loaded.by[path] = p
	return p, nil
}

// fontRoots are the folders where systems keep fonts.
var fontRoots = []string{"/usr/share/fonts", "/usr/local/share/fonts", "/Library/Fonts", `C:\Windows\Fonts`}

// wanted are the fonts that print a whole letter, the best first: LXGW WenKai
// (a 楷体, free), then 仿宋, 楷体 and 黑体 as systems and offices install them.
var wanted = []string{"lxgwwenkai-regular.ttf", "lxgwwenkaigb-regular.ttf", "lxgwwenkailite-regular.ttf", "simfang.ttf", "仿宋_gb2312.ttf", "fangsong_gb2312.ttf", "stfangso.ttf", "simkai.ttf", "simhei.ttf", "wqy-microhei.ttf", "droidsansfallbackfull.ttf"}

// findFont is the file that named gives, else the best of the wanted ones below
// the roots.
func findFont(named string, roots []string) (string, error) {
	if named != "" {
		if !isTrueType(named) {
			return "", fault.New(fault.Unsupported, "paper.findFont("+named+")", textBadFont)
		}
		return named, nil
	}
	best, found := len(wanted), ""
	for _, root := range roots {
		// A folder that is not there, or may not be read, holds no font for us.
		_ = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil //nolint:nilerr // see above
			}
			if i := slices.Index(wanted, strings.ToLower(d.Name())); i >= 0 && i < best && isTrueType(path) {
				best, found = i, path
			}
			return nil
		})
	}
	if found == "" {
		return "", fault.New(fault.Unsupported, "paper.findFont", textNoFont)
	}
	return found, nil
}

// isTrueType tells a font with TrueType outlines from a collection, from
// PostScript outlines and from everything else: others print blank pages.
func isTrueType(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	var head [4]byte
	if _, err := f.Read(head[:]); err != nil {
		return false
	}
	return binary.BigEndian.Uint32(head[:]) == 0x00010000 || bytes.Equal(head[:], []byte("true"))
}
