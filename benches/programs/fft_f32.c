// The fast Fourier transform of f32 samples, there and back. Kind: f32 arithmetic, loads and stores in strides that grow.
#include "guest.h"

enum { BITS = 10, SIZE = 1 << BITS };
typedef struct { f32 re, im; } Complex;
static Complex samples[SIZE], turns[SIZE / 2];

// exp(-2 pi i k / SIZE) for k < SIZE / 2, from the half angle formulas of cosine and sine, starting from a quarter turn.
static void build_turns(void) {
    f64 cosine = 0.0, sine = 1.0;
    turns[0] = (Complex){1, 0};
    for (i32 step = SIZE / 4; step >= 1; step /= 2) {
        for (i32 k = 0; k < SIZE / 2; k += 2 * step) {
            Complex base = turns[k];
            turns[k + step].re = (f32)(base.re * cosine + base.im * sine);
            turns[k + step].im = (f32)(base.im * cosine - base.re * sine);
        }
        sine = __builtin_sqrt((1.0 - cosine) * 0.5);
        cosine = __builtin_sqrt((1.0 + cosine) * 0.5);
    }
}

static void reorder(void) {
    for (i32 i = 0, j = 0; i < SIZE; i++) {
        if (i < j) {
            Complex swap = samples[i];
            samples[i] = samples[j];
            samples[j] = swap;
        }
        i32 bit = SIZE / 2;
        for (; j & bit; bit /= 2) j ^= bit;
        j |= bit;
    }
}

static NOINLINE void transform(f32 direction) {
    reorder();
    for (i32 half = 1; half < SIZE; half *= 2)
        for (i32 start = 0; start < SIZE; start += 2 * half)
            for (i32 k = 0; k < half; k++) {
                Complex turn = turns[k * (SIZE / 2 / half)], *a = &samples[start + k], *b = a + half;
                f32 im = turn.im * direction;
                f32 x = b->re * turn.re - b->im * im, y = b->re * im + b->im * turn.re;
                *b = (Complex){a->re - x, a->im - y};
                *a = (Complex){a->re + x, a->im + y};
            }
}

EXPORT i64 run(i32 rounds) {
    Random random = {1729};
    build_turns();
    for (i32 i = 0; i < SIZE; i++) samples[i] = (Complex){(f32)random_below(&random, 4096) / 2048.0f - 1.0f, 0};
    u64 sum = CHECKSUM_START;
    for (i32 round = 0; round < rounds; round++) {
        transform(1);
        for (i32 i = 0; i < SIZE; i += 31) sum = checksum(sum, bits_of_f32(samples[i].re));
        transform(-1);
        for (i32 i = 0; i < SIZE; i++) samples[i] = (Complex){samples[i].re / SIZE, samples[i].im / SIZE};
    }
    return (i64)sum;
}
