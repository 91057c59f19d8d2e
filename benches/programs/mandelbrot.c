// Iteration counts of the Mandelbrot set on a square grid. Kind: f64 arithmetic in locals, a data dependent loop.
#include "guest.h"

enum { MOST = 200 };

static i32 iterations(f64 re, f64 im) {
    f64 x = 0, y = 0, xx = 0, yy = 0;
    i32 count = 0;
    for (; count < MOST && xx + yy <= 4.0; count++) {
        y = 2.0 * x * y + im;
        x = xx - yy + re;
        xx = x * x;
        yy = y * y;
    }
    return count;
}

EXPORT i64 run(i32 side) {
    u64 sum = CHECKSUM_START;
    f64 scale = 3.0 / (f64)side;
    for (i32 row = 0; row < side; row++) {
        u64 line = 0;
        for (i32 column = 0; column < side; column++)
            line = line * 31 + (u32)iterations((f64)column * scale - 2.25, (f64)row * scale - 1.5);
        sum = checksum(sum, line);
    }
    return (i64)sum;
}
