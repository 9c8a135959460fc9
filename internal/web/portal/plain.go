package portal

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// helpPage explains searching, comparing and citing.
type helpPage struct{ ui.Page }

func (p *Portal) help(w http.ResponseWriter, r *http.Request) error {
	d := &helpPage{Page: p.base(r, textHelp)}
	d.Crumbs = crumbs(document.Crumb{Name: textHelp})
	return p.render(w, r, "help", d)
}

// leavePage is the notice before a link to another site (E-69).
type leavePage struct {
	ui.Page
	To   string
	Host string
}

func (p *Portal) leave(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.leave")
	to := strings.TrimSpace(r.URL.Query().Get("to"))
	u, err := url.Parse(to)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || len(to) > 2000 {
		return fault.Field("portal.leave", "to", textBadLeave)
	}
	d := &leavePage{Page: p.base(r, textLeave), To: u.String(), Host: u.Host}
	d.NoIndex = true
	w.Header().Set("Cache-Control", "no-store")
	return p.render(w, r, "leave", d)
}

// progressAnswer is what the progress script reads.
type progressAnswer struct {
	Running bool   `json:"running"`
	Done    int    `json:"done"`
	Total   int    `json:"total"`
	Percent int    `json:"percent"`
	What    string `json:"what"`
	Failed  string `json:"failed"`
}

func (p *Portal) progressJSON(w http.ResponseWriter, _ *http.Request) error {
	g := p.deps.Progress()
	b, err := json.Marshal(progressAnswer{g.Running, g.Done, g.Total, percent(g), g.What, g.Failed})
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, err = w.Write(b)
	return err
}

// favicon answers what browsers ask for beside pages that name no icon. The
// address stays when the picture changes, so it is kept for a day, not for good.
func (p *Portal) favicon(w http.ResponseWriter, r *http.Request) error {
	icon := r.Clone(r.Context())
	icon.URL.Path = p.assets.URL("favicon.svg")
	p.assets.ServeHTTP(keptADay{w}, icon)
	return nil
}

// keptADay is an answer that may be kept for a day, whatever it says itself.
type keptADay struct{ http.ResponseWriter }

func (k keptADay) WriteHeader(status int) {
	k.Header().Set("Cache-Control", "public, max-age=86400")
	k.ResponseWriter.WriteHeader(status)
}

func (p *Portal) static(w http.ResponseWriter, r *http.Request) error {
	p.assets.ServeHTTP(w, r)
	return nil
}
