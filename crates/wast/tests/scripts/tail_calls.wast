;; Tail calls between frames of different sizes, and without growth of the stack.

(module
  (type $none (func (result i32)))
  (type $ten (func (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32) (result i32)))
  (type $count (func (param i32 i32) (result i32)))
  (table funcref (elem $small $large $count_large $count_small))

  ;; Few slots to many, and back.
  (func $small (type $none)
    (return_call $large
      (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4) (i32.const 5)
      (i32.const 6) (i32.const 7) (i32.const 8) (i32.const 9) (i32.const 10)))
  (func $large (type $ten)
    (local i32 i64 f64)
    (return_call $digits
      (local.get 9) (local.get 0)
      (i32.add (local.get 10) (i32.mul (local.get 1) (local.get 8)))))
  (func $digits (param i32 i32 i32) (result i32)
    (i32.add
      (i32.mul (local.get 0) (i32.const 10000))
      (i32.add (i32.mul (local.get 1) (i32.const 100)) (local.get 2))))
  (func (export "small") (result i32) (call $small))
  (func (export "small, then more") (result i32)
    (local i32)
    (local.set 0 (i32.const 7))
    (i32.add (call $small) (local.get 0)))

  ;; Parameters that trade places.
  (func $swap (export "swap") (param i32 i32 i32) (result i32)
    (if (i32.eqz (local.get 2))
      (then (return (i32.sub (local.get 0) (local.get 1)))))
    (return_call $swap
      (local.get 1) (local.get 0) (i32.sub (local.get 2) (i32.const 1))))

  ;; Many rounds over a small frame and a large one, directly and through the table.
  (func $count_small (type $count)
    (if (i32.eqz (local.get 0)) (then (return (local.get 1))))
    (return_call_indirect (type $count)
      (i32.sub (local.get 0) (i32.const 1)) (i32.add (local.get 1) (i32.const 1))
      (i32.const 2)))
  (func $count_large (type $count)
    (local i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64 i64)
    (local.set 17 (i64.const -1))
    (if (i64.ne (local.get 16) (i64.const 0)) (then (unreachable)))
    (return_call $count_small (local.get 0) (local.get 1)))
  (func (export "count") (param i32) (result i32)
    (call $count_small (local.get 0) (i32.const 0)))

  (func (export "indirect") (param i32) (result i32)
    (return_call_indirect (type $none) (local.get 0)))
)

(assert_return (invoke "small") (i32.const 100118))
(assert_return (invoke "small, then more") (i32.const 100125))
(assert_return (invoke "swap" (i32.const 9) (i32.const 4) (i32.const 0)) (i32.const 5))
(assert_return (invoke "swap" (i32.const 9) (i32.const 4) (i32.const 1)) (i32.const -5))
(assert_return (invoke "swap" (i32.const 9) (i32.const 4) (i32.const 100000)) (i32.const 5))
(assert_return (invoke "count" (i32.const 100000)) (i32.const 100000))
(assert_return (invoke "indirect" (i32.const 0)) (i32.const 100118))
(assert_trap (invoke "indirect" (i32.const 1)) "indirect call type mismatch")
(assert_trap (invoke "indirect" (i32.const 4)) "undefined element")

;; To functions of other instances and of the host.
(module $other
  (memory 1)
  (data (i32.const 0) "\2a")
  (func (export "answer") (result i32) (i32.load8_u (i32.const 0)))
)
(register "other" $other)
(module
  (import "other" "answer" (func $answer (result i32)))
  (import "spectest" "print_i32" (func $print (param i32)))
  (memory 1)
  (data (i32.const 0) "\07")
  (func $tail (result i32) (return_call $answer))
  (func (export "answer") (result i32) (return_call $answer))
  (func (export "both") (result i32) (i32.add (call $tail) (i32.load8_u (i32.const 0))))
  (func (export "host") (param i32) (return_call $print (local.get 0)))
)
(assert_return (invoke "answer") (i32.const 42))
(assert_return (invoke "both") (i32.const 49))
(assert_return (invoke "host" (i32.const 1)))
