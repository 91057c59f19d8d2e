;; What is left to the run loop, globals, wide arithmetic.
(module
  (import "host" "base" (global $base i32))
  (memory 1)
  (table 4 funcref)
  (global $count (mut i64) (i64.const 0))
  (func $fill (param $d i32) (param $n i32) (result i32)
    (memory.fill (i32.add (global.get $base) (local.get $d)) (i32.const 0) (local.get $n))
    (global.set $count (i64.add (global.get $count) (i64.const 1)))
    (memory.grow (local.get $n)))
  (func $mul (param $a i64) (param $b i64) (result i64 i64)
    (i64.mul_wide_u (local.get $a) (local.get $b)))
  (func $is_null (param $i i32) (result i32)
    (ref.is_null (table.get (local.get $i)))))

;; == translated
;; func fill: params 2, locals 0, zeroed s0..s0, slots 5
;;    0  ImportedGlobalGetInt 0 -> acc
;;    2  I32Add s0, acc -> s2
;;    4  Copy32 0 -> s3
;;    6  MemoryFill s2.., s3.., s1.., 0
;;    9  GlobalGetInt 0 -> acc
;;   11  I64Add acc, 1 -> acc
;;   13  GlobalSetInt acc, 0
;;   15  Copy64 s1 -> s2
;;   17  MemoryGrow s2.., s2.., 0, 0
;;   20  ReturnInt acc
;; func mul: params 2, locals 0, zeroed s0..s0, slots 4
;;    0  Copy64 s0 -> s2
;;    2  Copy64 s1 -> s3
;;    4  I64MulWideU s2.., s2..
;;    6  ReturnMany s2.., 2
;; func is_null: params 1, locals 0, zeroed s0..s0, slots 3
;;    0  TableGet s0, 0 -> acc
;;    2  I64Eq acc, 0 -> acc
;;    4  ReturnInt acc
