package portal

import (
	"container/list"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
)

// page is an answer ready to send, compressed once.
type page struct {
	status int
	header http.Header
	raw    []byte
	gz     []byte // nil where compressing does not help
	etag   string
}

// newPage compresses what shrinks and names the bytes.
func newPage(status int, header http.Header, raw []byte) (*page, error) {
	m := &page{status: status, header: header, raw: raw}
	if header.Get("Cache-Control") == "" {
		header.Set("Cache-Control", "public, max-age=30")
	}
	header.Set("Vary", "Accept-Encoding")
	if compressible(header.Get("Content-Type")) && len(raw) > 512 {
		gz, err := ui.Gzip(raw)
		if err != nil {
			return nil, err
		}
		if len(gz) < len(raw) {
			m.gz = gz
		}
	}
	if status == http.StatusOK {
		sum := sha256.Sum256(raw)
		m.etag = `W/"` + hex.EncodeToString(sum[:12]) + `"`
	}
	return m, nil
}

func compressible(mime string) bool {
	return strings.HasPrefix(mime, "text/") || strings.Contains(mime, "json") || strings.Contains(mime, "xml")
}

func (m *page) size() int { return len(m.raw) + len(m.gz) + 512 }

// cache keeps pages of one generation (build, civil day, publication sequence)
// up to a number of bytes, the least recently used going first.
type cache struct {
	limit  int
	flight singleflight.Group

	mu    sync.Mutex
	gen   string
	bytes int
	order *list.List // of *entry, newest first
	byKey map[string]*list.Element
	asked map[address]*list.Element
}

type entry struct {
	key       string
	page      *page
	front     *front // made when the page is asked for again
	addresses []address
	bytes     int
}

func newCache(limit int) *cache {
	c := &cache{limit: limit, order: list.New()}
	c.empty("")
	return c
}

// empty forgets all pages and begins a generation.
func (c *cache) empty(gen string) {
	c.gen, c.bytes = gen, 0
	c.order.Init()
	c.byKey = map[string]*list.Element{}
	c.asked = map[address]*list.Element{}
}

// get answers from the cache, or makes the page once for all who wait. A page
// that must not be kept (keep false), and one made for a generation that has
// passed meanwhile, is sent but not stored. An empty generation stores nothing.
func (c *cache) get(gen, key string, build func() (made *page, keep bool, err error)) (*page, bool, error) {
	if m := c.lookup(gen, key); m != nil {
		return m, true, nil
	}
	v, err, _ := c.flight.Do(gen+"\n"+key, func() (any, error) {
		made, keep, err := build()
		if err != nil {
			return nil, err
		}
		if keep && gen != "" {
			c.store(gen, key, made)
		}
		return made, nil
	})
	if err != nil {
		return nil, false, err
	}
	return v.(*page), false, nil
}

func (c *cache) lookup(gen, key string) *page {
	c.mu.Lock()
	defer c.mu.Unlock()
	if gen == "" {
		return nil
	}
	if gen != c.gen {
		c.empty(gen)
		return nil
	}
	el, ok := c.byKey[key]
	if !ok {
		return nil
	}
	c.order.MoveToFront(el)
	return el.Value.(*entry).page
}

func (c *cache) store(gen, key string, m *page) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if gen != c.gen || m.size() > c.limit {
		return
	}
	if old, ok := c.byKey[key]; ok {
		c.drop(old)
	}
	c.byKey[key] = c.order.PushFront(&entry{key: key, page: m, bytes: m.size()})
	c.grow(m.size())
}

// grow counts bytes and makes room for them.
func (c *cache) grow(n int) {
	c.bytes += n
	for c.bytes > c.limit {
		c.drop(c.order.Back())
	}
}

// front finds a page under an address that remember has seen.
func (c *cache) front(gen string, at address) *front {
	c.mu.Lock()
	defer c.mu.Unlock()
	if gen == "" || gen != c.gen {
		return nil
	}
	el, ok := c.asked[at]
	if !ok {
		return nil
	}
	c.order.MoveToFront(el)
	return el.Value.(*entry).front
}

// remember lets front find a kept page under the address it was asked by.
func (c *cache) remember(gen, key string, at address, build func(*page) *front) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if gen == "" || gen != c.gen {
		return
	}
	el, ok := c.byKey[key]
	if !ok {
		return
	}
	e := el.Value.(*entry)
	if _, known := c.asked[at]; known || len(e.addresses) >= addressesPerPage {
		return
	}
	n := len(at.host) + len(at.uri) + addressBytes
	if e.front == nil {
		e.front = build(e.page)
		n += frontBytes
	}
	e.addresses = append(e.addresses, at)
	e.bytes += n
	c.asked[at] = el
	c.grow(n)
}

func (c *cache) drop(el *list.Element) {
	e := el.Value.(*entry)
	c.order.Remove(el)
	delete(c.byKey, e.key)
	for _, at := range e.addresses {
		delete(c.asked, at)
	}
	c.bytes -= e.bytes
}

// headPoll asks for the publication sequence at most once a second.
type headPoll struct {
	ask    func(context.Context) (int64, error)
	now    func() time.Time
	flight singleflight.Group

	mu    sync.Mutex
	at    time.Time
	seq   int64
	known bool
	named name // the last generation that was named
}

// name is a generation with what it was made of.
type name struct {
	seq   int64
	day   workday.Date
	build string
	text  string
}

func newHeadPoll(ask func(context.Context) (int64, error), now func() time.Time) *headPoll {
	return &headPoll{ask: ask, now: now}
}

// generation names what pages may be shared: same build, day and sequence. It
// is "" with an error when the sequence cannot be read.
func (h *headPoll) generation(ctx context.Context, day workday.Date, build string) (string, error) {
	seq, err := h.sequence(ctx)
	if err != nil {
		return "", err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.name(seq, day, build), nil
}

// name compares numbers and writes a text only for a new generation. It needs
// the lock.
func (h *headPoll) name(seq int64, day workday.Date, build string) string {
	if n := h.named; n.seq != seq || n.day != day || n.build != build || n.text == "" {
		h.named = name{seq, day, build, build + "|" + day.String() + "|" + strconv.FormatInt(seq, 10)}
	}
	return h.named.text
}

// current is the generation if the sequence need not be asked for again.
func (h *headPoll) current(day workday.Date, build string) (string, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.known || h.now().Sub(h.at) >= time.Second {
		return "", false
	}
	return h.name(h.seq, day, build), true
}

func (h *headPoll) sequence(ctx context.Context) (int64, error) {
	if seq, ok := h.fresh(); ok {
		return seq, nil
	}
	v, err, _ := h.flight.Do("", func() (any, error) {
		asked := h.now()
		seq, err := h.ask(context.WithoutCancel(ctx))
		h.mu.Lock()
		defer h.mu.Unlock()
		h.at, h.seq, h.known = asked, seq, err == nil
		return seq, err
	})
	if err != nil {
		return 0, err
	}
	return v.(int64), nil
}

func (h *headPoll) fresh() (int64, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.seq, h.known && h.now().Sub(h.at) < time.Second
}
