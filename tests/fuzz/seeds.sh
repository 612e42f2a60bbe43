#!/bin/sh
# seeds.sh: what the fuzz targets begin with, made of what is here.
#
#     seeds.sh SOURCES TIDU_AUTHOR CORPUS
#
# A folder a subject below CORPUS, made anew: the seeds of tests/fuzz/seeds/ beside
# the documents, conditions, records and lists of cases that the source folder has
# anyway. Nothing that is not in the source folder comes into it.
set -eu
sources=$1 author=$2 corpus=$3
tests=$sources/tests
export LC_ALL=C.UTF-8

# each SUBJECT NAME: every line of the input is a seed.
each() {
    mkdir -p "$corpus/$1"
    sort -u | grep -a . | split -l 1 -a 4 -d - "$corpus/$1/$2-"
}

# answer FILE...: what the helper makes of documents, without its words on the way.
answer() {
    {
        printf '%s\n' "$#"
        for file in "$@"; do
            case $file in
            *vocabulary.lua) path=vocabulary/facts.lua ;;
            *places.lua) path=vocabulary/places.lua ;;
            *.lua) path=national/a.lua ;;
            *) path=national/a.md ;;
            esac
            printf '%s %s\n%s' "${#path}" "$(wc -c <"$file")" "$path"
            cat "$file"
        done
    } | "$author" 268435456 10000 67108864 | sed '/^[@=!] /d'
}

rm -rf "$corpus"
mkdir -p "$corpus/document" "$corpus/declaration" "$corpus/csv"

for folder in "$tests"/fuzz/seeds/*/; do
    mkdir -p "$corpus/$(basename "$folder")"
    cp "$folder"* "$corpus/$(basename "$folder")"
done

# Documents, and what the helper makes of them. Small ones: a fuzzer changes a
# byte here and there.
find "$sources/rules" "$sources/contrib/demo-local" "$tests/policy" -type f \
    \( -name '*.md' -o -name '*.lua' \) ! -name README.md -size -24k | sort |
    while read -r file; do
        name=$(echo "${file#"$sources"/}" | tr / -)
        cp "$file" "$corpus/document/$name"
        case $file in
        *tests/policy/good/* | *tests/policy/answers/* | *tests/policy/money/* | \
            *tests/policy/bad/rules/*.md)
            answer "$file" "$tests/policy/places.lua" >"$corpus/declaration/$name"
            ;;
        esac
    done
answer "$tests/policy/vocabulary.lua" >"$corpus/declaration/vocabulary"
answer "$tests/policy/answers/c-all.md" "$tests/policy/places.lua" "$tests/policy/vocabulary.lua" \
    >"$corpus/declaration/all"

# Conditions: those of the rules, and the cases of the tests.
find "$sources/rules" "$tests/policy" -name '*.md' -o -name '*.lua' | sort | xargs cat |
    grep -ao '\[\[[^]]*\]\]' | sed 's/^\[\[ *//; s/ *\]\]$//' | each expression rule
awk 'BEGIN { RS = "" ; FS = "\n" } { print $1 }' "$tests/dsl/lang/good_expressions.txt" |
    sed 's/\\n/ /g' | each expression good
awk 'BEGIN { RS = "" ; FS = "\n" } { print $1 }' "$tests/dsl/lang/bad_expressions.txt" |
    sed 's/\\n/ /g' | each expression bad
awk 'BEGIN { RS = "" ; FS = "\n" } { print $1 }' "$tests/dsl/lang/bands.txt" |
    sed 's/ *| */\t/' | each expression band

# Records of samples, as lines, as requests and as tables.
each record sample <"$sources/contrib/samples/enterprises.ndjson"
sed 's/.*/{"jsonrpc":"2.0","id":1,"method":"evaluate","params":{"unknown_facts":"ignore","record":&}}/' \
    "$sources/contrib/samples/enterprises.ndjson" | head -5 | each protocol sample
head -3 "$sources/contrib/samples/enterprises.csv" >"$corpus/csv/samples"
cat "$tests"/fuzz/seeds/protocol/* "$corpus"/record/sample-* | each skim line
