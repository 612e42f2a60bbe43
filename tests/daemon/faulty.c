/*
 * faulty.c: a disk that refuses; see faulty.h.
 */
#include "faulty.h"

#include <sqlite3.h>
#include <stdatomic.h>
#include <stdlib.h>

struct file {
    sqlite3_file base; /* first */
    sqlite3_file *real;
};

static atomic_int always, once;
static atomic_long countdown, operations;
static sqlite3_vfs *real_vfs, faulty_vfs;

void
faulty_set(int code)
{
    atomic_store(&operations, 0);
    atomic_store(&countdown, 0);
    atomic_store(&always, code);
}

void
faulty_once(int code, long n)
{
    faulty_set(SQLITE_OK);
    atomic_store(&once, code);
    atomic_store(&countdown, n);
}

long
faulty_count(void)
{
    return atomic_load(&operations);
}

static int
fault(void)
{
    atomic_fetch_add(&operations, 1);
    if (atomic_load(&always) != SQLITE_OK)
        return atomic_load(&always);
    if (atomic_load(&countdown) > 0 && atomic_fetch_sub(&countdown, 1) == 1)
        return atomic_load(&once);
    return SQLITE_OK;
}

static sqlite3_file *
real(sqlite3_file *file)
{
    return ((struct file *)file)->real;
}

/* What may fail. */

static int
write_some(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset)
{
    int code = fault();
    return code ? code : real(file)->pMethods->xWrite(real(file), bytes, count, offset);
}

static int
truncate_to(sqlite3_file *file, sqlite3_int64 size)
{
    int code = fault();
    return code ? code : real(file)->pMethods->xTruncate(real(file), size);
}

static int
sync_file(sqlite3_file *file, int flags)
{
    int code = fault();
    return code ? code : real(file)->pMethods->xSync(real(file), flags);
}

/* What is handed on. */

#define HAND_ON(name, method, parameters, arguments)        \
    static int name parameters                              \
    {                                                       \
        return real(file)->pMethods->method arguments;      \
    }
HAND_ON(read_some, xRead, (sqlite3_file * file, void *bytes, int count, sqlite3_int64 offset),
        (real(file), bytes, count, offset))
HAND_ON(file_size, xFileSize, (sqlite3_file * file, sqlite3_int64 *size), (real(file), size))
HAND_ON(lock, xLock, (sqlite3_file * file, int level), (real(file), level))
HAND_ON(unlock, xUnlock, (sqlite3_file * file, int level), (real(file), level))
HAND_ON(check_lock, xCheckReservedLock, (sqlite3_file * file, int *result), (real(file), result))
HAND_ON(control, xFileControl, (sqlite3_file * file, int what, void *argument),
        (real(file), what, argument))
HAND_ON(sector_size, xSectorSize, (sqlite3_file * file), (real(file)))
HAND_ON(characteristics, xDeviceCharacteristics, (sqlite3_file * file), (real(file)))
HAND_ON(shm_map, xShmMap,
        (sqlite3_file * file, int region, int size, int extend, void volatile **place),
        (real(file), region, size, extend, place))
HAND_ON(shm_lock, xShmLock, (sqlite3_file * file, int offset, int count, int flags),
        (real(file), offset, count, flags))
HAND_ON(shm_unmap, xShmUnmap, (sqlite3_file * file, int remove), (real(file), remove))

static void
shm_barrier(sqlite3_file *file)
{
    real(file)->pMethods->xShmBarrier(real(file));
}

static int
close_file(sqlite3_file *file)
{
    int code = real(file)->pMethods->xClose(real(file));
    free(real(file));
    return code;
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* no memory maps: they would go past us */
    .xClose = close_file,
    .xRead = read_some,
    .xWrite = write_some,
    .xTruncate = truncate_to,
    .xSync = sync_file,
    .xFileSize = file_size,
    .xLock = lock,
    .xUnlock = unlock,
    .xCheckReservedLock = check_lock,
    .xFileControl = control,
    .xSectorSize = sector_size,
    .xDeviceCharacteristics = characteristics,
    .xShmMap = shm_map,
    .xShmLock = shm_lock,
    .xShmBarrier = shm_barrier,
    .xShmUnmap = shm_unmap,
};

static int
open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret_flags)
{
    (void)vfs;
    struct file *opened = (struct file *)file;
    opened->base.pMethods = NULL;
    opened->real = calloc(1, (size_t)real_vfs->szOsFile);
    if (!opened->real)
        return SQLITE_NOMEM;
    int code = real_vfs->xOpen(real_vfs, name, opened->real, flags, ret_flags);
    if (code == SQLITE_OK)
        opened->base.pMethods = &methods;
    else
        free(opened->real);
    return code;
}

void
faulty_install(void)
{
    real_vfs = sqlite3_vfs_find(NULL);
    faulty_vfs = *real_vfs;
    faulty_vfs.zName = "faulty";
    faulty_vfs.szOsFile = sizeof(struct file);
    faulty_vfs.xOpen = open_file;
    faulty_vfs.pNext = NULL;
    sqlite3_vfs_register(&faulty_vfs, 1);
}
