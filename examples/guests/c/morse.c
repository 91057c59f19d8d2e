// Text to Morse code and back, in a memory of a fixed size: two buffers, a table, and a stack of 256 bytes.
//
// The host writes into one buffer, calls, and reads the other: `encode(n)` reads n bytes of text and writes code, `decode(n)` the
// reverse. Both return the length of the result, or -1 if it does not fit or a sign is unknown.

#define EXPORT(name) __attribute__((export_name(#name)))
#define TEXT 64
#define CODE 256

static char text[TEXT];
static char code[CODE];

// A to Z, then 0 to 9: a one, then a bit per signal, 1 for a dash.
static const unsigned char signs[36] = {
    5,  24, 26, 12, 2,  18, 14, 16, 4,  23, 13, 20, 7,  6,  15, 22, 29, 10,
    8,  3,  9,  17, 11, 25, 27, 28, 63, 47, 39, 35, 33, 32, 48, 56, 60, 62,
};

EXPORT(text) char *text_buffer(void) { return text; }
EXPORT(code) char *code_buffer(void) { return code; }
EXPORT(capacity) int capacity(void) { return TEXT; }

static int sign_of(char letter) {
    if (letter >= 'a' && letter <= 'z') return signs[letter - 'a'];
    if (letter >= 'A' && letter <= 'Z') return signs[letter - 'A'];
    if (letter >= '0' && letter <= '9') return signs[letter - '0' + 26];
    return 0;
}

static char letter_of(unsigned sign) {
    for (int i = 0; i < 36; i++)
        if (signs[i] == sign) return (char)(i < 26 ? 'A' + i : '0' + i - 26);
    return 0;
}

// Letters end with a blank, words with a slash and a blank.
EXPORT(encode) int encode(int length) {
    int end = 0;
    if (length < 0 || length > TEXT) return -1;
    for (int i = 0; i < length; i++) {
        int sign = sign_of(text[i]);
        if (sign == 0 && text[i] != ' ') return -1;
        if (end + 7 > CODE) return -1;
        if (sign == 0) code[end++] = '/';
        int signal = 1;
        while (signal << 1 <= sign) signal <<= 1;
        for (signal >>= 1; signal > 0; signal >>= 1) code[end++] = sign & signal ? '-' : '.';
        code[end++] = ' ';
    }
    return end;
}

EXPORT(decode) int decode(int length) {
    int end = 0;
    unsigned sign = 1;
    if (length < 0 || length > CODE) return -1;
    for (int i = 0; i < length; i++) {
        char letter = ' ';
        switch (code[i]) {
        case '.': sign = sign << 1; continue;
        case '-': sign = sign << 1 | 1; continue;
        case '/': i++; break;
        case ' ': letter = letter_of(sign); break;
        default: return -1;
        }
        if (letter == 0 || end == TEXT) return -1;
        text[end++] = letter;
        sign = 1;
    }
    return end;
}
