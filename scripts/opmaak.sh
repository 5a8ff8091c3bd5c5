#!/usr/bin/env bash
# Fails with the names of Go files that gofmt would change.
set -euo pipefail
fout=$(git ls-files -z --cached --others --exclude-standard '*.go' | xargs -0 -r ls 2>/dev/null | xargs -r gofmt -l)
if [ -n "$fout" ]; then
	echo "make: not formatted; run gofmt -w on:" >&2
	echo "$fout" >&2
	exit 1
fi
