package config_test

import (
	"flag"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/joho/godotenv"

	"atalaya/internal/config"
)

var update = flag.Bool("update", false, "write the generated files instead of comparing them")

func TestGeneratedFilesAreCurrent(t *testing.T) {
	t.Parallel()
	for file, want := range map[string]string{"../../docs/configuration.md": config.Markdown(), "../../.env.example": config.EnvExample()} {
		if *update {
			if err := os.WriteFile(file, []byte(want), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s is not current: make generate", file)
		}
	}
}

func TestEverySettingIsExplained(t *testing.T) {
	t.Parallel()
	names := make(map[string]bool)
	for _, s := range config.Settings() {
		if s.Name == "" || s.Group == "" || !strings.HasSuffix(s.Doc, ".") {
			t.Errorf("%+v lacks a name, a group or a sentence", s)
		}
		if names[s.Name] {
			t.Errorf("%s is declared twice", s.Name)
		}
		names[s.Name] = true
	}
	if fields := reflect.TypeFor[config.Config]().NumField() - 1; len(names) != fields {
		t.Errorf("%d settings are declared for %d fields", len(names), fields)
	}
}

// The example as it is sets nothing, so the required settings are still missing.
func TestTheExampleFileHoldsEverySettingAndNoValue(t *testing.T) {
	t.Parallel()
	vars, err := godotenv.Unmarshal(config.EnvExample())
	if err != nil {
		t.Fatal(err)
	}
	for _, value := range slices.Collect(maps.Values(vars)) {
		if value != "" {
			t.Errorf("the example sets %q", value)
		}
	}
	for _, s := range config.Settings() {
		if !strings.Contains(config.EnvExample(), s.Name+"=") {
			t.Errorf("%s is not in the example", s.Name)
		}
	}
	if _, err := config.Load(vars); err == nil || !strings.Contains(err.Error(), "ENCRYPTION_KEY is required") {
		t.Errorf("the empty example gives %v", err)
	}
}
