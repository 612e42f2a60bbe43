#!/bin/bash
# bench.sh: every figure we publish, in one go.
#
#     TIDU=… TIDUD=… [TIDU_AUTHOR=…] [TIDU_RULES=…] [TIDU_LIBRARY="-L… -ltidu"] tests/bench/bench.sh
#
#     --repeats N    runs of each measurement, 5 or more (5)
#     --quick        20,000 records and 3 runs: to see that all works
#     --unchecked    measure although Tidu's counts differ; the table then says so
#     --million      also 1,000,000 records: counts, and memory over a long run
#     --keep DIR     work there and leave it; otherwise a scratch folder that goes
#
# Compiles the references, generates the records, checks that every engine comes
# to the same counts, then measures: whole pipes on one core, judging alone,
# round trips over a Unix socket, memory, loading. A peer that is not installed
# is left out with a line that says so. Without TIDU the references are measured
# against each other. README.md says what the rows mean.
set -euo pipefail

bench=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$bench/../.." && pwd)
repeats=5 count=100000 quick=false million=false checked=true scratch='' keep=false path_firms=100
as_of=2026-11-23
server_core=0 client_core=1 disagreement=''

while [ $# -gt 0 ]; do
    case $1 in
    --repeats) repeats=$2; shift ;;
    --quick) quick=true; repeats=3; count=20000; path_firms=10 ;;
    --million) million=true ;;
    --unchecked) checked=false ;;
    --keep) scratch=$2; keep=true; shift ;;
    *) echo "bench.sh: unknown option $1" >&2; exit 2 ;;
    esac
    shift
done

if $keep; then mkdir -p "$scratch"; else scratch=$(mktemp -d); fi
figures=$scratch/figures
server_pid=
: > "$figures"

stop_server()
{
    if [ -n "$server_pid" ]; then
        kill "$server_pid" 2>/dev/null || true
        wait "$server_pid" 2>/dev/null || true
        server_pid=
    fi
}

clean_up()
{
    stop_server
    $keep || rm -rf "$scratch"
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "$*" >&2; }

# note ROW UNIT VALUE [SPREAD]: a line of the table.
note() { printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "${4-}" >> "$figures"; }

has() { command -v "$1" > /dev/null 2>&1; }

has_duckdb() { has duckdb || { has node && node -e 'require("@duckdb/node-api")' 2> /dev/null; }; }

has_lua() { has lua5.4 && lua5.4 -e 'require "cjson"' 2> /dev/null; }

has_tidu() { [ -n "${TIDU-}" ] && [ -x "$TIDU" ]; }

has_tidud() { has_tidu && [ -n "${TIDUD-}" ] && [ -x "$TIDUD" ]; }

# ---- preparing ----

build_references()
{
    local cc=${CC:-gcc} cxx=${CXX:-g++}

    say "compiling the references"
    $cc -std=gnu11 -O2 -ffp-contract=off -o "$scratch/generate" "$bench/generate.c" -lm
    $cc -std=gnu11 -O2 -o "$scratch/load" "$bench/load.c"
    $cxx -std=gnu++17 -O2 -o "$scratch/reference_pipe" "$bench/reference_pipe.cc" -lsimdjson
    $cxx -std=gnu++17 -O2 -o "$scratch/reference_server" "$bench/reference_server.cc" -lsimdjson -lev
    if [ -n "${TIDU_LIBRARY-}" ]; then
        # shellcheck disable=SC2086  # the words of TIDU_LIBRARY are flags
        $cc -std=gnu11 -O2 -I"$root/include" -o "$scratch/stages" "$bench/stages.c" $TIDU_LIBRARY
        # shellcheck disable=SC2086
        $cc -std=gnu11 -O2 -I"$root/include" -o "$scratch/population" "$bench/population.c" $TIDU_LIBRARY
        # shellcheck disable=SC2086
        $cc -std=gnu11 -O2 -I"$root/include" -o "$scratch/path" "$bench/path.c" $TIDU_LIBRARY
    fi
}

make_records()
{
    say "generating $count records"
    records=$scratch/records.ndjson
    "$scratch/generate" "$count" 42 > "$records"
    head -n 20000 "$records" > "$scratch/socket.ndjson"
}

write_duckdb_query()    # INPUT OUTPUT THREADS
{
    sed "s#@INPUT@#$1#; s#@OUTPUT@#$2#; s#@THREADS@#$3#" "$bench/ladder.sql"
}

duckdb_command() { if has duckdb; then echo "duckdb"; else echo "node $bench/duckdb.js"; fi; }

run_duckdb() { if has duckdb; then duckdb; else node "$bench/duckdb.js"; fi; }

tidu_eval_command()     # EXPLAIN
{
    echo "$TIDU eval - --rules $bench/rules --as-of $as_of --explain $1 --format ndjson"
}

run_tidu_eval()
{
    "$TIDU" eval - --rules "$bench/rules" --as-of $as_of --explain brief --format ndjson
}

# ---- the same answers from all ----

# What the rules come to; nobody may come to anything else.
known_counts()
{
    case $1 in
    100000) echo "n=100000 innov=59324 srdi=12985 giant=131 champ=14 si=6940000 st=5107978 crit=1690085" ;;
    1000000) echo "n=1000000 innov=591323 srdi=129997 giant=1407 champ=104 si=69341165 st=51034089 crit=16885032" ;;
    *) "$scratch/reference_pipe" < "$records" | "$bench/compare_counts.py" | sed 's/^CHECK //' ;;
    esac
}

check_counts()
{
    local expected
    expected=$(known_counts "$count")
    say "checking that all come to $expected"
    "$scratch/reference_pipe" < "$records" | "$bench/compare_counts.py" --expect "$expected" > /dev/null
    if has_lua; then
        lua5.4 "$bench/lua_pipe.lua" < "$records" |
            "$bench/compare_counts.py" --expect "$expected" > /dev/null
    fi
    if has_duckdb; then
        write_duckdb_query "$records" "$scratch/decisions.ndjson" 2 | run_duckdb
        "$bench/compare_counts.py" --expect "$expected" < "$scratch/decisions.ndjson" > /dev/null
    fi
    if has_tidu && ! run_tidu_eval < "$records" |
            "$bench/compare_counts.py" --expect "$expected" >&2; then
        $checked && { say "bench.sh: Tidu counts otherwise: nothing is measured"; exit 1; }
        disagreement=", TIDU COUNTS OTHERWISE"
        return
    fi
    say "all agree"
}

# A million enterprises as a snapshot: built, counted, swept.
measure_population()    # RECORDS
{
    local began line
    began=$(date +%s%N)
    $TIDU population build "$1" -o "$scratch/million.tidu" --rules "$bench/rules" --quiet
    note "tidu population build, two cores" "records/s" \
        "$(awk -v ns=$(($(date +%s%N) - began)) 'BEGIN { printf "%d", 1e15 / ns }')" ""
    [ -x "$scratch/population" ] || return 0
    while read -r line; do
        note "population, ${line% counts*}: counts of all titles" "ms" \
            "$(awk '{ print $6 }' <<< "$line")" "$line"
        note "population, ${line% counts*}: every criterion kept" "ms" \
            "$(awk '{ print $8 }' <<< "$line")" "$line"
        note "population, ${line% counts*}: sweep of 41 thresholds, one title" "ms" \
            "$(awk '{ print $10 }' <<< "$line")" "$line"
    done < <("$scratch/population" "$bench/rules" "$scratch/million.tidu" $as_of 'giant/g08#2' \
        0% 10% 41 giant)
    rm "$scratch/million.tidu"
}

check_a_million()
{
    say "a million records: counts and memory"
    "$scratch/generate" 1000000 42 > "$scratch/million.ndjson"
    if $checked; then
        run_tidu_eval < "$scratch/million.ndjson" |
            "$bench/compare_counts.py" --expect "$(known_counts 1000000)" > /dev/null
    fi
    printf 'million\t%s\t%s\n' "$scratch/million.ndjson" "$(tidu_eval_command brief)" |
        "$bench/measure.py" time --repeats 1 --core $client_core > "$scratch/timed"
    note "tidu eval over 1,000,000 records" "MiB" \
        "$(awk -F'\t' '{ printf "%.1f", $5 / 1024 }' "$scratch/timed")" "peak"
    measure_population "$scratch/million.ndjson"
    rm "$scratch/million.ndjson"
}

# Invented firms and the shipped ladder: by the rules of now, and by the scorecards before.
measure_paths()
{
    local title cheapest most longest more more_most more_longest date
    [ -x "$scratch/path" ] || return 0
    say "the least that has to change"
    "$TIDU" population synth -n "$path_firms" --seed 3 --as-of 2026-11-26 -o "$scratch/firms.ndjson" \
        --rules "$root/rules" --quiet
    for date in 2026-11-26 2025-06-15; do
        while read -r title cheapest most longest more more_most more_longest; do
            note "tidu path to $title on $date, $path_firms firms, median" "ms" "$cheapest" \
                "95 % $most, longest $longest; with three alternatives $more, $more_most, $more_longest"
        done < <("$scratch/path" "$root/rules" "$scratch/firms.ndjson" $date inno srdi lg)
    done
    rm "$scratch/firms.ndjson"
}

# ---- whole pipes on one core ----

list_pipes()
{
    has_tidu && printf 'tidu eval, brief\t%s\t%s\n' "$records" "$(tidu_eval_command brief)"
    has_tidu && printf 'tidu eval, status only\t%s\t%s\n' "$records" "$(tidu_eval_command none)"
    printf 'hand-written C, simdjson\t%s\t%s\n' "$records" "$scratch/reference_pipe"
    if has_duckdb; then
        write_duckdb_query "$records" /dev/null 1 > "$scratch/query.sql"
        printf 'DuckDB, one thread\t%s\t%s\n' "$scratch/query.sql" "$(duckdb_command)"
    fi
    has_lua && printf 'Lua 5.4, rules as data\t%s\tlua5.4 %s\n' "$records" "$bench/lua_pipe.lua"
    true
}

measure_pipes()
{
    say "pipes: records in, decisions out, one core"
    list_pipes | "$bench/measure.py" time --repeats "$repeats" --core $client_core > "$scratch/timed"
    while IFS=$'\t' read -r name median fastest slowest _; do
        note "$name" "records/s" "$(awk "BEGIN { printf \"%.0f\", $count / $median }")" \
            "$(awk "BEGIN { printf \"%.0f..%.0f\", $count / $slowest, $count / $fastest }")"
    done < "$scratch/timed"
}

# ---- judging alone ----

measure_judging()
{
    local line
    say "judging alone, records already in memory"
    if [ -x "$scratch/stages" ]; then
        line=$(taskset -c $client_core "$scratch/stages" "$bench/rules" "$records" --as-of $as_of)
        note "tidu, blocks of 1,024" "ns a record" "$(awk '{ print $5 }' <<< "$line")" "$line"
        line=$(taskset -c $client_core "$scratch/stages" "$bench/rules" "$records" --as-of $as_of --rows 1)
        note "tidu, a record at a time" "ns a record" "$(awk '{ print $5 }' <<< "$line")" "$line"
    fi
    line=$(taskset -c $client_core "$scratch/reference_pipe" evaluate "$records")
    note "hand-written C" "ns a record" "$(awk '{ print $3 }' <<< "$line")"
    if has_lua; then
        line=$(head -n 20000 "$records" | taskset -c $client_core lua5.4 "$bench/lua_pipe.lua" evaluate)
        note "Lua 5.4, rules as data" "ns a record" "$(awk '{ print $3 }' <<< "$line")"
    fi
}

# ---- over a Unix socket ----

# start SOCKET COMMAND…: in the background on the server's core, until it listens.
start_server()
{
    local socket=$1
    shift
    rm -f "$socket"
    taskset -c $server_core "$@" > "$scratch/server.log" 2>&1 &
    server_pid=$!
    for _ in $(seq 200); do
        [ -S "$socket" ] && return
        kill -0 "$server_pid" 2>/dev/null || break
        sleep 0.05
    done
    say "bench.sh: $1 did not start:"
    cat "$scratch/server.log" >&2
    exit 1
}

# measure_server NAME SOCKET LOAD-OPTIONS…: one in flight on the same core, then
# four clients with sixteen in flight each on the other core.
measure_server()
{
    local name=$1 socket=$2 requests=40000 line
    shift 2
    $quick && requests=8000
    line=$(taskset -c $server_core "$scratch/load" --socket "$socket" --requests $requests \
        --repeats "$repeats" "$@" | tail -n 1)
    printf '%s\tus one in flight, p50\t%s\tp99 %s\n' "$name" \
        "$(awk '{ print $5 }' <<< "$line")" "$(awk '{ print $8 }' <<< "$line")" >> "$scratch/round_trips"
    line=$(taskset -c $client_core "$scratch/load" --socket "$socket" --requests $((requests * 2)) \
        --repeats "$repeats" --connections 4 --depth 16 "$@" | tail -n 1)
    printf '%s\trequests/s, 4 clients with 16 in flight\t%s\tp50 %s us, p99 %s us\n' "$name" \
        "$(awk '{ print $2 }' <<< "$line")" "$(awk '{ print $5 }' <<< "$line")" \
        "$(awk '{ print $8 }' <<< "$line")" >> "$scratch/floods"
}

# The socket is there before the rules are loaded: wait for an answer too.
start_tidud()           # SOCKET RULES
{
    start_server "$1" "$TIDUD" --rules "$2" --socket "$1"
    "$TIDU" status --socket "$1" > /dev/null
}

resident_kib() { awk '/VmRSS/ { print $2 }' "/proc/$server_pid/status"; }

peak_kib() { awk '/VmHWM/ { print $2 }' "/proc/$server_pid/status"; }

mib() { awk "BEGIN { printf \"%.1f\", $1 / 1024 }"; }

measure_tidud()
{
    local socket=$scratch/tidud.sock idle
    start_tidud "$socket" "$bench/rules"
    idle=$(resident_kib)
    measure_server "tidud, brief" "$socket" --records "$scratch/socket.ndjson" \
        --wrap "\"as_of\":\"$as_of\",\"explain\":\"brief\""
    measure_server "tidud, status only" "$socket" --records "$scratch/socket.ndjson" \
        --wrap "\"as_of\":\"$as_of\",\"explain\":\"none\""
    note "tidud, bench rules, idle" "MiB" "$(mib "$idle")"
    note "tidud, bench rules, after the load" "MiB" "$(mib "$(resident_kib)")" \
        "peak $(mib "$(peak_kib)")"
    stop_server
}

# The rules that are shipped, one record, as a user meets them.
measure_shipped()
{
    local socket=$scratch/shipped.sock rules=$scratch/rules
    cp -r "${TIDU_RULES:-$root/rules}" "$rules"
    "$root/tests/agree/records.py" --count 2000 > "$scratch/ladder.ndjson"
    start_tidud "$socket" "$rules"
    note "tidud, shipped rules, idle" "MiB" "$(mib "$(resident_kib)")"
    measure_server "tidud, shipped rules, failed" "$socket" --records "$scratch/ladder.ndjson" \
        --wrap "\"as_of\":\"$as_of\",\"explain\":\"failed\""
    measure_reload "$socket" "$rules"
    note "tidud, shipped rules, after the reloads" "MiB" "$(mib "$(resident_kib)")" \
        "peak $(mib "$(peak_kib)")"
    stop_server
    measure_answers "$rules"
}

# One answer to a sample record, reading to writing.
measure_answers()       # RULES
{
    local explain line
    [ -x "$scratch/stages" ] || return 0
    line=$(taskset -c $client_core "$scratch/stages" "$1" \
        "$root/contrib/samples/enterprises.ndjson" --as-of $as_of --rows 1 --explain failed \
        --include designations)
    note "shipped rules, one record, failed, titles only" "us an answer" \
        "$(awk '{ print ($2 + $5 + $8) / 1000 }' <<< "$line")" "$line"
    for explain in brief failed full; do
        line=$(taskset -c $client_core "$scratch/stages" "$1" \
            "$root/contrib/samples/enterprises.ndjson" --as-of $as_of --rows 1 --explain $explain)
        note "shipped rules, one record, $explain" "us an answer" \
            "$(awk '{ print ($2 + $5 + $8) / 1000 }' <<< "$line")" "$line"
    done
}

# Each time a line longer: a reload of unchanged rules does nothing.
measure_reload()        # SOCKET RULES
{
    local document
    document=$(find "$2/national" -name '*.md' ! -name README.md | sort | head -n 1)
    printf 'reload\t/dev/null\tsh -c "echo >> %s; %s reload --socket %s"\n' \
        "$document" "$TIDU" "$1" |
        "$bench/measure.py" time --repeats "$repeats" > "$scratch/timed" || return 0
    note "reload of the shipped rules, asked and done" "ms" \
        "$(awk -F'\t' '{ printf "%.1f", $2 * 1000 }' "$scratch/timed")" \
        "$(awk -F'\t' '{ printf "%.1f..%.1f", $3 * 1000, $4 * 1000 }' "$scratch/timed")"
}

# ---- a daemon among many ----

# start_serving NAME SETTINGS: the bench rules, on both cores, with these settings.
start_serving()
{
    served=$scratch/$1.sock
    printf '%s\n' "$2" > "$scratch/$1.conf"
    rm -f "$served"
    "$TIDUD" -c "$scratch/$1.conf" --rules "${3-$bench/rules}" --socket "$served" \
        > "$scratch/server.log" 2>&1 &
    server_pid=$!
    for _ in $(seq 200); do
        "$TIDU" status --socket "$served" > /dev/null 2>&1 && return
        sleep 0.05
    done
    cat "$scratch/server.log" >&2
    exit 1
}

# load_served CONNECTIONS DEPTH REQUESTS: the line with the medians.
load_served()
{
    "$scratch/load" --socket "$served" --records "$scratch/socket.ndjson" --connections "$1" \
        --depth "$2" --requests "$3" --repeats "$repeats" \
        --wrap "\"as_of\":\"$as_of\",\"explain\":\"brief\"" | tail -n 1
}

note_load()             # ROW LINE
{
    note "$1" "requests/s" "$(awk '{ print $2 }' <<< "$2")" \
        "p50 $(awk '{ print $5 }' <<< "$2") us, p99 $(awk '{ print $8 }' <<< "$2") us"
}

measure_crowd()
{
    local line
    start_serving crowd 'limits = { sessions = 12000; };'
    line=$(load_served 200 1 60000)
    note_load "tidud, 200 connections, one in flight each" "$line"
    note "tidud, 200 connections" "MiB" "$(mib "$(resident_kib)")"
    line=$("$bench/idle_sessions.py" "$served" "$server_pid" 10000)
    note "10,000 idle sessions" "KiB a session" "$line"
    stop_server
}

# Requests that are much work and few bytes to answer, so that the client takes little
# of what two workers share with it.
measure_workers()
{
    local workers line
    "$bench/many_records.py" "$scratch/socket.ndjson" "$as_of" 40 > "$scratch/many.requests"
    for workers in 1 2; do
        start_serving "workers$workers" "threads = { workers = $workers; };"
        line=$("$scratch/load" --socket "$served" --records "$scratch/many.requests" \
            --connections 8 --depth 2 --requests 20000 --repeats "$repeats" | tail -n 1)
        note_load "tidud, 40 records a request, workers: $workers" "$line"
        stop_server
    done
}

# What the same costs with and without, each in turn.
measure_ways_in()
{
    local confine line
    for confine in true false; do
        start_serving "confine-$confine" "threads = { workers = 1; };
            privileges = { confine = $confine; }; http = { listen = \"$scratch/http.sock\"; };"
        line=$(load_served 4 16 120000)
        note_load "tidud, 4 clients with 16 in flight, confined: $confine" "$line"
        [ $confine = false ] || "$bench/http_latency.py" "$served" "$scratch/http.sock" \
            "$scratch/socket.ndjson" "$as_of" > "$scratch/timed"
        stop_server
    done
    note "one in flight from a script, by socket and by HTTP, p50" "us" \
        "$(awk '{ print $1 }' "$scratch/timed")" "$(awk '{ print $2 }' "$scratch/timed") us by HTTP"
}

measure_journal()
{
    local durability line
    for durability in batch commit; do
        mkdir -p "$scratch/$durability"
        start_serving "$durability" \
            "store = { path = \"$scratch/$durability\"; durability = \"$durability\"; };"
        line=$(load_served 4 16 120000)
        note_load "tidud, journal $durability, 4 clients with 16 in flight" "$line"
        line=$(load_served 32 1 30000)
        note_load "tidud, journal $durability, 32 clients, one in flight each" "$line"
        stop_server
        rm -rf "${scratch:?}/$durability"
    done
}

# One client, one in flight: alone, while all rules are built again and again, and
# while others have ten thousand records judged at a time.
measure_beside()
{
    local rules=$scratch/beside line idle busy jobs document
    cp -r "${TIDU_RULES:-$root/rules}" "$rules"
    start_serving beside 'reload = { watch = false; };' "$rules"
    "$root/tests/agree/records.py" --count 2000 > "$scratch/socket.ndjson.ladder"
    beside() {
        taskset -c $client_core "$scratch/load" --socket "$served" \
            --records "$scratch/socket.ndjson.ladder" --requests 20000 --repeats "$repeats" \
            --wrap "\"as_of\":\"$as_of\",\"include\":[\"designations\"]" | tail -n 1
    }
    idle=$(beside)
    document=$(find "$rules/national" -name '*.md' ! -name README.md | sort | head -n 1)
    (while true; do echo >> "$document"; "$TIDU" reload --socket "$served" > /dev/null; done) & jobs=$!
    busy=$(beside)
    kill $jobs; wait $jobs 2> /dev/null || true
    "$bench/big_batches.py" "$served" "$scratch/socket.ndjson.ladder" & jobs=$!
    line=$(beside)
    kill $jobs; wait $jobs 2> /dev/null || true
    note "evaluate, p99 alone" "us" "$(awk '{ print $8 }' <<< "$idle")"
    note "evaluate, p99 while rules are reloaded" "us" "$(awk '{ print $8 }' <<< "$busy")"
    note "evaluate, p99 beside batches of 10,000 records" "us" "$(awk '{ print $8 }' <<< "$line")"
    stop_server
}

# From exec to the first answer, all shipped rules.
measure_start()
{
    local rules=${TIDU_RULES:-$root/rules}
    "$bench/first_answer.py" "$TIDUD" "$rules" "$scratch/start.sock" "$repeats" > "$scratch/timed"
    note "tidud with all shipped rules, start to first answer" "ms" \
        "$(awk '{ print $1 }' "$scratch/timed")" "$(awk '{ print $2 }' "$scratch/timed")"
}

measure_serving()
{
    say "a daemon among many: crowds, a journal, jobs beside, starting"
    measure_crowd
    measure_workers
    measure_ways_in
    measure_journal
    measure_beside
    measure_start
}

measure_references()
{
    local socket=$scratch/reference.sock
    start_server "$socket" "$scratch/reference_server" "$socket" judge
    measure_server "hand-written C, libev" "$socket" --records "$scratch/socket.ndjson"
    stop_server
    start_server "$socket" "$scratch/reference_server" "$socket" echo 640
    measure_server "echo of 640 bytes" "$socket" --records "$scratch/socket.ndjson"
    stop_server
}

# The Lua rules as a Redis function.
write_redis_function()
{
    echo '#!lua name=bench'
    echo 'local judge = (function()'
    cat "$bench/lua_rules.lua"
    echo 'end)()'
    echo 'redis.register_function{ function_name = "judge", flags = { "no-writes" },'
    echo '  callback = function(_, arguments)'
    echo '    return cjson.encode(judge(cjson.decode(arguments[1])))'
    echo '  end }'
}

measure_redis()
{
    local socket=$scratch/redis.sock
    start_server "$socket" redis-server --port 0 --unixsocket "$socket" --save '' \
        --appendonly no --dir "$scratch"
    write_redis_function | redis-cli -s "$socket" -x FUNCTION LOAD REPLACE > /dev/null
    measure_server "Redis, Lua function" "$socket" --records "$scratch/socket.ndjson" --function judge
    stop_server
}

measure_sockets()
{
    say "round trips over a Unix socket"
    : > "$scratch/round_trips"
    : > "$scratch/floods"
    if has_tidud; then measure_tidud; fi
    measure_references
    if has redis-server; then measure_redis; else say "no redis-server: left out"; fi
    if has_tidud; then measure_shipped; fi
    cat "$scratch/round_trips" "$scratch/floods" >> "$figures"
}

sort_figures()          # rows of one unit together, in the order the units came
{
    awk -F'\t' '!($2 in seen) { seen[$2] = ++units } { print seen[$2] "\t" $0 }' "$figures" |
        sort -s -n -k1,1 | cut -f2- > "$figures.sorted"
}

if [ "$repeats" -lt 3 ]; then
    say "bench.sh: fewer than 3 runs say nothing"
    exit 2
fi
has_tidu || say "TIDU is not set: only the references are measured"
has_lua || say "no lua5.4 with cjson: left out"
has_duckdb || say "no DuckDB: left out"

build_references
make_records
check_counts
measure_pipes
measure_judging
measure_paths
measure_sockets
if has_tidud; then measure_serving; fi
if $million && has_tidu; then check_a_million; fi

sort_figures
echo "bench: $count records, median of $repeats runs, $(nproc) processors, $(uname -m)$disagreement"
echo "ratio: against the first row of each block"
"$bench/measure.py" table "$figures.sorted"
