package request

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/vault"
)

// Marks are what an applicant may give an answer (评价), the best last.
var Marks = []struct {
	Mark int
	Name string
}{{1, "很不满意"}, {2, "不满意"}, {3, "一般"}, {4, "满意"}, {5, "很满意"}}

// Rating is what an applicant thinks of the answer; Word is opened by RatingWord.
type Rating struct {
	Mark int
	At   time.Time
	Said bool // there is a word
}

// Name is the mark in Chinese.
func (r Rating) Name() string {
	for _, m := range Marks {
		if m.Mark == r.Mark {
			return m.Name
		}
	}
	return ""
}

// ratingRunes bounds the word beside a mark.
const ratingRunes = 500

func ratingPlace(id int64) vault.Place {
	return vault.Place{Table: "request_ratings", Column: "word_sealed", Row: id}
}

// Rate keeps the applicant's opinion, once, after the answer was served. Errors:
// Invalid with the field, Forbidden before service, Conflict the second time.
func (r *Room) Rate(ctx context.Context, id int64, mark int, word string) (err error) {
	defer fault.Wrap(&err, "request.Rate(%d)", id)
	word = strings.TrimSpace(word)
	if (Rating{Mark: mark}).Name() == "" {
		return fault.Field("request.Rate", "评价", "“评价”：请选择从很不满意到很满意的一项。")
	}
	if utf8.RuneCountInString(word) > ratingRunes {
		return fault.Field("request.Rate", "说一句", "“说一句”：不能超过 %d 个字。", ratingRunes)
	}
	sealed := ""
	if word != "" {
		if sealed, err = r.vault.Seal(ctx, ratingPlace(id), word); err != nil {
			return err
		}
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		var served string
		if err := tx.QueryRowContext(ctx, `SELECT served_on FROM requests WHERE case_id = $1`, id).Scan(&served); err != nil {
			return store.Sentence("request.Rate", err)
		}
		if served == "" {
			return fault.New(fault.Forbidden, "request.Rate", "答复送达以后才能评价。")
		}
		res, err := tx.ExecContext(ctx, `INSERT INTO request_ratings (case_id, mark, word_sealed, at) VALUES ($1, $2, $3, $4) ON CONFLICT (case_id) DO NOTHING`, id, mark, sealed, r.now().UnixMicro())
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.Conflict, "request.Rate", "这件申请已经评价过，只能评价一次。"))
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: casework.Applicant.Login, Act: audit.CaseAct, Target: fmt.Sprintf("case:%d", id), Outcome: audit.Done, Detail: "评价答复"})
	})
}

func (r *Room) loadRating(ctx context.Context, q store.Querier, out *Request) error {
	var x Rating
	var sealed string
	var at int64
	err := q.QueryRowContext(ctx, `SELECT mark, word_sealed, at FROM request_ratings WHERE case_id = $1`, out.Case).Scan(&x.Mark, &sealed, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	x.At, x.Said = instant(at), sealed != ""
	out.Rating = &x
	return err
}

// RatingWord opens the word beside a mark, "" for none; the reading is audited.
func (r *Room) RatingWord(ctx context.Context, a access.Actor, id int64) (word string, err error) {
	defer fault.Wrap(&err, "request.RatingWord(%d)", id)
	var sealed string
	err = r.db.Reader().QueryRowContext(ctx, `SELECT word_sealed FROM request_ratings WHERE case_id = $1`, id).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) || err == nil && sealed == "" {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if word, err = r.vault.Open(ctx, ratingPlace(id), sealed); err != nil {
		return "", err
	}
	return word, audit.Record(ctx, r.db.Writer(), r.reading(a, id, "申请人的评价"))
}

// Average is what the applicants of an organ think of its answers.
type Average struct {
	Organ int64
	Times int
	Mean  float64
}

// Averages are the marks by organ, for those who watch over them.
func (r *Room) Averages(ctx context.Context) (out []Average, err error) {
	defer fault.Wrap(&err, "request.Averages")
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT c.organ_id, COUNT(*), SUM(g.mark) FROM request_ratings g JOIN cases c ON c.id = g.case_id GROUP BY c.organ_id ORDER BY c.organ_id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var a Average
		var sum int
		if err := rows.Scan(&a.Organ, &a.Times, &sum); err != nil {
			return nil, err
		}
		a.Mean = float64(sum) / float64(a.Times)
		out = append(out, a)
	}
	return out, rows.Err()
}
