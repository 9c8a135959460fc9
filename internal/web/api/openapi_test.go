package api_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"gongkai/internal/web/api"
)

// W18-6.1d: public information is open to programs, described so that a
// program can read the description.
func TestW186_1d_OpenAPIDescribesEveryRoute(t *testing.T) {
	s := one(t, nil)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct {
			OperationID string
			Summary     string
			Description string
			Parameters  []struct{ Name, Description string }
			Responses   map[string]any
		}
	}
	if code := s.get(api.Root+"openapi.json", &doc); code != http.StatusOK || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatalf("%d %q", code, doc.OpenAPI)
	}
	w := s.ask(http.MethodGet, api.Root+"openapi.yaml")
	var asYAML map[string]any
	if err := yaml.Unmarshal(w.Body.Bytes(), &asYAML); err != nil || len(asYAML["paths"].(map[string]any)) != len(doc.Paths) {
		t.Fatalf("yaml: %v", err)
	}
	n := 0
	for _, r := range s.api.Routes() {
		rest, _ := strings.CutPrefix(r.Pattern, api.Root)
		if strings.HasPrefix(rest, "openapi") || rest == "{$}" {
			continue
		}
		n++
		op, ok := doc.Paths[r.Pattern]["get"]
		if !ok || op.Summary != r.Page || op.Description == "" || op.Responses["200"] == nil || op.Responses["400"] == nil {
			t.Errorf("%s is not described: %+v", r.Pattern, op)
		}
		for _, p := range op.Parameters {
			if p.Description == "" {
				t.Errorf("%s: parameter %s has no description", r.Pattern, p.Name)
			}
		}
	}
	if n != len(doc.Paths) || n < 15 {
		t.Errorf("%d routes, %d paths", n, len(doc.Paths))
	}
}

// Whoever takes everything must read how: in the order that loses nothing.
func TestOpenAPI_SaysHowToTakeEverything(t *testing.T) {
	s := one(t, nil)
	var doc struct {
		Paths map[string]map[string]struct {
			Description string
			Parameters  []struct {
				Name, Description string
				Schema            struct{ Enum []string }
			}
		}
	}
	s.get(api.Root+"openapi.json", &doc)
	op := doc.Paths[api.Root+"works"]["get"]
	if !strings.Contains(op.Description, "取走全部文件，请写 sort=work") {
		t.Errorf("%q", op.Description)
	}
	for _, p := range op.Parameters {
		if p.Name == "sort" && (!slices.Contains(p.Schema.Enum, "work") || !strings.Contains(p.Description, "不漏不重")) {
			t.Errorf("%+v", p)
		}
	}
	if page := s.ask(http.MethodGet, api.Root).Body.String(); !strings.Contains(page, "sort=work") {
		t.Error("the page for people does not say it")
	}
}

// Every answer fits the schema's keys: what is required is there, what is
// there is described.
func TestOpenAPI_AnswersHaveTheDescribedKeys(t *testing.T) {
	s := one(t, nil)
	s.fillStory()
	var doc map[string]any
	s.get(api.Root+"openapi.json", &doc)
	for path, example := range map[string]string{
		"works": "works", "works/{id}": "works/1", "works/{id}/editions": "works/1/editions?text=1", "works/{id}/editions/{no}/parts": "works/1/editions/2/parts",
		"works/{id}/facts": "works/1/facts", "works/{id}/compare": "works/1/compare?from=1&to=2", "organs/{code}": "organs/qinghe-water",
		"changes": "changes", "search": "search?q=%E6%B2%B3%E9%81%93",
	} {
		schema := dig(doc, "paths", api.Root+path, "get", "responses", "200", "content", "application/json", "schema")
		var body any
		if err := json.Unmarshal(s.ask(http.MethodGet, api.Root+example).Body.Bytes(), &body); err != nil {
			t.Fatal(err)
		}
		checkKeys(t, doc, schema, body, path)
	}
}

func dig(v any, keys ...string) any {
	for _, k := range keys {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[k]
	}
	return v
}

func checkKeys(t *testing.T, doc, schema, body any, at string) {
	t.Helper()
	if ref, ok := dig(schema, "$ref").(string); ok {
		schema = dig(doc, strings.Split(strings.TrimPrefix(ref, "#/"), "/")...)
	}
	if one, ok := dig(schema, "oneOf").([]any); ok {
		schema = one[0]
		checkKeys(t, doc, schema, body, at)
		return
	}
	if schema == nil {
		t.Errorf("%s has no schema", at)
		return
	}
	switch b := body.(type) {
	case map[string]any:
		properties, _ := dig(schema, "properties").(map[string]any)
		for k, v := range b {
			if properties[k] == nil {
				t.Errorf("%s: key %s is not described", at, k)
				continue
			}
			checkKeys(t, doc, properties[k], v, at+"."+k)
		}
		required, _ := dig(schema, "required").([]any)
		for _, k := range required {
			if _, ok := b[k.(string)]; !ok {
				t.Errorf("%s: required key %s is missing", at, k)
			}
		}
	case []any:
		for _, v := range b {
			checkKeys(t, doc, dig(schema, "items"), v, at+"[]")
		}
	}
}
