package search

import (
	_ "embed"
	"strings"
	"sync"

	"gongkai/internal/zh"
)

// lawFile lists what people call laws and their titles without 中华人民共和国,
// parted by a tab.
//
//go:embed data/laws.txt
var lawFile string

var lawShorts = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for line := range strings.Lines(lawFile) {
		if short, full, ok := strings.Cut(strings.TrimSpace(line), "\t"); ok {
			m[zh.TitleKey(short)] = zh.TitleKey(full)
		}
	}
	return m
})

// fullLaw gives the title key of the law that a key is the common short name
// of, else the key: 道交法 is 道路交通安全法.
func fullLaw(key string) string {
	if full, ok := lawShorts()[key]; ok {
		return full
	}
	return key
}
