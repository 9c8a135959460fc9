package office

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/fault"
)

var deskCrumb = document.Crumb{Name: textDesk, Href: "/office/import"}

// itemsPage is how many files one page of a batch shows.
const itemsPage = 250

// batchView is one batch: a table that fills while files are read.
type batchView struct {
	frame
	Script  string
	Batch   *document.DeskBatch
	Items   []document.DeskItem
	Next    string
	First   string
	May     bool // the caller may release
	All     string
	Ready   int
	Once    string
	Wrong   string
	Working bool
	FileMB  int
	State   string // the class that is shown; "" is all
	Classes []classLink
	Totals  []string // of the reports of what was read
}

func batchPath(id int64) string               { return fmt.Sprintf("/office/import/%d", id) }
func itemPath(batch, item int64) string       { return fmt.Sprintf("/office/import/%d/%d", batch, item) }
func batchTitle(b *document.DeskBatch) string { return fmt.Sprintf("第 %d 批", b.ID) }

func batchPage(o *Office, c *call) (*answer, error) {
	b, err := o.deskBatch(c, access.ImportDocuments)
	if err != nil {
		return nil, err
	}
	return o.showBatch(c, b, http.StatusOK, "")
}

func (o *Office) showBatch(c *call, b *document.DeskBatch, status int, wrong string) (*answer, error) {
	d := &batchView{frame: o.frame(c, batchTitle(b), deskCrumb), Script: o.deskURL, Batch: b, Once: onceToken(), Wrong: wrong,
		Working: b.Working(), FileMB: document.DeskMaxFile >> 20}
	after, err := cursor(c.r, "after")
	if err != nil {
		return nil, err
	}
	all, err := o.deps.Library.DeskItems(c.ctx(), b.ID, 0, document.DeskMaxFiles)
	if err != nil {
		return nil, err
	}
	if d.State = queryValue(c.r, "state"); !knownClass(d.State) {
		return nil, fault.Field("office.showBatch", "state", textNoDeskClass, shorten(d.State, 20))
	}
	var ready []string
	for _, it := range all {
		if it.Releasable() {
			ready = append(ready, strconv.FormatInt(it.ID, 10))
		}
		if it.Position > int(after) && (d.State == "" || it.Class() == d.State) {
			d.Items = append(d.Items, it)
		}
	}
	d.Classes, d.Totals = classLinks(b.ID, d.State, all), totals(all)
	d.All, d.Ready = strings.Join(ready, ","), len(ready)
	if after > 0 {
		d.First = classPath(b.ID, d.State)
	}
	if len(d.Items) > itemsPage {
		d.Items = d.Items[:itemsPage]
		d.Next = fmt.Sprintf("%s?state=%s&after=%d", batchPath(b.ID), d.State, d.Items[itemsPage-1].Position)
	}
	d.May, err = o.reaches(c, access.ReleaseHistorical, b.Organ)
	if err != nil {
		return nil, err
	}
	return o.page(c, "desk_batch", status, d)
}

// reaches is may as a yes or no.
func (o *Office) reaches(c *call, act access.Act, organ int64) (bool, error) {
	err := o.may(c, act, organ)
	if err != nil && fault.KindOf(err) == fault.NotFound {
		return false, nil
	}
	return err == nil, err
}

// deskAdd takes more files into a batch.
func deskAdd(o *Office, c *call) (*answer, error) {
	u, err := startUpload(c)
	if err != nil {
		return nil, err
	}
	b, err := o.deskBatch(c, access.ImportDocuments)
	if err != nil {
		return nil, err
	}
	items, err := o.take(c, u, b.ID)
	if wantsJSON(c.r) {
		if err != nil {
			return jsonAnswer(statusFor(err), map[string]any{"error": fault.Text(err)})
		}
		return jsonAnswer(http.StatusOK, map[string]any{"items": items})
	}
	if err != nil && (len(items) == 0 || !mendable(err)) {
		return nil, err
	}
	if len(items) == 0 {
		return o.showBatch(c, b, http.StatusBadRequest, textNoDeskFile)
	}
	notice := fmt.Sprintf(textTaken, len(items))
	if err != nil {
		notice += fault.Text(err)
	}
	return told(c, batchPath(b.ID), notice), nil
}

// deskRelease orders the release of the items that were chosen, or of all that
// the page offered.
func deskRelease(o *Office, c *call) (*answer, error) {
	b, err := o.deskBatch(c, access.ReleaseHistorical)
	if err != nil {
		return nil, err
	}
	chosen := c.r.PostForm["item"]
	if value(c.r, "all") != "" {
		chosen = strings.Split(value(c.r, "ready"), ",")
	}
	r := document.DeskRelease{Batch: b.ID, Actor: c.who.Login, Token: value(c.r, "once")}
	for _, s := range chosen {
		id, err := strconv.ParseInt(s, 10, 64)
		if err != nil {
			continue // an empty list is told below
		}
		if err := o.mayRelease(c, b, id); err != nil {
			return nil, err
		}
		r.Items = append(r.Items, id)
	}
	n, err := o.deps.Library.OrderRelease(c.ctx(), r)
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.showBatch(c, b, statusFor(err), fault.Text(err))
	}
	return told(c, batchPath(b.ID), fmt.Sprintf(textOrdered, n)), nil
}

// mayRelease looks whether the work that gets a new edition is in reach too.
func (o *Office) mayRelease(c *call, b *document.DeskBatch, id int64) error {
	it, err := o.deps.Library.DeskItem(c.ctx(), b.ID, id)
	if err != nil || it.Sheet["work"] == "" {
		return err
	}
	work, err := strconv.ParseInt(it.Sheet["work"], 10, 64)
	if err != nil {
		return nil // the release names it
	}
	_, err = o.workInReach(c, access.ReleaseHistorical, work)
	var moved *document.Moved
	if errors.As(err, &moved) {
		return nil
	}
	return err
}

// workInReach finds a published work within the caller's reach.
func (o *Office) workInReach(c *call, act access.Act, work int64) (*document.View, error) {
	v, err := o.deps.Library.View(c.ctx(), work, document.At{})
	if err != nil {
		return nil, err
	}
	organ := int64(0)
	if v.Owner != nil {
		organ = v.Owner.ID
	}
	return v, o.may(c, act, organ)
}
