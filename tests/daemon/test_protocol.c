/*
 * test_protocol.c guards daemon/rpc.c, requests.c, question.c, records.c and
 * evaluate.c from outside: a real daemon, one connection, lines.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define EVALUATE(id, params) \
    "{\"jsonrpc\":\"2.0\",\"id\":" id ",\"method\":\"evaluate\",\"params\":{" params "}}"

static const json_t *
result_of(const json_t *answer)
{
    const json_t *result = json_object_get(answer, "result");
    if (!result)
        fail_msg("no result: %s", json_dumps(answer, 0));
    return result;
}

/* Ask, and look at the error's two names. */
static void
assert_refused(struct client *client, const char *line, long long code, const char *id)
{
    json_t *answer = client_ask(client, line);
    if (error_code(answer) != code || strcmp(error_id(answer), id) != 0)
        fail_msg("%lld %s, not %lld %s: %s", error_code(answer), error_id(answer), code, id, line);
    assert_null(json_object_get(answer, "result"));
    assert_true(*text_of(json_object_get(answer, "error"), "message"));
    json_decref(answer);
}

/* The connection still answers. */
static void
assert_alive(struct client *client)
{
    json_t *answer =
        client_ask(client, EVALUATE("\"alive\"", AS_OF ",\"record\":{\"revenue\":100}"));
    assert_string_equal(lg_status(result_of(answer)), "met");
    json_decref(answer);
}

static void
assert_status(struct client *client, const char *line, const char *status)
{
    json_t *answer = client_ask(client, line);
    assert_string_equal(lg_status(result_of(answer)), status);
    json_decref(answer);
}

/* ---- evaluate ------------------------------------------------------------------ */

static void
test_a_record_is_met_unmet_or_undetermined(void **state)
{
    struct client *client = client_of(state);
    assert_status(client, EVALUATE("1", AS_OF ",\"record\":{\"revenue\":{\"2025\":100}}"), "met");
    assert_status(client, EVALUATE("1", AS_OF ",\"record\":{\"revenue\":{\"2025\":99.99}}"),
                  "unmet");
    assert_status(client, EVALUATE("1", AS_OF ",\"record\":{\"revenue\":{\"2024\":500}}"),
                  "undetermined");
    assert_status(client, EVALUATE("1", AS_OF ",\"record\":{}"), "undetermined");
}

static void
test_members_may_stand_in_any_order_and_with_any_space(void **state)
{
    struct client *client = client_of(state);
    assert_status(client,
                  " { \"params\" : { \"record\" : { \"revenue\" : 1e2 } , " AS_OF " } ,\t"
                  "\"method\":\"evaluate\" , \"id\" : 7 , \"jsonrpc\" : \"2.0\" } \r",
                  "met");
    assert_status(client,
                  "{\"\\u0069d\":7,\"method\":\"\\u0065valuate\",\"jsonrpc\":\"2.0\","
                  "\"p\\u0061rams\":{\"r\\u0065cord\":{\"revenue\":100}," AS_OF "}}",
                  "met");
}

static void
test_as_of_defaults_to_today(void **state)
{
    time_t before = time(NULL), after;
    char first[16], second[16];
    struct tm local;
    json_t *answer = client_ask(client_of(state), EVALUATE("1", "\"record\":{}"));
    after = time(NULL);
    strftime(first, sizeof first, "%Y-%m-%d", localtime_r(&before, &local));
    strftime(second, sizeof second, "%Y-%m-%d", localtime_r(&after, &local));
    const char *as_of = text_of(result_of(answer), "as_of");
    assert_true(strcmp(as_of, first) == 0 || strcmp(as_of, second) == 0);
    json_decref(answer);
}

static void
test_explain_and_lang_and_designations_are_heard(void **state)
{
    struct client *client = client_of(state);
    json_t *answer = client_ask(client, EVALUATE("1", AS_OF ",\"record\":{\"revenue\":5},"
                                                            "\"explain\":\"none\""));
    const json_t *lg = json_array_get(json_object_get(result_of(answer), "designations"), 0);
    assert_int_equal(json_array_size(json_object_get(lg, "criteria")), 0);
    json_decref(answer);

    answer = client_ask(client, EVALUATE("1", AS_OF ",\"record\":{\"revenue\":5},"
                                                    "\"lang\":\"en\",\"designations\":[\"lg\"]"));
    lg = json_array_get(json_object_get(result_of(answer), "designations"), 0);
    const json_t *says =
        json_object_get(json_array_get(json_object_get(lg, "criteria"), 0), "says");
    assert_true(*text_of(says, "en"));
    assert_false(*text_of(says, "zh"));
    json_decref(answer);
}

static void
test_the_live_ruleset_can_be_named_and_no_other(void **state)
{
    struct client *client = client_of(state);
    char line[512];
    json_t *answer = client_ask(client, EVALUATE("1", AS_OF ",\"record\":{},\"ruleset\":\"live\""));
    char digest[16];
    snprintf(digest, sizeof digest, "%s", text_of(result_of(answer), "ruleset"));
    json_decref(answer);
    assert_int_equal(strlen(digest), 12);

    snprintf(line, sizeof line,
             EVALUATE("1", AS_OF ",\"record\":{\"revenue\":100},\"ruleset\":\"%s\""), digest);
    assert_status(client, line, "met");
    assert_refused(client, EVALUATE("1", "\"record\":{},\"ruleset\":\"beef00\""), -32006, "E523");
    assert_refused(client, EVALUATE("1", "\"record\":{},\"ruleset\":\"\""), -32006, "E523");
}

static void
test_unknown_facts_are_refused_unless_they_are_to_be_ignored(void **state)
{
    struct client *client = client_of(state);
    json_t *answer = client_ask(client, EVALUATE("1", "\"record\":{\"revenu\":1}"));
    assert_int_equal(error_code(answer), -32001);
    const json_t *data = json_object_get(json_object_get(answer, "error"), "data");
    assert_string_equal(text_of(data, "fact"), "revenu");
    json_decref(answer);
    assert_status(client,
                  EVALUATE("1", AS_OF ",\"record\":{\"revenu\":1,\"revenue\":100},"
                                      "\"unknown_facts\":\"ignore\""),
                  "met");
    assert_refused(client, EVALUATE("1", "\"record\":{},\"unknown_facts\":\"maybe\""), -32602,
                   "E512");
}

static void
test_pipelined_requests_are_answered_in_order_each_with_its_id(void **state)
{
    struct client *client = client_of(state);
    enum { COUNT = 500 };
    /* Terms change now and then, errors and other methods stand in between. */
    for (int i = 0; i < COUNT; i++) {
        char line[256];
        if (i % 10 == 7)
            snprintf(line, sizeof line, "{\"jsonrpc\":\"2.0\",\"id\":%d,\"method\":\"status\"}\n",
                     i);
        else if (i % 10 == 8)
            snprintf(line, sizeof line, EVALUATE("%d", "\"record\":{\"nothing\":1}") "\n", i);
        else
            snprintf(line, sizeof line,
                     EVALUATE("%d", AS_OF ",\"explain\":\"%s\",\"record\":{\"revenue\":%d}") "\n",
                     i, i % 50 < 25 ? "brief" : "none", i);
        client_send(client, line);
    }
    for (int i = 0; i < COUNT; i++) {
        json_t *answer = client_answer(client);
        assert_int_equal(json_integer_value(json_object_get(answer, "id")), i);
        if (i % 10 == 7)
            assert_true(json_is_integer(json_object_get(result_of(answer), "pid")));
        else if (i % 10 == 8)
            assert_int_equal(error_code(answer), -32001);
        else
            assert_string_equal(lg_status(result_of(answer)), i >= 100 ? "met" : "unmet");
        json_decref(answer);
    }
}

static void
test_a_request_in_pieces_is_one_request(void **state)
{
    struct client *client = client_of(state);
    const char *line = EVALUATE("\"p\"", AS_OF ",\"record\":{\"revenue\":100}") "\n";
    for (size_t i = 0; i < strlen(line); i++)
        assert_true(client_try_send(client, line + i, 1));
    json_t *answer = client_answer(client);
    assert_string_equal(lg_status(result_of(answer)), "met");
    json_decref(answer);
}

static void
test_the_last_line_needs_no_line_end_when_the_client_stops_sending(void **state)
{
    struct client *client = client_of(state);
    client_send(client, EVALUATE("1", AS_OF ",\"record\":{\"revenue\":100}"));
    client_end(client);
    json_t *answer = client_answer(client);
    assert_string_equal(lg_status(result_of(answer)), "met");
    json_decref(answer);
    assert_null(client_line(client));
}

/* ---- many records ---------------------------------------------------------------- */

static void
test_records_are_answered_in_order_with_errors_in_their_places(void **state)
{
    struct client *client = client_of(state);
    enum { COUNT = 300 };
    char *line = malloc(COUNT * 64 + 256), *at = line;
    assert_non_null(line);
    at += sprintf(at, "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluate\",\"params\":{" AS_OF
                      ",\"records\":[");
    for (int i = 0; i < COUNT; i++)
        at += i % 7 == 3 ? sprintf(at, "%s{\"nothing\":%d}", i ? "," : "", i)
                         : sprintf(at, "%s{\"revenue\":%d}", i ? "," : "", i);
    strcpy(at, "]}}");
    json_t *answer = client_ask(client, line);
    const json_t *answers = json_object_get(result_of(answer), "answers");
    assert_int_equal(json_array_size(answers), COUNT);
    for (int i = 0; i < COUNT; i++) {
        const json_t *one = json_array_get(answers, (size_t)i);
        if (i % 7 == 3)
            assert_int_equal(error_code(one), -32001);
        else
            assert_string_equal(lg_status(one), i >= 100 ? "met" : "unmet");
    }
    json_decref(answer);
    free(line);
}

static void
test_no_records_have_no_answers(void **state)
{
    json_t *answer = client_ask(client_of(state), EVALUATE("1", "\"records\":[]"));
    assert_int_equal(json_array_size(json_object_get(result_of(answer), "answers")), 0);
    json_decref(answer);
}

static void
test_an_item_that_is_no_object_is_refused_in_its_place(void **state)
{
    json_t *answer = client_ask(
        client_of(state), EVALUATE("1", AS_OF ",\"records\":[{\"revenue\":100},5,\"x\",[],null]"));
    const json_t *answers = json_object_get(result_of(answer), "answers");
    assert_int_equal(json_array_size(answers), 5);
    assert_string_equal(lg_status(json_array_get(answers, 0)), "met");
    for (size_t i = 1; i < 5; i++)
        assert_int_equal(error_code(json_array_get(answers, i)), -32001);
    json_decref(answer);
}

static void
test_csv_records_are_answered_like_others(void **state)
{
    struct client *client = client_of(state);
    json_t *answer = client_ask(
        client,
        EVALUATE("1", AS_OF ",\"csv\":\"enterprise_name,revenue 2025\\n甲,100\\n乙,x\\n丙,1\\n\""));
    const json_t *answers = json_object_get(result_of(answer), "answers");
    assert_int_equal(json_array_size(answers), 3);
    assert_string_equal(lg_status(json_array_get(answers, 0)), "met");
    assert_int_equal(error_code(json_array_get(answers, 1)), -32001);
    assert_string_equal(lg_status(json_array_get(answers, 2)), "unmet");
    json_decref(answer);
    answer = client_ask(client, EVALUATE("1", "\"csv\":\"nothing\\n1\\n\""));
    assert_int_equal(error_code(answer), -32001);
    json_decref(answer);
    assert_refused(client, EVALUATE("1", "\"csv\":\"\""), -32602, "E527");
}

/* ---- what is wrong with requests --------------------------------------------------- */

static void
test_every_wrong_request_is_told_what_is_wrong_and_the_next_is_answered(void **state)
{
    static const struct {
        const char *line;
        long long code;
        const char *id;
    } wrong[] = {
        {"hello", -32700, "E501"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"", -32700, "E501"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\"}}", -32700, "E501"},
        {"{\"jsonrpc\":\"2.0\",\"id\":01,\"method\":\"status\"}", -32700, "E501"},
        {"{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"status\"}", -32700, "E501"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"nothing\",\"params\":{\"a\":tru}}", -32700,
         "E501"},
        {EVALUATE("1", "\"record\":{\"revenue\":1,}"), -32700, "E501"},
        {EVALUATE("1", "\"record\":{\"revenue\":tru}"), -32700, "E501"},
        {EVALUATE("1", "\"records\":[{},{\"revenue\":}]"), -32700, "E501"},
        {EVALUATE("1", "\"records\":[{},{}"), -32700, "E501"},
        {CALL("check", "{\"documents\":{\"a\" \"b\"}}"), -32700, "E501"},
        {"17", -32600, "E502"},
        {"\"x\"", -32600, "E502"},
        {"{}", -32600, "E503"},
        {"{\"id\":1,\"method\":\"status\"}", -32600, "E503"},
        {"{\"jsonrpc\":2.0,\"id\":1,\"method\":\"status\"}", -32600, "E503"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1}", -32600, "E504"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}", -32600, "E504"},
        {"{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"status\"}", -32600, "E505"},
        {"{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"status\"}", -32600, "E505"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"status\",\"params\":5}", -32600, "E506"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"status\"}", -32600, "E507"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"\\u0069d\":2,\"method\":\"status\"}", -32600, "E507"},
        {"{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"evaluated\"}", -32601, "E509"},
        {CALL("evaluate", "[{}]"), -32602, "E510"},
        {CALL("status", "[]"), -32602, "E510"},
        {EVALUATE("1", "\"record\":{},\"asof\":\"2026-01-01\""), -32602, "E511"},
        {CALL("status", "{\"verbose\":true}"), -32602, "E511"},
        {EVALUATE("1", "\"record\":{},\"as_of\":\"2026-02-30\""), -32602, "E512"},
        {EVALUATE("1", "\"record\":{},\"as_of\":20260101"), -32602, "E512"},
        {EVALUATE("1", "\"record\":{},\"explain\":\"lots\""), -32602, "E512"},
        {EVALUATE("1", "\"record\":{},\"lang\":\"fr\""), -32602, "E512"},
        {EVALUATE("1", "\"record\":[]"), -32001, "E303"},
        {EVALUATE("1", "\"record\":7"), -32001, "E303"},
        {EVALUATE("1", "\"records\":{}"), -32602, "E512"},
        {EVALUATE("1", "\"record\":{},\"designations\":[7]"), -32602, "E512"},
        {EVALUATE("1", "\"record\":{},\"designations\":[]"), -32602, "E512"},
        {CALL("check", "{\"documents\":[]}"), -32602, "E512"},
        {CALL("check", "{\"documents\":{\"a.md\":7}}"), -32602, "E512"},
        {CALL("check", "{\"documents\":{\"a.md\":\"\"},\"base\":1}"), -32602, "E512"},
        {CALL("describe", "{\"what\":7}"), -32602, "E512"},
        {CALL("describe", "{\"lang\":\"xx\"}"), -32602, "E512"},
        {EVALUATE("1", ""), -32602, "E513"},
        {CALL("check", "{}"), -32602, "E513"},
        {EVALUATE("1", "\"record\":{},\"records\":[]"), -32602, "E514"},
        {EVALUATE("1", "\"record\":{},\"csv\":\"a\""), -32602, "E514"},
        {EVALUATE("1", "\"record\":{},\"record\":{}"), -32602, "E507"},
        {CALL("describe", "{\"what\":\"facts\",\"what\":\"facts\"}"), -32602, "E507"},
        {CALL("check", "{\"documents\":{\"../a.md\":\"\"}}"), -32602, "E526"},
        {CALL("check", "{\"documents\":{\"a.txt\":\"\"}}"), -32602, "E526"},
    };
    struct client *client = client_of(state);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        assert_refused(client, wrong[i].line, wrong[i].code, wrong[i].id);
        assert_alive(client);
    }
}

static void
test_an_unknown_designation_is_a_bad_parameter(void **state)
{
    json_t *answer =
        client_ask(client_of(state), EVALUATE("1", "\"record\":{},\"designations\":[\"xx\"]"));
    assert_int_equal(error_code(answer), -32602);
    json_decref(answer);
    assert_alive(client_of(state));
}

static void
test_something_unknown_to_describe_is_not_found(void **state)
{
    json_t *answer = client_ask(client_of(state), CALL("describe", "{\"what\":\"nonsense\"}"));
    assert_int_equal(error_code(answer), -32006);
    json_decref(answer);
    assert_alive(client_of(state));
}

static void
test_errors_come_in_the_language_asked_for(void **state)
{
    struct client *client = client_of(state);
    json_t *answer = client_ask(client, EVALUATE("1", "\"lang\":\"en\",\"record\":{},\"x\":1"));
    assert_string_equal(text_of(json_object_get(answer, "error"), "message"),
                        "\"evaluate\" has no parameter \"x\"");
    json_decref(answer);
    answer = client_ask(client, EVALUATE("1", "\"record\":{},\"x\":1"));
    assert_string_equal(text_of(json_object_get(answer, "error"), "message"),
                        "“evaluate”没有参数“x”");
    json_decref(answer);
}

static void
test_ids_come_back_as_they_were_spelled(void **state)
{
    static const char *const ids[] = {"1",    "-0",
                                      "1.50", "1e2",
                                      "\"\"", "\"a\\u0062\\\"\"",
                                      "null", "123456789012345678901234567890"};
    struct client *client = client_of(state);
    for (size_t i = 0; i < sizeof ids / sizeof *ids; i++) {
        char line[256], begin[256];
        snprintf(line, sizeof line, EVALUATE("%s", "\"record\":{}") "\n", ids[i]);
        snprintf(begin, sizeof begin, "{\"jsonrpc\":\"2.0\",\"id\":%s,\"result\":", ids[i]);
        client_send(client, line);
        const char *answer = client_line(client);
        assert_non_null(answer);
        if (strncmp(answer, begin, strlen(begin)) != 0)
            fail_msg("%s does not begin with %s", answer, begin);
    }
}

/* ---- notifications and batches ------------------------------------------------------- */

static void
test_notifications_get_no_answer_even_when_wrong(void **state)
{
    struct client *client = client_of(state);
    client_send(client, "{\"jsonrpc\":\"2.0\",\"method\":\"evaluate\",\"params\":{\"record\":{}}}\n"
                        "{\"jsonrpc\":\"2.0\",\"method\":\"nothing\"}\n"
                        "{\"jsonrpc\":\"2.0\",\"method\":\"evaluate\",\"params\":[1]}\n"
                        "{\"jsonrpc\":\"2.0\",\"method\":\"evaluate\",\"params\":{\"x\":1}}\n"
                        "{\"jsonrpc\":\"2.0\",\"method\":\"check\",\"params\":{}}\n"
                        "\n  \r\n"
                        "[{\"jsonrpc\":\"2.0\",\"method\":\"status\"}]\n");
    assert_alive(client);
}

static void
test_a_notification_that_is_no_json_is_told_so(void **state)
{
    assert_refused(
        client_of(state),
        "{\"jsonrpc\":\"2.0\",\"method\":\"evaluate\",\"params\":{\"record\":{\"a\":tru}}}", -32700,
        "E501");
}

static const json_t *
find_id(const json_t *batch, const char *id)
{
    size_t index;
    json_t *answer;
    json_array_foreach ((json_t *)batch, index, answer)
        if (strcmp(text_of(answer, "id"), id) == 0)
            return answer;
    return NULL;
}

static void
test_a_batch_is_answered_as_one_array(void **state)
{
    struct client *client = client_of(state);
    json_t *answer = client_ask(
        client,
        "[" EVALUATE(
            "\"a\"", AS_OF
            ",\"record\":{\"revenue\":100}") ","
                                             "{\"jsonrpc\":\"2.0\",\"method\":\"status\"}"
                                             "," EVALUATE(
                                                 "\"b\"", AS_OF
                                                 ",\"record\":{\"revenue\":1}") ",7,"
                                                                                "{\"jsonrpc\":\"2."
                                                                                "0\",\"id\":\"c\","
                                                                                "\"method\":"
                                                                                "\"nothing\"}"
                                                                                "," EVALUATE(
                                                                                    "\"d\"",
                                                                                    "\"record\":{"
                                                                                    "\"nothing\":"
                                                                                    "1}") "]");
    assert_int_equal(json_array_size(answer), 5);
    assert_string_equal(lg_status(result_of(find_id(answer, "a"))), "met");
    assert_string_equal(lg_status(result_of(find_id(answer, "b"))), "unmet");
    assert_int_equal(error_code(find_id(answer, "c")), -32601);
    assert_int_equal(error_code(find_id(answer, "d")), -32001);
    json_decref(answer);
    assert_alive(client);
}

/* The check is done on another thread; its batch waits for it, others do not. */
static void
test_a_batch_waits_for_its_slowest_and_nobody_else_does(void **state)
{
    struct client *client = client_of(state);
    client_send(
        client,
        "[" EVALUATE("\"a\"", AS_OF
                     ",\"record\":{\"revenue\":100}") ","
                                                      "{\"jsonrpc\":\"2.0\",\"id\":\"k\","
                                                      "\"method\":\"check\",\"params\":"
                                                      "{\"documents\":{\"national/x.md\":\"# "
                                                      "标题\\n\"}}}]\n" EVALUATE(
                                                          "\"next\"", AS_OF
                                                          ",\"record\":{\"revenue\":100}") "\n");
    json_t *first = client_answer(client), *second = client_answer(client);
    assert_string_equal(text_of(first, "id"), "next");
    assert_int_equal(json_array_size(second), 2);
    assert_non_null(result_of(find_id(second, "a")));
    assert_non_null(result_of(find_id(second, "k")));
    json_decref(first);
    json_decref(second);
}

/* The specification's examples call methods that do not exist here; those whose
 * answer is an error of the envelope, or silence, must hold all the same. */
static void
check_example(struct client *client, const json_t *example)
{
    const json_t *send = json_object_get(example, "send"),
                 *reply = json_object_get(example, "reply");
    char *mark = "{\"jsonrpc\":\"2.0\",\"id\":\"mark\",\"method\":\"status\"}\n";
    client_send(client, json_string_value(send));
    client_send(client, "\n");
    client_send(client, mark);
    json_t *got = client_answer(client);
    if (json_is_null(reply)) {
        assert_string_equal(text_of(got, "id"), "mark");
        json_decref(got);
        return;
    }
    json_t *wanted = json_loads(json_string_value(reply), 0, NULL);
    assert_non_null(wanted);
    bool array = json_is_array(wanted);
    assert_int_equal(json_is_array(got), array);
    for (size_t i = 0; i < (array ? json_array_size(wanted) : 1); i++) {
        const json_t *one = array ? json_array_get(wanted, i) : wanted;
        const json_t *other = array ? json_array_get(got, i) : got;
        long long code = error_code(one) ? error_code(one) : -32601; /* subtract and the like */
        if (error_code(other) != code ||
            !json_equal(json_object_get(one, "id"), json_object_get(other, "id")))
            fail_msg("%s: %s", text_of(example, "name"), json_dumps(other, 0));
    }
    json_decref(wanted);
    json_decref(got);
    got = client_answer(client);
    assert_string_equal(text_of(got, "id"), "mark");
    json_decref(got);
}

static void
test_the_examples_of_the_specification_hold(void **state)
{
    static const char built_in[] =
        "{\"name\":\"empty "
        "array\",\"send\":\"[]\",\"reply\":\"{\\\"error\\\":{\\\"code\\\":-32600},"
        "\\\"id\\\":null}\"}";
    const char *source = getenv("srcdir");
    char line[4096], path[512];
    snprintf(path, sizeof path, "%s/../shared/data/jsonrpc-spec-examples.ndjson",
             source ? source : ".");
    FILE *file = fopen(path, "r");
    json_t *example = json_loads(built_in, 0, NULL);
    assert_non_null(example);
    check_example(client_of(state), example);
    json_decref(example);
    while (file && fgets(line, sizeof line, file)) {
        example = json_loads(line, 0, NULL);
        assert_non_null(example);
        check_example(client_of(state), example);
        json_decref(example);
    }
    if (file)
        fclose(file);
}

/* ---- the other methods ------------------------------------------------------------------ */

static void
test_status_tells_what_has_been_asked(void **state)
{
    struct talk *talk = *state;
    assert_alive(talk->client);
    json_t *answer = client_ask(talk->client, CALL("status", "{}"));
    const json_t *status = result_of(answer);
    assert_int_equal(json_integer_value(json_object_get(status, "pid")), talk->daemon->process);
    assert_string_equal(text_of(status, "rules"), talk->daemon->rules);
    assert_string_equal(text_of(status, "socket"), talk->daemon->socket);
    assert_int_equal(strlen(text_of(json_object_get(status, "ruleset"), "digest")), 64);
    const json_t *requests = json_object_get(status, "requests");
    assert_int_equal(json_integer_value(json_object_get(requests, "evaluate")), 1);
    assert_int_equal(json_integer_value(json_object_get(requests, "status")), 1);
    assert_int_equal(json_integer_value(json_object_get(status, "records")), 1);
    assert_true(json_is_null(json_object_get(status, "last_reload")));
    json_decref(answer);
}

static void
test_describe_tells_all_or_one_kind_of_thing(void **state)
{
    struct client *client = client_of(state);
    json_t *answer = client_ask(client, CALL("describe", "{}"));
    assert_int_equal(json_array_size(json_object_get(result_of(answer), "facts")), 4);
    assert_int_equal(json_array_size(json_object_get(result_of(answer), "designations")), 1);
    json_decref(answer);
    answer = client_ask(client, CALL("describe", "{\"what\":\"facts\"}"));
    assert_int_equal(json_object_size(result_of(answer)), 1);
    assert_int_equal(json_array_size(json_object_get(result_of(answer), "facts")), 4);
    json_decref(answer);
}

static void
test_check_judges_documents_and_activates_nothing(void **state)
{
    struct client *client = client_of(state);
    json_t *answer = client_ask(
        client,
        CALL("check",
             "{\"base\":true,\"documents\":{\"national/more.md\":\"# 更多\\n\\n```lua\\n"
             "policy { id = \\\"m\\\", zh = \\\"更多\\\", effective = \\\"2020-01-01\\\" }\\n"
             "designation \\\"x\\\" { zh = \\\"新\\\" }\\n"
             "criterion \\\"c\\\" [[ revenue >= 5人 ]]\\n```\\n\"}}"));
    const json_t *result = result_of(answer);
    assert_true(json_is_false(json_object_get(result, "ok")));
    const json_t *first = json_array_get(json_object_get(result, "diagnostics"), 0);
    assert_string_equal(text_of(first, "path"), "national/more.md");
    assert_int_equal(json_integer_value(json_object_get(first, "line")), 6);
    assert_string_equal(text_of(first, "severity"), "error");
    json_decref(answer);
    assert_alive(client);
}

static void
test_check_alone_knows_nothing_of_the_live_rules_and_null_leaves_out(void **state)
{
    struct client *client = client_of(state);
    /* Without its vocabulary the document cannot be understood. */
    json_t *answer = client_ask(
        client, CALL("check", "{\"base\":true,\"documents\":{\"vocabulary/facts.lua\":null}}"));
    assert_true(json_is_false(json_object_get(result_of(answer), "ok")));
    json_decref(answer);
    answer = client_ask(client, CALL("check", "{\"base\":true,\"documents\":{}}"));
    assert_true(json_is_true(json_object_get(result_of(answer), "ok")));
    assert_int_equal(json_integer_value(json_object_get(result_of(answer), "scenarios_passed")), 1);
    json_decref(answer);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, talk_setup, talk_teardown)

int
main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_record_is_met_unmet_or_undetermined),
        TEST(test_members_may_stand_in_any_order_and_with_any_space),
        TEST(test_as_of_defaults_to_today),
        TEST(test_explain_and_lang_and_designations_are_heard),
        TEST(test_the_live_ruleset_can_be_named_and_no_other),
        TEST(test_unknown_facts_are_refused_unless_they_are_to_be_ignored),
        TEST(test_pipelined_requests_are_answered_in_order_each_with_its_id),
        TEST(test_a_request_in_pieces_is_one_request),
        TEST(test_the_last_line_needs_no_line_end_when_the_client_stops_sending),
        TEST(test_records_are_answered_in_order_with_errors_in_their_places),
        TEST(test_no_records_have_no_answers),
        TEST(test_an_item_that_is_no_object_is_refused_in_its_place),
        TEST(test_csv_records_are_answered_like_others),
        TEST(test_every_wrong_request_is_told_what_is_wrong_and_the_next_is_answered),
        TEST(test_an_unknown_designation_is_a_bad_parameter),
        TEST(test_something_unknown_to_describe_is_not_found),
        TEST(test_errors_come_in_the_language_asked_for),
        TEST(test_ids_come_back_as_they_were_spelled),
        TEST(test_notifications_get_no_answer_even_when_wrong),
        TEST(test_a_notification_that_is_no_json_is_told_so),
        TEST(test_a_batch_is_answered_as_one_array),
        TEST(test_a_batch_waits_for_its_slowest_and_nobody_else_does),
        TEST(test_the_examples_of_the_specification_hold),
        TEST(test_status_tells_what_has_been_asked),
        TEST(test_describe_tells_all_or_one_kind_of_thing),
        TEST(test_check_judges_documents_and_activates_nothing),
        TEST(test_check_alone_knows_nothing_of_the_live_rules_and_null_leaves_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
