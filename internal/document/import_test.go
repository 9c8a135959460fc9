package document_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/fault"
)

const (
	oldText = "第一条 为了管理河道，制定本条例。\n第二条 河道由市水务部门管理。\n第三条 本条例自2010年5月1日起施行。"
	newText = "第一条 为了管理和保护河道，制定本条例。\n第二条 河道由市水务部门管理。\n第三条 本条例自2021年1月1日起施行。"
)

func TestImport_CreatesThenRepeatsUnchanged(t *testing.T) {
	each(t, func(b *bench) {
		jsonl := law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText) + law("r-v2", "r", 2, "清河市河道管理条例", "2020-11-11", newText)
		lines, sum := b.importLines(jsonl)
		if sum.Created != 2 || sum.Failed != 0 || *lines[0].Work != 1 || *lines[1].Work != 1 || lines[1].Edition != 2 {
			t := b.t
			t.Fatalf("%+v %+v", sum, lines)
		}
		before := b.count(`SELECT COUNT(*) FROM publication_log`)
		if _, sum = b.importLines(jsonl); sum.Unchanged != 2 {
			b.t.Fatalf("second run: %+v", sum)
		}
		if after := b.count(`SELECT COUNT(*) FROM publication_log`); after != before {
			b.t.Errorf("second run wrote %d log rows", after-before)
		}
		b.verify()
	})
}

func TestImport_OlderTextAfterNewerKeepsLabelsAndOrdersByDate(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-v2", "r", 2, "清河市河道管理条例", "2020-11-11", newText))
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText))
		v := b.view(1, "")
		if len(v.Editions) != 2 || v.Editions[0].Label != 1 || v.Editions[1].Label != 2 || v.Edition.Label != 2 {
			b.t.Fatalf("editions %+v, shown %d", v.Editions, v.Edition.Label)
		}
		if old := b.view(1, "2020-12-31"); old.Edition.Label != 1 || old.Text != oldText {
			b.t.Errorf("day before: edition %d", old.Edition.Label)
		}
		if before := b.view(1, "2010-02-28"); before.Edition != nil {
			b.t.Errorf("before the first text: %+v", before.Edition)
		}
	})
}

func TestImport_ChangeAtTheSourceIsARecordNotAnEdition(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("r-v1", "r", 1, "清河市河道管理条列", "2010-03-01", oldText))
		lines, sum := b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-02", strings.Replace(oldText, "市水务部门", "市水行政部门", 1), `"status":"已废止"`))
		if sum.Updated != 1 || len(lines[0].Warnings) == 0 {
			b.t.Fatalf("%+v %+v", sum, lines)
		}
		v := b.view(1, "")
		if len(v.Editions) != 1 || v.Edition.Title != "清河市河道管理条例" || !strings.Contains(v.Text, "市水行政部门") || v.Validity != document.Repealed {
			b.t.Fatalf("view %+v", v)
		}
		var fields []string
		for _, r := range v.Records {
			fields = append(fields, r.Field)
		}
		for _, want := range []string{"标题", "发文日期", "正文", "来源标注的效力"} {
			if !slices.Contains(fields, want) {
				b.t.Errorf("no record of %s in %v", want, fields)
			}
		}
		if v.Records[0].Old == v.Records[0].New || v.Records[0].Actor != "tester" {
			b.t.Errorf("record %+v", v.Records[0])
		}
		if n := b.count(`SELECT COUNT(*) FROM edition_texts`); n != 2 {
			b.t.Errorf("%d revisions kept, want 2", n)
		}
		b.verify()
	})
}

func TestImport_ExternalIDBeatsEqualContent(t *testing.T) {
	each(t, func(b *bench) {
		_, sum := b.importLines(law("a", "wa", 1, "甲条例", "2010-03-01", oldText) + law("b", "wb", 1, "甲条例", "2010-03-01", oldText))
		if sum.Created != 2 {
			b.t.Fatalf("%+v", sum)
		}
		if _, sum = b.importLines(law("a", "wa", 1, "甲条例", "2010-03-02", newText)); sum.Updated != 1 || b.count(`SELECT COUNT(*) FROM editions`) != 2 {
			b.t.Fatalf("the same id with other content: %+v", sum)
		}
		noID := `{"title":"无编号文件","text":"一、第一项工作要求如下。","publish_date":"2024-01-01"}` + "\n"
		if _, sum = b.importLines(noID + noID); sum.Created != 1 || sum.Unchanged != 1 {
			b.t.Fatalf("without id: %+v", sum)
		}
	})
}

func TestImport_DraftHasNoPublicIDUntilItIsPublished(t *testing.T) {
	each(t, func(b *bench) {
		line := law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText)
		draft := func(o *document.ImportOptions) { o.Publish = false }
		lines, sum := b.importLines(line, draft)
		if sum.Created != 1 || lines[0].Work != nil || lines[0].Draft == 0 {
			b.t.Fatalf("%+v %+v", sum, lines)
		}
		if _, sum = b.importLines(line, draft); sum.Unchanged != 1 {
			b.t.Fatalf("draft again: %+v", sum)
		}
		if n := b.count(`SELECT COUNT(*) FROM editions`) + b.count(`SELECT COUNT(*) FROM publication_log`); n != 0 {
			b.t.Fatalf("a draft left %d public rows", n)
		}
		if lines, _ = b.importLines(line); lines[0].Work == nil || *lines[0].Work != 1 || b.count(`SELECT COUNT(*) FROM drafts`) != 0 {
			b.t.Fatalf("published: %+v", lines)
		}
		b.verify()
	})
}

func TestImport_DryRunKeepsNothing(t *testing.T) {
	each(t, func(b *bench) {
		_, sum := b.importLines(law("r-v1", "r", 1, "清河市河道管理条例", "2010-03-01", oldText), func(o *document.ImportOptions) { o.DryRun = true })
		if sum.Created != 1 || b.count(`SELECT COUNT(*) FROM works`) != 0 {
			b.t.Fatalf("%+v", sum)
		}
	})
}

func TestImport_BadInputNamesFileLineAndField(t *testing.T) {
	good := law("ok", "ok", 1, "好文件", "2020-01-01", oldText)
	for _, c := range []struct {
		name, line string
		state      document.Outcome
		says       string // in the error, or in the warning when it is kept
	}{
		{"broken JSON", `{"id":"x","title":"断`, document.Failed, "test.jsonl 第 2 行：这一行不是完整的 JSON"},
		{"no title", law("x", "x", 1, "", "2020-01-01", oldText), document.Failed, "第 2 行：title：没有标题"},
		{"wrong type", `{"id":"x","title":["a"],"text":"b"}`, document.Failed, "title：内容类型不对，这里写的是列表"},
		{"impossible date", law("x", "x", 1, "日期不对的文件", "2026-02-30", oldText), document.Created, "publish_date：“2026-02-30”不是能读懂的日期"},
		{"NUL", law("x", "x", 1, "含有空字符", "2020-01-01", "a\x00b"), document.Failed, "text：含有 NUL 字符"},
		{"NUL in another field", law("x", "x", 1, "简称里有空字符", "2020-01-01", oldText, `"short_name":"a\u0000b"`), document.Failed, "含有 NUL 字符"},
		{"half a surrogate", `{"id":"x","work_id":"x","title":"半个字符","text":"a\ud800b"}`, document.Failed, "不完整的字符"},
		{"not UTF-8", `{"id":"x","work_id":"x","title":"坏字节","text":"` + "\xff" + `"}`, document.Failed, "不是有效的 UTF-8"},
		{"version too large", law("x", "x", 3000000000, "版本太大", "2020-01-01", oldText), document.Failed, "版本号不能超过 9999"},
		{"nameless organ", law("x", "x", 1, "机关无名", "2020-01-01", oldText, `"organs":["  "]`), document.Failed, "第 1 个机关没有名称"},
		{"fact without effect", law("x", "x", 1, "撤下", "2020-01-01", oldText, `"facts":[{"kind":"withdrawn","valid_on":"2021-01-01"}]`), document.Failed, "不是已知的效力事实"},
		{"a list for a line", `[1, 2]`, document.Failed, "一行应当是一个 JSON 对象"},
		{"negative version", law("x", "x", -1, "版本不对", "2020-01-01", oldText), document.Failed, "version：版本号不能是负数"},
		{"unknown column", law("x", "x", 1, "栏目不对", "2020-01-01", oldText, `"columns":["no-such"]`), document.Failed, "没有代码为“no-such”的栏目"},
		{"unknown fact", law("x", "x", 1, "事实不对", "2020-01-01", oldText, `"facts":[{"kind":"vanished"}]`), document.Failed, "facts：第 1 条的 kind"},
		{"part repeal of nothing", law("x", "x", 1, "部分废止不全", "2020-01-01", oldText, `"facts":[{"kind":"repealed_part","valid_on":"2021-01-01"}]`), document.Failed, "没有写明是哪几条"},
		{"attachment by path", law("x", "x", 1, "附件是路径", "2020-01-01", oldText, `"attachments":[{"name":"a","path":"/etc/passwd"}]`), document.Failed, "附件写的是路径"},
		{"same label twice", law("y", "ok", 1, "同一版本号", "2021-01-01", newText), document.Failed, "version：这份文件的第 1 版已经是“ok”"},
		{"full-width digits", law("x", "x", 1, "全角日期", "２０１３-01-01", oldText), document.Created, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(b *bench) {
				lines, sum := b.importLines(good + strings.TrimSuffix(c.line, "\n") + "\n" + law("last", "last", 1, "最后一份", "2022-01-01", newText))
				if sum.Read != 3 || lines[0].State != document.Created || lines[2].State != document.Created {
					b.t.Fatalf("neighbours: %+v %+v", sum, lines)
				}
				got := lines[1]
				if got.State != c.state || !strings.Contains(got.Error+strings.Join(got.Warnings, ""), c.says) {
					b.t.Fatalf("%+v", got)
				}
				want := 2
				if c.state == document.Created {
					want = 3
				}
				if n := b.count(`SELECT COUNT(*) FROM editions`); n != want {
					b.t.Errorf("%d editions, want %d: half-saved?", n, want)
				}
				b.verify()
			})
		})
	}
}

func TestImport_DateOfFullWidthDigits(t *testing.T) {
	each(t, func(b *bench) {
		b.importLines(law("x", "x", 1, "全角日期", "２０１３-01-01", oldText))
		if got := b.view(1, "").Edition.PublishedOn.String(); got != "2013-01-01" {
			b.t.Fatalf("published on %q", got)
		}
	})
}

func TestImport_CycleOfRelationsIsShownFromBothSides(t *testing.T) {
	each(t, func(b *bench) {
		_, sum := b.importLines(
			law("a", "a", 1, "清河市甲办法", "2020-01-01", "第一条 根据《清河市乙办法》，制定本办法。\n第二条 本办法自公布之日起施行。") +
				law("b", "b", 1, "清河市乙办法", "2020-01-02", "第一条 根据《清河市甲办法》，制定本办法。\n第二条 本办法自公布之日起施行。"))
		if sum.Created != 2 {
			b.t.Fatalf("%+v", sum)
		}
		for work, other := range map[int64]int64{1: 2, 2: 1} {
			v := b.view(work, "")
			if len(v.Relations) != 1 || v.Relations[0].Work != other || v.Relations[0].Kind != document.RelBasedOn {
				b.t.Errorf("work %d relations %+v", work, v.Relations)
			}
			if len(v.Backlinks) != 1 || v.Backlinks[0].Work != other {
				b.t.Errorf("work %d backlinks %+v", work, v.Backlinks)
			}
		}
	})
}

func TestImport_FilesAndFolders(t *testing.T) {
	dir := t.TempDir()
	write := func(name string, data []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a.txt", []byte("清河市人民政府办公室关于印发2025年工作要点的通知\n清政办发〔2025〕3号\n各区县人民政府：\n现印发给你们。\n清河市人民政府办公室\n2025年3月1日\n（此件公开发布）\n"))
	write("b.txt", []byte("清河市人民政府办公室关于印发2025年工作要点的通知\n清政办发〔2025〕3号\n各区县人民政府：\n现印发给你们。\n清河市人民政府办公室\n2025年3月1日\n（此件公开发布）\n"))
	write("empty.txt", nil)
	write("broken.docx", []byte("PK\x03\x04 not a zip"))
	write("picture.png", pixel(t))
	write(".hidden", []byte("不读"))
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	if _, err := z.Write([]byte(law("j", "j", 1, "行内文件", "2020-01-01", oldText))); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write("more.jsonl.gz", gz.Bytes())
	each(t, func(b *bench) {
		src, err := document.Paths([]string{dir})
		if err != nil {
			b.t.Fatal(err)
		}
		got := map[string]document.ImportLine{}
		sum, err := b.lib.Import(context.Background(), src, document.ImportOptions{Source: "folder", Publish: true}, func(l document.ImportLine) error {
			got[filepath.Base(l.File)] = l
			return nil
		})
		if err != nil {
			b.t.Fatal(err)
		}
		for name, want := range map[string]document.Outcome{"a.txt": document.Created, "empty.txt": document.Failed, "broken.docx": document.Failed, "picture.png": document.Created, "more.jsonl.gz": document.Created} {
			if got[name].State != want {
				b.t.Errorf("%s: %+v", name, got[name])
			}
		}
		if len(got) != 6 || sum.Read != 6 {
			b.t.Errorf("read %d: %+v", sum.Read, got)
		}
		v := b.view(*got["a.txt"].Work, "")
		if v.Edition.DocNo != "清政办发〔2025〕3号" || v.Edition.Attribute != "主动公开" || v.Edition.OrganNames() != "清河市人民政府办公室" || v.Edition.AdoptedOn.String() != "2025-03-01" {
			b.t.Errorf("facts %+v", v.Edition)
		}
		if len(v.Files) != 1 || v.Files[0].Role != "source" {
			b.t.Errorf("files %+v", v.Files)
		}
		if p := b.view(*got["picture.png"].Work, ""); p.Files[0].TextState != "none" || p.Edition.Title != "picture" {
			b.t.Errorf("picture %+v", p.Files)
		}
	})
}

func pixel(t *testing.T) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestPaths_MissingFileIsNamed(t *testing.T) {
	_, err := document.Paths([]string{filepath.Join(t.TempDir(), "没有.jsonl")})
	if fault.KindOf(err) != fault.NotFound || !strings.Contains(fault.Text(err), "没有.jsonl") {
		t.Fatal(err)
	}
}

func TestImport_TruncatedArchiveKeepsWhatCameBefore(t *testing.T) {
	var gz bytes.Buffer
	z := gzip.NewWriter(&gz)
	for i := range 400 {
		if _, err := z.Write([]byte(law(string(rune('a'+i%26))+strings.Repeat("x", i), "w"+strings.Repeat("x", i), 1, "文件", "2020-01-01", oldText+strings.Repeat("。", i)))); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "cut.jsonl.gz")
	if err := os.WriteFile(file, gz.Bytes()[:gz.Len()*2/3], 0o644); err != nil {
		t.Fatal(err)
	}
	each(t, func(b *bench) {
		src, err := document.Paths([]string{file})
		if err != nil {
			b.t.Fatal(err)
		}
		n := 0
		_, err = b.lib.Import(context.Background(), src, document.ImportOptions{Publish: true}, func(document.ImportLine) error { n++; return nil })
		if err == nil || !strings.Contains(fault.Text(err), "文件不完整") {
			b.t.Fatalf("err = %v", err)
		}
		if got := b.count(`SELECT COUNT(*) FROM editions`); got < n || n == 0 {
			b.t.Errorf("%d acknowledged, %d kept", n, got)
		}
		b.verify()
	})
}

func TestImport_StoppedByItsReaderKeepsWhatWasReported(t *testing.T) {
	each(t, func(b *bench) {
		stop := errors.New("stop")
		n := 0
		_, err := b.lib.Import(context.Background(), document.Lines("t", strings.NewReader(law("a", "a", 1, "甲", "2020-01-01", oldText)+law("b", "b", 1, "乙", "2020-01-01", newText))),
			document.ImportOptions{Source: "test", Publish: true}, func(document.ImportLine) error { n++; return stop })
		if !errors.Is(err, stop) || n != 1 || b.count(`SELECT COUNT(*) FROM editions`) < 1 {
			b.t.Fatalf("n = %d, err = %v", n, err)
		}
	})
}
