#!/usr/bin/env bash
# Runs everything that draws its cases by chance for longer than the tests do, and stops at the first failure:
#   - the fault tests: real processes on one SQLite file, workers, schedulers and those that work on flows: killed, stopped and restarted;
#   - histories of concurrent callers, random DAGs under concurrent workers, and random walks against the model, on the store in memory, on SQLite and on Redis;
#   - the simulation: whole worlds of processes in one thread, about a thousand simulated hours a minute.
#   - flows: five hundred jobs that end at once on eight workers and release one;
#   - postgres: all of the suite on PostgreSQL that eng/test.sh leaves out. It takes as long as it takes;
#   - bloat: load on PostgreSQL while somebody holds a snapshot;
#   - deadlocks: all that a store can do on PostgreSQL, at random from 32 connections.
#   eng/soak.sh [--minutes N] [--seed S] [--only faults|histories|dags|walks|simulation|flows|postgres|bloat|deadlocks]
# N minutes (10 by default) for each randomised test; S: where to begin (by chance when left out). What fails names its own seed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
export ASYNCMQ_SOAK_MINUTES=10 ASYNCMQ_SEED="${ASYNCMQ_SEED:-$RANDOM}"
only=""
usage="Usage: eng/soak.sh [--minutes N] [--seed S] [--only faults|histories|dags|walks|simulation|flows|postgres|bloat|deadlocks]"
while [ $# -gt 0 ]; do
    case "$1" in
        --minutes) ASYNCMQ_SOAK_MINUTES="${2:?--minutes needs a number}"; shift 2 ;;
        --seed) ASYNCMQ_SEED="${2:?--seed needs a number}"; shift 2 ;;
        --only) only="${2:?--only needs a part}"; shift 2 ;;
        *) echo "Unknown argument '$1'. $usage" >&2; exit 2 ;;
    esac
done

case "$only" in
    "" | faults | histories | dags | walks | simulation | flows | postgres | bloat | deadlocks) ;;
    *) echo "There is no part '$only'. $usage" >&2; exit 2 ;;
esac
case "$ASYNCMQ_SOAK_MINUTES" in
    *[!0-9]* | "" | 0) echo "--minutes needs a whole number from 1 on, but got '$ASYNCMQ_SOAK_MINUTES'." >&2; exit 2 ;;
esac
export ASYNCMQ_FIRST_SEED="$ASYNCMQ_SEED"

# soak PART PROJECT [FILTER …]
soak() {
    local part="$1" project="$2"
    shift 2
    if [ -n "$only" ] && [ "$only" != "$part" ]; then
        return
    fi
    echo "== $part of $project: $ASYNCMQ_SOAK_MINUTES minutes for each randomised test, seed $ASYNCMQ_SEED"
    dotnet build "tests/$project" --configuration Release -warnaserror
    "tests/$project/bin/Release/net10.0/$project" -showLiveOutput -noColor "$@"
}

soak faults AsyncMQ.Faults.Tests
soak histories AsyncMQ.Tests -class '*InMemoryHistoryTests'
soak histories AsyncMQ.Sqlite.Tests -class '*SqliteHistoryTests'
soak histories AsyncMQ.Redis.Tests -class '*RedisHistoryTests'
soak dags AsyncMQ.Tests -class '*InMemoryRandomDagTests'
soak dags AsyncMQ.Sqlite.Tests -class '*SqliteRandomDagTests'
soak dags AsyncMQ.Redis.Tests -class '*RedisRandomDagTests'
soak walks AsyncMQ.Tests -class '*InMemoryRandomOperationTests'
soak walks AsyncMQ.Sqlite.Tests -class '*SqliteRandomOperationTests'
soak walks AsyncMQ.Redis.Tests -class '*RedisRandomOperationTests'
soak simulation AsyncMQ.Simulation.Tests -class '*SimulationTests'
soak flows AsyncMQ.Tests -class '*InMemoryFanInTests'
soak flows AsyncMQ.Sqlite.Tests -class '*SqliteFanInTests'
soak postgres AsyncMQ.Postgres.Tests -trait 'Length=Long'
soak bloat AsyncMQ.Postgres.Tests -class '*BloatTests'
soak deadlocks AsyncMQ.Postgres.Tests -class '*DeadlockTests'
