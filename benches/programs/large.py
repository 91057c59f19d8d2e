#!/usr/bin/env python3
"""Writes a large WebAssembly module for startup benchmarks: `large.py OUTPUT [FUNCTIONS]`, 12000 functions by default,
about 1.3 MB. The module is WebAssembly 1.0 without imports; the same arguments give the same bytes.

The functions are varied from four shapes (counting loop, search in memory, switch, arithmetic) by a generator with a fixed
seed: different constants, offsets, lengths and callees. Function k calls only functions below k, through a table too. Export
`run: (i32) -> i64` calls a hundred of them, so that lazy translation has something to do but not everything.
"""
import random
import sys

I32, I64 = 0x7F, 0x7E
BLOCK, LOOP, IF, ELSE, END, BR, BR_IF, BR_TABLE, RETURN, CALL, CALL_INDIRECT = 0x02, 0x03, 0x04, 0x05, 0x0B, 0x0C, 0x0D, 0x0E, 0x0F, 0x10, 0x11
GET, SET, TEE, EMPTY = 0x20, 0x21, 0x22, 0x40
CONST, LOAD, LOAD8_U, STORE = 0x41, 0x28, 0x2D, 0x36
EQZ, EQ, LT_S, LT_U, ADD, SUB, MUL, AND, OR, XOR, SHL, SHR_U, ROTL = 0x45, 0x46, 0x48, 0x49, 0x6A, 0x6B, 0x6C, 0x71, 0x72, 0x73, 0x74, 0x76, 0x77
I64_CONST, I64_ADD, I64_XOR, I64_ROTL, EXTEND_U = 0x42, 0x7C, 0x85, 0x89, 0xAD
MEMORY_MASK = 0x7FFC  # addresses: word aligned, in the first 32 KiB of one page


def unsigned(number):
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def signed(number):
    out = bytearray()
    while not -64 <= number < 64:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number & 0x7F)
    return bytes(out)


def code(*parts):
    """Operation bytes as numbers, everything else already encoded."""
    return b"".join(bytes([part]) if isinstance(part, int) else part for part in parts)


def get(local): return code(GET, unsigned(local))
def set_(local): return code(SET, unsigned(local))
def tee(local): return code(TEE, unsigned(local))
def const(number): return code(CONST, signed(number))
def load(offset): return code(LOAD, unsigned(2), unsigned(offset))
def store(offset): return code(STORE, unsigned(2), unsigned(offset))
def address(local): return code(get(local), const(MEMORY_MASK), AND)


# Every function is (i32, i32) -> i32 with four i32 locals, 2 to 5. The shapes leave one i32 on the stack.

def any_call(rng, index):
    """A call of an earlier function, direct or through the table; a load where there is none. Calls are guarded by the
    first parameter, which shrinks, so that every chain of calls ends soon."""
    if index == 0:
        return code(address(1), load(rng.randrange(64) * 4))
    callee = rng.randrange(max(0, index - 2000), index)
    arguments = code(get(0), const(2), SHR_U, get(1), const(rng.randrange(1 << 16)), XOR)
    call = code(CALL, unsigned(callee)) if rng.random() < 0.8 else code(const(callee), CALL_INDIRECT, unsigned(0), unsigned(0))
    return code(get(0), IF, I32, arguments, call, ELSE, get(1), END)


def counting_loop(rng, index):
    step = rng.choice([ADD, XOR, MUL, SUB])
    return code(
        const(rng.randrange(3, 12)), set_(2), const(rng.randrange(-9999, 9999)), set_(3),
        LOOP, EMPTY, get(3), address(1), load(rng.randrange(256) * 4), step, const(rng.randrange(1, 31)), ROTL, set_(3),
        get(1), const(rng.randrange(4, 64)), ADD, set_(1),
        get(2), const(1), SUB, tee(2), BR_IF, unsigned(0), END,
        any_call(rng, index), get(3), ADD)


def search(rng, index):
    return code(
        const(0), set_(2), BLOCK, EMPTY, LOOP, EMPTY,
        get(2), const(rng.randrange(8, 24)), LT_U, EQZ, BR_IF, unsigned(1),
        address(1), get(2), ADD, LOAD8_U, unsigned(0), unsigned(rng.randrange(512)), const(rng.randrange(256)), EQ, BR_IF, unsigned(1),
        get(2), const(1), ADD, set_(2), BR, unsigned(0), END, END,
        address(1), get(2), store(rng.randrange(256) * 4),
        any_call(rng, index), get(2), OR)


def switch(rng, index):
    cases = rng.randrange(3, 9)
    body = [code(BLOCK, EMPTY)] * (cases + 1)
    labels = b"".join(unsigned(i) for i in range(cases))
    body.append(code(get(1), const(15), AND, BR_TABLE, unsigned(cases), labels, unsigned(cases)))
    for case in range(cases):
        work = code(get(1), const(rng.randrange(-5000, 5000)), rng.choice([ADD, MUL, XOR]), set_(3))
        body.append(code(END, work, BR, unsigned(cases - 1 - case)))
    return code(*body, END, any_call(rng, index), get(3), XOR)


def arithmetic(rng, index):
    lines = []
    for _ in range(rng.randrange(4, 14)):
        left, right, to = rng.randrange(6), rng.randrange(6), rng.randrange(2, 6)
        constant = const(rng.randrange(-100000, 100000))
        lines.append(code(get(left), get(right), rng.choice([ADD, SUB, MUL, XOR, AND, OR]), constant, rng.choice([ADD, XOR, ROTL, SHL]), set_(to)))
    compare = code(get(2), get(3), LT_S, IF, I32, get(4), ELSE, any_call(rng, index), END)
    return code(*lines, compare, get(5), ADD)


def runner(rng, functions):
    """The exported function: local 1 is the sum."""
    calls = []
    for _ in range(100):
        mixed = code(get(1), get(0), const(255), AND, get(0), const(rng.randrange(1 << 20)), ADD, CALL, unsigned(rng.randrange(functions)), EXTEND_U)
        calls.append(code(mixed, I64_XOR, I64_CONST, signed(7), I64_ROTL, set_(1)))
    return code(*calls, get(1))


def section(number, content):
    return code(number, unsigned(len(content)), content)


def items(entries):
    return unsigned(len(entries)) + b"".join(entries)


def body(declarations, instructions):
    content = code(items(declarations), instructions, END)
    return unsigned(len(content)) + content


def module(functions):
    rng = random.Random(20240229)
    shapes = [counting_loop, search, switch, arithmetic]
    bodies = [body([code(unsigned(4), I32)], rng.choice(shapes)(rng, index)) for index in range(functions)]
    bodies.append(body([code(unsigned(1), I64)], runner(rng, functions)))
    types = [code(0x60, items([bytes([I32])] * 2), items([bytes([I32])])), code(0x60, items([bytes([I32])]), items([bytes([I64])]))]
    data = bytes(rng.randrange(256) for _ in range(16384))
    return b"".join([
        b"\0asm\1\0\0\0",
        section(1, items(types)),
        section(3, items([unsigned(0)] * functions + [unsigned(1)])),
        section(4, items([code(0x70, 0x00, unsigned(functions))])),
        section(5, items([code(0x00, unsigned(1))])),
        section(7, items([code(unsigned(3), b"run", 0x00, unsigned(functions))])),
        section(9, items([code(0x00, const(0), END, items([unsigned(i) for i in range(functions)]))])),
        section(10, items(bodies)),
        section(11, items([code(0x00, const(0), END, unsigned(len(data)), data)])),
    ])


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    with open(sys.argv[1], "wb") as output:
        output.write(module(int(sys.argv[2]) if len(sys.argv) == 3 else 12000))
