package release

import (
	"context"
	"database/sql"
	"slices"

	"gongkai/internal/access"
	"gongkai/internal/casework"
	"gongkai/internal/fault"
)

// maxFiles bounds the files of one slip.
const maxFiles = 100

// AddFile hangs a stored file on a draft. The bytes lie in the file store
// already, under their digest; the right to write the draft is the caller's to
// check. Attachments change what the checks must see.
func (r *Room) AddFile(ctx context.Context, a access.Actor, id int64, f File) (out File, err error) {
	defer fault.Wrap(&err, "release.AddFile(%d)", id)
	if !slices.Contains([]string{Original, Attachment, Scan, Material, Picture}, f.Role) {
		return f, fault.Field("release.AddFile", "用途", "“用途”：请选附件、审签单扫描件或者审核材料。")
	}
	err = r.db.Tx(ctx, func(tx *sql.Tx) error {
		c, s, err := r.draft(ctx, tx, id)
		if err != nil {
			return err
		}
		if len(s.Files) >= maxFiles {
			return fault.Newf(fault.TooLarge, "release.AddFile", "一份文稿最多挂 %d 个文件。", maxFiles)
		}
		if s.Traits.SecretDoubt && f.Role != Scan {
			return fault.New(fault.Forbidden, "release.AddFile", "这份文稿不录入正文，也不能上传文件，只能上传审签单扫描件。")
		}
		if f.Role == Picture {
			if err := s.checkPicture(f); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO files (sha256, size, mime, scan_state, created_at) VALUES ($1, $2, $3, 'unscanned', $4) ON CONFLICT (sha256) DO NOTHING`,
			f.SHA256, f.Size, f.MIME, r.now().UnixMicro()); err != nil {
			return err
		}
		if err := tx.QueryRowContext(ctx, `INSERT INTO release_files (case_id, role, name, sha256, size, mime, actor, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
			id, f.Role, f.Name, f.SHA256, f.Size, f.MIME, a.Login, r.now().UnixMicro()).Scan(&f.ID); err != nil {
			return err
		}
		if f.goesOut() {
			if err := unchecked(ctx, tx, id); err != nil {
				return err
			}
		}
		act := ActAddPaper
		if f.goesOut() {
			act = ActAddFile
		}
		return r.kernel.NoteIn(ctx, tx, a, c.ID, string(act), map[string]string{"name": f.Name, "role": f.Role, "sha256": f.SHA256})
	})
	return f, err
}

// goesOut reports a file that is part of the text, not a proof beside it.
func (f File) goesOut() bool { return f.Role == Attachment || f.Role == Original || f.Role == Picture }

// DropFile takes a file off a draft; the event keeps that it was there.
func (r *Room) DropFile(ctx context.Context, a access.Actor, id, file int64) (err error) {
	defer fault.Wrap(&err, "release.DropFile(%d, %d)", id, file)
	return r.db.Tx(ctx, func(tx *sql.Tx) error {
		c, s, err := r.draft(ctx, tx, id)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(s.Files, func(f File) bool { return f.ID == file })
		if i < 0 {
			return fault.New(fault.NotFound, "release.DropFile", "没有这个文件。")
		}
		if _, err := tx.ExecContext(ctx, `UPDATE release_files SET dropped = 1 WHERE id = $1`, file); err != nil {
			return err
		}
		if err := unchecked(ctx, tx, id); err != nil {
			return err
		}
		return r.kernel.NoteIn(ctx, tx, a, c.ID, string(ActDropFile), map[string]string{"name": s.Files[i].Name})
	})
}

// draft reads a slip that may still be written.
func (r *Room) draft(ctx context.Context, tx *sql.Tx, id int64) (*casework.Case, *Slip, error) {
	c, err := r.kernel.CaseIn(ctx, tx, id)
	if err != nil {
		return nil, nil, err
	}
	if c.Kind != SlipKind {
		return nil, nil, fault.New(fault.NotFound, "release.draft", "没有找到这张审签单。")
	}
	if c.State != Drafting {
		return nil, nil, fault.New(fault.Forbidden, "release.draft", "文稿已经送审，不能再改文件；要改请先撤回。")
	}
	s, err := r.readSlip(ctx, tx, id, c.Organ)
	return c, s, err
}

// unchecked makes the checks look again.
func unchecked(ctx context.Context, tx *sql.Tx, id int64) error {
	_, err := tx.ExecContext(ctx, `UPDATE releases SET checked = 0 WHERE case_id = $1`, id)
	return err
}
