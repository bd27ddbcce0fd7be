package pgrun

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
)

// minMajor is the oldest PostgreSQL that the migrations run on.
const minMajor = 15

// programs returns the folder of initdb and postgres. It is that of the installed ones if own is "", else
// that of a copy of own beside the data.
func programs(own, dataDir string) (string, error) {
	if own == "" {
		return findBinaries()
	}
	copied := dataDir + "-programs"
	bin := filepath.Join(copied, "bin")
	if isFile(filepath.Join(bin, "postgres")) {
		return bin, nil
	}
	return bin, os.CopyFS(copied, os.DirFS(own))
}

// findBinaries returns the folder of initdb and postgres: the newest that Debian's packages or
// Homebrew installed, or the one in PATH.
func findBinaries() (string, error) {
	var found []string
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin", "/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
	} {
		dirs, _ := filepath.Glob(pattern) // the patterns are well formed
		for _, dir := range dirs {
			if majorOf(dir) >= minMajor && isFile(filepath.Join(dir, "initdb")) {
				found = append(found, dir)
			}
		}
	}
	if len(found) > 0 {
		return slices.MaxFunc(found, func(a, b string) int { return cmp.Compare(majorOf(a), majorOf(b)) }), nil
	}
	if initdb, err := exec.LookPath("initdb"); err == nil {
		if real, err := filepath.EvalSymlinks(initdb); err == nil {
			return filepath.Dir(real), nil
		}
	}
	install := "apt-get install -y postgresql"
	if runtime.GOOS == "darwin" {
		install = "brew install postgresql@17"
	}
	return "", errors.New("PostgreSQL 15 or later is not installed: " + install)
}

// majorOf returns the version in the name of the folder above dir, or 0.
func majorOf(dir string) int {
	name := filepath.Base(filepath.Dir(dir))
	digits := ""
	for _, r := range name {
		if r < '0' || r > '9' {
			if digits != "" {
				break
			}
			continue
		}
		digits += string(r)
	}
	major, _ := strconv.Atoi(digits) // no digits: 0
	return major
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
