package portal

import (
	"errors"
	"fmt"
	"net/http"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// proofPage shows where a work stands in the publication log.
type proofPage struct {
	ui.Page
	Work   int64
	Proofs []Proof
	Size   int64
}

func (p *Portal) proof(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.proof %s", r.PathValue("id"))
	id, err := workID(r)
	if err != nil {
		return err
	}
	v, err := p.deps.Library.View(r.Context(), id, document.At{})
	var gone *document.Withdrawn
	if err != nil && !errors.As(err, &gone) {
		return err
	}
	// That a work was withdrawn can be checked as well; its title is not told.
	name := fmt.Sprintf("第 %d 号文件", id)
	d := &proofPage{Page: p.base(r, name), Work: id}
	if gone == nil {
		name = viewTitle(v)
		d.Title = name
		if err := p.placeWork(r.Context(), &d.Page, v); err != nil {
			return err
		}
	} else {
		d.NoIndex = true
		d.Crumbs = crumbs(document.Crumb{Name: textWithdrawn})
	}
	d.Title = textProof + "：" + name
	d.Crumbs = under(d.Crumbs, id, textProof)
	if d.Proofs, err = p.deps.Log.Proofs(r.Context(), id); err != nil {
		return err
	}
	if len(d.Proofs) > 0 {
		d.Size = d.Proofs[0].Size
	}
	return p.render(w, r, "proof", d)
}
