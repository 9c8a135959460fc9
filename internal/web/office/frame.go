package office

import (
	"net/http"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/web/ui"
)

// frame is what every page of the office has: the shared frame, who is signed
// in, and the rail with the rooms of their roles.
type frame struct {
	ui.Page
	Style  string // address of the office's own style sheet
	Who    *access.Account
	Roles  string
	Rail   []ui.NavItem
	News   int    // unread notices
	Notice string // what just happened and what comes next
	Token  string // every form carries it
}

// rooms are the rail: at most seven words for any role.
var rooms = []struct {
	name, href string
	act        access.Act
}{
	{"首页", "/office", access.UseOffice},
	{textDrafts, "/office/releases", access.ReadDraft},
	{"申请", "/office/requests", access.HandleRequest},
	{textCases, "/office/cases", access.ReadDraft},
	{"看板", "/office/board", access.Supervise},
	{textDesk, "/office/import", access.ImportDocuments},
	{textWorks, "/office/works", access.CorrectRecord},
	{"人员", "/office/people", access.ManagePeople},
	{"机构", "/office/organs", access.ViewOrgans},
	{"审计", "/office/audit", access.SearchAudit},
	{"账号", "/office/account", access.OwnAccount},
}

// roomPaths puts pages whose address is not below their room into it.
var roomPaths = strings.NewReplacer("/office/person/", "/office/people/", "/office/organ/", "/office/organs/", "/office/mends/", "/office/requests/", "/office/request-tables/", "/office/requests/")

func (o *Office) frame(c *call, title string, steps ...document.Crumb) frame {
	f := frame{Page: ui.Page{Title: title, Path: c.r.URL.Path, Assets: o.assets, NoIndex: true, Wide: true}, Style: o.styleURL, Who: c.who, Token: c.form}
	site, err := o.deps.Site(c.ctx())
	if err != nil {
		o.log.Error("site", "id", c.id, "err", err) // a page without the site's name is better than none
		site = &document.Site{}
	}
	f.Site = site
	if f.Site.Name == "" {
		f.Site = &document.Site{Name: textSite}
	}
	if c.who == nil {
		return f
	}
	if f.News, err = o.deps.Cases.Unread(c.ctx(), c.who.Person); err != nil {
		o.log.Error("notices", "id", c.id, "err", err) // the number only; the page stands without it
	}
	var names []string
	for _, r := range c.who.Roles() {
		names = append(names, r.Chinese())
	}
	f.Roles = strings.Join(names, "、")
	for _, room := range rooms {
		if ok, _ := access.Can(c.who.Actor, room.act, access.Thing{}); ok {
			at := c.r.URL.Path
			here := at == room.href || room.href != "/office" && strings.HasPrefix(roomPaths.Replace(at), room.href+"/")
			f.Rail = append(f.Rail, ui.NavItem{Name: room.name, Href: room.href, Current: here})
		}
	}
	if len(steps) > 0 {
		f.Crumbs = append(steps, document.Crumb{Name: title})
	}
	if f.Notice = c.visit.Secret("notice"); f.Notice != "" {
		c.visit.SetSecret("notice", "")
	}
	return f
}

// page renders a page into an answer.
func (o *Office) page(c *call, name string, status int, data any) (*answer, error) {
	b, err := o.templates.RenderPart(ui.Variant{}, name, "office", data)
	if err != nil {
		return nil, err
	}
	return &answer{status, http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Content-Language": {"zh-CN"}}, b}, nil
}

// told leads to a page that says what has just been done.
func told(c *call, to, notice string) *answer {
	c.visit.SetSecret("notice", notice)
	return redirect(to)
}

// failurePage is any answer that is not the page asked for.
type failurePage struct {
	frame
	Heading string
	Text    string
	Status  int
	ID      string // for faults of ours: helps to find the log line
}

func styleSheet(o *Office, c *call) (*answer, error) {
	h := http.Header{"Content-Type": {"text/css; charset=utf-8"}}
	return &answer{http.StatusOK, h, o.style}, nil
}

func deskScriptFile(*Office, *call) (*answer, error) {
	return &answer{http.StatusOK, http.Header{"Content-Type": {"text/javascript; charset=utf-8"}}, deskScript}, nil
}

func draftScriptFile(*Office, *call) (*answer, error) {
	return &answer{http.StatusOK, http.Header{"Content-Type": {"text/javascript; charset=utf-8"}}, draftScript}, nil
}

func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
