;; What the probe runs. `wasmite` without std reads binaries only: rebuild probe.wasm after a change, for instance with
;; `wasm-tools parse probe.wat -o probe.wasm`.
(module
  (memory (export "memory") 1000 (pagesize 1))

  ;; Writes byte 1 to n at addresses 0 to n-1 and adds them up again.
  (func (export "sum") (param $n i32) (result i32)
    (local $i i32) (local $sum i32)
    (loop $write
      (i32.store8 (local.get $i) (i32.add (local.get $i) (i32.const 1)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $write (i32.lt_u (local.get $i) (local.get $n))))
    (loop $read
      (local.set $i (i32.sub (local.get $i) (i32.const 1)))
      (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $i))))
      (br_if $read (local.get $i)))
    (local.get $sum))

  (func (export "grow") (result i32)
    (memory.grow (i32.const 1))))
