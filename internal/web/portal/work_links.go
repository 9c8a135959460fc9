package portal

import (
	"sort"
	"strconv"
	"strings"

	"gongkai/internal/document"
	"gongkai/internal/web/ui"
)

// relationGroup is the works that stand in one relation to this one.
type relationGroup struct {
	Name string
	List []relationLine
}

type relationLine struct {
	Title string
	DocNo string
	Href  string // "" while the target is not in the library
	State *ui.State
	Where string // from which provision, or to which
	Warn  bool   // this text relies on one that no longer counts
}

// Outgoing relations in the order of their weight for a reader.
var outgoing = []struct {
	kind document.RelationKind
	name string
}{
	{document.RelBasedOn, "本文的依据"}, {document.RelAmends, "本文修改的文件"}, {document.RelRepeals, "本文废止的文件"},
	{document.RelRepealsPart, "本文部分废止的文件"}, {document.RelForwards, "本文印发（转发）的文件"},
	{document.RelInterpreted, "本文解读的文件"}, {document.RelCites, "本文引用的文件"},
}

var incoming = []struct {
	kind document.RelationKind
	name string
}{
	{document.RelInterpreted, "解读本文的材料"}, {document.RelAmends, "修改本文的文件"}, {document.RelRepeals, "废止本文的文件"},
	{document.RelRepealsPart, "部分废止本文的文件"}, {document.RelForwards, "印发（转发）本文的文件"},
	{document.RelBasedOn, "以本文为依据的文件"}, {document.RelCites, "引用本文的文件"},
}

// relationGroups sorts the relations both ways and counts the bases that have ended.
func relationGroups(v *document.View) (groups []relationGroup, deadBases int) {
	labels := map[string]string{}
	for _, p := range v.Provisions {
		labels[p.Path] = p.Label
	}
	for _, o := range outgoing {
		g := relationGroup{Name: o.name}
		for _, rel := range v.Relations {
			if rel.Kind != o.kind {
				continue
			}
			line := relationLine{Title: relationTitle(rel), DocNo: rel.DocNo, Where: labels[rel.FromPath]}
			if rel.Work != 0 {
				line.Href = workPath(rel.Work) + fragment(rel.ToPath)
				s := ui.NewState(rel.Validity, rel.Dateless)
				line.State = &s
			}
			if line.Warn = o.kind == document.RelBasedOn && ended(rel.Validity); line.Warn {
				deadBases++
			}
			g.List = append(g.List, line)
		}
		if len(g.List) > 0 {
			groups = append(groups, g)
		}
	}
	for _, in := range incoming {
		g := relationGroup{Name: in.name}
		for _, b := range v.Backlinks {
			if b.Kind != in.kind {
				continue
			}
			line := relationLine{Title: b.Title, DocNo: b.DocNo, Href: workPath(b.Work) + fragment(b.FromPath), Where: labels[b.ToPath]}
			if b.Validity != "" {
				s := ui.NewState(b.Validity, false)
				line.State = &s
			}
			g.List = append(g.List, line)
		}
		if len(g.List) > 0 {
			groups = append(groups, g)
		}
	}
	return groups, deadBases
}

func relationTitle(rel document.Relation) string {
	if rel.Current != "" {
		return rel.Current
	}
	return strings.Trim(rel.Title, "《》")
}

func fragment(path string) string {
	if path == "" {
		return ""
	}
	return "#" + path
}

// fileLine is an attachment in the side column.
type fileLine struct {
	Name  string
	Size  string
	State string
	Read  bool // its text can be read in the browser
	Href  string
	Raw   string
	Role  string
}

func fileLines(v *document.View) []fileLine {
	files := append([]document.File(nil), v.Files...)
	sort.SliceStable(files, func(i, k int) bool { return files[i].Role == "attachment" && files[k].Role != "attachment" })
	out := make([]fileLine, 0, len(files))
	for _, f := range files {
		if shownInText(v.Text, f) {
			continue
		}
		href := filePath(v.Work, v.Edition.Label, f.Position)
		out = append(out, fileLineOf(f, href, href+"/raw"))
	}
	return out
}

func fileLineOf(f document.File, href, raw string) fileLine {
	line := fileLine{Name: f.Name, Size: ui.Size(f.Size), State: textStateWords[f.TextState], Read: f.TextState != "none", Href: href, Raw: raw, Role: "附件"}
	if f.Role == "source" {
		line.Role = "原文件"
	} else if f.Role == rolePicture {
		line.Role = "图片"
	}
	return line
}

func filePath(work int64, edition, n int) string {
	return workPath(work) + "/files/" + strconv.Itoa(edition) + "/" + strconv.Itoa(n)
}
