/*
 * fuzz_expression.c: whatever is written as an expression, it is refused with its
 * place or it prints again: in English, what is printed parses to the same tree
 * and prints the same.
 *
 * A text with a TAB in it is an operand and the cell of a table behind it. Names
 * are those of tests/dsl/lang/scope.h.
 */
#include "fuzz.h"

#include "../dsl/lang/scope.h"

#include <stdlib.h>

static void
close_parsed(struct parsed *parsed)
{
    tidu_arena_close(&parsed->arena);
    tidu_report_close(&parsed->report);
}

/* Each complaint stands somewhere in the text, in words. */
static void
check_complaints(const struct parsed *parsed)
{
    char words[2048];
    fuzz_must(parsed->node || tidu_report_error_count(parsed->report), "a refusal says why");
    for (size_t i = 0; i < tidu_report_count(parsed->report); i++) {
        const tidu_error *error = tidu_report_get(parsed->report, i);
        fuzz_must(error->span.line >= 1 && error->span.column >= 1, "a complaint has a place");
        tidu_error_message(error, TIDU_ZH, words, sizeof words);
        fuzz_must(tidu_utf8_check(words, strlen(words)) == strlen(words), "messages are UTF-8");
    }
}

static void
print_chinese(const tidu_node *node)
{
    tidu_text out = {0};
    tidu_expr_print(node, TIDU_ZH, &out);
    fuzz_must(tidu_utf8_check(out.data, out.length) == out.length, "what is printed is UTF-8");
    tidu_text_free(&out);
}

static void
check_printed(const tidu_node *node)
{
    char *first = test_printed(node, TIDU_EN);
    struct parsed again = test_parse(first);
    if (!again.node)
        fuzz_fail("what is printed parses", first, strlen(first));
    char *second = test_printed(again.node, TIDU_EN);
    if (!test_same_tree(node, again.node))
        fuzz_fail("what is printed parses to the same tree", first, strlen(first));
    if (strcmp(first, second))
        fuzz_fail("what is parsed again prints the same", second, strlen(second));
    close_parsed(&again);
    free(first);
    free(second);
    print_chinese(node);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = fuzz_copy(data, size, 1);
    text[size] = '\0';
    char *tab = strchr(text, '\t');
    struct parsed parsed;
    if (tab) {
        *tab = '\0';
        struct parsed operand = test_parse(text);
        bool usable = operand.node != NULL;
        close_parsed(&operand);
        parsed = test_parse_band(usable ? text : NULL, tab + 1);
    } else {
        parsed = test_parse(text);
    }
    check_complaints(&parsed);
    if (parsed.node && !tab)
        check_printed(parsed.node);
    else if (parsed.node)
        print_chinese(parsed.node);
    close_parsed(&parsed);
    free(text);
    return 0;
}
