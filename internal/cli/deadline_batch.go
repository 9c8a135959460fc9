package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// longestLine bounds a line of a batch, in bytes; a history of a request is far shorter.
const longestLine = 1 << 20

// longestDays bounds a stated number of working days.
const longestDays = 1000

// deadlineLine is one history of a batch as it was read.
type deadlineLine struct {
	ID     json.RawMessage // echoed as it came; null when the line has none
	Limit  clock.Limit
	Facts  []clock.Fact
	Unread []string // fields that nobody asked for and that changed nothing
}

// deadlineAnswer is the answer to a line.
type deadlineAnswer struct {
	ID json.RawMessage `json:"id"`
	clock.Result
}

// deadlineError is the answer to a line that cannot be read.
type deadlineError struct {
	ID    json.RawMessage `json:"id"`
	Error string          `json:"error"`
}

func deadlineBatch(r *run, name string, cal workday.Calendar) (err error) {
	f, err := r.openInput(name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	in := bufio.NewReader(f)
	faults := false
	for n := 1; ; n++ {
		line, readErr := readLine(in)
		if readErr != nil && readErr != io.EOF && !errors.Is(readErr, errLongLine) {
			return readErr
		}
		if n == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if len(bytes.TrimSpace(line)) == 0 && !errors.Is(readErr, errLongLine) {
			if readErr == io.EOF {
				break
			}
			continue
		}
		var d deadlineLine
		bad := readErr
		if !errors.Is(readErr, errLongLine) {
			d, bad = readDeadline(line)
		}
		if bad != nil {
			faults = true
			err = r.print(deadlineError{orNull(d.ID), fmt.Sprintf("%s 第%d行：%s", name, n, fault.Text(bad))})
		} else {
			if len(d.Unread) > 0 {
				fmt.Fprintf(r.errs, "%s 第%d行：不认识的字段没有使用：%s\n", name, n, strings.Join(d.Unread, "、"))
			}
			err = r.print(deadlineAnswer{orNull(d.ID), clock.Compute(d.Limit, d.Facts, cal)})
		}
		if err != nil {
			return err
		}
		if readErr == io.EOF {
			break
		}
	}
	if faults {
		return errFaults
	}
	return nil
}

func orNull(id json.RawMessage) json.RawMessage {
	if len(id) == 0 {
		return json.RawMessage("null")
	}
	return id
}

var errLongLine = fault.New(fault.TooLarge, "cli.readLine", "这一行太长，没有读。")

// readLine reads to the end of a line; of one that is too long it skips the rest.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := in.ReadSlice('\n')
		if long = long || len(line)+len(part) > longestLine; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
		case long && (err == nil || err == io.EOF):
			return nil, errLongLine
		default:
			return line, err
		}
	}
}

// rawLine and rawEvent are the promised fields; pointers tell absent from zero.
type rawLine struct {
	ID      json.RawMessage   `json:"id"`
	Rule    *string           `json:"rule"`
	Channel *string           `json:"channel"`
	Events  []json.RawMessage `json:"events"`
}

type rawEvent struct {
	Date              *string `json:"date"`
	Event             *string `json:"event"`
	Who               *string `json:"who"`
	WorkingDays       *int    `json:"working_days"`
	PeriodWorkingDays *int    `json:"period_working_days"`
	RemedyTold        *bool   `json:"remedy_told"`
}

// readDeadline reads one line. The id is given back even with an error where
// it could be read; errors name the field (fault.Invalid).
func readDeadline(line []byte) (d deadlineLine, err error) {
	const op = "batch.readDeadline"
	var raw rawLine
	if err := json.Unmarshal(line, &raw); err != nil {
		var only struct {
			ID json.RawMessage `json:"id"`
		}
		if json.Unmarshal(line, &only) == nil {
			d.ID = scalar(only.ID)
		}
		return d, jsonFault(op, "", err)
	}
	d.ID = scalar(raw.ID)
	d.Unread = unread(line, "", "id", "rule", "channel", "events")
	if raw.Rule == nil || *raw.Rule == "" {
		return d, fault.Field(op, "rule", "字段 rule：没有写规则编号。")
	}
	var ok bool
	if d.Limit, ok = clock.Find(*raw.Rule); !ok {
		return d, fault.Field(op, "rule", "字段 rule：没有“%s”这条规则。", *raw.Rule)
	}
	channel := clock.Channel(deref(raw.Channel))
	if !channel.Known() {
		return d, fault.Field(op, "channel", "字段 channel：没有“%s”这种渠道。", channel)
	}
	if len(raw.Events) == 0 {
		return d, fault.Field(op, "events", "字段 events：没有任何事实，无法起算。")
	}
	for i, b := range raw.Events {
		where := fmt.Sprintf("events[%d]", i)
		f, err := readEvent(where, b)
		if err != nil {
			return d, err
		}
		if d.Limit.Unit == clock.Hour && slices.Contains(d.Limit.Starts, f.Event) && !f.At.Timed {
			return d, fault.Field(op, where+".date", "字段 %s.date：%s按小时计算，请写明时刻，如 2026-01-30T11:30。", where, d.Limit.Rule)
		}
		f.Channel = channel
		d.Facts = append(d.Facts, f)
		d.Unread = append(d.Unread, unread(b, where+".", "date", "event", "who", "working_days", "period_working_days", "remedy_told")...)
	}
	return d, nil
}

func readEvent(where string, b []byte) (f clock.Fact, err error) {
	const op = "batch.readEvent"
	refuse := func(field, format string, args ...any) (clock.Fact, error) {
		return clock.Fact{}, fault.Field(op, where+"."+field, "字段 %s.%s："+format, append([]any{where, field}, args...)...)
	}
	var raw rawEvent
	if err := json.Unmarshal(b, &raw); err != nil {
		return f, jsonFault(op, where, err)
	}
	f.Event = clock.Event(deref(raw.Event))
	if !f.Event.Known() {
		return refuse("event", "没有“%s”这种事实。", f.Event)
	}
	var ok bool
	if f.At, ok = clock.ParseMoment(deref(raw.Date)); !ok || !plausible(f.At) {
		return refuse("date", "“%s”不是日期，请写成 2026-01-30 或者 2026-01-30T11:30 这样。", deref(raw.Date))
	}
	if f.Who = clock.Party(deref(raw.Who)); !f.Who.Known() {
		return refuse("who", "没有“%s”这一方，应为 third_party、joint_organ 或者 other_organ，可以加 _2 等编号。", f.Who)
	}
	for field, n := range map[string]*int{"working_days": raw.WorkingDays, "period_working_days": raw.PeriodWorkingDays} {
		if n != nil && (*n < 1 || *n > longestDays) {
			return refuse(field, "%d应为1至%d的整数。", *n, longestDays)
		}
	}
	if raw.WorkingDays != nil {
		f.WorkingDays = *raw.WorkingDays
	}
	if raw.PeriodWorkingDays != nil {
		f.PeriodWorkingDays = *raw.PeriodWorkingDays
	}
	f.RemedyTold = raw.RemedyTold
	return f, nil
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// scalar lets through an id that is text or a number; anything else is no id.
func scalar(id json.RawMessage) json.RawMessage {
	if len(id) == 0 || id[0] == '{' || id[0] == '[' {
		return nil
	}
	return id
}

// unread lists the fields of an object that are not among the known ones.
func unread(object []byte, prefix string, known ...string) []string {
	var all map[string]json.RawMessage
	if json.Unmarshal(object, &all) != nil {
		return nil // the caller has read it as an object already
	}
	var out []string
	for name := range all {
		if !slices.ContainsFunc(known, func(k string) bool { return strings.EqualFold(k, name) }) {
			out = append(out, prefix+name)
		}
	}
	slices.Sort(out)
	return out
}

// jsonFault says in Chinese what is wrong with the JSON.
func jsonFault(op, where string, err error) error {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		field := strings.Trim(where+"."+kind.Field, ".")
		if field == "" {
			return fault.Field(op, "", "这一行不是 JSON 对象。")
		}
		return fault.Field(op, field, "字段 %s：类型不对。", field)
	}
	return fault.Field(op, where, "这一行不是完整的 JSON。")
}
