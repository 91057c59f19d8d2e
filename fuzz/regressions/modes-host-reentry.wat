;; Imports of every host function, called directly, through a table and as tail calls; keeps the replay itself tested.
(module
  (type $mix (func (param i32 i64) (result i64)))
  (import "host" "mix" (func $mix (type $mix)))
  (import "host" "pair" (func $pair (param f64) (result f64 i32)))
  (import "host" "note" (func $note (param i32)))
  (memory (export "memory") 1000 2000 (pagesize 1))
  (table (export "table") 4 funcref)
  (elem (i32.const 1) func $mix $tail)
  (global $count (export "count") (mut i32) (i32.const 0))

  (func $tail (export "tail") (type $mix)
    (call $note (local.get 0))
    (return_call $mix (local.get 0) (local.get 1)))

  (func (export "indirect") (param i32 i64) (result i64)
    (global.set $count (i32.add (global.get $count) (i32.const 1)))
    (call_indirect (type $mix) (local.get 0) (local.get 1) (i32.and (local.get 0) (i32.const 3))))

  (func (export "floats") (param f64) (result i32)
    (local $high i32)
    (call $pair (local.get 0))
    (local.set $high)
    (local.set 0)
    (f64.store (i32.const 992) (local.get 0))
    (drop (memory.grow (i32.const 1)))
    (i32.store8 (i32.const 1000) (local.get $high))
    (i32.add (memory.size) (i32.load16_u (i32.const 999)))))
