package audit_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"gongkai/internal/audit"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

var day = time.Date(2026, 11, 20, 9, 0, 0, 123456789, time.UTC)

func record(t *testing.T, db *store.DB, e audit.Event) {
	t.Helper()
	if err := db.Tx(context.Background(), func(tx *sql.Tx) error { return audit.Record(context.Background(), tx, e) }); err != nil {
		t.Fatal(err)
	}
}

func TestList_FiltersAndPages(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		ctx := context.Background()
		for i := range 10 {
			e := audit.Event{At: day.Add(time.Duration(i) * time.Hour), Actor: "console", Act: audit.Import, Target: fmt.Sprintf("work:%d", i), Outcome: audit.Done}
			if i%3 == 0 {
				e.Actor, e.Act, e.Outcome = "lin", audit.Reach, audit.Refused
			}
			record(t, db, e)
		}
		for _, c := range []struct {
			name   string
			filter audit.Filter
			want   string // targets, newest first
		}{
			{"all", audit.Filter{}, "9876543210"},
			{"actor", audit.Filter{Actor: "lin"}, "9630"},
			{"act and outcome", audit.Filter{Act: audit.Reach, Outcome: audit.Refused}, "9630"},
			{"target", audit.Filter{Target: "work:4"}, "4"},
			{"from, to", audit.Filter{From: day.Add(2 * time.Hour), To: day.Add(5 * time.Hour)}, "432"},
			{"nothing", audit.Filter{Actor: "nobody"}, ""},
		} {
			for _, limit := range []int{1, 3, 10, 0} {
				f, got := c.filter, ""
				f.Limit = limit
				for {
					rows, next, err := audit.List(ctx, db.Reader(), f)
					if err != nil {
						t.Fatal(err)
					}
					for _, r := range rows {
						got += strings.TrimPrefix(r.Target, "work:")
					}
					if f.Before = next; next == 0 {
						break
					}
				}
				if got != c.want {
					t.Errorf("%s, pages of %d: %s, want %s", c.name, limit, got, c.want)
				}
			}
		}
	})
}

func TestRecord_KeepsNoPersonalNumbers(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		record(t, db, audit.Event{At: day, Actor: "lin", Act: audit.Expunge, Target: "work:1", Outcome: audit.Done,
			Detail: "电话13812345678，+86 139-1234-5678，证件11010519491231002X、622202000011112222，邮箱a.b@example.com。\x00依据第12条，2026年11月20日，第20261120号"})
		rows, _, err := audit.List(context.Background(), db.Reader(), audit.Filter{})
		if err != nil || len(rows) != 1 {
			t.Fatalf("%v %v", rows, err)
		}
		if got, want := rows[0].Detail, "电话［已隐去］，+［已隐去］，证件［已隐去］、［已隐去］，邮箱［已隐去］。依据第12条，2026年11月20日，第20261120号"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if !rows[0].At.Equal(day.Truncate(time.Microsecond)) {
			t.Error(rows[0].At)
		}
	})
}

func TestRecord_NeedsWhoWhatAndOutcome(t *testing.T) {
	for _, e := range []audit.Event{{Act: audit.Import, Outcome: audit.Done}, {Actor: "a", Outcome: audit.Done}, {Actor: "a", Act: audit.Import}} {
		if err := audit.Record(context.Background(), nil, e); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%+v: %v", e, err)
		}
	}
}

func TestActs_AllHaveChineseNames(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range audit.Acts {
		name := a.Chinese()
		if name == string(a) || seen[name] {
			t.Errorf("%s is called %s", a, name)
		}
		seen[name] = true
	}
	for _, o := range []audit.Outcome{audit.Done, audit.Refused, audit.Failed} {
		if o.Chinese() == string(o) {
			t.Error(o)
		}
	}
}

func TestList_FiltersUseAnIndex(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		if db.Dialect != store.SQLite {
			return // PostgreSQL scans a table this small whatever its indexes
		}
		for _, column := range []string{"actor", "act", "target"} {
			rows, err := db.Reader().QueryContext(context.Background(), `EXPLAIN QUERY PLAN SELECT id FROM audit_log WHERE `+column+` = 'x' AND id < 9 ORDER BY id DESC LIMIT 5`)
			if err != nil {
				t.Fatal(err)
			}
			var plan string
			for rows.Next() {
				var a, b, c int
				var line string
				if err := rows.Scan(&a, &b, &c, &line); err != nil {
					t.Fatal(err)
				}
				plan += line + "\n"
			}
			if err := rows.Close(); err != nil || !strings.Contains(plan, "audit_log_"+column) || strings.Contains(plan, "TEMP B-TREE") {
				t.Errorf("%s: %s %v", column, plan, err)
			}
		}
	})
}
