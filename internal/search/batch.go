package search

import (
	"context"

	"golang.org/x/sync/errgroup"

	"gongkai/internal/workday"
)

// SearchAll answers queries with so many workers, in the order asked. The
// first error ends the batch.
func (x *Index) SearchAll(ctx context.Context, queries []Query, today workday.Date, workers int) ([]*Result, error) {
	out := make([]*Result, len(queries))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(max(workers, 1))
	for i, q := range queries {
		g.Go(func() error {
			res, err := x.Search(ctx, q, today)
			out[i] = res
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return out, nil
}
