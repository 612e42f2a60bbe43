/* support.c: see support.h. */
#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct values usual = {
    {"50万元", "3%", "10人", "20万元", "8", "2020-06-01", "30万元", "70%"}};

/* $0 a param in two comparisons; $1 a share; $2 a count; $3 the border of a band and $4 its
 * points; $5 a date; $6 a ceiling of money; $7 multiplied before it is compared. */
static const char national[] =
    "# T\n\n```lua\n"
    "policy { id = \"t\", zh = \"测试\", en = \"T\", effective = \"2020-01-01\" }\n"
    "param \"floor\" { zh = \"下限\", en = \"floor\", [[ $0 ]] }\n"
    "derive \"size\" { zh = \"规模\", en = \"Size\", [[ if revenue >= 100万元 then 'big' else "
    "'small' ]], values = { { \"big\" }, { \"small\" } } }\n"
    "designation \"d\" { zh = \"甲\", en = \"D\" }\n"
    "criterion \"scale\" { zh = \"规模\", en = \"Scale\", [[ revenue >= floor ]] }\n"
    "criterion \"before\" { zh = \"上年\", en = \"Before\", any { [[ revenue[-1] >= floor ]], [[ "
    "listed ]] } }\n"
    "criterion \"ratio\" { zh = \"占比\", en = \"Ratio\", [[ rd_expense / revenue >= $1 ]] }\n"
    "designation \"e\" { zh = \"乙\", en = \"E\" }\n"
    "criterion \"staff\" { zh = \"人数\", en = \"Staff\", [[ employees < $2 or not listed ]] }\n"
    "criterion \"points\" { zh = \"得分\", en = \"Points\", [[ score('e') >= 4 ]] }\n"
    "scorecard { zh = \"评分\", en = \"Card\", max = 10 }\n"
    "indicator \"i\" { zh = \"研发\", en = \"R&D\", max = 10, on = [[ rd_expense ]],\n"
    "  bands = { { [[ >= $3 ]], $4 }, { [[ < $3 ]], 2 } } }\n"
    "designation \"g\" { zh = \"丙\", en = \"G\" }\n"
    "criterion \"old\" { zh = \"成立\", en = \"Old\", [[ founded <= $5 ]] }\n"
    "criterion \"main\" { zh = \"主营\", en = \"Main\", [[ main_revenue >= revenue * $7 ]] }\n"
    "designation \"h\" { zh = \"丁\", en = \"H\" }\n"
    "criterion \"both\" { zh = \"兼有\", en = \"Both\", [[ meets('d') or meets('g') ]] }\n"
    "subsidy \"a\" { zh = \"奖励\", en = \"Grant\", amount = [[ rd_expense / 2 ]], cap = [[ $6 ]], "
    "[[ meets('d') ]] }\n"
    "```\n";

static const char local[] =
    "# S\n\n```lua\n"
    "policy { id = \"s\", zh = \"深圳\", en = \"S\", effective = \"2020-01-01\" }\n"
    "designation \"z\" { zh = \"戊\", en = \"Z\" }\n"
    "criterion \"there\" { zh = \"规模\", en = \"Scale\", [[ revenue >= floor * 2 and meets('e') "
    "]] }\n"
    "subsidy \"b\" { zh = \"配套\", en = \"More\", amount = [[ 5万元 ]], [[ meets('z') ]] }\n"
    "```\n";

static char *
fill_in(const char *text, const struct values *values)
{
    tidu_text out = {0};
    for (; *text; text++)
        if (*text == '$')
            tidu_text_puts(&out, values->value[*++text - '0']);
        else
            tidu_text_putc(&out, *text);
    tidu_text_putc(&out, '\0');
    assert_false(out.failed);
    return out.data;
}

tidu_ruleset *
rules_with(const struct values *values)
{
    char *text = fill_in(national, values);
    const tidu_source sources[] = {{"local/440300-shenzhen/s.md", local, strlen(local)},
                                   {"national/t.md", text, strlen(text)}};
    tidu_report *report = NULL;
    uint32_t passed;
    tidu_ruleset *rules = build_rules(sources, 2, &report, &passed);
    if (!rules) {
        tidu_text said = complaints(report, TIDU_EN);
        fail_msg("%.*s", (int)said.length, said.data);
    }
    tidu_report_close(&report);
    free(text);
    return rules;
}

/* ---- records ---- */

static uint64_t chance;

static uint32_t
draw(uint32_t below)
{
    chance = chance * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(chance >> 33) % below;
}

/* Where thresholds stand, exactly and by a hair. */
static const char *
near_figure(void)
{
    static const char *const figures[] = {"50",  "49.99", "50.000000000000000001",
                                          "60",  "40",    "0",
                                          "75",  "100",   "99.999999999999999999",
                                          "1.5", "1.8",   "3",
                                          "2",   "20",    "19.9",
                                          "30",  "120",   "45",
                                          "71",  "70",    "35",
                                          "0.6", "6",     "10",
                                          "80",  "56",    "90"};
    return figures[draw(sizeof figures / sizeof *figures)];
}

static void
put_record(int number, tidu_text *out)
{
    static const char *const regions[] = {"440300", "440305", "310115", "330100"};
    static const char *const stages[] = {"seed", "growth", "mature"};
    tidu_text_printf(out, "{\"enterprise_name\":\"企业%d\",\"region_code\":\"%s\"", number,
                     regions[draw(4)]);
    if (draw(8))
        tidu_text_printf(out, ",\"revenue\":{\"2025\":%s,\"2024\":%s}",
                         draw(2) ? near_figure() : "50", near_figure());
    if (draw(8))
        tidu_text_printf(out, ",\"rd_expense\":%s", near_figure());
    if (draw(8))
        tidu_text_printf(out, ",\"employees\":%u", 8 + draw(5));
    if (draw(8))
        tidu_text_printf(out, ",\"main_revenue\":%s", near_figure());
    if (draw(8))
        tidu_text_printf(out, ",\"listed\":%s", draw(2) ? "true" : "false");
    if (draw(8))
        tidu_text_printf(out, ",\"founded\":\"2020-0%u-0%u\"", 5 + draw(3), 1 + draw(3));
    if (draw(8))
        tidu_text_printf(out, ",\"stage\":\"%s\"", stages[draw(3)]);
    tidu_text_putc(out, '}');
}

static bool
read_records(void *context, tidu_text *out, tidu_error *reterr)
{
    const struct people *people = *(struct people **)context;
    (void)reterr;
    for (int i = 0; people && i < RECORDS * people->times; i++)
        tidu_text_printf(out, "%s\n", people->texts[i % RECORDS]);
    *(struct people **)context = NULL;
    return true;
}

void
gather_people(struct people *people, tidu_ruleset *rules, int times)
{
    char path[] = "/tmp/tidu-inquiry-XXXXXX";
    tidu_error error = {0};
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    chance = 42;
    people->times = times;
    for (int i = 0; i < RECORDS; i++) {
        tidu_text text = {0};
        put_record(i, &text);
        people->texts[i] = calloc(text.length + TIDU_RECORD_PADDING, 1);
        memcpy(people->texts[i], text.data, text.length);
        tidu_text_free(&text);
    }
    struct people *given = people;
    const tidu_text_source source = {&given, read_records, false};
    const tidu_build_options options = {.path = path, .threads = 2};
    if (!tidu_population_build(tidu_ruleset_vocabulary(rules), &source, &options, NULL, &error))
        fail_msg("%s %s", tidu_error_id(error.code), error.argument[0]);
    people->population = tidu_population_open(path, &error);
    assert_non_null(people->population);
    assert_int_equal(tidu_population_about(people->population).rows, RECORDS * times);
    unlink(path);
}

void
dismiss_people(struct people *people)
{
    tidu_population_close(&people->population);
    for (int i = 0; i < RECORDS; i++)
        free(people->texts[i]);
}

int
inquiry_setup(void **state)
{
    static struct fixture f;
    if (require_helper(state))
        return -1;
    f.rules = rules_with(&usual);
    gather_people(&f.people, f.rules, 1);
    f.inquiry = (tidu_inquiry){.population = f.people.population, .lang = TIDU_EN, .threads = 2};
    assert_true(tidu_date_parse("2026-05-01", 10, &f.inquiry.as_of));
    *state = &f;
    return 0;
}

int
inquiry_teardown(void **state)
{
    struct fixture *f = *state;
    dismiss_people(&f->people);
    tidu_ruleset_unref(&f->rules);
    return 0;
}

/* ---- results ---- */

const char *
find_in(const tidu_text *text, const char *key)
{
    for (size_t i = 0; i + strlen(key) <= text->length; i++)
        if (!memcmp(text->data + i, key, strlen(key)))
            return text->data + i;
    fail_msg("no %s in %.*s", key, (int)text->length, text->data);
    return NULL;
}

size_t
numbers_in(const tidu_text *text, const char *where, const char *key, double *ret, size_t most)
{
    const char *at = where ? find_in(text, where) : text->data;
    at = strstr(at, key);
    assert_non_null(at);
    at = strchr(at, '[');
    size_t count = 0;
    for (int depth = 0; *at; at++) {
        depth += *at == '[';
        depth -= *at == ']';
        if (!depth)
            break;
        if (*at != '[' && *at != ']' && *at != ',') {
            char *end;
            assert_true(count < most);
            ret[count++] = strtod(at, &end);
            at = end - 1;
        }
    }
    return count;
}
