package api_test

import (
	"gongkai/internal/org"
	"gongkai/internal/workday"
)

const (
	oldText = "第一条 为了管理河道，制定本条例。\n第二条 河道由市水务部门管理。\n第三条 本条例自2015年5月1日起施行。"
	newText = "第一条 为了管理和保护河道，制定本条例。\n第二条 河道保护由市水务部门负责。\n第三条 河道两侧不得倾倒垃圾。\n第四条 本条例自2021年1月1日起施行。"
)

// fillStory enters the small library of the page's examples: one regulation
// with two texts, a notice, a notice that was expunged, and an organ.
func (s *site) fillStory() {
	s.t.Helper()
	s.organ(org.Seed{Code: "qinghe", Kind: "government", Level: "市", Names: []org.NamePeriod{{Name: "清河市人民政府"}}})
	s.organ(org.Seed{Code: "qinghe-water", Kind: "department", Level: "市", Duties: "水资源、河道和湖泊的管理。", Phone: "0500-0000000", Position: 1,
		Names:   []org.NamePeriod{{Name: "清河市水利局", To: workday.MustDate("2019-03-01")}, {Name: "清河市水务局", Short: "市水务局", From: workday.MustDate("2019-03-01")}},
		Parents: []org.ParentPeriod{{Code: "qinghe"}}})
	s.load(law(map[string]any{"id": "r-v1", "work_id": "r", "version": 1, "title": "清河市河道管理条例", "publish_date": "2015-03-01", "type": "地方性法规", "region": "清河", "issuing_body": "清河市人民代表大会常务委员会", "text": oldText}))
	s.load(law(map[string]any{"id": "r-v2", "work_id": "r", "version": 2, "title": "清河市河道管理条例", "publish_date": "2020-11-11", "type": "地方性法规", "region": "清河", "issuing_body": "清河市人民代表大会常务委员会", "text": newText,
		"facts": []map[string]any{{"kind": "repealed_part", "valid_on": "2025-06-01", "authority": "清河市人大常委会决定", "reason": "与上位法不一致", "provisions": []string{"a3"}}}}))
	s.load(law(map[string]any{"id": "n1", "title": "清河市水务局关于加强河道保护的通知", "doc_no": "清水发〔2025〕17号", "publish_date": "2025-04-02", "type": "规范性文件", "region": "清河", "issuing_body": "清河市水务局",
		"text": "各县区水务局：\n现就加强河道保护通知如下。\n一、落实《清河市河道管理条例》。\n二、定期巡查。"}))
	s.load(law(map[string]any{"id": "n2", "title": "已清除的通知", "publish_date": "2025-05-06", "type": "规范性文件", "region": "清河", "issuing_body": "清河市水务局", "text": "内容。"}))
	s.expunge(3, 0)
}
