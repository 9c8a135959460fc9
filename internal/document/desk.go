package document

import (
	"time"

	"gongkai/internal/officialdoc"
)

// DeskSource names what comes in through the import desk; identity of such a
// document is its file.
const DeskSource = "导入台"

// Limits of the desk: bytes of one file, files of one batch, bytes of one upload.
const (
	DeskMaxFile   = 50 << 20
	DeskMaxFiles  = 1000
	DeskMaxUpload = 1 << 30
)

// ItemState is how far an uploaded file has come.
type ItemState string

const (
	ItemWaiting  ItemState = "waiting"  // not yet read
	ItemReading  ItemState = "reading"  // a node reads it, until its claim ends
	ItemReady    ItemState = "ready"    // read; can be released
	ItemDoubt    ItemState = "doubt"    // read; a person must look
	ItemFailed   ItemState = "failed"   // nothing could be read
	ItemOrdered  ItemState = "ordered"  // its release was ordered
	ItemReleased ItemState = "released" // it is public
	ItemDropped  ItemState = "dropped"  // taken out of the batch
)

// Chinese names the state in two to four characters.
func (s ItemState) Chinese() string {
	switch s {
	case ItemWaiting:
		return "待读"
	case ItemReading:
		return "正在读"
	case ItemReady:
		return "已读"
	case ItemDoubt:
		return "有疑问"
	case ItemFailed:
		return "失败"
	case ItemOrdered:
		return "正在公开"
	case ItemReleased:
		return "已公开"
	case ItemDropped:
		return "已移出"
	}
	return string(s)
}

// Verdict is what a release of the item would do.
type Verdict string

const (
	VerdictNew       Verdict = "new"
	VerdictEdition   Verdict = "edition"
	VerdictUnchanged Verdict = "unchanged"
)

// DeskBatch is one sitting at the desk, owned by an organ.
type DeskBatch struct {
	ID        int64
	Organ     int64
	OrganName string
	Actor     string
	At        time.Time
	Counts    map[ItemState]int
	Total     int
}

// Count is how many items are in a state, by its word.
func (b *DeskBatch) Count(state string) int { return b.Counts[ItemState(state)] }

// Working reports that the desk still reads or releases something of the batch.
func (b *DeskBatch) Working() bool {
	return b.Counts[ItemWaiting]+b.Counts[ItemReading]+b.Counts[ItemOrdered] > 0
}

// DeskItem is one file of a batch.
type DeskItem struct {
	ID       int64
	Batch    int64
	Position int
	Name     string
	Size     int64
	SHA256   string
	MIME     string
	State    ItemState
	Verdict  Verdict
	Reasons  []string // why it is in doubt, failed or unchanged
	Checked  bool     // a person has looked and saved
	Version  int
	Sheet    Sheet
	Source   string // the text that was read; only when one item is asked for
	Facts    DeskFacts
	Work     int64 // public id, once released, or of the work it equals
	Label    int
	Updated  time.Time
}

// Word is the one word of the table: what will happen, or what is.
func (it *DeskItem) Word() string {
	switch it.State {
	case ItemReady:
		switch it.Verdict {
		case VerdictNew:
			return "将新建"
		case VerdictEdition:
			return "新版本"
		}
	case ItemDoubt:
		if it.Verdict == VerdictUnchanged {
			return "无变化"
		}
	}
	return it.State.Chinese()
}

// Class is the word of the table as an address writes it.
func (it *DeskItem) Class() string {
	switch {
	case it.State == ItemReady:
		return string(it.Verdict)
	case it.State == ItemDoubt && it.Verdict == VerdictUnchanged:
		return string(VerdictUnchanged)
	case it.State == ItemReading:
		return string(ItemWaiting)
	}
	return string(it.State)
}

// Open reports an item that people can still change.
func (it *DeskItem) Open() bool { return it.State == ItemReady || it.State == ItemDoubt }

// Releasable reports an item whose release can be ordered.
func (it *DeskItem) Releasable() bool { return it.State == ItemReady }

// DeskFacts is what the reading found: where each fact stood in the source,
// which runes are the document proper, what it read and what it lost.
type DeskFacts struct {
	Marks    []officialdoc.Mark `json:"marks,omitempty"`
	Body     officialdoc.Span   `json:"body"`
	Coverage []string           `json:"coverage,omitempty"`
	Lost     Lost               `json:"lost,omitzero"`
	Notes    []string           `json:"notes,omitempty"` // what extraction asks a person to look at
	State    string             `json:"state,omitempty"` // extracted, partial or none
}

// Lost counts what a reading reports, for the total of a batch. Files that were
// read by an earlier build have a report but no counts.
type Lost struct {
	Pictures int `json:"pictures,omitempty"`
	Tables   int `json:"tables,omitempty"`
	Merged   int `json:"merged,omitempty"` // cells
	Parts    int `json:"parts,omitempty"`  // headers, notes, boxes beside the text
	Warnings int `json:"warnings,omitempty"`
}

// Add sums two reports.
func (l *Lost) Add(o Lost) {
	l.Pictures, l.Tables, l.Merged, l.Parts, l.Warnings = l.Pictures+o.Pictures, l.Tables+o.Tables, l.Merged+o.Merged, l.Parts+o.Parts, l.Warnings+o.Warnings
}

// Body is the document's own text out of its source.
func (it *DeskItem) Body() string {
	return runeSlice(it.Source, it.Facts.Body.Start, it.Facts.Body.End)
}
