#!/usr/bin/env bash
# Draws docs/images/message-*.png: a real alert with its picture, sent by a service of its own to each double, as the
# inbox shows it on a phone. usage: scripts/message-pictures.sh [folder]
set -euo pipefail
cd "$(dirname "$0")/.."
out=${1:-docs/images}
browser=$(command -v chromium-headless-shell || command -v chrome-headless-shell || command -v chromium)
folder=$(mktemp -d)
chmod 755 "$folder"
port=$((20000 + RANDOM % 20000))
bin/atalaya dev --data "$folder/data" --port "$port" > "$folder/log" 2>&1 &
pid=$!
trap 'kill "$pid"; wait "$pid" || true; rm -rf "$folder"' EXIT
wait_for() { for _ in $(seq 600); do if eval "$1" > /dev/null 2>&1; then return; fi; sleep 0.1; done; echo "not in time: $1" >&2; tail "$folder/log" >&2; exit 1; }
wait_for 'grep -q Ctrl-C "$folder/log"'
wait_for 'curl -fsS "http://127.0.0.1:$port/readyz"'
hook=$(grep -o "http://127.0.0.1:$port/webhook/[0-9a-f]*" "$folder/log" | head -1)
inbox=$(grep -o 'http://127.0.0.1:[0-9]*/inbox' "$folder/log" | head -1)
curl -fsS "$hook" -d '{"ticker":"BINANCE:BTCUSDT","price":67890.50,"direction":"LONG","signal_type":"EMA 9/21 crossed","indicator":"EMA Cross","interval":"60"}' > /dev/null
wait_for '[ "$(curl -fsS "$inbox" | grep -c "<article class=")" = 6 ] && [ "$(curl -fsS "$inbox" | grep -c "<img ")" = 4 ]'
while read -r service height; do
  "$browser" --no-sandbox --hide-scrollbars --user-data-dir="$folder/profile" --window-size="390,$height" \
    --screenshot="$out/message-$service.png" "$inbox?service=$service&bare=1" > /dev/null 2>&1
done <<END
telegram 650
discord 660
slack 465
email 685
ntfy 665
webhook 380
END
ls -l "$out"/message-*.png
