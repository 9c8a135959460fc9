package api

import (
	"context"

	"gongkai/internal/publication"
	"gongkai/internal/store"
)

// LogOf shows the publication log of a library to the interface.
func LogOf(db *store.DB) Log { return libraryLog{db} }

type libraryLog struct{ db *store.DB }

func (l libraryLog) Head(ctx context.Context) (int64, error) {
	return publication.HeadSeq(ctx, l.db.Reader())
}

func (l libraryLog) Changes(ctx context.Context, after int64, limit int) ([]publication.Row, error) {
	return publication.Changes(ctx, l.db.Reader(), after, limit)
}

func (l libraryLog) OfWork(ctx context.Context, work int64) ([]publication.Row, error) {
	proofs, err := publication.Proofs(ctx, l.db, work)
	if err != nil {
		return nil, err
	}
	out := make([]publication.Row, len(proofs))
	for i, p := range proofs {
		out[i] = p.Row
	}
	return out, nil
}
