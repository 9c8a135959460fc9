package proofread

import (
	"strings"
	"sync"
)

// surnames are common family names; compound ones have two characters.
const surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"

var compoundSurnames = []string{"欧阳", "上官", "司马", "诸葛", "司徒", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "端木", "夏侯", "南宫", "百里", "呼延", "轩辕"}

// noName are runes and words that no given name is taken for: forms and prose
// behind 姓名：.
const noNameRunes = "的和或及与等之者人名称为是在有无不填写请由应将各本该其以被并可单位性别年龄电话号码身份证件章签字"

var surnameSet = sync.OnceValue(func() map[rune]bool {
	out := map[rune]bool{}
	for _, r := range surnames {
		out[r] = true
	}
	return out
})

// nameAt reads a name of two to four characters, or two words around a dot, at
// i. The name must end where the run of characters ends.
func (s *sheet) nameAt(i int) (end int, ok bool) {
	end = i
	for isHan(s.at(end)) || s.at(end) == '·' && end > i {
		end++
	}
	return end, s.isName(i, end)
}

// isName says that the runes from i to end can be a person's whole name. 张某
// and 李某某 are masked already.
func (s *sheet) isName(i, end int) bool {
	n := end - i
	if n < 2 || n > 12 {
		return false
	}
	for k := i; k < end; k++ {
		if s.at(k) == '某' || k > i && strings.ContainsRune(noNameRunes, s.at(k)) {
			return false
		}
		if s.at(k) == '·' {
			return n >= 5
		}
	}
	for _, c := range compoundSurnames {
		if s.has(i, c) && n >= 3 {
			return n <= 4
		}
	}
	return n <= 3 && surnameSet()[s.at(i)]
}

// roleEnds are words that stand right before a name.
var roleEnds = []string{"主任", "责任", "申请人", "当事人", "联系人", "负责人", "经办人", "户主", "村民", "居民", "市民", "职工", "学生", "患者", "同志", "姓名", "收款人", "代表人", "代理人", "被处罚人", "经理", "局长", "科长", "处长", "县长", "镇长", "书记"}

// nameBefore reads the name that ends at i: 申请人张三 gives 张三.
func (s *sheet) nameBefore(i int) (start int, ok bool) {
	from := i
	for from > 0 && i-from < 12 && isHan(s.fold[from-1]) {
		from--
	}
	for _, n := range []int{4, 3, 2} {
		start := i - n
		if start < from || !s.isName(start, i) {
			continue
		}
		if start == from {
			return start, true
		}
		for _, w := range roleEnds {
			if s.hasBefore(start, w) {
				return start, true
			}
		}
	}
	return 0, false
}

// names looks for names behind the label 姓名, and for names before a firm hit
// on the same line: 张三（身份证号…）.
func (p *personal) names() {
	for _, l := range p.labels {
		if l.class != labelName && !(l.class == labelPhone && p.has(l.start, "联系人")) {
			continue
		}
		i := p.skipBlanks(l.end)
		if p.at(i) != ':' {
			continue
		}
		i = p.skipBlanks(i + 1)
		if end, ok := p.nameAt(i); ok {
			p.flagName(i, end, l.class == labelName)
		}
	}
	for n, l := range p.lines {
		if p.firm[n] {
			p.besideNames(l)
		}
	}
}

// flagName is firm beside other data of a person. Contact persons of an office
// are not flagged alone.
func (p *personal) flagName(start, end int, labelled bool) {
	name := string(p.rs[start:end])
	mask := string([]rune(name)[:1]) + "某"
	switch {
	case p.beside(start):
		p.flag("PII.name", start, end, mask)
	case labelled:
		p.flag("PII.name-doubt", start, end, mask)
	}
}

// besideNames flags names right before the labels of a line that holds firm
// data: a run of characters between signs that is a name and nothing else.
func (p *personal) besideNames(l span) {
	for i := l.start; i < l.end; i++ {
		if !isHan(p.fold[i]) || i > l.start && isHan(p.fold[i-1]) {
			continue
		}
		end := i
		for end < l.end && isHan(p.fold[end]) {
			end++
		}
		if start, ok := p.nameBefore(end); ok && p.leadsToData(end, l.end) {
			p.flagName(start, end, false)
		}
		i = end
	}
}

// leadsToData says that only signs, a sex, and the label of personal data
// stand behind a name at end.
func (p *personal) leadsToData(end, lineEnd int) bool {
	i := end
	for i < lineEnd && i-end < 8 && strings.ContainsRune("，,、：:（( \t男女性汉族", p.fold[i]) {
		i++
	}
	if i == end {
		return false
	}
	if isDigit(p.at(i)) || p.at(i) == '*' {
		return true
	}
	for _, w := range []string{"身份证", "公民身份", "证件", "手机", "电话", "联系", "银行", "卡号", "护照", "住", "家住", "现住", "车牌", "账号"} {
		if p.has(i, w) {
			return true
		}
	}
	return false
}

// columnNames looks down the columns headed 姓名.
func (p *personal) columnNames() {
	for n, l := range p.lines {
		heads := p.columns[n]
		if heads == nil {
			continue
		}
		for c, cell := range p.cells(l) {
			if c >= len(heads) || classOf(heads[c]) != labelName {
				continue
			}
			cell = p.trimmed(cell)
			if end, ok := p.nameAt(cell.start); ok && end == cell.end {
				p.flagName(cell.start, cell.end, true)
			}
		}
	}
}
