package request

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"path"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/audit"
	"gongkai/internal/casework"
	"gongkai/internal/docfile"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// Sums is the name of the list of digests in an archive package; it reads as
// input of sha256sum -c.
const Sums = "SHA256SUMS"

// PackageOf is what a package needs from outside the room: names of people and
// organs, and a printer for PDF, nil where the machine has no font.
type PackageOf struct {
	Organ string
	Name  func(login string) string
	PDF   func(docfile.DocxContent) ([]byte, error)
}

// packedFile is one file of a package.
type packedFile struct {
	name, title string
	data        []byte
}

// packedEvent is one act, for programs.
type packedEvent struct {
	No     int             `json:"no"`
	At     time.Time       `json:"at"`
	Who    string          `json:"who"`
	Action string          `json:"action"`
	State  string          `json:"state"`
	Data   json.RawMessage `json:"data"`
}

// Package makes the archive package of a closed request: cover,
// list, application, letters, scans, documents given, events, audit rows and
// digests. It opens without this program: index.html leads to every file. Each
// reading is an act in the audit log.
func (r *Room) Package(ctx context.Context, a access.Actor, id int64, p PackageOf) (out []byte, err error) {
	defer fault.Wrap(&err, "request.Package(%d)", id)
	db := r.db.Reader()
	c, err := r.kernel.Case(ctx, id)
	if err != nil {
		return nil, err
	}
	q, err := r.read(ctx, db, id, c.Organ)
	if err != nil {
		return nil, err
	}
	switch {
	case c.Open():
		return nil, fault.New(fault.Invalid, "request.Package", "还没有办结归档，没有档案包。")
	case q.Service.Anonymised():
		return nil, fault.New(fault.Gone, "request.Package", textDestroyed)
	}
	who, err := r.applicant(ctx, db, id)
	if err != nil {
		return nil, err
	}
	files, err := r.packed(ctx, c, q, who, p)
	if err != nil {
		return nil, err
	}
	if err := audit.Record(ctx, r.db.Writer(), audit.Event{At: r.now(), Actor: a.Login, Act: audit.Download, Target: fmt.Sprintf("case:%d", id), Outcome: audit.Done, Detail: "档案包"}); err != nil {
		return nil, err
	}
	return zipped(files, c.ClosedAt)
}

// packed gathers the files in the order of the list.
func (r *Room) packed(ctx context.Context, c *casework.Case, q *Request, who Applicant, p PackageOf) (files []packedFile, err error) {
	book := docfile.DocxContent{Title: "政府信息公开申请卷宗"}
	add := func(dir, title string, doc docfile.DocxContent) error {
		name := fmt.Sprintf("%s/%02d-%s", dir, len(files)+1, fileName(title))
		var b bytes.Buffer
		if err := docfile.WriteDOCX(&b, doc); err != nil {
			return err
		}
		files = append(files, packedFile{name + ".docx", title, b.Bytes()})
		book.Blocks = append(book.Blocks, docfile.PageBreak{}, docfile.Paragraph{Text: title, Level: 1})
		book.Blocks = append(book.Blocks, doc.Blocks...)
		if p.PDF == nil {
			return nil
		}
		pdf, err := p.PDF(doc)
		if err != nil {
			return err
		}
		files = append(files, packedFile{name + ".pdf", title + "（PDF）", pdf})
		return nil
	}
	if err := add("申请", "申请表", applicationSheet(c, q, who)); err != nil {
		return nil, err
	}
	for _, l := range q.Letters {
		names, err := r.marks(ctx, q, l)
		if err == nil {
			err = add("文书", l.Title+l.Number, Layout(l.Title, l.Sections(), names))
		}
		if err != nil {
			return nil, err
		}
	}
	if err := add("送达", "送达登记", serviceSheet(q)); err != nil {
		return nil, err
	}
	talk, err := r.packedTalk(ctx, q, p)
	if err == nil && len(talk.Blocks) > 0 {
		err = add("留言", talk.Title, talk)
	}
	if err != nil {
		return nil, err
	}
	attached, err := r.packedScans(ctx, q)
	if err != nil {
		return nil, err
	}
	files = append(files, attached...)
	events, lines, err := r.packedEvents(ctx, c, p)
	if err != nil {
		return nil, err
	}
	files = append(files, packedFile{"办理记录/events.json", "办理记录（数据）", events}, packedFile{"办理记录/events.html", "办理记录", page("办理记录", lines)})
	book.Blocks = append(book.Blocks, docfile.PageBreak{}, docfile.Paragraph{Text: "办理记录", Level: 1})
	for _, l := range lines {
		book.Blocks = append(book.Blocks, docfile.Paragraph{Text: l})
	}
	rows, err := r.packedAudit(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	files = append(files, packedFile{"审计记录/audit.json", "审计记录摘录", rows})
	cover := coverLines(c, q, p)
	if p.PDF != nil {
		book.Blocks = append(paragraphs(append(cover, "目录")), append(paragraphs(titles(files)), book.Blocks...)...)
		book.Blocks = append(append(book.Blocks, docfile.PageBreak{}, docfile.Paragraph{Text: "文件指纹（SHA-256）", Level: 1}), paragraphs(digests(files))...)
		pdf, err := p.PDF(book)
		if err != nil {
			return nil, err
		}
		files = append(files, packedFile{"卷宗.pdf", "全卷（封面、目录、文书、办理记录）", pdf})
	}
	return append([]packedFile{{"index.html", "封面和目录", indexPage(cover, files)}}, files...), nil
}

func paragraphs(lines []string) (out []docfile.Block) {
	for _, l := range lines {
		out = append(out, docfile.Paragraph{Text: l})
	}
	return out
}

func titles(files []packedFile) (out []string) {
	for i, f := range files {
		out = append(out, fmt.Sprintf("%d. %s", i+1, f.title))
	}
	return out
}

// digests are those of the files, each below its name.
func digests(files []packedFile) (out []string) {
	for _, f := range files {
		sum := sha256.Sum256(f.data)
		out = append(out, path.Clean(f.name)+"\n"+hex.EncodeToString(sum[:]))
	}
	return out
}

func coverLines(c *casework.Case, q *Request, p PackageOf) []string {
	out := []string{"受理机关：" + p.Organ, "申请编号：" + c.Number, "收到日期：" + q.ReceivedOn.Chinese(), "答复结果：" + q.Outcome.Name()}
	if q.LetterNo != "" {
		out = append(out, "答复书文号："+q.LetterNo, "答复日期："+q.ServedOn.Chinese())
	}
	return append(out, "办结日期："+workday.DateOf(c.ClosedAt).Chinese(), "保存到："+q.Service.RetainUntil.Chinese())
}

func applicationSheet(c *casework.Case, q *Request, who Applicant) docfile.DocxContent {
	doc := docfile.DocxContent{Title: "政府信息公开申请表"}
	for _, x := range [][2]string{{"申请编号", c.Number}, {"姓名或者名称", who.Name}, {"身份证明", who.Proof}, {"法定代表人", who.Leader}, {"联系人", who.Contact}, {"电话", who.Phone}, {"电子邮箱", who.Mail},
		{"地址", who.Address}, {"申请内容", q.Content}, {"其他特征", q.Features}, {"获取方式", nameOf(Ways, q.Way)}, {"送达途径", nameOf(Deliveries, q.Delivery)}} {
		if x[1] != "" {
			doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: x[0] + "：" + x[1]})
		}
	}
	return doc
}

// serviceSheet lists the attempts with both days.
func serviceSheet(q *Request) docfile.DocxContent {
	doc := docfile.DocxContent{Title: "送达登记"}
	for _, a := range q.Service.Attempts {
		line := fmt.Sprintf("第%d次答复，第%d次送达：%s，%s，%s", a.Round, a.No, a.ChannelName(), a.On.Chinese(), a.Result.Name())
		if !a.SignedOn.IsZero() {
			line += "，签收日期" + a.SignedOn.Chinese()
		}
		for _, x := range []string{a.Proof, a.Reason} {
			if x != "" {
				line += "，" + x
			}
		}
		doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: line + "。"})
	}
	return doc
}

func (r *Room) packedEvents(ctx context.Context, c *casework.Case, p PackageOf) (raw []byte, lines []string, err error) {
	list, err := r.kernel.Timeline(ctx, c.ID)
	if err != nil {
		return nil, nil, err
	}
	var out []packedEvent
	for _, e := range list {
		who := p.Name(e.Actor)
		x := packedEvent{e.No, e.At, who, r.kernel.ActionName(Kind, e.Action), r.kernel.StateName(Kind, e.To), e.Data}
		out = append(out, x)
		lines = append(lines, fmt.Sprintf("%d. %s　%s　%s　%s", x.No, x.At.In(workday.Zone).Format("2006-01-02 15:04"), x.Action, x.Who, x.State))
	}
	raw, err = json.MarshalIndent(out, "", "  ")
	return raw, lines, err
}

// packedTalk is what applicant and office wrote to each other, in its order.
func (r *Room) packedTalk(ctx context.Context, q *Request, p PackageOf) (docfile.DocxContent, error) {
	doc := docfile.DocxContent{Title: "留言往来"}
	for _, m := range q.Messages {
		var sealed string
		if err := r.db.Reader().QueryRowContext(ctx, `SELECT body_sealed FROM request_messages WHERE id = $1`, m.ID).Scan(&sealed); err != nil {
			return doc, err
		}
		body, err := r.vault.Open(ctx, messagePlace(m.ID), sealed)
		if err != nil {
			return doc, err
		}
		who := "申请人"
		if !m.From {
			who = p.Name(m.Login)
		}
		doc.Blocks = append(doc.Blocks, docfile.Paragraph{Text: m.At.In(workday.Zone).Format("2006-01-02 15:04") + "　" + who + "：" + body})
	}
	return doc, nil
}

// packedScans are the scans, the stamped letters, and the documents as they were
// given.
func (r *Room) packedScans(ctx context.Context, q *Request) (out []packedFile, err error) {
	list, err := scans(ctx, r.db.Reader(), q.Case)
	if err != nil {
		return nil, err
	}
	for i, s := range list {
		b, err := r.openBytes(ctx, s.row, s.sha, s.digest)
		if err != nil {
			return nil, err
		}
		dir, title := "扫描件", "扫描件："+s.Name()
		if s.Role == "proof" { // never lies beside what a file open to others holds
			dir, title = "不公开", "不公开："+s.Name()
		}
		out = append(out, packedFile{fmt.Sprintf("%s/%02d-%s%s", dir, i+1, fileName(s.Name()), s.Ending()), title, b})
	}
	for _, h := range q.Work.Helps {
		for i, s := range h.Files {
			b, err := r.openBytes(ctx, s.row, s.sha, s.digest)
			if err != nil {
				return nil, err
			}
			out = append(out, packedFile{fmt.Sprintf("协助材料/%s-%02d%s", fileName(h.Number), i+1, s.Ending()), "协助材料：" + h.Number, b})
		}
	}
	for _, l := range q.Letters {
		for _, f := range l.Files {
			b, err := r.openBytes(ctx, q.Case, f.SHA, f.digest)
			if err != nil {
				return nil, err
			}
			out = append(out, packedFile{fmt.Sprintf("盖章件/%02d-%d-%s", len(out)+1, f.ID, fileName(f.Name)), f.KindName() + "：" + l.Title + l.Number, b})
		}
	}
	for _, m := range q.Material.Files {
		for i := range m.Versions {
			v := &m.Versions[i]
			if v.GivenAt.IsZero() {
				continue
			}
			b, err := r.openBytes(ctx, q.Case, v.sealed, v.Digest)
			if err != nil {
				return nil, err
			}
			out = append(out, packedFile{fmt.Sprintf("提供的信息/%02d-%d-%s", m.No, v.No, fileName(v.Name)), "提供的信息：" + v.Name, b})
		}
	}
	return out, nil
}

// packedAudit is who read and did what with this request.
func (r *Room) packedAudit(ctx context.Context, id int64) ([]byte, error) {
	type row struct {
		At     time.Time `json:"at"`
		Actor  string    `json:"actor"`
		Act    string    `json:"act"`
		Result string    `json:"outcome"`
		Detail string    `json:"detail"`
	}
	out := []row{}
	for before := int64(0); ; {
		list, next, err := audit.List(ctx, r.db.Reader(), audit.Filter{Target: fmt.Sprintf("case:%d", id), Before: before, Limit: 500})
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			out = append(out, row{e.At, e.Actor, string(e.Act), string(e.Outcome), e.Detail})
		}
		if before = next; next == 0 {
			return json.MarshalIndent(out, "", "  ")
		}
	}
}

// page is a page without anything that a browser would have to fetch.
func page(title string, lines []string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<!doctype html>\n<html lang=\"zh-CN\"><meta charset=\"utf-8\"><title>%[1]s</title>\n<h1>%[1]s</h1>\n", html.EscapeString(title))
	for _, l := range lines {
		b.WriteString("<p>" + html.EscapeString(l) + "</p>\n")
	}
	return []byte(b.String() + "</html>\n")
}

func indexPage(cover []string, files []packedFile) []byte {
	var b strings.Builder
	for _, f := range files {
		fmt.Fprintf(&b, "<li><a href=\"%s\">%s</a></li>\n", html.EscapeString((&url.URL{Path: f.name}).EscapedPath()), html.EscapeString(f.title))
	}
	head := strings.TrimSuffix(string(page("政府信息公开申请卷宗", cover)), "</html>\n")
	return []byte(head + "<h2>目录</h2>\n<ol>\n" + b.String() + "</ol>\n<p>核对全部文件：sha256sum -c " + Sums + "</p>\n</html>\n")
}

// zipped writes the files and their digests; the same files give the same bytes.
func zipped(files []packedFile, at time.Time) ([]byte, error) {
	var b, sums bytes.Buffer
	z := zip.NewWriter(&b)
	put := func(name string, data []byte) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at.UTC().Truncate(2 * time.Second)})
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	}
	for _, f := range files {
		sum := sha256.Sum256(f.data)
		fmt.Fprintf(&sums, "%s  %s\n", hex.EncodeToString(sum[:]), path.Clean(f.name))
		if err := put(f.name, f.data); err != nil {
			return nil, err
		}
	}
	if err := put(Sums, sums.Bytes()); err != nil {
		return nil, err
	}
	err := z.Close()
	return b.Bytes(), err
}
