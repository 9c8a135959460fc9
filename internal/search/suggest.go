package search

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// What a suggestion offers.
const (
	SuggestTitle = "title"
	SuggestShort = "short_title"
	SuggestDocNo = "doc_no"
)

// Suggestion is a name that the typed characters may become.
type Suggestion struct {
	Text     string `json:"text"`
	What     string `json:"what"` // SuggestTitle …
	Work     int64  `json:"work"`
	Validity string `json:"validity"`
}

// maxSuggestions bounds one list.
const maxSuggestions = 20

// suggested is a text that answers, before its names are read.
type suggested struct {
	ed    *edition
	valid string
	how   int
	what  string
}

// Places of a match, the best largest; those of pinyin are zh.MeetsPinyinFirst and below.
const (
	meetsWithin    = zh.MeetsPinyinFirst + 1
	meetsDocNumber = meetsWithin + 1
	meetsShort     = meetsWithin + 2
	meetsFirst     = meetsWithin + 3
)

// Suggest lists names of texts that count on a day and begin with, or hold,
// what was typed so far: titles, short titles and document numbers by their
// characters; titles also by pinyin and by initials. The list is empty, never
// an error, for a text that nothing answers.
func (x *Index) Suggest(ctx context.Context, prefix string, limit int, today workday.Date) (out []Suggestion, err error) {
	defer fault.Wrap(&err, "search.Suggest")
	limit = min(max(limit, 1), maxSuggestions)
	runes := []rune(strings.ToValidUTF8(prefix, ""))
	prefix = string(runes[:min(len(runes), maxCorrectRunes)])
	out = []Suggestion{}
	key, number := bareTitle(zh.TitleKey(prefix)), compactNumber(prefix)
	if key == "" {
		return out, nil
	}
	letters, typed := zh.PinyinLetters(prefix)
	err = x.snapshot(ctx, func(tx *sql.Tx) error {
		cat, err := x.catalogFor(ctx, tx)
		if err != nil {
			return err
		}
		s := newScope(cat, &Query{On: today})
		var found []suggested
		for place, e := range cat.order {
			how, what := e.suggests(key, number)
			if how == zh.MeetsNot && typed {
				how, _, _, _ = e.spelling.Meet(letters)
				what = SuggestTitle
			}
			if how == zh.MeetsNot {
				continue
			}
			if in, stand := s.at(int32(place)); in != nil {
				found = append(found, suggested{e, stand.validity, how, what})
			}
		}
		slices.SortFunc(found, suggestedFirst)
		for _, f := range found[:min(limit, len(found))] {
			one := Suggestion{What: f.what, Work: f.ed.work, Validity: f.valid}
			var title, short, docNo string
			err := tx.QueryRowContext(ctx, `SELECT title, short_title, doc_no FROM editions WHERE id = $1`, f.ed.id).Scan(&title, &short, &docNo)
			if err != nil {
				return err
			}
			one.Text = map[string]string{SuggestTitle: title, SuggestShort: short, SuggestDocNo: docNo}[f.what]
			out = append(out, one)
		}
		return nil
	})
	return out, err
}

// suggests says how typed characters meet the names of a text.
func (e *edition) suggests(key, number string) (how int, what string) {
	switch at := strings.Index(e.spelling.Name, key); {
	case at == 0:
		return meetsFirst, SuggestTitle
	case e.short != "" && strings.HasPrefix(e.short, key):
		return meetsShort, SuggestShort
	case number != "" && strings.HasPrefix(e.number, number):
		return meetsDocNumber, SuggestDocNo
	case at > 0:
		return meetsWithin, SuggestTitle
	}
	return zh.MeetsNot, ""
}

func suggestedFirst(a, b suggested) int {
	return cmp.Or(
		cmp.Compare(standing(b.valid), standing(a.valid)),
		cmp.Compare(b.how, a.how),
		cmp.Compare(b.ed.weight, a.ed.weight),
		cmp.Compare(a.ed.titleLen, b.ed.titleLen),
		b.ed.date.Compare(a.ed.date),
		cmp.Compare(a.ed.work, b.ed.work),
	)
}

// numberSigns are what spellings of one number differ in.
var numberSigns = strings.NewReplacer("年", "", "第", "", "号", "")

// compactNumber is a document number, or the beginning of one, without the
// signs between organ, year and serial.
func compactNumber(s string) string { return numberSigns.Replace(bareTitle(zh.TitleKey(s))) }
