package org

import (
	"context"
	"database/sql"
	"strings"
	"sync"

	"gongkai/internal/store"
	"gongkai/internal/zh"
)

// directory is who can be found by name: organs, leaders and units, read once for
// each state of the tables, because the pinyin of a thousand names costs more
// than a question may.
type directory struct {
	stamp   [4]int64
	organs  []listedOrgan
	byID    map[int64]int // place in organs
	leaders []listedLeader
	units   []listedUnit
}

type listedOrgan struct {
	FoundOrgan
	id    int64
	names []listedName
}

// listedName is a name that an organ bears or bore, in the spellings by which
// people ask for it.
type listedName struct {
	shown  string // "" where it is the name of today, in whatever form
	former bool
	as     []zh.Spelling
	rest   []rune // behind the region, shortened: what abbreviations are made of
}

type listedLeader struct {
	Leader
	as zh.Spelling
}

type listedUnit struct {
	Unit
	as zh.Spelling
}

// shelf keeps the newest directory of a registry.
type shelf struct {
	mu   sync.Mutex
	kept *directory
}

// directoryStamp moves with every change of organs, their names, leaders and units:
// each writes a row of organ_changes, but for what an import enters, which
// adds rows to organs, organ_names or organ_successions.
const directoryStamp = `SELECT COALESCE((SELECT MAX(id) FROM organ_changes), 0), COALESCE((SELECT MAX(id) FROM organs), 0),
	COALESCE((SELECT MAX(id) FROM organ_names), 0), COALESCE((SELECT MAX(id) FROM organ_successions), 0)`

// directory gives the present one, read anew when something changed.
func (r *Registry) directory(ctx context.Context) (*directory, error) {
	r.shelf.mu.Lock()
	defer r.shelf.mu.Unlock()
	var out *directory
	err := r.db.Snapshot(ctx, func(q *sql.Tx) error {
		b := &directory{byID: map[int64]int{}}
		if err := q.QueryRowContext(ctx, directoryStamp).Scan(&b.stamp[0], &b.stamp[1], &b.stamp[2], &b.stamp[3]); err != nil {
			return err
		}
		if r.shelf.kept != nil && r.shelf.kept.stamp == b.stamp {
			out = r.shelf.kept
			return nil
		}
		out = b
		for _, read := range []func(context.Context, store.Querier) error{b.readOrgans, b.readNames, b.readSuccessors, b.readPeople} {
			if err := read(ctx, q); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		r.shelf.kept = out
	}
	return out, err
}

// each hands every row of a query to scan.
func each(ctx context.Context, q store.Querier, query string, scan func(*sql.Rows) error) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

func (b *directory) readOrgans(ctx context.Context, q store.Querier) error {
	return each(ctx, q, `SELECT o.id, o.code, `+nameNow+`, o.external, o.duties, o.phone FROM organs o ORDER BY o.external, o.position, o.id`, func(rows *sql.Rows) error {
		var o listedOrgan
		var external int
		if err := rows.Scan(&o.id, &o.Code, &o.Name, &external, &o.Duties, &o.Phone); err != nil {
			return err
		}
		o.External = external != 0
		b.byID[o.id] = len(b.organs)
		b.organs = append(b.organs, o)
		return nil
	})
}

// readNames reads what an organ is and was called. A spelling that only
// documents use finds the organ but is never shown.
func (b *directory) readNames(ctx context.Context, q store.Querier) error {
	return each(ctx, q, `SELECT organ_id, name, short_name, alias FROM organ_names ORDER BY organ_id, valid_from DESC, id DESC`, func(rows *sql.Rows) error {
		var id int64
		var name, short string
		var alias int
		if err := rows.Scan(&id, &name, &short, &alias); err != nil {
			return err
		}
		o := &b.organs[b.byID[id]]
		n := listedName{former: alias == 0 && name != o.Name, rest: shortened(zh.TitleKey(name))}
		if n.former {
			n.shown = name
		}
		seen := map[string]bool{}
		for _, s := range append(looser(zh.TitleKey(name)), looser(zh.TitleKey(short))...) {
			if s != "" && !seen[s] {
				seen[s] = true
				n.as = append(n.as, zh.Spell(s))
			}
		}
		o.names = append(o.names, n)
		return nil
	})
}

func (b *directory) readSuccessors(ctx context.Context, q store.Querier) error {
	return each(ctx, q, `SELECT from_organ, to_organ FROM organ_successions ORDER BY on_date, id`, func(rows *sql.Rows) error {
		var from, to int64
		if err := rows.Scan(&from, &to); err != nil {
			return err
		}
		next := b.organs[b.byID[to]]
		o := &b.organs[b.byID[from]]
		o.Successors = append(o.Successors, Ref{Code: next.Code, Name: next.Name})
		return nil
	})
}

func (b *directory) readPeople(ctx context.Context, q store.Querier) error {
	list, err := leaders(ctx, q, `l.gone = 0 ORDER BY l.organ_id, l.position, l.id`)
	if err != nil {
		return err
	}
	for _, l := range list {
		b.leaders = append(b.leaders, listedLeader{l, zh.Spell(zh.TitleKey(l.Name))})
	}
	below, err := units(ctx, q, `u.gone = 0 ORDER BY u.organ_id, u.position, u.id`)
	for _, u := range below {
		b.units = append(b.units, listedUnit{u, zh.Spell(zh.TitleKey(u.Name))})
	}
	return err
}

// regionEnds close the region at the head of a name.
const regionEnds = "省市县区州旗"

// region is the length in runes of 清河市 in 清河市教育局; 0 for none. 市辖 as
// in 市辖区 begins no name.
func region(key []rune) int {
	for i := 0; i < min(len(key)-2, 6); i++ {
		if strings.ContainsRune(regionEnds, key[i]) {
			return i + 1
		}
	}
	return 0
}

// looser lists a name and the forms in which people leave out the sign of the
// region or 人民: 清河教育局, 清河市政府.
func looser(key string) []string {
	if key == "" {
		return nil
	}
	out := []string{key}
	rs := []rune(key)
	if n := region(rs); n > 1 {
		out = append(out, string(rs[:n-1])+string(rs[n:]))
	}
	for _, s := range out {
		if short := strings.Replace(s, "人民政府", "政府", 1); short != s {
			out = append(out, short)
		}
	}
	return out
}

var abbreviations = strings.NewReplacer("委员会", "委", "办公室", "办", "办事处", "办", "人民政府", "政府")

// shortened is what a name's abbreviation is drawn from: without region, 国家
// and the long forms of 委 and 办.
func shortened(key string) []rune {
	rs := []rune(key)
	s := strings.TrimPrefix(string(rs[region(rs):]), "国家")
	return []rune(abbreviations.Replace(s))
}

// draws reports that short is a shorter form of the name, as 发改委 is of
// 发展和改革委员会: the same beginning and end, and all its characters in order.
func (n *listedName) draws(short string) bool {
	rs := []rune(abbreviations.Replace(short))
	if len(rs) > maxDrawn {
		return false
	}
	return n.drawn(rs) || n.drawn(rs[region(rs):]) // 市监局: the sign is not always a region's
}

// maxDrawn is the longest abbreviation, region and all.
const maxDrawn = 8

func (n *listedName) drawn(rs []rune) bool {
	if len(rs) < 3 || len(n.rest) <= len(rs) || rs[0] != n.rest[0] || rs[len(rs)-1] != n.rest[len(n.rest)-1] {
		return false
	}
	at := 0
	for _, r := range n.rest {
		if at < len(rs) && r == rs[at] {
			at++
		}
	}
	return at == len(rs)
}
