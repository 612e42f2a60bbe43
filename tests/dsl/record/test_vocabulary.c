/* test_vocabulary.c: facts by name, near names, codes by class. */
#include "fixture.h"

static const tidu_fact *
find(struct fixture *fixture, const char *name)
{
    return tidu_vocabulary_find(&fixture->vocabulary, name, strlen(name));
}

static void
test_every_name_title_and_alias_finds_its_fact(void **state)
{
    struct fixture *f = *state;
    for (uint32_t i = 0; i < FACT_COUNT; i++) {
        const tidu_fact *fact = &f->vocabulary.facts[i];
        assert_ptr_equal(find(f, fact->symbol.name), fact);
        assert_ptr_equal(find(f, fact->symbol.zh), fact);
        assert_ptr_equal(find(f, fact->symbol.en), fact);
        for (uint32_t a = 0; a < fact->alias_count; a++)
            assert_ptr_equal(find(f, fact->aliases[a]), fact);
    }
}

static void
test_parts_of_names_find_nothing(void **state)
{
    struct fixture *f = *state;
    static const char *const names[] = {"",       "r",       "revenu",         "revenue ", "evenue",
                                        "营业收", "REVENUE", "从事细分市场年", "titles"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_null(find(f, names[i]));
    assert_non_null(tidu_vocabulary_find(&f->vocabulary, "revenue and more", 7));
}

/* Names that agree in their first and last eight bytes and in their length. */
static void
test_names_that_differ_only_in_the_middle_are_told_apart(void **state)
{
    struct fixture *f = *state;
    static char names[50][32];
    tidu_fact facts[50] = {{.low = 0}};
    for (uint32_t i = 0; i < 50; i++) {
        snprintf(names[i], sizeof names[i], "the_same_%02u_and_the_same", i);
        facts[i].symbol.name = names[i];
    }
    tidu_vocabulary vocabulary = {
        .facts = facts, .fact_count = 50, .names = tidu_name_table_build(f->arena, facts, 50)};
    for (uint32_t i = 0; i < 50; i++)
        assert_ptr_equal(tidu_vocabulary_find(&vocabulary, names[i], strlen(names[i])), &facts[i]);
    assert_null(tidu_vocabulary_find(&vocabulary, "the_same_50_and_the_same", 24));
}

static void
test_an_identifier_is_never_taken_over_by_a_title(void **state)
{
    struct fixture *f = *state;
    tidu_fact facts[2] = {{.symbol = {.name = "a", .zh = "b"}},
                          {.symbol = {.name = "b", .zh = "c"}}};
    tidu_vocabulary vocabulary = {
        .facts = facts, .fact_count = 2, .names = tidu_name_table_build(f->arena, facts, 2)};
    assert_ptr_equal(tidu_vocabulary_find(&vocabulary, "b", 1), &facts[1]);
}

static void
test_a_vocabulary_without_facts_finds_nothing(void **state)
{
    struct fixture *f = *state;
    tidu_vocabulary vocabulary = {.names = tidu_name_table_build(f->arena, NULL, 0)};
    assert_null(tidu_vocabulary_find(&vocabulary, "revenue", 7));
    assert_null(tidu_vocabulary_nearest(&vocabulary, "revenue", 7));
}

static void
test_a_slip_of_the_pen_has_a_nearest_name(void **state)
{
    struct fixture *f = *state;
    static const struct {
        const char *name, *nearest;
    } cases[] = {
        {"revenu", "revenue"},
        {"reveneu", "revenue"},
        {"employes", "employees"},
        {"营业收人", "营业收入"},
        {"nicheYears", "niche_years"},
        {"净利闰", "净利润"},
        {"营利", NULL},
        {"x", NULL},
        {"", NULL},
        {"something_else", NULL},
        {"总资产", NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *nearest =
            tidu_vocabulary_nearest(&f->vocabulary, cases[i].name, strlen(cases[i].name));
        if (cases[i].nearest)
            assert_string_equal(nearest, cases[i].nearest);
        else
            assert_null(nearest);
    }
}

#define ENTRY(text)           \
    {                         \
        text, sizeof text - 1 \
    }

static void
test_a_code_falls_into_the_class_of_the_longest_entry_it_begins_with(void **state)
{
    (void)state;
    static const tidu_slice entries[] = {ENTRY("C"),  ENTRY("C3"),  ENTRY("C34"),  ENTRY("C349"),
                                         ENTRY("C4"), ENTRY("I65"), ENTRY("I651"), ENTRY("IAB")};
    static const tidu_codebook book = {entries, 8};
    static const struct {
        const char *code;
        uint32_t class_number;
    } cases[] = {
        {"C", 1},    {"C1", 2},    {"C3", 3},     {"C33", 4},   {"C34", 5},   {"C348", 6},
        {"C349", 7}, {"C3499", 8}, {"C35", 4},    {"C4", 9},    {"C41", 10},  {"C5", 2},
        {"I", 0},    {"I6", 0},    {"I65", 11},   {"I650", 12}, {"I651", 13}, {"I6510", 14},
        {"IAB", 15}, {"IABC", 16}, {"IAC", 0},    {"A", 0},     {"Z", 0},     {"", 0},
        {"CZZZ", 2}, {"B", 0},     {"C3\xe4", 4},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(tidu_codebook_class(&book, cases[i].code, strlen(cases[i].code)),
                         cases[i].class_number);
}

static void
test_a_book_without_entries_has_one_class(void **state)
{
    (void)state;
    static const tidu_codebook book = {NULL, 0};
    assert_int_equal(tidu_codebook_class(&book, "C3489", 5), 0);
}

#define CASE(test) cmocka_unit_test_setup_teardown(test, fixture_open, fixture_close)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(test_every_name_title_and_alias_finds_its_fact),
        CASE(test_parts_of_names_find_nothing),
        CASE(test_names_that_differ_only_in_the_middle_are_told_apart),
        CASE(test_an_identifier_is_never_taken_over_by_a_title),
        CASE(test_a_vocabulary_without_facts_finds_nothing),
        CASE(test_a_slip_of_the_pen_has_a_nearest_name),
        CASE(test_a_code_falls_into_the_class_of_the_longest_entry_it_begins_with),
        CASE(test_a_book_without_entries_has_one_class),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
