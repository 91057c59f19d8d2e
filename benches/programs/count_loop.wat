;; Counting loops whose state is in locals only: up, down, nested, and with two counters that meet.
;; Kind: branches, additions and comparisons without memory and without calls. By hand, because a compiler would
;; replace such loops by their result.
(module
  (func (export "run") (param $n i32) (result i64)
    (local $i i32) (local $j i32) (local $sum i32) (local $wide i64) (local $total i64)

    ;; Up, with the test at the end.
    (loop $up
      (local.set $sum (i32.add (local.get $sum) (i32.xor (local.get $i) (i32.const 5))))
      (br_if $up (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))

    ;; Down to zero, 64 bits, with the test at the start.
    (local.set $wide (i64.extend_i32_u (local.get $n)))
    (block $done
      (loop $down
        (br_if $done (i64.eqz (local.get $wide)))
        (local.set $total (i64.add (i64.mul (local.get $total) (i64.const 3)) (local.get $wide)))
        (local.set $wide (i64.sub (local.get $wide) (i64.const 1)))
        (br $down)))

    ;; Nested: the inner loop runs eight times, and takes one of two ways.
    (local.set $i (i32.const 0))
    (loop $outer
      (local.set $j (i32.const 8))
      (loop $inner
        (if (i32.and (i32.add (local.get $i) (local.get $j)) (i32.const 1))
          (then (local.set $sum (i32.add (local.get $sum) (local.get $j))))
          (else (local.set $sum (i32.sub (local.get $sum) (local.get $i)))))
        (br_if $inner (local.tee $j (i32.sub (local.get $j) (i32.const 1)))))
      (br_if $outer (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 8))) (local.get $n))))

    ;; Two counters that approach each other.
    (local.set $i (i32.const 0))
    (local.set $j (local.get $n))
    (block $met
      (loop $approach
        (br_if $met (i32.ge_s (local.get $i) (local.get $j)))
        (local.set $sum (i32.rotl (local.get $sum) (i32.const 1)))
        (local.set $i (i32.add (local.get $i) (i32.const 2)))
        (local.set $j (i32.sub (local.get $j) (i32.const 1)))
        (br $approach)))

    (i64.xor (local.get $total) (i64.extend_i32_u (local.get $sum)))))
