// The sieve of Eratosthenes twice: one byte per number, then one bit per odd number.
// Kind: strided stores of bytes, and shifting and masking of words.
#include "guest.h"

enum { CAPACITY = 1 << 19 };
static u8 composite[CAPACITY + 1];
static u32 odd_composite[CAPACITY / 64 + 1];

static i32 count_with_bytes(i32 limit) {
    for (i32 i = 0; i <= limit; i++) composite[i] = 0;
    i32 primes = 0;
    for (i32 i = 2; i <= limit; i++) {
        if (composite[i]) continue;
        primes++;
        if (i <= limit / i)
            for (i32 multiple = i * i; multiple <= limit; multiple += i) composite[multiple] = 1;
    }
    return primes;
}

// Bit k stands for the number 2 * k + 1.
static u64 sum_with_bits(i32 limit) {
    i32 bits = (limit + 1) / 2;
    for (i32 i = 0; i <= bits / 32; i++) odd_composite[i] = 0;
    u64 sum = limit >= 2 ? 2 : 0;
    for (i32 k = 1; k < bits; k++) {
        if (odd_composite[k >> 5] >> (k & 31) & 1) continue;
        i32 prime = 2 * k + 1;
        sum += (u32)prime;
        if (prime <= limit / prime)
            for (i32 j = (prime * prime) / 2; j < bits; j += prime) odd_composite[j >> 5] |= 1u << (j & 31);
    }
    return sum;
}

// The number of primes up to the limit in the upper bits, their sum in the lower 40.
EXPORT i64 run(i32 limit) {
    limit = at_most(limit, CAPACITY);
    return ((i64)count_with_bytes(limit) << 40) + (i64)sum_with_bits(limit);
}
