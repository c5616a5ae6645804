#!/usr/bin/env bash
# bash run.sh              sets up, builds, runs the demo suite into artifacts/demo
# bash run.sh test         sets up, builds, runs every test, ends with one line of counts
# bash run.sh setup        sets up and builds only
# bash run.sh VERB ...     is `parity VERB ...`
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)"
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
parity="$root/harness/Parity.Cli/bin/Release/net10.0/parity.dll"

say() { printf '%s\n' "$*" >&2; }

# Debian packages the product (and, for tests, the browser) needs, when they are missing.
need_packages() {
    local missing=() package
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing+=("$package")
    done
    [ ${#missing[@]} -eq 0 ] && return
    if ! command -v apt-get >/dev/null; then
        say "parity: install what Debian calls: ${missing[*]}"; exit 3
    elif [ "$(id -u)" -ne 0 ]; then
        say "parity: missing packages. Run: sudo apt-get install -y --no-install-recommends ${missing[*]}"; exit 3
    fi
    say "installing ${missing[*]}"
    apt-get update -qq >&2
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >&2
}

need_command() {
    command -v "$1" >/dev/null || { say "parity: '$1' is missing. $2"; exit 3; }
}

setup() {
    need_command dotnet "Install the .NET 10 SDK (https://dotnet.microsoft.com/download)."
    need_command npm "Install Node.js 20 or later with npm: it fetches ONNX Runtime."
    need_packages libturbojpeg0
    if ! cmp -s "$root/package-lock.json" "$root/node_modules/.parity-lock"; then
        say "fetching ONNX Runtime (npm ci)"
        (cd "$root" && npm ci --ignore-scripts --no-audit --no-fund >&2)
        cp "$root/package-lock.json" "$root/node_modules/.parity-lock"
    fi
}

# Builds $1 in Release unless nothing changed since it was last built.
build() {
    local stamp="$root/.setup/$(basename "$1").built"
    if [ -f "$stamp" ] && [ -f "$parity" ] && [ -z "$(newer_sources "$stamp")" ]; then
        return
    fi
    say "building $(basename "$1") (Release)"
    mkdir -p "$root/.setup"
    touch "$stamp.begun"
    dotnet build "$1" -c Release -v quiet -clp:NoSummary --nologo >&2
    mv "$stamp.begun" "$stamp"
}

newer_sources() {
    find "$root" \( -name bin -o -name obj -o -name node_modules -o -name artifacts -o -name .git -o -name .setup \) -prune -o \
        -type f \( -name '*.cs' -o -name '*.csproj' -o -name '*.props' -o -name '*.targets' -o -name '*.razor' -o -name '*.css' -o -name '*.js' -o -name '*.proto' -o -name '*.lock.json' -o -name 'BannedSymbols.txt' \) \
        -newer "$1" -print -quit
}

run_tests() {
    need_packages chromium xz-utils
    build "$root/Parity.sln"
    local results="$root/artifacts/test" status=0
    rm -rf "$results"
    mkdir -p "$results"
    dotnet test "$root/Parity.sln" -c Release --no-build --nologo -v quiet \
        --logger "trx" --logger "console;verbosity=minimal" --results-directory "$results" "$@" || status=$?
    # One closing line over all projects; a run without results is a failure, not silence.
    cat "$results"/*.trx 2>/dev/null | awk -v status="$status" '
        match($0, /<Counters [^>]*>/) {
            line = substr($0, RSTART, RLENGTH)
            total += value(line, "total"); passed += value(line, "passed"); failed += value(line, "failed") + value(line, "error") + value(line, "aborted") + value(line, "timeout")
        }
        function value(text, name) { return match(text, " " name "=\"[0-9]+\"") ? substr(text, RSTART + length(name) + 3, RLENGTH - length(name) - 4) + 0 : 0 }
        END {
            printf "%d passed, %d failed, %d skipped\n", passed, failed, total - passed - failed
            exit (status != 0 || failed > 0 || passed == 0)
        }'
}

verb="${1:-demo}"
case "$verb" in
    setup)
        setup
        build "$root/Parity.sln" ;;
    test)
        shift
        setup
        run_tests "$@" ;;
    demo)
        setup
        build "$root/harness/Parity.Cli/Parity.Cli.csproj"
        # The story's verdict is FAIL, because one of its chips does: the demo has gone well when it was measured and judged.
        dotnet "$parity" run "$root/suites/demo.yaml" --out "$root/artifacts/demo" || { status=$?; [ "$status" -le 2 ] || exit "$status"; } ;;
    *)
        setup
        build "$root/harness/Parity.Cli/Parity.Cli.csproj"
        exec dotnet "$parity" "$@" ;;
esac
