//! The sheet that Japanese tabulators work from: 設問番号 / 項目名 / 質問文 / タイプ / カテゴリ数 / 選択肢 /
//! 限定条件.
//!
//! One row a question, its options joined in one cell or one a column from 選択肢 on; or one row an option,
//! the cells of the question blank from the second on.

use crate::code::Code;
use crate::error::{Error, Result};
use crate::provenance::Place;
use crate::questionnaire::form::condition::asked_if;
use crate::questionnaire::form::{Draft, Drafting, categories, column, question, said};
use crate::questionnaire::model::QuestionKind;
use crate::raw::Table;
use crate::text::spelling;

const NUMBER: [&str; 8] = ["設問番号", "質問番号", "設問no", "設問no.", "番号", "no", "no.", "問"];
const WORDS: [&str; 6] = ["質問文", "設問文", "項目名", "設問", "質問", "question"];
const KIND: [&str; 7] = ["タイプ", "回答タイプ", "設問タイプ", "回答形式", "形式", "種別", "type"];
const COUNT: [&str; 4] = ["カテゴリ数", "カテゴリー数", "選択肢数", "n_answers"];
const OPTIONS: [&str; 8] =
    ["選択肢", "選択肢1", "カテゴリ", "カテゴリ1", "カテゴリー", "回答選択肢", "answer_1", "options"];
const RULE: [&str; 5] = ["限定条件", "回答条件", "条件", "対象", "対象者"];

/// Reads a tabulator's sheet.
///
/// # Errors
/// `answers::form`: a sheet without a column for the type and one for the question's number or words.
pub fn from_tabulator(table: &Table, title: &str) -> Result<Draft> {
    let (number, words, kind) = (column(table, &NUMBER), column(table, &WORDS), column(table, &KIND));
    let (Some(kind), Some(first)) = (kind, number.or(words)) else {
        let error = Error::msg(
            Code::AnswersForm,
            "調査票の表に「設問番号」と「タイプ」の列がありません",
            "the sheet has no columns 設問番号 and タイプ",
        );
        return Err(error.at(&Place::file(&table.digest.file)));
    };
    let (count, rule) = (column(table, &COUNT), column(table, &RULE));
    let options = column(table, &OPTIONS);
    // Options one a column: from the first of them to the last column that is none of the others.
    let option_columns: Vec<usize> = options.map_or_else(Vec::new, |from| {
        let named = [number, words, Some(kind), count, rule];
        let other = |i: usize| named.iter().flatten().any(|c| std::ptr::eq(*c, &table.columns[i]));
        let start = table.columns.iter().position(|c| std::ptr::eq(c, from)).unwrap_or(table.columns.len());
        (start..table.columns.len()).take_while(|&i| !other(i)).collect()
    });
    let mut drafting = Drafting::default();
    let mut row = 0;
    while row < table.row_count() {
        let here = row;
        row += 1;
        let typed = said(Some(kind), here);
        let (id, text) = name(&said(number, here), &said(words, here));
        let place = table.place(here, first).question(&id);
        if id.is_empty() {
            continue;
        }
        let cells = |at: usize| {
            option_columns.iter().map(move |&c| said(table.columns.get(c), at)).filter(|o| !o.is_empty())
        };
        let mut written: Vec<String> = cells(here).collect();
        while row < table.row_count() && said(Some(first), row).is_empty() && said(Some(kind), row).is_empty()
        {
            written.extend(cells(row));
            row += 1;
        }
        let expected: Option<usize> = said(count, here).parse::<f64>().ok().map(|n| n as usize);
        let pairs = match written.as_slice() {
            [one] => split(one, expected),
            several => several
                .iter()
                .enumerate()
                .map(|(k, o)| numbered(o).unwrap_or_else(|| ((k + 1).to_string(), o.clone())))
                .collect(),
        };
        let found = pairs.len();
        if expected.is_some_and(|n| n != found && n > 0) {
            let n = expected.unwrap_or(0);
            drafting.warn(
                Code::AnswersFormCount,
                &place,
                format!("カテゴリ数は {n} ですが、選択肢は {found} 個です"),
                format!("the number of categories is {n}, but there are {found} options"),
            );
        }
        let Some(kind) = kind_of(&typed, pairs) else {
            drafting.warn(
                Code::AnswersFormType,
                &place,
                format!("タイプ「{typed}」が分かりません。この設問は読みません"),
                format!("unknown type \"{typed}\"; the question is left out"),
            );
            continue;
        };
        let mut question = question(&id, &text, kind);
        let condition = said(rule, here);
        if !matches!(condition.as_str(), "" | "-" | "なし") && !condition.contains("全員") {
            question.asked_if = asked_if(&condition, &drafting.questions);
            if question.asked_if.is_none() {
                drafting.warn(
                    Code::AnswersFormRule,
                    &place,
                    format!("限定条件を引き継げません: {condition}。空欄は非該当でなく無回答と数えます"),
                    format!(
                        "the rule cannot be carried over: {condition}. Blanks count as no answer, not as \
                         not asked"
                    ),
                );
            }
        }
        drafting.add(question, &place);
    }
    Ok(drafting.done(title))
}

/// The id and the words. Without a column for the number, words such as `[No.1]…` and `問3 …` begin with it.
fn name(number: &str, words: &str) -> (String, String) {
    if !number.is_empty() {
        return (spelling::label(number), words.to_owned());
    }
    let folded = spelling::label(words);
    if folded.starts_with('[')
        && let Some((inside, rest)) = folded.split_once(']')
    {
        return (format!("{inside}]"), rest.trim().to_owned());
    }
    let rest = folded.trim_start_matches(['問', 'Q', 'q']);
    let digits = rest.chars().take_while(char::is_ascii_digit).count();
    if rest.len() < folded.len() && digits > 0 {
        let length = folded.len() - rest.len() + digits;
        let after = folded[length..].trim_start_matches(['.', ':', '、', ' ']);
        if !after.is_empty() && after.len() < folded.len() - length {
            return (folded[..length].to_owned(), after.to_owned());
        }
    }
    (folded.clone(), folded)
}

fn kind_of(typed: &str, pairs: Vec<(String, String)>) -> Option<QuestionKind> {
    let folded = spelling::label(typed).to_lowercase();
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    let bare: String = folded.chars().filter(|c| c.is_alphabetic()).collect();
    match bare.as_str() {
        "sa" | "s" | "単数" | "単数回答" | "単一" | "単一回答" | "single" | "択一" => {
            Some(QuestionKind::Single(categories(pairs, false)))
        }
        "ma" | "m" | "la" | "lma" | "複数" | "複数回答" | "multiple" | "制限複数回答" => {
            Some(QuestionKind::Multiple {
                categories: categories(pairs, true),
                max_marks: digits.parse().ok().filter(|n| *n > 0),
            })
        }
        "na" | "n" | "数量" | "数量回答" | "数値" | "数値回答" | "number" => {
            Some(QuestionKind::Number { range: None })
        }
        "fa" | "oa" | "f" | "自由" | "自由回答" | "自由記述" | "文字" | "free" | "text" => {
            Some(QuestionKind::Text)
        }
        _ => None,
    }
}

/// `1.はい`, `① はい`, `(1) はい` as code and label.
fn numbered(option: &str) -> Option<(String, String)> {
    let folded = spelling::label(option);
    let bare = folded.trim_start_matches(['(', '[']);
    let digits = bare.chars().take_while(char::is_ascii_digit).count();
    let rest = bare[digits..].trim_start_matches(['.', ':', ')', ']', '、', ' ', '=']);
    // `10代` and `2回以上` begin with digits, but nothing stands between them and the words; `①はい` has one
    // character only.
    let parted =
        rest.len() < bare.len() - digits || option.trim().starts_with(|c: char| ('①'..='⑳').contains(&c));
    (digits > 0 && parted && !rest.is_empty()).then(|| (bare[..digits].to_owned(), rest.to_owned()))
}

/// The options of one cell: one a line, or parted by the first mark that gives as many as there should be.
fn split(cell: &str, expected: Option<usize>) -> Vec<(String, String)> {
    let pieces = |mark: &str| -> Vec<String> {
        cell.split(mark).map(|p| p.trim().to_owned()).filter(|p| !p.is_empty()).collect()
    };
    let marks = ["\n", "\t", "；", ";", "／", "/", "｜", "|", "　", "、", "，", ",", " "];
    let by_number = by_number(cell);
    let fits = |n: usize| expected.is_none_or(|e| e == n);
    if by_number.len() > 1 && fits(by_number.len()) {
        return by_number;
    }
    let right = marks.iter().map(|m| pieces(m)).find(|p| expected.map_or(p.len() > 1, |e| p.len() == e));
    let found = right.unwrap_or_else(|| {
        marks.iter().map(|m| pieces(m)).find(|p| p.len() > 1).unwrap_or_else(|| vec![cell.to_owned()])
    });
    found
        .iter()
        .enumerate()
        .map(|(k, o)| numbered(o).unwrap_or_else(|| ((k + 1).to_string(), o.clone())))
        .collect()
}

/// `1.はい 2.いいえ 3.わからない` on one line: cut before 1, 2, 3 …
fn by_number(cell: &str) -> Vec<(String, String)> {
    let folded = spelling::label(cell);
    let mut cuts = Vec::new();
    let mut from = 0;
    for n in 1..=crate::questionnaire::MOST_OPTIONS {
        let sign = [format!("{n}."), format!("{n}:"), format!("{n} ")];
        let begins = |at: usize| at == 0 || folded[..at].ends_with([' ', '、', ',', '/', ';']);
        let next = sign
            .iter()
            .filter_map(|s| {
                folded[from..].match_indices(s.as_str()).map(|(at, _)| from + at).find(|&at| begins(at))
            })
            .min();
        let Some(at) = next else { break };
        cuts.push(at);
        from = at + 1;
    }
    if cuts.first() != Some(&0) {
        return Vec::new();
    }
    let ends = cuts.iter().skip(1).copied().chain([folded.len()]);
    cuts.iter()
        .zip(ends)
        .filter_map(|(&start, end)| numbered(folded[start..end].trim_end_matches([' ', '、', ',', '/', ';'])))
        .collect()
}

#[cfg(test)]
mod tests {
    use crate::questionnaire::form::tabulator::*;
    use crate::questionnaire::model::Question;
    use crate::questionnaire::rule::AskedIf;
    use crate::raw::{ReadOptions, read_bytes};

    fn draft(csv: &str) -> Draft {
        let table = read_bytes(csv.as_bytes(), "調査票.csv", &ReadOptions::default()).unwrap();
        from_tabulator(&table, "調査").unwrap_or_else(|e| panic!("{e}"))
    }

    fn labels(question: &Question) -> Vec<(&str, &str)> {
        question.categories().iter().map(|c| (c.code.as_str(), c.label.as_str())).collect()
    }

    #[test]
    fn options_stand_in_one_cell_in_many_ways() {
        let three = [("1", "はい"), ("2", "いいえ"), ("3", "どちらとも、いえない")];
        for cell in [
            "1.はい 2.いいえ 3.どちらとも、いえない",
            "①はい\n②いいえ\n③どちらとも、いえない",
            "はい/いいえ/どちらとも、いえない",
            "はい；いいえ；どちらとも、いえない",
        ] {
            assert_eq!(split(cell, Some(3)), three.map(|(c, l)| (c.to_owned(), l.to_owned())), "{cell}");
        }
        assert_eq!(split("10代、20代、30代以上", None).len(), 3);
        assert_eq!(split("10代、20代", None)[0], ("1".to_owned(), "10代".to_owned()));
    }

    #[test]
    fn a_sheet_becomes_a_questionnaire() {
        let csv = "設問番号,項目名,質問文,タイプ,カテゴリ数,選択肢,限定条件\n\
                   Ｆ１,性別,あなたの性別,SA,2,1.男性 2.女性,\n\
                   問1,参加,参加したいですか,SA,3,はい/いいえ/わからない,全員\n\
                   問2,活動,活動は何ですか,MA(3),4,\"見守り\n配食\n送迎\n特になし\",問1=1\n\
                   問3,年齢,満年齢,NA,,,\n\
                   問4,意見,ご意見,FA,,,問2で「見守り」または「配食」と答えた方\n\
                   問5,時間,いつ,SA,2,平日/休日,問1=1かつ問2=1\n\
                   問7,場所,どこ,SA,2,市内/市外,問1=1かつ問2が多い方\n\
                   問6,他,ほか,順位,2,A/B,\n";
        let Draft { questionnaire, findings } = draft(csv);
        let ids: Vec<&str> = questionnaire.questions.iter().map(|q| q.id.as_str()).collect();
        assert_eq!(ids, ["F1", "問1", "問2", "問3", "問4", "問5", "問7"]);
        assert_eq!(questionnaire.questions[2].text, "活動は何ですか");
        assert_eq!(
            labels(&questionnaire.questions[2]),
            [("1", "見守り"), ("2", "配食"), ("3", "送迎"), ("4", "特になし")]
        );
        assert!(matches!(questionnaire.questions[2].kind, QuestionKind::Multiple { max_marks: Some(3), .. }));
        assert!(
            questionnaire.questions[2].categories()[3].exclusive
                && questionnaire.questions[1].categories()[2].dont_know
        );
        assert_eq!(
            questionnaire.questions[2].asked_if,
            Some(AskedIf::Chose { question: 1, categories: vec![0] })
        );
        assert_eq!(
            questionnaire.questions[4].asked_if,
            Some(AskedIf::Chose { question: 2, categories: vec![0, 1] })
        );
        let both = [(1, vec![0]), (2, vec![0])]
            .map(|(question, categories)| AskedIf::Chose { question, categories });
        assert_eq!(questionnaire.questions[5].asked_if, Some(AskedIf::All(both.to_vec())));
        assert_eq!(
            (&questionnaire.questions[3].kind, &questionnaire.questions[4].kind),
            (&QuestionKind::Number { range: None }, &QuestionKind::Text)
        );
        let codes: Vec<(Code, Option<&str>)> =
            findings.iter().map(|f| (f.code, f.place.question.as_deref())).collect();
        assert_eq!(codes, [(Code::AnswersFormRule, Some("問7")), (Code::AnswersFormType, Some("問6"))]);
    }

    #[test]
    fn options_one_a_row() {
        let Draft { questionnaire, findings } = draft(
            "設問番号,質問文,タイプ,カテゴリ数,選択肢\n問1,性別,SA,2,1 男性\n,,,,2 女性\n問2,年齢,NA,,\n",
        );
        assert_eq!(
            (labels(&questionnaire.questions[0]), findings),
            (vec![("1", "男性"), ("2", "女性")], vec![])
        );
        assert_eq!(questionnaire.questions.len(), 2);
    }
}
