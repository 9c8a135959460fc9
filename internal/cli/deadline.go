package cli

import (
	"fmt"

	"gongkai/internal/app"
	"gongkai/internal/clock"
	"gongkai/internal/fault"
	"gongkai/internal/org"
	"gongkai/internal/workday"
)

type deadlineCmd struct {
	Rule     string `help:"规则编号，如 A-70。" placeholder:"ID"`
	Received string `help:"起算之日，如 2026-01-30；按小时计算的要写明时刻，如 2026-01-30T11:30。" placeholder:"DATE"`
	Rules    bool   `help:"列出全部期限。"`
	Batch    string `help:"一行一个事项的 JSONL 文件，- 为标准输入。" placeholder:"FILE"`
	Library  bool   `help:"按这个库里录入的放假安排计算；不写就按程序自带的全国安排。"`
	Organ    string `help:"按这个机构适用的放假安排计算，含本地区的调整；写机构代码，同时意味着 --library。" placeholder:"CODE"`
}

// calendar is the one to count by: the program's own, or that of a library, so
// that the command gives the number that stands on the screen and in letters.
func (c *deadlineCmd) calendar(r *run) (cal workday.Calendar, err error) {
	if !c.Library && c.Organ == "" {
		return workday.National(), nil
	}
	err = r.reading(func(a *app.App) error {
		years, err := a.Cases.Years(r.ctx)
		if err != nil {
			return err
		}
		if cal = years.National(); c.Organ == "" {
			return nil
		}
		organ, err := org.ByCode(r.ctx, a.DB.Reader(), c.Organ)
		if err == nil {
			cal = years.For(organ)
		}
		return err
	})
	return cal, err
}

// Run prints the due time of one fact, of a file of histories, or the table of limits.
func (c *deadlineCmd) Run(r *run) error {
	single := c.Rule != "" || c.Received != ""
	asked := 0
	for _, on := range []bool{single, c.Rules, c.Batch != ""} {
		if on {
			asked++
		}
	}
	switch {
	case asked != 1:
		return fault.Field("cli.deadline", "rule", "请给出 --rule 和 --received，或者 --rules，或者 --batch，三者选一。")
	case c.Rules:
		return listRules(r)
	case c.Batch != "":
		cal, err := c.calendar(r)
		if err != nil {
			return err
		}
		return deadlineBatch(r, c.Batch, cal)
	}
	return c.one(r)
}

func (c *deadlineCmd) one(r *run) error {
	const op = "cli.deadline"
	if c.Rule == "" {
		return fault.Field(op, "rule", "--rule：请给出规则编号，如 A-70；用 --rules 查看全部。")
	}
	limit, ok := clock.Find(c.Rule)
	if !ok {
		return fault.Field(op, "rule", "--rule：没有“%s”这条规则；用 --rules 查看全部。", c.Rule)
	}
	if c.Received == "" {
		return fault.Field(op, "received", "--received：请给出起算之日，如 2026-01-30。")
	}
	at, ok := clock.ParseMoment(c.Received)
	if !ok || !plausible(at) {
		return fault.Field(op, "received", "--received：“%s”不是日期，请写成 2026-01-30 或者 2026-01-30T11:30 这样。", c.Received)
	}
	if limit.Unit == clock.Hour && !at.Timed {
		return fault.Field(op, "received", "--received：%s按小时计算，请写明时刻，如 2026-01-30T11:30。", c.Rule)
	}
	cal, err := c.calendar(r)
	if err != nil {
		return err
	}
	result := clock.Compute(limit, []clock.Fact{{Event: clock.Received, At: at}}, cal)
	if r.globals.JSON {
		return r.print(struct {
			Rule string `json:"rule"`
			clock.Result
		}{c.Rule, result})
	}
	return r.printSum(limit, result)
}

// printSum writes the sum for a person: the limit, its lines, the last day.
func (r *run) printSum(l clock.Limit, result clock.Result) error {
	if _, err := fmt.Fprintf(r.out, "%s　%s：%s\n依据：%s\n", l.Rule, l.Name, l.Length(), l.Basis); err != nil {
		return err
	}
	for _, s := range result.Steps {
		if _, err := fmt.Fprintf(r.out, "%s　%s（%s）\n", s.On, s.Text, s.Rule); err != nil {
			return err
		}
	}
	end := "　24:00"
	if result.Due.Timed {
		end = ""
	}
	sure := ""
	if result.Provisional {
		sure = "（暂定）"
	}
	_, err := fmt.Fprintf(r.out, "到期：%s%s%s\n", result.Due.Chinese(), end, sure)
	return err
}

// ruleLine is a limit as the table prints it.
type ruleLine struct {
	clock.Limit
	Length string `json:"length"`
}

func listRules(r *run) error {
	for _, l := range clock.Limits() {
		length := l.Length()
		if l.Moves != "" {
			length = "影响" + l.Moves
		}
		if err := r.print(ruleLine{l, length}); err != nil {
			return err
		}
	}
	return nil
}

// plausible keeps years in which a calendar makes sense.
func plausible(m clock.Moment) bool { return m.Day.Year >= 1949 && m.Day.Year <= 2199 }
