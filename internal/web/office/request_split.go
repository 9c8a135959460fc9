package office

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

func splitFields(v *casework.View, _ workday.Date) []field {
	q := v.Data.(*request.Request)
	list := request.Matters(q.Content)
	if len(list) < 2 {
		list = []string{q.Content}
	}
	for i, x := range list {
		list[i] = strings.Join(strings.Fields(x), " ")
	}
	return []field{{Name: "matters", Label: "拆分成的事项", Kind: "area", Required: true, Max: 8000, Value: strings.Join(list, "\n"),
		Hint: "每行一件。第一行留在本件，其余各立一件，收到日期和期限与本件相同。一事一申请是提倡，申请人不愿拆分的也要受理。"}}
}

func readSplit(r *http.Request) (any, error) {
	return &request.SplitForm{Matters: strings.Split(strings.ReplaceAll(longValue(r, "matters"), "\r", ""), "\n")}, nil
}

func mergeFields(v *casework.View, _ workday.Date) []field {
	options := []option{{Name: textChoose}}
	for _, e := range v.Data.(*request.Request).Doubles() {
		options = append(options, option{Value: fmt.Sprint(e.Case), Name: fmt.Sprintf("%s（%s提出，%d%%的字句相同）", e.Number, e.On.Chinese(), e.Alike)})
	}
	return []field{{Name: "into", Label: "并入哪一件", Kind: "select", Required: true, Options: options, Hint: "本件就此办结，由那一件一起答复，期限按那一件计算；申请人查询本件时会看到那一件。内容不同的申请不要并入。"}}
}

func readMerge(r *http.Request) (any, error) {
	id, err := strconv.ParseInt(value(r, "into"), 10, 64)
	if err != nil {
		id = 0 // the check names the field
	}
	return &request.MergeForm{Case: id}, nil
}

func transferFields(v *casework.View, _ workday.Date) []field {
	out := []field{{Name: "organ", Label: "转送给哪个机关", Kind: organField, Required: true, Hint: "只能转送同一机构体系里的机关，对方从收到之日起计算期限。依法的一般做法是答复“不属于本机关公开”并告知负责的机关和联系方式（条例第三十六条第五项）。"},
		{Name: "why", Label: "转送原因", Kind: "area", Required: true, Max: 1000, Hint: "申请人会在告知书里看到，不要写个人信息。"}}
	if v.Case.State != request.Submitted {
		out = append(out, field{Name: "consent", Label: "申请人同意的方式和日期", Kind: "text", Required: true, Max: 200, Hint: "已经确认收到的申请，申请人同意才能转送。"})
	}
	return out
}

func readTransfer(r *http.Request) (any, error) {
	return &request.TransferForm{Organ: value(r, "organ"), Reason: longValue(r, "why"), Consent: value(r, "consent")}, nil
}

// organField marks a list of all organs, which the page fills in.
const organField = "organ"

// withOrgans fills in the lists of all organs: where something goes need not be
// within the reach of whoever sends it.
func (o *Office) withOrgans(c *call, list []field) ([]field, error) {
	for i := range list {
		if list[i].Kind != organField {
			continue
		}
		names, err := o.organNames(c.ctx())
		if err != nil {
			return nil, err
		}
		list[i].Kind, list[i].Options = "select", []option{{Name: textChoose}}
		for _, id := range names.order {
			list[i].Options = append(list[i].Options, option{Value: names.byID[id].Code, Name: names.byID[id].Name})
		}
	}
	return list, nil
}
