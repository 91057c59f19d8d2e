// Base64 there and back, and the reverse complement of a strand of DNA in lines. Kind: transformation of bytes with tables
// and shifts, one pass after the other.
#include "guest.h"

enum { CAPACITY = 1 << 17, LINE = 60 };
static u8 input[CAPACITY + 4], encoded[CAPACITY * 4 / 3 + 8], decoded[CAPACITY + 4], output[CAPACITY + CAPACITY / LINE + 2];
static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
static u8 digit_values[256], complements[256];

static void build_tables(void) {
    for (i32 i = 0; i < 64; i++) digit_values[(u8)digits[i]] = (u8)i;
    static const char pairs[] = "ATCGGCTANNRYYRMKKM";
    for (i32 i = 0; pairs[i]; i += 2) complements[(u8)pairs[i]] = (u8)pairs[i + 1];
}

// The length is a multiple of three.
static NOINLINE i32 encode(i32 length) {
    u8 *to = encoded;
    for (i32 i = 0; i < length; i += 3) {
        u32 group = (u32)input[i] << 16 | (u32)input[i + 1] << 8 | input[i + 2];
        for (i32 shift = 18; shift >= 0; shift -= 6) *to++ = (u8)digits[group >> shift & 63];
    }
    return (i32)(to - encoded);
}

static NOINLINE i32 decode(i32 length) {
    u8 *to = decoded;
    for (i32 i = 0; i < length; i += 4) {
        u32 group = 0;
        for (i32 j = 0; j < 4; j++) group = group << 6 | digit_values[encoded[i + j]];
        for (i32 shift = 16; shift >= 0; shift -= 8) *to++ = (u8)(group >> shift);
    }
    return (i32)(to - decoded);
}

static NOINLINE i32 reverse_complement(i32 length) {
    u8 *to = output;
    for (i32 i = length, column = 0; i-- > 0;) {
        *to++ = complements[input[i]];
        if (++column == LINE) {
            *to++ = '\n';
            column = 0;
        }
    }
    return (i32)(to - output);
}

static u64 sum_of(const u8 *bytes, i32 length) {
    u64 sum = CHECKSUM_START;
    for (i32 i = 0; i < length; i += 8) sum = checksum(sum, bytes[i]);
    return sum;
}

EXPORT i64 run(i32 length) {
    length = at_most(length, CAPACITY) / 3 * 3;
    build_tables();
    Random random = {1618};
    for (i32 i = 0; i < length; i++) input[i] = (u8) "ACGTNRYMK"[random_below(&random, 9)];
    i32 encoded_length = encode(length);
    if (decode(encoded_length) != length) return -1;
    for (i32 i = 0; i < length; i++)
        if (decoded[i] != input[i]) return -1;
    return (i64)(sum_of(encoded, encoded_length) ^ sum_of(output, reverse_complement(length)));
}
