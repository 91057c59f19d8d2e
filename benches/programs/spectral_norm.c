// The spectral norm of the matrix with the cells 1 / ((i + j) * (i + j + 1) / 2 + i + 1), by the power method.
// Kind: f64 division, conversion from integers, vectors in memory, one small function per cell.
#include "guest.h"

enum { CAPACITY = 1024 };
static f64 u[CAPACITY], v[CAPACITY], between[CAPACITY];

static inline f64 cell(i32 i, i32 j) { return 1.0 / (f64)((i + j) * (i + j + 1) / 2 + i + 1); }

static NOINLINE void times(const f64 *from, f64 *to, i32 n) {
    for (i32 i = 0; i < n; i++) {
        f64 sum = 0;
        for (i32 j = 0; j < n; j++) sum += cell(i, j) * from[j];
        to[i] = sum;
    }
}

static NOINLINE void times_transposed(const f64 *from, f64 *to, i32 n) {
    for (i32 i = 0; i < n; i++) {
        f64 sum = 0;
        for (i32 j = 0; j < n; j++) sum += cell(j, i) * from[j];
        to[i] = sum;
    }
}

EXPORT i64 run(i32 n) {
    n = at_most(n, CAPACITY);
    for (i32 i = 0; i < n; i++) u[i] = 1.0;
    for (i32 round = 0; round < 4; round++) {
        times(u, between, n);
        times_transposed(between, v, n);
        times(v, between, n);
        times_transposed(between, u, n);
    }
    f64 uv = 0, vv = 0;
    for (i32 i = 0; i < n; i++) {
        uv += u[i] * v[i];
        vv += v[i] * v[i];
    }
    return (i64)bits_of_f64(__builtin_sqrt(uv / vv));
}
