package office

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"

	"gongkai/internal/officialdoc"
	"gongkai/internal/release"
	"gongkai/internal/workday"
)

// packed is the record of a document in a package, for programs of a platform.
type packed struct {
	Title          string       `json:"title"`
	DocNo          string       `json:"doc_no,omitempty"`
	IndexNo        string       `json:"index_no,omitempty"`
	RegistrationNo string       `json:"registration_no,omitempty"`
	Kind           string       `json:"kind,omitempty"`
	Organs         []string     `json:"organs"`
	AdoptedOn      workday.Date `json:"adopted_on,omitzero"`
	PublishedOn    workday.Date `json:"published_on"`
	EffectiveOn    workday.Date `json:"effective_on,omitzero"`
	ExpiresOn      workday.Date `json:"expires_on,omitzero"`
	Attribute      string       `json:"attribute"`
	Topics         []string     `json:"topics,omitempty"`
	Recipients     []string     `json:"recipients,omitempty"`
	Work           int64        `json:"work"`
	Edition        int          `json:"edition"`
	Address        string       `json:"address"`
	Slip           string       `json:"slip"`
	Text           string       `json:"text"` // name of the file with the words
	Attachments    []packedFile `json:"attachments"`
	Pictures       []packedFile `json:"pictures,omitempty"` // of the text; name is the alternative text
}

type packedFile struct {
	Name   string `json:"name"`
	File   string `json:"file"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// slipPackage is the package for a provincial platform. The same slip gives the
// same bytes, so that who got it twice can see that nothing changed.
func slipPackage(o *Office, c *call) (*answer, error) {
	c.r.SetPathValue("id", c.r.PathValue("slip"))
	v, s, err := o.slipCase(c)
	if err != nil {
		return nil, err
	}
	if err := released(s); err != nil {
		return nil, err
	}
	p := &s.Paper
	m := packed{Title: p.Title, DocNo: p.DocNo, IndexNo: p.IndexNo, RegistrationNo: p.RegistrationNo, Kind: p.Kind, Organs: p.Organs, AdoptedOn: p.AdoptedOn,
		PublishedOn: publishedDay(s), EffectiveOn: p.EffectiveOn, ExpiresOn: p.ExpiresOn, Attribute: string(s.Attribute), Topics: p.Topics, Recipients: p.Recipients,
		Work: s.Work, Edition: s.Label, Address: o.publicAddress(s.Work), Slip: v.Case.Number, Text: "index.html", Attachments: []packedFile{}}
	for _, f := range s.Files {
		switch f.Role {
		case release.Attachment:
			m.Attachments = append(m.Attachments, packedFile{f.Name, fmt.Sprintf("attachments/%02d-%s", len(m.Attachments)+1, safeName(f.Name)), f.Size, f.SHA256})
		case release.Picture:
			m.Pictures = append(m.Pictures, packedFile{f.Alt(), fmt.Sprintf("pictures/%02d-%s", len(m.Pictures)+1, safeName(f.Name)), f.Size, f.SHA256})
		}
	}
	var b bytes.Buffer
	if err := o.writePackage(c.ctx(), &b, &m, p, s.Released); err != nil {
		return nil, err
	}
	return zipAnswer(fmt.Sprintf("数据包-%s.zip", v.Case.Number), b.Bytes()), nil
}

func (o *Office) writePackage(ctx context.Context, b *bytes.Buffer, m *packed, p *release.Paper, at time.Time) error {
	z := zip.NewWriter(b)
	put := func(name string, from io.Reader) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at.UTC().Truncate(2 * time.Second)})
		if err != nil {
			return err
		}
		_, err = io.Copy(w, from)
		return err
	}
	if err := put(m.Text, strings.NewReader(cleanHTML(p, m.Attachments, m.Pictures))); err != nil {
		return err
	}
	for _, f := range slices.Concat(m.Attachments, m.Pictures) {
		r, err := o.deps.Files.Open(ctx, f.SHA256)
		if err != nil {
			return err
		}
		err = put(f.File, r)
		if e := r.Close(); err == nil {
			err = e
		}
		if err != nil {
			return err
		}
	}
	record, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	if err := put("metadata.json", bytes.NewReader(append(record, '\n'))); err != nil {
		return err
	}
	var sheet bytes.Buffer
	if err := writeLines(&sheet, "元数据", 22, m.lines()); err != nil {
		return err
	}
	if err := put("metadata.xlsx", &sheet); err != nil {
		return err
	}
	if err := put("README.txt", strings.NewReader(fmt.Sprintf(packageReadme, m.Title, m.Slip, m.Address))); err != nil {
		return err
	}
	return z.Close()
}

// lines is the record as a heading and a row of a sheet.
func (m *packed) lines() [][]any {
	day := func(d workday.Date) string {
		if d.IsZero() {
			return ""
		}
		return d.String()
	}
	var names []string
	for _, f := range m.Attachments {
		names = append(names, f.Name)
	}
	return [][]any{
		{"标题", "发文字号", "索引号", "统一编号", "文种", "发文机关", "成文日期", "发布日期", "施行日期", "失效日期", "公开属性", "主题", "主送机关", "本站地址", "审签编号", "附件"},
		{m.Title, m.DocNo, m.IndexNo, m.RegistrationNo, m.Kind, strings.Join(m.Organs, "、"), day(m.AdoptedOn), day(m.PublishedOn), day(m.EffectiveOn), day(m.ExpiresOn),
			m.Attribute, strings.Join(m.Topics, "、"), strings.Join(m.Recipients, "、"), m.Address, m.Slip, strings.Join(names, "、")},
	}
}

// safeName is a file name that every system can unpack.
func safeName(s string) string {
	s = path.Base(strings.ReplaceAll(s, `\`, "/"))
	s = strings.Map(func(r rune) rune {
		if r < ' ' || strings.ContainsRune(`<>:"|?*`, r) || r == utf8.RuneError {
			return '_'
		}
		return r
	}, s)
	if strings.Trim(s, ". ") == "" {
		return "附件"
	}
	return s
}

// cleanPolicy lets through what a platform's editor keeps: words, headings,
// tables and links to the attachments, nothing that runs or dresses.
func cleanPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("h1", "h2", "h3", "p", "table", "caption", "thead", "tbody", "tr", "th", "td", "ul", "ol", "li", "a", "figure", "figcaption", "img")
	p.AllowAttrs("href").OnElements("a")
	p.AllowAttrs("src", "alt").OnElements("img")
	p.AllowAttrs("scope").Matching(bluemonday.SpaceSeparatedTokens).OnElements("th")
	p.AllowRelativeURLs(true)
	p.RequireParseableURLs(true)
	return p
}

// cleanHTML is a text as semantic HTML without styles.
func cleanHTML(p *release.Paper, files, pictures []packedFile) string {
	var b strings.Builder
	esc := html.EscapeString
	b.WriteString("<h1>" + esc(p.Title) + "</h1>\n")
	for _, x := range officialdoc.Blocks(p.Text) {
		switch {
		case x.Kind == officialdoc.BlockTable:
			writeTable(&b, x.Rows)
		case x.Kind == officialdoc.BlockPicture:
			writePicture(&b, x.Words, pictures)
		case x.Words == p.Title && x.Line < 8:
		case x.Kind == officialdoc.BlockHeading && x.Level <= 2:
			fmt.Fprintf(&b, "<h%d>%s</h%d>\n", 1+x.Level, esc(x.Words), 1+x.Level)
		default:
			b.WriteString("<p>" + esc(x.Words) + "</p>\n")
		}
	}
	if len(files) > 0 {
		b.WriteString("<h2>附件</h2>\n<ol>\n")
		for _, f := range files {
			b.WriteString(`<li><a href="` + esc(f.File) + `">` + esc(f.Name) + "</a></li>\n")
		}
		b.WriteString("</ol>\n")
	}
	return cleanPolicy().Sanitize(b.String())
}

// writePicture puts a picture in its place; without its file the words stay.
func writePicture(b *strings.Builder, alt string, pictures []packedFile) {
	esc := html.EscapeString
	for _, f := range pictures {
		if f.Name == alt {
			b.WriteString(`<figure><img src="` + esc(f.File) + `" alt="` + esc(alt) + `"><figcaption>` + esc(alt) + "</figcaption></figure>\n")
			return
		}
	}
	b.WriteString("<p>" + esc(officialdoc.PictureLine(alt)) + "</p>\n")
}

func writeTable(b *strings.Builder, rows [][]string) {
	b.WriteString("<table>\n")
	for i, r := range rows {
		tag, attr := "td", ""
		if i == 0 {
			tag, attr = "th", ` scope="col"`
		}
		b.WriteString("<tr>")
		for _, cell := range r {
			b.WriteString("<" + tag + attr + ">" + html.EscapeString(cell) + "</" + tag + ">")
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table>\n")
}
