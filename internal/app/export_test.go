package app

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"

	"gongkai/internal/vault"
)

// SeedCity enters the organs and the site of the story city.
func (a *App) SeedCity(ctx context.Context) error { return a.seedCity(ctx) }

// SealedColumns are all columns that the vault of a library seals.
func SealedColumns() []vault.Column { return personal() }

// DumpIndex writes all that the index of this node holds, in one order.
func (a *App) DumpIndex(ctx context.Context, to io.Writer) error {
	x, err := a.Index(ctx)
	if err != nil {
		return err
	}
	return x.Dump(ctx, to)
}

// MuxPatterns reads, by room, every pattern that the muxes of a node answer
// to: not the tables from which they were made, but the muxes themselves.
func (a *App) MuxPatterns() (map[string][]string, error) {
	r, err := a.rooms()
	if err != nil {
		return nil, err
	}
	out := map[string][]string{}
	for room, mux := range map[string]reflect.Value{
		"node":   reflect.ValueOf(a.mux(r)),
		"portal": reflect.ValueOf(r.portal).Elem().FieldByName("mux"),
		"api":    reflect.ValueOf(r.machines).Elem().FieldByName("mux"),
		"office": reflect.ValueOf(r.staff).Elem().FieldByName("mux"),
	} {
		if mux.Kind() != reflect.Pointer || mux.Type() != reflect.TypeFor[*http.ServeMux]() {
			return nil, fmt.Errorf("%s has no mux", room)
		}
		seen := map[string]bool{}
		collectPatterns(mux.Elem().FieldByName("tree"), seen)
		if len(seen) == 0 {
			return nil, fmt.Errorf("no pattern found in the mux of %s: net/http holds them otherwise now", room)
		}
		for p := range seen {
			out[room] = append(out[room], p)
		}
	}
	return out, nil
}

// collectPatterns walks the routing tree of net/http, whose nodes are not
// exported, and gathers the text of each pattern.
func collectPatterns(v reflect.Value, into map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if e := v.Elem(); strings.HasSuffix(v.Type().String(), ".pattern") {
			into[e.FieldByName("str").String()] = true
			return
		}
		collectPatterns(v.Elem(), into)
	case reflect.Struct:
		for i := range v.NumField() {
			collectPatterns(v.Field(i), into)
		}
	case reflect.Slice:
		for i := range v.Len() {
			collectPatterns(v.Index(i), into)
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			collectPatterns(it.Value(), into)
		}
	}
}
