//! What crossing a border costs, each way: between host and guest, between functions, and to the slow paths of an engine.
//!
//! Most cases are a loop in a guest, so that the figure is one turn: what is measured, a decrement and a branch. The case
//! `loop_turn` measures the latter two alone.

use super::{Case, Job, nanoseconds, time_runs};
use crate::Runtime;
use anyhow::{Context, Result};
use std::time::Instant;

/// A loop in a guest.
struct Loop {
    name: &'static str,
    /// Fields of the module, and of the function locals.
    fields: &'static str,
    /// What a turn does, before it counts down.
    body: &'static str,
    /// The counter's value before it counts down, an i32.
    counter: &'static str,
    /// What is returned in the end, an i64.
    result: &'static str,
    expected: i64,
    turns: i32,
    /// Whether every sample needs a new instance.
    fresh: bool,
    /// A module that is instantiated first, in the same store, and whose export `identity` the loop's module may import.
    library: Option<&'static str>,
}

const PLAIN: Loop = Loop {
    name: "loop_turn",
    fields: "",
    body: "",
    counter: "(local.get $n)",
    result: "(i64.extend_i32_u (local.get $n))",
    expected: 0,
    turns: 100_000,
    fresh: false,
    library: None,
};

/// What a library may be: a function, a memory and a global that it has to find again each time.
const LIBRARY: &str = r#"(module (memory 1) (global $calls (mut i32) (i32.const 0))
    (func (export "identity") (param i32) (result i32) (local.get 0)))"#;

/// 8 bytes of a pattern that a copy or fill has to leave at 8192.
const PATTERN: i64 = 0x2A2A_2A2A_2A2A_2A2A;

const fn bulk(name: &'static str, body: &'static str) -> Loop {
    Loop {
        name,
        fields: r#"(memory 1) (data (i32.const 0) "********")"#,
        body,
        result: "(i64.load (i32.const 8192))",
        expected: PATTERN,
        turns: 10_000,
        ..PLAIN
    }
}

/// As many turns as there are pages of one byte in the end.
const fn grow(name: &'static str, turns: i32) -> Loop {
    Loop {
        name,
        fields: "(memory 0 (pagesize 1))",
        body: "(drop (memory.grow (i32.const 1)))",
        result: "(i64.extend_i32_u (memory.size))",
        expected: turns as i64,
        turns,
        fresh: true,
        ..PLAIN
    }
}

const LOOPS: &[Loop] = &[
    PLAIN,
    Loop {
        name: "wasm_to_host",
        fields: r#"(import "host" "identity" (func $identity (param i32) (result i32)))"#,
        counter: "(call $identity (local.get $n))",
        ..PLAIN
    },
    Loop {
        name: "wasm_to_wasm",
        fields: "(func $identity (param i32) (result i32) (local.get 0))",
        counter: "(call $identity (local.get $n))",
        ..PLAIN
    },
    Loop {
        name: "wasm_to_wasm_indirect",
        fields: "(type $unary (func (param i32) (result i32))) (table 1 funcref) (elem (i32.const 0) $identity)
            (func $identity (param i32) (result i32) (local.get 0))",
        counter: "(call_indirect (type $unary) (local.get $n) (i32.const 0))",
        ..PLAIN
    },
    Loop {
        name: "wasm_to_import",
        fields: r#"(import "library" "identity" (func $identity (param i32) (result i32))) (memory 1)"#,
        counter: "(call $identity (local.get $n))",
        library: Some(LIBRARY),
        ..PLAIN
    },
    // An engine that needs native stack for each growth gets through the first only.
    grow("grow_20000", 20_000),
    grow("grow_1000000", 1_000_000),
    // What no engine need be fast at, but may be slow at.
    Loop {
        name: "ref_func",
        fields: "(func $f) (elem declare func $f)",
        counter: "(i32.add (local.get $n) (ref.is_null (ref.func $f)))",
        ..PLAIN
    },
    Loop {
        name: "memory_init_16",
        fields: r#"(memory 1) (data $pattern "****************")"#,
        body: "(memory.init $pattern (i32.const 8192) (i32.const 0) (i32.const 16))",
        ..bulk("", "")
    },
    Loop {
        name: "table_fill_8",
        fields: "(table 8 funcref)",
        body: "(table.fill (i32.const 0) (ref.null func) (i32.const 8))",
        ..PLAIN
    },
    bulk("copy_16", "(memory.copy (i32.const 8192) (i32.const 0) (i32.const 16))"),
    bulk("copy_256", "(memory.copy (i32.const 8192) (i32.const 0) (i32.const 256))"),
    bulk("copy_4096", "(memory.copy (i32.const 8192) (i32.const 0) (i32.const 4096))"),
    bulk("fill_16", "(memory.fill (i32.const 8192) (i32.const 42) (i32.const 16))"),
    bulk("fill_256", "(memory.fill (i32.const 8192) (i32.const 42) (i32.const 256))"),
    bulk("fill_4096", "(memory.fill (i32.const 8192) (i32.const 42) (i32.const 4096))"),
];

impl Loop {
    fn text(&self) -> String {
        let Self { fields, body, counter, result, .. } = self;
        format!(
            r#"(module {fields}
                (func (export "run") (param $n i32) (result i64)
                  (loop $again
                    {body}
                    (br_if $again (local.tee $n (i32.sub {counter} (i32.const 1)))))
                  {result}))"#
        )
    }
}

/// A typed call of a function that does nothing.
const HOST_TO_WASM: &str = "host_to_wasm";
/// A store, and an instance in it of a small module with an import.
const INSTANTIATE: &str = "instantiate";

const LEAF: &str = r#"(module
    (func (export "run") (param i32) (result i64) (i64.extend_i32_s (local.get 0))))"#;

const SMALL: &str = r#"(module
    (import "host" "identity" (func $identity (param i32) (result i32)))
    (memory (export "memory") 1)
    (table 4 funcref)
    (global $count (mut i32) (i32.const 0))
    (data (i32.const 16) "some initial data")
    (elem (i32.const 0) $identity $more)
    (func $more (param i32) (result i32) (i32.add (local.get 0) (global.get $count)))
    (func (export "run") (param i32) (result i64)
      (i64.extend_i32_s (call $more (call $identity (local.get 0))))))"#;

pub(super) fn cases() -> Vec<Case> {
    let loops = LOOPS.iter().map(|case| (case.name, case.turns as u64));
    let all = [(HOST_TO_WASM, 1)].into_iter().chain(loops).chain([(INSTANTIATE, 1)]);
    all.map(|(name, turns)| Case { name: name.to_owned(), turns }).collect()
}

pub(super) fn prepare<R: Runtime>(name: &str) -> Result<Job> {
    match name {
        HOST_TO_WASM => {
            let mut guest = R::new(None)?.load(&wat::parse_str(LEAF)?)?;
            Ok(Box::new(move |count| time_runs::<R>(&mut guest, 7, 7, count)))
        }
        INSTANTIATE => prepare_instantiation::<R>(),
        _ => {
            let case = LOOPS.iter().find(|case| case.name == name);
            prepare_loop::<R>(case.with_context(|| format!("there is no case `{name}`"))?)
        }
    }
}

fn prepare_instantiation<R: Runtime>() -> Result<Job> {
    let runtime = R::new(None)?;
    let module = runtime.compile(&wat::parse_str(SMALL)?)?;
    drop(runtime.instantiate(&module)?);
    Ok(Box::new(move |count| {
        let mut sum = 0;
        for _ in 0..count {
            let start = Instant::now();
            let guest = runtime.instantiate(&module)?;
            sum += nanoseconds(start);
            drop(guest);
        }
        Ok(sum)
    }))
}

fn prepare_loop<R: Runtime>(case: &'static Loop) -> Result<Job> {
    let wasm = wat::parse_str(case.text())?;
    let runtime = R::new(None)?;
    let mut guest = match case.library {
        Some(library) => runtime.load_with_library(&wat::parse_str(library)?, &wasm)?,
        None => runtime.load(&wasm)?,
    };
    Ok(Box::new(move |count| {
        if !case.fresh {
            return time_runs::<R>(&mut guest, case.turns, case.expected, count);
        }
        let mut sum = 0;
        for _ in 0..count {
            guest = runtime.load(&wasm)?;
            sum += time_runs::<R>(&mut guest, case.turns, case.expected, 1)?;
        }
        Ok(sum)
    }))
}
