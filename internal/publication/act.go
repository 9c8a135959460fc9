package publication

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
	case Seal:
		return "封存审计记录"
	}
	return string(a)
}
