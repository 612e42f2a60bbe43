/*
 * outline.h: a program and what its steps mean, while it is made.
 *
 * Shared by outline.c (titles), points.c (their scorecards) and money.c
 * (measures, subsidies, stacks).
 */
#ifndef TIDU_COMPILE_OUTLINE_H
#define TIDU_COMPILE_OUTLINE_H

#include "internal.h"

enum state { NOT_YET, ON_THE_WAY, READY };

/* Numbers in the program. */
struct card_place {
    uint32_t number, first_indicator;
};

struct outline {
    struct lowering lowering;
    struct world *world;
    tidu_arena *arena;   /* the program's */
    tidu_arena *scratch; /* goes when it is built */
    enum part part;
    bool past;          /* rules of an earlier day are being lowered */
    uint32_t *olds;     /* [transition] 1 + the old designation in the program; 0: not yet */
    int32_t *fills;     /* [slot] the one that counts here, or TIDU_NONE */
    enum state *states; /* of designations */
    struct card_place *cards;
    uint32_t *indicator_places; /* [indicator] in the program */
    enum state *indicator_states;
    tidu_step *indicator_low, *indicator_high;
    tidu_designation *designations;
    uint32_t designation_count;
    uint32_t *designation_of; /* world's number to the program's */
    tidu_criterion *criteria;
    uint32_t criterion_count;
    uint32_t next_criterion; /* of the designation being lowered */
    tidu_part *parts;
    size_t part_count, part_capacity;
    tidu_scorecard *scorecards;
    uint32_t scorecard_count;
    tidu_indicator *indicators;
    uint32_t indicator_count;
    /* money.c */
    enum state *subsidy_states;
    uint32_t *subsidy_of; /* world's number to the program's */
    tidu_subsidy *subsidies;
    uint32_t subsidy_count;
    uint32_t *stack_of;
    tidu_stack *stacks;
    uint32_t stack_count;
    tidu_measure *measures;
    uint32_t measure_count;
};

/* Whether a document's rules are this program's to tell. */
bool tidu_outline_tells(const struct outline *outline, const tidu_declaration *declaration);

/* What a declaration has of a rule but its condition. */
void tidu_outline_rule(struct outline *outline, const tidu_declaration *declaration,
                       const char *id, tidu_criterion *ret);

/* Whether what belongs to a fill (or to none) counts here. */
bool tidu_outline_chosen(const struct outline *outline, int32_t fill);

/* Whether a designation is in force and of a layer that speaks here. */
bool tidu_outline_counts(const struct outline *outline, uint32_t number);

/* Lower a designation with all that belongs to it, once. False, and nothing
 * said, when it asks for itself. */
bool tidu_outline_designation(struct outline *outline, uint32_t number);

/* Lower a condition that stands in no designation. */
bool tidu_outline_condition(struct outline *outline, const struct condition *condition,
                            tidu_branch *ret);

/* Begin to lower as on another day, which lowering.epoch says already: nothing
 * is done yet, and what has been made stays. False when memory ran out. Return
 * to what there was before. */
bool tidu_outline_turn(struct outline *outline);
void tidu_outline_return(struct outline *outline, const struct outline *before);

/* ---- transition.c ---- */
/* What an old designation does to the one in force, which is lowered already. */
bool tidu_transition_emit(struct outline *outline, uint32_t number, tidu_designation *made);

/* ---- points.c ---- */
/* Give numbers to a designation's cards, in the order they were declared in. */
void tidu_points_number(struct outline *outline, uint32_t designation);
/* Lower a designation's cards. */
bool tidu_points_emit(struct outline *outline, uint32_t designation);
/* Tell a designation which cards are its own. */
void tidu_points_place(const struct outline *outline, uint32_t number, tidu_designation *made);
/* Leave out cards that got a number and were not lowered. */
void tidu_points_drop_idle(struct outline *outline);
/* What score('id') comes to; false, and nothing said, when there is none. */
bool tidu_points_score(struct lowering *lowering, const tidu_node *node, tidu_step *ret_low,
                       tidu_step *ret_high);

/* ---- money.c ---- */
bool tidu_money_reserve(struct outline *outline);
/* The subsidies, stacks and measures that this program tells. */
bool tidu_money_emit(struct outline *outline);
/* What award('id') comes to; false, and nothing said, when it asks for itself. */
bool tidu_money_award(struct lowering *lowering, const tidu_node *node, tidu_step *ret_low,
                      tidu_step *ret_high);

#endif
