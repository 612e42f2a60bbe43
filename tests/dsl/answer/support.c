/*
 * support.c: rulesets and answers in tests of dsl/answer/.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int
require_helper(void **state)
{
    const char *path = getenv("TIDU_AUTHOR");
    (void)state;
    if (path && !access(path, X_OK))
        return 0;
    print_error("TIDU_AUTHOR must name the built tidu-author; it is %s\n", path ? path : "not set");
    return -1;
}

char *
read_file(tidu_arena *arena, const char *path, size_t *ret_length)
{
    enum { MOST = 1 << 18 };
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *text = tidu_arena_alloc(arena, MOST);
    assert_non_null(text);
    *ret_length = fread(text, 1, MOST - 1, file);
    fclose(file);
    assert_true(*ret_length < MOST - 1);
    return text;
}

char *
test_path(tidu_arena *arena, const char *relative)
{
    const char *source = getenv("srcdir");
    return tidu_arena_printf(arena, "%s/tests/%s", source ? source : ".", relative);
}

/* A file of tests/policy/ under the path that a rules folder would have it at. */
static tidu_source
policy_source(tidu_arena *arena, const char *file, const char *as)
{
    tidu_source source = {.path = as};
    char *path = tidu_arena_printf(arena, "%s/%s", test_path(arena, "policy"), file);
    source.text = read_file(arena, path, &source.length);
    if (!source.text)
        fail_msg("no %s; run from the source folder or set srcdir", path);
    return source;
}

tidu_source
vocabulary_source(tidu_arena *arena)
{
    return policy_source(arena, "vocabulary.lua", "vocabulary/facts.lua");
}

tidu_source
places_source(tidu_arena *arena)
{
    return policy_source(arena, "places.lua", "vocabulary/places.lua");
}

int
is_document(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !strstr(entry->d_name, ".expected");
}

static void
add_document(tidu_arena *arena, struct documents *documents, const char *path, const char *as)
{
    tidu_source source = {.path = as};
    source.text = read_file(arena, path, &source.length);
    assert_non_null(source.text);
    assert_true(documents->count < MOST_DOCUMENTS);
    documents->sources[documents->count++] = source;
}

/* A document, or all documents of a folder and of those in it. */
static void
add_documents(tidu_arena *arena, struct documents *documents, const char *path, const char *as)
{
    struct dirent **entries;
    if (strrchr(as, '.')) {
        add_document(arena, documents, path, as);
        return;
    }
    int count = scandir(path, &entries, is_document, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        add_documents(arena, documents, tidu_arena_printf(arena, "%s/%s", path, name),
                      tidu_arena_printf(arena, "%s%s%s", as, *as ? "/" : "", name));
        free(entries[i]);
    }
    free(entries);
}

struct documents
read_documents(tidu_arena *arena, const char *folder, const char *name)
{
    struct documents documents = {.count = 0};
    add_documents(arena, &documents, tidu_arena_printf(arena, "%s/%s", folder, name),
                  strchr(name, '.') ? name : "");
    return documents;
}

static int
compare_sources(const void *a, const void *b)
{
    return strcmp(((const tidu_source *)a)->path, ((const tidu_source *)b)->path);
}

tidu_ruleset *
build_rules(const tidu_source *documents, size_t count, tidu_report **ret_report,
            uint32_t *ret_passed)
{
    tidu_arena *arena = tidu_arena_open();
    tidu_ruleset *ruleset = NULL;
    assert_non_null(arena);
    tidu_source *sources = tidu_arena_array(arena, count + 2, sizeof *sources);
    assert_non_null(sources);
    memcpy(sources, documents, count * sizeof *sources);
    sources[count++] = vocabulary_source(arena);
    sources[count++] = places_source(arena);
    qsort(sources, count, sizeof *sources, compare_sources);
    *ret_report = tidu_report_open();
    *ret_passed = 0;
    if (tidu_ruleset_build(sources, count, NULL, &ruleset, *ret_report))
        *ret_passed = tidu_ruleset_scenarios(ruleset, *ret_report);
    tidu_report_sort(*ret_report);
    tidu_arena_close(&arena);
    return ruleset;
}

tidu_ruleset *
load_documents(const struct documents *documents)
{
    tidu_report *report;
    uint32_t passed;
    tidu_ruleset *ruleset = build_rules(documents->sources, documents->count, &report, &passed);
    tidu_text said = complaints(report, TIDU_EN);
    if (!ruleset || tidu_report_count(report))
        fail_msg("%s", said.data);
    tidu_text_free(&said);
    tidu_report_close(&report);
    return ruleset;
}

tidu_ruleset *
load_rules(const char *name)
{
    tidu_arena *arena = tidu_arena_open();
    struct documents documents = read_documents(arena, test_path(arena, "policy"), name);
    tidu_ruleset *ruleset = load_documents(&documents);
    tidu_arena_close(&arena);
    return ruleset;
}

tidu_ruleset *
rules_of_text(const char *text)
{
    const tidu_source source = {"national/t.md", text, strlen(text)};
    tidu_report *report;
    uint32_t passed;
    tidu_ruleset *rules = build_rules(&source, 1, &report, &passed);
    if (!rules)
        fail_msg("%s", complaints(report, TIDU_EN).data);
    tidu_report_close(&report);
    return rules;
}

tidu_text
complaints(const tidu_report *report, tidu_lang lang)
{
    char words[1200];
    tidu_text out = {0};
    for (size_t i = 0; i < tidu_report_count(report); i++) {
        const tidu_error *error = tidu_report_get(report, i);
        const char *severity = tidu_error_is_warning(error->code) ? "warning" : "error";
        tidu_text_printf(&out, "%s:%u:%u: %s: %s [%s]\n", error->span.document, error->span.line,
                         error->span.column, severity,
                         tidu_error_message(error, lang, words, sizeof words),
                         tidu_error_id(error->code));
        if (*tidu_error_hint(error, lang, words, sizeof words))
            tidu_text_printf(&out, "  hint: %s\n", words);
        if (error->also.line)
            tidu_text_printf(&out, "  also: %s:%u:%u\n", error->also.document, error->also.line,
                             error->also.column);
    }
    tidu_text_putc(&out, '\0');
    return out;
}
