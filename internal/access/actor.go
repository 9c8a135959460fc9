package access

import (
	"context"
	"database/sql"
	"errors"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// ActorOf reads what a person may do on a day, for acts done in their name
// without a session: by a deputy, or at the console. NotFound when there is no
// such person or the account is disabled.
func ActorOf(ctx context.Context, q store.Querier, person int64, on workday.Date) (a Actor, err error) {
	defer fault.Wrap(&err, "access.ActorOf(%d)", person)
	err = q.QueryRowContext(ctx, `SELECT id, login, name FROM people WHERE id = $1 AND disabled_at = 0`, person).Scan(&a.Person, &a.Login, &a.Name)
	if errors.Is(err, sql.ErrNoRows) {
		return a, fault.New(fault.NotFound, "access.ActorOf", textNoPerson)
	}
	if err != nil {
		return a, err
	}
	a.Grants, err = grantsToday(ctx, q, person, on)
	return a, err
}
