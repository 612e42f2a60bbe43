/*
 * boxes.c: the algebra of boxes.
 *
 * Regions are only put together and intersected; what they leave open is found
 * by a search over the axes that keeps, for each atom, the boxes that go on.
 */
#include "boxes.h"

#include <string.h>

enum { PATIENCE = 200000 };

/* ---- spaces ---- */

static void
set_bit(uint64_t *bits, uint32_t at)
{
    bits[at / 64] |= UINT64_C(1) << (at % 64);
}

static bool
has_bit(const uint64_t *bits, uint32_t at)
{
    return bits[at / 64] >> (at % 64) & 1;
}

bool
tidu_space_open(struct tidu_space *space, tidu_arena *arena, const uint32_t *atoms,
                uint32_t axis_count)
{
    *space = (struct tidu_space){.arena = arena, .axis_count = axis_count, .patience = PATIENCE};
    space->axes = tidu_arena_array(arena, axis_count, sizeof *space->axes);
    if (!space->axes)
        return false;
    for (uint32_t a = 0; a < axis_count; a++) {
        uint32_t words = (atoms[a] + 63) / 64;
        space->axes[a] = (struct tidu_axis){atoms[a], space->words, words};
        space->words += words;
    }
    space->all = tidu_arena_array(arena, space->words, sizeof *space->all);
    for (uint32_t a = 0; space->all && a < axis_count; a++)
        for (uint32_t i = 0; i < atoms[a]; i++)
            set_bit(space->all + space->axes[a].first, i);
    return space->all != NULL;
}

void
tidu_space_exclude(struct tidu_space *space, uint32_t axis, uint32_t atom)
{
    space->all[space->axes[axis].first + atom / 64] &= ~(UINT64_C(1) << (atom % 64));
}

bool
tidu_space_allows(const struct tidu_space *space, uint32_t axis, uint32_t atom)
{
    return has_bit(space->all + space->axes[axis].first, atom);
}

/* ---- areas ---- */

static const uint64_t *
box_of(const struct tidu_space *space, struct tidu_area area, uint32_t number)
{
    return area.boxes + (size_t)number * space->words;
}

struct tidu_area
tidu_area_none(void)
{
    return (struct tidu_area){NULL, 0};
}

static struct tidu_area
give_up(struct tidu_space *space)
{
    space->gave_up = true;
    return tidu_area_none();
}

static struct tidu_area
room_for(struct tidu_space *space, uint32_t count)
{
    struct tidu_area area = {NULL, 0};
    if (count > TIDU_BOXES_MOST)
        return give_up(space);
    area.boxes = tidu_arena_array(space->arena, (size_t)count * space->words, sizeof *area.boxes);
    space->starved |= !area.boxes;
    return area.boxes ? area : give_up(space);
}

static bool
is_empty(const struct tidu_space *space, const uint64_t *box)
{
    for (uint32_t a = 0; a < space->axis_count; a++) {
        uint64_t any = 0;
        for (uint32_t w = 0; w < space->axes[a].words; w++)
            any |= box[space->axes[a].first + w];
        if (!any)
            return true;
    }
    return false;
}

struct tidu_area
tidu_area_all(struct tidu_space *space)
{
    struct tidu_area area = room_for(space, 1);
    if (area.boxes) {
        memcpy(area.boxes, space->all, space->words * sizeof *space->all);
        area.count = !is_empty(space, space->all);
    }
    return area;
}

struct tidu_area
tidu_area_where(struct tidu_space *space, uint32_t axis, const uint64_t *bits)
{
    struct tidu_area area = tidu_area_all(space);
    const struct tidu_axis *on = &space->axes[axis];
    for (uint32_t w = 0; area.count && w < on->words; w++)
        area.boxes[on->first + w] &= bits[w];
    if (area.count && is_empty(space, area.boxes))
        area.count = 0;
    return area;
}

static void
intersect(const struct tidu_space *space, const uint64_t *a, const uint64_t *b, uint64_t *ret)
{
    for (uint32_t w = 0; w < space->words; w++)
        ret[w] = a[w] & b[w];
}

static bool
is_inside(const struct tidu_space *space, const uint64_t *inner, const uint64_t *outer)
{
    for (uint32_t w = 0; w < space->words; w++)
        if (inner[w] & ~outer[w])
            return false;
    return true;
}

/* Keep the box behind the last one, unless it is empty or adds nothing. */
static void
keep(const struct tidu_space *space, struct tidu_area *area)
{
    const uint64_t *box = box_of(space, *area, area->count);
    if (is_empty(space, box))
        return;
    for (uint32_t i = 0; i < area->count; i++)
        if (is_inside(space, box, box_of(space, *area, i)))
            return;
    area->count++;
}

struct tidu_area
tidu_area_and(struct tidu_space *space, struct tidu_area a, struct tidu_area b)
{
    if (!a.count || !b.count)
        return tidu_area_none();
    struct tidu_area both = room_for(space, a.count * b.count);
    for (uint32_t i = 0; both.boxes && i < a.count; i++)
        for (uint32_t j = 0; j < b.count; j++) {
            intersect(space, box_of(space, a, i), box_of(space, b, j),
                      both.boxes + (size_t)both.count * space->words);
            keep(space, &both);
        }
    return both;
}

static void
add_boxes(const struct tidu_space *space, struct tidu_area from, struct tidu_area *to)
{
    for (uint32_t i = 0; i < from.count; i++) {
        memcpy(to->boxes + (size_t)to->count * space->words, box_of(space, from, i),
               space->words * sizeof *to->boxes);
        keep(space, to);
    }
}

struct tidu_area
tidu_area_or(struct tidu_space *space, struct tidu_area a, struct tidu_area b)
{
    if (!a.count || !b.count)
        return a.count ? a : b;
    struct tidu_area either = room_for(space, a.count + b.count);
    if (either.boxes) {
        add_boxes(space, a, &either);
        add_boxes(space, b, &either);
    }
    return either;
}

/* ---- looking ---- */

/* Whether a box takes all of an axis that another one takes. */
static bool
spans(const struct tidu_axis *axis, const uint64_t *box, const uint64_t *of)
{
    for (uint32_t w = axis->first; w < axis->first + axis->words; w++)
        if (of[w] & ~box[w])
            return false;
    return true;
}

bool
tidu_area_limits(const struct tidu_space *space, struct tidu_area area, uint32_t axis)
{
    for (uint32_t i = 0; i < area.count; i++)
        if (!spans(&space->axes[axis], box_of(space, area, i), space->all))
            return true;
    return false;
}

bool
tidu_area_takes(const struct tidu_space *space, struct tidu_area area, uint32_t axis, uint32_t atom)
{
    for (uint32_t i = 0; i < area.count; i++)
        if (has_bit(box_of(space, area, i) + space->axes[axis].first, atom))
            return true;
    return false;
}

static uint32_t
first_atom(const struct tidu_space *space, const uint64_t *box, uint32_t axis)
{
    const struct tidu_axis *on = &space->axes[axis];
    if (spans(on, box, space->all))
        return TIDU_ANY_ATOM;
    for (uint32_t atom = 0; atom < on->atoms; atom++)
        if (has_bit(box + on->first, atom))
            return atom;
    return TIDU_ANY_ATOM;
}

static bool
meet(const struct tidu_space *space, const uint64_t *a, const uint64_t *b, uint32_t *ret_place)
{
    for (uint32_t axis = 0; axis < space->axis_count; axis++) {
        const struct tidu_axis *on = &space->axes[axis];
        uint32_t atom = 0;
        while (atom < on->atoms && !(has_bit(a + on->first, atom) && has_bit(b + on->first, atom)))
            atom++;
        if (atom == on->atoms)
            return false;
        bool open = spans(on, a, space->all) && spans(on, b, space->all);
        ret_place[axis] = open ? TIDU_ANY_ATOM : atom;
    }
    return true;
}

bool
tidu_area_meet(const struct tidu_space *space, struct tidu_area a, struct tidu_area b,
               uint32_t *ret_place)
{
    for (uint32_t i = 0; i < a.count; i++)
        for (uint32_t j = 0; j < b.count; j++)
            if (meet(space, box_of(space, a, i), box_of(space, b, j), ret_place))
                return true;
    return false;
}

static bool
box_holds(const struct tidu_space *space, const uint64_t *box, const uint32_t *place)
{
    for (uint32_t a = 0; a < space->axis_count; a++) {
        const struct tidu_axis *axis = &space->axes[a];
        bool held = place[a] == TIDU_ANY_ATOM ? spans(axis, box, space->all)
                                              : has_bit(box + axis->first, place[a]);
        if (!held)
            return false;
    }
    return true;
}

bool
tidu_area_holds(const struct tidu_space *space, struct tidu_area area, const uint32_t *place)
{
    for (uint32_t i = 0; i < area.count; i++)
        if (box_holds(space, box_of(space, area, i), place))
            return true;
    return false;
}

/* ---- gaps ---- */

/* A search for what is left of one box. At depth d the axes before d have
 * their atoms, and `lists[d]` are the boxes that take all of those. */
struct search {
    struct tidu_space *space;
    const uint64_t *whole;
    const uint64_t ***lists;
    uint32_t *place;
};

static bool
one_takes_the_rest(const struct search *search, uint32_t depth, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint32_t axis = depth;
        while (axis < search->space->axis_count &&
               spans(&search->space->axes[axis], search->lists[depth][i], search->whole))
            axis++;
        if (axis == search->space->axis_count)
            return true;
    }
    return false;
}

static bool
all_span(const struct search *search, uint32_t depth, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (!spans(&search->space->axes[depth], search->lists[depth][i], search->whole))
            return false;
    return true;
}

static uint32_t
narrow(const struct search *search, uint32_t depth, uint32_t count, uint32_t atom)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < count; i++)
        if (has_bit(search->lists[depth][i] + search->space->axes[depth].first, atom))
            search->lists[depth + 1][kept++] = search->lists[depth][i];
    return kept;
}

static bool look(struct search *search, uint32_t depth, uint32_t count);

/* All boxes go on whatever the atom: nothing is said about this axis. */
static bool
look_past(struct search *search, uint32_t depth, uint32_t count)
{
    search->place[depth] = first_atom(search->space, search->whole, depth);
    memcpy(search->lists[depth + 1], search->lists[depth], count * sizeof **search->lists);
    return look(search, depth + 1, count);
}

static bool
look(struct search *search, uint32_t depth, uint32_t count)
{
    struct tidu_space *space = search->space;
    if (one_takes_the_rest(search, depth, count))
        return false;
    if (depth == space->axis_count)
        return true;
    if (!space->patience) {
        space->gave_up = true;
        return false;
    }
    space->patience--;
    if (all_span(search, depth, count))
        return look_past(search, depth, count);
    for (uint32_t atom = 0; atom < space->axes[depth].atoms; atom++) {
        if (!has_bit(search->whole + space->axes[depth].first, atom))
            continue;
        search->place[depth] = atom;
        if (look(search, depth + 1, narrow(search, depth, count, atom)))
            return true;
    }
    return false;
}

static bool
open_search(struct search *search, uint32_t count)
{
    tidu_arena *arena = search->space->arena;
    uint32_t depths = search->space->axis_count + 1;
    search->lists = tidu_arena_array(arena, depths, sizeof *search->lists);
    for (uint32_t d = 0; search->lists && d < depths; d++) {
        search->lists[d] = tidu_arena_array(arena, count, sizeof **search->lists);
        if (!search->lists[d])
            search->lists = NULL;
    }
    search->space->gave_up |= !search->lists;
    search->space->starved |= !search->lists;
    return search->lists != NULL;
}

static uint32_t
list_all(const struct search *search, const struct tidu_area *cover, uint32_t cover_count)
{
    uint32_t count = 0;
    for (uint32_t c = 0; c < cover_count; c++)
        for (uint32_t i = 0; i < cover[c].count; i++)
            search->lists[0][count++] = box_of(search->space, cover[c], i);
    return count;
}

bool
tidu_area_gap(struct tidu_space *space, struct tidu_area whole, const struct tidu_area *cover,
              uint32_t cover_count, uint32_t *ret_place)
{
    struct search search = {.space = space, .place = ret_place};
    uint32_t count = 0;
    for (uint32_t c = 0; c < cover_count; c++)
        count += cover[c].count;
    if (!open_search(&search, count))
        return false;
    for (uint32_t i = 0; i < whole.count; i++) {
        search.whole = box_of(space, whole, i);
        if (look(&search, 0, list_all(&search, cover, cover_count)))
            return true;
    }
    return false;
}
