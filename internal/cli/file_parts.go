package cli

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"

	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/proofread"
)

// partKinds are the places of a file as the rules know them.
var partKinds = map[docfile.InspectedKind]proofread.PartKind{
	docfile.KindBody:            proofread.PartText,
	docfile.KindNote:            proofread.PartText,
	docfile.KindHeaderFooter:    proofread.PartText,
	docfile.KindTable:           proofread.PartTable,
	docfile.KindHiddenSheet:     proofread.PartHiddenSheet,
	docfile.KindVeryHidden:      proofread.PartHiddenSheet,
	docfile.KindHiddenRows:      proofread.PartHiddenRows,
	docfile.KindHiddenColumns:   proofread.PartHiddenRows,
	docfile.KindTrackedInsert:   proofread.PartTrackedChange,
	docfile.KindTrackedDelete:   proofread.PartTrackedChange,
	docfile.KindComment:         proofread.PartComment,
	docfile.KindAnnotation:      proofread.PartComment,
	docfile.KindMetadata:        proofread.PartMetadata,
	docfile.KindExternalLink:    proofread.PartMetadata,
	docfile.KindFileName:        proofread.PartFileName,
	docfile.KindEXIF:            proofread.PartEXIF,
	docfile.KindEmbedded:        proofread.PartEmbedded,
	docfile.KindAttachment:      proofread.PartEmbedded,
	docfile.KindEarlierRevision: proofread.PartEarlierRevision,
	docfile.KindWhiteText:       proofread.PartWhiteText,
	docfile.KindHiddenText:      proofread.PartWhiteText,
}

// fileParts reads a file, or standard input for "-", as the parts the rules
// look at. The first part is the text itself, so that offsets count its runes;
// a workbook has its sheets instead. A part that cannot be opened is one too.
func (r *run) fileParts(name string) ([]proofread.Part, error) {
	f, err := r.openInput(name)
	if err != nil {
		return nil, err
	}
	data, err := docfile.ReadAllLimited(f, 0)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, &fault.Error{Kind: fault.KindOf(err), Op: "fileParts", Err: err, Text: name + "：" + fault.Text(err)}
	}
	if name == "-" {
		name = "标准输入.txt"
	}
	parts, err := inspectedParts(r.ctx, filepath.Base(name), data)
	if err != nil {
		return nil, &fault.Error{Kind: fault.KindOf(err), Op: "fileParts", Err: err, Text: name + "：" + fault.Text(err)}
	}
	return parts, nil
}

// inspectedParts joins the text as docfile reads it with everything that an
// inspection finds beside it.
func inspectedParts(ctx context.Context, name string, data []byte) ([]proofread.Part, error) {
	found, err := docfile.Inspect(ctx, name, data, docfile.DefaultLimits())
	if err != nil {
		return nil, err
	}
	var parts []proofread.Part
	text := ""
	if found.Format != docfile.FormatXLSX {
		doc, err := docfile.Read(ctx, name, bytes.NewReader(data), int64(len(data)), docfile.DefaultLimits())
		if ctx.Err() != nil {
			return nil, err
		}
		// A file that cannot be read is already a closed part of the inspection.
		if err == nil && doc.State != docfile.StateNone {
			text = doc.Text
			parts = append(parts, proofread.Part{Name: "正文", Kind: proofread.PartText, Text: text, Opened: true})
		}
	}
	for _, p := range found.Parts {
		kind, known := partKinds[p.Kind]
		if !known {
			kind = proofread.PartMetadata
		}
		// A page's alternative texts and scripts are how pages are made.
		if found.Format == docfile.FormatHTML && (p.Kind == docfile.KindHiddenText || p.Kind == docfile.KindComment) {
			kind = proofread.PartMetadata
		}
		if p.Opened && (kind == proofread.PartText || kind == proofread.PartTable) && strings.Contains(text, p.Text) {
			continue // it stands in the text
		}
		parts = append(parts, proofread.Part{Name: p.Where, Kind: kind, Text: p.Text, Opened: p.Opened, Why: p.Why})
	}
	return parts, nil
}
