package proofread

import "strings"

// PartKind says where in its files a text stood.
type PartKind string

// The places a text can stand in. Text and table are what readers see; all
// others travel with the file unseen.
const (
	PartText            PartKind = "text"
	PartTable           PartKind = "table" // a row a line, cells parted by tabs
	PartHiddenSheet     PartKind = "hidden_sheet"
	PartHiddenRows      PartKind = "hidden_rows" // hidden rows or columns
	PartTrackedChange   PartKind = "tracked_change"
	PartComment         PartKind = "comment"
	PartMetadata        PartKind = "metadata"
	PartFileName        PartKind = "file_name"
	PartEXIF            PartKind = "exif"
	PartEmbedded        PartKind = "embedded"
	PartEarlierRevision PartKind = "earlier_revision"
	PartWhiteText       PartKind = "white_text" // too faint, too small or off the page
)

// Part is one text of a document with its place. A part that could not be
// opened has Opened false: what it holds cannot be told.
type Part struct {
	Name   string   `json:"name"` // for people: 正文, 隐藏工作表“人员”
	Kind   PartKind `json:"kind"`
	Text   string   `json:"-"`
	Opened bool     `json:"opened"`
	Why    string   `json:"why,omitempty"` // Chinese, why it could not be opened
}

// body says that readers see the part.
func (k PartKind) body() bool { return k == PartText || k == PartTable }

// hiddenRule is the rule that each unseen place breaks by holding anything.
var hiddenRule = map[PartKind]string{
	PartHiddenSheet:     "HID.sheet",
	PartHiddenRows:      "HID.rows",
	PartTrackedChange:   "HID.change",
	PartComment:         "HID.comment",
	PartEmbedded:        "HID.embedded",
	PartEarlierRevision: "HID.revision",
	PartWhiteText:       "HID.white",
}

// hiddenShown is how many runes of an unseen part a hit shows.
const hiddenShown = 40

// hidden flags what readers do not see but would be handed.
func (s *sheet) hidden() {
	if s.part.Kind == PartEXIF {
		s.exif()
		return
	}
	rule, ok := hiddenRule[s.part.Kind]
	if !ok || strings.TrimSpace(s.part.Text) == "" {
		return
	}
	from := 0
	for s.blank(from) || s.at(from) == '\n' {
		from++
	}
	to := from
	for to < len(s.rs) && to-from < hiddenShown && s.rs[to] != '\n' {
		to++
	}
	if to > from {
		s.hit(rule, from, to, "")
	}
}

// exif flags a place in a picture's data, line by line.
func (s *sheet) exif() {
	for _, l := range s.lines {
		line := strings.ToLower(string(s.fold[l.start:l.end]))
		if !strings.ContainsAny(line, "0123456789") {
			continue
		}
		for _, w := range []string{"gps", "latitude", "longitude", "经度", "纬度", "拍摄地", "位置"} {
			if strings.Contains(line, w) {
				s.hit("HID.place", l.start, l.end, "")
				break
			}
		}
	}
}
