package portal

import (
	"context"
	"strings"

	"gongkai/internal/search"
)

// Suggest of the fake knows one name.
func (s fakeSearch) Suggest(_ context.Context, typed string, _ int) ([]search.Suggestion, error) {
	if typed == "" || !strings.HasPrefix("清河市停车场管理办法", typed) {
		return []search.Suggestion{}, nil
	}
	return []search.Suggestion{{Text: "清河市停车场管理办法", What: search.SuggestTitle, Work: 3, Validity: "部分失效"}}, nil
}

// Position of the fake never moves.
func (s fakeSearch) Position(context.Context) (int64, error) { return 1, nil }
