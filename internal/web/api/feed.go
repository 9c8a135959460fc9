package api

import (
	"context"
	"encoding/xml"
	"net/http"
	"strings"
	"sync"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// feedEntries is how many entries a feed holds at most.
const feedEntries = 50

// feedRoute is one kind of feed.
type feedRoute struct {
	pattern string
	title   string
	names   []string // parameters
	make    func(a *API, ctx context.Context, r *http.Request) (*feed, error)
}

var feedRoutes = []feedRoute{
	{"/feeds/latest", "最新发布", nil, (*API).latestFeed},
	{"/feeds/search", "检索订阅", searchFeedNames, (*API).searchFeed},
	{"/feeds/organs/{code}", "机构订阅", except(filterNames, "organ"), (*API).organFeed},
	{"/feeds/columns/{id}", "栏目订阅", except(filterNames, "column"), (*API).columnFeed},
	{"/feeds/works/{id}", "文件变动订阅", nil, (*API).workFeed},
}

// feed is an Atom feed before it is written. Ids are tag URIs, which stay when
// the site moves to https or to another path.
type feed struct {
	title     string
	subtitle  string
	page      string // path of the page for people
	self      string // path of the feed itself, in one spelling
	updated   time.Time
	entries   []feedEntry
	tombstone []feedTombstone
}

type feedEntry struct {
	name     string // what follows "tag:host,2026:"
	title    string
	path     string
	summary  string
	category string
	author   string
	updated  time.Time
}

// feedTombstone tells readers to drop what they hold (RFC 6721).
type feedTombstone struct {
	name string
	when time.Time
	note string
}

func (a *API) routeFeeds() {
	for _, f := range feedRoutes {
		a.mux.HandleFunc("GET "+f.pattern, func(w http.ResponseWriter, r *http.Request) {
			body, err := a.feedBytes(r, f)
			if err != nil {
				if k := fault.KindOf(err); !isProblem(err) && (k == fault.Internal || k == fault.Unavailable) {
					a.deps.Logger.ErrorContext(r.Context(), "feed failed", "path", r.URL.Path, "error", err)
				}
				sendProblem(w, r, problemOf(err))
				return
			}
			w.Header().Set("Content-Type", "application/atom+xml; charset=utf-8")
			if _, err := w.Write(body); err != nil {
				return // the recorder does not fail
			}
		})
	}
}

// feedBytes makes a feed, or takes the bytes made since the log last moved.
func (a *API) feedBytes(r *http.Request, route feedRoute) ([]byte, error) {
	ctx := r.Context()
	head, err := a.deps.Log.Head(ctx)
	if err != nil {
		return nil, err
	}
	base := a.baseURL(r)
	gen := feedGeneration{head, a.today()}
	key := base + "\n" + r.URL.Path + "\n" + r.URL.Query().Encode()
	if b, ok := a.feeds.get(gen, key); ok {
		return b, nil
	}
	f, err := route.make(a, ctx, r)
	if err != nil {
		return nil, err
	}
	b, err := f.atom(base)
	if err != nil {
		return nil, err
	}
	a.feeds.put(gen, key, b)
	return b, nil
}

// feedGeneration is what a feed depends on beside its address: the log, and
// the day, on which validity turns.
type feedGeneration struct {
	head  int64
	today workday.Date
}

// feedCache keeps the feeds of the present generation.
type feedCache struct {
	mu    sync.Mutex
	gen   feedGeneration
	bytes int
	byKey map[string][]byte
}

// feedCacheBytes bounds the cache; when it is full it starts again.
const feedCacheBytes = 16 << 20

func newFeedCache() *feedCache { return &feedCache{byKey: map[string][]byte{}} }

func (c *feedCache) get(gen feedGeneration, key string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if gen != c.gen {
		return nil, false
	}
	b, ok := c.byKey[key]
	return b, ok
}

func (c *feedCache) put(gen feedGeneration, key string, b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if gen != c.gen || c.bytes+len(b) > feedCacheBytes {
		c.gen, c.bytes, c.byKey = gen, 0, map[string][]byte{}
	}
	c.byKey[key] = b
	c.bytes += len(b) + len(key)
}

type atomFeed struct {
	XMLName  xml.Name      `xml:"http://www.w3.org/2005/Atom feed"`
	At       string        `xml:"xmlns:at,attr"`
	Lang     string        `xml:"xml:lang,attr"`
	ID       string        `xml:"id"`
	Title    string        `xml:"title"`
	Subtitle string        `xml:"subtitle,omitempty"`
	Updated  string        `xml:"updated"`
	Author   atomAuthor    `xml:"author"`
	Links    []atomLink    `xml:"link"`
	Deleted  []atomDeleted `xml:"at:deleted-entry"`
	Entries  []atomEntry   `xml:"entry"`
}

type atomAuthor struct {
	Name string `xml:"name"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomDeleted struct {
	Ref     string `xml:"ref,attr"`
	When    string `xml:"when,attr"`
	Comment string `xml:"at:comment,omitempty"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomEntry struct {
	ID       string        `xml:"id"`
	Title    string        `xml:"title"`
	Updated  string        `xml:"updated"`
	Author   *atomAuthor   `xml:"author,omitempty"`
	Category *atomCategory `xml:"category,omitempty"`
	Links    []atomLink    `xml:"link"`
	Summary  string        `xml:"summary,omitempty"`
}

// atom writes the feed for a site.
func (f *feed) atom(base string) ([]byte, error) {
	tag := "tag:" + hostOf(base) + ",2026:"
	out := atomFeed{
		At: "http://purl.org/atompub/tombstones/1.0", Lang: "zh-CN", ID: tag + strings.TrimPrefix(f.self, "/"), Title: f.title, Subtitle: f.subtitle,
		Updated: f.updated.UTC().Format(time.RFC3339Nano), Author: atomAuthor{textSite},
		Links: []atomLink{{"self", "application/atom+xml", base + f.self}, {"alternate", "text/html", base + f.page}},
	}
	for _, d := range f.tombstone {
		out.Deleted = append(out.Deleted, atomDeleted{tag + d.name, d.when.UTC().Format(time.RFC3339Nano), d.note})
	}
	for _, e := range f.entries {
		entry := atomEntry{ID: tag + e.name, Title: e.title, Updated: e.updated.UTC().Format(time.RFC3339Nano), Summary: e.summary,
			Links: []atomLink{{"alternate", "text/html", base + e.path}}}
		if e.author != "" {
			entry.Author = &atomAuthor{e.author}
		}
		if e.category != "" {
			entry.Category = &atomCategory{e.category}
		}
		out.Entries = append(out.Entries, entry)
	}
	b, err := xml.MarshalIndent(out, "", " ")
	if err != nil {
		return nil, &fault.Error{Kind: fault.Internal, Op: "api.atom", Err: err}
	}
	return append([]byte(xml.Header), append(b, '\n')...), nil
}

// hostOf is the host of an address, without the port: the authority of a tag
// URI is a name, and the port of a test must not change ids.
func hostOf(base string) string {
	_, host, _ := strings.Cut(base, "://")
	host, _, _ = strings.Cut(host, "/")
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	return strings.Trim(host, "[]")
}
