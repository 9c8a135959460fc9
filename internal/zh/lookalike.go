package zh

import (
	"strings"
	"sync"
	"unicode/utf8"
)

// alikeGroups are characters so alike that they are often taken for each
// other; the data leaves some of them out.
const alikeGroups = `未末 己已巳 土士 日曰 人入八 千干于 大太犬 工公 天夫无 王玉主 目自白 贝见 午牛 刀力 戊戌戍 折拆析 侯候 辩辨辫 赢羸 采釆 祗祇
	申甲由 免兔 仓仑 宫官 哀衰衷 拔拨 崇祟 管菅 陪赔 账帐 制治 订定 做作 份分 象像 记纪 度渡 复覆 划画 磨摩 座坐 权杈 形型 即既
	险验检俭捡 税锐说脱 足促捉 场扬杨 例列 狠狼 遣遗 募幕墓 籍藉 晴睛清请情 复夏 债责 析拆 搏博膊 材村 斤斥`

var loadShapes = sync.OnceValue(func() map[rune][]rune {
	m := map[rune][]rune{}
	seen := map[[2]rune]bool{}
	add := func(a, b rune) {
		if a != b && !seen[[2]rune{a, b}] {
			seen[[2]rune{a, b}] = true
			m[a] = append(m[a], b)
		}
	}
	for _, group := range strings.Fields(alikeGroups) {
		for _, a := range group {
			for _, b := range group {
				add(a, b)
			}
		}
	}
	lines := strings.Split(readData("shapes.txt.gz"), "\n")
	for _, line := range lines {
		a, n := utf8.DecodeRuneInString(line)
		for _, b := range line[n:] {
			add(a, b)
		}
	}
	for _, line := range lines { // who looks like b is looked like by b
		a, n := utf8.DecodeRuneInString(line)
		for _, b := range line[n:] {
			add(b, a)
		}
	}
	return m
})

// Lookalikes lists characters that are taken for r by their shape, the most
// alike first.
func Lookalikes(r rune) []rune {
	list := loadShapes()[r]
	return list[:len(list):len(list)]
}
