// The two functions a C compiler may call of its own accord. Linked into every program; the linker drops what is unused.
typedef __SIZE_TYPE__ size;

void *memcpy(void *restrict to, const void *restrict from, size count) {
    unsigned char *write = to;
    const unsigned char *read = from;
    for (; count >= 4; count -= 4, write += 4, read += 4) {
        unsigned word;
        __builtin_memcpy(&word, read, 4);
        __builtin_memcpy(write, &word, 4);
    }
    for (; count > 0; count--) *write++ = *read++;
    return to;
}

void *memset(void *to, int value, size count) {
    unsigned char *write = to;
    unsigned word = (unsigned char)value * 0x01010101u;
    for (; count >= 4; count -= 4, write += 4) __builtin_memcpy(write, &word, 4);
    for (; count > 0; count--) *write++ = (unsigned char)value;
    return to;
}
