//! Checks the machine code of the handlers in the release binary: each must end in an indirect jump to the next one, with
//! no frame on the native stack and no call through a pointer.
//!
//! Rust does not promise tail calls, so a handler that quietly became a call would overflow the native stack in long runs.
//! Not a benchmark: counts and bytes are printed for the record only.

use crate::process::{self, Binary};
use anyhow::{Context, Result, bail};
use std::{collections::BTreeMap, path::PathBuf, process::Command};

/// What to look at.
#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Binary to check instead of a fresh release build of `wasmite`
    #[arg(long, value_name = "FILE")]
    binary: Option<PathBuf>,
    /// Print every handler with its size
    #[arg(long)]
    list: bool,
}

/// The generic function that wraps each op: `crates/exec/src/dispatch/tail.rs`.
const WRAPPER: &str = "dispatch::tail::execute::<";

/// What handlers share: handlers like any others.
const SHARED: &str = "dispatch::tail::execute_rest::<";

/// Handlers that always leave the hot loop for the run loop, or what they begin to another: cold by design. Each ends in a jump
/// to a shared function.
const LEAVING: &[&str] =
    &["::control::Cold<", "::control::Finish>", "::handlers::Invalid>", "::call::Indirect<"];

/// Handlers that call the machine's `memset`, `memmove` or `memcpy`, or what does, for which they have a native frame until they jump on.
const CALLING: &[&str] = &[
    "::<wasmite_isa::ops::MemoryFill>",
    "::<wasmite_isa::ops::MemoryCopy>",
    "::<wasmite_isa::ops::MemoryInit>",
    "::ops::CopyLoop>",
    "::ops::FillLoop>",
];

/// One handler's machine code.
#[derive(Debug, PartialEq)]
struct Handler {
    name: String,
    bytes: u64,
    indirect_jump: bool,
    indirect_call: bool,
    frame: bool,
    /// Nothing but a jump to an equal handler that the compiler merged this one with.
    merged: bool,
}

pub(crate) fn run(options: &Options) -> Result<()> {
    let binary = match &options.binary {
        Some(path) => path.clone(),
        None => release_binary()?,
    };
    let mut objdump = Command::new("objdump");
    objdump.args(["--disassemble", "--demangle", "--no-show-raw-insn"]).arg(&binary);
    let listing = process::output(&mut objdump).context("objdump is part of binutils")?;
    let handlers = handlers(&listing);
    if options.list {
        for handler in &handlers {
            println!("{:5} {}", handler.bytes, handler.name);
        }
    }
    report(&handlers)
}

/// The binary that users get, but for the names of its symbols.
pub(crate) fn release_binary() -> Result<PathBuf> {
    Binary { package: "wasmite-cli", name: "wasmite", profile: "release", features: &[] }.build()
}

fn report(handlers: &[Handler]) -> Result<()> {
    if handlers.is_empty() {
        bail!(
            "no handler found: is `{WRAPPER}` still the wrapper's name, and does this build dispatch by tail calls?"
        );
    }
    let bytes: u64 = handlers.iter().map(|handler| handler.bytes).sum();
    let jumps = handlers.iter().filter(|handler| handler.indirect_jump).count();
    let merged = handlers.iter().filter(|handler| handler.merged).count();
    println!(
        "{} handlers, {bytes} bytes, {} on average; {jumps} end in an indirect jump, {merged} were merged with another",
        handlers.len(),
        bytes / handlers.len() as u64,
    );
    let mut faults = BTreeMap::<&str, Vec<&str>>::new();
    for handler in handlers {
        for fault in faults_of(handler) {
            faults.entry(fault).or_default().push(&handler.name);
        }
    }
    for (fault, names) in &faults {
        println!("{fault}: {}", names.len());
        names.iter().for_each(|name| println!("    {name}"));
    }
    if faults.is_empty() { Ok(()) } else { bail!("some handlers are not tail calls") }
}

fn faults_of(handler: &Handler) -> impl Iterator<Item = &'static str> {
    let is_one_of = |names: &[&str]| names.iter().any(|part| handler.name.contains(part));
    let (leaves, calls) = (is_one_of(LEAVING), is_one_of(CALLING));
    let checks = [
        (!handler.indirect_jump && !handler.merged && !leaves, "no indirect jump"),
        (handler.indirect_call, "indirect call"),
        (handler.frame && !calls, "native frame"),
    ];
    checks.into_iter().filter_map(|(fault, text)| fault.then_some(text))
}

/// The handlers in objdump's listing: functions are separated by empty lines.
fn handlers(listing: &str) -> Vec<Handler> {
    listing.split("\n\n").filter_map(handler).collect()
}

fn handler(function: &str) -> Option<Handler> {
    let mut lines = function.trim_start().lines();
    let name = lines.next()?.split_once('<')?.1.strip_suffix(">:")?;
    if !name.contains(WRAPPER) && !name.contains(SHARED) {
        return None;
    }
    let instructions: Vec<(u64, &str)> = lines.filter_map(instruction).collect();
    // int3 and nop fill the gap before the next function.
    let used = instructions
        .iter()
        .rposition(|(_, text)| !text.starts_with("int3") && !text.starts_with("nop"))?;
    let instructions = &instructions[..=used];
    let any = |test: fn(&str) -> bool| instructions.iter().any(|(_, text)| test(text));
    Some(Handler {
        name: name.to_owned(),
        bytes: instructions[used].0 - instructions[0].0 + 2,
        indirect_jump: any(|text| text.starts_with("jmp") && text.contains('*')),
        // A call through an address relative to this instruction is one of a shared library's function.
        indirect_call: any(|text| {
            text.starts_with("call") && text.contains('*') && !text.contains("(%rip)")
        }),
        frame: any(|text| {
            text.starts_with("push") || text.starts_with("sub") && text.ends_with(",%rsp")
        }),
        merged: instructions.len() == 1
            && instructions[0].1.starts_with("jmp")
            && instructions[0].1.contains(WRAPPER),
    })
}

/// Address and text of one line of the listing.
fn instruction(line: &str) -> Option<(u64, &str)> {
    let (address, text) = line.split_once(":\t")?;
    Some((u64::from_str_radix(address.trim(), 16).ok()?, text.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTING: &str = "
0000000000001000 <wasmite_exec::dispatch::tail::execute::<wasmite_exec::handlers::Add>>:
    1000:\tadd    %rax,%rbx
    1003:\tjmp    *(%rdi)
    1005:\tint3

0000000000001010 <wasmite_exec::dispatch::tail::execute::<wasmite_exec::handlers::Bad>>:
    1010:\tpush   %rax
    1011:\tcall   *(%rdi)
    1013:\tret

0000000000001020 <other>:
    1020:\tpush   %rax

0000000000001030 <wasmite_exec::dispatch::tail::execute::<wasmite_isa::ops::MemoryFill>>:
    1030:\tpush   %rax
    1031:\tcall   *0x1f0e5c(%rip)        # 2a2da8 <memset@GLIBC_2.2.5>
    1036:\tpop    %rax
    1037:\tjmp    *(%rdi)
";

    #[test]
    fn tail_calls_and_calls_are_told_apart() {
        let handlers = handlers(LISTING);
        assert_eq!(handlers.len(), 3);
        assert_eq!(faults_of(&handlers[0]).count(), 0);
        assert_eq!(faults_of(&handlers[2]).count(), 0, "it may call, as long as it jumps on");
        assert_eq!(handlers[0].bytes, 5);
        let faults: Vec<_> = faults_of(&handlers[1]).collect();
        assert_eq!(faults, ["no indirect jump", "indirect call", "native frame"]);
        assert!(report(&handlers).is_err());
    }
}
