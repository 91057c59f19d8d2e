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
;; func fib: params 1, locals 0, slots 6, hot s2
;;    0  BrI64GeU s0, 2, @8
;;    4  Copy64 s0 -> s3
;;    6  Jump @22
;;    8  I64Sub s0, 1 -> s3
;;   11  Call s3.., s2.., 0
;;   14  I64Sub s0, 2 -> s4
;;   17  Call s4.., s2.., 0
;;   20  I64Add s3, acc -> s3
;;   22  ReturnInt s3, s1..
