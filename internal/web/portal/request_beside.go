package portal

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	foi "gongkai/internal/request"
	"gongkai/internal/search"
	"gongkai/internal/web/ui"
)

// beside is what stands beside the words of a request: what is public already,
// what was answered before, whose duty it is, and how many matters it holds.
type beside struct {
	Asked   bool
	Hits    []knownHit
	More    string // the search page with the same words
	Earlier []earlierView
	Hints   []foi.Hint
	Chosen  string // code of the organ chosen now
	Matters []string
}

type knownHit struct {
	hitView
	Work int64
}

// earlierView is an anonymous answer to a similar request.
type earlierView struct {
	foi.Earlier
	OrganName, Result string
}

const (
	knownHits   = 5   // public documents shown beside a request
	knownRunes  = 100 // of a request that are looked for
	earlierHits = 3
)

// beside gathers what can be said to the words typed so far. One part that
// fails does not take the others away: one may ask all the same.
func (p *Portal) beside(r *http.Request, content, organ string) beside {
	b := beside{Chosen: organ}
	if content == "" || wordless(content) {
		return b
	}
	ctx := r.Context()
	b.Matters = foi.Matters(content)
	organs, err := p.duties.of(ctx, p.deps.Organs)
	if err != nil {
		p.logFailure(r, err)
		organs = &dutyList{}
	}
	if b.Hits, b.More, err = p.known(ctx, content, b.Matters, organs); err != nil {
		p.logFailure(r, err)
	} else {
		b.Asked = true
	}
	if b.Earlier, err = p.earlier(ctx, content, organs); err != nil {
		p.logFailure(r, err)
	}
	if b.Hints, err = p.hints(ctx, content, organs); err != nil {
		p.logFailure(r, err)
	}
	return b
}

// known looks for what is public, at the very passage. The first of several
// matters is asked for; when all words together find nothing, the name of the
// organ, which most texts hold anyway, is left out.
func (p *Portal) known(ctx context.Context, content string, matters []string, organs *dutyList) (out []knownHit, more string, err error) {
	if len(matters) > 0 {
		content = matters[0]
	}
	bare := content
	for _, o := range organs.list {
		for _, name := range []string{o.Name, o.Short} {
			if utf8.RuneCountInString(name) > 2 {
				bare = strings.ReplaceAll(bare, name, " ")
			}
		}
	}
	for _, text := range []string{content, bare} {
		asked := []rune(strings.Join(strings.Fields(text), " "))
		words := string(asked[:min(len(asked), knownRunes)])
		if wordless(words) {
			continue
		}
		q := question{Query: search.Query{Text: words}}
		res, err := p.deps.Search.Search(ctx, search.Query{Text: words, Limit: knownHits})
		if err != nil {
			return nil, "", err
		}
		for _, h := range res.Hits {
			out = append(out, knownHit{viewHit(h, q), h.Work})
		}
		if more = q.href(); len(out) > 0 || bare == content {
			break
		}
	}
	return out, more, nil
}

func (p *Portal) earlier(ctx context.Context, content string, organs *dutyList) (out []earlierView, err error) {
	list, err := p.deps.Requests.Similar(ctx, content, earlierHits)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		v := earlierView{Earlier: e, Result: "已经公开"}
		if e.Outcome != foi.GrantPublic {
			v.Result = "已经提供给申请人"
		}
		v.OrganName = organs.names[e.Organ]
		out = append(out, v)
	}
	return out, nil
}

func (p *Portal) hints(ctx context.Context, content string, organs *dutyList) ([]foi.Hint, error) {
	list, err := p.deps.Requests.WentTo(ctx, content)
	if err != nil {
		return nil, err
	}
	went := map[string]int{}
	for _, w := range list {
		if code := organs.codes[w.Organ]; code != "" {
			went[code] = w.Times
		}
	}
	return foi.HintsFor(content, organs.list, went), nil
}

// dutyKeeper reads what the organs of the tree do, at most once a minute,
// because it is asked for while somebody types.
type dutyKeeper struct {
	mu   sync.Mutex
	at   time.Time
	kept *dutyList
}

type dutyList struct {
	list  []foi.Duties
	names map[int64]string
	codes map[int64]string
}

func (k *dutyKeeper) of(ctx context.Context, organs Organs) (_ *dutyList, err error) {
	defer fault.Wrap(&err, "portal.dutyKeeper")
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.kept != nil && time.Since(k.at) < time.Minute {
		return k.kept, nil
	}
	tree, err := organs.Tree(ctx)
	if err != nil {
		return nil, err
	}
	out := &dutyList{names: map[int64]string{}, codes: map[int64]string{}}
	var walk func([]org.Node) error
	walk = func(list []org.Node) error {
		for _, n := range list {
			o, err := organs.Organ(ctx, n.Code)
			if err != nil {
				return err
			}
			units, err := organs.Units(ctx, o.ID)
			if err != nil {
				return err
			}
			d := foi.Duties{Code: o.Code, Name: o.Name, Short: o.Short, Clauses: foi.ClausesOf("", o.Duties)}
			for _, u := range units {
				if !u.Gone {
					d.Clauses = append(d.Clauses, foi.ClausesOf(u.Name, u.Duties)...)
				}
			}
			out.list, out.names[o.ID], out.codes[o.ID] = append(out.list, d), o.Name, o.Code
			if err := walk(n.Children); err != nil {
				return err
			}
		}
		return nil
	}
	if err := walk(tree); err != nil {
		return nil, err
	}
	k.kept, k.at = out, time.Now()
	return out, nil
}

// knownPart is what stands beside the words alone, for the script that follows
// the typing. It is posted, so that no address holds the words.
func (p *Portal) knownPart(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.knownPart")
	if err := p.formOf(w, r); err != nil {
		return err
	}
	content := posted(r, "content")
	if content == "" {
		return fault.Field("portal.knownPart", askNames["content"], textNeeded, askNames["content"])
	}
	b, err := p.templates.RenderPart(requestOf(r.Context()).variant, "request_new", "known", p.beside(r, content, posted(r, "organ")))
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, err = w.Write(b)
	return err
}

// enoughPage thanks somebody who found what they wanted and need not ask.
type enoughPage struct {
	ui.Page
	Title string // of the document, "" for an earlier answer
	Href  string
}

// enough counts that a request became unneeded: the day and the document, and
// nothing of what was typed, although the whole form comes along.
func (p *Portal) enough(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.enough")
	if err := p.formOf(w, r); err != nil {
		return err
	}
	work, err := strconv.ParseInt(posted(r, "work"), 10, 64)
	if err != nil || work < 0 {
		return &fault.Error{Kind: fault.Invalid, Op: "portal.enough", Text: textWhichWork, Err: errors.Join(err)}
	}
	d := &enoughPage{Page: p.base(r, textEnough)}
	d.NoIndex, d.HideSearch = true, true
	d.Crumbs = crumbs(document.Crumb{Name: textDisclosure, Href: "/disclosure/"}, document.Crumb{Name: textEnough})
	if work > 0 {
		v, err := p.deps.Library.View(r.Context(), work, document.At{})
		if err != nil {
			return err
		}
		if d.Href = workPath(work); v.Edition != nil {
			d.Title = v.Edition.Title
		}
	}
	if err := p.deps.Asking.pass(w, r); err != nil {
		return err
	}
	if err := p.deps.Requests.CountUnneeded(r.Context(), work); err != nil {
		return err
	}
	return p.render(w, r, "request_enough", d)
}
