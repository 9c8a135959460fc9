package release

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/ground"
	"gongkai/internal/workday"
)

type turn = casework.Turn[*Slip]

// How a slip was signed.
const (
	SignedHere   = "system"
	SignedPaper  = "paper"
	SignedOffice = "office"
)

func checkSave(_ *casework.Case, s *Slip, form any, _ workday.Date) error {
	f := form.(*SaveForm)
	if f.Paper != nil {
		if f.Version != s.Version && !samePaper(*f.Paper, s.Paper) {
			return &fault.Error{Kind: fault.Conflict, Op: "release.checkSave", Text: "别人刚保存过这份文稿，请比较后合并。您写的内容还在，没有覆盖别人的。", Err: &Stale{Now: s.Paper}}
		}
		if err := f.Paper.check(); err != nil {
			return err
		}
	}
	if f.Decision != nil {
		d := *f.Decision
		if d.Attribute != "" && !slices.Contains(Attributes, d.Attribute) {
			return fault.Field("release.checkSave", "公开属性", "“公开属性”：没有“%s”这一种。", d.Attribute)
		}
		if _, ok := ground.Named(d.Ground); d.Attribute == Withheld && !ok {
			return fault.Field("release.checkSave", "法律依据", "“法律依据”：不予公开必须选明依据，没有依据不能保存（A-16）。")
		}
		for _, x := range []struct{ name, text string }{{"理由", d.Reason}, {"公开范围", d.Audience}} {
			if err := checkWords(x.name, x.text, false); err != nil {
				return err
			}
		}
	}
	return nil
}

func samePaper(a, b Paper) bool {
	x, errA := encode(a)
	y, errB := encode(b)
	return errA == nil && errB == nil && x == y
}

// save writes the parts of a draft that changed; an unchanged text makes no
// new version.
func (r *Room) save(ctx context.Context, t *turn) error {
	s, f := t.Data, t.Form.(*SaveForm)
	if f.Traits != nil {
		if f.Traits.SecretDoubt && !s.Traits.SecretDoubt {
			if err := neverHeldText(ctx, t.Tx, s.Case); err != nil {
				return err
			}
		}
		s.Traits = *f.Traits
	}
	if f.Paper != nil && s.Traits.SecretDoubt {
		f.Paper.Text = "" // 涉密不上网
	}
	if f.Paper != nil && !samePaper(*f.Paper, s.Paper) {
		s.Paper = *f.Paper
		s.Version++
		if err := saveVersion(ctx, t.Tx, s, t.Actor.Login, t.Now, f.Keep); err != nil {
			return err
		}
		t.Rename(s.Paper.title())
	}
	if f.Decision != nil {
		if err := checkFor(ctx, t.Tx, s.Organ, f.Decision.For); err != nil {
			return err
		}
		if err := checkListed(ctx, t.Tx, s, f.Decision.Listed, t.Today); err != nil {
			return err
		}
		s.decide(*f.Decision)
	}
	t.Record(map[string]int{"version": s.Version})
	return s.update(ctx, t.Tx)
}

// neverHeldText refuses to make a slip one without text when a version of it
// holds words, or a file other than a scan was ever hung on it: both would stay.
func neverHeldText(ctx context.Context, tx *sql.Tx, id int64) error {
	var files int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM release_files WHERE case_id = $1 AND role <> $2`, id, Scan).Scan(&files); err != nil {
		return err
	}
	list, err := versions(ctx, tx, id)
	if err != nil {
		return err
	}
	if files > 0 || slices.ContainsFunc(list, func(v Version) bool { return v.Paper.Text != "" }) {
		return fault.New(fault.Invalid, "release.neverHeldText", "录入过正文或者上传过文件的稿子不能改成“不录入正文”。请作废这张单，并联系系统管理员清除正文。")
	}
	return nil
}

func checkAnswer(_ *casework.Case, s *Slip, form any, _ workday.Date) error {
	f := form.(*FindingForm)
	i := slices.IndexFunc(s.Findings, func(x Finding) bool { return x.Mark == f.Mark })
	if i < 0 {
		return fault.New(fault.Conflict, "release.checkAnswer", "正文已经改过，这一处疑问不在了。请刷新页面。")
	}
	switch f.State {
	case Open:
		return nil
	case Dismissed:
		if s.Findings[i].Level == "block" && !(s.Traits.Personal != "" && strings.HasPrefix(s.Findings[i].Rule, "PII.")) {
			return fault.New(fault.Forbidden, "release.checkAnswer", "这一处必须改正，不能忽略。个人信息确需公开的，先在审签单上选明依据。")
		}
	case Signed:
		if s.Findings[i].Level != "unsure" {
			return fault.New(fault.Invalid, "release.checkAnswer", "只有打不开、查不了的内容才需要签字确认。")
		}
	default:
		return fault.New(fault.Invalid, "release.checkAnswer", "没有这种答复。")
	}
	return checkWords("理由", f.Reason, true)
}

func (r *Room) answer(ctx context.Context, t *turn) error {
	f := t.Form.(*FindingForm)
	t.Record(f)
	_, err := t.Tx.ExecContext(ctx, `UPDATE release_findings SET state = $3, said = $4, login = $5, at = $6 WHERE case_id = $1 AND mark = $2`,
		t.Case.ID, f.Mark, f.State, strings.TrimSpace(f.Reason), t.Actor.Login, t.Now.UnixMicro())
	return err
}

// submit opens a round of gates: those of every text, and those that this one
// needs. Nothing passes over from an earlier round, because the words changed.
func (r *Room) submit(ctx context.Context, t *turn) error {
	s := t.Data
	s.Round++
	s.Gates = nil
	for _, n := range s.needs() {
		g := Gate{Round: s.Round, Name: n, State: Waiting}
		if err := putGate(ctx, t.Tx, s.Case, g); err != nil {
			return err
		}
		s.Gates = append(s.Gates, g)
	}
	s.Failed = ""
	for _, x := range []struct {
		right access.Act
		need  bool
		organ int64
	}{{access.ReviewDraft, true, s.Organ}, {access.ReviewSecrecy, true, s.Organ}, {access.ReviewAttribute, !s.Public(), s.Organ}, {access.ReviewLegality, s.Traits.Normative, s.legalityOrgan()}} {
		if x.need {
			t.TellHolders("submitted", x.right, x.organ, undoTime)
		}
	}
	t.Record(map[string]int{"version": s.Version, "round": s.Round})
	return s.update(ctx, t.Tx)
}

// needs are the gates of a text: the five, and those that only some texts have.
func (s *Slip) needs() []GateName {
	need := slices.Clone(FiveGates)
	if !s.Public() {
		need = append(need, Unit)
	}
	if s.Traits.Normative {
		need = append(need, Legality)
	}
	if s.For != 0 {
		need = append(need, OwnSecrecy)
	}
	return need
}

// legalityOrgan is whose people do the legality review: for a government's
// document those of the government, whoever drafted it (F-25).
func (s *Slip) legalityOrgan() int64 {
	body := s.Body
	if s.For != 0 {
		body = s.ForBody
	}
	if body != nil && body.Legality != 0 {
		return body.Legality
	}
	return s.Owner()
}

func checkOpinion(_ *casework.Case, _ *Slip, form any, _ workday.Date) error {
	return checkWords("意见", form.(*OpinionForm).Opinion, false)
}

func checkSecrecy(gate GateName) func(*casework.Case, *Slip, any, workday.Date) error {
	return func(_ *casework.Case, s *Slip, form any, _ workday.Date) error {
		f := form.(*OpinionForm)
		if g, _ := s.Gate(gate); g.State == Referred && strings.TrimSpace(f.Answer) == "" {
			return fault.Field("release.checkSecrecy", "答复文号", "“答复文号”：已经报请确定，要写明有关主管部门或者保密行政管理部门的答复文号才能通过（A-22）。")
		}
		return checkWords("意见", f.Opinion, s.Traits.SecretDoubt)
	}
}

func checkLegality(_ *casework.Case, _ *Slip, form any, _ workday.Date) error {
	f := form.(*OpinionForm)
	if !slices.Contains([]string{Lawful, Unlawful, MustMend}, f.Outcome) {
		return fault.Field("release.checkLegality", "审核结论", "“审核结论”：请选合法、不合法或者应当予以修改（F-24）。")
	}
	return checkWords("意见", f.Opinion, true)
}

func needsReason(_ *casework.Case, _ *Slip, form any, _ workday.Date) error {
	return checkWords("原因", form.(*ReasonForm).Reason, true)
}

// pass passes the gates of one waiting step.
func (r *Room) pass(task string) func(context.Context, *turn) error {
	return func(ctx context.Context, t *turn) error {
		s, f := t.Data, t.Form.(*OpinionForm)
		state := Passed
		if task == taskLegality && f.Outcome != Lawful {
			state = Returned
		}
		opinion := strings.TrimSpace(f.Opinion)
		if f.Answer != "" {
			opinion = strings.TrimSpace("答复文号：" + strings.TrimSpace(f.Answer) + "。" + opinion)
		}
		last := true
		for i := range s.Gates {
			g := &s.Gates[i]
			if !slices.Contains(gatesOf[task], g.Name) {
				last = last && g.State == Passed
				continue
			}
			g.State, g.Reviewer, g.Login, g.At, g.Opinion, g.Outcome = state, t.Actor.Name, t.Actor.Login, t.Now, opinion, f.Outcome
			if err := putGate(ctx, t.Tx, s.Case, *g); err != nil {
				return err
			}
		}
		switch {
		case state == Returned:
			t.Tell("returned", s.Drafter, 0)
		case task == taskSecrecy && s.waits(taskOwn):
			t.TellHolders("submitted", access.ReviewSecrecy, s.For, 0)
		case last:
			t.TellHolders("to_sign", access.SignOff, s.Owner(), 0)
		}
		t.Record(f)
		return nil
	}
}

// refer notes that the reviewer asks who may decide; publishing is
// blocked until the reply stands on the slip.
func (r *Room) refer(task string) func(context.Context, *turn) error {
	return func(ctx context.Context, t *turn) error {
		f := t.Form.(*ReasonForm)
		g, _ := t.Data.Gate(gatesOf[task][0])
		g.State, g.Reviewer, g.Login, g.At, g.Opinion = Referred, t.Actor.Name, t.Actor.Login, t.Now, strings.TrimSpace(f.Reason)
		t.Record(f)
		t.Tell("returned", t.Data.Drafter, 0)
		return putGate(ctx, t.Tx, t.Case.ID, g)
	}
}

func (r *Room) sendBack(task string) func(context.Context, *turn) error {
	return func(ctx context.Context, t *turn) error {
		f := t.Form.(*ReasonForm)
		for _, g := range t.Data.Gates {
			if slices.Contains(gatesOf[task], g.Name) {
				g.State, g.Reviewer, g.Login, g.At, g.Opinion = Returned, t.Actor.Name, t.Actor.Login, t.Now, strings.TrimSpace(f.Reason)
				if err := putGate(ctx, t.Tx, t.Case.ID, g); err != nil {
					return err
				}
			}
		}
		t.CancelNotices()
		t.Tell("returned", t.Data.Drafter, 0)
		t.Record(f)
		return nil
	}
}

func (r *Room) checkSign(_ *casework.Case, _ *Slip, form any, today workday.Date) error {
	f := form.(*SignForm)
	if err := checkPlan(f.At, today, r.now()); err != nil {
		return err
	}
	return checkWords("意见", f.Opinion, false)
}

func (r *Room) checkUrgent(c *casework.Case, s *Slip, form any, today workday.Date) error {
	if err := checkWords("紧急情况", form.(*SignForm).Reason, true); err != nil {
		return err
	}
	return r.checkSign(c, s, form, today)
}

// sign sets the moment of release: the time asked for, else when the time for
// taking it back is over.
func (r *Room) sign(ctx context.Context, t *turn) error {
	f := t.Form.(*SignForm)
	t.Data.signed(t.Actor.Name, SignedHere, f.At, t.Now)
	t.Tell("signed", t.Data.Drafter, undoTime)
	t.Record(f)
	return t.Data.update(ctx, t.Tx)
}

func (s *Slip) signed(by, how string, at, now time.Time) {
	s.SignedBy, s.SignedHow, s.SignedAt, s.PlannedAt, s.Failed = by, how, now, at, ""
	s.ReleaseAt = now.Add(undoTime)
	if at.After(s.ReleaseAt) {
		s.ReleaseAt = at
	}
}

func (r *Room) signUrgent(ctx context.Context, t *turn) error {
	t.Data.Urgent = strings.TrimSpace(t.Form.(*SignForm).Reason)
	return r.sign(ctx, t)
}

// unsigned takes away all that a signature set. The reason of the emergency
// lane goes with it: a later signature is an ordinary one, with every gate.
func (s *Slip) unsigned() {
	s.SignedBy, s.SignedHow, s.Urgent = "", "", ""
	s.SignedAt, s.PlannedAt, s.ReleaseAt = time.Time{}, time.Time{}, time.Time{}
}

// unsign takes the signature back while the text is not out.
func (r *Room) unsign(ctx context.Context, t *turn) error {
	s := t.Data
	s.unsigned()
	t.CancelNotices()
	t.Record(t.Form)
	return s.update(ctx, t.Tx)
}

func (r *Room) recall(ctx context.Context, t *turn) error {
	s := t.Data
	s.unsigned()
	t.CancelNotices()
	for _, right := range []access.Act{access.ReviewDraft, access.ReviewSecrecy} {
		t.TellHolders("recalled", right, s.Organ, 0)
	}
	t.Record(t.Form)
	return s.update(ctx, t.Tx)
}

func (r *Room) drop(_ context.Context, t *turn) error {
	t.Record(t.Form)
	return nil
}

// checkPaper refuses a registration that could not stand for the gates: who
// signed, who reviewed, when, and the scan.
func (r *Room) checkPaper(_ *casework.Case, s *Slip, form any, today workday.Date) error {
	f := form.(*PaperForm)
	bad := func(field, format string, args ...any) error {
		return fault.Field("release.checkPaper", field, "“"+field+"”："+format, args...)
	}
	switch {
	case f.How != SignedPaper && f.How != SignedOffice:
		return bad("审签方式", "请选纸质审签单或者办公系统。")
	case strings.TrimSpace(f.Signer) == "":
		return bad("签发人", "请填写在审签单上签字的负责人。")
	case strings.TrimSpace(f.Reviewer) == "":
		return bad("保密审查人", "请填写做保密审查的人，先审查、后公开。")
	case strings.TrimSpace(f.Signer) == strings.TrimSpace(f.Reviewer):
		return bad("保密审查人", "签发人和保密审查人不能是同一个人。")
	case f.On.IsZero():
		return bad("签发日期", "请填写签发日期。")
	case f.On.After(today):
		return bad("签发日期", "%s 还没有到。", f.On.Chinese())
	case f.How == SignedOffice && strings.TrimSpace(f.Number) == "":
		return bad("办公系统流水号", "请填写办公系统里审签单的编号。")
	case f.How == SignedPaper && !s.has(Scan):
		return bad("审签单扫描件", "请上传签好字的审签单扫描件。")
	case s.Traits.Normative && strings.TrimSpace(f.Legality) == "":
		return bad("合法性审核意见书", "规范性文件要写明合法性审核意见书的编号（F-22）。")
	case s.Traits.Normative && s.Paper.RegistrationNo == "":
		return bad("统一编号", "规范性文件要统一登记、统一编号、统一公布（F-27）。")
	case s.Traits.Normative && s.Traits.Discussion == "":
		return bad("集体讨论", "规范性文件要经集体讨论决定，请写明会议和日期（F-26）。")
	}
	if reason := s.textless(); reason != "" {
		return fault.New(fault.Forbidden, "release.checkPaper", reason)
	}
	return checkPlan(f.At, today, r.now())
}

func (s *Slip) has(role string) bool {
	return slices.ContainsFunc(s.Files, func(f File) bool { return f.Role == role })
}

// otherPeople refuses a paper slip on which somebody signed or reviewed what
// they drafted here: the names on it are compared with those of the drafters.
func otherPeople(ctx context.Context, t *turn, f *PaperForm) error {
	for _, d := range t.Case.Done {
		if !slices.Contains(wrote, d.Action) {
			continue
		}
		var name string
		if err := t.Tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(name), '') FROM people WHERE login = $1`, d.Actor).Scan(&name); err != nil {
			return err
		}
		for _, x := range []struct{ field, name string }{{"签发人", f.Signer}, {"保密审查人", f.Reviewer}} {
			if strings.TrimSpace(x.name) == name && name != "" {
				return fault.Field("release.otherPeople", x.field, "“%s”：%s 起草或者修改过这份文稿，要由另一个人办理。", x.field, name)
			}
		}
	}
	return nil
}

// paper registers a sign-off that happened elsewhere: every gate carries the
// name that stands on the slip, marked as seen offline.
func (r *Room) paper(ctx context.Context, t *turn) error {
	s, f := t.Data, t.Form.(*PaperForm)
	if err := otherPeople(ctx, t, f); err != nil {
		return err
	}
	s.Round++
	for _, n := range s.needs() {
		g := Gate{Round: s.Round, Name: n, State: Passed, Reviewer: strings.TrimSpace(f.Signer), Login: t.Actor.Login, At: t.Now, Offline: true}
		switch n {
		case Secrecy, OwnSecrecy:
			g.Reviewer = strings.TrimSpace(f.Reviewer)
		case Legality:
			g.Outcome, g.Opinion = Lawful, "审核意见书："+strings.TrimSpace(f.Legality)
		}
		if f.Number != "" && g.Opinion == "" {
			g.Opinion = fmt.Sprintf("办公系统审签单 %s", strings.TrimSpace(f.Number))
		}
		if err := putGate(ctx, t.Tx, s.Case, g); err != nil {
			return err
		}
	}
	s.signed(strings.TrimSpace(f.Signer), f.How, f.At, t.Now)
	t.Record(f)
	return s.update(ctx, t.Tx)
}
