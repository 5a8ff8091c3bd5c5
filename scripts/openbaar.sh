#!/usr/bin/env bash
# Lets public tools that others made judge the ledger: Tessera's fsck and
# torchwood's litewitness, built outside our own module, once per version.
# The tools out of reach is an error: a check that did not run is not a pass.
# Usage: scripts/openbaar.sh <go> <package@version> …
set -euo pipefail
go=$1
shift
bin=$(cd "$(dirname "$0")/.." && pwd)/bin/openbaar
mkdir -p "$bin"
rm -f "$bin/niet-te-bouwen"
for pakket in "$@"; do
	naam=$(basename "${pakket%@*}")
	[ "$(cat "$bin/$naam.versie" 2>/dev/null)" = "$pakket" ] && [ -x "$bin/$naam" ] && continue
	if ! GOBIN="$bin" GOFLAGS=-mod=mod "$go" install "$pakket" >"$bin/$naam.log" 2>&1; then
		tail -n 5 "$bin/$naam.log" >&2
		touch "$bin/niet-te-bouwen" # tells CI that nothing was found wrong, only out of reach
		echo "openbaar: NOT CHECKED, $pakket cannot be built here. Without network? Then this check can wait." >&2
		exit 1
	fi
	echo "$pakket" >"$bin/$naam.versie"
done
OPENBAAR_BIN=$bin "$go" test -count=1 -tags openbaar -run '^TestOpenbaar$' ./cmd/soh
