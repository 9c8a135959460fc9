package office

import (
	"gongkai/internal/proofread"
	"gongkai/internal/release"
)

// exceptableRules are the rules of the checks that may have an exception; those
// about personal and hidden data may not.
func exceptableRules() []option {
	var out []option
	for _, r := range proofread.Rules() {
		if !release.Protects(r.ID) {
			out = append(out, option{Value: r.ID, Name: r.Name + "（" + r.ID + "）"})
		}
	}
	return out
}
