package notify

import (
	"context"
	"database/sql"
	"encoding/json"

	"gongkai/internal/publication"
)

// Answer is what an adapter of another platform may say in the body of its
// answer to a release: where the text stands there, or why it does not. An
// answer without a body says nothing.
type Answer struct {
	Channel string `json:"channel"` // code of the channel, as province
	State   string `json:"state"`   // done, failed, unclear
	Address string `json:"address"` // 回填网址, with done
	Note    string `json:"note"`
}

// reply is an answer with the edition that it is about.
type reply struct {
	work    int64
	edition int
	answer  Answer
}

// readAnswer reads the body of an answer to a release; nil when it says nothing
// that is meant for us. It never turns a delivery into a failure.
func readAnswer(sent, body []byte) *reply {
	var e Event
	var a Answer
	if json.Unmarshal(sent, &e) != nil || e.Act != string(publication.Release) || e.Work == nil || e.Edition == nil {
		return nil
	}
	if json.Unmarshal(body, &a) != nil || a.Channel == "" || a.State == "" {
		return nil
	}
	return &reply{*e.Work, *e.Edition, a}
}

// tell hands an answer on, in the transaction that notes the delivery, so that
// a killed node loses neither or both.
func (n *Notifier) tell(ctx context.Context, tx *sql.Tx, x *reply) error {
	if x == nil || n.config.Answered == nil {
		return nil
	}
	return n.config.Answered(ctx, tx, x.work, x.edition, x.answer)
}
