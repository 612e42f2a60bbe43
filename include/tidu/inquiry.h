/*
 * inquiry.h: what if, for a whole population.
 *
 *   impact     two sets of rules: who gains, who loses, why, what it costs
 *   sweep      how outcomes and money follow one threshold, or two
 *   calibrate  the threshold that gives a wanted number, or stays within a budget
 *   cohort     the best so many (择优), or those a budget reaches
 *   judge      every criterion of everybody: which keep how many out, and which alone
 *
 * Rules are judged by a reform: a ruleset with some thresholds changed. Nothing is
 * compiled again for it but the programs in force, and nothing is computed again but what
 * the change reaches.
 *
 * Results are JSON; all of them name the population, whether it is synthetic, the date,
 * the rules by digest. They do not depend on the number of threads.
 *
 * Must not know: Lua, sockets, files of records.
 *
 * Ownership: everything given is borrowed for the call.
 */
#ifndef TIDU_INQUIRY_H
#define TIDU_INQUIRY_H

#include "tidu/evaluate.h"
#include "tidu/population.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A threshold and what stands there instead: see overlay.h. */
typedef struct tidu_change {
    const char *address, *value;
} tidu_change;

typedef struct tidu_reform {
    tidu_ruleset *ruleset;
    const tidu_change *changes;
    size_t change_count;
} tidu_reform;

/* What an impact has come to in the rows that are done. */
typedef struct tidu_interim {
    const char *designation;
    uint64_t gained, lost;
} tidu_interim;

/* Whom it is about and what is wanted of them. */
typedef struct tidu_inquiry {
    const tidu_population *population;
    int32_t as_of;
    uint32_t jurisdiction;           /* a region's code for all; 0: each enterprise's own */
    const char *const *designations; /* only these; NULL: all that answers tell of */
    size_t designation_count;
    const char *by; /* "region" (province), "industry" (division), a fact or
                     * derived fact that is a code; NULL for no groups */
    bool money;     /* add up awards too */
    tidu_lang lang;
    unsigned threads; /* 0: one a processor */
    /* So many rows are done, from any thread, one call at a time; false stops
     * (TIDU_POPULATION_STOPPED). May be NULL. */
    bool (*progress)(void *context, uint64_t done, uint64_t total);
    /* Before that, of an impact: each designation. May be NULL. */
    void (*interim)(void *context, const tidu_interim *list, size_t count);
    void *context;
} tidu_inquiry;

/* Values of one threshold: `steps` of them from `from` to `to`, both included, evenly
 * spaced, spelled as a document would: "3%", "5000万元", "2026-01-01". Several addresses
 * that share a value move together. */
typedef struct tidu_axis {
    const char *const *addresses;
    size_t address_count;
    const char *from, *to;
    uint32_t steps; /* 2 to TIDU_MOST_STEPS */
} tidu_axis;

enum { TIDU_MOST_STEPS = 1001, TIDU_MOST_AXES = 2 };

/* Append {"as_of":…,"population":{…},"ruleset":…,"axes":[{"addresses":[…],"values":[…],
 * "now":…},…],"designations":[{"id":…,"title":…,"met":[…],"unmet":[…],
 * "undetermined":[…]},…],"unmoved":[…],"money":{"unit":"万元","low":[…],"high":[…],
 * "open":[…]},"by":…,"groups":[{"group":…,"designations":…,"money":…},…],"passes":n}.
 * With two axes the arrays hold a list for each value of the first; with none there is
 * one value, which tells how many there are now. "unmoved" are designations that no
 * threshold of the axes reaches; unless asked for by name they are not counted. "high"
 * adds up what is known of the most, "open" counts those for whom it is not. "passes" is
 * how often the population was looked at: once, unless a threshold is calculated with.
 * False with *reterr; then nothing is appended. */
bool tidu_sweep(const tidu_inquiry *inquiry, const tidu_reform *reform, const tidu_axis *axes,
                size_t axis_count, tidu_text *out, tidu_error *reterr);

/* What a threshold is to be set for: so many enterprises that meet a designation, or
 * awards (what is sure of them) of at most so much. */
typedef struct tidu_goal {
    const char *const *addresses;
    size_t address_count;
    const char *designation; /* NULL: money */
    double target;           /* enterprises, or 万元 */
} tidu_goal;

/* Append {…head…,"addresses":[…],"now":[…],"designation":…,"target":n,"reached":n,
 * "value":"3.2%","from":{"value":…,"included":…},"to":…,"least":n,"most":n,
 * "below":{"value":…,"reached":n},"above":…}. `value` has the fewest digits of all between
 * `from` and `to` (null: no end), which all reach the same; "below" and "above" are what
 * the nearest smaller and larger values reach. The nearest to the target is chosen; of two
 * as near, and of money always, what does not exceed it. One pass, exact. False with
 * *reterr; TIDU_INQUIRY_GATE when the threshold is calculated with: then sweep it. */
bool tidu_calibrate(const tidu_inquiry *inquiry, const tidu_reform *reform, const tidu_goal *goal,
                    tidu_text *out, tidu_error *reterr);

/* Two sets of rules compared. Append {…head of `before`…,"candidate":{"ruleset":…,
 * "changes":…},"designations":[{"id":…,"title":…,"before":{"met":n,"unmet":n,
 * "undetermined":n,"absent":n},"after":{…},"transitions":[[n,…],…] from met, unmet,
 * undetermined, absent to these,"gained":n,"lost":n,"because":[{"criterion":…,"title":…,
 * "gained":n,"lost":n,"alone":n},…],"groups":[{"group":…,"gained":n,"lost":n},…],
 * "samples":[{"record":n,"uscc":…,"name":…,"before":…,"after":…,"criterion":…},…]},…],
 * "money":{…,"before":{"low":…,"high":…,"open":n},"after":…,"awards":[{"id":…,"title":…,
 * "payer":…,"level":…,"before":{"enterprises":n,"low":…},"after":…},…]}}. "gained" are
 * those who meet it after and did not before. A criterion decides a change when it fails
 * on the side that does not meet it and holds on the other; "alone" is how often no other
 * fails with it. Of each change at most `samples` enterprises are told, the first of the
 * population; UINT32_MAX for all. */
bool tidu_impact(const tidu_inquiry *inquiry, const tidu_reform *before, const tidu_reform *after,
                 uint32_t samples, tidu_text *out, tidu_error *reterr);

/* What a cohort is ordered by: a fact of the record or a derived fact, a number or a day, by
 * its identifier. The largest comes first, or with `rising` the smallest. */
typedef struct tidu_rank_key {
    const char *name;
    bool rising;
} tidu_rank_key;

enum { TIDU_MOST_KEYS = 8 };

/* Those who meet a designation, or may draw an award, in an order; and how far down it goes. */
typedef struct tidu_cohort {
    const char *designation, *subsidy; /* one of them */
    const tidu_rank_key *keys;         /* each settles what those before it leave equal */
    size_t key_count;
    uint64_t most;          /* the best so many; UINT64_MAX: no end */
    double budget;          /* in 万元, of a subsidy: as far as it reaches; infinite: no end */
    bool split;             /* the budget is shared by all, in proportion to what each may draw */
    uint32_t samples;       /* at most so many are told, besides the line; UINT32_MAX: all */
    const char *enterprise; /* its credit code or name: told wherever it stands; or NULL */
} tidu_cohort;

/* Append {…head…,"designation"|"subsidy":…,"title":…,"keys":[{"name":…,"rising":…},…],
 * "candidates":n,"undetermined":n,"unranked":n,"taken":n,"most":n,"budget":x,"asked":x,
 * "spent":x,"left":x,"share":x,"line":MEMBER|null,"next":MEMBER|null,
 * "tied":{"enterprises":n,"taken":n}|null,"members":[MEMBER,…],"enterprise":MEMBER|null}.
 * MEMBER is {"rank":n,"taken":…,"record":n,"uscc":…,"name":…,"values":[…],"amount":x,"paid":x}.
 *
 * "line" is the last that is taken, "next" the first that is not; who is equal in all keys
 * has the same rank, and when the line goes through such, "tied" says how many they are: the
 * order of their records then decided, and a key more would. "unranked" lack a value and come
 * last. First come, first served is a key that is a day, rising: the budget ends before the
 * first whom it does not pay in full. Values are exact before they are compared. Amounts are
 * 万元. False with *reterr; then nothing is appended. */
bool tidu_cohort_form(const tidu_inquiry *inquiry, const tidu_reform *reform,
                      const tidu_cohort *cohort, tidu_text *out, tidu_error *reterr);

/* How every criterion of every enterprise comes out, by a reform: two bits each, kept in
 * memory. */
typedef struct tidu_verdicts tidu_verdicts;

/* Judge the whole population; `money` and `interim` are not used. NULL with *reterr. The
 * population, the ruleset and all that inquiry and reform point to are borrowed until it is
 * closed. */
tidu_verdicts *tidu_judge(const tidu_inquiry *inquiry, const tidu_reform *reform,
                          tidu_error *reterr);
void tidu_verdicts_close(tidu_verdicts **verdicts);

/* Append {…head…,"designations":[{"id":…,"title":…,"met":n,"unmet":n,"undetermined":n,
 * "criteria":[{"id":…,"title":…,"part_of":…,"met":n,"unmet":n,"undetermined":n,"alone":n},
 * …]},…],"by":…,"groups":[{"group":…,"designations":…},…]}. Counted are the enterprises for
 * which the place has it. "alone" are those who do not meet the designation, of all whose
 * other criteria hold: they would meet it but for this one. A criterion that is "part_of"
 * another does not keep anybody out by itself and has none. False with *reterr; then nothing
 * is appended. */
bool tidu_verdicts_tell(const tidu_verdicts *verdicts, tidu_text *out, tidu_error *reterr);

/* Who takes a line an enterprise: {"record":n,"uscc":…,"name":…,"lg":true,"lg/scale":null,…}
 * without what its place does not have, or CSV with a heading, 1, 0 or nothing. Of a synthetic
 * population each line says "synthetic". */
typedef struct tidu_verdicts_lines {
    bool csv;
    bool (*put)(void *context, const char *data, size_t length); /* whole lines; false stops */
    void *context;
} tidu_verdicts_lines;

/* In the order of the population. False with *reterr (TIDU_MEMORY also when `put` stopped). */
bool tidu_verdicts_write(const tidu_verdicts *verdicts, const tidu_verdicts_lines *lines,
                         tidu_error *reterr);

#ifdef __cplusplus
}
#endif

#endif
