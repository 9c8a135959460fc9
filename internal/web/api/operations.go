package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gongkai/internal/fault"
)

// operation is one address of the JSON interface.
type operation struct {
	path     string // below Root
	id       string // stable name in the OpenAPI description
	title    string
	about    string
	register func(a *API, on huma.API, op huma.Operation)
}

// operations is the table from which routes and description are made.
var operations = []operation{
	{"search", "search", "检索", "与命令 search 相同：先找全部词都有的（strict），没有时按相关程度排列（relaxed）。total 是真实总数。", get((*API).search)},
	{"works", "list-works", "文件列表", "按有效性、文种、地区、年份、机构、主题、栏目筛选全部公开文件，total 是真实总数；有下一页时给出 next。要取走全部文件，请写 sort=work：按编号排列，取到一半时有文件增加新文本、日期变了，也不漏不重；按日期排列时，这样的文件可能漏掉。", get((*API).works)},
	{"works/{id}", "get-work", "一份文件", "与命令 show 相同：某日（默认今天）的文本与效力。早于第一个文本的日子，validity 为 null。依法清除的返回 410；撤下的也返回 410，detail 写明日期和理由；作为重复文件并入另一份的返回 308，Location 是留下的那份。", get((*API).work)},
	{"works/{id}/editions", "list-editions", "历次文本", "一份文件的全部版本，旧的在前；依法清除的版本只留编号。写 text=1 时每个版本带全文。", get((*API).editions)},
	{"works/{id}/editions/{no}", "get-edition", "一个版本", "与命令 show --edition 相同，带全文。", get((*API).edition)},
	{"works/{id}/editions/{no}/parts", "get-edition-parts", "一个版本的结构", "条款位置、附件、引用关系和更正记录。位置按字计，从 0 开始，不含终点。", get((*API).parts)},
	{"works/{id}/facts", "list-facts", "效力登记", "一份文件在哪一天因为什么生效、修改、废止或者失效。", get((*API).facts)},
	{"works/{id}/compare", "compare-editions", "比较两个版本", "与命令 compare 相同：逐段对照，两份全文一字不缺。", get((*API).compare)},
	{"organs/{code}", "get-organ", "一个机构", "机构的名称沿革、上下级、承继关系和联系方式。", get((*API).organ)},
	{"changes", "list-changes", "发布日志", "从某个序号之后依次读取发布、更正、撤下、恢复、效力登记、并入和清除。序号连续，顺序不变；more 为 true 时还有下一页，用 next 作为下一次的 after。", get((*API).changes)},
}

// describe builds the operations and the OpenAPI description.
func (a *API) describe() error {
	c := huma.DefaultConfig(textTitle, textVersion)
	c.Info.Description = textAbout
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil // no $schema keys: the answers have the same keys as the commands
	c.RejectUnknownQueryParameters = true
	on := humago.New(a.mux, c)
	for _, o := range operations {
		o.register(a, on, huma.Operation{
			OperationID: o.id, Method: http.MethodGet, Path: Root + o.path, Summary: o.title, Description: o.about,
			Errors: errorsOf(o.path),
		})
	}
	describeFeeds(on.OpenAPI())
	asJSON, err := json.Marshal(on.OpenAPI())
	if err != nil {
		return err
	}
	asYAML, err := on.OpenAPI().YAML()
	if err != nil {
		return err
	}
	a.static("openapi.json", "application/openapi+json", asJSON)
	a.static("openapi.yaml", "application/openapi+yaml", asYAML)
	return nil
}

func errorsOf(path string) []int {
	out := []int{http.StatusBadRequest, http.StatusTooManyRequests}
	if strings.Contains(path, "{") {
		out = append(out, http.StatusNotFound)
	}
	if strings.Contains(path, "works/{id}") {
		out = append(out, http.StatusGone, http.StatusPermanentRedirect)
	}
	return out
}

func (a *API) static(name, mime string, body []byte) {
	a.mux.HandleFunc("GET "+Root+name, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mime)
		w.Header().Set("Cache-Control", "public, max-age=300")
		if _, err := w.Write(body); err != nil {
			return // the recorder does not fail
		}
	})
}

// answer is a body with the headers an operation sets itself.
type answer[T any] struct {
	CacheControl string `header:"Cache-Control" hidden:"true"`
	Link         string `header:"Link" doc:"下一页的地址（rel=next）"`
	Body         T
}

func with[T any](body T) *answer[T] { return &answer[T]{Body: body} }

// get registers a reading operation: errors become problems, and what is ours
// to mend is logged.
func get[I, T any](fn func(*API, context.Context, *I) (*answer[T], error)) func(*API, huma.API, huma.Operation) {
	return func(a *API, on huma.API, op huma.Operation) {
		huma.Register(on, op, func(ctx context.Context, in *I) (*answer[T], error) {
			out, err := fn(a, ctx, in)
			if err == nil {
				return out, nil
			}
			if k := fault.KindOf(err); !isProblem(err) && (k == fault.Internal || k == fault.Unavailable) && ctx.Err() == nil {
				a.deps.Logger.ErrorContext(ctx, "request failed", "operation", op.OperationID, "error", err)
			}
			if err = a.redirected(ctx, err); isRedirect(err) {
				return nil, err
			}
			return nil, problemOf(err)
		})
	}
}

func isProblem(err error) bool {
	var p *Problem
	return errors.As(err, &p)
}

func isRedirect(err error) bool {
	var h huma.HeadersError
	return errors.As(err, &h)
}

// next is a Link header to the next page.
func next(address string) string { return "<" + address + `>; rel="next"` }
