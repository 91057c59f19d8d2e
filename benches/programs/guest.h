// What the C programs of this folder share: number names, the export mark, a generator and a checksum step.
// It is not a C library: the programs run without one. Everything here is deterministic on every engine.
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef signed char i8;
typedef short i16;
typedef int i32;
typedef long long i64;
typedef float f32;
typedef double f64;

#define EXPORT __attribute__((export_name("run")))
#define NOINLINE __attribute__((noinline))
#define LENGTH(array) ((i32)(sizeof(array) / sizeof((array)[0])))

// xorshift with 32 bits of state, which must not be zero.
typedef struct { u32 state; } Random;

static inline u32 next_random(Random *random) {
    u32 x = random->state;
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return random->state = x;
}

// A number from 0 to below - 1, without division.
static inline u32 random_below(Random *random, u32 below) {
    return (u32)(((u64)next_random(random) * below) >> 32);
}

#define CHECKSUM_START 0xCBF29CE484222325ULL

static inline u64 checksum(u64 sum, u64 value) {
    sum = (sum ^ value) * 0x9E3779B97F4A7C15ULL;
    return sum ^ (sum >> 29);
}

static inline u64 bits_of_f64(f64 value) {
    u64 bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline u32 bits_of_f32(f32 value) {
    u32 bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline i32 at_most(i32 value, i32 limit) { return value < limit ? value : limit; }
