package ui

import (
	"strconv"

	"gongkai/internal/document"
)

// Card is a line of a list and where it leads.
type Card struct {
	document.Card
	Href string
}

// Cards turns works into cards.
func Cards(works []document.Card) []Card {
	out := make([]Card, len(works))
	for i, w := range works {
		out[i] = Card{w, "/works/" + strconv.FormatInt(w.Work, 10)}
	}
	return out
}

// Way is a link to somewhere else, offered when a page has nothing to show.
type Way struct {
	Name string
	Href string
}

// Empty says what belongs here and where to go on.
type Empty struct {
	Title string
	Lines []string
	Ways  []Way
}

// Pager leads through a keyset list; an empty address hides its link.
type Pager struct {
	First string
	Next  string
}

// Copy is a button that copies a value; it appears only where scripts run.
type Copy struct {
	Value string
	Label string
}
