// Package exchange brings documents in from other systems. Today that is an
// old government site: its policy columns are fetched politely, within bounds
// and resumably, each page is reduced to the document that it shows, and its
// old address goes on leading to the work (W18-6.1b, E-72).
package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strings"
	"sync"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Options say what is fetched, how gently, and where it stops. A zero bound
// means its default.
type Options struct {
	Start        string // http(s) address; fetching stays on its host and below its folder
	Source       string // names the source; default is the host
	Columns      []ColumnRule
	Publish      bool // part of what makes an import "the same as last time"
	MustExist    bool // look at a crawl that there was, begin none
	Resume       bool // finish what is left, begin no new round
	AllowPrivate bool // loopback and private networks may be asked

	MaxPages     int           // pages of one round, attachments apart; default 2000
	MaxDepth     int           // links from the start; paging counts as none; default 12
	MaxPageBytes int64         // one page, unpacked; default 5 MB
	MaxFileBytes int64         // one attachment; default 50 MB
	MaxBytes     int64         // all of a round; default 20 GB
	Timeout      time.Duration // one request from dialling to the last byte; default 60 s
	Delay        time.Duration // between requests; robots.txt may ask for more

	Now  func() time.Time
	Wait func(ctx context.Context, d time.Duration) error // tests do not sleep
	Say  func(line string)                                // progress, in Chinese
}

// ColumnRule selects an old column by name or path, and may name the column
// of ours that takes its documents.
type ColumnRule struct {
	Pattern string `json:"pattern"` // * stands for anything; one that begins with / is matched with the path
	Code    string `json:"code"`    // "" leaves the column to the import
}

// The bounds that a run has when it names none, and those that it cannot change.
const (
	defaultMaxPages     = 2000
	defaultMaxDepth     = 12
	defaultMaxPageBytes = 5 << 20
	defaultMaxFileBytes = 50 << 20
	defaultMaxBytes     = 20 << 30
	defaultTimeout      = 60 * time.Second

	maxHops       = 5    // redirects from one address
	maxLinks      = 3000 // links taken from one page
	maxFiles      = 50   // attachments of one page
	maxAddress    = 2000 // bytes of one address
	barrenPages   = 30   // pages of one shape in a row that show nothing new
	maxRobotWait  = 60 * time.Second
	maxRetryAfter = 5 * time.Minute
)

// Site is an old site being brought in.
type Site struct {
	db    *store.DB
	opts  Options
	start *url.URL
	scope scope
	id    int64
	round int
	state string
	bytes int64
	web   *client
	mu    sync.Mutex
	held  map[string]held
}

// Open finds or begins the crawl of a site. Errors: Invalid for an address
// that makes no sense, NotFound when MustExist finds nothing.
func Open(ctx context.Context, db *store.DB, o Options) (s *Site, err error) {
	defer fault.Wrap(&err, "exchange.Open")
	start, err := startAddress(o.Start)
	if err != nil {
		return nil, err
	}
	o.fill(start)
	s = &Site{db: db, opts: o, start: start, scope: scopeOf(start), held: map[string]held{}}
	s.web = newClient(&s.opts)
	return s, s.begin(ctx)
}

func (o *Options) fill(start *url.URL) {
	if o.Source == "" {
		o.Source = start.Host
	}
	for _, b := range []struct {
		v   *int
		def int
	}{{&o.MaxPages, defaultMaxPages}, {&o.MaxDepth, defaultMaxDepth}} {
		if *b.v <= 0 {
			*b.v = b.def
		}
	}
	for _, b := range []struct {
		v   *int64
		def int64
	}{{&o.MaxPageBytes, defaultMaxPageBytes}, {&o.MaxFileBytes, defaultMaxFileBytes}, {&o.MaxBytes, defaultMaxBytes}} {
		if *b.v <= 0 {
			*b.v = b.def
		}
	}
	if o.Timeout <= 0 {
		o.Timeout = defaultTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = sleep
	}
	if o.Say == nil {
		o.Say = func(string) {}
	}
}

// Source is the name under which the documents enter the library.
func (s *Site) Source() string { return s.opts.Source }

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// importKey changes when the same page would be imported differently.
func (s *Site) importKey() string {
	b, err := json.Marshal(struct {
		Columns []ColumnRule
		Publish bool
	}{s.opts.Columns, s.opts.Publish})
	if err != nil {
		return "" // two lists of strings cannot fail
	}
	return digest(b)
}

// wanted says whether a column is asked for, and the code of ours that it maps to.
func (s *Site) wanted(column, address string) (code string, ok bool) {
	if len(s.opts.Columns) == 0 {
		return "", true
	}
	path := ""
	if u, err := url.Parse(address); err == nil {
		path = u.Path
	}
	for _, r := range s.opts.Columns {
		subject := column
		if strings.HasPrefix(r.Pattern, "/") {
			subject = path
		}
		if glob(r.Pattern, subject) {
			return r.Code, true
		}
	}
	return "", false
}

// glob matches with * for any run of characters.
func glob(pattern, s string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == s
	}
	if !strings.HasPrefix(s, parts[0]) {
		return false
	}
	s = s[len(parts[0]):]
	for _, p := range parts[1 : len(parts)-1] {
		i := strings.Index(s, p)
		if i < 0 {
			return false
		}
		s = s[i+len(p):]
	}
	return strings.HasSuffix(s, parts[len(parts)-1])
}

func digest(parts ...[]byte) string {
	h := sha256.New()
	for _, p := range parts {
		n := len(p)
		h.Write([]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
		h.Write(p)
	}
	return hex.EncodeToString(h.Sum(nil))
}
