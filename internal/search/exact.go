package search

import "strings"

// exact finds the texts that the whole query names: by title, short title or
// document number. A name that only an earlier text of the work bore leads to
// the text that counts.
func (r *run) exact() (map[*edition]reason, error) {
	if len(r.p.without) > 0 || r.p.titleKey == "" && r.p.docKey == "" && r.p.bareKey == "" {
		return nil, nil
	}
	out := map[*edition]reason{}
	err := r.named([3]string{r.p.docKey, r.p.titleKey, r.p.bareKey}, func(e *edition, why reason) {
		if why > out[e] {
			out[e] = why
		}
	})
	return out, err
}

const nameRows = `SELECT edition, what FROM names WHERE key IN (?, ?, ?)`

// named calls found for each text in scope that bears one of the names.
func (r *run) named(keys [3]string, found func(e *edition, why reason)) error {
	asked := make([]any, len(keys)) // "" is nobody's name
	for i, key := range keys {
		asked[i] = key
	}
	rows, err := r.tx.StmtContext(r.ctx, r.x.prepared[nameRows]).QueryContext(r.ctx, asked...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var what int
		if err := rows.Scan(&id, &what); err != nil {
			return err
		}
		if e, why := r.counting(id, what); e != nil {
			found(e, why)
		}
	}
	return rows.Err()
}

// counting gives the text in scope of the work that a named text belongs to.
func (r *run) counting(id int64, what int) (*edition, reason) {
	why := map[int]reason{nameTitle: whyWhole, nameShort: whyShort, nameDerived: whyShort, nameDocNo: whyDocNo,
		nameNumber: whyNumber, nameDate: whyDated}[what]
	e := r.scope.cat.editions[id]
	if e == nil {
		return nil, 0
	}
	if in, _ := r.scope.find(id); in != nil {
		return in, why
	}
	if !why.exact() {
		return nil, 0
	}
	for _, other := range e.entry.editions {
		if in, _ := r.scope.find(other.id); in != nil {
			return in, whyFormer
		}
	}
	return nil, 0
}

// lawArticle answers a law and an article by path: from the works that bear
// the name, else from those whose title begins with it (民法典 stands in
// parts), else from those whose title holds it. A number alone is taken for an
// article only behind a full name or the beginning of one.
func (r *run) lawArticle(ref *lawRef) ([]candidate, error) {
	named := map[*edition]bool{}
	err := r.named([3]string{ref.law, bareTitle(ref.law)}, func(e *edition, _ reason) { named[e] = true })
	if err != nil {
		return nil, err
	}
	if out, err := r.withArticle(named, ref); err != nil || len(out) > 0 {
		return out, err
	}
	begins, holds := map[*edition]bool{}, map[*edition]bool{}
	for _, v := range r.scope.cat.views {
		titled, err := r.find(v, ref.match, inTitle)
		if err != nil {
			return nil, err
		}
		for _, d := range titled {
			e, _ := r.scope.of(v, d)
			if e == nil {
				continue
			}
			if strings.HasPrefix(e.spelling.Name, bareTitle(ref.law)) {
				begins[e] = true
			} else {
				holds[e] = true
			}
		}
	}
	if out, err := r.withArticle(begins, ref); err != nil || len(out) > 0 {
		return out, err
	}
	if ref.bare {
		return nil, nil
	}
	return r.withArticle(holds, ref)
}

const articleRows = `SELECT id FROM pieces WHERE id >= $1 AND id < $2 AND path = $3`

// withArticle keeps the texts that have the article.
func (r *run) withArticle(texts map[*edition]bool, ref *lawRef) ([]candidate, error) {
	var out []candidate
	for e := range texts {
		rows, err := r.tx.StmtContext(r.ctx, r.x.prepared[articleRows]).QueryContext(r.ctx,
			e.id<<pieceBits, (e.id+1)<<pieceBits, ref.path)
		if err != nil {
			return nil, err
		}
		for rows.Next() {
			c := candidate{ed: e, why: whyArticle}
			if err := rows.Scan(&c.piece); err != nil {
				rows.Close()
				return nil, err
			}
			_, stand := r.scope.find(e.id)
			c.valid = stand.validity
			c.score = stand.score + titleScore/float64(max(e.titleLen, 1))
			out = append(out, c)
		}
		if err := rows.Err(); err != nil {
			return nil, err
		}
	}
	return out, nil
}
