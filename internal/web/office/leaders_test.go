package office

import (
	"bytes"
	"database/sql"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/org"
)

// plainPhoto is a grey picture.
func plainPhoto(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 90, 120))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// faceThings makes one leader with a photo and one unit of the organ in the
// middle of the tree, for routes that name them.
func (s *site) faceThings() *strings.Replacer {
	s.t.Helper()
	leader, unit := s.face("qh-jyj")
	return strings.NewReplacer("{leader}", fmt.Sprint(leader), "{unit}", fmt.Sprint(unit))
}

func (s *site) face(code string) (leader, unit int64) {
	s.t.Helper()
	x, err := s.deps.Organs.Organ(ctx, code)
	if err != nil {
		s.t.Fatal(err)
	}
	photo, err := s.deps.Organs.PutPhoto(ctx, bytes.NewReader(plainPhoto(s.t)))
	if err != nil {
		s.t.Fatal(err)
	}
	by := org.By{Author: "console", Now: s.clock.now()}
	err = s.db.Tx(ctx, func(tx *sql.Tx) error {
		f := org.LeaderFacts{Name: "澹台明溪", Post: "局长"}
		if err := photo.Hold(ctx, tx, &f, by.Now); err != nil {
			return err
		}
		if leader, err = org.AddLeader(ctx, tx, x, f, by); err != nil {
			return err
		}
		unit, err = org.AddUnit(ctx, tx, x, org.UnitFacts{Kind: org.InnerUnit, Name: "办公室"}, by)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	return leader, unit
}

// form reads the fields of a form as a browser would send them.
func (b *browser) form(p page, action string) [][2]string {
	b.s.t.Helper()
	d, err := goquery.NewDocumentFromReader(strings.NewReader(p.body))
	if err != nil {
		b.s.t.Fatal(err)
	}
	f := d.Find(`main form[action="` + action + `"]`).First()
	if f.Length() == 0 {
		b.s.t.Fatalf("no form to %s: %s", action, p.words())
	}
	var out [][2]string
	f.Find("input:not([type=file]), textarea, select").Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		v, _ := in.Attr("value")
		switch goquery.NodeName(in) {
		case "textarea":
			v = in.Text()
		case "select":
			v, _ = in.Find("option[selected]").Attr("value")
		}
		out = append(out, [2]string{name, v})
	})
	return out
}

// photo sends a form with a file and values in place of those of the form.
func (b *browser) photo(from, action string, values map[string]string, name string, data []byte) page {
	b.s.t.Helper()
	fields := b.form(b.get(from), action)
	for i, f := range fields {
		if v, ok := values[f[0]]; ok {
			fields[i][1] = v
		}
	}
	var files []sent
	if data != nil {
		files = append(files, sent{name, data})
	}
	body, kind := filesBody(b.s.t, fields, files)
	return b.postRaw(action, bytes.NewReader(bytes.Replace(body.Bytes(), []byte(`name="file"`), []byte(`name="photo"`), 1)), kind, "", 0)
}

func TestQ24_1b_LeaderWithPhotoOverThePages(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("boss", "qh-jyj", access.LibraryManager)
		b := s.signIn("boss")
		at := "/office/organ/qh-jyj/leaders"
		s.has(b.get(at), http.StatusOK, "还没有在任领导")
		for name, c := range map[string]struct {
			values map[string]string
			data   []byte
			status int
			words  string
		}{
			"no name":     {map[string]string{"post": "局长"}, nil, http.StatusBadRequest, "请填写姓名"},
			"no photo":    {map[string]string{"name": "澹台明溪", "post": "局长"}, []byte("<svg/>"), http.StatusBadRequest, "照片只收 JPEG"},
			"large photo": {map[string]string{"name": "澹台明溪", "post": "局长"}, bytes.Repeat([]byte{1}, org.MaxPhotoBytes+1), http.StatusRequestEntityTooLarge, "超过 8 MB"},
			"tomorrow":    {map[string]string{"name": "澹台明溪", "post": "局长", "changed": "2026-11-21"}, nil, http.StatusBadRequest, "还没有到"},
			"no such day": {map[string]string{"name": "澹台明溪", "post": "局长", "from": "2026-02-30"}, nil, http.StatusBadRequest, "没有这一天"},
		} {
			p := b.photo(at+"/new", at+"/new", c.values, "a.jpg", c.data)
			if p.status != c.status || !strings.Contains(p.body, c.words) {
				t.Errorf("%s: %d %s", name, p.status, p.words())
			}
		}
		if p := b.photo(at+"/new", at+"/new", map[string]string{"name": "澹台明溪", "post": "党组书记、局长", "duties": "主持全面工作。", "from": "2024-03-01", "changed": "2026-11-19"}, "a.png", plainPhoto(t)); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		if p := b.submit(at+"/new", at+"/new", map[string]string{"name": "端木知秋", "post": "副局长"}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		list := b.get(at)
		s.has(list, http.StatusOK, "澹台明溪", "2024年3月1日", "端木知秋", "下移")
		d, err := goquery.NewDocumentFromReader(strings.NewReader(list.body))
		if err != nil {
			t.Fatal(err)
		}
		checkPage(t, at, d)
		one, _ := d.Find("tbody tr").First().Find("th a").Attr("href")
		if p := b.get(one + "/photo.jpg"); p.status != http.StatusOK || p.header.Get("Content-Type") != "image/jpeg" || !strings.HasPrefix(p.body, "\xFF\xD8") {
			t.Errorf("photo: %d %v", p.status, p.header)
		}
		// One place down, then past the end.
		token := b.formToken(at)
		if p := b.post(one+"/move", map[string][]string{fieldToken: {token}, "to": {"down"}}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		if p := b.get(at); strings.Index(p.body, "端木知秋") > strings.Index(p.body, "澹台明溪") {
			t.Error("the order stays")
		}
		s.has(b.post(one+"/move", map[string][]string{fieldToken: {token}, "to": {"down"}}), http.StatusBadRequest, "不能再移")
		// Two people with the same page: the second one is told.
		stale := b.get(one)
		if p := b.submit(one, one, map[string]string{"duties": "主持全面工作，分管人事。"}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(b.send(stale, one, map[string]string{"duties": "丢了"}), http.StatusConflict, "刚刚被别人修改过")
		s.has(b.get(one), http.StatusOK, "分管人事", "变动历史", "2026年11月19日")
		if p := b.submit(one, one+"/undo", nil); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(b.get(one), http.StatusOK, "撤销上一次修改", "主持全面工作。</textarea>")
		s.has(b.submit(one, one+"/end", map[string]string{"to": "2024-01-01"}), http.StatusBadRequest, "要晚于任职日期")
		if p := b.submit(one, one+"/end", map[string]string{"to": "2026-11-20"}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(b.get(at), http.StatusOK, "已离任", "2026年11月20日离任")
		if n := len(s.audits(audit.Filter{Actor: "boss", Act: audit.Configure, Target: "organ:qh-jyj"})); n != 6 {
			t.Errorf("%d audit rows for six changes", n)
		}
	})
}

func TestQ24_1c_UnitsOverThePages(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		s.user("boss", "qh-jyj", access.LibraryManager)
		s.user("head", "qh-jyj", access.Head)
		b := s.signIn("boss")
		at := "/office/organ/qh-jyj/units"
		s.has(b.submit(at+"/new", at+"/new", map[string]string{"name": ""}), http.StatusBadRequest, "请填写名称")
		for _, n := range []string{"办公室", "基础教育科"} {
			if p := b.submit(at+"/new", at+"/new", map[string]string{"kind": "inner", "name": n, "phone": "0000-1234504", "duties": n + "的工作"}); p.status != http.StatusSeeOther {
				t.Fatal(p.words())
			}
		}
		s.has(b.submit(at+"/new", at+"/new", map[string]string{"name": "办公室"}), http.StatusBadRequest, "已有名称为")
		list := b.get(at)
		d, err := goquery.NewDocumentFromReader(strings.NewReader(list.body))
		if err != nil {
			t.Fatal(err)
		}
		checkPage(t, at, d)
		one, _ := d.Find("tbody tr").First().Find("th a").Attr("href")
		if p := b.submit(one, one, map[string]string{"head": "南宫砚田"}); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		if p := b.submit(one, one+"/remove", nil); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(b.get(at), http.StatusOK, "已删去")
		if p := b.submit(one, one+"/undo", nil); p.status != http.StatusSeeOther {
			t.Fatal(p.words())
		}
		s.has(b.get(one), http.StatusOK, "南宫砚田", "删去", "撤销上一次修改")
		// Who may only look sees no form that writes.
		if p := s.signIn("head").get(one); p.status != http.StatusOK || strings.Contains(p.body, `action="`+one+`"`) {
			t.Errorf("%d %s", p.status, p.words())
		}
	})
}

// Leaders and units of an organ out of reach answer like those that do not
// exist; a number of another organ does too.
func TestFaces_OutOfReachIsMissing(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		leader, unit := s.face("qh-gaj")
		s.user("boss", "qh-jyj", access.LibraryManager)
		b := s.signIn("boss")
		for _, path := range []string{
			"/office/organ/qh-gaj/leaders", "/office/organ/qh-gaj/leaders/new", "/office/organ/qh-gaj/units", fmt.Sprintf("/office/organ/qh-gaj/leaders/%d/photo.jpg", leader),
			fmt.Sprintf("/office/organ/qh-gaj/units/%d", unit), fmt.Sprintf("/office/organ/qh-jyj/leaders/%d", leader), fmt.Sprintf("/office/organ/qh-jyj/units/%d", unit),
			"/office/organ/qh-jyj/leaders/0", "/office/organ/qh-jyj/units/x",
		} {
			if p := b.get(path); p.status != http.StatusNotFound {
				t.Errorf("%s: %d", path, p.status)
			}
			if n := len(s.audits(audit.Filter{Target: "page:GET " + path, Outcome: audit.Refused})); n != 1 {
				t.Errorf("%s: %d audit rows", path, n)
			}
		}
		token := b.formToken("/office/organ/qh-jyj/leaders/new")
		for _, path := range []string{
			"/office/organ/qh-gaj/leaders/new", fmt.Sprintf("/office/organ/qh-gaj/leaders/%d", leader), fmt.Sprintf("/office/organ/qh-gaj/leaders/%d/end", leader),
			fmt.Sprintf("/office/organ/qh-jyj/leaders/%d/remove", leader), fmt.Sprintf("/office/organ/qh-jyj/leaders/%d/move", leader), fmt.Sprintf("/office/organ/qh-gaj/units/%d", unit),
			fmt.Sprintf("/office/organ/qh-jyj/units/%d/move", unit), "/office/organ/qh-gaj/undo",
		} {
			if p := b.post(path, map[string][]string{fieldToken: {token}, "stamp": {"1"}, "name": {"x"}, "post": {"y"}, "to": {"up"}}); p.status != http.StatusNotFound {
				t.Errorf("%s: %d %s", path, p.status, p.words())
			}
		}
		x, err := s.deps.Organs.Organ(ctx, "qh-gaj")
		if err != nil {
			t.Fatal(err)
		}
		if list, err := s.deps.Organs.History(ctx, x.ID, org.WhatLeader, 0, 10); err != nil || len(list) != 1 {
			t.Errorf("%d changes, %v", len(list), err)
		}
	})
}
