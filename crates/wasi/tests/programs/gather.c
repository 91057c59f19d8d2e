// Writes from several buffers at once.
#include <fcntl.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

int main(void) {
    char first[4] = {0}, second[8] = {0};
    struct iovec out[3] = {{"ab", 2}, {"", 0}, {"cdef", 4}}, in[2] = {{first, 3}, {second, 7}};
    int fd = open("gathered", O_RDWR | O_CREAT, 0644);
    printf("written %zd\n", writev(fd, out, 3));
    lseek(fd, 0, SEEK_SET);
    printf("read %zd", readv(fd, in, 2));
    printf(" [%s] [%s]\n", first, second);
    return 0;
}
