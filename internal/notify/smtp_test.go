package notify_test

import (
	"bufio"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"io"
	"math/big"
	"mime"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"gongkai/internal/notify"
)

// taken is a mail as the server got it.
type taken struct {
	from, to string
	user     string
	secure   bool
	head     mail.Header
	subject  string
	body     string
}

// step is where a server's answer can be changed.
type step string

// smtpServer is a real server on a socket; what it answers at a step a test
// may change: words, "drop" to cut the line, "hang" to say nothing.
type smtpServer struct {
	t      *testing.T
	l      net.Listener
	url    string
	tls    *tls.Config // offers STARTTLS, or speaks it from the first byte
	direct bool
	pool   *x509.CertPool

	mu     sync.Mutex
	calls  map[step]int
	answer func(s step, nth int) string // nth time of this step, from 1; "" is the usual answer
	kept   []taken
	end    chan struct{}
}

func newSMTP(t *testing.T, secure bool) *smtpServer {
	t.Helper()
	s := &smtpServer{t: t, calls: map[step]int{}, end: make(chan struct{})}
	var err error
	if s.l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.url = "smtp://" + s.l.Addr().String() + "?starttls=never"
	if secure {
		s.url = "smtp://bot@" + s.l.Addr().String()
		s.tls, s.pool = certificate(t)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := s.l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { s.talk(c) })
		}
	})
	t.Cleanup(func() {
		close(s.end)
		if err := s.l.Close(); err != nil {
			t.Error(err)
		}
		wg.Wait()
	})
	return s
}

func certificate(t *testing.T) (*tls.Config, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "mail"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}, pool
}

// say answers a step; false ends the conversation.
func (s *smtpServer) say(w io.Writer, at step, usual string) bool {
	s.mu.Lock()
	s.calls[at]++
	answer := ""
	if s.answer != nil {
		answer = s.answer(at, s.calls[at])
	}
	s.mu.Unlock()
	switch answer {
	case "":
		answer = usual
	case "drop":
		return false
	case "hang":
		select {
		case <-s.end:
		case <-time.After(5 * time.Second):
		}
		return false
	}
	_, err := io.WriteString(w, answer+"\r\n")
	return err == nil
}

func (s *smtpServer) talk(c net.Conn) {
	defer func() { c.Close() }()
	r := bufio.NewReader(c)
	m := taken{}
	if s.direct {
		t := tls.Server(c, s.tls)
		if err := t.Handshake(); err != nil {
			return
		}
		c, r, m.secure = t, bufio.NewReader(t), true
	}
	if !s.say(c, "connect", "220 mail.example.com ESMTP") {
		return
	}
	for {
		l, err := r.ReadString('\n')
		if err != nil {
			return
		}
		verb := strings.ToUpper(strings.Fields(l + " x")[0])
		ok := true
		switch verb {
		case "EHLO":
			lines := "250-mail.example.com\r\n250-8BITMIME\r\n"
			if s.tls != nil && !m.secure {
				lines += "250-STARTTLS\r\n"
			}
			if m.secure {
				lines += "250-AUTH PLAIN LOGIN\r\n"
			}
			ok = s.say(c, "ehlo", lines+"250 SIZE 1000000")
		case "STARTTLS":
			if !s.say(c, "starttls", "220 go") {
				return
			}
			t := tls.Server(c, s.tls)
			if err := t.Handshake(); err != nil {
				return
			}
			c, r, m.secure = t, bufio.NewReader(t), true
		case "AUTH":
			f := strings.Fields(l)
			if len(f) == 3 && f[1] == "PLAIN" {
				b, err := base64.StdEncoding.DecodeString(f[2])
				if err != nil {
					return
				}
				m.user = strings.ReplaceAll(string(b), "\x00", "|")
			}
			ok = s.say(c, "auth", "235 welcome")
		case "MAIL":
			m.from = l
			ok = s.say(c, "mail", "250 ok")
		case "RCPT":
			m.to = l
			ok = s.say(c, "rcpt", "250 ok")
		case "DATA":
			if !s.say(c, "data", "354 go on") {
				return
			}
			var b bytes.Buffer
			for first := true; ; first = false {
				l, err := r.ReadString('\n')
				if err != nil {
					return
				}
				if first && strings.HasPrefix(l, "RSET") {
					break
				}
				if l == ".\r\n" {
					break
				}
				b.WriteString(strings.TrimPrefix(l, "."))
			}
			s.keep(m, &b)
			ok = s.say(c, "end", "250 queued")
		case "QUIT":
			s.say(c, "quit", "221 bye")
			return
		default:
			ok = s.say(c, "other", "250 ok")
		}
		if !ok {
			return
		}
	}
}

func (s *smtpServer) keep(m taken, b io.Reader) {
	msg, err := mail.ReadMessage(b)
	if err != nil {
		s.t.Errorf("not a mail: %v", err)
		return
	}
	m.head = msg.Header
	if m.subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		s.t.Error(err)
	}
	body, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, msg.Body))
	if err != nil {
		s.t.Error(err)
	}
	m.body = strings.ReplaceAll(string(body), "\r\n", "\n")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, m)
}

// script changes what the server answers.
func (s *smtpServer) script(f func(at step, nth int) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

func (s *smtpServer) mails() []taken {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]taken(nil), s.kept...)
}

func mailer(t *testing.T, url string) *notify.Mailer {
	t.Helper()
	m, err := notify.NewMailer(notify.MailConfig{URL: url, From: "清河市政务公开 <noreply@qinghe.example.gov.cn>", Timeout: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return m
}
