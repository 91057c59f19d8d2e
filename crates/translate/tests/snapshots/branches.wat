;; Branches that carry values; a branch table with a stub where values must move.
(module
  (func $carry (param $x i32) (result i32)
    (i32.add (i32.const 5)
      (block $outer (result i32)
        (i32.clz (local.get $x))
        (br_if $outer (i32.const 7) (local.get $x)) (drop)
        (drop) (i32.const 9))))
  (func $table (param $x i32) (result i32)
    (block $a (result i32)
      (block $b (result i32)
        (i32.const 1)
        (i32.const 2)
        (br_table $a $b $a (local.get $x)))
      (drop)
      (i32.const 3))))

;; == translated
;; func carry: params 1, locals 0, zeroed s0..s0, slots 5
;;    0  I32Clz s0 -> s2
;;    2  BrI32Eq s0, 0, @9
;;    5  Copy32 7 -> s2
;;    7  Jump @11
;;    9  Copy32 9 -> s2
;;   11  I32Add s2, 5 -> acc
;;   13  ReturnInt acc
;; func table: params 1, locals 0, zeroed s0..s0, slots 4
;;    0  BranchTable s0, [@4 @8 @4]
;;    4  Copy32 2 -> s1
;;    6  Jump @12
;;    8  Copy32 2 -> s1
;;   10  Copy32 3 -> s1
;;   12  ReturnInt s1
