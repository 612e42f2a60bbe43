/*
 * population.c: tidu population build FILE…|--store DIR -o POP | info POP | synth -n N -o FILE.
 *
 * Records become a snapshot, which impact, sweep and calibrate are asked about.
 *
 * Exit status of build: 0 every record is in it, 2 some could not be read; those are
 * told, and all others are in it.
 */
#include "internal.h"

#include "../inventory.h"

#include <errno.h>
#include <stdlib.h>

enum { PIECE_BYTES = 1 << 20, TOLD_REFUSALS = 20, TOLD_CODES = 5 };

/* Where records of consecutive lines begin. */
struct stretch {
    uint64_t first; /* record */
    size_t line, file;
};

struct building {
    const struct options *options;
    size_t file; /* being read */
    struct input *input;
    bool headed; /* the heading of the tables has been given */
    char *heading;
    uint64_t record_count, refused_count, unreadable_count;
    size_t next_line;
    struct stretch *stretches;
    size_t stretch_count, stretch_room;
    struct watch watch;
};

static bool
no_memory(tidu_error *reterr)
{
    return tidu_error_set(reterr, TIDU_MEMORY, NULL);
}

/* ---- records ---- */

/* Refused records are told with their lines. */
static bool
note_line(struct building *building, size_t line)
{
    struct stretch *last =
        building->stretch_count ? &building->stretches[building->stretch_count - 1] : NULL;
    bool goes_on = last && last->file == building->file && line == building->next_line;
    building->next_line = line + 1;
    building->record_count++;
    if (goes_on)
        return true;
    if (building->stretch_count == building->stretch_room) {
        size_t room = building->stretch_room ? building->stretch_room * 2 : 16;
        struct stretch *wider = realloc(building->stretches, room * sizeof *wider);
        if (!wider)
            return false;
        building->stretches = wider;
        building->stretch_room = room;
    }
    building->stretches[building->stretch_count++] =
        (struct stretch){building->record_count, line, building->file};
    return true;
}

static const struct stretch *
stretch_of(const struct building *building, uint64_t record)
{
    size_t low = 0, high = building->stretch_count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (building->stretches[middle].first <= record)
            low = middle;
        else
            high = middle;
    }
    return &building->stretches[low];
}

/* A record's own line ends become blanks: between tokens JSON takes either, and inside
 * a string it takes no line end. A table's stay. */
static void
put_record(tidu_slice text, bool csv, tidu_text *out)
{
    size_t begin = out->length;
    tidu_text_add(out, text.data, text.length);
    for (int ends = 0; !csv && !out->failed && ends < 2; ends++)
        for (char *at = out->data + begin;
             (at = memchr(at, "\n\r"[ends], (size_t)(out->data + out->length - at)));)
            *at = ' ';
    if (!out->failed && (out->length == begin || out->data[out->length - 1] != '\n'))
        tidu_text_putc(out, '\n');
}

static void
tell_bad(struct building *building, size_t file, size_t line, const tidu_error *error)
{
    const struct options *options = building->options;
    char message[1024], hint[1024];
    building->refused_count++;
    if (building->refused_count > TOLD_REFUSALS)
        return;
    tidu_watch_clear(&building->watch);
    const char *name = options->argument_count > file + 1 ? options->arguments[file + 1] : "-";
    fprintf(stderr, "%s:%zu: %s [%s]\n", name, line,
            tidu_error_message(error, options->language, message, sizeof message),
            tidu_error_id(error->code));
    tidu_error_hint(error, options->language, hint, sizeof hint);
    if (*hint)
        fprintf(stderr, "    %s\n", hint);
}

/* All tables have one heading, and nothing but tables has one. */
static bool
check_heading(struct building *building, tidu_error *reterr)
{
    tidu_slice heading = tidu_input_heading(building->input);
    const char *text = heading.data ? heading.data : "";
    if (!building->heading) {
        building->heading = strndup(text, heading.length);
        return building->heading || no_memory(reterr);
    }
    bool same = strlen(building->heading) == heading.length &&
                !memcmp(building->heading, text, heading.length);
    return same ||
           tidu_error_set(reterr, TIDU_CLI_TABLES_DIFFER, tidu_input_name(building->input), NULL);
}

static bool
turn_to(struct building *building, size_t file, tidu_error *reterr)
{
    const struct options *options = building->options;
    const char *path = options->argument_count > 1 ? options->arguments[file + 1] : "-";
    tidu_input_close(&building->input);
    building->file = file;
    building->input = tidu_input_open(path, options->input, reterr);
    return building->input && check_heading(building, reterr);
}

/* Records of the file at hand, until there are enough or it ends. */
static bool
read_file(struct building *building, tidu_text *out, bool *ret_ended, tidu_error *reterr)
{
    bool csv = tidu_input_heading(building->input).data != NULL;
    struct piece piece;
    tidu_error error;
    size_t begin = out->length;
    *ret_ended = false;
    while (out->length - begin < PIECE_BYTES && !*ret_ended) {
        switch (tidu_input_next(building->input, &piece, &error)) {
        case TIDU_PIECE_RECORD:
            put_record(piece.text, csv, out);
            if (out->failed || !note_line(building, piece.line))
                return no_memory(reterr);
            break;
        case TIDU_PIECE_BAD:
            building->unreadable_count++;
            tell_bad(building, building->file, piece.line, &error);
            break;
        case TIDU_PIECE_FLUSH:
            tidu_input_release(building->input);
            break;
        case TIDU_PIECE_END:
            *ret_ended = true;
        }
    }
    tidu_input_release(building->input);
    return true;
}

static bool
read_text(void *context, tidu_text *out, tidu_error *reterr)
{
    struct building *building = context;
    const struct options *options = building->options;
    size_t before = out->length;
    bool ended = false;
    if (*building->heading && !building->headed)
        put_record(tidu_input_heading(building->input), true, out);
    building->headed = true;
    while (building->input && out->length == before) {
        if (!read_file(building, out, &ended, reterr))
            return false;
        if (ended && building->file + 2 < options->argument_count) {
            if (!turn_to(building, building->file + 1, reterr))
                return false;
        } else if (ended) {
            tidu_input_close(&building->input);
        }
    }
    return true;
}

/* ---- who watches ---- */

static void
tell_refusal(void *context, uint64_t number, const tidu_error *error)
{
    struct building *building = context;
    const struct stretch *stretch = stretch_of(building, number);
    tell_bad(building, stretch->file, stretch->line + (size_t)(number - stretch->first), error);
}

static bool
tell_progress(void *context, uint64_t records)
{
    struct building *building = context;
    if (!tidu_watch_due(&building->watch))
        return true;
    uint64_t size = building->input ? tidu_input_size(building->input) : 0;
    fprintf(stderr, "\r%llu %s, %.0f/s", (unsigned long long)records,
            building->options->language == TIDU_ZH ? "条记录" : "records",
            (double)records / tidu_watch_seconds(&building->watch));
    if (size)
        fprintf(stderr, ", %.0f%%",
                100 * (double)tidu_input_position(building->input) / (double)size);
    fputs("\033[K", stderr);
    return true;
}

static void
tell_summary(const struct building *building, const char *path, const tidu_population_facts *about)
{
    const struct options *options = building->options;
    uint64_t refused = about->refused + building->unreadable_count;
    tidu_watch_clear(&building->watch);
    if (options->quiet)
        return;
    if (refused > TOLD_REFUSALS)
        fprintf(stderr,
                options->language == TIDU_ZH ? "另有 %llu 条无法读取\n"
                                             : "and %llu more could not be read\n",
                (unsigned long long)(refused - TOLD_REFUSALS));
    fprintf(stderr,
            options->language == TIDU_ZH
                ? "%s：%llu 家企业，%.1f MiB，%llu 条无法读取，用时 %.1f 秒\n"
                : "%s: %llu enterprises, %.1f MiB, %llu records could not be read, %.1f seconds\n",
            path, (unsigned long long)about->rows, (double)about->size / 1048576,
            (unsigned long long)refused, tidu_watch_seconds(&building->watch));
}

/* The library says how many it has. */
static bool
tell_taken(void *context, uint64_t done, uint64_t total)
{
    struct building *building = context;
    tidu_watch_share(&building->watch, done, total);
    return true;
}

/* ---- building ---- */

static bool
read_threads(const struct options *options, tidu_build_options *build, tidu_error *reterr)
{
    uint64_t threads = 0;
    if (options->threads && !tidu_read_count(options->threads, "threads", 1, 64, &threads, reterr))
        return false;
    build->threads = (unsigned)threads;
    return true;
}

static bool
sum_up(struct building *building, const char *path, tidu_error *reterr)
{
    tidu_population *population = tidu_population_open(path, reterr);
    if (!population)
        return false;
    tidu_population_facts about = tidu_population_about(population);
    tell_summary(building, path, &about);
    building->refused_count = about.refused + building->unreadable_count;
    tidu_population_close(&population);
    return true;
}

static bool
build_with(struct building *building, const tidu_ruleset *ruleset, tidu_error *reterr)
{
    const struct options *options = building->options;
    const char *ignore = options->unknown_facts;
    tidu_build_options build = {.path = options->output,
                                .ignore_unknown = ignore && !strcmp(ignore, "ignore")};
    const tidu_build_watch watch = {building, tell_refusal, tell_progress};
    if (!read_threads(options, &build, reterr) || !turn_to(building, 0, reterr))
        return false;
    tidu_text_source source = {building, read_text, *building->heading != '\0'};
    return tidu_population_build(tidu_ruleset_vocabulary(ruleset), &source, &build, &watch,
                                 reterr) &&
           sum_up(building, options->output, reterr);
}

/* Of the library instead of files. */
static bool
build_library(struct building *building, const tidu_ruleset *ruleset, tidu_error *reterr)
{
    const struct options *options = building->options;
    const struct inventory inventory = {options->store, ruleset, tell_taken, building};
    tidu_build_options build = {.path = options->output, .ignore_unknown = true};
    if (options->argument_count > 1)
        return tidu_error_set(reterr, TIDU_CLI_ARGUMENT, "population build --store",
                              options->arguments[1], NULL);
    if (options->input || options->unknown_facts)
        return tidu_error_set(reterr, TIDU_CLI_CLASH, "store",
                              options->input ? "input" : "unknown-facts", NULL);
    return read_threads(options, &build, reterr) &&
           tidu_inventory_write(&inventory, &build, reterr) &&
           sum_up(building, options->output, reterr);
}

static int
build_population(const struct options *options)
{
    struct building building = {.options = options, .watch = tidu_watch_begin(options)};
    tidu_error error = {.code = TIDU_OK};
    if (!options->output) {
        tidu_error_set(&error, TIDU_CLI_VALUE, "output", "FILE", NULL);
        return tidu_fail(&error, options->language);
    }
    tidu_ruleset *ruleset = tidu_rules_open(options);
    if (!ruleset)
        return TIDU_EXIT_WRONG;
    bool good = options->store ? build_library(&building, ruleset, &error)
                               : build_with(&building, ruleset, &error);
    if (!good)
        tidu_fail(&error, options->language);
    tidu_ruleset_unref(&ruleset);
    tidu_input_close(&building.input);
    free(building.stretches);
    free(building.heading);
    return good && !building.refused_count ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}

/* ---- inventing one ---- */

static bool
read_seed(const struct options *options, uint64_t *ret_count, uint64_t *ret_seed, int *ret_year,
          tidu_error *reterr)
{
    int32_t day;
    int month, of_month;
    *ret_seed = 42;
    if (options->argument_count > 1)
        return tidu_error_set(reterr, TIDU_CLI_ARGUMENT, "population synth", options->arguments[1],
                              NULL);
    if (!options->count)
        return tidu_error_set(reterr, TIDU_CLI_VALUE, "count", "N", NULL);
    if (!options->output)
        return tidu_error_set(reterr, TIDU_CLI_VALUE, "output", "FILE", NULL);
    if (!tidu_read_count(options->count, "count", 1, 100000000, ret_count, reterr) ||
        (options->seed &&
         !tidu_read_count(options->seed, "seed", 0, UINT32_MAX, ret_seed, reterr)) ||
        !tidu_options_date(options, &day, reterr))
        return false;
    tidu_date_split(day, ret_year, &month, &of_month);
    --*ret_year;
    return true;
}

static bool
is_snapshot(const char *path)
{
    return strcmp(path, "-") && !tidu_ends_with(path, ".ndjson");
}

/* Records as they are, for a file or a pipe. */
static bool
write_records(struct building *building, tidu_synth *synth, tidu_error *reterr)
{
    const char *path = building->options->output;
    FILE *file = strcmp(path, "-") ? fopen(path, "wb") : stdout;
    tidu_text text = {0};
    bool written = file != NULL, made = true;
    uint64_t records = 0;
    do {
        text.length = 0;
        made = written && tidu_synth_read(synth, &text, reterr);
        written = written && made && fwrite(text.data, 1, text.length, file) == text.length;
        for (const char *at = text.data; written && at < text.data + text.length; at++)
            records += *at == '\n';
        written = written && tell_progress(building, records);
    } while (written && text.length);
    tidu_watch_clear(&building->watch);
    if (file)
        written = (file == stdout ? fflush(file) : fclose(file)) == 0 && written;
    int why = errno;
    tidu_text_free(&text);
    if (file && !made)
        return false;
    if (!written)
        return tidu_error_set(reterr, TIDU_FILE_WRITE, path, strerror(why), NULL);
    return true;
}

static bool
write_snapshot(struct building *building, tidu_synth *synth, uint64_t seed, tidu_error *reterr)
{
    const struct options *options = building->options;
    tidu_ruleset *ruleset = tidu_rules_open(options);
    tidu_build_options build = {.path = options->output, .synthetic = true, .seed = seed};
    const tidu_build_watch watch = {building, NULL, tell_progress};
    const tidu_text_source source = {synth, tidu_synth_read, false};
    bool good =
        ruleset && read_threads(options, &build, reterr) &&
        tidu_population_build(tidu_ruleset_vocabulary(ruleset), &source, &build, &watch, reterr) &&
        sum_up(building, options->output, reterr);
    tidu_ruleset_unref(&ruleset);
    return good;
}

static int
invent_population(const struct options *options)
{
    struct building building = {.options = options, .watch = tidu_watch_begin(options)};
    tidu_error error = {.code = TIDU_OK};
    uint64_t count, seed;
    int year;
    bool good = read_seed(options, &count, &seed, &year, &error);
    tidu_synth *synth = good ? tidu_synth_open(seed, count, year) : NULL;
    if (good && !synth)
        good = no_memory(&error);
    if (good)
        good = is_snapshot(options->output) ? write_snapshot(&building, synth, seed, &error)
                                            : write_records(&building, synth, &error);
    tidu_synth_close(&synth);
    if (!good && error.code)
        tidu_fail(&error, options->language);
    return good ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}

/* ---- what is in one ---- */

struct showing {
    const struct options *options;
    struct table table;
    json_t *columns;
};

static const char *const kind_names[][3] = {
    [TIDU_KEPT_NUMBERS] = {"number", "数值", "number"},
    [TIDU_KEPT_DATES] = {"date", "日期", "date"},
    [TIDU_KEPT_FLAGS] = {"flag", "是否", "flag"},
    [TIDU_KEPT_CODES] = {"code", "代码", "code"},
    [TIDU_KEPT_SETS] = {"set", "集合", "set"},
    [TIDU_KEPT_TEXTS] = {"text", "文字", "text"},
    [TIDU_KEPT_LISTS] = {"list", "列表", "list"},
};

static void
put_figure(double value, tidu_kept_kind kind, tidu_text *out)
{
    char date[11];
    if (kind == TIDU_KEPT_DATES)
        tidu_text_puts(out, tidu_date_format((int32_t)value, date));
    else
        tidu_text_number(out, value);
}

/* "5 % 12, 50 % 70, 95 % 260", or the codes there are most of. */
static void
put_spread(const struct options *options, const tidu_distribution *column, tidu_text *out)
{
    static const int shown[3] = {0, 2, 4};
    static const char *const names[5] = {"5%", "25%", "50%", "75%", "95%"};
    bool chinese = options->language != TIDU_EN;
    if (column->kind == TIDU_KEPT_FLAGS && column->known) {
        tidu_text_printf(out, chinese ? "是 %.1f%%" : "yes %.1f%%",
                         100 * (double)column->yes / (double)column->known);
    } else if (column->kind == TIDU_KEPT_CODES || column->kind == TIDU_KEPT_SETS) {
        for (uint32_t i = 0; i < column->code_count && i < TOLD_CODES; i++)
            tidu_text_printf(out, "%s%s %.1f%%", i ? ", " : "", column->codes[i].code,
                             100 * (double)column->codes[i].count / (double)column->known);
        if (column->code_count > TOLD_CODES)
            tidu_text_printf(out, chinese ? "，另 %u 种" : ", %u more",
                             column->code_count - TOLD_CODES);
    } else if (column->kind != TIDU_KEPT_TEXTS && column->known) {
        put_figure(column->low, column->kind, out);
        for (int i = 0; i < 3; i++) {
            tidu_text_printf(out, "  %s ", names[shown[i]]);
            put_figure(column->quantile[shown[i]], column->kind, out);
        }
        tidu_text_puts(out, "  ");
        put_figure(column->high, column->kind, out);
    }
    tidu_text_putc(out, '\0');
}

static void
show_column(void *context, const tidu_distribution *column)
{
    struct showing *showing = context;
    char name[256], year[8] = "", known[32];
    tidu_text spread = {0};
    snprintf(name, sizeof name, "%s%s%s", column->fact, *column->field ? "." : "", column->field);
    if (column->year)
        snprintf(year, sizeof year, "%d", column->year);
    snprintf(known, sizeof known, "%.1f%%",
             column->count ? 100 * (double)column->known / (double)column->count : 0);
    put_spread(showing->options, column, &spread);
    tidu_table_add(&showing->table, name, TIDU_PLAIN);
    tidu_table_add(&showing->table, year, TIDU_PLAIN);
    tidu_table_add(&showing->table,
                   *column->unit
                       ? column->unit
                       : kind_names[column->kind][showing->options->language == TIDU_EN ? 2 : 1],
                   TIDU_FAINT);
    tidu_table_add(&showing->table, known, TIDU_PLAIN);
    tidu_table_add(&showing->table, spread.failed ? "" : spread.data, TIDU_PLAIN);
    tidu_text_free(&spread);
}

static json_t *
figure(double value, tidu_kept_kind kind)
{
    char date[11];
    return kind == TIDU_KEPT_DATES ? json_string(tidu_date_format((int32_t)value, date))
                                   : json_real(value);
}

static json_t *
spread_tree(const tidu_distribution *column)
{
    static const char *const names[5] = {"p5", "p25", "p50", "p75", "p95"};
    json_t *tree = json_object();
    if (column->kind == TIDU_KEPT_FLAGS) {
        json_object_set_new(tree, "true", json_integer((json_int_t)column->yes));
    } else if (column->kind == TIDU_KEPT_CODES || column->kind == TIDU_KEPT_SETS) {
        for (uint32_t i = 0; i < column->code_count; i++)
            json_object_set_new(tree, column->codes[i].code,
                                json_integer((json_int_t)column->codes[i].count));
    } else if (column->kind != TIDU_KEPT_TEXTS && column->known) {
        json_object_set_new(tree, "low", figure(column->low, column->kind));
        for (int i = 0; i < 5; i++)
            json_object_set_new(tree, names[i], figure(column->quantile[i], column->kind));
        json_object_set_new(tree, "high", figure(column->high, column->kind));
        json_object_set_new(
            tree, "mean", column->kind == TIDU_KEPT_DATES ? json_null() : json_real(column->mean));
    }
    return tree;
}

static void
add_column(void *context, const tidu_distribution *column)
{
    struct showing *showing = context;
    json_t *tree =
        json_pack("{s:s,s:s*,s:i*,s:s,s:s*,s:I,s:I,s:o}", "fact", column->fact, "field",
                  *column->field ? column->field : NULL, "year", column->year, "kind",
                  kind_names[column->kind][0], "unit", *column->unit ? column->unit : NULL,
                  "values", (json_int_t)column->count, "known", (json_int_t)column->known, "spread",
                  spread_tree(column));
    if (tree && !column->year)
        json_object_del(tree, "year");
    json_array_append_new(showing->columns, tree);
}

static void
put_heading(const struct options *options, const char *path, const tidu_population_facts *about,
            tidu_text *out)
{
    bool chinese = options->language != TIDU_EN;
    tidu_text_printf(out,
                     chinese ? "%s：%llu 家企业，%.1f MiB，摘要 %s\n"
                             : "%s: %llu enterprises, %.1f MiB, digest %s\n",
                     path, (unsigned long long)about->rows, (double)about->size / 1048576,
                     about->digest);
    if (about->refused)
        tidu_text_printf(out,
                         chinese ? "生成时有 %llu 条记录无法读取，未收入\n"
                                 : "%llu records could not be read and are not in it\n",
                         (unsigned long long)about->refused);
    if (about->synthetic)
        tidu_text_printf(out,
                         chinese ? "合成数据（种子 %llu），并非真实企业\n"
                                 : "synthetic (seed %llu): no real enterprises\n",
                         (unsigned long long)about->seed);
}

static bool
show_text(struct showing *showing, const tidu_population *population, const char *path,
          tidu_text *out, tidu_error *reterr)
{
    static const char *const headings[2][5] = {
        {"指标", "年度", "单位或类型", "已知", "分布"},
        {"fact", "year", "unit or kind", "known", "spread"},
    };
    const tidu_population_facts about = tidu_population_about(population);
    put_heading(showing->options, path, &about, out);
    showing->table.columns = 5;
    for (int i = 0; i < 5; i++)
        tidu_table_add(&showing->table, headings[showing->options->language == TIDU_EN][i],
                       TIDU_BOLD);
    bool good = tidu_population_describe(population, show_column, showing, reterr);
    tidu_table_write(&showing->table, tidu_colours_wanted(stdout), out);
    tidu_table_free(&showing->table);
    return good;
}

static bool
show_json(struct showing *showing, const tidu_population *population, tidu_text *out,
          tidu_error *reterr)
{
    const tidu_population_facts about = tidu_population_about(population);
    showing->columns = json_array();
    bool good = tidu_population_describe(population, add_column, showing, reterr);
    json_t *tree =
        json_pack("{s:I,s:I,s:I,s:s,s:b,s:o}", "enterprises", (json_int_t)about.rows, "refused",
                  (json_int_t)about.refused, "bytes", (json_int_t)about.size, "digest",
                  about.digest, "synthetic", about.synthetic, "columns", showing->columns);
    if (about.synthetic)
        json_object_set_new(tree, "seed", json_integer((json_int_t)about.seed));
    tidu_put_tree(tree, out);
    json_decref(tree);
    return good;
}

static int
tell_population(const struct options *options)
{
    struct showing showing = {.options = options};
    tidu_error error = {.code = TIDU_OK};
    tidu_text out = {0};
    if (options->argument_count != 2) {
        if (options->argument_count < 2)
            tidu_error_set(&error, TIDU_CLI_VALUE, "population info", "POPULATION", NULL);
        else
            tidu_error_set(&error, TIDU_CLI_ARGUMENT, "population info", options->arguments[2],
                           NULL);
        return tidu_fail(&error, options->language);
    }
    const char *path = options->arguments[1];
    tidu_population *population = tidu_population_open(path, &error);
    bool good = population && tidu_population_verify(population, &error);
    if (good && !strcmp(tidu_options_format(options, "text"), "json"))
        good = show_json(&showing, population, &out, &error);
    else if (good)
        good = show_text(&showing, population, path, &out, &error);
    if (!good)
        tidu_fail(&error, options->language);
    good = good && tidu_print(&out, options->language);
    tidu_text_free(&out);
    tidu_population_close(&population);
    return good ? TIDU_EXIT_DONE : TIDU_EXIT_WRONG;
}

int
tidu_command_population(const struct options *options)
{
    const char *verb = options->argument_count ? options->arguments[0] : "";
    tidu_error error;
    if (!strcmp(verb, "build"))
        return build_population(options);
    if (!strcmp(verb, "synth"))
        return invent_population(options);
    if (!strcmp(verb, "info"))
        return tell_population(options);
    tidu_error_set(&error, TIDU_CLI_CHOICE, "population", verb, "build|info|synth", NULL);
    return tidu_fail(&error, options->language);
}
