// Quicksort (with insertion sort for short ranges) and heapsort over the same numbers.
// Kind: loads, stores and compares on an i32 array, hard to predict branches.
#include "guest.h"

enum { CAPACITY = 1 << 17, SHORT = 12 };
static i32 numbers[CAPACITY];

static void fill(i32 count, u32 seed) {
    Random random = {seed};
    for (i32 i = 0; i < count; i++) numbers[i] = (i32)next_random(&random);
}

static void insertion_sort(i32 *a, i32 low, i32 high) {
    for (i32 i = low + 1; i <= high; i++) {
        i32 value = a[i], j = i;
        for (; j > low && a[j - 1] > value; j--) a[j] = a[j - 1];
        a[j] = value;
    }
}

static i32 median(i32 x, i32 y, i32 z) {
    if (x > y) { i32 t = x; x = y; y = t; }
    return z < x ? x : z > y ? y : z;
}

static void quicksort(i32 *a, i32 low, i32 high) {
    while (high - low > SHORT) {
        i32 pivot = median(a[low], a[low + (high - low) / 2], a[high]);
        i32 i = low, j = high;
        while (i <= j) {
            while (a[i] < pivot) i++;
            while (a[j] > pivot) j--;
            if (i <= j) { i32 t = a[i]; a[i++] = a[j]; a[j--] = t; }
        }
        quicksort(a, low, j);
        low = i;
    }
    insertion_sort(a, low, high);
}

static void sift_down(i32 *a, i32 root, i32 count) {
    i32 value = a[root];
    for (i32 child; (child = 2 * root + 1) < count; root = child) {
        if (child + 1 < count && a[child + 1] > a[child]) child++;
        if (a[child] <= value) break;
        a[root] = a[child];
    }
    a[root] = value;
}

static void heapsort(i32 *a, i32 count) {
    for (i32 root = count / 2; root-- > 0;) sift_down(a, root, count);
    for (i32 last = count; last-- > 1;) {
        i32 t = a[0];
        a[0] = a[last];
        a[last] = t;
        sift_down(a, 0, last);
    }
}

// The checksum of the sorted array; 0 where it is not in order.
static u64 inspect(i32 count) {
    u64 sum = CHECKSUM_START;
    for (i32 i = 0; i < count; i++) {
        if (i > 0 && numbers[i - 1] > numbers[i]) return 0;
        sum = checksum(sum, (u32)numbers[i]);
    }
    return sum;
}

EXPORT i64 run(i32 count) {
    count = at_most(count, CAPACITY);
    fill(count, 0x2545F491);
    quicksort(numbers, 0, count - 1);
    u64 sum = inspect(count);
    fill(count, 0x1234567);
    heapsort(numbers, count);
    return (i64)checksum(sum, inspect(count));
}
