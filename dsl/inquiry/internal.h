/*
 * internal.h: what the files of this room share.
 *
 *   reform ─► lineup.c: which programs answer for whom ─► stands
 *   stand  ─► scan.c: its rows, block by block, on all processors
 *               └─► sweep.c, impact.c, verdicts.c: what is made of each block
 */
#ifndef TIDU_INQUIRY_INTERNAL_H
#define TIDU_INQUIRY_INTERNAL_H

#include "tidu/compile.h"
#include "tidu/inquiry.h"
#include "tidu/overlay.h"
#include "tidu/run.h"

enum { SIDES = 2 }; /* the ladder, and what a place adds */

/* Money is added up in hundredths of a yuan, so that sums do not depend on the order;
 * amounts are in 万元. */
#define MONEY_SCALE 1e6
#define MOST_MONEY INT64_C(9000000000000000000)

/* What is more than fits stays at the most there is. */
int64_t tidu_money_fixed(double amount);
void tidu_money_add(int64_t *sum, int64_t amount);
void tidu_money_put(int64_t amount, tidu_text *out);

/* ---- lineup.c: who answers for whom ---- */

/* A designation that answers tell of, in any program in force. */
struct told {
    const char *id;
    tidu_titles title;
    int32_t tier;
    bool left_out; /* nothing moves it, so it is not counted */
};

/* A pair of programs, and what is wanted of them. */
struct stand {
    uint32_t numbers[SIDES];             /* of the ruleset's programs */
    const tidu_program *programs[SIDES]; /* NULL where nothing is added */
    tidu_step *status[SIDES];            /* [told]: TIDU_NO_STEP where it is not told */
    struct sum {
        tidu_step *low, *high;
        uint32_t count;
    } money[SIDES]; /* what is added up; empty unless wanted */
};

struct lineup {
    tidu_arena *arena;
    tidu_ruleset *ruleset;
    tidu_overlay *overlay; /* NULL when nothing is changed */
    int32_t as_of;
    struct told *told;
    uint32_t told_count;
    struct stand *stands;
    uint32_t stand_count;
    uint32_t *stand_of; /* [plan of the ruleset] */
};

/* NULL with *reterr when a change cannot be made, the changed rules do not hold
 * together, or memory ran out. */
struct lineup *tidu_lineup_open(const tidu_inquiry *inquiry, const tidu_reform *reform,
                                tidu_error *reterr);
void tidu_lineup_close(struct lineup **lineup);

/* Whether one of two knows each designation that is asked for by name. */
bool tidu_lineup_knows(const struct lineup *lineup, const struct lineup *other,
                       const tidu_inquiry *inquiry, tidu_error *reterr);

/* The stand of a region; `lineup` is a struct lineup. */
uint32_t tidu_lineup_find(const void *lineup, uint32_t region);

/* Whether a place's program (or NULL) tells of an award of the country itself. */
bool tidu_is_taken_over(const tidu_program *local, const tidu_subsidy *subsidy);

/* Every step that a stand's answers are read from, of one side; free() it. NULL when
 * memory ran out. */
tidu_step *tidu_stand_steps(const struct lineup *lineup, const struct stand *stand, int side,
                            uint32_t *ret_count);

/* The programs of a stand by another overlay, or what is in the ruleset (NULL). */
bool tidu_stand_programs(const struct lineup *lineup, const struct stand *stand,
                         tidu_overlay *overlay, const tidu_program *ret[SIDES], tidu_error *reterr);

struct scanner;

/* ---- groups.c: into which group each row falls ---- */

struct groups;

/* One group, of everybody, when nothing is asked by. NULL with *reterr when there is no
 * such fact, or memory ran out. */
struct groups *tidu_groups_open(const tidu_inquiry *inquiry, const struct lineup *lineup,
                                tidu_error *reterr);
void tidu_groups_close(struct groups **groups);

/* How many there are; the last is of those of whom it is not known. Its label is NULL. */
uint32_t tidu_groups_count(const struct groups *groups);
const char *tidu_groups_label(const struct groups *groups, uint32_t key);
/* Append "group":…, its label. */
void tidu_groups_put(const struct groups *groups, uint32_t key, tidu_text *out);

/* What a ladder's run has to compute for it, or TIDU_NO_STEP. */
tidu_step tidu_groups_step(const struct groups *groups, const tidu_program *program);

/* The keys of a block's rows, by the ladder's run. */
void tidu_groups_keys(const struct groups *groups, const struct scanner *scanner,
                      const tidu_run *run, uint32_t *ret);

/* ---- axis.c: the values of a threshold ---- */

struct axis {
    const tidu_axis *asked;
    char **spelled;
    mpq_t *numbers; /* as spelled, without the unit; dates are days */
    uint32_t count;
    char unit[48]; /* what stands behind the numbers */
    bool date, falling;
    uint32_t probes[2]; /* two different values, the second not zero; perhaps behind the last */
};

/* False with *reterr; close it either way. */
bool tidu_axis_open(struct axis *axis, const tidu_axis *asked, tidu_error *reterr);
/* Two values, one of them `from`; `to` and `steps` do not matter. */
bool tidu_axis_open_around(struct axis *axis, const tidu_axis *asked, tidu_error *reterr);
void tidu_axis_close(struct axis *axis);
/* Make value `at` of it a change of an overlay. */
bool tidu_axis_set(const struct axis *axis, uint32_t at, tidu_overlay *overlay, tidu_error *reterr);

/* ---- gate.c: where a threshold decides ---- */

struct gate {
    tidu_step step, x, threshold; /* of the second program: a comparison of x and a constant */
    tidu_step size;               /* what x went through, or TIDU_NO_STEP */
    bool first, strict;           /* open for values below x; and not at x */
    bool prefix;                  /* open for the first values of the axis */
    uint32_t count;
    double *edges; /* the values as constants */
    mpq_t *exact;
    uint32_t axis; /* left to the caller */
};

/* A gate at a parting of two runs, `high` beside `low`, whose programs have the axis at
 * its two probes. False when there is none (or memory ran out); close it either way. */
bool tidu_gate_open(struct gate *gate, const struct axis *axis, tidu_step step, const tidu_run *low,
                    const tidu_run *high);
void tidu_gate_close(struct gate *gate);

/* For how many values at the front of the axis the gate of a row is as `prefix` says:
 * open, or else shut. x has to be computed; where it is not known nothing is meant. */
uint32_t tidu_gate_rank(const struct gate *gate, const tidu_run *run, uint32_t row);

/* Fill the gate's own column. */
void tidu_gate_give(const struct gate *gate, const tidu_run *run, tidu_given_flag given, bool open);

/* ---- grid.c: sums for every value ---- */

struct grid {
    int64_t *cells; /* [group][metric][value of the first axis][of the second] */
    uint32_t metrics, groups, counts[2];
};

bool tidu_grid_open(struct grid *grid, uint32_t metrics, uint32_t groups, const uint32_t counts[2]);
void tidu_grid_close(struct grid *grid);
/* For all values; and for those from `first` to before `end`. */
void tidu_grid_add(struct grid *grid, uint32_t metric, uint32_t group, int64_t value);
void tidu_grid_add_part(struct grid *grid, uint32_t metric, uint32_t group, const uint32_t first[2],
                        const uint32_t end[2], int64_t value);
void tidu_grid_merge(struct grid *grid, const struct grid *other);
/* Once, when all is added. */
void tidu_grid_sum(struct grid *grid);
int64_t tidu_grid_at(const struct grid *grid, uint32_t metric, uint32_t group, uint32_t row,
                     uint32_t column);

/* ---- tell.c ---- */

/* {"zh":…,"en":…}, as the language asks. */
void tidu_inquiry_words(const tidu_titles *title, tidu_lang lang, tidu_text *out);
/* "ruleset":…,"changes":… */
void tidu_inquiry_rules(const tidu_reform *reform, tidu_text *out);
/* "as_of":…,"population":…,"ruleset":…,"changes":… */
void tidu_inquiry_head(const tidu_inquiry *inquiry, const tidu_reform *reform, tidu_text *out);

/* Whom a row is about: what its record called itself. */
struct witness {
    const tidu_population *population;
    const tidu_vocabulary *vocabulary;
    tidu_binding *binding;
    tidu_block *block;
};

/* False with *reterr; close it either way. */
bool tidu_witness_open(struct witness *witness, const tidu_inquiry *inquiry,
                       const tidu_vocabulary *vocabulary, tidu_error *reterr);
void tidu_witness_close(struct witness *witness);
/* Append "record":n,"uscc":…,"name":…, the last two where they are known. False when memory
 * ran out. */
bool tidu_witness_put(struct witness *witness, uint32_t group, uint32_t row, tidu_text *out);
/* The same as CSV: the three, empty where they are not known. */
bool tidu_witness_csv(struct witness *witness, uint32_t group, uint32_t row, tidu_text *out);
/* Whether the row last put has this credit code or name. */
bool tidu_witness_is(const struct witness *witness, const char *enterprise);

/* ---- gates.c: all gates of the programs in force ---- */

enum { MOST_GATES = 4, MOST_WAYS = 1 << MOST_GATES };

/* One side of a stand: its programs at both probes. */
struct side {
    const tidu_program *low, *high;
    const struct stand *of_low, *of_high;
    struct gate gates[MOST_GATES];
    uint32_t gate_count;
};

struct gates {
    const tidu_inquiry *inquiry;
    const tidu_reform *reform;
    struct axis axes[TIDU_MOST_AXES]; /* opened by the caller, with inquiry and reform */
    uint32_t axis_count;
    struct lineup *low, *high, *alone[TIDU_MOST_AXES]; /* at their probes; one axis moved */
    bool *moves;                                       /* [told]: some threshold reaches it */
    uint32_t stand;                                    /* found last */
    struct side sides[SIDES];
};

/* False with *reterr; close it either way. */
bool tidu_gates_open(struct gates *gates, tidu_error *reterr);
void tidu_gates_close(struct gates *gates);

/* The gates of a stand. False when its thresholds are none, or memory ran out. */
bool tidu_gates_find(struct gates *gates, uint32_t stand);
/* Whether all stands have them; tells what moves. */
bool tidu_gates_all(struct gates *gates);
/* Unless they are asked for by name, count only what moves. After tidu_gates_all. */
void tidu_gates_leave_out(struct gates *gates);

/* The reform with each axis at a value of its own; NULL with *reterr. */
struct lineup *tidu_gates_lineup(const struct gates *gates, const uint32_t at[TIDU_MOST_AXES],
                                 tidu_error *reterr);

/* A thread's runs for the stand found last: of the first probe, and of the second beside
 * it where there are gates. */
struct gated {
    tidu_run *low[SIDES], *high[SIDES];
    tidu_given_flag given[SIDES][MOST_GATES];
};

/* Only what is told, added up and grouped by is computed, and only that is read of the
 * population. False with the scanner's error; close it either way. */
bool tidu_gated_open(const struct gates *gates, const struct groups *groups,
                     struct scanner *scanner, struct gated *ret);
/* The same for one designation of one side, over a block of its own. False when memory ran
 * out; close it either way. */
bool tidu_gated_open_one(const struct gates *gates, int s, uint32_t told, tidu_binding *binding,
                         tidu_block *block, struct gated *ret);
void tidu_gated_close(struct gated *gated);
/* What does not depend on gates, for a new block. */
void tidu_gated_eval(const struct gated *gated);
/* The run to read and whose steps it has, with the gates one way, an open one a bit. */
tidu_run *tidu_gated_way(const struct gates *gates, const struct gated *gated, int s, uint32_t way,
                         const struct stand **ret_stand);

void tidu_eval_all(tidu_run *run);

/* The program of a side that has all its gates, and whose steps are told. */
const tidu_program *tidu_side_program(const struct side *side, const struct stand **ret_stand);

/* ---- scan.c: rows, block by block ---- */

/* Rows of a group that one stand answers for. */
struct segment {
    uint32_t group, stand, first, count;
};

/* What is asked of the rows of one stand. */
struct scan {
    const tidu_inquiry *inquiry;
    const tidu_vocabulary *vocabulary; /* of the blocks that are shown */
    struct segment *segments;          /* by stand, then group */
    size_t segment_count;
    size_t *first_of;     /* [stand + 1] in the segments */
    uint64_t done, total; /* rows, for progress */
};

/* Which stand a region's rows belong to. */
struct stands {
    const void *context;
    uint32_t (*find)(const void *context, uint32_t region);
    uint32_t count;
};

/* A thread of a scan, with a block of the rules' layout. */
struct scanner {
    struct scan *scan;
    struct round *round;
    tidu_binding *binding;
    tidu_block *block;
    uint32_t group, first; /* of the block's rows */
    void *own;             /* of whoever scans */
    tidu_error error;
    bool failed;
};

/* Whoever scans: each thread opens its own things for a stand, sees every block of it,
 * and closes them, when what it counted can be added to what others did. */
struct seeing {
    void *context;
    bool (*open)(void *context, struct scanner *scanner);
    bool (*see)(void *context, struct scanner *scanner);
    void (*close)(void *context, struct scanner *scanner);
    /* After the last block of a group's segment; may be NULL. */
    bool (*settle)(void *context, struct scanner *scanner);
    /* Before progress is told, one thread at a time; may be NULL. */
    void (*interim)(void *context);
};

bool tidu_scan_open(struct scan *scan, const tidu_inquiry *inquiry,
                    const tidu_vocabulary *vocabulary, const struct stands *stands,
                    tidu_error *reterr);
void tidu_scan_close(struct scan *scan);

/* Show all rows of a stand. False with *reterr when memory ran out, somebody stopped it,
 * or a fact is something else in the population. */
bool tidu_scan_stand(struct scan *scan, uint32_t stand, const struct seeing *seeing,
                     tidu_error *reterr);

/* ---- sieve.c: what to look at first ---- */

struct sieve {
    bool *without;  /* [step of the side's program]: flags that are left unknown at first */
    bool *strained; /* [root]: rows in which it is unknown then are worth a second look; of
                     * the others all is known that can be */
};

/* For some flags of a side's program; what `also` rests on (or TIDU_NO_STEP) is always
 * computed. False when there are too few rows for it, or memory ran out: then everything is
 * looked at at once. */
bool tidu_sieve_open(struct sieve *sieve, const struct side *side, const tidu_step *roots,
                     uint32_t root_count, tidu_step also, const struct scan *scan, uint32_t stand);
void tidu_sieve_close(struct sieve *sieve);

#endif
