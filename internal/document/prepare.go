package document

import (
	"errors"
	"strings"
	"unicode/utf8"

	"gongkai/internal/officialdoc"
	"gongkai/internal/zh"
)

// prepared is a document read once, before any transaction: everything that
// can be computed from its content alone.
type prepared struct {
	content    *Content
	key        string
	warnings   []string
	titleKey   string
	shortKey   string
	docNoKey   string
	clauseOn   string // ISO, from the 施行 clause of its own text
	chars      int
	articles   int
	provisions []Provision
	citations  []citation
	file       string
	line       int
}

// citation is a relation to write: where it stands, what it names.
type citation struct {
	kind     RelationKind
	fromPath string
	title    string
	key      string
	docNo    string
	toPath   string
}

// maxRelations bounds what one text may point at; a list of a thousand
// repealed documents still fits.
const maxRelations = 2000

func prepare(c *Content) (*prepared, error) {
	key, err := c.key()
	if err != nil {
		return nil, err
	}
	p := &prepared{content: c, key: key, titleKey: zh.TitleKey(c.Title), chars: utf8.RuneCountInString(c.Text)}
	if c.ShortTitle != "" && c.ShortTitle != c.Title {
		p.shortKey = zh.TitleKey(c.ShortTitle)
	}
	if c.DocNo != "" {
		p.docNoKey = zh.DocNumberKey(c.DocNo)
	}
	if clause, ok := officialdoc.EffectiveClause(c.Text); ok {
		p.clauseOn = clause.Date.String()
	}
	p.readProvisions()
	p.readCitations()
	return p, nil
}

func (p *prepared) readProvisions() {
	s := officialdoc.Parse(p.content.Text)
	for _, v := range s.Provisions {
		if v.Kind == officialdoc.KindArticle {
			p.articles++
		}
		p.provisions = append(p.provisions, Provision{Kind: string(v.Kind), Path: v.Path, Label: v.Label,
			Heading: v.Heading, Start: v.Start, End: v.End, Depth: v.Depth})
	}
}

func (p *prepared) readCitations() {
	seen := map[citation]bool{}
	for _, c := range officialdoc.Citations(p.content.Text) {
		title := strings.TrimSpace(c.Title)
		if title == "" || len(p.citations) >= maxRelations {
			continue
		}
		rel := citation{kind: RelationKind(c.Rel), fromPath: p.enclosing(c.Start), title: title,
			key: zh.TitleKey(title), docNo: c.DocNo, toPath: c.Path}
		if rel.key == "" || rel.key == p.titleKey || seen[rel] {
			continue
		}
		seen[rel] = true
		p.citations = append(p.citations, rel)
	}
}

// enclosing is the path of the article or heading a rune position stands in.
func (p *prepared) enclosing(pos int) string {
	path := ""
	for _, v := range p.provisions {
		if v.Start > pos {
			break
		}
		if pos < v.End && (v.Kind == string(officialdoc.KindArticle) || v.Kind == string(officialdoc.KindHeading)) {
			path = v.Path
		}
	}
	return path
}

func asType[T error](err error, target *T) bool { return errors.As(err, target) }
