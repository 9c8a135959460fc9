package api

import (
	"context"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gongkai/internal/document"
	"gongkai/internal/officialdoc"
)

// workInput names a work and a day.
type workInput struct {
	ID int64  `path:"id" minimum:"1" doc:"作品编号"`
	On string `query:"on" format:"date" doc:"某一日，默认今天" example:"2020-01-31"`
}

// editionInput names one text of a work.
type editionInput struct {
	ID int64 `path:"id" minimum:"1" doc:"作品编号"`
	No int   `path:"no" minimum:"0" doc:"版本编号"`
}

// workOnly names a work.
type workOnly struct {
	ID int64 `path:"id" minimum:"1" doc:"作品编号"`
}

// workBody is a work as the show command prints it, to the byte.
type workBody struct{ view *document.View }

// MarshalJSON writes what the command writes.
func (b workBody) MarshalJSON() ([]byte, error) { return document.Line(b.view.JSON()) }

// beforeFirst is the answer for a day before the first text.
type beforeFirst struct {
	Work     int64   `json:"work"`
	Validity *string `json:"validity" nullable:"true" doc:"固定为 null：那一天还没有这份文件"`
}

// Schema describes both forms of the answer.
func (workBody) Schema(r huma.Registry) *huma.Schema {
	return &huma.Schema{OneOf: []*huma.Schema{
		r.Schema(reflect.TypeFor[document.Shown](), true, "Shown"), r.Schema(reflect.TypeFor[beforeFirst](), true, "BeforeFirst"),
	}}
}

func (a *API) work(ctx context.Context, in *workInput) (*answer[workBody], error) {
	on, err := day("on", in.On)
	if err != nil {
		return nil, err
	}
	v, err := a.deps.Library.View(ctx, in.ID, document.At{On: on})
	if err != nil {
		return nil, err
	}
	return with(workBody{v}), nil
}

func (a *API) edition(ctx context.Context, in *editionInput) (*answer[workBody], error) {
	v, err := a.viewEdition(ctx, in)
	if err != nil {
		return nil, err
	}
	return with(workBody{v}), nil
}

// viewEdition is a view of the very edition asked for; 0 is a label like any
// other here, not "today's".
func (a *API) viewEdition(ctx context.Context, in *editionInput) (*document.View, error) {
	if in.No > 0 {
		return a.deps.Library.View(ctx, in.ID, document.At{Edition: in.No})
	}
	v, err := a.deps.Library.View(ctx, in.ID, document.At{})
	if err == nil && (v.Edition == nil || v.Edition.Label != 0) {
		err = problem(404, "这份文件没有第 0 版。")
	}
	return v, err
}

// compareInput names the two texts to compare.
type compareInput struct {
	ID   int64 `path:"id" minimum:"1" doc:"作品编号"`
	From int   `query:"from" required:"true" minimum:"0" doc:"旧版本" example:"1"`
	To   int   `query:"to" required:"true" minimum:"0" doc:"新版本" example:"2"`
}

// segment is a segment of a comparison as the command prints it.
type segment struct{ officialdoc.Segment }

// segmentKeys are the keys that officialdoc.Segment writes.
type segmentKeys struct {
	From       string      `json:"from" doc:"旧文本中的条号"`
	To         string      `json:"to" doc:"新文本中的条号"`
	FromPos    *int        `json:"from_pos" nullable:"true" doc:"在旧文本中是第几段，从 0 开始；没有为 null"`
	ToPos      *int        `json:"to_pos" nullable:"true" doc:"在新文本中是第几段"`
	Change     string      `json:"change" enum:"same,changed,added,removed" doc:"文字（不计条号）有没有变"`
	Moved      bool        `json:"moved" doc:"条号或者顺序变了"`
	Diff       [][2]string `json:"diff" nullable:"false" doc:"[符号, 文字]：= 不变，- 旧，+ 新"`
	SplitFrom  string      `json:"split_from,omitempty"`
	MergedInto string      `json:"merged_into,omitempty"`
}

// Schema describes the keys.
func (segment) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[segmentKeys](), true, "Segment")
}

type headerChange struct {
	Field string `json:"field"`
	From  string `json:"from"`
	To    string `json:"to"`
}

type fileChange struct {
	Name   string `json:"name"`
	Change string `json:"change" enum:"same,changed,added,removed"`
}

type compareBody struct {
	Work     int64          `json:"work"`
	From     int            `json:"from"`
	To       int            `json:"to"`
	Segments []segment      `json:"segments" nullable:"false"`
	Header   []headerChange `json:"header" nullable:"false" doc:"标题、文号、日期等的不同"`
	Files    []fileChange   `json:"files" nullable:"false" doc:"附件的不同"`
}

func (a *API) compare(ctx context.Context, in *compareInput) (*answer[compareBody], error) {
	c, err := a.deps.Library.Compare(ctx, in.ID, in.From, in.To)
	if err != nil {
		return nil, err
	}
	out := compareBody{Work: c.Work, From: c.From.Label, To: c.To.Label, Segments: []segment{}, Header: []headerChange{}, Files: []fileChange{}}
	for _, s := range c.Segments {
		out.Segments = append(out.Segments, segment{s})
	}
	for _, h := range c.Header {
		out.Header = append(out.Header, headerChange(h))
	}
	for _, f := range c.Files {
		out.Files = append(out.Files, fileChange(f))
	}
	return with(out), nil
}

func paragraphs(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}

func organNames(refs []document.OrganRef) string {
	names := make([]string, len(refs))
	for i, r := range refs {
		names[i] = r.Name
	}
	return strings.Join(names, "、")
}
