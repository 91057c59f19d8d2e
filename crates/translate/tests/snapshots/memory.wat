;; Addresses: constants join the offset, additions join the access, memories other than 0 take the general ops.
(module
  (memory 1)
  (memory $wide i64 1)
  (func $dot (param $a i32) (param $b i32) (param $i i32) (result f64)
    (f64.mul
      (f64.load offset=8 (i32.add (local.get $a) (local.get $i)))
      (f64.load (i32.add (local.get $b) (i32.const 16)))))
  (func $poke (param $a i32) (param $v i64)
    (i64.store16 (i32.const 100) (local.get $v))
    (i64.store (i32.add (local.get $a) (i32.const 4)) (i64.const -1))
    (i64.store $wide offset=0x100000000 (i64.const 5) (i64.load $wide (local.get $v)))))

;; == translated
;; func dot: params 3, locals 0, zeroed s0..s0, slots 6
;;    0  F64LoadIndexed s0, s2, 8 -> hot
;;    2  F64LoadIndexed s1, 16, 0 -> acc
;;    4  F64Mul hot, acc -> acc
;;    6  ReturnF64 acc
;; func poke: params 2, locals 0, zeroed s0..s0, slots 4
;;    0  I64Store16 s1, 100
;;    2  I64StoreIndexed s0, 4, -1, 0
;;    4  I64LoadGeneral s1.., s3.., 1, 0
;;    7  Copy32 5 -> s2
;;    9  I64StoreGeneral s2.., s3.., 1, 4294967296
;;   12  Return
