package publication

import "strconv"

// Act is what a log row says happened. The names stand in signed leaves for
// ever: add new ones, never rename.
type Act string

const (
	// Release published a work or a further edition of it.
	Release Act = "release"
	// Update changed what is said about a published edition, by a numbered record.
	Update Act = "update"
	// Withdraw took a work off the public pages.
	Withdraw Act = "withdraw"
	// Restore put a withdrawn work back.
	Restore Act = "restore"
	// Fact recorded a dated fact about a work's validity.
	Fact Act = "fact"
	// Expunge removed words, files and personal fields and left a tombstone.
	Expunge Act = "expunge"
	// Merge joined a double into the work that stays; its detail names that
	// work (MergedInto) and the label under which the text goes on.
	Merge Act = "merge"
	// Limited is any act about a text for a limited audience. Its row
	// holds one salted digest and names nothing.
	Limited Act = "limited"
	// Seal binds the audit rows written since the last seal to the log.
	Seal Act = "seal"
)

// Chinese names the act on a page; an act of a newer build shows its own name.
func (a Act) Chinese() string {
	switch a {
	case Release:
		return "发布"
	case Update:
		return "更正补充"
	case Withdraw:
		return "撤下"
	case Restore:
		return "恢复公开"
	case Fact:
		return "登记效力"
	case Expunge:
		return "依法清除"
	case Merge:
		return "并入"
	case Limited:
		return "限定范围公开"
	case Seal:
		return "封存审计记录"
	}
	return string(a)
}

// Keys of the detail of a merge. The names stand in signed leaves.
const (
	detailMergedInto = "merged_into"
	detailAsEdition  = "as_edition"
)

// MergeDetail is the detail of a merge: the public id of the work that stays,
// and the label that the text bears there.
func MergeDetail(into int64, edition int) map[string]string {
	return map[string]string{detailMergedInto: strconv.FormatInt(into, 10), detailAsEdition: strconv.Itoa(edition)}
}

// MergedInto is the work that a double's text went on in when the row was
// written, and its label there; 0 for a row that is no merge. Libraries of
// earlier builds logged merges as removals, with the work but no label.
func (r Row) MergedInto() (work int64, edition int) {
	if r.Act != Merge && r.Act != Expunge {
		return 0, 0
	}
	l, err := parseLeaf(r.Entry)
	if err != nil {
		return 0, 0 // Verify names a broken leaf
	}
	if work = atoi(l.Detail[detailMergedInto]); work < 1 {
		return 0, 0
	}
	return work, int(max(atoi(l.Detail[detailAsEdition]), 0))
}

// Removes reports a row after which a text is no longer to be had under the
// number that the row names.
func (r Row) Removes() bool { return r.Act == Expunge || r.Act == Merge || r.Act == Withdraw }
