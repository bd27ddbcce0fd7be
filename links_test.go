package atalaya_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"atalaya/internal/config"
)

var (
	named       = regexp.MustCompile("`([^`\n]+)`")
	makeTarget  = regexp.MustCompile(`(?:^|\s)make ([a-z][a-z-]*)`)
	setting     = regexp.MustCompile(`\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b`)
	repoPath    = regexp.MustCompile(`(?:^|\s|\./)((?:acceptance|bench|cmd|deploy|docs|examples|internal|scripts|supabase|tools|web)/[A-Za-z0-9._/-]*[A-Za-z0-9_])`)
	goTest      = regexp.MustCompile(`go test (?:-C (\w+) )?\./(\S+)(?:.*? -(?:run|bench) '?(\w+))?`)
	notInAnchor = regexp.MustCompile(`[^\p{L}\p{N} _-]`)
)

// foreign are names in capitals that are no settings of the service: programs' and libraries' own, those of scripts
// and tests, and parts of names.
var foreign = regexp.MustCompile(`^(ATALAYA_\w+|GOTRUE_\w+|PG\w+|POSTGRES_\w+|OTEL_\w+|NEXT_PUBLIC_\w+|NODE_ENV|FALLBACK_QUOTA|USE_BROWSER_POOL|POOL_\w*|SCREENSHOT_(?:WIDTH|HEIGHT)|WORKER_(?:RATE|LOCK|MAX|STALLED)_\w+|TELEGRAM_CHANNEL_ID|TV_\w*|CHART_LOAD_WAIT|BUY_SIGNAL|SELL_SIGNAL|ENTER_\w+|ON_ERROR_STOP|MY_\w+|STOP_PRICE|APP_\w+|SIGNAL_ID|\w+_\d{8}T\d{6}Z)$`)

// pages returns the names of the documents that people read.
func pages(t *testing.T) []string {
	t.Helper()
	found, err := filepath.Glob("docs/*.md")
	if err != nil || len(found) < 15 {
		t.Fatalf("only %q were found: %v", found, err)
	}
	return append(found, "README.md", "README.es.md", "CONTRIBUTING.md", "CHANGELOG.md", "examples/nextjs/README.md")
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// anchors returns the anchors of a page's headings, as GitHub makes them.
func anchors(page string) map[string]bool {
	found := map[string]bool{}
	for line := range strings.Lines(page) {
		if heading.MatchString(line) {
			text := strings.ToLower(strings.TrimSpace(strings.TrimLeft(line, "#")))
			found[strings.ReplaceAll(notInAnchor.ReplaceAllString(text, ""), " ", "-")] = true
		}
	}
	return found
}

func TestEveryLinkOfTheDocsLeadsSomewhere(t *testing.T) {
	t.Parallel()
	for _, page := range pages(t) {
		for _, found := range link.FindAllStringSubmatch(read(t, page), -1) {
			if strings.Contains(found[1], "://") || strings.HasPrefix(found[1], "mailto:") {
				continue
			}
			target, anchor, _ := strings.Cut(found[1], "#")
			file := page
			if target != "" {
				file = filepath.Join(filepath.Dir(page), target)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s links to %s: %v", page, found[1], err)
			} else if anchor != "" && !anchors(read(t, file))[anchor] {
				t.Errorf("%s links to %s, and %s has no such heading", page, found[1], file)
			}
		}
	}
}

// code returns the inline code and the lines of code of a page.
func code(page string) (list []string) {
	inCode := false
	for line := range strings.Lines(page) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			inCode = !inCode
			continue
		}
		if inCode {
			list = append(list, strings.TrimSpace(line))
			continue
		}
		for _, found := range named.FindAllStringSubmatch(line, -1) {
			list = append(list, found[1])
		}
	}
	return list
}

func TestTheDocsNameOnlyTargetsFilesTestsAndSettingsThatExist(t *testing.T) {
	t.Parallel()
	makefile := "\n" + read(t, "Makefile")
	settings := map[string]bool{}
	for _, s := range config.Settings() {
		settings[s.Name] = true
	}
	for _, page := range pages(t) {
		for _, text := range code(read(t, page)) {
			for _, found := range makeTarget.FindAllStringSubmatch(text, -1) {
				if !strings.Contains(makefile, "\n"+found[1]+":") {
					t.Errorf("%s names make %s, which the Makefile does not have", page, found[1])
				}
			}
			for _, found := range goTest.FindAllStringSubmatch(text, -1) {
				if !hasTest(t, filepath.Join(found[1], found[2]), found[3]) {
					t.Errorf("%s names %q, and there is no such test", page, found[0])
				}
			}
			for _, found := range repoPath.FindAllStringSubmatch(text, -1) {
				if _, err := os.Stat(found[1]); err != nil && !strings.Contains(text, "://") {
					t.Errorf("%s names %s: %v", page, found[1], err)
				}
			}
			for _, found := range setting.FindAllString(text, -1) {
				if !settings[found] && !foreign.MatchString(found) && page != "CHANGELOG.md" {
					t.Errorf("%s names %s, which is no setting", page, found)
				}
			}
		}
	}
}

// hasTest reports whether a folder has a test, benchmark or fuzz test whose name contains a word. "" matches any.
func hasTest(t *testing.T, dir, name string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	want := regexp.MustCompile(`\nfunc (?:Test|Benchmark|Fuzz)\w*` + regexp.QuoteMeta(name))
	for _, file := range files {
		if want.MatchString(read(t, file)) {
			return true
		}
	}
	return false
}
