/*
 * settings.h: what the command line and the settings file say, and who may do what.
 */
#ifndef TIDU_DAEMON_SETTINGS_H
#define TIDU_DAEMON_SETTINGS_H

#include "defaults.h"
#include "log.h"
#include "store/store.h"

#include <stdatomic.h>
#include <sys/types.h>

/* ---- main.c ---------------------------------------------------------------- */

/* What the command line says; it wins over the settings file. */
struct options {
    const char *file, *rules, *socket;
    bool check_config; /* read the settings and end */
    bool check;        /* build the rules as well */
    char **arguments;  /* as they came, to start the same again */
};

/* The settings with the command line's words in place. NULL when there was any
 * complaint, which is in the log then. */
struct settings *tidu_options_settings(const struct options *options, const struct logger *log);

/* ---- settings.c: the only home of libconfig ------------------------------ */

/* gate.population that is no file: the enterprises of the cultivation library. */
#define TIDU_POPULATION_LIBRARY "library"

/* What becomes of rules whose clauses changed after their review. */
enum { TIDU_STALE_WARN, TIDU_STALE_REFUSE };

/* Who an entry of `access` means, what it grants, and limits that go before the
 * general ones (0: none). */
struct access_entry {
    bool everybody;
    uid_t *users;
    gid_t *groups;
    size_t user_count, group_count;
    unsigned roles;
    size_t sessions, jobs;
};

struct settings {
    atomic_uint holders;
    struct access_entry *access;
    size_t access_count;
    struct tokens *tokens; /* NULL: there is no file of them */
#define TEXT(name, field, when, default_value) char *field;
#define NUMBER(name, field, when, lowest, highest, default_value) size_t field;
#define FLAG(name, field, when, default_value) bool field;
#define MODE(name, field, when, default_value) unsigned field;
#define CHOICE(name, field, when, choices, default_value) unsigned field;
#include "settings.def"
#undef TEXT
#undef NUMBER
#undef FLAG
#undef MODE
#undef CHOICE
};

/* All defaults, then what `file` says (NULL: nothing). Every unknown name,
 * wrong kind and number out of range is an error in `report` at its line.
 * NULL when there was any. */
struct settings *tidu_settings_open(const char *file, tidu_report *report);

/* Counted, from any thread; the last to let go frees them. */
struct settings *tidu_settings_hold(struct settings *settings);
void tidu_settings_close(struct settings **settings);

/* Give what only a restart can change its old value back, and say so in the log. */
void tidu_settings_keep_fixed(struct settings *settings, const struct settings *old,
                              const struct logger *log);

/* The folder of the store: what the settings say, or else systemd; NULL: none. */
const char *tidu_settings_store(const struct settings *settings);

/* Replace one text, as the command line does. False when memory ran out. */
bool tidu_settings_replace(char **field, const char *value);

struct server;

/* ---- access.c: who may do what ------------------------------------------------ */

enum {
    TIDU_ROLE_EVALUATE = 1,
    TIDU_ROLE_INQUIRE = 2,
    TIDU_ROLE_EDIT = 4,
    TIDU_ROLE_OPERATE = 8,
    TIDU_ROLE_ALL = 15
};

/* By their bits; NULL-ended. */
extern const char *const tidu_role_names[];

enum { TIDU_PEER_GROUPS = 33 };

/* Whom something is put down to: a user of this machine, or whoever has a token;
 * then `user` is TIDU_NOBODY. */
struct who {
    uid_t user;
    char token[TIDU_TOKEN_NAME_SIZE]; /* its name; "": none */
};
bool tidu_who_is_same(const struct who *a, const struct who *b);

/* Who is at the other end: of a Unix socket, or of an HTTP connection. */
struct peer {
    struct who who;
    gid_t groups[TIDU_PEER_GROUPS];
    unsigned group_count;
    unsigned roles; /* of the token */
    bool http;      /* asks one thing at a time and is told that and no more */
};
struct peer tidu_peer_of(int fd);

struct rights {
    unsigned roles;  /* 0: none at all */
    size_t sessions; /* of the user or token; 0: any number */
    size_t jobs;     /* of a session */
};
struct rights tidu_rights_of(const struct settings *settings, const struct peer *peer);
void tidu_access_free(struct settings *settings);

/* ---- tokens.c: who may ask over HTTP ----------------------------------------------- */

struct tokens;

struct token {
    char name[TIDU_TOKEN_NAME_SIZE];
    unsigned roles;
    unsigned char digest[TIDU_HASH_SIZE];
};

/* Read a file of tokens. NULL with all complaints in `report`. */
struct tokens *tidu_tokens_open(const char *path, tidu_report *report);
void tidu_tokens_close(struct tokens **tokens);

/* The one that is presented, or NULL. `tokens` may be NULL. */
const struct token *tidu_token_find(const struct tokens *tokens, tidu_slice presented);

#endif
