package cli

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

var update = flag.Bool("update", false, "write docs/config.md anew")

// TestConfigDoc keeps docs/config.md equal to what the command line declares.
func TestConfigDoc(t *testing.T) {
	var cmd root
	parser, err := kong.New(&cmd, kong.Name("gongkai"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Settings\n\nGenerated from the command line by `go test ./internal/cli -run ConfigDoc -update`. An option, its environment variable and its key in the JSON file named by `GONGKAI_CONFIG` mean the same; the option wins, then the environment, then the file.\n")
	describe(&b, "Every command", parser.Model.Node)
	for _, leaf := range parser.Model.Leaves(true) {
		describe(&b, strings.TrimPrefix(leaf.FullPath(), "gongkai "), leaf)
	}
	file := filepath.Join("..", "..", "docs", "config.md")
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Error("docs/config.md is not what the command line declares; run this test with -update")
	}
}

func describe(b *strings.Builder, title string, n *kong.Node) {
	var rows []string
	for _, p := range n.Positional {
		rows = append(rows, fmt.Sprintf("| `%s` | | | %s |", p.Summary(), p.Help))
	}
	for _, f := range n.Flags {
		if f.Name == "help" {
			continue
		}
		env := ""
		if len(f.Envs) > 0 {
			env = "`" + strings.Join(f.Envs, "` `") + "`"
		}
		def := ""
		if f.Default != "" {
			def = "`" + f.Default + "`"
		}
		rows = append(rows, fmt.Sprintf("| `--%s` | %s | %s | %s |", f.Name, env, def, f.Help))
	}
	if len(rows) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n| option | environment | default | meaning |\n| --- | --- | --- | --- |\n%s\n", title, strings.Join(rows, "\n"))
}
