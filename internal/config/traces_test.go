package config_test

import (
	"strings"
	"testing"

	"atalaya/internal/config"
)

func TestTracesHaveACollectorWithHeadersThatAreSecret(t *testing.T) {
	t.Parallel()
	vars := hosted()
	vars["OTEL_EXPORTER_OTLP_ENDPOINT"], vars["OTEL_EXPORTER_OTLP_HEADERS"] = "https://otel.example.com", "x-key=a%20key, x-team = blue,"
	vars["OTEL_TRACES_SAMPLER"], vars["OTEL_TRACES_SAMPLER_ARG"] = "parentbased_traceidratio", "0.1"
	headers, err := load(t, vars).TraceHeaders()
	if err != nil || len(headers) != 2 || headers["x-key"] != "a key" || headers["x-team"] != "blue" {
		t.Errorf("headers %v, %v", headers, err)
	}
	for name, bad := range map[string]string{
		"OTEL_EXPORTER_OTLP_ENDPOINT": "localhost:4317", "OTEL_EXPORTER_OTLP_HEADERS": "hunter2", "OTEL_TRACES_SAMPLER": "jaeger_remote", "OTEL_TRACES_SAMPLER_ARG": "NaN",
	} {
		vars := hosted()
		vars[name] = bad
		_, err := config.Load(vars)
		if err == nil || lineOf(err.Error(), name) == "" || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s=%s: %v", name, bad, err)
		}
	}
}
