// An interpreter of bytecode for a machine with eight registers, which runs Collatz sequences and a prime test.
// Kind: one large switch (br_table) in a loop, operands from bytes.
#include "guest.h"

typedef enum { LOAD, MOVE, ADD, SUB, MUL, REM, SHIFT, AND, LESS, JUMP, JUMP_IF, JUMP_UNLESS, PUSH, POP, CALL, RETURN, HALT } Code;

// Registers: 0 the argument, 1 the result, others free. Jumps and calls name an absolute place.
static const u8 collatz[] = {
    LOAD, 1, 0,         //  0: r1 = 0, the longest sequence
    LOAD, 6, 1,         //  3
    LOAD, 7, 3,         //  6
    MOVE, 2, 0,         //  9: for r2 = argument; r2 != 0; r2 -= 1
    CALL, 32,           // 12
    LESS, 5, 1, 4,      // 14: if r1 < r4, r1 = r4
    JUMP_UNLESS, 5, 24, // 18
    MOVE, 1, 4,         // 21
    SUB, 2, 2, 6,       // 24
    JUMP_IF, 2, 12,     // 28
    HALT,               // 31
    MOVE, 3, 2,         // 32: r4 = length of the sequence from r2
    LOAD, 4, 1,         // 35
    LESS, 5, 6, 3,      // 38: while 1 < r3
    JUMP_UNLESS, 5, 71, // 42
    ADD, 4, 4, 6,       // 45
    AND, 5, 3, 6,       // 49
    JUMP_IF, 5, 61,     // 53
    SHIFT, 3, 3,        // 56: even: r3 / 2
    JUMP, 38,           // 59
    MUL, 3, 3, 7,       // 61: odd: r3 * 3 + 1
    ADD, 3, 3, 6,       // 65
    JUMP, 38,           // 69
    RETURN,             // 71
};

static const u8 primes[] = {
    LOAD, 1, 0,         //  0: r1 = 0, primes found
    LOAD, 6, 1,         //  3
    MOVE, 2, 0,         //  6: for r2 = argument; 1 < r2; r2 -= 1
    LESS, 5, 6, 2,      //  9
    JUMP_UNLESS, 5, 57, // 13
    LOAD, 3, 2,         // 16: for r3 = 2; r3 * r3 <= r2; r3 += 1
    MUL, 4, 3, 3,       // 19
    LESS, 5, 2, 4,      // 23
    JUMP_IF, 5, 43,     // 27
    REM, 4, 2, 3,       // 30: composite if the remainder is 0
    JUMP_UNLESS, 4, 51, // 34
    ADD, 3, 3, 6,       // 37
    JUMP, 19,           // 41
    PUSH, 2,            // 43: prime
    ADD, 1, 1, 6,       // 45
    POP, 3,             // 49
    SUB, 2, 2, 6,       // 51
    JUMP, 9,            // 55
    HALT,               // 57
};

enum { STACK = 256 };
static u32 stack[STACK];

static NOINLINE u32 execute(const u8 *code, u32 argument) {
    u32 r[8] = {argument};
    u32 depth = 0;
    for (const u8 *at = code;;) {
        switch (at[0]) {
        case LOAD: r[at[1] & 7] = at[2]; at += 3; break;
        case MOVE: r[at[1] & 7] = r[at[2] & 7]; at += 3; break;
        case ADD: r[at[1] & 7] = r[at[2] & 7] + r[at[3] & 7]; at += 4; break;
        case SUB: r[at[1] & 7] = r[at[2] & 7] - r[at[3] & 7]; at += 4; break;
        case MUL: r[at[1] & 7] = r[at[2] & 7] * r[at[3] & 7]; at += 4; break;
        case REM: r[at[1] & 7] = r[at[3] & 7] ? r[at[2] & 7] % r[at[3] & 7] : 0; at += 4; break;
        case SHIFT: r[at[1] & 7] = r[at[2] & 7] >> 1; at += 3; break;
        case AND: r[at[1] & 7] = r[at[2] & 7] & r[at[3] & 7]; at += 4; break;
        case LESS: r[at[1] & 7] = r[at[2] & 7] < r[at[3] & 7]; at += 4; break;
        case JUMP: at = code + at[1]; break;
        case JUMP_IF: at = r[at[1] & 7] ? code + at[2] : at + 3; break;
        case JUMP_UNLESS: at = r[at[1] & 7] ? at + 3 : code + at[2]; break;
        case PUSH: stack[depth++ % STACK] = r[at[1] & 7]; at += 2; break;
        case POP: r[at[1] & 7] = stack[--depth % STACK]; at += 2; break;
        case CALL: stack[depth++ % STACK] = (u32)(at + 2 - code); at = code + at[1]; break;
        case RETURN: at = code + stack[--depth % STACK]; break;
        default: return r[1] + (depth << 16);
        }
    }
}

// The length of the longest Collatz sequence in the upper half, the number of primes in the lower.
EXPORT i64 run(i32 n) {
    if (n < 1) n = 1; // the bytecode counts down to zero
    return (i64)((u64)execute(collatz, (u32)n) << 32 | execute(primes, (u32)n));
}
