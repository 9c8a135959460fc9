// Package search finds works and articles. Its index is local to a node, fed
// by the publication log and rebuildable from it at any time.
package search

import "gongkai/internal/workday"

// Levels of a hit.
const (
	LevelDocument = "document"
	LevelArticle  = "article"
)

// Modes an answer can have; the answer says which.
const (
	ModeStrict  = "strict"  // every term is there
	ModeRelaxed = "relaxed" // ranked by weight, some terms may be missing
)

// Query is one question to the index.
type Query struct {
	Text     string
	Level    string       // LevelDocument (default) or LevelArticle
	On       workday.Date // zero is today; the text and validity of that day
	National bool         // only texts without a region
	Current  bool         // only what is in force on that day
	Kinds    []string     // 法律, 行政法规 …; empty is all
	Regions  []string     // NationalRegion is texts without one; empty is all
	Organs   []string     // as a hit shows them
	Validity []string     // 有效, 部分失效 …
	From, To workday.Date // published on these days or between; zero is open
	Sort     string       // SortRelevance (default), SortNewest or SortOldest
	Facets   bool         // count the matches by kind, validity …
	Limit    int          // 1..100, default 10
	Offset   int
}

// Orders of an answer. A text without a date stands last in both.
const (
	SortRelevance = "relevance"
	SortNewest    = "newest"
	SortOldest    = "oldest"
)

// NationalRegion is how a query and its facets call texts without a region.
const NationalRegion = "national"

// Facet is how many matches share one value.
type Facet struct {
	Value string `json:"value"`
	Count int    `json:"count"`
}

// Facets counts all matches of an answer, the most frequent value first; years
// from the newest. Matches without a value are not counted under it.
type Facets struct {
	Kind     []Facet `json:"kind"`
	Validity []Facet `json:"validity"`
	Region   []Facet `json:"region"`
	Year     []Facet `json:"year"`
	Organ    []Facet `json:"organ"`
}

// Hit is one found work or article.
type Hit struct {
	Work       int64   `json:"work"`
	Edition    int     `json:"edition"`
	ExternalID string  `json:"external_id,omitempty"`
	Title      string  `json:"title"`
	DocNo      string  `json:"doc_no,omitempty"`
	Article    string  `json:"article,omitempty"` // as in the text: 第十二条之一
	Validity   string  `json:"validity"`
	Score      float64 `json:"score"`
	Snippet    string  `json:"snippet"`

	Path  string   `json:"-"` // anchor of the article: a12_1
	Kind  string   `json:"-"`
	Organ string   `json:"-"`
	Date  string   `json:"-"` // ISO
	Why   string   `json:"-"` // Chinese: what matched
	Marks [][2]int `json:"-"` // rune spans of the snippet that matched
}

// Result is an answer with its true total.
type Result struct {
	Query string `json:"query"`
	Mode  string `json:"mode"`
	Total int    `json:"total"`
	Hits  []Hit  `json:"hits"`
	// Corrected is the query that was answered, when the one asked finds nothing
	// or next to nothing and a slip of the pen or pinyin explains it.
	Corrected string  `json:"corrected,omitempty"`
	Facets    *Facets `json:"facets,omitempty"` // when asked for
	// Exact is set when the query is a document number or a whole title.
	Exact *Hit `json:"-"`
}

// Span is a stretch of days on which a work had one text and one validity.
// A zero From is "from the beginning" and a zero To is "still so". To is the
// first day of the next span; one that names its own last day is read as well.
type Span struct {
	From, To workday.Date
	Edition  int // 0: no text yet
	Validity string
}

// ItemArticle is a searchable piece of an edition.
type ItemArticle struct {
	Path    string
	Label   string // 第十二条, "" for the preamble and texts without articles
	Heading string // chapter and article headings above it, for weight
	Text    string
}

// ItemEdition is one text of a work.
type ItemEdition struct {
	Label      int
	ExternalID string
	Title      string
	ShortTitle string
	DocNo      string
	Kind       string
	Region     string
	Organ      string
	Date       workday.Date
	Topics     []string
	Articles   []ItemArticle
}

// Item is everything the index keeps of a work. A nil Item removes the work.
type Item struct {
	Work     int64
	Editions []ItemEdition
	Spans    []Span // in order of days, covering all days
}

// Change is one row of the publication log as a consumer sees it.
type Change struct {
	Seq    int64
	Work   int64 // public id, 0 for rows about no work
	Erased bool  // words were removed for good
}
