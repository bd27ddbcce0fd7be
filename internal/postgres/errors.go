package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"atalaya"
)

// SQLSTATEs that mean something here.
const (
	foreignKeyViolation = "23503"
	uniqueViolation     = "23505"
	checkViolation      = "23514"
	deadlockDetected    = "40P01"
	lockNotAvailable    = "55P03"
	invalidParameter    = "22023"
	queryCanceled       = "57014"
)

// failed wraps an error of the database. The result has CodeUnavailable, which callers may retry, if the database could
// not be reached.
func failed(doing string, err error) error {
	var (
		connect *pgconn.ConnectError
		network net.Error
		refused *pgconn.PgError
	)
	unreachable := errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, context.DeadlineExceeded)
	if errors.As(err, &refused) {
		class := refused.Code[:2]
		unreachable = class == "08" || class == "53" || refused.Code[:3] == "57P" // connection, resources, shutting down
	}
	err = fmt.Errorf("%s: %w", doing, err)
	if unreachable {
		return atalaya.Wrap(atalaya.CodeUnavailable, err, "The database does not answer. Try again.")
	}
	return err
}

// noSignal returns CodeNotFound if err says that no row was found, and other errors as failed does.
func noSignal(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return atalaya.Errorf(atalaya.CodeNotFound, "You have no signal with this id.")
	}
	return failed(doing, err)
}

// updateRefused turns the error of a signal's update into the one for its owner: CodeNotFound if there is no such
// signal, CodeInvalid if the trade would end before its alert. Package api checks the other rules of the columns.
func updateRefused(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.ConstraintName == "trading_signals_closed_at_check" {
		return atalaya.Wrap(atalaya.CodeInvalid, err, "closed_at: a trade does not end before its alert (timestamp).")
	}
	return noSignal("update the signal", err)
}

// configError turns the violation of a constraint into CodeInvalid, with what the owner can correct, or CodeNotFound if the
// account is gone.
func configError(doing string, err error) error {
	var refused *pgconn.PgError
	if !errors.As(err, &refused) {
		return failed(doing, err)
	}
	switch refused.Code {
	case foreignKeyViolation:
		return atalaya.Wrap(atalaya.CodeNotFound, err, "This account does not exist any more.")
	case checkViolation:
		return atalaya.Wrap(atalaya.CodeInvalid, err, refusedMember(refused))
	}
	return failed(doing, err)
}

// refusedMember names the member that the database refused, if the error says which one.
func refusedMember(refused *pgconn.PgError) string {
	if refused.ColumnName == "preferred_timezone" {
		return "preferred_timezone: send the name of a time zone of the IANA database, such as America/New_York or UTC."
	}
	return "One of the settings does not have a valid form (" + refused.ConstraintName + ")."
}

func cookieError(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, pgx.ErrNoRows):
		return atalaya.Wrap(atalaya.CodeNotFound, err, "This account does not exist any more, or has no settings.")
	}
	return configError(doing, err)
}

func missingDelivery(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return atalaya.Errorf(atalaya.CodeNotFound, "You have no such delivery.")
	}
	return fmt.Errorf("look the delivery up: %w", err)
}

// unstorable gives CodeInvalid to an error that one alert causes, or the rows that it touches: a value or a
// constraint (SQLSTATE classes 22 and 23), an exception from a trigger that a site has added (P0), a limit of the
// program (54), or a damaged page (XX). It returns other errors unchanged.
func unstorable(err error) error {
	if err == nil {
		return nil
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) && slices.Contains([]string{"22", "23", "54", "P0", "XX"}, refused.Code[:2]) {
		return atalaya.Wrap(atalaya.CodeInvalid, err, "the database cannot hold this signal")
	}
	return err
}

// lockedOut gives CodeConflict to an error that a locked user causes. It returns other errors unchanged.
func lockedOut(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && (refused.Code == lockNotAvailable || refused.Code == deadlockDetected) {
		return atalaya.Wrap(atalaya.CodeConflict, err, "another transaction keeps the user's settings locked")
	}
	return err
}

// unknownToken returns CodeInvalidToken if no row was found, and other errors wrapped.
func unknownToken(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return atalaya.Errorf(atalaya.CodeInvalidToken, "no user has this webhook token")
	}
	return fmt.Errorf("look the webhook token up: %w", err)
}

// IsAway reports whether a later try may succeed: the database could not be reached in time, the connection broke, the
// server starts, stops, or has no room (SQLSTATE classes 08, 53, 57 and 58), or locks or other transactions were in the
// way (40, 55).
func IsAway(err error) bool {
	var said *pgconn.PgError
	if errors.As(err, &said) {
		return slices.Contains([]string{"08", "40", "53", "55", "57", "58"}, said.Code[:2])
	}
	var network net.Error // context.DeadlineExceeded is one too
	return errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || pgconn.SafeToRetry(err)
}

// Refusal is an error that a later try would get again: the database answers, and the settings are wrong.
type Refusal struct {
	Says string // what is wrong, in plain words
	Cure string // how to mend it
	Err  error
}

// Error says what is wrong, how to mend it, and last what the database said.
func (r *Refusal) Error() string {
	text := r.Err.Error()
	var said *pgconn.PgError
	if errors.As(r.Err, &said) { // without what other tries of the same connection met, such as a server without TLS
		text = said.Message + ", SQLSTATE " + said.Code
	}
	return fmt.Sprintf("%s: %s (PostgreSQL says: %s)", r.Says, r.Cure, text)
}

// Unwrap returns what the database said.
func (r *Refusal) Unwrap() error { return r.Err }

// refusals explain the SQLSTATEs that wrong settings lead to. The first whose code begins the SQLSTATE counts.
var refusals = []struct{ code, says, cure string }{
	{"28P01", "the database does not accept the user and the password of DATABASE_URL", "correct them; special characters of a password are percent-encoded there"},
	{"28", "the database does not let the user of DATABASE_URL in", "check the user, and the rules in the server's pg_hba.conf"},
	{"3D", "the database of DATABASE_URL does not exist", "check its name, which is the last part of the URL, or create it"},
	{"42P01", "the database lacks a table of the service", "run `atalaya migrate`"},
	{"42703", "the database lacks a column of the service", "run `atalaya migrate`"},
	{"42", "the role of DATABASE_URL may not do what the service does", "grant it what is missing, or use Supabase's role postgres; elsewhere `atalaya migrate --setup` prints what a superuser has to run"},
}

// Explain returns a *Refusal for an error that wrong settings cause. It returns other errors unchanged, such as
// those of a server that starts, stops or has no connection left.
func Explain(err error) error {
	var said *pgconn.PgError
	if !errors.As(err, &said) {
		return err
	}
	for _, r := range refusals {
		if strings.HasPrefix(said.Code, r.code) {
			return &Refusal{Says: r.says, Cure: r.cure, Err: err}
		}
	}
	return err
}
