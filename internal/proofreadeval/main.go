// Command proofreadeval shows how the rules of internal/proofread behave on
// texts known to be clean: hits a document by rule, beside each rule's
// allowance.
//
//	go run ./internal/proofreadeval            the shipped texts
//	go run ./internal/proofreadeval FILE…      other texts: .txt, or .jsonl[.gz] with a field text
//	go run ./internal/proofreadeval -list ID   every hit of a rule
//	go run ./internal/proofreadeval -learn FILE LEXICON…
//	                                           writes what rule WORD.spelling knows
//
// The shipped texts are the laws and notices of internal/testcity, the
// paragraphs of State Council documents in testdata, and 200 sentences with
// near misses of every identifier. It ends with 1 when a rule passes its
// allowance.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"gongkai/internal/proofread"
)

// errPassed says that some rule hits clean texts too often.
var errPassed = errors.New("a rule passes its allowance")

func main() {
	list := flag.String("list", "", "print every hit of this rule")
	learn := flag.String("learn", "", "write the data of rule WORD.spelling to this file and end; the arguments are lists of words")
	flag.Parse()
	if err := run(os.Stdout, *list, *learn, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "proofreadeval:", err)
		os.Exit(1)
	}
}

func run(out io.Writer, list, learn string, files []string) error {
	if learn != "" {
		return writeLearned(learn, files)
	}
	var docs []document
	var err error
	if len(files) > 0 {
		docs, err = readFiles(files)
	} else {
		docs, err = shipped()
	}
	if err != nil {
		return err
	}
	t := measure(docs)
	if list != "" {
		return t.print(out, list)
	}
	if err := t.table(out); err != nil {
		return err
	}
	if over := t.over(); len(over) > 0 {
		return fmt.Errorf("%w: %v", errPassed, over)
	}
	return nil
}

// tally counts hits over a set of documents.
type tally struct {
	docs  int
	rules map[string]int
	hits  []found
}

// found is a hit with the document it stands in and some words around it.
type found struct {
	doc, around string
	hit         proofread.Hit
}

func measure(docs []document) *tally {
	t := &tally{docs: len(docs), rules: map[string]int{}}
	for _, d := range docs {
		rep := proofread.Check(proofread.Input{Parts: []proofread.Part{{Name: "正文", Kind: proofread.PartText, Text: d.text, Opened: true}}}, proofread.Options{})
		rs := []rune(d.text)
		for _, h := range rep.Hits {
			t.rules[h.Rule]++
			t.hits = append(t.hits, found{d.name, string(rs[max(0, h.Start-15):h.Start]) + "[" + h.Text + "]" + string(rs[h.End:min(len(rs), h.End+15)]), h})
		}
	}
	return t
}

// perDoc is hits a document of a rule.
func (t *tally) perDoc(rule string) float64 { return float64(t.rules[rule]) / float64(max(1, t.docs)) }

// levels counts hits a document by level.
func (t *tally) levels() map[proofread.Level]float64 {
	out := map[proofread.Level]float64{}
	for _, r := range proofread.Rules() {
		out[r.Level] += t.perDoc(r.ID)
	}
	return out
}

// over lists the rules that pass their own allowance.
func (t *tally) over() []string {
	var out []string
	for _, r := range proofread.Rules() {
		if t.perDoc(r.ID) > r.Allowance {
			out = append(out, r.ID)
		}
	}
	return out
}

func (t *tally) table(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "rule\tlevel\thits\thits a document\tallowance\t\n")
	rules := proofread.Rules()
	slices.SortStableFunc(rules, func(a, b proofread.Rule) int { return cmp.Compare(t.rules[b.ID], t.rules[a.ID]) })
	for _, r := range rules {
		mark := ""
		if t.perDoc(r.ID) > r.Allowance {
			mark = "passed"
		}
		fmt.Fprintf(w, "%s\t%s\t%d\t%.4f\t%.4f\t%s\n", r.ID, r.Level, t.rules[r.ID], t.perDoc(r.ID), r.Allowance, mark)
	}
	l := t.levels()
	fmt.Fprintf(w, "\n%d documents\tblock %.4f\tconfirm %.4f\thint %.4f\n", t.docs, l[proofread.Block], l[proofread.Confirm], l[proofread.Hint])
	return w.Flush()
}

func (t *tally) print(out io.Writer, rule string) error {
	for _, f := range t.hits {
		if f.hit.Rule == rule {
			if _, err := fmt.Fprintf(out, "%s\t%q\t%s\n", f.doc, f.around, f.hit.Suggest); err != nil {
				return err
			}
		}
	}
	return nil
}
