;; A counting loop: local.set folds into the addition, the comparison into the branch.
(module
  (func $sum (param $n i32) (result i32) (local $i i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (local.get $i)))
      (br_if $next
        (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
    (local.get $sum)))

;; == translated
;; func sum: params 1, locals 2, zeroed s0..s0, slots 5
;;    0  Copy32 0 -> hot
;;    2  Copy32 0 -> warm
;;    4  I32Add hot, warm -> warm
;;    6  I32Add hot, 1 -> hot
;;    8  BrI32GtU s0, hot, @4
;;   11  ReturnInt warm
