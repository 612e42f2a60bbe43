/*
 * grid.c: sums for every value of a threshold, or every pair of values.
 *
 * Something that holds for a stretch of values is added at its begin and taken back behind
 * its end; in the end everything is summed up once. So an enterprise costs the same
 * whatever the number of values.
 *
 *   values      0   1   2   3   4
 *   met 1..3        +1          -1
 *   summed      0   1   1   1   0
 *
 * Must not know: what is counted. Sums are whole numbers, so their order does not matter.
 */
#include "internal.h"

#include <stdlib.h>

bool
tidu_grid_open(struct grid *grid, uint32_t metrics, uint32_t groups, const uint32_t counts[2])
{
    *grid = (struct grid){.metrics = metrics, .groups = groups, .counts = {counts[0], counts[1]}};
    size_t cells = (size_t)counts[0] * counts[1];
    grid->cells = calloc((size_t)metrics * groups, cells * sizeof *grid->cells);
    return grid->cells != NULL;
}

void
tidu_grid_close(struct grid *grid)
{
    free(grid->cells);
    grid->cells = NULL;
}

static int64_t *
page(const struct grid *grid, uint32_t metric, uint32_t group)
{
    return grid->cells +
           ((size_t)group * grid->metrics + metric) * grid->counts[0] * grid->counts[1];
}

void
tidu_grid_add(struct grid *grid, uint32_t metric, uint32_t group, int64_t value)
{
    page(grid, metric, group)[0] += value;
}

void
tidu_grid_add_part(struct grid *grid, uint32_t metric, uint32_t group, const uint32_t first[2],
                   const uint32_t end[2], int64_t value)
{
    int64_t *at = page(grid, metric, group);
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++) {
            uint32_t row = i ? end[0] : first[0], column = j ? end[1] : first[1];
            if (row < grid->counts[0] && column < grid->counts[1])
                at[(size_t)row * grid->counts[1] + column] += i == j ? value : -value;
        }
}

void
tidu_grid_merge(struct grid *grid, const struct grid *other)
{
    size_t count = (size_t)grid->metrics * grid->groups * grid->counts[0] * grid->counts[1];
    for (size_t i = 0; i < count; i++)
        grid->cells[i] += other->cells[i];
}

void
tidu_grid_sum(struct grid *grid)
{
    uint32_t rows = grid->counts[0], columns = grid->counts[1];
    for (uint32_t p = 0; p < grid->metrics * grid->groups; p++) {
        int64_t *at = page(grid, p % grid->metrics, p / grid->metrics);
        for (uint32_t i = 0; i < rows; i++)
            for (uint32_t j = 1; j < columns; j++)
                at[(size_t)i * columns + j] += at[(size_t)i * columns + j - 1];
        for (uint32_t i = 1; i < rows; i++)
            for (uint32_t j = 0; j < columns; j++)
                at[(size_t)i * columns + j] += at[(size_t)(i - 1) * columns + j];
    }
}

int64_t
tidu_grid_at(const struct grid *grid, uint32_t metric, uint32_t group, uint32_t row,
             uint32_t column)
{
    return page(grid, metric, group)[(size_t)row * grid->counts[1] + column];
}
