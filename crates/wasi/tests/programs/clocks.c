// Clocks go forward, tell a time after 2020, and have a resolution.
#include <errno.h>
#include <stdio.h>
#include <time.h>

static void check(clockid_t clock, const char *name) {
    struct timespec resolution, before, after;
    if (clock_getres(clock, &resolution) || clock_gettime(clock, &before) || clock_gettime(clock, &after)) {
        perror(name);
        return;
    }
    long long elapsed = (after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec;
    printf("%s: resolution %s, %s\n", name, resolution.tv_sec || resolution.tv_nsec ? "known" : "zero",
           elapsed >= 0 ? "forward" : "backward");
}

int main(void) {
    struct timespec pause = {0, 20000000}, before, after;
    check(CLOCK_REALTIME, "realtime");
    check(CLOCK_MONOTONIC, "monotonic");
    printf("after 2020: %d\n", time(NULL) > 1577836800);
    clock_gettime(CLOCK_MONOTONIC, &before);
    if (nanosleep(&pause, NULL)) perror("nanosleep");
    clock_gettime(CLOCK_MONOTONIC, &after);
    long long slept = (after.tv_sec - before.tv_sec) * 1000000000LL + after.tv_nsec - before.tv_nsec;
    printf("slept long enough: %d\n", slept >= 20000000);
    return 0;
}
