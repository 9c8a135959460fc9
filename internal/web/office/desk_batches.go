package office

import (
	"fmt"
	"net/http"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
)

// deskView is the desk's first page: where to drop files, and earlier batches.
type deskView struct {
	frame
	Script  string
	Organs  []option
	Organ   string // the only choice, when there is one
	Wrong   string
	Batches []document.DeskBatch
	More    string
	FileMB  int
	Files   int
	TotalMB int
}

const batchesPage = 20

func deskPage(o *Office, c *call) (*answer, error) { return o.deskFirst(c, http.StatusOK, "") }

func (o *Office) deskFirst(c *call, status int, wrong string) (*answer, error) {
	d := &deskView{frame: o.frame(c, textDesk), Script: o.deskURL, Wrong: wrong,
		FileMB: document.DeskMaxFile >> 20, Files: document.DeskMaxFiles, TotalMB: document.DeskMaxUpload >> 20}
	organs, err := o.organOptions(c, access.ImportDocuments, textChoose)
	if err != nil {
		return nil, err
	}
	if d.Organs = organs; len(organs) == 2 {
		d.Organ = organs[1].Value
	}
	before, err := cursor(c.r, "before")
	if err != nil {
		return nil, err
	}
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return nil, err
	}
	d.Batches, err = o.deps.Library.DeskBatches(c.ctx(), tree.Below(access.Holds(c.who.Actor, access.ImportDocuments)...), before, batchesPage+1)
	if err != nil {
		return nil, err
	}
	if len(d.Batches) > batchesPage {
		d.Batches = d.Batches[:batchesPage]
		d.More = fmt.Sprintf("/office/import?before=%d", d.Batches[batchesPage-1].ID)
	}
	return o.page(c, "desk_batches", status, d)
}

// deskOpen opens a batch and takes the files sent along.
func deskOpen(o *Office, c *call) (*answer, error) {
	u, err := startUpload(c)
	if err != nil {
		return nil, err
	}
	organ, err := o.deskOrgan(c, u.values["organ"])
	if err != nil {
		if fault.KindOf(err) != fault.Invalid {
			return nil, err
		}
		return o.deskFirst(c, http.StatusBadRequest, fault.Text(err))
	}
	script := wantsJSON(c.r)
	if !script {
		// Somebody who pressed the button without a file gets no empty batch.
		if u.next, err = u.file(); err != nil {
			return nil, err
		}
		if u.next == nil {
			return o.deskFirst(c, http.StatusBadRequest, textNoDeskFile)
		}
	}
	batch, err := o.deps.Library.NewDeskBatch(c.ctx(), organ, c.who.Login)
	if err != nil {
		return nil, err
	}
	if script {
		return jsonAnswer(http.StatusOK, map[string]any{"batch": batch})
	}
	items, err := o.take(c, u, batch)
	if err != nil && (len(items) == 0 || !mendable(err)) {
		return nil, err
	}
	notice := fmt.Sprintf(textTaken, len(items))
	if err != nil {
		notice += fault.Text(err)
	}
	return told(c, fmt.Sprintf("/office/import/%d", batch), notice), nil
}

// deskOrgan is the organ that a new batch belongs to.
func (o *Office) deskOrgan(c *call, code string) (int64, error) {
	if code == "" {
		return 0, fault.Field("office.deskOrgan", "organ", textNoDeskOrgan)
	}
	id, err := org.ByCode(c.ctx(), o.deps.DB.Reader(), code)
	if err != nil {
		return 0, err
	}
	return id, o.may(c, access.ImportDocuments, id)
}
