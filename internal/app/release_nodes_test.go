package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/app"
	"gongkai/internal/casework"
	"gongkai/internal/publication"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
)

// pressroom is one office that signs texts on paper, on a node.
type pressroom struct {
	*node
	organ  int64
	clerk  access.Actor
	serial int
}

func (n *node) pressroom() *pressroom {
	n.t.Helper()
	ctx := context.Background()
	x, err := n.Organs.Organ(ctx, "qh-jyj")
	n.must(err)
	n.user("press", "qh-jyj", access.Clerk)
	p := &pressroom{node: n, organ: x.ID}
	var id int64
	n.must(n.DB.Reader().QueryRowContext(ctx, `SELECT id FROM people WHERE login = 'press'`).Scan(&id))
	p.clerk, err = access.ActorOf(ctx, n.DB.Reader(), id, n.Today())
	n.must(err)
	n.must(n.Releases.SetReviewBody(ctx, p.clerk, release.ReviewBody{Organ: x.ID, Body: "办公室", Responsible: "主任", Procedure: "起草、审查、签发"}))
	return p
}

// begin begins a text and gives its case.
func (p *pressroom) begin(title, text string, base int64) int64 {
	p.t.Helper()
	p.serial++
	c, err := p.Releases.Begin(context.Background(), release.NewSlip{Organ: p.organ, Opened: "paste", BaseWork: base, Actor: p.clerk, Token: fmt.Sprint(p.serial),
		Paper:    release.Paper{Title: title, Kind: "通知", Organs: []string{"清河市教育局"}, AdoptedOn: p.Today(), Text: text},
		Decision: &release.Decision{Attribute: release.Proactive, FormedOn: p.Today()}})
	p.must(err)
	return c.ID
}

// sign begins a text and registers its signature.
func (p *pressroom) sign(title, text string, base int64) int64 {
	p.t.Helper()
	id := p.begin(title, text, base)
	p.register(id)
	return id
}

func (p *pressroom) register(id int64) {
	p.t.Helper()
	ctx := context.Background()
	_, err := p.Releases.Recheck(ctx, id)
	p.must(err)
	_, err = p.Cases.Apply(ctx, casework.Do{Case: id, Action: release.ActPaper, Actor: p.clerk,
		Form: &release.PaperForm{How: release.SignedOffice, Number: "OA-7", Signer: "李局长", Reviewer: "王科长", On: p.Today()}})
	p.must(err)
}

func (p *pressroom) slip(id int64) (*casework.Case, *release.Slip) {
	p.t.Helper()
	c, err := p.Cases.Case(context.Background(), id)
	p.must(err)
	d, err := p.Cases.Data(context.Background(), p.DB.Reader(), c)
	p.must(err)
	return c, d.(*release.Slip)
}

// TestCheck5_TwoNodesReleaseEachTextOnce lets two nodes look at the same moment,
// again and again, at texts and at pairs of drafts of one work.
func TestCheck5_TwoNodesReleaseEachTextOnce(t *testing.T) {
	storetest.Ready(t, func(t *testing.T, c store.Config) {
		ctx := context.Background()
		p := startNode(t, c).pressroom()
		other, err := app.Open(ctx, app.Config{DataDir: c.DataDir, Database: c.URL, IndexDir: t.TempDir()}, slog.New(slog.DiscardHandler), p.clock.now)
		p.must(err)
		t.Cleanup(func() { p.must(other.Close()) })
		// sweep lets both nodes look at once and gives what each released.
		sweep := func() (n [2]int) {
			p.clock.pass(5 * time.Minute)
			var wait sync.WaitGroup
			for i, a := range []*app.App{p.App, other} {
				wait.Go(func() {
					var err error
					if n[i], err = a.Releases.Sweep(ctx, slog.New(slog.DiscardHandler)); err != nil {
						t.Error(err)
					}
				})
			}
			wait.Wait()
			return n
		}
		was := p.count(`SELECT COUNT(*) FROM works`)
		const texts, pairs = 20, 5
		var ids []int64
		for i := range texts {
			ids = append(ids, p.sign(fmt.Sprintf("关于第%d项的通知", i), fmt.Sprintf("第%d项。", i), 0))
		}
		if n := sweep(); n[0]+n[1] != texts {
			t.Errorf("the nodes say that they released %v", n)
		}
		var works []int64
		for _, id := range ids {
			x, s := p.slip(id)
			if x.State != release.Published || s.Label != 1 {
				t.Errorf("%s: %+v", x.State, s)
			}
			works = append(works, s.Work)
		}
		if n := p.count(`SELECT COUNT(*) FROM works`) - was; n != texts {
			t.Errorf("%d works of %d texts", n, texts)
		}
		for round := range pairs {
			a := p.sign("关于供暖的通知", fmt.Sprintf("甲稿%d。", round), works[round])
			b := p.sign("关于供暖的通知", fmt.Sprintf("乙稿%d。", round), works[round])
			if n := sweep(); n[0]+n[1] != 1 {
				t.Errorf("of two drafts of one edition the nodes released %v", n)
			}
			ca, sa := p.slip(a)
			cb, sb := p.slip(b)
			if ca.State != release.Published {
				ca, sa, cb, sb = cb, sb, ca, sa
			}
			if ca.State != release.Published || sa.Label != 2 || cb.State != release.Drafting || !strings.Contains(sb.Failed, "现在已经有第 2 版") {
				t.Errorf("%s %d; %s %q", ca.State, sa.Label, cb.State, sb.Failed)
			}
		}
		if n := p.count(`SELECT COUNT(*) FROM publication_log WHERE act = 'release'`); n != texts+pairs {
			t.Errorf("%d releases in the log", n)
		}
		if _, err := p.Verify(ctx, func(f publication.Fault) { t.Errorf("%+v", f) }); err != nil {
			t.Error(err)
		}
	})
}

// TestFail_ATextThatIsPublicAlready: the true library refuses it, the drafter
// gets it back with the number of the other, mends it, and it goes out.
func TestFail_ATextThatIsPublicAlready(t *testing.T) {
	nodes(t, func(n *node) {
		ctx := context.Background()
		p, t := n.pressroom(), n.t
		log := slog.New(slog.DiscardHandler)
		first := p.sign("关于停水的通知", "停水两天。", 0)
		second := p.sign("关于停水的通知", "停水两天。", 0)
		p.clock.pass(5 * time.Minute)
		if out, err := p.Releases.Sweep(ctx, log); out != 1 || err != nil {
			t.Fatalf("%d %v", out, err)
		}
		_, public := p.slip(first)
		c, s := p.slip(second)
		if c.State != release.Drafting || s.Work != 0 || !strings.Contains(s.Failed, fmt.Sprintf("已经公开，是第 %d 号文件的第 1 版", public.Work)) {
			t.Fatalf("%s: %q, work %d", c.State, s.Failed, s.Work)
		}
		mended := s.Paper
		mended.Text = "停水三天。"
		_, err := p.Cases.Apply(ctx, casework.Do{Case: second, Action: release.ActSave, Actor: p.clerk, Form: &release.SaveForm{Version: s.Version, Paper: &mended}})
		p.must(err)
		p.register(second)
		p.clock.pass(5 * time.Minute)
		if out, err := p.Releases.Sweep(ctx, log); out != 1 || err != nil {
			t.Fatalf("%d %v", out, err)
		}
		if c, s := p.slip(second); c.State != release.Published || s.Work != public.Work+1 || s.Failed != "" {
			t.Errorf("%s: %+v", c.State, s)
		}
	})
}
