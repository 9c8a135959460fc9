package fault

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestWrap_KeepsKindFieldAndText(t *testing.T) {
	inner := Field("a.B", "title", "标题太长。")
	outer := func() (err error) {
		defer Wrap(&err, "c.D(%d)", 7)
		return fmt.Errorf("while saving: %w", inner)
	}()
	if KindOf(outer) != Invalid || FieldOf(outer) != "title" || Text(outer) != "标题太长。" {
		t.Errorf("%v %q %q", KindOf(outer), FieldOf(outer), Text(outer))
	}
	if !errors.Is(outer, inner) || !strings.HasPrefix(outer.Error(), "c.D(7): ") {
		t.Error(outer)
	}
}

func TestText_NeverShowsACause(t *testing.T) {
	for k := Internal; k <= Unavailable; k++ {
		err := &Error{Kind: k, Op: "x.Y", Err: errors.New("password=geheim")}
		if s := Text(err); s == "" || strings.Contains(s, "geheim") {
			t.Errorf("%s: %q", k, s)
		}
	}
	if s := Text(errors.New("raw")); strings.Contains(s, "raw") {
		t.Error(s)
	}
}

func TestWrap_LeavesSuccessAlone(t *testing.T) {
	var err error
	Wrap(&err, "x.Y")
	if err != nil {
		t.Error(err)
	}
}
