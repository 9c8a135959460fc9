package document_test

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

func (b *bench) issue(i document.Issue) (work int64, label int, err error) {
	b.t.Helper()
	if i.Actor == "" {
		i.Actor = "signer"
	}
	if i.Organ == 0 {
		i.Organ = b.anOrgan()
	}
	err = b.db.Tx(ctx, func(tx *sql.Tx) (err error) {
		work, label, err = b.lib.Issue(ctx, tx, i)
		return err
	})
	return work, label, err
}

func (b *bench) mustIssue(i document.Issue) (work int64, label int) {
	b.t.Helper()
	work, label, err := b.issue(i)
	if err != nil {
		b.t.Fatal(err)
	}
	return work, label
}

// anOrgan is any organ of the library; one is made when there is none.
func (b *bench) anOrgan() (id int64) {
	b.t.Helper()
	if b.count(`SELECT COUNT(*) FROM organs`) == 0 {
		b.laws(law("organ", "ORGAN", 1, "带来机关的办法", "2020-01-01", lawText))
	}
	return int64(b.count(`SELECT MIN(id) FROM organs`))
}

func text(title, published, effective, body string) *document.Content {
	c := &document.Content{Title: title, Kind: "通知", Organs: []string{"清河市人民代表大会常务委员会"}, Attribute: "主动公开",
		PublishedOn: workday.MustDate(published), Text: body}
	if effective != "" {
		c.EffectiveOn = workday.MustDate(effective)
	}
	return c
}

func TestIssue_NewWorkAndFurtherEdition(t *testing.T) {
	each(t, func(b *bench) {
		organ := b.anOrgan()
		was := b.count(`SELECT COUNT(*) FROM works`)
		work, label := b.mustIssue(document.Issue{Organ: organ, Content: text("关于供暖的通知", "2026-11-01", "2026-11-10", "第一条 供暖。")})
		if label != 1 || work < 1 {
			t.Fatalf("work %d, label %d", work, label)
		}
		same, next := b.mustIssue(document.Issue{Organ: organ, Work: work, Content: text("关于供暖的通知", "2026-11-15", "2026-11-18", "第一条 供暖提前。")})
		if same != work || next != 2 || b.count(`SELECT COUNT(*) FROM works`) != was+1 {
			t.Errorf("work %d, label %d", same, next)
		}
		v := b.view(work, "")
		if v.Edition.Label != 2 || v.Owner == nil || v.Owner.ID != organ || v.Editions[0].Standing != document.StandingAmended {
			t.Errorf("%+v", v.Edition)
		}
		if n, err := b.lib.Newest(ctx, b.db.Reader(), work); n != 2 || err != nil {
			t.Errorf("newest %d %v", n, err)
		}
		b.verify()
	})
}

func TestF17_ARepealListEndsTheOthersOnTheEffectiveDay(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "旧办法甲", "2020-02-01", lawText), law("b", "B", 1, "旧办法乙", "2020-02-01", lawText+"乙"), law("c", "C", 1, "旧办法丙", "2020-02-01", lawText+"丙"))
		by, _ := b.mustIssue(document.Issue{Content: text("新办法", "2026-11-20", "2027-01-01", "第一条 新。"),
			Repeals: []document.IssueRepeal{{Work: 1}, {Work: 2, On: workday.MustDate("2026-12-01")}}})
		for _, c := range []struct {
			work int64
			on   string
			want document.Validity
		}{{1, "2026-12-31", document.InForce}, {1, "2027-01-01", document.Repealed}, {2, "2026-11-30", document.InForce}, {2, "2026-12-01", document.Repealed}, {3, "2027-06-01", document.InForce}} {
			if v := b.view(c.work, c.on); v.Validity != c.want {
				t.Errorf("work %d on %s: %s", c.work, c.on, v.Validity)
			} else if c.want == document.Repealed && (v.EndedBy == nil || v.EndedBy.Work != by) {
				t.Errorf("work %d: ended by %+v", c.work, v.EndedBy)
			}
		}
		b.now = b.now.AddDate(0, 2, 0) // the list follows when the day comes
		list, err := b.lib.List(ctx, document.Filter{Validity: []string{string(document.Repealed)}})
		if err != nil || list.Total != 2 {
			t.Errorf("%+v %v", list, err)
		}
		b.verify()
	})
}

func TestF17_ARepealWithoutADayCountsFromThePublication(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "旧办法", "2020-02-01", lawText))
		b.mustIssue(document.Issue{Content: text("废止决定", "2026-11-19", "", "废止旧办法。"), Repeals: []document.IssueRepeal{{Work: 1}}})
		if v := b.view(1, "2026-11-18"); v.Validity != document.InForce {
			t.Error(v.Validity)
		}
		if v := b.view(1, "2026-11-19"); v.Validity != document.Repealed {
			t.Error(v.Validity)
		}
	})
}

func TestF17_RepealOfWhatIsNotInForceIsRefused(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "旧办法", "2020-02-01", lawText), law("b", "B", 1, "撤下的办法", "2020-02-01", lawText+"乙"))
		b.mustIssue(document.Issue{Content: text("先废止它", "2026-11-01", "", "一。"), Repeals: []document.IssueRepeal{{Work: 1}}})
		b.mustTakeDown(document.TakeDown{Work: 2, Ground: "mistake", Reason: "有误"})
		was, works := b.state(), b.count(`SELECT COUNT(*) FROM works`)
		for _, c := range []struct {
			work int64
			says string
		}{{1, "已经废止"}, {2, "没有公开编号为 2 的文件"}, {77, "没有公开编号为 77 的文件"}, {-1, "没有公开编号为 -1 的文件"}, {int64(works + 1), "不能废止它自己"}} {
			_, _, err := b.issue(document.Issue{Content: text("新办法", "2026-11-20", "", "新。"), Repeals: []document.IssueRepeal{{Work: c.work}}})
			if fault.KindOf(err) != fault.Invalid || fault.FieldOf(err) != "废止清单" || !strings.Contains(fault.Text(err), c.says) {
				t.Errorf("%d: %v", c.work, err)
			}
			if b.state() != was || b.count(`SELECT COUNT(*) FROM works`) != works {
				t.Fatalf("%d: something is left", c.work)
			}
		}
		b.verify()
	})
}

func TestIssue_Refuses(t *testing.T) {
	note := func(name string) *document.Content {
		return text("关于停水的通知"+name, "2026-11-01", "", "停水两天。")
	}
	each(t, func(b *bench) {
		b.anOrgan()
		b.mustIssue(document.Issue{Content: note("twice")})
		withdrawn, _ := b.mustIssue(document.Issue{Content: note("withdrawn")})
		const long = "因主管道检修，下列小区自通知之日起停水两天，请提前储水。"
		again := func(title, day string) *document.Content { return text(title, day, "", long) }
		leak, _ := b.mustIssue(document.Issue{Content: again("误发的通知", "2026-11-02")})
		b.expunge(leak)
		b.mustTakeDown(document.TakeDown{Work: withdrawn, Ground: "mistake", Reason: "有误"})
		for _, audience := range []string{"甲村", ""} {
			w, _ := b.mustIssue(document.Issue{Content: note("expunged" + audience), Audience: audience})
			b.expunge(w)
		}
		was, editions := b.state(), b.count(`SELECT COUNT(*) FROM editions`)
		for _, c := range []struct {
			name string
			work int64
			kind fault.Kind
			says string
		}{
			{"twice on another day", 0, fault.Conflict, "是第 2 号文件的第 1 版"},
			{"expunged words under another title", 0, fault.Gone, "已依法清除"},
			{"twice", 0, fault.Conflict, "已经公开"},
			{"expunged", 0, fault.Gone, "已依法清除"},
			{"expunged甲村", 0, fault.Gone, "已依法清除"},
			{"edition", withdrawn, fault.Invalid, "已经撤下"},
			{"edition", 99, fault.NotFound, "没有这份文件"},
		} {
			content := note(c.name)
			switch c.name {
			case "twice on another day":
				content = note("twice")
				content.PublishedOn = workday.MustDate("2026-11-09")
			case "expunged words under another title":
				content = again("别的通知", "2026-11-09")
			}
			_, _, err := b.issue(document.Issue{Content: content, Work: c.work})
			if fault.KindOf(err) != c.kind || !strings.Contains(fault.Text(err), c.says) {
				t.Errorf("%s: %v", c.name, err)
			}
			if b.state() != was || b.count(`SELECT COUNT(*) FROM editions`) != editions {
				t.Fatalf("%s: something is left", c.name)
			}
		}
		b.verify()
	})
}

func TestIssue_RolledBackLeavesNothing(t *testing.T) {
	each(t, func(b *bench) {
		organ := b.anOrgan()
		count := func() (n [6]int) {
			for i, table := range []string{"works", "editions", "publication_log", "audit_log", "limited_works", "limited_acts"} {
				n[i] = b.count(`SELECT COUNT(*) FROM ` + table)
			}
			return n
		}
		was, stop := count(), errors.New("stop")
		for _, audience := range []string{"", "甲村村民"} {
			err := b.db.Tx(ctx, func(tx *sql.Tx) error {
				if _, _, err := b.lib.Issue(ctx, tx, document.Issue{Organ: organ, Content: text("新办法", "2026-11-20", "", "新。"), Audience: audience, Actor: "signer",
					Repeals: map[bool][]document.IssueRepeal{true: {{Work: 1}}}[audience == ""]}); err != nil {
					t.Error(err)
				}
				return stop
			})
			if !errors.Is(err, stop) || count() != was {
				t.Errorf("%v: %v, was %v", err, count(), was)
			}
		}
		if v := b.view(1, ""); v.Validity != document.InForce {
			t.Error(v.Validity)
		}
		if work, _ := b.mustIssue(document.Issue{Content: text("新办法", "2026-11-20", "", "新。")}); work != 2 {
			t.Errorf("a number was lost: %d", work)
		}
		b.verify()
	})
}

// Who may amend or end a work is asked of the organs that own it or issued a
// text of it (A-02, F-17).
func TestA02_MadeNamesOwnersAndIssuers(t *testing.T) {
	each(t, func(b *bench) {
		b.laws(law("a", "A", 1, "旧办法", "2020-02-01", lawText))
		owner := b.anOrgan()
		issued, _ := b.mustIssue(document.Issue{Organ: owner, Content: text("新办法", "2026-11-19", "", "废止旧办法。"), Repeals: []document.IssueRepeal{{Work: 1}}})
		for _, c := range []struct {
			work  int64
			title string
			is    document.Validity
		}{{1, "旧办法", document.Repealed}, {issued, "新办法", document.InForce}} {
			m, err := b.lib.Made(ctx, b.db.Reader(), c.work)
			if err != nil || m.Title != c.title || m.Validity != c.is || len(m.Organs) == 0 {
				t.Errorf("%+v %v", m, err)
			}
		}
		limited, _ := b.mustIssue(document.Issue{Organ: owner, Audience: "甲村村民", Content: text("补偿方案", "2026-11-19", "", "补偿。")})
		if m, err := b.lib.Made(ctx, b.db.Reader(), limited); err != nil || len(m.Organs) != 1 || m.Organs[0] != owner {
			t.Errorf("%+v %v", m, err)
		}
		for _, none := range []int64{99, -99} {
			if _, err := b.lib.Made(ctx, b.db.Reader(), none); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%d: %v", none, err)
			}
		}
	})
}
