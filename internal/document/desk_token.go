package document

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/workday"
)

// once does an act that a form asked for: the first time do runs and its result
// is kept under actor and token in the same transaction; the same form sent
// again gets that result; another form under the same token is a Conflict.
func once(ctx context.Context, tx *sql.Tx, now time.Time, actor, token string, payload any, do func() (string, error)) (result string, replayed bool, err error) {
	defer fault.Wrap(&err, "document.once")
	if len(token) < 8 || len(token) > 100 {
		return "", false, fault.New(fault.Invalid, "document.once", "这张表单缺少编号，没有办理。请刷新页面后重新提交。")
	}
	b, err := json.Marshal(payload)
	if err != nil {
		return "", false, err
	}
	sum := sha256.Sum256(b)
	hash := hex.EncodeToString(sum[:])
	// Whoever comes second waits here for the first to commit.
	res, err := tx.ExecContext(ctx, `INSERT INTO desk_tokens (actor, token, hash, result, at) VALUES ($1, $2, $3, '', $4) ON CONFLICT (actor, token) DO NOTHING`,
		actor, token, hash, now.UnixMicro())
	if err != nil {
		return "", false, err
	}
	n, err := res.RowsAffected()
	if err != nil {
		return "", false, err
	}
	if n == 0 {
		var had string
		if err := tx.QueryRowContext(ctx, `SELECT hash, result FROM desk_tokens WHERE actor = $1 AND token = $2`, actor, token).Scan(&had, &result); err != nil {
			return "", false, err
		}
		if had != hash {
			return "", false, fault.New(fault.Conflict, "document.once", "这张表单已经提交过别的内容，这一次没有办理。请刷新页面后重新填写。")
		}
		return result, true, nil
	}
	if result, err = do(); err != nil {
		return "", false, err
	}
	_, err = tx.ExecContext(ctx, `UPDATE desk_tokens SET result = $3 WHERE actor = $1 AND token = $2`, actor, token, result)
	return result, false, errors.Join(err)
}

func localMinute(micro int64) string {
	return instant(micro).In(workday.Zone).Format("2006-01-02 15:04")
}
