package document

import (
	"time"

	"gongkai/internal/workday"
)

// Preview is a text as its page would show it if it were published at this
// moment. Nothing is written, and the work bears no number yet. Files have the
// positions that they would have.
func Preview(c *Content, on workday.Date, now time.Time) (*View, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	p, err := prepare(c)
	if err != nil {
		return nil, err
	}
	e := editionOf(c, p)
	e.Label, e.State, e.ReleasedAt, e.Standing = 1, "published", now, StandingCurrent
	e.Attribute, e.RegistrationNo, e.SourceName, e.SourceURL = c.Attribute, c.RegistrationNo, c.SourceName, c.SourceURL
	if e.PublishedOn.IsZero() {
		e.PublishedOn = on
	}
	e.From, e.Basis = CountsFrom(&e)
	v := &View{On: on, Validity: InForce, Since: e.From, Edition: &e, Editions: []Edition{e}, Text: c.Text, Provisions: p.provisions, Files: filesOf(c)}
	if e.From.After(on) {
		v.Validity = NotYetInForce
	}
	return v, nil
}

// editionOf is what a content alone says of its edition.
func editionOf(c *Content, p *prepared) Edition {
	e := Edition{Title: c.Title, DocNo: c.DocNo, IndexNo: c.IndexNo, Kind: c.Kind, AdoptedOn: c.AdoptedOn, PublishedOn: c.PublishedOn, EffectiveOn: c.EffectiveOn,
		ExpiresOn: c.ExpiresOn, ClauseOn: day(p.clauseOn), Recipients: c.Recipients, Topics: c.Topics, Chars: p.chars, Articles: p.articles}
	for i, name := range c.Organs {
		role := "joint"
		if i == 0 {
			role = "lead"
		}
		e.Organs = append(e.Organs, OrganRef{Name: name, Role: role})
	}
	return e
}

// filesOf lists the files of a content by their positions, from 1.
func filesOf(c *Content) (out []File) {
	for i, f := range c.Files {
		out = append(out, File{Position: i + 1, SHA256: f.SHA256, Name: f.Name, Size: f.Size, MIME: f.MIME, Role: f.Role, TextState: f.TextState})
	}
	return out
}
