package portal

import (
	"net/http"
	"strings"
	"testing"
)

// The page of an organ shows who is in office today and no one else, the units
// of both kinds, and the six contact facts.
func TestQ24_1_OrganPageShowsItsFaces(t *testing.T) {
	s := newSite(t)
	d := s.page("/organs/qhcg", http.StatusOK)
	main := d.Find("main").Text()
	for _, want := range []string{"主要职责", "办公地址", "办公时间", "联系电话", "网址", "邮政编码", "澹台明溪", "党组书记、局长", "主持全面工作。", "历任科员、科长。", "端木知秋", "内设机构", "下设单位",
		"市停车管理中心", "南宫砚田", "和平路 1 号 201 室", "名称沿革"} {
		if !strings.Contains(main, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	for _, bad := range []string{"钟离青禾", "司空怀瑾", "慕容见山", "旧科室"} {
		if strings.Contains(main, bad) {
			t.Errorf("the page shows %q", bad)
		}
	}
	if alt, _ := d.Find(".leader img").Attr("alt"); alt != "澹台明溪的照片" {
		t.Errorf("alt %q", alt)
	}
	if label, _ := d.Find(".leader svg").Attr("aria-label"); label != "端木知秋没有公开照片" {
		t.Errorf("the neutral picture says %q", label)
	}
	if strings.Index(main, "办公室") > strings.Index(main, "市停车管理中心") {
		t.Error("inner units stand first")
	}
}

func TestQ24_1b_PhotoOfSomebodyInOffice(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string]int{"/organs/qhcg/photos/" + fakeFace: 200, "/elder/organs/qhcg/photos/" + fakeFace: 200, "/organs/qhs/photos/" + fakeFace: 404, "/organs/qhcg/photos/x": 404} {
		w := s.get(path)
		if w.Code != want {
			t.Errorf("%s: %d", path, w.Code)
		}
		if want == 200 && (w.Header().Get("Content-Type") != "image/jpeg" || w.Header().Get("Cache-Control") != "public, max-age=300" || !strings.Contains(w.Header().Get("Content-Security-Policy"), "sandbox")) {
			t.Errorf("%s: %v", path, w.Header())
		}
	}
}
