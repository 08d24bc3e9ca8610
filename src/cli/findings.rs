//! Findings on the terminal: one line for each kind and file. The whole list is in `quality.csv`.

use shihyo::finding::{Finding, Severity};
use shihyo::text::{Lang, Text};
use unicode_width::UnicodeWidthStr;

/// At most this many questions are named in a line.
const QUESTIONS_NAMED: usize = 4;

/// What each kind of finding is called, in the words of the office.
const TITLES: [(&str, &str, &str); 41] = [
    ("answers::ambiguous", "2通り以上に読める回答", "answers that can be read in two ways"),
    ("answers::ambiguous-column", "2通り以上に読める列", "columns that can be read in two ways"),
    ("answers::answered-though-not-asked", "非該当なのに回答がある", "answered though not asked"),
    ("answers::blank-return", "白票（どの設問にも回答がない）", "returns without any answer"),
    ("answers::duplicate-respondent", "回答者番号の重複", "respondent ids that stand twice"),
    (
        "answers::exclusive-with-others",
        "「特にない」などと他の選択肢の併記",
        "an exclusive option with others",
    ),
    ("answers::no-respondent-id", "回答者番号のない回答", "returns without a respondent id"),
    ("answers::not-a-number", "数を書く設問に数でない回答", "not a number"),
    (
        "answers::not-asked-though-asked",
        "対象者なのにファイルでは非該当",
        "asked, but the file says not asked",
    ),
    ("answers::out-of-list", "選択肢にない回答", "answers that are no option"),
    ("answers::out-of-range", "範囲の外の数", "numbers out of range"),
    ("answers::over-max", "回答の数が上限を超える", "more marks than allowed"),
    ("answers::two-marks", "単数回答に2つ以上の印", "two or more marks on a single answer"),
    ("answers::unreadable", "読めないセル", "cells that cannot be read"),
    (
        "design::extreme-weights",
        "ほかと大きくちがうウエイトの調整",
        "weights adjusted far more than the others",
    ),
    ("design::margin-empty", "回答者のいない人口の区分", "population categories without a respondent"),
    ("design::negative-weights", "較正で負になったウエイト", "weights that calibration made negative"),
    ("indicator::count-blank", "まだ記入されていない実績値", "counts that are not filled in yet"),
    ("indicator::count-missing", "実績値のない年度", "years without a count (they print …)"),
    ("indicator::unit", "目標値と違う単位", "a unit that is not the target's"),
    ("plan::compare-with-care", "ほかの回との比較に注意する設問", "questions to compare with care"),
    (
        "plan::margin-unknown",
        "重み付けに使う属性が不明の回答者",
        "respondents without an attribute that weighting uses",
    ),
    ("plan::not-comparable", "ほかの回と比較できない設問", "questions that cannot be compared"),
    ("plan::reused-number", "別の設問に使われた番号（比較不可）", "numbers given to another question"),
    ("plan::sample-differs", "抽出方法・調査方法のちがう回", "waves sampled or asked in another way"),
    ("plan::stratum-unknown", "層が不明の回答者", "respondents without a stratum"),
    ("plan::weighting-differs", "ウエイトの付け方のちがう回", "waves weighted in another way"),
    ("raw::blank-lines", "空行", "blank lines"),
    ("raw::cell-error", "エラー値のセル（#N/A など）", "cells that hold an error (#N/A …)"),
    ("raw::column-type", "読めない型の列", "columns of an unreadable type"),
    ("raw::damaged", "壊れている箇所", "damaged parts"),
    ("raw::duplicate-header", "同じ見出しの列", "columns with the same header"),
    ("raw::empty-rows", "空の行", "empty rows"),
    ("raw::encoding", "文字コードの判定が不確か", "an encoding that is not certain"),
    ("raw::no-header", "見出しのない列", "columns without a header"),
    ("raw::nul", "NUL文字のあるセル", "cells with NUL characters"),
    ("raw::open-quote", "閉じていない引用符", "a quotation mark that is not closed"),
    ("raw::replacement-character", "文字化けの跡のあるセル", "cells with characters lost earlier"),
    ("raw::short-row", "列の足りない行", "rows shorter than the header"),
    ("raw::undecodable", "文字として読めないセル", "cells that cannot be decoded"),
    ("raw::wrong-extension", "拡張子と中身の違い", "a name that does not fit the content"),
];

/// The lines for `findings`: files in the order of the plan, kinds in the order found; warnings only.
pub(super) fn lines(findings: &[Finding], lang: Lang) -> Vec<String> {
    let mut files: Vec<(String, Vec<Group<'_>>)> = Vec::new();
    for finding in findings.iter().filter(|f| f.severity == Severity::Warning) {
        let file = finding.place.file.clone().unwrap_or_default();
        let at = files.iter().position(|(name, _)| *name == file).unwrap_or_else(|| {
            files.push((file, Vec::new()));
            files.len() - 1
        });
        let Some((_, groups)) = files.get_mut(at) else { continue };
        match groups.iter_mut().find(|g| g.first.code == finding.code) {
            Some(group) => group.add(finding),
            None => groups.push(Group::new(finding)),
        }
    }
    let groups = || files.iter().flat_map(|(_, groups)| groups);
    let widest = groups().map(|g| g.title(lang).width()).max().unwrap_or(0);
    let longest = groups().map(|g| g.times(lang).width()).max().unwrap_or(0);
    let mut out = Vec::new();
    for (file, groups) in &files {
        if !file.is_empty() {
            out.push(format!("  {file}"));
        }
        for group in groups {
            let (title, times) = (group.title(lang), group.times(lang));
            let pad =
                " ".repeat(widest.saturating_sub(title.width()) + longest.saturating_sub(times.width()));
            out.push(format!("    {title}{pad}  {times}  {}", group.rest(lang)).trim_end().to_owned());
        }
    }
    out
}

/// The findings of one kind in one file.
struct Group<'a> {
    first: &'a Finding,
    count: u64,
    questions: Vec<(&'a str, u64)>,
}

impl<'a> Group<'a> {
    fn new(first: &'a Finding) -> Self {
        let mut group = Self { first, count: 0, questions: Vec::new() };
        group.add(first);
        group
    }

    fn add(&mut self, finding: &'a Finding) {
        self.count += finding.count;
        if let Some(question) = finding.place.question.as_deref() {
            match self.questions.iter_mut().find(|(q, _)| *q == question) {
                Some((_, count)) => *count += finding.count,
                None => self.questions.push((question, finding.count)),
            }
        }
        // Rows of different questions come mixed: the first place is the topmost one.
        let row = |f: &Finding| f.place.row.unwrap_or(u64::MAX);
        if row(finding) < row(self.first) {
            self.first = finding;
        }
    }

    /// The title of its kind; the code itself for a kind without one.
    fn title(&self, lang: Lang) -> &'a str {
        let code = self.first.code;
        TITLES.iter().find(|(c, _, _)| *c == code).map_or(code, |(_, ja, en)| match lang {
            Lang::Ja => ja,
            Lang::En => en,
        })
    }

    fn times(&self, lang: Lang) -> String {
        Text::new(format!("{}件", self.count), format!("{}", self.count)).get(lang).to_owned()
    }

    /// The first place, and the questions with their counts.
    fn rest(&self, lang: Lang) -> String {
        let place = &self.first.place;
        let mut parts = Vec::new();
        if let Some(row) = place.row {
            let words = if self.count > 1 {
                Text::new(format!("最初は{row}行目"), format!("first in row {row}"))
            } else {
                Text::new(format!("{row}行目"), format!("row {row}"))
            };
            parts.push(words.get(lang).to_owned());
        }
        let named = self.questions.iter().take(QUESTIONS_NAMED).map(|(question, count)| {
            if self.questions.len() == 1 {
                (*question).to_owned()
            } else {
                Text::new(format!("{question} {count}件"), format!("{question} {count}×"))
                    .get(lang)
                    .to_owned()
            }
        });
        let named = named.collect::<Vec<_>>().join(if lang == Lang::Ja { "、" } else { ", " });
        let more = self.questions.len().saturating_sub(QUESTIONS_NAMED);
        let more = if more > 0 {
            Text::new(format!("、ほか{more}問"), format!(", {more} more")).get(lang).to_owned()
        } else {
            String::new()
        };
        if !named.is_empty() {
            parts.push(format!("{named}{more}"));
        }
        parts.join("  ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use shihyo::provenance::Place;

    fn two_marks(file: &str, question: &str, row: u64, count: u64) -> Finding {
        let place = Place::file(file).row(row).question(question);
        Finding::warning("answers::two-marks", Text::same("…"), place).count(count)
    }

    #[test]
    fn one_line_for_each_kind_and_file() {
        let blank = Finding::warning("answers::blank-return", Text::same("…"), Place::file("b.csv").row(7));
        let note = Finding::note("raw::blank-lines", Text::same("…"), Place::file("a.csv"));
        let found = [
            two_marks("a.csv", "問2", 40, 2),
            note,
            two_marks("a.csv", "問10", 12, 3),
            blank,
            two_marks("a.csv", "問2", 50, 1),
        ];
        assert_eq!(
            lines(&found, Lang::Ja),
            [
                "  a.csv",
                "    単数回答に2つ以上の印           6件  最初は12行目  問2 3件、問10 3件",
                "  b.csv",
                "    白票（どの設問にも回答がない）  1件  7行目",
            ]
        );
    }

    #[test]
    fn a_kind_without_a_title_shows_its_code() {
        let odd = Finding::warning("room::odd", Text::same("…"), Place::default());
        assert_eq!(lines(&[odd], Lang::En), ["    room::odd  1"]);
    }

    #[test]
    fn every_question_is_counted_though_few_are_named() {
        let found: Vec<Finding> = (1..=7).map(|q| two_marks("a.csv", &format!("問{q}"), q, 1)).collect();
        assert!(
            lines(&found, Lang::Ja)[1]
                .ends_with("7件  最初は1行目  問1 1件、問2 1件、問3 1件、問4 1件、ほか3問")
        );
    }

    #[test]
    fn titles_stand_once_each_and_in_order() {
        assert!(TITLES.windows(2).all(|w| w[0].0 < w[1].0));
    }
}
