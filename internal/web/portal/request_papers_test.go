package portal

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"gongkai/internal/fault"
	foi "gongkai/internal/request"
)

// sendFiles posts a form with files as a browser does: in the order of the
// page, the button last.
func (s *testSite) sendFiles(form url.Values, files ...[]byte) *httptest.ResponseRecorder {
	s.t.Helper()
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, values := range form {
		if err := m.WriteField(name, values[0]); err != nil {
			s.t.Fatal(err)
		}
	}
	if len(files) == 0 {
		files = [][]byte{nil}
	}
	for i, f := range files {
		name := "身份证.pdf"
		if f == nil {
			name = "" // a control that was left empty
		}
		w, err := m.CreateFormFile("papers", name)
		if err != nil {
			s.t.Fatal(err)
		}
		if _, err := w.Write(f); err != nil {
			s.t.Fatalf("file %d: %v", i, err)
		}
	}
	if err := m.Close(); err != nil {
		s.t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/requests/new", &b)
	r.Host = "www.qinghe.example"
	r.Header.Set("Content-Type", m.FormDataContentType())
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	return w
}

// zeros is as much of nothing as one reads.
type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestA51_TheLastStepTakesProofOfIdentity(t *testing.T) {
	s := newSite(t)
	d := read(t, s.send("/requests/new", asking("shown", "2")), http.StatusOK)
	if form := d.Find("form.ask"); form.AttrOr("enctype", "") != "multipart/form-data" || d.Find(`#step3`).Length() != 1 || d.Find(`#ask-papers[type=file][multiple]`).Length() != 1 {
		t.Fatal("step three takes no files")
	}
	if two := read(t, s.send("/requests/new", asking("shown", "1")), http.StatusOK); two.Find("#ask-papers").Length() != 0 || two.Find("form.ask").AttrOr("enctype", "") != "" {
		t.Error("files are asked for before they can be kept")
	}
	d.Find("form.ask button[formaction]").Each(func(_ int, b *goquery.Selection) {
		if b.AttrOr("formenctype", "") == "" {
			t.Error("a button to another page would send the files there")
		}
	})
	done := read(t, s.sendFiles(asking(), []byte("甲"), []byte("乙")), http.StatusOK)
	wantText(t, done.Find(".receipt-code"), fakeCode)
	if !strings.Contains(done.Find(".receipt-facts").Text(), "已收到 2 个文件") {
		t.Error("the receipt does not tell of the files")
	}
	read(t, s.sendFiles(asking()), http.StatusOK) // none chosen
	taken := s.desk().taken
	if len(taken) != 2 || len(taken[0].Enclosed) != 2 || string(taken[0].Enclosed[1].Data) != "乙" || taken[0].Enclosed[0].Role != "proof" || taken[0].Applicant.Proof != "11010519491231002X" || len(taken[1].Enclosed) != 0 {
		t.Fatalf("%+v", taken)
	}
}

func TestA51_ARefusedFileLeavesTheFormAndNothingElse(t *testing.T) {
	s := newSite(t)
	heavy := make([]byte, foi.MaxProofBytes+1)
	for name, files := range map[string][][]byte{"too large": {heavy}, "too large together": {heavy[1:], heavy[1:], []byte("x")}, "too many": {[]byte("1"), []byte("2"), []byte("3"), []byte("4"), []byte("5")}} {
		d := read(t, s.sendFiles(asking(), files...), http.StatusBadRequest)
		if got := d.Find("#ask-papers-error").Text(); !strings.Contains(got, "一个最大 10 MB") || d.Find("#ask-name").AttrOr("value", "") != fakeApplicant {
			t.Errorf("%s: %q", name, got)
		}
	}
	var head bytes.Buffer
	m := multipart.NewWriter(&head)
	for name, values := range asking() {
		if err := m.WriteField(name, values[0]); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := m.CreateFormFile("papers", "录像.mp4"); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/requests/new", io.MultiReader(&head, io.LimitReader(zeros{}, 400<<20)))
	r.Host = "www.qinghe.example"
	r.Header.Set("Content-Type", m.FormDataContentType())
	w := httptest.NewRecorder()
	s.h.ServeHTTP(w, r)
	if d := read(t, w, http.StatusBadRequest); !strings.Contains(d.Find("#ask-papers-error").Text(), "一个最大 10 MB") || d.Find("#ask-name").AttrOr("value", "") != fakeApplicant {
		t.Error("400 MB: " + d.Find(".ask-error").Text())
	}
	// The room's word stands beside the control, with what one can do instead.
	s.desk().fail = &fault.Error{Kind: fault.Unavailable, Op: "room", Field: foi.FieldProof, Text: "“身份证明材料”：第 1 个病毒扫描没有完成。"}
	d := read(t, s.sendFiles(asking(), []byte("甲")), http.StatusServiceUnavailable)
	if got := d.Find("#ask-papers-error").Text(); !strings.Contains(got, "病毒扫描没有完成") || !strings.Contains(got, textPapersLater) {
		t.Errorf("%q", got)
	}
	s.desk().fail = nil
	// Another field is wrong: the files are gone from the page, which says so.
	d = read(t, s.sendFiles(asking("name", ""), []byte("甲")), http.StatusBadRequest)
	if got := d.Find("#step3").Parent().Find(".notice-soon").Text(); !strings.Contains(got, textPapersAgain) {
		t.Errorf("%q", got)
	}
	// Too many forms with files at once, too many from one client, from elsewhere.
	for range uploadPlaces {
		s.p.uploads <- struct{}{}
	}
	d = read(t, s.sendFiles(asking(), []byte("甲")), http.StatusBadRequest)
	wantText(t, d.Find("#ask-papers-error"), textUploadsFull)
	for range uploadPlaces {
		<-s.p.uploads
	}
	held := 0 // the files lie in memory until the scanner and the room are through
	s.desk().looks = func() { held = len(s.p.uploads) }
	s.desk().fail = fault.New(fault.Unavailable, "room", "病毒扫描没有完成。")
	s.sendFiles(asking(), []byte("甲"))
	if s.desk().fail, s.desk().looks = nil, nil; held != 1 || len(s.p.uploads) != 0 {
		t.Errorf("%d places were held, %d after it", held, len(s.p.uploads))
	}
	turns := 0
	s.p.deps.Asking = func(*http.Request) (time.Duration, bool) { turns++; return time.Minute, turns < 2 }
	read(t, s.sendFiles(asking(), []byte("甲")), http.StatusOK)
	if w := s.sendFiles(asking(), []byte("甲")); w.Code != http.StatusTooManyRequests || turns != 2 || len(s.p.uploads) != 0 {
		t.Errorf("%d after %d turns", w.Code, turns)
	}
	if n := len(s.desk().taken); n != 1 {
		t.Errorf("%d requests were taken", n)
	}
}

func TestA51_OneFieldNamesWhoSpeaks(t *testing.T) {
	for _, c := range []struct {
		in, leader, contact string
		ok                  bool
	}{
		{"甲乙、丙丁", "甲乙", "丙丁", true}, {"甲乙 丙丁", "甲乙", "丙丁", true}, {" 甲乙 ", "甲乙", "甲乙", true}, {"John Smith", "John Smith", "John Smith", true},
		{"John Smith, Li Lei", "John Smith", "Li Lei", true}, {"甲、乙、丙", "", "", false}, {"、", "", "", false}, {"甲乙／丙丁", "甲乙", "丙丁", true},
	} {
		leader, contact, ok := speakers(c.in)
		if leader != c.leader || contact != c.contact || ok != c.ok {
			t.Errorf("%q: %q %q %v", c.in, leader, contact, ok)
		}
	}
}
