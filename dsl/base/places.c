/*
 * places.c: what a region's code says.
 */
#include "tidu/places.h"

#include <string.h>

bool
tidu_region_parse(const char *digits, size_t length, uint32_t *ret_code)
{
    uint32_t code = 0;
    if (length != 6 || digits[0] < '1' || digits[0] > '9')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (digits[i] < '0' || digits[i] > '9')
            return false;
        code = code * 10 + (uint32_t)(digits[i] - '0');
    }
    *ret_code = code;
    return true;
}

tidu_level
tidu_region_level(uint32_t code)
{
    if (code == TIDU_COUNTRY_CODE)
        return TIDU_COUNTRY;
    return code % 10000 == 0 ? TIDU_PROVINCE : code % 100 == 0 ? TIDU_CITY : TIDU_COUNTY;
}

uint32_t
tidu_region_parent(uint32_t code)
{
    switch (tidu_region_level(code)) {
    case TIDU_COUNTY:
        return code - code % 100;
    case TIDU_CITY:
        return code - code % 10000;
    default:
        return TIDU_COUNTRY_CODE;
    }
}

bool
tidu_region_within(uint32_t code, uint32_t whole)
{
    while (code != whole && code != TIDU_COUNTRY_CODE)
        code = tidu_region_parent(code);
    return code == whole;
}

const tidu_region *
tidu_region_find(const tidu_regions *regions, uint32_t code)
{
    uint32_t low = 0, high = regions->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (regions->items[middle].code == code)
            return &regions->items[middle];
        if (regions->items[middle].code < code)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

static const struct {
    const char *name, *zh, *en;
} levels[TIDU_LEVEL_COUNT] = {
    [TIDU_COUNTRY] = {"country", "国家级", "national"},
    [TIDU_PROVINCE] = {"province", "省级", "provincial"},
    [TIDU_CITY] = {"city", "市级", "city"},
    [TIDU_COUNTY] = {"county", "县级", "county"},
};

const char *
tidu_level_name(tidu_level level)
{
    return levels[level].name;
}

tidu_level
tidu_level_find(const char *name)
{
    unsigned level = 0;
    while (level < TIDU_LEVEL_COUNT && strcmp(levels[level].name, name))
        level++;
    return (tidu_level)level;
}

const char *
tidu_level_title(tidu_level level, bool english)
{
    return english ? levels[level].en : levels[level].zh;
}
