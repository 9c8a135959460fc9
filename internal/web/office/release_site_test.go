package office

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"image"
	"image/png"
	"strings"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/proofread"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/workday"
)

// stacks is the library of published works as the release room sees it.
type stacks struct {
	orders []release.Order
	down   map[int64]bool
}

func (l *stacks) Issue(_ context.Context, _ *sql.Tx, o release.Order) (int64, int, error) {
	l.orders = append(l.orders, o)
	return int64(len(l.orders)), 1, nil
}

func (l *stacks) Newest(context.Context, store.Querier, int64) (int, error) { return 1, nil }

func (l *stacks) Made(context.Context, store.Querier, int64) (release.Made, error) {
	return release.Made{}, nil
}

func (l *stacks) TakeDown(_ context.Context, _ *sql.Tx, d release.TakeDown) error {
	if l.down == nil {
		l.down = map[int64]bool{}
	}
	l.down[d.Work] = !d.Restore
	return nil
}

func (l *stacks) Mended(_ context.Context, _ store.Querier, work int64, _ int, _ time.Time) (string, error) {
	if l.down[work] {
		return "撤下", nil
	}
	return "", nil
}

// reader finds 错字 wherever it stands, and a code of the neighbours, as doubts.
type reader struct{}

func (reader) Check(_ context.Context, s *release.Slip) ([]release.Finding, error) {
	var out []release.Finding
	if i := strings.Index(s.Paper.Text, "错字"); i >= 0 {
		n := len([]rune(s.Paper.Text[:i]))
		out = append(out, release.Finding{Rule: "WORD.test", Level: "confirm", Place: "正文", From: n, To: n + 2, Words: "错字", Suggest: "正字", Why: "疑似写错"})
	}
	if strings.HasPrefix(s.Paper.DocNo, "邻教") {
		out = append(out, release.Finding{Rule: "F-07.prefix", Level: "confirm", Place: proofread.WhereDocNo, Words: s.Paper.DocNo, Why: "不是本机关的代字\n那是邻市教育局的代字。"})
	}
	return out, nil
}

// dot is a picture of one pixel.
var dot = func() []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		panic(err)
	}
	return b.Bytes()
}()

// shownAs stands for the public page of a slip.
func shownAs(_ context.Context, s *release.Slip, at func(release.File) string) ([]byte, error) {
	b := "<html><body><h1>公开页 " + s.Paper.Title + "</h1>"
	for _, f := range s.Files {
		b += `<img src="` + at(f) + `">`
	}
	return []byte(b), nil
}

// slip begins a draft of an organ by a clerk of it and gives its case.
func (s *site) slip(organ, login, text string) int64 {
	s.t.Helper()
	var id, person int64
	q := s.db.Reader()
	if err := q.QueryRowContext(ctx, `SELECT id FROM organs WHERE code = $1`, organ).Scan(&id); err != nil {
		s.t.Fatal(err)
	}
	if err := q.QueryRowContext(ctx, `SELECT id FROM people WHERE login = $1`, login).Scan(&person); err != nil {
		s.t.Fatal(err)
	}
	actor, err := access.ActorOf(ctx, q, person, workday.DateOf(s.clock.now()))
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.deps.Releases.SetReviewBody(ctx, actor, release.ReviewBody{Organ: id, Body: "办公室", Responsible: "办公室主任", Procedure: "起草、自审、保密审查、签发"}); err != nil {
		s.t.Fatal(err)
	}
	c, err := s.deps.Releases.Begin(ctx, release.NewSlip{Organ: id, Opened: "paste", Actor: actor, Token: fmt.Sprintf("slip-%s-%d", login, len(text)),
		Paper:    release.Paper{Title: "关于做好冬季供暖工作的通知", DocNo: "清教〔2026〕15号", Kind: "通知", Organs: []string{"清河市教育局"}, AdoptedOn: workday.MustDate("2026-11-18"), Text: text},
		Decision: &release.Decision{Attribute: release.Proactive, FormedOn: workday.MustDate("2026-11-18")}})
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := s.deps.Releases.Recheck(ctx, c.ID); err != nil {
		s.t.Fatal(err)
	}
	return c.ID
}

// draftThings fills the addresses of a draft with one that exists.
func (s *site) draftThings() *strings.Replacer {
	s.t.Helper()
	s.user("drafter", "qh-jyj", access.Clerk)
	id := s.slip("qh-jyj", "drafter", "各学校：\n一、按时供暖。")
	blob, err := s.deps.Files.Put(ctx, bytes.NewReader([]byte("附件的内容")), 1<<20)
	if err != nil {
		s.t.Fatal(err)
	}
	f, err := s.deps.Releases.AddFile(ctx, access.Actor{Login: "drafter"}, id, release.File{Role: release.Attachment, Name: "附件.txt", SHA256: blob.SHA256, Size: blob.Size, MIME: blob.MIME})
	if err != nil {
		s.t.Fatal(err)
	}
	var organ int64
	if err := s.db.Reader().QueryRowContext(ctx, `SELECT id FROM organs WHERE code = 'qh-jyj'`).Scan(&organ); err != nil {
		s.t.Fatal(err)
	}
	exception, err := s.deps.Releases.AddException(ctx, access.Actor{Login: "drafter"}, release.Exception{Organ: organ, Rule: "WORD.test", Until: workday.MustDate("2027-01-31"), Reason: "行业用语"})
	if err != nil {
		s.t.Fatal(err)
	}
	shown, err := s.deps.Files.Put(ctx, bytes.NewReader(dot), 1<<20)
	if err != nil {
		s.t.Fatal(err)
	}
	picture, err := s.deps.Releases.AddFile(ctx, access.Actor{Login: "drafter"}, id, release.File{Role: release.Picture, Name: "流程图.png", SHA256: shown.SHA256, Size: shown.Size, MIME: "image/png"})
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.deps.Releases.AddListed(ctx, access.Actor{Login: "drafter"}, release.Listed{Organ: organ, Matter: "人事任免讨论记录", Ground: "DENY_INTERNAL", Reason: "属于人事管理信息", From: workday.MustDate("2026-01-01"), Source: "教办〔2026〕1号"}); err != nil {
		s.t.Fatal(err)
	}
	list, err := s.deps.Releases.ListedOf(ctx, []int64{organ})
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.NewReplacer("/pictures/{picture}", fmt.Sprintf("/pictures/%d", picture.ID), "{entry}", fmt.Sprint(list[0].ID), "/exceptions/{exception}", fmt.Sprintf("/exceptions/%d", exception), "/office/releases/{id}", fmt.Sprintf("/office/releases/%d", id), "/files/{file}", fmt.Sprintf("/files/%d", f.ID))
}
