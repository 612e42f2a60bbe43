/*
 * inventory.c: the library as a population.
 *
 *   rows of the table, a page at a time ─► records ─► a snapshot beside the table
 *                                                     ─► read into memory, unlinked
 *
 * All pages are of one transaction, so what is written meanwhile is in none of them.
 */
#include "inventory.h"

#include "sketch.h"
#include "store/enterprises.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PAGE = 1 << 18 };

struct taking {
    const struct inventory *inventory;
    struct database *database;
    const char *file; /* of the database, to complain about it */
    char last[TIDU_USCC_LENGTH + 1];
    tidu_text record;
    tidu_text *out;
    size_t begin; /* of the page in it */
    uint64_t total;
};

/* A record is a line, whatever white space its members were given with. */
static void
put_line(const tidu_text *record, size_t length, tidu_text *out)
{
    size_t begin = out->length;
    tidu_text_add(out, record->data, length);
    for (size_t i = begin; i < out->length; i++)
        if (out->data[i] == '\n')
            out->data[i] = ' ';
    tidu_text_putc(out, '\n');
}

static bool
add_enterprise(void *context, const struct enterprise *enterprise)
{
    struct taking *taking = context;
    size_t length = tidu_sketch_whole(enterprise->facts, enterprise->titles, &taking->record);
    if (taking->record.failed)
        taking->out->failed = true;
    else
        put_line(&taking->record, length, taking->out);
    snprintf(taking->last, sizeof taking->last, "%.*s", (int)enterprise->uscc.length,
             enterprise->uscc.data);
    return !taking->out->failed && taking->out->length - taking->begin < PAGE;
}

static bool
read_page(void *context, tidu_text *out, tidu_error *reterr)
{
    struct taking *taking = context;
    const struct enterprise_filter behind = {.after = taking->last};
    taking->out = out;
    taking->begin = out->length;
    return tidu_enterprises_walk(taking->database, &behind, add_enterprise, taking) ||
           tidu_error_set(reterr, TIDU_FILE_READ, taking->file,
                          tidu_database_why(taking->database), NULL);
}

static bool
tell_progress(void *context, uint64_t records)
{
    const struct taking *taking = context;
    return taking->inventory->progress(taking->inventory->context, records, taking->total);
}

static bool
write_all(struct taking *taking, const tidu_build_options *options, tidu_error *reterr)
{
    const tidu_text_source source = {.context = taking, .read = read_page};
    const tidu_build_watch watch = {.context = taking,
                                    .progress = taking->inventory->progress ? tell_progress : NULL};
    if (!tidu_database_run(taking->database, "BEGIN"))
        return tidu_error_set(reterr, TIDU_FILE_READ, taking->file,
                              tidu_database_why(taking->database), NULL);
    taking->total = tidu_enterprises_count(taking->database);
    if (!taking->total)
        return tidu_error_set(reterr, TIDU_CENSUS_EMPTY, NULL);
    return tidu_population_build(tidu_ruleset_vocabulary(taking->inventory->rules), &source, options,
                                 &watch, reterr);
}

bool
tidu_inventory_write(const struct inventory *inventory, const tidu_build_options *options,
                     tidu_error *reterr)
{
    char file[PATH_MAX];
    struct taking taking = {.inventory = inventory, .file = file};
    snprintf(file, sizeof file, "%.*s/tidu.db", PATH_MAX - 16, inventory->folder);
    taking.database = tidu_database_read(file, reterr);
    bool good = taking.database && write_all(&taking, options, reterr);
    tidu_database_close(&taking.database);
    tidu_text_free(&taking.record);
    return good;
}

tidu_population *
tidu_inventory_take(const struct inventory *inventory, tidu_error *reterr)
{
    char snapshot[PATH_MAX];
    snprintf(snapshot, sizeof snapshot, "%.*s/library.tidu", PATH_MAX - 32, inventory->folder);
    const tidu_build_options options = {.path = snapshot, .ignore_unknown = true, .threads = 1};
    if (!tidu_inventory_write(inventory, &options, reterr))
        return NULL;
    tidu_population *population = tidu_population_load(snapshot, reterr);
    unlink(snapshot);
    return population;
}
