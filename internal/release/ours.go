package release

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Owner is the organ whose document the text is: it signs it, and the work is
// its own once it is public. A department's draft for its government is the
// government's.
func (s *Slip) Owner() int64 {
	if s.For != 0 {
		return s.For
	}
	return s.Organ
}

// OwnerName is the name that the owner bears today.
func (s *Slip) OwnerName() string {
	if s.For != 0 {
		return s.ForName
	}
	return s.OrganName
}

// notCosigned says which organ of a joint text has not signed it: each signs
// for itself, and the lead organ signs last and releases.
func (s *Slip) notCosigned() string {
	if len(s.Paper.Organs) < 2 || s.Traits.SecretDoubt {
		return ""
	}
	for _, organ := range s.Paper.Organs[1:] {
		if !slices.ContainsFunc(s.Traits.CosignedLines(), func(line string) bool {
			_, who, named := strings.Cut(line, organ)
			return named && strings.Trim(who, "　 ：:，,\t") != ""
		}) {
			return fmt.Sprintf("联合发文要由各机关分别签发，还没有写明%s由谁签发、哪一天签发。", organ)
		}
	}
	return ""
}

// CosignedLines are the signatures of the other organs of a joint text, a line each.
func (t Traits) CosignedLines() []string {
	return strings.FieldsFunc(t.Cosigned, func(r rune) bool { return r == '\n' || r == '\r' })
}

// checkFor refuses a draft for an organ that does not stand above the drafter.
func checkFor(ctx context.Context, q store.Querier, organ, government int64) error {
	if government == 0 {
		return nil
	}
	tree, err := access.LoadTree(ctx, q)
	if err != nil {
		return err
	}
	if government == organ || !slices.Contains(tree.Above(organ), government) {
		return fault.Field("release.checkFor", "文件归属", "“文件归属”：只能代上级机关拟稿。")
	}
	return nil
}

// readOthers fills what the slip must know of other works and organs: whether
// it may change the works that it names, and who stands behind a draft for a
// government.
func (r *Room) readOthers(ctx context.Context, q store.Querier, s *Slip) (err error) {
	if s.For != 0 {
		if s.ForName, err = organName(ctx, q, s.For); err != nil {
			return err
		}
		if s.ForBody, err = reviewBody(ctx, q, s.For); err != nil {
			return err
		}
	}
	if s.BaseWork == 0 && len(s.Paper.Repeals) == 0 {
		return nil
	}
	tree, err := access.LoadTree(ctx, q)
	if err != nil {
		return err
	}
	// What a superior makes binds those below; an organ that was merged into
	// another counts as below it.
	mine := tree.Below(s.Owner())
	others := func(organs []int64) bool {
		return len(organs) > 0 && !slices.ContainsFunc(organs, func(o int64) bool { return slices.Contains(mine, o) })
	}
	if s.BaseWork != 0 {
		made, err := r.library.Made(ctx, q, s.BaseWork)
		if err != nil {
			return err
		}
		if others(made.Organs) {
			s.BaseRefused = "这份稿子修改的是别的机关制作的文件，只能由制作机关修改、公开；代上级机关起草的，请在“文件归属”里选明。"
		}
	}
	for _, x := range s.Paper.Repeals {
		reason, err := r.repealRefused(ctx, q, x, others)
		if err != nil {
			return err
		}
		if reason != "" {
			s.RepealRefused = reason
			return nil
		}
	}
	return nil
}

// repealRefused says why a work of the repeal list cannot be ended, "" when it can.
func (r *Room) repealRefused(ctx context.Context, q store.Querier, x Repeal, others func([]int64) bool) (string, error) {
	if x.Work == 0 {
		return "", nil // the rule asks for the work itself
	}
	made, err := r.library.Made(ctx, q, x.Work)
	switch {
	case fault.KindOf(err) == fault.NotFound && err != nil:
		return fmt.Sprintf("废止清单：没有公开编号为 %d 的文件。", x.Work), nil
	case err != nil:
		return "", err
	case made.Ended != "":
		return fmt.Sprintf("废止清单：《%s》已经%s，不能再废止。", made.Title, made.Ended), nil
	case others(made.Organs):
		return fmt.Sprintf("废止清单：《%s》不是本机关或者下级机关的文件，不能由本机关废止。", made.Title), nil
	}
	return "", nil
}
