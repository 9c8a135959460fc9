package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// Content is a document as its source states it, before the library has read
// anything out of it. Its canonical JSON is the identity of a document that
// has no external id, and tells "unchanged" from "updated".
type Content struct {
	ExternalID     string        `json:"external_id,omitempty"`
	WorkKey        string        `json:"work_key,omitempty"` // groups revisions of one source
	Version        int           `json:"version,omitempty"`  // the source's label, 0 when it has none
	Title          string        `json:"title"`
	ShortTitle     string        `json:"short_title,omitempty"`
	DocNo          string        `json:"doc_no,omitempty"`
	IndexNo        string        `json:"index_no,omitempty"`
	RegistrationNo string        `json:"registration_no,omitempty"`
	Kind           string        `json:"kind,omitempty"`
	Category       string        `json:"category,omitempty"`
	Region         string        `json:"region,omitempty"`
	Organs         []string      `json:"organs,omitempty"`
	Attribute      string        `json:"attribute,omitempty"`
	AdoptedOn      workday.Date  `json:"adopted_on,omitzero"`
	PublishedOn    workday.Date  `json:"published_on,omitzero"`
	EffectiveOn    workday.Date  `json:"effective_on,omitzero"`
	ExpiresOn      workday.Date  `json:"expires_on,omitzero"`
	Recipients     []string      `json:"recipients,omitempty"`
	Topics         []string      `json:"topics,omitempty"`
	Columns        []string      `json:"columns,omitempty"` // codes
	SourceName     string        `json:"source_name,omitempty"`
	SourceURL      string        `json:"source_url,omitempty"`
	SourceStatus   string        `json:"source_status,omitempty"`
	History        []HistoryLine `json:"history,omitempty"`
	Facts          []ContentFact `json:"facts,omitempty"`
	Files          []ContentFile `json:"files,omitempty"`
	Text           string        `json:"text"`
}

// ContentFact is a dated statement about validity that comes with a document.
type ContentFact struct {
	Kind       FactKind     `json:"kind"`
	ValidOn    workday.Date `json:"valid_on,omitzero"`
	Authority  string       `json:"authority,omitempty"`
	By         string       `json:"by,omitempty"` // title of the deciding text
	Reason     string       `json:"reason,omitempty"`
	Provisions []string     `json:"provisions,omitempty"`
}

// ContentFile is a file that belongs to a document, already in the file store.
type ContentFile struct {
	SHA256    string `json:"sha256"`
	Name      string `json:"name"`
	Size      int64  `json:"size"`
	MIME      string `json:"mime"`
	Role      string `json:"role"` // source, attachment or picture
	TextState string `json:"text_state"`
	Body      string `json:"body,omitempty"`
}

// maxText bounds one text, in bytes; the longest law has about 0.4 MB.
// maxVersion bounds a label.
const (
	maxText    = 8 << 20
	maxVersion = 9999
)

// check refuses what no edition may hold. Errors name the field.
func (c *Content) check() error {
	const op = "document.Content"
	for _, f := range []struct{ name, value string }{{"title", c.Title}, {"text", c.Text}, {"doc_no", c.DocNo}, {"id", c.ExternalID}, {"work_id", c.WorkKey}} {
		if !utf8.ValidString(f.value) {
			return fault.Field(op, f.name, "%s：不是有效的 UTF-8 文字，请转换编码后再导入。", f.name)
		}
		if strings.ContainsRune(f.value, 0) {
			return fault.Field(op, f.name, "%s：含有 NUL 字符，请清理后再导入。", f.name)
		}
	}
	whole, err := json.Marshal(c)
	if err != nil {
		return err
	}
	if bytes.Contains(whole, []byte(`\u0000`)) {
		return fault.New(fault.Invalid, op, "有的栏目含有 NUL 字符，请清理后再导入。")
	}
	if c.Version > maxVersion {
		return fault.Field(op, "version", "version：版本号不能超过 %d。", maxVersion)
	}
	for i, name := range c.Organs {
		if strings.TrimSpace(name) == "" {
			return fault.Field(op, "organs", "organs：第 %d 个机关没有名称。", i+1)
		}
	}
	if strings.TrimSpace(c.Title) == "" {
		return fault.Field(op, "title", "title：没有标题，请补上标题后再导入。")
	}
	if utf8.RuneCountInString(c.Title) > 500 {
		return fault.Field(op, "title", "title：标题超过 500 字，请核对。")
	}
	if len(c.Text) > maxText {
		return &fault.Error{Kind: fault.TooLarge, Op: op, Field: "text", Text: "text：正文超过 8 MB，请拆分后再导入。"}
	}
	return nil
}

// key is the content digest. Field order is fixed by the struct, so equal
// content gives equal bytes. A document that came as a file and has no id of
// its own is its file: the same bytes are the same document under any name,
// and stay so when the reading of files improves.
func (c *Content) key() (string, error) {
	b, err := json.Marshal(c)
	if err != nil {
		return "", err
	}
	if c.ExternalID == "" {
		for _, f := range c.Files {
			if f.Role == "source" {
				b = []byte("file:" + f.SHA256)
			}
		}
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), nil
}

// issuedContent is the day a document became public, as far as its source says.
func issuedContent(c *Content) workday.Date {
	if !c.PublishedOn.IsZero() {
		return c.PublishedOn
	}
	return c.AdoptedOn
}
