package app

import (
	"context"
	"fmt"
	"io"

	"gongkai/internal/docfile"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/org"
	"gongkai/internal/proofread"
	"gongkai/internal/release"
	"gongkai/internal/zh"
)

// checker looks a draft over for the release room: its text by the rules of
// proofread, every part of its files, and what it cites.
type checker struct {
	files filestore.Store
	lib   *document.Library
	// organs know the 机关代字 of the issuing organ.
	organs *org.Registry
}

// maxInspect bounds a file that is taken into memory to be looked over.
const maxInspect = 50 << 20

// Check finds what is wrong, doubtful or could not be seen.
func (c checker) Check(ctx context.Context, s *release.Slip) ([]release.Finding, error) {
	in := proofread.Input{Date: s.Paper.AdoptedOn, Title: s.Paper.Title, DocNo: s.Paper.DocNo, Attribute: string(s.Attribute), Attachments: []string{},
		Parts: []proofread.Part{{Kind: proofread.PartText, Text: s.Paper.Text, Opened: true}}}
	for _, f := range s.Files {
		switch f.Role {
		case release.Attachment:
			in.Attachments = append(in.Attachments, f.Name)
		case release.Picture: // stands in the text and is not in the list of attachments
		case release.Original: // its words became the text; what else it carries never goes out
			continue
		default:
			continue
		}
		parts, err := c.parts(ctx, f)
		if err != nil {
			return nil, err
		}
		in.Parts = append(in.Parts, parts...)
	}
	if err := c.issuer(ctx, s, &in); err != nil {
		return nil, err
	}
	report := proofread.Check(in, proofread.Options{Citations: cited{ctx, c.lib}})
	var out []release.Finding
	for _, h := range report.Hits {
		place := "正文"
		switch {
		case h.Part > 0:
			place = in.Parts[h.Part].Name
		case h.Where == proofread.WhereDocNo:
			place = h.Where
		}
		why := h.Why
		if h.Beside != "" {
			why += "\n" + h.Beside
		}
		out = append(out, release.Finding{Rule: h.Rule, Level: string(h.Level), Place: place, From: h.Start, To: h.End, Words: h.Text, Suggest: h.Suggest, Why: why})
	}
	for _, p := range in.Parts {
		if !p.Opened {
			out = append(out, release.Finding{Rule: "unopened", Level: "unsure", Place: p.Name, Words: p.Why, Why: "这部分内容打不开，查不了有没有问题。请有人看过原件后签字确认，或者换一个能打开的文件。"})
		}
	}
	return out, nil
}

// issuer says whose number a draft may bear: the organ written first issues it.
func (c checker) issuer(ctx context.Context, s *release.Slip, in *proofread.Input) error {
	n, _, ok := zh.ParseDocNumber(s.Paper.DocNo)
	if !ok {
		return nil
	}
	first := ""
	if len(s.Paper.Organs) > 0 {
		first = s.Paper.Organs[0]
	}
	i, err := c.organs.Issuer(ctx, first, s.Owner(), n.Organ)
	in.Issuer, in.Prefixes, in.Foreign = i.Name, i.Prefixes, i.Foreign
	return err
}

// parts opens a file and names every place of it that holds words.
func (c checker) parts(ctx context.Context, f release.File) (out []proofread.Part, err error) {
	if f.Size > maxInspect {
		return []proofread.Part{{Name: release.Place(f, ""), Why: fmt.Sprintf("文件有 %d MB，超过可以检查的 %d MB", f.Size>>20, maxInspect>>20)}}, nil
	}
	r, err := c.files.Open(ctx, f.SHA256)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(r, maxInspect+1))
	if e := r.Close(); err == nil {
		err = e
	}
	if err != nil {
		return nil, err
	}
	in, err := docfile.Inspect(ctx, f.Name, data, docfile.DefaultLimits())
	if fault.KindOf(err) == fault.Invalid && err != nil {
		return []proofread.Part{{Name: release.Place(f, ""), Why: fault.Text(err)}}, nil
	}
	if err != nil {
		return nil, err
	}
	for _, p := range in.Parts {
		out = append(out, proofread.Part{Name: release.Place(f, p.Where), Kind: partKind(p.Kind), Text: p.Text, Opened: p.Opened, Why: p.Why})
	}
	return out, nil
}

// partKind is what a place of a file is to the rules.
func partKind(k docfile.InspectedKind) proofread.PartKind {
	switch k {
	case docfile.KindTable:
		return proofread.PartTable
	case docfile.KindHiddenSheet, docfile.KindVeryHidden:
		return proofread.PartHiddenSheet
	case docfile.KindHiddenRows, docfile.KindHiddenColumns:
		return proofread.PartHiddenRows
	case docfile.KindTrackedInsert, docfile.KindTrackedDelete:
		return proofread.PartTrackedChange
	case docfile.KindComment, docfile.KindAnnotation:
		return proofread.PartComment
	case docfile.KindMetadata, docfile.KindExternalLink:
		return proofread.PartMetadata
	case docfile.KindFileName:
		return proofread.PartFileName
	case docfile.KindEXIF:
		return proofread.PartEXIF
	case docfile.KindEmbedded, docfile.KindAttachment:
		return proofread.PartEmbedded
	case docfile.KindEarlierRevision:
		return proofread.PartEarlierRevision
	case docfile.KindWhiteText, docfile.KindHiddenText:
		return proofread.PartWhiteText
	}
	return proofread.PartText
}

// cited answers the citations of a draft from the public library.
type cited struct {
	ctx context.Context
	lib *document.Library
}

// Lookup finds what a draft cites, as it stood on the day of the draft.
func (c cited) Lookup(q proofread.Cited) (proofread.Found, error) {
	f, err := c.lib.FindCited(c.ctx, document.Citation{Title: q.Title, DocNo: q.DocNo, Path: q.Path, On: q.On})
	if err != nil {
		return proofread.Found{}, err
	}
	if f == nil {
		return proofread.Found{}, nil
	}
	out := proofread.Found{Known: true, Title: f.Title, DocNo: f.DocNo, Validity: standing[f.Validity], Since: f.Since, Provision: f.Provision, Text: f.Text}
	out.Address = fmt.Sprintf("/works/%d", f.Work)
	return out, nil
}

// standing is a validity as the rules of proofread speak of it.
var standing = map[document.Validity]proofread.Validity{
	document.NotYetInForce: proofread.ValidityFuture, document.InForce: proofread.ValidityForce, document.PartlyRepealed: proofread.ValidityPart,
	document.Repealed: proofread.ValidityRepeal, document.Expired: proofread.ValidityExpired,
}
