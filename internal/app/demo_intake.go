package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/request"
)

// seedReceiving enters what happens around a receipt: a letter with its scans
// that asks for two things and is split, the same matter asked by several
// people and by one of them twice, an answer in the post, and an old register
// that was taken over with its losses. Nobody in it exists.
func (a *App) seedReceiving(ctx context.Context, organ int64, clerk access.Actor, signers []access.Actor) error {
	scan, err := blankScan()
	if err != nil {
		return err
	}
	submit := func(key, content, who, delivery string, days int, door request.Via, with ...request.Enclosure) (int64, error) {
		rc, err := a.Requests.Submit(ctx, request.Application{Organ: organ, Channel: clock.PostSigned, On: a.Today().AddDays(-days), Content: content, Way: "paper", Delivery: delivery, Informed: true, FilledBy: clerk.Login,
			Token: "demo-receiving-" + key, Actor: clerk, Enclosed: with, Door: &request.Door{Via: door},
			Applicant: request.Applicant{Kind: request.Natural, Name: "演示申请人" + who, Proof: "演示证件" + who, Phone: "演示电话", Address: "演示地址"}})
		if err != nil {
			return 0, err
		}
		_, err = a.Cases.Apply(ctx, casework.Do{Case: rc.Case, Action: request.ActConfirm, Actor: clerk, Form: &request.ConfirmForm{}})
		return rc.Case, err
	}
	two, err := submit("split", "1. 2025年中小学校舍安全检查报告\n2. 2025年校车服务采购合同", "乙", "post", 5, request.ViaSigned,
		request.Enclosure{Role: "form", Data: scan}, request.Enclosure{Role: "envelope", Data: scan}, request.Enclosure{Role: "proof", Data: scan})
	if err != nil {
		return err
	}
	if _, err := a.Cases.Apply(ctx, casework.Do{Case: two, Action: request.ActSplit, Actor: clerk, Form: &request.SplitForm{Matters: []string{"2025年中小学校舍安全检查报告", "2025年校车服务采购合同"}}}); err != nil {
		return err
	}
	for i, x := range []struct{ content, who string }{{"2025年秋季小学学区划分方案及示意图", "丙"}, {"2025年秋季小学学区划分方案和示意图", "丁"}, {"2025年秋季小学学区划分方案", "戊"}, {"2025年秋季小学学区划分方案", "戊"}} {
		if _, err := submit(fmt.Sprintf("like-%d", i), x.content, x.who, "counter", 8-i, request.ViaSigned); err != nil {
			return err
		}
	}
	posted, err := submit("posted", "2025年教师招聘考试成绩复核规定", "己", "post", 14, request.ViaSigned)
	if err != nil {
		return err
	}
	steps := []casework.Do{
		{Action: request.ActDecide, Actor: clerk, Form: &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: "2025年教师招聘考试成绩复核规定", Outcome: request.Grant, Content: "复核规定一份，共3页"}}}}},
		{Action: request.ActPass, Actor: signers[0], Form: &request.NoteForm{}}, {Action: request.ActSign, Actor: signers[1], Form: &request.NoteForm{}},
		{Action: request.ActServe, Actor: clerk, Form: &request.ServeForm{How: request.ServePost, On: a.Today(), Proof: "EE123456785CN"}}}
	for _, d := range steps {
		d.Case = posted
		if _, err := a.Cases.Apply(ctx, d); err != nil {
			return err
		}
	}
	return a.seedOldRegister(ctx, organ, clerk)
}

// seedOldRegister takes over a register as offices keep them: a title, merged
// cells, dates as words, lines that say too little.
func (a *App) seedOldRegister(ctx context.Context, organ int64, clerk access.Actor) (err error) {
	year := a.Today().Year - 2
	x := excelize.NewFile()
	defer func() { err = errors.Join(err, x.Close()) }()
	for i, row := range [][]any{
		{fmt.Sprintf("%d年依申请公开登记台账（演示）", year)},
		{"序号", "受理时间", "申请人姓名", "申请公开的内容", "申请方式", "答复情况", "答复日期", "经办人"},
		{1, fmt.Sprintf("%d.3.7", year), "演示旧申请人1", "义务教育阶段学校布局规划", "现场", "予以公开", fmt.Sprintf("%d年3月20日", year), "老同志"},
		{2, nil, "演示旧申请人2", "学校食堂承包合同", "EMS", "信息不存在", fmt.Sprintf("%d.3.28", year), "老同志"},
		{3, fmt.Sprintf("%d-06-11", year), "", "民办幼儿园年检结论", "网上", "给了一部分", fmt.Sprintf("%d-07-02", year), ""},
		{4, "去年春天", "演示旧申请人4", "教师编制数", "来信", "", "", ""},
		{5, fmt.Sprintf("%d-09-01", year), "演示旧申请人5", "", "", "", "", ""},
		{"合计", nil, nil, "5件"},
	} {
		if err := x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			return err
		}
	}
	for _, m := range [][2]string{{"A1", "H1"}, {"B3", "B4"}} {
		if err := x.MergeCell("Sheet1", m[0], m[1]); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	if _, err := x.WriteTo(&b); err != nil {
		return err
	}
	i, err := a.Requests.NewImport(ctx, clerk, organ, request.OldTable, b.Bytes())
	if err != nil {
		return err
	}
	return a.Requests.RunTakeOver(ctx, clerk, i.ID)
}

// blankScan is a picture of an empty sheet: the demonstration shows no paper of
// anybody.
func blankScan() ([]byte, error) {
	page := image.NewGray(image.Rect(0, 0, 420, 594))
	for i := range page.Pix {
		page.Pix[i] = 0xf4
	}
	for y := 60; y < 540; y += 30 {
		for x := 50; x < 370; x++ {
			page.SetGray(x, y, color.Gray{Y: 0xc8})
		}
	}
	var b bytes.Buffer
	err := png.Encode(&b, page)
	return b.Bytes(), err
}
