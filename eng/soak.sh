#!/usr/bin/env bash
# Runs the fault tests for longer: real processes, killed, stopped and restarted on one SQLite file.
#   eng/soak.sh [--minutes N] [--seed S]     N minutes (10 by default) for each randomised test; S: where to begin
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
export ASYNCMQ_SOAK_MINUTES=10 ASYNCMQ_SEED="${ASYNCMQ_SEED:-$RANDOM}"
while [ $# -gt 0 ]; do
    case "$1" in
        --minutes) ASYNCMQ_SOAK_MINUTES="${2:?--minutes needs a number}"; shift 2 ;;
        --seed) ASYNCMQ_SEED="${2:?--seed needs a number}"; shift 2 ;;
        *) echo "Unknown argument '$1'. Usage: eng/soak.sh [--minutes N] [--seed S]" >&2; exit 2 ;;
    esac
done

echo "== $ASYNCMQ_SOAK_MINUTES minutes for each randomised test, seed $ASYNCMQ_SEED"
dotnet build tests/AsyncMQ.Faults.Tests --configuration Release -warnaserror
exec tests/AsyncMQ.Faults.Tests/bin/Release/net10.0/AsyncMQ.Faults.Tests -showLiveOutput -noColor
