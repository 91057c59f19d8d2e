;; Values that wait on the operand stack while others are computed: sums of what is loaded, in loops, with branches and calls
;; between the parts.
(module
  (memory 1)
  (data (i32.const 0) "\01\00\00\00\02\00\00\00\03\00\00\00\04\00\00\00\05\00\00\00\06\00\00\00\07\00\00\00\08\00\00\00")
  (func $square (param $x i32) (result i32)
    (i32.mul (local.get $x) (local.get $x)))

  ;; The sum of five words from each of `count` places on, in turn.
  (func (export "sum") (param $at i32) (param $count i32) (result i32)
    (local $sum i32)
    loop $next
      local.get $sum
      (i32.load (local.get $at))
      (i32.load offset=4 (local.get $at))
      i32.add
      (i32.load offset=8 (local.get $at))
      i32.add
      (i32.load offset=12 (local.get $at))
      i32.add
      (i32.load offset=16 (local.get $at))
      i32.add
      i32.add
      local.set $sum
      (local.set $at (i32.add (local.get $at) (i32.const 4)))
      (br_if $next (local.tee $count (i32.add (local.get $count) (i32.const -1))))
    end
    local.get $sum)

  ;; Two sums at a time: neither may take the other's register.
  (func (export "two_sums") (param $at i32) (param $count i32) (result i32)
    (local $all i32)
    loop $next
      local.get $all
      (i32.load (local.get $at))
      (i32.load offset=4 (local.get $at))
      i32.add
      (i32.load offset=8 (local.get $at))
      i32.add
      (i32.load offset=4 (local.get $at))
      (i32.load offset=8 (local.get $at))
      i32.add
      (i32.load offset=12 (local.get $at))
      i32.add
      (i32.load (local.get $at))
      i32.add
      i32.mul
      (i32.load (local.get $at))
      i32.add
      i32.add
      local.set $all
      (br_if $next (local.tee $count (i32.add (local.get $count) (i32.const -1))))
    end
    local.get $all)

  ;; A sum that waits for a call, and one for a branch.
  (func (export "interrupted") (param $at i32) (param $count i32) (result i32)
    (local $sum i32)
    loop $next
      local.get $sum
      (i32.load (local.get $at))
      (i32.load offset=4 (local.get $at))
      i32.add
      (i32.load offset=8 (local.get $at))
      i32.add
      (call $square (local.get $count))
      i32.add
      (if (result i32) (i32.and (local.get $count) (i32.const 1))
        (then (i32.load offset=12 (local.get $at)))
        (else (i32.load offset=16 (local.get $at))))
      i32.add
      i32.add
      local.set $sum
      (br_if $next (local.tee $count (i32.add (local.get $count) (i32.const -1))))
    end
    local.get $sum)

  ;; A stored sum, at an address that is computed before it.
  (func (export "stored") (param $count i32) (result i32)
    loop $next
      (i32.add (i32.mul (local.get $count) (i32.const 8)) (i32.load (i32.const 0)))
      (i32.load offset=4 (i32.const 0))
      i32.add
      (i32.load (i32.const 8))
      (i32.load offset=12 (i32.const 0))
      i32.add
      (i32.load offset=16 (i32.const 0))
      i32.add
      i32.store offset=64
      (br_if $next (local.tee $count (i32.add (local.get $count) (i32.const -1))))
    end
    (i32.load (i32.const 75)))

  (func (export "f64") (param $at i32) (param $count i32) (result f64)
    (local $sum f64)
    loop $next
      local.get $sum
      (f64.convert_i32_s (i32.load (local.get $at)))
      (f64.convert_i32_s (i32.load offset=4 (local.get $at)))
      f64.mul
      (f64.convert_i32_s (i32.load offset=8 (local.get $at)))
      f64.mul
      (f64.convert_i32_s (i32.load offset=12 (local.get $at)))
      f64.sub
      (f64.convert_i32_s (i32.load offset=12 (local.get $at)))
      f64.div
      f64.add
      local.set $sum
      (br_if $next (local.tee $count (i32.add (local.get $count) (i32.const -1))))
    end
    local.get $sum)

  (func (export "f32") (param $at i32) (param $count i32) (result f32)
    (local $sum f32)
    loop $next
      local.get $sum
      (f32.convert_i32_s (i32.load (local.get $at)))
      (f32.convert_i32_s (i32.load offset=4 (local.get $at)))
      f32.add
      (f32.convert_i32_s (i32.load offset=8 (local.get $at)))
      f32.mul
      (f32.convert_i32_s (i32.load offset=12 (local.get $at)))
      f32.sub
      f32.add
      local.set $sum
      (br_if $next (local.tee $count (i32.add (local.get $count) (i32.const -1))))
    end
    local.get $sum)
)

;; 15 + 20 + 25 + 30
(assert_return (invoke "sum" (i32.const 0) (i32.const 4)) (i32.const 90))
;; 100 * ((1 + 2 + 3) * (2 + 3 + 4 + 1) + 1)
(assert_return (invoke "two_sums" (i32.const 0) (i32.const 100)) (i32.const 6100))
;; 4 * 6 + 16 + 9 + 4 + 1 + 5 + 4 + 5 + 4
(assert_return (invoke "interrupted" (i32.const 0) (i32.const 4)) (i32.const 72))
;; 3 + 4 + 5 at 64 + 8 + 1 + 2
(assert_return (invoke "stored" (i32.const 6)) (i32.const 12))
;; 10 * ((1 * 2 * 3 - 4) / 4)
(assert_return (invoke "f64" (i32.const 0) (i32.const 10)) (f64.const 5))
;; 10 * ((1 + 2) * 3 - 4)
(assert_return (invoke "f32" (i32.const 0) (i32.const 10)) (f32.const 50))
