//! 限定条件 of a tabulator's sheet as a skip rule: `問1=1,2`, `問1で「はい」と答えた方`, `年齢>=65`, joined
//! by かつ, または, `&`, `|` and brackets.
//!
//! かつ binds closer than または. What stands behind a joint and names no question goes on with the one
//! before: `問2で「見守り」または「配食」`, `問2=1かつ2`.

use crate::questionnaire::model::{Question, QuestionKind};
use crate::questionnaire::rule::{AskedIf, Relation};
use crate::text::spelling;

/// The rule that a condition makes, about the questions before; `None` when some of it is not understood.
pub(crate) fn asked_if(condition: &str, earlier: &[Question]) -> Option<AskedIf> {
    let folded = spelling::label(condition);
    let pieces = pieces(&folded, earlier);
    let mut reader = Reader { pieces: &pieces, at: 0, earlier, last: None };
    let rule = reader.either(0)?;
    (reader.at == pieces.len()).then_some(rule)
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    Open,
    Close,
    And,
    Or,
    Words(String),
}

const JOINTS: [(&str, Piece); 14] = [
    ("かつ", Piece::And),
    ("且つ", Piece::And),
    ("&&", Piece::And),
    ("&", Piece::And),
    (" and ", Piece::And),
    (" AND ", Piece::And),
    ("または", Piece::Or),
    ("又は", Piece::Or),
    ("もしくは", Piece::Or),
    ("若しくは", Piece::Or),
    ("||", Piece::Or),
    ("|", Piece::Or),
    (" or ", Piece::Or),
    (" OR ", Piece::Or),
];

/// The condition in pieces. Brackets group where a condition could begin; those inside an id, a label or a
/// list are words.
fn pieces(text: &str, earlier: &[Question]) -> Vec<Piece> {
    let mut out = Vec::new();
    let mut words = String::new();
    let (mut open, mut inner, mut quoted) = (0usize, 0usize, false);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let begins = words.trim().is_empty() && !matches!(out.last(), Some(Piece::Close));
        let joint =
            if quoted || inner > 0 { None } else { JOINTS.iter().find(|(sign, _)| rest.starts_with(sign)) };
        if let Some((sign, piece)) = joint {
            flush(&mut words, &mut out);
            out.push(piece.clone());
            rest = &rest[sign.len()..];
            continue;
        }
        if !quoted && first == '(' && begins && named(rest, earlier).is_none() {
            words.clear();
            out.push(Piece::Open);
            open += 1;
        } else if !quoted && first == ')' && inner == 0 && open > 0 {
            flush(&mut words, &mut out);
            out.push(Piece::Close);
            open -= 1;
        } else {
            match first {
                '「' => quoted = true,
                '」' => quoted = false,
                '(' if !quoted => inner += 1,
                ')' if !quoted => inner = inner.saturating_sub(1),
                _ => {}
            }
            words.push(first);
        }
        rest = &rest[first.len_utf8()..];
    }
    flush(&mut words, &mut out);
    out
}

fn flush(words: &mut String, out: &mut Vec<Piece>) {
    let said = std::mem::take(words);
    if !said.trim().is_empty() {
        out.push(Piece::Words(said.trim().to_owned()));
    }
}

/// The earlier question that `text` begins with, and what stands behind its id: the longest id that fits.
fn named<'a>(text: &'a str, earlier: &[Question]) -> Option<(usize, &'a str)> {
    let behind = |q: &Question| {
        let id = spelling::label(&q.id);
        let rest = text.strip_prefix(id.as_str()).filter(|_| !id.is_empty())?;
        // 問1 is not the beginning of 問11, 問1-2 or 問1_2.
        (!rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_')).then_some(rest)
    };
    earlier
        .iter()
        .enumerate()
        .filter_map(|(i, q)| behind(q).map(|rest| (i, rest)))
        .min_by_key(|(_, rest)| rest.len())
}

/// More brackets in each other than this are no rule that a person wrote.
const DEEPEST: usize = 24;

struct Reader<'a> {
    pieces: &'a [Piece],
    at: usize,
    earlier: &'a [Question],
    /// The question named last.
    last: Option<usize>,
}

impl Reader<'_> {
    fn either(&mut self, depth: usize) -> Option<AskedIf> {
        let mut all = vec![self.both(depth)?];
        while self.pieces.get(self.at) == Some(&Piece::Or) {
            self.at += 1;
            let rule = self.both(depth)?;
            // Options of one question are one list.
            match (all.last_mut(), rule) {
                (
                    Some(AskedIf::Chose { question, categories }),
                    AskedIf::Chose { question: same, categories: more },
                ) if *question == same => {
                    categories.extend(more);
                    categories.sort_unstable();
                    categories.dedup();
                }
                (_, rule) => all.push(rule),
            }
        }
        AskedIf::any(all)
    }

    fn both(&mut self, depth: usize) -> Option<AskedIf> {
        let mut all = vec![self.one(depth)?];
        while self.pieces.get(self.at) == Some(&Piece::And) {
            self.at += 1;
            all.push(self.one(depth)?);
        }
        AskedIf::all(all)
    }

    fn one(&mut self, depth: usize) -> Option<AskedIf> {
        if depth > DEEPEST {
            return None;
        }
        self.at += 1;
        match self.pieces.get(self.at - 1)? {
            Piece::Open => {
                let inside = self.either(depth + 1)?;
                self.at += 1;
                (self.pieces.get(self.at - 1) == Some(&Piece::Close)).then_some(inside)
            }
            Piece::Words(words) => {
                let (question, rest) = named(words, self.earlier)
                    .or_else(|| self.last.map(|question| (question, words.as_str())))?;
                self.last = Some(question);
                about(question, self.earlier.get(question)?, rest)
            }
            Piece::Close | Piece::And | Piece::Or => None,
        }
    }
}

/// What is said about one question, behind its id.
fn about(index: usize, question: &Question, said: &str) -> Option<AskedIf> {
    let mut bare = said.trim().to_owned();
    for word in [
        "と回答した方",
        "と回答した人",
        "と答えた方",
        "と答えた人",
        "を選択した方",
        "を選択した人",
        "を選んだ方",
        "を選んだ人",
        "に○をつけた方",
        "の回答者",
        "の選択者",
        "回答者",
        "選択者",
        "のみ",
        "だけ",
        "の方",
        "の人",
    ] {
        bare = bare.replace(word, "");
    }
    let (bare, other) = match bare.trim().strip_suffix("以外") {
        Some(rest) => (rest.to_owned(), true),
        None => (bare.clone(), bare.contains("」以外")),
    };
    let bare = bare.trim();
    let (unequal, bare) = ["≠", "!=", "<>"]
        .iter()
        .find_map(|sign| bare.strip_prefix(sign))
        .map_or((false, bare), |rest| (true, rest.trim()));
    let bare = bare.trim_start_matches(|c: char| "=でがのは: ".contains(c)).trim();
    let bare = bare.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')).unwrap_or(bare);
    let rule = match question.kind {
        QuestionKind::Number { .. } => number(index, bare)?,
        _ => AskedIf::Chose { question: index, categories: options(question, bare)? },
    };
    if !(other || unequal) {
        return Some(rule);
    }
    // 以外: those who gave another answer.
    match (rule, &question.kind) {
        (AskedIf::Chose { categories, .. }, QuestionKind::Single(all)) => {
            let others: Vec<usize> = (0..all.len()).filter(|k| !categories.contains(k)).collect();
            (!others.is_empty()).then_some(AskedIf::Chose { question: index, categories: others })
        }
        (rule, _) => AskedIf::all(vec![AskedIf::Answered(index), rule.negated()]),
    }
}

/// `1,2`, `1～3`, `「はい」、「いいえ」`: options by code or by label.
fn options(question: &Question, said: &str) -> Option<Vec<usize>> {
    let mut chosen: Vec<usize> = Vec::new();
    if said.contains('「') {
        let mut between = String::new();
        let mut rest = said;
        while let Some((before, after)) = rest.split_once('「') {
            between.push_str(before);
            let (label, behind) = after.split_once('」')?;
            chosen.push(question.category(label)?);
            rest = behind;
        }
        between.push_str(rest);
        // Words between the labels that may change what is meant are not passed over.
        let known = |c: char| "、,・/ とやか以外を".contains(c);
        if !between.chars().all(known) {
            return None;
        }
    } else {
        for piece in said.split([',', '、', '/', '・', ' ']).map(str::trim).filter(|p| !p.is_empty()) {
            let ends = piece
                .split_once(['~', '-'])
                .map(|(a, b)| (spelling::whole_number(a.trim()), spelling::whole_number(b.trim())));
            match ends {
                Some((Some(low), Some(high))) if low <= high && high - low < 128 => {
                    for code in low..=high {
                        chosen.push(question.category(&code.to_string())?);
                    }
                }
                _ => chosen.push(question.category(piece)?),
            }
        }
    }
    chosen.sort_unstable();
    chosen.dedup();
    (!chosen.is_empty()).then_some(chosen)
}

/// `>=65`, `65歳以上`, `20~64`, `0`: what is said about a number.
fn number(question: usize, said: &str) -> Option<AskedIf> {
    let compact: String = said.chars().filter(|c| !c.is_whitespace()).collect();
    let signs = [
        (">=", Relation::AtLeast),
        ("≧", Relation::AtLeast),
        ("≥", Relation::AtLeast),
        ("<=", Relation::AtMost),
        ("≦", Relation::AtMost),
        ("≤", Relation::AtMost),
        (">", Relation::MoreThan),
        ("<", Relation::LessThan),
    ];
    let endings = [
        ("以上", Relation::AtLeast),
        ("以下", Relation::AtMost),
        ("未満", Relation::LessThan),
        ("を超える", Relation::MoreThan),
        ("超", Relation::MoreThan),
        ("より大きい", Relation::MoreThan),
        ("より小さい", Relation::LessThan),
    ];
    let one = |text: &str| -> Option<(Relation, f64)> {
        if let Some((how, rest)) =
            signs.iter().find_map(|(sign, how)| text.strip_prefix(sign).map(|rest| (*how, rest)))
        {
            return Some((how, plain(rest)?));
        }
        let (how, rest) =
            endings.iter().find_map(|(ending, how)| text.strip_suffix(ending).map(|rest| (*how, rest)))?;
        Some((how, plain(rest)?))
    };
    let comparisons = if let Some((low, high)) = compact.split_once('~') {
        vec![(Relation::AtLeast, plain(low)?), (Relation::AtMost, plain(high)?)]
    } else if let Some(limit) = plain(&compact) {
        vec![(Relation::Equals, limit)]
    } else {
        // 20歳以上65歳未満: two ends on one line.
        let cut = endings
            .iter()
            .filter_map(|(ending, _)| compact.find(ending).map(|at| at + ending.len()))
            .min()
            .filter(|cut| *cut < compact.len());
        let mut parts = match cut {
            Some(cut) => {
                vec![one(&compact[..cut])?, one(compact[cut..].trim_start_matches(['、', ',', 'で']))?]
            }
            None => vec![one(&compact)?],
        };
        parts.sort_by_key(|(how, _)| *how);
        parts
    };
    let distinct = comparisons.windows(2).all(|pair| pair[0].0 != pair[1].0);
    distinct.then_some(AskedIf::Number { question, comparisons })
}

/// A number, perhaps with one of the units that people write behind it.
fn plain(text: &str) -> Option<f64> {
    let bare = text.trim_end_matches(['歳', '才', '人', '回', '円', '年', '日', '点', '%']);
    bare.parse().ok().filter(|n: &f64| n.abs() <= 1e15)
}

#[cfg(test)]
mod tests {
    use crate::questionnaire::form::condition::*;
    use crate::questionnaire::form::{categories, question};

    use Relation::{AtLeast, AtMost, Equals, LessThan, MoreThan};

    fn earlier() -> Vec<Question> {
        let pairs = |labels: &[&str]| {
            labels.iter().enumerate().map(|(k, l)| ((k + 1).to_string(), (*l).to_owned())).collect::<Vec<_>>()
        };
        vec![
            question(
                "問1",
                "",
                QuestionKind::Single(categories(pairs(&["はい", "いいえ", "わからない"]), false)),
            ),
            question(
                "問2",
                "",
                QuestionKind::Multiple {
                    categories: categories(pairs(&["見守り", "配食（夕食）", "送迎"]), true),
                    max_marks: None,
                },
            ),
            question("年齢", "", QuestionKind::Number { range: None }),
            question("問1(2)", "", QuestionKind::Single(categories(pairs(&["ある", "ない"]), false))),
            question("問11", "", QuestionKind::Single(categories(pairs(&["A", "B", "C", "D"]), false))),
        ]
    }

    fn chose(question: usize, categories: &[usize]) -> AskedIf {
        AskedIf::Chose { question, categories: categories.to_vec() }
    }

    fn number(how: Relation, limit: f64) -> AskedIf {
        AskedIf::Number { question: 2, comparisons: vec![(how, limit)] }
    }

    #[test]
    fn one_question_is_named_in_many_ways() {
        for text in [
            "問1=1,2",
            "問１＝１，２",
            "問1で1～2",
            "問1:1/2",
            "問1=1 or 2",
            "問1=1または2",
            "問1=1|2",
            "問1で「はい」または「いいえ」と答えた方",
            "問1で「はい」「いいえ」を選んだ方のみ",
            "問1(1,2)",
            "問1=3以外",
            "問1≠3",
            "問1で「わからない」以外と答えた方",
        ] {
            assert_eq!(asked_if(text, &earlier()), Some(chose(0, &[0, 1])), "{text}");
        }
        assert_eq!(asked_if("問1(2)=1", &earlier()), Some(chose(3, &[0])));
        assert_eq!(asked_if("問11=4", &earlier()), Some(chose(4, &[3])));
        assert_eq!(asked_if("問2で「配食（夕食）」を選択した方", &earlier()), Some(chose(1, &[1])));
        assert_eq!(
            asked_if("問2=1以外", &earlier()),
            Some(AskedIf::All(vec![AskedIf::Answered(1), chose(1, &[0]).negated()]))
        );
    }

    #[test]
    fn a_number_is_compared() {
        for (text, expected) in [
            ("年齢>=65", number(AtLeast, 65.0)),
            ("年齢が65歳以上の方", number(AtLeast, 65.0)),
            ("年齢≦ 19", number(AtMost, 19.0)),
            ("年齢＜20", number(LessThan, 20.0)),
            ("年齢=65超", number(MoreThan, 65.0)),
            ("年齢=18", number(Equals, 18.0)),
            ("年齢≠18", AskedIf::All(vec![AskedIf::Answered(2), number(Equals, 18.0).negated()])),
        ] {
            assert_eq!(asked_if(text, &earlier()), Some(expected), "{text}");
        }
        let between =
            |high: (Relation, f64)| AskedIf::Number { question: 2, comparisons: vec![(AtLeast, 20.0), high] };
        assert_eq!(asked_if("年齢=20～64", &earlier()), Some(between((AtMost, 64.0))));
        assert_eq!(asked_if("年齢が20歳以上65歳未満の方", &earlier()), Some(between((LessThan, 65.0))));
    }

    #[test]
    fn several_questions_are_joined() {
        let both = AskedIf::All(vec![chose(0, &[0]), chose(1, &[1, 2])]);
        for text in [
            "問1=1 かつ 問2=2,3",
            "問1=1かつ問2=2,3",
            "問1=1&問2=2,3",
            "問1=1 and 問2=2または3",
            "(問1=1) && (問2=2|3)",
            "問1で「はい」と答えた方　かつ　問2=2・3",
        ] {
            let found = asked_if(text, &earlier());
            if text.contains("または") {
                assert_eq!(
                    found,
                    Some(AskedIf::Any(vec![
                        AskedIf::All(vec![chose(0, &[0]), chose(1, &[1])]),
                        chose(1, &[2])
                    ])),
                    "かつ binds closer: {text}"
                );
            } else {
                assert_eq!(found, Some(both.clone()), "{text}");
            }
        }
        for text in ["問1=1 または 問2=2,3", "問1=1|問2=2,3", "問1=1 or 問2=2,3", "問1=1又は(問2=2 または 3)"]
        {
            assert_eq!(
                asked_if(text, &earlier()),
                Some(AskedIf::Any(vec![chose(0, &[0]), chose(1, &[1, 2])])),
                "{text}"
            );
        }
        let grouped =
            AskedIf::All(vec![AskedIf::Any(vec![chose(0, &[0]), number(AtLeast, 65.0)]), chose(1, &[0])]);
        assert_eq!(asked_if("（問1=1 または 年齢が65歳以上）かつ 問2=1", &earlier()), Some(grouped));
        assert_eq!(
            asked_if("問2=1かつ2", &earlier()),
            Some(AskedIf::All(vec![chose(1, &[0]), chose(1, &[1])])),
            "both were marked"
        );
    }

    #[test]
    fn what_is_not_understood_is_no_rule() {
        for text in [
            "",
            "1",
            "問9=1",
            "問1=5",
            "問1=1かつ",
            "かつ問1=1",
            "(問1=1",
            "問1=1)",
            "問1=1,問2=2",
            "問1で「はい」でない方",
            "問1",
            "問1の回答者",
            "年齢が高い方",
            "年齢=20～64～70",
            "年齢>=20<30",
            "問1=1 問2=2",
        ] {
            assert_eq!(asked_if(text, &earlier()), None, "{text}");
        }
        assert_eq!(asked_if(&"(".repeat(100_000), &earlier()), None);
        assert_eq!(asked_if(&"問1=1かつ".repeat(10_000), &earlier()), None);
    }
}
