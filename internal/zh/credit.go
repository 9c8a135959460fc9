package zh

import "strings"

// creditAlphabet and creditWeights are those of GB 32100, rule F-04.
const creditAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var creditWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// CreditCheck is the check character of the first 17 characters of a unified
// social credit code (统一社会信用代码), F-04. Only capital letters count.
func CreditCheck(first17 string) (byte, bool) {
	if len(first17) != len(creditWeights) {
		return 0, false
	}
	sum := 0
	for i, w := range creditWeights {
		v := strings.IndexByte(creditAlphabet, first17[i])
		if v < 0 {
			return 0, false
		}
		sum += v * w
	}
	return creditAlphabet[(31-sum%31)%31], true
}

// ValidCreditCode reports an 18-character code whose check character is right, F-04.
func ValidCreditCode(s string) bool {
	if len(s) != 18 {
		return false
	}
	c, ok := CreditCheck(s[:17])
	return ok && c == s[17]
}

// orgWeights are those of GB 11714.
var orgWeights = [8]int{3, 7, 9, 10, 5, 8, 4, 2}

// ValidOrgCode reports a 9-character organisation code (组织机构代码, GB 11714),
// with or without the hyphen before its check character.
func ValidOrgCode(s string) bool {
	if len(s) == 10 && s[8] == '-' {
		s = s[:8] + s[9:]
	}
	if len(s) != 9 {
		return false
	}
	sum := 0
	for i, w := range orgWeights {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			sum += int(c-'0') * w
		case c >= 'A' && c <= 'Z':
			sum += int(c-'A'+10) * w
		default:
			return false
		}
	}
	return "0X987654321"[sum%11] == s[8]
}
