package postgres_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"atalaya/internal/test/testkit"
)

// crossTenant lists the statements on tenants' tables that do not name one user, each with its reason.
// Everything else names one.
var crossTenant = map[string]string{
	"LockTenants":           "finds and locks users by their webhook tokens",
	"TakeLoginCode":         "finds a user by the code of a sign-in link",
	"FindRepeats":           "joins the users of webhook tokens",
	"ResetMonthlyQuotas":    "begins the month for all users",
	"LockSpooledTenants":    "one batch of many users, who are its parameter",
	"UsedOfMonth":           "one batch of many users, who are its parameter",
	"FindSpooledRepeats":    "one batch of many users; each row has its own user",
	"FindStored":            "one batch of many users, who are its parameter",
	"CountFormerMonth":      "one batch of many users; each row has its own user",
	"NoteTrouble":           "joins the users of webhook tokens",
	"TenantByToken":         "finds a user by a webhook token",
	"WriteArrivals":         "one batch of many users; each row has its own user",
	"WriteKnownArrivals":    "one batch of many users; each row has its own user",
	"WriteSignalNotices":    "for signals of the same batch; channels are joined by the signal's user",
	"WriteQuotaNotices":     "one batch of many users; channels are joined by the user",
	"InsertCaptures":        "one batch of many users; each job has its own user",
	"LockCapture":           "a job names its signal; the signal's row tells whose it is",
	"CaptureTurns":          "the queue takes users in turn",
	"TakeCaptures":          "the queue takes users in turn",
	"CountJobs":             "counts for the operator",
	"AdoptJobs":             "moves an earlier release's jobs; each gets its signal's user",
	"ListEvidence":          "the operator's command looks into one signal",
	"SealedSecrets":         "the operator's rotation of keys pages through all users",
	"CountSealedSecrets":    "counts for the operator",
	"PlainBotTokens":        "upkeep seals plain tokens of all users",
	"CountWithoutConsent":   "counts for the operator",
	"ListUsers":             "the operator's list",
	"PageUsers":             "the operator's list",
	"PageSessions":          "the operator's list; it shows no cookie",
	"PageChannels":          "the operator's list; it shows no address",
	"CountFailures":         "counts for the operator",
	"ListFailures":          "the operator's list of failed captures",
	"FailurePicture":        "the operator's list of failed captures",
	"CountAllSignals":       "counts for the operator",
	"CaptureSeconds":        "counts for the operator",
	"ListJobs":              "the operator's list of the queue",
	"ReopenOfJobs":          "the operator runs jobs again; each names its signal",
	"SignalOwner":           "the operator's command looks into one signal",
	"Changes":               "the users of this replica's event streams; the hub sorts by user",
	"ForgetDeletions":       "retention, by age alone",
	"ForgetDeliveries":      "retention, by age alone",
	"ForgetEvidence":        "retention, by age alone",
	"ForgetNotifications":   "retention, by age alone",
	"ForgetRepeats":         "retention, by age alone",
	"ExpirePictures":        "retention, by each user's plan",
	"FailStrandedCaptures":  "ends what is too old, by age alone",
	"EndStaleNotifications": "ends what is too old, by age alone",
	"SweepCaptures":         "ends what nobody waits for, by age alone",
	"UnknownPictures":       "compares stored pictures with the rows of the users whose folders they are in",
	"ClaimChannels":         "the dispatcher leases what is due, at most so many channels of a user",
	"PauseDestination":      "one address rests, whoever's channels lead there",
	"ProveChannel":          "the secret sent to the address is the capability",
	"UnsubscribeChannel":    "the channel's id, which the link in its mails holds, is the capability",
	"CountNotifications":    "counts for the operator",
	"CountChannels":         "counts for the operator",
	"ChannelSecrets":        "the operator's rotation of keys pages through all channels",
	"NotifiedUsers":         "upkeep pages through all users",
	"RecentCaptures":        "upkeep looks at a page of users; each row has its own user",
	"ToldTroubles":          "upkeep looks at a page of users; each row has its own user",
}

// tenantsTables selects the migrated tables whose rows belong to users: those with a user_id, those that lead to one by
// a signal_id, and the queue of jobs.
const tenantsTables = `
	select distinct table_schema || '.' || table_name from information_schema.columns
	where table_schema = 'public' and column_name in ('user_id', 'signal_id')
		and (table_schema || '.' || table_name) <> 'public.capture_leases' -- leases of TradingView accounts, which users may share
	union all select 'river.river_job'
	order by 1`

// namesUser matches a statement's comparison with the user's id, or the id as a value that is inserted.
var namesUser = regexp.MustCompile(`(?:\b(?:user_id|u\.id|a\.id)|->> 'user_id')\s*=\s*@user_id\b|\(@user_id\b|'user_id', @user_id\b`)

// statements returns the queries by name, without their comments.
func statements(t *testing.T) map[string]string {
	t.Helper()
	files, err := filepath.Glob("queries/*.sql")
	more, moreErr := filepath.Glob("filtered/*.sql")
	if files = append(files, more...); err != nil || moreErr != nil || len(more) == 0 || len(files) == len(more) {
		t.Fatal(files, err, moreErr)
	}
	all := map[string]string{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parts := statementName.Split(string(text), -1)
		for i, name := range statementName.FindAllStringSubmatch(string(text), -1) {
			all[name[1]] = regexp.MustCompile(`(?m)--.*$`).ReplaceAllString(parts[i+1], "")
		}
	}
	return all
}

// tables matches any of the tenants' tables, with or without their schema.
func tables(t *testing.T) *regexp.Regexp {
	t.Helper()
	rows, err := testkit.Database(t).Query(t.Context(), tenantsTables)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		schema, table, _ := strings.Cut(name, ".")
		names = append(names, `(?:`+schema+`\.)?`+table)
	}
	if err := rows.Err(); err != nil || len(names) < 8 {
		t.Fatalf("%d tenants' tables: %v", len(names), err)
	}
	return regexp.MustCompile(`(?i)\b(?:from|join|into|update|using|table)\s+(?:only\s+)?"?(?:` + strings.Join(names, "|") + `)\b`)
}

func TestEveryStatementOnATenantsTableNamesItsUserOrSaysWhyNot(t *testing.T) {
	t.Parallel()
	ofTenants, all := tables(t), statements(t)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		_, excepted := crossTenant[name]
		needs := ofTenants.MatchString(all[name]) && !namesUser.MatchString(all[name])
		switch {
		case needs && !excepted:
			t.Errorf("%s does not name its user: compare a user_id with @user_id, or give a reason in crossTenant", name)
		case excepted && !needs:
			t.Errorf("%s names its user now: take it out of crossTenant", name)
		}
	}
	for name := range crossTenant {
		if all[name] == "" {
			t.Errorf("crossTenant lists %s, which does not exist", name)
		}
	}
}

// SQL on tenants' tables is in queries/*.sql and filtered/*.sql, where the test above reads it.
func TestNoStatementOnATenantsTableIsWrittenInGo(t *testing.T) {
	t.Parallel()
	ofTenants := tables(t)
	read := 0
	for _, root := range []string{"../../internal", "../../cmd", "../.."} {
		err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case entry.IsDir() && path != root && (root == "../.." || path == "../../internal/test" || entry.Name() == "rows"):
				return filepath.SkipDir // subfolders of the root package; tools of tests; sqlc's code
			case entry.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			read++
			for _, text := range literals(t, path) {
				if table := ofTenants.FindString(text); table != "" {
					t.Errorf("%s has SQL of its own (%s …): it belongs in queries/*.sql or filtered/*.sql", path, table)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if read < 200 {
		t.Errorf("only %d files were read", read)
	}
}

// literals returns the string literals of a Go file.
func literals(t *testing.T, path string) (texts []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				texts = append(texts, text)
			}
		}
		return true
	})
	return texts
}
