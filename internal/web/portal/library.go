// Package portal serves the public pages. One page is one handler file, one
// template and one test of the same name; page data is a struct, never a map.
package portal

import (
	"context"
	"io"

	"gongkai/internal/document"
	"gongkai/internal/org"
	"gongkai/internal/search"
	"gongkai/internal/workday"
)

// Library is what the portal needs of the document domain. Errors are of
// package fault: NotFound for what does not exist or was never published, Gone
// for what was expunged.
type Library interface {
	// View shows a work for a day or an edition. A day before the first text
	// gives a View without Edition, not an error.
	View(ctx context.Context, work int64, at document.At) (*document.View, error)
	// Compare sets two editions of a work side by side; labels of another work are NotFound.
	Compare(ctx context.Context, work int64, from, to int) (*document.Comparison, error)
	List(ctx context.Context, f document.Filter) (*document.List, error)
	Recent(ctx context.Context, n int) ([]document.Card, error)
	// Revised lists the newest works that have several texts.
	Revised(ctx context.Context, n int) ([]document.Card, error)
	Totals(ctx context.Context) (document.Totals, error)
	Site(ctx context.Context) (*document.Site, error)
	// Columns is the tree of a site's columns with counts.
	Columns(ctx context.Context) ([]document.Column, error)
	Column(ctx context.Context, id int64) (*document.Column, error)
	// Topics is the first level of topics with counts, as Facet values.
	Topics(ctx context.Context) ([]document.FacetValue, error)
	// OpenFile streams an attachment; the caller closes it.
	OpenFile(ctx context.Context, work int64, edition, position int) (io.ReadSeekCloser, document.File, error)
	// FileText is the extracted text of an attachment.
	FileText(ctx context.Context, work int64, edition, position int) (document.File, error)
	// WorkIDs lists published works after a public id, for the site map.
	WorkIDs(ctx context.Context, after int64, limit int) ([]int64, error)
	// Limited is the text for a limited audience behind a key; NotFound for
	// every key but the present one.
	Limited(ctx context.Context, key string) (*document.LimitedView, error)
	// OpenLimitedFile streams an attachment of such a text; the caller closes it.
	OpenLimitedFile(ctx context.Context, key string, position int) (io.ReadSeekCloser, document.File, error)
}

// Organs is what the portal needs of the organ domain.
type Organs interface {
	OrganFinder
	Organ(ctx context.Context, code string) (*org.Organ, error)
	// Tree is the story city's own tree; External lists issuing bodies outside it.
	Tree(ctx context.Context) ([]org.Node, error)
	External(ctx context.Context) ([]org.Ref, error)
	// Leaders and Units are in the order of the page, with those not shown.
	Leaders(ctx context.Context, organ int64) ([]org.Leader, error)
	Units(ctx context.Context, organ int64) ([]org.Unit, error)
	// OpenPhoto opens a picture of somebody in office on a day.
	OpenPhoto(ctx context.Context, code, sha string, day workday.Date) (io.ReadSeekCloser, error)
}

// Searcher answers questions.
type Searcher interface {
	Search(ctx context.Context, q search.Query) (*search.Result, error)
	// Suggest lists names that typed characters may become; none is no error.
	Suggest(ctx context.Context, typed string, limit int) ([]search.Suggestion, error)
	// Position is the row of the publication log up to which answers speak.
	Position(ctx context.Context) (int64, error)
}

// Proof shows that a work stands in the publication log.
type Proof struct {
	Seq      int64
	At       string   // 2026-11-20 17:31, legal time
	Act      string   // Chinese: 发布
	Entry    string   // the canonical JSON line
	LeafHash string   // hex
	Size     int64    // log size of the head below
	RootHash string   // hex
	Path     []string // hex, from leaf to root
	Head     string   // signed note
}

// Log is what the portal needs of the publication log.
type Log interface {
	// Head is the newest sequence number; page caches are keyed by it.
	Head(ctx context.Context) (int64, error)
	// Proofs lists the rows about a work, newest first.
	Proofs(ctx context.Context, work int64) ([]Proof, error)
}

// Progress is long work going on behind the pages, such as the first filling.
type Progress struct {
	Running bool
	Done    int
	Total   int
	What    string // Chinese
	Failed  string // Chinese reason when it stopped early
}

// Deps is everything the portal is built from.
type Deps struct {
	Library  Library
	Organs   Organs
	Search   Searcher
	Log      Log
	Requests Requests
	Asking   Gate // before a request is taken; nil lets everybody through
	Tracking Gate // before a code is tried
	Today    func() workday.Date
	Progress func() Progress
	BaseURL  string // https://host, no slash at the end; "" derives it from the request
	Build    string // identifies this build in cache keys and asset addresses
}
