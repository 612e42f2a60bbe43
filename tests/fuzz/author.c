/*
 * author.c: the authoring helper, without a process of its own.
 *
 *   sources ─► document.c … encode.c of dsl/author/, as in tidu-author ─► its answer
 *
 * What a process would have is left out: it gives up nothing, tells its parent
 * nothing on the way, and there is no kernel to end it. Time is limited by the
 * scripts' hook, memory by Lua's allocator.
 *
 * Owns all the helper would own, for the time of one call.
 */
#include "fuzz.h"

#include "../../dsl/author/internal.h"

#include <cmark-gfm-core-extensions.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { MEMORY_BYTES = 16 << 20, CPU_MS = 2000, OUTPUT_BYTES = 4 << 20 };

/* ---- in place of tell.c and run.c ---- */

static uint32_t at_line;

void
tidu_helper_at(uint32_t document, uint32_t line)
{
    (void)document;
    at_line = line;
}

uint32_t
tidu_helper_line(void)
{
    return at_line;
}

void
tidu_helper_progress(uint32_t document, uint32_t line)
{
    tidu_helper_at(document, line);
}

void
tidu_helper_die(const char *reason)
{
    fuzz_fail("the helper needs no more than it may have", reason, strlen(reason));
}

const tidu_author_limits tidu_author_default_limits = {
    .memory_bytes = MEMORY_BYTES, .cpu_ms = CPU_MS, .wall_ms = CPU_MS, .output_bytes = OUTPUT_BYTES};

bool
tidu_author_run(const char *helper, const tidu_source *sources, size_t source_count,
                const tidu_author_limits *limits, tidu_arena *arena,
                tidu_declarations *ret_declarations, tidu_report *report)
{
    (void)helper;
    (void)limits;
    tidu_text answer = {0};
    fuzz_author(sources, source_count, &answer);
    bool read = tidu_author_decode(answer.data, answer.length, sources, source_count, arena,
                                   ret_declarations, report);
    tidu_text_free(&answer);
    return read;
}

/* ---- the helper ---- */

/* The hook counts the processor time of the whole process. */
static unsigned
deadline_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (unsigned)now.tv_sec * 1000 + (unsigned)(now.tv_nsec / 1000000) + CPU_MS;
}

static bool
is_lua(const char *path)
{
    size_t length = strlen(path);
    return length > 4 && strcmp(path + length - 4, ".lua") == 0;
}

static void
open_author(struct author *author, const tidu_source *sources, size_t count)
{
    *author = (struct author){.magic = AUTHOR_MAGIC,
                              .arena = tidu_arena_open(),
                              .scratch = tidu_arena_open(),
                              .report = tidu_report_open(),
                              .memory_limit = MEMORY_BYTES,
                              .cpu_ms = deadline_ms(),
                              .output_limit = OUTPUT_BYTES,
                              .document_count = (uint32_t)count};
    fuzz_must(author->arena && author->scratch && author->report, "there is memory to begin with");
    author->documents = tidu_helper_take(author, count, sizeof *author->documents);
    for (uint32_t i = 0; i < count; i++) {
        struct document *document = &author->documents[i];
        document->path = tidu_helper_copy(author, sources[i].path, strlen(sources[i].path));
        document->lua = is_lua(document->path);
        document->vocabulary = tidu_author_is_vocabulary(document->path);
        document->policy = document->designation = document->scorecard = document->first = -1;
        tidu_document_read(author, i, sources[i].text, sources[i].length);
    }
}

/* The process would simply end. */
static void
close_author(struct author *author)
{
    tidu_sandbox_close(author);
    for (uint32_t i = 0; i < author->document_count; i++) {
        free(author->documents[i].chunks);
        free(author->documents[i].tokens);
    }
    free(author->clauses);
    free(author->tables);
    free(author->declared);
    free(author->marks);
    free(author->pieces);
    free(author->piece_table);
    tidu_report_close(&author->report);
    tidu_arena_close(&author->scratch);
    tidu_arena_close(&author->arena);
}

static void
run_documents(struct author *author, bool vocabulary)
{
    for (uint32_t i = 0; i < author->document_count; i++)
        if (author->documents[i].vocabulary == vocabulary)
            tidu_sandbox_run(author, i);
}

void
fuzz_author(const tidu_source *sources, size_t count, tidu_text *answer)
{
    struct author author;
    cmark_gfm_core_extensions_ensure_registered();
    at_line = 0;
    open_author(&author, sources, count);
    tidu_sandbox_open(&author);
    run_documents(&author, true);
    run_documents(&author, false);
    tidu_declare_check(&author);
    tidu_author_encode(&author, answer);
    close_author(&author);
}

/* ---- documents of tests/policy/ ---- */

tidu_source
fuzz_source(tidu_arena *arena, const char *file, const char *as)
{
    enum { MOST = 1 << 16 };
    const char *folder = getenv("srcdir");
    char *path = tidu_arena_printf(arena, "%s/tests/policy/%s", folder ? folder : ".", file);
    char *text = tidu_arena_alloc(arena, MOST);
    FILE *from = path ? fopen(path, "rb") : NULL;
    if (!from || !text)
        fuzz_fail("srcdir names the source folder", file, strlen(file));
    size_t length = fread(text, 1, MOST - 1, from);
    fclose(from);
    return (tidu_source){as, text, length};
}

void
fuzz_vocabulary(tidu_arena *arena, tidu_source ret_sources[FUZZ_VOCABULARY])
{
    ret_sources[0] = fuzz_source(arena, "vocabulary.lua", "vocabulary/facts.lua");
    ret_sources[1] = fuzz_source(arena, "places.lua", "vocabulary/places.lua");
}
