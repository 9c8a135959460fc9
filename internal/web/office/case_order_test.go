package office

import (
	"testing"

	"gongkai/internal/casework"
	"gongkai/internal/request"
)

// TestA106_TheNextStepStandsFirst arranges the acts of a request: one leading
// act open, refusals under the fold, and the reason in sight when nothing can
// be done.
func TestA106_TheNextStepStandsFirst(t *testing.T) {
	act := func(a casework.Action, reason string) caseButton {
		return caseButton{Button: casework.Button{Action: a, Reason: reason}, HasForm: true}
	}
	kind := requestCases()
	for _, x := range []struct {
		name string
		list []caseButton
		want []actPlace
	}{
		{"working", []caseButton{act(request.ActCorrect, ""), act(request.ActDecide, ""), act(request.ActWithdraw, ""), act(request.ActReply, "还没有征求过谁的意见。")}, []actPlace{placeCommon, placeLead, placeRest, placeRest}},
		{"a second look goes before", []caseButton{act(request.ActDecide, ""), act(request.ActChecked, "")}, []actPlace{placeCommon, placeLead}},
		{"nothing leads on", []caseButton{act(request.ActSign, "答复书还缺文号。"), act(casework.ActReturn, "")}, []actPlace{placeCommon, placeCommon}},
		{"posted", []caseButton{act(request.ActServe, "上一次送达还没有结果。"), act(request.ActSigned, ""), act(request.ActFailed, "")}, []actPlace{placeRest, placeLead, placeCommon}},
	} {
		kind.arrange(x.list)
		for i, b := range x.list {
			if b.place != x.want[i] {
				t.Errorf("%s: %s stands at %d, want %d", x.name, b.Action, b.place, x.want[i])
			}
		}
	}
}

// TestFormGroups cuts a form where a fold begins; what is filled in is not hidden.
func TestFormGroups(t *testing.T) {
	f := form{Fields: []field{{Name: "a"}, {Name: "b", Fold: "更多"}, {Name: "c", Fold: "更多", Value: "有"}, {Name: "d", Fold: "其他"}}}
	got := f.Groups()
	if len(got) != 3 || len(got[1].Fields) != 2 || !got[1].Open || got[2].Open || got[0].Name != "" {
		t.Errorf("groups: %+v", got)
	}
}
