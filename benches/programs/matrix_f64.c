// Product of two square f64 matrices, straight and with the second one transposed.
// Kind: nested loops with f64 loads, multiply and add, addresses computed from two indices.
#include "guest.h"

enum { CAPACITY = 128 };
static f64 a[CAPACITY * CAPACITY], b[CAPACITY * CAPACITY], transposed[CAPACITY * CAPACITY], product[CAPACITY * CAPACITY];

static NOINLINE void multiply(i32 n) {
    for (i32 row = 0; row < n; row++)
        for (i32 column = 0; column < n; column++) {
            f64 sum = 0;
            for (i32 k = 0; k < n; k++) sum += a[row * n + k] * b[k * n + column];
            product[row * n + column] = sum;
        }
}

static NOINLINE void multiply_transposed(i32 n) {
    for (i32 row = 0; row < n; row++)
        for (i32 column = 0; column < n; column++) transposed[column * n + row] = product[row * n + column];
    for (i32 row = 0; row < n; row++)
        for (i32 column = 0; column < n; column++) {
            f64 sum = 0;
            for (i32 k = 0; k < n; k++) sum += a[row * n + k] * transposed[column * n + k];
            b[row * n + column] = sum;
        }
}

EXPORT i64 run(i32 n) {
    n = at_most(n, CAPACITY);
    Random random = {42};
    for (i32 i = 0; i < n * n; i++) {
        a[i] = (f64)random_below(&random, 2000) / 1000.0 - 1.0;
        b[i] = (f64)random_below(&random, 2000) / 1000.0 - 1.0;
    }
    multiply(n);
    multiply_transposed(n);
    u64 sum = CHECKSUM_START;
    for (i32 i = 0; i < n * n; i++) sum = checksum(sum, bits_of_f64(b[i]));
    return (i64)sum;
}
