package office

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/filestore"
	"gongkai/internal/org"
	"gongkai/internal/store"
)

// library is a document library on the database of a test.
func library(t testing.TB, db *store.DB, c *watch) *document.Library {
	t.Helper()
	files, err := filestore.Dir(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	return document.New(db, files, c.now)
}

// deskNotice is a small official document.
func deskNotice(n int) string {
	return fmt.Sprintf("关于做好第%d项工作的通知\n清教发〔2024〕%d号\n\n各中小学校：\n现就有关事项通知如下。\n一、统一思想，落实第%d项工作。\n二、按时报送材料。\n\n清河市教育局\n2024年3月%d日\n（此件公开发布）\n", n, n, n, n%28+1)
}

// deskThings makes one batch with one item and one published work in the reach
// of everybody at the top of the tree, for routes that name them.
func (s *site) deskThings() *strings.Replacer {
	s.t.Helper()
	batch := s.deskBatchOf("qh-zf", deskNotice(901), deskNotice(902))
	items, err := s.deps.Library.DeskItems(ctx, batch, 0, 10)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.deps.Library.OrderRelease(ctx, document.DeskRelease{Batch: batch, Items: []int64{items[1].ID}, Actor: "x", Token: "things-token"}); err != nil {
		s.t.Fatal(err)
	}
	s.deskRest()
	items, err = s.deps.Library.DeskItems(ctx, batch, 0, 10)
	if err != nil || items[1].Work == 0 {
		s.t.Fatalf("%v %v", items[1].Reasons, err)
	}
	return strings.NewReplacer("{batch}", fmt.Sprint(batch), "{item}", fmt.Sprint(items[0].ID), "{id}", fmt.Sprint(items[1].Work))
}

// deskBatchOf makes a batch of an organ with texts that are read.
func (s *site) deskBatchOf(organ string, texts ...string) int64 {
	s.t.Helper()
	var id int64
	err := s.db.Tx(ctx, func(tx *sql.Tx) (err error) {
		id, err = org.ByCode(ctx, tx, organ)
		return err
	})
	if err != nil {
		s.t.Fatal(err)
	}
	batch, err := s.deps.Library.NewDeskBatch(ctx, id, "x")
	if err != nil {
		s.t.Fatal(err)
	}
	for i, text := range texts {
		if _, err := s.deps.Library.AddDeskFile(ctx, batch, fmt.Sprintf("%d.txt", i+1), "x", strings.NewReader(text)); err != nil {
			s.t.Fatal(err)
		}
	}
	s.deskRest()
	return batch
}

// deskRest lets the desk work until it rests.
func (s *site) deskRest() {
	s.t.Helper()
	for range 2000 {
		worked, err := s.deps.Library.DeskWork(ctx)
		if err != nil {
			s.t.Fatal(err)
		}
		if !worked {
			return
		}
	}
	s.t.Fatal("the desk never rests")
}

var tokenField = regexp.MustCompile(`name="form_token" value="([^"]*)"`)

// formToken reads the token of a page's forms.
func (b *browser) formToken(path string) string {
	b.s.t.Helper()
	m := tokenField.FindStringSubmatch(b.get(path).body)
	if m == nil {
		b.s.t.Fatalf("no form on %s", path)
	}
	return m[1]
}

// sent is one file of an upload.
type sent struct {
	name string
	body []byte
}

// filesBody writes a form with files as a browser does.
func filesBody(t testing.TB, fields [][2]string, files []sent) (*bytes.Buffer, string) {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for _, f := range fields {
		if err := w.WriteField(f[0], f[1]); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range files {
		h := textproto.MIMEHeader{}
		h.Set("Content-Disposition", fmt.Sprintf(`form-data; name="file"; filename="%s"`, f.name))
		h.Set("Content-Type", "application/octet-stream")
		p, err := w.CreatePart(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Write(f.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return &b, w.FormDataContentType()
}

// sendFiles posts an upload.
func (b *browser) sendFiles(path string, fields [][2]string, files []sent, accept string) page {
	b.s.t.Helper()
	body, kind := filesBody(b.s.t, fields, files)
	return b.postRaw(path, body, kind, accept, 0)
}

func (b *browser) postRaw(path string, body io.Reader, kind, accept string, length int64) page {
	b.s.t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, b.s.server.URL+path, body)
	if err != nil {
		b.s.t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	if accept != "" {
		r.Header.Set("Accept", accept)
	}
	if length > 0 {
		r.ContentLength = length
	}
	return b.do(r)
}
