package backup

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

// A row is a JSON array in the order of the table's columns. Both engines give
// the same four kinds of value: null, whole number, text and bytes. Bytes, and
// text that is not UTF-8 (a damaged row must survive its backup), are objects
// with base64 in them.
const (
	bytesKey = "$bytes"
	textKey  = "$text"
)

// encodeRow appends the row and a line end.
func encodeRow(dst []byte, row []any) ([]byte, error) {
	out := make([]any, len(row))
	for i, v := range row {
		switch v := v.(type) {
		case nil, int64:
			out[i] = v
		case string:
			if utf8.ValidString(v) {
				out[i] = v
			} else {
				out[i] = map[string]string{textKey: base64.StdEncoding.EncodeToString([]byte(v))}
			}
		case []byte:
			out[i] = map[string]string{bytesKey: base64.StdEncoding.EncodeToString(v)}
		default:
			return nil, fmt.Errorf("column %d holds a %T", i+1, v)
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(out); err != nil {
		return nil, err
	}
	return append(dst, b.Bytes()...), nil
}

// decodeRow reads one line back.
func decodeRow(line []byte, columns int) ([]any, error) {
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.UseNumber()
	var row []any
	if err := dec.Decode(&row); err != nil {
		return nil, err
	}
	if len(row) != columns || len(bytes.TrimSpace(line[dec.InputOffset():])) != 0 {
		return nil, fmt.Errorf("a row of %d values, want %d", len(row), columns)
	}
	for i, v := range row {
		var err error
		if row[i], err = decodeValue(v); err != nil {
			return nil, fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return row, nil
}

func decodeValue(v any) (any, error) {
	switch v := v.(type) {
	case nil, string:
		return v, nil
	case json.Number:
		return v.Int64()
	case map[string]any:
		for key, raw := range v {
			text, ok := raw.(string)
			if !ok || len(v) != 1 || key != bytesKey && key != textKey {
				break
			}
			b, err := base64.StdEncoding.Strict().DecodeString(text)
			if key == textKey {
				return string(b), err
			}
			return b, err
		}
	}
	return nil, fmt.Errorf("unknown value %T", v)
}
