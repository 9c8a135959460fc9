package request

import "strings"

// Destroys reports whether anonymising empties a column or deletes its row.
func Destroys(table, column string) bool {
	for _, c := range ofPeople {
		if strings.HasPrefix(c, "DELETE FROM "+table+" ") || strings.HasPrefix(c, "UPDATE "+table+" ") && strings.Contains(c, " "+column+" = ''") {
			return true
		}
	}
	return false
}
