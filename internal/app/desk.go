package app

import (
	"context"
	"time"
)

// followDesk reads the files that wait at the import desk and releases what
// was ordered, one after another; it looks again every half second.
func (a *App) followDesk(ctx context.Context) {
	tick := time.NewTicker(pollEvery / 2)
	defer tick.Stop()
	for {
		worked, err := a.Documents.DeskWork(ctx)
		if err != nil && ctx.Err() == nil {
			a.Log.Error("desk", "err", err)
		}
		if worked && err == nil && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
