// Package app is the composition root: it opens a library and builds from it
// everything that commands and pages need. Main, tests and the demo use the
// same App.
package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"time"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/document"
	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/jobs"
	"gongkai/internal/notify"
	"gongkai/internal/org"
	"gongkai/internal/oversight"
	"gongkai/internal/publication"
	"gongkai/internal/release"
	"gongkai/internal/request"
	"gongkai/internal/search"
	"gongkai/internal/store"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

// Clock gives the present instant; tests fix it.
type Clock func() time.Time

// Config names a library and how this process uses it.
type Config struct {
	DataDir  string // SQLite and files in a folder
	Database string // postgres://…; then files live in the database
	IndexDir string // search index of this node; default beside the data
	LogKey   string // file with the private key of the publication log
	VaultKey string // file with the keys of personal columns
	BaseURL  string // address the public sees, for links in feeds and codes
	Actor    string // who acts at the console, for the audit log

	// HookNetworks may be called by hooks although they are not public.
	HookNetworks []netip.Prefix
	// Clamd is the address of a virus scanner, "" for none; with one, nothing is
	// stored that it has not looked at.
	Clamd string
	// TrustedProxies are believed when they say for whom a request came.
	TrustedProxies []netip.Prefix
	// Mail hands notices to a mail server; nil sends none.
	Mail *notify.Mailer
}

// App is an open library.
type App struct {
	Config    Config
	Log       *slog.Logger
	Now       Clock
	DB        *store.DB
	Files     filestore.Store
	Documents *document.Library
	Organs    *org.Registry
	Key       *publication.Key
	Access    *access.Service
	Vault     *vault.Vault
	Cases     *casework.Kernel
	Releases  *release.Room
	Requests  *request.Room
	Oversight *oversight.Room

	mu       sync.Mutex
	index    *search.Index
	progress Progress
	metrics  *metrics
	queue    *jobs.Queue
	hooks    *notify.Notifier
}

// Open opens the library, making and migrating it when needed.
func Open(ctx context.Context, c Config, log *slog.Logger, now Clock) (a *App, err error) {
	defer fault.Wrap(&err, "app.Open")
	if now == nil {
		now = time.Now
	}
	if c.Actor == "" {
		c.Actor = "console"
	}
	db, err := store.Open(ctx, store.Config{DataDir: c.DataDir, URL: c.Database})
	if err != nil {
		return nil, err
	}
	a = &App{Config: c, Log: log, Now: now, DB: db, Organs: org.New(db), metrics: newMetrics()}
	if err := a.open(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return a, nil
}

func (a *App) open(ctx context.Context) (err error) {
	key := publication.KeySource{File: a.Config.LogKey}
	if a.Config.Database != "" {
		a.Files = filestore.Rows(a.DB)
	} else {
		if a.Files, err = filestore.Dir(filepath.Join(a.Config.DataDir, "files")); err != nil {
			return err
		}
		if key.File == "" {
			key.File = filepath.Join(a.Config.DataDir, "keys", "log.key")
		}
	}
	a.Organs.KeepIn(a.Files)
	if a.Config.Clamd != "" {
		a.Files = filestore.Scanned(a.Files, filestore.Clamd(a.Config.Clamd))
	}
	if a.Key, err = publication.LoadKey(ctx, a.DB, key); err != nil {
		return err
	}
	a.Vault = vault.New(a.DB, a.vaultSource())
	a.Documents = document.New(a.DB, a.Files, a.Now)
	a.Cases = casework.New(a.DB, a.Now)
	a.Releases = release.New(a.DB, a.Cases, shelf{a.Documents}, checker{a.Files, a.Documents, a.Organs}, a.Now)
	a.Requests = request.New(a.DB, a.Cases, a.Vault, a.Now).KeepIn(a.Files)
	a.Oversight = oversight.New(a.DB, a.Cases, overseen{a}, a.Now)
	a.Requests.KeepMaterials(request.MaterialDeps{Store: a.Files, Pages: PagePictures, Page: PagePicture, Text: PDFText})
	a.Requests.SealBy(postman{a}, printPDF)
	if a.Config.Mail != nil {
		a.Requests.SendBy(postman{a})
	}
	a.Access, err = access.New(a.DB, access.Options{Now: a.Now, Vault: a.Vault})
	return err
}

// Today is the present day in legal time.
func (a *App) Today() workday.Date { return workday.DateOf(a.Now()) }

// Index opens this node's search index when it is first needed.
func (a *App) Index(ctx context.Context) (*search.Index, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.index != nil {
		return a.index, nil
	}
	dir, err := a.indexDir()
	if err != nil {
		return nil, err
	}
	x, err := search.Open(ctx, dir)
	if err != nil {
		return nil, err
	}
	a.index = x
	return x, nil
}

func (a *App) indexDir() (string, error) {
	switch {
	case a.Config.IndexDir != "":
		return a.Config.IndexDir, nil
	case a.Config.Database == "":
		return filepath.Join(a.Config.DataDir, "index"), nil
	}
	// A node on a database keeps its index in the user's cache, one for each database.
	cache, err := os.UserCacheDir()
	if err != nil {
		cache = os.TempDir()
	}
	sum := sha256.Sum256([]byte(a.Config.Database))
	return filepath.Join(cache, "gongkai", "index-"+hex.EncodeToString(sum[:6])), nil
}

// CatchUp brings the search index up to the publication log.
func (a *App) CatchUp(ctx context.Context) (int64, error) {
	x, err := a.Index(ctx)
	if err != nil {
		return 0, err
	}
	return x.CatchUp(ctx, a.searchSource())
}

// ForgetInIndex brings the index up to the log and makes what was removed from
// it unreadable in its files.
func (a *App) ForgetInIndex(ctx context.Context) error {
	if _, err := a.CatchUp(ctx); err != nil {
		return err
	}
	x, err := a.Index(ctx)
	if err != nil {
		return err
	}
	return x.Scrub(ctx)
}

// Search answers from the local index as it is.
func (a *App) Search(ctx context.Context, q search.Query) (*search.Result, error) {
	x, err := a.Index(ctx)
	if err != nil {
		return nil, err
	}
	return x.Search(ctx, q, a.Today())
}

// Close ends the use of the library.
func (a *App) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	var errs []error
	if a.index != nil {
		errs = append(errs, a.index.Close())
		a.index = nil
	}
	if a.queue != nil {
		errs = append(errs, a.queue.Close())
		a.queue, a.hooks = nil, nil
	}
	return errors.Join(append(errs, a.DB.Close())...)
}
