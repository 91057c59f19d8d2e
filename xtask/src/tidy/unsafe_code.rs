//! Where unsafe code may stand, and that each block cites an invariant by number, or the contract it relies on.
//!
//! Whether the argument is sound is for reviewers: this only makes sure that there is one.

use super::source::{Source, words};

/// Where the word may be used.
const CONFINED: &[&str] = &[
    "crates/exec/src/raw/",
    "crates/exec/src/handlers/",
    "crates/exec/src/dispatch/",
    // Passes a promise on, and keeps none.
    "crates/wasmite/src/unchecked.rs",
    // These have allocators of their own, and no engine code.
    "xtask/no-std-probe/",
    "examples/firmware/src/",
    "examples/guests/",
    // An allocator that fails, for tests, and modules that nobody validates.
    "crates/wasmite/tests/heap/",
];

/// Crates of which a part is confined; the others have no unsafe code at all.
const DENYING: &[&str] = &[ENGINE, "crates/wasmite/"];

/// Where blocks cite the numbered invariants.
const ENGINE: &str = "crates/exec/";

/// What may be cited instead: a contract written down elsewhere, whose own promises cite invariants, or std's.
const CONTRACTS: &[&str] = &["promised", "std's contract"];

/// How many lines above a block its comment may end: attributes and the start of a statement may stand between.
const REACH: usize = 4;

pub(crate) fn check(source: &Source, findings: &mut Vec<String>) {
    check_attribute(source, findings);
    let confined = CONFINED.iter().any(|folder| source.path.starts_with(folder));
    for index in words(&source.code, "unsafe") {
        let line = Source::line_of(&source.code, index);
        if !confined {
            findings.push(format!("{}:{line}: unsafe code does not belong here", source.path));
        } else if needs_argument(&source.code[index..]) && !has_argument(source, line) {
            findings.push(format!(
                "{}:{line}: no `// SAFETY:` above this unsafe block that cites an invariant (I<number>) or contract",
                source.path
            ));
        }
    }
}

/// The root of every crate says so to the compiler too.
fn check_attribute(source: &Source, findings: &mut Vec<String>) {
    let path = &source.path;
    let library = path.starts_with("crates/") && path.ends_with("/src/lib.rs");
    let denying = DENYING.iter().any(|folder| path.starts_with(folder));
    let wanted = if denying { "#![deny(unsafe_code)]" } else { "#![forbid(unsafe_code)]" };
    if library && !source.code.contains(wanted) {
        findings.push(format!("{path}:1: `{wanted}` is missing"));
    }
}

/// Blocks and implementations need an argument; declarations pass the duty on to their callers.
fn needs_argument(code: &str) -> bool {
    let next = code["unsafe".len()..].trim_start();
    next.starts_with('{') || next.starts_with("impl")
}

fn has_argument(source: &Source, line: usize) -> bool {
    let comments: Vec<&str> = source.comments.lines().map(str::trim).collect();
    let last = (line.saturating_sub(REACH)..=line)
        .rev()
        .find(|number| *number > 0 && comments[number - 1].starts_with("//"));
    let Some(last) = last else { return false };
    let block = comments[..last].iter().rev().take_while(|comment| comment.starts_with("//"));
    let text: String = block.copied().collect::<Vec<_>>().into_iter().rev().collect();
    let Some((_, argument)) = text.split_once("SAFETY:") else { return false };
    let contract = CONTRACTS.iter().any(|words| argument.contains(words));
    !source.path.starts_with(ENGINE) || contract || cites_invariant(argument)
}

/// Whether the text holds an invariant's number: I and digits.
fn cites_invariant(text: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| {
        word.strip_prefix('I')
            .is_some_and(|digits| !digits.is_empty() && digits.chars().all(|c| c.is_ascii_digit()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        let mut findings = Vec::new();
        check(&Source::new(path.into(), text.into()), &mut findings);
        findings.len()
    }

    #[test]
    fn unsafe_is_confined() {
        assert_eq!(count("crates/isa/src/x.rs", "unsafe fn f() {}"), 1);
        assert_eq!(count("crates/exec/src/raw/x.rs", "unsafe fn f() {}"), 0);
        assert_eq!(count("crates/wasmite/src/module.rs", "unsafe fn f() {}"), 1);
        assert_eq!(count("crates/isa/src/x.rs", "// unsafe\nlet s = \"unsafe\";"), 0);
    }

    #[test]
    fn blocks_cite_an_invariant() {
        let path = "crates/exec/src/raw/x.rs";
        assert_eq!(count(path, "let a = unsafe { b };"), 1);
        assert_eq!(count(path, "// SAFETY: it is fine\nlet a = unsafe { b };"), 1);
        assert_eq!(count(path, "// SAFETY: promised by the caller\nlet a = unsafe { b };"), 0);
        assert_eq!(count(path, "// SAFETY: I3, checked at entry\nlet a = unsafe { b };"), 0);
        assert_eq!(count(path, "// SAFETY: I3 holds\n// and more\nlet a =\n    unsafe { b };"), 0);
    }

    #[test]
    fn crate_roots_forbid_it() {
        assert_eq!(count("crates/isa/src/lib.rs", "//! x"), 1);
        assert_eq!(count("crates/isa/src/lib.rs", "#![forbid(unsafe_code)]"), 0);
        assert_eq!(count("crates/exec/src/lib.rs", "#![deny(unsafe_code)]"), 0);
    }
}
