package document

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"sync"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// Library is the document domain over one database and its files.
type Library struct {
	db    *store.DB
	files filestore.Store
	now   func() time.Time

	mu        sync.Mutex
	refreshed workday.Date // the day the cards were last brought up to

	memory memory
}

// New opens the library. now gives the present instant; tests fix it.
func New(db *store.DB, files filestore.Store, now func() time.Time) *Library {
	return &Library{db: db, files: files, now: now}
}

// Today is the present day in legal time.
func (l *Library) Today() workday.Date { return workday.DateOf(l.now()) }

// newSalt is 16 random bytes in hex, one for each edition and each work.
func newSalt() (string, error) {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		return "", err
	}
	return hex.EncodeToString(b), nil
}

// RefreshCards rewrites the cards of works whose state changes on or before
// today: a text comes into force, a repeal takes effect. It is cheap when
// nothing is due, and is called by the clock and before a list is shown.
func (l *Library) RefreshCards(ctx context.Context) (err error) {
	defer fault.Wrap(&err, "document.RefreshCards")
	today := l.Today()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refreshed == today {
		return nil
	}
	if err := l.ensureCounted(ctx); err != nil {
		return err
	}
	for {
		due, err := l.dueCards(ctx, today)
		if err != nil {
			return err
		}
		if len(due) == 0 {
			l.refreshed = today
			return nil
		}
		err = l.db.Tx(ctx, func(tx *sql.Tx) error {
			if err := l.holdHead(ctx, tx); err != nil {
				return err
			}
			for _, id := range due {
				if err := writeCard(ctx, tx, id, today); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

func (l *Library) dueCards(ctx context.Context, today workday.Date) ([]int64, error) {
	return ids(ctx, l.db.Reader(), `SELECT work_id FROM work_cards WHERE changes_on <> '' AND changes_on <= $1 ORDER BY work_id LIMIT 200`, today.String())
}

// ids runs a query of one integer column.
func ids(ctx context.Context, q store.Querier, query string, args ...any) ([]int64, error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, id)
	}
	return out, rows.Err()
}

func day(s string) workday.Date {
	d, _ := workday.ParseDate(s) // stored days are ISO or empty, and empty is the unknown day
	return d
}

func instant(micro int64) time.Time { return time.UnixMicro(micro).UTC() }
