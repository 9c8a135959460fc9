package proofread

import "strings"

// ValidIDNumber reports whether s is a resident identity number by GB 11643:
// region, a day of birth that exists and the right check character.
func ValidIDNumber(s string) bool {
	t := strings.ToUpper(strings.TrimSpace(s))
	return idShape(t) && idCheck(t) == t[17]
}
