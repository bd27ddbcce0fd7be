package api

import (
	"encoding/json"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
)

// member is one member of a partial update: absent, null or a value.
type member[T any] struct {
	Set   bool
	Null  bool
	Value T
}

// UnmarshalJSON implements json.Unmarshaler; it is called for members that are there, null too.
func (m *member[T]) UnmarshalJSON(b []byte) error {
	m.Set = true
	if string(b) == "null" {
		m.Null = true
		return nil
	}
	return json.Unmarshal(b, &m.Value)
}

// MarshalJSON implements json.Marshaler. An absent member is left out by omitzero.
func (m member[T]) MarshalJSON() ([]byte, error) {
	if m.Null {
		return []byte("null"), nil
	}
	return json.Marshal(m.Value)
}

// memberOf returns a member that is there; nil is null.
func memberOf[T any](v *T) member[T] {
	if v == nil {
		return member[T]{Set: true, Null: true}
	}
	return member[T]{Set: true, Value: *v}
}

// Schema implements huma.SchemaProvider.
func (member[T]) Schema(r huma.Registry) *huma.Schema {
	schema := r.Schema(reflect.TypeFor[T](), true, "")
	schema.Nullable = true
	return schema
}

// pointer returns nil if the member is absent or null.
func (m member[T]) pointer() *T {
	if !m.Set || m.Null {
		return nil
	}
	return &m.Value
}

// clearable returns nil if the member is absent. It returns a pointer to nil if the member is null or the zero
// value, which forms send for fields left empty.
func clearable[T comparable](m member[T]) **T {
	if !m.Set {
		return nil
	}
	var zero T
	p := m.pointer()
	if p != nil && *p == zero {
		p = nil
	}
	return &p
}
