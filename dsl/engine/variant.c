/*
 * variant.c: the kernels for the processor at hand.
 *
 *   plain   any processor, and the judge of the others
 *   v3      lanes of four doubles (AVX2)
 *   v4      lanes of eight (AVX-512)
 *
 * Must not know: what kernels do.
 */
#include "internal.h"

#include <stdatomic.h>

static atomic_uint limit = UINT32_MAX;

void
tidu_lanes_limit(unsigned lanes)
{
    atomic_store(&limit, lanes);
}

unsigned
tidu_lanes(void)
{
    unsigned most = atomic_load_explicit(&limit, memory_order_relaxed), found = 1;
#ifdef TIDU_LANES
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("bmi2"))
        found = 4;
    if (found == 4 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512cd"))
        found = 8;
#endif
    return found < most ? found : most;
}

const tidu_kernel *
tidu_kernels(void)
{
#ifdef TIDU_LANES
    unsigned lanes = tidu_lanes();
    if (lanes >= 8)
        return tidu_kernels_v4;
    if (lanes >= 4)
        return tidu_kernels_v3;
#endif
    return tidu_kernels_plain;
}
