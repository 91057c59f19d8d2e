// Writes JSON documents of 250 records each, parses each into a tree, and walks the tree. Kind: byte scanning with many branches,
// recursive descent, nodes linked in memory, numbers from decimal digits.
#include "guest.h"

typedef enum { NONE, FALSE_, TRUE_, NUMBER, STRING, ARRAY, OBJECT } Kind;
typedef struct Node { Kind kind; u32 name; f64 number; struct Node *child, *next; } Node;

enum { TEXT_CAPACITY = 1 << 16, NODE_CAPACITY = 1 << 12, DOCUMENT = 250 };
static u8 text[TEXT_CAPACITY];
static Node nodes[NODE_CAPACITY];
static i32 text_length, node_count;
static const u8 *at;

static void put(const char *part) {
    while (*part) text[text_length++] = (u8)*part++;
}

static void put_number(u32 number) {
    char digits[11];
    i32 i = 10;
    digits[i] = 0;
    do digits[--i] = (char)('0' + number % 10);
    while (number /= 10);
    put(digits + i);
}

static void write_record(Random *random, i32 index) {
    static const char *const names[] = {"Ada", "B\\u00e9la", "Chloe \\\"C\\\"", "Dmitri", "Eve\\n"};
    put(index == 0 ? "\n  " : ",\n  ");
    put("{\"id\": ");
    put_number((u32)index);
    put(", \"name\": \"");
    put(names[random_below(random, 5)]);
    put("\", \"active\": ");
    put(random_below(random, 2) ? "true" : "false");
    put(", \"note\": null, \"place\": {\"lat\": -");
    put_number(random_below(random, 90));
    put(".");
    put_number(random_below(random, 10000));
    put(", \"long\": ");
    put_number(random_below(random, 180));
    put("e-1}, \"tags\": [");
    for (u32 i = random_below(random, 4); i > 0; i--) {
        put("\"tag");
        put_number(random_below(random, 50));
        put(i > 1 ? "\", " : "\"");
    }
    put("]}");
}

static void skip_space(void) {
    while (*at == ' ' || *at == '\n' || *at == '\t' || *at == '\r') at++;
}

// A hash of the string's characters; `at` is behind its closing quote afterwards.
static u32 read_string(void) {
    u32 hash = 2166136261u;
    for (at++; *at && *at != '"'; at++) {
        if (*at == '\\') hash = hash * 33 + 1, at++;
        hash = (hash ^ *at) * 16777619u;
    }
    at++;
    return hash;
}

static f64 power_of_ten(i32 exponent) {
    f64 power = 1;
    for (; exponent > 0; exponent--) power *= 10;
    return power;
}

static f64 read_number(void) {
    i32 negative = *at == '-', exponent = 0;
    f64 number = 0;
    for (at += negative; *at >= '0' && *at <= '9'; at++) number = number * 10 + (*at - '0');
    if (*at == '.')
        for (at++; *at >= '0' && *at <= '9'; at++, exponent--) number = number * 10 + (*at - '0');
    if (*at == 'e' || *at == 'E') {
        i32 down = *++at == '-', digits = 0;
        for (at += down || *at == '+'; *at >= '0' && *at <= '9'; at++) digits = digits * 10 + (*at - '0');
        exponent += down ? -digits : digits;
    }
    number = exponent < 0 ? number / power_of_ten(-exponent) : number * power_of_ten(exponent);
    return negative ? -number : number;
}

static Node *read_value(void);

static Node *read_members(Node *parent, u8 close) {
    Node **link = &parent->child;
    at++;
    for (skip_space(); *at != close; skip_space()) {
        u32 name = 0;
        if (close == '}') {
            name = read_string();
            skip_space();
            at++;
        }
        *link = read_value();
        (*link)->name = name;
        link = &(*link)->next;
        skip_space();
        if (*at == ',') at++;
    }
    at++;
    return parent;
}

static NOINLINE Node *read_value(void) {
    skip_space();
    Node *node = &nodes[node_count++];
    *node = (Node){NONE, 0, 0, 0, 0};
    switch (*at) {
    case '{': node->kind = OBJECT; return read_members(node, '}');
    case '[': node->kind = ARRAY; return read_members(node, ']');
    case '"': node->kind = STRING; node->number = read_string(); return node;
    case 't': node->kind = TRUE_; at += 4; return node;
    case 'f': node->kind = FALSE_; at += 5; return node;
    case 'n': node->kind = NONE; at += 4; return node;
    default: node->kind = NUMBER; node->number = read_number(); return node;
    }
}

static NOINLINE u64 walk(const Node *node, u64 sum) {
    sum = checksum(sum, (u64)node->kind << 32 ^ node->name);
    if (node->kind == NUMBER || node->kind == STRING) sum = checksum(sum, bits_of_f64(node->number));
    for (const Node *child = node->child; child; child = child->next) sum = walk(child, sum);
    return sum;
}

static NOINLINE void write_document(Random *random, i32 records) {
    text_length = 0;
    put("[");
    for (i32 i = 0; i < records; i++) write_record(random, i);
    put("\n]");
    text[text_length] = 0;
}

EXPORT i64 run(i32 records) {
    Random random = {31415};
    u64 sum = CHECKSUM_START;
    for (; records > 0; records -= DOCUMENT) {
        write_document(&random, at_most(records, DOCUMENT));
        at = text;
        node_count = 0;
        sum = checksum(walk(read_value(), sum), (u32)text_length);
    }
    return (i64)sum;
}
