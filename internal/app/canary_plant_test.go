package app_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/oversight"
	"gongkai/internal/request"
	"gongkai/internal/vault"
)

// planting is an office whose private fields hold known values.
type planting struct {
	*node
	values                 map[string]string // by what
	organ                  int64
	open, closed, moved    int64 // requests: being worked on, archived, transferred
	gone, left             int64 // withdrawn at the counter, and by the applicant
	mend, dispute, help    int64
	register, batch        int64 // tables
	council, sampling, one int64 // one is the sampled answer
	people                 map[string]access.Actor
	visitor                *browser
}

// actor is somebody who has an account.
func (n *node) actor(login string) access.Actor {
	n.t.Helper()
	var person int64
	n.must(n.DB.Reader().QueryRowContext(context.Background(), `SELECT id FROM people WHERE login = $1`, login).Scan(&person))
	a, err := access.ActorOf(context.Background(), n.DB.Reader(), person, n.Today())
	n.must(err)
	return a
}

func (p *planting) act(id int64, who string, action casework.Action, form any) {
	p.t.Helper()
	actor := p.people[who]
	if who == "applicant" {
		actor = casework.Applicant
	}
	if _, err := p.Cases.Apply(context.Background(), casework.Do{Case: id, Action: action, Actor: actor, Form: form}); err != nil {
		p.t.Fatalf("%s by %s: %v", action, who, err)
	}
}

// plant fills every private field by the acts that fill it, in the bureau of
// education; what people outside write comes over the web.
func (n *node) plant() *planting {
	n.t.Helper()
	ctx := context.Background()
	p := &planting{node: n, values: map[string]string{}, people: map[string]access.Actor{}, visitor: n.browser()}
	for _, s := range secrets {
		p.values[s.what] = s.value
	}
	x, err := n.Organs.Organ(ctx, "qh-jyj")
	n.must(err)
	p.organ = x.ID
	for who, login := range map[string]string{"clerk": "press", "lawyer": "demo-legality-reviewer", "signer": "demo-signer", "officer": "demo-disclosure-officer"} {
		p.people[who] = n.actor(login)
	}
	p.plantOpen()
	p.plantClosed()
	p.plantMoved()
	p.plantMend()
	p.plantTables()
	p.plantColleague()
	return p
}

// plantOpen is a request of a company that came to the counter.
func (p *planting) plantOpen() {
	ctx, v, clerk, today := context.Background(), p.values, p.people["clerk"], p.Today()
	rc, err := p.Requests.Submit(ctx, request.Application{Organ: p.organ, Channel: "in_person", Content: v["content"] + "之一", Way: "paper", Delivery: "post", Informed: true, FilledBy: clerk.Login, Actor: clerk, Token: "canary-open",
		Door:      &request.Door{Via: "system", System: "市民热线系统", Number: v["other system's number"]},
		Applicant: request.Applicant{Kind: request.Business, Name: v["company"], Proof: v["unit code"], Leader: v["representative"], Contact: v["contact person"], Phone: v["phone"], Mail: v["mail"], Address: v["address"]}})
	p.must(err)
	id := rc.Case
	p.open = id
	p.act(id, "clerk", request.ActConfirm, &request.ConfirmForm{})
	p.act(id, "clerk", request.ActNote, &request.NoteTextForm{Text: v["note"]})
	p.act(id, "clerk", request.ActContact, &request.ContactForm{How: "phone", Whom: "applicant", Body: v["contact record"]})
	p.act(id, "clerk", request.ActAskHelp, &request.HelpForm{Kind: request.NoteHelp, Unit: "基教科", Text: v["help asked"], DueOn: today.AddDays(3)})
	p.act(id, "clerk", request.ActHelpGiven, &request.HelpGivenForm{Note: p.request(id).Work.Notes[1].ID, Text: v["help answer"]})
	p.act(id, "applicant", request.ActMessage, &request.MessageForm{Text: v["message in"]})
	p.act(id, "clerk", request.ActTalk, &request.MessageForm{Text: v["message out"]})
	p.act(id, "clerk", request.ActAskReasons, &request.AskReasonsForm{Until: today.AddDays(7)})
	p.act(id, "clerk", request.ActReasons, &request.ReasonsForm{Reasons: v["reasons"], On: today, Verdict: request.Reasonable})
	p.act(id, "clerk", request.ActSearched, &request.SearchForm{SearchLine: request.SearchLine{Place: "档案室", Searcher: v["searcher"], Words: v["search words"], On: today, Result: "found", Note: v["search note"]}})
	p.act(id, "clerk", request.ActAskCounsel, &request.AskCounselForm{Kind: "counsel", Name: v["counsel"], Question: v["counsel's question"]})
	p.act(id, "clerk", request.ActCounsel, &request.CounselForm{View: "lawful", Opinion: v["counsel's opinion"], On: today})
	p.act(id, "clerk", request.ActAskExtension, &request.ExtendForm{Days: 5, Reason: v["why more time is asked for"]})
	p.act(id, "officer", request.ActReturnExtension, &request.NoteForm{Text: v["why no more time"]})
	p.act(id, "officer", request.ActExtend, &request.ExtendForm{Days: 5, Reason: v["reason of an extension"]})
	p.plantParty()
	minutes, err := p.Files.Put(ctx, strings.NewReader(v["minutes"]), 1<<20)
	p.must(err)
	p.council, err = p.Requests.RecordCouncil(ctx, clerk, request.Council{Organ: p.organ, HeldOn: today, People: v["council's people"], Matter: v["council's matter"], Conclusion: v["council's conclusion"], Numbers: []string{rc.Number},
		Minutes: request.Paper{SHA: minutes.SHA256, Name: v["name of the minutes"] + ".txt", MIME: minutes.MIME, Size: minutes.Size}})
	p.must(err)
	text := v["words of a document"] + "。" + v["redacted words"] + "。可以公开的一段。"
	f, err := p.Requests.AddMaterial(ctx, clerk, id, request.NewMaterial{Name: v["name of a document"] + ".txt", Origin: v["origin of a document"]}, []byte(text))
	p.must(err)
	p.must(p.Requests.Rule(ctx, clerk, id, f, request.RuleForm{Choice: request.GiveAll}))
	p.must(p.Requests.Mark(ctx, clerk, id, f, request.MarkForm{Words: v["redacted words"], Ground: "DENY_THIRD", Layer: v["name of a layer"], Reason: v["reason of a mark"]}))
	_, err = p.Requests.Build(ctx, clerk, id, f)
	p.must(err)
	p.must(p.Requests.AddScans(ctx, clerk, id, "form", 0, []io.Reader{scanOf(v["words of a scan"])}))
	p.must(p.Requests.AddScans(ctx, clerk, id, request.ScanCounsel, p.request(id).Work.Counsels[0].ID, []io.Reader{scanOf(v["words of a written opinion"])}))
	p.plantNeighbour()
	p.stamp(id)
	p.dispute, err = p.Requests.OpenDispute(ctx, clerk, request.DisputeForm{Organ: p.organ, Request: id, Kind: request.Reconsidered, Body: "清河市人民政府", Number: v["number of a dispute"], Received: today})
	p.must(err)
	p.act(p.dispute, "clerk", request.ActDisputeReply, &request.DisputeDayForm{On: today})
	p.act(p.dispute, "clerk", request.ActDisputeResult, &request.DisputeResultForm{Result: request.Upheld, On: today, Note: v["note of a dispute"]})
	p.act(id, "clerk", request.ActErase, &request.EraseForm{What: request.EraseAddress, Reason: v["reason of an erasure"]})
}

// scanOf is a scan in which words stand.
func scanOf(words string) io.Reader {
	return strings.NewReader("%PDF-1.4\n1 0 obj\n<<>>\nendobj\n% " + words + "\ntrailer\n<<>>\n%%EOF")
}

// plantNeighbour asks the police for help, and the police answer.
func (p *planting) plantNeighbour() {
	ctx, v := context.Background(), p.values
	shared, err := p.Requests.AddMaterial(ctx, p.people["clerk"], p.open, request.NewMaterial{Name: "来文.txt", Origin: "档案室"}, []byte(v["words for the neighbour"]))
	p.must(err)
	p.act(p.open, "clerk", request.ActAskOrgan, &request.AskOrganForm{Organ: "qh-gaj", Question: v["neighbour's question"], DueOn: p.Today().AddDays(3), Files: []int64{shared}})
	p.help = p.request(p.open).Work.Helps[0].Case
	p.user("neighbour", "qh-gaj", access.Clerk)
	p.people["neighbour"] = p.actor("neighbour")
	p.must(p.Requests.AddScans(ctx, p.people["neighbour"], p.help, request.ScanHelp, 0, []io.Reader{scanOf(v["words from the neighbour"])}))
	p.act(p.help, "neighbour", request.ActHelpAnswer, &request.HelpAnswerForm{Text: v["neighbour's answer"]})
}

// plantParty asks a third party, who answers over the web.
func (p *planting) plantParty() {
	v := p.values
	p.act(p.open, "clerk", request.ActConsult, &request.ConsultForm{Who: "third_party", Name: v["third party"], Contact: v["third party's contact"], Proof: v["third party's identity"], What: v["what the party is asked"]})
	who, err := p.Requests.RevealParty(context.Background(), p.people["clerk"], p.request(p.open), "third_party")
	p.must(err)
	v["third party's code"] = who.Code
	form := urlValues("code", who.Code, "second", "0CN3", "opinion", request.Refuses, "reason", v["third party's reason"], "act", "answer", "token", strings.Repeat("P", 26))
	for _, second := range []string{"0000", "0CN3"} { // wrong first: what was typed is not written down
		form.Set("second", second)
		if got := p.visitor.send(http.MethodPost, "/requests/opinion", form); second == "0CN3" && got.status != http.StatusOK {
			p.t.Fatalf("the opinion: %d %s", got.status, got.words())
		}
	}
	if n := p.count(`SELECT COUNT(*) FROM request_parties WHERE case_id = $1 AND reason_sealed <> ''`, p.open); n != 1 {
		p.t.Fatalf("%d opinions with a reason", n)
	}
}

func (p *planting) stamp(id int64) {
	v := p.values
	letter := p.request(id).Letters[0].ID
	p.must(p.Requests.AddLetterFile(context.Background(), p.people["clerk"], id, letter, request.LetterScan, v["name of a stamped file"]+".pdf", strings.NewReader("%PDF-1.4\n% "+v["words of a stamped file"]+"\n%%EOF\n")))
}

// plantClosed is a request that a person made at home and that went all the way
// to the archive.
func (p *planting) plantClosed() {
	ctx, v := context.Background(), p.values
	form := asking("token", strings.Repeat("R", 26), "content", v["content"], "name", v["name"], "proof", v["identity"], "phone", v["phone"], "mail", v["mail"], "address", v["address"], "how", "post")
	form.Del("informed") // first refused, which is written down nowhere
	if got := p.visitor.send(http.MethodPost, "/requests/new", form); got.status != http.StatusBadRequest {
		p.t.Fatalf("without the notice: %d", got.status)
	}
	form.Set("informed", "1")
	got := p.visitor.send(http.MethodPost, "/requests/new", form)
	m := codeOnPage.FindStringSubmatch(got.body)
	if m == nil {
		p.t.Fatalf("%d %s", got.status, got.words())
	}
	v["query code"] = m[1]
	var id int64
	p.must(p.DB.Reader().QueryRowContext(ctx, `SELECT MAX(case_id) FROM requests`).Scan(&id))
	p.closed = id
	p.act(id, "clerk", request.ActConfirm, &request.ConfirmForm{})
	p.act(id, "clerk", request.ActCorrect, &request.CorrectForm{Points: []string{v["points of a correction"]}})
	track := func(change ...string) {
		p.t.Helper()
		f := urlValues(append([]string{"code", m[1], "second", "0CNX", "token", fmt.Sprintf("%026d", len(change)+p.count(`SELECT COUNT(*) FROM case_events`))}, change...)...)
		if got := p.visitor.send(http.MethodPost, "/requests/track", f); got.status != http.StatusOK {
			p.t.Fatalf("%v: %d %s", change, got.status, got.words())
		}
	}
	track("act", "mend", "content", v["content"]+"之二")
	track("act", "message", "message", v["message in"])
	p.act(id, "clerk", request.ActFeeNotice, &request.FeeNoticeForm{Method: request.ByPages, Pages: 80, Reason: v["reason of a fee"], HowToPay: v["how to pay"]})
	p.act(id, "clerk", request.ActFeeServed, &request.FeeServedForm{How: "post", On: p.Today(), Proof: v["fee's proof of service"]})
	p.act(id, "clerk", request.ActFeePaid, &request.FeePaidForm{Amount: p.request(id).Fee.Notice.Amount, On: p.Today(), Receipt: v["fiscal receipt"]})
	decide := &request.DecideForm{Decision: request.Decision{Items: []request.Item{{What: v["matter of a decision"], Outcome: request.Grant, Content: "规划文本一份"}, {What: "讨论意见", Outcome: request.DenyProcess, Reason: v["reason of a decision"], Sort: request.Sorts[request.DenyProcess][0]}}}}
	p.act(id, "clerk", request.ActDecide, decide)
	p.act(id, "lawyer", casework.ActReturn, &request.NoteForm{Text: v["reason of a return"]})
	p.act(id, "clerk", request.ActDecide, decide)
	p.act(id, "lawyer", request.ActPass, &request.NoteForm{})
	p.act(id, "signer", request.ActSign, &request.NoteForm{})
	p.stamp(id)
	p.act(id, "clerk", request.ActServe, &request.ServeForm{How: "post", On: p.Today(), Proof: v["postal number"]})
	p.act(id, "clerk", request.ActFailed, &request.FailedForm{Reason: v["why the post came back"]})
	p.act(id, "clerk", request.ActServe, &request.ServeForm{How: "post", On: p.Today(), Proof: "EA770077009CN"})
	p.act(id, "clerk", request.ActSigned, &request.SignedForm{On: p.Today(), Proof: v["who signed for the post"]})
	track("act", "rate", "mark", "2", "word", v["rating word"])
	track("act", "suggest", "suggest", v["suggestion"])
	track("act", "letter", "letter", fmt.Sprint(p.request(id).Letters[0].ID))
	p.act(id, "clerk", request.ActArchive, nil)
	eye := access.Actor{Login: "eye", Grants: []access.Grant{{Organ: p.organ, Role: access.Supervisor}}}
	var err error
	p.sampling, err = p.Oversight.Draw(ctx, eye, oversight.Order{Organ: p.organ, From: p.Today(), To: p.Today(), Wanted: 1, MendBy: p.Today().AddDays(30)})
	p.must(err)
	p.must(p.DB.Reader().QueryRowContext(ctx, `SELECT id FROM sampled_answers WHERE sampling_id = $1 AND case_id = $2`, p.sampling, id).Scan(&p.one))
}

// plantMoved is a request that was transferred, and one that was taken back.
func (p *planting) plantMoved() {
	v := p.values
	for i, id := range []*int64{&p.moved, &p.gone, &p.left} {
		rc, err := p.Requests.Submit(context.Background(), request.Application{Organ: p.organ, Channel: "in_person", Content: v["content"] + "之三", Way: "paper", Delivery: "post", Informed: true, FilledBy: "press", Actor: p.people["clerk"], Token: fmt.Sprint("canary-moved", i),
			Applicant: request.Applicant{Kind: request.Natural, Name: v["name"], Proof: v["identity"], Phone: v["phone"], Address: v["address"]}})
		p.must(err)
		*id = rc.Case
		p.act(rc.Case, "clerk", request.ActConfirm, &request.ConfirmForm{})
	}
	p.act(p.moved, "clerk", request.ActTransfer, &request.TransferForm{Organ: "qh-zf", Reason: v["reason of a transfer"], Consent: v["consent to a transfer"]})
	p.act(p.gone, "clerk", request.ActWithdraw, &request.NoteForm{Text: v["words of a withdrawal"]})
	p.act(p.left, "applicant", request.ActTakeBack, &request.NoteForm{Text: v["applicant's withdrawal"]})
}

func (p *planting) plantMend() {
	ctx, v := context.Background(), p.values
	var err error
	p.mend, err = p.Requests.OpenMend(ctx, p.people["clerk"], request.MendForm{Organ: p.organ, Record: v["record to mend"], Asked: v["what is wrong"], Evidence: v["evidence"], On: p.Today(), Informed: true,
		Applicant: request.Applicant{Kind: request.Natural, Name: v["mender"], Proof: v["mender's identity"], Phone: v["mender's phone"]}})
	p.must(err)
	p.act(p.mend, "clerk", request.ActMendDecide, &request.MendDecideForm{Outcome: request.MendRefused, Reason: v["reason of a mending"]})
	p.act(p.mend, "signer", request.ActMendSign, nil)
}

// plantTables takes over an old register with a bad line, and a batch.
func (p *planting) plantTables() {
	ctx, v, clerk := context.Background(), p.values, p.people["clerk"]
	old, err := p.Requests.NewImport(ctx, clerk, p.organ, request.OldTable, sheetOf(p.t, [][]any{{"编号", "收到日期", "申请人姓名", "申请内容", "答复日期"},
		{"教公开申〔2024〕7", "2024-03-04", v["old register's applicant"], v["old register's content"], "2024-03-20"}, {"教公开申〔2024〕8", "去年春天", v["bad line's applicant"], "", ""}}))
	p.must(err)
	p.must(p.Requests.RunTakeOver(ctx, clerk, old.ID))
	p.register = old.ID
	batch, err := p.Requests.NewImport(ctx, clerk, p.organ, request.BatchTable, sheetOf(p.t, [][]any{{"收到途径", "收到日期", "您想了解什么", "申请人类别", "姓名或者名称", "身份证明", "法定代表人", "联系人", "联系方式", "获取方式", "送达途径", "个人信息处理告知"},
		{"当面提交", "2026-11-19", "规划文本", "公民", v["batch's applicant"], "11010519491231002X", "", "", v["batch's phone"], "纸质", "当面领取", "是"}}))
	p.must(err)
	p.must(p.Requests.RunBatch(ctx, clerk, batch.ID))
	p.batch = batch.ID
	if old, err = p.Requests.Import(ctx, old.ID); err != nil || old.Taken != 1 || old.Refused != 1 {
		p.t.Fatalf("%+v %v", old, err)
	}
}

// plantColleague gives a colleague a mail address and a second factor.
func (p *planting) plantColleague() {
	ctx := context.Background()
	p.user("target", "qh-jyj", access.Clerk)
	person := p.actor("target").Person
	_, err := p.DB.Writer().ExecContext(ctx, `INSERT INTO person_contacts (person_id, changed_at) VALUES ($1, 1)`, person)
	p.must(err)
	for what, at := range map[string][2]string{"colleague's mail": {"person_contacts", "mail"}, "colleague's new mail": {"person_contacts", "mail_new"}, "colleague's second factor": {"credentials", "totp_secret"}} {
		sealed, err := p.Vault.Seal(ctx, vault.Place{Table: at[0], Column: at[1], Row: person}, p.values[what])
		p.must(err)
		_, err = p.DB.Writer().ExecContext(ctx, `UPDATE `+at[0]+` SET `+at[1]+` = $2 WHERE person_id = $1`, person, sealed)
		p.must(err)
	}
	p.clock.pass(time.Second)
}

// request reads a request as the office sees it, without its sealed fields.
func (n *node) request(id int64) *request.Request {
	n.t.Helper()
	c, err := n.Cases.Case(context.Background(), id)
	n.must(err)
	d, err := n.Cases.Data(context.Background(), n.DB.Reader(), c)
	n.must(err)
	return d.(*request.Request)
}
