package office

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"gongkai/internal/access"
	"gongkai/internal/notify"
	"gongkai/internal/web/ui"
)

// outboxView is what became of the messages that leave the office.
type outboxView struct {
	frame
	Counts []outboxCount
	Tabs   []dutyTab
	Rows   []outboxRow
	State  notify.State
	Pager  ui.Pager
}

// outboxCount is a channel with the numbers of its messages.
type outboxCount struct {
	Channel                                     string
	Waiting, Refused, Unclear, Delivered, Ended int
}

type outboxRow struct {
	notify.Out
	ChannelName string
	About       string
	Again       bool
}

// outboxStates are the tabs: first what a person must look at.
var outboxStates = []notify.State{notify.Unclear, notify.Refused, notify.Waiting}

// outboxReach is whose messages one may see: of people at or below the organs
// of one's role; those of the publication log belong to the system administrator.
func (o *Office) outboxReach(c *call) (notify.Reach, error) {
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return notify.Reach{}, err
	}
	return notify.Reach{Organs: append([]int64{}, tree.Below(access.Holds(c.who.Actor, access.WatchOutbox)...)...),
		Hooks: slices.Contains(c.who.Roles(), access.SystemAdmin)}, nil
}

func outboxPage(o *Office, c *call) (*answer, error) {
	d := &outboxView{frame: o.frame(c, textOutbox), State: notify.State(queryValue(c.r, "state"))}
	if !slices.Contains(outboxStates, d.State) {
		d.State = notify.Unclear
	}
	if o.deps.Notices == nil {
		return o.page(c, "outbox", http.StatusOK, d)
	}
	n, err := o.deps.Notices(c.ctx())
	if err != nil {
		return nil, err
	}
	reach, err := o.outboxReach(c)
	if err != nil {
		return nil, err
	}
	before, err := cursor(c.r, "before")
	if err != nil {
		return nil, err
	}
	tallies, err := n.Tallies(c.ctx(), reach)
	if err != nil {
		return nil, err
	}
	d.count(tallies)
	rows, next, err := n.Outbox(c.ctx(), reach, "", d.State, before, 50)
	if err != nil {
		return nil, err
	}
	for _, m := range rows {
		r := outboxRow{Out: m, ChannelName: notify.ChannelName(m.Channel), About: m.Number, Again: d.State != notify.Waiting}
		switch {
		case m.Topic == "confirm":
			r.About = textAboutConfirm
		case m.Topic == "test":
			r.About = textAboutTest
		case m.Channel == notify.ChannelHook:
			r.About = textAboutHook
		case m.Channel == notify.ChannelSeal: // asked again on the page of the letter, by who handles it
			r.About, r.Again = textAboutSeal, false
		}
		d.Rows = append(d.Rows, r)
	}
	q := url.Values{"state": {string(d.State)}}
	if before > 0 {
		d.Pager.First = withQuery("/office/outbox", q)
	}
	if next > 0 {
		q.Set("before", strconv.FormatInt(next, 10))
		d.Pager.Next = withQuery("/office/outbox", q)
	}
	return o.page(c, "outbox", http.StatusOK, d)
}

// count lays the numbers out by channel, and on the tabs.
func (d *outboxView) count(list []notify.Tally) {
	tab := map[notify.State]int{}
	at := map[string]*outboxCount{}
	for _, channel := range []string{notify.ChannelMail, notify.ChannelGateway, notify.ChannelHook} {
		at[channel] = &outboxCount{Channel: notify.ChannelName(channel)}
		for _, t := range list {
			if t.Channel != channel {
				continue
			}
			x := at[channel]
			switch t.State {
			case notify.Waiting, notify.Sending:
				x.Waiting += t.Count
			case notify.Refused:
				x.Refused += t.Count
			case notify.Unclear:
				x.Unclear += t.Count
			case notify.Delivered:
				x.Delivered += t.Count
			default:
				x.Ended += t.Count
			}
			tab[t.State] += t.Count
		}
		d.Counts = append(d.Counts, *at[channel])
	}
	for _, s := range outboxStates {
		d.Tabs = append(d.Tabs, dutyTab{Name: s.Chinese(), Href: "/office/outbox?state=" + string(s), Count: tab[s], Current: s == d.State, Late: s == notify.Unclear && tab[s] > 0})
	}
}

func resendMessage(o *Office, c *call) (*answer, error) {
	if o.deps.Notices == nil {
		return missing(o, c)
	}
	n, err := o.deps.Notices(c.ctx())
	if err != nil {
		return nil, err
	}
	reach, err := o.outboxReach(c)
	if err != nil {
		return nil, err
	}
	if err := n.Resend(c.ctx(), value(c.r, "message"), c.who.Login, reach); err != nil {
		return nil, err
	}
	return told(c, "/office/outbox?state=waiting", textResent), nil
}
