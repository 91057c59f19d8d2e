//! Compares the message a script expects with the one Wasmite gives.
//!
//! Not a licence to accept anything: a message counts if it contains what is expected, as in the reference test runner,
//! or if the table below pairs the two. Invariant: the table holds only wordings of the parser and the validator, never
//! of traps or of linking.

/// Whether `found`, the reason a module was refused, is the one a script expects.
pub(crate) fn refusal_matches(expected: &str, found: &str) -> bool {
    found.contains(expected)
        || ACCEPTED.iter().any(|(start, fragments)| {
            expected.starts_with(start) && fragments.iter().any(|fragment| found.contains(fragment))
        })
}

/// Whether `found`, the message of a trap, is the one a script expects.
///
/// Scripts may name the element in question (`uninitialized element 2`), which Wasmite's messages leave out.
pub(crate) fn trap_matches(expected: &str, found: &str) -> bool {
    found.starts_with(expected)
        || expected.strip_prefix(found).is_some_and(|rest| {
            rest.strip_prefix(' ').is_some_and(|index| index.bytes().all(|b| b.is_ascii_digit()))
        })
}

/// Whether `found`, the reason a module could not be linked, is the one a script expects.
pub(crate) fn link_matches(expected: &str, found: &str) -> bool {
    found.contains(expected)
}

/// What a script says (its start), and what the parser or validator says in the same case.
const ACCEPTED: &[(&str, &[&str])] = &[
    // Text format: the parser words syntax errors by what it expected.
    ("unknown operator", UNEXPECTED),
    ("unexpected token", UNEXPECTED),
    ("invalid lane length", UNEXPECTED),
    ("wrong number of lane", UNEXPECTED),
    ("malformed lane index", UNEXPECTED),
    ("i8 constant out of range", UNEXPECTED),
    ("misplaced @", UNEXPECTED),
    ("@custom annotation: ", UNEXPECTED),
    ("@name annotation: ", UNEXPECTED),
    ("@metadata.code.branch_hint annotation: ", UNEXPECTED),
    ("empty identifier", &["invalid character in string"]),
    ("empty annotation id", &["invalid character in string"]),
    ("illegal character", &["unexpected character", "illegal control character"]),
    ("unclosed string", &["unexpected end-of-file"]),
    ("i32 constant out of range", &["size must be at most", "offset out of range"]),
    ("i32 constant", &["offset out of range"]),
    ("i64 constant out of range", &["constant out of range"]),
    ("@custom annotation: malformed UTF-8 encoding", &["malformed UTF-8 encoding"]),
    ("invalid UTF-8 encoding", &["malformed UTF-8 encoding"]),
    ("multiple start sections", &["section out of order"]),
    // Binary format: reading stops at another place than in the reference interpreter.
    ("integer representation too long", MISREAD),
    ("integer too large", MISREAD),
    ("unexpected end", MISREAD),
    ("length out of bounds", MISREAD),
    ("section size mismatch", MISREAD),
    ("END opcode expected", MISREAD),
    ("zero flag expected", MISREAD),
    ("zero byte expected", MISREAD),
    ("invalid value type", MISREAD),
    ("malformed elements segment kind", MISREAD),
    ("malformed section id", MISREAD),
    ("malformed import kind", &["for external kind", "unexpected end-of-file"]),
    ("malformed limits flags", &["limits flags", "unexpected end-of-file"]),
    ("malformed memop flags", &["alignment must not be larger", "values remaining on stack"]),
    ("malformed mutability", MUTABILITY),
    ("invalid mutability", MUTABILITY),
    ("invalid section id", &["malformed section id"]),
    ("junk after last section", &["section out of order"]),
    ("unexpected content after last section", SECTIONS),
    ("function and code section have inconsistent lengths", SECTIONS),
    ("data count and data section have inconsistent lengths", &["data section is absent"]),
    (
        "illegal opcode",
        &["illegal opcode", "constant expression required", "unexpected end-of-file"],
    ),
    // Validation.
    ("immutable global", &["global is immutable"]),
    ("constant expression required", &["type mismatch"]),
    ("memory size must be at most", &["memory size must be at most"]),
];

const UNEXPECTED: &[&str] = &[
    "expected `",
    "expected a",
    "expected valid module field",
    "unexpected token",
    "unknown operator",
    "constant out of range",
    "extra tokens remaining",
    "malformed lane index",
];

const MISREAD: &[&str] = &[
    "unexpected end-of-file",
    "magic header not detected",
    "expected section, got wasm magic number",
    "control frames remain at end of function body",
    "trailing bytes at end of section",
    "invalid leading byte",
    "limits flags",
    "malformed section id",
    "alignment must not be larger",
    "offset out of range",
    "size must be at most",
    "unknown label",
    "unknown memory",
    "unknown table",
];

const MUTABILITY: &[&str] =
    &["malformed global flags", "shared globals require", "unexpected end-of-file"];

const SECTIONS: &[&str] = &[
    "section out of order",
    "function and code section have inconsistent lengths",
    "section is absent",
    "code section has non-zero count",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traps_may_be_expected_with_an_index() {
        assert!(trap_matches("undefined element", "undefined element"));
        assert!(trap_matches("uninitialized element 2", "uninitialized element"));
        assert!(trap_matches("indirect call type mismatch", "indirect call type mismatch"));
        assert!(!trap_matches("integer overflow", "integer divide by zero"));
        assert!(!trap_matches("unreachable code", "unreachable"));
        assert!(trap_matches("integer divide", "integer divide by zero"));
    }

    #[test]
    fn other_reasons_do_not_count() {
        assert!(refusal_matches("type mismatch", "type mismatch: expected i32, found i64"));
        assert!(refusal_matches(
            "unknown operator get_local",
            "unknown operator or unexpected token"
        ));
        assert!(!refusal_matches("type mismatch", "unknown local 3"));
        assert!(!refusal_matches("unknown operator", "unknown label"));
        assert!(!link_matches("unknown import", "incompatible import type"));
    }
}
