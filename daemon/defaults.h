/*
 * defaults.h: where things are when nobody says otherwise.
 *
 * The build names these places; what stands here is for a compiler called by
 * hand.
 */
#ifndef TIDU_DAEMON_DEFAULTS_H
#define TIDU_DAEMON_DEFAULTS_H

#ifndef TIDU_RULES_DIR
#define TIDU_RULES_DIR "/usr/local/share/tidu/rules"
#endif

#ifndef TIDU_SYSCONF_DIR
#define TIDU_SYSCONF_DIR "/usr/local/etc/tidu"
#endif

#ifndef TIDU_STATE_DIR
#define TIDU_STATE_DIR "/usr/local/var/lib/tidu"
#endif

#define TIDU_SETTINGS_FILE TIDU_SYSCONF_DIR "/tidud.conf"

#ifndef TIDU_SOCKET_PATH
#define TIDU_SOCKET_PATH "/run/tidu/tidud.sock"
#endif

#ifndef TIDU_VERSION
#define TIDU_VERSION "0.1.0"
#endif

/* What roles are called, by their bits; and what names of tokens are made of, which
 * stand in the journal and in logs as they are. */
#define TIDU_ROLE_NAMES "evaluate", "inquire", "edit", "operate"
#define TIDU_TOKEN_NAME_LETTERS \
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
enum { TIDU_TOKEN_NAME_SIZE = 32 };

#endif
