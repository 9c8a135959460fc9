package portal

import (
	"net/http"
	"net/mail"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gongkai/internal/clock"
	"gongkai/internal/proofread"
	foi "gongkai/internal/request"
	"gongkai/internal/zh"
)

// askForm is what somebody has filled in, as they typed it. It has twelve
// fields and asks for no purpose.
type askForm struct {
	Content, Organ                                        string
	Kind, Name, Proof, Speaker, Phone, Mail, Address, How string
	Informed                                              bool
	Take                                                  string // code of an organ that was suggested and taken
	Split                                                 int    // into how many requests to split, 0 for none
	Shown                                                 int    // the last step that the page showed
	Token                                                 string
	Papers                                                [][]byte // what proves who asks; never shown again
	Lost                                                  bool     // files were chosen and are not with the page any more
	wrong                                                 []askError
}

// askHow is one way of receiving the answer: form and channel together.
// Choosing an electronic one is the consent to electronic service.
type askHow struct {
	Code, Name, Way, Delivery string
	Electronic                bool
}

var askHows = []askHow{
	{"online", "在本网站查看电子文件（同意电子送达）", "electronic", "online", true},
	{"mail", "发到我的电子邮箱（同意电子送达）", "electronic", "mail", true},
	{"post", "邮寄纸质文件", "paper", "post", false},
	{"counter", "当面领取纸质文件", "paper", "counter", false},
	{"fax", "传真", "paper", "fax", false},
	{"inspect", "到机关查阅、抄录", "inspect", "counter", false},
}

func (f *askForm) how() (out askHow) {
	for _, h := range askHows {
		if h.Code == f.How {
			out = h
		}
	}
	return out
}

// organisation reports a kind of applicant whose form names who speaks for it.
func (f *askForm) organisation() bool {
	return f.Kind != string(foi.Natural) && nameOf(askKinds, f.Kind) != ""
}

type askError struct{ Field, Text string }

func readAsk(r *http.Request) *askForm {
	f := &askForm{Content: posted(r, "content"), Organ: posted(r, "organ"), Kind: posted(r, "kind"), Name: posted(r, "name"), Proof: narrow(posted(r, "proof")),
		Speaker: posted(r, "speaker"), Phone: narrow(posted(r, "phone")), Mail: narrow(posted(r, "mail")), Address: posted(r, "address"), How: posted(r, "how"),
		Informed: posted(r, "informed") != "", Take: posted(r, "take"), Token: posted(r, "token"), Shown: 1}
	if n, err := strconv.Atoi(posted(r, "split")); err == nil && n > 1 {
		f.Split = n
	}
	if s := posted(r, "shown"); s == "2" || s == "3" {
		f.Shown = int(s[0] - '0')
	}
	return f
}

func (f *askForm) bad(field, format string, args ...any) {
	if f.error(field) == "" {
		f.wrong = append(f.wrong, askError{field, sprintf(format, args...)})
	}
}

// error is what is wrong with a field, "" for nothing.
func (f *askForm) error(field string) string {
	if i := slices.IndexFunc(f.wrong, func(e askError) bool { return e.Field == field }); i >= 0 {
		return f.wrong[i].Text
	}
	return ""
}

// askLimits are the lengths of the fields, in characters.
var askLimits = map[string]int{"content": 4000, "name": 100, "proof": 50, "speaker": 200, "phone": 50, "mail": 100, "address": 200}

func (f *askForm) text(field, value string, must bool) {
	switch {
	case must && value == "":
		f.bad(field, textNeeded, askNames[field])
	case utf8.RuneCountInString(value) > askLimits[field]:
		f.bad(field, textTooLong, askNames[field], askLimits[field])
	}
}

func (f *askForm) choice(field, value string, list []choice) {
	if !slices.ContainsFunc(list, func(c choice) bool { return c.Value == value && value != "" }) {
		f.bad(field, textChoose, askNames[field])
	}
}

// check looks at the steps that were shown, every field of them.
func (f *askForm) check(organs []choice) bool {
	f.text("content", f.Content, true)
	f.choice("organ", f.Organ, organs)
	if f.Shown < 2 {
		return len(f.wrong) == 0
	}
	f.choice("kind", f.Kind, askKinds)
	f.text("name", f.Name, true)
	f.text("proof", f.Proof, true)
	f.text("speaker", f.Speaker, f.organisation())
	if _, _, ok := speakers(f.Speaker); f.Speaker != "" && !ok {
		f.bad("speaker", textSpeakers)
	}
	f.text("phone", f.Phone, false)
	f.text("mail", f.Mail, false)
	f.text("address", f.Address, false)
	f.choice("how", f.How, askHowChoices())
	if _, err := mail.ParseAddress(f.Mail); f.Mail != "" && err != nil {
		f.bad("mail", textBadMail)
	}
	switch {
	case f.How == "post" && f.Address == "":
		f.bad("address", textPostAddress)
	case f.How == "mail" && f.Mail == "":
		f.bad("mail", textMailAddress)
	case f.Phone == "" && f.Mail == "" && f.Address == "":
		f.bad("phone", textOneContact)
	}
	if !f.Informed {
		f.bad("informed", textInformed)
	}
	return len(f.wrong) == 0
}

// doubt warns of a number that breaks its own code; it never blocks, because
// other papers prove who somebody is as well.
func (f *askForm) doubt() string {
	digits := strings.TrimRight(strings.ToUpper(strings.ReplaceAll(f.Proof, " ", "")), "X")
	switch {
	case f.Proof == "":
	case f.Kind == string(foi.Natural):
		if len(digits) >= 14 && strings.Trim(digits, "0123456789") == "" && !proofread.ValidIDNumber(strings.ReplaceAll(f.Proof, " ", "")) {
			return textCheckID
		}
	case !zh.ValidCreditCode(strings.ToUpper(strings.ReplaceAll(f.Proof, " ", ""))):
		return textCheckUnit
	}
	return ""
}

// speakers are who speaks for an organisation: its legal representative and whom
// to ask, in one field so that the form stays short. ok is false for
// more than two names.
func speakers(s string) (leader, contact string, ok bool) {
	names := strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune("、，,；;/／\n", c) })
	if len(names) == 1 && strings.ContainsFunc(s, func(c rune) bool { return unicode.Is(unicode.Han, c) }) {
		names = strings.Fields(s) // Chinese names hold no space
	}
	for i := range names {
		names[i] = strings.TrimSpace(names[i])
	}
	names = slices.DeleteFunc(names, func(n string) bool { return n == "" })
	switch len(names) {
	case 1:
		return names[0], names[0], true
	case 2:
		return names[0], names[1], true
	}
	return "", "", false
}

// application is the form as the room takes it.
func (f *askForm) application(organ int64) foi.Application {
	how := f.how()
	a := foi.Application{Organ: organ, Channel: clock.Online, Content: f.Content, Way: how.Way, Delivery: how.Delivery, Electronic: how.Electronic, Informed: f.Informed, Token: f.Token,
		Applicant: foi.Applicant{Kind: foi.ApplicantKind(f.Kind), Name: f.Name, Proof: f.Proof, Phone: f.Phone, Mail: f.Mail, Address: f.Address}}
	if f.organisation() {
		a.Applicant.Leader, a.Applicant.Contact, _ = speakers(f.Speaker)
	}
	for _, b := range f.Papers {
		a.Enclosed = append(a.Enclosed, foi.Enclosure{Role: "proof", Data: b})
	}
	return a
}

// applications are one request, or one for each matter when the applicant split
// them: each has its own token and receipt; they are taken together.
func (f *askForm) applications(organ int64) []foi.Application {
	parts := foi.Matters(f.Content)
	if f.Split == 0 || len(parts) != f.Split {
		return []foi.Application{f.application(organ)}
	}
	var out []foi.Application
	for i, part := range parts {
		a := f.application(organ)
		a.Content, a.Token = part, f.Token+"-"+strconv.Itoa(i+1)
		out = append(out, a)
	}
	return out
}

// askNames are the fields as the page calls them.
var askNames = map[string]string{"content": "您想了解什么", "organ": "向哪个机关申请", "kind": "您是", "name": "姓名或者名称", "proof": "身份证明", "speaker": "法定代表人和联系人", "papers": foi.FieldProof, "phone": "联系电话", "mail": "电子邮箱",
	"address": "通信地址", "how": "怎样给您", "informed": "个人信息处理告知"}

// roomFields lead the names of the room's own refusals to the fields here.
var roomFields = map[string]string{"向哪个机关申请": "organ", "您想了解什么": "content", "姓名或者名称": "name", "身份证明": "proof", foi.FieldProof: "papers", "联系方式": "phone", "地址": "address", "电子邮箱": "mail",
	"个人信息处理告知": "informed", "获取方式": "how", "送达途径": "how"}

// askKinds are the choices of step two, askWays and askDeliveries the names that
// the tracking page shows.
var (
	askKinds      = kindChoices()
	askWays       = choicesOf(foi.Ways)
	askDeliveries = choicesOf(foi.Deliveries)
)

func askHowChoices() (out []choice) {
	for _, h := range askHows {
		out = append(out, choice{h.Code, h.Name})
	}
	return out
}

func choicesOf(list []struct{ Code, Name string }) (out []choice) {
	for _, x := range list {
		out = append(out, choice{x.Code, x.Name})
	}
	return out
}

func kindChoices() (out []choice) {
	for _, x := range foi.ApplicantKinds {
		out = append(out, choice{string(x.Kind), x.Name})
	}
	return out
}

// askField is a control of the form with its words.
type askField struct {
	Name, Label, Hint, Value, Error, Warn string
	Type                                  string // textarea, select, check or the type of an input
	Auto, Mode                            string // autocomplete, inputmode
	Max                                   int
	Must, Checked, Fresh                  bool
	Unit                                  bool // only an organisation fills it in
	Options                               []choice
}

func (f *askForm) field(name, kind, value, hint string) askField {
	return askField{Name: name, Label: askNames[name], Type: kind, Value: value, Hint: hint, Error: f.error(name), Max: askLimits[name], Auto: "off"}
}

// what are the fields of step one.
func (f *askForm) what(organs []choice) []askField {
	a := f.field("content", "textarea", f.Content, "写信息的名称、文号或者别的特征，例如“2025年全市义务教育学校布局规划”。一次最好只写一件事，不需要写用途。")
	b := f.field("organ", "select", f.Organ, "选负责这件事的机关。不清楚的，可以先看机构职责，或者选市政府办公室。")
	a.Must, b.Must, b.Options = true, true, append([]choice{{"", "请选择"}}, organs...)
	return []askField{a, b}
}

// who are the fields of step two; fresh marks them as shown for the first time.
func (f *askForm) who(fresh bool) []askField {
	kind := f.field("kind", "select", f.Kind, "")
	kind.Options, kind.Must = askKinds, true
	name := f.field("name", "text", f.Name, "单位填全称。")
	name.Must, name.Auto = true, "name"
	proof := f.field("proof", "text", f.Proof, "个人填居民身份证或者其他有效证件的号码，单位填统一社会信用代码。以后查进度要用它的最后四位。")
	proof.Must = true
	if !fresh {
		proof.Warn = f.doubt()
	}
	phone := f.field("phone", "tel", f.Phone, "电话、邮箱、地址至少填一项。")
	phone.Auto, phone.Mode = "tel", "tel"
	mailbox := f.field("mail", "email", f.Mail, "")
	mailbox.Auto, mailbox.Mode = "email", "email"
	address := f.field("address", "text", f.Address, "选择邮寄的必须填写。")
	address.Auto = "street-address"
	how := f.field("how", "select", f.How, "选电子的，答复到了马上能看；纸质的按规定送达。以后可以改。")
	how.Options, how.Must = askHowChoices(), true
	speaker := f.field("speaker", "text", f.Speaker, "单位填写，个人不用填。先写法定代表人，再写联系人，中间用顿号隔开；是同一个人的写一次。")
	speaker.Unit = true
	out := []askField{kind, name, proof, speaker, phone, mailbox, address, how}
	for i := range out {
		out[i].Fresh = fresh
	}
	return out
}

// papers is the control of step three: files stay only with the form that is
// sent last.
func (f *askForm) papers() askField {
	x := f.field("papers", "file", "", sprintf("可以不附。拍下或者扫描身份证件、营业执照等，最多 %d 个，图片或者 PDF，一个最大 %d MB，合计最大 %d MB。加密保存，只有办理这件申请的工作人员看得到。",
		foi.MaxProofs, foi.MaxProofBytes>>20, foi.MaxProofsBytes>>20))
	if f.Lost && x.Error == "" {
		x.Warn = textPapersAgain
	}
	return x
}

func (f *askForm) notice() askField {
	x := f.field("informed", "check", "", "")
	x.Checked, x.Must = f.Informed, true
	return x
}
