package office

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/document"
)

// classLink is one word of the table with its count, and where only that is
// shown.
type classLink struct {
	Name, Href string
	Count      int
	Current    bool
}

// deskClasses are the words of the table as the address writes them.
var deskClasses = []struct{ key, name string }{
	{"", "全部"}, {"new", "新建"}, {"edition", "新版本"}, {"unchanged", "无变化"}, {"doubt", "有疑问"}, {"failed", "失败"}, {"waiting", "待读"}, {"ordered", "正在公开"}, {"released", "已公开"},
}

func knownClass(key string) bool {
	return slices.ContainsFunc(deskClasses, func(k struct{ key, name string }) bool { return k.key == key })
}

func classPath(batch int64, key string) string {
	if key == "" {
		return batchPath(batch)
	}
	return batchPath(batch) + "?state=" + key
}

// classLinks are the classes that a batch has, and always the one shown.
func classLinks(batch int64, shown string, items []document.DeskItem) (out []classLink) {
	count := map[string]int{"": len(items)}
	for i := range items {
		count[items[i].Class()]++
	}
	for _, k := range deskClasses {
		if count[k.key] > 0 || k.key == shown {
			out = append(out, classLink{k.name, classPath(batch, k.key), count[k.key], k.key == shown})
		}
	}
	return out
}

// totals sums what the readings of a batch report.
func totals(items []document.DeskItem) (out []string) {
	var lost document.Lost
	reported, partial, none := 0, 0, 0
	for i := range items {
		f := &items[i].Facts
		lost.Add(f.Lost)
		if len(f.Coverage) > 0 {
			reported++
		}
		switch {
		case items[i].State == document.ItemFailed:
			none++
		case f.State == "partial":
			partial++
		}
	}
	say := func(n int, format string, more ...any) {
		if n > 0 {
			out = append(out, fmt.Sprintf(format, append([]any{n}, more...)...))
		}
	}
	say(reported, "%d 份文件有读取报告")
	say(lost.Pictures, "%d 幅图片里的文字没有读入")
	if lost.Merged > 0 {
		say(lost.Tables, "%d 张表格按行列出，其中合并单元格 %d 处", lost.Merged)
	} else {
		say(lost.Tables, "%d 张表格按行列出")
	}
	say(lost.Parts, "页眉、页脚、脚注、文本框 %d 处没有读入")
	say(lost.Warnings, "另有 %d 条提醒")
	say(partial, "%d 份只读到一部分")
	say(none, "%d 份没有读到")
	return out
}

// itemFile sends the file as it was uploaded. It is only ever saved, never
// shown in place: nobody has looked at it yet.
func itemFile(o *Office, c *call) (*answer, error) {
	_, it, err := o.deskItem(c, access.ImportDocuments)
	if err != nil {
		return nil, err
	}
	data, err := o.deps.Library.DeskFile(c.ctx(), it, c.who.Login)
	if err != nil {
		return nil, err
	}
	mime := it.MIME
	if mime == "" {
		mime = "application/octet-stream"
	}
	return &answer{http.StatusOK, http.Header{"Content-Type": {mime},
		"Content-Disposition": {"attachment; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(it.Name), "+", "%20")}}, data}, nil
}
