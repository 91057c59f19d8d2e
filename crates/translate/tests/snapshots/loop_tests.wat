;; What loops begin with is repeated where they go on, though a few blocks are open around it.
(module
  (func $three_blocks (param i32 i32)
    loop $again
      block $b
        block $a
          local.get 0
          i32.const 3
          i32.lt_s
          br_if $a
          local.get 1
          br_if $b
        end
        local.get 0
        i32.ctz
        local.set 1
      end
      local.get 0
      i32.const 1
      i32.sub
      local.set 0
      br $again
    end))

;; == translated
;; func three_blocks: params 2, locals 0, zeroed s0..s0, slots 4
;;    0  Copy64 s0 -> hot
;;    2  Copy64 s1 -> warm
;;    4  BrI32LtS hot, 3, @10
;;    7  BrI32Ne warm, 0, @12
;;   10  I32Ctz hot -> warm
;;   12  I32Add hot, -1 -> hot
;;   14  BrI32GtS hot, 2, @7
;;   17  Jump @10
