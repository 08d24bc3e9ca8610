//! The numbers of a run against the same numbers asked by flags, in memory and streamed.

use std::collections::BTreeMap;

use shihyo::decode::Base;
use shihyo::indicator::{EstimateRecord, Flag, NumberSource};
use shihyo::pipeline::adhoc::{self, Request};
use shihyo::pipeline::{self, CompareRequest, HeldOutcome, Plan};
use shihyo::raw::ReadOptions;
use shihyo::report::estimate_tables::{Sheet, tables};
use shihyo::report::{breakdown, long};
use shihyo::text::Lang;

/// How flags ask for an indicator of a plan.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The indicator.
    pub id: String,
    /// `COL=A|B`.
    pub share: String,
    pub base: Base,
    /// The skip rule.
    pub asked_if: Vec<String>,
}

impl Asked {
    pub fn new(id: impl Into<String>, share: impl Into<String>, base: Base) -> Self {
        Self { id: id.into(), share: share.into(), base, asked_if: Vec::new() }
    }
}

/// The flags that say what a wave of a plan says.
pub struct Flags<'a> {
    /// Survey and wave.
    pub wave: (&'a str, &'a str),
    /// Files, design, breakdowns, method and level.
    pub request: Request,
    pub asked: Vec<Asked>,
    /// Variable and value of a group, as the plan names them.
    pub named: &'a dyn Fn(&str, &str) -> (String, String),
}

/// What was compared.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Compared {
    pub numbers: usize,
    /// Numbers with an interval.
    pub intervals: usize,
    /// Rows as people read them.
    pub printed: usize,
    pub requests: usize,
    pub streamed: usize,
}

impl std::ops::AddAssign for Compared {
    fn add_assign(&mut self, other: Self) {
        self.numbers += other.numbers;
        self.intervals += other.intervals;
        self.printed += other.printed;
        self.requests += other.requests;
        self.streamed += other.streamed;
    }
}

/// Everything about a number but its key and its codes, which are the plan's words or those of the flags, and
/// what only a plan knows: whether its waves may be compared.
/// A float is printed with all the digits that tell it from any other, and −0 as such.
pub fn exactly(record: &EstimateRecord) -> String {
    let reliability = |flag: &&Flag| matches!(flag, Flag::Reliability(_));
    format!(
        "{:?} {} {} {:?} of {} {} {:?} {:?} {:?}\n{:?}",
        record.basis,
        record.method,
        record.level,
        record.base,
        record.n_total,
        record.n_w_total,
        record.flags.iter().filter(reliability).collect::<Vec<_>>(),
        record.detail,
        record.reasons(),
        record.estimate,
    )
}

/// A number's groups in words.
fn groups<'a>(groups: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    groups.map(|(variable, value)| format!("{variable}={value}")).collect::<Vec<_>>().join(",")
}

/// The numbers of an indicator in a wave, by their groups.
fn of_run(records: &[EstimateRecord], wave: (&str, &str), id: &str) -> BTreeMap<String, String> {
    let here = |source: &NumberSource| match source {
        NumberSource::Survey { survey, wave: year } => (survey.as_str(), year.short().as_str()) == wave,
        _ => false,
    };
    let of = records.iter().filter(|r| here(&r.key.source) && r.key.indicator() == Some(id));
    of.map(|r| (groups(r.key.groups.iter().map(|g| (g.variable.as_str(), g.value.as_str()))), exactly(r)))
        .collect()
}

/// Of the flags, by share and groups: shares come in the order asked for, each for everyone first.
fn of_flags(
    records: &[EstimateRecord],
    shares: usize,
    named: &dyn Fn(&str, &str) -> (String, String),
) -> Vec<BTreeMap<String, String>> {
    let mut out: Vec<BTreeMap<String, String>> = Vec::new();
    for record in records {
        if record.key.groups.is_empty() {
            out.push(BTreeMap::new());
        }
        let of: Vec<(String, String)> =
            record.key.groups.iter().map(|g| named(&g.variable, &g.value)).collect();
        let key = groups(of.iter().map(|(variable, value)| (variable.as_str(), value.as_str())));
        let twice = out.last_mut().unwrap().insert(key.clone(), exactly(record));
        assert!(twice.is_none(), "{key} stands twice");
    }
    assert_eq!(out.len(), shares, "shares that differ in their words only are one number");
    out
}

/// The requests that ask for all of `asked`, each with what it asks for.
fn requests<'a>(flags: &'a Flags<'_>) -> Vec<(Request, Vec<&'a Asked>)> {
    let mut out: Vec<(Request, Vec<&Asked>)> = Vec::new();
    for asked in &flags.asked {
        let request = Request { base: asked.base, asked_if: asked.asked_if.clone(), ..flags.request.clone() };
        let same = |(known, of): &(Request, Vec<&Asked>)| {
            let plain = Request { shares: Vec::new(), ..known.clone() };
            plain == request && of.iter().all(|a| a.share != asked.share)
        };
        match out.iter_mut().find(|known| same(known)) {
            Some((known, of)) => {
                known.shares.push(asked.share.clone());
                of.push(asked);
            }
            None => out.push((Request { shares: vec![asked.share.clone()], ..request }, vec![asked])),
        }
    }
    out
}

/// Holds a run against flags.
#[track_caller]
pub fn compare(what: &str, plan: &Plan, outcome: &HeldOutcome, flags: &Flags<'_>) -> Compared {
    let mut compared = Compared::default();
    let mut wrong = Vec::new();
    for (request, asked) in requests(flags) {
        let found = adhoc::read(&request).and_then(|inputs| adhoc::compute(&request, &inputs));
        let found = found.unwrap_or_else(|e| panic!("{what}: {:?} {:?}: {e}", request.shares, request.base));
        for (asked, by_flags) in asked.iter().zip(of_flags(&found.sheet.rows, asked.len(), flags.named)) {
            let of_run = of_run(&outcome.estimates, flags.wave, &asked.id);
            assert!(!of_run.is_empty(), "{what}: the run has no {}", asked.id);
            let at = format!("{what}: {} {:?}", asked.share, asked.base);
            if !of_run.keys().eq(by_flags.keys()) {
                wrong.push(format!("{at}\n  {:?}\n  {:?}", of_run.keys(), by_flags.keys()));
                continue;
            }
            for (groups, number) in &of_run {
                compared.numbers += 1;
                compared.intervals += usize::from(number.contains("interval: Ok"));
                if *number != by_flags[groups] {
                    wrong.push(format!("{at} [{groups}]\n  {number}\n  {}", by_flags[groups]));
                }
            }
        }
        compared.printed += printed(what, plan, outcome, flags, (&asked, &found.sheet));
        compared.requests += 1;
        compared.streamed += usize::from(streams(what, &request, &found));
    }
    let shown = wrong.iter().take(6).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(wrong.is_empty(), "{} of {} numbers differ:\n{shown}", wrong.len(), compared.numbers);
    compared
}

/// What `compare` prints of the first indicator by the first breakdown, against what `estimate` prints.
fn printed(
    what: &str,
    plan: &Plan,
    outcome: &HeldOutcome,
    flags: &Flags<'_>,
    (asked, sheet): (&[&Asked], &Sheet),
) -> usize {
    let by = outcome.estimates.iter().find(|r| r.key.groups.len() == 1).map(|r| &r.key.groups[0].variable);
    let (Some(by), Some(first)) = (by, asked.first()) else { return 0 };
    let comparison = CompareRequest {
        indicator: first.id.clone(),
        by: vec![by.clone()],
        wave: Some(flags.wave.1.parse().unwrap()),
        adjust: shihyo::estimate::p_adjust::Adjustment::default(),
    };
    let compared = pipeline::compare(plan, outcome, &comparison).unwrap_or_else(|e| panic!("{what}: {e}"));
    let (_, rows) = breakdown::table(&compared, Lang::Ja);
    let of_run: BTreeMap<&str, [&str; 3]> =
        rows.iter().map(|row| (row[0].as_str(), [1, 2, 3].map(|at| row[at].as_str()))).collect();
    // The rows of the first share: everyone, and the groups of that variable alone.
    let end =
        sheet.rows.iter().skip(1).position(|r| r.key.groups.is_empty()).map_or(sheet.rows.len(), |n| n + 1);
    let shown = tables(&Sheet { rows: sheet.rows[..end].to_vec(), ..sheet.clone() }, Lang::Ja);
    let mut same = 0;
    for (record, row) in sheet.rows[..end].iter().zip(&shown[0].rows) {
        let group = match &record.key.groups[..] {
            [] => "全体".to_owned(),
            [group] => match (flags.named)(&group.variable, &group.value) {
                (variable, value) if variable == *by => value,
                _ => continue,
            },
            _ => continue,
        };
        // There a share has its sign, here it stands under one; an interval that does not exist has its
        // reason there.
        let interval = if record.estimate.interval.is_ok() { row[5].as_str() } else { "" };
        assert_eq!(
            of_run[group.as_str()],
            [row[3].as_str(), row[4].replace('%', "").as_str(), interval],
            "{what}: {} {group} as printed",
            first.share
        );
        same += 1;
    }
    assert_eq!(same, of_run.len(), "{what}: {}", first.share);
    same
}

/// Whether the request streams: then what it gives must be all that memory gives.
#[track_caller]
fn streams(what: &str, request: &Request, found: &adhoc::AdhocOutcome) -> bool {
    let Ok(quick) = adhoc::quick(request) else { return false };
    same(what, &quick.outcome, found);
    true
}

#[track_caller]
fn same(what: &str, one: &adhoc::AdhocOutcome, other: &adhoc::AdhocOutcome) {
    assert_eq!(one.findings, other.findings, "{what}");
    assert_eq!(one.sheet.notes, other.sheet.notes, "{what}");
    let [a, b] = [one, other].map(|o| String::from_utf8(long::csv(&o.sheet.rows).unwrap()).unwrap());
    assert_eq!(a, b, "{what}");
    let numbers = |o: &adhoc::AdhocOutcome| o.sheet.rows.iter().map(exactly).collect::<Vec<_>>();
    assert_eq!(numbers(one), numbers(other), "{what}");
}

/// The same from a file in pieces of any size, on any number of threads; how many ways were compared.
#[track_caller]
pub fn in_pieces(what: &str, request: &Request) -> usize {
    let whole = adhoc::quick(request).unwrap_or_else(|why| panic!("{what}: {why:?}")).outcome;
    let mut ways = 0;
    for threads in [1, 2, 4] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        for piece in [None, Some(1), Some(97), Some(1500), Some(1 << 14)] {
            let read = ReadOptions { piece, ..request.read.clone() };
            let request = Request { read, ..request.clone() };
            let quick = pool.install(|| adhoc::quick(&request));
            let quick = quick.unwrap_or_else(|why| panic!("{what}: pieces {piece:?}: {why:?}"));
            same(&format!("{what}: pieces {piece:?} on {threads} threads"), &quick.outcome, &whole);
            ways += 1;
        }
        let inputs = adhoc::read(request).unwrap();
        let memory = pool.install(|| adhoc::compute(request, &inputs)).unwrap();
        same(&format!("{what}: in memory on {threads} threads"), &memory, &whole);
        ways += 1;
    }
    ways
}
