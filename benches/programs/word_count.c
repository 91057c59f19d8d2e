// Counts lines, words and the frequency of every word of a generated text, and ranks the words.
// Kind: classification of bytes, string compare, chained buckets.
#include "guest.h"

typedef struct Word { const u8 *start; i32 length, count; struct Word *next; } Word;

enum { CAPACITY = 1 << 18, WORD_CAPACITY = 4096, BUCKETS = 256 };
static u8 text[CAPACITY];
static Word words[WORD_CAPACITY];
static Word *buckets[BUCKETS];
static i32 word_count;

// Syllables make a few hundred words of uneven frequency.
static void write_text(i32 length) {
    static const char syllables[] = "kalomiterunosashivandobelarumepo";
    Random random = {57721};
    for (i32 at = 0; at < length;) {
        u32 few = 1 + random_below(&random, 3);
        for (u32 i = 0; i < few && at + 2 < length; i++) {
            u32 syllable = random_below(&random, 16) & random_below(&random, 16);
            text[at++] = (u8)(syllables[2 * syllable] - (i == 0 && random_below(&random, 9) == 0 ? 32 : 0));
            text[at++] = (u8)syllables[2 * syllable + 1];
        }
        u32 end = random_below(&random, 20);
        text[at++] = end == 0 ? '\n' : end == 1 ? ',' : ' ';
    }
}

static inline u8 lower(u8 c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; }
static inline i32 is_letter(u8 c) { return c >= 'a' && c <= 'z'; }

static i32 same(const u8 *a, const u8 *b, i32 length) {
    for (i32 i = 0; i < length; i++)
        if (lower(a[i]) != lower(b[i])) return 0;
    return 1;
}

static NOINLINE void count_word(const u8 *start, i32 length, u32 hash) {
    Word **link = &buckets[(hash ^ hash >> 8) % BUCKETS];
    for (Word *word; (word = *link); link = &word->next)
        if (word->length == length && same(word->start, start, length)) {
            word->count++;
            return;
        }
    if (word_count == WORD_CAPACITY) return;
    *link = &words[word_count++];
    **link = (Word){start, length, 1, 0};
}

static i32 count_text(i32 length) {
    i32 lines = 0;
    for (i32 at = 0; at < length;) {
        i32 start = at;
        u32 hash = 0;
        while (at < length && is_letter(lower(text[at]))) hash = hash * 31 + lower(text[at++]);
        if (at > start) count_word(text + start, at - start, hash);
        while (at < length && !is_letter(lower(text[at]))) lines += text[at++] == '\n';
    }
    return lines;
}

EXPORT i64 run(i32 length) {
    length = at_most(length, CAPACITY);
    for (i32 i = 0; i < BUCKETS; i++) buckets[i] = 0;
    word_count = 0;
    write_text(length);
    u64 sum = checksum(CHECKSUM_START, (u32)count_text(length));
    // The ten most frequent words, the earlier one first among equals.
    for (i32 rank = 0; rank < 10 && rank < word_count; rank++) {
        Word *most = words;
        for (i32 i = 1; i < word_count; i++)
            if (words[i].count > most->count) most = &words[i];
        sum = checksum(sum, (u64)most->count << 32 | (u32)(most->start - text));
        most->count = -most->count;
    }
    return (i64)checksum(sum, (u32)word_count);
}
