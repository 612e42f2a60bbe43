/*
 * test_stacks.c: random stacks against brute force.
 *
 * Trees of stacks are made at random, from a fixed seed, over amounts that are
 * often equal or a yuan apart. What the engine says of a record must contain
 * what comes of every completion of it: every value of the facts that are
 * unknown, every sum that "up to" or a pool may pay. Where there is only one
 * completion it must be that, exactly. Brute force counts in whole yuan.
 * Guards dsl/compile/money.c.
 */
#include "asking.h"

#include "tidu/compile.h"
#include "tidu/run.h"

#include <stdio.h>
#include <stdlib.h>

enum {
    RULESETS = 24,
    RECORDS = 40,
    TREES = 6,
    MOST_NODES = 96,
    MOST_MEMBERS = 4,
    FACTS = 4,    /* of each kind: m0…, money, and f0…, flags */
    FREE = 2,     /* subsidies in no stack, for `counts` */
    YUAN = 10000, /* in a unit of money */
    MOST_COMPLETIONS = 1500
};

/* ---- chance ---- */

static uint64_t random_state;

static uint32_t
random_below(uint32_t bound)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % bound;
}

static bool
one_in(uint32_t times)
{
    return random_below(times) == 0;
}

/* In yuan: equal, a yuan apart, and sums that doubles do not hold. */
static const int64_t amounts[] = {0,    100000, 200000, 200001,  199999, 300000, 1000,
                                  2000, 3000,   500000, 1000000, -50000, 1};
static const int64_t caps[] = {3000, 300000, 500000, 500001, 499999, 1000000, 0};

#define PICK(list) ((list)[random_below(sizeof(list) / sizeof *(list))])

/* ---- rules ---- */

struct node {
    char id[16];
    bool stack;
    /* of a subsidy */
    int amount, flag; /* facts; flag -1 for none */
    bool up_to, government;
    int64_t cap; /* -1 for none; of a stack its ceiling */
    /* of a stack */
    tidu_stack_rule rule;
    int members[MOST_MEMBERS];
    int member_count;
    bool counts[FREE];
};

struct rules {
    struct node nodes[MOST_NODES];
    int node_count;
    int roots[TREES];
    tidu_ruleset *ruleset;
    const tidu_program *program;
};

static struct node *
add_node(struct rules *rules, const char *prefix)
{
    assert_true(rules->node_count < MOST_NODES);
    struct node *node = &rules->nodes[rules->node_count];
    *node = (struct node){.cap = -1, .flag = -1};
    snprintf(node->id, sizeof node->id, "%s%d", prefix, rules->node_count++);
    return node;
}

static int
make_subsidy(struct rules *rules)
{
    struct node *node = add_node(rules, "a");
    node->amount = (int)random_below(FACTS);
    node->flag = one_in(3) ? -1 : (int)random_below(FACTS);
    node->up_to = one_in(8);
    node->government = one_in(10);
    node->cap = one_in(5) ? PICK(caps) : -1;
    return rules->node_count - 1;
}

static int
make_stack(struct rules *rules, int depth)
{
    struct node made = {.stack = true, .cap = -1};
    made.rule = (tidu_stack_rule)random_below(TIDU_STACK_RULE_COUNT);
    if (made.rule == TIDU_STACK_CEILING) {
        made.cap = PICK(caps);
        for (int i = 0; i < FREE; i++)
            made.counts[i] = one_in(4);
    }
    made.member_count = (int)random_below(MOST_MEMBERS) + 1;
    for (int i = 0; i < made.member_count; i++)
        made.members[i] = depth && one_in(3) ? make_stack(rules, depth - 1) : make_subsidy(rules);
    struct node *node = add_node(rules, "s");
    memcpy(made.id, node->id, sizeof made.id);
    *node = made;
    return rules->node_count - 1;
}

static void
put_yuan(int64_t yuan, tidu_text *out)
{
    tidu_text_printf(out, "%s%lld.%04lld", yuan < 0 ? "-" : "", (long long)(llabs(yuan) / YUAN),
                     (long long)(llabs(yuan) % YUAN));
}

static void
put_subsidy(const struct node *node, tidu_text *out)
{
    tidu_text_printf(out, "subsidy \"%s\" { zh = \"奖\", en = \"A\", amount = [[ m%d ]]", node->id,
                     node->amount);
    if (node->cap >= 0) {
        tidu_text_puts(out, ", cap = [[ ");
        put_yuan(node->cap, out);
        tidu_text_puts(out, "万元 ]]");
    }
    if (node->up_to)
        tidu_text_puts(out, ", up_to = true");
    if (node->government)
        tidu_text_puts(out, ", to = \"government\"");
    if (node->flag >= 0)
        tidu_text_printf(out, ", [[ f%d ]]", node->flag);
    tidu_text_puts(out, " }\n");
}

static void
put_stack(const struct rules *rules, const struct node *node, tidu_text *out)
{
    static const char *const words[] = {"highest", "difference", "ceiling", "one_of", "budget"};
    tidu_text_printf(out, "stack \"%s\" { zh = \"叠\", en = \"S\", rule = \"%s\", of = {", node->id,
                     words[node->rule]);
    for (int i = 0; i < node->member_count; i++)
        tidu_text_printf(out, " \"%s\",", rules->nodes[node->members[i]].id);
    tidu_text_puts(out, " }");
    if (node->rule == TIDU_STACK_CEILING) {
        tidu_text_puts(out, ", cap = [[ ");
        put_yuan(node->cap, out);
        tidu_text_puts(out, "万元 ]], counts = {");
        for (int i = 0; i < FREE; i++)
            if (node->counts[i])
                tidu_text_printf(out, " \"%s\",", rules->nodes[i].id);
        tidu_text_puts(out, " }");
    }
    tidu_text_puts(out, " }\n");
}

static void
write_rules(const struct rules *rules, tidu_text *out)
{
    tidu_text_puts(out, "# T\n\n```lua\npolicy { id = \"t\", effective = \"2020-01-01\" }\n");
    for (int i = 0; i < rules->node_count; i++)
        if (rules->nodes[i].stack)
            put_stack(rules, &rules->nodes[i], out);
        else
            put_subsidy(&rules->nodes[i], out);
    tidu_text_puts(out, "```\n");
    tidu_text_putc(out, '\0');
}

static void
write_facts(tidu_text *out)
{
    for (int i = 0; i < FACTS; i++)
        tidu_text_printf(out,
                         "fact \"m%d\" { zh = \"金额%d\", type = \"money\", unit = \"万元\" }\n"
                         "fact \"f%d\" { zh = \"是否%d\", type = \"flag\" }\n",
                         i, i, i, i);
    tidu_text_putc(out, '\0');
}

static void
build(struct rules *rules)
{
    tidu_text text = {0}, facts = {0};
    tidu_report *report = tidu_report_open();
    write_rules(rules, &text);
    write_facts(&facts);
    const tidu_source sources[] = {{"national/a.md", text.data, text.length - 1},
                                   {"vocabulary/facts.lua", facts.data, facts.length - 1}};
    if (!tidu_ruleset_build(sources, 2, NULL, &rules->ruleset, report)) {
        tidu_text said = complaints(report, TIDU_EN);
        fail_msg("%s\n%s", said.data, text.data);
    }
    rules->program = tidu_ruleset_program(rules->ruleset, day("2026-01-01"));
    tidu_report_close(&report);
    tidu_text_free(&text);
    tidu_text_free(&facts);
}

static struct rules *
make_rules(void)
{
    struct rules *rules = calloc(1, sizeof *rules);
    assert_non_null(rules);
    for (int i = 0; i < FREE; i++)
        make_subsidy(rules);
    for (int i = 0; i < TREES; i++)
        rules->roots[i] = make_stack(rules, 2);
    build(rules);
    return rules;
}

/* ---- records ---- */

struct record_facts {
    int64_t amounts[FACTS];
    bool flags[FACTS];
    bool amount_known[FACTS], flag_known[FACTS];
};

static struct record_facts
make_record(void)
{
    struct record_facts facts;
    uint32_t unknown = PICK(((uint32_t[]){1000, 1000, 6, 3}));
    for (int i = 0; i < FACTS; i++) {
        facts.amounts[i] = PICK(amounts);
        facts.flags[i] = !one_in(4);
        facts.amount_known[i] = !one_in(unknown);
        facts.flag_known[i] = !one_in(unknown);
    }
    return facts;
}

static void
put_record(const struct record_facts *facts, tidu_text *out)
{
    tidu_text_putc(out, '{');
    for (int i = 0; i < FACTS; i++) {
        if (facts->amount_known[i]) {
            tidu_text_printf(out, "%s\"m%d\":", out->length > 1 ? "," : "", i);
            put_yuan(facts->amounts[i], out);
        }
        if (facts->flag_known[i])
            tidu_text_printf(out, "%s\"f%d\":%s", out->length > 1 ? "," : "", i,
                             facts->flags[i] ? "true" : "false");
    }
    tidu_text_putc(out, '}');
    for (int i = 0; i <= TIDU_RECORD_PADDING; i++)
        tidu_text_putc(out, '\0');
}

/* ---- brute force ---- */

/* One way things may turn out: the facts, and what is paid of what need not be
 * paid in full. */
struct completion {
    struct record_facts facts;
    bool paid[MOST_NODES]; /* of what is paid up to an amount, or from a pool */
};

/* What each node comes to by itself, and what its stack leaves of it. */
struct outcome {
    int64_t gross[MOST_NODES], net[MOST_NODES];
};

static int64_t
at_most(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static int64_t
at_least(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

static int64_t
subsidy_value(const struct node *node, const struct completion *completion, int number)
{
    int64_t value = at_least(completion->facts.amounts[node->amount], 0);
    if (node->flag >= 0 && !completion->facts.flags[node->flag])
        return 0;
    if (node->cap >= 0)
        value = at_most(value, node->cap);
    return node->up_to && !completion->paid[number] ? 0 : value;
}

/* What a member brings into its stack. */
static int64_t
brings(const struct node *member, const struct outcome *outcome, int number)
{
    return !member->stack && member->government ? 0 : outcome->gross[number];
}

/* Splits a stack's sum among its members. */
static int64_t
split(const struct rules *rules, const struct node *node, const struct completion *completion,
      struct outcome *outcome)
{
    int64_t total = 0, highest = 0, room = node->cap;
    int winner = -1;
    for (int i = 0; i < FREE; i++)
        room -= node->counts[i] ? outcome->gross[i] : 0;
    for (int i = 0; i < node->member_count; i++) {
        int m = node->members[i];
        int64_t own = brings(&rules->nodes[m], outcome, m);
        if (winner < 0 || own > highest)
            winner = m;
        int64_t left = node->rule == TIDU_STACK_DIFFERENCE ? at_least(own - highest, 0)
                       : node->rule == TIDU_STACK_CEILING  ? at_most(own, at_least(room, 0))
                       : node->rule == TIDU_STACK_BUDGET   ? (completion->paid[m] ? own : 0)
                                                           : 0;
        highest = at_least(highest, own);
        room -= left;
        total += left;
        outcome->net[m] = left;
    }
    if (node->rule != TIDU_STACK_HIGHEST && node->rule != TIDU_STACK_ONE_OF)
        return total;
    outcome->net[winner] = highest;
    return highest;
}

/* Members stand before their stacks. */
static void
turn_out(const struct rules *rules, const struct completion *completion, struct outcome *outcome)
{
    for (int i = 0; i < rules->node_count; i++) {
        const struct node *node = &rules->nodes[i];
        outcome->gross[i] = node->stack ? split(rules, node, completion, outcome)
                                        : subsidy_value(node, completion, i);
        outcome->net[i] = outcome->gross[i];
    }
}

/* ---- completions of one tree ---- */

struct choices {
    int nodes[MOST_NODES], node_count; /* of the tree, and what counts with it */
    int64_t *amounts[FACTS];           /* of the completion, that are unknown */
    int amount_count;
    bool *bits[2 * MOST_NODES];
    int bit_count;
    uint64_t total;
};

static void
gather(const struct rules *rules, int number, struct choices *choices)
{
    const struct node *node = &rules->nodes[number];
    for (int i = 0; i < FREE; i++)
        if (node->counts[i])
            gather(rules, i, choices);
    for (int i = 0; i < node->member_count; i++)
        gather(rules, node->members[i], choices);
    choices->nodes[choices->node_count++] = number;
}

static void
add_bit(struct choices *choices, bool *bit)
{
    for (int i = 0; i < choices->bit_count; i++)
        if (choices->bits[i] == bit)
            return;
    choices->bits[choices->bit_count++] = bit;
}

static void
add_amount(struct choices *choices, int64_t *amount)
{
    for (int i = 0; i < choices->amount_count; i++)
        if (choices->amounts[i] == amount)
            return;
    choices->amounts[choices->amount_count++] = amount;
}

static const int64_t possible[] = {0, 200001, 1000000000};
enum { POSSIBLE = sizeof possible / sizeof *possible };

static void
find_choices(const struct rules *rules, int root, struct completion *completion,
             struct choices *choices)
{
    *choices = (struct choices){.total = 1};
    gather(rules, root, choices);
    for (int n = 0; n < choices->node_count; n++) {
        int number = choices->nodes[n];
        const struct node *node = &rules->nodes[number];
        if (!node->stack && !completion->facts.amount_known[node->amount])
            add_amount(choices, &completion->facts.amounts[node->amount]);
        if (!node->stack && node->flag >= 0 && !completion->facts.flag_known[node->flag])
            add_bit(choices, &completion->facts.flags[node->flag]);
        if (node->up_to)
            add_bit(choices, &completion->paid[number]);
        for (int i = 0; node->rule == TIDU_STACK_BUDGET && i < node->member_count; i++)
            add_bit(choices, &completion->paid[node->members[i]]);
    }
    for (int i = 0; i < choices->amount_count; i++)
        choices->total *= POSSIBLE;
    for (int i = 0; i < choices->bit_count && choices->total < UINT64_C(1) << 40; i++)
        choices->total *= 2;
}

static void
choose(const struct choices *choices, uint64_t number)
{
    bool listed = choices->total <= MOST_COMPLETIONS;
    for (int i = 0; i < choices->amount_count; i++, number /= POSSIBLE)
        *choices->amounts[i] = possible[listed ? number % POSSIBLE : random_below(POSSIBLE)];
    for (int i = 0; i < choices->bit_count; i++, number /= 2)
        *choices->bits[i] = listed ? number % 2 : one_in(2);
}

/* ---- the engine's word ---- */

/* In exact yuan; an unknown end is open. */
struct interval {
    mpq_t low, high;
    bool open;
};

static void
read_end(const tidu_run *run, tidu_step step, mpq_t ret, bool *ret_known)
{
    double value;
    mpq_t yuan;
    *ret_known = tidu_run_number(run, step, 0, &value);
    if (!*ret_known)
        return;
    mpq_init(yuan);
    mpq_set_si(yuan, YUAN, 1);
    tidu_run_exact(run, step, 0, ret);
    mpq_mul(ret, ret, yuan);
    mpq_clear(yuan);
}

static void
read_interval(const struct rules *rules, const tidu_run *run, int number, struct interval *ret)
{
    const tidu_program *program = rules->program;
    const struct node *node = &rules->nodes[number];
    tidu_step low = TIDU_NO_STEP, high = TIDU_NO_STEP;
    bool known;
    for (uint32_t i = 0; i < program->subsidy_count && !node->stack; i++)
        if (!strcmp(program->subsidies[i].rule.id, node->id)) {
            low = program->subsidies[i].net_low;
            high = program->subsidies[i].net_high;
        }
    for (uint32_t i = 0; i < program->stack_count && node->stack; i++)
        if (!strcmp(program->stacks[i].id, node->id)) {
            low = program->stacks[i].total_low;
            high = program->stacks[i].total_high;
        }
    assert_true(low != TIDU_NO_STEP && high != TIDU_NO_STEP);
    mpq_inits(ret->low, ret->high, NULL);
    read_end(run, low, ret->low, &known);
    if (!known)
        fail_msg("%s: nobody knows what is sure of it", node->id);
    read_end(run, high, ret->high, &known);
    ret->open = !known;
}

static bool
contains(const struct interval *interval, int64_t yuan)
{
    return mpq_cmp_si(interval->low, (long)yuan, 1) <= 0 &&
           (interval->open || mpq_cmp_si(interval->high, (long)yuan, 1) >= 0);
}

static bool
is_exactly(const struct interval *interval, int64_t yuan)
{
    return !interval->open && mpq_cmp_si(interval->low, (long)yuan, 1) == 0 &&
           mpq_cmp_si(interval->high, (long)yuan, 1) == 0;
}

/* ---- one record ---- */

static void
explain(const struct rules *rules, int number, const struct interval *interval, int64_t yuan,
        const char *record)
{
    tidu_text text = {0};
    write_rules(rules, &text);
    fail_msg("%s is %lld yuan, not in %.4f to %.4f%s\n%s\n%s", rules->nodes[number].id,
             (long long)yuan, mpq_get_d(interval->low), mpq_get_d(interval->high),
             interval->open ? " and more" : "", record, text.data);
}

static void
check_tree(const struct rules *rules, const tidu_run *run, int root, struct record_facts facts,
           const char *record)
{
    struct completion completion = {.facts = facts};
    struct interval intervals[MOST_NODES];
    struct outcome outcome = {0};
    struct choices choices;
    find_choices(rules, root, &completion, &choices);
    for (int i = 0; i < choices.node_count; i++)
        read_interval(rules, run, choices.nodes[i], &intervals[i]);
    uint64_t count = choices.total < MOST_COMPLETIONS ? choices.total : MOST_COMPLETIONS;
    for (uint64_t c = 0; c < count; c++) {
        choose(&choices, c);
        turn_out(rules, &completion, &outcome);
        for (int i = 0; i < choices.node_count; i++) {
            int number = choices.nodes[i];
            const struct node *node = &rules->nodes[number];
            bool net = !node->stack && !node->government && number != root;
            int64_t yuan = net ? outcome.net[number] : outcome.gross[number];
            if (!(choices.total == 1 ? is_exactly : contains)(&intervals[i], yuan))
                explain(rules, number, &intervals[i], yuan, record);
        }
    }
    for (int i = 0; i < choices.node_count; i++) {
        const struct node *node = &rules->nodes[choices.nodes[i]];
        if (node->rule == TIDU_STACK_CEILING && node->stack)
            assert_true(!intervals[i].open &&
                        mpq_cmp_si(intervals[i].high, (long)node->cap, 1) <= 0);
        mpq_clears(intervals[i].low, intervals[i].high, NULL);
    }
}

static void
check_record(const struct rules *rules, tidu_block *block, tidu_reader *reader, tidu_run *run)
{
    struct record_facts facts = make_record();
    tidu_text record = {0};
    tidu_error error = {0};
    put_record(&facts, &record);
    tidu_block_clear(block, day("2026-01-01"));
    assert_int_equal(
        tidu_reader_json(reader, record.data, strlen(record.data), false, block, &error),
        TIDU_READ_ROW);
    tidu_run_eval(run);
    tidu_run_eval_support(run);
    for (int i = 0; i < TREES; i++)
        check_tree(rules, run, rules->roots[i], facts, record.data);
    tidu_text_free(&record);
}

static void
test_what_is_told_of_stacks_contains_what_may_come_and_is_exact_where_all_is_known(void **state)
{
    (void)state;
    random_state = 20260101;
    for (int i = 0; i < RULESETS; i++) {
        struct rules *rules = make_rules();
        tidu_block *block = tidu_block_open(&rules->ruleset->vocabulary.layout, 1);
        tidu_reader *reader = tidu_reader_open(&rules->ruleset->vocabulary);
        tidu_run *run = tidu_run_open(rules->program, block);
        assert_true(block && reader && run);
        for (int r = 0; r < RECORDS; r++)
            check_record(rules, block, reader, run);
        tidu_run_close(&run);
        tidu_reader_close(&reader);
        tidu_block_close(&block);
        tidu_ruleset_unref(&rules->ruleset);
        free(rules);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_what_is_told_of_stacks_contains_what_may_come_and_is_exact_where_all_is_known),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
