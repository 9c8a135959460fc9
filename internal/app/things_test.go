package app_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/png"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/oversight"
	"gongkai/internal/release"
	"gongkai/internal/request"
)

// fill makes what the addresses of releases and requests name.
func (p *pressroom) fill(out *things) {
	p.t.Helper()
	ctx := context.Background()
	out.slip = p.sign("关于供水设施检修的通知", "各学校：\n一、检修两天。", 0)
	p.clock.pass(5 * time.Minute)
	if n, err := p.Releases.Sweep(ctx, slog.New(slog.DiscardHandler)); n != 1 || err != nil {
		p.t.Fatalf("%d texts went out: %v", n, err)
	}
	out.draft = p.begin("关于做好冬季供暖工作的通知", "各学校：\n一、按时供暖。", 0)
	blob, err := p.Files.Put(ctx, strings.NewReader("附件的内容"), 1<<20)
	p.must(err)
	file, err := p.Releases.AddFile(ctx, p.clerk, out.draft, release.File{Role: release.Attachment, Name: "附件.txt", SHA256: blob.SHA256, Size: blob.Size, MIME: blob.MIME})
	p.must(err)
	out.file = file.ID
	out.exception, err = p.Releases.AddException(ctx, p.clerk, release.Exception{Organ: p.organ, Rule: "WORD.test", Until: p.Today().AddMonths(2), Reason: "行业用语"})
	p.must(err)
	picture, err := p.Releases.AddFile(ctx, p.clerk, out.draft, release.File{Role: release.Picture, Name: "流程图.png", SHA256: blob.SHA256, Size: blob.Size, MIME: "image/png"})
	p.must(err)
	out.picture = picture.ID
	p.must(p.Releases.AddListed(ctx, p.clerk, release.Listed{Organ: p.organ, Matter: "人事任免讨论记录", Ground: "DENY_INTERNAL", Reason: "属于人事管理信息", From: p.Today(), Source: "办公会议纪要"}))
	listed, err := p.Releases.ListedOf(ctx, []int64{p.organ})
	p.must(err)
	out.listed = listed[0].ID
	receipt, err := p.Requests.Submit(ctx, request.Application{Organ: p.organ, Channel: "in_person", Content: "2025年义务教育学校布局规划", Way: "paper", Delivery: "post", Informed: true,
		Applicant: request.Applicant{Kind: request.Natural, Name: "甲乙丙", Proof: "11010519491231002X", Address: "清河市某路1号"}, FilledBy: p.clerk.Login, Actor: p.clerk, Token: "things"})
	p.must(err)
	out.request = receipt.Case
	closed, err := p.Requests.Submit(ctx, request.Application{Organ: p.organ, Channel: "in_person", Content: "2024年义务教育学校布局规划", Way: "paper", Delivery: "post", Informed: true,
		Applicant: request.Applicant{Kind: request.Natural, Name: "甲乙丙", Proof: "11010519491231002X", Address: "清河市某路1号"}, FilledBy: p.clerk.Login, Actor: p.clerk, Token: "closed"})
	p.must(err)
	out.closed = closed.Case
	_, err = p.Cases.Apply(ctx, casework.Do{Case: out.closed, Action: request.ActWithdraw, Actor: p.clerk, Form: &request.NoteForm{Text: "书面撤回"}})
	p.must(err)
	_, err = p.DB.Writer().ExecContext(ctx, `INSERT INTO request_examples (case_id, edition, title, facts, gist, folded, outcome, grounds, closed_year, login, at) VALUES ($1, 1, '食堂检查通报', '申请公开检查通报', '可以公开', '食堂检查通报', 'GRANT', '', 2026, 'officer', 1)`, out.closed)
	p.must(err)
	_, err = p.Cases.Apply(ctx, casework.Do{Case: out.request, Action: request.ActConfirm, Actor: p.clerk, Form: &request.ConfirmForm{}})
	p.must(err)
	_, err = p.Cases.Apply(ctx, casework.Do{Case: out.request, Action: request.ActConsult, Actor: p.clerk, Form: &request.ConsultForm{Who: "third_party", Name: "丁戊己公司", What: "合同单价"}})
	p.must(err)
	minutes, err := p.Files.Put(ctx, strings.NewReader("会商纪要"), 1<<20)
	p.must(err)
	out.council, err = p.Requests.RecordCouncil(ctx, p.clerk, request.Council{Organ: p.organ, HeldOn: p.Today(), People: "办公室", Matter: "是否公开", Conclusion: "公开", Numbers: []string{receipt.Number}, Minutes: request.Paper{SHA: minutes.SHA256, Name: "纪要.txt", MIME: minutes.MIME, Size: minutes.Size}})
	p.must(err)
	p.must(p.DB.Reader().QueryRowContext(ctx, `SELECT MIN(id) FROM request_letters WHERE case_id = $1`, out.request).Scan(&out.letter))
	p.must(p.Requests.AddLetterFile(ctx, p.clerk, out.request, out.letter, request.LetterScan, "回执.pdf", strings.NewReader("%PDF-1.4\n%%EOF\n")))
	var drawn bytes.Buffer
	p.must(png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 40, 30))))
	out.material, err = p.Requests.AddMaterial(ctx, p.clerk, out.request, request.NewMaterial{Name: "附图.png", Origin: "规划科"}, drawn.Bytes())
	p.must(err)
	p.must(p.Requests.Rule(ctx, p.clerk, out.request, out.material, request.RuleForm{Choice: request.GiveAll}))
	_, err = p.Requests.Build(ctx, p.clerk, out.request, out.material)
	p.must(err)
	p.must(p.Requests.AddScans(ctx, p.clerk, out.request, "form", 0, []io.Reader{strings.NewReader("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF")}))
	p.must(p.DB.Reader().QueryRowContext(ctx, `SELECT MIN(id) FROM request_files WHERE case_id = $1`, out.request).Scan(&out.scan))
	shared, err := p.Requests.AddMaterial(ctx, p.clerk, out.request, request.NewMaterial{Name: "来文.txt", Origin: "档案室"}, []byte("来文"))
	p.must(err)
	_, err = p.Cases.Apply(ctx, casework.Do{Case: out.request, Action: request.ActAskOrgan, Actor: p.clerk, Form: &request.AskOrganForm{Organ: "qh-gaj", Question: "正式件存在哪里", DueOn: p.Today().AddDays(3), Files: []int64{shared}}})
	p.must(err)
	p.must(p.DB.Reader().QueryRowContext(ctx, `SELECT MAX(case_id) FROM request_helps`).Scan(&out.help))
	p.must(p.Requests.AddScans(ctx, p.clerk, out.help, request.ScanHelp, 0, []io.Reader{strings.NewReader("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF")}))
	p.must(p.DB.Reader().QueryRowContext(ctx, `SELECT MAX(id) FROM request_files WHERE case_id = $1`, out.help).Scan(&out.helpFile))
	out.shared = shared
	p.must(p.Requests.AddScans(ctx, p.clerk, out.request, request.ScanCounsel, 1, []io.Reader{strings.NewReader("%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF")}))
	table, err := p.Requests.NewImport(ctx, p.clerk, p.organ, request.OldTable, oldRegister(p.t))
	p.must(err)
	out.table = table.ID
	p.fillMend(ctx, out)
	p.sample(out)
}

// fillMend makes a correction of one's own record with its letter.
func (p *pressroom) fillMend(ctx context.Context, out *things) {
	p.t.Helper()
	p.must(p.Requests.SetProfile(ctx, p.clerk, p.organ, request.Profile{Kind: request.Department, Name: "清河市教育局", Prefix: "清教公开", Own: request.Body{Name: "清河市人民政府", Address: "人民路1号"}, Court: request.Body{Name: "清河市河东区人民法院", Address: "法院路1号"}}))
	p.user("press-signer", "qh-jyj", access.Signer)
	var person int64
	p.must(p.DB.Reader().QueryRowContext(ctx, `SELECT id FROM people WHERE login = 'press-signer'`).Scan(&person))
	signer, err := access.ActorOf(ctx, p.DB.Reader(), person, p.Today())
	p.must(err)
	out.mend, err = p.Requests.OpenMend(ctx, p.clerk, request.MendForm{Organ: p.organ, Record: "学籍档案", Asked: "日期写错", Evidence: "户口簿", On: p.Today(), Informed: true,
		Applicant: request.Applicant{Kind: request.Natural, Name: "甲乙丙", Proof: "11010519491231002X", Phone: "13800000000"}})
	p.must(err)
	_, err = p.Cases.Apply(ctx, casework.Do{Case: out.mend, Action: request.ActMendDecide, Actor: p.clerk, Form: &request.MendDecideForm{Outcome: request.MendCorrected, Reason: "与户口簿不符"}})
	p.must(err)
	_, err = p.Cases.Apply(ctx, casework.Do{Case: out.mend, Action: request.ActMendSign, Actor: signer})
	p.must(err)
	p.must(p.DB.Reader().QueryRowContext(ctx, `SELECT MIN(id) FROM request_letters WHERE case_id = $1`, out.mend).Scan(&out.mendLetter))
}

// oldRegister is a register of one line, kept in Excel before.
func oldRegister(t testing.TB) []byte {
	t.Helper()
	return sheetOf(t, [][]any{{"编号", "收到日期", "申请内容", "答复日期"}, {"教公开申〔2024〕1", "2024-03-04", "学校名单", "2024-03-20"}})
}

// sheetOf is a workbook of rows.
func sheetOf(t testing.TB, rows [][]any) []byte {
	t.Helper()
	x := excelize.NewFile()
	for i, row := range rows {
		if err := x.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if _, err := x.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// sample draws a sample of an answer that is taken for served.
func (p *pressroom) sample(out *things) {
	p.t.Helper()
	ctx := context.Background()
	today := p.Today()
	_, err := p.DB.Writer().ExecContext(ctx, `UPDATE requests SET served_on = $2 WHERE case_id = $1`, out.request, today.String())
	p.must(err)
	eye := access.Actor{Login: "eye", Grants: []access.Grant{{Organ: p.organ, Role: access.Supervisor}}}
	out.sampling, err = p.Oversight.Draw(ctx, eye, oversight.Order{Organ: p.organ, From: today, To: today, Wanted: 1, MendBy: today.AddDays(30)})
	p.must(err)
	_, err = p.DB.Writer().ExecContext(ctx, `UPDATE requests SET served_on = '' WHERE case_id = $1`, out.request)
	p.must(err)
	p.must(p.DB.Reader().QueryRowContext(ctx, `SELECT MIN(id) FROM sampled_answers WHERE sampling_id = $1`, out.sampling).Scan(&out.sampled))
}
