package store

import "time"

// Hurry makes Scrub give up sooner, until the test ends.
func Hurry(d time.Duration) (back func()) {
	old := patience
	patience = d
	return func() { patience = old }
}
