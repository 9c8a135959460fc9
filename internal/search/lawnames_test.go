package search

import (
	"strings"
	"testing"

	"gongkai/internal/zh"
)

// Every short name is known by itself and in brackets, names a law or a
// regulation, and is no title of another entry.
func TestShortNamesOfLaws(t *testing.T) {
	for _, c := range [][2]string{{"道交法", "道路交通安全法"}, {"消保法", "消费者权益保护法"}, {"《消法》", "消费者权益保护法"}, {"未保法", "未成年人保护法"}, {"个保法", "个人信息保护法"}, {"劳动法", "劳动法"}, {"停车场管理办法", "停车场管理办法"}} {
		if got := parseQuery(c[0]).titleKey; got != c[1] {
			t.Errorf("%s: %s, want %s", c[0], got, c[1])
		}
	}
	if ref := parseLawRef(zh.Fold("道交法第七十六条")); ref == nil || ref.law != "道路交通安全法" || ref.path != "a76" {
		t.Errorf("law and article: %+v", ref)
	}
	if n := strings.Count(lawFile, "\n"); n != len(lawShorts()) || n < 12 {
		t.Errorf("%d lines, %d names", n, len(lawShorts()))
	}
	for short, full := range lawShorts() {
		if !namesLaw(full) || short == full || lawShorts()[full] != "" {
			t.Errorf("%s is called %s", full, short)
		}
	}
}
