package e2e

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/access"
	"gongkai/internal/app"
	"gongkai/internal/org"
	"gongkai/internal/release"
)

// office is a running node whose office has something to show on every page.
type office struct {
	*server
	things *strings.Replacer // {item} and the like in the paths of staffPages
}

// filledOffice begins the story city with its accounts and drafts, and adds,
// through the forms, a batch with each state, two works with a correction and
// a fact, leaders, units and a withdrawal. The login of a role is demo-ROLE.
func filledOffice(t *testing.T) office {
	t.Helper()
	l := newLibrary(t, "sqlite")
	ctx := context.Background()
	a, err := app.Open(ctx, app.Config{DataDir: l.data}, slog.New(slog.DiscardHandler), nil)
	if err != nil {
		t.Fatal(err)
	}
	withdrawal, err := seedOffice(ctx, a)
	// The requests that have documents, that was asked about elsewhere, a correction of a record, help from another organ.
	var papers, consulted, mend, help, example int64
	for query, into := range map[string]*int64{`SELECT MIN(case_id) FROM request_materials`: &papers, `SELECT MIN(case_id) FROM request_parties`: &consulted, `SELECT MIN(case_id) FROM mend_records`: &mend, `SELECT MIN(case_id) FROM request_helps`: &help, `SELECT MIN(case_id) FROM request_examples`: &example} {
		if err == nil {
			err = a.DB.Reader().QueryRowContext(ctx, query).Scan(into)
		}
	}
	if err := errors.Join(err, a.Close()); err != nil {
		t.Fatal(err)
	}
	s := l.serve(t)
	manager := s.staff(t, "demo-library-manager")
	fillOffice(t, s.staff(t, "demo-clerk"), manager)
	s.staff(t, "demo-supervisor").send("/office/oversight", "#form-sampling", map[string]string{"organ": deskOrgan, "wanted": "1"})
	at := "/office/organ/" + deskOrgan
	return office{s, strings.NewReplacer("{withdrawal}", strconv.FormatInt(withdrawal, 10), "{request}", strconv.FormatInt(withdrawal+1, 10), "{papers}", strconv.FormatInt(papers, 10), "{mend}", strconv.FormatInt(mend, 10), "{help}", strconv.FormatInt(help, 10), "{example}", strconv.FormatInt(example, 10), "{consulted}", strconv.FormatInt(consulted, 10),
		"{leader}", manager.linkTo(at+"/leaders", "澹台明溪"), "{unit}", manager.linkTo(at+"/units", "校园艺术科"))}
}

// seedOffice enters the story city and the case of a withdrawal, which a form
// can only propose after a whole release.
func seedOffice(ctx context.Context, a *app.App) (withdrawal int64, err error) {
	if _, err := a.SeedDemo(ctx, deskPassword); err != nil {
		return 0, err
	}
	clerk, err := a.Access.DemoActor(ctx, access.Clerk)
	if err != nil {
		return 0, err
	}
	organ, err := org.ByCode(ctx, a.DB.Reader(), deskOrgan)
	if err != nil {
		return 0, err
	}
	c, err := a.Releases.ProposeTakedown(ctx, release.NewTakedown{Organ: organ, Title: "关于做好第1项工作的通知", Work: 1, Ground: "punishment",
		Reason: "原决定已被撤销。", EventOn: a.Today().AddDays(-1), Actor: clerk, Token: "withdrawal-1"})
	if err != nil {
		return 0, err
	}
	return c.ID, nil
}

// fillOffice does, through the forms, what leaves something on every page.
func fillOffice(t *testing.T, clerk, manager *staff) {
	t.Helper()
	batch := clerk.upload(deskOrgan, 4)
	clerk.await(batch, rested)
	clerk.send(batch, "#desk-drop", map[string]string{"file": ""})
	clerk.await(batch, rested)
	manager.send(batch+"/4", "#form-sheet", map[string]string{"title": "关于做好第4项重点工作的通知"})
	page := manager.get(batch)
	ready := strings.Split(formValue(t, page, "ready"), ",")
	for _, item := range ready[:2] {
		manager.send(batch, "#desk-release", map[string]string{"item": item})
	}
	manager.await(batch, func(page string) bool { return strings.Contains(page, "已公开 2") && rested(page) })
	manager.send("/office/works/1?edition=1&field=title", "#form-correct", map[string]string{"value": "关于做好第1项重点工作的通知", "reason": "录入时漏字"})
	manager.send("/office/works/1", "#form-fact", map[string]string{"kind": "repealed", "authority": "清河市教育局", "reason": "已有新的规定"})
	clerk.send("/office/requests/new", "#form-request", map[string]string{"organ": deskOrgan, "channel": "in_person", "content": "2024年义务教育学校名单", "kind": "natural", "name": "示例申请人",
		"proof": "11010519491231002X", "phone": "13800000000", "way": "paper", "delivery": "counter", "informed": "1"})
	at := "/office/organ/" + deskOrgan
	manager.send(at+"/leaders/new", "#form-leader", map[string]string{"name": "澹台明溪", "post": "党组书记、局长", "duties": "主持全面工作。", "from": "2020-02-01"})
	manager.send(at+"/leaders/new", "#form-leader", map[string]string{"name": "申屠河清", "post": "副局长", "duties": "分管基础教育。"})
	manager.send(at+"/units/new", "#form-unit", map[string]string{"name": "校园艺术科", "duties": "负责义务教育。"})
}

// linkTo is the last part of the address to which a page's link of these words
// leads.
func (a *staff) linkTo(page, words string) string {
	a.t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(a.get(page)))
	if err != nil {
		a.t.Fatal(err)
	}
	for _, e := range d.Find("main a[href]").EachIter() {
		if strings.TrimSpace(e.Text()) == words {
			return path.Base(e.AttrOr("href", ""))
		}
	}
	a.t.Fatalf("%s has no link %s", page, words)
	return ""
}

// send fills a form of a page, as it is shown without scripts, and sends it.
// Only what the form holds can be filled.
func (a *staff) send(page, form string, fill map[string]string) string {
	a.t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(a.get(page)))
	if err != nil {
		a.t.Fatal(err)
	}
	f := d.Find(form).First()
	if f.Length() == 0 {
		a.t.Fatalf("%s has no form %s: %s", page, form, goqueryText(a.get(page)))
	}
	values, files := url.Values{}, []string{}
	for _, e := range f.Find("input[name], select[name], textarea[name]").EachIter() {
		name := e.AttrOr("name", "")
		kind := e.AttrOr("type", "")
		_, checked := e.Attr("checked")
		switch {
		case kind == "file":
			files = append(files, name)
		case (kind == "checkbox" || kind == "radio") && !checked:
		case e.Is("select"):
			values.Set(name, e.Find("option[selected], option").First().AttrOr("value", ""))
			if chosen, ok := e.Find("option[selected]").Attr("value"); ok {
				values.Set(name, chosen)
			}
		case e.Is("textarea"):
			values.Set(name, e.Text())
		default:
			values.Set(name, e.AttrOr("value", ""))
		}
	}
	for name, v := range fill {
		if f.Find(`[name="`+name+`"]`).Length() == 0 {
			a.t.Fatalf("%s %s has no field %s", page, form, name)
		}
		values.Set(name, v)
	}
	action := f.AttrOr("action", page)
	if f.AttrOr("enctype", "") != "multipart/form-data" {
		status, body := a.post(action, values)
		if status >= 400 {
			a.t.Fatalf("%s %s: %d %s", page, form, status, head([]byte(goqueryText(body))))
		}
		return body
	}
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, name := range append([]string{"form_token"}, slices.Sorted(maps.Keys(values))...) { // a stream wants its token first
		if slices.Contains(files, name) || !values.Has(name) {
			continue
		}
		if err := w.WriteField(name, values.Get(name)); err != nil {
			a.t.Fatal(err)
		}
		values.Del(name)
	}
	for _, name := range files {
		if _, given := fill[name]; given {
			if _, err := w.CreateFormFile(name, "空文件.txt"); err != nil { // a file without content
				a.t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		a.t.Fatal(err)
	}
	r, err := a.Post(a.url+action, w.FormDataContentType(), &b)
	if err != nil {
		a.t.Fatal(err)
	}
	defer r.Body.Close()
	if r.StatusCode >= http.StatusBadRequest {
		a.t.Fatalf("%s %s: %d", page, form, r.StatusCode)
	}
	return ""
}

// goqueryText is the words of the main part of a page.
func goqueryText(body string) string {
	d, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		return body
	}
	return strings.Join(strings.Fields(d.Find("main").Text()), " ")
}
