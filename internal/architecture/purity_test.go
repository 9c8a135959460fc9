package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// outside are the packages through which a pure room would reach the world.
var outside = []string{"net/http", "net", "database/sql", "os", "os/exec", "os/signal", "syscall", "io/ioutil",
	"math/rand", "math/rand/v2", "crypto/rand", "log", "log/slog", "plugin"}

// clocks are the functions of package time that read the machine's clock.
var clocks = map[string]bool{"Now": true, "Since": true, "Until": true, "After": true, "Sleep": true, "Tick": true,
	"NewTimer": true, "NewTicker": true, "AfterFunc": true}

func TestPureRoomsTouchNothingOutside(t *testing.T) {
	looked := 0
	for _, p := range goList(t, "./...") {
		name, _ := ours(p.ImportPath)
		if l, known := rooms[name]; !known || l != pure {
			continue
		}
		for _, f := range p.GoFiles {
			looked++
			for _, fault := range impurities(t, filepath.Join(p.Dir, f), nil) {
				t.Errorf("%s/%s: %s.", name, f, fault)
			}
		}
	}
	if looked == 0 {
		t.Fatal("no file of a pure room was found")
	}
}

func TestImpuritiesAreSeen(t *testing.T) {
	for name, c := range map[string]struct {
		source string
		want   int
	}{
		"clock":          {`package a; import "time"; var x = time.Now()`, 1},
		"renamed clock":  {`package a; import tick "time"; var x = tick.Since(tick.Time{})`, 1},
		"clock as value": {`package a; import "time"; var now = time.Now`, 1},
		"network":        {`package a; import _ "net/http"`, 1},
		"chance":         {`package a; import "math/rand/v2"; var x = rand.Int()`, 1},
		"dot import":     {`package a; import . "time"; var x = Month(1)`, 1},
		"a date":         {`package a; import "time"; var x = time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)`, 0},
		"own Now":        {`package a; type time struct{}; func (time) Now() {}; var x = time{}.Now`, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := impurities(t, "a.go", c.source); len(got) != c.want {
				t.Errorf("found %q, want %d", got, c.want)
			}
		})
	}
}

// impurities says in sentences how a file reaches outside; source is read
// instead of the file when it is not nil.
func impurities(t *testing.T, path string, source any) []string {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, source, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	clock := ""
	for _, i := range file.Imports {
		name := strings.Trim(i.Path.Value, `"`)
		for _, o := range outside {
			if name == o {
				found = append(found, "imports "+o+", but a pure room does no I/O and knows no chance")
			}
		}
		if name != "time" {
			continue
		}
		clock = "time"
		if i.Name != nil {
			clock = i.Name.Name
		}
		if clock == "." {
			found = append(found, "imports time with a dot, which hides calls of the clock")
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := s.X.(*ast.Ident); ok && clock != "" && x.Name == clock && clocks[s.Sel.Name] {
			found = append(found, "line "+set.Position(s.Pos()).String()+" reads the machine's clock (time."+s.Sel.Name+"); take the time as an argument")
		}
		return true
	})
	return found
}
