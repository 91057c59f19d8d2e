;; As modes-host-reentry.wat, against another engine.
(module
  (import "host" "note" (func $note (param i32)))
  (memory (export "memory") 1 2)
  (func (export "bytes") (param i32) (result i64)
    (call $note (i32.const 3))
    (i64.store8 (i32.const 65535) (i64.extend_i32_u (local.get 0)))
    (i64.load (i32.const 65528)))
  (func (export "beyond") (result i64)
    (i64.load (i32.const 65529))))
