#!/bin/sh
# fuzz.sh: run fuzz targets, some at a time, and say what came of it.
#
#     fuzz.sh SECONDS AT_ONCE SEED SUBJECT...   in the build folder, with srcdir set
#
# A seed makes a run like the one before, as far as time allows; 0 takes another each time.
# New inputs go to tests/fuzz/found/<subject>/, what broke something beside it.
set -eu
seconds=$1 at_once=$2 seed=$3
shift 3
found=tests/fuzz/found
mkdir -p "$found"
rm -f "$found"/*.log "$found"/*.failed

cat >"$found/run" <<'EOF'
subject=$1 seconds=$2 seed=$3 found=tests/fuzz/found
mkdir -p "$found/$subject"
known="tests/fuzz/corpus/$subject"
[ ! -d "$srcdir/tests/fuzz/regressions/$subject" ] || known="$known $srcdir/tests/fuzz/regressions/$subject"
dictionary=$srcdir/tests/fuzz/dictionaries/$subject
[ -f "$dictionary" ] || dictionary=/dev/null
case $subject in
document | declaration) length=24000 ;;
*) length=4000 ;;
esac
tests/fuzz/fuzz_"$subject" -seed="$seed" -max_total_time="$seconds" -max_len=$length -timeout=30 -rss_limit_mb=2048 \
    -dict="$dictionary" -print_final_stats=1 -artifact_prefix="$found/$subject-" \
    "$found/$subject" $known >"$found/$subject.log" 2>&1 || touch "$found/$subject.failed"
EOF
printf '%s\n' "$@" | xargs -P "$at_once" -I '{}' sh "$found/run" '{}' "$seconds" "$seed"

for subject in "$@"; do
    log=$found/$subject.log
    printf '%-12s %s inputs, %s a second, %s new; %s\n' "$subject" \
        "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" \
        "$(sed -n 's/^stat::average_exec_per_sec: *//p' "$log")" \
        "$(sed -n 's/^stat::new_units_added: *//p' "$log")" \
        "$(grep -o 'cov: [0-9]* ft: [0-9]*' "$log" | tail -1)"
    [ ! -f "$found/$subject.failed" ] || {
        grep -E 'not kept:|ERROR|runtime error|SUMMARY' "$log" | head -5
        echo "$subject failed by $(sed -n "s/.*Test unit written to //p" "$log" | tail -1); see $log"
    }
done
set -- "$found"/*.failed
[ ! -f "$1" ]
