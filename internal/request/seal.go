package request

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/vault"
)

// sealedColumns are the columns of this room that the vault seals: table, the
// column of the row's number, column, name for people. A test finds every
// column of the schema whose name ends in _sealed.
var sealedColumns = [][4]string{
	{"requests", "case_id", "name_sealed", "申请人姓名"}, {"requests", "case_id", "proof_sealed", "申请人证件号码"}, {"requests", "case_id", "contact_sealed", "申请人联系方式"}, {"requests", "case_id", "code_sealed", "申请查询码"},
	{"request_messages", "id", "body_sealed", "申请人和机关的留言"}, {"request_ratings", "case_id", "word_sealed", "申请人的评价"}, {"request_contacts", "id", "body_sealed", "联系记录"},
	{"request_imports", "id", "table_sealed", "导入的申请表格"}, {"request_frequent", "case_id", "reasons_sealed", "申请人说明的理由"},
	{"request_parties", "id", "name_sealed", "第三方名称"}, {"request_parties", "id", "contact_sealed", "第三方联系方式"}, {"request_parties", "id", "code_sealed", "征求意见查询码"}, {"request_parties", "id", "reason_sealed", "第三方的意见理由"},
	{"request_notes", "id", "body_sealed", "内部记录"}, {"request_notes", "id", "answer_sealed", "单位的答复"}, {"request_helps", "case_id", "question_sealed", "请其他机关协助的事项"}, {"request_helps", "case_id", "answer_sealed", "其他机关的答复"}, {"request_marks", "id", "words_sealed", "遮盖的词语"},
	{"mend_records", "case_id", "name_sealed", "更正申请人姓名"}, {"mend_records", "case_id", "proof_sealed", "更正申请人证件号码"}, {"mend_records", "case_id", "contact_sealed", "更正申请人联系方式"}, {"mend_records", "case_id", "asked_sealed", "更正内容和证据"},
}

// SealedColumns describes the sealed columns to the vault.
func SealedColumns() (out []vault.Column) {
	for _, c := range sealedColumns {
		col := vault.ColumnOf(c[0], c[1], c[2], c[3])
		if col.Column == "table_sealed" {
			col.Batch = 2 // whole tables
		}
		out = append(out, col)
	}
	return out
}

// sealedFile is a table whose files lie sealed in the file store: the column
// that names the stored bytes, and the number that they are sealed for. Digest
// and key stand beside it, or in a table of their own under the same id.
type sealedFile struct{ table, blob, owner, name, keys string }

var sealedFiles = []sealedFile{
	{"request_files", "sha256", "CASE WHEN f.seal_row = 0 THEN f.case_id ELSE f.seal_row END", "申请扫描件", ""},
	{"request_materials", "sealed", "f.case_id", "申请材料", ""},
	{"request_versions", "sealed", "(SELECT m.case_id FROM request_materials m WHERE m.id = f.file_id)", "材料提供件", ""},
	{"request_letter_files", "sha256", "(SELECT l.case_id FROM request_letters l WHERE l.id = f.letter_id)", "盖章件", "request_letter_file_keys"},
}

// keyTable is where the key of a file stands.
func (f sealedFile) keyTable() string { return cmp.Or(f.keys, f.table) }

// SealedFiles describes the sealed files to vault.Check by the keys they need.
func SealedFiles() (out []vault.Column) {
	for _, f := range sealedFiles {
		out = append(out, vault.KeysOf(f.keyTable(), "seal_key", f.name))
	}
	return out
}

// SealedFileTables names the tables whose files lie sealed.
func SealedFileTables() (out []string) {
	for _, f := range sealedFiles {
		out = append(out, f.table)
	}
	return out
}

// store is where the room's files lie.
func (r *Room) store() filestore.Store {
	if r.papers.Store != nil {
		return r.papers.Store
	}
	return r.files
}

// sealedBlob is what was stored of a file: the hash of its plain bytes, the
// sealed bytes in the store, the key that sealed them.
type sealedBlob struct {
	digest, key string
	filestore.Blob
}

// filePlace binds sealed bytes to their request.
func filePlace(id int64) vault.Place {
	return vault.Place{Table: "request_materials", Column: "bytes", Row: id}
}

// sealBytes scans, seals and stores bytes. What is stored without a row is
// swept by the file store.
func (r *Room) sealBytes(ctx context.Context, id int64, data []byte) (b sealedBlob, err error) {
	if r.store() == nil {
		return b, fault.New(fault.Unavailable, "request.sealBytes", "这里没有设置存放材料的地方。")
	}
	if err := filestore.Look(ctx, r.store(), bytes.NewReader(data)); err != nil {
		return b, err
	}
	return r.putSealed(ctx, id, data)
}

func (r *Room) putSealed(ctx context.Context, id int64, data []byte) (b sealedBlob, err error) {
	sum := sha256.Sum256(data)
	b.digest = hex.EncodeToString(sum[:])
	sealed, err := r.vault.Seal(ctx, filePlace(id), string(data))
	if err != nil {
		return b, err
	}
	b.key = vault.KeyOf(sealed)
	b.Blob, err = r.store().Put(ctx, strings.NewReader(sealed), int64(len(sealed)))
	return b, err
}

func (r *Room) rawBytes(ctx context.Context, sha string) ([]byte, error) {
	if r.store() == nil || sha == "" {
		return nil, fault.New(fault.NotFound, "request.rawBytes", "这份材料没有文件。")
	}
	in, err := r.store().Open(ctx, sha)
	if err != nil {
		return nil, err
	}
	raw, err := io.ReadAll(in)
	return raw, errors.Join(err, in.Close())
}

// openBytes reads sealed bytes back and compares them with their digest. An
// empty digest marks bytes from before files were sealed.
func (r *Room) openBytes(ctx context.Context, id int64, sha, digest string) (data []byte, err error) {
	raw, err := r.rawBytes(ctx, sha)
	if err != nil || digest == "" {
		return raw, err
	}
	plain, err := r.vault.Open(ctx, filePlace(id), string(raw))
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256([]byte(plain)); hex.EncodeToString(sum[:]) != digest {
		return nil, fault.New(fault.Internal, "request.openBytes", "材料内容与登记的指纹不符。")
	}
	return []byte(plain), nil
}

// SealFiles seals every file with the current key: those that an older key
// sealed, and those from before. It may be stopped anywhere; the next call goes
// on. n counts files. A file that cannot be read is an error, and the others
// are sealed all the same. The bytes from before go when nothing names them.
func (r *Room) SealFiles(ctx context.Context) (n int, err error) {
	defer fault.Wrap(&err, "request.SealFiles")
	var errs []error
	for _, f := range sealedFiles {
		k, err := r.sealTable(ctx, f)
		n += k
		errs = append(errs, err)
	}
	return n, errors.Join(errs...)
}

// unsealed is a file that SealFiles has to look at.
type unsealed struct {
	id, owner        int64
	sha, digest, key string
}

func (r *Room) sealTable(ctx context.Context, f sealedFile) (n int, err error) {
	from, digest, keyed := f.table+` f`, `f.digest`, `f.seal_key`
	if f.keys != "" {
		from, digest, keyed = from+` LEFT JOIN `+f.keys+` k ON k.id = f.id`, `COALESCE(k.digest, '')`, `COALESCE(k.seal_key, '')`
	}
	var errs []error
	key := ""
	for after := int64(0); ; {
		if key == "" { // a library without files gets no key
			var one int64
			switch err := r.db.Reader().QueryRowContext(ctx, `SELECT id FROM `+f.table+` WHERE `+f.blob+` <> '' LIMIT 1`).Scan(&one); {
			case errors.Is(err, sql.ErrNoRows):
				return 0, nil
			case err != nil:
				return 0, err
			}
			if key, err = r.vault.Current(ctx); err != nil {
				return 0, err
			}
		}
		var list []unsealed
		rows, err := r.db.Reader().QueryContext(ctx, `SELECT f.id, `+f.owner+`, f.`+f.blob+`, `+digest+`, `+keyed+` FROM `+from+` WHERE f.`+f.blob+` <> '' AND `+keyed+` <> $1 AND f.id > $2 ORDER BY f.id LIMIT 100`, key, after)
		if err != nil {
			return n, err
		}
		for rows.Next() {
			var u unsealed
			if err := rows.Scan(&u.id, &u.owner, &u.sha, &u.digest, &u.key); err != nil {
				return n, errors.Join(err, rows.Close())
			}
			list = append(list, u)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil || len(list) == 0 {
			return n, errors.Join(append(errs, err)...)
		}
		for _, u := range list {
			err := r.sealOne(ctx, f, u)
			if ctx.Err() != nil {
				return n, ctx.Err()
			}
			if err == nil {
				n++
			}
			errs = append(errs, err)
			after = u.id
		}
	}
}

func (r *Room) sealOne(ctx context.Context, f sealedFile, u unsealed) error {
	data, err := r.openBytes(ctx, u.owner, u.sha, u.digest)
	if err != nil {
		return err
	}
	b, err := r.putSealed(ctx, u.owner, data)
	if err != nil {
		return err
	}
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		if err := filestore.Register(ctx, tx, b.Blob, r.now()); err != nil {
			return err
		}
		if f.keys == "" {
			_, err := tx.ExecContext(ctx, `UPDATE `+f.table+` SET `+f.blob+` = $1, digest = $2, seal_key = $3 WHERE id = $4 AND `+f.blob+` = $5`, b.SHA256, b.digest, b.key, u.id, u.sha)
			return err
		}
		res, err := tx.ExecContext(ctx, `UPDATE `+f.table+` SET `+f.blob+` = $1 WHERE id = $2 AND `+f.blob+` = $3`, b.SHA256, u.id, u.sha)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err // another node was faster
		}
		return keepFileKey(ctx, tx, f.keys, u.id, b)
	})
}

// keepFileKey writes digest and key of a file into their table.
func keepFileKey(ctx context.Context, tx *sql.Tx, table string, file int64, b sealedBlob) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO `+table+` (id, digest, seal_key) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, seal_key = excluded.seal_key`, file, b.digest, b.key)
	return err
}
