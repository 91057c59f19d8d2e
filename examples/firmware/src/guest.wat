;; What the firmware runs: a memory of 1024 one-byte pages that may double, and exports to use it up.
;; Build: `wasm-tools parse guest.wat -o guest.wasm`.
(module
  (memory (export "memory") 1024 2048 (pagesize 1))
  (data (i32.const 16) "greetings from a memory of exactly 1 KiB")

  ;; The workload that engines are compared by: recursion, then a loop of loads and stores.
  (func (export "work") (param $turns i32) (result i32)
    (i32.add (call $fib (i32.const 15)) (call $mix (local.get $turns))))

  (func $fib (export "fib") (param $n i32) (result i32)
    (if (result i32) (i32.lt_s (local.get $n) (i32.const 2))
      (then (local.get $n))
      (else
        (i32.add
          (call $fib (i32.sub (local.get $n) (i32.const 1)))
          (call $fib (i32.sub (local.get $n) (i32.const 2)))))))

  ;; Each turn adds to one of 128 words, and folds the word into the result.
  (func $mix (param $turns i32) (result i32)
    (local $turn i32) (local $sum i32) (local $word i32)
    (loop $again
      (local.set $word
        (i32.and (i32.shl (local.get $turn) (i32.const 2)) (i32.const 508)))
      (i32.store offset=256 (local.get $word)
        (i32.add
          (i32.mul (local.get $turn) (i32.const 7))
          (i32.load offset=256 (local.get $word))))
      (local.set $sum
        (i32.xor
          (i32.rotl (local.get $sum) (i32.const 3))
          (i32.load offset=256 (local.get $word))))
      (br_if $again
        (i32.lt_u
          (local.tee $turn (i32.add (local.get $turn) (i32.const 1)))
          (local.get $turns))))
    (local.get $sum))

  ;; In pages, that is, in bytes; -1 if the memory would become too large.
  (func (export "grow") (param $bytes i32) (result i32)
    (memory.grow (local.get $bytes)))

  ;; Traps beyond the end of the memory.
  (func (export "peek") (param $address i32) (result i32)
    (i32.load8_u (local.get $address))))
