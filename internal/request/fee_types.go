package request

import (
	"time"

	"gongkai/internal/casework"
	"gongkai/internal/workday"
)

// FeeMethod is how a fee is counted: one a request, never both (C-02).
type FeeMethod string

// The methods.
const (
	ByItems FeeMethod = "items" // 按件计收
	ByPages FeeMethod = "pages" // 按量计收
)

// Name is the method in Chinese.
func (m FeeMethod) Name() string {
	return map[FeeMethod]string{ByItems: "按件计收", ByPages: "按量计收"}[m]
}

// Unit is what the method counts, in Chinese.
func (m FeeMethod) Unit() string { return map[FeeMethod]string{ByItems: "件", ByPages: "页"}[m] }

// How the matter of a fee ended. The words stand in rows.
const (
	FeeSettledPaid   = "paid"
	FeeSettledWaived = "waived"
	FeeSettledLapsed = "lapsed"
)

// FeeDue is the state of a request that waits for a fee (A8.8).
const FeeDue casework.State = "fee_due"

// The actions about fees.
const (
	ActFeeNotice casework.Action = "fee_notice"
	ActFeeServed casework.Action = "fee_served"
	ActFeePaid   casework.Action = "fee_paid"
	ActFeeWaive  casework.Action = "fee_waived"
	ActFeeLapse  casework.Action = "fee_lapsed"
)

// Fee is what stands about the fee of a request (handbook C).
type Fee struct {
	Month  string     // the calendar month whose items count together, as 2026-11
	Asked  int        // items that the same applicant asked of the organ in it
	Before int        // of these, earlier than this request
	Prices FeeTable   // of the organ
	Notice *FeeNotice // nil while none was issued
}

// FeeNotice is the one fee notice of a request with what came of it. Amounts
// are in 分.
type FeeNotice struct {
	Method       FeeMethod
	Units        int
	Before       int // items earlier in the month, when it was issued
	Amount       int64
	Reason       string
	HowToPay     string
	Number       string
	IssuedOn     workday.Date
	DeliveredOn  workday.Date // zero until it reached the applicant
	DeliveredHow string
	Proof        string
	Due          time.Time // end of the 30 days (C-07); zero while none run
	Payments     []Payment
	Paid         int64
	Settled      string // FeeSettledPaid and so on, "" while it is open
	SettledOn    workday.Date
	Why          string // of a waiver
}

// Open is what is still to be paid, in 分.
func (n *FeeNotice) Open() int64 {
	if n.Settled != "" {
		return 0
	}
	return n.Amount - n.Paid
}

// LastDay is the last day on which it can be paid; zero while none runs.
func (n *FeeNotice) LastDay() workday.Date {
	if n.Due.IsZero() {
		return workday.Date{}
	}
	return workday.DateOf(n.Due.Add(-time.Second))
}

// Payment is one payment with its fiscal receipt (C-10).
type Payment struct {
	Amount  int64 // 分
	On      workday.Date
	Receipt string
	By      string // login
}

// FeeNoticeForm issues a fee notice.
type FeeNoticeForm struct {
	Method   FeeMethod
	Items    int  // of this request, for 按件计收
	Pages    int  // of this request, for 按量计收
	Points   bool // the answer will only point to what is public already (C-04)
	Reason   string
	HowToPay string
}

// FeeServedForm notes that the notice reached the applicant (C-07).
type FeeServedForm struct {
	How   string // as in ServeForm
	On    workday.Date
	Proof string
}

// FeePaidForm registers a payment.
type FeePaidForm struct {
	Amount  int64 // 分
	Part    bool  // a part payment: more is to come
	On      workday.Date
	Receipt string // number of the fiscal receipt (C-10)
}

// Yuan is the payment in yuan, in figures.
func (p Payment) Yuan() string { return Yuan(p.Amount) }

// Yuan is the whole fee in yuan, in figures.
func (n *FeeNotice) Yuan() string { return Yuan(n.Amount) }

// OpenYuan is what is still to be paid, in figures.
func (n *FeeNotice) OpenYuan() string { return Yuan(n.Open()) }
