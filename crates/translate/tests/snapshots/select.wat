;; Select, negated comparisons, floats.
(module
  (func $max (param $a f64) (param $b f64) (result f64)
    (select (local.get $a) (local.get $b) (f64.gt (local.get $a) (local.get $b))))
  (func $clamp (param $x i32) (result i32)
    (select (i32.const 255) (local.get $x) (i32.gt_u (local.get $x) (i32.const 255))))
  (func $not_less (param $a f32) (param $b f32) (result i32)
    (if (i32.eqz (f32.lt (local.get $a) (local.get $b))) (then (return (i32.const 1))))
    (i32.const 0)))

;; == translated
;; func max: params 2, locals 0, zeroed s0..s0, slots 6
;;    0  F64Gt s0, s1 -> acc
;;    2  SelectF64 s0, s1, acc -> acc
;;    4  ReturnF64 acc
;; func clamp: params 1, locals 0, zeroed s0..s0, slots 5
;;    0  I32GtU s0, 255 -> acc
;;    2  SelectInt 255, s0, acc -> acc
;;    5  ReturnInt acc
;; func not_less: params 2, locals 0, zeroed s0..s0, slots 4
;;    0  BrF32Lt s0, s1, @5
;;    3  ReturnInt 1
;;    5  ReturnInt 0
