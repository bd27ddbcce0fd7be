#!/usr/bin/env bash
# Installs what `make run` or `make test` needs and the machine lacks: a PostgreSQL server, a browser and fonts. For
# the tests it also installs pgTAP, plpgsql_check, Redis, nginx and Caddy, for `make chaos` the library that moves a
# process's clock, and for `make test-install` what builds and boots a Debian. It prints nothing if nothing is
# missing. If it cannot install, it prints the command to run.
#
#   scripts/install.sh run|test|bench|install
set -euo pipefail

readonly purpose=${1:-run}
readonly oldest_postgres=15

# postgres_bin prints the folder of the newest PostgreSQL server that is new enough. The program
# looks in the same places.
postgres_bin() {
  local dir major best= best_major=0
  for dir in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql@*/bin \
    /usr/local/opt/postgresql@*/bin /Applications/Postgres.app/Contents/Versions/*/bin "$(dirname "$(command -v initdb || echo /)")"; do
    [ -x "$dir/initdb" ] && [ -x "$dir/postgres" ] || continue
    major=$("$dir/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
    if [ "$major" -ge $oldest_postgres ] && [ "$major" -gt "$best_major" ]; then
      best=$dir best_major=$major
    fi
  done
  [ -n "$best" ] && echo "$best"
}

has_browser() {
  local place
  for place in "${PUPPETEER_EXECUTABLE_PATH:-}" /usr/lib/chromium/chromium-headless-shell chromium-headless-shell \
    chrome-headless-shell headless_shell chromium google-chrome google-chrome-stable microsoft-edge \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" \
    "/Applications/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing" \
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge"; do
    place=$(command -v "$place" 2>/dev/null) && ! is_snap "$place" && return
  done
  return 1
}

# is_snap succeeds for a browser in a snap, which can use neither our folders nor our user.
is_snap() {
  case $(readlink -f "$1") in */snap | */snap/*) return 0 ;; esac
  [ "$(head -c 2 "$1" 2>/dev/null | tr -d '\0')" = '#!' ] && grep -q '/snap/bin/' "$1" 2>/dev/null
}

# has_extension succeeds if the server that the tests start has the extension.
has_extension() {
  local bin
  bin=$(postgres_bin) && [ -f "$("$bin/pg_config" --sharedir 2>/dev/null ||
    echo "/usr/share/postgresql/$(basename "$(dirname "$bin")")")/extension/$1.control" ]
}

# has_pgtap succeeds if the extension and the program that runs it are there.
has_pgtap() { command -v pg_prove >/dev/null && has_extension pgtap; }

installed() { [ "$(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

# --- Debian and Ubuntu ---

# available succeeds if apt can install the package, and the package does not only point at a snap.
available() {
  local candidate
  candidate=$(apt-cache policy "$1" 2>/dev/null | sed -n 's/^ *Candidate: //p')
  [ -n "$candidate" ] && [ "$candidate" != "(none)" ] && [[ $candidate != *snap* ]]
}

# missing_packages prints the packages that this machine lacks.
missing_packages() {
  local bin major
  if bin=$(postgres_bin); then
    major=$("$bin/postgres" --version | sed -E 's/[^0-9]*([0-9]+).*/\1/')
  else
    major=$(apt-cache --names-only search '^postgresql-[0-9]+$' | sed -E 's/^postgresql-([0-9]+) .*/\1/' | sort -n | tail -1)
    echo "postgresql-${major:-$oldest_postgres}"
  fi
  if ! has_browser; then
    if available chromium-headless-shell || ! available chromium; then echo chromium-headless-shell; else echo chromium; fi
  fi
  installed fonts-liberation || installed fonts-liberation2 || installed fonts-dejavu-core || echo fonts-liberation
  installed fonts-noto-cjk || echo fonts-noto-cjk
  installed fonts-noto-color-emoji || echo fonts-noto-color-emoji
  if [ "$purpose" = test ] && ! has_pgtap; then
    echo "postgresql-${major:-$oldest_postgres}-pgtap"
    command -v pg_prove >/dev/null || echo libtap-parser-sourcehandler-pgtap-perl
  fi
  if [ "$purpose" = test ] && ! has_extension plpgsql_check; then
    echo "postgresql-${major:-$oldest_postgres}-plpgsql-check"
  fi
  if [ "$purpose" != run ]; then
    command -v redis-server >/dev/null || echo redis-server
    installed pgbouncer || [ -x /usr/sbin/pgbouncer ] || command -v pgbouncer >/dev/null || echo pgbouncer
  fi
  if [ "$purpose" = test ] || [ "$purpose" = install ]; then
    [ -x /usr/sbin/nginx ] || command -v nginx >/dev/null || echo nginx
    command -v caddy >/dev/null || echo caddy
    command -v systemd-analyze >/dev/null || echo systemd
  fi
  if [ "$purpose" = install ]; then
    command -v debootstrap >/dev/null || echo debootstrap
    command -v systemd-nspawn >/dev/null || echo systemd-container
  fi
  if [ "$purpose" = bench ]; then
    installed libfaketime || echo libfaketime
    command -v chromium >/dev/null || echo chromium
  fi
}

# as_root runs its arguments as root, or fails.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

can_be_root() {
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && { sudo -n true 2>/dev/null || [ -t 0 ]; }; }
}

apt_install() {
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

# A server package creates and starts a cluster unless a setting forbids it. The program only needs the binaries.
# The machine's setting is restored afterwards.
install_packages() {
  local conf=/etc/postgresql-common/createcluster.conf saved
  if [[ " $* " == *" postgresql-"[0-9]* ]]; then
    apt_install postgresql-common >&2
    saved=$(mktemp)
    cat "$conf" >"$saved"
    { grep -v '^ *create_main_cluster' "$saved" || true; echo 'create_main_cluster = false'; } | as_root tee "$conf" >/dev/null
    apt_install "$@" >&2 || { as_root tee "$conf" <"$saved" >/dev/null; return 1; }
    as_root tee "$conf" <"$saved" >/dev/null
    rm -f "$saved"
    return
  fi
  apt_install "$@" >&2
}

with_apt() {
  local packages
  packages=$(missing_packages | tr '\n' ' ')
  [ -n "$packages" ] || return 0
  if ! can_be_root; then
    echo "These packages are missing and only root can install them. Run:" >&2
    echo "  apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $packages" >&2
    return 1
  fi
  as_root apt-get update -qq >&2 || echo "apt-get update failed; trying with the lists that are here" >&2
  packages=$(missing_packages | tr '\n' ' ') # the lists may know newer names now
  local names name wanted=()
  read -ra names <<<"$packages"
  for name in "${names[@]}"; do
    if available "$name"; then wanted+=("$name"); else unavailable "$name"; fi
  done
  [ ${#wanted[@]} -eq 0 ] && return
  echo "Installing ${wanted[*]}" >&2
  install_packages "${wanted[@]}"
}

# unavailable prints what to do about a package that apt does not offer here.
unavailable() {
  case $1 in
  postgresql-*-plpgsql-check) echo "apt has no $1; install plpgsql_check by hand: https://github.com/okbob/plpgsql_check" >&2 ;;
  postgresql-*-pgtap | libtap*) echo "apt has no $1; install pgTAP and pg_prove by hand: https://pgtap.org" >&2 ;;
  postgresql-*) echo "apt has no PostgreSQL $oldest_postgres or later here; install one: https://www.postgresql.org/download/" >&2 ;;
  chromium*) echo "apt has no Chromium outside a snap here; install Google Chrome: https://www.google.com/chrome/ (or set PUPPETEER_EXECUTABLE_PATH)" >&2 ;;
  *) echo "apt has no $1; texts in that script will show as boxes" >&2 ;;
  esac
}

# --- the last word, on every system ---

problem=0
need() {
  echo "missing: $1" >&2
  problem=1
}

# either prints its first argument on macOS and its second elsewhere.
either() { if [ "$(uname)" = Darwin ]; then echo "$1"; else echo "$2"; fi; }

complete() {
  command -v go >/dev/null || need "Go 1.26 or later: https://go.dev/dl/"
  [ "$purpose" = run ] || command -v npm >/dev/null || need "Node.js 20 or later with npm: https://nodejs.org"
  postgres_bin >/dev/null || need "a PostgreSQL server, $oldest_postgres or later: $(either 'brew install postgresql@17' 'https://www.postgresql.org/download/')"
  has_browser || need "a browser: $(either 'brew install --cask google-chrome' 'chromium-headless-shell, chromium or Google Chrome')"
  if [ "$purpose" = test ]; then
    has_pgtap || need "pgTAP with pg_prove: $(either 'brew install pgtap; cpan TAP::Parser::SourceHandler::pgTAP' 'https://pgtap.org')"
    has_extension plpgsql_check || need "plpgsql_check, a PostgreSQL extension: https://github.com/okbob/plpgsql_check"
    command -v node >/dev/null || need "Node.js 20 or later: https://nodejs.org"
    command -v "${CC:-cc}" >/dev/null || command -v gcc >/dev/null || need "a C compiler, for the race detector: $(either 'xcode-select --install' 'gcc')"
  fi
  return $problem
}

if command -v apt-get >/dev/null && command -v dpkg-query >/dev/null; then
  with_apt || problem=1
fi
complete
