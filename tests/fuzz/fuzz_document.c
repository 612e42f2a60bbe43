/*
 * fuzz_document.c: whatever a policy document says, the helper hands back what
 * its parent can read, and the same each time.
 *
 * The document stands beside the vocabulary of tests/policy/. One that begins
 * with "--" is a .lua file, any other a .md file. What it declares is compiled,
 * and when that is a ruleset, asked all there is to ask: the same twice.
 */
#include "fuzz.h"

#include "../../dsl/author/internal.h"
#include "tidu/compile.h"

#include <stdlib.h>

enum { ONCE_IN = 4 }; /* sizes: done twice, which takes twice as long */

static tidu_source sources[FUZZ_VOCABULARY + 1];
static tidu_arena *words; /* what the sources' texts are in */

int
LLVMFuzzerInitialize(int *count, char ***arguments)
{
    (void)count;
    (void)arguments;
    words = tidu_arena_open();
    fuzz_vocabulary(words, sources + 1);
    return 0;
}

/* Compile an answer of the helper and append what its rules come to. */
static void
compile(const tidu_text *answer, tidu_text *out)
{
    static const char digest[65] = "0123456789abcdef";
    tidu_arena *arena = tidu_arena_open();
    tidu_report *report = tidu_report_open();
    tidu_declarations declarations;
    fuzz_must(arena && report, "there is memory to compile with");
    if (!tidu_author_decode(answer->data, answer->length, sources, FUZZ_VOCABULARY + 1, arena,
                            &declarations, report))
        fuzz_fail("the parent can read the helper's answer", answer->data, answer->length);
    tidu_ruleset *ruleset = tidu_compile(arena, &declarations, digest, report);
    fuzz_must(ruleset || tidu_report_error_count(report), "what cannot be compiled is told why");
    tidu_report_sort(report);
    tidu_report_write(report, TIDU_BOTH, out);
    if (ruleset && !tidu_report_error_count(report))
        fuzz_ask(ruleset, out);
    if (!ruleset)
        tidu_arena_close(&arena);
    tidu_ruleset_unref(&ruleset);
    tidu_report_close(&report);
}

static bool
same(const tidu_text *a, const tidu_text *b)
{
    return a->length == b->length && memcmp(a->data, b->data, a->length) == 0;
}

/* A script that ran out of time may do so elsewhere the next time. */
static bool
ran_out_of_time(const tidu_text *answer)
{
    const char *id = tidu_error_id(TIDU_AUTHOR_LIMIT_CPU);
    return memmem(answer->data, answer->length, id, strlen(id)) != NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_must(words != NULL, "there is memory for the vocabulary");
    tidu_text answers[2] = {0}, results[2] = {0};
    char *text = fuzz_copy(data, size, 1);
    text[size] = '\0';
    bool lua = size > 1 && memcmp(text, "--", 2) == 0;
    sources[0] = (tidu_source){lua ? "national/a.lua" : "national/a.md", text, size};
    fuzz_author(sources, FUZZ_VOCABULARY + 1, &answers[0]);
    bool timeless = !ran_out_of_time(&answers[0]);
    if (timeless) {
        compile(&answers[0], &results[0]);
    }
    if (timeless && size % ONCE_IN == 0) {
        fuzz_author(sources, FUZZ_VOCABULARY + 1, &answers[1]);
        fuzz_must(same(&answers[0], &answers[1]), "the helper answers the same twice");
        compile(&answers[1], &results[1]);
        fuzz_must(same(&results[0], &results[1]), "the same rules come to the same twice");
    }
    for (int i = 0; i < 2; i++) {
        tidu_text_free(&answers[i]);
        tidu_text_free(&results[i]);
    }
    free(text);
    return 0;
}
