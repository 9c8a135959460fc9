package portal

import (
	"fmt"

	"gongkai/internal/casework"
	foi "gongkai/internal/request"
)

// Texts of asking and of tracking.
const (
	textAsk         = "申请公开"
	textReceipt     = "申请已经收到"
	textEnough      = "不用申请了"
	textWhichWork   = "没有说明是哪一份文件。请回到上一页再点一次。"
	textTrack       = "查询申请进度"
	textCrossOrigin = "这次提交不是从本站的页面发出的，没有办理。请打开本站页面重新填写。"
	textFormUnread  = "表单没有完整送到。请回到上一页再提交一次。"

	textFormTooLarge = "填写的内容太长，没有收下。“您想了解什么”最多 4000 个字。"
	textTooOften     = "这个网络地址提交得太密，这一次没有办理。请过 %s再试；也可以直接联系受理机关。"
	textUsedToken    = "同一张表单刚才已经提交过，内容不一样。要把现在的内容作为另一件申请，请再点一次“提交申请”。"
	textRefused      = "没有办理：%s"

	textNeeded      = "“%s”：请填写。"
	textChoose      = "“%s”：请选择。"
	textTooLong     = "“%s”：不能超过 %d 个字。"
	textBadMail     = "“电子邮箱”：写的不像一个邮箱，应当是 名称@网站 的样子。"
	textOneContact  = "“联系电话”：电话、邮箱、地址至少填一项，以便与您联系。"
	textPostAddress = "“通信地址”：选择邮寄的，请填写收件地址。"
	textMailAddress = "“电子邮箱”：选择电子邮箱的，请填写邮箱。"
	textSpeakers    = "“法定代表人和联系人”：请写一个或者两个姓名，中间用顿号隔开。"
	textInformed    = "“个人信息处理告知”：请先阅读，再勾选。"

	textPapersTooLarge = "“身份证明材料”：最多 %d 个文件，一个最大 %d MB，合计最大 %d MB。超过了，都没有保存；请拍小一点再选，或者先不附。您写的内容都还在。"
	textPapersAgain    = "刚才选的文件没有保存，要附的请再选一次。"
	textPapersLater    = "也可以先不附，直接提交；受理机关需要核对的，会与您联系。"
	textUploadsFull    = "“身份证明材料”：现在附文件的人太多，没有保存。请过几分钟再提交，或者先不附。"

	textCheckID   = "这个号码与居民身份证号码的编码规则对不上，请再核对一遍。确认没有写错、或者用的是别的证件，可以照常提交。"
	textCheckUnit = "这个代码与统一社会信用代码的编码规则对不上，请再核对一遍。确认没有写错，可以照常提交。"

	textPairNeeded = "请填写查询码和证件号码的最后四位。"
	textWrongPair  = "查询码或者证件号码的最后四位不对，请核对后再试。"

	textMessageSent = "留言已经送到受理机关。有答复时，会显示在这一页。"
	textConsented   = "已经改为电子送达，答复出来以后在本网站查看。"
	textSuggested   = "已经转给受理机关：能公开的，会向社会或者向有关的人公开。"
	textRated       = "谢谢您的评价，受理机关和它的主管部门看得到。"
	textNoLetter    = "没有这份文书。请回到申请进度页再打开。"

	textPosted       = "已经寄出（%s）"
	textPostedNext   = "答复书已经交邮政企业寄给您，还没有签收。收到时请签名并写上日期；不服的，期限从您签收那一天起算，见下面“不服怎么办”。答复书的内容现在就可以在下面“文书”里查看。"
	textMailed       = "已经发出（%s）"
	textMailedNext   = "答复书已经发到您的电子邮箱，还没有到达的记录。"
	textCameBack     = "没有送到，等待再次送达"
	textCameBackNext = "答复书没有送到您手里，受理机关会再次送达。地址有变的，请在下面留言。"

	textMended    = "已经收到您的补正，答复期限从今天重新计算。"
	textTakenBack = "您已经撤回这件申请，受理机关不再办理。"
)

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }

// stateWord is a headline, whose turn it is, and what comes next.
type stateWord struct{ Name, Turn, Next string }

// stateWords tell the applicant where a request stands, and whose turn it is.
var stateWords = map[casework.State]stateWord{
	foi.Submitted:   {"等待受理机关确认收到", "受理机关", "受理机关最迟在提交后的下一个工作日确认；没有确认的，到时由系统自动确认，期限照样起算。"},
	foi.Working:     {"办理中", "受理机关", "受理机关正在查找和审查您要的信息。需要您补充的，会一次写清楚告诉您。"},
	foi.Correcting:  {"等您补正", "您", "请按补正告知书逐项补充，写在下面的“补正”里。收到补正之日起重新计算答复期限。"},
	foi.FeeDue:      {"等您缴费", "您", "请按收费通知缴纳信息处理费。缴清次日起重新计算答复期限。"},
	foi.Reviewing:   {"审核中", "受理机关", "答复意见已经提出，正在由另一位工作人员审核。"},
	foi.Signing:     {"等待签发", "受理机关", "答复已经通过审核，等负责人签发。"},
	foi.Answered:    {"正在送达", "受理机关", "答复已经签发，正按您选的方式送达。"},
	foi.Served:      {"已经送达", "您", "请查看答复。对答复不满意的，见下面“不服怎么办”。"},
	foi.Archived:    {"已经办结", "", "这件申请已经办结归档，答复仍可在这里查看。"},
	foi.Merged:      {"已经并入另一件", "", "您就同样内容提出过申请，本件并入那一件一起答复。"},
	foi.Transferred: {"已经转送", "", "受理机关已把这件申请转送给另一个机关，由它办理和答复，期限从它收到之日起算。"},
	foi.Withdrawn:   {"已经撤回", "", "这件申请已经撤回，不再办理。需要时可以重新申请。"},
}

// wordsOfState is what the page says of a state; one that other words fit no better
// is being worked on.
func wordsOfState(s casework.State) stateWord {
	if w, ok := stateWords[s]; ok {
		return w
	}
	return stateWords[foi.Working]
}

// wordsOf is what the page says of a request. An answer that went by post is
// in time, but it has not reached anybody before they sign for it, and only then
// do the limits of contesting it run.
func (p *Portal) wordsOf(s casework.State, q *foi.Request) stateWord {
	w := wordsOfState(s)
	v := &q.Service
	if s != foi.Served && s != foi.Answered || len(v.Attempts) == 0 || v.Attempts[len(v.Attempts)-1].Round < v.Round() || v.Delivered() != nil {
		return w // an answer given anew has not gone out yet
	}
	a := v.Pending()
	switch {
	case a == nil:
		return stateWord{textCameBack, "受理机关", textCameBackNext}
	case a.Channel == foi.ServePost:
		return stateWord{sprintf(textPosted, a.On.Chinese()), "", textPostedNext}
	case a.Channel == foi.ServeMail:
		return stateWord{sprintf(textMailed, a.On.Chinese()), "", textMailedNext}
	}
	return w
}

// eventWords tell the acts that an applicant is told of; the others are the
// office's own.
var eventWords = map[casework.Action]string{
	casework.ActOpen: "您提交了申请", foi.ActConfirm: "受理机关确认收到申请", foi.ActAutoConfirm: "受理机关没有按时确认，系统自动确认收到",
	foi.ActCorrect: "受理机关请您补正", foi.ActApplicant: "您提交了补正", foi.ActCorrected: "受理机关收到您的补正",
	foi.ActConsult: "受理机关书面征求有关方面的意见，等待的时间不计入期限", foi.ActReply: "受理机关收到有关方面的意见", foi.ActExtend: "受理机关告知您延期答复", foi.ActGrantExtension: "受理机关告知您延期答复",
	foi.ActOnSpot: "受理机关当场答复",
	foi.ActDecide: "受理机关提出答复意见，进入审核", foi.ActPass: "审核通过，等待签发", foi.ActSign: "答复已经签发", foi.ActServe: "受理机关送出答复",
	foi.ActFeeNotice: "受理机关发出收费通知", foi.ActFeeServed: "收费通知送达，30 日内缴费", foi.ActFeePaid: "受理机关登记了您的缴费", foi.ActFeeWaive: "受理机关免收信息处理费",
	foi.ActFeeLapse:     "逾期没有缴费，受理机关不再处理，进入审核",
	foi.ActNoticeServed: "补正告知书送达", foi.ActLapsed: "补正期限届满，没有收到补正",
	foi.ActAskReasons: "受理机关请您说明多次申请的理由", foi.ActReasons: "受理机关收到您说明的理由", foi.ActDelay: "受理机关告知您延迟答复的期限",
	foi.ActSplit: "申请的内容不止一件事，受理机关拆开分别办理", foi.ActContinue: "从您的另一件申请拆出，收到日期不变", foi.ActMerge: "并入您提出的另一件同样的申请", foi.ActTakeIn: "您的另一件同样的申请并入本件",
	foi.ActTransfer: "受理机关转送另一个机关办理", foi.ActTakeOver: "从受理机关原来的台账转入",
	foi.ActOpinion: "受理机关收到有关方面的意见", foi.ActOverride: "有关方面不同意公开，受理机关决定仍然公开",
	foi.ActSigned: "答复书已经签收", foi.ActFailed: "答复书没有送到，受理机关再次送达", foi.ActMendService: "受理机关更正了送达登记",
	foi.ActMailArrived: "答复书到达您的邮箱系统", foi.ActMailReturned: "给您的电子邮件没有送到，受理机关再次送达",
	foi.ActAnswerAnew: "原来的答复被撤销或者变更，受理机关重新答复", foi.ActGiveAgain: "受理机关重新提供文件",
	foi.ActArchive: "办结归档", foi.ActWithdraw: "受理机关登记了您的撤回", foi.ActTakeBack: "您撤回了申请",
	foi.ActMessage: "您给受理机关留言", foi.ActTalk: "受理机关给您留言", foi.ActConsent: "您同意电子送达",
}
