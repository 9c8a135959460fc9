package search

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"gongkai/internal/fault"
	"gongkai/internal/search/posting"
	"gongkai/internal/store"
)

// Index is an open search index. One goroutine at a time writes (CatchUp,
// Rebuild); any number search meanwhile, each over one unchanging state. Two
// processes may have the same folder open.
type Index struct {
	write *sql.DB
	read  *sql.DB

	prepared map[string]*sql.Stmt // of read, by text
	writing  sync.Mutex
	caching  sync.Mutex
	cached   *catalog
}

// Open opens search.db in a folder, which is made when missing. An index of
// another version, or one that is damaged, is emptied: the next CatchUp fills
// it again from the first row of the log.
func Open(ctx context.Context, dir string) (x *Index, err error) {
	defer fault.Wrap(&err, "search.Open")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, &fault.Error{Kind: fault.Unavailable, Op: "search.Open", Text: "不能建立检索索引的文件夹，请检查路径和权限。", Err: err}
	}
	file := filepath.Join(dir, "search.db")
	x, err = open(ctx, file)
	if !damaged(err) {
		return x, err
	}
	for _, suffix := range []string{"", "-wal", "-shm"} {
		if err := os.Remove(file + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
	}
	return open(ctx, file)
}

func open(ctx context.Context, file string) (*Index, error) {
	// NORMAL may lose the last commits when the power fails, never the order
	// of them: rows and sequence go back together, and catching up mends it.
	base := "file:" + (&url.URL{Path: file}).EscapedPath() +
		"?_pragma=busy_timeout(15000)&_pragma=journal_mode(WAL)&_pragma=synchronous(NORMAL)&_pragma=temp_store(2)"
	write, err := sql.Open("sqlite", base+"&_pragma=cache_size(-32000)&_pragma=secure_delete(1)&_txlock=immediate")
	if err != nil {
		return nil, err
	}
	write.SetMaxOpenConns(1)
	x := &Index{write: write}
	if err := x.tx(ctx, func(tx *sql.Tx) error { return prepare(ctx, tx) }); err != nil {
		return nil, errors.Join(err, write.Close())
	}
	read, err := sql.Open("sqlite", base+"&_pragma=cache_size(-8000)&_pragma=mmap_size(268435456)&_pragma=query_only(1)")
	if err != nil {
		return nil, errors.Join(err, write.Close())
	}
	n := max(4, 2*runtime.NumCPU())
	read.SetMaxOpenConns(n)
	read.SetMaxIdleConns(n)
	x.read, x.prepared = read, map[string]*sql.Stmt{}
	for _, text := range []string{hitRows, bareRows, pieceRows, stateRow, nameRows, articleRows} {
		if x.prepared[text], err = read.PrepareContext(ctx, text); err != nil {
			return nil, errors.Join(err, x.Close())
		}
	}
	return x, nil
}

func damaged(err error) bool {
	if errors.Is(err, posting.ErrDamaged) {
		return true
	}
	var lite *sqlite.Error
	if !errors.As(err, &lite) {
		return false
	}
	code := lite.Code() & 0xff
	return code == sqlite3.SQLITE_NOTADB || code == sqlite3.SQLITE_CORRUPT
}

// Close waits for nothing: let searches and CatchUp end first.
func (x *Index) Close() error {
	return errors.Join(x.read.Close(), x.write.Close())
}

// Position is the sequence of the last row of the publication log applied.
func (x *Index) Position(ctx context.Context) (seq int64, err error) {
	defer fault.Wrap(&err, "search.Position")
	err = x.read.QueryRowContext(ctx, `SELECT seq FROM state WHERE id = 1`).Scan(&seq)
	return seq, err
}

// sentence tells a failure of the file in words for the operator. A damaged
// index needs no backup: it comes back from the log.
func sentence(op string, err error) error {
	if damaged(err) {
		return &fault.Error{Kind: fault.Unavailable, Op: op, Text: "检索索引文件已损坏。请停止服务，删除索引文件夹中的 search.db 后重新启动，系统会自动重建索引，资料不受影响。", Err: err}
	}
	return store.Sentence(op, err)
}

// tx runs fn in one write transaction.
func (x *Index) tx(ctx context.Context, fn func(tx *sql.Tx) error) (err error) {
	defer func() { err = sentence("search.tx", err) }()
	tx, err := x.write.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := fn(tx); err != nil {
		if rb := tx.Rollback(); rb != nil && ctx.Err() == nil {
			return fmt.Errorf("%w (rollback: %v)", err, rb)
		}
		return err
	}
	return tx.Commit()
}

// snapshot runs fn over one unchanging state of the index.
func (x *Index) snapshot(ctx context.Context, fn func(tx *sql.Tx) error) (err error) {
	defer func() { err = sentence("search.snapshot", err) }()
	tx, err := x.read.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return err
	}
	err = fn(tx)
	if rb := tx.Rollback(); rb != nil && err == nil && ctx.Err() == nil {
		err = rb
	}
	return err
}
