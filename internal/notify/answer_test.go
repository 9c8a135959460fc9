package notify_test

import (
	"context"
	"database/sql"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	"gongkai/internal/notify"
	"gongkai/internal/publication"
)

// An adapter that answers too late, then twice, then with nonsense: each
// release is told once it was taken, and nothing else is.
func TestAnswer_LateTwiceAndNonsense(t *testing.T) {
	var mu sync.Mutex
	var told []string
	config := notify.Config{Answered: func(_ context.Context, _ *sql.Tx, work int64, edition int, a notify.Answer) error {
		mu.Lock()
		defer mu.Unlock()
		told = append(told, fmt.Sprintf("%d.%d %s %s %s", work, edition, a.Channel, a.State, a.Address))
		return nil
	}}
	each(t, config, func(o *node) {
		mu.Lock()
		told = nil
		mu.Unlock()
		r := newReceiver(o.t)
		ids := map[string]int{}
		r.answer = func(w http.ResponseWriter, e notify.Event, nth int) {
			ids[e.ID]++
			switch {
			case e.Seq == 1 && nth == 1: // the words arrive, the answer does not
				time.Sleep(600 * time.Millisecond)
			case e.Seq == 3:
				fmt.Fprint(w, `<html>thank you</html>`)
				return
			case e.Seq == 4:
				w.WriteHeader(http.StatusNoContent)
				return
			}
			fmt.Fprintf(w, `{"channel":"province","state":"done","address":"https://example.org/%d"}`, e.Seq)
		}
		id := o.add(r.srv.URL)
		o.publish(publication.Release, publication.Update, publication.Release, publication.Release, publication.Release)
		o.until("every message", func() bool { return o.counts(id)[notify.Delivered] == 5 })
		mu.Lock()
		defer mu.Unlock()
		if want := []string{"1.1 province done https://example.org/1", "5.1 province done https://example.org/5"}; !slices.Equal(told, want) {
			o.t.Errorf("told %q", told)
		}
		if ids[fmt.Sprintf("%d-1", id)] != 2 {
			o.t.Errorf("the late one came %d times under its id", ids[fmt.Sprintf("%d-1", id)])
		}
	})
}
