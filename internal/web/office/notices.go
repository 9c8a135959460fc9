package office

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// noticesView is what a person was told about cases.
type noticesView struct {
	frame
	Rows   []casework.Notice
	Unread int
	Newest int64 // up to here the page was read
	Pager  ui.Pager
}

func noticesPage(o *Office, c *call) (*answer, error) {
	before, err := cursor(c.r, "before")
	if err != nil {
		return nil, err
	}
	d := &noticesView{frame: o.frame(c, textNotices)}
	var next int64
	if d.Rows, d.Unread, next, err = o.deps.Cases.Inbox(c.ctx(), c.who.Person, before, 50); err != nil {
		return nil, err
	}
	if len(d.Rows) > 0 {
		d.Newest = d.Rows[0].ID
	}
	if before > 0 {
		d.Pager.First = "/office/notices"
	}
	if next > 0 {
		d.Pager.Next = withQuery("/office/notices", url.Values{"before": {strconv.FormatInt(next, 10)}})
	}
	return o.page(c, "notices", http.StatusOK, d)
}

// readNotices marks the notices as read that the page showed, and older ones;
// what came in since stays new.
func readNotices(o *Office, c *call) (*answer, error) {
	upTo, err := strconv.ParseInt(value(c.r, "up_to"), 10, 64)
	if err != nil || upTo < 0 {
		return nil, fault.New(fault.Invalid, "office.readNotices", textBadNumber)
	}
	before, err := o.deps.Cases.Unread(c.ctx(), c.who.Person)
	if err != nil {
		return nil, err
	}
	if err := o.deps.Cases.MarkRead(c.ctx(), c.who.Person, upTo); err != nil {
		return nil, err
	}
	after, err := o.deps.Cases.Unread(c.ctx(), c.who.Person)
	if err != nil {
		return nil, err
	}
	return told(c, "/office/notices", fmt.Sprintf(textNoticesRead, max(0, before-after))), nil
}
