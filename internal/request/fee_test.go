package request_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/request"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

func TestC02_ByItemEachVector(t *testing.T) {
	for name, v := range map[string]struct {
		items int
		yuan  int64
	}{"items 10→0": {10, 0}, "items 11→100": {11, 100}, "items 30→2000": {30, 2000}, "items 31→2200": {31, 2200}, "items 40→4000": {40, 4000},
		"items 41→4300": {41, 4300}, "items 45→5500": {45, 5500}, "items 50→7000": {50, 7000}} {
		t.Run(name, func(t *testing.T) {
			if got := request.FeeByItem(v.items); got != v.yuan*100 {
				t.Errorf("%s yuan", request.Yuan(got))
			}
			for before := range v.items { // what one request pays is the difference
				if got := request.NationalFees.ForItems(before, v.items-before) + request.FeeByItem(before); got != v.yuan*100 {
					t.Errorf("after %d: %s yuan", before, request.Yuan(got))
				}
			}
		})
	}
}

func TestC05_ByPageEachVector(t *testing.T) {
	for name, v := range map[string]struct {
		pages int
		yuan  int64
	}{"pages 30→0": {30, 0}, "pages 31→10": {31, 10}, "pages 100→700": {100, 700}, "pages 101→720": {101, 720}, "pages 200→2700": {200, 2700},
		"pages 201→2740": {201, 2740}, "pages 250→4700": {250, 4700}} {
		t.Run(name, func(t *testing.T) {
			if got := request.FeeByPage(v.pages); got != v.yuan*100 {
				t.Errorf("%s yuan", request.Yuan(got))
			}
		})
	}
}

func TestC02_ALocalityMayTightenNeverLoosen(t *testing.T) {
	change := func(f func(*request.FeeTable)) request.FeeTable {
		x := request.NationalFees
		x.Items, x.Pages = append([]request.FeeStep(nil), x.Items...), append([]request.FeeStep(nil), x.Pages...)
		f(&x)
		return x
	}
	for name, c := range map[string]struct {
		table request.FeeTable
		field string
	}{
		"national":            {request.NationalFees, ""},
		"half price":          {change(func(x *request.FeeTable) { x.Items[1].Each = 50_00 }), ""},
		"more items free":     {change(func(x *request.FeeTable) { x.Items[0].UpTo = 20 }), ""},
		"fewer items free":    {change(func(x *request.FeeTable) { x.Items[0].UpTo = 9 }), "按件价格"},
		"dearer at the end":   {change(func(x *request.FeeTable) { x.Rise = 101_00 }), "按件价格"},
		"rises faster":        {change(func(x *request.FeeTable) { x.Every = 5 }), "按件价格"},
		"dearer pages":        {change(func(x *request.FeeTable) { x.Pages[3].Each = 41_00 }), "按页价格"},
		"steps out of order":  {change(func(x *request.FeeTable) { x.Pages[1].UpTo = 20 }), "按页价格"},
		"free of any charges": {request.FeeTable{}, ""},
	} {
		if got := fault.FieldOf(c.table.Tightens()); got != c.field {
			t.Errorf("%s: %q, want %q", name, got, c.field)
		}
	}
}

func TestC06_AmountsInFiguresAndCapitals(t *testing.T) {
	for fen, want := range map[int64]string{2200_00: "人民币贰仟贰佰元整", 10_00: "人民币壹拾元整", 1_0050_00: "人民币壹万零伍拾元整", 100_00: "人民币壹佰元整", 7400_50: "人民币柒仟肆佰元伍角整",
		1_0000_0001_00: "人民币壹亿零壹元整", 5: "人民币伍分", 12_05: "人民币壹拾贰元零伍分", 30_0000_00: "人民币叁拾万元整", 1005_0300_00: "人民币壹仟零伍万零叁佰元整", 0: "人民币零元整"} {
		if got := request.Capitals(fen); got != want {
			t.Errorf("%d: %s, want %s", fen, got, want)
		}
	}
	for s, want := range map[string]int64{"2200": 2200_00, "12.5": 12_50, "1,000元": 1000_00, "0.05": 5} {
		if got, err := request.ParseYuan("缴费金额", s); err != nil || got != want {
			t.Errorf("%q: %d %v", s, got, err)
		}
	}
	for _, s := range []string{"", "-5", "1.234", "1.", ".5", "一百", "99999999", "1e3"} {
		if _, err := request.ParseYuan("缴费金额", s); fault.FieldOf(err) != "缴费金额" {
			t.Errorf("%q: %v", s, err)
		}
	}
}

func FuzzParseYuan(f *testing.F) {
	for _, s := range []string{"2200", "12.50", "1,000元", "0.5", "x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fen, err := request.ParseYuan("缴费金额", s)
		if err != nil {
			return
		}
		if again, err := request.ParseYuan("缴费金额", request.Yuan(fen)); err != nil || again != fen {
			t.Errorf("%q is %d, written %s, read %d: %v", s, fen, request.Yuan(fen), again, err)
		}
	})
}

// many hands in so many requests of one applicant; the last one is confirmed.
func (d *desk) many(n int) (last int64) {
	d.t.Helper()
	for range n {
		last = d.submit(nil).Case
	}
	d.must(last, "clerk", request.ActConfirm, &request.ConfirmForm{})
	return last
}

func notice(items int) *request.FeeNoticeForm {
	return &request.FeeNoticeForm{Method: request.ByItems, Items: items, Reason: "一个月内申请数量明显超过合理范围", HowToPay: "到市教育局财务室缴款"}
}

func (d *desk) fee(id int64) request.Fee {
	d.t.Helper()
	c, err := d.kernel.Case(ctx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	q, err := d.kernel.Data(ctx, d.db.Reader(), c)
	if err != nil {
		d.t.Fatal(err)
	}
	return q.(*request.Request).Fee
}

func TestC01_AFeeNeedsAReasonAndACountAboveTheFreeOnes(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		id := d.many(10)
		if err := d.do(id, "clerk", request.ActFeeNotice, notice(1)); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "答复设置") {
			t.Fatalf("a notice without number and signature: %v", err)
		}
		d.setProfile()
		if f := d.fee(id); f.Asked != 10 || f.Before != 9 || f.Month != "2026-01" {
			t.Fatalf("%+v", f)
		}
		for field, change := range map[string]func(*request.FeeNoticeForm){
			"理由": func(f *request.FeeNoticeForm) { f.Reason = "" }, "缴费方式": func(f *request.FeeNoticeForm) { f.HowToPay = "" }, "件数": func(*request.FeeNoticeForm) {}, // the tenth is free
			"收费方式": func(f *request.FeeNoticeForm) { f.Pages = 40 }, // C-02: both
			"页数":   func(f *request.FeeNoticeForm) { f.Method, f.Items, f.Pages = request.ByPages, 0, 30 },
		} {
			f := notice(1)
			change(f)
			if err := d.do(id, "clerk", request.ActFeeNotice, f); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if err := d.do(id, "clerk", request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: "规划", Outcome: request.NoFee}}}}); fault.FieldOf(err) != "答复结果" {
			t.Errorf("unpaid without a notice (B-29): %v", err)
		}
	})
}

func TestC03_ItemsOfAMonthAddUpOverRequests(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		first := d.many(11)
		withdrawn := d.submit(nil).Case
		second := d.many(1)
		d.must(first, "clerk", request.ActFeeNotice, notice(3)) // 11 to 13
		d.must(withdrawn, "clerk", request.ActWithdraw, &request.NoteForm{Text: "申请人来函撤回"})
		d.must(second, "clerk", request.ActFeeNotice, notice(20)) // 14 to 33
		if a, b := d.fee(first).Notice, d.fee(second).Notice; a.Before != 10 || a.Amount != 300_00 || b.Before != 13 || b.Amount != 17*100_00+3*200_00 || a.Amount+b.Amount != request.FeeByItem(33) {
			t.Errorf("%+v %+v", a, b)
		}
		d.now = time.Date(2026, 2, 2, 2, 0, 0, 0, time.UTC)
		if f := d.fee(d.many(1)); f.Before != 0 || f.Asked != 1 {
			t.Errorf("the next month began with %+v", f)
		}
	})
}

func TestC03_TwoNoticesAtOnceNeverCountTheSameItems(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		d.many(10)
		ids := []int64{d.many(1), d.many(1), d.many(1), d.many(1)}
		var wg sync.WaitGroup
		errs := make([]error, len(ids))
		for i, id := range ids {
			wg.Go(func() { errs[i] = d.do(id, "clerk", request.ActFeeNotice, notice(5)) })
		}
		wg.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Fatal(err)
		}
		var counted int
		if err := db.Reader().QueryRowContext(ctx, `SELECT items FROM request_fee_months`).Scan(&counted); err != nil || counted != 20 {
			t.Errorf("%d items counted, %v", counted, err)
		}
		var sum int64
		for _, id := range ids {
			sum += d.fee(id).Notice.Amount
		}
		if sum > request.FeeByItem(30) { // never more than the whole month costs
			t.Errorf("charged %s yuan", request.Yuan(sum))
		}
	})
}

func TestC08_PaymentInFullRestartsTheClock(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		id := d.many(31)
		before := len(d.letters(id))
		d.must(id, "clerk", request.ActFeeNotice, notice(1)) // the 31st: 200 yuan
		if due := d.due(id); due != "" {
			t.Fatalf("the clock runs to %s while the fee is out", due)
		}
		l := d.letters(id)[before]
		for _, want := range []string{"应缴200元（大写：人民币贰佰元整）", "2026年1月此前已向本机关申请30件，本件计1件", "第四十二条", "国办函〔2020〕109号", "30日内缴清", "财务室", "31至40件每件200元", "清教公开〔2026〕1号"} {
			if !strings.Contains(l.Body, want) {
				t.Errorf("C-06: the notice lacks %q:\n%s", want, l.Body)
			}
		}
		on := func(s string) workday.Date { return workday.MustDate(s) }
		pay := func(yuan int64, day, receipt string, part bool) error {
			return d.do(id, "clerk", request.ActFeePaid, &request.FeePaidForm{Amount: yuan * 100, On: on(day), Receipt: receipt, Part: part})
		}
		if err := pay(200, "2026-01-30", "0001", false); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "还没有送达") {
			t.Fatalf("paid before the notice: %v", err)
		}
		if err := d.do(id, "clerk", request.ActFeeServed, &request.FeeServedForm{How: "online", On: on("2026-01-30")}); fault.FieldOf(err) != "送达方式" {
			t.Fatalf("served over the net without consent: %v", err)
		}
		d.now = time.Date(2026, 2, 10, 2, 0, 0, 0, time.UTC)
		d.must(id, "clerk", request.ActFeeServed, &request.FeeServedForm{How: "post", On: on("2026-02-02"), Proof: "EMS1"})
		if last := d.fee(id).Notice.LastDay(); last != on("2026-03-04") {
			t.Fatalf("C-07: to be paid by %s", last)
		}
		for field, f := range map[string]func() error{
			"缴费金额": func() error { return pay(250, "2026-02-03", "0001", false) },
			"缴费日期": func() error { return pay(200, "2026-02-01", "0001", false) },
		} {
			if err := f(); fault.FieldOf(err) != field {
				t.Errorf("%s: %v", field, err)
			}
		}
		if err := pay(150, "2026-02-03", "0001", false); !strings.Contains(fault.Text(err), "少了 50 元") {
			t.Errorf("the difference is not named: %v", err)
		}
		if err := pay(250, "2026-02-03", "0001", true); !strings.Contains(fault.Text(err), "多了 50 元") {
			t.Errorf("the difference is not named: %v", err)
		}
		if err := pay(150, "2026-02-03", "0001", true); err != nil || d.due(id) != "" {
			t.Fatalf("a part restarted the clock: %v", err)
		}
		if err := pay(50, "2026-02-06", "0002", false); err != nil {
			t.Fatal(err)
		}
		if due := d.due(id); due != "2026-03-12" { // 20 working days from 6 February: 14 and 28 February work, 15 to 23 rest
			t.Fatalf("due %s", due)
		}
		if err := d.do(id, "clerk", request.ActFeeNotice, &request.FeeNoticeForm{Method: request.ByPages, Pages: 40, Reason: "页多", HowToPay: "财务室"}); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "C-02") {
			t.Fatalf("the other method after the first: %v", err)
		}
	})
}

func TestC07_UnpaidEndsOnlyAfterTheThirtyDays(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		id := d.many(11)
		d.must(id, "clerk", request.ActFeeNotice, notice(1))
		d.must(id, "clerk", request.ActFeeServed, &request.FeeServedForm{How: "counter", On: workday.DateOf(d.now), Proof: "签收单1"})
		d.now = time.Date(2026, 3, 2, 15, 59, 0, 0, time.UTC) // 30 days end on Sunday 1 March, so on Monday at 24:00
		if err := d.do(id, "clerk", request.ActFeeLapse, nil); fault.KindOf(err) != fault.Forbidden || !strings.Contains(fault.Text(err), "2026年3月2日") {
			t.Fatalf("closed on the last day: %v", err)
		}
		d.now = d.now.Add(time.Minute)
		if err := d.do(id, "clerk", request.ActFeePaid, &request.FeePaidForm{Amount: 100_00, On: workday.DateOf(d.now), Receipt: "9"}); fault.FieldOf(err) != "缴费日期" {
			t.Fatalf("paid late: %v", err)
		}
		if err := d.do(id, "disclosure_officer", request.ActFeeWaive, &request.NoteForm{Text: "免"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("waived after the end: %v", err)
		}
		d.must(id, "clerk", request.ActFeeLapse, nil)
		d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
		d.must(id, "signer", request.ActSign, &request.NoteForm{})
		c, err := d.kernel.Case(ctx, id)
		if err != nil || c.State != request.Answered {
			t.Fatalf("%v %v", c, err)
		}
	})
}

func TestC04_PagesAreChargedOnlyForWhatIsHandedOver(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		pages := func(way string, points bool) error {
			id := d.submit(func(a *request.Application) { a.Way = way }).Case
			d.must(id, "clerk", request.ActConfirm, &request.ConfirmForm{})
			f := notice(0)
			f.Method, f.Pages, f.Points = request.ByPages, 40, points
			return d.do(id, "clerk", request.ActFeeNotice, f)
		}
		for name, c := range map[string]struct {
			way    string
			points bool
		}{"what is public already": {"paper", true}, "read at the office": {"inspect", false}} {
			if err := pages(c.way, c.points); fault.FieldOf(err) != "收费方式" || !strings.Contains(fault.Text(err), "C-04") {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, way := range []string{"paper", "electronic"} {
			if err := pages(way, false); err != nil {
				t.Errorf("%s: %v", way, err)
			}
		}
	})
}

// The notice of a fee offers no way to contest it; the ending of what was not
// paid does.
func TestC09_OnlyTheEndingOfAnUnpaidRequestCanBeContested(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		id := d.many(11)
		d.must(id, "clerk", request.ActFeeNotice, notice(1))
		d.must(id, "clerk", request.ActFeeServed, &request.FeeServedForm{How: "counter", On: d.today(), Proof: "签收单1"})
		d.now = d.now.AddDate(0, 0, 60)
		d.must(id, "clerk", request.ActFeeLapse, nil)
		d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
		d.must(id, "signer", request.ActSign, &request.NoteForm{})
		bodies := map[string]string{}
		for _, l := range d.letters(id) {
			bodies[l.Kind] = l.Body
		}
		if fee := bodies[request.LetterFee]; fee == "" || strings.Contains(fee, "复议") || strings.Contains(fee, "诉讼") {
			t.Errorf("the notice:\n%s", fee)
		}
		if end := bodies[request.LetterAnswer]; !strings.Contains(end, "视为放弃申请") || !strings.Contains(end, "行政复议") || !strings.Contains(end, "6个月内") {
			t.Errorf("the ending:\n%s", end)
		}
	})
}

func TestC10_EveryPaymentHasAFiscalReceiptOfItsOwn(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		var ids []int64
		for range 2 {
			id := d.many(31 - 30*len(ids)) // the 31st and the 32nd of the month: 200 yuan each
			d.must(id, "clerk", request.ActFeeNotice, notice(1))
			d.must(id, "clerk", request.ActFeeServed, &request.FeeServedForm{How: "counter", On: d.today(), Proof: "签收单"})
			ids = append(ids, id)
		}
		pay := func(id, yuan int64, receipt string, part bool) error {
			return d.do(id, "clerk", request.ActFeePaid, &request.FeePaidForm{Amount: yuan * 100, On: d.today(), Receipt: receipt, Part: part})
		}
		for name, receipt := range map[string]string{"none": "", "blank": " "} {
			if err := pay(ids[0], 200, receipt, false); fault.FieldOf(err) != "财政票据号" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := pay(ids[0], 150, "0001", true); err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{"the rest": pay(ids[0], 50, "0001", false), "another request": pay(ids[1], 200, "0001", false)} {
			if fault.FieldOf(err) != "财政票据号" {
				t.Errorf("a receipt twice, %s: %v", name, err)
			}
		}
		if n := d.fee(ids[0]).Notice; n.Paid != 150_00 || len(n.Payments) != 1 {
			t.Errorf("a refused payment was kept: %+v", n)
		}
		if err := pay(ids[0], 50, "0002", false); err != nil {
			t.Error(err)
		}
		if err := pay(ids[1], 200, "0003", false); err != nil {
			t.Error(err)
		}
	})
}

// Nothing is charged but by a notice of section C: no payment without one, no
// notice within what is free, and no other letter asks for money.
func TestA102_NothingIsChargedButByAFeeNotice(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		id := d.submit(nil).Case
		d.must(id, "clerk", request.ActConfirm, &request.ConfirmForm{})
		if err := d.do(id, "clerk", request.ActFeePaid, &request.FeePaidForm{Amount: 100, On: d.today(), Receipt: "1"}); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("money was taken without a notice: %v", err)
		}
		for field, f := range map[string]*request.FeeNoticeForm{"件数": notice(1), "页数": {Method: request.ByPages, Pages: 30, Reason: "页多", HowToPay: "财务室"}} {
			if err := d.do(id, "clerk", request.ActFeeNotice, f); fault.FieldOf(err) != field {
				t.Errorf("%s: charged for what is free: %v", field, err)
			}
		}
		d.must(id, "clerk", request.ActDecide, &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: "规划", Outcome: request.Grant, Content: "规划文本一份"}}}})
		d.must(id, "legality_reviewer", request.ActPass, &request.NoteForm{})
		d.must(id, "signer", request.ActSign, &request.NoteForm{})
		for _, l := range d.letters(id) {
			if strings.Contains(l.Body, "费") || strings.Contains(l.Body, "元") {
				t.Errorf("%s asks for money:\n%s", l.Kind, l.Body)
			}
		}
		if f := d.fee(id); f.Notice != nil {
			t.Errorf("%+v", f.Notice)
		}
	})
	asks := func(text string) bool { return strings.Contains(text, "缴") || strings.Contains(text, "收费") }
	for _, tpl := range request.Templates {
		text := ""
		for _, p := range tpl.Paras {
			text += p.Text
		}
		if asks(text) != (tpl.ID == request.LetterFee) {
			t.Errorf("%s: asks for money: %v", tpl.ID, asks(text))
		}
	}
	for _, o := range request.Outcomes {
		if asks(o.Says) != (o.Code == request.NoFee) {
			t.Errorf("%s: speaks of paying: %v", o.Code, asks(o.Says))
		}
	}
}

func TestC08_AWaivedFeeLetsTheClockRunAgain(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		d := open(t, db)
		d.setProfile()
		id := d.many(11)
		d.must(id, "clerk", request.ActFeeNotice, notice(1))
		if err := d.do(id, "clerk", request.ActFeeWaive, &request.NoteForm{Text: "算错了"}); fault.KindOf(err) != fault.Forbidden {
			t.Fatalf("a clerk waived: %v", err)
		}
		if err := d.do(id, "disclosure_officer", request.ActFeeWaive, &request.NoteForm{}); fault.FieldOf(err) != "原因" {
			t.Fatalf("waived without a reason: %v", err)
		}
		d.must(id, "disclosure_officer", request.ActFeeWaive, &request.NoteForm{Text: "申请人生活困难"})
		if n := d.fee(id).Notice; n.Settled != request.FeeSettledWaived || n.Open() != 0 || d.due(id) == "" {
			t.Errorf("%+v", n)
		}
		other := d.many(1)
		if f := d.fee(other); f.Before != 11 {
			t.Errorf("%+v", f)
		}
	})
}

func (d *desk) letters(id int64) []request.Letter {
	d.t.Helper()
	c, err := d.kernel.Case(ctx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	q, err := d.kernel.Data(ctx, d.db.Reader(), c)
	if err != nil {
		d.t.Fatal(err)
	}
	return q.(*request.Request).Letters
}
