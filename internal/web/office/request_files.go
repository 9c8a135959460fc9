package office

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/ground"
	"gongkai/internal/request"
	"gongkai/internal/workday"
)

// The words of the pages of documents.
const (
	textMaterials     = "材料"
	textMaterialTaken = "材料已收下，请逐页决定。"
	textMaterialGone  = "材料已移出。"
	textPublicTaken   = "已记入公开资料。对应的一项建议答复“已主动公开”，获取方式写：%s。"
)

// materialsChapter is the documents of a request on its page and on their own.
func materialsChapter() requestChapter {
	get := func(pattern, page string, h handler) route {
		return route{method: http.MethodGet, pattern: pattern, page: page, act: access.SeeRequest, handler: h}
	}
	post := func(pattern, page string, h handler) route {
		return route{method: http.MethodPost, pattern: pattern, page: page, act: access.HandleRequest, handler: h}
	}
	upload := post("/office/requests/{id}/files", "上传材料", addMaterial)
	upload.stream = true
	return requestChapter{
		parts: []casePart{{part: "case_materials", facts: materialFacts}},
		forms: map[casework.Action]actForm{
			request.ActChecked:   {checkedFields, readChecked},
			request.ActLift:      {func(*casework.View, workday.Date) []field { return nil }, readLift},
			request.ActGiveAgain: {noteFields("意见", false, ""), readNote},
		},
		routes: []route{
			{method: http.MethodGet, pattern: "/office/assets/{hash}/redact.js", page: "遮盖脚本", open: true, live: true, handler: redactScriptFile},
			get("/office/requests/{id}/files", "申请材料", materialsPage), upload,
			post("/office/requests/{id}/files/public", "引用公开资料", addPublic),
			get("/office/requests/{id}/files/{material}", "材料", materialPage),
			post("/office/requests/{id}/files/{material}/rule", "决定材料", ruleMaterial),
			post("/office/requests/{id}/files/{material}/mark", "遮盖材料", markMaterial),
			post("/office/requests/{id}/files/{material}/build", "生成提供件", buildMaterial),
			post("/office/requests/{id}/files/{material}/drop", "移出材料", dropMaterial),
			{method: http.MethodGet, pattern: "/office/requests/{id}/files/{material}/original", page: "下载材料原件", act: access.HandleRequest, handler: originalFile},
			get("/office/requests/{id}/files/{material}/result", "下载提供件", resultFile),
			get("/office/requests/{id}/files/{material}/pages/{n}", "材料页面", materialPicture),
		},
	}
}

// materialRow is a document in a list.
type materialRow struct {
	*request.Material
	Href  string
	State string
	Class string // of the state: good, soon or calm
	For   string // which item it answers
}

// materialRows are the documents of a request with where each stands.
func materialRows(id int64, q *request.Request) (out []materialRow) {
	for _, f := range q.Material.Files {
		row := materialRow{Material: f, Href: fmt.Sprintf("/office/requests/%d/files/%d", id, f.ID), For: "全部"}
		if f.Item > 0 {
			row.For = fmt.Sprintf("第 %d 项", f.Item)
		}
		row.State, row.Class = materialState(f)
		out = append(out, row)
	}
	return out
}

func materialState(f *request.Material) (words, class string) {
	open, v := len(f.Undecided()), f.Current()
	switch {
	case f.Public():
		return "已主动公开，告知地址", "good"
	case open == 1 && len(f.Pages) < 2:
		return "还没有决定", "soon"
	case open > 0:
		return fmt.Sprintf("还有 %d 页没有决定", open), "soon"
	case !f.Goes():
		return "不提供", "calm"
	case v == nil:
		return "还没有生成提供件", "soon"
	case v.Redacted && v.CheckedAt.IsZero():
		return "等另一人复核遮盖", "soon"
	case !v.GivenAt.IsZero():
		return fmt.Sprintf("已提供，第 %d 版", v.No), "good"
	}
	return "可以提供", "good"
}

// materialsPart is what the page of a case shows of documents.
type materialsPart struct {
	Case *casework.Case
	Rows []materialRow
	Open bool // documents may still be collected
}

func materialFacts(v *casework.View) (any, error) {
	q, ok := v.Data.(*request.Request)
	if !ok {
		return nil, fault.Newf(fault.Internal, "office.materialFacts", "case %d holds %T", v.Case.ID, v.Data)
	}
	p := materialsPart{Case: v.Case, Rows: materialRows(v.Case.ID, q), Open: request.Collecting(v.Case.State)}
	if !p.Open && len(p.Rows) == 0 {
		return nil, nil
	}
	return p, nil
}

func checkedFields(v *casework.View, _ workday.Date) []field {
	files := []option{{Name: textChoose}}
	if q, ok := v.Data.(*request.Request); ok {
		for _, f := range q.Material.Unchecked() {
			files = append(files, option{Value: strconv.FormatInt(f.ID, 10), Name: fmt.Sprintf("材料%d %s", f.No, f.Name)})
		}
	}
	return []field{{Name: "file", Label: "材料", Kind: "select", Required: true, Options: files, Hint: "只有没有参与遮盖的人可以复核。"}, lookedField}
}

var lookedField = field{Name: "looked", Label: "逐页看过", Kind: "select", Required: true, Options: []option{{Name: textChoose}, {Value: "1", Name: "我已打开提供件逐页看过，没有露出不该公开的内容"}}}

func readChecked(r *http.Request) (any, error) {
	id, err := strconv.ParseInt(value(r, "file"), 10, 64)
	if err != nil {
		id = 0 // the check names the field
	}
	return &request.CheckedForm{File: id, Looked: value(r, "looked") == "1"}, nil
}

func readLift(r *http.Request) (any, error) {
	id, err := strconv.ParseInt(value(r, "layer"), 10, 64)
	if err != nil {
		id = 0 // the check names the field
	}
	return &request.LiftForm{Layer: id, On: value(r, "on")}, nil
}

// materialsView is the page of all documents of a request.
type materialsView struct {
	frame
	Case   *casework.Case
	Rows   []materialRow
	Layers []layerRow
	Given  []request.Version
	Upload form
	Public form
	Lift   form
	Again  form
}

type layerRow struct {
	request.Layer
	Marks int // removals that rest on it
}

func materialsPage(o *Office, c *call) (*answer, error) {
	return o.materials(c, http.StatusOK, "", nil)
}

// materials shows the documents; wrong stands in the form that it belongs to.
func (o *Office) materials(c *call, status int, at string, wrong error) (*answer, error) {
	v, q, err := o.requestFor(c, access.SeeRequest)
	if err != nil {
		return nil, err
	}
	x := v.Case
	handles := o.may(c, access.HandleRequest, x.Organ) == nil
	d := &materialsView{frame: o.frame(c, textMaterials, requestsCrumb, document.Crumb{Name: x.Number, Href: fmt.Sprintf("/office/cases/%d", x.ID)}),
		Case: x, Rows: materialRows(x.ID, q), Given: q.Served()}
	standing := []option{{Name: textChoose}}
	for _, l := range q.Material.Layers {
		row := layerRow{Layer: l}
		for _, f := range q.Material.Files {
			for _, k := range f.Marks {
				if k.Layer == l.ID {
					row.Marks++
				}
			}
			for _, r := range f.Rulings {
				if r.Layer == l.ID {
					row.Marks++
				}
			}
		}
		d.Layers = append(d.Layers, row)
		if l.Stands() {
			standing = append(standing, option{Value: strconv.FormatInt(l.ID, 10), Name: l.Title()})
		}
	}
	if handles && request.Collecting(x.State) {
		items := []option{{Value: "0", Name: "全部"}}
		for i := range max(len(q.Decision.Items), decidedItems) {
			name := fmt.Sprintf("第 %d 项", i+1)
			if i < len(q.Decision.Items) {
				name += "：" + shorten(q.Decision.Items[i].What, 20)
			}
			items = append(items, option{Value: strconv.Itoa(i + 1), Name: name})
		}
		item := field{Name: "item", Label: "回应哪一项", Kind: "select", Options: items}
		base := fmt.Sprintf("/office/requests/%d/files", x.ID)
		d.Upload = form{ID: "material", Action: base, Token: d.Token, Submit: "上传", Upload: true, Fields: []field{
			{Name: "name", Label: "材料名称", Kind: "text", Max: 200, Hint: "申请人会看到。不填就用文件名；名称里不要写个人信息。"},
			{Name: "origin", Label: "来源", Kind: "text", Required: true, Max: 300, Hint: "从哪里找到，例如：规划科 2025 年案卷第 3 号。"},
			item, {Name: "file", Label: "文件", Kind: "file", Accept: "*/*", Required: true, Hint: fmt.Sprintf("任何类型，不超过 %d MB。原件加密保存，不会直接送出。", request.MaxMaterialBytes>>20)}}}
		d.Public = form{ID: "public", Action: base + "/public", Token: d.Token, Submit: "记入", Second: true, Fields: []field{
			{Name: "work", Label: "资料编号", Kind: "text", Numeric: true, Required: true, Max: 12, Hint: "公开网站上这份资料地址 /works/ 后面的数字。"}, item}}
	}
	if mayLift, _ := access.Can(c.who.Actor, access.ApproveExtension, access.Thing{}); mayLift && len(standing) > 1 && slices.Contains([]casework.State{request.Served, request.Archived}, x.State) {
		d.Lift = o.caseForm(c, x, "lift", "act", "解除这一层", []field{{Name: "layer", Label: "遮盖层", Kind: "select", Required: true, Options: standing},
			{Name: "on", Label: "依据的决定", Kind: "text", Required: true, Max: 200, Hint: "行政复议决定书、判决书的名称和文号。解除后只露出这一层遮盖的内容，其他层不变。"}})
		d.Lift.Hidden = append(d.Lift.Hidden, option{Value: string(request.ActLift), Name: "action"})
		d.Lift.Danger = true
	}
	if handles && len(q.Served()) > 0 && len(q.Material.Changed()) > 0 {
		d.Again = o.caseForm(c, x, "again", "act", "提供新版本", nil)
		d.Again.Hidden = append(d.Again.Hidden, option{Value: string(request.ActGiveAgain), Name: "action"})
	}
	for _, f := range []*form{&d.Upload, &d.Public} {
		if wrong != nil && f.ID == at {
			f.fill(c.r)
			f.blame(wrong)
		}
	}
	return o.page(c, "request_files", status, d)
}

func addMaterial(o *Office, c *call) (*answer, error) {
	v, _, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	u, err := startUpload(c)
	if err != nil {
		return nil, err
	}
	item, err := strconv.Atoi(u.values["item"])
	if err != nil {
		item = 0
	}
	n := request.NewMaterial{Name: u.values["name"], Origin: u.values["origin"], Item: item}
	var data []byte
	part, err := u.file()
	if err == nil && part != nil {
		if n.Name == "" {
			n.Name = shorten(strings.ToValidUTF8(part.FileName(), ""), 190)
		}
		data, err = io.ReadAll(io.LimitReader(part, request.MaxMaterialBytes+1))
	}
	if err != nil {
		return nil, badUpload(err)
	}
	if part == nil {
		err = fault.Field("office.addMaterial", "文件", "“文件”：请选择一个文件。")
	}
	var id int64
	if err == nil {
		id, err = o.deps.Requests.AddMaterial(c.ctx(), c.actor(), v.Case.ID, n, data)
	}
	if err != nil {
		if !mendable(err) && fault.KindOf(err) != fault.Unavailable {
			return nil, err
		}
		return o.materials(c, statusFor(err), "material", err)
	}
	return told(c, fmt.Sprintf("/office/requests/%d/files/%d", v.Case.ID, id), textMaterialTaken), nil
}

// addPublic takes a work of the public library: its address is what is given.
func addPublic(o *Office, c *call) (*answer, error) {
	v, _, err := o.requestCase(c)
	if err != nil {
		return nil, err
	}
	work, err := strconv.ParseInt(value(c.r, "work"), 10, 64)
	item, itemErr := strconv.Atoi(value(c.r, "item"))
	if err != nil || itemErr != nil || work < 1 {
		return o.materials(c, http.StatusBadRequest, "public", fault.Field("office.addPublic", "资料编号", "“资料编号”：请填公开网站上这份资料的编号，是一个数字。"))
	}
	w, err := o.deps.Library.View(c.ctx(), work, document.At{})
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return o.materials(c, http.StatusBadRequest, "public", fault.Field("office.addPublic", "资料编号", "“资料编号”：公开资料里没有编号 %d。", work))
	}
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("公开资料 %d", work)
	if w.Edition != nil && w.Edition.Title != "" {
		name = shorten(w.Edition.Title, 190)
	}
	if _, err := o.deps.Requests.AddPublic(c.ctx(), c.actor(), v.Case.ID, request.NewMaterial{Name: name, Work: work, Item: item, Origin: "公开资料库"}); err != nil {
		if !mendable(err) {
			return nil, err
		}
		return o.materials(c, statusFor(err), "public", err)
	}
	return told(c, fmt.Sprintf("/office/requests/%d/files", v.Case.ID), fmt.Sprintf(textPublicTaken, strings.TrimSuffix(o.deps.BaseURL, "/")+fmt.Sprintf("/works/%d", work))), nil
}

// requestMaterial reads the document of the address for somebody with a right
// on the organ of its request.
func (o *Office) requestMaterial(c *call, act access.Act) (*casework.View, *request.Request, *request.Material, error) {
	v, q, err := o.requestFor(c, act)
	if err != nil {
		return nil, nil, nil, err
	}
	id, err := pathNumber(c.r, "material")
	if err != nil {
		return nil, nil, nil, err
	}
	f := q.Material.Find(id)
	if f == nil {
		return nil, nil, nil, fault.New(fault.NotFound, "office.requestMaterial", textNotFound)
	}
	return v, q, f, nil
}

func dropMaterial(o *Office, c *call) (*answer, error) {
	v, _, f, err := o.requestMaterial(c, access.HandleRequest)
	if err != nil {
		return nil, err
	}
	if err := o.deps.Requests.DropMaterial(c.ctx(), c.actor(), v.Case.ID, f.ID); err != nil {
		return nil, err
	}
	return told(c, fmt.Sprintf("/office/requests/%d/files", v.Case.ID), textMaterialGone), nil
}

// download answers with a file that no browser shows in place.
func download(name string, data []byte) *answer {
	return &answer{http.StatusOK, http.Header{"Content-Type": {"application/octet-stream"}, "Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": name})},
		"X-Content-Type-Options": {"nosniff"}}, data}
}

func originalFile(o *Office, c *call) (*answer, error) {
	v, _, f, err := o.requestMaterial(c, access.HandleRequest)
	if err != nil {
		return nil, err
	}
	_, data, err := o.deps.Requests.Original(c.ctx(), c.actor(), v.Case.ID, f.ID)
	if err != nil {
		return nil, err
	}
	return download("原件 "+f.Name, data), nil
}

func resultFile(o *Office, c *call) (*answer, error) {
	v, _, f, err := o.requestMaterial(c, access.SeeRequest)
	if err != nil {
		return nil, err
	}
	x, data, err := o.deps.Requests.Built(c.ctx(), c.actor(), v.Case.ID, f.ID)
	if err != nil {
		return nil, err
	}
	return download(x.Name, data), nil
}

func materialPicture(o *Office, c *call) (*answer, error) {
	v, _, f, err := o.requestMaterial(c, access.SeeRequest)
	if err != nil {
		return nil, err
	}
	n, err := pathNumber(c.r, "n")
	if err != nil {
		return nil, err
	}
	png, err := o.deps.Requests.PagePicture(c.ctx(), c.actor(), v.Case.ID, f.ID, int(n), queryValue(c.r, "of") == "result")
	if err != nil {
		return nil, err
	}
	return &answer{http.StatusOK, http.Header{"Content-Type": {"image/png"}, "X-Content-Type-Options": {"nosniff"}}, png}, nil
}

// groundOptions are the grounds on which something may be kept back.
func groundOptions(chosen string) []option {
	out := []option{{Name: textChoose}}
	for _, g := range ground.All {
		out = append(out, option{g.Code, request.GroundShort(g), g.Code == chosen})
	}
	return out
}
