package office

import (
	"net"
	"net/http"
	"os"
	"testing"

	"gongkai/internal/access"
	"gongkai/internal/store"
)

// TestPreview serves the pages for looking at: GONGKAI_OFFICE_PREVIEW=127.0.0.1:8090
// go test -run TestPreview -timeout 0. It does nothing otherwise. Everybody's
// password is that of the tests.
func TestPreview(t *testing.T) {
	addr := os.Getenv("GONGKAI_OFFICE_PREVIEW")
	if addr == "" {
		return
	}
	db, err := store.Open(ctx, store.Config{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t, db)
	for _, r := range access.StaffRoles {
		s.user("demo-"+string(r[0])+string(r[len(r)-1])+string(r[1]), "qh-zf", r)
	}
	s.user("admin", "qh-zf", access.SystemAdmin)
	s.user("clerk", "qh-jyj", access.Clerk, access.Reviewer)
	mux := http.NewServeMux()
	mux.Handle("/static/", s.assets)
	mux.Handle("/", s.Handler())
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	srv := &http.Server{Handler: mux}
	if err := srv.Serve(l); err != nil {
		t.Log(err)
	}
}
