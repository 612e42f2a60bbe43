/*
 * answers.c: the rules of tests/policy/answers/, asked.
 */
#include "answers.h"

tidu_ruleset *rules;

int
open_rules(void **state)
{
    tidu_arena *arena = tidu_arena_open();
    const char *folder = test_path(arena, "policy/answers");
    if (require_helper(state))
        return -1;
    struct documents both = read_documents(arena, folder, "a-before.md");
    struct documents later = read_documents(arena, folder, "b-now.md");
    both.sources[both.count++] = later.sources[0];
    rules = load_documents(&both);
    tidu_arena_close(&arena);
    return 0;
}

int
close_rules(void **state)
{
    (void)state;
    tidu_ruleset_unref(&rules);
    return 0;
}

tidu_options
asking(tidu_explain explain, tidu_lang lang)
{
    return (tidu_options){.as_of = day("2026-11-23"), .explain = explain, .lang = lang};
}

json_t *
designation(const json_t *json, const char *id)
{
    return item_with(json_object_get(json, "designations"), "id", id);
}
