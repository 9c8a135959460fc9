package app_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"gongkai/internal/app"
	"gongkai/internal/vault"
)

// A backup carries sealed values and no key; a library restored without the
// key says what it cannot read, and reads it when the key is brought.
func TestBackup_CarriesNoKeyOfPersonalData(t *testing.T) {
	open(t, func(t *testing.T, a *app.App) {
		ctx := context.Background()
		must := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err := a.DB.Writer().ExecContext(ctx, `INSERT INTO people (id, login, name, created_at) VALUES (1, 'lin', '林', 1)`)
		must(err)
		_, err = a.DB.Writer().ExecContext(ctx, `INSERT INTO credentials (person_id, password, changed_at, device_key, totp_secret) VALUES (1, 'x', 1, 'x', 'JBSWY3DPEHPK3PXP')`)
		must(err)
		if n, err := a.SealPersonal(ctx); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		kept := filepath.Join(t.TempDir(), "kept.key")
		must(a.Vault.Export(ctx, kept))
		keys, err := os.ReadFile(kept)
		must(err)
		file := filepath.Join(t.TempDir(), "b")
		must(a.Backup(ctx, file))
		packed, err := os.ReadFile(file)
		must(err)
		z, err := zstd.NewReader(bytes.NewReader(packed))
		must(err)
		defer z.Close()
		all, err := io.ReadAll(z)
		must(err)
		for _, word := range append(strings.Fields(string(keys))[1:], "JBSWY3DPEHPK3PXP") {
			if len(word) == 44 && bytes.Contains(all, []byte(word)) || word == "JBSWY3DPEHPK3PXP" && bytes.Contains(all, []byte(word)) {
				t.Errorf("%q is in the archive", word)
			}
		}
		if !bytes.Contains(all, []byte("vault1:")) {
			t.Error("the sealed value is missing from the archive")
		}
		for name, key := range map[string]string{"without": "", "with": kept} {
			b, err := app.Open(ctx, app.Config{DataDir: t.TempDir(), IndexDir: t.TempDir(), VaultKey: key}, slog.New(slog.DiscardHandler), time.Now)
			must(err)
			must(b.Restore(ctx, file))
			lost, err := b.Unreadable(ctx)
			must(err)
			var stored string
			must(b.DB.Reader().QueryRowContext(ctx, `SELECT totp_secret FROM credentials`).Scan(&stored))
			plain, err := b.Vault.Open(ctx, vault.Place{Table: "credentials", Column: "totp_secret", Row: 1}, stored)
			if key == "" && (err == nil || len(lost) != 1 || !strings.Contains(lost[0].Sentence(), "动态验证码的密钥有 1 项读不出来")) {
				t.Errorf("%s: %+v %v", name, lost, err)
			}
			if key != "" && (err != nil || plain != "JBSWY3DPEHPK3PXP" || len(lost) != 0) {
				t.Errorf("%s: %+v %v", name, lost, err)
			}
			must(b.Close())
		}
	})
}
