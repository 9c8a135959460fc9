package proofread

import (
	"sort"
	"strings"
	"sync"
)

// personal looks for personal data (A-25, detector list of handbook A4). A
// number counts by what it is (check characters), by the label before it or the
// heading of its column, and by its neighbours, in this order.
func (s *sheet) personal() {
	p := &personal{sheet: s, firm: make([]bool, len(s.lines))}
	p.findLabels()
	p.findColumns()
	p.findTokens()
	for i := range p.tokens {
		p.number(p.tokens[i])
	}
	for i := range p.tokens { // after the rest, which they are judged by
		p.mobile(p.tokens[i])
	}
	p.plates()
	p.emails()
	p.addresses()
	p.names()
	p.columnNames()
}

// personal is the state of one search.
type personal struct {
	*sheet
	labels  []label
	columns map[int][]string // line -> headings of its columns
	tokens  []token
	firm    []bool // line -> it has a hit at level block: what stands beside is a person's
	cursor  cellCursor
}

// labelClass is what a word says about the figures behind it.
type labelClass uint8

const (
	labelNone     labelClass = iota
	labelID                  // 身份证号
	labelMobile              // 手机
	labelPhone               // 电话: may be an office's
	labelOffice              // 咨询电话, 值班电话: an office's line
	labelBank                // 银行卡号
	labelAccount             // 账号: may be a unit's
	labelPassport            // 护照, 通行证
	labelPlate               // 车牌
	labelEmail               // 个人邮箱
	labelAddress             // 家庭住址
	labelPlace               // 地址: may be an office's
	labelName                // 姓名
	labelOther               // 项目代码, 信用代码: surely no personal number
)

// labelWords are the labels of each class; a longer word wins over one in it.
var labelWords = map[labelClass]string{
	labelID:       "身份证 身份证号 身份证号码 公民身份号码 公民身份证号 居民身份证 居民身份证号码 证件号 证件号码 身份号码 证件编号 户口簿 身份证件号码",
	labelMobile:   "手机 手机号 手机号码 移动电话 本人电话 个人电话 家庭电话 家长电话 微信 微信号 手机：",
	labelPhone:    "电话 联系电话 联系方式 联系人 电话号码 拨打 致电 来电 联络电话 联系号码 短信",
	labelOffice:   "咨询电话 值班电话 办公电话 举报电话 监督电话 服务电话 投诉电话 服务热线 热线电话 热线 单位电话 受理电话 政策咨询 传真 传真号码",
	labelBank:     "银行卡 银行卡号 卡号 储蓄卡 信用卡 借记卡 银行卡账号 个人账户 个人账号 社保卡金融账户 一卡通",
	labelAccount:  "账号 帐号 账户 帐户 银行账号 银行账户 收款账号 收款账户 开户行 开户银行",
	labelPassport: "护照 护照号 护照号码 通行证 通行证号 通行证号码 回乡证 台胞证",
	labelPlate:    "车牌 车牌号 车牌号码 号牌 号牌号码 车号 牌照 车辆号牌 驾驶 驾驶的 机动车 小型轿车 小型客车 轿车 货车 面包车",
	labelEmail:    "个人邮箱 本人邮箱 私人邮箱",
	labelAddress:  "家庭住址 家庭地址 现住址 住址 户籍地址 户籍所在地 户籍地 居住地址 居住地 现住 家住 暂住地 暂住 居住于 居住在 户口所在地",
	labelPlace:    "地址 联系地址 通讯地址 通信地址 邮寄地址 收件地址",
	labelName:     "姓名 申请人姓名 当事人姓名 户主姓名 学生姓名 患者姓名 监护人姓名 法定监护人",
	labelOther: "项目代码 项目编号 项目编码 编号 编码 流水号 序列号 订单号 订单 批次号 证书编号 许可证 许可证号 信用代码 社会信用代码 统一社会信用代码 组织机构代码 " +
		"文号 邮编 邮政编码 合同号 合同编号 合同 受理号 受理编号 备案号 备案 条形码 宗地 地块 专利号 申请号 公告号 图号 版本号 设备号 发票号 发票代码 票号 索引号 登记号 登记证号 网站标识码 机构代码 税号 纳税人识别号 商品编码 产品编号 资产编号 车架号 发动机号 报告编号 样品编号 单号 监管码 追溯码 金额 预算",
}

type labelList struct {
	class []labelClass
	find  *automaton
}

var labelFinder = sync.OnceValue(func() *labelList {
	l := &labelList{}
	var keys []string
	for class := labelID; class <= labelOther; class++ {
		for _, w := range strings.Fields(labelWords[class]) {
			keys, l.class = append(keys, w), append(l.class, class)
		}
	}
	l.find = newAutomaton(keys)
	return l
})

// label is a word that names what stands behind it.
type label struct {
	start, end int
	class      labelClass
}

// findLabels lists the labels in reading order, of overlapping ones the longest.
func (p *personal) findLabels() {
	list := labelFinder()
	list.find.each(p.fold, func(word, start, end int) {
		for n := len(p.labels); n > 0 && p.labels[n-1].end > start; n-- {
			last := &p.labels[n-1]
			if end-start <= last.end-last.start {
				return
			}
			p.labels = p.labels[:n-1]
		}
		p.labels = append(p.labels, label{start, end, list.class[word]})
	})
}

// labelReach is how far before a number its label may stand, in runes.
const labelReach = 24

// before gives the class of the nearest label that ends at most reach runes
// before i on the same line, in the same cell and in the same sentence; a
// label of a kind in skip is passed over.
func (p *personal) before(i, reach int, skip ...labelClass) (label, bool) {
	n := sort.Search(len(p.labels), func(k int) bool { return p.labels[k].end > i })
next:
	for n--; n >= 0 && i-p.labels[n].end <= reach; n-- {
		l := p.labels[n]
		for k := l.end; k < i; k++ {
			switch p.fold[k] {
			case '\n', '\t', '。', '；', ';':
				return label{}, false
			}
		}
		for _, c := range skip {
			if c == l.class {
				continue next
			}
		}
		return l, true
	}
	return label{}, false
}

// class is what label or column heading say about the number at i.
func (p *personal) class(i int) labelClass {
	if l, ok := p.before(i, labelReach, labelName, labelAddress, labelPlace, labelEmail); ok {
		return l.class
	}
	return classOf(p.heading(i))
}

// classOf is the class of the last label in a heading: 身份证号码 is an ID, 法人手机号
// a mobile number.
func classOf(heading string) labelClass {
	list := labelFinder()
	best, bestEnd, bestLen := labelNone, 0, 0
	list.find.each([]rune(heading), func(word, start, end int) {
		if end > bestEnd || end == bestEnd && end-start > bestLen {
			best, bestEnd, bestLen = list.class[word], end, end-start
		}
	})
	return best
}

// lineOf finds the line that holds rune i.
func (s *sheet) lineOf(i int) int {
	return sort.Search(len(s.lines), func(k int) bool { return s.lines[k].end >= i })
}

// beside says that a firm hit stands on the same line as i.
func (p *personal) beside(i int) bool { return p.firm[p.lineOf(i)] }

// flag notes a hit and, when it is firm, that a person's data stand there.
func (p *personal) flag(rule string, start, end int, suggest string) *Hit {
	h := p.hit(rule, start, end, suggest)
	if h.Level == Block {
		p.firm[p.lineOf(start)] = true
	}
	return h
}
