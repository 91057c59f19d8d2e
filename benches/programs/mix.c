// Four small jobs whose results feed a CRC, as benchmarks for microcontrollers have them: a linked list that is searched,
// sorted in two orders and reversed; a small integer matrix; a machine that classifies numbers in a text; and the CRC.
// Kind: the mix of an embedded program: pointers, 16-bit data, switches, a few dynamic calls.
#include "guest.h"

typedef struct Item { struct Item *next; i16 value, place; } Item;
typedef i32 (*Order)(const Item *, const Item *);

enum { ITEMS = 128, SIDE = 10, TEXT = 400 };
static Item items[ITEMS];
static i16 left[SIDE][SIDE], right[SIDE][SIDE];
static i32 product[SIDE][SIDE];
static u8 text[TEXT + 1];

static u16 crc_of(u16 crc, u32 value, i32 bits) {
    for (i32 bit = 0; bit < bits; bit++, value >>= 1) {
        u32 carry = (crc ^ value) & 1;
        crc = (u16)(crc >> 1);
        if (carry) crc ^= 0x8408;
    }
    return crc;
}

// --- The list.

static i32 by_value(const Item *a, const Item *b) { return a->value - b->value; }
static i32 by_place(const Item *a, const Item *b) { return a->place - b->place; }

static NOINLINE Item *reverse(Item *list) {
    Item *reversed = 0;
    while (list) {
        Item *next = list->next;
        list->next = reversed;
        reversed = list;
        list = next;
    }
    return reversed;
}

static NOINLINE const Item *find(const Item *list, i16 value) {
    while (list && list->value != value) list = list->next;
    return list;
}

// Bottom-up merge sort: takes runs of the same length off the list until one is left.
static NOINLINE Item *sort(Item *list, Order order) {
    for (i32 length = 1;; length *= 2) {
        Item *rest = list, **link = &list;
        i32 merges = 0;
        while (rest) {
            merges++;
            Item *a = rest, *b = rest;
            i32 in_a = 0, in_b = length;
            for (; in_a < length && b; in_a++) b = b->next;
            while (in_a > 0 || (in_b > 0 && b)) {
                Item **from = in_a == 0 ? &b : in_b == 0 || !b || order(a, b) <= 0 ? &a : &b;
                if (from == &a) in_a--;
                else in_b--;
                *link = *from;
                *from = (*from)->next;
                link = &(*link)->next;
            }
            rest = b;
        }
        *link = 0;
        if (merges <= 1) return list;
    }
}

static u16 use_list(u16 crc, i32 seed) {
    Random random = {(u32)seed * 2654435761u | 1};
    for (i32 i = 0; i < ITEMS; i++)
        items[i] = (Item){i + 1 < ITEMS ? &items[i + 1] : 0, (i16)random_below(&random, 500), (i16)i};
    Item *list = items;
    for (i32 i = 0; i < 8; i++) {
        const Item *found = find(list, (i16)(seed * 7 + i * 61));
        crc = crc_of(crc, found ? (u32)found->place : 0xFFFF, 16);
        list = reverse(list);
    }
    list = sort(list, by_value);
    for (const Item *item = list; item; item = item->next) crc = crc_of(crc, (u32)item->value, 4);
    list = sort(list, by_place);
    return crc_of(crc, (u32)list->next->value, 16);
}

// --- The matrix.

static NOINLINE u16 use_matrix(u16 crc, i32 seed) {
    for (i32 i = 0; i < SIDE; i++)
        for (i32 j = 0; j < SIDE; j++) {
            left[i][j] = (i16)(seed + i * j);
            right[i][j] = (i16)(seed * i - 3 * j);
        }
    i32 trace = 0;
    for (i32 i = 0; i < SIDE; i++)
        for (i32 j = 0; j < SIDE; j++) {
            i32 sum = 0;
            for (i32 k = 0; k < SIDE; k++) sum += left[i][k] * right[k][j] >> (k & 3);
            product[i][j] = sum;
            trace += i == j ? sum : sum > 1000;
        }
    return crc_of(crc, (u32)trace, 32);
}

// --- The machine: what kind of number each field is.

typedef enum { START, SIGN, WHOLE, FRACTION, EXPONENT, POWER, WRONG, STATES } State;

static inline i32 is_digit(u8 c) { return c >= '0' && c <= '9'; }

static State after(State state, u8 c) {
    switch (state) {
    case START: return is_digit(c) ? WHOLE : c == '-' || c == '+' ? SIGN : c == '.' ? FRACTION : WRONG;
    case SIGN: return is_digit(c) ? WHOLE : c == '.' ? FRACTION : WRONG;
    case WHOLE: return is_digit(c) ? WHOLE : c == '.' ? FRACTION : c == 'e' ? EXPONENT : WRONG;
    case FRACTION: return is_digit(c) ? FRACTION : c == 'e' ? EXPONENT : WRONG;
    case EXPONENT: return is_digit(c) || c == '-' || c == '+' ? POWER : WRONG;
    case POWER: return is_digit(c) ? POWER : WRONG;
    default: return WRONG;
    }
}

static NOINLINE u16 use_machine(u16 crc, i32 seed) {
    static const char *const fields[] = {"5012", "-874", "+122.5", "1.25e10", "-.123", "7e-3", "T0.3", "6.0e", "3..5", "+"};
    i32 length = 0;
    for (i32 field = seed & 7; length < TEXT; field = (field + 3) % LENGTH(fields)) {
        for (const char *c = fields[field]; *c && length < TEXT; c++) text[length++] = (u8)*c;
        if (length < TEXT) text[length++] = ',';
    }
    u32 ends[STATES] = {0};
    State state = START;
    for (const u8 *c = text; *c; c++) {
        if (*c == ',') {
            ends[state]++;
            state = START;
        } else {
            state = after(state, *c);
        }
    }
    for (i32 i = 0; i < STATES; i++) crc = crc_of(crc, ends[i], 8);
    return crc;
}

EXPORT i64 run(i32 rounds) {
    u16 crc = 0xFFFF;
    u64 sum = CHECKSUM_START;
    for (i32 round = 1; round <= rounds; round++) {
        crc = use_list(crc, round);
        crc = use_matrix(crc, round);
        crc = use_machine(crc, round);
        sum = checksum(sum, crc);
    }
    return (i64)sum;
}
