package testcity

import "fmt"

// SiteSeed is a government's website. IDCode, the 网站标识码, is not given yet.
type SiteSeed struct {
	Code          string // prefix of the codes of its columns
	Organ         string
	Name          string
	Organiser     string
	Undertaker    string
	Contact       string
	IndexTemplate string // form of the index numbers, F-01 and F-02
}

// ColumnSeed is a column of a site. Type is a ColumnType of the page-tag rule
// (handbook E2a); Part is guide, rules, statutory or reports (D-03), else empty.
type ColumnSeed struct {
	Code        string
	Parent      string // code of the column above, empty at the top
	Site        string
	Organ       string // who keeps it up
	Name        string
	Description string
	Keywords    string
	Type        string
	Part        string
	Position    int
}

// Sites lists the city's site first, then those of its districts and counties.
func Sites() []SiteSeed {
	sites := []SiteSeed{{
		Code: "qh", Organ: "qh-zf", Name: "清河市人民政府", Organiser: "清河市人民政府", Undertaker: "清河市人民政府办公室",
		Contact: "0000-1234502（示例号码，不能拨通）", IndexTemplate: "{credit}/{year}-{serial:7}",
	}}
	for _, c := range counties {
		sites = append(sites, SiteSeed{
			Code: c.code, Organ: c.code + "-zf", Name: c.name + "人民政府", Organiser: c.name + "人民政府", Undertaker: c.name + "人民政府办公室",
			Contact: "见政府信息公开指南", IndexTemplate: "{credit}/{year}-{serial:5}",
		})
	}
	return sites
}

type county struct {
	code, name string
	townships  []township
}

type township struct{ code, name string }

var counties = []county{
	{"lh", "临河区", []township{{"lh-hx", "河西街道办事处"}, {"lh-np", "南坪街道办事处"}}},
	{"ds", "东山县", []township{{"ds-sk", "松口镇人民政府"}, {"ds-yt", "榆塘乡人民政府"}}},
	{"bs", "白石县", []township{{"bs-qs", "青石镇人民政府"}, {"bs-lq", "柳泉镇人民政府"}}},
}

// statutory are the columns that articles 20 and 21 of the Regulation ask for,
// in its order (handbook A5, P01–P22).
var statutory = []struct{ code, name, kind, description string }{
	{"p01", "政策文件", "政策文件", "行政法规、规章和规范性文件"},
	{"p02", "机构职能", "机构职能", "机关职能、机构设置、办公地址、办公时间、联系方式、负责人姓名"},
	{"p03", "规划计划", "信息公开目录", "国民经济和社会发展规划、专项规划、区域规划及相关政策"},
	{"p04", "统计信息", "数据发布", "国民经济和社会发展统计信息"},
	{"p05", "行政许可和服务事项", "办事服务", "办理行政许可和其他对外管理服务事项的依据、条件、程序以及办理结果"},
	{"p06", "处罚强制", "信息公开目录", "实施行政处罚、行政强制的依据、条件、程序以及有一定社会影响的行政处罚决定"},
	{"p07", "预决算", "数据发布", "财政预算、决算信息"},
	{"p08", "收费项目", "信息公开目录", "行政事业性收费项目及其依据、标准"},
	{"p09", "政府采购", "信息公开目录", "政府集中采购项目的目录、标准及实施情况"},
	{"p10", "重大建设项目", "信息公开目录", "重大建设项目的批准和实施情况"},
	{"p11", "民生领域", "信息公开目录", "扶贫、教育、医疗、社会保障、促进就业等方面的政策、措施及其实施情况"},
	{"p12", "应急管理", "信息公开目录", "突发公共事件的应急预案、预警信息及应对情况"},
	{"p13", "监督检查", "信息公开目录", "环境保护、公共卫生、安全生产、食品药品、产品质量的监督检查情况"},
	{"p14", "公务员招考", "信息公开目录", "公务员招考的职位、名额、报考条件等事项以及录用结果"},
	{"p15", "其他法定信息", "信息公开目录", "法律、法规、规章和国家有关规定规定应当主动公开的其他政府信息"},
	{"p21", "地方重点领域", "信息公开目录", "市政建设、公共服务、公益事业、土地征收、房屋征收、治安管理、社会救助等方面的政府信息"},
	{"p22", "乡镇重点领域", "信息公开目录", "农业农村政策、农田水利工程建设运营、土地承包经营权流转、宅基地使用情况审核、土地征收、房屋征收、筹资筹劳、社会救助等方面的政府信息"},
}

// policies are the columns below 政策文件, by the kind of text.
var policies = []struct{ code, name, description string }{
	{"xf", "宪法", "宪法及宪法修正案"},
	{"fl", "法律", "全国人民代表大会及其常务委员会制定的法律和有关法律问题的决定"},
	{"xzfg", "行政法规", "国务院制定的行政法规"},
	{"bmgz", "部门规章", "国务院部门制定的规章"},
	{"dfxfg", "地方性法规", "省、市人民代表大会及其常务委员会制定的法规"},
	{"sfjs", "司法解释", "最高人民法院、最高人民检察院制定的司法解释"},
	{"gz", "规章", "地方政府规章"},
	{"xzgfxwj", "行政规范性文件", "现行有效和历次修订的行政规范性文件"},
	{"qtwj", "其他文件", "规范性文件以外的政策性文件"},
	{"qtdq", "其他地区文件", "可供参考的其他地区公开的文件，注明来源"},
	{"dxal", "典型案例", "司法机关发布的典型案例"},
}

// ColumnTypes are the values that Type takes (handbook E2a).
var ColumnTypes = []string{"概况信息", "机构职能", "政策文件", "政策解读", "工作动态", "信息公开指南", "信息公开目录",
	"信息公开年报", "依申请公开", "数据发布", "咨询投诉", "征集调查", "在线访谈", "办事服务"}

// Columns lists the columns of all sites, a parent before its children. Every
// site has the same codes behind its prefix, so that the parent can aggregate (D-07).
func Columns() []ColumnSeed {
	var t tree
	t.site("qh", "qh-zfb", Region)
	for _, c := range counties {
		t.site(c.code, c.code+"-zfb", c.name)
		t.add(c.code, "", c.code+"-xz", ColumnSeed{Organ: c.code + "-zfb", Name: "乡镇（街道）信息公开", Type: "信息公开目录", Description: c.name + "各乡镇、街道公开的政府信息"})
		for _, town := range c.townships {
			t.add(c.code, c.code+"-xz", town.code, ColumnSeed{Organ: town.code, Name: town.name, Type: "信息公开目录", Part: "statutory", Description: town.name + "主动公开的政府信息"})
			t.add(c.code, town.code, town.code+"-p22", ColumnSeed{Organ: town.code, Name: "重点领域信息", Type: "信息公开目录", Part: "statutory", Description: statutory[len(statutory)-1].description})
		}
	}
	return t.columns
}

type tree struct{ columns []ColumnSeed }

func (t *tree) add(site, parent, code string, c ColumnSeed) {
	c.Site, c.Parent, c.Code, c.Position = site, parent, code, len(t.columns)
	if c.Keywords == "" {
		c.Keywords = "政府信息公开;" + c.Name
	}
	t.columns = append(t.columns, c)
}

// site adds the platform of one government: the four parts of D-03, what D-04
// puts beside them, and the interpretations.
func (t *tree) site(s, office, region string) {
	root := s + "-gk"
	t.add(s, "", root, ColumnSeed{Organ: office, Name: "政府信息公开", Type: "信息公开目录", Description: region + "政府信息公开平台"})
	t.add(s, root, s+"-zn", ColumnSeed{Organ: office, Name: "政府信息公开指南", Type: "信息公开指南", Part: "guide", Description: "政府信息的分类、编排体系、获取方式和工作机构"})
	t.add(s, root, s+"-zd", ColumnSeed{Organ: office, Name: "政府信息公开制度", Type: "政策文件", Part: "rules", Description: "政府信息公开的法规和工作制度"})
	fd := s + "-fd"
	t.add(s, root, fd, ColumnSeed{Organ: office, Name: "法定主动公开内容", Type: "信息公开目录", Part: "statutory", Description: "《中华人民共和国政府信息公开条例》第二十条、第二十一条规定主动公开的政府信息"})
	for _, p := range statutory {
		t.add(s, fd, s+"-"+p.code, ColumnSeed{Organ: office, Name: p.name, Type: p.kind, Part: "statutory", Description: p.description})
		if p.code != "p01" {
			continue
		}
		for _, k := range policies {
			t.add(s, s+"-p01", fmt.Sprintf("%s-p01-%s", s, k.code), ColumnSeed{Organ: office, Name: k.name, Type: "政策文件", Part: "statutory", Description: k.description})
		}
	}
	t.add(s, root, s+"-nb", ColumnSeed{Organ: office, Name: "政府信息公开年报", Type: "信息公开年报", Part: "reports", Description: "历年政府信息公开工作年度报告"})
	t.add(s, root, s+"-ysq", ColumnSeed{Organ: office, Name: "依申请公开", Type: "依申请公开", Description: "申请获取政府信息的途径和须知"})
	t.add(s, root, s+"-ml", ColumnSeed{Organ: office, Name: "主动公开基本目录", Type: "信息公开目录", Description: "各机关主动公开的事项、内容、依据、时限和渠道"})
	t.add(s, root, s+"-jd", ColumnSeed{Organ: office, Name: "政策解读", Type: "政策解读", Description: "对政策文件的说明和解读"})
}
