//! The whole way of one number: from the files to the figure that is printed.

mod answers;
mod formula;
mod section;

use super::definition::{Definition, EstimateDefinition};
use super::plan::{Plan, Sample};
use super::planned::{measure_id, planned_in};
use super::run::{HeldOutcome, RunOutcome};
use super::trend::{trend, trend_of_group};
use super::wave::WaveData;
use crate::code::Code;
use crate::decode::{Base, BaseLedger};
use crate::edits::{Action, AppliedChange};
use crate::error::{Diagnostic, Result};
use crate::indicator::{
    CellContent, DataKind, EstimateRecord, FiscalYear, NumberKey, ObservedValue, ValueSource,
};
use crate::join::KeyColumn;
use crate::questionnaire::Question;
use crate::report::breakdown::overlap_note;
use crate::report::policy_lines;
use crate::text::Text;
use crate::text::suggest::nearest;
use crate::waves::Counterpart;
use answers::{answers_lines, part_of};
use formula::formula_lines;
pub use section::Section;
use section::section;

/// Explains the number with the key `key`: an `analysis_key` of `estimates.csv`
/// (`citizen/R4/volunteer-intent`, with `/性別=女性` for a part of a breakdown), or
/// `admin/R6/hotnet-promoters` for a figure of an office.
///
/// # Errors
/// A key that the plan has no number for; the nearest key as help.
pub fn explain(plan: &Plan, outcome: &HeldOutcome, key: &str) -> Result<Vec<Section>> {
    let found = key.parse::<NumberKey>().ok().and_then(|key| {
        let record = outcome.estimates.iter().find(|r| r.key == key);
        record.map(|record| of_estimate(plan, outcome, record)).or_else(|| of_office(plan, outcome, &key))
    });
    if let Some(sections) = found {
        return Ok(sections);
    }
    let known: Vec<String> = keys(plan, outcome).iter().map(NumberKey::to_string).collect();
    let mut diagnostic = Diagnostic::new(
        Code::PlanUnknownNumber,
        Text::new(
            format!("「{key}」という数値はありません"),
            format!("there is no number with the key \"{key}\""),
        ),
    );
    if let Some(near) = nearest(key, known.iter().map(String::as_str)) {
        diagnostic = diagnostic
            .help(Text::new(format!("「{near}」ではありませんか"), format!("did you mean \"{near}\"?")));
    } else if let Some(first) = known.first() {
        diagnostic = diagnostic.help(Text::new(
            format!("キーは estimates.csv の analysis_key です（例: {first}）"),
            format!("keys are the analysis_key of estimates.csv, such as {first}"),
        ));
    }
    Err(diagnostic.into())
}

/// Every key that can be explained.
pub fn keys(plan: &Plan, outcome: &RunOutcome) -> Vec<NumberKey> {
    let mut out: Vec<NumberKey> = outcome.estimates.iter().map(|r| r.key.clone()).collect();
    for (i, (item, row)) in plan.indicators.iter().zip(&outcome.table.rows).enumerate() {
        for (m, _) in item.measures.iter().enumerate() {
            let Some(measure) = row.measures.get(m) else { continue };
            let reported = measure.cells.iter().filter(|c| reported_source(&c.content).is_some());
            out.extend(reported.map(|c| office_key(plan, i, m, c.year)));
        }
    }
    out
}

fn office_key(plan: &Plan, indicator: usize, measure: usize, year: FiscalYear) -> NumberKey {
    NumberKey::of_office(year, &measure_id(plan, indicator, measure))
}

fn reported_source(content: &CellContent) -> Option<&ValueSource> {
    match content {
        CellContent::Value(o) if matches!(o.value, ObservedValue::Reported(_)) => Some(&o.source),
        _ => None,
    }
}

fn synthetic() -> Text {
    Text::new("※ 合成データです", "※ 合成データ (synthetic data)")
}

fn of_office(plan: &Plan, outcome: &RunOutcome, key: &NumberKey) -> Option<Vec<Section>> {
    for (i, (item, row)) in plan.indicators.iter().zip(&outcome.table.rows).enumerate() {
        for (m, of) in item.measures.iter().enumerate() {
            let measure = row.measures.get(m)?;
            let Some(cell) = measure.cells.iter().find(|c| office_key(plan, i, m, c.year) == *key) else {
                continue;
            };
            let CellContent::Value(observation) = &cell.content else { continue };
            let ObservedValue::Reported(quantity) = &observation.value else { continue };
            let mut value = vec![Text::same(format!("{} {} {quantity}", item.title, cell.year.long()))];
            if matches!(&observation.source, ValueSource::Admin { data: DataKind::Synthetic, .. }) {
                value.push(synthetic());
            }
            value.extend(observation.note.as_ref().map(Text::same));
            let mut from = Vec::new();
            match &observation.source {
                ValueSource::Admin { place, found: (address, headings), .. } => {
                    from.push(Text::new(
                        place.words(crate::text::Lang::Ja),
                        place.words(crate::text::Lang::En),
                    ));
                    let path = headings.join(" › ");
                    from.push(Text::new(
                        format!("セル {address}（見出し: {path}）"),
                        format!("cell {address} (headings: {path})"),
                    ));
                    from.extend(
                        outcome
                            .inputs
                            .iter()
                            .find(|d| Some(&d.file) == place.file.as_ref())
                            .map(|d| Text::same(format!("SHA-256 {}", d.sha256))),
                    );
                }
                ValueSource::Published => from.push(Text::new(
                    "計画に書かれた公表値（元ファイルなし）",
                    "a published figure, written in the plan; there is no raw file",
                )),
                ValueSource::Survey { .. } => {}
            }
            if let Some(Definition::Count { query, .. }) = &of.definition {
                let item = query.words();
                from.push(Text::new(format!("項目「{item}」"), format!("item \"{item}\"")));
            }
            return Some(vec![section("数値", "Value", value), section("出所", "Source", from)]);
        }
    }
    None
}

fn of_estimate(plan: &Plan, outcome: &RunOutcome, record: &EstimateRecord) -> Vec<Section> {
    let found = outcome.waves.iter().find(|d| {
        let survey = &plan.surveys[d.survey];
        Some(survey.key.as_str()) == record.key.survey()
            && Some(survey.waves[d.wave].year) == record.key.wave()
    });
    let Some(data) = found else { return Vec::new() };
    let planned = planned_in(plan, data).into_iter().find(|e| Some(e.id.as_str()) == record.key.indicator());
    let Some(planned) = planned else { return Vec::new() };
    let definition = planned.definition;
    let survey = &plan.surveys[data.survey];
    let questions = definition.questions();
    let mut what = vec![Text::same(format!("{} {}", survey.title, survey.waves[data.wave].year.long()))];
    for question in &questions {
        let of = &survey.questionnaire.questions[*question];
        what.push(Text::same(format!("{}　{}", of.id, of.text)));
        if let Some(derivation) = &data.questionnaire.questions[*question].derivation {
            let id = |q: usize| data.questionnaire.questions.get(q).map_or("", |q| q.id.as_str());
            let made = derivation.words(id);
            what.push(Text::new(format!("派生変数: {}", made.ja), format!("derived: {}", made.en)));
        }
    }
    if survey.waves[data.wave].data == DataKind::Synthetic {
        what.push(synthetic());
    }
    for group in &record.key.groups {
        what.push(Text::new(
            format!("区分: {} = {}", group.variable, group.value),
            format!("part: {} = {}", group.variable, group.value),
        ));
    }
    what.extend(overlap_note([record]));
    let part = part_of(data, record);
    let mut base = Vec::new();
    for question in &questions {
        if questions.len() > 1 {
            base.push(Text::same(&survey.questionnaire.questions[*question].id));
        }
        base.extend(ledger_lines(definition.base(), &data.answers.ledger[*question]));
    }
    base.extend(base_lines(definition.base(), record));
    let mut sections = vec![
        section("設問", "Question", what),
        answers_lines(plan, data, definition, record, &part),
        section("集計母数", "Base", base),
        section("標本設計", "Design", design_lines(survey.waves[data.wave].sample, data)),
        section("計算", "Computation", formula_lines(plan, data, &planned, record, &part)),
        section("ファイル", "Files", file_lines(outcome, data, plan, &questions)),
    ];
    let waves = wave_lines(plan, data, definition, record);
    if !waves.is_empty() {
        sections.insert(2, section("調査回のちがい", "Beside other waves", waves));
    }
    let effects: Vec<Text> = outcome
        .quality
        .effects
        .iter()
        .filter(|e| e.analysis_key == record.key)
        .flat_map(policy_lines)
        .collect();
    if !effects.is_empty() {
        sections.insert(sections.len() - 1, section("取扱い方針の影響", "Effect of policies", effects));
    }
    sections
}

/// What the question and its options are on the wave's own paper, and what must be said beside the first
/// wave; nothing where all waves have one paper.
fn wave_lines(
    plan: &Plan,
    data: &WaveData,
    definition: &EstimateDefinition,
    record: &EstimateRecord,
) -> Vec<Text> {
    let survey = &plan.surveys[data.survey];
    let mut out = Vec::new();
    let chosen = definition.categories();
    for question in definition.questions() {
        let Some(paper) = &survey.waves[data.wave].paper else { continue };
        let Some(Counterpart::Asked(asked)) = paper.mapping.counterparts.get(question) else { continue };
        let Some(own) = paper.questionnaire.questions.get(asked.question) else { continue };
        let reference = &survey.questionnaire.questions[question];
        out.push(Text::new(
            format!("この回の調査票では {}　{}", own.id, own.text),
            format!("on this wave's paper {}  {}", own.id, own.text),
        ));
        for merged in &asked.merged {
            let Some(one) = own.categories().get(merged.own) else { continue };
            let parts: Vec<&str> = merged
                .of
                .iter()
                .filter_map(|t| reference.categories().get(*t))
                .map(|c| c.label.as_str())
                .collect();
            out.push(Text::new(
                format!("　「{}」は「{}」をまとめたもの", one.label, parts.join("」「")),
                format!("  \"{}\" is \"{}\" in one", one.label, parts.join("\", \"")),
            ));
        }
        let of_merged = |k: usize| asked.merged.iter().any(|m| m.of.contains(&k));
        for (k, (category, target)) in own.categories().iter().zip(&asked.categories).enumerate() {
            if asked.merged.iter().any(|m| m.own == k) {
                continue;
            }
            match target.and_then(|t| reference.categories().get(t)) {
                Some(to) if to.label == category.label => {}
                Some(to) => out.push(Text::new(
                    format!("　「{}」は「{}」に数える", category.label, to.label),
                    format!("  \"{}\" counts as \"{}\"", category.label, to.label),
                )),
                None => out.push(Text::new(
                    format!("　「{}」に当たる選択肢は調査の調査票にない（別に扱う）", category.label),
                    format!(
                        "  \"{}\" is no option of the survey's questionnaire (kept apart)",
                        category.label
                    ),
                )),
            }
        }
        for (k, category) in reference
            .categories()
            .iter()
            .enumerate()
            .filter(|(k, _)| !asked.categories.contains(&Some(*k)) && !of_merged(*k))
        {
            let counts = chosen.contains(&k);
            out.push(Text::new(
                format!(
                    "　「{}」はこの回の調査票にない{}",
                    category.label,
                    if counts { "（数える選択肢）" } else { "" }
                ),
                format!(
                    "  \"{}\" is not on this wave's paper{}",
                    category.label,
                    if counts { " (it would count)" } else { "" }
                ),
            ));
        }
    }
    out.extend(trend(plan, definition, survey.waves[data.wave].year).map(|t| t.note));
    out.extend(record.key.groups.iter().filter_map(|g| trend_of_group(plan, data, g)).map(|t| t.note));
    out
}

/// What a base rule means, in the words of a report.
pub fn base_words(base: Base) -> Text {
    match base {
        Base::All => Text::new(
            "有効回収数（無回答・無効回答・非該当も分母に含む）",
            "all valid returns (no answer, invalid and not asked included)",
        ),
        Base::Asked => Text::new(
            "設問の対象者（無回答・無効回答も分母に含む）",
            "those to whom the question applied (no answer and invalid included)",
        ),
        Base::Answered => Text::new(
            "設問に答えた人（無回答・無効回答を除く）",
            "those who answered (no answer and invalid left out)",
        ),
    }
}

/// The way from the returns to the valid answers of a question.
fn ledger_lines(base: Base, l: &BaseLedger) -> Vec<Text> {
    let step = |ja: &str, en: &str, n: u64| Text::new(format!("{ja}　{n}"), format!("{en}  {n}"));
    let kept = |in_base: bool| {
        if in_base {
            ("（分母に含む）", " (in the base)")
        } else {
            ("（分母から除く）", " (out of the base)")
        }
    };
    let missing = kept(base != Base::Answered);
    let asked = kept(base == Base::All);
    vec![
        step("回収", "returned", l.returned),
        step("− 無効票", "− invalid returns", l.invalid_returns),
        step("− 重複", "− duplicates", l.duplicates),
        step(&format!("　非該当{}", asked.0), &format!("  not asked{}", asked.1), l.not_asked),
        step(&format!("　無回答{}", missing.0), &format!("  no answer{}", missing.1), l.no_answer),
        step(&format!("　無効回答{}", missing.0), &format!("  invalid answers{}", missing.1), l.invalid),
        step(
            &format!("　わからない（無回答扱い）{}", missing.0),
            &format!("  don't know, taken as none{}", missing.1),
            l.dont_know,
        ),
        step("　有効回答", "  valid answers", l.valid),
    ]
}

/// Who is in the base, and how many.
fn base_lines(base: Base, record: &EstimateRecord) -> Vec<Text> {
    let inside = if record.key.groups.is_empty() {
        ("", "")
    } else {
        ("（この区分の中）", " (inside this part)")
    };
    let universe = record.universe.iter();
    let universe = universe.map(|of| Text::new(format!("対象: {}", of.ja), format!("of whom: {}", of.en)));
    let (rule, words, n) = (base.name(), base_words(base), record.estimate.n);
    universe
        .chain([Text::new(
            format!("base = \"{rule}\": {} → n = {n}{}", words.ja, inside.0),
            format!("base = \"{rule}\": {} → n = {n}{}", words.en, inside.1),
        )])
        .collect()
}

fn design_lines(sample: Sample, data: &WaveData) -> Vec<Text> {
    let mut out = vec![match sample {
        Sample::Random => Text::new("無作為抽出", "random sample"),
        Sample::Census => Text::new("全数調査：標本誤差なし", "census: no sampling error"),
        Sample::Open => {
            Text::new("応募型：標本誤差を示せない", "self-selected: no sampling error can be stated")
        }
        Sample::Panel => Text::new("モニター：標本誤差を示せない", "panel: no sampling error can be stated"),
    }];
    if data.built.simple {
        out.push(Text::new("ウエイトなし（1人1票）", "unweighted (everyone counts once)"));
    } else {
        out.extend(data.built.how.iter().cloned());
        let weights = data.built.design.weights();
        let (low, high) = weights.iter().fold((f64::INFINITY, 0.0_f64), |(l, h), w| (l.min(*w), h.max(*w)));
        let (sum, squares): (f64, f64) = weights.iter().fold((0.0, 0.0), |(s, q), w| (s + w, q + w * w));
        out.push(Text::new(
            format!(
                "ウエイト: 合計 {sum:.1}、最小 {low:.4}、最大 {high:.4}、Kish の有効数 {:.1}",
                sum * sum / squares
            ),
            format!(
                "weights: sum {sum:.1}, least {low:.4}, greatest {high:.4}, Kish effective n {:.1}",
                sum * sum / squares
            ),
        ));
    }
    out
}

fn file_lines(outcome: &RunOutcome, data: &WaveData, plan: &Plan, questions: &[usize]) -> Vec<Text> {
    let survey = &plan.surveys[data.survey];
    let wave = &survey.waves[data.wave];
    // The questions whose answers it is, or is made of.
    let made_of = |question: &usize| -> Vec<&Question> {
        let (questionnaire, all) = match &wave.paper {
            Some(paper) => (&paper.questionnaire, paper.mapping.own_of(*question)),
            None => (
                &survey.questionnaire,
                survey.questionnaire.made_of(*question).into_iter().chain([*question]).collect(),
            ),
        };
        all.into_iter().filter_map(|q| questionnaire.questions.get(q)).collect()
    };
    let own: Vec<&str> = questions.iter().flat_map(made_of).map(|q| q.id.as_str()).collect();
    let mut out = Vec::new();
    for (source, file) in wave.responses.iter().enumerate() {
        let used = data.answers.source.iter().filter(|s| usize::from(**s) == source).count();
        let Some(digest) = outcome.inputs.iter().find(|d| d.file == *file) else { continue };
        let rows = digest.rows.map_or(String::new(), |r| r.to_string());
        let encoding = digest.encoding.as_ref().map_or(String::new(), |e| format!(" {e}"));
        out.push(Text::new(
            format!("{file}{encoding}　{rows}行、うち集計に使った行 {used}"),
            format!("{file}{encoding}  {rows} rows, {used} of them used"),
        ));
        out.push(Text::same(format!("  SHA-256 {}", digest.sha256)));
    }
    for join in &wave.joins {
        let Some(digest) = outcome.inputs.iter().find(|d| d.file == join.file) else { continue };
        let names = |of: &dyn Fn(&KeyColumn) -> &String| {
            join.how.key.iter().map(|key| of(key).as_str()).collect::<Vec<_>>().join("、")
        };
        let (ours, theirs) = (names(&|key| &key.answers), names(&|key| &key.file));
        let key = if ours == theirs { ours } else { format!("{ours} = {theirs}") };
        let (file, rows) = (&join.file, digest.rows.map_or(String::new(), |r| r.to_string()));
        out.push(Text::new(
            format!("{file}（結合、キー {key}）　{rows}行"),
            format!("{file} (joined by {key})  {rows} rows"),
        ));
        out.push(Text::same(format!("  SHA-256 {}", digest.sha256)));
    }
    if let Some(file) = &wave.design.population
        && let Some(digest) = outcome.inputs.iter().find(|d| d.file == *file)
    {
        out.push(Text::new(format!("{file}（人口表）"), format!("{file} (population table)")));
        out.push(Text::same(format!("  SHA-256 {}", digest.sha256)));
    }
    for file in &wave.cleaning_logs {
        let Some(digest) = outcome.inputs.iter().find(|d| d.file == *file) else { continue };
        let of_log = || data.changes.iter().filter(|c| c.log.file.as_ref() == Some(file));
        let is_own = |c: &&AppliedChange| c.place.question.as_deref().is_some_and(|q| own.contains(&q));
        let changed = of_log().filter(is_own).count();
        let removed = of_log().filter(|c| c.action == Action::Remove).count();
        out.push(Text::new(
            format!("{file}（修正記録）　この設問の回答を直した件数 {changed}、除いた票 {removed}"),
            format!(
                "{file} (cleaning log)  {changed} answers to this question changed, {removed} returns \
                 taken out"
            ),
        ));
        out.push(Text::same(format!("  SHA-256 {}", digest.sha256)));
    }
    out
}
