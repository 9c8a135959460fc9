package portal

import (
	"context"
	"errors"
	"net"
	"net/http"
)

// net/http sends an answer of more than 4 KB in two or three system calls: its
// buffer, filled up with the beginning of the body, and then the rest. On a
// page from memory these calls are the largest part of the work, so kept pages
// go out in one.

// gatherUpTo bounds what is held back; a larger piece goes out at once,
// together with what was held.
const gatherUpTo = 4096

// GatherListener makes connections whose writes a handler can gather.
type GatherListener struct{ net.Listener }

// Accept waits for the next connection.
func (l GatherListener) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok && err == nil {
		return &gatherConn{TCPConn: tcp}, nil
	}
	return c, err
}

// gatherConn is a TCP connection that, while a handler asks for it, holds back
// small writes to send them together with the next one. Only the goroutine that
// serves the connection writes, so there is no lock. Everything else, sendfile
// included, is the connection's own.
type gatherConn struct {
	*net.TCPConn
	gathering bool
	held      []byte
}

type gatherKey struct{}

// GatherContext makes the connection known to the handlers (http.Server's
// ConnContext).
func GatherContext(ctx context.Context, c net.Conn) context.Context {
	if g, ok := c.(*gatherConn); ok {
		return context.WithValue(ctx, gatherKey{}, g)
	}
	return ctx
}

// Write sends, or holds back while gathering.
func (c *gatherConn) Write(b []byte) (int, error) {
	switch {
	case c.gathering && len(c.held)+len(b) <= gatherUpTo:
		c.held = append(c.held, b...)
		return len(b), nil
	case len(c.held) == 0:
		return c.TCPConn.Write(b)
	}
	both := net.Buffers{c.held, b}
	n, err := both.WriteTo(c.TCPConn)
	n -= int64(len(c.held))
	c.held = c.held[:0]
	return int(max(n, 0)), err
}

// release ends gathering and sends what is still held.
func (c *gatherConn) release() error {
	c.gathering = false
	if len(c.held) == 0 {
		return nil
	}
	_, err := c.TCPConn.Write(c.held)
	c.held = c.held[:0]
	return err
}

// writeWhole answers with a body whose Content-Length is set, in one system
// call where the connection can gather.
func writeWhole(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	c, ok := r.Context().Value(gatherKey{}).(*gatherConn)
	if !ok {
		w.WriteHeader(status)
		if _, err := w.Write(body); err != nil {
			return // the connection is closed; there is nobody left to tell
		}
		return
	}
	c.gathering = true
	w.WriteHeader(status)
	_, err := w.Write(body)
	err = errors.Join(err, http.NewResponseController(w).Flush(), c.release())
	if err != nil {
		// Part of the answer may be out: the next one must not follow it. The
		// reader has gone, so closing can tell nobody anything either.
		_ = c.Close()
	}
}
