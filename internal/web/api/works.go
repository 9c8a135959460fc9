package api

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/document"
)

// listInput narrows the library; national and current stand for the values of
// region and validity that they mean.
type listInput struct {
	Q        string   `query:"q" maxLength:"500" doc:"标题里的词，或者完整的文号"`
	Validity []string `query:"validity,explode" doc:"尚未施行、有效、部分失效、废止、失效，可多个" example:"有效"`
	Kind     []string `query:"kind,explode" doc:"文种，可多个"`
	Region   []string `query:"region,explode" doc:"地区，national 是全国性文件"`
	Year     []string `query:"year,explode" doc:"年份，可多个" example:"2025"`
	Organ    []string `query:"organ,explode" doc:"发文机关代码，可多个"`
	Topic    []string `query:"topic,explode" doc:"主题分类，可多个"`
	Column   int64    `query:"column" minimum:"1" doc:"栏目编号，含下级栏目"`
	National bool     `query:"national" doc:"只要全国性文件"`
	Current  bool     `query:"current" doc:"只要有效和部分失效的"`
	Sort     string   `query:"sort" enum:"newest,oldest,force,title,work" default:"newest" doc:"newest 新的在前，oldest 旧的在前，force 按施行日期，title 按标题，work 按编号；取走全部文件请用 work，编号不变，不漏不重"`
	Limit    int      `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"这一页最多几条"`
	Cursor   string   `query:"cursor" maxLength:"4000" doc:"上一页给出的 next；排序要与上一页相同"`
}

// check refuses what could never be found.
func (in *listInput) check() error {
	for _, y := range several(in.Year) {
		if n, err := strconv.Atoi(y); err != nil || n < 1000 || n > 9999 {
			return badField("year", fmt.Sprintf(textBadYear, shorten(y, 20)))
		}
	}
	return nil
}

func (in *listInput) filter() document.Filter {
	f := document.Filter{Query: strings.TrimSpace(in.Q), Validity: several(in.Validity), Kind: several(in.Kind), Region: several(in.Region), Year: several(in.Year),
		Organ: several(in.Organ), Topic: several(in.Topic), Column: in.Column, Sort: in.Sort, Cursor: in.Cursor, Limit: in.Limit}
	if in.National {
		f.Region = several(append(f.Region, document.National))
	}
	if in.Current {
		f.Validity = several(append(f.Validity, string(document.InForce), string(document.PartlyRepealed)))
	}
	return f
}

// filterValues writes a filter as parameters, in one order.
func filterValues(f document.Filter) url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("q", f.Query)
	for name, values := range map[string][]string{"validity": f.Validity, "kind": f.Kind, "region": f.Region, "year": f.Year, "organ": f.Organ, "topic": f.Topic} {
		set(name, strings.Join(values, ","))
	}
	if f.Column != 0 {
		set("column", number(f.Column))
	}
	return v
}

// card is one line of the list.
type card struct {
	Work         int64  `json:"work"`
	Title        string `json:"title"`
	DocNo        string `json:"doc_no,omitempty"`
	Kind         string `json:"kind,omitempty"`
	Region       string `json:"region,omitempty"`
	Organ        string `json:"organ,omitempty"`
	OrganCode    string `json:"organ_code,omitempty"`
	Topic        string `json:"topic,omitempty"`
	Date         string `json:"date,omitempty" doc:"发文日期，没有时为成文日期"`
	EffectiveOn  string `json:"effective_on,omitempty" doc:"现在的文本从哪天起施行"`
	Validity     string `json:"validity"`
	ValidityNote string `json:"validity_note,omitempty"`
	Editions     int    `json:"editions" doc:"有几个版本"`
	Summary      string `json:"summary,omitempty"`
}

func newCard(c document.Card) card {
	out := card{Work: c.Work, Title: c.Title, DocNo: c.DocNo, Kind: c.Kind, Region: c.Region, Organ: c.OrganName, OrganCode: c.OrganCode, Topic: c.Topic,
		Date: c.Date.String(), EffectiveOn: c.From.String(), Validity: string(c.Validity), Editions: c.Editions, Summary: c.Summary}
	if c.Dateless {
		out.ValidityNote = string(c.Validity) + "（日期不详）"
	}
	return out
}

type listBody struct {
	Total int    `json:"total" doc:"符合条件的真实总数"`
	Works []card `json:"works" nullable:"false"`
	Next  string `json:"next,omitempty" doc:"下一页的 cursor；没有下一页时不出现"`
}

func (a *API) works(ctx context.Context, in *listInput) (*answer[listBody], error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	f := in.filter()
	found, err := a.deps.Library.List(ctx, f)
	if err != nil {
		return nil, err
	}
	out := with(listBody{Total: found.Total, Works: []card{}, Next: found.Next})
	for _, c := range found.Cards {
		out.Body.Works = append(out.Body.Works, newCard(c))
	}
	if found.Next != "" {
		v := filterValues(f)
		v.Set("sort", f.Sort)
		v.Set("limit", strconv.Itoa(f.Limit))
		v.Set("cursor", found.Next)
		out.Link = next(Root + "works?" + v.Encode())
	}
	return out, nil
}
