package publication

// Fault is one thing that Verify found. Code is stable, Fault is its Chinese
// sentence; Table and ID name the row, or the range of rows ("12-30").
type Fault struct {
	Code  string `json:"code"`
	Fault string `json:"fault"`
	Table string `json:"table"`
	ID    string `json:"id"`
}
