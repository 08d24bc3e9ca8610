//! What a clerk decided about the odd answers of a workbook, after looking at the paper: a log of
//! corrections, as a list with the office's own headers.

use std::error::Error;

use super::bytes::{Encoding, csv};
use super::reply::Mark;
use super::sheets::{Returns, SYNTHETIC};

/// 問1 and 問2 of the elderly survey: of the answers with two marks one is corrected, the next left blank,
/// the next left as it is, and so on; codes that are no option are misprints.
pub(super) fn elderly(returns: &Returns<'_>) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut rows = vec![
        ["回答者番号", "設問", "元の値", "新しい値", "対応", "理由", "データ区分"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let mut doubtful = 0;
    for (question, marks) in returns
        .book
        .question
        .iter()
        .zip(returns.marks)
        .filter(|(q, _)| ["問1", "問2"].contains(&q.id.as_str()))
    {
        for (person, mark) in returns.people.iter().zip(marks) {
            let (old, new, action, reason) = match mark {
                Mark::Two(first, second) => {
                    doubtful += 1;
                    let old = format!("{},{}", first + 1, second + 1);
                    match doubtful % 3 {
                        1 => (
                            old,
                            question.label(*second).to_owned(),
                            "修正",
                            "調査票を確認。1つ目の○は二重線で消してある",
                        ),
                        2 => (old, String::new(), "無回答にする", "調査票を確認。どちらの○も消してある"),
                        _ => (old, String::new(), "変更しない", "調査票でも2つに○。無効回答のまま"),
                    }
                }
                Mark::Stray(code) => (
                    (code + 1).to_string(),
                    question.label(code % question.option_count()).to_owned(),
                    "修正",
                    "入力の誤り",
                ),
                _ => continue,
            };
            rows.push(vec![
                person.id.to_string(),
                question.id.clone(),
                old,
                new,
                action.to_owned(),
                reason.to_owned(),
                SYNTHETIC.to_owned(),
            ]);
        }
    }
    csv(&rows, Encoding::Utf8WithBom)
}
