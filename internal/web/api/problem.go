package api

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gongkai/internal/document"
	"gongkai/internal/fault"
)

// Problem is an error as RFC 9457 writes it, in Chinese, with the field that
// must be mended.
type Problem struct {
	Type   string       `json:"type" doc:"固定为 about:blank" example:"about:blank"`
	Title  string       `json:"title" doc:"这一类问题的名称" example:"参数有误"`
	Status int          `json:"status" doc:"HTTP 状态码" example:"400"`
	Detail string       `json:"detail" doc:"哪里不对、怎样改正" example:"limit：请写 1 到 100 之间的整数。"`
	Field  string       `json:"field,omitempty" doc:"有问题的参数" example:"limit"`
	Errors []FieldFault `json:"errors,omitempty" doc:"有多处问题时，逐处列出"`
	// Of a work that was joined into another; the status is 308 then.
	MergedInto int64  `json:"merged_into,omitempty" doc:"这份文件并入了哪份文件（作品编号）"`
	Location   string `json:"location,omitempty" doc:"新的地址，与 Location 头相同"`
}

// FieldFault is one wrong parameter.
type FieldFault struct {
	Field  string `json:"field" doc:"参数名"`
	Detail string `json:"detail" doc:"哪里不对"`
}

// Error is the sentence itself.
func (p *Problem) Error() string { return p.Detail }

// GetStatus tells the framework which status to send.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType names the media type of a problem.
func (p *Problem) ContentType(ct string) string {
	if ct == "application/json" {
		return "application/problem+json"
	}
	return ct
}

// The framework's own errors (a parameter of the wrong form, an unknown one)
// pass through one global function; this package is its only user, and its
// sentences must be Chinese.
func init() { huma.NewError = newProblem }

func newProblem(status int, _ string, errs ...error) huma.StatusError {
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest
	}
	p := problem(status, "")
	for _, err := range errs {
		var d huma.ErrorDetailer
		if !errors.As(err, &d) {
			continue
		}
		e := d.ErrorDetail()
		field := e.Location[strings.LastIndexByte(e.Location, '.')+1:]
		p.Errors = append(p.Errors, FieldFault{field, translate(field, e.Message)})
	}
	if len(p.Errors) > 0 {
		p.Field, p.Detail = p.Errors[0].Field, p.Errors[0].Detail
	}
	if len(p.Errors) == 1 {
		p.Errors = nil
	}
	return p
}

// problem makes a problem of a status; an empty detail is the status's own sentence.
func problem(status int, detail string) *Problem {
	s, ok := statusTexts[status]
	if !ok {
		s = statusTexts[http.StatusInternalServerError]
	}
	if detail == "" {
		detail = s.detail
	}
	return &Problem{Type: "about:blank", Title: s.title, Status: status, Detail: detail}
}

// problemOf turns an error of the domains into a problem.
func problemOf(err error) *Problem {
	var known *Problem
	if errors.As(err, &known) {
		return known
	}
	status := http.StatusInternalServerError
	switch fault.KindOf(err) {
	case fault.Invalid:
		status = http.StatusBadRequest
	case fault.NotFound:
		status = http.StatusNotFound
	case fault.Forbidden:
		status = http.StatusForbidden
	case fault.Conflict:
		status = http.StatusConflict
	case fault.TooLarge:
		status = http.StatusRequestEntityTooLarge
	case fault.Unsupported:
		status = http.StatusUnsupportedMediaType
	case fault.Gone:
		status = http.StatusGone
	case fault.Unavailable:
		status = http.StatusServiceUnavailable
	}
	p := problem(status, fault.Text(err))
	p.Field = fault.FieldOf(err)
	if errors.As(err, new(*document.Withdrawn)) {
		p.Title = textWithdrawn
	}
	return p
}

// badField is a parameter that this package refuses.
func badField(field, detail string) *Problem {
	p := problem(http.StatusBadRequest, field+"："+detail)
	p.Field = field
	return p
}

// translations of what the framework says of a value; the rest of its sentence
// is a number, a list or nothing.
var translations = []struct{ english, chinese string }{
	{"invalid integer", "请写整数。"},
	{"invalid boolean", "请写 1 或 0（也可以写 true 或 false）。"},
	{"expected number >= ", "不能小于 %s。"},
	{"expected number <= ", "不能大于 %s。"},
	{"expected length <= ", "最多 %s 个字。"},
	{"expected length >= ", "至少 %s 个字。"},
	{"expected value to be one of ", "只能是 %s 之一。"},
	{"expected string to be RFC 3339 date", "请写成 2020-01-31 这样的日期。"},
	{"required query parameter is missing", "请给出这个参数。"},
	{"required path parameter is missing", "请给出这个参数。"},
	{"unknown query parameter", "没有这个参数，请检查拼写；可用的参数见 " + Root + " 。"},
}

func translate(field, message string) string {
	for _, t := range translations {
		if rest, ok := strings.CutPrefix(message, t.english); ok {
			return field + "：" + strings.Replace(t.chinese, "%s", strings.Trim(rest, `"`), 1)
		}
	}
	return field + "：这个参数的值不对。"
}

// shorten keeps a quotation of the caller's own words short.
func shorten(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
