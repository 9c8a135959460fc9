package clock

import (
	"fmt"
	"strings"

	"gongkai/internal/workday"
)

// All Chinese sentences of the sums and refusals stand in this file.

const (
	textNotBegun          = "还没有开始计时的事实，期限尚未起算"
	textNotReceived       = "还没有确定收到申请的日期，期限尚未起算"
	textConfirmedTooEarly = "确认早于申请到达，没有效力"
	textExtendedTwice     = "答复期限只能延长一次，这次延长没有效力"
	textNoLength          = "没有写明延长多少个工作日，没有效力"
	textNoticedTwice      = "补正只能一次性告知，再次告知没有效力"
	textNoticed           = "发出补正告知，答复期限停止计算"
	textNoNotice          = "此前没有有效的补正告知，没有效力"
	textServedTwice       = "补正告知已经送达或者已经补正，没有效力"
	textCorrectedTwice    = "已经收到过补正，答复期限不再重新计算"
	textCorrected         = "收到补正，当日不计，从次日起重新计算全部答复期限"
	textBilledTwice       = "同一申请只发一次收费通知，再次通知没有效力"
	textBilled            = "通知缴纳信息处理费，处理期限停止计算"
	textNoBill            = "此前没有有效的收费通知，没有效力"
	textPaidTwice         = "费用已经缴清，处理期限不再重新计算"
	textPaid              = "缴清费用，从次日起重新计算处理期限"
	textAskedOnLastDay    = "当日已是答复期限的最后一日，征求意见的时间从次日起才不计入，没有效力"
	textSigned            = "申请人签收答复，救济期限从次日起算"
	textWaitCorrection    = "等待申请人补正，期限停止，暂无到期日"
	textWaitFee           = "等待申请人缴费，期限停止，暂无到期日"
)

var channelNames = map[Channel]string{InPerson: "当面提交", PostSigned: "签收邮件", PostOrdinary: "平常信函", Fax: "传真", Online: "网上提交"}

func textAlreadyBegun(at Moment) string {
	return fmt.Sprintf("期限已从%s起算，没有效力", at.Chinese())
}
func textBeforeStart(at Moment) string {
	return fmt.Sprintf("早于起算的%s，没有效力", at.Chinese())
}
func textAlreadyEnded(at Moment) string {
	return fmt.Sprintf("已于%s办结，此后的事实不再影响期限", at.Chinese())
}
func textTooShort(due Moment) string {
	return fmt.Sprintf("不得早于%s结束，没有效力", due.Chinese())
}
func textTooLate(f Fact, due workday.Date) string {
	return fmt.Sprintf("答复期限已于%s届满，此后%s没有效力", due.Chinese(), f.Event.Name())
}
func textExtendedTooLong(most int) string {
	return fmt.Sprintf("延长不得超过%d个工作日，没有效力", most)
}
func textExtended(f Fact, n int) string { return fmt.Sprintf("%s%d个工作日", f.Event.Name(), n) }

func textNoticedLate(n int, last workday.Date) string {
	return fmt.Sprintf("应当在收到申请之日起%d个工作日内，即至迟%s告知补正；逾期告知不停止答复期限", n, last.Chinese())
}
func textCorrectBy(n int, last workday.Date) string {
	return fmt.Sprintf("补正告知送达，补正期限%d个工作日，到%s", n, last.Chinese())
}
func textCorrectedLate(last workday.Date) string {
	return fmt.Sprintf("补正期限已于%s届满，无正当理由逾期不补正的视为放弃申请，没有效力", last.Chinese())
}
func textPayBy(last workday.Date) string {
	return fmt.Sprintf("收到收费通知，缴费期限30日，到%s", last.Chinese())
}
func textPaidLate(last workday.Date) string {
	return fmt.Sprintf("缴费期限已于%s届满，视为放弃申请，没有效力", last.Chinese())
}

func textAsked(p Party) string {
	return fmt.Sprintf("向%s发出征求意见函，次日起的时间不计入", p.Name())
}
func textReceivedLetter(p Party) string {
	return fmt.Sprintf("%s收到征求意见函", p.Name())
}
func textReplyBy(p Party, n int, last workday.Date) string {
	return fmt.Sprintf("%s收到征求意见函，%d个工作日内答复，到%s；不计入的时间至迟到该日", p.Name(), n, last.Chinese())
}
func textReplied(p Party) string {
	return fmt.Sprintf("收到%s的答复，当日仍不计入，次日起继续计算", p.Name())
}
func textRepliedLate(rule string, last workday.Date) string {
	if rule == "A-77" {
		return fmt.Sprintf("答复期限已于%s届满，逾期未答复视为同意，没有效力", last.Chinese())
	}
	return fmt.Sprintf("答复期限已于%s届满，不计入的时间止于该日，没有效力", last.Chinese())
}
func textSilentParty(p Party, last workday.Date) string {
	return fmt.Sprintf("%s的答复期限已于%s届满，再次征求意见的时间不能扣除", p.Name(), last.Chinese())
}
func textAskedTwice(p Party, sent workday.Date) string {
	return fmt.Sprintf("已于%s向%s发函，再次发函没有效力", sent.Chinese(), p.Name())
}
func textNoLetter(p Party) string {
	return fmt.Sprintf("没有向%s发函或者该函已经答复，没有效力", p.Name())
}
func textReceivedTwice(p Party, on workday.Date) string {
	return fmt.Sprintf("%s已于%s收到，没有效力", p.Name(), on.Chinese())
}
func textWaitReply(p Party) string {
	return fmt.Sprintf("等待%s的答复，期限停止，暂无到期日", p.Name())
}

func receiptText(c Channel, at Moment) string {
	if c == "" {
		return at.Chinese() + "收到，当日不计，从次日起算"
	}
	return fmt.Sprintf("%s收到申请（%s），当日不计，从次日起算", at.Chinese(), channelNames[c])
}
func textArrived(c Channel) string {
	if c == Online {
		return "网上提交，等待双方确认"
	}
	return channelNames[c] + "到达，等待与申请人确认"
}
func textAutoConfirmed(d workday.Date) string {
	return fmt.Sprintf("%s系统自动确认收到（提交后的次一工作日仍未人工确认），当日不计，从次日起算", d.Chinese())
}
func textConfirmedTooLate(last workday.Date) string {
	return fmt.Sprintf("系统已于%s自动确认收到，此后的确认没有效力", last.Chinese())
}

func startText(l Limit, f Fact) string {
	what := f.Event.Name()
	if f.Who != "" {
		what = f.Who.Name() + "：" + what
	}
	if l.Unit == Hour {
		return fmt.Sprintf("%s%s，从该时起算", f.At.Chinese(), what)
	}
	if l.Unit == FixedDate || strings.HasSuffix(string(l.Unit), "_end") {
		return fmt.Sprintf("%s%s", f.At.Chinese(), what)
	}
	return fmt.Sprintf("%s%s，当日不计，从次日起算", f.At.Chinese(), what)
}

// Length is the limit in words: 20个工作日, 每年1月31日.
func (l Limit) Length() string {
	switch l.Unit {
	case WorkingDay:
		return fmt.Sprintf("%d个工作日", l.Number)
	case Day:
		if l.Number < 0 {
			return fmt.Sprintf("提前%d日", -l.Number)
		}
		return fmt.Sprintf("%d日", l.Number)
	case Hour:
		return fmt.Sprintf("%d小时", l.Number)
	case Month:
		if l.Number < 0 {
			return fmt.Sprintf("提前%d个月", -l.Number)
		}
		if l.Number%12 == 0 {
			return fmt.Sprintf("%d年", l.Number/12)
		}
		return fmt.Sprintf("%d个月", l.Number)
	case FixedDate:
		return fmt.Sprintf("每年%d月%d日", int(l.Month), l.Day)
	case MonthEnd:
		return "每月月底"
	case QuarterEnd:
		return "每季度末"
	case HalfEnd:
		return "每半年末"
	default:
		return "每年年底"
	}
}

func dueText(l Limit, from, due Moment) string {
	switch {
	case l.Unit == Hour:
		return fmt.Sprintf("%d小时后即%s到期", l.Number, due.Chinese())
	case l.Least:
		return fmt.Sprintf("不少于%s，%s（%s）24:00前不得结束", l.Length(), due.Chinese(), due.Day.WeekdayName())
	case l.Number < 0:
		return fmt.Sprintf("%s%s即%s", from.Chinese(), l.Length(), due.Chinese())
	default:
		return fmt.Sprintf("%s，%s（%s）24:00到期", l.Length(), due.Chinese(), due.Day.WeekdayName())
	}
}

func endedText(f Fact, s State) string {
	if s == Lapsed {
		return fmt.Sprintf("%s%s，已经逾期", f.At.Chinese(), f.Event.Name())
	}
	return fmt.Sprintf("%s%s，按期完成", f.At.Chinese(), f.Event.Name())
}

func textRolled(s workday.Status, to workday.Date) string {
	return fmt.Sprintf("%s，期限顺延到%s（%s）", s.Text(), to.Chinese(), to.WeekdayName())
}
func textUntold(months int) string {
	return fmt.Sprintf("没有告知救济权利或者期限，从知道之日起计算，自知道内容之日起最长%d个月", months)
}
func textToldNow(l Limit, at Moment) string {
	return fmt.Sprintf("%s得知权利和期限，从次日起计算%s", at.Chinese(), l.Length())
}

func textLastDay(s workday.Status, total int) string {
	return fmt.Sprintf("%s，第%d个工作日，当日24:00到期", s.Text(), total)
}

// text is one line of the sum: 2月14日 星期六 调休上班，第10个工作日.
func (x line) text() string {
	span := dayAndWeek(x.from)
	if x.from != x.to {
		span += "至" + dayAndWeek(x.to)
	}
	guess := ""
	if !x.status.Known {
		guess = "（推定）"
	}
	switch {
	case x.kind == "makeup":
		return fmt.Sprintf("%s，第%d个工作日", x.status.Text(), x.n)
	case x.kind == "excluded":
		return fmt.Sprintf("%s 征求意见，%d个工作日不计入", span, x.works)
	case strings.HasPrefix(x.kind, "holiday"):
		return fmt.Sprintf("%s %s放假，不计入%s", span, x.status.Name, guess)
	case x.first == x.n:
		return fmt.Sprintf("%s 第%d个工作日%s", span, x.n, guess)
	default:
		return fmt.Sprintf("%s 第%d至第%d个工作日%s", span, x.first, x.n, guess)
	}
}

func dayAndWeek(d workday.Date) string {
	return fmt.Sprintf("%d月%d日 %s", int(d.Month), d.Day, d.WeekdayName())
}
