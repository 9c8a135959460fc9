package org

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"io"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/filestore"
	"gongkai/internal/workday"
)

// errNoFiles is a registry that was built without a file store.
var errNoFiles = errors.New("the registry keeps no files")

// KeepIn names the store that keeps pictures; call it before serving.
func (r *Registry) KeepIn(files filestore.Store) *Registry {
	r.files = files
	return r
}

// Photo is a picture whose bytes are stored and have no row yet; Hold gives
// them theirs, in the transaction of what they belong to.
type Photo struct {
	full, small filestore.Blob
}

// PutPhoto draws a picture anew and stores it. Errors: those of ReadPicture.
func (r *Registry) PutPhoto(ctx context.Context, from io.Reader) (p Photo, err error) {
	defer fault.Wrap(&err, "org.PutPhoto")
	if r.files == nil {
		return p, errNoFiles
	}
	pic, err := ReadPicture(from)
	if err != nil {
		return p, err
	}
	if p.full, err = r.files.Put(ctx, bytes.NewReader(pic.Full), MaxPhotoBytes); err != nil {
		return p, err
	}
	p.small, err = r.files.Put(ctx, bytes.NewReader(pic.Small), MaxPhotoBytes)
	return p, err
}

// Hold registers the bytes and names them in the facts of a leader.
func (p Photo) Hold(ctx context.Context, tx *sql.Tx, f *LeaderFacts, now time.Time) error {
	for _, b := range []filestore.Blob{p.full, p.small} {
		if err := filestore.Register(ctx, tx, b, now); err != nil {
			return err
		}
	}
	f.Photo, f.Thumb = p.full.SHA256, p.small.SHA256
	return nil
}

// OpenPhoto opens a picture that the public page of an organ shows on a day. A
// picture of somebody who left, or that was replaced, is not found any more.
func (r *Registry) OpenPhoto(ctx context.Context, code, sha string, day workday.Date) (_ io.ReadSeekCloser, err error) {
	defer fault.Wrap(&err, "org.OpenPhoto(%s)", code)
	list, err := leaders(ctx, r.db.Reader(), `l.organ_id = (SELECT id FROM organs WHERE code = $1) AND (l.photo = $2 OR l.thumb = $2) AND l.gone = 0`, code, sha)
	if err != nil {
		return nil, err
	}
	for i := range list {
		if sha != "" && list[i].On(day) {
			return r.open(ctx, sha)
		}
	}
	return nil, fault.New(fault.NotFound, "org.OpenPhoto", textNoPhoto)
}

// LeaderPhoto reads the small picture of a leader, in office or not, for the
// office. Errors: NotFound.
func (r *Registry) LeaderPhoto(ctx context.Context, l *Leader) (_ []byte, err error) {
	defer fault.Wrap(&err, "org.LeaderPhoto(%d)", l.ID)
	if l.Thumb == "" {
		return nil, fault.New(fault.NotFound, "org.LeaderPhoto", textNoPhoto)
	}
	f, err := r.open(ctx, l.Thumb)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(f)
	return b, errors.Join(err, f.Close())
}

func (r *Registry) open(ctx context.Context, sha string) (io.ReadSeekCloser, error) {
	if r.files == nil {
		return nil, errNoFiles
	}
	return r.files.Open(ctx, sha)
}

// KeepSheet stores an uploaded table until it is confirmed; it has no row, so
// the sweep of bytes takes it when nobody confirms.
func (r *Registry) KeepSheet(ctx context.Context, from io.Reader) (sha string, err error) {
	defer fault.Wrap(&err, "org.KeepSheet")
	if r.files == nil {
		return "", errNoFiles
	}
	b, err := r.files.Put(ctx, from, MaxSheetBytes)
	return b.SHA256, err
}

// KeptSheet reads a kept table. Errors: those of ReadSheets, NotFound.
func (r *Registry) KeptSheet(ctx context.Context, sha string) (rows []SheetRow, faults []SheetFault, err error) {
	defer fault.Wrap(&err, "org.KeptSheet")
	f, err := r.open(ctx, sha)
	if err != nil {
		return nil, nil, err
	}
	rows, faults, err = ReadSheets(f)
	return rows, faults, errors.Join(err, f.Close())
}
