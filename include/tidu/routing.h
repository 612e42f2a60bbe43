/*
 * routing.h: who is responsible for what, at every level and in every place.
 *
 * A duty is a measure, a demand of an enterprise, or a designation that is
 * applied for. A policy names the bodies; every level has its office of each;
 * places rename offices and hand duties to others.
 *
 *   duty ─► bodies (lead, joint, support) ─► offices by level and place
 *
 * Must not know: records, programs.
 *
 * Ownership: everything lives in the ruleset's arena.
 */
#ifndef TIDU_ROUTING_H
#define TIDU_ROUTING_H

#include "tidu/program.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A department, declared once. Its id never changes; it may have a successor. */
typedef struct tidu_body {
    const char *id;
    tidu_titles title;                     /* at the level of the country */
    const char *const *aliases;
    uint32_t alias_count;
    const char *names[TIDU_LEVEL_COUNT];   /* Chinese, by level; NULL where it has no office */
    int32_t instead;                       /* who acts where it has none, or TIDU_NONE */
    int32_t successor;                     /* or TIDU_NONE */
    int32_t effective, expires;            /* INT32_MIN, INT32_MAX when open */
    bool supports;                         /* can only support, never lead */
    tidu_certainty certainty;
    const char *mark;
    const tidu_declaration *declaration;
} tidu_body;

/* What a place calls its office of a body, or whose duties another body has there. */
typedef struct tidu_office {
    uint32_t body;
    uint32_t place;
    tidu_level level;
    tidu_titles name;  /* NULLs when only `by` is said */
    int32_t by;        /* the body that acts, or TIDU_NONE */
    int32_t effective, expires;
    tidu_citation citation;
    tidu_certainty certainty;
} tidu_office;

typedef enum tidu_duty_kind {
    TIDU_DUTY_MEASURE,
    TIDU_DUTY_DEMAND,
    TIDU_DUTY_DESIGNATION
} tidu_duty_kind;

/* How it is known who leads. */
typedef enum tidu_basis {
    TIDU_BASIS_EXPLICIT,     /* the text says who leads */
    TIDU_BASIS_FIRST_LISTED, /* the first of those named; a convention of drafting */
    TIDU_BASIS_PRACTICE      /* usual practice, see the mark */
} tidu_basis;

typedef struct tidu_duty {
    tidu_duty_kind kind;
    const char *id;
    tidu_titles title;
    bool government;          /* concerns no enterprise */
    const char *group;        /* of a measure, or NULL */
    uint32_t lead;
    const uint32_t *joint, *support, *handlers; /* bodies; handlers by subject, first the likeliest */
    uint32_t joint_count, support_count, handler_count;
    tidu_basis basis;
    tidu_level level;         /* where it is settled first */
    bool headquarters;        /* a central enterprise's subsidiary goes through its headquarters */
    tidu_citation citation;
    tidu_certainty certainty;
    const char *mark, *note_zh, *note_en;
} tidu_duty;

/* What is otherwise in one place. */
typedef struct tidu_reroute {
    uint32_t duty;
    uint32_t place;
    int32_t lead;             /* or TIDU_NONE: as elsewhere */
    const uint32_t *with;
    uint32_t with_count;
    bool has_with;
    tidu_level level;         /* TIDU_LEVEL_COUNT: as elsewhere */
    uint32_t acknowledge_days, plan_days, settle_days; /* 0: no deadline */
    int32_t effective, expires;
    tidu_citation citation;
    tidu_certainty certainty;
    const char *note_zh, *note_en;
} tidu_reroute;

/* A number a policy aims at, for progress and calibration. */
typedef struct tidu_target {
    const char *id;
    tidu_titles title;
    const char *designation;
    double count;
    int32_t by;               /* the day, or INT32_MAX */
    tidu_citation citation;
    tidu_certainty certainty;
} tidu_target;

typedef struct tidu_routing {
    const tidu_body *bodies;
    uint32_t body_count;
    const tidu_office *offices;
    uint32_t office_count;
    const tidu_duty *duties;
    uint32_t duty_count;
    const tidu_reroute *reroutes;
    uint32_t reroute_count;
    const tidu_target *targets;
    uint32_t target_count;
} tidu_routing;

/* The number of the body (or duty) with that id, or TIDU_NONE. */
int32_t tidu_body_find(const tidu_routing *routing, const char *id);
int32_t tidu_duty_find(const tidu_routing *routing, const char *id);

/* One office of a chain. */
typedef struct tidu_acting {
    uint32_t body;            /* that acts, after successors, handovers and stand-ins */
    tidu_titles name;         /* of its office there */
    const tidu_office *office; /* that a layer declared, or NULL: the usual name */
} tidu_acting;

/* Who acts for a body in a place (a region's code) on a date. False when
 * nobody does: a hole. */
bool tidu_routing_office(const tidu_routing *routing, uint32_t body, uint32_t place, int32_t as_of,
                         tidu_acting *ret);

/* What a place and those above it say differently of a duty on a date: the
 * nearest of them, or NULL. */
const tidu_reroute *tidu_routing_reroute(const tidu_routing *routing, uint32_t duty,
                                         uint32_t place, int32_t as_of);

#ifdef __cplusplus
}
#endif

#endif
