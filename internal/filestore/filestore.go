// Package filestore keeps the bytes of files under their SHA-256, in a folder
// (Dir) or in the database (Rows), behind one interface. Bytes come first and
// the row in table files second, in the transaction of what the file belongs
// to; bytes that never got their row are swept after a time.
//
// No virus scanner is configured in this build: every file is registered as
// Unscanned, and pages offer it for download as such. The type is told by
// content, never by name, and Executable says which types no office needs.
package filestore

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"time"

	"github.com/gabriel-vasile/mimetype"

	"gongkai/internal/fault"
	"gongkai/internal/store"
)

// Blob is stored content. MIME is told from the bytes.
type Blob struct {
	SHA256 string // lower-case hex
	Size   int64  // bytes
	MIME   string
}

// Stored is what a walk meets. PutAt is when the bytes were last handed in.
type Stored struct {
	SHA256 string
	Size   int64
	PutAt  time.Time
}

// Store holds bytes by their SHA-256. All methods are safe for concurrent use,
// also by several processes.
type Store interface {
	// Put stores what r gives, at most max bytes, and answers only when it is
	// on disk. Content that is there already is written again, which mends it.
	// Errors: TooLarge above max, Unavailable when it cannot be written; then
	// nothing is left behind.
	Put(ctx context.Context, r io.Reader, max int64) (Blob, error)
	// Open reads content. Errors: NotFound.
	Open(ctx context.Context, sha string) (io.ReadSeekCloser, error)
	// Has reports whether content is there.
	Has(ctx context.Context, sha string) (bool, error)
	// Delete removes content; what is not there is no error.
	Delete(ctx context.Context, sha string) error
	// DeleteIdle removes content that was not put since before, and reports
	// whether it did.
	DeleteIdle(ctx context.Context, sha string, before time.Time) (bool, error)
	// Walk calls fn for all content, in the order of its hashes; fn may use the store.
	Walk(ctx context.Context, fn func(Stored) error) error
	// Check reads content and compares it with its name. Errors: NotFound,
	// Internal when a byte differs.
	Check(ctx context.Context, sha string) error
}

// ScanState says what a virus scan found.
type ScanState string

// Unscanned is a file that no scanner has looked at: none is configured.
const Unscanned ScanState = "unscanned"

// Chinese names the state on a page.
func (s ScanState) Chinese() string {
	if s == Unscanned {
		return "未经病毒扫描"
	}
	return string(s)
}

// Register writes the row of stored bytes in the caller's transaction, beside
// what the file belongs to. A row that is there already stays as it is.
func Register(ctx context.Context, tx store.Querier, b Blob, at time.Time) error {
	if !validSHA(b.SHA256) {
		return fault.New(fault.Internal, "filestore.Register("+b.SHA256+")", "")
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO files (sha256, size, mime, scan_state, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (sha256) DO NOTHING`,
		b.SHA256, b.Size, b.MIME, string(Unscanned), at.UTC().UnixMicro())
	return store.Sentence("filestore.Register", err)
}

// Executable reports a type that can run on a reader's machine and has no
// business among documents.
func (b Blob) Executable() bool {
	for _, t := range []string{
		"application/x-elf", "application/x-executable", "application/x-sharedlib", "application/x-object", "application/x-coredump",
		"application/vnd.microsoft.portable-executable", "application/x-msdownload", "application/x-mach-binary", "application/x-java-applet",
		"application/java-archive", "application/x-ms-installer", "application/x-ms-shortcut", "application/wasm", "application/vnd.android.package-archive",
		"text/x-shellscript", "text/x-python", "text/x-perl", "text/x-php", "text/x-lua", "text/x-tcl", "text/javascript",
	} {
		if base, _, _ := strings.Cut(b.MIME, ";"); base == t {
			return true
		}
	}
	return false
}

// sniffed is how much of the head mimetype looks at.
const sniffed = 3072

func mimeOf(head []byte) string { return mimetype.Detect(head).String() }

func validSHA(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32 && s == hex.EncodeToString(b)
}

func notFound(op, sha string) error {
	return fault.New(fault.NotFound, fmt.Sprintf("filestore.%s(%.64q)", op, sha), "这个附件不在资料库里。")
}

func differs(sha string) error {
	return fault.New(fault.Internal, "filestore.Check("+sha+")", "附件内容与登记的指纹不符，文件已损坏，请用备份恢复。")
}

// unwritten says why bytes could not be kept.
func unwritten(err error) error {
	var known *fault.Error
	if err == nil || errors.As(err, &known) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	text := "附件没有保存：文件夹不能写入，请检查磁盘和权限。"
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		text = "附件没有保存：磁盘空间不足。请清理空间后再试。"
	}
	return &fault.Error{Kind: fault.Unavailable, Op: "filestore.Put", Text: text, Err: err}
}

func tooLarge(max int64) error {
	return fault.Newf(fault.TooLarge, "filestore.Put", "文件超过了 %s 的上限，没有保存。", sizeText(max))
}

func sizeText(n int64) string {
	switch {
	case n >= 1<<20:
		return fmt.Sprintf("%g MB", float64(n*10>>20)/10)
	case n >= 1<<10:
		return fmt.Sprintf("%g KB", float64(n*10>>10)/10)
	}
	return fmt.Sprintf("%d 字节", n)
}

// registered reports whether a row of table files names the content.
func registered(ctx context.Context, q store.Querier, sha string) (bool, error) {
	var one int
	err := q.QueryRowContext(ctx, `SELECT 1 FROM files WHERE sha256 = $1`, sha).Scan(&one)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, store.Sentence("filestore.registered", err)
}
