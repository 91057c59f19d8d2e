;; Calls: direct, imported, indirect, tail; several results.
(module
  (type $binary (func (param i32 i32) (result i32)))
  (import "host" "log" (func $log (param i32)))
  (table 1 funcref)
  (func $swap (param i32 f64) (result f64 i32)
    (local.get 1) (local.get 0))
  (func $caller (param $f i32) (param $x i32) (result i32)
    (call $log (local.get $x))
    (call $swap (local.get $x) (f64.const 0.5))
    (local.set $x) (drop)
    (call_indirect (type $binary) (local.get $x) (i32.const 3) (i32.add (local.get $f) (i32.const 1))))
  (func $tail (param $f i32) (param $x i32) (result i32)
    (return_call $caller (i32.add (local.get $f) (i32.const 1)) (local.get $x)))
  (func $tail_indirect (param $f i32) (param $x i32) (result i32)
    (return_call_indirect (type $binary) (local.get $x) (local.get $x) (local.get $f))))

;; == translated
;; func swap: params 2, locals 0, zeroed s0..s0, slots 4
;;    0  CopyF64 s1 -> s2
;;    2  Copy64 s0 -> s3
;;    4  ReturnMany s2.., 2
;; func caller: params 2, locals 0, zeroed s0..s0, slots 6
;;    0  Copy64 s1 -> s2
;;    2  CallImport s2.., 0
;;    5  Copy64 s1 -> s2
;;    7  CopyF64 0.5 -> s3
;;   10  Call s2.., 1
;;   13  Copy64 s3 -> s1
;;   15  I32Add s0, 1 -> s4
;;   17  Copy64 s1 -> s2
;;   19  Copy32 3 -> s3
;;   21  CallIndirect s4, s2.., 0, 0
;;   24  ReturnInt acc
;; func tail: params 2, locals 0, zeroed s0..s0, slots 4
;;    0  I32Add s0, 1 -> s2
;;    2  Copy64 s1 -> s3
;;    4  TailCall s2.., 2, 2
;; func tail_indirect: params 2, locals 0, zeroed s0..s0, slots 5
;;    0  Copy64 s1 -> s2
;;    2  Copy64 s1 -> s3
;;    4  TailCallIndirect s2.., s0.., 2, 0, 0
