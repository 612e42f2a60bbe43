/*
 * internal.h: what the files of the daemon know of each other.
 *
 *   listener ─► session ─► rpc ─► requests ─► evaluate ─► libtidu
 *                                    └──────► errand ───► job, reload, check
 *
 * Who owns what, and on which thread:
 *   server    what there is once: listener, reload, jobs, the current world;
 *             the main thread's
 *   world     settings and rules that are current together: never changed, only
 *             replaced; shared by all
 *   worker    what a serving thread has of its own: its loop, its sessions,
 *             the read buffer they share, the evaluations kept ready
 *   session   one connection, bytes in, bytes out; its worker's
 *   asker     whom to answer: a session, a batch in it, an id; its worker's
 *   errand    a request that is answered elsewhere: its own, wherever it is
 *
 *   log.h, tally.h     what is told and counted
 *   settings.h         what it was told, and who may do what
 *   rpc.h              requests, the world they are answered in, errands
 *   answer.h           questions, decisions, what is written down of them
 *   serve.h            connections, threads, beginning and end
 *
 * Nothing here is global: whoever needs something is handed it. Threads hand
 * each other letters and jobs (threads.h); a few numbers are atomic.
 */
#ifndef TIDU_DAEMON_INTERNAL_H
#define TIDU_DAEMON_INTERNAL_H

#include "answer.h"
#include "log.h"
#include "rpc.h"
#include "serve.h"
#include "settings.h"
#include "tally.h"
#include "threads.h"
#include "tidu/places.h"

#ifdef TIDU_TIGHT
enum { TIDU_READ_BYTES = 23, TIDU_GATHER_ROWS = 3 };
#else
enum { TIDU_READ_BYTES = 256 * 1024, TIDU_GATHER_ROWS = 64 };
#endif

#endif
