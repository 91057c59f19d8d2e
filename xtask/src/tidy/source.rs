//! A source file split into code, comments and strings, so that a word in a string is not taken for code.
//!
//! Not a parser: it knows just enough of Rust's lexical grammar to find where comments and strings begin and end.
//! Invariant: `code` and `comments` have the line breaks of the text, so line numbers agree.

/// A Rust source file.
pub(crate) struct Source {
    /// Path from the workspace's folder, with `/`.
    pub(crate) path: String,
    /// The file as it is.
    pub(crate) text: String,
    /// The text with comments and the contents of strings and characters blanked.
    pub(crate) code: String,
    /// The text with everything but comments blanked.
    pub(crate) comments: String,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Code,
    Comment,
    Literal,
}

impl Source {
    pub(crate) fn new(path: String, text: String) -> Self {
        let kinds = classify(&text.chars().collect::<Vec<_>>());
        let only = |wanted: Kind| -> String {
            let keep =
                |(c, kind): (char, &Kind)| if c == '\n' || *kind == wanted { c } else { ' ' };
            text.chars().zip(&kinds).map(keep).collect()
        };
        let (code, comments) = (only(Kind::Code), only(Kind::Comment));
        Self { path, text, code, comments }
    }

    /// The number of the line, from 1, that holds the character at `index` of one of the texts, given as `text`.
    pub(crate) fn line_of(text: &str, index: usize) -> usize {
        text[..index].matches('\n').count() + 1
    }
}

/// The byte positions at which `word` stands in `text` as a whole word.
pub(crate) fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).map(|(index, _)| index).filter(move |index| {
        !text[..*index].ends_with(part) && !text[index + word.len()..].starts_with(part)
    })
}

fn classify(text: &[char]) -> Vec<Kind> {
    let mut kinds = Vec::with_capacity(text.len());
    while kinds.len() < text.len() {
        let rest = &text[kinds.len()..];
        let before = kinds.len().checked_sub(1).map(|last| text[last]);
        let (kind, length) = token(rest, before);
        kinds.resize(kinds.len() + length.clamp(1, rest.len()), kind);
    }
    kinds
}

/// The kind and length of the comment or literal at the start of `rest`, or one character of code.
fn token(rest: &[char], before: Option<char>) -> (Kind, usize) {
    match rest {
        ['/', '/', ..] => (Kind::Comment, position(rest, |c| c == '\n')),
        ['/', '*', ..] => (Kind::Comment, block_comment(rest)),
        ['"', ..] => (Kind::Literal, quoted(rest, '"')),
        ['\'', '\\', ..] => (Kind::Literal, quoted(rest, '\'')),
        ['\'', _, '\'', ..] => (Kind::Literal, 3),
        ['r', '"' | '#', ..]
            if !before.is_some_and(|c| c.is_alphanumeric() && c != 'b' || c == '_') =>
        {
            raw_string(rest).map_or((Kind::Code, 1), |length| (Kind::Literal, length))
        }
        _ => (Kind::Code, 1),
    }
}

fn position(rest: &[char], found: impl Fn(char) -> bool) -> usize {
    rest.iter().position(|c| found(*c)).unwrap_or(rest.len())
}

/// Length of a literal between two of `quote`, with backslash escapes.
fn quoted(rest: &[char], quote: char) -> usize {
    let mut index = 1;
    while index < rest.len() && rest[index] != quote {
        index += if rest[index] == '\\' { 2 } else { 1 };
    }
    index + 1
}

/// Length of a block comment; they nest.
fn block_comment(rest: &[char]) -> usize {
    let (mut index, mut depth) = (2, 1);
    while index < rest.len() && depth > 0 {
        match rest[index..] {
            ['/', '*', ..] => (depth, index) = (depth + 1, index + 2),
            ['*', '/', ..] => (depth, index) = (depth - 1, index + 2),
            _ => index += 1,
        }
    }
    index
}

/// Length of a raw string; none if it is a raw identifier.
fn raw_string(rest: &[char]) -> Option<usize> {
    let hashes = position(&rest[1..], |c| c != '#');
    if rest.get(1 + hashes) != Some(&'"') {
        return None;
    }
    let end: Vec<char> = std::iter::once('"').chain(std::iter::repeat_n('#', hashes)).collect();
    let body = &rest[hashes + 2..];
    let length = body.windows(end.len()).position(|window| window == end).unwrap_or(body.len());
    Some(hashes + 2 + length + end.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_and_comments_are_not_code() {
        let text = "let a = \"x // y\"; // z \"\nlet b = 'c'; let d = '\\''; /* e /* f */ g */ h\nr#\"i \" j\"#; k";
        let source = Source::new(String::new(), text.into());
        let code: String = source.code.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(code, "let a = ; let b = ; let d = ; h ; k");
        let comments: String = source.comments.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(comments, "// z \" /* e /* f */ g */");
    }

    #[test]
    fn lifetimes_and_raw_identifiers_are_code() {
        let text = "fn f<'a>(x: &'a str, r#type: u8) -> &'a str { x }";
        let source = Source::new(String::new(), text.into());
        assert_eq!(source.code, text);
    }

    #[test]
    fn words_are_whole() {
        let found: Vec<_> = words("unsafe_code unsafe(unsafe) Xunsafe", "unsafe").collect();
        assert_eq!(found, [12, 19]);
    }
}
