package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"net/textproto"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"

	"gongkai/internal/fault"
)

// MailConfig names the server that takes mail from us.
type MailConfig struct {
	URL      string // smtp://user@host:587, smtps://…; ?starttls=never on a network that is safe without
	Password string
	From     string         // 名称 <address>
	Timeout  time.Duration  // of connecting, and again of handing over; default 10 s
	RootCAs  *x509.CertPool // nil is the machine's
}

// Mailer hands single mails to the server.
type Mailer struct {
	config     MailConfig
	host, user string
	port       int
	tls        bool // from the first byte
	never      bool // no STARTTLS
	from       *netmail.Address
}

// NewMailer checks the configuration; it connects when there is a mail. Errors:
// Invalid, naming the flag.
func NewMailer(c MailConfig) (*Mailer, error) {
	const op = "notify.NewMailer"
	m := &Mailer{config: c}
	if m.config.Timeout == 0 {
		m.config.Timeout = 10 * time.Second
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" || strings.Trim(u.Path, "/") != "" || u.Fragment != "" {
		return nil, fault.Field(op, "smtp-url", textURLShape)
	}
	if _, set := u.User.Password(); set {
		return nil, fault.Field(op, "smtp-url", textURLSecret)
	}
	m.host, m.user, m.tls, m.port = u.Hostname(), u.User.Username(), u.Scheme == "smtps", 587
	if m.tls {
		m.port = 465
	}
	if p := u.Port(); p != "" {
		port, err := strconv.ParseUint(p, 10, 16)
		if err != nil || port == 0 {
			return nil, fault.Field(op, "smtp-url", textURLShape)
		}
		m.port = int(port)
	}
	for name, v := range u.Query() {
		if name != "starttls" || len(v) != 1 || v[0] != "never" || m.tls {
			return nil, fault.Field(op, "smtp-url", textURLShape)
		}
		m.never = true
	}
	if m.never && m.user != "" {
		return nil, fault.Field(op, "smtp-url", textURLPlain)
	}
	if strings.TrimSpace(c.From) == "" {
		return nil, fault.Field(op, "mail-from", textFromNeeded)
	}
	if m.from, err = netmail.ParseAddress(c.From); err != nil || cleanAddress(m.from.Address) == "" {
		return nil, fault.Field(op, "mail-from", textFromShape)
	}
	return m, nil
}

// letter is one mail.
type letter struct {
	id      string // of the message, the left half of Message-ID
	to      string
	subject string
	body    string
	date    time.Time
	stop    string // address of the page that ends these mails, "" for none
	file    string // name of the attachment, "" for none
	data    []byte
}

// write makes the mail; the same letter always has the same Message-ID and Date.
func (m *Mailer) write(l letter) (*mail.Msg, error) {
	msg := mail.NewMsg(mail.WithEncoding(mail.EncodingB64))
	if err := msg.FromFormat(m.from.Name, m.from.Address); err != nil {
		return nil, err
	}
	if err := msg.To(l.to); err != nil {
		return nil, err
	}
	_, domain, _ := strings.Cut(m.from.Address, "@")
	msg.SetMessageIDWithValue(l.id + "@" + domain)
	msg.SetDateWithValue(l.date)
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.SetGenHeader(mail.HeaderXAutoResponseSuppress, "All")
	if l.stop != "" {
		msg.SetGenHeader(mail.HeaderListUnsubscribe, "<"+l.stop+">")
	}
	msg.Subject(l.subject)
	msg.SetBodyString(mail.TypeTextPlain, l.body)
	if l.file != "" {
		if err := msg.AttachReader(l.file, bytes.NewReader(l.data)); err != nil {
			return nil, err
		}
	}
	return msg, nil
}

// mechanisms are the ways to sign in, the best first. The last two send the
// password itself; with a user the line is always encrypted.
var mechanisms = []mail.SMTPAuthType{mail.SMTPAuthSCRAMSHA256, mail.SMTPAuthSCRAMSHA1, mail.SMTPAuthPlain, mail.SMTPAuthLogin}

// connect opens a conversation with the server: greeting, encryption, sign-in.
func (m *Mailer) connect(ctx context.Context) (*smtp.Client, error) {
	secure := &tls.Config{ServerName: m.host, RootCAs: m.config.RootCAs, MinVersion: tls.VersionTLS12}
	var line net.Conn
	dial := func(ctx context.Context, network, address string) (c net.Conn, err error) {
		d := &net.Dialer{Timeout: m.config.Timeout}
		if m.tls {
			c, err = (&tls.Dialer{NetDialer: d, Config: secure}).DialContext(ctx, network, address)
		} else {
			c, err = d.DialContext(ctx, network, address)
		}
		line = c
		return c, err
	}
	policy := mail.TLSMandatory
	if m.never || m.tls { // there is none, or it stands already
		policy = mail.NoTLS
	}
	o := []mail.Option{mail.WithPort(m.port), mail.WithTimeout(m.config.Timeout), mail.WithoutNoop(), mail.WithoutRset(),
		mail.WithTLSConfig(secure), mail.WithTLSPolicy(policy), mail.WithDialContextFunc(dial)}
	if m.user != "" {
		o = append(o, mail.WithOpportunisticSMTPAuth(mechanisms...), mail.WithUsername(m.user), mail.WithPassword(m.config.Password))
	}
	c, err := mail.NewClient(m.host, o...)
	if err != nil {
		return nil, err
	}
	s, err := c.DialToSMTPClientWithContext(ctx)
	if err != nil && line != nil { // the library leaves the line open when the conversation fails
		_ = line.Close() // the first error is the one to tell
	}
	return s, err
}

// send hands a letter over. commit is called when everything before the words
// has been agreed; from then on a broken connection leaves it open whether the
// letter arrived, before that it certainly did not. An error of commit ends it.
func (m *Mailer) send(ctx context.Context, l letter, commit func() error) (result, error) {
	msg, err := m.write(l)
	if err != nil {
		return result{clear: true, final: true, reason: textMailShape}, nil
	}
	s, err := m.connect(ctx)
	if err != nil {
		return m.notConnected(err), nil
	}
	defer s.Close() // after QUIT an error says nothing more
	for _, say := range []func() error{
		func() error { return s.UpdateDeadline(m.config.Timeout) },
		func() error { return s.Mail(m.from.Address) },
		func() error { return s.Rcpt(l.to) },
	} {
		if err := say(); err != nil {
			return answered(err), nil
		}
	}
	if err := commit(); err != nil {
		return result{}, err
	}
	out := hand(s, msg)
	if out.taken {
		_ = s.Quit() // the letter is theirs already
	}
	return out, nil
}

// hand sends the words.
func hand(s *smtp.Client, msg *mail.Msg) result {
	w, err := s.Data()
	if err != nil {
		return answered(err)
	}
	if _, err := msg.WriteTo(w); err != nil {
		return result{reason: textNoAnswer, lost: true} // the full stop may be on its way with the connection's end
	}
	if err := w.Close(); err != nil {
		if out := answered(err); out.status != 0 {
			return out
		}
		return result{reason: textNoAnswer, lost: true}
	}
	return result{taken: true, status: 250}
}

// answered judges a failure: 5xx is final, 4xx asks for another try, and
// without a number nobody took anything.
func answered(err error) result {
	var said *textproto.Error
	if !errors.As(err, &said) {
		return result{clear: true, reason: textNoServer}
	}
	return result{clear: true, final: said.Code >= 500, status: said.Code, reason: fmt.Sprintf(textSaid, said.Code, words(said.Msg))}
}

// notConnected judges a failure before any letter was named: whatever the
// server says then is about us, so that the letter is tried again.
func (m *Mailer) notConnected(err error) result {
	out := answered(err)
	var bad *tls.CertificateVerificationError
	switch {
	case out.status != 0:
		var said *textproto.Error
		errors.As(err, &said)
		out.reason = fmt.Sprintf(textSaidLogin, said.Code, words(said.Msg))
	case errors.As(err, &bad) || strings.Contains(err.Error(), "STARTTLS"):
		out.reason = textTLS
	}
	out.final = false
	return out
}

// maxWords bounds what is kept of a server's words, in runes.
const maxWords = 200

var mailAddress = regexp.MustCompile(`<?[^\s<>@]+@[^\s<>@]+>?`)

// words are a server's words without any address, which must not stand in the
// outbox or in a log.
func words(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", ""), "")), " ")
	s = mailAddress.ReplaceAllString(s, "［地址］")
	if r := []rune(s); len(r) > maxWords {
		s = string(r[:maxWords]) + "…"
	}
	return s
}

// cleanAddress is a bare address as we keep it, "" when it is none.
func cleanAddress(s string) string {
	s = strings.TrimSpace(s)
	a, err := netmail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || len(s) > 254 {
		return ""
	}
	for _, r := range s {
		if r <= ' ' || r > '~' || r == '"' || r == '\\' || r == '<' {
			return ""
		}
	}
	local, domain, _ := strings.Cut(s, "@")
	if len(local) > 64 || !strings.Contains(domain, ".") || strings.HasPrefix(domain, "[") {
		return ""
	}
	return local + "@" + strings.ToLower(domain)
}
