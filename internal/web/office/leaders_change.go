package office

import (
	"database/sql"
	"fmt"

	"gongkai/internal/access"
	"gongkai/internal/fault"
	"gongkai/internal/org"
)

// onLeader does one change of a leader, on the leader as the form knew it.
func (o *Office) onLeader(c *call, notice string, pick func(d *leaderView) *form, fn func(tx *sql.Tx, x *org.Organ, l *org.Leader) error) (*answer, error) {
	x, err := o.reachOrgan(c, access.ManageOrgans)
	if err != nil {
		return nil, err
	}
	id, err := pathNumber(c.r, "leader")
	if err != nil {
		return nil, err
	}
	return o.change(c, fmt.Sprintf("%s/%d", leadersAt(x), id), notice, func(tx *sql.Tx) error {
		stamp, err := stampValue(c.r)
		if err != nil {
			return err
		}
		l, err := org.LockLeader(c.ctx(), tx, o.deps.DB.Dialect, x, id, stamp)
		if err != nil {
			return err
		}
		return fn(tx, x, l)
	}, func(status int, err error) (*answer, error) {
		return o.leader(c, status, func(d *leaderView) {
			f := pick(d)
			f.fill(c.r)
			f.blame(err)
		})
	})
}

func changeLeader(o *Office, c *call) (*answer, error) {
	if _, err := o.reachOrgan(c, access.ManageOrgans); err != nil {
		return nil, err
	}
	sent, bad := o.readLeader(c)
	return o.onLeader(c, textLeaderAdded, func(d *leaderView) *form { return &d.Facts }, func(tx *sql.Tx, x *org.Organ, l *org.Leader) error {
		if bad != nil {
			return bad
		}
		f, err := sent.into(c, tx, l.LeaderFacts)
		if err != nil {
			return err
		}
		return org.ChangeLeader(c.ctx(), tx, x, l, f, sent.by)
	})
}

func endLeader(o *Office, c *call) (*answer, error) {
	to, bad := dayValue(c.r, "to", "离任日期")
	return o.onLeader(c, fmt.Sprintf(textLeaderEnded, to.Chinese()), func(d *leaderView) *form { return &d.End }, func(tx *sql.Tx, x *org.Organ, l *org.Leader) error {
		if bad != nil {
			return bad
		}
		return org.EndLeader(c.ctx(), tx, x, l, to, o.now(c))
	})
}

func removeLeader(o *Office, c *call) (*answer, error) {
	return o.onLeader(c, textRemoved, func(d *leaderView) *form { return &d.Remove }, func(tx *sql.Tx, x *org.Organ, l *org.Leader) error {
		return org.RemoveLeader(c.ctx(), tx, x, l, o.now(c))
	})
}

func undoLeader(o *Office, c *call) (*answer, error) {
	return o.onLeader(c, textUndone, func(d *leaderView) *form { return &d.Undo }, func(tx *sql.Tx, x *org.Organ, l *org.Leader) error {
		return org.Undo(c.ctx(), tx, x, org.WhatLeader, l.ID, l.Stamp, o.now(c))
	})
}

// orderLeader moves a leader one place; the list itself shows what is wrong.
func orderLeader(o *Office, c *call) (*answer, error) {
	x, err := o.reachOrgan(c, access.ManageOrgans)
	if err != nil {
		return nil, err
	}
	id, err := pathNumber(c.r, "leader")
	if err != nil {
		return nil, err
	}
	return o.change(c, leadersAt(x), textOrderSaved, func(tx *sql.Tx) error {
		return org.OrderLeader(c.ctx(), tx, o.deps.DB.Dialect, x, id, value(c.r, "to") == "up", o.now(c))
	}, func(status int, err error) (*answer, error) { return o.leaders(c, status, fault.Text(err)) })
}
