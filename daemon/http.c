/*
 * http.c: requests and answers over HTTP. With front.c the home of libmicrohttpd.
 *
 *   POST /rpc      one JSON-RPC message or batch, as on the socket; by token, or by
 *                  who is at the other end of a Unix socket
 *   GET  /metrics  /healthz  /readyz     open: nothing in them is about enterprises
 *
 * A request is an exchange. One that has to wait is suspended in the library until
 * its answer is there.
 *
 * Must not know: what is asked.
 */
#include "framing.h"
#include "http.h"

#include <assert.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

enum { EXCHANGE_MAGIC = 0x45584348 };

static const char type_of_json[] = "application/json";
static const char type_of_metrics[] = "text/plain; version=0.0.4; charset=utf-8";

struct exchange {
    unsigned magic;
    struct http *http;
    struct front *front; /* NULL once the client has gone */
    struct MHD_Connection *connection;
    const struct resource *resource; /* NULL: there is none of this name */
    struct peer peer;                /* who asks */
    tidu_text body;                  /* of the request */
    bool suspended;
    int status;                      /* of the answer; 0: not known yet */
    tidu_text answer;
};

static void answer_rpc(struct exchange *exchange);
static void answer_metrics(struct exchange *exchange);
static void answer_health(struct exchange *exchange);
static void answer_readiness(struct exchange *exchange);

static const struct resource {
    const char *path, *allow;
    void (*answer)(struct exchange *exchange);
} resources[TIDU_HTTP_RESOURCES - 1] = {
    {"/rpc", "POST", answer_rpc},
    {"/metrics", "GET, HEAD", answer_metrics},
    {"/healthz", "GET, HEAD", answer_health},
    {"/readyz", "GET, HEAD", answer_readiness},
};

const char *const tidu_http_paths[TIDU_HTTP_RESOURCES] = {"/rpc", "/metrics", "/healthz", "/readyz",
                                                          "other"};
const int tidu_http_statuses[TIDU_HTTP_STATUSES] = {200, 204, 400, 401, 403, 404, 405,
                                                    408, 413, 415, 431, 500, 503, 505};

void
tidu_http_count(struct http *http, unsigned resource, int status)
{
    for (unsigned i = 0; i < TIDU_HTTP_STATUSES; i++)
        if (tidu_http_statuses[i] == status)
            tidu_tally_add(&http->answers[resource][i], 1);
}

/* ---- what is answered -------------------------------------------------------------- */

static void
refuse(struct exchange *exchange, int status, tidu_rpc_code code, const tidu_error *error)
{
    const struct settings *settings = exchange->http->world->settings;
    exchange->status = status;
    exchange->answer.length = 0;
    tidu_rpc_turn_away(code, error, (tidu_lang)settings->lang, &exchange->answer);
}

static void
refuse_for(struct exchange *exchange, int status, tidu_rpc_code code, tidu_code what,
           const char *argument)
{
    tidu_error error;
    tidu_error_set(&error, what, argument, NULL);
    refuse(exchange, status, code, &error);
}

static void
refuse_resource(struct exchange *exchange, int status, const char *what, const char *there)
{
    tidu_error error;
    tidu_error_set(&error, TIDU_HTTP_RESOURCE, what, there, NULL);
    refuse(exchange, status, TIDU_RPC_INVALID, &error);
}

static void
refuse_size(struct exchange *exchange)
{
    char limit[32];
    snprintf(limit, sizeof limit, "%zu", exchange->http->world->settings->line_bytes);
    refuse_for(exchange, 413, TIDU_RPC_TOO_LARGE, TIDU_CALL_LINE_TOO_LONG, limit);
}

static void
answer_metrics(struct exchange *exchange)
{
    exchange->status = 200;
    tidu_metrics_write(exchange->http, &exchange->answer);
}

static void
answer_health(struct exchange *exchange)
{
    exchange->status = tidu_health_write(exchange->http, &exchange->answer) ? 200 : 503;
}

static void
answer_readiness(struct exchange *exchange)
{
    exchange->status = tidu_readiness_write(exchange->http, &exchange->answer) ? 200 : 503;
}

/* ---- /rpc -------------------------------------------------------------------------------- */

/* True when the message has anything in it; line ends are white space in JSON, and
 * the session takes lines. */
static bool
make_line(tidu_text *body)
{
    bool any = false;
    for (size_t i = 0; i < body->length; i++) {
        char *at = &body->data[i];
        if (*at == '\n' || *at == '\r')
            *at = ' ';
        any |= *at != ' ' && *at != '\t';
    }
    tidu_text_putc(body, '\n');
    return any;
}

static int
status_of(tidu_rpc_code code)
{
    return code == TIDU_RPC_DENIED ? 403 : code == TIDU_RPC_BUSY ? 503 : 500;
}

static void
answer_rpc(struct exchange *exchange)
{
    struct http *http = exchange->http;
    tidu_error error;
    if (exchange->body.failed) {
        refuse_for(exchange, 500, TIDU_RPC_INTERNAL, TIDU_MEMORY, NULL);
        return;
    }
    if (!make_line(&exchange->body)) {
        refuse_for(exchange, 400, TIDU_RPC_PARSE, TIDU_CALL_NOT_JSON, "1");
        return;
    }
    tidu_rpc_code code = tidu_relay_ask(tidu_front_relay(exchange->front), http, &exchange->peer,
                                        &exchange->body, exchange, &error);
    if (code) {
        refuse(exchange, status_of(code), code, &error);
        return;
    }
    exchange->suspended = true;
    MHD_suspend_connection(exchange->connection);
}

/* What is not JSON is told so by the session, as {…,"error":{"code":-32700,…. */
static bool
is_parse_error(const tidu_text *line)
{
    static const char head[] = "{\"jsonrpc\":\"2.0\",\"id\":null,\"error\":{\"code\":-32700,";
    return line->length > sizeof head && memcmp(line->data, head, sizeof head - 1) == 0;
}

static void
resume(struct exchange *exchange)
{
    if (!exchange->suspended)
        return;
    exchange->suspended = false;
    MHD_resume_connection(exchange->connection);
}

void
tidu_exchange_answer(struct exchange *exchange, tidu_text *line, bool whole)
{
    struct http *http = exchange->http;
    struct front *front = exchange->front;
    assert(exchange->magic == EXCHANGE_MAGIC);
    if (whole) {
        exchange->status = !line->length ? 204 : is_parse_error(line) ? 400 : 200;
        exchange->answer = *line;
        *line = (tidu_text){0};
    } else {
        refuse_for(exchange, 503, TIDU_RPC_BUSY, TIDU_HTTP_STOPPING, NULL);
    }
    resume(exchange);
    tidu_http_run(http);
    tidu_front_pull(front);
}

void
tidu_exchange_orphan(struct exchange *exchange)
{
    assert(exchange->magic == EXCHANGE_MAGIC);
    exchange->front = NULL;
    resume(exchange);
}

/* ---- who asks ------------------------------------------------------------------------------ */

static const char *
header(const struct exchange *exchange, const char *name)
{
    return MHD_lookup_connection_value(exchange->connection, MHD_HEADER_KIND, name);
}

/* The token behind "Bearer "; false when it is not one. */
static bool
read_bearer(const char *value, tidu_slice *ret_token)
{
    static const char scheme[] = "Bearer ";
    if (strncasecmp(value, scheme, sizeof scheme - 1) != 0)
        return false;
    value += sizeof scheme - 1;
    value += strspn(value, " ");
    *ret_token = (tidu_slice){value, strcspn(value, " ")};
    return ret_token->length > 0 && !value[ret_token->length];
}

/* Whoever shows a token is judged by it, also on a Unix socket; without one only
 * users of this machine are known. */
static bool
identify(struct exchange *exchange)
{
    const struct http *http = exchange->http;
    const char *value = header(exchange, MHD_HTTP_HEADER_AUTHORIZATION);
    const struct token *token = NULL;
    tidu_slice presented;
    if (!value && http->local) {
        exchange->peer = *tidu_front_peer(exchange->front);
        return true;
    }
    if (value && read_bearer(value, &presented))
        token = tidu_token_find(http->world->settings->tokens, presented);
    if (!token)
        return false;
    exchange->peer = (struct peer){.who.user = TIDU_NOBODY, .roles = token->roles, .http = true};
    memcpy(exchange->peer.who.token, token->name, sizeof token->name);
    return true;
}

/* application/json, perhaps with parameters. */
static bool
is_json(const char *type)
{
    size_t length = sizeof type_of_json - 1;
    if (!type || strncasecmp(type, type_of_json, length) != 0)
        return false;
    type += length;
    type += strspn(type, " \t");
    return !*type || *type == ';';
}

/* ---- one request -------------------------------------------------------------------------------- */

static const struct resource *
find_resource(const char *path)
{
    for (int i = 0; i < TIDU_HTTP_RESOURCES - 1; i++)
        if (strcmp(resources[i].path, path) == 0)
            return &resources[i];
    return NULL;
}

static bool
allows(const struct resource *resource, const char *method)
{
    const char *at = strstr(resource->allow, method);
    size_t length = strlen(method);
    return at && (at == resource->allow || at[-1] == ' ') && (!at[length] || at[length] == ',');
}

static void
refuse_type(struct exchange *exchange, const char *type)
{
    char shown[80];
    snprintf(shown, sizeof shown, "%s", type);
    tidu_refusal_show(shown);
    refuse_for(exchange, 415, TIDU_RPC_INVALID, TIDU_HTTP_TYPE, shown);
}

/* Settle what can be told from the head: the status is 0 when all is well. */
static void
examine(struct exchange *exchange, const char *path, const char *method)
{
    const struct settings *settings = exchange->http->world->settings;
    const char *length = header(exchange, MHD_HTTP_HEADER_CONTENT_LENGTH);
    const char *type = header(exchange, MHD_HTTP_HEADER_CONTENT_TYPE);
    exchange->resource = find_resource(path);
    if (length && strtoull(length, NULL, 10) > settings->line_bytes)
        refuse_size(exchange);
    else if (!exchange->resource)
        refuse_resource(exchange, 404, path, "/rpc, /metrics, /healthz, /readyz");
    else if (!allows(exchange->resource, method))
        refuse_resource(exchange, 405, method, exchange->resource->allow);
    else if (exchange->resource->answer != answer_rpc)
        return;
    else if (exchange->http->draining)
        refuse_for(exchange, 503, TIDU_RPC_BUSY, TIDU_HTTP_STOPPING, NULL);
    else if (!identify(exchange))
        refuse_for(exchange, 401, TIDU_RPC_DENIED, TIDU_HTTP_TOKEN, NULL);
    else if (!is_json(type))
        refuse_type(exchange, type ? type : "");
}

static void
add_headers(const struct exchange *exchange, struct MHD_Response *response)
{
    bool metrics = exchange->resource && exchange->resource->answer == answer_metrics;
    if (exchange->status != 204)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                                metrics && exchange->status == 200 ? type_of_metrics : type_of_json);
    MHD_add_response_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    if (exchange->status == 401)
        MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer realm=\"tidu\"");
    if (exchange->status == 405)
        MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, exchange->resource->allow);
    if (exchange->http->draining)
        MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
}

static enum MHD_Result
respond(struct exchange *exchange)
{
    tidu_text *answer = &exchange->answer;
    if (answer->failed)
        return MHD_NO; /* which ends the connection */
    struct MHD_Response *response = MHD_create_response_from_buffer(
        answer->length, answer->data,
        answer->data ? MHD_RESPMEM_MUST_FREE : MHD_RESPMEM_PERSISTENT);
    if (!response)
        return MHD_NO;
    *answer = (tidu_text){0};
    add_headers(exchange, response);
    enum MHD_Result result =
        MHD_queue_response(exchange->connection, (unsigned)exchange->status, response);
    MHD_destroy_response(response);
    unsigned resource = exchange->resource ? (unsigned)(exchange->resource - resources)
                                           : TIDU_HTTP_RESOURCES - 1;
    tidu_http_count(exchange->http, resource, exchange->status);
    return result;
}

static void
take_body(struct exchange *exchange, const char *bytes, size_t length)
{
    if (exchange->status || exchange->resource->answer != answer_rpc)
        return; /* it is not looked at */
    if (exchange->body.length + length > exchange->http->world->settings->line_bytes) {
        tidu_text_free(&exchange->body);
        refuse_size(exchange);
    } else {
        tidu_text_add(&exchange->body, bytes, length);
    }
}

/* The first call of a request: nothing is here but the head. */
static enum MHD_Result
begin(struct http *http, struct MHD_Connection *connection, const char *path, const char *method,
      void **context)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    const struct wire *wire = info ? info->socket_context : NULL;
    struct exchange *exchange = wire && wire->front ? calloc(1, sizeof *exchange) : NULL;
    if (!exchange)
        return MHD_NO;
    exchange->magic = EXCHANGE_MAGIC;
    exchange->http = http;
    exchange->front = wire->front;
    exchange->connection = connection;
    *context = exchange;
    tidu_front_attach(wire->front, exchange);
    examine(exchange, path, method);
    /* What is too large is not waited for. */
    return exchange->status == 413 ? respond(exchange) : MHD_YES;
}

static enum MHD_Result
on_request(void *closure, struct MHD_Connection *connection, const char *path, const char *method,
           const char *version, const char *bytes, size_t *length, void **context)
{
    (void)version;
    struct http *http = closure;
    struct exchange *exchange = *context;
    assert(http->magic == TIDU_HTTP_MAGIC);
    if (!exchange)
        return begin(http, connection, path, method, context);
    assert(exchange->magic == EXCHANGE_MAGIC);
    if (!exchange->front)
        return MHD_NO;
    if (*length) {
        take_body(exchange, bytes, *length);
        *length = 0;
        return MHD_YES;
    }
    if (!exchange->status)
        exchange->resource->answer(exchange);
    return exchange->status ? respond(exchange) : MHD_YES;
}

static void
on_completed(void *closure, struct MHD_Connection *connection, void **context,
             enum MHD_RequestTerminationCode how)
{
    (void)closure;
    (void)connection;
    (void)how;
    struct exchange *exchange = *context;
    if (!exchange)
        return;
    assert(exchange->magic == EXCHANGE_MAGIC);
    if (exchange->front) {
        tidu_front_attach(exchange->front, NULL);
        tidu_front_answered(exchange->front);
    }
    tidu_text_free(&exchange->body);
    tidu_text_free(&exchange->answer);
    exchange->magic = 0;
    free(exchange);
    *context = NULL;
}

static void
on_connection(void *closure, struct MHD_Connection *connection, void **socket_context,
              enum MHD_ConnectionNotificationCode what)
{
    struct http *http = closure;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        *socket_context = info ? tidu_front_find(http, info->connect_fd) : NULL;
        return;
    }
    struct wire *wire = *socket_context;
    tidu_wire_close(&wire);
    *socket_context = NULL;
}

/* ---- the library's turn --------------------------------------------------------------------------- */

void
tidu_http_run(struct http *http)
{
    enum { ROUNDS = 8 };
    MHD_UNSIGNED_LONG_LONG wait_ms = 0;
    if (http->inside)
        return;
    http->inside = true;
    for (int i = 0; i < ROUNDS && !wait_ms; i++) {
        MHD_run(http->library);
        if (MHD_get_timeout(http->library, &wait_ms) != MHD_YES)
            wait_ms = 1;
    }
    http->inside = false;
    if (!wait_ms)
        ev_feed_event(http->loop, &http->library_ready, EV_READ);
}

static void
on_library_ready(struct ev_loop *loop, ev_io *watcher, int events)
{
    (void)loop;
    (void)events;
    struct http *http = watcher->data;
    assert(http->magic == TIDU_HTTP_MAGIC);
    tidu_http_run(http);
}

/* ---- the end ------------------------------------------------------------------------------------------ */

/* Once the last connection has gone. */
static void
on_round(struct ev_loop *loop, ev_prepare *watcher, int events)
{
    (void)loop;
    (void)events;
    struct http *http = watcher->data;
    if (!http->draining || http->fronts || atomic_exchange(&http->drained, true))
        return;
    ev_async_send(http->server->loop, &http->server->adopted);
}

static void
on_drain(struct letter *letter)
{
    struct http *http = (struct http *)(void *)((char *)letter - offsetof(struct http, drain));
    assert(http->magic == TIDU_HTTP_MAGIC);
    if (http->heir) {
        tidu_entrance_pause(http);
    } else {
        tidu_entrance_drain(http);
        tidu_entrance_close(http);
    }
    http->draining = true;
    struct front *front = http->fronts, *next;
    for (; front; front = next) {
        next = tidu_front_next(front);
        tidu_front_drain(front);
    }
}

static void
on_quit(struct letter *letter)
{
    struct http *http = (struct http *)(void *)((char *)letter - offsetof(struct http, quit));
    assert(http->magic == TIDU_HTTP_MAGIC);
    ev_break(http->loop, EVBREAK_ALL);
}

void
tidu_http_drain(struct http *http, bool heir)
{
    http->heir = heir;
    tidu_mailbox_send(http->mailbox, &http->drain);
}

bool
tidu_http_is_drained(const struct http *http)
{
    return !http || atomic_load(&http->drained);
}

const char *
tidu_http_address(const struct http *http)
{
    return http->address;
}

/* ---- life ----------------------------------------------------------------------------------------------- */

struct adoption {
    struct letter letter; /* first */
    struct http *http;
    struct world *world;
};

static void
on_adopt(struct letter *letter)
{
    struct adoption *adoption = (struct adoption *)(void *)letter;
    tidu_world_close(&adoption->http->world);
    adoption->http->world = adoption->world;
    free(adoption);
}

void
tidu_http_adopt(struct http *http, struct world *world)
{
    struct adoption *adoption = calloc(1, sizeof *adoption);
    if (!adoption)
        return;
    *adoption = (struct adoption){{.open = on_adopt}, http, tidu_world_hold(world)};
    tidu_mailbox_send(http->mailbox, &adoption->letter);
}

static void *
serve(void *argument)
{
    struct http *http = argument;
    ev_prepare round;
    assert(http->magic == TIDU_HTTP_MAGIC);
    ev_prepare_init(&round, on_round);
    round.data = http;
    ev_prepare_start(http->loop, &round);
    ev_run(http->loop, 0);
    ev_prepare_stop(http->loop, &round);
    return NULL;
}

static bool
open_library(struct http *http)
{
    http->library = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL,
        on_request, http, MHD_OPTION_NOTIFY_COMPLETED, on_completed, http,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, http, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_CONNECTION_LIMIT, 1u << 20, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)64 * 1024, MHD_OPTION_END);
    const union MHD_DaemonInfo *info =
        http->library ? MHD_get_daemon_info(http->library, MHD_DAEMON_INFO_EPOLL_FD) : NULL;
    if (!info)
        return false;
    ev_io_init(&http->library_ready, on_library_ready, info->epoll_fd, EV_READ);
    http->library_ready.data = http;
    ev_io_start(http->loop, &http->library_ready);
    return true;
}

struct http *
tidu_http_open(struct server *server, int inherited, tidu_error *reterr)
{
    struct http *http = calloc(1, sizeof *http);
    tidu_error_set(reterr, TIDU_MEMORY, NULL);
    if (!http)
        return NULL;
    http->magic = TIDU_HTTP_MAGIC;
    http->server = server;
    http->world = tidu_world_hold(server->world);
    http->drain.open = on_drain;
    http->quit.open = on_quit;
    tidu_entrance_init(http);
    http->loop = ev_loop_new(EVFLAG_AUTO);
    http->mailbox = http->loop ? tidu_mailbox_open(http->loop) : NULL;
    if (!http->mailbox || !open_library(http) || !tidu_entrance_open(http, inherited, reterr))
        tidu_http_close(&http);
    return http;
}

bool
tidu_http_start(struct http *http)
{
    const struct settings *settings = http->world->settings;
    if (!http->local && !settings->tokens)
        tidu_log(&http->server->log, TIDU_LOG_WARNING,
                 "http: without http.tokens nobody may use /rpc on %s", http->address);
    http->health = tidu_health_open(http);
    if (!http->health)
        return false;
    ev_io_start(http->loop, &http->acceptor);
    http->running = tidu_thread_start(&http->thread, "http", serve, http);
    return http->running;
}

void
tidu_http_stop(struct http *http)
{
    if (!http || !http->running)
        return;
    tidu_mailbox_send(http->mailbox, &http->quit);
    pthread_join(http->thread, NULL);
    http->running = false;
    while (http->fronts) {
        struct front *front = http->fronts;
        tidu_front_close(&front);
    }
    tidu_health_stop(http->health);
    tidu_http_run(http); /* so that the library has nothing suspended */
}

int
tidu_http_give_away(struct http *http)
{
    if (!http)
        return -1;
    tidu_http_stop(http);
    tidu_entrance_pause(http);
    int given = http->acceptor.fd;
    ev_io_set(&http->acceptor, -1, EV_READ);
    http->bound = false;
    return given;
}

void
tidu_http_close(struct http **http)
{
    struct http *leaving = *http;
    if (!leaving)
        return;
    *http = NULL;
    if (leaving->library) {
        ev_io_stop(leaving->loop, &leaving->library_ready);
        MHD_stop_daemon(leaving->library);
    }
    if (leaving->mailbox)
        tidu_mailbox_close(&leaving->mailbox);
    tidu_entrance_close(leaving);
    tidu_health_close(&leaving->health);
    tidu_world_close(&leaving->world);
    if (leaving->loop)
        ev_loop_destroy(leaving->loop);
    free(leaving);
}
