/*
 * test_path.c: the least that has to change for a designation.
 *
 * Guards dsl/path/. The judge of optimality is exhaustion: over facts with few values
 * every record an enterprise could come to is evaluated, and none that meets the
 * designation may take less effort than the path that is told. Conditions are drawn at
 * random, the same each time.
 */
#include "../../sparing.h"
#include "../answer/support.h"

#include "tidu/path.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char vocabulary[] =
    "fact 'a' { zh = '甲数', en = 'A', type = 'count', whole = true, low = 0, high = 6,\n"
    "  change = { up = 3 } }\n"
    "fact 'b' { zh = '乙数', en = 'B', type = 'count', whole = true, low = 1, high = 6,\n"
    "  change = { up = 2, down = 5 } }\n"
    "fact 'c' { zh = '丙数', en = 'C', type = 'count', whole = true, low = 0, high = 6,\n"
    "  change = { up = 7, down = 1 }, part_of = 'b' }\n"
    "fact 'f' { zh = '丁', en = 'F', type = 'flag', change = { up = 4 } }\n"
    "fact 'h' { zh = '戊', en = 'H', type = 'flag', change = { up = 6, down = 2 } }\n"
    "fact 'g' { zh = '己级', en = 'G', type = 'code', ordered = true, change = { up = 5 },\n"
    "  values = { { 'low', zh = '低', en = 'low' }, { 'mid', zh = '中', en = 'mid' },\n"
    "             { 'top', zh = '高', en = 'top' } } }\n"
    "fact 's' { zh = '庚集', en = 'S', type = 'set', change = { up = 8 },\n"
    "  values = { { 'x', zh = 'x', en = 'x' }, { 'y', zh = 'y', en = 'y' } } }\n"
    "fact 'k' { zh = '辛数', en = 'K', type = 'count', whole = true, low = 0, high = 6 }\n"
    "fact 'm' { zh = '金额', en = 'M', type = 'money', unit = '万元', annual = true, low = 0,\n"
    "  change = { up = 1 } }\n"
    "fact 'n' { zh = '总额', en = 'N', type = 'money', unit = '万元', annual = true, low = 0,\n"
    "  change = { up = 0.1, step = 1 } }\n"
    "fact 'y' { zh = '年限', en = 'Y', type = 'years', unit = '年', low = 0, change = { yearly = 1 "
    "} }\n"
    "fact 'born' { zh = '生日', en = 'Born', type = 'date' }\n";

static tidu_ruleset *
build(const char *document)
{
    const tidu_source sources[] = {{"rules/d.md", document, strlen(document)},
                                   {"vocabulary/v.lua", vocabulary, sizeof vocabulary - 1}};
    tidu_report *report = tidu_report_open();
    tidu_ruleset *ruleset = NULL;
    if (!tidu_ruleset_build(sources, 2, NULL, &ruleset, report)) {
        tidu_text said = {0};
        tidu_report_write(report, TIDU_EN, &said);
        fail_msg("%.*s\n%s", (int)said.length, said.data, document);
    }
    tidu_report_close(&report);
    return ruleset;
}

#define HEAD "# T\n\n```lua\npolicy { id = 't', zh = '测试', en = 'T', effective = '2020-01-01' }\n"

static const tidu_options options = {.as_of = 20574 /* 2026-05-01 */, .lang = TIDU_BOTH};

static json_t *
ask_with(tidu_ruleset *ruleset, const char *record, tidu_path path)
{
    char *padded = calloc(strlen(record) + TIDU_RECORD_PADDING, 1);
    tidu_text out = {0};
    tidu_error error;
    assert_non_null(padded);
    memcpy(padded, record, strlen(record));
    path.record = padded;
    path.length = strlen(record);
    path.to = path.to ? path.to : "d";
    path.options = path.options ? path.options : &options;
    path.until = path.until ? path.until : options.as_of + 1200;
    if (!tidu_ruleset_path(ruleset, &path, &out, &error)) {
        tidu_text said = {0};
        tidu_error_write(&error, -1, TIDU_EN, &said);
        fail_msg("%.*s\n%s", (int)said.length, said.data, record);
    }
    json_t *answer = json_loadb(out.data, out.length, 0, NULL);
    assert_non_null(answer);
    tidu_text_free(&out);
    free(padded);
    return answer;
}

static json_t *
ask(tidu_ruleset *ruleset, const char *record)
{
    return ask_with(ruleset, record, (tidu_path){.alternatives = 2});
}

static const json_t *
change_of(const json_t *way, const char *fact)
{
    size_t index;
    json_t *change;
    json_array_foreach (json_object_get(way, "changes"), index, change)
        if (!strcmp(json_string_value(json_object_get(change, "fact")), fact))
            return change;
    return NULL;
}

static double
number_in(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    assert_true(json_is_number(value));
    return json_number_value(value);
}

static void
assert_number(const json_t *object, const char *key, double expected)
{
    if (number_in(object, key) != expected)
        fail_msg("%s is %g, expected %g", key, number_in(object, key), expected);
}

/* ---- by exhaustion ---- */

struct person {
    int a, b, c, f, h, g, s, k; /* s: bits of x and y */
};

static const char *const grades[] = {"low", "mid", "top"};
static const char *const sets[] = {"", "\"x\"", "\"y\"", "\"x\",\"y\""};

static int
write_person(char *to, size_t size, struct person p, bool titled)
{
    return snprintf(
        to, size,
        "{\"a\":%d,\"b\":%d,\"c\":%d,\"f\":%s,\"h\":%s,\"g\":\"%s\",\"s\":[%s],\"k\":%d,"
        "\"titles\":[%s]}",
        p.a, p.b, p.c, p.f ? "true" : "false", p.h ? "true" : "false", grades[p.g], sets[p.s], p.k,
        titled ? "{\"id\":\"p\",\"granted\":\"2026-01-01\",\"expires\":\"2030-01-01\"}" : "");
}

static double
effort(struct person from, struct person to)
{
    double sum = 3 * (to.a - from.a) + (to.b > from.b ? 2 * (to.b - from.b) : 5 * (from.b - to.b));
    sum += to.c > from.c ? 7 * (to.c - from.c) : from.c - to.c;
    sum += 4 * (to.f - from.f) + (to.h > from.h ? 6 : to.h < from.h ? 2 : 0);
    sum += 5 * (to.g - from.g);
    return sum + 8 * (__builtin_popcount((unsigned)to.s) - __builtin_popcount((unsigned)from.s));
}

/* Records in a block, and which of them meet a designation. */
struct batch {
    tidu_evaluation *evaluation;
    char (*texts)[256];
    struct person *people;
    uint32_t count;
};

struct met {
    const char *id;
    bool met;
};

static void
note_met(void *context, const char *id, tidu_outcome outcome)
{
    struct met *met = context;
    if (!strcmp(met->id, id))
        met->met = outcome == TIDU_MET;
}

static bool
meets(tidu_evaluation *evaluation, uint32_t row, const char *id)
{
    struct met met = {.id = id};
    tidu_evaluation_outcomes(evaluation, row, note_met, &met);
    return met.met;
}

static void
judge(struct batch *without, struct batch *with, struct person from, double *least)
{
    tidu_evaluation_run(without->evaluation);
    tidu_evaluation_run(with->evaluation);
    for (uint32_t i = 0; i < without->count; i++) {
        bool met = meets(without->evaluation, i, "d") ||
                   (meets(without->evaluation, i, "p") && meets(with->evaluation, i, "d"));
        double takes = effort(from, without->people[i]);
        if (met && (*least < 0 || takes < *least))
            *least = takes;
    }
    tidu_evaluation_clear(without->evaluation);
    tidu_evaluation_clear(with->evaluation);
    without->count = 0;
}

static void
add(struct batch *without, struct batch *with, struct person p, struct person from, double *least)
{
    tidu_error error;
    uint32_t at = without->count++;
    int length = write_person(without->texts[at], 192, p, false);
    assert_int_equal(
        tidu_evaluation_json(without->evaluation, without->texts[at], (size_t)length, &error),
        TIDU_READ_ROW);
    length = write_person(with->texts[at], 192, p, true);
    assert_int_equal(
        tidu_evaluation_json(with->evaluation, with->texts[at], (size_t)length, &error),
        TIDU_READ_ROW);
    without->people[at] = p;
    if (without->count == TIDU_BLOCK_ROWS)
        judge(without, with, from, least);
}

/* The least effort of all records that can be reached, or -1. */
static double
exhaust(struct batch *without, struct batch *with, struct person from)
{
    double least = -1;
    struct person p = from;
    bool bound = from.c <= from.b; /* a part never exceeds its whole, if it did not before */
    for (p.a = from.a; p.a <= 6; p.a++)
        for (p.b = 1; p.b <= 6; p.b++)
            for (p.c = 0; p.c <= (bound ? p.b : 6); p.c++)
                for (p.f = from.f; p.f <= 1; p.f++)
                    for (p.h = 0; p.h <= 1; p.h++)
                        for (p.g = from.g; p.g < 3; p.g++)
                            for (p.s = 0; p.s < 4; p.s++)
                                if ((p.s & from.s) == from.s)
                                    add(without, with, p, from, &least);
    judge(without, with, from, &least);
    return least;
}

static void
open_batch(struct batch *batch, tidu_ruleset *ruleset)
{
    tidu_error error;
    batch->evaluation = tidu_evaluation_open(ruleset, &options, TIDU_BLOCK_ROWS, &error);
    batch->texts = calloc(TIDU_BLOCK_ROWS, sizeof *batch->texts);
    batch->people = calloc(TIDU_BLOCK_ROWS, sizeof *batch->people);
    assert_true(batch->evaluation && batch->texts && batch->people);
}

static void
close_batch(struct batch *batch)
{
    tidu_evaluation_close(&batch->evaluation);
    free(batch->texts);
    free(batch->people);
}

/* ---- conditions at random ---- */

static uint32_t seed;

static uint32_t
roll(uint32_t sides)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % sides;
}

static const char *
one_of(const char *const *list, uint32_t count)
{
    return list[roll(count)];
}

static void
put_atom(tidu_text *out)
{
    static const char *const names[] = {"a", "b", "c", "k"};
    static const char *const signs[] = {">=", "<=", ">", "<", "=="};
    static const char *const plain[] = {"f",
                                        "not f",
                                        "h",
                                        "not h",
                                        "g >= 'mid'",
                                        "g == 'top'",
                                        "g < 'top'",
                                        "has(s, 'x')",
                                        "has(s, {'x', 'y'})",
                                        "count(s) >= 1",
                                        "count(s) >= 2",
                                        "not has(s, 'y')",
                                        "g == 'mid' or f",
                                        "holds('p')",
                                        "not holds('p')"};
    const char *x = one_of(names, 4), *y = one_of(names, 3), *sign = one_of(signs, 5);
    switch (roll(10)) {
    case 0:
        tidu_text_printf(out, "[[ %s + %s %s %u ]]", x, y, sign, roll(10));
        break;
    case 1:
        tidu_text_printf(out, "[[ %u * %s - %s %s %u ]]", 1 + roll(3), x, y, sign, roll(8));
        break;
    case 2:
        tidu_text_printf(out, "[[ %s / b %s %u%% ]]", x, sign, 20 * roll(9));
        break;
    case 3:
        tidu_text_printf(out, "[[ %s(%s, %s) %s %u ]]", roll(2) ? "min" : "max", x, y, sign,
                         roll(6));
        break;
    case 4:
        tidu_text_printf(out, "[[ abs(%s - %s) %s %u ]]", x, y, sign, roll(5));
        break;
    case 5:
        tidu_text_printf(out, "[[ %s(%s / %u) %s %u ]]", roll(2) ? "floor" : "round", x,
                         2 + roll(3), sign, roll(3));
        break;
    case 6:
        tidu_text_printf(out, "[[ %s %s %u ]]", x, sign, roll(7));
        break;
    default:
        tidu_text_printf(out, "[[ %s ]]", one_of(plain, sizeof plain / sizeof *plain));
    }
}

static void
put_condition(tidu_text *out, int depth)
{
    static const char *const groups[] = {"all", "any", "any", "none", "at_least(2)"};
    uint32_t count = 2 + roll(2);
    if (!depth || !roll(3)) {
        put_atom(out);
        return;
    }
    tidu_text_printf(out, "%s { ", one_of(groups, 5));
    for (uint32_t i = 0; i < count; i++) {
        put_condition(out, depth - 1);
        tidu_text_puts(out, ", ");
    }
    tidu_text_puts(out, "}");
}

static void
put_card(tidu_text *out, const char *designation)
{
    static const char *const facts[] = {"a", "b", "c", "a + c", "b - c", "a / b", "c / b"};
    static const char *const bounds[2][3] = {{"5", "3", "2"}, {"150%", "100%", "60%"}};
    tidu_text_puts(out, "scorecard { zh = '评分', en = 'Card', max = 40 }\n");
    for (uint32_t i = 0; i < 3; i++) {
        const char *fact = one_of(facts, sizeof facts / sizeof *facts);
        const char *const *bound = bounds[strchr(fact, '/') != NULL];
        tidu_text_printf(
            out,
            "indicator 'i%u' { zh = '指标', en = 'I', max = 8, on = [[ %s ]], bands = { "
            "{ [[ >= %s ]], 8 }, { [[ >= %s ]], %u }, { [[ >= %s ]], 2 }, otherwise = 0 } }\n",
            i, fact, bound[0], bound[1], 4 + roll(3), bound[2]);
    }
    tidu_text_puts(out, "indicator 'e' { zh = '加分', en = 'E', max = 8, each = { ");
    for (uint32_t i = 0; i < 3; i++) {
        tidu_text_puts(out, "{ ");
        put_atom(out);
        tidu_text_printf(out, ", %u }, ", 1 + roll(4));
    }
    tidu_text_printf(out,
                     "} }\ncriterion 'points' { zh = '得分', en = 'Points', "
                     "[[ score('%s') >= %u ]] }\n",
                     designation, 4 + roll(18));
}

static tidu_ruleset *
random_rules(tidu_text *document)
{
    document->length = 0;
    tidu_text_puts(document, HEAD "designation 'p' { zh = '前', en = 'P' }\n"
                                  "criterion 'p1' { zh = '前一', en = 'P1', ");
    put_condition(document, 1);
    tidu_text_puts(document, " }\ndesignation 'd' { zh = '丁', en = 'D' }\n");
    for (uint32_t i = 0; i < 2 + roll(2); i++) {
        tidu_text_printf(document, "criterion 'c%u' { zh = '条', en = 'C', ", i);
        put_condition(document, 2);
        tidu_text_puts(document, " }\n");
    }
    if (roll(2))
        put_card(document, "d");
    /* without a rule that reads either, nothing is known of a part and its whole */
    tidu_text_puts(document, "criterion 'read' { zh = '读', en = 'Read', [[ c >= 0 ]] }\n");
    if (roll(2))
        tidu_text_puts(document,
                       "criterion 'held' { zh = '有前', en = 'Held', [[ holds('p') ]] }\n");
    tidu_text_puts(document, "```\n");
    tidu_text_putc(document, '\0');
    return build(document->data);
}

static void
compare(tidu_ruleset *ruleset, struct batch *without, struct batch *with, const char *document)
{
    struct person from = {.a = (int)roll(4),
                          .b = 1 + (int)roll(5),
                          .c = (int)roll(5),
                          .f = (int)roll(2),
                          .h = (int)roll(2),
                          .g = (int)roll(3),
                          .s = (int)roll(4),
                          .k = (int)roll(7)};
    char record[256];
    write_person(record, sizeof record, from, false);
    double least = exhaust(without, with, from);
    json_t *answer = ask(ruleset, record);
    const json_t *cheapest = json_object_get(answer, "cheapest"), *alternative;
    size_t index;
    double found = json_is_true(json_object_get(answer, "met")) ? 0
                   : json_is_object(cheapest)                   ? number_in(cheapest, "effort")
                                                                : -1;
    bool complete = json_is_true(json_object_get(answer, "complete"));
    if (!complete || found != least) {
        fputs(document, stderr); /* too long for a message */
        fail_msg("from %s: told %g, least %g, complete %d", record, found, least, complete);
    }
    if (json_is_object(cheapest))
        assert_string_equal(json_string_value(json_object_get(cheapest, "status")), "met");
    json_array_foreach (json_object_get(answer, "alternatives"), index, alternative) {
        assert_string_equal(json_string_value(json_object_get(alternative, "status")), "met");
        assert_true(number_in(alternative, "effort") >= found);
    }
    assert_int_equal(least<0, json_array_size(json_object_get(answer, "forbids"))> 0);
    json_decref(answer);
}

static void
no_record_takes_less(void **state)
{
    (void)state;
    tidu_text document = {0};
    for (uint32_t rules = 0; rules < 60 / SPARING; rules++) {
        struct batch without = {0}, with = {0};
        seed = 77 + rules * 1001;
        tidu_ruleset *ruleset = random_rules(&document);
        open_batch(&without, ruleset);
        open_batch(&with, ruleset);
        for (uint32_t i = 0; i < 6; i++)
            compare(ruleset, &without, &with, document.data);
        close_batch(&without);
        close_batch(&with);
        tidu_ruleset_unref(&ruleset);
    }
    tidu_text_free(&document);
}

/* ---- what is not known ---- */

enum { UNKNOWNS = 7 }; /* a b c f h g k, in that order */

static const int lowest[UNKNOWNS] = {0, 1, 0, 0, 0, 0, 0},
                 highest[UNKNOWNS] = {6, 6, 6, 1, 1, 2, 6};
static const char *const unknown_names[UNKNOWNS] = {"a", "b", "c", "f", "h", "g", "k"};

/* A record of those facts that are not left out. */
static int
write_known(char *to, size_t size, const int values[UNKNOWNS], unsigned left_out)
{
    int length = snprintf(to, size, "{\"s\":[],\"titles\":[]");
    for (int i = 0; i < UNKNOWNS; i++) {
        if (left_out >> i & 1)
            continue;
        length += snprintf(to + length, size - (size_t)length, ",\"%s\":", unknown_names[i]);
        if (i == 5)
            length += snprintf(to + length, size - (size_t)length, "\"%s\"", grades[values[i]]);
        else if (i == 3 || i == 4)
            length +=
                snprintf(to + length, size - (size_t)length, "%s", values[i] ? "true" : "false");
        else
            length += snprintf(to + length, size - (size_t)length, "%d", values[i]);
    }
    return length + snprintf(to + length, size - (size_t)length, "}");
}

struct came {
    const char *id;
    tidu_outcome outcome;
};

static void
note_came(void *context, const char *id, tidu_outcome outcome)
{
    struct came *came = context;
    if (!strcmp(came->id, id))
        came->outcome = outcome;
}

static tidu_outcome
outcome_of(tidu_evaluation *evaluation, const int values[UNKNOWNS], unsigned left_out)
{
    char record[256 + TIDU_RECORD_PADDING];
    tidu_error error;
    struct came came = {"d", TIDU_UNMET};
    int length = write_known(record, 256, values, left_out);
    tidu_evaluation_clear(evaluation);
    assert_int_equal(tidu_evaluation_json(evaluation, record, (size_t)length, &error),
                     TIDU_READ_ROW);
    tidu_evaluation_run(evaluation);
    tidu_evaluation_outcomes(evaluation, 0, note_came, &came);
    return came.outcome;
}

/* All values of what is left out, one after the other; false after the last. */
static bool
next_values(int values[UNKNOWNS], unsigned left_out)
{
    for (int i = 0; i < UNKNOWNS; i++) {
        if (!(left_out >> i & 1))
            continue;
        if (++values[i] <= highest[i])
            return true;
        values[i] = lowest[i];
    }
    return false;
}

struct truth {
    bool possible[3];
    bool matters[UNKNOWNS], alone[UNKNOWNS][3];
};

static struct truth
find_truth(tidu_evaluation *evaluation, int values[UNKNOWNS], unsigned left_out)
{
    struct truth truth = {.possible = {false}};
    for (int i = 0; i < UNKNOWNS; i++)
        if (left_out >> i & 1)
            values[i] = lowest[i];
    do {
        tidu_outcome outcome = outcome_of(evaluation, values, 0);
        truth.possible[outcome] = true;
        for (int i = 0; i < UNKNOWNS; i++) {
            int value = values[i];
            if (!(left_out >> i & 1))
                continue;
            truth.alone[i][outcome_of(evaluation, values, left_out & ~(1u << i))] = true;
            for (values[i] = lowest[i]; values[i] <= highest[i] && !truth.matters[i]; values[i]++)
                truth.matters[i] = outcome_of(evaluation, values, 0) != outcome;
            values[i] = value;
        }
    } while (next_values(values, left_out));
    return truth;
}

static bool
lists(const json_t *list, const char *word)
{
    size_t index;
    json_t *item;
    json_array_foreach ((json_t *)list, index, item)
        if (!strcmp(json_string_value(item), word))
            return true;
    return false;
}

static const json_t *
fact_in(const json_t *designation, const char *name)
{
    size_t index;
    json_t *fact;
    json_array_foreach (json_object_get(designation, "facts"), index, fact)
        if (!strcmp(json_string_value(json_object_get(fact, "fact")), name))
            return fact;
    return NULL;
}

static json_t *
ask_missing(tidu_ruleset *ruleset, const char *record)
{
    char padded[512 + TIDU_RECORD_PADDING] = "";
    const char *const wanted[] = {"d"};
    tidu_options only = options;
    tidu_text out = {0};
    tidu_error error;
    only.designations = wanted;
    only.designation_count = 1;
    strcpy(padded, record);
    const tidu_path asked = {.options = &only, .record = padded, .length = strlen(record)};
    assert_true(tidu_ruleset_missing(ruleset, &asked, &out, &error));
    json_t *answer = json_loadb(out.data, out.length, 0, NULL);
    assert_non_null(answer);
    tidu_text_free(&out);
    return answer;
}

static bool
compare_missing(tidu_ruleset *ruleset, tidu_evaluation *evaluation, const char *document)
{
    char record[256];
    int values[UNKNOWNS];
    unsigned left_out = 0;
    for (int i = 0; i < UNKNOWNS; i++)
        values[i] = lowest[i] + (int)roll((uint32_t)(highest[i] - lowest[i] + 1));
    for (int i = 0; i < 3; i++)
        left_out |= 1u << roll(UNKNOWNS);
    write_known(record, sizeof record, values, left_out);
    tidu_outcome outcome = outcome_of(evaluation, values, left_out);
    struct truth truth = find_truth(evaluation, values, left_out);
    json_t *answer = ask_missing(ruleset, record);
    const json_t *told = json_array_get(json_object_get(answer, "designations"), 0);
    assert_int_equal(told != NULL, outcome == TIDU_UNDETERMINED);
    const json_t *possible = json_object_get(told, "possible");
    bool good = !told || (lists(possible, "met") == truth.possible[TIDU_MET] &&
                          lists(possible, "unmet") == truth.possible[TIDU_UNMET]);
    for (int i = 0; told && i < UNKNOWNS; i++) {
        const json_t *fact = fact_in(told, unknown_names[i]);
        const json_t *alone = json_object_get(fact, "alone");
        good = good && (fact != NULL) == truth.matters[i] &&
               (!fact || (lists(alone, "met") == truth.alone[i][TIDU_MET] &&
                          lists(alone, "unmet") == truth.alone[i][TIDU_UNMET]));
    }
    if (!good) {
        fputs(document, stderr);
        char *said = json_dumps(told, JSON_COMPACT);
        for (int i = 0; i < UNKNOWNS; i++)
            fprintf(stderr, "%s matters %d alone met %d unmet %d\n", unknown_names[i],
                    truth.matters[i], truth.alone[i][TIDU_MET], truth.alone[i][TIDU_UNMET]);
        fail_msg("%s: %s", record, said);
    }
    json_decref(answer);
    return told != NULL;
}

/* Against every record there could be: what is possible, and which facts make the
 * difference. */
static void
the_facts_that_matter_are_all_and_no_more(void **state)
{
    (void)state;
    tidu_text document = {0};
    tidu_error error;
    uint32_t undetermined = 0;
    for (uint32_t rules = 0; rules < 120 / SPARING; rules++) {
        seed = 4711 + rules * 977;
        tidu_ruleset *ruleset = random_rules(&document);
        tidu_evaluation *evaluation = tidu_evaluation_open(ruleset, &options, 1, &error);
        assert_non_null(evaluation);
        for (uint32_t i = 0; i < 6; i++)
            undetermined += compare_missing(ruleset, evaluation, document.data);
        tidu_evaluation_close(&evaluation);
        tidu_ruleset_unref(&ruleset);
    }
    assert_true(undetermined > 40 / SPARING);
    tidu_text_free(&document);
}

/* ---- one thing at a time ---- */

#define RULES(conditions) HEAD "designation 'd' { zh = '丁', en = 'D' }\n" conditions "```\n"

static void
ratios_move_together(void **state)
{
    (void)state;
    tidu_ruleset *ruleset =
        build(RULES("criterion 'scale' { zh = '规模', en = 'Scale', [[ n >= 5000万元 ]] }\n"
                    "criterion 'ratio' { zh = '占比', en = 'Ratio', [[ m / n > 3% ]] }\n"));
    json_t *answer = ask(ruleset, "{\"n\":{\"2025\":4000},\"m\":{\"2025\":120}}");
    const json_t *way = json_object_get(answer, "cheapest");
    /* 3 % of 5,000 is 150, and more than that is the next hundredth */
    assert_number(change_of(way, "n"), "to", 5000);
    assert_number(change_of(way, "m"), "to", 150.01);
    assert_number(way, "effort", 130.01);
    assert_int_equal(json_integer_value(json_object_get(change_of(way, "m"), "year")), 2025);
    assert_string_equal(
        json_string_value(json_array_get(json_object_get(change_of(way, "m"), "for"), 0)),
        "d/ratio");
    json_decref(answer);
    tidu_ruleset_unref(&ruleset);
}

static void
costs_and_what_is_kept_choose_the_way(void **state)
{
    (void)state;
    static const char record[] = "{\"a\":1,\"b\":1}";
    const char *keep[] = {"甲数"};
    const tidu_path_cost dear = {"b", 50, -1};
    tidu_ruleset *ruleset = build(
        RULES("criterion 'any' { zh = '任', en = 'Any', any { [[ a >= 3 ]], [[ b >= 3 ]] } }\n"));
    json_t *answer = ask(ruleset, record);
    assert_non_null(change_of(json_object_get(answer, "cheapest"), "b"));
    assert_non_null(change_of(json_array_get(json_object_get(answer, "alternatives"), 0), "a"));
    assert_int_equal(
        json_array_size(json_object_get(json_object_get(answer, "costs"), "illustrative")), 2);
    json_decref(answer);
    answer = ask_with(ruleset, record, (tidu_path){.costs = &dear, .cost_count = 1});
    assert_non_null(change_of(json_object_get(answer, "cheapest"), "a"));
    json_decref(answer);
    answer = ask_with(ruleset, record,
                      (tidu_path){.costs = &dear, .cost_count = 1, .keep = keep, .keep_count = 1});
    assert_number(json_object_get(answer, "cheapest"), "effort", 100);
    assert_int_equal(
        json_array_size(json_object_get(json_object_get(answer, "costs"), "illustrative")), 0);
    json_decref(answer);
    tidu_ruleset_unref(&ruleset);
}

static void
what_forbids_it_is_named(void **state)
{
    (void)state;
    tidu_ruleset *ruleset =
        build(RULES("criterion 'fixed' { zh = '定', en = 'Fixed', [[ k >= 5 ]] }\n"
                    "criterion 'open' { zh = '开', en = 'Open', [[ a >= 5 ]] }\n"));
    json_t *answer = ask(ruleset, "{\"a\":1,\"k\":2}");
    const json_t *forbids = json_object_get(answer, "forbids");
    assert_true(json_is_null(json_object_get(answer, "cheapest")));
    assert_true(json_is_null(json_object_get(answer, "earliest")));
    assert_int_equal(json_array_size(forbids), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(forbids, 0), "id")),
                        "d/fixed");
    assert_true(json_is_object(json_object_get(json_array_get(forbids, 0), "says")));
    json_decref(answer);
    tidu_ruleset_unref(&ruleset);
    ruleset = build(RULES("criterion 'up' { zh = '上', en = 'Up', [[ a >= 5 ]] }\n"
                          "criterion 'down' { zh = '下', en = 'Down', [[ a + k <= 6 ]] }\n"
                          "criterion 'other' { zh = '他', en = 'Other', [[ b >= 5 ]] }\n"));
    answer = ask(ruleset, "{\"a\":1,\"b\":1,\"k\":2}");
    assert_true(json_is_true(json_object_get(answer, "together")));
    assert_int_equal(json_array_size(json_object_get(answer, "forbids")), 2);
    json_decref(answer);
    tidu_ruleset_unref(&ruleset);
}

/* Years pass by themselves, days come, and figures of a year to come can change. */
static void
time_may_do_it(void **state)
{
    (void)state;
    tidu_ruleset *ruleset =
        build(RULES("criterion 'years' { zh = '年', en = 'Years', [[ y >= 3年 ]] }\n"
                    "criterion 'age' { zh = '龄', en = 'Age', [[ years_since(born) >= 5年 ]] }\n"
                    "criterion 'two' { zh = '两年', en = 'Two', all { [[ m >= 10万元 ]], "
                    "[[ m[-1] >= 10万元 ]] } }\n"));
    json_t *answer =
        ask(ruleset, "{\"y\":2,\"born\":\"2022-03-15\",\"m\":{\"2025\":12,\"2024\":5}}");
    const json_t *way = json_object_get(answer, "earliest");
    assert_true(json_is_null(json_object_get(answer, "cheapest")));
    assert_int_equal(json_array_size(json_object_get(answer, "forbids")), 3);
    assert_string_equal(json_string_value(json_object_get(way, "as_of")), "2027-03-15");
    assert_string_equal(json_string_value(json_object_get(way, "status")), "met");
    assert_number(way, "effort", 0);
    assert_int_equal(json_array_size(json_object_get(way, "by_itself")), 1);
    json_decref(answer);
    answer = ask(ruleset, "{\"y\":2,\"born\":\"2022-03-15\",\"m\":{\"2025\":9,\"2024\":5}}");
    way = json_object_get(answer, "earliest"); /* 2025 is past by 2027: two new years */
    assert_string_equal(json_string_value(json_object_get(way, "as_of")), "2028-01-01");
    assert_number(way, "effort", 2);
    json_decref(answer);
    tidu_ruleset_unref(&ruleset);
}

static void
unknown_facts_are_assumed_and_named(void **state)
{
    (void)state;
    tidu_ruleset *ruleset = build(
        RULES("criterion 'open' { zh = '开', en = 'Open', [[ a >= 3 ]] }\n"
              "criterion 'hidden' { zh = '隐', en = 'Hidden', [[ k >= 5 ]] }\n"
              "criterion 'either' { zh = '任', en = 'Either', any { [[ b >= 2 ]], [[ f ]] } }\n"));
    json_t *answer = ask(ruleset, "{\"a\":1,\"b\":1}");
    const json_t *way = json_object_get(answer, "cheapest");
    const json_t *assumes = json_object_get(way, "assumes");
    assert_string_equal(json_string_value(json_object_get(way, "status")), "undetermined");
    assert_int_equal(json_array_size(assumes), 1); /* b does it: f need not be guessed */
    assert_string_equal(json_string_value(json_object_get(json_array_get(assumes, 0), "fact")),
                        "k");
    assert_number(way, "effort", 8);
    json_decref(answer);
    tidu_ruleset_unref(&ruleset);
    /* one of two is unknown, the other cannot be had */
    ruleset = build(RULES("criterion 'two' { zh = '二', en = 'Two', at_least(2) { [[ a >= 3 ]], "
                          "[[ k >= 5 ]], [[ f ]] } }\n"));
    answer = ask(ruleset, "{\"a\":1,\"k\":1}");
    way = json_object_get(answer, "cheapest");
    assert_string_equal(json_string_value(json_object_get(way, "status")), "undetermined");
    assert_number(way, "effort", 6);
    json_decref(answer);
    tidu_ruleset_unref(&ruleset);
}

/* A title is earned under its own rules, before it is held: what only its holders may use
 * does not count. */
static void
titles_are_earned_first(void **state)
{
    (void)state;
    tidu_ruleset *ruleset =
        build(HEAD "designation 'p' { zh = '前', en = 'P' }\n"
                   "criterion 'new' { zh = '新', en = 'New', any { [[ b >= 4 ]], "
                   "[[ holds('p') and a >= 1 ]] } }\n"
                   "designation 'd' { zh = '丁', en = 'D' }\n"
                   "criterion 'held' { zh = '持', en = 'Held', [[ holds('p') ]] }\n"
                   "criterion 'own' { zh = '自', en = 'Own', [[ a >= 3 ]] }\n```\n");
    const char *keep[] = {"p"};
    json_t *answer = ask(ruleset, "{\"a\":2,\"b\":1,\"titles\":[]}");
    const json_t *way = json_object_get(answer, "cheapest");
    assert_string_equal(
        json_string_value(json_object_get(json_array_get(json_object_get(way, "titles"), 0), "id")),
        "p");
    assert_number(way, "effort", 9); /* a + 1, b + 3 */
    json_decref(answer);
    answer = ask_with(ruleset, "{\"a\":2,\"b\":1,\"titles\":[]}",
                      (tidu_path){.keep = keep, .keep_count = 1});
    assert_true(json_is_null(json_object_get(answer, "cheapest")));
    json_decref(answer);
    answer = ask(ruleset, "{\"a\":2,\"b\":1,\"titles\":[{\"id\":\"p\",\"granted\":\"2026-01-01\","
                          "\"expires\":\"2029-01-01\"}]}");
    assert_number(json_object_get(answer, "cheapest"), "effort", 3);
    json_decref(answer);
    tidu_ruleset_unref(&ruleset);
}

static void
refuse(tidu_ruleset *ruleset, tidu_path path, tidu_code code)
{
    char record[256] = "{\"a\":1}";
    tidu_text out = {0};
    tidu_error error;
    path.options = &options;
    path.record = record;
    path.length = strlen(record);
    path.until = options.as_of;
    assert_false(tidu_ruleset_path(ruleset, &path, &out, &error));
    assert_int_equal(error.code, code);
    assert_int_equal(out.length, 0);
}

static bool
not_any_more(void *context)
{
    return ++*(int *)context < 2;
}

static void
who_asked_may_leave(void **state)
{
    (void)state;
    static char record[128 + TIDU_RECORD_PADDING] = "{\"a\":1,\"b\":1}";
    int asked = 0;
    tidu_text out = {0};
    tidu_error error;
    tidu_ruleset *ruleset = build(
        RULES("criterion 'any' { zh = '任', en = 'Any', any { [[ a >= 3 ]], [[ b >= 3 ]] } }\n"
              "criterion 'k' { zh = '定', en = 'K', [[ k >= 3 ]] }\n"));
    const tidu_path path = {.options = &options,
                            .record = record,
                            .length = strlen(record),
                            .to = "d",
                            .until = options.as_of,
                            .alternatives = 2,
                            .proceed = not_any_more,
                            .context = &asked};
    assert_false(tidu_ruleset_path(ruleset, &path, &out, &error));
    assert_int_equal(error.code, TIDU_POPULATION_STOPPED);
    asked = 0;
    record[5] = '3'; /* now only k decides */
    assert_false(tidu_ruleset_missing(ruleset, &path, &out, &error));
    assert_int_equal(error.code, TIDU_POPULATION_STOPPED);
    assert_int_equal(out.length, 0);
    tidu_text_free(&out);
    tidu_ruleset_unref(&ruleset);
}

static void
wrong_names_are_told(void **state)
{
    (void)state;
    const char *nobody[] = {"nobody"}, *derived[] = {"q"};
    const tidu_path_cost cost = {"bornn", 1, 1};
    tidu_ruleset *ruleset =
        build(HEAD "derive 'q' { zh = '算', en = 'Q', [[ a + 1 ]] }\n"
                   "designation 'd' { zh = '丁', en = 'D' }\n"
                   "criterion 'c' { zh = '条', en = 'C', [[ q >= 3 ]] }\n```\n");
    refuse(ruleset, (tidu_path){.to = "e"}, TIDU_NO_SUCH_DESIGNATION);
    refuse(ruleset, (tidu_path){.to = "d", .keep = nobody, .keep_count = 1}, TIDU_PATH_NAME_ALONE);
    refuse(ruleset, (tidu_path){.to = "d", .keep = derived, .keep_count = 1}, TIDU_PATH_DERIVED);
    refuse(ruleset, (tidu_path){.to = "d", .costs = &cost, .cost_count = 1}, TIDU_PATH_NAME);
    tidu_ruleset_unref(&ruleset);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ratios_move_together),
        cmocka_unit_test(costs_and_what_is_kept_choose_the_way),
        cmocka_unit_test(what_forbids_it_is_named),
        cmocka_unit_test(time_may_do_it),
        cmocka_unit_test(unknown_facts_are_assumed_and_named),
        cmocka_unit_test(titles_are_earned_first),
        cmocka_unit_test(who_asked_may_leave),
        cmocka_unit_test(wrong_names_are_told),
        cmocka_unit_test(no_record_takes_less),
        cmocka_unit_test(the_facts_that_matter_are_all_and_no_more),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
