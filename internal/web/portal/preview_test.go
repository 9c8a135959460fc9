package portal

import (
	"net/http"
	"os"
	"testing"
)

// TestPreview serves the fake library for a look in the browser:
// PORTAL_PREVIEW=127.0.0.1:8099 go test -run TestPreview -timeout 0 ./internal/web/portal
func TestPreview(t *testing.T) {
	addr := os.Getenv("PORTAL_PREVIEW")
	if addr == "" {
		t.Skip("PORTAL_PREVIEW names no address")
	}
	p, err := New(fakeDeps(newFakeLibrary(t), &fakeLog{seq: 1}))
	if err != nil {
		t.Fatal(err)
	}
	t.Log(http.ListenAndServe(addr, p.Handler()))
}
