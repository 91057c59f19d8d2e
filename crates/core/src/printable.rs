//! Names as messages show them.
//!
//! Invariant: what is shown stays in its line and cannot control a terminal, whatever the name holds.

use core::fmt::{self, Write};

/// Shows a name with what could disturb a terminal or a log escaped: modules choose names freely. Quotes, which mangled
/// and demangled names have, stay readable.
#[derive(Clone, Copy, Debug)]
pub struct Printable<'a>(pub &'a str);

impl fmt::Display for Printable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|c| match c {
            '\'' | '"' => f.write_char(c),
            _ => write!(f, "{}", c.escape_debug()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn only_what_disturbs_is_escaped() {
        let shown = |name| Printable(name).to_string();
        assert_eq!(shown("a<'b, \"ü\">::c"), "a<'b, \"ü\">::c");
        assert_eq!(shown("a\n\u{1b}[31m\\\u{202e}\0"), r"a\n\u{1b}[31m\\\u{202e}\0");
    }
}
