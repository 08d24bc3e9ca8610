//! Formulas whose result a file does not hold, computed as a spreadsheet program would: numbers, cells and
//! ranges of the workbook, `+ - * / ^ %`, comparisons, and the few functions of which every case is known.
//! Whatever else a formula holds, it has no value here.
//!
//! Numbers have 15 significant digits, as those of spreadsheet programs; adding, subtracting and multiplying
//! are exact on these digits, so that 0.1 + 0.2 - 0.3 is 0.

use super::address::address;
use super::decimal::Digits;

/// What a cell or a formula holds.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Empty,
    Number(f64),
    Text(String),
    Logical(bool),
}

/// Why a formula has no value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoValue {
    /// It is an error for a spreadsheet program too, such as #DIV/0!.
    Error,
    /// It holds what is not computed here.
    Unknown,
}

type Result<T> = std::result::Result<T, NoValue>;

/// A block of cells: the sheet (its own where `None`), first and last row and column, both included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) sheet: Option<String>,
    pub(super) rows: (usize, usize),
    pub(super) columns: (usize, usize),
}

/// So many cells may one block have.
const MOST_CELLS: usize = 1 << 16;
/// So deep may brackets be nested, so many signs may one formula have, and so long a way may its value have
/// through formulas of other cells.
const MOST_DEPTH: usize = 32;
const MOST_SIGNS: usize = 200;
const MOST_LEVELS: usize = 400;

/// The value of another cell: the level at which it is asked for, its sheet (the formula's own where `None`),
/// row and column.
pub(super) type Others<'c> = dyn FnMut(usize, Option<&str>, usize, usize) -> Result<Value> + 'c;

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Value(Value),
    Block(Block),
    Negative(Box<Node>),
    Percent(Box<Node>),
    Pair(&'static str, Box<Node>, Box<Node>),
    Call(String, Vec<Node>),
}

/// The value of the formula `text` (without its `=`), written for a cell that many rows and columns before
/// the one it stands in; `others` gives the values of other cells. `level` is that at which it is asked for.
///
/// # Errors
/// No value, and why.
pub(super) fn value(
    text: &str,
    shift: (usize, usize),
    level: usize,
    others: &mut Others<'_>,
) -> Result<Value> {
    let mut parser = Parser { rest: text.trim(), shift, depth: 0, signs: 0 };
    let node = parser.comparison()?;
    if !parser.rest.trim_start().is_empty() {
        return Err(NoValue::Unknown);
    }
    Computer { others, level }.value(&node)
}

struct Parser<'a> {
    rest: &'a str,
    shift: (usize, usize),
    depth: usize,
    signs: usize,
}

impl<'a> Parser<'a> {
    /// # Errors
    /// Where a formula has more signs than people write.
    fn pair(&mut self, sign: &'static str, a: Node, b: Node) -> Result<Node> {
        self.signs += 1;
        let node = Node::Pair(sign, Box::new(a), Box::new(b));
        if self.signs > MOST_SIGNS { Err(NoValue::Unknown) } else { Ok(node) }
    }

    /// The first of these signs that comes next.
    fn sign(&mut self, signs: &[&'static str]) -> Option<&'static str> {
        let rest = self.rest.trim_start();
        let found = signs.iter().find(|sign| rest.starts_with(**sign))?;
        self.rest = rest.get(found.len()..)?;
        Some(found)
    }

    fn comparison(&mut self) -> Result<Node> {
        self.depth += 1;
        if self.depth > MOST_DEPTH {
            return Err(NoValue::Unknown);
        }
        let mut left = self.sum()?;
        while let Some(sign) = self.sign(&["<>", "<=", ">=", "<", ">", "="]) {
            let right = self.sum()?;
            left = self.pair(sign, left, right)?;
        }
        self.depth -= 1;
        Ok(left)
    }

    fn sum(&mut self) -> Result<Node> {
        let mut left = self.product()?;
        while let Some(sign) = self.sign(&["+", "-"]) {
            let right = self.product()?;
            left = self.pair(sign, left, right)?;
        }
        Ok(left)
    }

    fn product(&mut self) -> Result<Node> {
        let mut left = self.power()?;
        while let Some(sign) = self.sign(&["*", "/"]) {
            let right = self.power()?;
            left = self.pair(sign, left, right)?;
        }
        Ok(left)
    }

    fn power(&mut self) -> Result<Node> {
        let mut left = self.signed()?;
        while let Some(sign) = self.sign(&["^"]) {
            let right = self.signed()?;
            left = self.pair(sign, left, right)?;
        }
        Ok(left)
    }

    /// A sign belongs to its number before a power does: -2^2 is 4.
    fn signed(&mut self) -> Result<Node> {
        let mut negative = false;
        while let Some(sign) = self.sign(&["-", "+"]) {
            negative ^= sign == "-";
        }
        let mut node = self.primary()?;
        if self.sign(&["%"]).is_some() {
            node = Node::Percent(Box::new(node));
        }
        Ok(if negative { Node::Negative(Box::new(node)) } else { node })
    }

    fn primary(&mut self) -> Result<Node> {
        if self.sign(&["("]).is_some() {
            let node = self.comparison()?;
            return self.sign(&[")"]).map(|_| node).ok_or(NoValue::Unknown);
        }
        let rest = self.rest.trim_start();
        match rest.chars().next().ok_or(NoValue::Unknown)? {
            '"' => self.text(rest),
            '0'..='9' | '.' => self.number(rest),
            _ => self.named(rest),
        }
    }

    fn text(&mut self, rest: &'a str) -> Result<Node> {
        let (mut out, mut chars) = (String::new(), rest.char_indices().skip(1).peekable());
        while let Some((at, c)) = chars.next() {
            match (c, chars.peek()) {
                ('"', Some((_, '"'))) => {
                    out.push('"');
                    chars.next();
                }
                ('"', _) => {
                    self.rest = rest.get(at + 1..).unwrap_or_default();
                    return Ok(Node::Value(Value::Text(out)));
                }
                (c, _) => out.push(c),
            }
        }
        Err(NoValue::Unknown)
    }

    fn number(&mut self, rest: &'a str) -> Result<Node> {
        let run = |t: &str| t.bytes().take_while(|b| b.is_ascii_digit() || *b == b'.').count();
        let mut end = run(rest);
        // 1E3, 1E-3: an exponent, unless the letters go on.
        if let Some(after) = rest.get(end..).and_then(|t| t.strip_prefix(['e', 'E'])) {
            let digits = after.trim_start_matches(['+', '-']);
            let signs = after.len() - digits.len();
            let length = digits.bytes().take_while(u8::is_ascii_digit).count();
            if signs <= 1 && length > 0 {
                end += 1 + signs + length;
            }
        }
        let (number, after) = rest.split_at(end);
        self.rest = after;
        // 3:5 is a block of whole rows.
        if after.starts_with(':') {
            return Err(NoValue::Unknown);
        }
        number.parse().map(|x| Node::Value(Value::Number(x))).map_err(|_| NoValue::Unknown)
    }

    /// A function, a logical value, a cell or a block; names are not resolved.
    fn named(&mut self, rest: &'a str) -> Result<Node> {
        let (sheet, rest) = sheet_of(rest)?;
        let word = |t: &'a str| -> &'a str {
            let ends = |c: char| !(c.is_alphanumeric() || matches!(c, '$' | '.' | '_'));
            t.get(..t.find(ends).unwrap_or(t.len())).unwrap_or_default()
        };
        let first = word(rest);
        let after = rest.get(first.len()..).unwrap_or_default();
        if let (Some(arguments), None) = (after.strip_prefix('('), &sheet) {
            self.rest = arguments;
            return self.call(first);
        }
        if sheet.is_none() && (first.eq_ignore_ascii_case("TRUE") || first.eq_ignore_ascii_case("FALSE")) {
            self.rest = after;
            return Ok(Node::Value(Value::Logical(first.eq_ignore_ascii_case("TRUE"))));
        }
        let from = self.place(first)?;
        let mut to = from;
        self.rest = after;
        if let Some(after) = after.strip_prefix(':') {
            let second = word(after);
            to = self.place(second)?;
            self.rest = after.get(second.len()..).unwrap_or_default();
        }
        // A1:B2:C3, A1#, A1!B1 and the like.
        if self.rest.starts_with([':', '#', '!', '(', '@']) {
            return Err(NoValue::Unknown);
        }
        let span = |a: usize, b: usize| (a.min(b), a.max(b));
        let (rows, columns) = (span(from.0, to.0), span(from.1, to.1));
        let cells = (rows.1 - rows.0 + 1).saturating_mul(columns.1 - columns.0 + 1);
        if cells > MOST_CELLS {
            return Err(NoValue::Unknown);
        }
        Ok(Node::Block(Block { sheet, rows, columns }))
    }

    /// Row and column of a reference, moved along with the cell unless a `$` holds it.
    fn place(&self, word: &str) -> Result<(usize, usize)> {
        let (row, column) = address(word).ok_or(NoValue::Unknown)?;
        let letters: String =
            word.chars().filter(|c| *c != '$').take_while(|c| !c.is_ascii_digit()).collect();
        let whole = word.trim_start_matches('$').trim_start_matches(|c: char| c.is_ascii_alphabetic());
        let known = !letters.is_empty() && whole.trim_start_matches('$').bytes().all(|b| b.is_ascii_digit());
        if !known || row >= 1 << 20 || column >= 1 << 14 {
            return Err(NoValue::Unknown);
        }
        let moved = |at: usize, held: bool, by: usize| if held { at } else { at + by };
        let (of_row, of_column) = (whole.starts_with('$'), word.starts_with('$'));
        Ok((moved(row, of_row, self.shift.0), moved(column, of_column, self.shift.1)))
    }

    fn call(&mut self, name: &str) -> Result<Node> {
        let mut arguments = Vec::new();
        if self.sign(&[")"]).is_none() {
            loop {
                arguments.push(self.comparison()?);
                match self.sign(&[",", ")"]) {
                    Some(",") => {}
                    Some(_) => break,
                    None => return Err(NoValue::Unknown),
                }
            }
        }
        Ok(Node::Call(name.to_ascii_uppercase(), arguments))
    }
}

/// The sheet before a `!`, and the rest; another workbook (`[1]`) is none of this one.
fn sheet_of(rest: &str) -> Result<(Option<String>, &str)> {
    if let Some(quoted) = rest.strip_prefix('\'') {
        let (mut name, mut chars) = (String::new(), quoted.char_indices().peekable());
        while let Some((at, c)) = chars.next() {
            match (c, chars.peek()) {
                ('\'', Some((_, '\''))) => {
                    name.push('\'');
                    chars.next();
                }
                ('\'', _) => {
                    let after = quoted.get(at + 1..).and_then(|t| t.strip_prefix('!'));
                    let there = after.filter(|_| !name.contains(['[', ']', ':']));
                    return there.map(|after| (Some(name.clone()), after)).ok_or(NoValue::Unknown);
                }
                (c, _) => name.push(c),
            }
        }
        return Err(NoValue::Unknown);
    }
    let ends = |c: char| !(c.is_alphanumeric() || matches!(c, '_' | '.'));
    let name = rest.get(..rest.find(ends).unwrap_or(rest.len())).unwrap_or_default();
    match rest.get(name.len()..).and_then(|after| after.strip_prefix('!')) {
        Some(after) if !name.is_empty() => Ok((Some(name.to_owned()), after)),
        _ => Ok((None, rest)),
    }
}

struct Computer<'c, 'o> {
    others: &'c mut Others<'o>,
    level: usize,
}

impl Computer<'_, '_> {
    fn value(&mut self, node: &Node) -> Result<Value> {
        self.level += 1;
        let found = if self.level > MOST_LEVELS { Err(NoValue::Unknown) } else { self.node(node) };
        self.level -= 1;
        found
    }

    fn node(&mut self, node: &Node) -> Result<Value> {
        match node {
            Node::Value(value) => Ok(value.clone()),
            Node::Block(block) if block.rows.0 == block.rows.1 && block.columns.0 == block.columns.1 => {
                (self.others)(self.level, block.sheet.as_deref(), block.rows.0, block.columns.0)
            }
            // One cell of a block, or many at once: not everywhere the same.
            Node::Block(_) => Err(NoValue::Unknown),
            Node::Negative(node) => self.number(node).map(|x| Value::Number(-x)),
            Node::Percent(node) => self.number(node).map(|x| Value::Number(shifted(x, -2))),
            Node::Pair(sign, a, b) => self.pair(sign, a, b),
            Node::Call(name, arguments) => self.call(name, arguments),
        }
    }

    /// A number to count with; a blank cell is 0. Text is none, though programs read some of it as a number.
    fn number(&mut self, node: &Node) -> Result<f64> {
        match self.value(node)? {
            Value::Number(x) => Ok(x),
            Value::Empty => Ok(0.0),
            Value::Text(_) | Value::Logical(_) => Err(NoValue::Unknown),
        }
    }

    fn pair(&mut self, sign: &str, a: &Node, b: &Node) -> Result<Value> {
        if matches!(sign, "+" | "-" | "*" | "/" | "^") {
            let (a, b) = (self.number(a)?, self.number(b)?);
            return finite(match sign {
                "+" => added(a, b),
                "-" => added(a, -b),
                "*" => multiplied(a, b),
                "/" if b == 0.0 => return Err(NoValue::Error),
                "/" => a / b,
                _ if a == 0.0 && b == 0.0 => return Err(NoValue::Error),
                _ => a.powf(b),
            });
        }
        let (a, b) = (self.value(a)?, self.value(b)?);
        let order = match (&a, &b) {
            (Value::Text(a), Value::Text(b)) if a == b => std::cmp::Ordering::Equal,
            // The order of texts depends on the language; that they differ does not, but for letter cases.
            (Value::Text(a), Value::Text(b))
                if matches!(sign, "=" | "<>") && a.to_lowercase() != b.to_lowercase() =>
            {
                std::cmp::Ordering::Less
            }
            (Value::Empty, Value::Text(t)) | (Value::Text(t), Value::Empty) if matches!(sign, "=" | "<>") => {
                if t.is_empty() {
                    std::cmp::Ordering::Equal
                } else {
                    std::cmp::Ordering::Less
                }
            }
            (Value::Number(_), Value::Text(_)) if matches!(sign, "=" | "<>") => std::cmp::Ordering::Less,
            (Value::Text(_), Value::Number(_)) if matches!(sign, "=" | "<>") => std::cmp::Ordering::Greater,
            (Value::Number(_) | Value::Empty, Value::Number(_) | Value::Empty) => {
                let of = |value: &Value| if let Value::Number(x) = value { *x } else { 0.0 };
                added(of(&a), -of(&b)).partial_cmp(&0.0).ok_or(NoValue::Unknown)?
            }
            _ => return Err(NoValue::Unknown),
        };
        Ok(Value::Logical(match sign {
            "=" => order.is_eq(),
            "<>" => order.is_ne(),
            "<" => order.is_lt(),
            ">" => order.is_gt(),
            "<=" => order.is_le(),
            _ => order.is_ge(),
        }))
    }

    fn call(&mut self, name: &str, arguments: &[Node]) -> Result<Value> {
        match (name, arguments) {
            ("SUM", [_, ..]) => {
                let numbers = self.numbers(arguments)?;
                finite(numbers.into_iter().fold(0.0, added))
            }
            ("AVERAGE", [_, ..]) => {
                let numbers = self.numbers(arguments)?;
                let count = numbers.len();
                if count == 0 {
                    return Err(NoValue::Error);
                }
                finite(numbers.into_iter().fold(0.0, added) / count as f64)
            }
            ("MIN", [_, ..]) => {
                let least = self.numbers(arguments)?.into_iter().reduce(f64::min);
                Ok(Value::Number(least.unwrap_or(0.0)))
            }
            ("MAX", [_, ..]) => {
                let most = self.numbers(arguments)?.into_iter().reduce(f64::max);
                Ok(Value::Number(most.unwrap_or(0.0)))
            }
            ("COUNT", [_, ..]) => Ok(Value::Number(self.numbers(arguments)?.len() as f64)),
            ("COUNTA", [_, ..]) => {
                let filled = self.cells(arguments)?.into_iter().filter(|v| *v != Value::Empty);
                Ok(Value::Number(filled.count() as f64))
            }
            ("ROUND" | "ROUNDUP" | "ROUNDDOWN", [x, places]) => {
                let (x, places) = (self.number(x)?, self.number(places)?.trunc());
                rounded(name, x, places)
            }
            ("INT", [x]) => {
                let x = self.number(x)?;
                rounded(if x < 0.0 { "ROUNDUP" } else { "ROUNDDOWN" }, x, 0.0)
            }
            ("ABS", [x]) => self.number(x).map(|x| Value::Number(x.abs())),
            ("IF", [condition, then, or_else]) => {
                let holds = match self.value(condition)? {
                    Value::Logical(holds) => holds,
                    Value::Number(x) => x != 0.0,
                    Value::Empty => false,
                    Value::Text(_) => return Err(NoValue::Unknown),
                };
                let chosen = self.value(if holds { then } else { or_else })?;
                Ok(if chosen == Value::Empty { Value::Number(0.0) } else { chosen })
            }
            ("IFERROR", [value, or_else]) => match self.value(value) {
                Err(NoValue::Error) => self.value(or_else),
                found => found,
            },
            _ => Err(NoValue::Unknown),
        }
    }

    /// All cells of these arguments, which must be blocks.
    fn cells(&mut self, arguments: &[Node]) -> Result<Vec<Value>> {
        let mut out = Vec::new();
        for node in arguments {
            let Node::Block(block) = node else { return Err(NoValue::Unknown) };
            for row in block.rows.0..=block.rows.1 {
                for column in block.columns.0..=block.columns.1 {
                    out.push((self.others)(self.level, block.sheet.as_deref(), row, column)?);
                }
            }
        }
        Ok(out)
    }

    /// The numbers among these arguments; in blocks, texts and logical values are passed over.
    fn numbers(&mut self, arguments: &[Node]) -> Result<Vec<f64>> {
        let mut out = Vec::new();
        for node in arguments {
            if matches!(node, Node::Block(_)) {
                let of_number = |v: Value| if let Value::Number(x) = v { Some(x) } else { None };
                out.extend(self.cells(std::slice::from_ref(node))?.into_iter().filter_map(of_number));
            } else {
                match self.value(node)? {
                    Value::Number(x) => out.push(x),
                    _ => return Err(NoValue::Unknown),
                }
            }
        }
        Ok(out)
    }
}

/// A number in 15 significant digits; too large a one is an error.
fn finite(x: f64) -> Result<Value> {
    if !x.is_finite() {
        return Err(NoValue::Error);
    }
    Ok(Value::Number(shifted(x, 0)))
}

/// `x` times a power of ten, on its decimal digits.
fn shifted(x: f64, power: i32) -> f64 {
    number(x < 0.0, &Digits::of(x).shifted(power)).unwrap_or(x)
}

fn number(negative: bool, digits: &Digits) -> Option<f64> {
    let magnitude: f64 = digits.plain().parse().ok()?;
    Some(if negative { -magnitude } else { magnitude })
}

/// All digits as a whole number, and the power of ten that it is to be multiplied with.
fn exact(x: f64) -> Option<(i128, i32)> {
    let text = format!("{:.14e}", x.abs());
    let (mantissa, exponent) = text.split_once('e')?;
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let (mut whole, mut power) = (digits.parse::<i128>().ok()?, exponent.parse::<i32>().ok()? - 14);
    while whole != 0 && whole % 10 == 0 {
        (whole, power) = (whole / 10, power + 1);
    }
    Some((if x < 0.0 { -whole } else { whole }, if whole == 0 { 0 } else { power }))
}

fn inexact((whole, power): (i128, i32)) -> Option<f64> {
    format!("{whole}e{power}").parse().ok()
}

fn added(a: f64, b: f64) -> f64 {
    let sum = || {
        let ((a, p), (b, q)) = (exact(a)?, exact(b)?);
        let least = if a == 0 {
            q
        } else if b == 0 {
            p
        } else {
            p.min(q)
        };
        let raised = |n: i128, power: i32| {
            if n == 0 { Some(0) } else { n.checked_mul(10_i128.checked_pow(power.try_into().ok()?)?) }
        };
        inexact((raised(a, p - least)?.checked_add(raised(b, q - least)?)?, least))
    };
    sum().unwrap_or(a + b)
}

fn multiplied(a: f64, b: f64) -> f64 {
    let product = || {
        let ((a, p), (b, q)) = (exact(a)?, exact(b)?);
        inexact((a.checked_mul(b)?, p + q))
    };
    product().unwrap_or(a * b)
}

/// Rounded to so many places: half away from zero, away from zero, or toward it.
fn rounded(way: &str, x: f64, places: f64) -> Result<Value> {
    if !(-20.0..=20.0).contains(&places) {
        return Err(NoValue::Unknown);
    }
    let places = places as i32;
    let scaled = Digits::of(x).shifted(places);
    let whole: String = Some(scaled.whole()).filter(|w| !w.is_empty()).unwrap_or_else(|| "0".to_owned());
    let digits = match way {
        "ROUND" => scaled.rounded(0).plain(),
        "ROUNDUP" if !scaled.fraction().is_empty() => {
            let up = whole.parse::<i128>().ok().and_then(|n| n.checked_add(1)).ok_or(NoValue::Unknown)?;
            up.to_string()
        }
        _ => whole,
    };
    let magnitude: f64 = format!("{digits}e{}", -places).parse().map_err(|_| NoValue::Unknown)?;
    Ok(Value::Number(if x < 0.0 && magnitude != 0.0 { -magnitude } else { magnitude }))
}

#[cfg(test)]
mod tests;
