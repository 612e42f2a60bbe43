/*
 * expr.h: expressions, from text to typed trees.
 *
 * Conditions stand in [[ ]] in the documents: a small, total, typed language
 * with the units and border words of policy texts. This door parses one,
 * resolves its names through a scope, checks dimensions, and prints it again
 * in Chinese or English. It does not evaluate: dsl/compile/ lowers a tree to
 * steps.
 *
 * Must not know: Lua, JSON, programs, blocks.
 *
 * Ownership: trees live in the arena given; symbols are borrowed from the
 * scope and must outlive the tree.
 */
#ifndef TIDU_EXPR_H
#define TIDU_EXPR_H

#include "tidu/arena.h"
#include "tidu/error.h"
#include "tidu/text.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tidu_kind {
    TIDU_NUMBER, /* any dimension: money, ratio, count, years, days, score, and their products */
    TIDU_FLAG,
    TIDU_DATE,
    TIDU_CODE, /* one of a list of values, or an open code such as an industry's */
    TIDU_SET,  /* a set of codes */
    TIDU_TEXT, /* words, only shown */
    TIDU_LIST  /* a list of records with fields */
} tidu_kind;

/* A rational factor; den > 0, lowest terms. */
typedef struct tidu_scale {
    int64_t num, den;
} tidu_scale;

/* One value of an enumerated code. */
typedef struct tidu_choice {
    const char *code;
    const char *zh, *en; /* titles, may equal code */
} tidu_choice;

typedef struct tidu_choices {
    const tidu_choice *items;
    uint32_t count;
    bool ordered; /* ascending: `<` and `>=` may compare them */
} tidu_choices;

/* A unit from units.def: its spellings, dimension and factor to the base unit
 * (元, one, 年, 日, 分). */
typedef struct tidu_unit tidu_unit;

typedef struct tidu_type {
    tidu_kind kind;
    /* numbers: exponents of the dimension; a ratio has all zero */
    int8_t money, count, years, days, score;
    bool bare;       /* a literal without a unit: fits count, years, days, score */
    bool irrational; /* holds a root that no rewriting removed */
    bool annual;     /* has a value a year, so x[-1] means something */
    bool constant;   /* no fact in it: literals and params only */
    tidu_scale scale;      /* value * scale is in base units */
    const tidu_unit *unit; /* to show it in; NULL for none */
    const tidu_choices *choices; /* codes and sets; NULL when open */
} tidu_type;

typedef enum tidu_symbol_kind {
    TIDU_SYMBOL_FACT,
    TIDU_SYMBOL_DERIVE,
    TIDU_SYMBOL_PARAM,
    TIDU_SYMBOL_FIELD
} tidu_symbol_kind;

/* A name an expression may use. */
typedef struct tidu_symbol {
    tidu_symbol_kind kind;
    const char *name;   /* English identifier */
    const char *zh, *en; /* titles */
    tidu_type type;
    const struct tidu_symbol *fields; /* of a LIST */
    uint32_t field_count;
    void *owner; /* whatever the scope's owner wants to find again */
} tidu_symbol;

/* Where names come from. Each function gets `context` and a name that is not
 * ended by a NUL. */
typedef struct tidu_scope {
    void *context;
    /* The symbol of that name, title or alias; NULL if there is none. May set
     * *reterr and return NULL for a name that exists but is broken (a circular
     * derive); then reterr->code is not TIDU_OK. */
    const tidu_symbol *(*find)(void *context, const char *name, size_t length, tidu_error *reterr);
    /* The length of the longest name, title or alias that `text` begins with;
     * 0 for none. Chinese is written without spaces, so the scanner asks. */
    size_t (*prefix)(void *context, const char *text, size_t length);
    /* The nearest known name, for "did you mean"; NULL if none is near. */
    const char *(*nearest)(void *context, const char *name, size_t length);
    /* May 'id' stand in holds(), granted(), reviewed(), meets(), score()? */
    bool (*knows_title)(void *context, const char *id);
    bool (*knows_designation)(void *context, const char *id);
    bool (*knows_score)(void *context, const char *id);
    bool (*knows_subsidy)(void *context, const char *id); /* in award() */
} tidu_scope;

typedef enum tidu_node_kind {
    TIDU_NODE_NUMBER, /* literal: `text` is the decimal as spelled, `unit` its unit or NULL */
    TIDU_NODE_STRING, /* literal code or text: `text` */
    TIDU_NODE_DATE,   /* literal: `days` */
    TIDU_NODE_TRUTH,  /* literal true / false: `truth` */
    TIDU_NODE_SET,    /* literal {…}: children are NODE_STRING or NODE_NUMBER */
    TIDU_NODE_NAME,   /* `symbol` */
    TIDU_NODE_AS_OF,  /* the date of the question */
    TIDU_NODE_LAG,    /* child[0] `lag` years earlier, lag >= 1 */
    TIDU_NODE_UNARY,  /* `op`: NOT, NEG */
    TIDU_NODE_BINARY, /* `op`; a chain a <= x < b is (a <= x) AND (x < b) sharing x */
    TIDU_NODE_IF,     /* child[0] then child[1] else child[2] */
    TIDU_NODE_CALL    /* `function` on children; years in `lag` (mean(x, 3): lag = 3), 'ids' in `text` */
} tidu_node_kind;

typedef enum tidu_operator {
    TIDU_OP_OR, TIDU_OP_AND, TIDU_OP_NOT,
    TIDU_OP_LT, TIDU_OP_LE, TIDU_OP_GT, TIDU_OP_GE, TIDU_OP_EQ, TIDU_OP_NE,
    TIDU_OP_IN, TIDU_OP_WITHIN,
    TIDU_OP_ADD, TIDU_OP_SUB, TIDU_OP_MUL, TIDU_OP_DIV, TIDU_OP_NEG
} tidu_operator;

typedef enum tidu_function {
#define X(name, en, zh, min_args, max_args, says) TIDU_FN_##name,
#include "tidu/functions.def"
#undef X
    TIDU_FUNCTION_COUNT
} tidu_function;

typedef struct tidu_node {
    tidu_node_kind kind;
    tidu_operator op;
    tidu_function function;
    tidu_type type;
    const char *text;
    const char *title; /* what an id in `text` is called, for printing; NULL when nobody told */
    const tidu_unit *unit;
    const tidu_symbol *symbol;
    int32_t days;
    uint32_t lag;
    bool truth;
    uint32_t threshold; /* 1, 2, … for numbers and dates a what-if may move, in the order they stand; 0 else */
    uint32_t start, end; /* bytes of the expression's text */
    uint32_t child_count;
    struct tidu_node **child;
} tidu_node;

/* Where an expression stands, for its errors. */
typedef struct tidu_place {
    const char *document;
    uint32_t line, column; /* of its first character */
} tidu_place;

/* Parse and type one expression. Complaints go to `report`: all that can be
 * found, not only the first. NULL when there was any error. */
tidu_node *tidu_expr_parse(tidu_arena *arena, const char *text, tidu_place place,
                           const tidu_scope *scope, tidu_report *report);

/* Parse the cell of a score table: what follows an operand that stands
 * elsewhere, as in "≥ 80%", "80%以上", "70%—80%" (lower border included, upper
 * excluded), "不足60%", "0", "'national'". "其他", "其余" and "otherwise" set
 * *ret_otherwise and return a true literal. The tree returned is a whole
 * condition with `operand` (typed, shared) in it. With operand NULL the cell
 * is a whole condition. */
tidu_node *tidu_expr_parse_band(tidu_arena *arena, const char *text, tidu_place place,
                                const tidu_scope *scope, tidu_node *operand,
                                bool *ret_otherwise, tidu_report *report);

/* Say that `node` must be of this kind: adds the error "a condition is needed
 * here, this is money" at its place and returns false if it is not. */
bool tidu_expr_require(const tidu_node *node, tidu_kind kind, const char *text, tidu_place place,
                       tidu_report *report);

/* Write the expression in one language: names by title, operators by word or
 * sign, units as spelled. TIDU_EN gives text that parses again to the same
 * tree (names by identifier). */
void tidu_expr_print(const tidu_node *node, tidu_lang lang, tidu_text *out);

/* The place of a node in its document. */
tidu_span tidu_expr_span(const tidu_node *node, const char *text, tidu_place place);

/* Units. tidu_unit_find takes any spelling; NULL if there is none. */
const tidu_unit *tidu_unit_find(const char *spelling, size_t length);
const char *tidu_unit_title(const tidu_unit *unit, tidu_lang lang); /* 万元 / "wan yuan" */
tidu_scale tidu_unit_scale(const tidu_unit *unit);
/* Set kind NUMBER, dimension, scale and unit of *type. */
void tidu_unit_type(const tidu_unit *unit, tidu_type *type);

/* "money", "ratio", "money / count", "date" … for messages. `buffer` is returned. */
char *tidu_type_title(const tidu_type *type, tidu_lang lang, char *buffer, size_t size);

/* Product and comparison of factors; overflow saturates and is reported by
 * tidu_scale_mul returning {0, 1}. */
tidu_scale tidu_scale_mul(tidu_scale a, tidu_scale b);
tidu_scale tidu_scale_div(tidu_scale a, tidu_scale b);
bool tidu_scale_same(tidu_scale a, tidu_scale b);

#ifdef __cplusplus
}
#endif

#endif
