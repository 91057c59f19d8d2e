//! The list of what is out of scope: scripts, or single directives of scripts, that cannot pass yet.
//!
//! Not a list of bugs: each entry names a proposal that is not executed, or one that is on and makes valid what an
//! older script wants refused. Invariant: an entry under which everything passes is reported, so none outlives its
//! reason.

use std::ops::RangeInclusive;

/// What is out of scope, and why.
///
/// One entry per line: `PATTERN[:LINES] REASON`. In a pattern `*` stands for any text and one `{a,b}` for `a` or `b`; it
/// must match the whole path. `LINES` is a list such as `12,30-41`; without it the whole script is meant. `#` starts a comment.
#[derive(Clone, Default, Debug)]
pub struct Scope {
    entries: Vec<Entry>,
}

#[derive(Clone, Debug)]
struct Entry {
    /// What to match, without alternatives.
    patterns: Vec<String>,
    /// Empty if the whole script is meant.
    lines: Vec<RangeInclusive<usize>>,
    reason: String,
}

/// A line of the list that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct ScopeError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub what: &'static str,
}

/// Directives of one script that are out of scope.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Exemption {
    pub(crate) lines: RangeInclusive<usize>,
    pub(crate) reason: String,
}

impl Scope {
    /// Everything is in scope.
    pub fn everything() -> Self {
        Self::default()
    }

    /// What Wasmite does not support yet, for the official test suite.
    pub fn standard() -> Self {
        let list = include_str!("../tests/out-of-scope.txt");
        Self::parse(list).expect("the list is covered by a test")
    }

    /// Reads a list.
    pub fn parse(list: &str) -> Result<Self, ScopeError> {
        let mut entries = Vec::new();
        for (index, line) in list.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if !line.is_empty() {
                let error = |what| ScopeError { line: index + 1, what };
                entries.push(Entry::parse(line).map_err(error)?);
            }
        }
        Ok(Self { entries })
    }

    /// Why the whole script is out of scope, if it is.
    pub fn reason(&self, path: &str) -> Option<&str> {
        let mut entries = self.matching(path).filter(|entry| entry.lines.is_empty());
        entries.next().map(|entry| entry.reason.as_str())
    }

    /// Single directives of the script that are out of scope.
    pub(crate) fn exemptions(&self, path: &str) -> Vec<Exemption> {
        let exempt = |entry: &Entry| {
            let reason = entry.reason.clone();
            entry
                .lines
                .clone()
                .into_iter()
                .map(move |lines| Exemption { lines, reason: reason.clone() })
        };
        self.matching(path).flat_map(exempt).collect()
    }

    fn matching<'s>(&'s self, path: &str) -> impl Iterator<Item = &'s Entry> {
        let matching =
            move |entry: &&Entry| entry.patterns.iter().any(|pattern| matches(pattern, path));
        self.entries.iter().filter(matching)
    }
}

impl Entry {
    fn parse(line: &str) -> Result<Self, &'static str> {
        let (place, reason) = line.split_once(char::is_whitespace).ok_or("a reason is missing")?;
        let (pattern, lines) = match place.split_once(':') {
            None => (place, Vec::new()),
            Some((pattern, lines)) => {
                (pattern, lines.split(',').map(line_range).collect::<Result<_, _>>()?)
            }
        };
        Ok(Self { patterns: alternatives(pattern), lines, reason: reason.trim().into() })
    }
}

fn line_range(text: &str) -> Result<RangeInclusive<usize>, &'static str> {
    let number = |text: &str| text.parse::<usize>().map_err(|_| "a line number is not a number");
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = number(first)?..=number(last)?;
    if range.is_empty() { Err("a range of lines is empty") } else { Ok(range) }
}

/// The patterns that `start{a,b}end` stands for.
fn alternatives(pattern: &str) -> Vec<String> {
    let parts =
        pattern.split_once('{').and_then(|(start, rest)| Some((start, rest.split_once('}')?)));
    match parts {
        None => vec![pattern.into()],
        Some((start, (choices, end))) => {
            choices.split(',').map(|choice| format!("{start}{choice}{end}")).collect()
        }
    }
}

/// Whether `path` is `pattern` with some text in place of each `*`.
fn matches(pattern: &str, path: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = parts.next().and_then(|start| path.strip_prefix(start)) else {
        return false;
    };
    let Some(end) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_paths() {
        assert!(matches("v1/if.wast", "v1/if.wast"));
        assert!(!matches("if.wast", "v1/if.wast"));
        assert!(!matches("v1/if", "v1/if.wast"));
        assert!(matches("*/simd_*.wast", "proposals/simd/simd_lane.wast"));
        assert!(!matches("*/simd_*.wast", "proposals/simd/lane.wast"));
        assert!(matches("gc/*", "gc/a/b.wast"));
        assert!(!matches("a*a", "a"));
    }

    #[test]
    fn braces_are_alternatives() {
        assert_eq!(alternatives("a.wast"), ["a.wast"]);
        assert_eq!(alternatives("{,latest/}a.wast"), ["a.wast", "latest/a.wast"]);
    }

    #[test]
    fn lists_are_read() {
        let list = "# comment\n\ngc/* gc \nv2/a.wast:3,7-9 valid since multi-memory # why\n";
        let scope = Scope::parse(list).unwrap();
        assert_eq!(scope.reason("gc/x.wast"), Some("gc"));
        assert_eq!(scope.reason("v2/a.wast"), None);
        let lines: Vec<_> = scope.exemptions("v2/a.wast").into_iter().map(|e| e.lines).collect();
        assert_eq!(lines, [3..=3, 7..=9]);
    }

    #[test]
    fn errors_name_the_line() {
        for (list, line) in [("a", 1), ("\na:x b", 2), ("a:4-3 b", 1), ("a:1, b", 1)] {
            assert_eq!(Scope::parse(list).unwrap_err().line, line, "{list}");
        }
    }

    #[test]
    fn the_standard_list_can_be_read() {
        assert!(Scope::standard().reason("simd_lane.wast").is_some());
    }
}
