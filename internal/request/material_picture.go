package request

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
)

// screenDPI is the resolution of a page on a screen.
const screenDPI = 110.0

// PagePicture draws a page of a document as PNG, or with built a page of the
// version that the present decisions made. Each look is an act in the audit log.
func (r *Room) PagePicture(ctx context.Context, a access.Actor, id, file int64, page int, built bool) (out []byte, err error) {
	defer fault.Wrap(&err, "request.PagePicture(%d, %d, %d)", id, file, page)
	m, err := r.material(ctx, id, file)
	if err != nil {
		return nil, err
	}
	if page < 1 || page > len(m.Pages) {
		return nil, fault.New(fault.NotFound, "request.PagePicture", "没有这一页。")
	}
	sealed, digest, what := m.sealed, m.Digest, "原件"
	if built {
		v := m.Current()
		if v == nil {
			return nil, fault.New(fault.NotFound, "request.PagePicture", "这份材料还没有生成提供件。")
		}
		sealed, digest, what = v.sealed, v.Digest, fmt.Sprintf("提供件第%d版", v.No)
	}
	data, err := r.openBytes(ctx, id, sealed, digest)
	if err != nil {
		return nil, err
	}
	img, err := r.draw(ctx, m, data, page)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := enc.Encode(&b, img); err != nil {
		return nil, err
	}
	return b.Bytes(), r.saw(ctx, a, audit.ViewPersonal, id, fmt.Sprintf("材料%d%s第%d页", m.No, what, page))
}

func (r *Room) draw(ctx context.Context, m *Material, data []byte, page int) (image.Image, error) {
	if m.Format == docfile.FormatPDF {
		if r.papers.Page == nil {
			return nil, fault.New(fault.Unsupported, "request.draw", "这台机器不能把 PDF 画成图片，请先安装 poppler-utils。")
		}
		return r.papers.Page(ctx, data, page, screenDPI)
	}
	img, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if strings.HasPrefix(m.MIME, "image/jpeg") {
		img = docfile.Upright(img, data)
	}
	return img, nil
}
