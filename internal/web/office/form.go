package office

import (
	"net/http"
	"slices"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// option is a choice in a list.
type option struct {
	Value, Name string
	Chosen      bool
}

// field is one control with its label, and what is wrong with it. Kind is an
// input type, or select, area, check or file.
type field struct {
	Name, Label, Kind string
	Value             string
	Hint              string
	Error             string
	Options           []option
	Required          bool
	Max               int
	Complete          string // autocomplete
	Numeric           bool   // a keyboard of digits
	Accept            string // types of a file; Excel where it is ""
	Many              bool   // several files at once
	Fold              string // what it is folded away under, with its neighbours; "" stands open
}

// form is one form of a page.
type form struct {
	ID     string
	Action string
	Token  string
	Submit string
	Fields []field
	Hidden []option
	Error  string // what is wrong when no field is to blame
	Upload bool
	Second bool // not the main act of the page
	Danger bool
}

// fill puts what the user sent back into the controls; passwords and files are
// never sent back.
func (f *form) fill(r *http.Request) {
	for i := range f.Fields {
		x := &f.Fields[i]
		if x.Kind == "password" || x.Kind == "file" {
			continue
		}
		x.Value = value(r, x.Name)
		for j := range x.Options {
			x.Options[j].Chosen = x.Options[j].Value == x.Value
		}
	}
}

// blame puts an error beside its field: the one whose label the error names.
func (f *form) blame(err error) {
	label := fault.FieldOf(err)
	for i := range f.Fields {
		if f.Fields[i].Label == label {
			f.Fields[i].Error = fault.Text(err)
			return
		}
	}
	f.Error = fault.Text(err)
}

// Wrong reports that something of the form is to be mended.
func (f form) Wrong() bool {
	for _, x := range f.Fields {
		if x.Error != "" {
			return true
		}
	}
	return f.Error != ""
}

// fieldGroup are neighbouring controls: those that always stand open, or those
// under one fold.
type fieldGroup struct {
	Name   string // of the fold, "" for none
	Open   bool   // something in it is filled in or wrong
	Fields []field
}

// Groups are the controls in their order, cut where a fold begins or ends.
func (f form) Groups() (out []fieldGroup) {
	for _, x := range f.Fields {
		if len(out) == 0 || out[len(out)-1].Name != x.Fold {
			out = append(out, fieldGroup{Name: x.Fold})
		}
		g := &out[len(out)-1]
		g.Fields = append(g.Fields, x)
		filled := x.Value != "" || slices.ContainsFunc(x.Options, func(o option) bool { return o.Chosen && o.Value != "" })
		g.Open = g.Open || x.Error != "" || filled
	}
	return out
}

// mendable reports an error that the same form can show: the user can do
// something about it.
func mendable(err error) bool {
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict, fault.Unsupported, fault.TooLarge:
		return true
	}
	return false
}

func statusFor(err error) int {
	status, _ := statusOf(fault.KindOf(err))
	return status
}

// value reads one sent value without the characters that no database keeps.
func value(r *http.Request, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(r.PostFormValue(name), ""), "\x00", ""))
}

// secretValue reads a password as it is.
func secretValue(r *http.Request, name string) string { return r.PostFormValue(name) }

// dayValue reads a day; empty is the zero day.
func dayValue(r *http.Request, name, label string) (workday.Date, error) {
	s := value(r, name)
	if s == "" {
		return workday.Date{}, nil
	}
	d, ok := workday.ParseDate(s)
	if !ok || d.Year < 1900 || d.Year > 2200 {
		return d, fault.Field("office.dayValue", label, textBadDay, label, shorten(s, 20))
	}
	return d, nil
}

// queryValue reads one value of the address.
func queryValue(r *http.Request, name string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(r.URL.Query().Get(name), ""), "\x00", ""))
}
