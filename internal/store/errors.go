package store

import (
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"gongkai/internal/fault"
)

// Sentence translates a driver's error into one of ours. This is the only
// place that knows the drivers' codes.
func Sentence(op string, err error) error {
	if err == nil {
		return nil
	}
	// A fault that says no more than "internal" may still hold a driver's error
	// that this package knows.
	if fault.KindOf(err) != fault.Internal {
		return err
	}
	kind, text := classify(err)
	var known *fault.Error
	if kind == fault.Internal && errors.As(err, &known) {
		return err
	}
	return &fault.Error{Kind: kind, Op: op, Text: text, Err: err}
}

func classify(err error) (fault.Kind, string) {
	if errors.Is(err, sql.ErrNoRows) {
		return fault.NotFound, ""
	}
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		switch lite.Code() & 0xff {
		case sqlite3.SQLITE_CONSTRAINT:
			return fault.Conflict, "这条内容与已有内容重复或冲突，没有保存。"
		case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR:
			return fault.Unavailable, "磁盘空间不足或无法写入，这一步没有保存；此前确认过的内容都在。请清理空间后再试。"
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
			return fault.Unavailable, "系统正忙，请稍后再试。"
		case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN:
			return fault.Unavailable, "数据文件不能写入，请检查文件夹权限。"
		case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
			return fault.Internal, "数据文件已损坏，请用备份恢复。"
		}
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case strings.HasPrefix(pg.Code, "23"), pg.Code == "40001", pg.Code == "40P01":
			return fault.Conflict, "这条内容与已有内容重复或冲突，没有保存。"
		case pg.Code == "53100":
			return fault.Unavailable, "数据库磁盘空间不足，这一步没有保存；此前确认过的内容都在。"
		case strings.HasPrefix(pg.Code, "53"), strings.HasPrefix(pg.Code, "57"), strings.HasPrefix(pg.Code, "08"):
			return fault.Unavailable, "数据库暂时不可用，请稍后再试。"
		}
	}
	if strings.Contains(err.Error(), "connect") || strings.Contains(err.Error(), "no space left") {
		return fault.Unavailable, "数据库暂时不可用，请稍后再试。"
	}
	return fault.Internal, ""
}

// IsUnique reports that a write hit a unique key.
func IsUnique(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		c := lite.Code()
		return c == sqlite3.SQLITE_CONSTRAINT_UNIQUE || c == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "23505"
}

// retryable reports a lost race that another attempt may win: after a unique
// key was taken by a transaction that ran at the same time, the next attempt
// sees its row. A key that is taken for good is given up after two attempts.
func retryable(err error, attempt int) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	return pg.Code == "40001" || pg.Code == "40P01" || pg.Code == "23505" && attempt < 2
}
