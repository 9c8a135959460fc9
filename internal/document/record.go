package document

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
	"gongkai/internal/zh"
)

// record is one line of a JSONL source: the fields of a law collection, and
// what official pages add to them. Unknown fields are left alone.
type record struct {
	ID          string          `json:"id"`
	WorkID      string          `json:"work_id"`
	Version     int             `json:"version"`
	Title       string          `json:"title"`
	ShortName   string          `json:"short_name"`
	Type        string          `json:"type"`
	Category    string          `json:"category"`
	Region      string          `json:"region"`
	IssuingBody string          `json:"issuing_body"`
	Organs      []string        `json:"organs"`
	DocNo       string          `json:"doc_no"`
	IndexNo     string          `json:"index_no"`
	RegNo       string          `json:"registration_no"`
	Attribute   string          `json:"attribute"`
	AdoptedOn   string          `json:"adopted_on"`
	PublishDate string          `json:"publish_date"`
	Effective   string          `json:"effective_date"`
	ExpiresOn   string          `json:"expires_on"`
	Status      string          `json:"status"`
	Recipients  []string        `json:"recipients"`
	Topics      []string        `json:"topics"`
	Columns     []string        `json:"columns"`
	URL         string          `json:"url"`
	SourceName  string          `json:"source_name"`
	History     []recordHistory `json:"history"`
	Facts       []recordFact    `json:"facts"`
	Attachments []recordFile    `json:"attachments"`
	Text        string          `json:"text"`
}

type recordHistory struct {
	Date  string `json:"date"`
	Event string `json:"event"`
}

type recordFact struct {
	Kind       FactKind `json:"kind"`
	ValidOn    string   `json:"valid_on"`
	Authority  string   `json:"authority"`
	By         string   `json:"by"`
	Reason     string   `json:"reason"`
	Provisions []string `json:"provisions"`
}

type recordFile struct {
	Name string `json:"name"`
	Data string `json:"data"` // base64
	Path string `json:"path"` // refused: a line may not reach into the file system
}

// inlineFile is an attachment that came inside a record.
type inlineFile struct {
	name string
	data []byte
}

// parseRecord reads one JSONL line. Dates that do not exist are warnings: the
// document is kept and its date is 日期不详.
func parseRecord(line []byte) (c *Content, files []inlineFile, warnings []string, err error) {
	const op = "document.parseRecord"
	var r record
	if err := wholeText(line); err != nil {
		return nil, nil, nil, err
	}
	if err := json.Unmarshal(line, &r); err != nil {
		// A field of the wrong type leaves the others read: the id still names the line.
		return &Content{ExternalID: r.ID}, nil, nil, recordError(op, err)
	}
	date := func(field, s string) workday.Date {
		if strings.TrimSpace(s) == "" {
			return workday.Date{}
		}
		d, ok := zh.ParseDate(s)
		if !ok {
			warnings = append(warnings, fmt.Sprintf("%s：“%s”不是能读懂的日期，按日期不详处理。", field, clip(s, 40)))
		}
		return d
	}
	c = &Content{
		ExternalID: r.ID, WorkKey: r.WorkID, Version: r.Version,
		Title: strings.TrimSpace(r.Title), ShortTitle: strings.TrimSpace(r.ShortName),
		DocNo: strings.TrimSpace(r.DocNo), IndexNo: strings.TrimSpace(r.IndexNo), RegistrationNo: strings.TrimSpace(r.RegNo),
		Kind: r.Type, Category: r.Category, Region: r.Region,
		Organs: r.Organs, Attribute: r.Attribute,
		AdoptedOn: date("adopted_on", r.AdoptedOn), PublishedOn: date("publish_date", r.PublishDate),
		EffectiveOn: date("effective_date", r.Effective), ExpiresOn: date("expires_on", r.ExpiresOn),
		Recipients: r.Recipients, Topics: r.Topics, Columns: r.Columns,
		SourceName: r.SourceName, SourceURL: r.URL, SourceStatus: r.Status,
		Text: normalLines(r.Text),
	}
	if c.Version < 0 {
		return c, nil, nil, fault.Field(op, "version", "version：版本号不能是负数。")
	}
	if len(c.Organs) == 0 && r.IssuingBody != "" {
		c.Organs = splitOrgans(r.IssuingBody)
	}
	for _, h := range r.History {
		c.History = append(c.History, HistoryLine{Date: date("history.date", h.Date), Event: h.Event})
	}
	for i, f := range r.Facts {
		if !knownFact(f.Kind) {
			return c, nil, nil, fault.Field(op, "facts", "facts：第 %d 条的 kind“%s”不是已知的效力事实。", i+1, clip(string(f.Kind), 40))
		}
		c.Facts = append(c.Facts, ContentFact{Kind: f.Kind, ValidOn: date("facts.valid_on", f.ValidOn),
			Authority: f.Authority, By: f.By, Reason: f.Reason, Provisions: f.Provisions})
	}
	for i, f := range r.Attachments {
		if f.Path != "" {
			return c, nil, nil, fault.Field(op, "attachments", "attachments：第 %d 个附件写的是路径；附件只能随行给出内容。", i+1)
		}
		data, err := base64.StdEncoding.DecodeString(f.Data)
		if err != nil || f.Name == "" {
			return c, nil, nil, fault.Field(op, "attachments", "attachments：第 %d 个附件的名称或内容读不出来。", i+1)
		}
		files = append(files, inlineFile{name: f.Name, data: data})
	}
	return c, files, warnings, c.check()
}

// recordError turns a JSON error into a sentence that names the field.
func recordError(op string, err error) error {
	var wrong *json.UnmarshalTypeError
	if asType(err, &wrong) {
		if wrong.Field == "" {
			return &fault.Error{Kind: fault.Invalid, Op: op, Err: err, Text: "这一行不是一份文件：一行应当是一个 JSON 对象。"}
		}
		return &fault.Error{Kind: fault.Invalid, Op: op, Field: wrong.Field, Err: err,
			Text: fmt.Sprintf("%s：内容类型不对，这里写的是%s。", wrong.Field, jsonType(wrong.Value))}
	}
	return &fault.Error{Kind: fault.Invalid, Op: op, Err: err, Text: "这一行不是完整的 JSON，已跳过；其他行照常导入。"}
}

// jsonType is the Chinese word for a JSON type as the decoder names it.
func jsonType(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if w, ok := map[string]string{"string": "文字", "number": "数字", "array": "列表", "object": "对象", "bool": "是非值"}[word]; ok {
		return w
	}
	return s
}

// wholeText refuses bytes that the decoder would replace in silence: what is
// not UTF-8, and half of a surrogate pair.
func wholeText(line []byte) error {
	if !utf8.Valid(line) {
		return fault.New(fault.Invalid, "document.wholeText", "这一行不是有效的 UTF-8 文字，请转换编码后再导入。")
	}
	for _, m := range surrogates.FindAll(line, -1) {
		if len(m) == 6 {
			return fault.New(fault.Invalid, "document.wholeText", "这一行里有不完整的字符（单独的代理码），请修正后再导入。")
		}
	}
	return nil
}

// surrogates matches an escaped pair whole, or a half that stands alone. An
// escaped backslash before the u is taken along and so never starts a match.
var surrogates = regexp.MustCompile(`\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\u[dD][89a-fA-F][0-9a-fA-F]{2}`)

// knownFact tells the facts that a source may state: those that decide validity.
func knownFact(k FactKind) bool {
	switch k {
	case FactRepealedPart, FactRepealed, FactExpired, FactRestored:
		return true
	}
	return false
}

// splitOrgans reads 最高人民法院、最高人民检察院 as two organs.
func splitOrgans(s string) []string {
	var out []string
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return r == '、' || r == '；' || r == ';' }) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// normalLines makes LF line ends, the only change a text ever gets.
func normalLines(s string) string {
	if !strings.ContainsRune(s, '\r') {
		return s
	}
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// clip shortens a value for a message, by runes.
func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}
