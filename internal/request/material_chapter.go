package request

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/workday"
)

// materials is the chapter of documents: what was collected, what is decided
// about each page, what is blackened on which ground, and what is handed out.
// Nothing is proposed while a page lacks its decision, nothing is signed before
// a second person looked at each redacted file, and at service the versions are
// frozen.
func (r *Room) materials() chapter {
	in := func(s ...casework.State) []casework.State { return s }
	redacted := []casework.Action{ActRedact}
	check := step{Action: ActChecked, Name: "复核遮盖", From: in(Working, Reviewing, Signing, Served), Task: taskCheck, Right: access.HandleRequest, NotBy: redacted,
		Form: func() any { return &CheckedForm{} }, Check: checkChecked, Effect: r.checked}
	late := check // in an archived case nothing waits, so there is no task
	late.From, late.Task, late.Quiet = in(Archived), "", true
	lacks := func(sign bool) func(*casework.Case, *Request, workday.Date) string {
		return func(_ *casework.Case, q *Request, _ workday.Date) string { return q.Material.refuse(sign) }
	}
	return chapter{
		steps: []step{check, late,
			{Action: ActLift, Name: "解除遮盖", From: in(Working, Served, Archived), Right: access.ApproveExtension, Quiet: true, Form: func() any { return &LiftForm{} }, Check: checkLift, Effect: r.lift},
			{Action: ActGiveAgain, Name: "提供新版本", From: in(Served, Archived), Right: access.HandleRequest, Quiet: true, Refuse: refuseGiveAgain, Form: func() any { return &NoteForm{} }, Effect: r.giveAgain},
		},
		tasks: func(c *casework.Case, q *Request) []casework.Task {
			if !slices.Contains(check.From, c.State) || len(q.Material.Unchecked()) == 0 {
				return nil
			}
			return []casework.Task{{Name: taskCheck, Right: access.HandleRequest, NotBy: redacted}}
		},
		names:   map[string]string{taskCheck: "复核遮盖", string(ActMaterial): "收集材料", string(ActRedact): "生成提供件"},
		notices: map[string]string{"to_check": "%s有遮盖过的材料，请另一位同事复核。"},
		load:    loadMaterials,
		guards: map[casework.Action]guard{
			ActDecide: {refuse: lacks(false)},
			ActSign:   {refuse: lacks(true)},
			ActServe:  {effect: func(ctx context.Context, t *turn) error { return freeze(ctx, t) }},
		},
	}
}

// taskCheck waits for a person who did not redact.
const taskCheck = "check_redaction"

// lockedFiles explains why the list of files is not changed by hand.
const lockedFiles = "附件按“材料”里决定提供的文件列出，不能手工改。"

// attachmentLine is the list of files at the end of an answer, "" for none.
func (q *Request) attachmentLine() string {
	list := q.Attachments()
	for i, name := range list {
		list[i] = fmt.Sprintf("%d．%s", i+1, name)
	}
	if len(list) == 0 {
		return ""
	}
	return "附件：" + strings.Join(list, "；")
}
