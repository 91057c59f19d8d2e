// The n-th prime number, for `wasmite run primes.wasm --invoke nth_prime 100` (541), and whether a number is prime.
// Shows arguments, two exported functions and an i64 result.

__attribute__((export_name("is_prime"))) int is_prime(long long number) {
    if (number < 4) return number > 1;
    if (number % 2 == 0) return 0;
    for (long long divisor = 3; divisor <= number / divisor; divisor += 2)
        if (number % divisor == 0) return 0;
    return 1;
}

__attribute__((export_name("nth_prime"))) long long nth_prime(int n) {
    long long number = 2;
    for (; n > 1; n--) do number++; while (!is_prime(number));
    return number;
}
