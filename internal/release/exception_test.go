package release_test

import (
	"context"
	"testing"

	"gongkai/internal/fault"
	"gongkai/internal/release"
	"gongkai/internal/store"
	"gongkai/internal/store/storetest"
	"gongkai/internal/workday"
)

func TestException_HoldsForItsWordsItsOrganAndItsTime(t *testing.T) {
	storetest.Run(t, func(t *testing.T, db *store.DB) {
		o := open(t, db)
		ctx := context.Background()
		o.eyes.found = []release.Finding{{Rule: "WORD.test", Level: "confirm", Place: "正文", Words: "按时供暖", Why: "疑似"}}
		until := workday.MustDate("2026-12-31")
		id, err := o.room.AddException(ctx, o.people["head"], release.Exception{Organ: o.organ, Rule: "WORD.test", Words: "按时供暖", Until: until, Reason: "行业用语"})
		if err != nil {
			t.Fatal(err)
		}
		if n := len(o.slip(o.begin(nil)).Findings); n != 0 {
			t.Fatalf("%d findings in spite of the exception", n)
		}
		o.eyes.found[0].Words = "各单位"
		if n := len(o.slip(o.begin(nil)).Findings); n != 1 {
			t.Fatal("the exception covered other words")
		}
		o.eyes.found[0].Words = "按时供暖"
		o.now = o.now.AddDate(0, 2, 0)
		if n := len(o.slip(o.begin(nil)).Findings); n != 1 {
			t.Fatal("the exception outlived its day")
		}
		o.now = o.now.AddDate(0, -2, 0)
		if err := o.room.EndException(ctx, o.people["head"], id); err != nil {
			t.Fatal(err)
		}
		if n := len(o.slip(o.begin(nil)).Findings); n != 1 {
			t.Fatal("an ended exception still holds")
		}
		for name, bad := range map[string]release.Exception{
			"personal data":  {Organ: o.organ, Rule: "PII.id", Until: until, Reason: "x"},
			"no reason":      {Organ: o.organ, Rule: "WORD.test", Until: until},
			"today":          {Organ: o.organ, Rule: "WORD.test", Until: workday.MustDate("2026-11-20"), Reason: "x"},
			"over a year":    {Organ: o.organ, Rule: "WORD.test", Until: workday.MustDate("2027-12-31"), Reason: "x"},
			"nothing chosen": {Organ: o.organ, Until: until, Reason: "x"},
		} {
			if _, err := o.room.AddException(ctx, o.people["head"], bad); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
