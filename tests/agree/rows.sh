#!/bin/sh
# rows.sh: records on the borders of the ladder, by population, by block and one at a time.
#
# In the build folder, with srcdir, TIDU and TIDU_RULES set. ROWS records, 20,000 unless
# the environment says otherwise.
set -eu
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
python3 "$srcdir/tests/agree/records.py" --count "${ROWS:-20000}" >"$scratch/records.ndjson"
"$TIDU" population build "$scratch/records.ndjson" -o "$scratch/records.tidu" --rules "$TIDU_RULES" --quiet
for date in 2025-06-15 2026-11-23; do
    tests/agree/rows "$TIDU_RULES" "$scratch/records.ndjson" "$scratch/records.tidu" $date
done
