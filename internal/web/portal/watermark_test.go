package portal

import (
	"net/http"
	"testing"
)

func TestF16_EndedTextsCarryAWatermark(t *testing.T) {
	s := newSite(t)
	if got := s.page("/works/4", http.StatusOK).Find(".text.text-ended").AttrOr("data-ended", ""); got != "废止" {
		t.Errorf("watermark %q on a repealed work", got)
	}
	if n := s.page("/works/1", http.StatusOK).Find(".text-ended").Length(); n != 0 {
		t.Error("watermark on a work in force")
	}
}
