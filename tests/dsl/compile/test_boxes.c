/*
 * test_boxes.c: the algebra of boxes against counting.
 *
 * Random areas over small grids: whatever the algebra says of them, going
 * through every point of the grid has to say too.
 */
#include "../../../dsl/compile/boxes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { MOST_AXES = 4, MOST_ATOMS = 70, MOST_REGIONS = 6, TRIALS = 4000 };

struct grid {
    tidu_arena *arena;
    struct tidu_space space;
    uint32_t atoms[MOST_AXES];
    uint32_t axes;
    uint32_t seed;
};

static uint32_t
chance(struct grid *grid, uint32_t below)
{
    grid->seed = grid->seed * 1664525u + 1013904223u;
    return (grid->seed >> 8) % below;
}

/* Small grids, and now and then an axis of more than a word. */
static void
open_grid(struct grid *grid, uint32_t seed)
{
    *grid = (struct grid){.arena = tidu_arena_open(), .seed = seed};
    grid->axes = 1 + chance(grid, MOST_AXES);
    for (uint32_t a = 0; a < grid->axes; a++)
        grid->atoms[a] = 1 + chance(grid, 4);
    if (chance(grid, 8) == 0)
        grid->atoms[0] = MOST_ATOMS;
    assert_true(tidu_space_open(&grid->space, grid->arena, grid->atoms, grid->axes));
    for (uint32_t a = 0; a < grid->axes; a++)
        if (grid->atoms[a] > 1 && chance(grid, 3) == 0)
            tidu_space_exclude(&grid->space, a, chance(grid, grid->atoms[a]));
}

static struct tidu_area
random_side(struct grid *grid)
{
    uint64_t bits[2] = {0, 0};
    uint32_t axis = chance(grid, grid->axes);
    for (uint32_t atom = 0; atom < grid->atoms[axis]; atom++)
        if (chance(grid, 2))
            bits[atom / 64] |= UINT64_C(1) << (atom % 64);
    return tidu_area_where(&grid->space, axis, bits);
}

static struct tidu_area
random_box(struct grid *grid)
{
    struct tidu_area box = tidu_area_all(&grid->space);
    for (uint32_t i = chance(grid, 3); i > 0; i--)
        box = tidu_area_and(&grid->space, box, random_side(grid));
    return box;
}

static struct tidu_area
random_region(struct grid *grid)
{
    struct tidu_area area = random_box(grid);
    for (uint32_t i = chance(grid, 3); i > 0; i--)
        area = tidu_area_or(&grid->space, area, random_box(grid));
    return area;
}

/* The next point that can be; false behind the last. `point` starts at zeros. */
static bool
next_point(const struct grid *grid, uint32_t *point)
{
    for (uint32_t a = 0; a < grid->axes; a++) {
        if (++point[a] < grid->atoms[a])
            return true;
        point[a] = 0;
    }
    return false;
}

static bool
can_be(const struct grid *grid, const uint32_t *point)
{
    for (uint32_t a = 0; a < grid->axes; a++)
        if (!tidu_space_allows(&grid->space, a, point[a]))
            return false;
    return true;
}

static bool
holds(const struct grid *grid, struct tidu_area area, const uint32_t *point)
{
    return tidu_area_holds(&grid->space, area, point);
}

#define EACH_POINT(grid, point)                                                           \
    for (uint32_t point[MOST_AXES] = {0}, more = 1; more; more = next_point(grid, point)) \
        if (can_be(grid, point))

static void
test_and_or_are_those_of_points(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < TRIALS; seed++) {
        struct grid grid;
        open_grid(&grid, seed);
        struct tidu_area a = random_region(&grid), b = random_region(&grid);
        struct tidu_area both = tidu_area_and(&grid.space, a, b);
        struct tidu_area either = tidu_area_or(&grid.space, a, b);
        assert_false(grid.space.gave_up);
        EACH_POINT(&grid, point)
        {
            bool in_a = holds(&grid, a, point), in_b = holds(&grid, b, point);
            assert_int_equal(holds(&grid, both, point), in_a && in_b);
            assert_int_equal(holds(&grid, either, point), in_a || in_b);
        }
        tidu_arena_close(&grid.arena);
    }
}

static void
test_regions_meet_where_a_point_is_in_both(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < TRIALS; seed++) {
        struct grid grid;
        uint32_t place[MOST_AXES];
        open_grid(&grid, seed);
        struct tidu_area a = random_region(&grid), b = random_region(&grid);
        bool found = false;
        EACH_POINT(&grid, point)
        found = found || (holds(&grid, a, point) && holds(&grid, b, point));
        assert_int_equal(tidu_area_meet(&grid.space, a, b, place), found);
        if (found)
            assert_true(holds(&grid, a, place) && holds(&grid, b, place));
        tidu_arena_close(&grid.arena);
    }
}

/* An axis left open in a place may take any atom that can be. */
static bool
matches(const uint32_t *place, const uint32_t *point, uint32_t axes)
{
    for (uint32_t a = 0; a < axes; a++)
        if (place[a] != TIDU_ANY_ATOM && place[a] != point[a])
            return false;
    return true;
}

static void
test_a_gap_is_found_exactly_where_no_region_covers_a_point(void **state)
{
    (void)state;
    for (uint32_t seed = 0; seed < TRIALS; seed++) {
        struct grid grid;
        uint32_t place[MOST_AXES], points = 0;
        struct tidu_area cover[MOST_REGIONS];
        open_grid(&grid, seed);
        struct tidu_area whole = random_region(&grid);
        uint32_t count = chance(&grid, MOST_REGIONS);
        bool left = false;
        for (uint32_t i = 0; i < count; i++)
            cover[i] = random_region(&grid);
        EACH_POINT(&grid, point)
        {
            bool covered = false;
            for (uint32_t i = 0; i < count; i++)
                covered = covered || holds(&grid, cover[i], point);
            left = left || (holds(&grid, whole, point) && !covered);
        }
        assert_int_equal(tidu_area_gap(&grid.space, whole, cover, count, place), left);
        if (left)
            EACH_POINT(&grid, point)
            {
                if (!matches(place, point, grid.axes))
                    continue;
                points++;
                assert_true(holds(&grid, whole, point));
                for (uint32_t i = 0; i < count; i++)
                    assert_false(holds(&grid, cover[i], point));
            }
        assert_int_equal(left, points > 0);
        tidu_arena_close(&grid.arena);
    }
}

static void
test_too_many_boxes_are_given_up_on_and_said_to_be(void **state)
{
    struct grid grid = {.arena = tidu_arena_open(), .axes = 2, .atoms = {60, 60}};
    (void)state;
    assert_true(tidu_space_open(&grid.space, grid.arena, grid.atoms, grid.axes));
    struct tidu_area area = tidu_area_none();
    for (uint32_t i = 0; i < 60; i++) {
        uint64_t bits = UINT64_C(1) << i;
        struct tidu_area both = tidu_area_and(&grid.space, tidu_area_where(&grid.space, 0, &bits),
                                              tidu_area_where(&grid.space, 1, &bits));
        area = tidu_area_or(&grid.space, area, both);
    }
    assert_int_equal(area.count, 60);
    assert_false(grid.space.gave_up);
    assert_int_equal(tidu_area_and(&grid.space, area, area).count, 0);
    assert_true(grid.space.gave_up);
    tidu_arena_close(&grid.arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_and_or_are_those_of_points),
        cmocka_unit_test(test_regions_meet_where_a_point_is_in_both),
        cmocka_unit_test(test_a_gap_is_found_exactly_where_no_region_covers_a_point),
        cmocka_unit_test(test_too_many_boxes_are_given_up_on_and_said_to_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
