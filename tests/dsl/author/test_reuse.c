/*
 * test_reuse.c: what is run again after a change gives what everything gives.
 *
 * Guards dsl/author/reuse.c and apart.c. Every change is made twice: once with all that an
 * earlier load left, once from nothing; both must say the same.
 */
#include "../../sparing.h"
#include "support.h"

#include "tidu/evaluate.h"

#include <stdlib.h>
#include <time.h>

enum { MOST = 400 };

struct folder {
    tidu_source sources[MOST];
    size_t count;
};

static struct load
rerun(const struct folder *folder, const struct load *earlier)
{
    struct load load = {.arena = tidu_arena_open(), .report = tidu_report_open()};
    assert_non_null(load.arena);
    assert_non_null(load.report);
    load.done = tidu_author_rerun(NULL, folder->sources, folder->count, &earlier->found,
                                  load.arena, &load.found, load.report);
    tidu_report_sort(load.report);
    return load;
}

static void
assert_same(struct load *a, struct load *b)
{
    tidu_text complaints[2] = {load_complaints(a), load_complaints(b)};
    assert_int_equal(a->done, b->done);
    assert_string_equal(complaints[0].data, complaints[1].data);
    if (a->done) {
        tidu_text all[2] = {load_print(a), load_print(b)};
        assert_string_equal(all[0].data, all[1].data);
        tidu_text_free(&all[0]);
        tidu_text_free(&all[1]);
    }
    tidu_text_free(&complaints[0]);
    tidu_text_free(&complaints[1]);
}

/* What the change comes to must be what a fresh run gives, and so must another
 * change on top of it. */
static struct load
assert_change(const struct folder *folder, const struct load *earlier)
{
    struct load again = rerun(folder, earlier);
    struct load fresh = load_sources(NULL, folder->sources, folder->count);
    assert_same(&again, &fresh);
    load_close(&fresh);
    return again;
}

static tidu_source
source(const char *path, const char *text)
{
    return (tidu_source){path, text, strlen(text)};
}

static const char shared_text[] =
    "fact \"revenue\" { zh = \"收入\", type = \"money\" }\n"
    "return { base = { revenue = 5, flag = true }, named = function(id) title(id) { zh = id } end }\n";
static const char a_text[] =
    "# A\n\n## 一\n\n甲\n\n| 档 | 分 |\n| --- | --- |\n| 5以上 | 8 |\n\n```lua\n"
    "policy { id = 'a', effective = '2020-01-01' }\ndesignation 'a' { zh = '甲' }\n"
    "criterion 'x' { any { [[ revenue > 1 ]], all { [[ revenue > 2 ]], criterion 'y' [[ revenue > 3 ]] } } }\n"
    "scorecard { max = 8 }\nindicator 'i' { max = 8, on = [[ revenue ]], table = above }\n"
    "scenario '一' { as_of = '2026-01-01', record = with(shared.base, { staff = 1 }), expect = { a = 'met' } }\n```\n";
static const char b_text[] =
    "# B\n\n## 二\n\n乙\n\n```lua\npolicy { id = 'b', effective = '2021-01-01' }\nshared.named 'bt'\n"
    "designation 'b' { zh = '乙' }\ncriterion 'x' { none { [[ revenue < 1 ]] } }\n"
    "scenario '二' { as_of = '2026-01-01', record = shared.base, expect = { b = 'met' } }\n```\n";

static struct folder
small_folder(void)
{
    return (struct folder){{source("national/a.md", a_text), source("national/b.md", b_text),
                            source("vocabulary/v.lua", shared_text)},
                           3};
}

static void
test_a_changed_an_added_and_a_removed_document(void **state)
{
    static const char changed[] =
        "# B\n\n## 零\n\n## 二\n\n```lua\npolicy { id = 'b', effective = '2022-01-01' }\n"
        "designation 'b' { zh = '乙' }\ncriterion 'z' { any { [[ revenue < 9 ]] } }\n"
        "scenario '三' { as_of = '2026-01-01', record = with(shared.base, { staff = 1 }), expect = { b = 'met' } }\n```\n";
    struct folder folder = small_folder();
    struct load first = load_sources(NULL, folder.sources, folder.count);
    (void)state;
    assert_complaints(&first, "");
    folder.sources[1] = source("national/b.md", changed);
    struct load second = assert_change(&folder, &first);
    folder.sources[3] = folder.sources[2];
    folder.sources[2] = source("national/c.md", "# C\n\n```lua\ntitle 'c' { zh = '丙' }\n```\n");
    folder.count = 4;
    struct load third = assert_change(&folder, &second);
    folder.sources[0] = folder.sources[3];
    folder.count = 1;
    folder.sources[1] = source("zone/a.md", a_text); /* the same bytes elsewhere are another document */
    folder.count = 2;
    struct folder sorted = {{folder.sources[0], folder.sources[1]}, 2};
    struct load fourth = assert_change(&sorted, &third);
    struct load unchanged = assert_change(&sorted, &fourth);
    load_close(&first);
    load_close(&second);
    load_close(&third);
    load_close(&fourth);
    load_close(&unchanged);
}

static void
test_what_is_wrong_with_a_change_is_said(void **state)
{
    struct folder folder = small_folder();
    struct load first = load_sources(NULL, folder.sources, folder.count);
    (void)state;
    folder.sources[1] = source("national/b.md", "# B\n\n```lua\nnonsense 'x' {}\n```\n");
    struct load second = assert_change(&folder, &first);
    assert_int_equal(tidu_report_count(second.report), 1);
    load_close(&first);
    load_close(&second);
}

/* A document depends on the vocabulary: when that changes, so may all. */
static void
test_a_changed_vocabulary_runs_everything(void **state)
{
    static const char other[] =
        "return { base = { revenue = 7 }, named = function(id) title(id) { zh = id .. '！' } end }\n";
    struct folder folder = small_folder();
    struct load first = load_sources(NULL, folder.sources, folder.count);
    (void)state;
    folder.sources[2] = source("vocabulary/v.lua", other);
    struct load second = assert_change(&folder, &first);
    folder.sources[3] = source("vocabulary/w.lua", "title 'w' { zh = '另' }\n");
    folder.count = 4;
    struct load third = assert_change(&folder, &second);
    folder.count = 3;
    struct load fourth = assert_change(&folder, &third);
    load_close(&first);
    load_close(&second);
    load_close(&third);
    load_close(&fourth);
}

/* A group that the vocabulary made belongs to the document that took it. */
static void
test_a_document_with_a_group_of_the_vocabulary_is_not_parted(void **state)
{
    struct folder folder = {
        {source("national/a.md", "# A\n\n```lua\npolicy { id = 'a', effective = '2020-01-01' }\n"
                                 "designation 'a' { zh = '甲' }\ncriterion 'x' { shared.group }\n```\n"),
         source("national/b.md", "# B\n\n```lua\ntitle 'b' { zh = '乙' }\n```\n"),
         source("vocabulary/v.lua", "fact \"revenue\" { zh = \"收入\", type = \"money\" }\n"
                                    "return { group = any { [[ revenue > 1 ]] } }\n")},
        3};
    struct load first = load_sources(NULL, folder.sources, folder.count);
    (void)state;
    assert_complaints(&first, "");
    folder.sources[1] = source("national/b.md", "# B\n\n```lua\ntitle 'c' { zh = '丙' }\n```\n");
    struct load second = assert_change(&folder, &first);
    assert_complaints(&second, "");
    load_close(&first);
    load_close(&second);
}

/* The shipped rules, one document after another touched. */
static void
test_every_document_of_the_shipped_rules(void **state)
{
    tidu_arena *arena = tidu_arena_open();
    struct folder folder = {.count = 0};
    tidu_source *sources;
    tidu_error error;
    size_t count, touched = 0;
    const char *rules = getenv("TIDU_RULES");
    (void)state;
    assert_non_null(rules);
    assert_true(tidu_sources_read(rules, arena, &sources, &count, &error));
    assert_true(count <= MOST);
    memcpy(folder.sources, sources, count * sizeof *sources);
    folder.count = count;
    struct load first = load_sources(NULL, folder.sources, folder.count);
    assert_complaints(&first, "");
    for (size_t i = 0; i < count; i += 9 * SPARING, touched++) {
        char *text = tidu_arena_printf(arena, "%s\n", sources[i].text);
        folder.sources[i] = (tidu_source){sources[i].path, text, sources[i].length + 1};
        struct load next = assert_change(&folder, &first);
        load_close(&first);
        first = next;
    }
    assert_true(touched > 5 / SPARING);
    load_close(&first);
    tidu_arena_close(&arena);
}

/* ---- in two halves ---- */

static struct load
run_apart(const struct folder *folder)
{
    struct load load = {.arena = tidu_arena_open(), .report = tidu_report_open()};
    assert_non_null(load.arena);
    assert_non_null(load.report);
    load.done = tidu_author_run_apart(NULL, folder->sources, folder->count, load.arena, &load.found,
                                      load.report);
    tidu_report_sort(load.report);
    return load;
}

static void
assert_apart(const struct folder *folder)
{
    struct load apart = run_apart(folder), whole = load_sources(NULL, folder->sources, folder->count);
    assert_same(&apart, &whole);
    load_close(&apart);
    load_close(&whole);
}

/* The shipped rules, and what cannot be parted or is wrong: as by one helper. */
static void
test_two_halves_declare_what_the_whole_does(void **state)
{
    tidu_arena *arena = tidu_arena_open();
    struct folder folder = small_folder();
    tidu_source *sources;
    tidu_error error;
    size_t count;
    (void)state;
    assert_apart(&folder);
    folder.sources[1] = source("national/b.md", "# B\n\n```lua\nnonsense 'x' {}\n```\n");
    assert_apart(&folder);
    folder.sources[2] = source("vocabulary/v.lua", "nonsense 'v' {}\n");
    assert_apart(&folder);
    assert_true(tidu_sources_read(getenv("TIDU_RULES"), arena, &sources, &count, &error));
    memcpy(folder.sources, sources, count * sizeof *sources);
    folder.count = count;
    assert_apart(&folder);
    folder.sources[count / 2] = source(sources[count / 2].path, "# X\n\n```lua\nnonsense 'x' {}\n```\n");
    assert_apart(&folder);
    tidu_arena_close(&arena);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_halves_declare_what_the_whole_does),
        cmocka_unit_test(test_a_changed_an_added_and_a_removed_document),
        cmocka_unit_test(test_what_is_wrong_with_a_change_is_said),
        cmocka_unit_test(test_a_changed_vocabulary_runs_everything),
        cmocka_unit_test(test_a_document_with_a_group_of_the_vocabulary_is_not_parted),
        cmocka_unit_test(test_every_document_of_the_shipped_rules),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
