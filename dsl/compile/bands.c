/*
 * bands.c: the bands of indicators, looked at as areas.
 *
 * The first band that is true gives the points. So a band may come too late, a
 * case that a later one would give more for may lose by the order, and between
 * bands a value may be left out.
 */
#include "lint.h"

#include <stdlib.h>
#include <string.h>

struct bands {
    const struct indicator *indicator;
    struct tidu_area *areas;
};

static const char *
points_line(struct lint *lint, const struct bands *bands, uint32_t band)
{
    return tidu_lint_line(lint, &bands->indicator->bands[band]);
}

static void
warn_band(struct lint *lint, const struct bands *bands, uint32_t band, uint32_t other,
          tidu_code code)
{
    const struct written *here = &bands->indicator->bands[band];
    const struct written *there = &bands->indicator->bands[other];
    tidu_lint_warn(lint, (struct lint_place){here, here->tree, there}, code,
                   (const char *[]){tidu_lint_case(lint, TIDU_ANY_ATOM, TIDU_EN),
                                    tidu_lint_case(lint, TIDU_ANY_ATOM, TIDU_ZH),
                                    points_line(lint, bands, other), NULL});
}

/* True when bands before it take all that this one would. */
static bool
check_reach(struct lint *lint, const struct bands *bands, uint32_t band)
{
    struct tidu_space *space = &lint->cases.space;
    uint32_t other = 0;
    bool left = tidu_area_gap(space, bands->areas[band], bands->areas, band, lint->place);
    if (left || space->gave_up || !bands->areas[band].count)
        return false;
    while (!tidu_area_meet(space, bands->areas[band], bands->areas[other], lint->place))
        other++;
    warn_band(lint, bands, band, other, TIDU_LINT_BAND_DEAD);
    return true;
}

/* The first band that is true gives the points; a case that a later one would
 * give more for was hardly meant to lose by the order. */
static void
check_order(struct lint *lint, const struct bands *bands, uint32_t band)
{
    const struct indicator *indicator = bands->indicator;
    double points = strtod(indicator->band_points[band], NULL);
    for (uint32_t other = 0; other < band; other++)
        if (strtod(indicator->band_points[other], NULL) < points &&
            tidu_area_meet(&lint->cases.space, bands->areas[band], bands->areas[other],
                           lint->place) &&
            tidu_cases_free(&lint->cases, lint->place)) {
            warn_band(lint, bands, band, other, TIDU_LINT_TWICE);
            return;
        }
}

static uint32_t
band_taking(const struct lint *lint, const struct bands *bands, uint32_t atom)
{
    uint32_t band = 0;
    while (band < bands->indicator->band_count &&
           !tidu_area_takes(&lint->cases.space, bands->areas[band], 0, atom))
        band++;
    return band;
}

/* Atoms that no band takes though bands on both sides do. */
static void
check_holes(struct lint *lint, const struct bands *bands)
{
    uint32_t count = bands->indicator->band_count, last = count, hole = TIDU_ANY_ATOM;
    for (uint32_t atom = 0; atom < lint->cases.space.axes[0].atoms; atom++) {
        if (!tidu_space_allows(&lint->cases.space, 0, atom))
            continue;
        uint32_t band = band_taking(lint, bands, atom);
        if (band == count) {
            hole = last < count && hole == TIDU_ANY_ATOM ? atom : hole;
            continue;
        }
        if (hole != TIDU_ANY_ATOM) {
            lint->place[0] = hole;
            warn_band(lint, bands, band > last ? band : last, band > last ? last : band,
                      TIDU_LINT_HOLE);
        }
        hole = TIDU_ANY_ATOM;
        last = band;
    }
}

static bool
has_otherwise(const struct indicator *indicator)
{
    const tidu_attr *bands = tidu_attr_find(&indicator->declaration->attrs, "bands");
    return strtod(indicator->otherwise, NULL) != 0 ||
           (bands && bands->kind == TIDU_ATTR_MAP && tidu_attr_find(bands, "otherwise"));
}

void
tidu_lint_bands(struct lint *lint, const struct indicator *indicator)
{
    struct bands bands = {indicator, NULL};
    bool said = false;
    for (uint32_t b = 0; b < indicator->band_count; b++)
        tidu_cases_read(&lint->cases, indicator->bands[b].tree);
    bands.areas = tidu_arena_array(lint->arena, indicator->band_count, sizeof *bands.areas);
    lint->cases.starved |= !bands.areas;
    if (!bands.areas || !tidu_lint_stand(lint))
        return;
    for (uint32_t b = 0; b < indicator->band_count; b++) {
        said = tidu_lint_tree(lint, &indicator->bands[b], indicator->bands[b].tree) || said;
        bands.areas[b] = tidu_cases_area(&lint->cases, indicator->bands[b].tree, false);
    }
    if (said || lint->cases.space.gave_up || indicator->kind != POINTS_BANDS)
        return;
    for (uint32_t b = 1; b < indicator->band_count; b++)
        if (!check_reach(lint, &bands, b))
            check_order(lint, &bands, b);
    if (lint->cases.axis_count == 1 && tidu_case_is_numeric(&lint->cases.axes[0]) &&
        !has_otherwise(indicator))
        check_holes(lint, &bands);
}
