package metrics

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/VictoriaMetrics/metricsql"
	"github.com/prometheus/client_golang/prometheus"
	"go.yaml.in/yaml/v3"
)

// described returns the metrics of a process by name, with their labels.
func described(t *testing.T) map[string][]string {
	t.Helper()
	m := New()
	m.WatchQueue(func() (Queue, error) { return Queue{}, nil })
	m.WatchStreams(func() int { return 0 })
	m.WatchSpool(func() Spool { return Spool{} })
	m.Built("v1", "web")
	descriptions := make(chan *prometheus.Desc)
	go func() { m.registry.Describe(descriptions); close(descriptions) }()
	found := map[string][]string{"up": nil}
	form := regexp.MustCompile(`fqName: "([^"]+)".*constLabels: \{([^}]*)\}, variableLabels: \{([^}]*)\}`)
	for d := range descriptions {
		parts := form.FindStringSubmatch(d.String())
		if parts == nil {
			t.Fatalf("a description that cannot be read: %s", d)
		}
		var labels []string
		for label := range strings.SplitSeq(parts[2]+","+parts[3], ",") {
			if name, _, _ := strings.Cut(label, "="); name != "" {
				labels = append(labels, name)
			}
		}
		found[parts[1]] = labels
	}
	return found
}

// query is a query and its place in a file.
type query struct{ place, text string }

func TestEveryQueryOfTheDashboardAndTheRulesNamesAMetricThatExists(t *testing.T) {
	t.Parallel()
	known := described(t)
	queries := append(dashboardQueries(t, "../../deploy/grafana/atalaya.json"), ruleQueries(t, "../../deploy/prometheus/alerts.yaml")...)
	if len(queries) < 40 {
		t.Fatalf("only %d queries are found", len(queries))
	}
	used := map[string]bool{}
	for _, q := range queries {
		expression, err := metricsql.Parse(strings.NewReplacer("$__rate_interval", "5m", "$job", ".*").Replace(q.text))
		if err != nil {
			t.Errorf("%s: %q is no query: %v", q.place, q.text, err)
			continue
		}
		metricsql.VisitAll(expression, func(e metricsql.Expr) {
			if metric, ok := e.(*metricsql.MetricExpr); ok {
				judgeMetric(t, q, metric, known, used)
			}
		})
	}
	for name := range known {
		if strings.HasPrefix(name, "atalaya_") && !used[name] {
			t.Errorf("%s is used by no panel and no rule", name)
		}
	}
}

// judgeMetric fails the test for a metric or a label that does not exist.
func judgeMetric(t *testing.T, q query, metric *metricsql.MetricExpr, known map[string][]string, used map[string]bool) {
	t.Helper()
	for _, filters := range metric.LabelFilterss {
		name := ""
		for _, filter := range filters {
			if filter.Label == "__name__" {
				name = filter.Value
			}
		}
		family := name
		for _, suffix := range []string{"_bucket", "_sum", "_count"} {
			if base, ok := strings.CutSuffix(name, suffix); ok && known[name] == nil {
				family = base
			}
		}
		labels, ok := known[family]
		if !ok {
			t.Errorf("%s: there is no metric %q in %q", q.place, name, q.text)
			continue
		}
		used[family] = true
		for _, filter := range filters {
			if !slices.Contains(append([]string{"__name__", "job", "instance", "le"}, labels...), filter.Label) {
				t.Errorf("%s: %s has no label %q", q.place, family, filter.Label)
			}
		}
	}
}

func dashboardQueries(t *testing.T, file string) (list []query) {
	t.Helper()
	var dashboard struct {
		Panels []struct {
			ID      int
			Type    string
			Title   string
			Targets []struct{ Expr string }
		}
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &dashboard)
	}
	if err != nil {
		t.Fatal(err)
	}
	ids := map[int]bool{}
	for _, panel := range dashboard.Panels {
		if ids[panel.ID] || panel.Title == "" || len(panel.Targets) == 0 && panel.Type != "row" {
			t.Errorf("panel %d %q has another's id, no title or no query", panel.ID, panel.Title)
		}
		ids[panel.ID] = true
		for _, target := range panel.Targets {
			list = append(list, query{"dashboard, " + panel.Title, target.Expr})
		}
	}
	return list
}

func ruleQueries(t *testing.T, file string) (list []query) {
	t.Helper()
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr         string
				Labels, Annotations map[string]string
			}
		}
	}
	text, err := os.ReadFile(file)
	if err == nil {
		err = yaml.Unmarshal(text, &rules)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range rules.Groups {
		for _, rule := range group.Rules {
			if rule.Labels["severity"] == "" || rule.Annotations["summary"] == "" || rule.Annotations["cure"] == "" {
				t.Errorf("rule %q has no severity, no summary or no cure", rule.Alert)
			}
			list = append(list, query{"rule " + rule.Alert, rule.Expr})
		}
	}
	return list
}

func TestTheOperatorsTableHasEveryMetric(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/operations.md")
	if err != nil {
		t.Fatal(err)
	}
	known := described(t)
	for name := range known {
		if strings.HasPrefix(name, "atalaya_") && !strings.Contains(string(text), "| `"+name+"` |") {
			t.Errorf("docs/operations.md has no line for %s", name)
		}
	}
	for _, found := range regexp.MustCompile("(?m)^\\| `(atalaya_[a-z_]+)` \\|").FindAllStringSubmatch(string(text), -1) {
		if _, ok := known[found[1]]; !ok {
			t.Errorf("docs/operations.md lists %s, which does not exist", found[1])
		}
	}
}
