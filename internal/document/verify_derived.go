package document

import (
	"encoding/json"
	"slices"

	"gongkai/internal/zh"
)

// derived reads the text of an edition again and compares all that the library
// once read out of it. Reading runs beside the queries that follow.
func (v *verifier) derived(id int64) error {
	var c Content
	var was readings
	if err := v.q.QueryRowContext(v.ctx, `
		SELECT title, short_title, doc_no, title_key, short_key, doc_no_key, clause_on, chars, articles FROM editions WHERE id = $1`, id).
		Scan(&c.Title, &c.ShortTitle, &c.DocNo, &was.titleKey, &was.shortKey, &was.docNoKey, &was.clauseOn, &was.chars, &was.articles); err != nil {
		return err
	}
	var err error
	if c.Text, err = currentText(v.ctx, v.q, id); err != nil {
		return err
	}
	if was.provisions, err = v.provisions(id); err != nil {
		return err
	}
	if was.citations, err = v.citations(id); err != nil {
		return err
	}
	select {
	case v.slots <- struct{}{}:
	case <-v.ctx.Done():
		return v.ctx.Err()
	}
	v.running.Go(func() {
		defer func() { <-v.slots }()
		v.compare(id, &c, &was)
	})
	return nil
}

// readings is what stands in the library of one text.
type readings struct {
	titleKey, shortKey, docNoKey, clauseOn string
	chars, articles                        int
	provisions                             []Provision
	citations                              []citation
}

func (v *verifier) compare(id int64, c *Content, was *readings) {
	unread := func() { v.report("editions", "unreadable", id, "内容读不出来，或者缺了一部分") }
	defer func() {
		if r := recover(); r != nil { // one text that cannot be read must not hide the faults of others
			unread()
		}
	}()
	p, err := prepare(c)
	if err != nil {
		unread()
		return
	}
	if p.titleKey != was.titleKey || p.shortKey != was.shortKey || p.docNoKey != was.docNoKey || p.clauseOn != was.clauseOn || p.chars != was.chars || p.articles != was.articles {
		v.report("editions", "derived", id, "版本的检索键、字数或条数与正文不符")
	}
	if !slices.Equal(p.provisions, was.provisions) {
		v.report("provisions", "derived", id, "条款目录与正文不符")
	}
	if !slices.Equal(p.citations, was.citations) {
		v.report("relations", "derived", id, "引用关系与正文不符")
	}
}

// provisions loads a directory of provisions; a wrong position shows as a
// provision of no kind.
func (v *verifier) provisions(id int64) ([]Provision, error) {
	rows, err := v.q.QueryContext(v.ctx, `
		SELECT position, kind, path, label, heading, start_rune, end_rune, depth FROM provisions WHERE edition_id = $1 ORDER BY position`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Provision
	for rows.Next() {
		var at int
		var p Provision
		if err := rows.Scan(&at, &p.Kind, &p.Path, &p.Label, &p.Heading, &p.Start, &p.End, &p.Depth); err != nil {
			return nil, err
		}
		if at != len(out) {
			p = Provision{}
		}
		out = append(out, p)
	}
	return out, rows.Err()
}

// citations loads what a text points at, by its own words; links that people
// set do not follow from the text.
func (v *verifier) citations(id int64) ([]citation, error) {
	rows, err := v.q.QueryContext(v.ctx, `
		SELECT position, kind, from_path, to_title, to_key, to_doc_no, to_path FROM relations WHERE edition_id = $1 AND basis = 'text' ORDER BY position, id`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []citation
	for rows.Next() {
		var at int
		var c citation
		if err := rows.Scan(&at, &c.kind, &c.fromPath, &c.title, &c.key, &c.docNo, &c.toPath); err != nil {
			return nil, err
		}
		if at != len(out) {
			c = citation{}
		}
		out = append(out, c)
	}
	return out, rows.Err()
}

// strayCards names list lines whose work does not exist or is unpublished.
func (v *verifier) strayCards() error {
	stray, err := ids(v.ctx, v.q, `
		SELECT public_id FROM work_cards c WHERE NOT EXISTS (SELECT 1 FROM editions e WHERE e.work_id = c.work_id) ORDER BY public_id`)
	for _, id := range stray {
		v.report("work_cards", "card", id, "列表里多出一件，没有已公开的文本")
	}
	return err
}

// links checks that every link leads to a work that bears the title named.
func (v *verifier) links() error {
	rows, err := v.q.QueryContext(v.ctx, `
		SELECT r.edition_id, r.to_work_id, r.to_key FROM relations r
		WHERE r.to_work_id IS NOT NULL AND NOT EXISTS (
			SELECT 1 FROM editions e WHERE e.work_id = r.to_work_id AND e.state = 'published' AND (e.title_key = r.to_key OR e.short_key = r.to_key))
		ORDER BY r.edition_id, r.position`)
	if err != nil {
		return err
	}
	defer rows.Close()
	type link struct {
		edition, work int64
		key           string
	}
	var doubt []link // few: titles that were corrected later
	for rows.Next() {
		var l link
		if err := rows.Scan(&l.edition, &l.work, &l.key); err != nil {
			return err
		}
		doubt = append(doubt, l)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	for _, l := range doubt {
		ok, err := bears(v.ctx, v.q, l.work, l.key)
		if err != nil {
			return err
		}
		if !ok {
			v.report("relations", "link", l.edition, "引用关系指向的作品没有这个名称")
		}
	}
	return nil
}

// authorities checks the same of the texts by which facts came about.
func (v *verifier) authorities() error {
	named, err := namedFacts(v.ctx, v.q, `1 = 1 ORDER BY f.id`)
	if err != nil {
		return err
	}
	for _, f := range named {
		ok, err := bears(v.ctx, v.q, f.by, zh.TitleKey(f.authority))
		if err != nil {
			return err
		}
		if !ok {
			v.report("work_facts", "link", f.id, "效力记录所指的依据没有这个名称")
		}
	}
	return nil
}

// files names what texts and drafts hold without its being registered.
func (v *verifier) files() error {
	lost, err := strs(v.ctx, v.q, `
		SELECT h.sha256 FROM (SELECT sha256 FROM edition_files UNION SELECT sha256 FROM draft_files UNION SELECT sha256 FROM limited_files) h
		WHERE NOT EXISTS (SELECT 1 FROM files f WHERE f.sha256 = h.sha256) ORDER BY h.sha256`)
	for _, sha := range lost {
		v.report("files", "file_unregistered", sha, "附件的登记不见了")
	}
	return err
}

// drafts compares the body of each draft with its own key.
func (v *verifier) drafts() error {
	for after := int64(0); ; {
		// One at a time: a body may be as large as the largest text.
		next, err := ids(v.ctx, v.q, `SELECT id FROM drafts WHERE id > $1 ORDER BY id LIMIT 1`, after)
		if err != nil || len(next) == 0 {
			return err
		}
		after = next[0]
		var key, body string
		if err := v.q.QueryRowContext(v.ctx, `SELECT content_key, body FROM drafts WHERE id = $1`, after).Scan(&key, &body); err != nil {
			return err
		}
		var c Content
		if err := json.Unmarshal([]byte(body), &c); err != nil {
			v.report("drafts", "unreadable", after, "草稿读不出来")
			continue
		}
		now, err := c.key()
		if err != nil {
			return err
		}
		// The encoder drops what no field of a draft holds, such as a changed name of a field.
		again, err := json.Marshal(&c)
		if err != nil {
			return err
		}
		if now != key || string(again) != body {
			v.report("drafts", "draft", after, "草稿的内容与它的指纹不符")
		}
	}
}
