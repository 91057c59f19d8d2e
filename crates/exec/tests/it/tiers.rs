//! Code of two tiers: whenever functions are translated again, and wherever frames are moved to new code, results, traps and
//! their places are the same.

use crate::call;
use std::thread;
use wasmite_core::{Features, FuncType, Limits, ValType::I32};
use wasmite_exec::{CompilationMode, Config, Engine, Error, Extern, FrameInfo, Program, Store};

/// How soon what is executed is hot.
const HEATS: [Option<u32>; 8] =
    [Some(0), Some(1), Some(2), Some(3), Some(7), Some(40), Some(1000), None];

const TEXT: &str = r#"(module
    (import "host" "add" (func $host (param i32) (result i32)))
    (memory 1)
    (type $unary (func (param i32) (result i32)))
    (table funcref (elem $even $odd $host))
    (global $g (mut i64) (i64.const 5))

    ;; Loops in loops that keep different locals of all classes in registers, with one that is never reached between.
    (func (export "nested") (param $n i32) (result i32 i64 f32 f64)
        (local $i i32) (local $j i32) (local $k i32) (local $a i64) (local $b i64) (local $x f32) (local $y f64) (local $z f64)
        (local.set $x (f32.const 1.5))
        (block $done
            (loop $outer
                (br_if $done (i32.ge_u (local.get $i) (local.get $n)))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (local.set $j (i32.const 0))
                (block $skip (br $skip) (loop (loop (local.set $a (i64.const 9)))))
                (loop $middle
                    (local.set $a (i64.add (local.get $a) (i64.extend_i32_u (local.get $j))))
                    (local.set $y (f64.add (local.get $y) (f64.convert_i32_u (local.get $i))))
                    (local.set $k (i32.const 7))
                    (loop $inner
                        (local.set $b (i64.xor (i64.rotl (local.get $b) (i64.const 3)) (local.get $a)))
                        (local.set $x (f32.mul (local.get $x) (f32.const 1.0625)))
                        (local.set $z (f64.add (local.get $z) (f64.promote_f32 (local.get $x))))
                        (br_if $inner (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
                    (local.set $j (i32.add (local.get $j) (i32.const 1)))
                    (br_if $middle (i32.lt_u (local.get $j) (i32.const 4))))
                (br $outer)))
        (i32.add (local.get $i) (local.get $k))
        (i64.add (local.get $a) (local.get $b))
        (local.get $x)
        (f64.sub (local.get $y) (local.get $z)))

    ;; Two floats of each type in registers, and one that is not.
    (func (export "floats") (param $n i32) (result f32 f32 f64 f64 f64)
        (local $a f32) (local $b f32) (local $x f64) (local $y f64) (local $z f64)
        (loop $outer
            (local.set $z (f64.add (local.get $z) (f64.const 0.125)))
            (loop $again
                (local.set $a (f32.add (local.get $a) (f32.const 1.5)))
                (local.set $b (f32.sub (f32.mul (local.get $b) (f32.const 0.5)) (local.get $a)))
                (local.set $x (f64.add (local.get $x) (f64.const 3)))
                (local.set $y (f64.sub (f64.mul (local.get $y) (f64.const 0.25)) (local.get $x)))
                (br_if $again (i32.and (local.tee $n (i32.sub (local.get $n) (i32.const 1))) (i32.const 7))))
            (br_if $outer (local.get $n)))
        (local.get $a) (local.get $b) (local.get $x) (local.get $y) (local.get $z))

    ;; Constants, temporaries, and reads of locals that are changed meanwhile, on the operand stack around loops.
    (func (export "stack") (param $n i32) (result i32 i64 f64)
        (local $i i32) (local $s i32)
        (local.get $n)
        (i64.const 77)
        (f64.convert_i32_s (i32.mul (local.get $n) (i32.const 3)))
        (i32.const 5)
        (local.get $n)
        (loop $again
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (local.set $s (i32.add (local.get $s)
                (i32.load (i32.and (i32.mul (local.get $n) (i32.const 4)) (i32.const 252)))))
            (i32.store (i32.and (i32.mul (local.get $n) (i32.const 8)) (i32.const 252)) (local.get $s))
            (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 20))))
        (local.set $i)
        (local.set $s (i32.add (i32.mul (i32.add (local.get $s)) (local.get $i)) (local.get $n)))
        (f64.add (f64.convert_i32_s (local.get $s))))

    ;; Sums that loads may add themselves, around a loop that changes what is added.
    (func (export "sums") (param $n i32) (result i32)
        (local $i i32)
        (i32.store (i32.const 256) (i32.const 0x05030201))
        (i32.add (local.get $n) (i32.const 4))
        (i32.add (local.get $n) (local.get $i))
        (loop $again
            (local.set $n (i32.add (local.get $n) (i32.const 1)))
            (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 9))))
        (i32.load8_u)
        (i32.add)
        (i32.add (local.get $n)))

    ;; Loops with parameters and results, entered again through a table.
    (func (export "table") (param $n i32) (result i32 i64)
        (local $i i32)
        (i32.const 1) (i64.const 2)
        (loop $a (param i32 i64) (result i32 i64)
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (i64.add (i64.extend_i32_u (local.get $i)))
            (loop $b (param i32 i64) (result i32 i64)
                (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                (i64.mul (i64.const 3))
                (block $out (param i32 i64) (result i32 i64)
                    (if (i32.le_s (local.get $n) (i32.const 0)) (then (br $out (i32.const 4) (i64.const 6))))
                    (br_table $a $b $b $a $out (i32.rem_u (local.get $n) (i32.const 5))))
                (i64.sub (i64.extend_i32_u (local.get $n))))))

    ;; Frames of old code wait for callees whose code is new.
    (func $fib (export "fib") (param $n i32) (result i32)
        (local $s i32)
        (if (result i32) (i32.lt_u (local.get $n) (i32.const 2))
            (then (local.get $n))
            (else
                (loop $twice
                    (local.set $n (i32.sub (local.get $n) (i32.const 1)))
                    (local.set $s (i32.add (local.get $s) (call $fib (local.get $n))))
                    (br_if $twice (i32.eqz (i32.and (local.get $n) (i32.const 1)))))
                (i32.add (local.get $s) (local.get $n)))))

    (func $even (param $n i32) (result i32)
        (local $zero i64)
        (if (result i32) (local.get $n)
            (then (return_call_indirect (type $unary) (i32.sub (local.get $n) (i32.const 1)) (i32.const 1)))
            (else (i32.wrap_i64 (i64.add (local.get $zero) (i64.const 1))))))
    (func $odd (param $n i32) (result i32)
        (local $i i32)
        (loop $again (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (local.get $n))))
        (if (result i32) (local.get $n)
            (then (return_call $even (i32.sub (local.get $n) (i32.const 1))))
            (else (i32.const 0))))
    (func (export "tail") (param $n i32) (result i32) (return_call $even (local.get $n)))

    (func (export "calls") (param $n i32) (result i32)
        (local $s i32) (local $f f32)
        (loop $again
            (local.set $s (i32.add (call $host (local.get $s))
                (call_indirect (type $unary) (i32.and (local.get $n) (i32.const 3)) (i32.const 0))))
            (local.set $f (f32.add (local.get $f) (f32.const 0.5)))
            (global.set $g (i64.add (global.get $g) (i64.extend_i32_u (local.get $s))))
            (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
        (i32.add (i32.wrap_i64 (global.get $g)) (i32.trunc_f32_u (local.get $f))))

    (func $divide (param $n i32) (result i32)
        (local $i i32) (local $s i32)
        (local.set $i (i32.const 10))
        (loop $again
            (local.set $s (i32.add (local.get $s) (i32.div_u (local.get $n) (local.get $i))))
            (local.set $i (i32.sub (local.get $i) (i32.const 1)))
            (br $again))
        (unreachable))
    (func (export "trap") (param $n i32) (result i32)
        (local $i i32)
        (loop $again
            (if (i32.ge_u (local.get $i) (local.get $n)) (then (return (call $divide (local.get $n)))))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (drop (call $fib (i32.const 4)))
            (br $again))
        (unreachable))

    (func $deep (export "deep") (param $n i32) (result i32)
        (local $i i32) (local $a i64) (local $b i64) (local $c i64)
        (loop $again
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $i) (i32.const 3))))
        (i32.add (local.get $i) (call $deep (i32.add (local.get $n) (i32.const 1)))))

    ;; Loops that are run natively once they are hot.
    (func (export "fill") (param $n i32) (result i32)
        (local $at i32) (local $sum i32)
        (loop $again
            (i32.store8 (local.get $at) (i32.const 3))
            (br_if $again (i32.ne (local.tee $at (i32.add (local.get $at) (i32.const 1))) (local.get $n))))
        (loop $add
            (local.set $at (i32.sub (local.get $at) (i32.const 1)))
            (local.set $sum (i32.add (local.get $sum) (i32.load8_u (local.get $at))))
            (br_if $add (local.get $at)))
        (local.get $sum)))"#;

const CALLS: [(&str, &[u64]); 11] = [
    ("sums", &[256, 258]),
    ("floats", &[1, 8, 50]),
    ("nested", &[0, 1, 5, 30]),
    ("stack", &[0, 3, 1000]),
    ("table", &[1, 2, 3, 10, 47]),
    ("fib", &[1, 5, 12]),
    ("tail", &[0, 1, 12, 31]),
    ("calls", &[1, 2, 25]),
    ("trap", &[0, 3, 40]),
    ("fill", &[1, 600]),
    ("deep", &[0]),
];

fn config(heat: Option<u32>, mode: CompilationMode) -> Config {
    let limits = Limits { stack_slots: 2000, ..Limits::default() };
    Config { heat, mode, limits, features: Features::all_supported(), ..Config::default() }
}

fn store(program: &Program) -> (Store, wasmite_exec::Instance) {
    let mut store = Store::new(program.engine());
    let add = store.host_func(&FuncType::new([I32], [I32]), 1).unwrap();
    let instance = store.instantiate(program, &[Extern::Func(add)], &mut None).unwrap();
    (store, instance)
}

/// What all calls come to, three times over, in words.
fn outcomes(program: &Program) -> Vec<String> {
    let (mut store, instance) = store(program);
    let mut outcomes = Vec::new();
    for (name, args) in [CALLS; 3].iter().flatten() {
        for arg in *args {
            let outcome = match call(&mut store, instance, name, &[*arg]) {
                Ok(results) => format!("{results:?}"),
                Err(Error::Trap { trap, frames }) => {
                    let place = |frame: &FrameInfo| (frame.func, frame.offset, frame.cut);
                    format!("{trap:?} at {:?}", frames.iter().map(place).collect::<Vec<_>>())
                }
                Err(error) => error.to_string(),
            };
            outcomes.push(format!("{name} {arg}: {outcome}"));
        }
    }
    outcomes
}

fn program(config: Config) -> Program {
    Program::new(&Engine::new(config), &wat::parse_str(TEXT).unwrap()).unwrap()
}

#[test]
fn when_code_is_replaced_does_not_matter() {
    let mut plain = config(None, CompilationMode::Eager);
    plain.translation = wasmite_translate::Options::none();
    let expected = outcomes(&program(plain));
    assert!(expected.iter().any(|outcome| outcome.contains("IntegerDivideByZero at [(")));
    assert!(expected.iter().any(|outcome| outcome.contains("StackExhausted at [(")));
    for mode in [CompilationMode::Eager, CompilationMode::LazyTranslation, CompilationMode::Lazy] {
        for heat in HEATS {
            assert_eq!(outcomes(&program(config(heat, mode))), expected, "{mode:?} {heat:?}");
        }
    }
}

#[test]
fn what_a_tier_leaves_out_does_not_matter() {
    let expected = outcomes(&program(config(None, CompilationMode::Eager)));
    for (name, translation) in wasmite_translate::Options::one_off() {
        let config = Config { translation, ..config(Some(1), CompilationMode::Eager) };
        assert_eq!(outcomes(&program(config)), expected, "{name}");
    }
}

#[test]
fn guests_can_be_stopped_in_either_tier() {
    for heat in HEATS {
        let mut config = config(heat, CompilationMode::Eager);
        config.translation.interruption = true;
        let program = program(config);
        let (mut store, instance) = store(&program);
        store.set_epoch_deadline(1);
        (0..3).for_each(|_| drop(call(&mut store, instance, "fib", &[12]).unwrap()));
        program.engine().increment_epoch();
        let error = call(&mut store, instance, "fib", &[12]).unwrap_err();
        assert_eq!(error.to_string(), "interrupt", "{heat:?}");
    }
}

#[test]
fn threads_share_what_one_of_them_found_hot() {
    for heat in [0, 1, 3, 50] {
        let program = program(config(Some(heat), CompilationMode::Lazy));
        let expected = outcomes(&program.clone());
        let shared = self::program(config(Some(heat), CompilationMode::Lazy));
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(outcomes(&shared), expected));
            }
        });
    }
}
