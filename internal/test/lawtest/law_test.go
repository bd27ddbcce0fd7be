package lawtest_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The kinds of packages, from the middle outwards.
//
//	words    the root package: what an alert, a signal, a capture are
//	pure     reading and policy without a world: alert
//	steps    ingest, capture, upkeep, events, notify: they declare what they need and import neither engines, nor
//	         doors, nor each other
//	engines  postgres, chromium, tradingview, blob, spool, certificate, netguard, secret, limits, auth, metrics,
//	         trace: the world; they satisfy the steps without importing them
//	doors    webhook, api, dashboard, operator: they and respond alone serve HTTP
//	app      the composition root
//
// allowed lists every import between packages of our modules, tests left out. A package that imports none is listed
// too, so that a new one is placed by hand.
var allowed = map[string][]string{
	"atalaya":                 {},
	"internal/alert":          {"atalaya"},
	"internal/config":         {"atalaya"},
	"internal/ingest":         {"atalaya", "internal/alert"},
	"internal/capture":        {"atalaya"},
	"internal/upkeep":         {"atalaya"},
	"internal/events":         {"atalaya"},
	"internal/notify":         {"atalaya"},
	"internal/notify/channel": {"atalaya", "internal/notify"},
	"internal/postgres":       {"atalaya", "internal/postgres/rows"},
	"internal/postgres/rows":  {}, // made by sqlc
	"supabase":                {}, // the embedded SQL
	"internal/chromium":       {},
	"internal/tradingview":    {"atalaya"},
	"internal/blob":           {},
	"internal/netguard":       {},
	"internal/secret":         {"atalaya"},
	"internal/certificate":    {},
	"internal/spool":          {"atalaya"},
	"internal/limits":         {"atalaya"},
	"internal/auth":           {"atalaya"},
	"internal/metrics":        {},
	"internal/trace":          {"atalaya"},
	"internal/respond":        {"atalaya"},
	"internal/dashboard":      {"atalaya", "internal/respond"},
	"internal/operator":       {"atalaya", "internal/respond"},
	"internal/webhook":        {"atalaya", "internal/respond"},
	"internal/api":            {"atalaya", "internal/alert", "internal/respond"},

	"internal/postgres/migrate": {"internal/postgres", "supabase"},

	"internal/app": {
		"atalaya", "internal/api", "internal/auth", "internal/blob", "internal/capture", "internal/certificate", "internal/chromium", "internal/config",
		"internal/dashboard", "internal/events", "internal/ingest", "internal/limits", "internal/metrics", "internal/netguard", "internal/notify", "internal/notify/channel", "internal/operator", "internal/postgres", "internal/postgres/migrate", "internal/respond", "internal/secret", "internal/spool",
		"internal/trace", "internal/tradingview", "internal/upkeep", "internal/webhook",
	},
	"internal/doctor": {
		"atalaya", "internal/app", "internal/auth", "internal/chromium", "internal/config", "internal/postgres", "internal/postgres/migrate", "internal/secret", "internal/spool",
		"internal/tradingview", "internal/upkeep",
	},
	"cmd/atalaya": {
		"atalaya", "internal/alert", "internal/app", "internal/auth", "internal/chartsite", "internal/config", "internal/dashboard", "internal/demo", "internal/doctor", "internal/notify/double", "internal/pgrun",
		"internal/postgres", "internal/postgres/migrate", "internal/respond", "internal/secret", "internal/spool", "internal/tradingview", "internal/upkeep",
	},

	// Development and tests.
	"internal/chartsite":     {"atalaya"},
	"internal/notify/double": {},
	"internal/pgrun":         {},
	"internal/test/testkit":  {"atalaya", "internal/config", "internal/pgrun", "internal/postgres", "internal/postgres/migrate", "internal/secret", "internal/test/program"},
	"internal/blob/blobtest": {"internal/blob"},
	"internal/auth/authtest": {},

	"internal/certificate/acmetest": {},

	"internal/blob/s3test":     {"internal/blob", "internal/blob/blobtest", "internal/test/program"},
	"internal/demo":            {"atalaya", "internal/alert", "internal/chartsite"},
	"acceptance/e2e":           {"atalaya", "internal/test/bouncer", "internal/chartsite", "internal/pgrun", "internal/test/program", "internal/test/web"},
	"acceptance/built":         {},
	"acceptance/command":       {},
	"acceptance/cmd/e2e":       {"internal/test/bouncer", "acceptance/command", "acceptance/e2e"},
	"acceptance/install":       {"internal/chartsite", "internal/pgrun", "internal/test/program", "internal/test/wait", "internal/test/web"},
	"acceptance/cmd/install":   {"acceptance/command", "acceptance/install"},
	"acceptance/attack":        {"internal/chartsite", "internal/pgrun", "internal/test/program", "internal/test/wait"},
	"acceptance/notify":        {"atalaya", "internal/auth", "internal/chartsite", "internal/notify/double", "internal/pgrun", "internal/test/program", "internal/test/wait", "internal/test/web"},
	"acceptance/operations":    {}, // only tests
	"acceptance/cmd/notify":    {"acceptance/command", "acceptance/notify"},
	"acceptance/cmd/attack":    {"acceptance/command", "acceptance/attack"},
	"internal/test/bouncer":    {"internal/test/program"},
	"internal/test/openapi":    {},
	"internal/test/program":    {},
	"internal/test/redistest":  {"internal/test/program", "internal/test/wait"},
	"internal/test/journal":    {},
	"internal/test/section":    {},
	"internal/test/wait":       {},
	"internal/test/web":        {},
	"deploy":                   {}, // only tests
	"internal/webhook/fuzzed":  {}, // only tests
	"internal/test/isolation":  {}, // only tests
	"internal/test/spooled":    {}, // only tests
	"internal/test/node":       {"atalaya"},
	"internal/test/browser":    {},
	"internal/test/matrix":     {"atalaya", "internal/app", "internal/chartsite"},
	"internal/test/matrix/run": {"internal/test/matrix"},
	"bench/capture":            {"atalaya", "internal/app", "internal/chartsite", "internal/test/program"},
	"bench/ingest":             {"atalaya", "internal/pgrun", "internal/postgres/migrate", "internal/secret", "internal/test/program"},
	"bench/reads":              {"atalaya", "internal/auth", "internal/pgrun", "internal/postgres/migrate", "internal/secret", "internal/test/program"},
	"bench/chaos":              {"atalaya", "internal/blob/blobtest", "internal/chartsite", "internal/notify/double", "internal/pgrun", "internal/postgres/migrate", "internal/secret", "internal/test/program"},
	"internal/test/lawtest":    {},
	"acceptance":               {"internal/auth/authtest", "internal/blob/blobtest", "internal/chartsite", "internal/pgrun", "internal/test/program", "supabase"},
	"acceptance/cmd/supabase":  {"acceptance", "acceptance/command"},
	"acceptance/cmd/example":   {"acceptance", "acceptance/command"},
	"acceptance/cmd/dashboard": {"acceptance", "acceptance/command"},
}

// owners are the only packages that may import a library, by its prefix. Every package may import a library that
// is missing here.
var owners = map[string][]string{
	"github.com/chromedp/":           {"bench/capture", "internal/chromium", "internal/test/browser"},
	"github.com/riverqueue/":         {"internal/postgres", "internal/postgres/migrate"},
	"riverqueue.com/riverui":         {"internal/app"},
	"github.com/pressly/goose/":      {"internal/postgres/migrate"},
	"go.etcd.io/bbolt":               {"internal/spool"},
	"github.com/jackc/pgx/":          {"acceptance", "acceptance/attack", "acceptance/install", "acceptance/notify", "bench/chaos", "bench/ingest", "bench/reads", "internal/app", "internal/test/bouncer", "acceptance/e2e", "internal/pgrun", "internal/postgres", "internal/postgres/migrate", "internal/postgres/rows", "internal/test/testkit"},
	"github.com/danielgtaylor/huma/": {"internal/api"},
	"github.com/wneessen/go-mail":    {"internal/notify/channel"},
	"github.com/rivo/uniseg":         {"internal/notify"},
	"github.com/emersion/":           {"internal/notify/double"},
	"github.com/standard-webhooks/":  {}, // tests only
	"github.com/rs/cors":             {"internal/api"},
	"github.com/golang-jwt/":         {"acceptance", "internal/auth"},
	"github.com/MicahParks/":         {"internal/auth"},
	"github.com/prometheus/":         {"bench/chaos", "internal/metrics"},
	"github.com/minio/":              {"internal/blob", "internal/blob/s3test"},
	"go.opentelemetry.io/otel":       {"internal/postgres", "internal/trace"},
	"github.com/redis/":              {"internal/app", "internal/limits"},
	"github.com/caarlos0/env/":       {"internal/config"},
	"github.com/joho/godotenv":       {"cmd/atalaya", "internal/config", "acceptance/e2e"},
	"github.com/alecthomas/kong":     {"cmd/atalaya"},
	"github.com/willabides/":         {"cmd/atalaya"},
	"github.com/caddyserver/":        {"internal/certificate"},
	"go.uber.org/zap":                {"internal/certificate"},
	"github.com/letsencrypt/":        {"internal/certificate/acmetest"},
	"github.com/miekg/dns":           {"internal/certificate/acmetest"},
	"golang.org/x/net/":              {"internal/netguard"},
	"github.com/pb33f/":              {"internal/test/openapi"},
	"github.com/google/go-cmp/":      {}, // tests only
	"go.uber.org/goleak":             {}, // tests only
}

// module is the path before every package of ours, in every module.
const module = "atalaya"

// name is how the tables above call a package: its path inside the module.
func name(path string) string { return strings.TrimPrefix(path, module+"/") }

// ours reports whether a path lies in this module.
func ours(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// modules are the folders of our modules: the program, and two that measure and try it from outside.
var modules = []string{"../../..", "../../../bench", "../../../acceptance"}

// imports lists every package of our modules with what it imports outside its tests.
func imports(t *testing.T) map[string][]string {
	t.Helper()
	found := make(map[string][]string)
	for _, folder := range modules {
		cmd := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports", "./...")
		cmd.Dir = folder
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("go list in %s: %v\n%s", folder, err, stderr.String())
		}
		for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
			var pkg struct {
				ImportPath string
				Imports    []string
			}
			if err := decoder.Decode(&pkg); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatal(err)
			}
			found[name(pkg.ImportPath)] = pkg.Imports
		}
	}
	return found
}

func TestImportsBetweenPackagesAreThoseOfTheTable(t *testing.T) {
	t.Parallel()
	found := imports(t)
	for pkg, list := range found {
		may, listed := allowed[pkg]
		if !listed {
			t.Errorf("%s is not in the table: decide what it may import", pkg)
			continue
		}
		for _, path := range list {
			if ours(path) && !slices.Contains(may, name(path)) {
				t.Errorf("%s may not import %s", pkg, name(path))
			}
		}
		for _, path := range may {
			full := module + "/" + path
			if path == module {
				full = module
			}
			if !slices.Contains(list, full) {
				t.Errorf("%s does not import %s: take it from the table", pkg, path)
			}
		}
	}
	for pkg := range allowed {
		if _, exists := found[pkg]; !exists {
			t.Errorf("%s is in the table and does not exist", pkg)
		}
	}
}

func TestTheWordsOfTheDomainNeedTheStandardLibraryAndDecimalsOnly(t *testing.T) {
	t.Parallel()
	for _, path := range imports(t)[module] {
		first, _, _ := strings.Cut(path, "/")
		if strings.Contains(first, ".") && path != "github.com/shopspring/decimal" {
			t.Errorf("the root package imports %s", path)
		}
	}
}

func TestLibrariesAreImportedByTheirOwnersAlone(t *testing.T) {
	t.Parallel()
	used := make(map[string][]string)
	for pkg, list := range imports(t) {
		for _, path := range list {
			for library, may := range owners {
				if !strings.HasPrefix(path, library) {
					continue
				}
				used[library] = append(used[library], pkg)
				if !slices.Contains(may, pkg) {
					t.Errorf("%s may not import %s", pkg, path)
				}
			}
		}
	}
	for library, may := range owners {
		if !required(t, library) {
			t.Errorf("no go.mod requires %s: take it from the table", library)
		}
		for _, pkg := range may {
			if !slices.Contains(used[library], pkg) {
				t.Errorf("%s does not import %s: take it from the table", pkg, library)
			}
		}
	}
}

// required reports whether a module of ours requires a library, by its prefix, and not only because
// another library does.
func required(t *testing.T, library string) bool {
	t.Helper()
	for _, folder := range modules {
		text, err := os.ReadFile(filepath.Join(folder, "go.mod"))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			path, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(line), "require "), " ")
			if strings.HasPrefix(path+"/", library) && !strings.Contains(line, "// indirect") {
				return true
			}
		}
	}
	return false
}

// Only the doors and respond serve HTTP. Other packages may make requests and hand a handler to a server, but not
// answer.
func TestStepsAndEnginesOfRowsDoNotKnowHTTP(t *testing.T) {
	t.Parallel()
	found := imports(t)
	for _, pkg := range []string{
		module, "internal/alert", "internal/ingest", "internal/capture", "internal/upkeep", "internal/events", "internal/postgres", "internal/secret", "internal/config",
	} {
		if slices.Contains(found[pkg], "net/http") {
			t.Errorf("%s imports net/http", pkg)
		}
	}
}
