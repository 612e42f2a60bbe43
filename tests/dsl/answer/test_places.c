/*
 * test_places.c: records of many places in one block.
 *
 * Each place has programs of its own, and an evaluation keeps only so many at
 * hand (four under --enable-tight). Whatever the order, a record is answered as
 * if it were alone. Guards dsl/answer/evaluation.c.
 */
#include "asking.h"

#include "tidu/compile.h"

#include <stdio.h>
#include <stdlib.h>

enum { MOST_RECORDS = 240, ROWS = 64 };

/* Records, and their answers when they are asked one by one. */
struct batch {
    tidu_arena *arena;
    tidu_ruleset *rules;
    tidu_options options;
    struct record *records;
    char *alone[MOST_RECORDS];
    uint32_t count;
};

static struct batch
open_batch(tidu_ruleset *rules, tidu_explain explain)
{
    struct batch batch = {.arena = tidu_arena_open(), .rules = rules};
    batch.options =
        (tidu_options){.as_of = day("2026-01-01"), .explain = explain, .lang = TIDU_BOTH};
    batch.records = tidu_arena_array(batch.arena, MOST_RECORDS, sizeof *batch.records);
    assert_non_null(batch.records);
    return batch;
}

static void
close_batch(struct batch *batch)
{
    for (uint32_t i = 0; i < batch->count; i++)
        free(batch->alone[i]);
    tidu_ruleset_unref(&batch->rules);
    tidu_arena_close(&batch->arena);
}

static void
add(struct batch *batch, const char *text)
{
    assert_true(batch->count < MOST_RECORDS && strlen(text) < RECORD_BYTES);
    strcpy(batch->records[batch->count].text, text);
    batch->alone[batch->count++] = answer_bytes(batch->rules, &batch->options, text);
}

/* How often each designation came to what, counted one way and taken off the other. */
struct counts {
    const char *ids[64];
    long counts[64][3];
    size_t size;
};

static long *
counts_of(struct counts *all, const char *id)
{
    size_t i = 0;
    while (i < all->size && strcmp(all->ids[i], id) != 0)
        i++;
    assert_true(i < 64);
    if (i == all->size)
        all->ids[all->size++] = id;
    return all->counts[i];
}

static void
add_one(void *context, const char *id, tidu_outcome outcome)
{
    counts_of(context, id)[outcome]++;
}

static void
take_many(void *context, const char *id, const uint32_t counts[3])
{
    for (int i = 0; i < 3; i++)
        counts_of(context, id)[i] -= (long)counts[i];
}

static void
check_counts(const tidu_evaluation *e)
{
    struct counts all = {.size = 0};
    for (uint32_t row = 0; row < tidu_evaluation_rows(e); row++)
        tidu_evaluation_outcomes(e, row, add_one, &all);
    tidu_evaluation_count(e, take_many, &all);
    assert_true(all.size > 0);
    for (size_t i = 0; i < all.size; i++)
        for (int outcome = 0; outcome < 3; outcome++)
            assert_int_equal(all.counts[i][outcome], 0);
}

/* Answer the rows there are, which are the records up to `end`. */
static void
check_rows(const struct batch *batch, tidu_evaluation *e, uint32_t end)
{
    uint32_t rows = tidu_evaluation_rows(e);
    tidu_evaluation_run(e);
    for (uint32_t row = 0; row < rows; row++) {
        tidu_text out = {0};
        tidu_evaluation_write(e, row, &out);
        tidu_text_putc(&out, '\0');
        assert_string_equal(out.data, batch->alone[end - rows + row]);
        tidu_text_free(&out);
    }
    if (rows)
        check_counts(e);
    tidu_evaluation_clear(e);
}

/* All records through one evaluation; how often there was no room. */
static uint32_t
check_together(const struct batch *batch)
{
    tidu_error error = {0};
    uint32_t full = 0;
    tidu_evaluation *e = tidu_evaluation_open(batch->rules, &batch->options, ROWS, &error);
    assert_non_null(e);
    for (uint32_t i = 0; i < batch->count; i++) {
        const char *text = batch->records[i].text;
        if (tidu_evaluation_rows(e) == ROWS)
            check_rows(batch, e, i);
        tidu_read read = tidu_evaluation_json(e, text, strlen(text), &error);
        if (read == TIDU_READ_FULL) {
            full++;
            check_rows(batch, e, i);
            read = tidu_evaluation_json(e, text, strlen(text), &error);
        }
        assert_int_equal(read, TIDU_READ_ROW);
    }
    check_rows(batch, e, batch->count);
    tidu_evaluation_close(&e);
    return full;
}

static void
test_rows_of_many_places_are_answered_as_each_would_be_alone(void **state)
{
    static const struct {
        const char *folder, *facts;
    } cases[] = {
        {"good/rules/slots",
         "\"revenue\":1199,\"rd_share\":65,\"patents\":4,\"honest\":true,\"employees\":15"},
        {"good/rules/places", "\"listed\":true,\"honest\":true"},
        {"money",
         "\"revenue\":12000,\"rd_expense\":100,\"patents\":5,\"titles\":[{\"id\":\"lg\"}]"},
    };
    static const char *const regions[] = {"330106", "440305", "370102", "330203",
                                          "440106", "310115", "330100", "440300",
                                          "441900", "999999", "330000"};
    char text[400];
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++)
        for (tidu_explain explain = TIDU_EXPLAIN_NONE; explain <= TIDU_EXPLAIN_FULL; explain++) {
            struct batch batch = open_batch(load_rules(cases[c].folder), explain);
            for (size_t i = 0; i < 3 * sizeof regions / sizeof *regions; i++) {
                /* seven steps at a time, so neighbours differ */
                const char *region = regions[i * 7 % (sizeof regions / sizeof *regions)];
                snprintf(text, sizeof text, "{\"region_code\":\"%s\",%s}", region, cases[c].facts);
                add(&batch, i % 5 ? text : "{\"revenue\":1000}");
            }
            check_together(&batch);
            close_batch(&batch);
        }
}

/* Sixty counties that fill a slot and pay something: a hundred and twenty
 * programs, more than an evaluation keeps. */
static tidu_ruleset *
many_layers(void)
{
    enum { COUNTIES = 60 };
    tidu_arena *arena = tidu_arena_open();
    tidu_source *sources = tidu_arena_array(arena, COUNTIES + 2, sizeof *sources);
    tidu_report *report = tidu_report_open();
    tidu_ruleset *rules = NULL;
    for (unsigned i = 0; i < COUNTIES; i++) {
        const char *text = tidu_arena_printf(arena,
                                             "# T\n\n```lua\npolicy { id = \"p%u\", zh = \"县\", "
                                             "en = \"County\", effective = \"2020-01-01\" }\n"
                                             "fill \"least\" [[ %u万元 ]]\n"
                                             "subsidy \"s%u\" { zh = \"奖励\", en = \"Award\", "
                                             "amount = [[ %u万元 ]], [[ listed ]] }\n```\n",
                                             i, 501 + i, i, i + 1);
        sources[i] = (tidu_source){tidu_arena_printf(arena, "local/3301%02u-c/a.md", i + 1), text,
                                   strlen(text)};
    }
    static const char national[] =
        "# T\n\n```lua\npolicy { id = \"n\", zh = \"国\", en = \"Country\", effective = "
        "\"2020-01-01\" }\n"
        "slot \"least\" { zh = \"最低\", en = \"Least\", [[ 500万元 ]] }\ndesignation \"x\" { zh = "
        "\"称号\", en = \"X\" }\n"
        "criterion \"revenue\" { zh = \"收入\", en = \"Revenue\", [[ revenue >= least ]] }\n```\n";
    sources[COUNTIES] = (tidu_source){"national/a.md", national, strlen(national)};
    sources[COUNTIES + 1] = vocabulary_source(arena);
    if (!tidu_ruleset_build(sources, COUNTIES + 2, NULL, &rules, report)) {
        tidu_text said = complaints(report, TIDU_EN);
        fail_msg("%s", said.data);
    }
    tidu_report_close(&report);
    tidu_arena_close(&arena);
    return rules;
}

static void
test_a_block_that_needs_too_many_programs_is_full_and_goes_on_when_answered(void **state)
{
    struct batch batch = open_batch(many_layers(), TIDU_EXPLAIN_FULL);
    char text[200];
    (void)state;
    for (unsigned i = 0; i < 180; i++) {
        snprintf(text, sizeof text, "{\"region_code\":\"3301%02u\",\"revenue\":%u,\"listed\":%s}",
                 i * 7 % 60 + 1, 500 + i % 60, i % 3 ? "true" : "false");
        add(&batch, text);
    }
    assert_true(check_together(&batch) > 0);
    close_batch(&batch);
}

/* The row that found no room leaves nothing behind: the ones before it are
 * answered as they were, and it can be read again. */
static void
test_a_row_that_finds_no_room_is_taken_back(void **state)
{
    struct batch batch = open_batch(many_layers(), TIDU_EXPLAIN_BRIEF);
    tidu_error error = {0};
    char text[200];
    uint32_t i = 0;
    tidu_evaluation *e = tidu_evaluation_open(batch.rules, &batch.options, ROWS, &error);
    tidu_read read = TIDU_READ_ROW;
    (void)state;
    for (; read == TIDU_READ_ROW; i++) {
        snprintf(text, sizeof text,
                 "{\"region_code\":\"3301%02u\",\"revenue\":530,\"listed\":true}", i + 1);
        add(&batch, text);
        read =
            tidu_evaluation_json(e, batch.records[i].text, strlen(batch.records[i].text), &error);
    }
    assert_int_equal(read, TIDU_READ_FULL);
    assert_int_equal(tidu_evaluation_rows(e), i - 1);
    /* places whose programs are at hand still fit */
    assert_int_equal(
        tidu_evaluation_json(e, batch.records[0].text, strlen(batch.records[0].text), &error),
        TIDU_READ_ROW);
    tidu_evaluation_run(e);
    for (uint32_t row = 0; row < i; row++) {
        tidu_text out = {0};
        tidu_evaluation_write(e, row, &out);
        tidu_text_putc(&out, '\0');
        assert_string_equal(out.data, batch.alone[row < i - 1 ? row : 0]);
        tidu_text_free(&out);
    }
    tidu_evaluation_close(&e);
    close_batch(&batch);
}

static void
test_another_date_or_place_needs_no_other_evaluation(void **state)
{
    tidu_ruleset *rules = load_rules("good/rules/slots");
    static const char *const dates[] = {"2022-06-01", "2025-06-01", "2026-06-01", "2022-06-01"};
    static const uint32_t places[] = {0, 440305, 330203, 370102};
    struct record record;
    tidu_error error = {0};
    tidu_options options = {.as_of = day("2024-01-01"), .explain = TIDU_EXPLAIN_FULL};
    tidu_evaluation *e = tidu_evaluation_open(rules, &options, ROWS, &error);
    (void)state;
    for (int i = 0; i < 16; i++) {
        const char *text =
            "{\"region_code\":\"330106\",\"revenue\":1199,\"rd_share\":65,\"patents\":4}";
        tidu_text out = {0};
        options.as_of = day(dates[i % 4]);
        options.jurisdiction = places[i / 4];
        assert_true(tidu_evaluation_reset(e, &options, &error));
        feed(e, &record, text);
        tidu_evaluation_run(e);
        tidu_evaluation_write(e, 0, &out);
        tidu_text_putc(&out, '\0');
        char *alone = answer_bytes(rules, &options, text);
        assert_string_equal(out.data, alone);
        free(alone);
        tidu_text_free(&out);
    }
    tidu_evaluation_close(&e);
    tidu_ruleset_unref(&rules);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_of_many_places_are_answered_as_each_would_be_alone),
        cmocka_unit_test(
            test_a_block_that_needs_too_many_programs_is_full_and_goes_on_when_answered),
        cmocka_unit_test(test_a_row_that_finds_no_room_is_taken_back),
        cmocka_unit_test(test_another_date_or_place_needs_no_other_evaluation),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
