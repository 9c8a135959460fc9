package release_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// Eight people of eight organs propose to take one work down at the same
// moment: one case comes of it, the others are told, and when it is settled
// there is room for the next.
func TestA33_OneProposalAtATimeHoweverManyAskAtOnce(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		ctx := context.Background()
		var organs []int64
		for i := range 8 { // one counter row an organ, so that nothing else makes them wait
			organs = append(organs, o.id(`INSERT INTO organs (code, kind, created_at) VALUES ($1, '部门', 1) RETURNING id`, fmt.Sprintf("d%d", i)))
		}
		for round := range 5 {
			propose := func(organ int64, who string) (*casework.Case, error) {
				return o.room.ProposeTakedown(ctx, release.NewTakedown{Organ: organ, Title: "关于给予甲公司行政处罚的决定", Work: int64(70 + round), Ground: "mistake", Reason: "附件有误",
					Token: fmt.Sprintf("%d-%d", round, organ), Actor: o.people[who]})
			}
			var wait sync.WaitGroup
			start := make(chan struct{})
			made, failed := make([]*casework.Case, len(organs)), make([]error, len(organs))
			for i, organ := range organs {
				wait.Go(func() {
					<-start
					made[i], failed[i] = propose(organ, "clerk")
				})
			}
			close(start)
			wait.Wait()
			var one *casework.Case
			for i := range organs {
				switch {
				case failed[i] == nil && one == nil:
					one = made[i]
				case failed[i] == nil:
					t.Fatalf("round %d: %s and %s were both opened", round, one.Number, made[i].Number)
				case fault.KindOf(failed[i]) != fault.Conflict || !strings.Contains(fault.Text(failed[i]), "已经有一件撤下或者恢复的事项在办"):
					t.Errorf("round %d: %v", round, failed[i])
				}
			}
			if one == nil {
				t.Fatalf("round %d: nobody could propose: %v", round, failed)
			}
			if n := o.id(`SELECT COUNT(*) FROM takedowns WHERE work = $1 AND pending = 1`, 70+round); n != 1 {
				t.Errorf("round %d: %d proposals stand open", round, n)
			}
			o.id(`UPDATE takedowns SET pending = 0 WHERE case_id = $1 RETURNING 1`, one.ID)
			o.id(`UPDATE cases SET closed_at = 1 WHERE id = $1 RETURNING 1`, one.ID)
			if _, err := propose(organs[0], "head"); err != nil {
				t.Errorf("round %d: no room after the first was settled: %v", round, err)
			}
		}
	})
}
