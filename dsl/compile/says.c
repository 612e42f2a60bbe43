/*
 * says.c: conditions in words, each written once.
 *
 * The same trees stand in the programs of many places and times. Their words
 * are kept by tree.
 */
#include "internal.h"

#include <string.h>

struct saying {
    const tidu_node *node; /* NULL: empty */
    const char *words[2];  /* by language; NULL until asked for */
};

struct says {
    struct saying *sayings; /* a power of two, open addressing */
    size_t size, count;
};

static struct saying *
find(const struct says *says, const tidu_node *node)
{
    size_t at = (size_t)((uintptr_t)node >> 4) * 0x9e3779b1u & (says->size - 1);
    while (says->sayings[at].node && says->sayings[at].node != node)
        at = (at + 1) & (says->size - 1);
    return &says->sayings[at];
}

static bool
make_room(struct world *world)
{
    struct says *old = world->says;
    if (old && old->count * 2 < old->size)
        return true;
    struct says *says = tidu_arena_alloc(world->arena, sizeof *says);
    if (!says)
        return false;
    *says = (struct says){.size = old ? old->size * 4 : 256};
    says->sayings = tidu_arena_array(world->arena, says->size, sizeof *says->sayings);
    if (!says->sayings)
        return false;
    for (size_t i = 0; old && i < old->size; i++)
        if (old->sayings[i].node) {
            *find(says, old->sayings[i].node) = old->sayings[i];
            says->count++;
        }
    world->says = says;
    return true;
}

const char *
tidu_says_node(struct world *world, const tidu_node *node, tidu_lang lang)
{
    tidu_text text = {0};
    if (!make_room(world))
        return NULL;
    struct saying *saying = find(world->says, node);
    const char **words = &saying->words[lang == TIDU_EN];
    if (*words)
        return *words;
    tidu_expr_print(node, lang, &text);
    if (!text.failed)
        *words = tidu_arena_copy_n(world->arena, text.data ? text.data : "", text.length);
    tidu_text_free(&text);
    if (*words && !saying->node) {
        saying->node = node;
        world->says->count++;
    }
    return *words;
}
