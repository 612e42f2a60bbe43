/*
 * internal.h: what the files of the compile room share.
 *
 *   words.c     declarations to facts, versions, documents
 *   places.c    layers and regions
 *   slots.c     what lower levels may set, and what they set
 *   names.c     the scope that expressions see
 *   inputs.c    which columns the trees read: the layout
 *   lower.c, values.c, comparisons.c, calls.c  trees to steps
 *   outline.c   criteria and designations of one epoch    points.c  their scorecards    says.c  in words
 *   support.c   measures, subsidies, stacks as declared    money.c  and lowered
 *   transition.c  old rules that count beside the new
 *   bodies.c, note.c, routing.c  bodies, who is responsible, and that every duty has one lead
 *   overlay.c   the same with something changed
 *   rules.c     all of them as a list, and which rests on which
 *   mutants.c   what could be changed in each
 *   decision.c  decision tables, read     choose.c  to steps     prove.c  proved
 *   boxes.c     sets of cases     cases.c, operands.c, samples.c  conditions as such sets
 *   lint.c, bands.c, findings.c  what is legal but hardly meant
 *   compile.c   the order of it all
 *   plans.c     programs by place and day
 */
#ifndef TIDU_COMPILE_INTERNAL_H
#define TIDU_COMPILE_INTERNAL_H

#include "tidu/compile.h"

/* From and until are days, both included. */
struct span {
    int32_t from, until;
};

/* Days on which nothing begins or ends, and those around them on which all that
 * was asked so far has the same answer. */
struct epoch {
    struct span days;
    struct span *steady; /* NULL when nobody wants to know */
};

/* A tree with the words it was written in. */
struct written {
    tidu_node *tree;
    const char *text;
    tidu_place place;
};

/* The layers that speak for a place, from the province down to the place
 * itself; the country always does. */
enum { TIDU_CHAIN = 3 };
struct chain {
    uint32_t places[TIDU_CHAIN];
    uint32_t count;
};

/* A row of a decision table. */
struct decision_row {
    struct written *cells; /* a column each; a NULL tree takes anything */
    struct written outcome;
    bool otherwise; /* what no other row takes */
};

enum decision_hit { HIT_UNIQUE, HIT_FIRST, HIT_SUM, HIT_MIN, HIT_MAX, HIT_COUNT };

struct decision {
    enum decision_hit hit;
    uint32_t line; /* of the table */
    uint32_t column_count; /* of conditions */
    struct written *operands; /* a column each; a NULL tree: cells are whole conditions */
    struct decision_row *rows;
    uint32_t row_count;
    bool complete; /* proved: some row takes every case */
};

/* One version of a derived fact, a parameter or a slot's value. */
struct version {
    struct span span;
    uint32_t place; /* of its layer */
    const tidu_declaration *declaration;
    const tidu_attr *source;
    struct written written;
    struct decision *decision; /* a table: `written` then only says what it reads and gives */
};

/* A derive or a param: one name, versions that do not overlap. */
struct name {
    tidu_symbol symbol;
    uint32_t number; /* in world.names */
    const char *const *aliases;
    uint32_t alias_count;
    struct version *versions;
    size_t version_count, version_capacity;
    enum { UNTYPED, TYPING, TYPED, BROKEN } state;
    const tidu_choices *choices;
    const tidu_attr *unit; /* as declared, or NULL */
};

/* A condition before it is lowered: the tree of groups over written parts. */
struct condition {
    enum { CONDITION_PART, CONDITION_ALL, CONDITION_ANY, CONDITION_NONE,
           CONDITION_AT_LEAST, CONDITION_CRITERION } kind;
    struct written written;
    uint32_t least;
    uint32_t criterion; /* index into world.criteria */
    tidu_titles title;  /* of a group; NULLs for none */
    struct condition *child;
    uint32_t child_count;
    uint32_t line;      /* of a group */
};

struct criterion {
    const tidu_declaration *declaration;
    uint32_t designation;
    int32_t parent;
    const char *id;
    int32_t fill; /* of a slot, which it belongs to, or TIDU_NONE */
    struct condition condition;
};


struct indicator {
    const tidu_declaration *declaration;
    uint32_t scorecard;
    const char *id, *group;
    enum { POINTS_BANDS, POINTS_EACH, POINTS_EXPRESSION, POINTS_UNKNOWN } kind;
    int32_t slot; /* that it is, or TIDU_NONE */
    int32_t fill; /* of a slot, which it belongs to, or TIDU_NONE */
    const char *most;       /* as spelled */
    struct written operand;
    const char **band_points; /* spelled, one a band */
    struct written *bands;
    uint32_t band_count;
    const char *otherwise;  /* spelled; "0" when not stated */
    bool otherwise_stated;
};

struct scorecard {
    const tidu_declaration *declaration;
    uint32_t designation;
    const char *id;
};

struct designation {
    const tidu_declaration *declaration;
    struct span span;
    const tidu_document_info *document;
};

/* What an upper level lets a lower one set. */
struct slot {
    const tidu_declaration *declaration;
    enum { SLOT_VALUE, SLOT_TABLE, SLOT_CONDITIONS } sets;
    const char *id;       /* "srdi/features", or a value's name */
    struct span span;
    uint32_t place;       /* of the document that opens it */
    unsigned levels;      /* a bit each: who may fill it */
    uint32_t designation; /* of a table or conditions */
    uint32_t scorecard;   /* of a table */
};

struct fill {
    const tidu_declaration *declaration;
    uint32_t slot;
    uint32_t place;
    struct span span; /* its own and its slot's */
};

/* A subsidy's or measure's own condition. */
struct support {
    const tidu_declaration *declaration;
    bool has_condition;
    struct condition condition;
};

struct measure {
    struct support support;
    int32_t duty;
};

struct subsidy {
    struct support support;
    struct span span;
    struct written amount, cap; /* trees NULL when not said */
    int32_t stack;              /* that declares it as a member */
};

struct stack {
    const tidu_declaration *declaration;
    tidu_stack_rule rule;
    struct written cap;
    int32_t stack;
};

/* A clause that lets the rules of an earlier day count too. */
struct transition {
    struct support support; /* whom it is meant for */
    const char *id;         /* "lg/from_old_or_new" */
    struct span span;
    int32_t before;         /* the old rules are those of the day before */
    uint32_t old;           /* their designation */
};

struct world {
    tidu_arena *arena;
    const tidu_declarations *declared;
    tidu_report *report;
    tidu_ruleset *ruleset;
    tidu_vocabulary *vocabulary;
    tidu_fact *facts;
    uint32_t fact_count;
    tidu_document_info *documents; /* one a document of `declared` */
    const tidu_declaration **policies; /* [document] its `policy`, or NULL */
    struct name *names;
    size_t name_count, name_capacity;
    struct designation *designations;
    size_t designation_count, designation_capacity;
    struct criterion *criteria;
    size_t criterion_count, criterion_capacity;
    struct scorecard *scorecards;
    size_t scorecard_count, scorecard_capacity;
    struct indicator *indicators;
    size_t indicator_count, indicator_capacity;
    tidu_title_slot *titles;
    uint32_t title_count;
    const tidu_declaration **title_words; /* `title` itself, without designations */
    uint32_t title_word_count;
    uint32_t *places; /* [document] the region whose layer it is of */
    uint32_t *layers; /* places that have documents, ascending */
    size_t layer_count, layer_capacity;
    struct slot *slots;
    size_t slot_count, slot_capacity;
    struct fill *fills;
    size_t fill_count, fill_capacity;
    struct measure *measures;
    size_t measure_count, measure_capacity;
    struct subsidy *subsidies;
    size_t subsidy_count, subsidy_capacity;
    struct stack *stacks;
    size_t stack_count, stack_capacity;
    struct transition *transitions;
    size_t transition_count, transition_capacity;
    struct table *index;  /* names to symbols */
    tidu_scope scope;
    struct inputs *inputs;
    size_t program_capacity;
    const char **stale; /* [clause] the day of the review its words do not agree with, or NULL */
    const tidu_declaration **speakers; /* declarations that programs come from */
    uint32_t speaker_count;
    tidu_arena *scratch; /* for one program after another; NULL when there are few */
    bool starved; /* memory ran out */
    const tidu_node **lapsed; /* meets() that were warned about: once, not in every epoch */
    size_t lapsed_count, lapsed_capacity;
    struct says *says;   /* trees as words: says.c */
    const tidu_node **thresholds; /* whose addresses are ruleset->parameters */
    size_t threshold_count, threshold_capacity;
};

/* ---- words.c ---- */
bool tidu_words_documents(struct world *world);
bool tidu_words_facts(struct world *world);
bool tidu_words_names(struct world *world);
bool tidu_words_titles(struct world *world);
struct span tidu_words_span(const struct world *world, const tidu_declaration *declaration);
tidu_citation tidu_words_citation(const struct world *world, const tidu_declaration *declaration);
/* The unit an attribute names, if it fits the type. */
bool tidu_words_unit(struct world *world, const tidu_declaration *declaration,
                     const tidu_attr *attr, const char *name, const tidu_type *type,
                     const tidu_unit **ret_unit);
tidu_titles tidu_words_titles_of(const tidu_declaration *declaration);
tidu_certainty tidu_words_certainty(const struct world *world, const tidu_declaration *declaration,
                                    const char **ret_mark);

/* ---- review.c ---- */
bool tidu_reviews_read(struct world *world);
/* Clauses with rules that are stale. */
uint32_t tidu_reviews_stale(const struct world *world);
void tidu_reviews_complain(struct world *world, tidu_code code);

/* ---- names.c ---- */
bool tidu_names_index(struct world *world);
/* Type a derive or param (its versions' trees are parsed). */
bool tidu_names_type(struct world *world, struct name *name);
/* Tell derived facts which facts they come from; all names are typed. */
bool tidu_names_sources(struct world *world);
/* The version in force during the epoch, or NULL: the most local of the
 * chain's, else the country's. */
const struct version *tidu_names_version(const struct name *name, struct epoch epoch,
                                         const struct chain *chain);
/* What a derive or param is in this world: an overlay has names of its own. */
const struct name *tidu_names_of(const struct world *world, const tidu_symbol *symbol);

/* ---- places.c ---- */
bool tidu_places_read(struct world *world);
uint32_t tidu_places_of(const struct world *world, const tidu_declaration *declaration);
/* The layers above `place` that exist, and its own. */
struct chain tidu_places_chain(const struct world *world, uint32_t place);
/* How near a place is: 0 the country, 1 the first of the chain, …; TIDU_NONE
 * when it is not of the chain. */
int32_t tidu_chain_rank(const struct chain *chain, uint32_t place);
/* What a place counts as: a separately planned city is a province too. */
unsigned tidu_places_levels(const struct world *world, uint32_t place);

/* ---- slots.c ---- */
bool tidu_slots_read(struct world *world);
/* Slots find what they stand in once designations and scorecards are known. */
bool tidu_slots_settle(struct world *world);
/* Fills against what their slots allow; needs columns, as lowering does. */
bool tidu_slots_check(struct world *world);
int32_t tidu_slots_find(const struct world *world, const char *id);
int32_t tidu_slots_fill_of(const struct world *world, const tidu_declaration *declaration);
/* The fill that counts during an epoch in a place, or TIDU_NONE. */
int32_t tidu_slots_chosen(const struct world *world, uint32_t slot, struct epoch epoch,
                          const struct chain *chain);

/* ---- support.c ---- */
/* Names first: amounts, stacks and award() speak of them. */
bool tidu_support_names(struct world *world);
/* The condition of support->declaration, if it has one. */
bool tidu_support_condition(struct world *world, struct support *support);
bool tidu_support_read(struct world *world);
int32_t tidu_support_subsidy(const struct world *world, const char *id);
int32_t tidu_support_stack(const struct world *world, const char *id);

/* ---- transition.c ---- */
bool tidu_transitions_read(struct world *world);

/* ---- expect.c ---- */
bool tidu_effects_read(struct world *world);

/* ---- routing.c ---- */
bool tidu_routing_read(struct world *world);

/* ---- conditions.c ---- */
bool tidu_conditions_read(struct world *world);
/* An item of a declaration as a condition: an expression or a group. */
bool tidu_condition_read(struct world *world, const tidu_declaration *declaration,
                         const tidu_attr *attr, struct condition *ret);
/* The designation a declaration stands in, or TIDU_NONE; the scorecard. */
int32_t tidu_designation_of(const struct world *world, const tidu_declaration *declaration);
int32_t tidu_scorecard_of(const struct world *world, const tidu_declaration *declaration);
bool tidu_conditions_parameters(struct world *world);

/* ---- inputs.c ---- */
struct code_space {
    const tidu_fact *fact;       /* an open code's fact */
    const tidu_choices *choices; /* or a list of values */
};
enum { TIDU_CODE_SIZE = 256 };
bool tidu_inputs_collect(struct world *world);
/* A copy of the world may be built from beside the world: what lowering adds stays
 * the copy's. */
bool tidu_inputs_apart(struct world *world);
/* A code as records have it: with the letter of its section. `fact` may be
 * NULL; `buffer` has TIDU_CODE_SIZE bytes. */
const char *tidu_inputs_code(const tidu_fact *fact, const char *code, char *buffer);
/* Layout columns; TIDU_NONE cannot happen for what was collected. */
int32_t tidu_inputs_column(const struct world *world, const tidu_symbol *symbol, uint32_t lag);
uint32_t tidu_inputs_test(const struct world *world, const tidu_symbol *set, const tidu_node *codes);
bool tidu_inputs_space(struct world *world, const tidu_node *node, struct code_space *ret_space);
const tidu_codebook *tidu_inputs_book(struct world *world, struct code_space space);
bool tidu_choices_same(const tidu_choices *a, const tidu_choices *b);
const tidu_codebook *tidu_choices_book(struct world *world, const tidu_choices *choices);

/* ---- lower.c ---- */
struct value {
    tidu_kind kind;
    bool constant;
    uint32_t number;      /* of a constant */
    tidu_step low, high;  /* the same step unless points */
    tidu_scale scale;
};

struct lowering {
    struct world *world;
    tidu_builder *builder;
    struct epoch epoch;
    struct chain chain;
    const tidu_symbol *list; /* whose filter is being lowered */
    const struct written *written; /* for errors */
    /* what names came to, by name and lag */
    struct value *memo;
    bool *memo_done;
    /* what other rules came to: outline.c lowers them when asked */
    bool (*meets)(struct lowering *lowering, const tidu_node *node, tidu_step *ret_step);
    bool (*score)(struct lowering *lowering, const tidu_node *node, tidu_step *ret_low,
                  tidu_step *ret_high);
    bool (*award)(struct lowering *lowering, const tidu_node *node, tidu_step *ret_low,
                  tidu_step *ret_high);
    void *context;
    bool lenient; /* measures outlive the criteria they speak of: no warning */
    bool failed;
};

/* A node's value `lag` years back. On failure lowering->failed is set. */
struct value tidu_lower(struct lowering *lowering, const tidu_node *node, uint32_t lag);
/* Points: a number in ones, whatever its unit; low and high are steps. */
struct value tidu_lower_points(struct lowering *lowering, const tidu_node *node);
/* Money in 万元; low and high are steps. */
struct value tidu_lower_money(struct lowering *lowering, const tidu_node *node);
/* A constant as a step. */
tidu_step tidu_lower_step(struct lowering *lowering, struct value value);
/* A spelled decimal as a constant. */
uint32_t tidu_lower_decimal(struct lowering *lowering, const char *text);
/* The pieces of a comparison, for its explanation. */
struct comparison {
    tidu_operator op;
    struct value left;
    struct value right;
    tidu_step status;
};
bool tidu_lower_comparison(struct lowering *lowering, const tidu_node *node,
                           struct comparison *ret);
bool tidu_is_comparison(const tidu_node *node);
bool tidu_lower_complain(struct lowering *lowering, const tidu_node *node, tidu_code code,
                         const char *first, const char *second);

/* The exact value of a tree without facts, in the units of `like`. False
 * when it has none. */
bool tidu_lower_exact(struct world *world, const struct written *written, struct span days,
                      const struct chain *chain, mpq_t ret);

/* One of several outcomes: a code literal is of `choices`. */
struct value tidu_lower_outcome(struct lowering *lowering, const tidu_node *node, uint32_t lag,
                                const tidu_choices *choices);
/* The same quantity in another scale. */
struct value tidu_lower_rescale(struct lowering *lowering, struct value value, tidu_scale scale);

/* ---- says.c ---- */
/* A tree as words. It lives as long as the world, and is written but once,
 * however many programs say it. NULL when memory ran out. */
const char *tidu_says_node(struct world *world, const tidu_node *node, tidu_lang lang);

/* ---- decision.c ---- */
/* Parse the table of a version into version->decision. Its tree is a chain of
 * `if` that says what the table reads and what it gives; NULL after complaints. */
struct written tidu_decision_write_down(struct world *world, const struct name *name,
                                        struct version *version);
/* Prove each table complete and, where one row must hold, free of overlaps. */
bool tidu_decisions_prove(struct world *world);
bool tidu_decision_prove(struct world *world, const struct version *version);
struct value tidu_decision_lower(struct lowering *lowering, const struct name *name,
                                 const struct version *version, uint32_t lag);

/* Days on which what names mean may begin to differ within a span, its first
 * day included; so many of them. */
const int32_t *tidu_days_within(struct world *world, tidu_arena *arena, struct span span,
                                size_t *ret_count);

/* ---- outline.c ---- */
enum part { PART_LADDER, PART_LOCAL };
/* The program for `days`, on which nothing it reads begins or ends; it says for
 * which days around them it holds as well. */
tidu_program *tidu_outline_build(struct world *world, struct span days, struct chain chain,
                                 enum part part);

/* ---- overlay.c ---- */

/* One thing that is different. A tree's node may be changed beside a node below
 * it: each edit names what stands in the ruleset. */
struct edit {
    enum { EDIT_NODE, EDIT_POINTS, EDIT_DROP } kind;
    const void *at;       /* the tidu_node, the `const char *` of points, the struct condition */
    const tidu_node *node; /* of NODE: what stands there now */
    const char *points;   /* of POINTS */
    bool truth;           /* of DROP: what the condition always comes to */
};
struct tidu_overlay;
bool tidu_overlay_add(struct tidu_overlay *overlay, struct edit edit);

/* ---- scenarios.c ---- */
bool tidu_scenarios_read(struct world *world);

/* ---- plans.c ---- */

/* All programs of the ruleset. */
bool tidu_plans_build(struct world *world);

/* ---- compile.c ---- */
/* Whether the epoch lies in the span; what is steady shrinks to the days that
 * lie in it, or before or after it, as the epoch does. */
bool tidu_epoch_within(struct epoch epoch, struct span span);
/* Which of the ruleset's programs is in force. */
uint32_t tidu_ruleset_epoch(const tidu_ruleset *ruleset, int32_t as_of);

/* ---- helpers ---- */
/* One more zeroed item of a table that grows; NULL when memory ran out. */
void *tidu_world_append(struct world *world, void **table, size_t *count, size_t *capacity,
                        size_t size);
#define TIDU_APPEND_TO(world, table, one)                                                          \
    tidu_world_append(world, (void **)&(world)->table, &(world)->one##_count,                      \
                      &(world)->one##_capacity, sizeof *(world)->table)
#define TIDU_APPEND(world, one) TIDU_APPEND_TO(world, one##s, one)
/* What a declaration says of its own dates, within its document's. */
bool tidu_words_dates(struct world *world, const tidu_declaration *declaration, struct span *ret);
bool tidu_flag_attr(const tidu_attr *map, const char *name);
bool tidu_compile_complain(struct world *world, const tidu_declaration *declaration, tidu_code code,
                   const char *first, const char *second, const char *third);
/* The same at an attribute of the declaration (NULL: at the declaration). */
bool tidu_compile_complain_at(struct world *world, const tidu_declaration *declaration,
                              const tidu_attr *attr, tidu_code code, const char *first,
                              const char *second, const char *third, const char *fourth);
/* Two declarations, or attributes of them, that cannot both stand. */
struct said {
    const tidu_declaration *declaration;
    const tidu_attr *attr; /* or NULL */
};
bool tidu_compile_collide(struct world *world, struct said here, struct said there, tidu_code code,
                          const char *first, const char *second, const char *third);
bool tidu_no_memory(struct world *world);
const char *tidu_document_path(const struct world *world, const tidu_declaration *declaration);
const char *tidu_show_date(char buffer[11], int32_t days);
struct written tidu_write_down(struct world *world, const tidu_declaration *declaration,
                               const tidu_attr *attr);

#endif
