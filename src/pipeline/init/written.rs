//! A first plan and questionnaire as TOML, in the language of the person who asked.

use crate::draft::{Inferred, SampleColumn, is_no_substance};
use crate::indicator::FiscalYear;
use crate::pipeline::init::crosstab::{INDICATOR, axes};
use crate::pipeline::init::year::year;
use crate::questionnaire::{comment, quoted, write_questionnaire};
use crate::raw::ReadOptions;
use crate::text::{Lang, Text};

/// What a first plan is written from.
pub(super) struct PlanWords<'a> {
    /// How the files are read.
    pub(super) read: &'a ReadOptions,
    pub(super) inferred: &'a Inferred,
    pub(super) title: &'a str,
    /// The line that joins the files beside the answers.
    pub(super) beside: Option<&'a str>,
    /// The response files, as the plan names them.
    pub(super) files: &'a [String],
    /// The question of the indicator that it begins with.
    pub(super) first: Option<usize>,
    pub(super) lang: Lang,
}

/// The title of a survey without a name.
pub(super) fn survey(lang: Lang) -> String {
    Text::new("調査", "Survey").get(lang).to_owned()
}

/// A line that says what is to be checked.
fn remark(out: &mut String, lang: Lang, text: &Text) {
    out.push_str(&comment(&marked(lang, text)));
}

/// The words behind the mark of every guess.
fn marked(lang: Lang, text: &Text) -> String {
    format!("{}: {}", Text::new("要確認", "TO CHECK").get(lang), text.get(lang))
}

/// `plan.toml`.
pub(super) fn plan(of: &PlanWords<'_>) -> String {
    let PlanWords { read, inferred, title, beside, files, first, lang } = *of;
    let questions = &inferred.questionnaire.questions;
    let words = |ja: &str, en: &str| Text::new(ja, en).get(lang).to_owned();
    let mut out = comment(&words(
        "shihyo init が回答ファイルから作った計画の下書き。「要確認」の行を見て直してください。",
        "A plan that shihyo init drafted from response files. Look at the lines marked TO CHECK.",
    ));
    out.push_str(&format!("\ntitle = {}\n", quoted(title)));
    let told = year(files);
    let year = told.map_or_else(|| "R7".to_owned(), |y| y.to_string());
    let of_year = if told.is_some() {
        Text::new(
            "計画年度と報告年度。調査の年度はファイル名から読みました",
            "years of the plan and of the report; the survey's year is read from the file's name",
        )
    } else {
        Text::new(
            "計画年度と報告年度。調査の年度が分からないため R7 としました",
            "years of the plan and of the report; the survey's year is not known, R7 (2025) stands for it",
        )
    };
    remark(&mut out, lang, &of_year);
    let last = year
        .parse::<FiscalYear>()
        .ok()
        .map(|y| FiscalYear::from_western(y.western() + 5))
        .map_or_else(|| "R12".to_owned(), |y| y.to_string());
    out.push_str(&format!("fiscal_years = \"{year}..{last}\"\nreport_year = \"{year}\"\n"));
    let axes: Vec<String> =
        axes(inferred).into_iter().map(|at| format!("[{}]", quoted(&questions[at].id))).collect();
    if !axes.is_empty() {
        let of_axes = Text::new(
            "クロス集計の軸（属性とみられる設問）",
            "axes of crosstabs (questions that look like attributes of the respondents)",
        );
        remark(&mut out, lang, &of_axes);
        out.push_str(&format!("breakdowns = [{}]\n", axes.join(", ")));
    }
    out.push_str("\n[[goal]]\nnumber = 1\n");
    remark(&mut out, lang, &Text::new("基本目標の題名", "the goal's title"));
    out.push_str(&format!("title = {}\n\n[survey.survey]\n", quoted(&words("基本目標1", "Goal 1"))));
    remark(&mut out, lang, &Text::new("調査名", "the survey's title"));
    out.push_str(&format!("title = {}\n", quoted(title)));
    let of_sample = Text::new(
        "抽出方法。無作為抽出なら \"random\"、全数調査なら \"census\"、モニターなら \"panel\"。\"open\"（応\
         募型）では標本誤差を示しません",
        "how the respondents were found: \"random\" for a random sample, \"census\" for all, \"panel\" for a \
         panel; \"open\" (whoever wished to answer) shows no sampling error",
    );
    remark(&mut out, lang, &of_sample);
    out.push_str("sample = \"open\"\nquestionnaire = \"questionnaire.toml\"\n");
    out.push_str(&format!(
        "\n[survey.survey.wave.{year}]\nresponses = [{}]\n",
        files.iter().map(|n| quoted(n)).collect::<Vec<_>>().join(", ")
    ));
    if let Some(line) = beside {
        let of_joins = Text::new(
            "番号でつなぐファイル（台帳、世帯のファイルなど）とキーの列",
            "files that are joined by a number (a register, households), and the columns of their keys",
        );
        remark(&mut out, lang, &of_joins);
        out.push_str(line);
    }
    if let Some(respondent) = &inferred.respondent {
        let of_ids = Text::new(
            "回答者番号とみられる列。重複の確認だけに使います",
            "looks like the respondents' ids; they only serve to find duplicates",
        );
        remark(&mut out, lang, &of_ids);
        out.push_str(&format!("respondent = {}\n", quoted(respondent)));
        let twice = Text::new(
            "同じ番号が2度あれば、最初の行を採ります",
            "of rows with the same id the first one counts",
        );
        remark(&mut out, lang, &twice);
        out.push_str("duplicates = \"first\"\n");
    }
    out.push_str(&sample(inferred, lang));
    out.push_str(&reading(read, lang));
    if let Some(question) = first.and_then(|q| questions.get(q)) {
        out.push('\n');
        let example = Text::new(
            "最初の項目の例。数える選択肢 of と母数 base（all 全員・asked 非該当を除く・answered 無回答も除\
             く）を決めてください",
            "an example of an indicator; decide which options count (of) and out of whom (base: all, asked \
             without those who were led past it, answered without no answer)",
        );
        remark(&mut out, lang, &example);
        let options = question.categories();
        let real = options.iter().find(|c| !is_no_substance(&c.label)).or(options.first());
        let label = real.map_or("", |c| c.label.as_str());
        let title = words(
            &format!("「{}」で「{label}」と回答した方の割合", question.text),
            &format!("Share of those who answered \"{label}\" to \"{}\"", question.text),
        );
        out.push_str(&format!(
            "[[indicator]]\nid = \"{INDICATOR}\"\ngoal = 1\ndepartment = {}\ntitle = {}\nshare = {{ survey \
             = \"survey\", question = {}, of = [{}], base = \"answered\" }}\n",
            quoted(&words("担当課", "Department")),
            quoted(&title),
            quoted(&question.id),
            quoted(label)
        ));
    }
    out
}

/// The lines on how the files are read.
fn reading(read: &ReadOptions, lang: Lang) -> String {
    let mut out = String::new();
    if read.header_rows.is_some() {
        let of_rows = Text::new(
            "見出しの行。飛ばす行数（skip_rows）と見出しの行数（header_rows）を確かめてください",
            "the headings: see whether the rows above them (skip_rows) and their own (header_rows) are right",
        );
        remark(&mut out, lang, &of_rows);
    }
    for (key, value) in [
        ("skip_rows", read.skip_rows.map(|n| n.to_string())),
        ("header_rows", read.header_rows.map(|n| n.to_string())),
        ("sheet", read.sheet.as_deref().map(quoted)),
        ("encoding", read.encoding.as_deref().map(quoted)),
    ] {
        if let Some(value) = value {
            out.push_str(&format!("{key} = {value}\n"));
        }
    }
    out
}

/// What a column tells of the sample.
pub(super) fn of_sample(kind: SampleColumn) -> Text {
    match kind {
        SampleColumn::Weight => Text::new("ウエイト", "weights"),
        SampleColumn::Stratum => Text::new("標本の層", "strata of the sample"),
        SampleColumn::Cluster => Text::new("標本の集落", "clusters of the sample"),
    }
}

/// The lines on columns that tell of the sample, as one `design`. What the file itself says is written as a
/// setting, what only a name tells as a comment that holds all of it.
fn sample(inferred: &Inferred, lang: Lang) -> String {
    let mut out = String::new();
    let columns = |wanted: SampleColumn, with_named: bool| -> Vec<String> {
        let of = inferred.sample.iter().filter(|(_, kind, said)| *kind == wanted && (*said || with_named));
        of.map(|(column, ..)| quoted(column)).collect()
    };
    let design = |with_named: bool| -> Option<String> {
        let list = |key: &str, kind: SampleColumn| {
            let names = columns(kind, with_named);
            (!names.is_empty()).then(|| format!("{key} = [{}]", names.join(", ")))
        };
        let weight = columns(SampleColumn::Weight, with_named);
        let parts = [
            list("strata", SampleColumn::Stratum),
            list("cluster", SampleColumn::Cluster),
            weight.first().map(|name| format!("weights = {{ column = {name} }}")),
        ];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        (!parts.is_empty()).then(|| format!("design = {{ {} }}", parts.join(", ")))
    };
    let mut named = Vec::new();
    for (column, kind, said) in &inferred.sample {
        let what = of_sample(*kind);
        match said {
            true => {
                let said = Text::new(
                    format!("ファイルが「{column}」を{}としています", what.ja),
                    format!("the file says that \"{column}\" holds {}", what.en),
                );
                remark(&mut out, lang, &said);
            }
            false => named.push(Text::new(
                format!("「{column}」は{}", what.ja),
                format!("\"{column}\" like {}", what.en),
            )),
        }
    }
    let said = design(false);
    out.extend(said.iter().map(|line| format!("{line}\n")));
    if let (false, Some(line)) = (named.is_empty(), design(true)) {
        let advice = match said {
            Some(_) => Text::new(
                "使うときは、上の design の行の代わりに、次の行の先頭の # を取ってください",
                "to use it, take the # off the next line, and the design line above away",
            ),
            None => Text::new(
                "使うときは次の行の先頭の # を取ってください",
                "to use it, take the # off the next line",
            ),
        };
        let list =
            |form: fn(&Text) -> &str, sign: &str| named.iter().map(form).collect::<Vec<_>>().join(sign);
        let looks = Text::new(
            format!("列{}とみられますが、使っていません。{}", list(|t| &t.ja, "、"), advice.ja),
            format!(
                "columns that look like the sample's are not used: {}; {}",
                list(|t| &t.en, ", "),
                advice.en
            ),
        );
        remark(&mut out, lang, &looks);
        out.push_str(&comment(&line));
    }
    out
}

/// `questionnaire.toml`.
pub(super) fn questionnaire(inferred: &Inferred, lang: Lang) -> String {
    let head = Text::new(
        "shihyo init が作った調査票の下書き。「要確認」の行を見て直してください。",
        "A questionnaire that shihyo init drafted. Look at the lines marked TO CHECK.",
    );
    let mut out = comment(head.get(lang));
    for (column, kind) in &inferred.withheld {
        let kind = kind.text();
        let line = Text::new(
            format!("読まない列（{}とみられる）: {column}", kind.ja),
            format!("not read (looks like {}): {column}", kind.en),
        );
        out.push_str(&comment(line.get(lang)));
    }
    for (column, reason) in &inferred.left_out {
        let line = Text::new(
            format!("設問にしなかった列 {column}: {}", reason.ja),
            format!("no question out of column {column}: {}", reason.en),
        );
        remark(&mut out, lang, &line);
    }
    let remarks: Vec<Vec<String>> =
        inferred.remarks.iter().map(|r| r.iter().map(|r| marked(lang, &r.text)).collect()).collect();
    out.push_str(&write_questionnaire(&inferred.questionnaire, &remarks));
    out
}
