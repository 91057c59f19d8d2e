;; Recursion: arguments are computed straight into the callee's frame, the comparison is part of the branch.
(module
  (func $fib (param $n i64) (result i64)
    (if (result i64) (i64.lt_u (local.get $n) (i64.const 2))
      (then (local.get $n))
      (else
        (i64.add
          (call $fib (i64.sub (local.get $n) (i64.const 1)))
          (call $fib (i64.sub (local.get $n) (i64.const 2))))))))

;; == translated
;; func fib: params 1, locals 0, zeroed s0..s0, slots 4
;;    0  BrI64GtU s0, 1, @7
;;    3  Copy64 s0 -> s1
;;    5  Jump @19
;;    7  I64Add s0, -1 -> s1
;;    9  Call s1.., 0
;;   12  I64Add s0, -2 -> s2
;;   14  Call s2.., 0
;;   17  I64Add s1, acc -> s1
;;   19  ReturnInt s1
