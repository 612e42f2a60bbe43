/*
 * test_sql.c: what a view names and refuses.
 *
 * Guards dsl/sql/. That a database comes to what the evaluator comes to is tested with
 * databases: tests/agree/sql.py.
 */
#include "../answer/support.h"

#include "tidu/sql.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char document[] =
    "# T\n\n```lua\n"
    "policy { id = \"t\", zh = \"测试\", en = \"T\", effective = \"2020-01-01\" }\n"
    "designation \"d\" { zh = \"甲'称号\", en = \"D\" }\n"
    "criterion \"share\" { zh = \"占比\", en = \"Share\", [[ rd_expense / revenue >= 3% ]] }\n"
    "criterion \"prior\" { zh = \"上年\", en = \"Before\", [[ revenue[-1] >= 10万元 ]] }\n"
    "designation \"e-2\" { zh = \"乙\", en = \"E\" }\n"
    "criterion \"staff\" { zh = \"人数\", en = \"Staff\", mark = \"I\", [[ employees >= "
    "10人 ]] }\n"
    "```\n";

static int
setup(void **state)
{
    *state = rules_of_text(document);
    return 0;
}

static int
teardown(void **state)
{
    tidu_ruleset *rules = *state;
    tidu_ruleset_unref(&rules);
    return 0;
}

static tidu_sql
usual(void)
{
    return (tidu_sql){.dialect = TIDU_SQL_POSTGRES,
                      .region = TIDU_COUNTRY_CODE,
                      .as_of = tidu_date_join(2026, 5, 1),
                      .table = "enterprise",
                      .key = "uscc"};
}

/* The view, or the tables, as a string to be freed. */
static char *
written(const tidu_ruleset *rules, const tidu_sql *sql,
        bool (*write)(const tidu_ruleset *, const tidu_sql *, tidu_text *, tidu_error *))
{
    tidu_text out = {0};
    tidu_error error = {0};
    char words[512];
    if (!write(rules, sql, &out, &error))
        fail_msg("%s", tidu_error_message(&error, TIDU_EN, words, sizeof words));
    tidu_text_putc(&out, '\0');
    assert_false(out.failed);
    return out.data;
}

static void
assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("no \"%s\" in\n%s", part, text);
}

static void
assert_lacks(const char *text, const char *part)
{
    if (strstr(text, part))
        fail_msg("\"%s\" in\n%s", part, text);
}

static void
assert_refused(const tidu_ruleset *rules, const tidu_sql *sql, tidu_code code)
{
    tidu_text out = {0};
    tidu_error error = {0};
    assert_false(tidu_sql_view(rules, sql, &out, &error));
    assert_int_equal(error.code, code);
    assert_false(tidu_sql_tables(rules, sql, &out, &error));
    assert_int_equal(error.code, code);
    tidu_text_free(&out);
}

/* ---- tests ---- */

static void
test_figures_are_columns_of_the_years_before_the_date(void **state)
{
    tidu_sql sql = usual();
    char *view = written(*state, &sql, tidu_sql_view);
    char *tables = written(*state, &sql, tidu_sql_tables);
    assert_has(view, "r.\"revenue_2024\"");
    assert_has(tables, "\"revenue_2025\" NUMERIC CHECK (\"revenue_2025\" >= 0)");
    assert_has(tables, "\"employees_2025\" NUMERIC");
    assert_lacks(tables, "rd_expense_2024");
    free(view);
    free(tables);

    sql.as_of = tidu_date_join(2024, 12, 31);
    tables = written(*state, &sql, tidu_sql_tables);
    assert_has(tables, "revenue_2022");
    assert_lacks(tables, "revenue_2024");
    free(tables);
}

static void
test_answers_are_named_after_titles_and_criteria(void **state)
{
    tidu_sql sql = usual();
    char *view = written(*state, &sql, tidu_sql_view);
    assert_has(view, " AS \"d\",");
    assert_has(view, " AS \"d__share\"");
    assert_has(view, " AS \"e_2__staff\"");
    assert_has(view, "COMMENT ON COLUMN \"enterprise_titles\".\"d\" IS '甲''称号';");
    assert_has(view, "示意，并非政策规定");
    free(view);
}

static void
test_only_what_is_asked_for_is_read(void **state)
{
    static const char *const asked[] = {"e-2"}, *const unknown[] = {"e-2", "nobody"};
    tidu_sql sql = usual();
    sql.designations = asked;
    sql.designation_count = 1;
    char *view = written(*state, &sql, tidu_sql_view);
    char *tables = written(*state, &sql, tidu_sql_tables);
    assert_has(view, "e_2__staff");
    assert_lacks(view, "d__share");
    assert_lacks(tables, "revenue");
    free(view);
    free(tables);
    sql.designations = unknown;
    sql.designation_count = 2;
    assert_refused(*state, &sql, TIDU_NO_SUCH_DESIGNATION);
}

static void
test_names_that_are_none_are_refused(void **state)
{
    static const char *const bad[] = {"", "a b", "1a", "a.", ".a", "a;b", "\"a\"", "a--b"};
    tidu_sql sql = usual();
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        sql.table = bad[i];
        assert_refused(*state, &sql, TIDU_SQL_NAME);
        sql = usual();
        sql.key = bad[i];
        assert_refused(*state, &sql, TIDU_SQL_NAME);
        sql = usual();
    }
    sql.key = "a.b";
    assert_refused(*state, &sql, TIDU_SQL_NAME);
    sql.key = "社会信用代码";
    sql.table = "warehouse.企业";
    char *view = written(*state, &sql, tidu_sql_view);
    assert_has(view, "CREATE VIEW \"warehouse\".\"企业_titles\" AS");
    assert_has(view, "FROM \"warehouse\".\"企业\" AS r");
    assert_has(view, "r.\"社会信用代码\"");
    free(view);
}

static void
test_names_a_database_would_cut_off_are_refused(void **state)
{
    (void)state;
    tidu_ruleset *rules = rules_of_text(
        "# T\n\n```lua\n"
        "policy { id = \"t\", zh = \"测试\", en = \"T\", effective = \"2020-01-01\" }\n"
        "designation \"d\" { zh = \"甲\", en = \"D\" }\n"
        "criterion \"a_name_of_more_letters_than_a_column_may_have_in_some_databases\" { zh = "
        "\"占比\", en = \"Share\", [[ listed ]] }\n"
        "```\n");
    tidu_sql sql = usual();
    assert_refused(rules, &sql, TIDU_SQL_LONG);
    tidu_ruleset_unref(&rules);
}

/* A database that folds case or knows no "-" would have two columns of one name. */
static void
test_names_that_would_be_one_are_refused(void **state)
{
    tidu_sql sql = usual();
    tidu_ruleset *rules = rules_of_text(
        "# T\n\n```lua\n"
        "policy { id = \"t\", zh = \"测试\", en = \"T\", effective = \"2020-01-01\" }\n"
        "designation \"d\" { zh = \"甲\", en = \"D\" }\n"
        "criterion \"a_b\" { zh = \"一\", en = \"1\", [[ listed ]] }\n"
        "criterion \"a-b\" { zh = \"二\", en = \"2\", [[ honest ]] }\n"
        "```\n");
    assert_refused(rules, &sql, TIDU_SQL_TWICE);
    tidu_ruleset_unref(&rules);
    sql.key = "Code"; /* of a set's table */
    assert_refused(*state, &sql, TIDU_SQL_TWICE);
    sql.key = "d"; /* the view has it */
    assert_refused(*state, &sql, TIDU_SQL_TWICE);
}

/* Lists are carried through every layer, and have a length whatever is read of them. */
static void
test_lists_are_arrays_where_there_are_such(void **state)
{
    tidu_sql sql = usual();
    (void)state;
    tidu_ruleset *rules = rules_of_text(
        "# T\n\n```lua\n"
        "policy { id = \"t\", zh = \"测试\", en = \"T\", effective = \"2020-01-01\" }\n"
        "designation \"d\" { zh = \"甲\", en = \"D\" }\n"
        "criterion \"n\" { zh = \"数\", en = \"N\", [[ count(awards) >= 2 ]] }\n"
        "```\n");
    sql.dialect = TIDU_SQL_CLICKHOUSE;
    char *view = written(rules, &sql, tidu_sql_view),
         *tables = written(rules, &sql, tidu_sql_tables);
    assert_has(tables, "\"awards_items\" Array(UInt8)");
    assert_has(view, "r.\"awards_items\" AS \"awards_items\"");
    assert_has(view, "arrayCount((i_items) -> ");
    assert_has(view, "AS r LIMIT 9223372036854775807 BY r.\"uscc\"\n)");
    free(view);
    free(tables);
    tidu_ruleset_unref(&rules);
}

static void
test_dialects_have_their_words(void **state)
{
    tidu_sql sql = usual();
    char *exact = written(*state, &sql, tidu_sql_view);
    assert_has(exact, "AS NUMERIC)");
    assert_lacks(exact, " / ");
    assert_lacks(exact, "1e-14");
    free(exact);
    for (int d = TIDU_SQL_DUCKDB; d < TIDU_SQL_DIALECTS; d++) {
        sql.dialect = (tidu_sql_dialect)d;
        char *view = written(*state, &sql, tidu_sql_view);
        assert_has(view, "1e-14");
        assert_lacks(view, "NUMERIC");
        free(view);
    }
    assert_int_equal(tidu_sql_dialect_find("sqlite"), TIDU_SQL_SQLITE);
    assert_int_equal(tidu_sql_dialect_find("oracle"), TIDU_SQL_DIALECTS);
}

static bool
read_three(void *context, tidu_text *out, tidu_error *reterr)
{
    bool *more = context;
    (void)reterr;
    if (*more)
        tidu_text_puts(out, "{\"uscc\":\"91110000802100433B\",\"revenue\":{\"2025\":5.5}}\n"
                            "{\"uscc\":\"91110000802100433B\",\"employees\":{\"2025\":3}}\n"
                            "{\"rd_expense\":{\"2025\":1}}\n");
    *more = false;
    return true;
}

static bool
keep(void *context, tidu_text *text, tidu_error *reterr)
{
    (void)reterr;
    tidu_text_add(context, text->data, text->length);
    text->length = 0;
    return true;
}

/* PostgreSQL reads rows several times as fast behind COPY; others take statements. */
static void
test_rows_come_as_the_database_reads_them_best(void **state)
{
    const tidu_ruleset *rules = *state;
    char path[] = "/tmp/tidu-sql-XXXXXX";
    tidu_error error = {0};
    bool more = true;
    const tidu_text_source source = {&more, read_three, false};
    const tidu_build_options options = {.path = path, .threads = 1};
    int file = mkstemp(path);
    assert_true(file >= 0);
    close(file);
    if (!tidu_population_build(tidu_ruleset_vocabulary(rules), &source, &options, NULL, &error))
        fail_msg("%s %s", tidu_error_id(error.code), error.argument[0]);
    tidu_population *population = tidu_population_open(path, &error);
    assert_non_null(population);
    for (int d = 0; d < 2; d++) {
        tidu_text out = {0};
        const tidu_sql_sink sink = {&out, keep, NULL};
        tidu_sql sql = usual();
        sql.dialect = d ? TIDU_SQL_SQLITE : TIDU_SQL_POSTGRES;
        assert_true(tidu_sql_rows(rules, &sql, population, &sink, &error));
        tidu_text_putc(&out, '\0');
        assert_has(out.data,
                   d ? "INSERT INTO \"enterprise\" (\"uscc\"" : "COPY \"enterprise\" (\"uscc\"");
        assert_has(out.data, d ? "('91110000802100433B', " : "FROM STDIN;\n91110000802100433B\t");
        assert_has(out.data, d ? "('#2', " : "\n#2\t");
        assert_has(out.data, d ? "5.5" : "\t5.5");
        assert_has(out.data, d ? "NULL" : "\\N\t");
        assert_has(out.data, d ? ");\n" : "\n\\.\n");
        assert_lacks(out.data, d ? "COPY" : "INSERT");
        tidu_text_free(&out);
    }
    tidu_population_close(&population);
    unlink(path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_figures_are_columns_of_the_years_before_the_date),
        cmocka_unit_test(test_answers_are_named_after_titles_and_criteria),
        cmocka_unit_test(test_only_what_is_asked_for_is_read),
        cmocka_unit_test(test_names_that_are_none_are_refused),
        cmocka_unit_test(test_names_a_database_would_cut_off_are_refused),
        cmocka_unit_test(test_names_that_would_be_one_are_refused),
        cmocka_unit_test(test_lists_are_arrays_where_there_are_such),
        cmocka_unit_test(test_dialects_have_their_words),
        cmocka_unit_test(test_rows_come_as_the_database_reads_them_best),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
