package org

import "encoding/json"

// Difference is one fact that a change changed, in words.
type Difference struct {
	Field    string
	Old, New string
}

// fields name what the contents of changes hold, in the order of the page.
var fields = []struct{ key, name string }{
	{"name", "姓名或名称"}, {"post", "职务"}, {"kind", "类别"}, {"duties", "分工或职责"}, {"cv", "简历"}, {"head", "负责人"}, {"from", "任职日期"}, {"to", "离任日期"},
	{"phone", "联系电话"}, {"address", "办公地址"}, {"hours", "办公时间"},
	{"Duties", "主要职责"}, {"Address", "办公地址"}, {"Hours", "办公时间"}, {"Phone", "联系电话"}, {"Fax", "传真"}, {"Postcode", "邮政编码"}, {"Website", "网址"}, {"Prefixes", factPrefixes}, {"CreditCode", "统一社会信用代码"},
}

// shown bounds a value in a list of changes, in runes.
const shown = 40

// Differences says what the change changed, for people; empty where the
// contents are not facts (an order of entries).
func (c Change) Differences() []Difference {
	before, after := contentOf(c.Old), contentOf(c.New)
	var out []Difference
	for _, f := range fields {
		if before[f.key] != after[f.key] {
			out = append(out, Difference{f.name, brief(f.key, before[f.key]), brief(f.key, after[f.key])})
		}
	}
	if before["photo"] != after["photo"] {
		out = append(out, Difference{"照片", having(before["photo"]), having(after["photo"])})
	}
	return out
}

// contentOf reads facts as texts; anything else has none.
func contentOf(s string) map[string]string {
	out := map[string]string{}
	if err := json.Unmarshal([]byte(s), &out); err != nil {
		return nil // an order of entries, a code: no facts
	}
	return out
}

func having(sha string) string {
	if sha == "" {
		return "没有"
	}
	return "有"
}

func brief(key, s string) string {
	if key == "kind" && s != "" {
		return UnitKind(s).Chinese()
	}
	if r := []rune(s); len(r) > shown {
		return string(r[:shown]) + "…"
	}
	return s
}
