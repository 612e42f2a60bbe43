/*
 * find.c: what a program's outline holds under a name.
 *
 * Must not know: steps.
 */
#include "internal.h"

#include <string.h>

const tidu_designation *
tidu_program_told(const tidu_program *program, const char *id)
{
    for (uint32_t d = 0; program && d < program->designation_count; d++)
        if (program->designations[d].told && !strcmp(program->designations[d].id, id))
            return &program->designations[d];
    return NULL;
}

const tidu_derived *
tidu_program_derived(const tidu_program *program, const char *name)
{
    for (uint32_t d = 0; program && d < program->derived_count; d++)
        if (!strcmp(program->derived[d].symbol->name, name))
            return &program->derived[d];
    return NULL;
}

bool
tidu_is_wanted(const char *const *ids, size_t count, const char *id)
{
    for (size_t i = 0; ids && i < count; i++)
        if (!strcmp(ids[i], id))
            return true;
    return !ids;
}

bool
tidu_no_such_designation(const char *id, const tidu_program *const programs[], size_t count,
                         tidu_error *reterr)
{
    tidu_text all = {0};
    for (size_t p = 0; p < count; p++)
        for (uint32_t d = 0; programs[p] && d < programs[p]->designation_count; d++)
            if (programs[p]->designations[d].told)
                tidu_text_printf(&all, "%s%s", all.length ? ", " : "",
                                 programs[p]->designations[d].id);
    tidu_text_putc(&all, '\0');
    tidu_error_set(reterr, TIDU_NO_SUCH_DESIGNATION, id, all.failed ? "" : all.data, NULL);
    tidu_text_free(&all);
    return false;
}
