package main

import (
	"context"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/analysis/lang/cjk"
	"github.com/blevesearch/bleve/v2/search/query"
)

// other is Bleve with its CJK analyser.
type other struct {
	dir   string
	index bleve.Index
}

func openBleve(_ context.Context, dir string) (engine, error) {
	text := bleve.NewTextFieldMapping()
	text.Analyzer = cjk.AnalyzerName
	text.Store, text.IncludeTermVectors, text.DocValues = false, false, false
	kept := bleve.NewTextFieldMapping()
	kept.Index, kept.IncludeInAll = false, false
	m := bleve.NewIndexMapping()
	m.DefaultAnalyzer = cjk.AnalyzerName
	m.DefaultMapping.Dynamic = false
	m.DefaultMapping.AddFieldMappingsAt("all", text)
	m.DefaultMapping.AddFieldMappingsAt("title", kept)
	m.DefaultMapping.AddFieldMappingsAt("body", kept)
	x, err := bleve.New(filepath.Join(dir, "bleve"), m)
	return &other{dir, x}, err
}

// batchSize is how many documents go in at once.
const batchSize = 1000

func (o *other) build(ctx context.Context, c *corpus) error {
	batch := o.index.NewBatch()
	for i := range c.n {
		d := c.at(i)
		err := batch.Index(strconv.Itoa(i), map[string]string{"all": d.title + "\n" + d.text, "title": d.title, "body": d.text})
		if err != nil {
			return err
		}
		if batch.Size() == batchSize || i == c.n-1 {
			if err := o.index.Batch(batch); err != nil {
				return err
			}
			batch.Reset()
			if err := ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *other) ask(ctx context.Context, words []string) (int, error) {
	q := bleve.NewMatchQuery(strings.Join(words, " "))
	q.SetField("all")
	q.SetOperator(query.MatchQueryOperatorAnd)
	r := bleve.NewSearchRequestOptions(q, 10, 0, false)
	r.Fields = []string{"title"}
	res, err := o.index.SearchInContext(ctx, r)
	if err != nil {
		return 0, err
	}
	return int(res.Total), nil
}

func (o *other) size(context.Context) (int64, error)         { return folderSize(o.dir) }
func (o *other) used(context.Context) (time.Duration, error) { return own() }
func (o *other) memory(context.Context) (int64, error)       { return resident("self") }
func (o *other) close(context.Context) error                 { return o.index.Close() }
