/*
 * rows.c: a record comes to the same in a population, in a block and alone.
 *
 *     rows RULES RECORDS SNAPSHOT DATE
 *
 * SNAPSHOT was built of RECORDS (NDJSON, none refused). Every step of the country's ladder
 * is compared, to the bit, for every record: values, what is known, what is true.
 */
#include "tidu/compile.h"
#include "tidu/population.h"
#include "tidu/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    tidu_reader *reader;
    tidu_block *block;
    tidu_run *run;
};

static void __attribute__((noreturn)) give_up(const char *what)
{
    fprintf(stderr, "rows: %s\n", what);
    exit(2);
}

static void
eval(tidu_run *run)
{
    tidu_run_eval(run);
    tidu_run_eval_support(run);
    tidu_run_eval_derived(run);
}

static void
open_reading(struct reading *reading, const tidu_vocabulary *vocabulary,
             const tidu_program *program, uint32_t rows)
{
    reading->reader = tidu_reader_open(vocabulary);
    reading->block = tidu_block_open(&vocabulary->layout, rows);
    reading->run = reading->block ? tidu_run_open(program, reading->block) : NULL;
    if (!reading->reader || !reading->run)
        give_up("out of memory");
}

static bool
bit(const tidu_view *view, const uint64_t *bits, uint32_t row)
{
    return bits[(row / 64) & view->mask >> 6] >> row % 64 & 1;
}

/* How many steps of row i of one run and row j of another are not the same. */
static unsigned
differences(const tidu_run *a, uint32_t i, const tidu_run *b, uint32_t j)
{
    const tidu_program *program = tidu_run_program(a);
    unsigned count = 0;
    for (uint32_t s = 0; s < program->step_count; s++) {
        if (program->steps[s].frame)
            continue; /* of items, which their record's steps have seen */
        tidu_view x = tidu_run_view(a, s), y = tidu_run_view(b, s);
        bool same = bit(&x, x.known, i) == bit(&y, y.known, j);
        if (x.value)
            same = same && !memcmp(&x.value[i & x.mask], &y.value[j & y.mask], sizeof(double));
        else
            same = same && bit(&x, x.truth, i) == bit(&y, y.truth, j);
        count += !same;
    }
    return count;
}

static void
read_row(struct reading *reading, const char *text, size_t length)
{
    tidu_error error;
    if (tidu_reader_json(reading->reader, text, length, false, reading->block, &error) !=
        TIDU_READ_ROW)
        give_up("a record is refused");
}

/* Where each record begins in a text; one more than there are. */
static size_t *
find_records(char *text, size_t length, size_t *ret_count)
{
    size_t room = 1024, count = 0, *starts = malloc(room * sizeof *starts);
    for (size_t at = 0; starts && at < length; at++) {
        if (count + 2 > room)
            starts = realloc(starts, (room *= 2) * sizeof *starts);
        starts[count++] = at;
        char *end = memchr(text + at, '\n', length - at);
        at = end ? (size_t)(end - text) : length;
    }
    if (!starts)
        give_up("out of memory");
    starts[count] = length + 1;
    *ret_count = count;
    return starts;
}

static char *
read_file(const char *path, size_t *ret_length)
{
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END))
        give_up("cannot read the records");
    *ret_length = (size_t)ftell(file);
    rewind(file);
    char *text = calloc(*ret_length + TIDU_RECORD_PADDING, 1);
    if (!text || fread(text, 1, *ret_length, file) != *ret_length)
        give_up("cannot read the records");
    fclose(file);
    return text;
}

int
main(int count, char **arguments)
{
    tidu_report *report = tidu_report_open();
    tidu_ruleset *rules = NULL;
    tidu_error error;
    int32_t as_of;
    size_t length, records;
    if (count != 5 || !tidu_date_parse(arguments[4], strlen(arguments[4]), &as_of))
        give_up("rows RULES RECORDS SNAPSHOT DATE");
    if (!tidu_ruleset_load(arguments[1], NULL, &rules, report))
        give_up("the rules cannot be loaded");
    tidu_population *population = tidu_population_open(arguments[3], &error);
    char *text = read_file(arguments[2], &length);
    size_t *starts = find_records(text, length, &records);
    if (!population || tidu_population_about(population).rows != records)
        give_up("the snapshot is not of these records");
    const tidu_vocabulary *vocabulary = tidu_ruleset_vocabulary(rules);
    const tidu_program *program =
        tidu_timeline_program(&tidu_ruleset_plan(rules, TIDU_COUNTRY_CODE)->ladder, as_of);
    struct reading block, alone, snapshot;
    open_reading(&block, vocabulary, program, TIDU_BLOCK_ROWS);
    open_reading(&alone, vocabulary, program, 1);
    open_reading(&snapshot, vocabulary, program, TIDU_BLOCK_ROWS);
    tidu_binding *binding = tidu_binding_open(population, vocabulary, as_of, &error);
    uint64_t rows = 0, apart = 0;
    for (uint32_t g = 0; binding && g < tidu_population_about(population).groups; g++)
        for (uint32_t at = 0, some; at < tidu_population_group_rows(population, g); at += some) {
            some = tidu_binding_load(binding, g, at, tidu_population_group_rows(population, g) - at,
                                     false, snapshot.block);
            tidu_block_clear(block.block, as_of);
            for (uint32_t r = 0; r < some; r++) {
                uint64_t record = tidu_population_record(population, g, at + r) - 1;
                read_row(&block, text + starts[record], starts[record + 1] - 1 - starts[record]);
            }
            eval(snapshot.run);
            eval(block.run);
            for (uint32_t r = 0; r < some; r++, rows++) {
                uint64_t record = tidu_population_record(population, g, at + r) - 1;
                tidu_block_clear(alone.block, as_of);
                read_row(&alone, text + starts[record], starts[record + 1] - 1 - starts[record]);
                eval(alone.run);
                apart += differences(snapshot.run, r, block.run, r) != 0 ||
                         differences(alone.run, 0, block.run, r) != 0;
            }
        }
    printf("rows: %llu records by population, by block and alone, %u steps each: %llu differ\n",
           (unsigned long long)rows, program->step_count, (unsigned long long)apart);
    return apart != 0 || rows != records;
}
