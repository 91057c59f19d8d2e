;; Memories with pages of one byte: sizes that are not multiples of anything.

(module
  (memory (export "memory") 1000 1003 (pagesize 1))
  (data (i32.const 996) "\01\02\03\04")
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "load32") (param i32) (result i32) (i32.load (local.get 0)))
  (func (export "load64") (param i32) (result i64) (i64.load (local.get 0)))
  (func (export "store32") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  (func (export "fill") (param i32 i32 i32) (memory.fill (local.get 0) (local.get 1) (local.get 2)))
)

(assert_return (invoke "size") (i32.const 1000))
(assert_return (invoke "load8" (i32.const 999)) (i32.const 4))
(assert_trap (invoke "load8" (i32.const 1000)) "out of bounds memory access")
(assert_return (invoke "load32" (i32.const 996)) (i32.const 0x04030201))
(assert_trap (invoke "load32" (i32.const 997)) "out of bounds memory access")
(assert_trap (invoke "load64" (i32.const 993)) "out of bounds memory access")
(assert_trap (invoke "store32" (i32.const 997) (i32.const -1)) "out of bounds memory access")
(assert_return (invoke "load32" (i32.const 996)) (i32.const 0x04030201))

(assert_return (invoke "grow" (i32.const 1)) (i32.const 1000))
(assert_return (invoke "size") (i32.const 1001))
(assert_return (invoke "load8" (i32.const 1000)) (i32.const 0))
(assert_trap (invoke "load8" (i32.const 1001)) "out of bounds memory access")
(assert_return (invoke "load32" (i32.const 997)) (i32.const 0x00040302))
(assert_return (invoke "grow" (i32.const 3)) (i32.const -1))
(assert_return (invoke "grow" (i32.const 2)) (i32.const 1001))
(assert_return (invoke "grow" (i32.const 1)) (i32.const -1))
(assert_return (invoke "grow" (i32.const 0)) (i32.const 1003))
(assert_return (invoke "load32" (i32.const 999)) (i32.const 4))
(assert_return (invoke "fill" (i32.const 1003) (i32.const 1) (i32.const 0)))
(assert_trap (invoke "fill" (i32.const 1003) (i32.const 1) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 1000) (i32.const 1) (i32.const 4)) "out of bounds memory access")
(assert_return (invoke "load8" (i32.const 1002)) (i32.const 0))
(assert_return (invoke "fill" (i32.const 1000) (i32.const 7) (i32.const 3)))
(assert_return (invoke "load32" (i32.const 999)) (i32.const 0x07070704))

;; No bytes at all.
(module
  (memory 0 0 (pagesize 1))
  (func (export "size") (result i32) (memory.size))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "load8") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "store8") (param i32) (i32.store8 (local.get 0) (i32.const 1)))
)
(assert_return (invoke "size") (i32.const 0))
(assert_return (invoke "grow" (i32.const 0)) (i32.const 0))
(assert_return (invoke "grow" (i32.const 1)) (i32.const -1))
(assert_trap (invoke "load8" (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "load8" (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "store8" (i32.const 0)) "out of bounds memory access")

;; Growth that cannot be granted must not look like success.
(module
  (memory 0 (pagesize 1))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "size") (result i32) (memory.size))
)
(assert_return (invoke "grow" (i32.const 10)) (i32.const 0))
(assert_return (invoke "grow" (i32.const -1)) (i32.const -1))
(assert_return (invoke "grow" (i32.const -10)) (i32.const -1))
(assert_return (invoke "size") (i32.const 10))

;; 64-bit addresses.
(module
  (memory i64 5 7 (pagesize 1))
  (func (export "size") (result i64) (memory.size))
  (func (export "grow") (param i64) (result i64) (memory.grow (local.get 0)))
  (func (export "load16") (param i64) (result i32) (i32.load16_u (local.get 0)))
  (func (export "load16 at 3") (param i64) (result i32) (i32.load16_u offset=3 (local.get 0)))
)
(assert_return (invoke "size") (i64.const 5))
(assert_return (invoke "load16" (i64.const 3)) (i32.const 0))
(assert_trap (invoke "load16" (i64.const 4)) "out of bounds memory access")
(assert_trap (invoke "load16" (i64.const 0x1_0000_0000)) "out of bounds memory access")
(assert_trap (invoke "load16" (i64.const -1)) "out of bounds memory access")
(assert_return (invoke "load16 at 3" (i64.const 0)) (i32.const 0))
(assert_trap (invoke "load16 at 3" (i64.const 1)) "out of bounds memory access")
(assert_trap (invoke "load16 at 3" (i64.const -3)) "out of bounds memory access")
(assert_return (invoke "grow" (i64.const -1)) (i64.const -1))
(assert_return (invoke "grow" (i64.const 2)) (i64.const 5))
(assert_return (invoke "load16" (i64.const 5)) (i32.const 0))

;; The page size is part of the type: no import of another one.
(module $bytes (memory (export "memory") 65536 (pagesize 1)))
(register "bytes" $bytes)
(module (import "bytes" "memory" (memory 65536 (pagesize 1))))
(assert_unlinkable
  (module (import "bytes" "memory" (memory 1)))
  "incompatible import type")
(assert_unlinkable
  (module (import "bytes" "memory" (memory 65537 (pagesize 1))))
  "incompatible import type")

(assert_invalid
  (module (memory 2 1 (pagesize 1)))
  "size minimum must not be greater than maximum")
(assert_malformed
  (module quote "(memory 0 (pagesize 3))")
  "invalid custom page size")
(assert_invalid
  (module (memory 0 (pagesize 2)))
  "invalid custom page size")

;; Active segments at and beyond the end.
(module (memory 3 (pagesize 1)) (data (i32.const 0) "abc"))
(module (memory 3 (pagesize 1)) (data (i32.const 3) ""))
(assert_trap
  (module (memory 3 (pagesize 1)) (data (i32.const 1) "abc"))
  "out of bounds memory access")
(assert_trap
  (module (memory 3 (pagesize 1)) (data (i32.const 4) ""))
  "out of bounds memory access")
