/*
 * cohort.c: tidu cohort POP --designation ID --rank EXPR… --most N
 *           tidu cohort POP --subsidy ID --rank EXPR… --budget N | --budget N --split.
 *
 * The best so many of those who meet a title, or whom a budget reaches. Here any expression
 * of the rule language orders; a daemon knows its own facts and derived facts by name.
 */
#include "internal.h"

#include <math.h>
#include <stdlib.h>

/* ---- the order ---- */

/* "rd_ratio asc" without the word behind it. */
static size_t
expression_length(const char *rank, bool *ret_rising)
{
    static const struct {
        const char *word;
        bool rising;
    } words[] = {{" asc", true}, {" desc", false}, {" 升序", true}, {" 降序", false}};
    size_t length = strlen(rank);
    *ret_rising = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t behind = strlen(words[i].word);
        if (length > behind && !strcmp(rank + length - behind, words[i].word)) {
            *ret_rising = words[i].rising;
            return length - behind;
        }
    }
    return length;
}

/* In force on the day asked about alone: other days may lack what it names. */
void
tidu_cohort_document(const struct options *options, int32_t as_of, tidu_text *out)
{
    char date[11];
    tidu_date_format(as_of, date);
    tidu_text_printf(out,
                     "policy { id = \"--rank\", zh = \"排序\", en = \"order\", effective = \"%s\", "
                     "expires = \"%s\" }\n",
                     date, date);
    for (size_t i = 0; i < options->ranks.count; i++) {
        const char *rank = options->ranks.items[i];
        bool rising;
        tidu_text_printf(
            out, "derive \"rank_%zu\" { zh = \"排序%zu\", en = \"rank %zu\", [====[%.*s]====] }\n",
            i + 1, i + 1, i + 1, (int)expression_length(rank, &rising), rank);
    }
}

void
tidu_cohort_restore(const struct options *options, const char *digest, json_t *result)
{
    size_t index;
    json_t *key;
    char shown[13];
    snprintf(shown, sizeof shown, "%.12s", digest);
    json_object_set_new(result, "ruleset", json_string(shown));
    json_array_foreach (json_object_get(result, "keys"), index, key) {
        bool rising;
        const char *rank = options->ranks.items[index];
        json_object_set_new(key, "name", json_stringn(rank, expression_length(rank, &rising)));
    }
}

static json_t *
rank_params(const struct options *options)
{
    json_t *list = json_array();
    for (size_t i = 0; i < options->ranks.count; i++) {
        bool rising;
        char own[32];
        size_t length = expression_length(options->ranks.items[i], &rising);
        snprintf(own, sizeof own, "rank_%zu", i + 1);
        json_t *by =
            options->socket ? json_stringn(options->ranks.items[i], length) : json_string(own);
        json_array_append_new(list, json_pack("{s:o, s:b}", "by", by, "rising", rising));
    }
    return list;
}

/* ---- asking ---- */

static bool
put_count(json_t *params, const char *text, const char *option, tidu_error *reterr)
{
    uint64_t count;
    if (!text)
        return true;
    if (!tidu_read_count(text, option, 0, UINT32_MAX, &count, reterr))
        return false;
    json_object_set_new(params, option, json_integer((json_int_t)count));
    return true;
}

static bool
put_budget(json_t *params, const char *text, tidu_error *reterr)
{
    char *end;
    if (!text)
        return true;
    double budget = strtod(text, &end);
    if (*text < '0' || *text > '9' || *end || !isfinite(budget))
        return tidu_error_set(reterr, TIDU_CLI_CHOICE, "budget", text, "0..", NULL);
    json_object_set_new(params, "budget", json_real(budget));
    return true;
}

static void
put_word(json_t *params, const char *name, const char *word)
{
    if (word)
        json_object_set_new(params, name, json_string(word));
}

static bool
make(const struct options *options, json_t *params, tidu_error *reterr)
{
    if (options->designations.count > 1)
        return tidu_error_set(reterr, TIDU_CLI_CLASH, options->designations.items[0],
                              options->designations.items[1], NULL);
    if (options->designations.count && options->subsidy)
        return tidu_error_set(reterr, TIDU_CLI_CLASH, "designation", "subsidy", NULL);
    if (!options->designations.count && !options->subsidy)
        return tidu_error_set(reterr, TIDU_CLI_VALUE, "designation", "ID", NULL);
    if (!options->split && !options->ranks.count)
        return tidu_error_set(reterr, TIDU_CLI_VALUE, "rank", "EXPRESSION [asc]", NULL);
    if (options->designations.count)
        put_word(params, "designation", options->designations.items[0]);
    put_word(params, "subsidy", options->subsidy);
    put_word(params, "enterprise", options->enterprise);
    json_object_set_new(params, "rank", rank_params(options));
    if (options->split)
        json_object_set_new(params, "split", json_true());
    if (options->all)
        json_object_set_new(params, "all", json_true());
    return tidu_put_pairs(&options->params, "param", "ADDRESS=VALUE", params, "params", reterr) &&
           put_count(params, options->most, "most", reterr) &&
           put_count(params, options->samples, "samples", reterr) &&
           put_budget(params, options->budget, reterr);
}

/* ---- showing ---- */

struct telling {
    const struct options *options;
    tidu_lang lang;
    tidu_text *out;
};

static void
put_number(const struct telling *telling, const json_t *object, const char *name)
{
    tidu_text_number(telling->out, json_number_value(json_object_get(object, name)));
}

static void
put_member(const struct telling *telling, const json_t *member, const char *label)
{
    size_t index;
    json_t *value;
    const char *name = tidu_show_text(member, "name");
    if (!json_is_object(member))
        return;
    tidu_text_printf(
        telling->out, "  %s%s%lld%s  %s ", label, tidu_in(telling->lang, "第", "rank "),
        (long long)json_integer_value(json_object_get(member, "rank")),
        tidu_in(telling->lang, "名", ""), *name ? name : tidu_show_text(member, "uscc"));
    tidu_text_printf(telling->out, tidu_in(telling->lang, "（第%lld条记录）", "(record %lld)"),
                     (long long)json_integer_value(json_object_get(member, "record")));
    json_array_foreach (json_object_get(member, "values"), index, value) {
        tidu_text_puts(telling->out, index ? ", " : "  ");
        if (json_is_number(value))
            tidu_text_number(telling->out, json_number_value(value));
        else
            tidu_text_puts(telling->out, json_is_string(value) ? json_string_value(value) : "?");
    }
    if (json_object_get(member, "amount")) {
        tidu_text_puts(telling->out, tidu_in(telling->lang, "  奖补 ", "  draws "));
        put_number(telling, member, "amount");
        tidu_text_puts(telling->out, tidu_in(telling->lang, "，实付 ", ", is paid "));
        put_number(telling, member, "paid");
        tidu_text_puts(telling->out, tidu_in(telling->lang, " 万元", " wan yuan"));
    }
    tidu_text_puts(telling->out, json_is_true(json_object_get(member, "taken"))
                                     ? ""
                                     : tidu_in(telling->lang, "  未入围", "  not taken"));
    tidu_text_putc(telling->out, '\n');
}

static void
put_sums(const struct telling *telling, const json_t *result)
{
    long long undetermined = json_integer_value(json_object_get(result, "undetermined")),
              unranked = json_integer_value(json_object_get(result, "unranked"));
    tidu_text_printf(
        telling->out,
        tidu_in(telling->lang, "%s：%lld 家符合，入围 %lld 家", "%s: %lld qualify, %lld are taken"),
        tidu_show_title(result, telling->lang),
        (long long)json_integer_value(json_object_get(result, "candidates")),
        (long long)json_integer_value(json_object_get(result, "taken")));
    if (undetermined)
        tidu_text_printf(telling->out,
                         tidu_in(telling->lang, "，另有 %lld 家待定", ", %lld more undetermined"),
                         undetermined);
    if (unranked)
        tidu_text_printf(telling->out,
                         tidu_in(telling->lang, "，%lld 家缺少排序所需的指标",
                                 ", %lld lack a figure to rank by"),
                         unranked);
    tidu_text_putc(telling->out, '\n');
    if (!json_object_get(result, "spent"))
        return;
    tidu_text_puts(telling->out, tidu_in(telling->lang, "应发 ", "they may draw "));
    put_number(telling, result, "asked");
    if (json_object_get(result, "budget")) {
        tidu_text_puts(telling->out,
                       tidu_in(telling->lang, " 万元，预算 ", " wan yuan, the budget is "));
        put_number(telling, result, "budget");
    }
    tidu_text_puts(telling->out, tidu_in(telling->lang, " 万元，实付 ", ", paid are "));
    put_number(telling, result, "spent");
    if (json_object_get(result, "share")) {
        tidu_text_puts(telling->out, tidu_in(telling->lang, "，每家按 ", ", each gets "));
        tidu_text_printf(telling->out, "%.2f%%",
                         100 * json_number_value(json_object_get(result, "share")));
    }
    tidu_text_putc(telling->out, '\n');
}

static void
put_rows(const json_t *result, const struct rows *rows)
{
    static const char *const names[] = {"rank", "taken",  "record", "uscc",
                                        "name", "amount", "paid"};
    size_t index, number;
    json_t *member, *value;
    tidu_text heading = {0};
    tidu_text_puts(&heading, "rank,taken,record,uscc,name,amount,paid");
    json_array_foreach (json_object_get(result, "keys"), index, member)
        tidu_text_printf(&heading, ",key_%zu", index + 1);
    tidu_text_putc(&heading, '\0');
    if (!heading.failed)
        tidu_put_heading(rows, heading.data);
    rows->out->failed = rows->out->failed || heading.failed;
    tidu_text_free(&heading);
    json_array_foreach (json_object_get(result, "members"), index, member) {
        json_t *row = json_object();
        for (size_t n = 0; n < sizeof names / sizeof *names; n++) {
            value = json_object_get(member, names[n]);
            if (value || rows->csv)
                json_object_set(row, names[n], value ? value : json_null());
        }
        json_array_foreach (json_object_get(member, "values"), number, value) {
            char name[32];
            snprintf(name, sizeof name, "key_%zu", number + 1);
            json_object_set(row, name, value);
        }
        tidu_put_row(rows, row);
        json_decref(row);
    }
}

static void
show(const struct options *options, const char *format, const json_t *result, tidu_text *out)
{
    const struct telling telling = {options, options->language, out};
    const json_t *tied = json_object_get(result, "tied");
    size_t index;
    json_t *member;
    if (strcmp(format, "text")) {
        struct rows rows = tidu_rows_of(result, format, out);
        put_rows(result, &rows);
        return;
    }
    tidu_show_population(result, options->language, out);
    put_sums(&telling, result);
    json_array_foreach (json_object_get(result, "members"), index, member)
        put_member(&telling, member, "");
    put_member(&telling, json_object_get(result, "line"),
               tidu_in(telling.lang, "入围线：", "the line: "));
    put_member(&telling, json_object_get(result, "next"),
               tidu_in(telling.lang, "线下第一家：", "the next: "));
    if (json_is_object(tied))
        tidu_text_printf(
            out,
            tidu_in(
                telling.lang,
                "  线上并列 %lld 家，入围 %lld 家，按记录先后取舍；再给一个 --rank 可分出先后\n",
                "  %lld are equal at the line, %lld of them taken by the order of the "
                "records; another --rank settles it\n"),
            (long long)json_integer_value(json_object_get(tied, "enterprises")),
            (long long)json_integer_value(json_object_get(tied, "taken")));
    put_member(&telling, json_object_get(result, "enterprise"), "");
    if (json_is_null(json_object_get(result, "enterprise")))
        tidu_text_printf(out, tidu_in(telling.lang, "  %s 不在其中\n", "  %s is not among them\n"),
                         options->enterprise);
}

int
tidu_command_cohort(const struct options *options)
{
    return tidu_answer_inquiry(options, "cohort", make, show);
}
