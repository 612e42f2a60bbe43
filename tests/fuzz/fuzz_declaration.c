/*
 * fuzz_declaration.c: whatever bytes come from the helper, they are refused with a
 * reason or understood, and what is understood can be compiled and asked.
 *
 * A script that broke out of its sandbox would write these bytes. The sources
 * they are about are three, of which the second is a vocabulary.
 */
#include "fuzz.h"

#include "../../dsl/author/internal.h"
#include "tidu/compile.h"

#include <stdlib.h>

enum { ONCE_IN = 4 }; /* sizes: done twice, which takes twice as long */

static const tidu_source sources[] = {
    {"local/440300-shenzhen/b.md", "# b\n", 4},
    {"national/a.md", "# a\n", 4},
    {"vocabulary/facts.lua", "", 0},
};

static bool
decode(tidu_slice bytes, tidu_arena *arena, tidu_declarations *ret_declarations,
       tidu_report *report)
{
    bool read = tidu_author_decode(bytes.data, bytes.length, sources,
                                   sizeof sources / sizeof *sources, arena, ret_declarations,
                                   report);
    fuzz_must(read || tidu_report_error_count(report), "what cannot be read is told why");
    return read;
}

/* All that comes of the bytes, as text. */
static void
follow(tidu_slice bytes, tidu_text *out)
{
    static const char digest[65] = "0123456789abcdef";
    tidu_arena *arena = tidu_arena_open();
    tidu_report *report = tidu_report_open();
    tidu_declarations declarations;
    tidu_ruleset *ruleset = NULL;
    fuzz_must(arena && report, "there is memory to compile with");
    if (decode(bytes, arena, &declarations, report)) {
        ruleset = tidu_compile(arena, &declarations, digest, report);
        fuzz_must(ruleset || tidu_report_error_count(report), "what cannot be compiled is told why");
    }
    tidu_report_sort(report);
    tidu_report_write(report, TIDU_BOTH, out);
    if (ruleset && !tidu_report_error_count(report))
        fuzz_ask(ruleset, out);
    if (!ruleset)
        tidu_arena_close(&arena);
    tidu_ruleset_unref(&ruleset);
    tidu_report_close(&report);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *copy = fuzz_copy(data, size, 0);
    tidu_slice bytes = {copy, size};
    tidu_text once = {0}, again = {0};
    follow(bytes, &once);
    if (size % ONCE_IN == 0) {
        follow(bytes, &again);
        fuzz_must(once.length == again.length && memcmp(once.data, again.data, once.length) == 0,
                  "the same bytes come to the same twice");
    }
    tidu_text_free(&once);
    tidu_text_free(&again);
    free(copy);
    return 0;
}
