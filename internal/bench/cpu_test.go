package main

import (
	"os"
	"testing"
)

func TestStatIsRead(t *testing.T) {
	const rest = " S 7 1 1 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 1 0 100 1000 10"
	for name, c := range map[string]struct {
		line  string
		want  process
		fails bool
	}{
		"plain":        {"42 (nginx)" + rest, process{42, 7, 3}, false},
		"odd name":     {"42 (a) (b c)" + rest, process{42, 7, 3}, false},
		"cut":          {"42 (nginx) S 7", process{}, true},
		"without name": {"42 nginx S 7", process{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readStat(c.line)
			if (err != nil) != c.fails || !c.fails && got != c.want {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

func TestOwnTimeGrows(t *testing.T) {
	before, err := cpuTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	n, sum := 0, 0
	for after := before; after <= before; n++ {
		for i := range 5_000_000 {
			sum += i * n
		}
		if after, err = cpuTime(os.Getpid()); err != nil {
			t.Fatal(err)
		}
		if n > 1000 {
			t.Fatalf("no time passed in %d rounds (%d)", n, sum)
		}
	}
	if _, err := cpuTime(-1); err == nil {
		t.Error("a process that is not there has a time")
	}
}
