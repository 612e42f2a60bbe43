/*
 * test_bad.c: the message is the product.
 *
 * Every document in tests/policy/bad/author/ is loaded alone (a folder: all
 * its files together), and everything said about it must be, to the letter,
 * what stands in <name>.expected beside it. To see what is said now, run with
 * TIDU_SHOW=1.
 */
#include "support.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

enum { FILE_BYTES = 1 << 16 };

struct folder {
    tidu_arena *arena;
    tidu_source sources[32];
    size_t count;
};

static const char *
root(void)
{
    static char path[1024];
    const char *source = getenv("srcdir");
    snprintf(path, sizeof path, "%s/tests/policy/bad/author", source ? source : ".");
    return path;
}

static char *
read_file(tidu_arena *arena, const char *path, size_t *ret_length)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    char *text = tidu_arena_alloc(arena, FILE_BYTES);
    assert_non_null(text);
    *ret_length = fread(text, 1, FILE_BYTES - 1, file);
    fclose(file);
    assert_true(*ret_length < FILE_BYTES - 1);
    return text;
}

static int
visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.' && !strstr(entry->d_name, ".expected");
}

/* Add a file, or all files of a folder in the order of their paths. */
static void
add(struct folder *folder, const char *path, const char *relative)
{
    struct stat info;
    struct dirent **entries;
    assert_int_equal(stat(path, &info), 0);
    if (!S_ISDIR(info.st_mode)) {
        tidu_source *source = &folder->sources[folder->count++];
        source->path = relative;
        source->text = read_file(folder->arena, path, &source->length);
        assert_non_null(source->text);
        return;
    }
    int count = scandir(path, &entries, visible, alphasort);
    assert_true(count > 0);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        add(folder, tidu_arena_printf(folder->arena, "%s/%s", path, name),
            *relative ? tidu_arena_printf(folder->arena, "%s/%s", relative, name)
                      : tidu_arena_copy(folder->arena, name));
        free(entries[i]);
    }
    free(entries);
}

/* True when what is said about `name` is what is expected. */
static bool
check(const char *name)
{
    struct folder folder = {.arena = tidu_arena_open()};
    struct stat info;
    size_t length;
    char *path = tidu_arena_printf(folder.arena, "%s/%s", root(), name);
    char *expected_path = tidu_arena_printf(folder.arena, "%s.expected", path);
    assert_int_equal(stat(path, &info), 0);
    add(&folder, path, S_ISDIR(info.st_mode) ? "" : name);
    struct load load = load_sources(NULL, folder.sources, folder.count);
    tidu_text said = load_complaints(&load);
    const char *expected = read_file(folder.arena, expected_path, &length);
    bool good = load.done && expected && *expected && !strcmp(expected, said.data);
    if (!good)
        fprintf(stderr, "%s\n--- expected\n%s--- got\n%s", name, expected ? expected : "nothing\n",
                said.data);
    if (getenv("TIDU_SHOW"))
        printf("=== %s\n%s", name, said.data);
    tidu_text_free(&said);
    load_close(&load);
    tidu_arena_close(&folder.arena);
    return good;
}

static void
test_every_bad_document_gets_exactly_its_expected_complaints(void **state)
{
    struct dirent **entries;
    int failed = 0, count = scandir(root(), &entries, visible, alphasort);
    (void)state;
    if (count <= 0)
        fail_msg("no documents in %s; run from the source folder or set srcdir", root());
    for (int i = 0; i < count; i++) {
        failed += !check(entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    assert_int_equal(failed, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_bad_document_gets_exactly_its_expected_complaints),
    };
    return cmocka_run_group_tests(tests, require_helper, NULL);
}
