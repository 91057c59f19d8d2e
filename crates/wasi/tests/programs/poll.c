// Waits for standard input and for time.
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

int main(void) {
    struct pollfd streams[2] = {{.fd = 0, .events = POLLIN}, {.fd = 1, .events = POLLOUT}};
    int ready = poll(streams + 1, 1, 1000);
    printf("output: %d, writable: %d\n", ready, (streams[1].revents & POLLOUT) != 0);
    fflush(stdout);
    ready = poll(streams, 1, 5000);
    printf("input: %d, readable: %d\n", ready, (streams[0].revents & POLLIN) != 0);
    char buffer[16];
    printf("read: %zd\n", read(0, buffer, sizeof buffer));
    ready = poll(NULL, 0, 10);
    printf("time: %d\n", ready);
    return 0;
}
