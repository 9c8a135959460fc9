package request

// Work is what stands beside the main line of a request while it is worked on:
// whose opinion was asked, what was searched, who was heard.
type Work struct {
	Parties []Party
}
