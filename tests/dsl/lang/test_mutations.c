/*
 * test_mutations.c: whatever is thrown at the parser, it keeps its promises.
 *
 * Expressions of the corpus are cut up and spliced at random, from a fixed
 * seed. Then a tree comes exactly without complaints, prints, and parses back;
 * complaints have places inside the text. TIDU_MUTATIONS in the environment
 * asks for more rounds, TIDU_SEED for others.
 */
#include "scope.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { SEEDS_MOST = 600, TEXT_SIZE = 600, BANDS = 4 };

static const char *seeds[SEEDS_MOST];
static size_t seed_count;
static uint64_t random_state;

static uint32_t
random_below(uint32_t bound)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(random_state >> 33) % bound;
}

static uint64_t
setting(const char *name, uint64_t otherwise)
{
    const char *value = getenv(name);
    return value ? strtoull(value, NULL, 10) : otherwise;
}

/* The first line of each case of a file; bands without their operand. */
static void
read_seeds(char *file)
{
    char *line;
    bool first = true;
    while ((line = test_line(&file))) {
        const char *cell = strchr(line, '|');
        if (first && seed_count < SEEDS_MOST)
            seeds[seed_count++] = cell ? cell + 1 : test_unescape(line);
        first = *line == '\0';
    }
}

static const char *
any_seed(void)
{
    return seeds[random_below((uint32_t)seed_count)];
}

/* Replace a piece of `text` by a piece of another, by a copy of itself, by
 * nothing, or by a stray byte. */
static void
mutate(char *text)
{
    static const char bytes[] = "()[]{},-*/+<>=!'\"|&%.0123456789 \n\t#@~\xe4\xbd\xff\x80";
    char result[2 * TEXT_SIZE];
    const char *other = random_below(3) ? any_seed() : text;
    char stray[2] = {bytes[random_below(sizeof bytes - 1)], '\0'};
    uint32_t length = (uint32_t)strlen(text), from = random_below(length + 1);
    uint32_t cut = random_below(length - from + 1);
    uint32_t start = random_below((uint32_t)strlen(other) + 1);
    int piece = (int)random_below((uint32_t)strlen(other) - start + 1);
    bool byte = random_below(4) == 0;

    cut = byte || random_below(2) ? cut % 3 : cut;
    snprintf(result, sizeof result, "%.*s%.*s%s", (int)from, text, byte ? 1 : piece,
             byte ? stray : other + start, text + from + cut);
    result[TEXT_SIZE - 1] = '\0';
    memcpy(text, result, strlen(result) + 1);
}

static void
assert_complaints_have_places(const char *text, const tidu_report *report)
{
    char words[1200];
    for (size_t i = 0; i < tidu_report_count(report); i++) {
        const tidu_error *error = tidu_report_get(report, i);
        if (error->code == TIDU_MEMORY || error->span.line < 1 || error->span.column < 1 ||
            error->span.end_column < error->span.column)
            fail_msg("\"%s\" is complained about at %u:%u-%u: %s", text, error->span.line,
                     error->span.column, error->span.end_column,
                     tidu_error_message(error, TIDU_EN, words, sizeof words));
        tidu_error_message(error, TIDU_ZH, words, sizeof words);
        assert_int_equal(tidu_utf8_check(words, strlen(words)), strlen(words));
    }
}

static void
assert_prints_and_parses_back(const char *text, const tidu_node *node)
{
    char *english = test_printed(node, TIDU_EN);
    struct parsed again = test_parse(english);
    if (!again.node && strlen(english) <= 8192)
        fail_msg("\"%s\" prints as \"%s\": %s", text, english,
                 test_complaints(again.report, TIDU_EN));
    if (again.node && !test_same_tree(node, again.node))
        fail_msg("\"%s\" prints as \"%s\", another tree", text, english);
    free(english);
    free(test_printed(node, TIDU_ZH));
    test_parsed_free(&again);
}

static void
assert_promises(const char *text, struct parsed *parsed, bool whole)
{
    size_t complaints = tidu_report_count(parsed->report);
    if ((parsed->node != NULL) != (complaints == 0))
        fail_msg("\"%s\" has %s tree and %zu complaints", text, parsed->node ? "a" : "no",
                 complaints);
    assert_true(complaints <= 32);
    assert_complaints_have_places(text, parsed->report);
    if (parsed->node && whole)
        assert_prints_and_parses_back(text, parsed->node);
    test_parsed_free(parsed);
}

static void
test_mutated_expressions_never_break_a_promise(void **state)
{
    (void)state;
    static const char *const operands[BANDS] = {"rd_ratio", "size_class", "employees",
                                                "cagr(revenue, 2)"};
    char *files[] = {test_file("good_expressions.txt"), test_file("bad_expressions.txt"),
                     test_file("bands.txt")};
    char text[TEXT_SIZE];
    uint64_t rounds = setting("TIDU_MUTATIONS", 3000);

    random_state = setting("TIDU_SEED", 2026);
    for (int i = 0; i < 3; i++)
        read_seeds(files[i]);
    for (uint64_t round = 0; round < rounds; round++) {
        snprintf(text, sizeof text, "%s", any_seed());
        for (uint32_t i = random_below(4); i < 4; i++)
            mutate(text);
        struct parsed alone = test_parse(text);
        assert_promises(text, &alone, true);
        struct parsed band = test_parse_band(operands[round % BANDS], text);
        assert_promises(text, &band, false);
    }
    for (int i = 0; i < 3; i++)
        free(files[i]);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_mutated_expressions_never_break_a_promise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
