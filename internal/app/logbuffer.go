package app

import (
	"context"
	"io"
	"log/slog"
	"strconv"
	"sync"
	"time"
)

// How long, and how many bytes of, request lines may wait to be written
// together. A line a request is a system call a request, which on a page from
// memory is a tenth of the work.
const (
	logEvery = time.Second
	logBytes = 64 << 10
)

// requestLine is the message of the lines that may wait.
const requestLine = "request"

// LogBuffer writes log lines. Lines of requests that went well wait up to a
// second for others; any other line goes out at once, with all that came before
// it, so the order is kept. Close writes what waits; only a kill can lose it.
type LogBuffer struct {
	out  io.Writer
	stop chan struct{}
	done chan struct{}

	mu     sync.Mutex
	held   []byte
	closed bool
	second int64 // of the text below, at a place
	at     *time.Location
	stamp  []byte // 2006-01-02T15:04:05
	zone   []byte // +08:00
}

// BufferLog starts a buffer before out, until Close.
func BufferLog(out io.Writer) *LogBuffer {
	b := &LogBuffer{out: out, stop: make(chan struct{}), done: make(chan struct{})}
	go b.run()
	return b
}

// Logger writes lines of the level and above in the form of slog.TextHandler.
func (b *LogBuffer) Logger(level slog.Leveler) *slog.Logger {
	text := slog.NewTextHandler(writeHeld{b}, &slog.HandlerOptions{Level: level})
	return slog.New(&logHandler{buffer: b, Handler: text, bare: true})
}

func (b *LogBuffer) run() {
	defer close(b.done)
	tick := time.NewTicker(logEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			b.Flush()
		case <-b.stop:
			return
		}
	}
}

// Flush writes what waits. A log that cannot be written has no place to say
// so; as with slog, its lines are lost.
func (b *LogBuffer) Flush() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.flush()
}

func (b *LogBuffer) flush() {
	if len(b.held) > 0 {
		_, _ = b.out.Write(b.held)
		b.held = b.held[:0]
	}
}

// Close writes what waits and ends the waiting: later lines go out at once.
func (b *LogBuffer) Close() {
	b.mu.Lock()
	again := b.closed
	b.closed = true
	b.flush()
	b.mu.Unlock()
	if !again {
		close(b.stop)
	}
	<-b.done
}

// grown writes when enough waits. It needs the lock.
func (b *LogBuffer) grown() {
	if b.closed || len(b.held) >= logBytes {
		b.flush()
	}
}

// writeHeld is the writer of the text handler, one call a line.
type writeHeld struct{ b *LogBuffer }

func (w writeHeld) Write(line []byte) (int, error) {
	w.b.mu.Lock()
	defer w.b.mu.Unlock()
	w.b.held = append(w.b.held, line...)
	w.b.grown()
	return len(line), nil
}

// logHandler tells lines that may wait from those that may not.
type logHandler struct {
	slog.Handler
	buffer *LogBuffer
	bare   bool // no attributes or groups of its own
}

// Handle writes a record.
func (h *logHandler) Handle(ctx context.Context, r slog.Record) error {
	waits := r.Message == requestLine && r.Level < slog.LevelWarn
	if waits && h.bare && h.buffer.quick(r) {
		return nil
	}
	err := h.Handler.Handle(ctx, r)
	if !waits {
		h.buffer.Flush()
	}
	return err
}

// WithAttrs is the same handler with attributes in each line.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return &logHandler{buffer: h.buffer, Handler: h.Handler.WithAttrs(attrs)}
}

// WithGroup is the same handler with a group around what follows.
func (h *logHandler) WithGroup(name string) slog.Handler {
	return &logHandler{buffer: h.buffer, Handler: h.Handler.WithGroup(name)}
}

// quick appends a line as the text handler would, at less cost. It leaves a
// record with a value it does not know, or one to be quoted, to that handler.
func (b *LogBuffer) quick(r slog.Record) (done bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	begin := len(b.held)
	line := b.appendTime(append(b.held, "time="...), r.Time)
	line = append(line, " level="...)
	line = append(line, r.Level.String()...)
	line = append(line, " msg="+requestLine...)
	done = true
	r.Attrs(func(a slog.Attr) bool {
		line = append(line, ' ')
		line = append(line, a.Key...)
		line = append(line, '=')
		done = word(a.Key)
		switch a.Value.Kind() {
		case slog.KindString:
			line = append(line, a.Value.String()...)
			done = done && word(a.Value.String())
		case slog.KindInt64:
			line = strconv.AppendInt(line, a.Value.Int64(), 10)
		case slog.KindBool:
			line = strconv.AppendBool(line, a.Value.Bool())
		case slog.KindDuration:
			line = append(line, a.Value.Duration().String()...)
		default:
			done = false
		}
		return done
	})
	if !done || r.Time.IsZero() {
		b.held = line[:begin]
		return false
	}
	b.held = append(line, '\n')
	b.grown()
	return true
}

// appendTime writes RFC 3339 with milliseconds; day and zone are worked out
// once a second.
func (b *LogBuffer) appendTime(line []byte, t time.Time) []byte {
	if s, at := t.Unix(), t.Location(); s != b.second || at != b.at {
		b.second, b.at = s, at
		b.stamp = t.AppendFormat(b.stamp[:0], "2006-01-02T15:04:05.")
		b.zone = t.AppendFormat(b.zone[:0], "Z07:00")
	}
	ms := t.Nanosecond() / 1e6
	line = append(line, b.stamp...)
	line = append(line, byte('0'+ms/100), byte('0'+ms/10%10), byte('0'+ms%10))
	return append(line, b.zone...)
}

// word reports a text that stands in a line without quotes, in any reading.
func word(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c == '"' || c == '=' || c >= 0x7f {
			return false
		}
	}
	return s != ""
}
