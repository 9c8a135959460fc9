package app

import (
	"sync"

	"gongkai/internal/web/portal"
)

// Progress is long work that goes on behind the pages, such as the first filling.
type Progress struct {
	mu      sync.Mutex
	running bool
	done    int
	total   int
	what    string
	failed  string
}

// Start begins work of a size.
func (p *Progress) Start(what string, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running, p.done, p.total, p.what, p.failed = true, 0, total, what, ""
}

// Step counts one more thing done.
func (p *Progress) Step() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done++
}

// Stop ends the work; failed is a Chinese reason, or "".
func (p *Progress) Stop(failed string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running, p.failed = false, failed
}

// Counts tells how far the work is.
func (p *Progress) Counts() (done, total int, running bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done, p.total, p.running
}

func (a *App) portalProgress() portal.Progress {
	p := &a.progress
	p.mu.Lock()
	defer p.mu.Unlock()
	return portal.Progress{Running: p.running, Done: p.done, Total: p.total, What: p.what, Failed: p.failed}
}
