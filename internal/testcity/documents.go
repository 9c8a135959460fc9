package testcity

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Counts is how much a set of documents holds.
type Counts struct {
	Works    int // things with an address
	Editions int // texts as issued
	Revised  int // works with two texts
}

// Total is what Documents hands out; Laws is the part of it that comes from
// the law collection. A test counts both again.
var (
	Total = Counts{Works: 2468, Editions: 2528, Revised: 60}
	Laws  = Counts{Works: 2437, Editions: 2496, Revised: 59}
)

// windowLimit bounds the memory that unpacking may take, in bytes; the files
// were packed with a window of 32 MB.
const windowLimit = 64 << 20

// shipped are the packed collections, the long one last, so that a page has
// something to show while the laws still arrive.
var shipped = []string{"plans", "notices", "laws"}

// Documents streams every document as UTF-8 JSON, one Document a line: the
// city's own, the plans and notices of real governments, the law collection.
// It unpacks while it is read, so memory stays small; close it to stop early.
func Documents() (io.ReadCloser, error) {
	own, err := storyLines()
	if err != nil {
		return nil, err
	}
	parts := []io.Reader{bytes.NewReader(own)}
	s := &stream{}
	for _, name := range shipped {
		f, err := data.Open("data/" + name + ".jsonl.zst")
		if err != nil {
			s.stop()
			return nil, fmt.Errorf("testcity: %w", err)
		}
		r, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(windowLimit))
		if err != nil {
			s.stop()
			return nil, fmt.Errorf("testcity: %s: %w", name, err)
		}
		s.close = append(s.close, r.Close, func() { _ = f.Close() }) // an embedded file has nothing to flush
		parts = append(parts, r)
	}
	s.Reader = io.MultiReader(parts...)
	return s, nil
}

type stream struct {
	io.Reader
	close []func()
}

// Close frees the decoders; it cannot fail.
func (s *stream) Close() error {
	s.stop()
	return nil
}

func (s *stream) stop() {
	for _, c := range s.close {
		c()
	}
	s.close = nil
}

func storyLines() ([]byte, error) {
	docs, err := Story()
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	for _, d := range docs {
		if err := e.Encode(d); err != nil {
			return nil, fmt.Errorf("testcity: %s: %w", d.ID, err)
		}
	}
	return b.Bytes(), nil
}

// TopicSeed is one subject of the State Council's scheme (handbook F2); Parent
// is empty for the 22 classes.
type TopicSeed struct {
	Name   string
	Parent string
}

// Topics lists the scheme, each class before its second level.
func Topics() ([]TopicSeed, error) {
	var list []TopicSeed
	last := ""
	err := readCSV("topics.csv", 2, func(r []string) error {
		if r[0] != last {
			list = append(list, TopicSeed{Name: r[0]})
			last = r[0]
		}
		list = append(list, TopicSeed{Name: r[1], Parent: r[0]})
		return nil
	})
	return list, err
}

// Each reads Documents and hands over one at a time.
func Each(visit func(Document) error) error {
	r, err := Documents()
	if err != nil {
		return err
	}
	defer r.Close()
	d := json.NewDecoder(bufio.NewReaderSize(r, 1<<20))
	for n := 1; ; n++ {
		var doc Document
		if err := d.Decode(&doc); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("testcity: document %d: %w", n, err)
		}
		if err := visit(doc); err != nil {
			return err
		}
	}
}
