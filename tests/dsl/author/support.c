/*
 * support.c: running documents in tests of dsl/author/.
 */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
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

struct load
load_sources(const tidu_author_limits *limits, const tidu_source *sources, size_t count)
{
    struct load load = {.arena = tidu_arena_open(), .report = tidu_report_open()};
    assert_non_null(load.arena);
    assert_non_null(load.report);
    load.done = tidu_author_run(NULL, sources, count, limits, load.arena, &load.found, load.report);
    tidu_report_sort(load.report);
    return load;
}

struct load
load_texts(const tidu_author_limits *limits, ...)
{
    tidu_source sources[16];
    size_t count = 0;
    va_list args;
    va_start(args, limits);
    for (const char *path = va_arg(args, const char *); path; path = va_arg(args, const char *)) {
        const char *text = va_arg(args, const char *);
        assert_true(count < sizeof sources / sizeof *sources);
        sources[count++] = (tidu_source){path, text, strlen(text)};
    }
    va_end(args);
    return load_sources(limits, sources, count);
}

void
load_close(struct load *load)
{
    tidu_report_close(&load->report);
    tidu_arena_close(&load->arena);
}

tidu_text
load_complaints(struct load *load)
{
    char words[1024];
    tidu_text out = {0};
    for (size_t i = 0; i < tidu_report_count(load->report); i++) {
        const tidu_error *error = tidu_report_get(load->report, i);
        tidu_text_printf(
            &out, "%s:%u:%u: %s: %s [%s]\n", error->span.document, error->span.line,
            error->span.column, tidu_error_is_warning(error->code) ? "warning" : "error",
            tidu_error_message(error, TIDU_EN, words, sizeof words), tidu_error_id(error->code));
        if (*tidu_error_hint(error, TIDU_EN, words, sizeof words))
            tidu_text_printf(&out, "  hint: %s\n", words);
        if (error->also.line)
            tidu_text_printf(&out, "  also: %s:%u:%u\n", error->also.document, error->also.line,
                             error->also.column);
    }
    tidu_text_putc(&out, '\0');
    return out;
}

static void
print_attr(const tidu_declarations *found, const tidu_attr *attr, tidu_text *out)
{
    tidu_text_printf(out, "(%d %s %u:%u ", (int)attr->kind, attr->name ? attr->name : "-",
                     attr->line, attr->column);
    if (attr->kind == TIDU_ATTR_FLAG)
        tidu_text_number(out, attr->number);
    if (attr->text)
        tidu_text_json(out, attr->text, strlen(attr->text));
    if (attr->kind == TIDU_ATTR_TABLE || attr->kind == TIDU_ATTR_DECL)
        tidu_text_printf(out, "%u", attr->reference);
    for (uint32_t i = 0; attr->kind == TIDU_ATTR_JSON && i < attr->reference; i++)
        tidu_text_printf(out, "%s,", found->pieces[attr->pieces[i]]);
    for (uint32_t i = 0; i < attr->item_count; i++)
        print_attr(found, &attr->items[i], out);
    tidu_text_putc(out, ')');
}

tidu_text
load_print(const struct load *load)
{
    tidu_text out = {0};
    const tidu_declarations *found = &load->found;
    for (uint32_t i = 0; i < found->document_count; i++)
        tidu_text_printf(&out, "%s %s\n", found->documents[i].path, found->documents[i].digest);
    for (uint32_t i = 0; i < found->clause_count; i++)
        tidu_text_printf(&out, "%u:%u %s {%s} %s\n", found->clauses[i].document,
                         found->clauses[i].line, found->clauses[i].path, found->clauses[i].words,
                         found->clauses[i].digest);
    for (uint32_t i = 0; i < found->table_count; i++)
        tidu_text_printf(&out, "table %u:%u %ux%u %s\n", found->tables[i].document,
                         found->tables[i].line, found->tables[i].rows, found->tables[i].columns,
                         found->tables[i].cells[0].text);
    for (uint32_t i = 0; i < found->declaration_count; i++) {
        const tidu_declaration *d = &found->declarations[i];
        tidu_text_printf(&out, "%s %s %u:%u %u %d ", d->word, d->name ? d->name : "-", d->document,
                         d->line, d->clause, d->parent);
        print_attr(found, &d->attrs, &out);
        tidu_text_putc(&out, '\n');
    }
    tidu_text_putc(&out, '\0');
    return out;
}

const tidu_declaration *
find_declaration(const struct load *load, const char *word, const char *name)
{
    for (uint32_t i = 0; i < load->found.declaration_count; i++) {
        const tidu_declaration *d = &load->found.declarations[i];
        if (!strcmp(d->word, word) && (!name || (d->name && !strcmp(d->name, name))))
            return d;
    }
    fail_msg("there is no %s \"%s\"", word, name ? name : "");
    return NULL;
}

const tidu_attr *
find_attr(const tidu_declaration *declaration, ...)
{
    const tidu_attr *attr = &declaration->attrs;
    va_list args;
    va_start(args, declaration);
    for (const char *step = va_arg(args, const char *); step; step = va_arg(args, const char *)) {
        bool position = *step >= '0' && *step <= '9' && !step[1];
        const tidu_attr *next = NULL;
        if (!position)
            next = tidu_attr_find(attr, step);
        else if ((uint32_t)(*step - '0') < attr->item_count)
            next = &attr->items[*step - '0'];
        if (!next)
            fail_msg("%s \"%s\" has nothing at \"%s\"", declaration->word, declaration->name, step);
        attr = next;
    }
    va_end(args);
    return attr;
}

void
check_complaints(struct load *load, const char *expected, const char *file, int line)
{
    tidu_text text = load_complaints(load);
    if (strcmp(text.data, expected)) {
        print_error("expected:\n%sgot:\n%s", expected, text.data);
        tidu_text_free(&text);
        _fail(file, line);
    }
    tidu_text_free(&text);
}

char *
fake_helper(const char *script)
{
    char *path = strdup("/tmp/tidu-fake-helper-XXXXXX");
    assert_non_null(path);
    int file = mkstemp(path);
    assert_true(file >= 0);
    dprintf(file, "#!/bin/sh\n%s\n", script);
    assert_int_equal(fchmod(file, 0700), 0);
    close(file);
    return path;
}
