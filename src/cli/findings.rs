//! Findings on the terminal: one line for each kind and file. The whole list is in `quality.csv`.

use shihyo::code::Severity;
use shihyo::finding::Finding;
use shihyo::text::{Lang, Text};
use unicode_width::UnicodeWidthStr;

/// At most this many questions are named in a line.
const QUESTIONS_NAMED: usize = 4;

/// The lines for `findings`: files in the order of the plan, kinds in the order found; warnings only. Where
/// there are more than `most` kinds and files, those that occur most often.
pub(super) fn lines(findings: &[Finding], lang: Lang, most: Option<usize>) -> Vec<String> {
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
    let rarer = most.map_or((0, 0), |most| keep_most(&mut files, most));
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
    if let (kinds @ 1.., times) = rarer {
        let text = Text::new(
            format!("  ほかに{kinds}種類、{times}件"),
            format!("  {kinds} more kinds, {times} of them in all"),
        );
        out.push(text.get(lang).to_owned());
    }
    out
}

/// Leaves the `most` groups that occur most often, each in its place; how many others there were, and how
/// often.
fn keep_most(files: &mut Vec<(String, Vec<Group<'_>>)>, most: usize) -> (usize, u64) {
    let mut counts: Vec<u64> = files.iter().flat_map(|(_, groups)| groups).map(|g| g.count).collect();
    if counts.len() <= most {
        return (0, 0);
    }
    counts.sort_unstable_by(|a, b| b.cmp(a));
    let least = counts.get(most.saturating_sub(1)).copied().unwrap_or(0);
    // Of those that occur equally often the first ones.
    let mut of_least = counts.iter().take(most).filter(|count| **count == least).count();
    let rest = counts.get(most..).unwrap_or_default();
    let left = (rest.len(), rest.iter().sum());
    for (_, groups) in files.iter_mut() {
        groups.retain(|group| {
            let last = group.count == least && of_least > 0;
            of_least -= usize::from(last);
            group.count > least || last
        });
    }
    files.retain(|(_, groups)| !groups.is_empty());
    left
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

    fn title(&self, lang: Lang) -> &'static str {
        self.first.code.title(lang)
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
    use shihyo::code::Code;
    use shihyo::provenance::Place;

    fn two_marks(file: &str, question: &str, row: u64, count: u64) -> Finding {
        let place = Place::file(file).row(row).question(question);
        Finding::warning(Code::AnswersTwoMarks, Text::same("…"), place).count(count)
    }

    #[test]
    fn one_line_for_each_kind_and_file() {
        let blank = Finding::warning(Code::AnswersBlankReturn, Text::same("…"), Place::file("b.csv").row(7));
        let note = Finding::note(Code::RawBlankLines, Text::same("…"), Place::file("a.csv"));
        let found = [
            two_marks("a.csv", "問2", 40, 2),
            note,
            two_marks("a.csv", "問10", 12, 3),
            blank,
            two_marks("a.csv", "問2", 50, 1),
        ];
        assert_eq!(
            lines(&found, Lang::Ja, None),
            [
                "  a.csv",
                "    単数回答に2つ以上の印           6件  最初は12行目  問2 3件、問10 3件",
                "  b.csv",
                "    白票（どの設問にも回答がない）  1件  7行目",
            ]
        );
    }

    #[test]
    fn every_question_is_counted_though_few_are_named() {
        let found: Vec<Finding> = (1..=7).map(|q| two_marks("a.csv", &format!("問{q}"), q, 1)).collect();
        assert!(
            lines(&found, Lang::Ja, None)[1]
                .ends_with("7件  最初は1行目  問1 1件、問2 1件、問3 1件、問4 1件、ほか3問")
        );
    }

    #[test]
    fn the_most_frequent_kinds_stand_on_a_page() {
        let of = |file: &str, count| two_marks(file, "問1", 2, count);
        let found = [of("a.csv", 5), of("b.csv", 1), of("c.csv", 9), of("d.csv", 5), of("e.csv", 2)];
        let named = |most| -> Vec<String> {
            lines(&found, Lang::Ja, Some(most)).iter().map(|line| line.trim().to_owned()).collect()
        };
        let shown = named(2);
        assert!(shown[0] == "a.csv" && shown[2] == "c.csv", "{shown:?}");
        assert_eq!(shown[4..], ["ほかに3種類、8件"]);
        assert_eq!(named(5), named(50));
    }
}
