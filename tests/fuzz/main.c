/*
 * main.c: inputs for a fuzz target, where there is no libFuzzer.
 *
 *   fuzz_<subject> [FILE|FOLDER]...
 *
 * Without arguments it takes all that is known of its subject: the corpus made
 * by seeds.sh in the build folder, and what once went wrong, in regressions/.
 * A target that finds no input at all fails.
 *
 * Must not know what a target does with its input.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerInitialize(int *count, char ***arguments) __attribute__((weak));

/* All of a file, in memory that ends where it does; NULL when it cannot be read. */
static uint8_t *
read_file(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return NULL;
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    uint8_t *data = size < 0 ? NULL : malloc(size ? (size_t)size : 1);
    if (data && fread(data, 1, (size_t)size, file) != (size_t)size) {
        free(data);
        data = NULL;
    }
    fclose(file);
    *ret_size = (size_t)size;
    return data;
}

/* So that whatever ends the process here is known by its input. */
static size_t
run_file(const char *path)
{
    size_t size;
    uint8_t *data = read_file(path, &size);
    if (!data)
        return 0;
    fprintf(stderr, "%s\n", path);
    LLVMFuzzerTestOneInput(data, size);
    free(data);
    return 1;
}

static int
is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

/* A file, or all files below a folder, by name; how many there were. */
static size_t
run(const char *path)
{
    struct dirent **entries;
    int count = scandir(path, &entries, is_visible, alphasort);
    if (count < 0)
        return run_file(path);
    size_t ran = 0;
    for (int i = 0; i < count; i++) {
        size_t size = strlen(path) + strlen(entries[i]->d_name) + 2;
        char *below = malloc(size);
        if (!below)
            abort();
        snprintf(below, size, "%s/%s", path, entries[i]->d_name);
        ran += run(below);
        free(below);
        free(entries[i]);
    }
    free(entries);
    return ran;
}

static size_t
run_known(const char *program)
{
    const char *subject = strstr(program, "fuzz_"), *source = getenv("srcdir");
    char path[1024];
    while (subject && strstr(subject + 1, "fuzz_"))
        subject = strstr(subject + 1, "fuzz_");
    if (!subject)
        return 0;
    snprintf(path, sizeof path, "tests/fuzz/corpus/%s", subject + strlen("fuzz_"));
    size_t ran = run(path);
    snprintf(path, sizeof path, "%s/tests/fuzz/regressions/%s", source ? source : ".",
             subject + strlen("fuzz_"));
    return ran ? ran + run(path) : 0;
}

int
main(int count, char **arguments)
{
    size_t ran = 0;
    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&count, &arguments);
    if (count < 2)
        ran = run_known(arguments[0]);
    for (int i = 1; i < count; i++)
        ran += run(arguments[i]);
    fprintf(stderr, "%zu inputs\n", ran);
    return ran ? EXIT_SUCCESS : EXIT_FAILURE;
}
