package postgres

import (
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// uuidCodec sends arrays of UUIDs that are strings in Go as 16 bytes each. pgx would send the strings, and reading them
// took 4 % of PostgreSQL's part of an alert.
type uuidCodec struct{ pgtype.UUIDCodec }

// sendUUIDsInBinary registers the codec for a connection.
func sendUUIDsInBinary(conn *pgx.Conn) {
	one := &pgtype.Type{Name: "uuid", OID: pgtype.UUIDOID, Codec: uuidCodec{}}
	conn.TypeMap().RegisterType(one)
	conn.TypeMap().RegisterType(&pgtype.Type{Name: "_uuid", OID: pgtype.UUIDArrayOID, Codec: &pgtype.ArrayCodec{ElementType: one}})
}

// PlanEncode implements pgtype.Codec.
func (c uuidCodec) PlanEncode(m *pgtype.Map, oid uint32, format int16, value any) pgtype.EncodePlan {
	if _, ok := value.(string); ok && format == pgtype.BinaryFormatCode {
		return encodeUUIDText{}
	}
	return c.UUIDCodec.PlanEncode(m, oid, format, value)
}

// encodeUUIDText encodes a string in the textual form of a UUID. Any other string is an error.
type encodeUUIDText struct{}

// Encode implements pgtype.EncodePlan.
func (encodeUUIDText) Encode(value any, buf []byte) ([]byte, error) {
	id, err := uuid.Parse(value.(string))
	return append(buf, id[:]...), err
}
