#!/usr/bin/env bash
# tier.sh pure|database|browser: lists the packages of the program by what their tests need. If the tests of a
# package import chromedp, it is in the tier browser. If they run PostgreSQL, Redis or Node.js, it is in the tier
# database. Every other package is pure: its tests need nothing installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tier=${1:?pure, database or browser}

go list -test -f '{{.ImportPath}} {{join .Deps " "}}' ./... | awk -v want="$tier" '
  $1 !~ /\.test$/ { next } # the program that go test makes: it depends on all that the tests do
  {
    name = $1; sub(/\.test$/, "", name)
    tier = "pure"
    if ($0 ~ / atalaya\/internal\/(pgrun|test\/redistest|test\/node)([ \[]|$)/) tier = "database"
    if ($0 ~ / github.com\/chromedp\/chromedp[ \[]| github.com\/chromedp\/chromedp$/) tier = "browser"
    if (tier == want) print name
  }'
