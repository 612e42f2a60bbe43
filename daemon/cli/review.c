/*
 * review.c: tidu review, record that rules were compared with their clauses.
 *
 * Writes vocabulary/reviews.lua in the rules folder; a clause that changes
 * afterwards is stale until it is reviewed again.
 *
 * Exit status: 0 written, 1 the rules are wrong, 2 anything else.
 */
#include "internal.h"

#include "tidu/review.h"

#include <errno.h>
#include <unistd.h>

static bool
cannot_write(const char *path, tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_FILE_WRITE, path, strerror(errno), NULL);
}

/* A daemon that reads meanwhile sees the old file or the new one. */
static bool
write_whole(const char *path, const tidu_text *text, tidu_error *reterr)
{
    tidu_text aside = {0};
    tidu_text_printf(&aside, "%s.new", path);
    tidu_text_putc(&aside, '\0');
    if (aside.failed) {
        tidu_text_free(&aside);
        return tidu_error_set(reterr, TIDU_MEMORY, NULL);
    }
    FILE *file = fopen(aside.data, "we");
    bool good = file && fwrite(text->data, 1, text->length, file) == text->length &&
                !fflush(file) && !fsync(fileno(file));
    if (file && fclose(file))
        good = false;
    good = (good && !rename(aside.data, path)) || cannot_write(path, reterr);
    if (!good)
        unlink(aside.data);
    tidu_text_free(&aside);
    return good;
}

static bool
stamp(const struct options *options, const tidu_ruleset *ruleset, tidu_reviewed *made,
      tidu_error *reterr)
{
    tidu_text text = {0}, path = {0};
    int32_t today;
    tidu_text_printf(&path, "%s/%s", tidu_rules_folder(options), TIDU_REVIEW_PATH);
    tidu_text_putc(&path, '\0');
    bool good = tidu_options_date(options, &today, reterr) &&
                tidu_ruleset_review(ruleset, options->arguments, options->argument_count, today,
                                    &text, made, reterr) &&
                (!path.failed || tidu_error_set(reterr, TIDU_MEMORY, NULL)) &&
                write_whole(path.data, &text, reterr);
    tidu_text_free(&text);
    tidu_text_free(&path);
    return good;
}

static void
put_made(const struct options *options, const tidu_reviewed *made, tidu_text *out)
{
    if (strcmp(tidu_options_format(options, "text"), "json") == 0)
        tidu_text_printf(out, "{\"documents\":%u,\"clauses\":%u,\"changed\":%u,\"new\":%u}\n",
                         made->documents, made->clauses, made->changed, made->fresh);
    else
        tidu_text_printf(out,
                         options->language == TIDU_EN
                             ? "%u documents, %u clauses reviewed: %u had changed, %u are new\n"
                             : "%u 个文件的 %u 个条款已登记复核：%u 个有改动，%u 个是新的\n",
                         made->documents, made->clauses, made->changed, made->fresh);
}

int
tidu_command_review(const struct options *options)
{
    tidu_error error = {.code = TIDU_OK};
    tidu_reviewed made;
    tidu_text out = {0};
    tidu_ruleset *ruleset = tidu_rules_open(options);
    if (!ruleset)
        return TIDU_EXIT_NO;
    bool stamped = stamp(options, ruleset, &made, &error);
    tidu_ruleset_unref(&ruleset);
    if (!stamped)
        return tidu_fail(&error, options->language);
    put_made(options, &made, &out);
    bool printed = tidu_print(&out, options->language);
    tidu_text_free(&out);
    return printed ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}
