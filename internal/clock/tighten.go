package clock

import (
	"gongkai/internal/fault"
)

// Tighten gives a limit with a local number. A locality may only shorten what
// organs owe, or lengthen a minimum period that protects the public; the time
// that the law gives citizens, fixed dates and clocks that move others stay as
// they are. by names who set it and why. Refusals are fault.Invalid on “number”.
func Tighten(l Limit, number int, unit Unit, by string) (Limit, error) {
	const op = "clock.Tighten"
	refuse := func(format string, args ...any) (Limit, error) {
		return Limit{}, fault.Field(op, "number", format, args...)
	}
	switch {
	case by == "":
		return Limit{}, fault.Field(op, "by", "%s：请写明由谁、依据什么收紧期限。", l.Rule)
	case l.Bearer != Organ:
		return refuse("%s“%s”是法律给当事人的时间，不能由地方改短或者改长。", l.Rule, l.Name)
	case l.Moves != "" || l.Number < 0:
		return refuse("%s“%s”没有可以收紧的数字。", l.Rule, l.Name)
	case number < 0 || number == 0 && unit == Hour:
		return refuse("%s：期限不能小于零。", l.Rule)
	case l.Least && (unit != l.Unit || number < l.Number):
		return refuse("%s“%s”全国规定不少于%s，地方只能更长。", l.Rule, l.Name, l.Length())
	case !l.Least && !tighter(l, number, unit):
		return refuse("%s“%s”全国规定为%s，地方只能更短，不能改为%s。", l.Rule, l.Name, l.Length(), Limit{Number: number, Unit: unit}.Length())
	case l.Way == Answering && number == 0:
		return refuse("%s：答复期限至少1个工作日。", l.Rule)
	}
	l.Number, l.Unit, l.Local = number, unit, by
	return l, nil
}

// tighter reports that the new limit can never end later than the old one.
// Fewer calendar days than working days is always shorter, also after rolling;
// a limit that counts by facts keeps its unit.
func tighter(l Limit, number int, unit Unit) bool {
	switch {
	case l.Unit == FixedDate:
		return false
	case unit == l.Unit:
		return number <= l.Number
	case l.Way == Answering:
		return false
	case unit == Day && l.Unit == WorkingDay:
		return number <= l.Number && l.Number > 0
	case unit == Hour && (l.Unit == WorkingDay || l.Unit == Day):
		return number <= 24*l.Number
	default:
		return false
	}
}
