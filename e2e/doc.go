// Package e2e proves the product through its front door: the real binary as a
// process, on SQLite and on PostgreSQL, and its pages in a real browser. It
// holds tests only. `make test` runs every page in a pairwise cover of widths
// and variants and a few kills; with GONGKAI_SOAK=1 it runs all of them, and
// the proofs over every document that the repository ships.
package e2e
