package office

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/filestore"
	"gongkai/internal/request"
)

func greyPicture(t testing.TB) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 200, 120))
	for i := range img.Pix {
		img.Pix[i] = 200
	}
	img.SetGray(10, 10, color.Gray{Y: 17})
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// material hangs a picture on a request and builds what would be handed out.
func (s *site) material(id, login string) int64 {
	s.t.Helper()
	s.deps.Requests.KeepMaterials(request.MaterialDeps{Store: filestore.Rows(s.db), Pages: func(context.Context, []byte, float64, func(int, image.Image) error) error { return nil }})
	var person int64
	must := func(err error) {
		s.t.Helper()
		if err != nil {
			s.t.Fatal(err)
		}
	}
	must(s.db.Reader().QueryRowContext(ctx, `SELECT id FROM people WHERE login = $1`, login).Scan(&person))
	a := access.Actor{Person: person, Login: login}
	n, err := strconv.ParseInt(id, 10, 64)
	must(err)
	f, err := s.deps.Requests.AddMaterial(ctx, a, n, request.NewMaterial{Name: "附图.png", Origin: "规划科"}, greyPicture(s.t))
	must(err)
	must(s.deps.Requests.Rule(ctx, a, n, f, request.RuleForm{Choice: request.GiveAll}))
	_, err = s.deps.Requests.Build(ctx, a, n, f)
	must(err)
	return f
}

// sendFile uploads one file with the token of a page.
func (b *browser) sendFile(to, origin, name string, data []byte) page {
	b.s.t.Helper()
	return b.sendFiles(to, [][2]string{{fieldToken, b.formToken(to)}, {"origin", origin}}, []sent{{name, data}}, "")
}

func TestA81_ADocumentIsCollectedDecidedAndRedacted(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		things := s.requestThings()
		b := s.signIn("answerer")
		files := things.Replace("/office/requests/{id}/files")
		if p := b.sendFile(files, "", "说明.txt", []byte("经办人张小明，手机13800138000，可以公开的话。")); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "“来源”：请填写") {
			t.Fatalf("%d %s", p.status, p.words())
		}
		p := b.sendFile(files, "档案室", "说明.txt", []byte("经办人张小明，手机13800138000，可以公开的话。"))
		at := p.header.Get("Location")
		if p.status != http.StatusSeeOther || !strings.HasPrefix(at, files+"/") {
			t.Fatalf("%d %s", p.status, p.words())
		}
		page := b.get(at)
		for _, want := range []string{"说明.txt", "可能的个人信息", "13800138000", "还没有决定", "可以公开的话"} {
			if !strings.Contains(page.words(), want) {
				t.Errorf("the page lacks %q", want)
			}
		}
		token := tokenField.FindStringSubmatch(page.body)[1]
		send := func(path string, v url.Values) page2 {
			v.Set(fieldToken, token)
			x := b.post(at+path, v)
			return page2{x.status, x.words()}
		}
		if x := send("/rule", url.Values{"choice": {"withhold"}}); x.status != http.StatusBadRequest || !strings.Contains(x.words, "“依据”：不提供的要选明法律依据") {
			t.Errorf("%+v", x)
		}
		if x := send("/mark", url.Values{"act": {"mark"}, "words": {"李四"}, "ground": {"DENY_THIRD"}, "why": {"姓名"}}); x.status != http.StatusBadRequest || !strings.Contains(x.words, "没有找到") {
			t.Errorf("%+v", x)
		}
		for _, v := range []url.Values{{"act": {"mark"}, "words": {"张小明"}, "ground": {"DENY_THIRD"}, "why": {"姓名"}}, {"act": {"pass"}, "words": {"13800138000"}}} {
			if x := send("/mark", v); x.status != http.StatusSeeOther {
				t.Fatalf("%+v", x)
			}
		}
		if x := send("/build", url.Values{}); x.status != http.StatusSeeOther {
			t.Fatalf("%+v", x)
		}
		out := b.get(at + "/result")
		if out.status != http.StatusOK || strings.Contains(out.body, "张小明") || !strings.Contains(out.body, "可以公开的话") {
			t.Errorf("%d %q", out.status, out.body)
		}
		if x := b.get("/office/cases/" + strings.Split(files, "/")[3]); !strings.Contains(x.words(), "等另一人复核遮盖") {
			t.Error("the page of the case does not say that a second person is needed")
		}
		b.get(at + "/original")
		if n := len(s.audits(audit.Filter{Actor: "answerer", Act: audit.ViewPersonal})); n < 2 {
			t.Errorf("%d readings are on record", n)
		}
		s.user("stranger", "qh-gaj", access.Clerk)
		for _, path := range []string{"", "/original", "/result"} {
			if x := s.signIn("stranger").get(at + path); x.status != http.StatusNotFound {
				t.Errorf("a clerk of another organ got %d for %q", x.status, path)
			}
		}
	})
}

type page2 struct {
	status int
	words  string
}

func TestA81_ABoxInMillimetresNeedsNoScript(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		things := s.requestThings()
		b := s.signIn("answerer")
		files := things.Replace("/office/requests/{id}/files")
		at := b.sendFile(files, "档案室", "图.png", greyPicture(t)).header.Get("Location")
		box := map[string]string{"x": "1", "y": "1", "w": "10", "h": "10", "ground": "DENY_INTERNAL", "why": "内部标记"}
		with := func(k, v string) map[string]string {
			out := map[string]string{}
			for a, x := range box {
				out[a] = x
			}
			out[k] = v
			return out
		}
		submit := func(v map[string]string) page { return b.submit(at, at+"/mark", v) }
		for field, v := range map[string]map[string]string{"宽": with("w", "x"), "方框": with("w", "0"), "依据": with("ground", ""), "理由": with("why", "")} {
			if p := submit(v); p.status != http.StatusBadRequest || !strings.Contains(p.words(), "“"+field+"”") {
				t.Errorf("%s: %d %s", field, p.status, p.words())
			}
		}
		if p := submit(box); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		if page := b.get(at); !strings.Contains(page.body, `class="redact-box"`) || !strings.Contains(page.words(), "遮盖后提供") {
			t.Error("the box is not shown, or the page is not given in part")
		}
		if p := b.submit(at, at+"/build", map[string]string{}); p.status != http.StatusSeeOther {
			t.Fatalf("%d %s", p.status, p.words())
		}
		img, err := png.Decode(strings.NewReader(b.get(at + "/result").body))
		if err != nil {
			t.Fatal(err)
		}
		if r, _, _, _ := img.At(10, 10).RGBA(); r != 0 {
			t.Errorf("the marked pixel is %d", r)
		}
		if r, _, _, _ := img.At(100, 60).RGBA(); fmt.Sprint(r>>8) != "200" {
			t.Errorf("a pixel outside the box is %d", r>>8)
		}
	})
}

// TestA81_WhoReviewsOrSignsReadsTheDocuments: they look at every page and at
// the letter, change nothing, and take no original away.
func TestA81_WhoReviewsOrSignsReadsTheDocuments(t *testing.T) {
	run(t, func(t *testing.T, s *site) {
		things := s.requestThings()
		id := strings.Split(things.Replace("/office/requests/{id}/files"), "/")[3]
		at := fmt.Sprintf("%s/%d", things.Replace("/office/requests/{id}/files"), s.material(id, "answerer"))
		s.user("reads-law", "qh-jyj", access.LegalityReviewer)
		s.user("signs", "qh-jyj", access.Signer)
		s.user("signs-elsewhere", "qh-gaj", access.Signer)
		for _, login := range []string{"reads-law", "signs"} {
			b := s.signIn(login)
			for _, path := range []string{things.Replace("/office/requests/{id}/files"), at, at + "/result", at + "/pages/1", things.Replace("/office/requests/{id}/letter"), "/office/cases/" + id} {
				p := b.get(path)
				if p.status != http.StatusOK {
					t.Errorf("%s %s: %d", login, path, p.status)
				}
				if strings.HasPrefix(p.header.Get("Content-Type"), "text/html") && strings.Contains(p.body, at+"/rule") || strings.Contains(p.body, at+"/original") {
					t.Errorf("%s %s: offers what only handlers do", login, path)
				}
			}
			if p := b.get(at + "/original"); p.status != http.StatusForbidden {
				t.Errorf("%s takes the original: %d", login, p.status)
			}
		}
		if p := s.signIn("signs-elsewhere").get(at); p.status != http.StatusNotFound {
			t.Errorf("a signer of another organ: %d", p.status)
		}
	})
}
