#!/usr/bin/env bash
# Builds everything as for a release and runs every test project. The last line: N passed, N failed, N skipped.
# Needs the .NET SDK of global.json, the time zone database, redis-server, PostgreSQL and PgBouncer; on Debian and its kin they are installed when they are missing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1

as_root=()
if [ "$(id -u)" -ne 0 ]; then
    as_root=(sudo)
fi

if ! command -v dotnet >/dev/null 2>&1; then
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "The .NET SDK 10 is missing, and this is not Debian: install it from https://dot.net and run this again." >&2
        exit 1
    fi
    echo "== Installing the .NET SDK 10"
    "${as_root[@]}" apt-get update -qq
    if ! apt-cache show dotnet-sdk-10.0 >/dev/null 2>&1; then
        # Debian itself does not carry it: Microsoft's own package source does.
        . /etc/os-release
        "${as_root[@]}" apt-get install -y -qq curl ca-certificates
        feed="$(mktemp --suffix=.deb)"
        curl -fsSL "https://packages.microsoft.com/config/${ID}/${VERSION_ID}/packages-microsoft-prod.deb" -o "$feed"
        "${as_root[@]}" dpkg -i "$feed"
        rm -f "$feed"
        "${as_root[@]}" apt-get update -qq
    fi
    "${as_root[@]}" apt-get install -y -qq dotnet-sdk-10.0
fi

# Schedules are tested in every time zone that there is.
if [ ! -e "${TZDIR:-/usr/share/zoneinfo}/Europe/Berlin" ]; then
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "The time zone database is missing, and this is not Debian: install it (package tzdata or its like) and run this again." >&2
        exit 1
    fi
    echo "== Installing the time zone database"
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq tzdata
fi

# Stores are tested on real servers, which the tests start themselves. A package's own service must neither start nor get in the way.
install_server() {
    local name="$1" package="$2"
    if ! command -v apt-get >/dev/null 2>&1; then
        echo "$name is missing, and this is not Debian: install it, or the tests of its store are skipped." >&2
        return
    fi
    echo "== Installing $package"
    "${as_root[@]}" apt-get update -qq
    local policy=/usr/sbin/policy-rc.d made_policy=0
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
        "${as_root[@]}" chmod +x "$policy"
        made_policy=1
    fi
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$package"
    if [ "$made_policy" -eq 1 ]; then
        "${as_root[@]}" rm -f "$policy"
    fi
}
if ! command -v redis-server >/dev/null 2>&1; then
    install_server "redis-server (Redis 7 or Valkey)" redis-server
fi
if ! command -v initdb >/dev/null 2>&1 && ! compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
    install_server "PostgreSQL 14 or later" postgresql
fi
if ! command -v pgbouncer >/dev/null 2>&1 && [ ! -x /usr/sbin/pgbouncer ]; then
    install_server "PgBouncer" pgbouncer
fi

echo "== Restoring"
dotnet restore AsyncMQ.slnx
echo "== Building (Release, warnings are errors)"
dotnet build AsyncMQ.slnx --configuration Release --no-restore -warnaserror

passed=0 failed=0 skipped=0 broken=0 projects=0

# The last number after a word of a test run's summary; nothing when there is none.
number_after() {
    sed -nE "s/^[[:space:]]*$1:[[:space:]]*([0-9]+).*/\1/p" "$2" | tail -n 1
}

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT

# Runs a test project; it leaves its log and its code.
run_project() {
    local project="$1" name code=0 filter=()
    name="$(basename "$project" .csproj)"
    echo "== Testing $name"
    if [ "$name" = AsyncMQ.Postgres.Tests ]; then
        echo "== Of $name the core of the suite, events and the faults are run here; the rest, twice as long, by eng/soak.sh --only postgres."
        filter=(--filter-not-trait "Length=Long")
    fi
    dotnet test --project "$project" --configuration Release --no-build --no-ansi --no-progress "${filter[@]}" >"$work/$name.log" 2>&1 || code=$?
    echo "$code" >"$work/$name.code"
    echo "== $name ended"
    cat "$work/$name.log"
}

# The longest first, so that two lines that each take the next one end at about the same time.
all=()
for name in AsyncMQ.Faults.Tests AsyncMQ.Redis.Tests AsyncMQ.Postgres.Tests AsyncMQ.Sqlite.Tests AsyncMQ.Tests AsyncMQ.EntityFrameworkCore.Tests; do
    if [ -e "tests/$name/$name.csproj" ]; then
        all+=("tests/$name/$name.csproj")
    fi
done
for project in tests/*.Tests/*.csproj; do
    if [ -e "$project" ] && [[ " ${all[*]} " != *" $project "* ]]; then
        all+=("$project")
    fi
done
projects=${#all[@]}

# Two at a time: much of what they do is waiting, for processes, servers and disks. Making a folder is how a line takes a project: only one can.
run_line() {
    local project
    for project in "${all[@]}"; do
        if mkdir "$work/$(basename "$project" .csproj).taken" 2>/dev/null; then
            run_project "$project"
        fi
    done
}
run_line &
run_line &
wait

failures="$work/failures"
touch "$failures"
for project in "${all[@]}"; do
    log="$work/$(basename "$project" .csproj).log"
    code="$(cat "${log%.log}.code" 2>/dev/null || echo 1)"
    # From the line that names a failed test to the next outcome: its message, its stack and what it printed.
    awk '/^(passed|skipped|Test run summary)/ { within = 0 } /^failed / { within = 1 } within' "$log" >>"$failures"
    run_passed="$(number_after succeeded "$log")" run_failed="$(number_after failed "$log")" run_skipped="$(number_after skipped "$log")"
    if [ -z "$run_passed" ] || { [ "$code" -ne 0 ] && [ "${run_failed:-0}" -eq 0 ]; }; then
        echo "!! $project ended with code $code and no failed test to blame: the run itself is broken." >&2
        broken=$((broken + 1))
    fi
    passed=$((passed + ${run_passed:-0})) failed=$((failed + ${run_failed:-0})) skipped=$((skipped + ${run_skipped:-0}))
done

if [ "$projects" -eq 0 ]; then
    echo "!! There is no test project." >&2
fi
if [ "$skipped" -gt 0 ]; then
    echo "== $skipped tests were skipped; each says why above ('skipped')."
fi

# Said again at the end, for whoever sees only the last of a long log.
if [ -s "$failures" ]; then
    echo "== The tests that failed:"
    cat "$failures"
fi

# A run that broke counts as a failure.
failed=$((failed + broken))
status=0
if [ "$failed" -gt 0 ] || [ "$passed" -eq 0 ]; then
    status=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
