package main

import (
	"bufio"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"slices"
	"strconv"
)

//go:embed testdata/stard_train.jsonl.gz
var testdata embed.FS

// question is one of the shared training questions (testdata/NOTICE.md).
type question struct {
	ID       int    `json:"query_id"`
	Text     string `json:"query"`
	Relevant []struct {
		Article string   `json:"article"`
		DocIDs  []string `json:"doc_ids"`
	} `json:"relevant"`
}

// place is an article of a document.
type place struct{ document, article string }

func readQuestions() ([]question, error) {
	f, err := testdata.Open("testdata/stard_train.jsonl.gz")
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(z)
	lines.Buffer(make([]byte, 1<<20), 1<<24)
	var out []question
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			return nil, fmt.Errorf("question %d: %w", len(out)+1, err)
		}
		out = append(out, q)
	}
	return out, lines.Err()
}

// parts is into how many parts the questions are cut; part 0 is not learned from.
const parts = 5

// part depends on the number of the question alone, so it never changes.
func (q *question) part() int {
	h := fnv.New32a()
	h.Write([]byte(strconv.Itoa(q.ID) + "\n")) // a hash never fails
	return int(h.Sum32() % parts)
}

func (q *question) learned() bool { return q.part() != 0 }

// score sums up how questions were answered.
type score struct {
	questions                             int
	recall10, recall100, rank10, document float64
}

func (s *score) add(o score) {
	s.questions += o.questions
	s.recall10 += o.recall10
	s.recall100 += o.recall100
	s.rank10 += o.rank10
	s.document += o.document
}

func (s *score) String() string {
	n := float64(max(s.questions, 1))
	return fmt.Sprintf("recall@10 %.3f  recall@100 %.3f  MRR@10 %.3f  right document in ten %.3f  (%d questions)",
		s.recall10/n, s.recall100/n, s.rank10/n, s.document/n, s.questions)
}

// judge compares a ranking with the articles that answer the question.
func (q *question) judge(found []place) score {
	s := score{questions: 1}
	for _, r := range q.Relevant {
		at := slices.IndexFunc(found, func(p place) bool { return p.article == r.Article && slices.Contains(r.DocIDs, p.document) })
		if at < 0 {
			continue
		}
		share := 1 / float64(len(q.Relevant))
		if at < 100 {
			s.recall100 += share
		}
		if at < 10 {
			s.recall10 += share
			s.rank10 = max(s.rank10, 1/float64(at+1))
		}
	}
	for _, p := range found[:min(10, len(found))] {
		for _, r := range q.Relevant {
			if slices.Contains(r.DocIDs, p.document) {
				s.document = 1
			}
		}
	}
	return s
}
