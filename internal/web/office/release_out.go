package office

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/web/ui"
	"gongkai/internal/workday"
)

// outView is what became of a text after its release.
type outView struct {
	Public   string // address of the public page
	Limited  string // the limited audience, in words
	Package  string // address of the package, "" when there is none
	Channels []channelLine
	States   []option
	Takedown *takedownForm
	Pending  string // a withdrawal or restoration waits here
	Down     bool   // taken down
}

// channelLine is a place beside the site with its result and a ready text.
type channelLine struct {
	release.Channel
	Title string
	Word  string
	Text  string
	Copy  ui.Copy
	Edit  bool
}

// takedownForm proposes to take the work down, or to put it back.
type takedownForm struct {
	Restore bool
	Grounds []option
	Reason  string
	On      string
	Once    string
	Error   string
}

// outView reads what the page shows of a released text; nil before.
func (o *Office) outView(c *call, v *casework.View, s *release.Slip) (*outView, error) {
	if s.Work == 0 || s.Released.IsZero() {
		return nil, nil
	}
	d := &outView{Limited: s.Audience, States: channelStates}
	if s.Audience == "" {
		d.Public, d.Package = fmt.Sprintf("/works/%d", s.Work), slipPath(s.Case)+"/package.zip"
	} else if key, err := o.deps.Library.LimitedKey(c.ctx(), s.Work); err == nil {
		d.Public = "/limited/" + key
	} else if fault.KindOf(err) != fault.NotFound { // expunged since: the slip stays
		return nil, err
	}
	write, err := o.holds(c, access.WriteDraft, s.Organ)
	if err != nil {
		return nil, err
	}
	for _, x := range s.Channels {
		line := channelLine{Channel: x, Title: channelName(x.Name), Edit: write}
		for _, st := range channelStates {
			if st.Value == x.State {
				line.Word = st.Name
			}
		}
		if line.Text = channelText(x.Name, s, o.publicAddress(s.Work)); line.Text != "" {
			line.Copy = ui.Copy{Value: line.Text, Label: "复制"}
		}
		d.Channels = append(d.Channels, line)
	}
	return d, o.takedown(c, d, s, write)
}

// takedown finds whether the work was taken down, or whether that waits.
func (o *Office) takedown(c *call, d *outView, s *release.Slip, write bool) error {
	q := o.deps.DB.Reader()
	list, err := o.deps.Cases.Linked(c.ctx(), q, release.TakedownKind, "published", s.Work)
	if err != nil {
		return err
	}
	for _, k := range list { // the newest first
		data, err := o.deps.Cases.Data(c.ctx(), q, k)
		if err != nil {
			return err
		}
		t, ok := data.(*release.Takedown)
		if !ok {
			continue
		}
		if k.Open() {
			d.Pending = fmt.Sprintf("/office/cases/%d", k.ID)
			d.Down = t.Restore
			return nil
		}
		if k.State == release.Carried {
			d.Down = !t.Restore
			break
		}
	}
	if !write {
		return nil
	}
	d.Takedown = &takedownForm{Restore: d.Down, Once: onceToken()}
	if !d.Down {
		d.Takedown.Grounds = []option{{Name: textChoose}}
	}
	for _, g := range release.TakedownGrounds {
		if (g.Code == "restore") == d.Down {
			d.Takedown.Grounds = append(d.Takedown.Grounds, option{Value: g.Code, Name: g.Name})
		}
	}
	return nil
}

func channelName(code string) string {
	for _, x := range release.ChannelNames {
		if x.Code == code {
			return x.Name
		}
	}
	return code
}

// publicAddress is a work's page as the public sees it.
func (o *Office) publicAddress(work int64) string {
	return fmt.Sprintf("%s/works/%d", strings.TrimSuffix(o.deps.BaseURL, "/"), work)
}

// How long a ready text may be, in runes.
const (
	wechatDigest  = 300
	weiboLength   = 140
	hotlineDigest = 200
)

// channelText is a text ready for a channel, made of the document's own words;
// "" for channels that take the package.
func channelText(channel string, s *release.Slip, address string) string {
	p := &s.Paper
	switch channel {
	case "wechat":
		return joinLines(p.Title, headLine(p), digest(p, wechatDigest), "全文："+address)
	case "weibo":
		tail := " 全文：" + address
		return shorten("【"+p.Title+"】"+digest(p, weiboLength), max(20, weiboLength-len([]rune(tail))-1)) + tail
	case "hotline":
		lines := []string{"问题：" + strings.TrimPrefix(p.Title, "关于") + "有什么规定？", "依据：《" + p.Title + "》" + bracketed(p.DocNo), "发文机关：" + strings.Join(p.Organs, "、")}
		if !p.EffectiveOn.IsZero() {
			lines = append(lines, "施行日期："+p.EffectiveOn.Chinese())
		}
		return joinLines(append(lines, "要点："+digest(p, hotlineDigest), "全文："+address)...)
	}
	return ""
}

func bracketed(s string) string {
	if s == "" {
		return ""
	}
	return "（" + s + "）"
}

func headLine(p *release.Paper) string {
	out := strings.Join(p.Organs, "、")
	if p.DocNo != "" {
		out = strings.TrimSpace(out + " " + p.DocNo)
	}
	return out
}

func joinLines(lines ...string) string {
	var out []string
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// digest is the beginning of a text's own words, without title, number,
// recipients and signature.
func digest(p *release.Paper, limit int) string {
	var b strings.Builder
	for _, line := range strings.Split(p.Text, "\n") {
		line = strings.Trim(line, " \u3000\t#")
		switch {
		case line == "", line == p.Title, line == p.DocNo, strings.HasSuffix(line, "：") && b.Len() == 0, signature(line, p), strings.HasPrefix(line, "（此件"):
			continue
		}
		b.WriteString(line)
		if len([]rune(b.String())) >= limit {
			break
		}
	}
	return shorten(b.String(), limit)
}

// setChannel fills in what became of a text in a channel.
func setChannel(o *Office, c *call) (*answer, error) {
	_, s, err := o.writableSlip(c)
	if err != nil {
		return nil, err
	}
	x := release.Channel{Name: value(c.r, "channel"), State: value(c.r, "state"), Address: value(c.r, "address"), Note: value(c.r, "note")}
	if u, e := url.Parse(x.Address); x.Address != "" && (e != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || len(x.Address) > 1000) {
		err = fault.Field("office.setChannel", "网址", textBadChannelURL)
	} else {
		err = o.deps.Releases.SetChannel(c.ctx(), c.who.Actor, s.Case, x)
	}
	if err == nil {
		return told(c, slipPath(s.Case)+"#channels", fmt.Sprintf(textChannelSaved, channelName(x.Name))), nil
	}
	if !mendable(err) {
		return nil, err
	}
	return o.showSlip(c, statusFor(err), func(d *slipView) {
		d.Wrong = fault.Text(err)
		if d.Out == nil {
			return
		}
		for i := range d.Out.Channels {
			if l := &d.Out.Channels[i]; l.Name == x.Name {
				l.State, l.Address, l.Note = x.State, x.Address, x.Note
			}
		}
	})
}

// writableSlip reads the slip of the address for somebody who may write for
// its organ; else it does not exist for them.
func (o *Office) writableSlip(c *call) (*casework.View, *release.Slip, error) {
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, nil, err
	}
	return v, s, o.may(c, access.WriteDraft, s.Organ)
}

// proposeTakedown opens the case of a withdrawal or restoration.
func proposeTakedown(o *Office, c *call) (*answer, error) {
	v, s, err := o.writableSlip(c)
	if err != nil {
		return nil, err
	}
	if s.Work == 0 || s.Released.IsZero() {
		return nil, fault.New(fault.Conflict, "office.proposeTakedown", textNotOut)
	}
	n := release.NewTakedown{Organ: s.Owner(), Title: v.Case.Title, Work: s.Work, Ground: value(c.r, "ground"), Reason: value(c.r, "reason"), Token: value(c.r, "once"), Actor: c.who.Actor}
	n.Restore, _ = strconv.ParseBool(value(c.r, "restore")) // anything else is a withdrawal
	if n.EventOn, err = dayValue(c.r, "event_on", "决定日期"); err == nil {
		_, err = o.deps.Releases.ProposeTakedown(c.ctx(), n)
	}
	if err == nil {
		return told(c, slipPath(s.Case)+"#takedown", textTakedownSent), nil
	}
	if !mendable(err) {
		return nil, err
	}
	return o.showSlip(c, statusFor(err), func(d *slipView) {
		d.Wrong = fault.Text(err)
		if d.Out != nil && d.Out.Takedown != nil {
			f := d.Out.Takedown
			f.Error, f.Reason, f.On = fault.Text(err), n.Reason, value(c.r, "event_on")
			choose(f.Grounds, n.Ground)
		}
	})
}

// released refuses what is not public: the package is for the public alone.
func released(s *release.Slip) error {
	if s.Work == 0 || s.Released.IsZero() || s.Audience != "" {
		return fault.New(fault.Conflict, "office.released", textNotOut)
	}
	return nil
}

// publishedDay is the legal day on which a text went out.
func publishedDay(s *release.Slip) workday.Date { return workday.DateOf(s.Released) }

func zipAnswer(name string, body []byte) *answer {
	h := http.Header{"Content-Type": {"application/zip"}, "Content-Disposition": {"attachment; filename*=UTF-8''" + url.PathEscape(name)}}
	return &answer{http.StatusOK, h, body}
}
