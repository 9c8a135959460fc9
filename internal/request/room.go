package request

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/clock"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/store"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

// Room runs the requests of one library.
type Room struct {
	db     *store.DB
	kernel *casework.Kernel
	vault  *vault.Vault
	now    func() time.Time
	papers MaterialDeps // see KeepMaterials

	written []chapter       // the table, see workflow
	files   filestore.Store // of scans, see KeepIn
	past    past            // what was asked and answered before, see Similar
	post    Postman         // nil: this node sends no mail to applicants
	sealer  Sealer          // nil: no letter is sealed electronically
	print   func(docfile.DocxContent) ([]byte, error)
}

// New builds the room and registers its workflow.
func New(db *store.DB, k *casework.Kernel, v *vault.Vault, now func() time.Time) *Room {
	r := &Room{db: db, kernel: k, vault: v, now: now}
	r.written = r.chapters()
	casework.Register(k, r.workflow())
	casework.Register(k, r.disputes())
	casework.Register(k, r.mending())
	casework.Register(k, r.helping())
	return r
}

// Application is what an applicant hands in, or a clerk enters for them.
type Application struct {
	Organ      int64
	Channel    clock.Channel
	On         workday.Date // day of submission, arrival or signature; zero is today
	Applicant  Applicant
	Content    string
	Features   string // name, number or other description of the information
	Way        string
	Delivery   string
	Electronic bool
	Informed   bool   // the privacy notice was shown and accepted
	FilledBy   string // login of the clerk who filled it in for somebody
	Token      string
	Enclosed   []Enclosure  // proof of who asks, or scans at the counter
	Door       *Door        // how it came to the counter; nil for an application of the site
	Actor      access.Actor // the zero Actor is the applicant online
}

// Receipt is what an applicant gets at once.
type Receipt struct {
	Case   int64
	Number string
	Code   string // with the second fact it opens the tracking page
	Due    clock.Result
}

func (a *Application) check(today workday.Date) error {
	bad := func(field, format string, args ...any) error {
		return fault.Field("request.Application", field, "“"+field+"”："+format, args...)
	}
	p := a.Applicant
	switch {
	case a.Organ == 0:
		return bad("向哪个机关申请", "请选择。")
	case strings.TrimSpace(a.Content) == "":
		return bad("您想了解什么", "请写明要申请公开的信息的名称、文号或者其他特征。")
	case len([]rune(a.Content)) > maxWords:
		return bad("您想了解什么", "不能超过 %d 个字。", maxWords)
	case strings.TrimSpace(p.Name) == "":
		return bad("姓名或者名称", "请填写。")
	case strings.TrimSpace(p.Proof) == "":
		return bad("身份证明", "请填写身份证件号码；单位填统一社会信用代码。")
	case strings.TrimSpace(p.Phone) == "" && strings.TrimSpace(p.Mail) == "" && strings.TrimSpace(p.Address) == "":
		return bad("联系方式", "电话、邮箱、地址至少填一项。")
	case a.Delivery == "post" && strings.TrimSpace(p.Address) == "":
		return bad("地址", "选择邮寄的，请填写收件地址。")
	case a.Delivery == "mail" && strings.TrimSpace(p.Mail) == "":
		return bad("电子邮箱", "选择电子邮箱的，请填写邮箱。")
	case !a.Informed:
		return bad("个人信息处理告知", "请先阅读并同意。")
	case !known(Ways, a.Way):
		return bad("获取方式", "请选择。")
	case !known(Deliveries, a.Delivery):
		return bad("送达途径", "请选择。")
	case !a.Channel.Known() || a.Channel == "":
		return bad("收到途径", "请选择。")
	case a.On.After(today):
		return bad("收到日期", "%s还没有到。", a.On.Chinese())
	case a.Door != nil:
		return a.Door.check(a)
	}
	return nil
}

func known(list []struct{ Code, Name string }, code string) bool {
	for _, x := range list {
		if x.Code == code {
			return true
		}
	}
	return false
}

// digestible is what a token stands for; personal data enter only as a digest.
func (a *Application) digestible() any {
	out := []any{a.Organ, a.Channel, a.On.String(), a.Content, a.Way, a.Delivery, a.Applicant.Kind, len(a.Applicant.Name)}
	if len(a.Enclosed) > 0 {
		out = append(out, a.enclosedDigests())
	}
	return out
}

// codeOf makes a tracking code of ten characters that cannot be mixed up, in
// two groups.
func codeOf(random string) string {
	clean := strings.Map(func(c rune) rune {
		if strings.ContainsRune("ABCDEFGHJKMNPQRSTUVWXYZ23456789", c) {
			return c
		}
		return -1
	}, random)
	return clean[:5] + "-" + clean[5:10]
}

func (r *Room) place(id int64, column string) vault.Place {
	return vault.Place{Table: "requests", Column: column, Row: id}
}

func (r *Room) insert(ctx context.Context, t *turn, a Application, code string) error {
	id := t.Case.ID
	who, err := r.sealApplicant(ctx, "requests", id, a.Applicant)
	if err != nil {
		return err
	}
	blind := func(purpose, value string) (s string) {
		if err == nil {
			s, err = r.vault.Blind(ctx, purpose, value)
		}
		return s
	}
	t.Rename(neutralTitle(t.Case.Number, a.Applicant.Kind, a.Channel, ""))
	sealed, err := r.vault.Seal(ctx, r.place(id, "code_sealed"), code)
	coded, second := blind("code", codeKey(code)), blind("second", secondKey(a.Applicant))
	if err != nil {
		return err
	}
	electronic := 0
	if a.Electronic {
		electronic = 1
	}
	_, err = t.Tx.ExecContext(ctx, `INSERT INTO requests (case_id, channel, applicant_kind, name_sealed, proof_sealed, contact_sealed, blind, code_blind, code_sealed, second_blind,
		content, features, way, delivery, electronic, filled_by, submitted_at, retain_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)`,
		id, string(a.Channel), string(a.Applicant.Kind), who.name, who.proof, who.contact, who.blind, coded, sealed, second,
		strings.TrimSpace(a.Content), strings.TrimSpace(a.Features), a.Way, a.Delivery, electronic, a.FilledBy, a.On.Time().UnixMicro(), t.Today.AddMonths(12*KeepYears).String())
	if err != nil {
		return err
	}
	return keepDoor(ctx, t.Tx, id, a.Door)
}

// sealedApplicant is an applicant as the rows of a table keep them.
type sealedApplicant struct{ name, proof, contact, blind string }

// sealApplicant seals an applicant for the columns name_sealed, proof_sealed
// and contact_sealed of a row; blind is the digest that finds them again.
func (r *Room) sealApplicant(ctx context.Context, table string, id int64, a Applicant) (s sealedApplicant, err error) {
	contact, err := json.Marshal(a)
	if err != nil {
		return s, err
	}
	for _, x := range []struct {
		into          *string
		column, plain string
	}{{&s.name, "name_sealed", a.Name}, {&s.proof, "proof_sealed", a.Proof}, {&s.contact, "contact_sealed", string(contact)}} {
		if *x.into, err = r.vault.Seal(ctx, vault.Place{Table: table, Column: x.column, Row: id}, x.plain); err != nil {
			return s, err
		}
	}
	s.blind, err = r.vault.Blind(ctx, "applicant", personKey(a))
	return s, err
}

// personKey is the same for the same applicant: by number, else by name and telephone.
func personKey(a Applicant) string {
	if p := strings.ToUpper(strings.ReplaceAll(a.Proof, " ", "")); p != "" {
		return p
	}
	return a.Name + "|" + a.Phone
}

func codeKey(code string) string {
	return strings.ToUpper(strings.NewReplacer("-", "", " ", "", "－", "").Replace(code))
}

// secondKey is the second fact beside the code: the last four characters of the
// number that proves who one is.
func secondKey(a Applicant) string {
	p := []rune(strings.ToUpper(strings.ReplaceAll(a.Proof, " ", "")))
	return string(p[max(0, len(p)-4):])
}

func (r *Room) codeOfCase(ctx context.Context, q store.Querier, id int64) (string, error) {
	var sealed string
	if err := q.QueryRowContext(ctx, `SELECT code_sealed FROM requests WHERE case_id = $1`, id).Scan(&sealed); err != nil {
		return "", err
	}
	return r.vault.Open(ctx, r.place(id, "code_sealed"), sealed)
}

// Due computes the latest date of an answer with its sum.
func (r *Room) Due(ctx context.Context, id int64) (clock.Result, error) {
	c, err := r.kernel.Case(ctx, id)
	if err != nil {
		return clock.Result{}, err
	}
	y, err := r.kernel.Years(ctx)
	if err != nil {
		return clock.Result{}, err
	}
	q := &Request{Case: id, Organ: c.Organ}
	if err := r.loadService(ctx, r.db.Reader(), q); err != nil {
		return clock.Result{}, err
	}
	return q.Deadline(c, y), nil
}

// Track finds a request by its code and the second fact. A wrong pair says the
// same whatever of it is wrong; the caller limits the rate.
func (r *Room) Track(ctx context.Context, code, second string) (c *casework.Case, q *Request, err error) {
	defer fault.Wrap(&err, "request.Track")
	coded, err := r.vault.Blind(ctx, "code", codeKey(code))
	if err != nil {
		return nil, nil, err
	}
	fact, err := r.vault.Blind(ctx, "second", strings.ToUpper(strings.TrimSpace(second)))
	if err != nil {
		return nil, nil, err
	}
	var id int64
	err = r.db.Reader().QueryRowContext(ctx, `SELECT case_id FROM requests WHERE code_blind = $1 AND second_blind = $2`, coded, fact).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, fault.New(fault.NotFound, "request.Track", "查询码或者证件号码后四位不对，请核对后再试。")
	}
	if err != nil {
		return nil, nil, err
	}
	if c, err = r.kernel.Case(ctx, id); err != nil {
		return nil, nil, err
	}
	if q, err = r.read(ctx, r.db.Reader(), id, c.Organ); err != nil {
		return nil, nil, err
	}
	q.Intake.Onward, err = r.Onward(ctx, q)
	return c, q, err
}

// Reveal reads who asked. Each reading is an act in the audit log.
func (r *Room) Reveal(ctx context.Context, a access.Actor, id int64) (out *Applicant, err error) {
	defer fault.Wrap(&err, "request.Reveal(%d)", id)
	return r.reveal(ctx, a, "requests", id)
}

// reveal opens the applicant in a row of a table, and keeps that it was done.
func (r *Room) reveal(ctx context.Context, a access.Actor, table string, id int64) (out *Applicant, err error) {
	var sealed string
	if err := r.db.Reader().QueryRowContext(ctx, `SELECT contact_sealed FROM `+table+` WHERE case_id = $1`, id).Scan(&sealed); err != nil {
		return nil, store.Sentence("request.Reveal", err)
	}
	if sealed == "" {
		return nil, fault.New(fault.Gone, "request.Reveal", textDestroyed)
	}
	plain, err := r.vault.Open(ctx, vault.Place{Table: table, Column: "contact_sealed", Row: id}, sealed)
	if err != nil {
		return nil, err
	}
	out = &Applicant{}
	if err := json.Unmarshal([]byte(plain), out); err != nil {
		return nil, err
	}
	return out, audit.Record(ctx, r.db.Writer(), audit.Event{At: r.now(), Actor: a.Login, Act: audit.ViewPersonal, Target: fmt.Sprintf("case:%d", id), Outcome: audit.Done, Detail: "申请人"})
}

// applicantIn is who asked, for what the product does itself; nobody sees it.
func (r *Room) applicantIn(ctx context.Context, q store.Querier, id int64) (out Applicant, err error) {
	var sealed string
	if err := q.QueryRowContext(ctx, `SELECT contact_sealed FROM requests WHERE case_id = $1`, id).Scan(&sealed); err != nil {
		return out, err
	}
	plain, err := r.vault.Open(ctx, r.place(id, "contact_sealed"), sealed)
	if err != nil {
		return out, err
	}
	return out, json.Unmarshal([]byte(plain), &out)
}

// SetProfile enters what letters and remedy paragraphs of an organ need.
func (r *Room) SetProfile(ctx context.Context, a access.Actor, organ int64, p Profile) (err error) {
	defer fault.Wrap(&err, "request.SetProfile(%d)", organ)
	if missing := Remedies(p, Grant, false).Missing; len(missing) > 0 {
		return fault.Field("request.SetProfile", "救济途径", "“救济途径”：还缺%s。", join(missing))
	}
	if strings.TrimSpace(p.Prefix) == "" || strings.TrimSpace(p.Name) == "" {
		return fault.Field("request.SetProfile", "文号", "“文号”：请填写落款机关和答复书的机关代字，例如“清教公开”。")
	}
	if p.Keep != 0 && (p.Keep < LeastYears || p.Keep > MostYears) {
		return fault.Field("request.SetProfile", "保存年限", "“保存年限”：请填 %d 到 %d 的整数。", LeastYears, MostYears)
	}
	if slices.ContainsFunc(p.OnSpot, func(o Outcome) bool { return !slices.Contains(OnSpotOutcomes, o) }) {
		return fault.Field("request.SetProfile", "当场答复的范围", "“当场答复的范围”：不予公开、部分公开等结果要经过审核和签发，不能当场答复。")
	}
	if err := p.Proactive.Tightens(); err != nil {
		return err
	}
	raw, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `INSERT INTO request_profiles (organ_id, profile, set_by, set_at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (organ_id) DO UPDATE SET profile = excluded.profile, set_by = excluded.set_by, set_at = excluded.set_at`, organ, string(raw), a.Login, r.now().UnixMicro()); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Event{At: r.now(), Actor: a.Login, Act: audit.Configure, Target: fmt.Sprintf("organ:%d", organ), Outcome: audit.Done, Detail: "答复设置"})
	})
}

// Sweep confirms the requests that nobody confirmed by the end of the next
// working day, and notes what became of answers that went by mail
// . It reports how many.
func (r *Room) Sweep(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "request.Sweep")
	rows, err := r.db.Reader().QueryContext(ctx, `SELECT c.id FROM cases c WHERE c.kind = $1 AND c.state = $2 AND c.due_at > 0 AND c.due_at <= $3 ORDER BY c.id LIMIT 200`,
		string(Kind), string(Submitted), r.now().UnixMicro())
	if err != nil {
		return 0, err
	}
	var ids []int64
	defer rows.Close()
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return 0, err
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	for _, id := range ids {
		_, err := r.kernel.Apply(ctx, casework.Do{Case: id, Action: ActAutoConfirm, Actor: casework.Product})
		if err != nil && fault.KindOf(err) != fault.Forbidden { // somebody was quicker
			return n, err
		}
		if err == nil {
			n++
		}
	}
	lapsed, err := r.sweepCorrections(ctx)
	if err != nil {
		return n + lapsed, err
	}
	mails, err := r.settleMails(ctx)
	return n + lapsed + mails, err
}
