// Ends as it is told: with a status, by returning from main, or by a trap.
#include <stdio.h>
#include <stdlib.h>

static void goodbye(void) { puts("goodbye"); }

int main(int argc, char **argv) {
    int status = argc > 1 ? atoi(argv[1]) : 0;
    atexit(goodbye);
    if (status < 0) __builtin_trap();
    if (status > 100) return status - 100;
    exit(status);
}
