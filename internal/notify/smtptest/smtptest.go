// Package smtptest is a mail server on loopback for tests, whose answers a test
// changes: words, a line cut off, silence.
package smtptest

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
	"mime/multipart"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"
)

// Mail is one as the server got it.
type Mail struct {
	From, To string
	User     string
	Secure   bool
	Head     mail.Header
	Subject  string
	Body     string
	Files    map[string]string // attachments by name
}

// Step is where a server's answer can be changed.
type Step string

// Server is a real server on a socket; what it answers at a Step a test
// may change: words, "drop" to cut the line, "hang" to say nothing.
type Server struct {
	t      *testing.T
	l      net.Listener
	URL    string
	TLS    *tls.Config    // offers STARTTLS, or speaks it from the first byte
	Direct bool           // TLS from the first byte
	Pool   *x509.CertPool // whom to trust

	mu     sync.Mutex
	calls  map[Step]int
	answer func(s Step, nth int) string // nth time of this Step, from 1; "" is the usual answer
	kept   []Mail
	end    chan struct{}
}

// New starts a server; a secure one offers STARTTLS and asks for a password.
func New(t *testing.T, secure bool) *Server {
	t.Helper()
	s := &Server{t: t, calls: map[Step]int{}, end: make(chan struct{})}
	var err error
	if s.l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	s.URL = "smtp://" + s.l.Addr().String() + "?starttls=never"
	if secure {
		s.URL = "smtp://bot@" + s.l.Addr().String()
		s.TLS, s.Pool = certificate(t)
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

// say answers a Step; false ends the conversation.
func (s *Server) say(w io.Writer, at Step, usual string) bool {
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

func (s *Server) talk(c net.Conn) {
	defer func() { c.Close() }()
	r := bufio.NewReader(c)
	m := Mail{}
	if s.Direct {
		t := tls.Server(c, s.TLS)
		if err := t.Handshake(); err != nil {
			return
		}
		c, r, m.Secure = t, bufio.NewReader(t), true
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
			if s.TLS != nil && !m.Secure {
				lines += "250-STARTTLS\r\n"
			}
			if m.Secure {
				lines += "250-AUTH PLAIN LOGIN\r\n"
			}
			ok = s.say(c, "ehlo", lines+"250 SIZE 1000000")
		case "STARTTLS":
			if !s.say(c, "starttls", "220 go") {
				return
			}
			t := tls.Server(c, s.TLS)
			if err := t.Handshake(); err != nil {
				return
			}
			c, r, m.Secure = t, bufio.NewReader(t), true
		case "AUTH":
			f := strings.Fields(l)
			if len(f) == 3 && f[1] == "PLAIN" {
				b, err := base64.StdEncoding.DecodeString(f[2])
				if err != nil {
					return
				}
				m.User = strings.ReplaceAll(string(b), "\x00", "|")
			}
			ok = s.say(c, "auth", "235 welcome")
		case "MAIL":
			m.From = l
			ok = s.say(c, "mail", "250 ok")
		case "RCPT":
			m.To = l
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

func (s *Server) keep(m Mail, b io.Reader) {
	msg, err := mail.ReadMessage(b)
	if err != nil {
		s.t.Errorf("not a mail: %v", err)
		return
	}
	m.Head = msg.Header
	if m.Subject, err = new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject")); err != nil {
		s.t.Error(err)
	}
	if m.Body, err = m.read(msg); err != nil {
		s.t.Error(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, m)
}

// Script changes what the server answers.
func (s *Server) Script(f func(at Step, nth int) string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answer = f
}

// Mails are those that the server has taken in whole.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Mail(nil), s.kept...)
}

// Forget makes the server as it was at first.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept, s.calls, s.answer = nil, map[Step]int{}, nil
}

// read gives the words of a mail, and keeps the names and bytes of its files.
func (m *Mail) read(msg *mail.Message) (string, error) {
	words := func(r io.Reader) (string, error) {
		b, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, r))
		return strings.ReplaceAll(string(b), "\r\n", "\n"), err
	}
	kind, params, err := mime.ParseMediaType(msg.Header.Get("Content-Type"))
	if err != nil || !strings.HasPrefix(kind, "multipart/") {
		return words(msg.Body)
	}
	m.Files = map[string]string{}
	body := ""
	for parts := multipart.NewReader(msg.Body, params["boundary"]); ; {
		p, err := parts.NextPart()
		if err == io.EOF {
			return body, nil
		}
		if err != nil {
			return "", err
		}
		b, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, p))
		if err != nil {
			return "", err
		}
		// Part.FileName takes the base of a path, which cuts an encoded name.
		_, how, err := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
		name := ""
		if err == nil {
			name, err = new(mime.WordDecoder).DecodeHeader(how["filename"])
		}
		if err != nil && p.Header.Get("Content-Disposition") != "" {
			return "", err
		}
		if name == "" {
			body = strings.ReplaceAll(string(b), "\r\n", "\n")
			continue
		}
		m.Files[name] = string(b)
	}
}
