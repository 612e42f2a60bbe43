/*
 * operate.c: which rules are in charge, by hand.
 *
 *   rulesets   what there is          label     a name for a version
 *   activate   a version, or the candidate the gate did not let through
 *   rollback   the version before, or a named one
 *
 * To change what is in charge takes a reason, which is written into the journal.
 *
 * Must not know: how rules are built or take over.
 */
#include "charge.h"

#include "store/versions.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* A text among the params; NULL when it is missing. False when it is no text. */
static bool
take_text(const struct call *call, const json_t *params, const char *name, const char **ret_text)
{
    const json_t *value = json_object_get(params, name);
    *ret_text = json_string_value(value);
    return !value || *ret_text || tidu_params_bad(call, name, value, "\"…\"");
}

/* ---- activate, rollback ------------------------------------------------------------------ */

static void
close_activation(struct errand *errand)
{
    struct activation *activation = (struct activation *)errand;
    free(activation->name);
    free(activation->reason);
}

static void
on_activation(struct letter *letter)
{
    struct activation *activation = (struct activation *)(void *)letter;
    tidu_reload_activate(activation->errand.worker->server->reload, activation);
}

static void
send_activation(struct call *call, const char *action, const char *name, const char *reason)
{
    struct activation *activation =
        (struct activation *)tidu_errand_open(call, sizeof *activation);
    tidu_error error;
    if (!activation)
        return;
    activation->errand.close = close_activation;
    activation->action = action;
    activation->who = *tidu_session_who(call->asker.session);
    activation->name = name ? strdup(name) : NULL;
    activation->reason = strdup(reason);
    if ((!name || activation->name) && activation->reason) {
        tidu_errand_post(&activation->errand, on_activation);
        return;
    }
    tidu_error_set(&error, TIDU_MEMORY, NULL);
    tidu_errand_refuse(&activation->errand, TIDU_RPC_INTERNAL, &error);
    tidu_errand_return(&activation->errand);
}

static void
change_rules(struct call *call, const json_t *params, const char *action, const char *otherwise)
{
    const char *name, *reason;
    if (!take_text(call, params, "ruleset", &name) || !take_text(call, params, "reason", &reason))
        return;
    if (!reason || !*reason)
        tidu_params_lack(call, "reason");
    else
        send_activation(call, action, name ? name : otherwise, reason);
}

void
tidu_activate(struct call *call, json_t *params)
{
    change_rules(call, params, "activate", NULL);
}

void
tidu_rollback(struct call *call, json_t *params)
{
    if (tidu_params_stored(call))
        change_rules(call, params, "rollback", "");
}

/* ---- rulesets, label ----------------------------------------------------------------------- */

struct naming {
    struct errand errand; /* first */
    char *label, *version; /* version NULL: take the label away */
};

static bool
put_label(struct database *database, void *context)
{
    const struct naming *naming = context;
    return tidu_versions_label(database, naming->label, naming->version, (int64_t)ev_time());
}

static void
write_rulesets(struct errand *errand)
{
    struct server *server = errand->worker->server;
    char file[PATH_MAX];
    tidu_error error;
    tidu_text *out = tidu_errand_answer(errand);
    snprintf(file, sizeof file, "%.*s/tidu.db", PATH_MAX - 16, tidu_store_folder(server->store));
    struct database *database = tidu_database_read(file, &error);
    tidu_text_printf(out, "{\"live\":\"%s\",\"versions\":", tidu_ruleset_digest(errand->world->live));
    if (!database || !tidu_versions_list(database, out))
        tidu_errand_refuse(errand, TIDU_RPC_STORE, &error);
    tidu_text_putc(out, '}');
    tidu_database_close(&database);
}

static void
run_naming(struct errand *errand)
{
    struct naming *naming = (struct naming *)errand;
    tidu_error error;
    if (!naming->label || tidu_store_do_now(errand->worker->server->store, put_label, naming)) {
        write_rulesets(errand);
        return;
    }
    tidu_error_set(&error, TIDU_CALL_NO_VERSION, naming->version ? naming->version : "", NULL);
    tidu_errand_refuse(errand, TIDU_RPC_NOT_FOUND, &error);
}

static void
close_naming(struct errand *errand)
{
    struct naming *naming = (struct naming *)errand;
    free(naming->label);
    free(naming->version);
}

static void
send_naming(struct call *call, const char *label, const char *version)
{
    struct naming *naming = (struct naming *)tidu_errand_open(call, sizeof *naming);
    if (!naming)
        return;
    naming->errand.run = run_naming;
    naming->errand.close = close_naming;
    naming->label = label ? strdup(label) : NULL;
    naming->version = version ? strdup(version) : NULL;
    tidu_errand_submit(&naming->errand);
}

void
tidu_rulesets(struct call *call, json_t *params)
{
    (void)params;
    if (tidu_params_stored(call))
        send_naming(call, NULL, NULL);
}

/* "live" and what looks like a digest would be taken for something else. */
static bool
is_label(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= 64 && strcmp(name, "live") != 0 &&
           strcmp(name, "candidate") != 0 && strspn(name, "0123456789abcdef") != length;
}

void
tidu_label(struct call *call, json_t *params)
{
    const char *name, *version;
    if (!tidu_params_stored(call) || !take_text(call, params, "name", &name) ||
        !take_text(call, params, "ruleset", &version))
        return;
    if (!name)
        tidu_params_lack(call, "name");
    else if (!is_label(name))
        tidu_params_bad(call, "name", json_object_get(params, "name"), "\"pilot-2027\"");
    else
        send_naming(call, name, version);
}
