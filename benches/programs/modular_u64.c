// Prime test of 62-bit numbers (Miller and Rabin) with Montgomery's product, and a 64-bit generator.
// Kind: u64 multiply from 32-bit halves, shift, compare; some remainders and divisions.
#include "guest.h"

static u64 next_wide(u64 *state) {
    u64 x = *state += 0x9E3779B97F4A7C15ULL;
    x = (x ^ x >> 30) * 0xBF58476D1CE4E5B9ULL;
    x = (x ^ x >> 27) * 0x94D049BB133111EBULL;
    return x ^ x >> 31;
}

// The upper 64 bits of the product. The empty assembly hides the pattern from the compiler, which would otherwise call a
// 128-bit product that a program without a library does not have.
static inline u64 multiply_high(u64 a, u64 b) {
    u64 a0 = (u32)a, a1 = a >> 32, b0 = (u32)b, b1 = b >> 32;
    u64 middle = a1 * b0 + (a0 * b0 >> 32);
    __asm__("" : "+r"(middle));
    u64 other = a0 * b1 + (u32)middle;
    return a1 * b1 + (middle >> 32) + (other >> 32);
}

// -1 / odd modulo 2^64: each step doubles the number of right bits.
static u64 negative_inverse(u64 odd) {
    u64 inverse = odd;
    for (i32 i = 0; i < 5; i++) inverse *= 2 - odd * inverse;
    return -inverse;
}

// a * b / 2^64 modulo m, below 2 m for a, b below 2 m; m is below 2^62.
static NOINLINE u64 product(u64 a, u64 b, u64 m, u64 inverse) {
    u64 low = a * b;
    return multiply_high(a, b) + multiply_high(low * inverse, m) + (low != 0);
}

static inline u64 reduced(u64 x, u64 m) { return x >= m ? x - m : x; }

// Whether the odd number passes the test for one base.
static i32 passes(u64 m, u64 base) {
    u64 inverse = negative_inverse(m);
    u64 one = -m % m, square = one;
    for (i32 i = 0; i < 64; i++) square = reduced(square * 2, m);
    u64 power = one, factor = product(base % m, square, m, inverse);
    i32 twos = __builtin_ctzll(m - 1);
    for (u64 exponent = (m - 1) >> twos; exponent; exponent >>= 1) {
        if (exponent & 1) power = product(power, factor, m, inverse);
        factor = product(factor, factor, m, inverse);
    }
    if (reduced(power, m) == one) return 1;
    for (i32 i = 0; i < twos; i++) {
        if (reduced(power, m) == m - one) return 1;
        power = product(power, power, m, inverse);
    }
    return 0;
}

static i32 is_prime(u64 m) {
    static const u8 small[] = {3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    for (i32 i = 0; i < LENGTH(small); i++)
        if (m % small[i] == 0) return 0;
    return passes(m, 2) && passes(m, 3) && passes(m, 325) && passes(m, 9375);
}

EXPORT i64 run(i32 candidates) {
    u64 state = 1, sum = CHECKSUM_START;
    for (i32 i = 0; i < candidates; i++) {
        u64 candidate = next_wide(&state) >> 2 | 1ULL << 61 | 1;
        if (is_prime(candidate)) sum = checksum(sum, candidate);
    }
    return (i64)sum;
}
