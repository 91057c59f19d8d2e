// Regular expressions compiled to a small program and run in two ways over a generated text: all threads in step
// (Thompson), and by backtracking. Kind: switch on operations, work lists, sets of bits, recursion on data.
#include "guest.h"

typedef enum { CHAR, ANY, SET, SPLIT, JUMP, MATCH } Operation;
typedef struct { u8 operation; u8 character; i16 first, second; u32 set[4]; } Step;

enum { STEP_CAPACITY = 64, TEXT_CAPACITY = 1 << 16 };
static Step steps[STEP_CAPACITY];
static i32 step_count;
static const char *pattern;
static u8 text[TEXT_CAPACITY + 1];

// --- Compiler: alternatives of sequences of repeated atoms. Jumps are relative, so that code can be moved.

static i32 add_step(u8 operation, u8 character, i32 first, i32 second) {
    steps[step_count] = (Step){operation, character, (i16)first, (i16)second, {0, 0, 0, 0}};
    return step_count++;
}

static void make_room(i32 at) {
    for (i32 i = step_count++; i > at; i--) steps[i] = steps[i - 1];
}

static void read_alternatives(void);

static void read_set(void) {
    Step *step = &steps[add_step(SET, 0, 0, 0)];
    i32 negative = *pattern == '^';
    for (pattern += negative; *pattern != ']'; pattern++) {
        u8 low = (u8)*pattern, high = low;
        if (pattern[1] == '-') high = (u8)*(pattern += 2);
        for (u32 c = low; c <= high; c++) step->set[c / 32] |= 1u << (c % 32);
    }
    pattern++;
    for (i32 i = 0; negative && i < 4; i++) step->set[i] = ~step->set[i];
}

static void read_repeated(void) {
    i32 start = step_count;
    char c = *pattern++;
    if (c == '(') {
        read_alternatives();
        pattern++;
    } else if (c == '[') {
        read_set();
    } else {
        add_step(c == '.' ? ANY : CHAR, (u8)c, 0, 0);
    }
    i32 length = step_count - start;
    if (*pattern == '+') {
        add_step(SPLIT, 0, -length, 1);
        pattern++;
    } else if (*pattern == '*' || *pattern == '?') {
        i32 again = *pattern++ == '*';
        make_room(start);
        steps[start] = (Step){SPLIT, 0, 1, (i16)(length + 1 + again), {0, 0, 0, 0}};
        if (again) add_step(JUMP, 0, -length - 1, 0);
    }
}

static void read_alternatives(void) {
    i32 start = step_count;
    while (*pattern && *pattern != ')' && *pattern != '|') read_repeated();
    if (*pattern != '|') return;
    pattern++;
    make_room(start);
    i32 jump = add_step(JUMP, 0, 0, 0);
    steps[start] = (Step){SPLIT, 0, 1, (i16)(jump + 1 - start), {0, 0, 0, 0}};
    read_alternatives();
    steps[jump].first = (i16)(step_count - jump);
}

static void compile(const char *source) {
    pattern = source;
    step_count = 0;
    read_alternatives();
    add_step(MATCH, 0, 0, 0);
}

static inline i32 accepts(const Step *step, u8 c) {
    switch (step->operation) {
    case CHAR: return c == step->character;
    case ANY: return c != '\n';
    default: return step->set[c / 32 & 3] >> (c % 32) & 1;
    }
}

// --- All threads in step: how often a match ends within the text, wherever it starts.

typedef struct { i32 count, step[STEP_CAPACITY]; } Threads;
static u32 seen[STEP_CAPACITY], turn;

static NOINLINE void follow(Threads *threads, i32 at) {
    if (seen[at] == turn) return;
    seen[at] = turn;
    const Step *step = &steps[at];
    switch (step->operation) {
    case JUMP: follow(threads, at + step->first); break;
    case SPLIT:
        follow(threads, at + step->first);
        follow(threads, at + step->second);
        break;
    default: threads->step[threads->count++] = at;
    }
}

static i32 count_ends(i32 length) {
    static Threads lists[2];
    Threads *now = &lists[0], *later = &lists[1];
    i32 ends = 0;
    now->count = 0;
    for (i32 i = 0; i <= length; i++) {
        if (i == 0) turn++;
        follow(now, 0);
        later->count = 0;
        turn++;
        for (i32 t = 0; t < now->count; t++) {
            const Step *step = &steps[now->step[t]];
            if (step->operation == MATCH) ends++;
            else if (i < length && accepts(step, text[i])) follow(later, now->step[t] + 1);
        }
        Threads *swap = now;
        now = later;
        later = swap;
    }
    return ends;
}

// --- Backtracking: where the first match from a given place ends, -1 without one.

static NOINLINE i32 match_from(i32 step, i32 place, i32 length) {
    for (;;) {
        const Step *now = &steps[step];
        switch (now->operation) {
        case MATCH: return place;
        case JUMP: step += now->first; break;
        case SPLIT: {
            i32 end = match_from(step + now->first, place, length);
            if (end >= 0) return end;
            step += now->second;
            break;
        }
        default:
            if (place == length || !accepts(now, text[place])) return -1;
            place++;
            step++;
        }
    }
}

static u64 find_all(i32 length) {
    u64 sum = CHECKSUM_START;
    for (i32 place = 0; place < length;) {
        i32 end = match_from(0, place, length);
        if (end > place) sum = checksum(sum, (u64)place << 32 | (u32)end);
        place = end > place ? end : place + 1;
    }
    return sum;
}

static void write_text(i32 length) {
    static const char *const parts[] = {"ann@site.org ", "2024-11-05 ", "x = 0x1F + 12; ", "foobarbar ", "3.14159\n", "zzz-"};
    Random random = {14142};
    for (i32 at = 0; at < length;)
        for (const char *part = parts[random_below(&random, 6)]; *part && at < length;) text[at++] = (u8)*part++;
}

EXPORT i64 run(i32 length) {
    static const char *const patterns[] = {"[a-z]+@[a-z]+(.org|.net)", "[0-9]+-[0-9]+-[0-9]+", "foo(bar)*", "(0x[0-9A-F]+|[0-9]+)[^a-z]",
                                           "(a|b|o)+r", "z?z?z?zzz"};
    length = at_most(length, TEXT_CAPACITY);
    write_text(length);
    u64 sum = CHECKSUM_START;
    for (i32 i = 0; i < LENGTH(patterns); i++) {
        compile(patterns[i]);
        sum = checksum(sum, (u32)count_ends(length));
        sum = checksum(sum, find_all(length));
    }
    return (i64)sum;
}
