package portal

import (
	"context"
	"net/http"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// Preview renders a text that is not public as its page will look to visitors;
// file gives the address of a file that the staff page serves. The answer is
// for the staff alone: nothing leads to it and nothing keeps it.
func (p *Portal) Preview(ctx context.Context, v *document.View, file func(document.File) string) (b []byte, err error) {
	defer fault.Wrap(&err, "portal.Preview")
	q := &request{base: p.deps.BaseURL, path: "/"} // the switches of script and size lead home: this page has no address
	r, err := http.NewRequestWithContext(context.WithValue(ctx, requestKey{}, q), http.MethodGet, q.path, nil)
	if err != nil {
		return nil, err
	}
	d := &workPage{Page: p.base(r, viewTitle(v)), View: v, Edition: v.Edition, State: stateOf(v), Preview: true}
	d.Wide, d.NoIndex = true, true
	d.Crumbs = crumbs(document.Crumb{Name: textPreview})
	d.Released = ui.Minute(v.Edition.ReleasedAt)
	d.Band = bandWords(v, p.today())
	d.Facts, d.More = workFacts(v, d.State)
	d.Text = writeText(v.Edition, v.Text, v.Provisions, nil, nil, picturesOf(v.Files, file))
	for _, f := range v.Files {
		if !shownInText(v.Text, f) {
			d.Files = append(d.Files, fileLineOf(f, file(f), file(f)))
		}
	}
	return p.templates.Render(q.variant, "work", d)
}
