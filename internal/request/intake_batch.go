package request

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// maxBatch bounds how many requests one table enters at once.
const maxBatch = 500

// batchHeadings are the columns of the table for many requests; they are named
// as the fields of the form, so that an error names the column.
var batchHeadings = []struct {
	name string
	must bool
	hint string
}{
	{"收到途径", true, "当面提交、邮寄（签收）、平常信函、传真、电子邮箱、其他系统转来"}, {"收到日期", true, "例如 2026-11-20"}, {"您想了解什么", true, "照申请抄写"},
	{"申请人类别", true, "公民、商业企业、科研机构、社会公益组织、法律服务机构、其他组织"}, {"姓名或者名称", true, ""}, {"身份证明", true, "证件号码；单位填统一社会信用代码。请把这一列设为文本"},
	{"法定代表人", false, "单位必填"}, {"联系人", false, "单位必填"}, {"联系方式", false, "电话；电话、邮箱、地址至少填一项"}, {"电子邮箱", false, ""}, {"地址", false, ""},
	{"获取方式", true, "电子文件、纸质、查阅、抄录"}, {"送达途径", true, "在本网站查看、电子邮箱、邮寄、当面领取、传真"}, {"同意电子送达", false, "是或者不填"}, {"来自哪个系统", false, "其他系统转来的必填"}, {"原系统编号", false, "其他系统转来的必填"},
	{"代为填写", false, "书写有困难由工作人员代填的写“是”"}, {"个人信息处理告知", true, "已经告知的写“是”"},
}

// WriteBatchTable writes the blank table for many requests.
func WriteBatchTable(w io.Writer) (err error) {
	x := excelize.NewFile()
	defer func() { err = errors.Join(err, x.Close()) }()
	if err := x.SetSheetName("Sheet1", "申请"); err != nil {
		return err
	}
	text, err := x.NewStyle(&excelize.Style{NumFmt: 49}) // text, so that long numbers keep their digits
	if err != nil {
		return err
	}
	if _, err := x.NewSheet("填写说明"); err != nil {
		return err
	}
	if err := x.SetSheetRow("填写说明", "A1", &[]any{"列", "是否必填", "怎样填写"}); err != nil {
		return err
	}
	for i, h := range batchHeadings {
		col := column(i)
		must := map[bool]string{true: "必填", false: ""}[h.must]
		if err := errors.Join(x.SetCellStr("申请", col+"1", h.name), x.SetColStyle("申请", col, text), x.SetColWidth("申请", col, col, 16),
			x.SetSheetRow("填写说明", fmt.Sprintf("A%d", i+2), &[]any{h.name, must, h.hint})); err != nil {
			return err
		}
	}
	_, err = x.WriteTo(w)
	return err
}

// batchColumns finds the known headings of the first line.
func batchColumns(g *Grid) map[string]int {
	out := map[string]int{}
	if len(g.Rows) == 0 {
		return out
	}
	for c := range g.Rows[0] {
		name := asideWords.ReplaceAllString(g.cell(0, c), "")
		if _, twice := out[name]; !twice && slices.ContainsFunc(batchHeadings, func(h struct {
			name string
			must bool
			hint string
		}) bool {
			return h.name == name
		}) {
			out[name] = c
		}
	}
	return out
}

// BatchFault is what keeps a row of a batch out: its row and column as Excel
// counts them.
type BatchFault struct {
	Row    int
	Column string
	Field  string
	Text   string
}

// BatchLine is a row that can be registered.
type BatchLine struct {
	Row      int
	Warnings []string
	app      Application
}

// Content is what the row asks for.
func (l BatchLine) Content() string { return l.app.Content }

// Batch reads the rows of a batch: those that can be registered, and every
// fault of the others.
func (i *Import) Batch(today workday.Date) (lines []BatchLine, faults []BatchFault) {
	columns := batchColumns(i.Grid)
	for _, h := range batchHeadings {
		if _, has := columns[h.name]; h.must && !has {
			faults = append(faults, BatchFault{Row: 1, Field: h.name, Text: "缺少这一列，请用空白表格填写。"})
		}
	}
	if len(faults) > 0 {
		return nil, faults
	}
	if i.Total > maxBatch {
		return nil, []BatchFault{{Row: 1, Text: fmt.Sprintf("一次最多 %d 件，这个文件有 %d 行。", maxBatch, i.Total)}}
	}
	for row := 1; row < len(i.Grid.Rows); row++ {
		if i.Grid.empty(row) {
			continue
		}
		a, bad := i.application(row, columns)
		if bad == nil {
			if a.On.IsZero() {
				bad = fault.Field("request.Batch", "收到日期", "“收到日期”：请填写。")
			} else {
				bad = a.check(today)
			}
		}
		if bad == nil && spoilt(a.Applicant.Proof) {
			bad = fault.Field("request.Batch", "身份证明", "“身份证明”：Excel 把号码存成了数字，后几位已经丢失，请把这一列设为文本后重新填写。")
		}
		if bad != nil {
			f := BatchFault{Row: row + 1, Field: fault.FieldOf(bad), Text: fault.Text(bad)}
			if c, ok := columns[f.Field]; ok {
				f.Column = column(c)
			}
			faults = append(faults, f)
			continue
		}
		lines = append(lines, BatchLine{Row: row + 1, Warnings: Warnings(a.Applicant), app: a})
	}
	return lines, faults
}

func (i *Import) application(row int, columns map[string]int) (a Application, err error) {
	at := func(name string) string {
		if c, ok := columns[name]; ok {
			return i.Grid.cell(row, c)
		}
		return ""
	}
	bad := func(field, format string, args ...any) error {
		return fault.Field("request.Batch", field, "“"+field+"”："+format, args...)
	}
	yes := func(name string) bool { s := at(name); return s == "是" || s == "1" || s == "已告知" }
	a = Application{Organ: i.Organ, Content: at("您想了解什么"), Electronic: yes("同意电子送达"), Informed: yes("个人信息处理告知"),
		Door:      &Door{System: at("来自哪个系统"), Number: at("原系统编号"), Oral: yes("代为填写"), Import: i.ID},
		Applicant: Applicant{Name: at("姓名或者名称"), Proof: at("身份证明"), Leader: at("法定代表人"), Contact: at("联系人"), Phone: at("联系方式"), Mail: at("电子邮箱"), Address: at("地址")}}
	for _, v := range Vias {
		if v.Name == at("收到途径") {
			a.Door.Via, a.Channel = v.Via, v.Channel
		}
	}
	if a.Door.Via == "" {
		return a, bad("收到途径", "“%s”不是收到途径，请照填写说明。", at("收到途径"))
	}
	for _, k := range ApplicantKinds {
		if k.Name == at("申请人类别") {
			a.Applicant.Kind = k.Kind
		}
	}
	if a.Applicant.Kind == "" {
		return a, bad("申请人类别", "“%s”不是申请人类别，请照填写说明。", at("申请人类别"))
	}
	code := func(list []struct{ Code, Name string }, name string) string {
		for _, x := range list {
			if x.Name == name {
				return x.Code
			}
		}
		return ""
	}
	a.Way, a.Delivery = code(Ways, at("获取方式")), code(Deliveries, at("送达途径"))
	if a.Way == "" {
		return a, bad("获取方式", "“%s”不是获取方式，请照填写说明。", at("获取方式"))
	}
	if a.Delivery == "" {
		return a, bad("送达途径", "“%s”不是送达途径，请照填写说明。", at("送达途径"))
	}
	if s := at("收到日期"); s != "" {
		on, ok := sheetDay(s)
		if !ok {
			return a, bad("收到日期", "“%s”不是日期，请写成 2026-11-20。", s)
		}
		a.On = on
	}
	return a, nil
}

// RunBatch registers every row of a batch, all of them or none. A batch that is
// already registered stays as it is.
func (r *Room) RunBatch(ctx context.Context, actor access.Actor, id int64) (err error) {
	defer fault.Wrap(&err, "request.RunBatch(%d)", id)
	i, err := r.Import(ctx, id)
	if err != nil || !i.Finished.IsZero() {
		return err
	}
	lines, faults := i.Batch(workday.DateOf(r.now()))
	if len(faults) > 0 || len(lines) == 0 {
		return fault.New(fault.Conflict, "request.RunBatch", "表里还有错误，一件也没有登记。请改好后重新上传。")
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `UPDATE request_imports SET started_at = $2, finished_at = $2, done = $3, taken = $3 WHERE id = $1 AND finished_at = 0`, id, r.now().UnixMicro(), len(lines))
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err // somebody was quicker
		}
		for _, l := range lines {
			a := l.app
			a.Actor, a.FilledBy = actor, actor.Login
			if _, _, err := casework.Open(ctx, r.kernel, tx, casework.Start{Kind: Kind, Organ: a.Organ, Title: "政府信息公开申请", Actor: actor}, func(ctx context.Context, t *turn) error {
				for _, f := range receiptFacts(a.Channel, a.On, workday.Date{}) {
					t.Fact(answerClock, f)
				}
				return r.insert(ctx, t, a, codeOf(rand.Text()))
			}); err != nil {
				return fmt.Errorf("row %d: %w", l.Row, err)
			}
		}
		return nil
	})
}
