// Products of i32 matrices with row pointers, then a small fixed size product modulo a prime (a matrix power).
// Kind: nested integer loops with indirect rows, multiply, remainder.
#include "guest.h"

enum { CAPACITY = 128, SMALL = 4, PRIME = 1000003 };
static i32 cells[3][CAPACITY][CAPACITY];
static i32 *rows[3][CAPACITY];

static NOINLINE void multiply(i32 **to, i32 **left, i32 **right, i32 n) {
    for (i32 i = 0; i < n; i++) {
        for (i32 j = 0; j < n; j++) to[i][j] = 0;
        for (i32 k = 0; k < n; k++) {
            i32 factor = left[i][k];
            for (i32 j = 0; j < n; j++) to[i][j] += factor * right[k][j];
        }
    }
}

typedef struct { u32 cell[SMALL][SMALL]; } Small;

static NOINLINE Small multiply_small(const Small *left, const Small *right) {
    Small product;
    for (i32 i = 0; i < SMALL; i++)
        for (i32 j = 0; j < SMALL; j++) {
            u64 sum = 0;
            for (i32 k = 0; k < SMALL; k++) sum += (u64)left->cell[i][k] * right->cell[k][j];
            product.cell[i][j] = (u32)(sum % PRIME);
        }
    return product;
}

EXPORT i64 run(i32 n) {
    n = at_most(n, CAPACITY);
    Random random = {77};
    for (i32 m = 0; m < 3; m++)
        for (i32 i = 0; i < n; i++) {
            rows[m][i] = cells[m][n - 1 - i];
            for (i32 j = 0; j < n; j++) cells[m][i][j] = (i32)random_below(&random, 201) - 100;
        }
    multiply(rows[2], rows[0], rows[1], n);
    multiply(rows[0], rows[1], rows[2], n);
    u64 sum = CHECKSUM_START;
    for (i32 i = 0; i < n; i++)
        for (i32 j = 0; j < n; j++) sum = checksum(sum, (u32)rows[0][i][j]);

    Small power = {{{1, 1, 0, 0}, {0, 1, 1, 0}, {0, 0, 1, 1}, {1, 0, 0, 1}}}, base = power;
    for (i32 i = 0; i < 10 * n; i++) power = multiply_small(&power, &base);
    for (i32 i = 0; i < SMALL; i++) sum = checksum(sum, power.cell[i][SMALL - 1 - i]);
    return (i64)sum;
}
