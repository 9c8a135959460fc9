package api

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"gongkai/internal/document"
)

// organRef is an organ as an edition names it.
type organRef struct {
	Code string `json:"code"`
	Name string `json:"name" doc:"当时的名称"`
	Role string `json:"role" enum:"lead,joint" doc:"lead 主办，joint 联合发文"`
}

// editionLine is one text of a work without its words. Of an expunged one only
// the number and the state are left.
type editionLine struct {
	Edition        int        `json:"edition"`
	State          string     `json:"state" enum:"published,expunged" doc:"expunged 已依法清除"`
	ExternalID     string     `json:"external_id,omitempty"`
	Title          string     `json:"title,omitempty"`
	DocNo          string     `json:"doc_no,omitempty"`
	IndexNo        string     `json:"index_no,omitempty" doc:"索引号"`
	RegistrationNo string     `json:"registration_no,omitempty" doc:"规范性文件登记编号"`
	Kind           string     `json:"kind,omitempty"`
	Category       string     `json:"category,omitempty"`
	Region         string     `json:"region,omitempty"`
	Attribute      string     `json:"attribute,omitempty"`
	Organ          string     `json:"organ,omitempty"`
	Organs         []organRef `json:"organs,omitempty"`
	Topics         []string   `json:"topics,omitempty"`
	AdoptedOn      string     `json:"adopted_on,omitempty" doc:"成文日期"`
	PublishedOn    string     `json:"published_on,omitempty" doc:"发文日期"`
	EffectiveOn    string     `json:"effective_on,omitempty" doc:"这个文本从哪天起算"`
	Basis          string     `json:"basis,omitempty" enum:"given,text,presumed,unknown"`
	Until          string     `json:"until,omitempty" doc:"下一个文本从哪天起算"`
	ExpiresOn      string     `json:"expires_on,omitempty"`
	Standing       string     `json:"standing,omitempty" doc:"现行 或 已修改，以今天计"`
	SourceName     string     `json:"source_name,omitempty"`
	SourceURL      string     `json:"source_url,omitempty"`
	Recipients     []string   `json:"recipients,omitempty" doc:"主送机关"`
	Chars          int        `json:"chars,omitempty" doc:"字数"`
	Articles       int        `json:"articles,omitempty" doc:"条数"`
	Text           string     `json:"text,omitempty" doc:"全文，要求 text=1 时给出"`
}

func newEditionLine(e *document.Edition) editionLine {
	if e.State != "published" {
		return editionLine{Edition: e.Label, State: e.State}
	}
	out := editionLine{
		Edition: e.Label, State: e.State, ExternalID: e.ExternalID, Title: e.Title, DocNo: e.DocNo, IndexNo: e.IndexNo, RegistrationNo: e.RegistrationNo,
		Kind: e.Kind, Category: e.Category, Region: e.Region, Attribute: e.Attribute, Organ: organNames(e.Organs), Topics: e.Topics,
		AdoptedOn: e.AdoptedOn.String(), PublishedOn: e.PublishedOn.String(), EffectiveOn: e.From.String(), Basis: string(e.Basis),
		Until: e.Until.String(), ExpiresOn: e.ExpiresOn.String(), Standing: e.Standing, SourceName: e.SourceName, SourceURL: e.SourceURL,
		Recipients: e.Recipients, Chars: e.Chars, Articles: e.Articles,
	}
	for _, o := range e.Organs {
		out.Organs = append(out.Organs, organRef{o.Code, o.Name, o.Role})
	}
	return out
}

type editionsBody struct {
	Work     int64         `json:"work"`
	Editions []editionLine `json:"editions" nullable:"false"`
}

// editionsInput names a work and whether its words are wanted.
type editionsInput struct {
	ID   int64 `path:"id" minimum:"1" doc:"作品编号"`
	Text bool  `query:"text" doc:"写 1 时每个版本带全文"`
}

// maxTexts bounds the words of one answer, in characters; one edition alone is
// always to be had.
var maxTexts = 4_000_000

func (a *API) editions(ctx context.Context, in *editionsInput) (*answer[editionsBody], error) {
	v, err := a.deps.Library.View(ctx, in.ID, document.At{})
	if err != nil {
		return nil, err
	}
	out := editionsBody{Work: v.Work, Editions: []editionLine{}}
	for i := range v.Editions {
		out.Editions = append(out.Editions, newEditionLine(&v.Editions[i]))
	}
	if in.Text {
		return a.withTexts(ctx, out)
	}
	return with(out), nil
}

// withTexts puts the words to the editions of a work.
func (a *API) withTexts(ctx context.Context, out editionsBody) (*answer[editionsBody], error) {
	chars := 0
	for _, e := range out.Editions {
		chars += e.Chars
	}
	if chars > maxTexts {
		p := problem(http.StatusRequestEntityTooLarge, fmt.Sprintf(textManyWords, (chars+9999)/10000))
		p.Field = "text"
		return nil, p
	}
	w, err := a.deps.Library.Whole(ctx, out.Work)
	if err != nil {
		return nil, err
	}
	if w == nil { // gone since
		return nil, problem(http.StatusGone, "")
	}
	texts := map[int]string{}
	for i := range w.Editions {
		texts[w.Editions[i].Label] = w.Editions[i].Text
	}
	for i := range out.Editions {
		out.Editions[i].Text = texts[out.Editions[i].Edition]
	}
	return with(out), nil
}

// provision is one place in a text.
type provision struct {
	Kind    string `json:"kind"`
	Path    string `json:"path" doc:"页内位置：a12、a12-2、c3s2"`
	Label   string `json:"label" doc:"第十二条之一"`
	Heading string `json:"heading,omitempty"`
	Start   int    `json:"start" doc:"从第几个字起"`
	End     int    `json:"end" doc:"到第几个字止（不含）"`
	Depth   int    `json:"depth"`
}

type filePart struct {
	Position int    `json:"position"`
	Name     string `json:"name"`
	Size     int64  `json:"size" doc:"字节"`
	MIME     string `json:"mime"`
	SHA256   string `json:"sha256"`
	Role     string `json:"role" enum:"source,attachment"`
	URL      string `json:"url" doc:"下载地址（本站路径）"`
}

type relation struct {
	Kind     string `json:"kind" enum:"cites,based_on,amends,repeals,repeals_part,forwards,interprets"`
	FromPath string `json:"from_path,omitempty"`
	Title    string `json:"title" doc:"原文写法"`
	DocNo    string `json:"doc_no,omitempty"`
	Work     *int64 `json:"work" nullable:"true" doc:"本站作品编号；不在本站为 null"`
	ToPath   string `json:"to_path,omitempty"`
}

type record struct {
	No     int    `json:"no"`
	Field  string `json:"field"`
	Old    string `json:"old"`
	New    string `json:"new"`
	Reason string `json:"reason"`
	At     string `json:"at"`
}

type partsBody struct {
	Work       int64       `json:"work"`
	Edition    int         `json:"edition"`
	Provisions []provision `json:"provisions" nullable:"false"`
	Files      []filePart  `json:"files" nullable:"false"`
	Relations  []relation  `json:"relations" nullable:"false"`
	Records    []record    `json:"records" nullable:"false" doc:"更正和补充的记录"`
}

func (a *API) parts(ctx context.Context, in *editionInput) (*answer[partsBody], error) {
	v, err := a.viewEdition(ctx, in)
	if err != nil {
		return nil, err
	}
	out := partsBody{Work: v.Work, Edition: v.Edition.Label, Provisions: []provision{}, Files: []filePart{}, Relations: []relation{}, Records: []record{}}
	for _, p := range v.Provisions {
		out.Provisions = append(out.Provisions, provision(p))
	}
	for _, f := range v.Files {
		out.Files = append(out.Files, filePart{f.Position, f.Name, f.Size, f.MIME, f.SHA256, f.Role,
			workPath(v.Work) + "/files/" + strconv.Itoa(v.Edition.Label) + "/" + strconv.Itoa(f.Position) + "/raw"})
	}
	for _, r := range v.Relations {
		out.Relations = append(out.Relations, relation{string(r.Kind), r.FromPath, r.Title, r.DocNo, known(r.Work), r.ToPath})
	}
	for _, r := range v.Records {
		out.Records = append(out.Records, record{r.No, r.Field, r.Old, r.New, r.Reason, instant(r.At)})
	}
	return with(out), nil
}

type factLine struct {
	ID         int64    `json:"id"`
	Kind       string   `json:"kind" enum:"in_force,amended,repealed_part,repealed,expired,withdrawn,restored"`
	ValidOn    *string  `json:"valid_on" nullable:"true" doc:"从哪天起；日期不详为 null"`
	RecordedAt string   `json:"recorded_at"`
	Authority  string   `json:"authority" doc:"依据"`
	ByWork     *int64   `json:"by_work" nullable:"true" doc:"作出决定的文件；不知道为 null"`
	Reason     string   `json:"reason"`
	Provisions []string `json:"provisions" nullable:"false" doc:"部分废止时，涉及的条款"`
	Supersedes *int64   `json:"supersedes" nullable:"true" doc:"取代了哪一条登记"`
}

type factsBody struct {
	Work  int64      `json:"work"`
	Facts []factLine `json:"facts" nullable:"false"`
}

func (a *API) facts(ctx context.Context, in *workOnly) (*answer[factsBody], error) {
	v, err := a.deps.Library.View(ctx, in.ID, document.At{})
	if err != nil {
		return nil, err
	}
	out := factsBody{Work: v.Work, Facts: []factLine{}}
	for _, f := range v.Facts {
		line := factLine{ID: f.ID, Kind: string(f.Kind), RecordedAt: instant(f.RecordedAt), Authority: f.Authority, ByWork: known(f.ByWork),
			Reason: f.Reason, Provisions: paragraphs(f.Provisions), Supersedes: known(f.Supersedes)}
		if !f.ValidOn.IsZero() {
			s := f.ValidOn.String()
			line.ValidOn = &s
		}
		out.Facts = append(out.Facts, line)
	}
	return with(out), nil
}

// known is an id, or null for 0.
func known(id int64) *int64 {
	if id == 0 {
		return nil
	}
	return &id
}

// instant is a moment as the log writes it: UTC with all six digits of the
// microseconds, so that texts compare as times do.
func instant(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

func workPath(id int64) string { return "/works/" + number(id) }
