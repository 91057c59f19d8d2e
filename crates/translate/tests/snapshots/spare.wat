;; Sums of what is loaded: what loses the accumulator to the next load has a register instead of a slot, where there is one.
(module
  (memory 1)
  (func $sum (param $at i32) (param $count i32) (result i32)
    (local $sum i32)
    loop $next
      local.get $sum
      local.get $at
      i32.load
      local.get $at
      i32.load offset=4
      i32.add
      local.get $at
      i32.load offset=8
      i32.add
      local.get $at
      i32.load offset=12
      i32.add
      local.get $at
      i32.load offset=16
      i32.add
      i32.xor
      local.set $sum
      local.get $at
      i32.const 4
      i32.add
      local.set $at
      local.get $count
      i32.const -1
      i32.add
      local.tee $count
      br_if $next
    end
    local.get $sum)
  ;; Nothing is kept across a call.
  (func $call (param $at i32) (result f64)
    (local $sum f64)
    loop $next
      local.get $at
      f64.load
      local.get $at
      f64.load offset=8
      f64.add
      local.get $at
      f64.load offset=16
      f64.add
      local.get $at
      call $call
      f64.add
      local.get $sum
      f64.add
      local.set $sum
      local.get $at
      i32.const -1
      i32.add
      local.tee $at
      br_if $next
    end
    local.get $sum)
  ;; One whose producer did not wait itself stays in its slot: nobody waits for it.
  (func $apart (param $x i32) (param $at i32) (result i32)
    loop $next
      local.get $x
      i32.const 8
      i32.shr_u
      local.get $at
      i32.load
      i32.xor
      local.set $x
      local.get $at
      i32.const -4
      i32.add
      local.tee $at
      br_if $next
    end
    local.get $x))

;; == translated
;; func sum: params 2, locals 1, zeroed s2..s3, slots 6
;;    0  Copy64 s0 -> hot
;;    2  I32Load hot, 0 -> warm
;;    4  I32Load hot, 4 -> acc
;;    6  I32Add acc, warm -> warm
;;    8  I32Load hot, 8 -> acc
;;   10  I32Add acc, warm -> warm
;;   12  I32Load hot, 12 -> acc
;;   14  I32Add acc, warm -> warm
;;   16  I32Load hot, 16 -> acc
;;   18  I32Add acc, warm -> acc
;;   20  I32Xor s2, acc -> s2
;;   22  I32Add hot, 4 -> hot
;;   24  I32Add s1, -1 -> s1
;;   26  BrI32Ne acc, 0, @2
;;   29  ReturnInt s2
;; func call: params 1, locals 1, zeroed s1..s2, slots 4
;;    0  Copy64 s0 -> hot
;;    2  F64Load hot, 0 -> hot
;;    4  F64Load hot, 8 -> acc
;;    6  F64Add hot, acc -> hot
;;    8  F64Load hot, 16 -> acc
;;   10  F64Add hot, acc -> s2
;;   12  Copy64 hot -> s3
;;   14  Call s3.., 1
;;   17  F64Add s2, acc -> acc
;;   19  F64Add acc, s1 -> s1
;;   21  I32Add hot, -1 -> hot
;;   23  BrI32Ne hot, 0, @2
;;   26  ReturnF64 acc
;; func apart: params 2, locals 0, zeroed s0..s0, slots 4
;;    0  Copy64 s1 -> hot
;;    2  Copy64 s0 -> warm
;;    4  I32ShrU warm, 8 -> s2
;;    6  I32Load hot, 0 -> acc
;;    8  I32Xor s2, acc -> warm
;;   10  I32Add hot, -4 -> hot
;;   12  BrI32Ne hot, 0, @4
;;   15  ReturnInt warm
