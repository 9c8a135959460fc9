package office

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/workday"
)

// Next year's notice is missed aloud from 1 December on, not a minute before.
func TestG_TheAlarmOfTheNextYearBeginsOnTheFirstOfDecember(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("eye", "qh-zf", access.Supervisor)
		for _, c := range []struct {
			at    time.Time
			alarm bool
		}{{time.Date(2026, 11, 30, 23, 59, 0, 0, workday.Zone), false}, {time.Date(2026, 12, 1, 0, 1, 0, 0, workday.Zone), true}} {
			s.clock.pass(c.at.Sub(s.clock.now()))
			if got := strings.Contains(s.signIn("eye").get("/office").words(), strings.TrimSpace(fmt.Sprintf(textCalendarMissing, 2027))); got != c.alarm {
				t.Errorf("at %s the alarm is %v", c.at, got)
			}
		}
	})
}
