;; Loops written as tail calls: a function that calls itself, two that call each other, and three states of a machine.
;; Kind: return_call, with frames that must be replaced rather than stacked. By hand, because C has no tail calls.
;; Needs the tail call proposal.
(module
  ;; The sum of k * k for k from n down to 1.
  (func $squares (param $n i32) (param $sum i64) (result i64)
    (if (i32.eqz (local.get $n)) (then (return (local.get $sum))))
    (return_call $squares
      (i32.sub (local.get $n) (i32.const 1))
      (i64.add (local.get $sum)
        (i64.mul (i64.extend_i32_u (local.get $n)) (i64.extend_i32_u (local.get $n))))))

  (func $even (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 1))))
    (return_call $odd (i32.sub (local.get $n) (i32.const 1))))

  (func $odd (param $n i32) (result i32)
    (if (i32.eqz (local.get $n)) (then (return (i32.const 0))))
    (return_call $even (i32.sub (local.get $n) (i32.const 1))))

  ;; Three states with different parameter counts, so that frames change their size on the way.
  (func $start (param $n i32) (param $seed i32) (result i64)
    (if (i32.le_s (local.get $n) (i32.const 0)) (then (return (i64.extend_i32_u (local.get $seed)))))
    (return_call $mix
      (local.get $n)
      (i32.mul (local.get $seed) (i32.const 0x01000193))
      (i32.shr_u (local.get $seed) (i32.const 15))
      (i32.const 7)))

  (func $mix (param $n i32) (param $a i32) (param $b i32) (param $turns i32) (result i64)
    (if (i32.eqz (local.get $turns))
      (then (return_call $finish (i32.xor (local.get $a) (local.get $b)) (local.get $n))))
    (return_call $mix
      (local.get $n)
      (i32.add (local.get $b) (local.get $turns))
      (i32.rotl (local.get $a) (i32.const 5))
      (i32.sub (local.get $turns) (i32.const 1))))

  (func $finish (param $seed i32) (param $n i32) (result i64)
    (return_call $start (i32.sub (local.get $n) (i32.const 8)) (local.get $seed)))

  (func (export "run") (param $n i32) (result i64)
    (i64.xor
      (i64.add
        (call $squares (local.get $n) (i64.const 0))
        (i64.extend_i32_u (call $even (local.get $n))))
      (i64.shl (call $start (local.get $n) (i32.const 0x811C9DC5)) (i64.const 16)))))
