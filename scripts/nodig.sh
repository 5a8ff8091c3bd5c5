#!/usr/bin/env bash
# Tells in one sentence what a missing program needs; as root on Debian it
# installs Debian's own package where that one will do.
# Usage: scripts/nodig.sh go|node|npm|chromium …
set -euo pipefail

installeer() { # package
	[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return 1
	echo "make: $1 is missing; installing Debian's package." >&2
	{ apt-get install -y --no-install-recommends "$1" || { apt-get update && apt-get install -y --no-install-recommends "$1"; }; } >/tmp/soh-apt.$$ 2>&1 \
		&& rm -f /tmp/soh-apt.$$ \
		|| { tail -n 5 /tmp/soh-apt.$$ >&2; rm -f /tmp/soh-apt.$$; return 1; }
}

mis() { echo "make: $1" >&2; exit 1; }

for ding in "$@"; do
	case $ding in
	go)
		command -v go >/dev/null || mis 'Go is missing. Install Go 1.26 or newer from https://go.dev/dl/ and put its bin folder in PATH.'
		versie=$(GOTOOLCHAIN=local go env GOVERSION)
		if [[ $versie =~ ^go1\.([0-9]+) ]] && [ "${BASH_REMATCH[1]}" -lt 26 ] && [ "$(go env GOTOOLCHAIN)" = local ]; then
			mis "This is $versie; Go 1.26 or newer is needed. Get it from https://go.dev/dl/."
		fi
		;;
	node)
		command -v node >/dev/null || installeer nodejs || mis 'Node is missing. Install Node 20 or newer (Debian: apt-get install nodejs npm).'
		versie=$(node --version)
		versie=${versie#v}
		[ "${versie%%.*}" -ge 20 ] || mis "This is Node $versie; Node 20 or newer is needed."
		;;
	npm)
		command -v npm >/dev/null || installeer npm || mis 'npm is missing. It comes with Node (Debian: apt-get install npm).'
		;;
	chromium)
		for naam in chromium chromium-browser google-chrome; do
			command -v "$naam" >/dev/null && continue 2
		done
		installeer chromium || mis 'Chromium is missing; the browser tests need it (Debian: apt-get install chromium).'
		;;
	*) mis "nodig.sh does not know $ding." ;;
	esac
done
