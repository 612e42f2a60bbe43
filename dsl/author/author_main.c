/*
 * author_main.c: tidu-author, the authoring helper.
 *
 *   tidu-author <memory bytes> <processor ms> <output bytes>
 *
 * A child process that reads sources from its standard input, runs them, and
 * writes what they declared to its standard output (helper.c shows how). It
 * gives up everything else before it looks at a byte of them, so that a
 * careless or hostile document can end the helper, never its parent.
 *
 * The sources come as
 *
 *   <count>\n   and for each   <path bytes> <text bytes>\n<path><text>
 *
 * Must not know where documents come from. Owns everything the helper has,
 * until the process ends.
 */
#include "internal.h"
#include "tidu/heap.h"

#include <cmark-gfm-core-extensions.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What is left to read of the sources. */
struct input {
    const char *at, *end;
};

/* All of the standard input. Ends when memory does not suffice. */
static tidu_text
read_input(void)
{
    tidu_text text = {0};
    for (;;) {
        if (!tidu_text_reserve(&text, AUTHOR_READ_BYTES))
            tidu_helper_die("memory");
        ssize_t got = read(STDIN_FILENO, text.data + text.length, AUTHOR_READ_BYTES);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            _exit(2);
        if (!got)
            return text;
        text.length += (size_t)got;
    }
}

/* A number and the byte behind it. Our parent wrote it: anything else is a bug
 * or a stranger. */
static size_t
take_number(struct input *input, char behind)
{
    size_t number = 0;
    while (input->at < input->end && *input->at >= '0' && *input->at <= '9')
        number = number * 10 + (size_t)(*input->at++ - '0');
    if (input->at == input->end || *input->at++ != behind)
        _exit(2);
    return number;
}

static const char *
take_bytes(struct input *input, size_t length)
{
    const char *bytes = input->at;
    if ((size_t)(input->end - input->at) < length)
        _exit(2);
    input->at += length;
    return bytes;
}

static void
read_source(struct author *author, struct input *input, uint32_t index)
{
    struct document *document = &author->documents[index];
    size_t path_length = take_number(input, ' ');
    size_t length = take_number(input, '\n');
    document->path = tidu_helper_copy(author, take_bytes(input, path_length), path_length);
    document->lua = tidu_ends_with(document->path, ".lua");
    document->vocabulary = !strncmp(document->path, "vocabulary/", 11);
    document->policy = document->designation = document->scorecard = document->first = -1;
    tidu_helper_progress(index, 0);
    tidu_document_read(author, index, take_bytes(input, length), length);
}

static void
read_sources(struct author *author, const tidu_text *text)
{
    struct input input = {text->data, text->data + text->length};
    author->document_count = (uint32_t)take_number(&input, '\n');
    author->documents = tidu_helper_take(author, author->document_count, sizeof *author->documents);
    for (uint32_t i = 0; i < author->document_count; i++)
        read_source(author, &input, i);
}

static void
run_documents(struct author *author, bool vocabulary)
{
    for (uint32_t i = 0; i < author->document_count; i++)
        if (author->documents[i].vocabulary == vocabulary)
            tidu_sandbox_run(author, i);
}

int
main(int count, char **arguments)
{
    if (count != 4) {
        fputs("usage: tidu-author MEMORY_BYTES PROCESSOR_MS OUTPUT_BYTES\n"
              "The authoring helper; tidu and tidud start it.\n",
              stderr);
        return 2;
    }
    tidu_heap_enlarge(AUTHOR_HEAP_BYTES);
    struct author author = {.magic = AUTHOR_MAGIC,
                            .arena = tidu_arena_open(),
                            .scratch = tidu_arena_open(),
                            .report = tidu_report_open(),
                            .memory_limit = strtoul(arguments[1], NULL, 10),
                            .cpu_ms = (unsigned)strtoul(arguments[2], NULL, 10),
                            .output_limit = strtoul(arguments[3], NULL, 10)};
    if (!author.arena || !author.scratch || !author.report)
        tidu_helper_die("memory");
    closefrom(STDERR_FILENO + 1);
    cmark_gfm_core_extensions_ensure_registered();
    tidu_helper_confine(author.memory_limit, author.cpu_ms);

    tidu_text sources = read_input(), answer = {0};
    read_sources(&author, &sources);
    tidu_sandbox_open(&author);
    run_documents(&author, true);
    run_documents(&author, false);
    tidu_declare_check(&author);
    tidu_author_encode(&author, &answer);
    tidu_helper_answer(&answer);
    _exit(0); /* the kernel frees faster than we could, and a sanitizer has nobody to ask */
}
