;; Branch tables: every arity, every kind of target, indices at and beyond the ends.

(module
  (func (export "no targets") (param i32) (result i32)
    (block (br_table 0 (local.get 0)))
    (i32.const 1))

  (func (export "only default, a value") (param i32) (result i32)
    (block (result i32)
      (br_table 0 (i32.const 7) (local.get 0))))

  (func (export "returns") (param i32) (result i32)
    (br_table 0 0 (i32.const 8) (local.get 0)))

  (func (export "four ways") (param i32) (result i32)
    (block (block (block (block (br_table 2 0 1 3 (local.get 0)))
      (return (i32.const 10)))
      (return (i32.const 11)))
      (return (i32.const 12)))
    (i32.const 13))

  (func (export "one value") (param i32) (result i32)
    (block (result i32)
      (i32.add (i32.const 100)
        (block (result i32)
          (i32.add (i32.const 10)
            (block (result i32)
              (br_table 0 1 2 (i32.const 1) (local.get 0))))))))

  ;; Values below the ones that branch must be dropped, and those that branch keep their order.
  (func (export "three values") (param i32) (result i32 i64 f64)
    (block (result i32 i64 f64)
      (i32.const 9)
      (block (result i32 i64 f64)
        (i64.const 8)
        (f32.const 7)
        (i32.const 1) (i64.const 2) (f64.const 3)
        (br_table 0 1 2 (local.get 0)))
      (return (f64.add (f64.const 0.5)))))

  (func (export "loops") (param i32) (result i32)
    (local i32)
    (block
      (loop
        (local.set 1 (i32.add (local.get 1) (i32.const 1)))
        (local.set 0 (i32.sub (local.get 0) (i32.const 1)))
        (br_table 1 0 0 0 1 (i32.and (local.get 0) (i32.const 3)))))
    (local.get 1))

  ;; A loop that takes a parameter: the sum of n, n - 1, ..., 1.
  (func (export "loop parameter") (param i32) (result i32)
    (block (result i32)
      (i32.const 0)
      (loop (param i32) (result i32)
        (i32.add (local.get 0))
        (br_table 1 0 (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))))

  (func (export "unreachable") (param i32) (result i32)
    (block (result i32)
      (unreachable)
      (br_table 0 0 (local.get 0))))

  ;; The index is computed last and must survive the moves of the values.
  (func (export "index from a local that moves") (param i32 i32) (result i32 i32)
    (block (result i32 i32)
      (local.get 1) (local.get 0) (local.get 0)
      (br_table 0 1)))
)

(assert_return (invoke "no targets" (i32.const 0)) (i32.const 1))
(assert_return (invoke "no targets" (i32.const -1)) (i32.const 1))
(assert_return (invoke "only default, a value" (i32.const 5)) (i32.const 7))
(assert_return (invoke "returns" (i32.const 0)) (i32.const 8))
(assert_return (invoke "returns" (i32.const 9)) (i32.const 8))
(assert_return (invoke "four ways" (i32.const 0)) (i32.const 12))
(assert_return (invoke "four ways" (i32.const 1)) (i32.const 10))
(assert_return (invoke "four ways" (i32.const 2)) (i32.const 11))
(assert_return (invoke "four ways" (i32.const 3)) (i32.const 13))
(assert_return (invoke "four ways" (i32.const 0x8000_0000)) (i32.const 13))
(assert_return (invoke "one value" (i32.const 0)) (i32.const 111))
(assert_return (invoke "one value" (i32.const 1)) (i32.const 101))
(assert_return (invoke "one value" (i32.const 2)) (i32.const 1))
(assert_return (invoke "one value" (i32.const -1)) (i32.const 1))
(assert_return (invoke "three values" (i32.const 0)) (i32.const 1) (i64.const 2) (f64.const 3.5))
(assert_return (invoke "three values" (i32.const 1)) (i32.const 1) (i64.const 2) (f64.const 3))
(assert_return (invoke "three values" (i32.const 2)) (i32.const 1) (i64.const 2) (f64.const 3))
(assert_return (invoke "loops" (i32.const 1)) (i32.const 1))
(assert_return (invoke "loops" (i32.const 4)) (i32.const 4))
(assert_return (invoke "loops" (i32.const 7)) (i32.const 3))
(assert_return (invoke "loop parameter" (i32.const 1)) (i32.const 1))
(assert_return (invoke "loop parameter" (i32.const 4)) (i32.const 10))
(assert_trap (invoke "unreachable" (i32.const 0)) "unreachable")
(assert_return (invoke "index from a local that moves" (i32.const 0) (i32.const 5)) (i32.const 5) (i32.const 0))
(assert_return (invoke "index from a local that moves" (i32.const 3) (i32.const 5)) (i32.const 5) (i32.const 3))
