/*
 * places.h: regions by their six-digit codes (GB/T 2260).
 *
 * A code says where it lies: two digits a province, two more a city, two more
 * a county; zeros stand for "all of it". 310115 lies in 310100, which lies in
 * 310000, though 310100 is only a name for the districts of Shanghai. The
 * country itself is written 100000.
 *
 * Must not know: rules, records.
 *
 * Ownership: regions live in the ruleset's arena.
 */
#ifndef TIDU_PLACES_H
#define TIDU_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { TIDU_COUNTRY_CODE = 100000 };

typedef enum tidu_level {
    TIDU_COUNTRY,
    TIDU_PROVINCE,
    TIDU_CITY,
    TIDU_COUNTY,
    TIDU_LEVEL_COUNT
} tidu_level;

typedef struct tidu_region {
    uint32_t code;
    const char *name;
    bool acts_as_province; /* a separately planned city, the Corps */
} tidu_region;

/* Sorted by code. Empty when the rules folder declares no regions; then every
 * code is taken for a place. */
typedef struct tidu_regions {
    const tidu_region *items;
    uint32_t count;
} tidu_regions;

/* Six digits, the first not zero; false for anything else. */
bool tidu_region_parse(const char *digits, size_t length, uint32_t *ret_code);

tidu_level tidu_region_level(uint32_t code);

/* The place a place lies in; the country lies in itself. */
uint32_t tidu_region_parent(uint32_t code);

/* Whether `code` is `whole` or lies in it. */
bool tidu_region_within(uint32_t code, uint32_t whole);

/* NULL when the list has no such code. */
const tidu_region *tidu_region_find(const tidu_regions *regions, uint32_t code);

/* "country", "province", "city", "county". */
const char *tidu_level_name(tidu_level level);
/* Its number, or TIDU_LEVEL_COUNT for any other word. */
tidu_level tidu_level_find(const char *name);
/* 国家 省 市 县 / national, provincial, city, county */
const char *tidu_level_title(tidu_level level, bool english);

#ifdef __cplusplus
}
#endif

#endif
