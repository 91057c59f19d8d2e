//! Style that can be counted: a file says what it is, files and functions stay short, banned words stay away.
//!
//! The limits are a ratchet: the exceptions are listed with their present size, may shrink, and must leave the list when
//! they no longer need it.

use super::source::{Source, words};

const FILE_LINES: usize = 500;
const FUNCTION_LINES: usize = 80;

/// Files that may be longer.
const LONG_FILES: &[&str] = &[
    "crates/isa/src/table.rs",     // the instruction set is one table
    "crates/isa/src/sequences.rs", // generated data
];

/// Functions that may be longer: file, name, lines. Only ever shrink this list.
const LONG_FUNCTIONS: &[(&str, &str, usize)] = &[];

/// Module names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "misc"];

/// Macros that stand for missing code.
const MISSING_CODE: &[&str] = &["todo!", "unimplemented!"];

/// Comments that stand for missing work.
const MISSING_WORK: &[&str] = &["FIXME", "XXX"];

pub(crate) fn check(source: &Source, findings: &mut Vec<String>) {
    check_file(source, findings);
    check_words(source, findings);
    check_renames(source, findings);
    for function in functions(source) {
        let allowed = LONG_FUNCTIONS
            .iter()
            .find(|(path, name, _)| *path == source.path && *name == function.name)
            .map_or(FUNCTION_LINES, |(_, _, lines)| *lines);
        if function.lines > allowed {
            findings.push(format!(
                "{}:{}: `{}` has {} lines, at most {allowed} are allowed",
                source.path, function.line, function.name, function.lines
            ));
        }
    }
}

/// Exceptions that nothing needs any more.
pub(crate) fn check_exceptions(sources: &[Source], findings: &mut Vec<String>) {
    let find = |path: &str| sources.iter().find(|source| source.path == path);
    for path in LONG_FILES.iter().filter(|path| find(path).is_none()) {
        findings.push(format!("{path}: has an exception for long files, but is gone"));
    }
    for (path, name, lines) in LONG_FUNCTIONS {
        let longest = find(path)
            .and_then(|source| {
                functions(source).into_iter().find(|function| function.name == *name)
            })
            .map_or(0, |function| function.lines);
        if longest < *lines {
            findings
                .push(format!("{path}: `{name}` has {longest} lines, its exception says {lines}"));
        }
    }
}

fn check_file(source: &Source, findings: &mut Vec<String>) {
    let path = &source.path;
    if !source.text.starts_with("//! ") {
        findings.push(format!("{path}:1: the file does not open with `//!` saying what it is"));
    }
    let lines = source.text.lines().count();
    if lines > FILE_LINES && !LONG_FILES.contains(&path.as_str()) {
        findings.push(format!("{path}: {lines} lines, at most {FILE_LINES}: split it by concept"));
    }
    for part in path.trim_end_matches(".rs").split('/') {
        if EMPTY_NAMES.contains(&part) {
            findings.push(format!("{path}: `{part}` does not say what is inside"));
        }
    }
}

fn check_words(source: &Source, findings: &mut Vec<String>) {
    let mut report = |text: &str, banned: &[&str]| {
        for word in banned {
            for index in text.match_indices(word).map(|(index, _)| index) {
                let line = Source::line_of(text, index);
                findings.push(format!("{}:{line}: `{word}`", source.path));
            }
        }
    };
    report(&source.code, MISSING_CODE);
    report(&source.comments, MISSING_WORK);
}

/// `use a as b` gives one thing two names; `as _`, which gives it none, is fine.
fn check_renames(source: &Source, findings: &mut Vec<String>) {
    for index in words(&source.code, "use") {
        let statement = source.code[index..].split(';').next().unwrap_or_default();
        let names = statement.split_whitespace().collect::<Vec<_>>();
        if names.windows(2).any(|pair| pair[0] == "as" && !pair[1].starts_with('_')) {
            let line = Source::line_of(&source.code, index);
            findings.push(format!("{}:{line}: `use .. as`: one word per concept", source.path));
        }
    }
}

struct Function<'a> {
    name: &'a str,
    line: usize,
    lines: usize,
}

/// The functions of a file that have a body, nested ones included.
fn functions(source: &Source) -> Vec<Function<'_>> {
    let code = &source.code;
    words(code, "fn").filter_map(|index| function(code, index)).collect()
}

/// The function whose `fn` stands at `index`; none for function types, declarations and macro patterns.
fn function(code: &str, index: usize) -> Option<Function<'_>> {
    let after = code[index + 2..].trim_start();
    let name = after.split(|c: char| !c.is_alphanumeric() && c != '_').next()?;
    let start = code.len() - after.len();
    let body = start + body_start(&code[start..])?;
    let end = body + block_length(&code[body..])?;
    let lines = code[index..end].matches('\n').count() + 1;
    (!name.is_empty()).then(|| Function { name, line: Source::line_of(code, index), lines })
}

/// Where the body of a function begins, given its signature; none if it has no body.
fn body_start(signature: &str) -> Option<usize> {
    let mut depth = 0;
    for (index, c) in signature.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' if depth == 0 => return None,
            ')' | ']' => depth -= 1,
            '{' if depth == 0 => return Some(index),
            ';' | ',' | '=' if depth == 0 && !signature[..index].contains('(') => return None,
            ';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// Length of the block that begins at the start of `code`, both braces included.
fn block_length(code: &str) -> Option<usize> {
    let mut depth = 0;
    for (index, c) in code.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return Some(index + 1),
            '}' => depth -= 1,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn findings(text: &str) -> Vec<String> {
        let mut findings = Vec::new();
        check(&Source::new("crates/x/src/y.rs".into(), text.into()), &mut findings);
        findings
    }

    #[test]
    fn plain_files_pass() {
        assert_eq!(findings("//! A file.\nuse core::fmt::Write as _;\nfn f() {}\n"), [""; 0]);
    }

    #[test]
    fn each_rule_finds_its_fault() {
        assert_eq!(findings("fn f() {}\n").len(), 1);
        assert_eq!(findings("//! A file.\nfn f() { todo!() }\n").len(), 1);
        assert_eq!(findings("//! A file.\n// XXX later\n").len(), 1);
        assert_eq!(findings("//! A file.\nuse a::{b, c as d};\n").len(), 1);
        assert_eq!(findings(&format!("//! A file.\n{}", "\n".repeat(FILE_LINES))).len(), 1);
        let long =
            format!("//! A file.\nfn f(a: [u8; 4]) -> u8 {{{}}}\n", "\n".repeat(FUNCTION_LINES));
        assert_eq!(findings(&long).len(), 1);
    }

    #[test]
    fn only_functions_with_bodies_are_measured() {
        let text = "trait T { fn a(&self); fn b(&self) {\n} }\ntype F = fn(u8) -> u8;\nfn c() {}";
        let source = Source::new(String::new(), text.into());
        let names: Vec<_> = functions(&source).iter().map(|f| (f.name, f.lines)).collect();
        assert_eq!(names, [("b", 2), ("c", 1)]);
    }
}
