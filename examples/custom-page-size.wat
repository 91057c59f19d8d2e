;; A memory with pages of one byte (the custom page sizes proposal): its size is exact to the byte, which suits devices that
;; cannot spare 64 KiB per page. Sizes and growth are counted in these pages, that is, in bytes.
;;
;;   wasmite run custom-page-size.wat --invoke size              1000
;;   wasmite run custom-page-size.wat --invoke store 999 42      the last byte; 1000 would trap
;;   wasmite run custom-page-size.wat --invoke grow 24           1000, the size before
;;   wasmite run custom-page-size.wat                            1066: what `_start` does, in one go
(module
  (memory (export "memory") 1000 2000 (pagesize 1))

  (func $size (export "size") (result i32)
    (memory.size))

  ;; Returns the size before in bytes, or -1 beyond the limit of 2000.
  (func $grow (export "grow") (param $bytes i32) (result i32)
    (memory.grow (local.get $bytes)))

  (func $load (export "load") (param $address i32) (result i32)
    (i32.load8_u (local.get $address)))

  (func $store (export "store") (param $address i32) (param $value i32)
    (i32.store8 (local.get $address) (local.get $value)))

  ;; Grows by 24 bytes, stores 42 in the last one, and returns the new size plus what it loads from there.
  (func (export "_start") (result i32)
    (drop (call $grow (i32.const 24)))
    (call $store (i32.sub (call $size) (i32.const 1)) (i32.const 42))
    (i32.add (call $size) (call $load (i32.sub (call $size) (i32.const 1))))))
