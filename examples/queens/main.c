// How many ways are there to place n queens on a board of n by n fields so that none attacks another?
// Exports one function without parameters, so that `wasmite run queens.wasm` prints its result: 92, for eight queens.

enum { SIZE = 8, ALL = (1 << SIZE) - 1 };

// Bits are columns. `left` and `right` are the columns that queens of earlier rows attack along the diagonals.
static int place(unsigned columns, unsigned left, unsigned right) {
    if (columns == ALL) return 1;
    int ways = 0;
    for (unsigned open = ALL & ~(columns | left | right); open != 0; open &= open - 1) {
        unsigned queen = open & -open;
        ways += place(columns | queen, (left | queen) << 1, (right | queen) >> 1);
    }
    return ways;
}

__attribute__((export_name("queens"))) int queens(void) { return place(0, 0, 0); }
