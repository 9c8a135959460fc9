package main

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"gongkai/internal/testcity"
)

//go:embed testdata/paragraphs.jsonl.gz
var paragraphs []byte

//go:embed testdata/near_misses.txt
var nearMisses string

// document is a clean text with a name to find it by.
type document struct{ name, text string }

// shipped reads all texts that come with the source.
func shipped() ([]document, error) {
	var out []document
	err := testcity.Each(func(d testcity.Document) error {
		if d.SourceName != "" || d.URL != "" { // not the invented city's own
			out = append(out, document{d.ID, d.Text})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	more, err := readLines("paragraphs", bytes.NewReader(paragraphs), true)
	if err != nil {
		return nil, err
	}
	return append(append(out, more...), sentences()...), nil
}

// sentences are the near misses, a document a line; # begins a remark.
func sentences() []document {
	var out []document
	for line := range strings.Lines(nearMisses) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
			out = append(out, document{fmt.Sprintf("near miss %d", len(out)+1), line})
		}
	}
	return out
}

// readLines reads JSON lines with a field text.
func readLines(name string, r io.Reader, packed bool) ([]document, error) {
	if packed {
		zr, err := gzip.NewReader(r)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		r = zr
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 64<<20)
	var out []document
	for lines.Scan() {
		var d struct{ Title, Text string }
		if err := json.Unmarshal(lines.Bytes(), &d); err != nil {
			return nil, fmt.Errorf("%s: line %d: %w", name, len(out)+1, err)
		}
		out = append(out, document{fmt.Sprintf("%s %d %s", name, len(out)+1, d.Title), d.Text})
	}
	return out, lines.Err()
}

func readFiles(names []string) ([]document, error) {
	var out []document
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			return nil, err
		}
		plain := strings.TrimSuffix(name, ".gz")
		if !strings.HasSuffix(plain, ".jsonl") {
			out = append(out, document{name, string(raw)})
			continue
		}
		docs, err := readLines(name, bytes.NewReader(raw), plain != name)
		if err != nil {
			return nil, err
		}
		out = append(out, docs...)
	}
	return out, nil
}
