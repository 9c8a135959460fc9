package casework

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/fault"
)

// Take makes a waiting step that is nobody's one's own, so that colleagues see
// who is at work on it. Errors as of HandOver; a step that somebody has already
// is Forbidden.
func (k *Kernel) Take(ctx context.Context, h HandOver) (res *Result, err error) {
	defer fault.Wrap(&err, "casework.Take(%d, %s)", h.Case, h.Task)
	h.To, h.Reason = "", ""
	return k.own(ctx, h.Actor, h.Case, h.Version, ActTake, h.Token, h, func(ctx context.Context, tx *sql.Tx, c *Case, t *OpenTask, who *crew, o *outcome) error {
		if reason := mayTake(t, who); reason != "" {
			return fault.New(fault.Forbidden, "casework.Take", reason)
		}
		o.data = handRecord{Task: t.Name, To: h.Actor.Login}
		_, err := tx.ExecContext(ctx, `UPDATE case_tasks SET person_id = $2 WHERE id = $1`, t.ID, h.Actor.Person)
		return err
	}, h.Task)
}

// mayTake says why the first of a crew may not take a step, "" when they may.
// One takes for oneself: the right of somebody absent is not enough.
func mayTake(t *OpenTask, who *crew) string {
	a := who.members[0]
	switch ok, _ := access.Can(a, access.Act(t.Right), access.Thing{Above: who.tree.Above(t.Organ)}); {
	case a.Person != 0 && t.Person == a.Person:
		return textMineAlready
	case t.Person != 0:
		return textOthersTask
	case !ok || a.Person == 0:
		return textNoRight
	case strings.Contains(t.Barred, "|"+a.Login+"|"):
		return textOwnWork
	}
	return ""
}

// Moves are the kernel's own acts that somebody may do to a waiting step, each
// with the reason why not; "" allows it.
type Moves struct {
	Take, HandOver, Urge string
}

// Moves says which of the kernel's own acts are open to a person on a step, for
// the buttons of its page. The acts check again.
func (k *Kernel) Moves(ctx context.Context, a access.Actor, c *Case, t OpenTask) (m Moves, err error) {
	defer fault.Wrap(&err, "casework.Moves(%d)", t.ID)
	who, err := k.crew(ctx, k.db.Reader(), a)
	if err != nil {
		return m, err
	}
	supervises, _ := access.Can(a, access.Supervise, access.Thing{Above: who.tree.Above(t.Organ)})
	m.Take = mayTake(&t, who)
	if !supervises && !who.holds(&t) {
		m.HandOver = textNotHolder
	}
	if !supervises && !(len(c.Done) > 0 && c.Done[0].Actor == a.Login) {
		m.Urge = textNoRight
	} else if k.urgedLately(c, a.Login) {
		m.Urge = textNotOver
	}
	return m, nil
}

// holds reports whether somebody of the crew has a step in hand, or could take
// it while it is nobody's.
func (w *crew) holds(t *OpenTask) bool {
	return slices.ContainsFunc(w.members, func(m access.Actor) bool {
		if t.Person != 0 {
			return m.Person == t.Person
		}
		ok, _ := access.Can(m, access.Act(t.Right), access.Thing{Above: w.tree.Above(t.Organ)})
		return ok
	})
}
