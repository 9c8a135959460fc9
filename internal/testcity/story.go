package testcity

import "fmt"

// storyFile is an attachment: the name shown and its file in data/files.
type storyFile struct{ name, file string }

// storyDoc is a document of the invented city: what a clerk would enter, the
// file of its text and the files attached to it.
type storyDoc struct {
	Document
	text  string // in data/story
	files []storyFile
}

const (
	disclosure = "政务公开"
	general    = "综合政务"
	cityGov    = "清河市人民政府"
	cityOffice = "清河市人民政府办公室"
	repealing  = "清河市人民政府关于废止和修改部分行政规范性文件的决定"
)

var cityRecipients = []string{"各区县人民政府", "市政府各部门"}

// story shows every state of validity on 2026-11-20: 有效, 已修改 (2019 rules),
// 部分失效 (2024 rules), 废止 (housing), 失效 (wastewater), 尚未施行 (e-bikes).
var story = []storyDoc{
	{text: "guide.txt", Document: Document{ID: "qh-guide-2026", Title: "清河市政府信息公开指南", Type: "指南", Organs: []string{cityOffice},
		AdoptedOn: "2026-01-12", PublishDate: "2026-01-15", Topics: []string{general, disclosure}, Columns: []string{"qh-zn"}}},
	{text: "secrecy.txt", Document: Document{ID: "qh-secrecy-2024", Title: "清河市人民政府办公室关于印发清河市政府信息公开保密审查制度的通知", ShortName: "清河市政府信息公开保密审查制度",
		Type: "通知", Organs: []string{cityOffice}, DocNo: "清政办发〔2024〕18号", AdoptedOn: "2024-06-03", PublishDate: "2024-06-05", EffectiveDate: "2024-07-01",
		Recipients: cityRecipients, Topics: []string{general, disclosure}, Columns: []string{"qh-zd", "qh-p01-qtwj"}}},
	{text: "request.txt", files: []storyFile{{"清河市政府信息公开申请表.docx", "request_form.docx"}},
		Document: Document{ID: "qh-request-2024", Title: "清河市人民政府办公室关于印发清河市政府信息公开申请办理规程的通知", ShortName: "清河市政府信息公开申请办理规程",
			Type: "通知", Organs: []string{cityOffice}, DocNo: "清政办发〔2024〕19号", AdoptedOn: "2024-06-03", PublishDate: "2024-06-05", EffectiveDate: "2024-07-01",
			Recipients: cityRecipients, Topics: []string{general, disclosure}, Columns: []string{"qh-zd", "qh-ysq"}}},
	{text: "plan2026.txt", files: []storyFile{{"清河市2026年政务公开工作任务分解表.xlsx", "plan2026.xlsx"}},
		Document: Document{ID: "qh-plan-2026", Title: "清河市人民政府办公室关于印发清河市2026年政务公开工作要点的通知", ShortName: "清河市2026年政务公开工作要点",
			Type: "通知", Organs: []string{cityOffice}, DocNo: "清政办发〔2026〕14号", AdoptedOn: "2026-04-20", PublishDate: "2026-04-22",
			Recipients: cityRecipients, Topics: []string{general, disclosure}, Columns: []string{"qh-p01-qtwj"}}},
	{text: "rules2019.txt", Document: Document{ID: "qh-rules-v1", WorkID: "qh-rules", Version: 1, Title: "清河市行政规范性文件管理办法",
		Type: "行政规范性文件", Organs: []string{cityGov}, DocNo: "清政规〔2019〕3号", AdoptedOn: "2019-07-15", PublishDate: "2019-07-18", EffectiveDate: "2019-09-01",
		Topics: []string{"公安、安全、司法", "司法"}, Columns: []string{"qh-p01-xzgfxwj"}}},
	{text: "rules2024.txt", Document: Document{ID: "qh-rules-v2", WorkID: "qh-rules", Version: 2, Title: "清河市行政规范性文件管理办法",
		Type: "行政规范性文件", Organs: []string{cityGov}, DocNo: "清政规〔2024〕1号", AdoptedOn: "2024-07-22", PublishDate: "2024-07-24", EffectiveDate: "2024-09-01",
		Topics: []string{"公安、安全、司法", "司法"}, Columns: []string{"qh-p01-xzgfxwj"},
		Facts: []Fact{{Kind: "repealed_part", ValidOn: "2025-09-01", Authority: cityGov, By: repealing, Reason: "文件送审已全部在线办理，不再要求报送纸质材料", Provisions: []string{"a17"}}}}},
	{text: "housing2017.txt", Document: Document{ID: "qh-housing-2017", Title: "清河市公共租赁住房轮候管理办法",
		Type: "行政规范性文件", Organs: []string{cityOffice}, DocNo: "清政办规〔2017〕5号", AdoptedOn: "2017-05-26", PublishDate: "2017-05-31", EffectiveDate: "2017-07-01",
		Topics: []string{"城乡建设、环境保护", "城乡建设（含住房）"}, Columns: []string{"qh-p01-xzgfxwj", "qh-p11"},
		Facts: []Fact{{Kind: "repealed", ValidOn: "2025-09-01", Authority: cityGov, By: repealing, Reason: "内容已被国家和省的新规定替代"}}}},
	{text: "repeal2025.txt", Document: Document{ID: "qh-repeal-2025", Title: repealing,
		Type: "决定", Organs: []string{cityGov}, DocNo: "清政发〔2025〕22号", AdoptedOn: "2025-08-22", PublishDate: "2025-08-25", EffectiveDate: "2025-09-01",
		Recipients: cityRecipients, Topics: []string{"公安、安全、司法", "司法"}, Columns: []string{"qh-p01-xzgfxwj"}}},
	{text: "wastewater2023.txt", Document: Document{ID: "qh-wastewater-2022", Title: "清河市人民政府办公室关于小微企业缓缴污水处理费的通知",
		Type: "行政规范性文件", Organs: []string{cityOffice}, DocNo: "清政办规〔2022〕11号", AdoptedOn: "2022-12-12", PublishDate: "2022-12-15", EffectiveDate: "2023-01-01", ExpiresOn: "2025-12-31",
		Recipients: cityRecipients, Topics: []string{"城乡建设、环境保护", "城乡建设（含住房）"}, Columns: []string{"qh-p01-xzgfxwj", "qh-p08"}}},
	{text: "ebike2026.txt", Document: Document{ID: "qh-ebike-2026", Title: "清河市电动自行车集中充电设施管理办法",
		Type: "行政规范性文件", Organs: []string{cityGov}, DocNo: "清政规〔2026〕4号", AdoptedOn: "2026-11-06", PublishDate: "2026-11-10", EffectiveDate: "2027-01-01", ExpiresOn: "2031-12-31",
		Topics: []string{"城乡建设、环境保护", "城乡建设（含住房）"}, Columns: []string{"qh-p01-xzgfxwj"}}},
	{text: "ebike_notes.txt", Document: Document{ID: "qh-ebike-notes-2026", Title: "《清河市电动自行车集中充电设施管理办法》解读",
		Type: "政策解读", Organs: []string{"清河市住房和城乡建设局"}, AdoptedOn: "2026-11-10", PublishDate: "2026-11-10",
		Topics: []string{"城乡建设、环境保护", "城乡建设（含住房）"}, Columns: []string{"qh-jd"}}},
	{text: "land2017.txt", Document: Document{ID: "qh-land-2017", Title: "清河市国土资源局关于规范征收土地信息公开工作的通知",
		Type: "通知", Organs: []string{"清河市国土资源局"}, DocNo: "清国土资发〔2017〕41号", AdoptedOn: "2017-06-08", PublishDate: "2017-06-12",
		Recipients: []string{"各区县国土资源主管部门", "局机关各科室"}, Topics: []string{"国土资源、能源", "土地"}, Columns: []string{"qh-p01-qtwj", "qh-p21"}}},
	{text: "noise2025.txt", Document: Document{ID: "qh-noise-2025", Title: "清河市生态环境局 清河市住房和城乡建设局关于公开建筑施工夜间作业信息的通知",
		Type: "行政规范性文件", Organs: []string{"清河市生态环境局", "清河市住房和城乡建设局"}, DocNo: "清环发〔2025〕36号", AdoptedOn: "2025-04-14", PublishDate: "2025-04-16",
		EffectiveDate: "2025-05-01", ExpiresOn: "2028-04-30", Recipients: []string{"各区县生态环境、住房和城乡建设主管部门", "各建筑施工企业"},
		Topics: []string{"城乡建设、环境保护", "环境监测、保护与治理"}, Columns: []string{"qh-p01-xzgfxwj", "qh-p13"}}},
	{text: "school2026.txt", files: []storyFile{{"临河区2026年小学招生划片范围.csv", "school2026.csv"}},
		Document: Document{ID: "lh-school-2026", Title: "临河区教育局关于做好2026年义务教育阶段学校招生工作的通知", Region: "临河区",
			Type: "通知", Organs: []string{"临河区教育局"}, DocNo: "临教发〔2026〕9号", AdoptedOn: "2026-05-18", PublishDate: "2026-05-19",
			Recipients: []string{"区直各学校"}, Topics: []string{"科技、教育", "教育"}, Columns: []string{"lh-p11", "lh-p01-qtwj"}}},
	{text: "subsidy2025.txt", files: []storyFile{{"青石镇2025年度耕地地力保护补贴分村汇总表.csv", "subsidy2025.csv"}},
		Document: Document{ID: "bs-subsidy-2025", Title: "青石镇人民政府关于2025年度耕地地力保护补贴发放情况的公示", Region: "白石县",
			Type: "公示", Organs: []string{"白石县青石镇人民政府"}, AdoptedOn: "2025-11-10", PublishDate: "2025-11-10",
			Topics: []string{"农业、林业、水利", "农业、畜牧业、渔业"}, Columns: []string{"bs-qs-p22"}}},
}

// Story lists the documents of the invented city, complete with texts and files.
func Story() ([]Document, error) {
	docs := make([]Document, 0, len(story))
	for _, s := range story {
		d := s.Document
		if d.WorkID == "" {
			d.WorkID, d.Version = d.ID, 1
		}
		if d.Region == "" {
			d.Region = Region
		}
		d.Attribute, d.SourceName = "主动公开", d.Organs[0]
		text, err := data.ReadFile("data/story/" + s.text)
		if err != nil {
			return nil, fmt.Errorf("testcity: %w", err)
		}
		d.Text = string(text)
		for _, f := range s.files {
			content, err := data.ReadFile("data/files/" + f.file)
			if err != nil {
				return nil, fmt.Errorf("testcity: %w", err)
			}
			d.Attachments = append(d.Attachments, Attachment{Name: f.name, Data: content})
		}
		docs = append(docs, d)
	}
	return docs, nil
}
