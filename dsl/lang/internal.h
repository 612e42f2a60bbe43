/*
 * internal.h: what the files of this room share.
 *
 *   scan.c, words.c ──► parse.c, operand.c, ──► types.c, compare.c, ──► tree
 *    bytes to tokens     call.c, band.c          signatures.c
 *                        tokens to nodes         nodes to typed nodes
 *
 * All of them complain through say.c.
 *
 * The parser asks for one token at a time and looks ahead no further, because
 * the names that are known change on the way: a filter brings the fields of
 * its list into scope.
 *
 * INVARIANT: a NULL node means that something wrong was already said about it.
 * Whoever gets one checks what else there is to check and returns NULL too, so
 * that one mistake is told once and the others are told as well.
 */
#ifndef TIDU_LANG_INTERNAL_H
#define TIDU_LANG_INTERNAL_H

#include "tidu/expr.h"

enum {
    TIDU_EXPR_BYTES = 8192,
    TIDU_EXPR_NESTING = 64,
    TIDU_EXPR_DIGITS = 40,
    TIDU_EXPR_YEARS = 9, /* the furthest year back, the longest mean */
    TIDU_EXPR_ARGUMENTS = 8,
    TIDU_EXPR_COMPLAINTS = 32 /* what an expression may say against itself */
};

struct tidu_unit {
    const char *zh, *en;
    const char *one; /* `en` behind the number 1 */
    int8_t money, count, years, days, score;
    tidu_scale scale;
};

/* Bytes start .. end - 1 of the expression's text. */
typedef struct tidu_range {
    uint32_t start, end;
} tidu_range;

typedef enum tidu_token_kind {
    TIDU_TOKEN_END,
    TIDU_TOKEN_BAD,      /* something was said about it */
    TIDU_TOKEN_NUMBER,   /* text, unit */
    TIDU_TOKEN_DATE,     /* days */
    TIDU_TOKEN_STRING,   /* text */
    TIDU_TOKEN_CHOICE,   /* text: a value of the band's operand, by code or title */
    TIDU_TOKEN_NAME,     /* symbol */
    TIDU_TOKEN_UNKNOWN,  /* a word that nobody knows */
    TIDU_TOKEN_FUNCTION, /* value: a tidu_function */
    /* the kinds below stand in words.def */
    TIDU_TOKEN_OPERATOR, /* value: a tidu_operator with two sides */
    TIDU_TOKEN_BORDER,   /* value: the comparison that a word behind a number means */
    TIDU_TOKEN_NOT,
    TIDU_TOKEN_IF,
    TIDU_TOKEN_THEN,
    TIDU_TOKEN_ELSE,
    TIDU_TOKEN_TRUTH, /* value: 0 or 1 */
    TIDU_TOKEN_AS_OF,
    TIDU_TOKEN_OPEN,
    TIDU_TOKEN_CLOSE,
    TIDU_TOKEN_COMMA,
    TIDU_TOKEN_SET_OPEN,
    TIDU_TOKEN_SET_CLOSE,
    TIDU_TOKEN_LAG_OPEN,
    TIDU_TOKEN_LAG_CLOSE,
    TIDU_TOKEN_RANGE,    /* in bands only */
    TIDU_TOKEN_OTHERWISE /* in bands only */
} tidu_token_kind;

typedef struct tidu_token {
    tidu_token_kind kind;
    tidu_range range;
    int value;
    const char *text;
    const tidu_unit *unit;
    const tidu_symbol *symbol;
    int32_t days;
} tidu_token;

enum {
    TIDU_WORD_CUTS = 1,   /* ends a name it stands right behind */
    TIDU_WORD_ALONE = 2,  /* is a word only where no other word goes on */
    TIDU_WORD_BAND = 4,   /* in bands only */
    TIDU_WORD_FOREIGN = 8 /* not ours: complain, then read it as meant */
};

/* A line of words.def. */
typedef struct tidu_word {
    const char *spelling;
    tidu_token_kind kind;
    int value;
    unsigned flags;
    const char *instead; /* of foreign words: what to write */
} tidu_word;

/* The list whose fields a filter may use. */
typedef struct tidu_fields {
    const tidu_symbol *list; /* NULL when the list itself was wrong */
    const struct tidu_fields *outer;
} tidu_fields;

typedef struct tidu_parser {
    tidu_arena *arena;
    const char *text;
    uint32_t length;
    tidu_place place;
    const tidu_scope *scope;
    tidu_report *report;
    tidu_token token;  /* the one looked at */
    uint32_t at;       /* where the next one is looked for */
    uint32_t last_end; /* where the one before ended */
    uint32_t depth;
    uint32_t complaints;
    uint32_t stuck; /* 1 + where the last complaint about grammar was */
    uint32_t thresholds;
    bool commas; /* a comma may follow: inside a call or a set */
    const tidu_fields *fields;
    const tidu_choices *expected; /* of the code on the left of a comparison */
    tidu_node *operand;           /* of the band */
    bool band;
    bool starved; /* memory ran out where a text would have been kept */
} tidu_parser;

/* say.c: complaints. Each returns NULL, so `return tidu_say(…)` poisons. */
void *tidu_say(tidu_parser *parser, tidu_code code, tidu_range range, const char *a, const char *b,
               const char *c, const char *d);
/* About the grammar: the same place is complained about only once. */
void *tidu_say_grammar(tidu_parser *parser, tidu_code code, tidu_range range, const char *a,
                       const char *b);
/* {1} and {2} are `node` in English and Chinese: money "revenue", 金额“营业收入”. */
void *tidu_say_one(tidu_parser *parser, tidu_code code, tidu_range range, const tidu_node *node,
                   const char *c, const char *d);
/* And {3} and {4} are another one. */
void *tidu_say_two(tidu_parser *parser, tidu_code code, tidu_range range, const tidu_node *left,
                   const tidu_node *right);
/* Where a node stands; the operand of a band stands elsewhere, so the whole
 * cell answers for it. */
tidu_range tidu_range_of(const tidu_parser *parser, const tidu_node *node);
/* What stands in that range, for messages; long text is cut. */
const char *tidu_excerpt(tidu_parser *parser, tidu_range range);
const char *tidu_printed(tidu_parser *parser, const tidu_node *node, tidu_lang lang);
/* False, after saying so, unless `node` is of that kind. NULL is false too. */
bool tidu_need(tidu_parser *parser, const tidu_node *node, tidu_kind kind);

/* words.c: the words of the language and of the vocabulary. */
bool tidu_is_ascii_word(char byte);
/* The bytes of the character at `at`, if it may stand in a word; else 0. */
uint32_t tidu_word_character(const tidu_parser *parser, uint32_t at);
/* The longest word of words.def there, or NULL. */
const tidu_word *tidu_word_at(const tidu_parser *parser, uint32_t at, unsigned needed_flags);
/* May a word that began before `at` end there? */
bool tidu_word_ends(const tidu_parser *parser, uint32_t at);
uint32_t tidu_word_length(const tidu_word *word);
uint32_t tidu_name_at(const tidu_parser *parser, uint32_t at);
const char *tidu_choice_at(const tidu_parser *parser, uint32_t at, uint32_t *ret_length);
/* The length of a function's name there; with `called`, only before a "(". */
uint32_t tidu_function_at(const tidu_parser *parser, uint32_t at, bool called,
                          tidu_function *ret_function);
uint32_t tidu_unknown_at(const tidu_parser *parser, uint32_t at);
uint32_t tidu_unit_at(const tidu_parser *parser, uint32_t at, const tidu_unit **ret_unit);
/* A field of the filters around, or what the scope knows. */
const tidu_symbol *tidu_symbol_find(const tidu_parser *parser, const char *name, size_t length,
                                    tidu_error *reterr);
const char *tidu_symbol_nearest(const tidu_parser *parser, const char *name, size_t length);
/* The code of the choice with that code or title, or NULL. */
const char *tidu_choice_code(const tidu_choices *choices, const char *word, size_t length);

/* scan.c: put the next token into parser->token. */
void tidu_scan(tidu_parser *parser);
bool tidu_scan_blank(const tidu_parser *parser, uint32_t *at);

/* parse.c: the grammar. A level says how tightly an operator binds. */
enum {
    TIDU_LEVEL_OR = 1,
    TIDU_LEVEL_AND,
    TIDU_LEVEL_COMPARE,
    TIDU_LEVEL_ADD,
    TIDU_LEVEL_MUL,
    TIDU_LEVEL_UNARY,
    TIDU_LEVEL_POSTFIX
};
int tidu_level(tidu_operator op);
tidu_node *tidu_parse_level(tidu_parser *parser, int level);
/* operand.c: an operand with its [-1]. */
tidu_node *tidu_parse_postfix(tidu_parser *parser);
/* {'a', 'b'}; the brace is the token looked at. */
tidu_node *tidu_parse_set(tidu_parser *parser);
/* Complain about whatever stands before the end. */
void tidu_parse_end(tidu_parser *parser);
/* Complain that something else stands where `code` says what is missing;
 * `what` is {1}, what stands there {2}, or {1} when `what` is NULL. */
tidu_node *tidu_parse_missing(tidu_parser *parser, tidu_code code, tidu_code code_at_end,
                              const char *what);
bool tidu_parse_expect(tidu_parser *parser, tidu_token_kind kind, const char *spelling);
/* From there to the end of the last token that is behind us. */
tidu_range tidu_range_from(const tidu_parser *parser, uint32_t start);
tidu_node *tidu_node_new(tidu_parser *parser, tidu_node_kind kind, tidu_range range,
                         uint32_t child_count);
/* A parser as its caller described it checks length and encoding of the text
 * and looks at the first token. */
bool tidu_parser_start(tidu_parser *parser);
/* `node`, or NULL when there was any complaint. */
tidu_node *tidu_parser_finish(tidu_parser *parser, tidu_node *node);

/* call.c: function ( arguments ); the function's name is the token looked at. */
tidu_node *tidu_parse_call(tidu_parser *parser);
/* A whole number from 1 to 9 without a unit or in years; 0 for anything else. */
uint32_t tidu_year_count(const tidu_node *node);

/* types.c: nodes out of typed nodes, or complaints. `range` is what a
 * complaint about the whole underlines. */
tidu_node *tidu_binary(tidu_parser *parser, tidu_operator op, tidu_node *left, tidu_node *right,
                       tidu_range range); /* without checks */
tidu_node *tidu_type_logic(tidu_parser *parser, tidu_operator op, tidu_node *left, tidu_node *right,
                           tidu_range range);
tidu_node *tidu_type_arithmetic(tidu_parser *parser, tidu_operator op, tidu_node *left,
                                tidu_node *right, tidu_range range);
tidu_node *tidu_type_unary(tidu_parser *parser, tidu_operator op, tidu_node *child,
                           tidu_range range);
tidu_node *tidu_type_lag(tidu_parser *parser, tidu_node *child, uint32_t years, tidu_range range);
tidu_node *tidu_type_if(tidu_parser *parser, tidu_node *child[3], tidu_range range);
/* *ret_type for values of which one is taken: branches, min and max. */
bool tidu_type_merge(tidu_parser *parser, tidu_code code, tidu_range range, tidu_node *left,
                     tidu_node *right, tidu_type *ret_type);
bool tidu_refuse_root(tidu_parser *parser, const tidu_node *node);
bool tidu_is_plain(const tidu_type *type);
bool tidu_is_ratio(const tidu_type *type);
/* A count, years, days or a score: what a bare number may stand for. */
bool tidu_is_countable(const tidu_type *type);
bool tidu_same_dimension(const tidu_type *a, const tidu_type *b);
/* A type of that kind, annual if a or b is, constant if both are. */
tidu_type tidu_type_of(tidu_kind kind, const tidu_type *a, const tidu_type *b);

/* compare.c */
tidu_node *tidu_type_compare(tidu_parser *parser, tidu_operator op, tidu_node *left,
                             tidu_node *right, tidu_range range);
/* How two numbers go together. */
typedef enum tidu_fit {
    TIDU_FIT,
    TIDU_FIT_NOT,
    TIDU_FIT_UNIT, /* one is a number that wants a unit */
    TIDU_FIT_WORD  /* counts in different measure words */
} tidu_fit;
bool tidu_is_zero(const tidu_node *node); /* a literal 0, with or without a unit */
tidu_fit tidu_fit_numbers(const tidu_node *left, const tidu_node *right, bool adding);
/* Say why they do not; `code` is for TIDU_FIT_NOT. */
void *tidu_say_fit(tidu_parser *parser, tidu_fit fit, tidu_code code, tidu_range range,
                   const tidu_node *left, const tidu_node *right);
/* Make the strings that `values` is or may come to codes among the choices of
 * `code`, or complain about each that is none. */
bool tidu_type_choice(tidu_parser *parser, const tidu_node *code, tidu_node *values);

/* signatures.c: the types of functions. */
tidu_node *tidu_type_call(tidu_parser *parser, tidu_node *call);

#endif
