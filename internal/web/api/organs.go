package api

import (
	"context"

	"gongkai/internal/org"
)

type organInput struct {
	Code string `path:"code" maxLength:"100" doc:"机构代码"`
}

type namePeriod struct {
	Name  string `json:"name"`
	Short string `json:"short_name,omitempty"`
	From  string `json:"from,omitempty"`
	To    string `json:"to,omitempty" doc:"不含这一天；仍在使用时不出现"`
}

type organLink struct {
	Code string `json:"code"`
	Name string `json:"name"`
}

type succession struct {
	From   organLink `json:"from"`
	To     organLink `json:"to"`
	On     string    `json:"on,omitempty"`
	Reason string    `json:"reason,omitempty"`
}

type organBody struct {
	Code         string       `json:"code"`
	Name         string       `json:"name"`
	ShortName    string       `json:"short_name,omitempty"`
	Kind         string       `json:"kind"`
	CreditCode   string       `json:"credit_code,omitempty" doc:"统一社会信用代码"`
	Level        string       `json:"level,omitempty"`
	Region       string       `json:"region,omitempty"`
	External     bool         `json:"external" doc:"本级政府以外的发文机关"`
	Duties       string       `json:"duties,omitempty"`
	Address      string       `json:"address,omitempty"`
	Hours        string       `json:"hours,omitempty"`
	Phone        string       `json:"phone,omitempty"`
	Postcode     string       `json:"postcode,omitempty"`
	Works        int          `json:"works" doc:"公开的文件数"`
	Names        []namePeriod `json:"names" nullable:"false" doc:"名称沿革，旧的在前"`
	Parents      []organLink  `json:"parents" nullable:"false" doc:"上级，由上而下"`
	Children     []organLink  `json:"children" nullable:"false"`
	Successors   []succession `json:"successors" nullable:"false" doc:"职责由谁承接"`
	Predecessors []succession `json:"predecessors" nullable:"false" doc:"承接了谁的职责"`
}

func (a *API) organ(ctx context.Context, in *organInput) (*answer[organBody], error) {
	o, err := a.deps.Organs.Organ(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	out := organBody{
		Code: o.Code, Name: o.Name, ShortName: o.Short, Kind: o.Kind, CreditCode: o.CreditCode, Level: o.Level, Region: o.Region, External: o.External,
		Duties: o.Duties, Address: o.Address, Hours: o.Hours, Phone: o.Phone, Postcode: o.Postcode, Works: o.Count,
		Names: []namePeriod{}, Parents: organLinks(o.Parents), Children: organLinks(o.Children),
		Successors: successions(o.Successors), Predecessors: successions(o.Former),
	}
	for _, n := range o.Names {
		out.Names = append(out.Names, namePeriod{n.Name, n.Short, n.From.String(), n.To.String()})
	}
	return with(out), nil
}

func organLinks(refs []org.Ref) []organLink {
	out := make([]organLink, len(refs))
	for i, r := range refs {
		out[i] = organLink{r.Code, r.Name}
	}
	return out
}

func successions(in []org.Succession) []succession {
	out := make([]succession, len(in))
	for i, s := range in {
		out[i] = succession{organLink{s.From.Code, s.From.Name}, organLink{s.To.Code, s.To.Name}, s.On.String(), s.Reason}
	}
	return out
}
