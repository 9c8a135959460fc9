package officialdoc

import "testing"

func TestLexiconOrgans(t *testing.T) {
	for key, want := range map[string]bool{
		"国务院": true, "国务院办公厅": true, "教育部": true, "财政部": true, "国家发展改革委": true, "海关总署": true, "中国证监会": true,
		"国家税务总局": true, "中国人民银行": true, "广东省人力资源和社会保障厅": true, "内蒙古自治区人民政府": true, "清河市委老干部局": true,
		"清河市人民代表大会": true, "清河市人大常委会": true, "清河市机关事务管理局": true, "清河高新区管委会": true, "中共清河市委统战部": true,
		"清河市中级人民法院": true, "清河市退役军人事务局（清河市双拥办）": false, "清河市民政局(清河市社会组织管理局)": true, "清河市消防救援支队": true,
		"清河市应急指挥部": true, "市政府各部门": false, "全部": false, "机关干部": false, "局": false, "关于停车的局": false, "新闻发布会": false,
		"停车管理办法": false, "2025年5月28日": false, "责任单位办公室": false,
	} {
		if got := lexiconIsOrgan(key); got != want {
			t.Errorf("lexiconIsOrgan(%q) = %v", key, got)
		}
	}
}

func TestGBT9704_Kinds(t *testing.T) {
	for title, want := range map[string]string{
		"甲市政府关于停车的通知": "通知", "甲市政府令": "令", "甲市复函": "函", "甲市停车管理办法(试行)": "办法", "甲市实施细则(2025年修订)": "细则",
		"2025年政务公开工作要点": "工作要点", "中华人民共和国公司法": "法", "甲市应急预案": "预案", "甲法院关于乙的规定(一)": "规定", "甲市会议纪要": "纪要", "甲市停车": "",
	} {
		if got := lexiconKindOf(title); got != want {
			t.Errorf("lexiconKindOf(%q) = %q, want %q", title, got, want)
		}
	}
}
