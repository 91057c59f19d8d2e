// Takeuchi's and Ackermann's functions. Kind: recursion with several parameters, and native-looking deep recursion
// (Ackermann reaches around a thousand frames).
#include "guest.h"

__attribute__((disable_tail_calls)) static i32 tak(i32 x, i32 y, i32 z) {
    if (y >= x) return z;
    return tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y));
}

__attribute__((disable_tail_calls)) static i32 ackermann(i32 m, i32 n) {
    if (m == 0) return n + 1;
    if (n == 0) return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

EXPORT i64 run(i32 rounds) {
    u64 sum = CHECKSUM_START;
    for (i32 round = 0; round < rounds; round++) {
        sum = checksum(sum, (u32)tak(10 + (round & 1), 6, round & 3));
        sum = checksum(sum, (u32)ackermann(2, 40 + (round & 31)));
    }
    // The deepest case is about a thousand frames: below every engine's usual limit.
    return (i64)checksum(sum, (u32)ackermann(2, 8 * rounds < 400 ? 8 * rounds : 400));
}
