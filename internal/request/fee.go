package request

import (
	"fmt"

	"gongkai/internal/fault"
)

// FeeStep is one stretch of a progressive price: up to a number, each unit
// costs so much.
type FeeStep struct {
	UpTo int   `json:"up_to"`
	Each int64 `json:"each"` // 分
}

// FeeTable is a list of prices as data. Beyond the last step the price rises by
// Rise with every further Every units; with Every 0 the last price stands.
type FeeTable struct {
	Rule  string    `json:"rule"`  // id of the handbook
	Basis string    `json:"basis"` // what a notice quotes
	Items []FeeStep `json:"items"`
	Every int       `json:"every"`
	Rise  int64     `json:"rise"`
	Pages []FeeStep `json:"pages"` // of the single request (C-05)
}

// NationalFees are the prices of 国办函〔2020〕109号 (C-02).
var NationalFees = FeeTable{Rule: "C-02", Basis: "《政府信息公开信息处理费管理办法》（国办函〔2020〕109号）",
	Items: []FeeStep{{10, 0}, {30, 100_00}, {40, 200_00}, {50, 300_00}}, Every: 10, Rise: 100_00,
	Pages: []FeeStep{{30, 0}, {100, 10_00}, {200, 20_00}, {endless, 40_00}}}

// endless ends the last step of a price without a rise.
const endless = 1 << 30

// FeeByItem is the national price in 分 of an applicant's items in one calendar
// month, all together (C-02, 按件计收).
func FeeByItem(items int) int64 { return NationalFees.ByItem(items) }

// FeeByPage is the national price in 分 of the pages of one request (C-02, C-05,
// 按量计收).
func FeeByPage(pages int) int64 { return NationalFees.ByPage(pages) }

// ByItem is the price in 分 of the first items of an applicant's month.
func (t FeeTable) ByItem(items int) int64 {
	total, done, each := progressive(t.Items, items)
	for done < items && t.Every > 0 {
		each += t.Rise
		n := min(t.Every, items-done)
		total += each * int64(n)
		done += n
	}
	return total + each*int64(items-done)
}

// ForItems is the price in 分 of some items after those that came before in the
// same month.
func (t FeeTable) ForItems(before, these int) int64 {
	return t.ByItem(before+these) - t.ByItem(before)
}

// ByPage is the price in 分 of the pages of one request.
func (t FeeTable) ByPage(pages int) int64 {
	total, done, each := progressive(t.Pages, pages)
	return total + each*int64(pages-done)
}

// progressive sums what the steps cover; each is the price of the last step
// that was reached.
func progressive(steps []FeeStep, n int) (total int64, done int, each int64) {
	for _, s := range steps {
		if n <= done {
			break
		}
		total += int64(min(n, s.UpTo)-done) * s.Each
		done, each = min(n, s.UpTo), s.Each
	}
	return total, done, each
}

// comparedUnits is how far two tables are compared unit by unit; beyond it the
// rise decides.
const comparedUnits = 2000

// Tightens reports why a local table may not stand beside the national one: no
// unit may be dearer than by the national table (C-02). Errors: Invalid with
// the field 按件价格 or 按页价格.
func (t FeeTable) Tightens() error {
	for _, x := range []struct {
		field, unit string
		steps       []FeeStep
		mine, law   func(int) int64
	}{{"按件价格", "件", t.Items, t.ByItem, FeeByItem}, {"按页价格", "页", t.Pages, t.ByPage, FeeByPage}} {
		last := 0
		for _, s := range x.steps {
			if s.UpTo <= last || s.Each < 0 {
				return fault.Field("request.FeeTable", x.field, "“%s”：各段要从小到大，价格不能是负数。", x.field)
			}
			last = s.UpTo
		}
		for n := 1; n <= comparedUnits; n++ {
			mine, law := x.mine(n)-x.mine(n-1), x.law(n)-x.law(n-1)
			if mine > law {
				return fault.Field("request.FeeTable", x.field, "“%s”：第 %d %s收 %s 元，高于国家标准 %s 元。地方只能更低，不能更高（C-02）。", x.field, n, x.unit, Yuan(mine), Yuan(law))
			}
		}
	}
	if t.Rise < 0 || t.Rise > NationalFees.Rise || t.Rise > 0 && t.Every < NationalFees.Every {
		return fault.Field("request.FeeTable", "按件价格", "“按件价格”：超出最后一段的，每 10 件最多加 %s 元（C-02）。", Yuan(NationalFees.Rise))
	}
	return nil
}

// Standard tells the prices of a method in words, for a notice (C-06).
func (t FeeTable) Standard(m FeeMethod) string {
	steps, unit, out := t.Items, "件", "按件计收，同一申请人一个自然月内累计计算："
	if m == ByPages {
		steps, unit, out = t.Pages, "页", "按量计收，以单件申请计算，A4及以下幅面单面为1页："
	}
	from := 1
	for _, s := range steps {
		price := "每" + unit + Yuan(s.Each) + "元"
		if s.Each == 0 {
			price = "不收费"
		}
		if s.UpTo >= endless {
			out += fmt.Sprintf("%d%s以上的部分%s；", from, unit, price)
			break
		}
		out += fmt.Sprintf("%d至%d%s%s；", from, s.UpTo, unit, price)
		from = s.UpTo + 1
	}
	if m == ByItems && t.Every > 0 && t.Rise > 0 {
		out += fmt.Sprintf("%d件以上的，每增加%d件，每件提高%s元；", from, t.Every, Yuan(t.Rise))
	}
	return out[:len(out)-len("；")] + "。"
}
