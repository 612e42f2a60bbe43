/*
 * evaluation.c: everything one caller needs to answer records.
 *
 * An evaluation holds a ruleset, the program in force on its date, a block and
 * a run over it. All memory is taken when it is opened or its program changes.
 */
#include "internal.h"

#include <stdlib.h>
#include <string.h>

static bool
wants(const struct tidu_evaluation *e, const char *id)
{
    if (!e->wanted)
        return true;
    for (size_t i = 0; i < e->wanted_count; i++)
        if (!strcmp(e->wanted[i], id))
            return true;
    return false;
}

static void
forget_wanted(struct tidu_evaluation *e)
{
    for (size_t i = 0; e->wanted && i < e->wanted_count; i++)
        free(e->wanted[i]);
    free(e->wanted);
    e->wanted = NULL;
    e->wanted_count = 0;
}

static bool
no_memory(tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

/* Any designation of the ruleset may be asked for, in force or not. */
static bool
declares_before(const tidu_ruleset *ruleset, uint32_t end, const char *id)
{
    for (uint32_t i = 0; i < end; i++) {
        const tidu_declaration *declaration = &ruleset->declarations.declarations[i];
        if (!strcmp(declaration->word, "designation") && !strcmp(declaration->name, id))
            return true;
    }
    return false;
}

static bool
check_wanted(const tidu_ruleset *ruleset, const char *id, tidu_error *reterr)
{
    uint32_t count = ruleset->declarations.declaration_count;
    tidu_text all = {0};
    if (declares_before(ruleset, count, id))
        return true;
    for (uint32_t i = 0; i < count; i++) {
        const tidu_declaration *declaration = &ruleset->declarations.declarations[i];
        if (!strcmp(declaration->word, "designation") &&
            !declares_before(ruleset, i, declaration->name))
            tidu_text_printf(&all, "%s%s", all.length ? ", " : "", declaration->name);
    }
    tidu_text_putc(&all, '\0');
    tidu_error_set(reterr, TIDU_NO_SUCH_DESIGNATION, id, all.failed ? "" : all.data, NULL);
    tidu_text_free(&all);
    return false;
}

static bool
keep_wanted(struct tidu_evaluation *e, const tidu_options *options, tidu_error *reterr)
{
    for (size_t i = 0; options->designations && i < options->designation_count; i++)
        if (!check_wanted(e->ruleset, options->designations[i], reterr))
            return false;
    forget_wanted(e);
    if (!options->designations)
        return true;
    e->wanted = calloc(options->designation_count + 1, sizeof *e->wanted);
    if (!e->wanted)
        return no_memory(reterr);
    for (size_t i = 0; i < options->designation_count; i++) {
        e->wanted[i] = strdup(options->designations[i]);
        e->wanted_count++;
        if (!e->wanted[i])
            return no_memory(reterr);
    }
    return true;
}

static bool
write_head(struct tidu_evaluation *e)
{
    char date[11];
    e->head.length = 0;
    tidu_text_printf(&e->head, "{\"ruleset\":\"%.12s\",\"as_of\":\"%s\"",
                     tidu_ruleset_digest(e->ruleset), tidu_date_format(e->options.as_of, date));
    return !e->head.failed;
}

static bool
change_program(struct tidu_evaluation *e, const tidu_program *program)
{
    tidu_run_close(&e->run);
    tidu_missing_close(&e->missing);
    free(e->chosen);
    e->program = program;
    e->run = tidu_run_open(program, e->block);
    e->missing = tidu_missing_open(program);
    e->chosen = calloc((size_t)program->designation_count + 1, sizeof *e->chosen);
    return e->run && e->missing && e->chosen && tidu_brief_build(e);
}

bool
tidu_evaluation_reset(tidu_evaluation *e, const tidu_options *options, tidu_error *reterr)
{
    const tidu_program *program = tidu_ruleset_program(e->ruleset, options->as_of);
    if (!keep_wanted(e, options, reterr))
        return false;
    e->options = *options;
    e->options.designations = NULL;
    if (program != e->program && !change_program(e, program)) {
        e->program = NULL;
        return no_memory(reterr);
    }
    for (uint32_t d = 0; d < program->designation_count; d++)
        e->chosen[d] = wants(e, program->designations[d].id);
    if (!write_head(e))
        return no_memory(reterr);
    tidu_evaluation_clear(e);
    return true;
}

tidu_evaluation *
tidu_evaluation_open(tidu_ruleset *ruleset, const tidu_options *options, uint32_t rows,
                     tidu_error *reterr)
{
    struct tidu_evaluation *e = calloc(1, sizeof *e);
    if (!e) {
        no_memory(reterr);
        return NULL;
    }
    e->ruleset = tidu_ruleset_ref(ruleset);
    e->rows = rows;
    e->reader = tidu_reader_open(&ruleset->vocabulary);
    e->block = tidu_block_open(&ruleset->vocabulary.layout, rows);
    bool ready = e->reader && e->block ? tidu_evaluation_reset(e, options, reterr)
                                       : no_memory(reterr);
    if (!ready)
        tidu_evaluation_close(&e);
    return e;
}

void
tidu_evaluation_close(tidu_evaluation **evaluation)
{
    struct tidu_evaluation *e = *evaluation;
    if (!e)
        return;
    tidu_run_close(&e->run);
    tidu_missing_close(&e->missing);
    tidu_block_close(&e->block);
    tidu_reader_close(&e->reader);
    tidu_brief_free(&e->brief);
    tidu_text_free(&e->head);
    forget_wanted(e);
    free(e->chosen);
    tidu_ruleset_unref(&e->ruleset);
    free(e);
    *evaluation = NULL;
}

void
tidu_evaluation_clear(tidu_evaluation *e)
{
    tidu_block_clear(e->block, e->options.as_of);
}

tidu_read
tidu_evaluation_json(tidu_evaluation *e, const char *text, size_t length, tidu_error *reterr)
{
    return tidu_reader_json(e->reader, text, length, e->options.ignore_unknown, e->block, reterr);
}

tidu_read
tidu_evaluation_csv(tidu_evaluation *e, tidu_csv *csv, const char *text, size_t length,
                    tidu_error *reterr)
{
    return tidu_csv_read(csv, text, length, e->block, reterr);
}

void
tidu_evaluation_run(tidu_evaluation *e)
{
    tidu_run_eval(e->run);
}

uint32_t
tidu_evaluation_rows(const tidu_evaluation *e)
{
    return e->block->row_count;
}
