//! Rust source as tokens: what is in a comment or a string is not code, and what is compiled for tests alone
//! can be left out.

/// A word, a mark (`::` is one) or a literal, and the line that it begins in.
#[derive(Clone, Copy)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    pub(super) line: usize,
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the comment, string or character that `rest` begins with, and whether it is a comment.
fn opaque(rest: &str) -> Option<(usize, bool)> {
    let until =
        |from: usize, end: &str| rest[from..].find(end).map_or(rest.len(), |at| from + at + end.len());
    if rest.starts_with("//") {
        return Some((rest.find('\n').unwrap_or(rest.len()), true));
    }
    if rest.starts_with("/*") {
        let (mut depth, mut at) = (1, 2);
        while depth > 0 {
            let close = rest[at..].find("*/").map_or(rest.len(), |c| at + c);
            match rest[at..close].find("/*") {
                Some(open) => (depth, at) = (depth + 1, at + open + 2),
                None => (depth, at) = (depth - 1, (close + 2).min(rest.len())),
            }
        }
        return Some((at, true));
    }
    let prefix = rest.len() - rest.trim_start_matches(['b', 'c']).len();
    let plain = &rest[prefix.min(1)..];
    if let Some(raw) = plain.strip_prefix('r') {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw[hashes..].starts_with('"') {
            let start = rest.len() - raw.len() + hashes + 1;
            return Some((until(start, &format!("\"{}", "#".repeat(hashes))), false));
        }
    }
    let quote = if plain.starts_with('"') {
        '"'
    } else {
        let mut after = plain.strip_prefix('\'')?.chars();
        // `'a` without a closing mark is a lifetime.
        let first = after.next()?;
        (first == '\\' || after.next() == Some('\'')).then_some('\'')?
    };
    let mut escaped = false;
    for (at, c) in plain.char_indices().skip(1) {
        if c == quote && !escaped {
            return Some((rest.len() - plain.len() + at + 1, false));
        }
        escaped = c == '\\' && !escaped;
    }
    Some((rest.len(), false))
}

pub(super) fn tokens(source: &str) -> Vec<Token<'_>> {
    let (mut out, mut at, mut line) = (Vec::new(), 0, 1);
    while let Some(c) = source[at..].chars().next() {
        let rest = &source[at..];
        let (length, is_token) = match opaque(rest) {
            Some((length, comment)) => (length, !comment),
            None if is_word(c) => (rest.find(|c| !is_word(c)).unwrap_or(rest.len()), true),
            None if c.is_whitespace() => (c.len_utf8(), false),
            None if rest.starts_with("::") => (2, true),
            None => (c.len_utf8(), true),
        };
        let text = &rest[..length];
        if is_token {
            out.push(Token { text, line });
        }
        line += text.matches('\n').count();
        at += length;
    }
    out
}

/// The index behind the item that begins at `at`: its attributes, and all up to its `;` or its last brace.
fn behind(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0;
    while let Some(token) = tokens.get(at) {
        match token.text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            ";" if depth == 0 => return at + 1,
            _ => {}
        }
        at += 1;
    }
    at
}

/// Without the items that are marked `#[cfg(test)]`.
pub(super) fn shipped<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    const MARK: [&str; 7] = ["#", "[", "cfg", "(", "test", ")", "]"];
    let (mut out, mut at) = (Vec::new(), 0);
    while at < tokens.len() {
        if tokens[at..].iter().map(|t| t.text).take(MARK.len()).eq(MARK) {
            at = behind(tokens, at + MARK.len());
        } else {
            out.push(tokens[at]);
            at += 1;
        }
    }
    out
}
