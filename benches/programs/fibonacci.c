// Fibonacci numbers by plain double recursion. Kind: calls of a tiny function, little else.
#include "guest.h"

// Without the attribute the compiler turns the second call into a loop.
__attribute__((disable_tail_calls)) static i64 fibonacci(i32 n) {
    if (n < 2) return n;
    return fibonacci(n - 1) + fibonacci(n - 2);
}

EXPORT i64 run(i32 n) { return fibonacci(n); }
