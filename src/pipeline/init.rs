//! A first plan out of bare response files: everything that could be inferred, each guess marked for a
//! person.

use std::path::{Path, PathBuf};

use super::init_joins::{self, Sorted, sorted};
use crate::draft::{Inferred, SampleColumn, attribute, fitted, infer, is_about_form, is_no_substance};
use crate::error::Result;
use crate::finding::Finding;
use crate::indicator::FiscalYear;
use crate::join::Join;
use crate::questionnaire::form::{Draft, from_dictionary, from_tabulator, from_xlsform};
use crate::questionnaire::{Question, QuestionKind, comment, quoted, write_questionnaire};
use crate::raw::{self, Dictionary, Heading, ReadOptions, Table};
use crate::text::{Text, spelling};

/// What to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitRequest {
    /// Response files of one wave, at least one.
    pub files: Vec<PathBuf>,
    /// How to read them.
    pub read: ReadOptions,
    /// A form: an XLSForm workbook, its sheet `survey` as CSV, or a tabulator's sheet.
    pub form: Option<PathBuf>,
    /// The sheet `choices` of an XLSForm, where it is a file of its own.
    pub choices: Option<PathBuf>,
    /// The plan's folder.
    pub out: PathBuf,
}

/// A first plan; nothing is written yet.
#[derive(Debug, Clone, PartialEq)]
pub struct FirstPlan {
    /// Name and bytes of each file of the plan's folder.
    pub files: Vec<(String, Vec<u8>)>,
    /// What was inferred.
    pub inferred: Inferred,
    /// What reading the files found.
    pub findings: Vec<Finding>,
    /// The id of the indicator that the plan begins with, and a question to break it down by.
    pub first_crosstab: Option<(String, String)>,
}

/// The mark of every guess.
const CHECK: &str = "要確認";

/// Reads the files and writes a first plan in memory.
///
/// # Errors
/// Files that cannot be read; a form without the columns of one.
pub fn init(request: &InitRequest) -> Result<FirstPlan> {
    let tables = request
        .files
        .iter()
        .map(|file| raw::read(file, &file.to_string_lossy(), &request.read))
        .collect::<Result<Vec<Table>>>()?;
    let Sorted { answers, joined, findings: of_joins } = sorted(tables);
    let (places, tables): (Vec<usize>, Vec<Table>) = answers.into_iter().unzip();
    let stem = request
        .files
        .first()
        .and_then(|f| f.file_stem())
        .map_or_else(|| "調査".to_owned(), |s| s.to_string_lossy().into_owned());
    let inferred = match draft(request, &tables, &stem)? {
        Some(draft) => fitted(draft, &tables),
        None => infer(&tables, &stem),
    };
    let names: Vec<String> =
        request.files.iter().map(|file| from_root(file, &request.out)).collect::<Result<_>>()?;
    let name = |at: &usize| names.get(*at).cloned().unwrap_or_default();
    let beside: Vec<(String, ReadOptions, &Join)> = joined
        .iter()
        .map(|(at, table, how)| (name(at), headings(&request.read, std::slice::from_ref(table)), how))
        .collect();
    let beside = init_joins::line(&beside);
    let names: Vec<String> = places.iter().map(name).collect();
    let first_crosstab = first_crosstab(&inferred);
    let read = headings(&request.read, &tables);
    let files = vec![
        (
            "plan.toml".to_owned(),
            plan(
                &read,
                &inferred,
                &stem,
                (&names, beside.as_deref()),
                first_crosstab.as_ref().map(|(q, _)| *q),
            )
            .into_bytes(),
        ),
        ("questionnaire.toml".to_owned(), questionnaire(&inferred).into_bytes()),
    ];
    let by = |q: usize| inferred.questionnaire.questions.get(q).map_or(String::new(), |q| q.id.clone());
    let first_crosstab = first_crosstab.map(|(_, axis)| (INDICATOR.to_owned(), by(axis)));
    let joined = joined.into_iter().map(|(_, table, _)| table);
    let findings =
        tables.into_iter().chain(joined).flat_map(|table| table.findings).chain(of_joins).collect();
    Ok(FirstPlan { files, inferred, findings, first_crosstab })
}

/// How the files are read, with the headings that were found; these are written only where all files have
/// the same.
fn headings(asked: &ReadOptions, tables: &[Table]) -> ReadOptions {
    let mut read = asked.clone();
    let found: Option<Heading> = tables.first().map(|table| table.heading);
    if let Some(heading) = found.filter(|h| tables.iter().all(|table| table.heading == *h)) {
        read.skip_rows = Some(heading.skip_rows).filter(|n| *n > 0);
        read.header_rows = Some(heading.header_rows).filter(|n| *n > 1 || heading.skip_rows > 0);
    }
    read
}

const INDICATOR: &str = "indicator-1";

/// The questionnaire that the form, or an SPSS or Stata file itself, describes.
fn draft(request: &InitRequest, tables: &[Table], title: &str) -> Result<Option<Draft>> {
    let Some(form) = &request.form else {
        return match tables.first() {
            Some(table) if table.dictionary.as_ref().is_some_and(Dictionary::has_options) => {
                from_dictionary(table, title).map(Some)
            }
            _ => Ok(None),
        };
    };
    let read = |path: &Path, sheet: Option<&str>| {
        raw::read(
            path,
            &path.to_string_lossy(),
            &ReadOptions { sheet: sheet.map(str::to_owned), ..ReadOptions::default() },
        )
    };
    if let Some(choices) = &request.choices {
        return from_xlsform(&read(form, None)?, &read(choices, None)?, title).map(Some);
    }
    match (read(form, Some("survey")), read(form, Some("choices"))) {
        (Ok(survey), Ok(choices)) if survey.digest.sheet.is_some() => {
            from_xlsform(&survey, &choices, title).map(Some)
        }
        _ => from_tabulator(&read(form, None)?, title).map(Some),
    }
}

/// How the plan names a response file: from the project's folder where it stands below it, else by its whole
/// path.
fn from_root(file: &Path, out: &Path) -> Result<String> {
    let whole = raw::absolute(file)?;
    let parent = out.parent().filter(|p| p.file_name().is_some_and(|n| n == "pipelines"));
    let root = parent.map(|p| p.parent().filter(|r| !r.as_os_str().is_empty()).unwrap_or(Path::new(".")));
    let below = root
        .and_then(|r| raw::absolute(r).ok())
        .and_then(|r| whole.strip_prefix(r).map(Path::to_path_buf).ok());
    Ok(below.unwrap_or(whole).to_string_lossy().replace('\\', "/"))
}

/// The question of the first indicator, and one to break it down by: an attribute where there is one.
fn first_crosstab(inferred: &Inferred) -> Option<(usize, usize)> {
    let questions = &inferred.questionnaire.questions;
    let single = |q: &Question| matches!(q.kind, QuestionKind::Single(_)) && q.categories().len() > 1;
    let singles: Vec<usize> = (0..questions.len()).filter(|&i| single(&questions[i])).collect();
    let chosen = |q: &Question| single(q) || matches!(q.kind, QuestionKind::Multiple { .. });
    // What tells of the sample is nobody's answer.
    let of_sample =
        |q: &Question| inferred.sample.iter().any(|(name, ..)| *name == q.id || q.columns.contains(name));
    let subject = |q: &Question| {
        chosen(q) && attribute(q).is_none() && !is_about_form(q) && q.derivation.is_none() && !of_sample(q)
    };
    let subject = (0..questions.len()).find(|&i| subject(&questions[i])).or(singles.first().copied())?;
    let axis = axes(inferred).into_iter().find(|&i| i != subject);
    let other = || {
        singles.iter().copied().find(|&i| {
            let q = &questions[i];
            i != subject && !is_about_form(q) && !of_sample(q) && q.categories().len() <= 12
        })
    };
    Some((subject, axis.or_else(other).unwrap_or(subject)))
}

/// The questions that numbers are broken down by: attributes of the respondents, in the usual order.
fn axes(inferred: &Inferred) -> Vec<usize> {
    let questions = &inferred.questionnaire.questions;
    let of = |(at, q): (usize, &Question)| {
        let fits = matches!(q.kind, QuestionKind::Single(_)) && (2..=60).contains(&q.categories().len());
        let rank = if q.derivation.is_some() { Some(1) } else { attribute(q) };
        rank.filter(|_| fits).map(|rank| (rank, at))
    };
    let mut ranked: Vec<(usize, usize)> = questions.iter().enumerate().filter_map(of).collect();
    ranked.sort_unstable();
    ranked.into_iter().map(|(_, at)| at).take(4).collect()
}

/// The fiscal year that a file's name tells: `citizen-r7.csv`, `令和7年度`, `survey2025.csv`, `20260115.csv`.
fn year(names: &[String]) -> Option<FiscalYear> {
    names.iter().find_map(|name| {
        let file = name.rsplit(['/', '\\']).next().unwrap_or(name);
        year_of(file).or_else(|| year_of(name))
    })
}

fn year_of(name: &str) -> Option<FiscalYear> {
    let text: Vec<char> = spelling::label(name).chars().collect();
    let digits = |at: usize| text.iter().skip(at).take_while(|c| c.is_ascii_digit()).collect::<String>();
    let good = |year: FiscalYear| (2000..=2100).contains(&year.western()).then_some(year);
    (0..text.len()).find_map(|at| {
        let before = at.checked_sub(1).and_then(|at| text.get(at)).copied().unwrap_or(' ');
        let rest: String = text.iter().skip(at).collect();
        for era in ["令和", "平成", "R", "r", "H", "h"] {
            let Some(behind) = rest.strip_prefix(era) else { continue };
            let number: String = behind.chars().take_while(|c| c.is_ascii_digit()).collect();
            let number = if behind.starts_with('元') { "元".to_owned() } else { number };
            let part_of_word = era.is_ascii() && before.is_ascii_alphanumeric();
            if number.is_empty() || number.len() > 3 || part_of_word {
                return None;
            }
            return format!("{era}{number}").parse().ok().and_then(good);
        }
        if before.is_ascii_digit() {
            return None;
        }
        let number = digits(at);
        let year: i32 = number.get(..4)?.parse().ok()?;
        let month = number.get(4..6).and_then(|m| m.parse::<i32>().ok());
        match (number.len(), month) {
            (4, _) => good(FiscalYear::from_western(year)),
            // The fiscal year of a day in January is the one before.
            (6 | 8, Some(month @ 1..=12)) => good(FiscalYear::from_western(year - i32::from(month < 4))),
            _ => None,
        }
    })
}

fn remark(out: &mut String, ja: &str) {
    out.push_str(&comment(&format!("{CHECK}: {ja}")));
}

fn plan(
    read: &ReadOptions,
    inferred: &Inferred,
    stem: &str,
    (names, beside): (&[String], Option<&str>),
    first: Option<usize>,
) -> String {
    let questions = &inferred.questionnaire.questions;
    let mut out =
        comment("shihyo init が回答ファイルから作った計画の下書き。「要確認」の行を見て直してください。");
    out.push_str(&format!("\ntitle = {}\n", quoted(stem)));
    let told = year(names);
    let year = told.map_or_else(|| "R7".to_owned(), |y| y.to_string());
    remark(
        &mut out,
        if told.is_some() {
            "計画年度と報告年度。調査の年度はファイル名から読みました"
        } else {
            "計画年度と報告年度。調査の年度が分からないため R7 としました"
        },
    );
    let last = year
        .parse::<FiscalYear>()
        .ok()
        .map(|y| FiscalYear::from_western(y.western() + 5))
        .map_or_else(|| "R12".to_owned(), |y| y.to_string());
    out.push_str(&format!("fiscal_years = \"{year}..{last}\"\nreport_year = \"{year}\"\n"));
    let axes: Vec<String> =
        axes(inferred).into_iter().map(|at| format!("[{}]", quoted(&questions[at].id))).collect();
    if !axes.is_empty() {
        remark(&mut out, "クロス集計の軸（属性とみられる設問）");
        out.push_str(&format!("breakdowns = [{}]\n", axes.join(", ")));
    }
    out.push_str("\n[[goal]]\nnumber = 1\n");
    remark(&mut out, "基本目標の題名");
    out.push_str("title = \"基本目標1\"\n\n[survey.survey]\n");
    remark(&mut out, "調査名");
    out.push_str(&format!("title = {}\n", quoted(stem)));
    remark(
        &mut out,
        "抽出方法。無作為抽出なら \"random\"、全数調査なら \"census\"、モニターなら \"panel\"。\"open\"（応\
         募型）では標本誤差を示しません",
    );
    out.push_str("sample = \"open\"\nquestionnaire = \"questionnaire.toml\"\n");
    out.push_str(&format!(
        "\n[survey.survey.wave.{year}]\nresponses = [{}]\n",
        names.iter().map(|n| quoted(n)).collect::<Vec<_>>().join(", ")
    ));
    if let Some(line) = beside {
        remark(&mut out, "番号でつなぐファイル（台帳、世帯のファイルなど）とキーの列");
        out.push_str(line);
    }
    if let Some(respondent) = &inferred.respondent {
        remark(&mut out, "回答者番号とみられる列。重複の確認だけに使います");
        out.push_str(&format!("respondent = {}\n", quoted(respondent)));
        remark(&mut out, "同じ番号が2度あれば、最初の行を採ります");
        out.push_str("duplicates = \"first\"\n");
    }
    out.push_str(&sample(inferred));
    if read.header_rows.is_some() {
        remark(
            &mut out,
            "見出しの行。飛ばす行数（skip_rows）と見出しの行数（header_rows）を確かめてください",
        );
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
    if let Some(question) = first.and_then(|q| questions.get(q)) {
        out.push('\n');
        remark(
            &mut out,
            "最初の項目の例。数える選択肢 of と母数 base（all 全員・asked 非該当を除く・answered 無回答も除\
             く）を決めてください",
        );
        let options = question.categories();
        let real = options.iter().find(|c| !is_no_substance(&c.label)).or(options.first());
        let label = real.map_or("", |c| c.label.as_str());
        out.push_str(&format!(
            "[[indicator]]\nid = \"{INDICATOR}\"\ngoal = 1\ndepartment = \"担当課\"\ntitle = {}\nshare = \
             {{ survey = \"survey\", question = {}, of = [{}], base = \"answered\" }}\n",
            quoted(&format!("「{}」で「{label}」と回答した方の割合", question.text)),
            quoted(&question.id),
            quoted(label)
        ));
    }
    out
}

/// The lines on columns that tell of the sample, as one `design`. What the file itself says is written as a
/// setting, what only a name tells as a comment that holds all of it.
fn sample(inferred: &Inferred) -> String {
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
        let what = match kind {
            SampleColumn::Weight => "ウエイト",
            SampleColumn::Stratum => "標本の層",
            SampleColumn::Cluster => "標本の集落",
        };
        match said {
            true => remark(&mut out, &format!("ファイルが「{column}」を{what}としています")),
            false => named.push(format!("「{column}」は{what}")),
        }
    }
    let said = design(false);
    out.extend(said.iter().map(|line| format!("{line}\n")));
    if let (false, Some(line)) = (named.is_empty(), design(true)) {
        let advice = match said {
            Some(_) => "使うときは、上の design の行の代わりに、次の行の先頭の # を取ってください",
            None => "使うときは次の行の先頭の # を取ってください",
        };
        remark(&mut out, &format!("列{}とみられますが、使っていません。{advice}", named.join("、")));
        out.push_str(&comment(&line));
    }
    out
}

fn questionnaire(inferred: &Inferred) -> String {
    let mut out = comment("shihyo init が作った調査票の下書き。「要確認」の行を見て直してください。");
    for (column, kind) in &inferred.withheld {
        out.push_str(&comment(&format!("読まない列（{}とみられる）: {column}", kind.text().ja)));
    }
    for (column, reason) in &inferred.left_out {
        out.push_str(&comment(&format!("{CHECK}: 設問にしなかった列 {column}: {}", reason.ja)));
    }
    let remarks: Vec<Vec<String>> = inferred
        .remarks
        .iter()
        .map(|r| r.iter().map(|t: &Text| format!("{CHECK}: {}", t.ja)).collect())
        .collect();
    out.push_str(&write_questionnaire(&inferred.questionnaire, &remarks));
    out
}

#[cfg(test)]
mod tests {
    use super::year_of;

    #[test]
    fn a_file_name_tells_its_fiscal_year() {
        for (name, year) in [
            ("citizen-r7.csv", 2025),
            ("R6市民意識調査.xlsx", 2024),
            ("市民意識調査（令和6年度）.csv", 2024),
            ("令和元年度.csv", 2019),
            ("survey2022.csv", 2022),
            ("2022_answers.csv", 2022),
            ("answers_20260115.csv", 2025),
            ("monthly_202506.csv", 2025),
            ("H30.csv", 2018),
        ] {
            assert_eq!(year_of(name).map(|y| y.western()), Some(year), "{name}");
        }
        for name in ["answers.csv", "chart12.csv", "12345.csv", "q1_r.csv", "1999.csv"] {
            assert_eq!(year_of(name), None, "{name}");
        }
    }
}
