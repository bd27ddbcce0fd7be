package postgres_test

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"

	"atalaya/internal/test/testkit"
)

func TestArraysOfUUIDsAreSentInBinary(t *testing.T) {
	t.Parallel()
	ids := []string{uuid.NewString(), uuid.NewString()}
	conn, err := testkit.Database(t).Acquire(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Release()
	var back []string
	if err := conn.QueryRow(t.Context(), "select $1::uuid[]", ids).Scan(&back); err != nil || !slices.Equal(back, ids) {
		t.Errorf("the server was sent %v, %v; want %v", back, err, ids)
	}
	sent, err := conn.Conn().TypeMap().Encode(pgtype.UUIDArrayOID, pgx.BinaryFormatCode, ids, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		if raw := uuid.MustParse(id); !bytes.Contains(sent, raw[:]) {
			t.Errorf("%x does not contain the 16 bytes of %s", sent, id)
		}
	}
	// pgx sends as text what the codec refuses, so the server says what is wrong.
	var refused *pgconn.PgError
	if _, err := conn.Exec(t.Context(), "select $1::uuid[]", []string{"not an id"}); !errors.As(err, &refused) || refused.Code != "22P02" {
		t.Errorf("no UUID: %v, want the server's 22P02", err)
	}
}
