//! The whole way of one number: from the files to the figure that is printed.

use super::adhoc::breakdown;
use super::estimates::{measure_id, options, shares_in};
use super::plan::{Definition, Plan, Sample, ShareDefinition};
use super::run::Outcome;
use super::trend::{trend, trend_of_group};
use super::wave::{WaveData, counted};
use crate::decode::{Base, BaseLedger, Responses};
use crate::edits::{Action, AppliedChange};
use crate::error::{Diagnostic, Result};
use crate::estimate::{DeffReference, Estimate, IntervalBasis};
use crate::indicator::{CellContent, DataKind, EstimateRecord, FiscalYear, NumberKey, ObservedValue, Source};
use crate::report::{policy_lines, round};
use crate::text::Text;
use crate::text::suggest::nearest;
use crate::waves::Counterpart;

/// A headed part of an explanation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its head.
    pub title: Text,
    /// Its lines.
    pub lines: Vec<Text>,
}

/// Explains the number with the key `key`: an `analysis_key` of `estimates.csv`
/// (`citizen/R4/volunteer-intent`, with `/性別=女性` for a part of a breakdown), or
/// `admin/R6/hotnet-promoters` for a figure of an office.
///
/// # Errors
/// A key that the plan has no number for; the nearest key as help.
pub fn explain(plan: &Plan, outcome: &Outcome, key: &str) -> Result<Vec<Section>> {
    let found = key.parse::<NumberKey>().ok().and_then(|key| {
        let record = outcome.estimates.iter().find(|r| r.key == key);
        record.map(|record| of_estimate(plan, outcome, record)).or_else(|| of_office(plan, outcome, &key))
    });
    if let Some(sections) = found {
        return Ok(sections);
    }
    let known: Vec<String> = keys(plan, outcome).iter().map(NumberKey::to_string).collect();
    let mut diagnostic = Diagnostic::new(
        "plan::unknown-number",
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
pub fn keys(plan: &Plan, outcome: &Outcome) -> Vec<NumberKey> {
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

fn reported_source(content: &CellContent) -> Option<&Source> {
    match content {
        CellContent::Value(o) if matches!(o.value, ObservedValue::Reported(_)) => Some(&o.source),
        _ => None,
    }
}

fn synthetic() -> Text {
    Text::new("※ 合成データです", "※ 合成データ (synthetic data)")
}

fn section(ja: &str, en: &str, lines: Vec<Text>) -> Section {
    Section { title: Text::new(ja, en), lines }
}

fn of_office(plan: &Plan, outcome: &Outcome, key: &NumberKey) -> Option<Vec<Section>> {
    for (i, (item, row)) in plan.indicators.iter().zip(&outcome.table.rows).enumerate() {
        for (m, of) in item.measures.iter().enumerate() {
            let measure = row.measures.get(m)?;
            let Some(cell) = measure.cells.iter().find(|c| office_key(plan, i, m, c.year) == *key) else {
                continue;
            };
            let CellContent::Value(observation) = &cell.content else { continue };
            let ObservedValue::Reported(quantity) = &observation.value else { continue };
            let mut value = vec![Text::same(format!("{} {} {quantity}", item.title, cell.year.long()))];
            if matches!(&observation.source, Source::Admin { data: DataKind::Synthetic, .. }) {
                value.push(synthetic());
            }
            value.extend(observation.note.as_ref().map(Text::same));
            let mut from = Vec::new();
            match &observation.source {
                Source::Admin { place, .. } => {
                    from.push(Text::new(
                        place.words(crate::text::Lang::Ja),
                        place.words(crate::text::Lang::En),
                    ));
                    from.extend(
                        outcome
                            .inputs
                            .iter()
                            .find(|d| Some(&d.file) == place.file.as_ref())
                            .map(|d| Text::same(format!("SHA-256 {}", d.sha256))),
                    );
                }
                Source::Published => from.push(Text::new(
                    "計画に書かれた公表値（元ファイルなし）",
                    "a published figure, written in the plan; there is no raw file",
                )),
                Source::Survey { .. } => {}
            }
            if let Some(Definition::Count { item, .. }) = &of.definition {
                from.push(Text::new(format!("項目「{item}」"), format!("item \"{item}\"")));
            }
            return Some(vec![section("数値", "Value", value), section("出所", "Source", from)]);
        }
    }
    None
}

fn of_estimate(plan: &Plan, outcome: &Outcome, record: &EstimateRecord) -> Vec<Section> {
    let found = outcome.waves.iter().find(|d| {
        let survey = &plan.surveys[d.survey];
        Some(survey.key.as_str()) == record.key.survey()
            && Some(survey.waves[d.wave].year) == record.key.wave()
    });
    let Some(data) = found else { return Vec::new() };
    let share = shares_in(plan, data).into_iter().find(|s| Some(s.id.as_str()) == record.key.indicator());
    let Some(definition) = share.map(|s| s.definition) else { return Vec::new() };
    let survey = &plan.surveys[data.survey];
    let question = &survey.questionnaire.questions[definition.question];
    let mut what = vec![
        Text::same(format!("{} {}", survey.title, survey.waves[data.wave].year.long())),
        Text::same(format!("{}　{}", question.id, question.text)),
    ];
    if let Some(derivation) = &data.questionnaire.questions[definition.question].derivation {
        let id = |q: usize| data.questionnaire.questions.get(q).map_or("", |q| q.id.as_str());
        let made = derivation.words(id);
        what.push(Text::new(format!("派生変数: {}", made.ja), format!("derived: {}", made.en)));
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
    let mut sections = vec![
        section("設問", "Question", what),
        section(
            "選択肢（数えるものに○）",
            "Options (○ counts)",
            options_lines(plan, data, definition, record),
        ),
        section(
            "集計母数",
            "Base",
            base_lines(definition.base, &data.answers.ledger[definition.question], record),
        ),
        section("標本設計", "Design", design_lines(survey.waves[data.wave].sample, data)),
        section("計算", "Computation", formula_lines(plan, data, &record.estimate)),
        section("ファイル", "Files", file_lines(outcome, data, plan, definition.question)),
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
    definition: &ShareDefinition,
    record: &EstimateRecord,
) -> Vec<Text> {
    let survey = &plan.surveys[data.survey];
    let mut out = Vec::new();
    if let Some(paper) = &survey.waves[data.wave].paper
        && let Some(Counterpart::Asked(asked)) = paper.mapping.counterparts.get(definition.question)
        && let Some(own) = paper.questionnaire.questions.get(asked.question)
    {
        let reference = &survey.questionnaire.questions[definition.question];
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
            let counts = definition.categories.contains(&k);
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

fn options_lines(
    plan: &Plan,
    data: &WaveData,
    definition: &ShareDefinition,
    record: &EstimateRecord,
) -> Vec<Text> {
    let responses = &data.answers.responses[definition.question];
    let inside = part_of(data, record);
    let count = |k: usize| -> usize {
        let marked = |row: usize| match responses {
            Responses::Single(rows) => matches!(rows.get(row), Some(Ok(c)) if usize::from(*c) == k),
            Responses::Multiple(rows) => matches!(rows.get(row), Some(Ok(bits)) if bits >> k & 1 == 1),
            Responses::Number(_) | Responses::Text(_) => false,
        };
        inside.iter().enumerate().filter(|(row, inside)| **inside && marked(*row)).count()
    };
    let categories = data.questionnaire.questions[definition.question].categories();
    let counts = counted(plan, data, definition);
    let line = |(k, c): (usize, &crate::questionnaire::Category)| {
        let mark = if counts.contains(&k) { "○" } else { "　" };
        Text::new(
            format!("{mark} {} {}　{}件", c.code, c.label, count(k)),
            format!("{mark} {} {}  {}", c.code, c.label, count(k)),
        )
    };
    let mut out: Vec<Text> = categories.iter().enumerate().map(line).collect();
    let whom = if record.key.groups.is_empty() {
        Text::new("全有効回答者", "all valid returns")
    } else {
        Text::new("この区分の回答者", "this part")
    };
    out.push(Text::new(
        format!("（{}での件数。複数の選択肢を選んだ人は1人と数える）", whom.ja),
        format!("(counts over {}; who chose several of them counts once)", whom.en),
    ));
    out
}

/// Who is in the record's part of the breakdown; everyone where it is 全体.
fn part_of(data: &WaveData, record: &EstimateRecord) -> Vec<bool> {
    let names: Vec<String> = record.key.groups.iter().map(|g| g.variable.clone()).collect();
    let found = breakdown(&data.variables(), &names).ok().and_then(|by| {
        let group = |name: &Vec<(String, String)>| {
            name.iter().zip(&record.key.groups).all(|((_, value), g)| *value == g.value)
        };
        by.iter().find_map(|by| by.names.iter().position(group).map(|at| by.groups.mask(at)))
    });
    found.unwrap_or_else(|| vec![false; data.answers.rows])
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

fn base_lines(base: Base, l: &BaseLedger, record: &EstimateRecord) -> Vec<Text> {
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
        Text::new(
            format!(
                "base = \"{}\": {} → n = {}{}",
                base.name(),
                base_words(base).ja,
                record.estimate.n,
                if record.key.groups.is_empty() { "" } else { "（この区分の中）" }
            ),
            format!(
                "base = \"{}\": {} → n = {}{}",
                base.name(),
                base_words(base).en,
                record.estimate.n,
                if record.key.groups.is_empty() { "" } else { " (inside this part)" }
            ),
        ),
    ]
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

fn formula_lines(plan: &Plan, data: &WaveData, e: &Estimate) -> Vec<Text> {
    let mut out = Vec::new();
    let Ok(p) = e.value else {
        return vec![e.value.as_ref().err().map_or(Text::same(""), |reason| {
            Text::new(format!("求められない: {reason}"), format!("not estimable: {reason}"))
        })];
    };
    let yes = e.n_yes.unwrap_or(0);
    let unweighted = data.built.design.weights().iter().all(|w| *w == 1.0);
    if unweighted {
        let shown = round::percent_of(yes, e.n, 1);
        out.push(Text::same(format!("p = {yes} / {} = {p} → {shown} %", e.n)));
    } else {
        let shown = round::percent(p, 1);
        out.push(Text::new(
            format!(
                "p = Σw·y / Σw = {} / {} = {p} → {shown} %（該当 {yes} 人 / n = {} 人）",
                p * e.n_weighted,
                e.n_weighted,
                e.n
            ),
            format!(
                "p = Σw·y / Σw = {} / {} = {p} → {shown} % ({yes} of n = {} respondents)",
                p * e.n_weighted,
                e.n_weighted,
                e.n
            ),
        ));
    }
    if let Ok(se) = e.se {
        out.push(Text::new(
            format!("標準誤差 SE = {se}（線形化法、自由度 {}）", e.df.domain),
            format!("standard error SE = {se} (linearisation, {} degrees of freedom)", e.df.domain),
        ));
    }
    if let Ok(deff) = &e.deff {
        let reference = match deff.reference {
            DeffReference::WithoutReplacement => Text::new(
                "非復元単純無作為抽出に対して",
                "against simple random sampling without replacement",
            ),
            DeffReference::WithReplacement => {
                Text::new("復元単純無作為抽出に対して", "against simple random sampling with replacement")
            }
        };
        out.push(Text::new(
            format!("デザイン効果 {:.4}（{}）", deff.value, reference.ja),
            format!("design effect {:.4} ({})", deff.value, reference.en),
        ));
    }
    if let Ok(n_eff) = e.n_eff {
        out.push(Text::new(
            format!("有効標本数 p(1−p)/SE² = {n_eff:.1}"),
            format!("effective sample size p(1−p)/SE² = {n_eff:.1}"),
        ));
    }
    match &e.interval {
        Ok(i) => {
            let basis = match options(plan, data).basis {
                IntervalBasis::Binomial => Text::new(
                    "二項分布の古典的な式、nと正規分布による",
                    "the classical binomial formula, with n and the normal quantile",
                ),
                IntervalBasis::Design => Text::new(
                    "標本設計による分散と t 分布による",
                    "with the design's variance and the t quantile",
                ),
            };
            let level = round::percent(i.level, 0);
            out.push(Text::new(
                format!(
                    "{level} %信頼区間（{}、{}）= {}～{} → {}～{} %",
                    i.method,
                    basis.ja,
                    i.low,
                    i.high,
                    round::percent(i.low, 1),
                    round::percent(i.high, 1)
                ),
                format!(
                    "{level} % interval ({}, {}) = {} to {} → {} to {} %",
                    i.method,
                    basis.en,
                    i.low,
                    i.high,
                    round::percent(i.low, 1),
                    round::percent(i.high, 1)
                ),
            ));
        }
        Err(reason) => out.push(Text::new(
            format!("信頼区間: なし（{}）", reason.text().ja),
            format!("interval: none ({})", reason.text().en),
        )),
    }
    out
}

fn file_lines(outcome: &Outcome, data: &WaveData, plan: &Plan, question: usize) -> Vec<Text> {
    let survey = &plan.surveys[data.survey];
    let wave = &survey.waves[data.wave];
    // The questions whose answers it is, or is made of.
    let own: Vec<&str> = match &wave.paper {
        Some(paper) => {
            let of_paper = paper.mapping.own_of(question).into_iter();
            of_paper.filter_map(|q| paper.questionnaire.questions.get(q)).map(|q| q.id.as_str()).collect()
        }
        None => {
            let all = survey.questionnaire.made_of(question).into_iter().chain([question]);
            all.filter_map(|q| survey.questionnaire.questions.get(q)).map(|q| q.id.as_str()).collect()
        }
    };
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
