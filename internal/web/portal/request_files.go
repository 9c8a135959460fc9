package portal

import (
	"net/http"
	"strconv"

	"gongkai/internal/casework"
	"gongkai/internal/fault"
)

// The words of files that were handed out with an answer.
const textNoGiven = "没有这个文件。请回到申请进度页再试。"

// givenFile sends a file that was handed out with the answer to who knows the
// code and the second fact. Both are posted: the address tells nothing, and
// nothing of it stays in a cache.
func (p *Portal) givenFile(w http.ResponseWriter, r *http.Request) (err error) {
	defer fault.Wrap(&err, "portal.givenFile")
	d, err := p.tracked(w, r)
	if d == nil || err != nil {
		return err
	}
	id, _ := strconv.ParseInt(posted(r, "file"), 10, 64) // nonsense is no file
	for _, v := range d.Request.Served() {
		if v.ID != id {
			continue
		}
		x, data, err := p.deps.Requests.HandedOut(r.Context(), casework.Applicant, d.Case.ID, id)
		if err != nil {
			return err
		}
		h := w.Header()
		h.Set("Content-Type", "application/octet-stream")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Content-Disposition", contentDisposition("attachment", x.Name))
		h.Set("Content-Length", strconv.Itoa(len(data)))
		_, err = w.Write(data)
		return err
	}
	return fault.New(fault.NotFound, "portal.givenFile", textNoGiven)
}
