;; Constants and what computes with them, which are translated together.
(module
  (memory 1)
  (func $second_operand (param i32 i32) (result i32)
    local.get 0
    i32.const 3
    i32.mul
    local.get 1
    i32.const 5
    i32.rem_u
    i32.xor
    i32.const -1
    i32.sub)
  (func $folded (result i32)
    i32.const 20
    i32.const 22
    i32.add
    i32.const 5
    i32.shl)
  (func $traps (result i32)
    i32.const 1
    i32.const 0
    i32.div_s)
  (func $address (param i32) (result i32)
    local.get 0
    i32.const 8
    i32.add
    i32.load
    local.get 0
    i32.const 4
    i32.add
    i32.const 2
    i32.and
    i32.add)
  (func $compared (param i32 i32) (result i32)
    local.get 0
    i32.const 8
    i32.add
    local.get 1
    i32.const 4
    i32.add
    local.get 0
    i32.const 7
    i32.lt_s
    select)
  (func $unreachable (param i32) (result i32)
    block (result i32)
      local.get 0
      br 0
      i32.const 7
      i32.add
      i32.const 9
      i32.mul
    end
    i32.const 11
    i32.sub)
  (func $highest (param i32 i32 i32 i32) (result i32)
    local.get 0
    i32.ctz
    local.get 1
    i32.ctz
    local.get 2
    i32.ctz
    i32.const 0x7fffffff
    i32.rotr
    i32.add
    i32.add))

;; == translated
;; func second_operand: params 2, locals 0, zeroed s0..s0, slots 5
;;    0  I32Mul s0, 3 -> hot
;;    2  I32RemU s1, 5 -> acc
;;    4  I32Xor acc, hot -> acc
;;    6  I32Add acc, 1 -> acc
;;    8  ReturnInt acc
;; func folded: params 0, locals 0, zeroed s0..s0, slots 2
;;    0  ReturnInt 1344
;; func traps: params 0, locals 0, zeroed s0..s0, slots 2
;;    0  Copy32 1 -> s0
;;    2  I32DivS acc, 0 -> acc
;;    4  ReturnInt acc
;; func address: params 1, locals 0, zeroed s0..s0, slots 4
;;    0  I32LoadIndexed s0, 8, 0 -> hot
;;    2  I32Add s0, 4 -> acc
;;    4  I32And acc, 2 -> acc
;;    6  I32Add acc, hot -> acc
;;    8  ReturnInt acc
;; func compared: params 2, locals 0, zeroed s0..s0, slots 6
;;    0  I32Add s0, 8 -> s2
;;    2  I32Add s1, 4 -> s3
;;    4  I32LtS s0, 7 -> acc
;;    6  SelectInt s2, s3, acc -> acc
;;    8  ReturnInt acc
;; func unreachable: params 1, locals 0, zeroed s0..s0, slots 3
;;    0  Copy64 s0 -> s1
;;    2  I32Add s1, -11 -> acc
;;    4  ReturnInt acc
;; func highest: params 4, locals 0, zeroed s0..s0, slots 8
;;    0  I32Ctz s0 -> warm
;;    2  I32Ctz s1 -> hot
;;    4  I32Ctz s2 -> acc
;;    6  I32Rotl acc, 1 -> acc
;;    8  I32Add acc, hot -> acc
;;   10  I32Add acc, warm -> acc
;;   12  ReturnInt acc
