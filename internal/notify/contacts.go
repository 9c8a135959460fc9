package notify

import (
	"context"
	"crypto/subtle"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gongkai/internal/fault"
	"gongkai/internal/store"
	"gongkai/internal/vault"
	"gongkai/internal/workday"
)

// Bounds of confirming an address.
const (
	codeFor    = 30 * time.Minute
	codeTries  = 5
	mailsADay  = 10 // codes and test mails that one person may ask for
	codeDigits = 1_000_000
)

// Contact is how somebody is told of cases outside the office. Pending says
// that an address waits for its code.
type Contact struct {
	Person    int64
	HasMail   bool
	Pending   bool
	ByMail    bool
	ByGateway bool
	Off       []string // groups of notices that are switched off
	QuietFrom int      // hour of the day, legal time; -1 is none
	QuietTo   int

	sealed, fresh, nonce string
	until                int64
	tries                int
	day                  string
	sent                 int
}

// Contact reads somebody's own choices.
func (n *Notifier) Contact(ctx context.Context, person int64) (c *Contact, err error) {
	defer fault.Wrap(&err, "notify.Contact(%d)", person)
	return n.contact(ctx, n.db.Reader(), person)
}

func (n *Notifier) contact(ctx context.Context, q store.Querier, person int64) (*Contact, error) {
	c := &Contact{Person: person, ByGateway: true, QuietFrom: -1, QuietTo: -1}
	var off string
	var byMail, byGateway int
	err := q.QueryRowContext(ctx, `
		SELECT mail, mail_new, code_nonce, code_until, code_tries, sent_day, sent_count, by_mail, by_gateway, kinds_off, quiet_from, quiet_to
		FROM person_contacts WHERE person_id = $1`, person).
		Scan(&c.sealed, &c.fresh, &c.nonce, &c.until, &c.tries, &c.day, &c.sent, &byMail, &byGateway, &off, &c.QuietFrom, &c.QuietTo)
	if errors.Is(err, sql.ErrNoRows) {
		return c, nil
	}
	if err != nil {
		return nil, store.Sentence("notify.contact", err)
	}
	c.HasMail, c.Pending = c.sealed != "", c.fresh != "" && n.now().UnixMicro() <= c.until
	c.ByMail, c.ByGateway = byMail != 0, byGateway != 0
	for o := range strings.SplitSeq(off, "|") {
		if o != "" {
			c.Off = append(c.Off, o)
		}
	}
	return c, nil
}

// Address opens somebody's addresses for their own account page: the confirmed
// one and the one that waits for its code.
func (n *Notifier) Address(ctx context.Context, c *Contact) (mail, pending string, err error) {
	defer fault.Wrap(&err, "notify.Address(%d)", c.Person)
	if c.HasMail {
		if mail, err = n.config.Vault.Open(ctx, mailPlace(c.Person), c.sealed); err != nil {
			return "", "", err
		}
	}
	if c.Pending {
		pending, err = n.config.Vault.Open(ctx, freshPlace(c.Person), c.fresh)
	}
	return mail, pending, err
}

// MailWorks says whether this node can send mail.
func (n *Notifier) MailWorks() bool { return n.config.Mail != nil }

// HasGateway says whether notices go to an SMS gateway or office application.
func (n *Notifier) HasGateway(ctx context.Context) (bool, error) {
	list, err := n.ids(ctx, `SELECT id FROM hooks WHERE kind = 'gateway' AND state = 'active' LIMIT 1`)
	return len(list) > 0, err
}

func (n *Notifier) base() string { return strings.TrimSuffix(n.config.BaseURL, "/") }

func mailPlace(person int64) vault.Place {
	return vault.Place{Table: "person_contacts", Column: "mail", Row: person}
}

func freshPlace(person int64) vault.Place {
	return vault.Place{Table: "person_contacts", Column: "mail_new", Row: person}
}

func confirmID(person int64, nonce string) string { return fmt.Sprintf("c%d-%s", person, nonce) }

// code is the code of an address that waits. It is computed, not stored: from a
// copy of the database nobody can read it off.
func (n *Notifier) code(ctx context.Context, c *Contact) (string, error) {
	d, err := n.config.Vault.Blind(ctx, "mail code", c.nonce+" "+strconv.FormatInt(c.Person, 10))
	if err != nil {
		return "", err
	}
	v, err := strconv.ParseUint(d[:15], 16, 64)
	return fmt.Sprintf("%06d", v%codeDigits), err
}

// row makes somebody's row and locks it, in the transaction of a change.
func (n *Notifier) row(ctx context.Context, tx *sql.Tx, person int64) (*Contact, error) {
	now := n.now().UnixMicro()
	if _, err := tx.ExecContext(ctx, `INSERT INTO person_contacts (person_id, changed_at) VALUES ($1, $2) ON CONFLICT (person_id) DO UPDATE SET changed_at = $2`, person, now); err != nil {
		return nil, store.Sentence("notify.row", err)
	}
	return n.contact(ctx, tx, person)
}

// charge counts a mail that a person asked for.
func (n *Notifier) charge(ctx context.Context, tx *sql.Tx, c *Contact) error {
	today := workday.DateOf(n.now()).String()
	if c.day != today {
		c.sent = 0
	}
	if c.sent >= mailsADay {
		return fault.Field("notify.charge", fieldMail, textMailMany, c.sent)
	}
	_, err := tx.ExecContext(ctx, `UPDATE person_contacts SET sent_day = $1, sent_count = $2 WHERE person_id = $3`, today, c.sent+1, c.Person)
	return store.Sentence("notify.charge", err)
}

func (n *Notifier) target(person int64) string { return fmt.Sprintf("person:%d", person) }

// AskMail takes an address and sends a code to it; nothing else goes there
// before the code came back. Errors: Invalid naming 邮箱.
func (n *Notifier) AskMail(ctx context.Context, person int64, login, address string) (err error) {
	defer fault.Wrap(&err, "notify.AskMail(%d)", person)
	if !n.MailWorks() {
		return fault.Field("notify.AskMail", fieldMail, textMailOff)
	}
	if address = cleanAddress(address); address == "" {
		return fault.Field("notify.AskMail", fieldMail, textMailShape)
	}
	before, err := n.contact(ctx, n.db.Reader(), person)
	if err != nil {
		return err
	}
	if before.HasMail {
		if had, err := n.config.Vault.Open(ctx, mailPlace(person), before.sealed); err != nil {
			return err
		} else if had == address {
			return fault.Field("notify.AskMail", fieldMail, textMailSame)
		}
	}
	fresh, err := n.config.Vault.Seal(ctx, freshPlace(person), address)
	if err != nil {
		return err
	}
	nonce, err := token(8)
	if err != nil {
		return err
	}
	return n.db.Tx(ctx, func(tx *sql.Tx) error {
		c, err := n.row(ctx, tx, person)
		if err != nil {
			return err
		}
		if err := n.charge(ctx, tx, c); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE person_contacts SET mail_new = $1, code_nonce = $2, code_until = $3, code_tries = 0 WHERE person_id = $4`,
			fresh, nonce, n.now().Add(codeFor).UnixMicro(), person); err != nil {
			return err
		}
		if _, err := n.newMail(ctx, tx, confirmID(person, nonce), topicConfirm, person, 0, n.now()); err != nil {
			return err
		}
		return n.recordPerson(ctx, tx, login, n.target(person), auditMailAsked)
	})
}

// ConfirmMail takes the code. A wrong one counts, and the fifth spoils it.
func (n *Notifier) ConfirmMail(ctx context.Context, person int64, login, code string) (err error) {
	defer fault.Wrap(&err, "notify.ConfirmMail(%d)", person)
	const op = "notify.ConfirmMail"
	seen, err := n.contact(ctx, n.db.Reader(), person)
	if err != nil {
		return err
	}
	if seen.fresh == "" {
		return fault.Field(op, fieldCode, textCodeNone)
	}
	want, err := n.code(ctx, seen)
	if err != nil {
		return err
	}
	address, err := n.config.Vault.Open(ctx, freshPlace(person), seen.fresh)
	if err != nil {
		return err
	}
	sealed, err := n.config.Vault.Seal(ctx, mailPlace(person), address)
	if err != nil {
		return err
	}
	var wrong error
	err = n.db.Tx(ctx, func(tx *sql.Tx) error {
		wrong = nil
		c, err := n.row(ctx, tx, person)
		if err != nil {
			return err
		}
		switch {
		case c.nonce != seen.nonce:
			wrong = fault.Field(op, fieldCode, textCodeNone)
			return nil
		case !c.Pending:
			wrong = fault.Field(op, fieldCode, textCodeLate)
			return nil
		case c.tries >= codeTries:
			wrong = fault.Field(op, fieldCode, textCodeMany)
			return nil
		case subtle.ConstantTimeCompare([]byte(want), []byte(strings.TrimSpace(code))) != 1:
			wrong = fault.Field(op, fieldCode, textCodeWrong)
			_, err := tx.ExecContext(ctx, `UPDATE person_contacts SET code_tries = code_tries + 1 WHERE person_id = $1`, person)
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE person_contacts SET mail = $1, mail_new = '', code_nonce = '', code_until = 0, by_mail = 1 WHERE person_id = $2`, sealed, person); err != nil {
			return err
		}
		return n.recordPerson(ctx, tx, login, n.target(person), auditMailSet)
	})
	return errors.Join(err, wrong)
}

// DropMail forgets the addresses; what waits for them is not sent.
func (n *Notifier) DropMail(ctx context.Context, person int64, login string) (err error) {
	defer fault.Wrap(&err, "notify.DropMail(%d)", person)
	return n.db.Tx(ctx, func(tx *sql.Tx) error {
		if _, err := n.row(ctx, tx, person); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `UPDATE person_contacts SET mail = '', mail_new = '', code_nonce = '', code_until = 0, by_mail = 0 WHERE person_id = $1`, person); err != nil {
			return err
		}
		return n.recordPerson(ctx, tx, login, n.target(person), auditMailDropped)
	})
}

// TestMail sends a mail to the confirmed address.
func (n *Notifier) TestMail(ctx context.Context, person int64, login string) (err error) {
	defer fault.Wrap(&err, "notify.TestMail(%d)", person)
	if !n.MailWorks() {
		return fault.Field("notify.TestMail", fieldMail, textMailOff)
	}
	nonce, err := token(8)
	if err != nil {
		return err
	}
	return n.db.Tx(ctx, func(tx *sql.Tx) error {
		c, err := n.row(ctx, tx, person)
		if err != nil {
			return err
		}
		if !c.HasMail {
			return fault.Field("notify.TestMail", fieldMail, textMailNone)
		}
		if err := n.charge(ctx, tx, c); err != nil {
			return err
		}
		if _, err := n.newMail(ctx, tx, fmt.Sprintf("t%d-%s", person, nonce), topicTest, person, 0, n.now()); err != nil {
			return err
		}
		return n.recordPerson(ctx, tx, login, n.target(person), auditMailTest)
	})
}

// Wishes are what somebody chose on their account page.
type Wishes struct {
	ByMail, ByGateway  bool
	Off                []string
	QuietFrom, QuietTo int
}

// SetWishes keeps them. Errors: Invalid.
func (n *Notifier) SetWishes(ctx context.Context, person int64, login string, w Wishes) (err error) {
	defer fault.Wrap(&err, "notify.SetWishes(%d)", person)
	const op = "notify.SetWishes"
	hour := func(h int) bool { return h >= 0 && h < 24 }
	none := w.QuietFrom == -1 && w.QuietTo == -1
	if !none && (!hour(w.QuietFrom) || !hour(w.QuietTo) || w.QuietFrom == w.QuietTo) {
		return fault.Field(op, fieldQuiet, textQuietShape)
	}
	for _, k := range w.Off {
		if !slices.ContainsFunc(Groups, func(g Group) bool { return g.Kind == k }) {
			return fault.Field(op, "", textKindUnknown)
		}
	}
	return n.db.Tx(ctx, func(tx *sql.Tx) error {
		c, err := n.row(ctx, tx, person)
		if err != nil {
			return err
		}
		if w.ByMail && !c.HasMail {
			return fault.Field(op, fieldMail, textMailNone)
		}
		if _, err := tx.ExecContext(ctx, `UPDATE person_contacts SET by_mail = $1, by_gateway = $2, kinds_off = $3, quiet_from = $4, quiet_to = $5 WHERE person_id = $6`,
			flag(w.ByMail), flag(w.ByGateway), strings.Join(w.Off, "|"), w.QuietFrom, w.QuietTo, person); err != nil {
			return err
		}
		return n.recordPerson(ctx, tx, login, n.target(person), auditWishes)
	})
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// SealedColumns describes the addresses to the vault.
func SealedColumns() []vault.Column {
	return []vault.Column{vault.ColumnOf("person_contacts", "person_id", "mail", columnMail), vault.ColumnOf("person_contacts", "person_id", "mail_new", columnFresh)}
}
