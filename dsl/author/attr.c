/*
 * attr.c: looking into a declaration's attributes.
 *
 * Needed by everybody who reads declarations, in the helper and outside. Owns
 * nothing.
 */
#include "internal.h"

const tidu_attr *
tidu_attr_find(const tidu_attr *map, const char *name)
{
    for (uint32_t i = 0; i < map->item_count; i++)
        if (map->items[i].name && !strcmp(map->items[i].name, name))
            return &map->items[i];
    return NULL;
}

const char *
tidu_attr_text(const tidu_attr *map, const char *name, const char *otherwise)
{
    const tidu_attr *attr = tidu_attr_find(map, name);
    bool has_text = attr && (attr->kind == TIDU_ATTR_TEXT || attr->kind == TIDU_ATTR_EXPR ||
                             attr->kind == TIDU_ATTR_NUMBER);
    return has_text ? attr->text : otherwise;
}
