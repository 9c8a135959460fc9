package document

import (
	"context"
	"encoding/json"

	"gongkai/internal/fault"
	"gongkai/internal/zh"
)

// factRetracted takes back a fact that its source no longer states. It has no
// effect of its own; the fact it supersedes has none any more.
const factRetracted FactKind = "retracted"

// flagAuthority marks the fact behind a source's own flag 已废止.
const flagAuthority = "来源标注"

// statedFact is a fact in the form it is stored in.
type statedFact struct {
	kind, validOn, authority, reason, provisions string
}

// stateFacts brings the stored facts of an edition up to what its source
// states: new ones are added, ones that are gone or changed are superseded.
// Nothing is deleted, so what was believed before stays on record.
func (s *saver) stateFacts(ctx context.Context, workID int64, label int, c *Content) error {
	wanted, err := statedFacts(c)
	if err != nil {
		return err
	}
	stored, err := s.standingFacts(ctx, workID, label)
	if err != nil {
		return err
	}
	for _, f := range wanted {
		if _, there := stored[f]; there {
			delete(stored, f)
			continue
		}
		if err := s.insertFact(ctx, workID, label, f, 0); err != nil {
			return err
		}
	}
	for f, id := range stored {
		gone := statedFact{kind: string(factRetracted), validOn: f.validOn, authority: flagAuthority, reason: "来源不再这样标注", provisions: "[]"}
		if err := s.insertFact(ctx, workID, label, gone, id); err != nil {
			return err
		}
	}
	return nil
}

// statedFacts reads the facts of a document: its own, and its flag 已废止,
// which carries no date (design section 8).
func statedFacts(c *Content) ([]statedFact, error) {
	facts := c.Facts
	if c.SourceStatus == "已废止" {
		facts = append(facts[:len(facts):len(facts)], ContentFact{Kind: FactRepealed, Authority: flagAuthority, Reason: "来源标注为已废止，未载明日期"})
	}
	var out []statedFact
	seen := map[statedFact]bool{}
	for _, f := range facts {
		if f.Kind == FactRepealedPart && len(f.Provisions) == 0 {
			return nil, fault.Field("document.statedFacts", "facts", "facts：部分废止没有写明是哪几条。")
		}
		paths, err := json.Marshal(nonNil(f.Provisions))
		if err != nil {
			return nil, err
		}
		one := statedFact{kind: string(f.Kind), validOn: f.ValidOn.String(), authority: f.Authority, reason: f.Reason, provisions: string(paths)}
		if f.By != "" {
			one.authority = f.By
		}
		if !seen[one] {
			seen[one] = true
			out = append(out, one)
		}
	}
	return out, nil
}

// standingFacts are the facts that came with an edition and still count.
func (s *saver) standingFacts(ctx context.Context, workID int64, label int) (map[statedFact]int64, error) {
	rows, err := s.tx.QueryContext(ctx, `
		SELECT f.id, f.kind, f.valid_on, f.authority, f.reason, f.provisions FROM work_facts f
		WHERE f.work_id = $1 AND f.edition_label = $2 AND f.kind <> 'retracted'
			AND NOT EXISTS (SELECT 1 FROM work_facts later WHERE later.supersedes = f.id)`, workID, label)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[statedFact]int64{}
	for rows.Next() {
		var id int64
		var f statedFact
		if err := rows.Scan(&id, &f.kind, &f.validOn, &f.authority, &f.reason, &f.provisions); err != nil {
			return nil, err
		}
		out[f] = id
	}
	return out, rows.Err()
}

func (s *saver) insertFact(ctx context.Context, workID int64, label int, f statedFact, supersedes int64) error {
	var by, earlier any
	if key := zh.TitleKey(f.authority); key != "" && f.authority != flagAuthority {
		targets, err := resolve(ctx, s.tx, []citation{{key: key}})
		if err != nil {
			return err
		}
		if w := targets[key]; w != 0 && w != workID {
			by = w
		}
	}
	if supersedes != 0 {
		earlier = supersedes
	}
	_, err := s.tx.ExecContext(ctx, `
		INSERT INTO work_facts (work_id, edition_label, kind, valid_on, recorded_at, authority, by_work_id, reason, provisions, supersedes)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		workID, label, f.kind, f.validOn, s.now.UnixMicro(), f.authority, by, f.reason, f.provisions, earlier)
	return err
}
