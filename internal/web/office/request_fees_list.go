package office

import (
	"bytes"
	"fmt"
	"net/http"
	"reflect"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/request"
)

// The words of the pages about fees.
const (
	textFees        = "信息处理费"
	textFeePrices   = "信息处理费标准"
	textFeeCount    = "写明为什么明显超过合理范围。同一申请人这个月向本机关申请 %d 件，本件之前 %d 件。"
	textPricesSaved = "收费标准已保存，以后发出的收费通知按它计算。"
	textFeesOf      = "信息处理费 %s.xlsx"
)

var requestsCrumb = document.Crumb{Name: textRequests, Href: "/office/requests"}

func feeRoutes() []route {
	get := func(pattern, page string, act access.Act, h handler) route {
		return route{method: http.MethodGet, pattern: pattern, page: page, act: act, handler: h}
	}
	return []route{
		get("/office/requests/fees", textFees, access.HandleRequest, feesPage),
		get("/office/requests/fees.xlsx", "导出信息处理费", access.HandleRequest, feesSheet),
		get("/office/requests/fees/prices", textFeePrices, access.ApproveExtension, feePricesPage),
		{method: http.MethodPost, pattern: "/office/requests/fees/prices", page: textFeePrices, act: access.ApproveExtension, handler: saveFeePrices},
	}
}

// feesView is the list by which finance checks the money of a month.
type feesView struct {
	frame
	Month           string
	Rows            []feeRow
	Sum, Paid, Open string
	Export          string
	Wrong           string
	Prices          bool // may set prices
}

type feeRow struct {
	request.FeeRow
	OrganName, State               string
	AmountYuan, PaidYuan, OpenYuan string
}

// ownOrgans are the organs on which somebody may do an act, with all below.
func (o *Office) ownOrgans(c *call, act access.Act) ([]int64, error) {
	tree, err := o.access.Tree(c.ctx())
	if err != nil {
		return nil, err
	}
	return tree.Below(access.Holds(c.who.Actor, act)...), nil
}

// fees reads the list of the month in the address, the present one without.
func (o *Office) fees(c *call) (d *feesView, err error) {
	today := o.access.Today()
	d = &feesView{frame: o.frame(c, textFees, requestsCrumb), Month: shorten(queryValue(c.r, "month"), 20)}
	d.Prices, _ = access.Can(c.who.Actor, access.ApproveExtension, access.Thing{})
	if d.Month == "" {
		d.Month = fmt.Sprintf("%04d-%02d", today.Year, today.Month)
	}
	organs, err := o.ownOrgans(c, access.HandleRequest)
	if err != nil {
		return d, err
	}
	rows, err := o.deps.Requests.FeeNotices(c.ctx(), organs, d.Month)
	if err != nil {
		return d, err
	}
	names, err := o.organNames(c.ctx())
	if err != nil {
		return d, err
	}
	var sum, paid, open int64
	for _, x := range rows {
		sum, paid, open = sum+x.Amount, paid+x.FeeNotice.Paid, open+x.FeeNotice.Open()
		d.Rows = append(d.Rows, feeRow{x, names.name(x.Organ), settledNames[x.Settled], request.Yuan(x.Amount), request.Yuan(x.FeeNotice.Paid), request.Yuan(x.FeeNotice.Open())})
	}
	d.Sum, d.Paid, d.Open = request.Yuan(sum), request.Yuan(paid), request.Yuan(open)
	d.Export = "/office/requests/fees.xlsx?month=" + d.Month
	return d, nil
}

func feesPage(o *Office, c *call) (*answer, error) {
	d, err := o.fees(c)
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		d.Wrong = fault.Text(err)
		return o.page(c, "request_fees", statusFor(err), d)
	}
	return o.page(c, "request_fees", http.StatusOK, d)
}

func feesSheet(o *Office, c *call) (*answer, error) {
	d, err := o.fees(c)
	if err != nil {
		return nil, err
	}
	lines := [][]any{{"申请编号", "机构", "收费通知", "发出日期", "方式", "数量", "应缴（元）", "已缴（元）", "未缴（元）", "财政票据号", "状态"}}
	for _, r := range d.Rows {
		lines = append(lines, []any{r.Number, r.OrganName, r.FeeNotice.Number, r.IssuedOn.String(), r.Method.Name(), fmt.Sprintf("%d %s", r.Units, r.Method.Unit()),
			float64(r.Amount) / 100, float64(r.FeeNotice.Paid) / 100, float64(r.FeeNotice.Open()) / 100, r.Receipts(), r.State})
	}
	var sum, paid, open int64
	for _, r := range d.Rows {
		sum, paid, open = sum+r.Amount, paid+r.FeeNotice.Paid, open+r.FeeNotice.Open()
	}
	lines = append(lines, []any{"合计", "", "", "", "", "", float64(sum) / 100, float64(paid) / 100, float64(open) / 100, "", ""})
	return excelAnswer(fmt.Sprintf(textFeesOf, d.Month), func(b *bytes.Buffer) error { return writeLines(b, textFees, 20, lines) })
}

func feePricesPage(o *Office, c *call) (*answer, error) {
	return o.feePrices(c, queryValue(c.r, "organ"), http.StatusOK, nil)
}

func (o *Office) feePrices(c *call, code string, status int, wrong error) (*answer, error) {
	d := &formView{frame: o.frame(c, textFeePrices, requestsCrumb, document.Crumb{Name: textFees, Href: "/office/requests/fees"}), Heading: textFeePrices,
		Lead: "没有另设标准的机构按国家标准收费。地方或者本机关可以定得更低，不能更高。"}
	id, at, pick, err := o.setupOrgan(c, code)
	if err != nil {
		return nil, err
	}
	if len(pick) > 1 {
		d.Pick = pick
	}
	if id == 0 {
		if wrong != nil {
			d.Lead = fault.Text(wrong)
		}
		return o.page(c, "request_form", status, d)
	}
	law, err := o.deps.Requests.FeePrices(c.ctx(), id)
	if err != nil {
		return nil, err
	}
	own := "现在按国家标准收费"
	if !reflect.DeepEqual(law, request.NationalFees) {
		own = "现在按本机关的标准收费"
	}
	d.Facts = []applicantLine{{"机构", at.Name}, {"现行标准", own}}
	d.Form = form{ID: "prices", Action: "/office/requests/fees/prices", Token: d.Token, Submit: "保存", Hidden: []option{{Name: "organ", Value: at.Value}}, Fields: []field{
		{Name: "items", Label: "按件价格", Kind: "area", Required: true, Max: 500, Value: request.FormatFeeSteps(law.Items), Hint: "每行两个数：到第几件为止、每件多少元。最后一行可以写“以上”。"},
		{Name: "rise", Label: "超出后每 10 件提高", Kind: "text", Required: true, Max: 20, Value: request.Yuan(law.Rise), Hint: "元。超过最后一行的件数以后，每增加 10 件，每件提高多少。"},
		{Name: "pages", Label: "按页价格", Kind: "area", Required: true, Max: 500, Value: request.FormatFeeSteps(law.Pages), Hint: "每行两个数：到第几页为止、每页多少元。"},
		{Name: "basis", Label: "依据", Kind: "text", Required: true, Max: 200, Value: law.Basis, Hint: "收费通知引用的文件名称和文号。"}}}
	if wrong != nil {
		d.Form.fill(c.r)
		d.Form.blame(wrong)
	}
	return o.page(c, "request_form", status, d)
}

func saveFeePrices(o *Office, c *call) (*answer, error) {
	err := o.readFeePrices(c)
	if err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.feePrices(c, value(c.r, "organ"), statusFor(err), err)
	}
	return told(c, "/office/requests/fees/prices?organ="+value(c.r, "organ"), textPricesSaved), nil
}

func (o *Office) readFeePrices(c *call) (err error) {
	code := value(c.r, "organ")
	if code == "" {
		return fault.Field("office.readFeePrices", "机构", "“机构”：请选择。")
	}
	id, err := org.ByCode(c.ctx(), o.deps.DB.Reader(), code)
	if err != nil {
		return err
	}
	if err := o.may(c, access.ApproveExtension, id); err != nil {
		return err
	}
	t := request.FeeTable{Basis: strings.TrimSpace(value(c.r, "basis")), Every: request.NationalFees.Every}
	if t.Items, err = request.ParseFeeSteps("按件价格", longValue(c.r, "items")); err != nil {
		return err
	}
	if t.Pages, err = request.ParseFeeSteps("按页价格", longValue(c.r, "pages")); err != nil {
		return err
	}
	if t.Rise, err = request.ParseYuan("超出后每 10 件提高", value(c.r, "rise")); err != nil {
		return err
	}
	return o.deps.Requests.SetFeePrices(c.ctx(), c.actor(), id, t)
}
