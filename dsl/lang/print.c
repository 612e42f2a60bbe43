/*
 * print.c: trees to words.
 *
 * English uses identifiers and parses again to the same tree; Chinese uses
 * titles and reads like a policy text: 营业收入 ≥ 1亿元 且 从业人员数 ≥ 300人.
 * Brackets appear where the levels of parse.c need them and nowhere else.
 *
 * Must not know: where the tree came from.
 */
#include "internal.h"

/* Where a node is written: language and output. */
struct printer {
    tidu_lang lang; /* TIDU_ZH or TIDU_EN */
    tidu_text *out;
};

enum { LEVEL_IF = 0 };

static const char *const operators[][2] = {
    [TIDU_OP_OR] = {"或", "or"},
    [TIDU_OP_AND] = {"且", "and"},
    [TIDU_OP_NOT] = {"非 ", "not "},
    [TIDU_OP_LT] = {"<", "<"},
    [TIDU_OP_LE] = {"≤", "<="},
    [TIDU_OP_GT] = {">", ">"},
    [TIDU_OP_GE] = {"≥", ">="},
    [TIDU_OP_EQ] = {"=", "="},
    [TIDU_OP_NE] = {"≠", "<>"},
    [TIDU_OP_IN] = {"属于", "in"},
    [TIDU_OP_WITHIN] = {"归入", "within"},
    [TIDU_OP_ADD] = {"+", "+"},
    [TIDU_OP_SUB] = {"-", "-"},
    [TIDU_OP_MUL] = {"×", "*"},
    [TIDU_OP_DIV] = {"/", "/"},
    [TIDU_OP_NEG] = {"-", "-"},
};

static const char *const functions[TIDU_FUNCTION_COUNT][2] = {
#define X(name, en, zh, min_args, max_args, says) {zh, en},
#include "tidu/functions.def"
#undef X
};

static void print(const struct printer *printer, const tidu_node *node, int level);

/* One of two spellings. */
static void
say(const struct printer *printer, const char *zh, const char *en)
{
    tidu_text_puts(printer->out, printer->lang == TIDU_ZH ? zh : en);
}

static bool
is_comparison(const tidu_node *node)
{
    return node->kind == TIDU_NODE_BINARY && tidu_level(node->op) == TIDU_LEVEL_COMPARE;
}

/* (a <= x) and (x < b) with one x in both was written a <= x < b. */
static bool
is_chain(const tidu_node *node)
{
    if (node->kind != TIDU_NODE_BINARY || node->op != TIDU_OP_AND)
        return false;
    const tidu_node *left = node->child[0], *right = node->child[1];
    if (!is_comparison(right) || (!is_comparison(left) && !is_chain(left)))
        return false;
    const tidu_node *last = is_comparison(left) ? left : left->child[1];
    return last->child[1] == right->child[0];
}

static int
level_of(const tidu_node *node)
{
    switch (node->kind) {
    case TIDU_NODE_BINARY:
        return is_chain(node) ? TIDU_LEVEL_COMPARE : tidu_level(node->op);
    case TIDU_NODE_UNARY:
        return TIDU_LEVEL_UNARY;
    case TIDU_NODE_IF:
        return LEVEL_IF;
    default:
        return TIDU_LEVEL_POSTFIX;
    }
}

static bool
is_one(const char *decimal)
{
    return strcmp(decimal, "1") == 0;
}

static void
print_number(const struct printer *printer, const tidu_node *node)
{
    tidu_text_puts(printer->out, node->text);
    if (!node->unit)
        return;
    const char *en = is_one(node->text) ? node->unit->one : node->unit->en;
    if (printer->lang == TIDU_EN && tidu_is_ascii_word(en[0]))
        tidu_text_putc(printer->out, ' ');
    say(printer, node->unit->zh, en);
}

static const char *
choice_title(const tidu_choices *choices, const char *code)
{
    for (uint32_t i = 0; choices && i < choices->count; i++)
        if (choices->items[i].zh && strcmp(choices->items[i].code, code) == 0)
            return choices->items[i].zh;
    return code;
}

static void
print_quoted(const struct printer *printer, const char *text)
{
    const char *quote = strchr(text, '\'') ? "\"" : "'";
    say(printer, "“", quote);
    tidu_text_puts(printer->out, text);
    say(printer, "”", quote);
}

static void
print_string(const struct printer *printer, const tidu_node *node)
{
    bool title = printer->lang == TIDU_ZH;
    print_quoted(printer, title ? choice_title(node->type.choices, node->text) : node->text);
}

static void
print_date(const struct printer *printer, const tidu_node *node)
{
    char date[11];
    tidu_text_puts(printer->out, tidu_date_format(node->days, date));
}

static void
print_name(const struct printer *printer, const tidu_node *node)
{
    const tidu_symbol *symbol = node->symbol;
    say(printer, symbol->zh ? symbol->zh : symbol->name, symbol->name);
}

static void
print_items(const struct printer *printer, const tidu_node *node)
{
    for (uint32_t i = 0; i < node->child_count; i++) {
        if (i)
            say(printer, "，", ", ");
        print(printer, node->child[i], LEVEL_IF);
    }
}

static void
print_lag(const struct printer *printer, const tidu_node *node)
{
    print(printer, node->child[0], TIDU_LEVEL_POSTFIX);
    if (printer->lang == TIDU_EN)
        tidu_text_printf(printer->out, "[-%u]", node->lag);
    else if (node->lag == 1)
        tidu_text_puts(printer->out, "（上一年）");
    else
        tidu_text_printf(printer->out, "（前%u年）", node->lag);
}

static void
print_binary(const struct printer *printer, const tidu_node *node)
{
    int level = level_of(node), left = level, right = level + 1;
    if (is_chain(node)) {
        print(printer, node->child[0], level);
        node = node->child[1];
    } else {
        print(printer, node->child[0], level == TIDU_LEVEL_COMPARE ? left + 1 : left);
    }
    tidu_text_putc(printer->out, ' ');
    say(printer, operators[node->op][0], operators[node->op][1]);
    tidu_text_putc(printer->out, ' ');
    print(printer, node->child[1], right);
}

static void
print_unary(const struct printer *printer, const tidu_node *node)
{
    say(printer, operators[node->op][0], operators[node->op][1]);
    print(printer, node->child[0], TIDU_LEVEL_UNARY);
}

/* An if in the last branch needs no brackets: else if … else if … else …. */
static void
print_if(const struct printer *printer, const tidu_node *node)
{
    say(printer, "如果 ", "if ");
    print(printer, node->child[0], TIDU_LEVEL_OR);
    say(printer, " 则 ", " then ");
    print(printer, node->child[1], TIDU_LEVEL_OR);
    say(printer, " 否则 ", " else ");
    print(printer, node->child[2], LEVEL_IF);
}

static void
print_call(const struct printer *printer, const tidu_node *node)
{
    say(printer, functions[node->function][0], functions[node->function][1]);
    say(printer, "（", "(");
    print_items(printer, node);
    if (node->lag && printer->lang == TIDU_EN)
        tidu_text_printf(printer->out, ", %u", node->lag);
    else if (node->lag)
        tidu_text_printf(printer->out, "，%u年", node->lag);
    if (node->text && node->title && printer->lang == TIDU_ZH)
        tidu_text_printf(printer->out, "「%s」", node->title);
    else if (node->text)
        print_quoted(printer, node->text);
    say(printer, "）", ")");
}

static void
print_set(const struct printer *printer, const tidu_node *node)
{
    tidu_text_putc(printer->out, '{');
    print_items(printer, node);
    tidu_text_putc(printer->out, '}');
}

static void
print_truth(const struct printer *printer, const tidu_node *node)
{
    say(printer, node->truth ? "是" : "否", node->truth ? "true" : "false");
}

static void
print_as_of(const struct printer *printer, const tidu_node *node)
{
    (void)node;
    say(printer, "基准日", "as_of");
}

typedef void print_function(const struct printer *printer, const tidu_node *node);

static print_function *const printers[] = {
    [TIDU_NODE_NUMBER] = print_number, [TIDU_NODE_STRING] = print_string,
    [TIDU_NODE_DATE] = print_date,     [TIDU_NODE_TRUTH] = print_truth,
    [TIDU_NODE_SET] = print_set,       [TIDU_NODE_NAME] = print_name,
    [TIDU_NODE_AS_OF] = print_as_of,   [TIDU_NODE_LAG] = print_lag,
    [TIDU_NODE_UNARY] = print_unary,   [TIDU_NODE_BINARY] = print_binary,
    [TIDU_NODE_IF] = print_if,         [TIDU_NODE_CALL] = print_call,
};

/* In brackets when the node binds more loosely than its place needs. */
static void
print(const struct printer *printer, const tidu_node *node, int level)
{
    bool brackets = level_of(node) < level;
    if (brackets)
        say(printer, "（", "(");
    printers[node->kind](printer, node);
    if (brackets)
        say(printer, "）", ")");
}

void
tidu_expr_print(const tidu_node *node, tidu_lang lang, tidu_text *out)
{
    struct printer printer = {lang == TIDU_ZH ? TIDU_ZH : TIDU_EN, out};
    print(&printer, node, LEVEL_IF);
}
