package portal

import (
	"fmt"
	"net/http"
	"strings"

	"rsc.io/qr"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// workQR draws the address of a work as a QR code (Z25-0.6). It exists only
// for works that exist, so that nobody can have codes for other addresses drawn.
func (p *Portal) workQR(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.workQR %s", r.PathValue("id"))
	id, err := workID(r)
	if err != nil {
		return err
	}
	if _, err := p.deps.Library.View(r.Context(), id, document.At{}); err != nil {
		return err
	}
	q := requestOf(r.Context())
	code, err := qr.Encode(q.base+ui.Variant{Hant: q.variant.Hant}.Link(workPath(id)), qr.M)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Content-Security-Policy", filePolicy)
	_, err = w.Write([]byte(qrSVG(code)))
	return err
}

// qrSVG draws one path of runs with the quiet zone of four modules.
func qrSVG(c *qr.Code) string {
	const quiet = 4
	size := c.Size + 2*quiet
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" shape-rendering="crispEdges"><rect width="%d" height="%d" fill="#fff"/><path fill="#000" d="`, size, size, size, size)
	for y := 0; y < c.Size; y++ {
		for x := 0; x < c.Size; x++ {
			if !c.Black(x, y) {
				continue
			}
			run := 1
			for x+run < c.Size && c.Black(x+run, y) {
				run++
			}
			fmt.Fprintf(&b, "M%d %dh%dv1h-%dz", x+quiet, y+quiet, run, run)
			x += run - 1
		}
	}
	b.WriteString(`"/></svg>`)
	return b.String()
}
