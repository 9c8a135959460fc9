// Package zh reads and writes the small languages inside official Chinese:
// simplified and traditional script, folding for matching, numerals, dates,
// document numbers (文号, F-06, F-07), index numbers (F-01 to F-05), credit
// codes (F-04) and search terms. It is pure: no network, clock or randomness.
// Spans are counted in runes, end exclusive, everywhere.
package zh
