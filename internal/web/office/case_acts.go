package office

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
	"gongkai/internal/web/ui"
)

// seenVersion is the state of a case as the sender of a form saw it.
func seenVersion(c *call) (int, error) {
	n, err := strconv.Atoi(value(c.r, "version"))
	if err != nil || n < 1 {
		return 0, fault.New(fault.Invalid, "office.seenVersion", textOldForm)
	}
	return n, nil
}

// actOnCase does an act of the case's table with the form of its kind.
func actOnCase(o *Office, c *call) (*answer, error) {
	id, err := caseID(c)
	if err != nil {
		return nil, err
	}
	v, err := o.deps.Cases.View(c.ctx(), c.actor(), id)
	if err != nil {
		return nil, err
	}
	action := casework.Action(value(c.r, "action"))
	f, ok := caseKinds[v.Case.Kind].forms[action]
	if !ok {
		return o.caseAgain(c, id, "", fault.New(fault.Invalid, "office.actOnCase", textNoForm))
	}
	filled, err := f.read(c.r)
	if err != nil {
		return o.caseAgain(c, id, string(action), err)
	}
	version, err := seenVersion(c)
	if err != nil {
		return o.caseAgain(c, id, string(action), err)
	}
	res, err := o.deps.Cases.Apply(c.ctx(), casework.Do{Case: id, Action: action, Version: version, Form: filled, Token: value(c.r, "once"), Actor: c.actor()})
	if err != nil {
		return o.caseAgain(c, id, string(action), err)
	}
	next, err := o.turns(c, id)
	if err != nil {
		return nil, err
	}
	return o.caseTold(c, id, res, fmt.Sprintf(textActDone, o.deps.Cases.ActionName(v.Case.Kind, action), res.Event, next))
}

// caseTold leads back to the case, or to the first page when it is out of sight.
func (o *Office) caseTold(c *call, id int64, res *casework.Result, words string) (*answer, error) {
	if res.Replayed {
		words = textActAgain
	}
	to := "/office"
	switch _, err := o.deps.Cases.View(c.ctx(), c.actor(), id); {
	case err == nil:
		to = caseAddress(res.Case.Kind, id)
	case fault.KindOf(err) != fault.NotFound:
		return nil, err
	}
	return told(c, to, words), nil
}

// ownAct reads the form of one of the kernel's own acts.
func ownAct(c *call) (h casework.HandOver, err error) {
	if h.Case, err = caseID(c); err != nil {
		return h, err
	}
	h.Version, err = seenVersion(c)
	h.Task, h.To, h.Reason, h.Token, h.Actor = value(c.r, "task"), value(c.r, "to"), value(c.r, "reason"), value(c.r, "once"), c.actor()
	return h, err
}

func handCase(o *Office, c *call) (*answer, error) {
	h, err := ownAct(c)
	if h.Case == 0 {
		return nil, err
	}
	if err == nil && h.To == "" {
		err = fault.Field("office.handCase", "接办人", "“接办人”：请选择把这一步转给谁。")
	}
	var res *casework.Result
	if err == nil {
		res, err = o.deps.Cases.HandOver(c.ctx(), h)
	}
	if err != nil {
		return o.caseAgain(c, h.Case, "hand-"+h.Task, err)
	}
	names, _, err := o.deps.Cases.Names(c.ctx(), []string{h.To}, nil)
	if err != nil {
		return nil, err
	}
	return o.caseTold(c, h.Case, res, fmt.Sprintf(textHanded, names[h.To]))
}

func urgeCase(o *Office, c *call) (*answer, error) {
	h, err := ownAct(c)
	if h.Case == 0 {
		return nil, err
	}
	h.To = ""
	var res *casework.Result
	if err == nil {
		res, err = o.deps.Cases.Urge(c.ctx(), h)
	}
	if err != nil {
		return o.caseAgain(c, h.Case, "urge-"+h.Task, err)
	}
	return o.caseTold(c, h.Case, res, textUrgedNow)
}

func takeCase(o *Office, c *call) (*answer, error) {
	h, err := ownAct(c)
	if h.Case == 0 {
		return nil, err
	}
	var res *casework.Result
	if err == nil {
		res, err = o.deps.Cases.Take(c.ctx(), h)
	}
	if err != nil {
		return o.caseAgain(c, h.Case, "take-"+h.Task, err)
	}
	return o.caseTold(c, h.Case, res, textTakenUp)
}

// recordFacts reads the record of an event as named values, in the order of the
// record. Fields that hold logins or steps are marked for their names.
func recordFacts(data json.RawMessage) ([]caseFact, error) {
	dec := json.NewDecoder(bytes.NewReader(data))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, err // a record is an object or nothing
	}
	var out []caseFact
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return nil, err
		}
		var x any
		if err := dec.Decode(&x); err != nil {
			return nil, err
		}
		name, words := fmt.Sprint(key), ""
		switch x := x.(type) {
		case string:
			words = x
		case float64:
			words = strconv.FormatFloat(x, 'f', -1, 64)
		case []any:
			var list []string
			for _, y := range x {
				if s, ok := y.(string); ok {
					list = append(list, s)
				}
			}
			words = strings.Join(list, "、")
		}
		f := caseFact{Name: recordNames[name], Value: words}
		switch name {
		case "from", "to":
			f.Href = "login"
		case "task":
			f.Href = "task"
		case "Ground", "ground":
			f.Value = groundWords(words)
		}
		if f.Name != "" && strings.TrimSpace(f.Value) != "" {
			out = append(out, f)
		}
	}
	return out, nil
}

func timelineSheet(o *Office, c *call) (*answer, error) {
	id, err := caseID(c)
	if err != nil {
		return nil, err
	}
	v, err := o.deps.Cases.View(c.ctx(), c.actor(), id)
	if err != nil {
		return nil, err
	}
	acts, err := o.timeline(c.ctx(), v.Case)
	if err != nil {
		return nil, err
	}
	lines := [][]any{{"序号", "时间", "办理人", "代谁办理", "操作", "步骤", "状态", "记录"}}
	for i := len(acts) - 1; i >= 0; i-- {
		a := acts[i]
		var facts []string
		for _, f := range a.Facts {
			facts = append(facts, f.Name+"："+f.Value)
		}
		lines = append(lines, []any{a.No, ui.Minute(a.At), a.Who, a.ForName, a.Name, a.StepName, a.States, strings.Join(facts, "；")})
	}
	return excelAnswer(textTimeline+" "+v.Case.Number+".xlsx", func(b *bytes.Buffer) error { return writeLines(b, textTimeline, 20, lines) })
}
