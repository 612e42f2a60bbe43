/*
 * titles.c: what each title and criterion comes to, for sql.py.
 *
 *     titles RULES SNAPSHOT DATE REGION
 *
 * A line for each enterprise of the snapshot: its key, then t, f or nothing (undetermined)
 * for each title and its criteria, in the order and under the names of the view.
 */
#include "tidu/compile.h"
#include "tidu/population.h"
#include "tidu/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRAMS = 2 };

struct side {
    const tidu_program *program;
    tidu_run *run;
};

static void __attribute__((noreturn)) give_up(const char *what)
{
    fprintf(stderr, "titles: %s\n", what);
    exit(2);
}

static void
put_name(const char *id)
{
    putchar(',');
    for (; *id; id++)
        fputs(*id == '/' ? "__" : *id == '-' ? "_" : (char[2]){*id, 0}, stdout);
}

static void
put_status(const struct side *side, tidu_step step, uint32_t row)
{
    tidu_truth truth = tidu_run_truth(side->run, step, row);
    fputs(truth == TIDU_TRUE ? ",t" : truth == TIDU_FALSE ? ",f" : ",", stdout);
}

/* Names, when there is no row. */
static void
put_side(const struct side *side, int64_t row)
{
    const tidu_program *program = side->program;
    for (uint32_t d = 0; program && d < program->designation_count; d++) {
        const tidu_designation *designation = &program->designations[d];
        if (!designation->told)
            continue;
        if (row < 0)
            put_name(designation->id);
        else
            put_status(side, designation->status, (uint32_t)row);
        for (uint32_t c = 0; c < designation->criterion_count; c++) {
            const tidu_criterion *criterion = &program->criteria[designation->first_criterion + c];
            if (row < 0)
                put_name(criterion->id);
            else
                put_status(side, criterion->status, (uint32_t)row);
        }
    }
}

int
main(int count, char **arguments)
{
    tidu_report *report = tidu_report_open();
    tidu_ruleset *rules = NULL;
    tidu_error error;
    int32_t as_of;
    uint32_t region;
    if (count != 5 || !tidu_date_parse(arguments[3], strlen(arguments[3]), &as_of) ||
        !tidu_region_parse(arguments[4], strlen(arguments[4]), &region))
        give_up("RULES SNAPSHOT DATE REGION");
    if (!tidu_ruleset_load(arguments[1], NULL, &rules, report))
        give_up("the rules cannot be loaded");
    tidu_population *population = tidu_population_open(arguments[2], &error);
    const tidu_vocabulary *vocabulary = tidu_ruleset_vocabulary(rules);
    const tidu_plan *plan = tidu_ruleset_plan(rules, region);
    tidu_binding *binding =
        population ? tidu_binding_open(population, vocabulary, as_of, &error) : NULL;
    tidu_block *block = tidu_block_open(&vocabulary->layout, TIDU_BLOCK_ROWS);
    if (!binding || !block)
        give_up("the snapshot cannot be opened");
    struct side sides[PROGRAMS] = {{tidu_timeline_program(&plan->ladder, as_of), NULL},
                                   {tidu_timeline_program(&plan->local, as_of), NULL}};
    fputs("uscc", stdout);
    for (int s = 0; s < PROGRAMS; s++) {
        sides[s].run = sides[s].program ? tidu_run_open(sides[s].program, block) : NULL;
        put_side(&sides[s], -1);
    }
    putchar('\n');
    for (uint32_t g = 0; g < tidu_population_about(population).groups; g++) {
        uint32_t rows = tidu_population_group_rows(population, g), some;
        for (uint32_t at = 0; at < rows; at += some) {
            some = tidu_binding_load(binding, g, at, rows - at, false, block);
            for (int s = 0; s < PROGRAMS; s++)
                if (sides[s].run)
                    tidu_run_eval(sides[s].run);
            for (uint32_t r = 0; r < some; r++) {
                printf("#%llu", (unsigned long long)tidu_population_record(population, g, at + r));
                for (int s = 0; s < PROGRAMS; s++)
                    put_side(&sides[s], r);
                putchar('\n');
            }
        }
    }
    return 0;
}
