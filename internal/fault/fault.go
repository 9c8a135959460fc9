// Package fault is the one error type that crosses package borders: a kind
// from a closed list, the operation that failed, the cause for the log, and a
// separate Chinese sentence that is safe to show a user.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// Kind says what a caller can do about an error. The list is closed: delivery
// maps each kind to one HTTP status and one exit code.
type Kind uint8

const (
	// Internal is a fault of ours or of the machine; the user sees a neutral sentence.
	Internal Kind = iota
	// Invalid is input that can be mended by the user; Text says where and how.
	Invalid
	// NotFound is a thing that does not exist, or that the asker may not know exists.
	NotFound
	// Forbidden is a known act that this actor may not do.
	Forbidden
	// Conflict is a write that lost a race or collides with a permanent label.
	Conflict
	// TooLarge is input above a stated limit.
	TooLarge
	// Unsupported is a well-formed thing that this build cannot read.
	Unsupported
	// Gone is a thing that was removed on purpose and left a tombstone.
	Gone
	// Unavailable is a passing condition: disk full, database away, index behind.
	Unavailable
)

// String names the kind for logs.
func (k Kind) String() string {
	names := [...]string{"internal", "invalid", "not_found", "forbidden", "conflict", "too_large", "unsupported", "gone", "unavailable"}
	if int(k) < len(names) {
		return names[k]
	}
	return "unknown"
}

// Error is a failure with a kind. Text is Chinese, names the field where there
// is one, says how to mend it, and never holds personal data or a cause.
type Error struct {
	Kind  Kind
	Op    string // package.Function and its arguments, for the log
	Field string // the input field, as the user knows it; may be empty
	Text  string // safe for users; empty means the kind's own sentence
	Err   error  // cause, for the log only
}

// Error joins operation, kind, text and cause: the line for a log, not for a page.
func (e *Error) Error() string {
	parts := make([]string, 0, 4)
	for _, p := range []string{e.Op, e.Kind.String(), e.Text} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	if e.Err != nil {
		parts = append(parts, e.Err.Error())
	}
	return strings.Join(parts, ": ")
}

// Unwrap gives errors.Is and errors.As the cause.
func (e *Error) Unwrap() error { return e.Err }

// New makes an error of a kind with a Chinese text.
func New(kind Kind, op, text string) *Error { return &Error{Kind: kind, Op: op, Text: text} }

// Newf is New with a formatted text.
func Newf(kind Kind, op, format string, args ...any) *Error {
	return &Error{Kind: kind, Op: op, Text: fmt.Sprintf(format, args...)}
}

// Field makes an Invalid error that names the field.
func Field(op, field, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Op: op, Field: field, Text: fmt.Sprintf(format, args...)}
}

// Wrap adds the operation and its arguments to *errp. Use it deferred with a
// named result, so that each layer adds one line.
func Wrap(errp *error, format string, args ...any) {
	if *errp == nil {
		return
	}
	op := fmt.Sprintf(format, args...)
	*errp = &Error{Kind: KindOf(*errp), Op: op, Field: FieldOf(*errp), Text: textOf(*errp), Err: *errp}
}

// KindOf finds the kind of the outermost *Error; any other error is Internal.
func KindOf(err error) Kind {
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return Internal
}

// FieldOf finds the field the error names, or "".
func FieldOf(err error) string {
	for err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return ""
		}
		if e.Field != "" {
			return e.Field
		}
		err = e.Err
	}
	return ""
}

func textOf(err error) string {
	for err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return ""
		}
		if e.Text != "" {
			return e.Text
		}
		err = e.Err
	}
	return ""
}

// Text is the Chinese sentence a user may see: the innermost stated text, or
// the sentence of the kind. It never shows a cause.
func Text(err error) string {
	if t := textOf(err); t != "" {
		return t
	}
	switch KindOf(err) {
	case Invalid:
		return "填写的内容有误，请检查后再试。"
	case NotFound:
		return "没有找到您要的内容。"
	case Forbidden:
		return "您没有办理这件事的权限。"
	case Conflict:
		return "内容已被他人修改，请刷新后再试。"
	case TooLarge:
		return "内容超过了允许的大小。"
	case Unsupported:
		return "暂时读不了这种格式。"
	case Gone:
		return "内容已依法撤下。"
	case Unavailable:
		return "系统暂时繁忙，请稍后再试。"
	default:
		return "系统出现故障，我们已经记录下来，请稍后再试。"
	}
}
