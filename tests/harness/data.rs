//! CSV columns, conditions on them, outcomes and groups, as the oracle's `schema` states them.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::{Map, Value};
use shihyo::estimate::Outcome::{No, Outside, Yes};
use shihyo::estimate::{Groups, NO_GROUP, Outcomes};

pub type Outcome<T> = Result<T, String>;

/// One column: texts, and numbers when every text is one.
pub struct Column {
    texts: Vec<Option<String>>,
    numbers: Option<Vec<f64>>,
}

impl Column {
    fn new(texts: Vec<Option<String>>) -> Self {
        let parsed: Option<Vec<f64>> =
            texts.iter().map(|t| t.as_ref().map_or(Some(f64::NAN), |t| t.parse().ok())).collect();
        Self { texts, numbers: parsed }
    }

    pub fn numbers(&self) -> Outcome<&[f64]> {
        self.numbers.as_deref().ok_or_else(|| "a column of text where numbers are needed".to_owned())
    }

    /// A value as a key shows it: a number when the column is numeric.
    fn key(&self, row: usize) -> Option<Value> {
        let text = self.texts[row].as_ref()?;
        Some(match &self.numbers {
            Some(n) => Value::from(n[row]),
            None => Value::from(text.clone()),
        })
    }

    fn equals(&self, row: usize, code: &Value) -> bool {
        match (code, &self.texts[row]) {
            (Value::String(code), Some(text)) => code == text,
            (Value::Number(code), Some(_)) => {
                self.numbers.as_ref().is_some_and(|n| code.as_f64() == Some(n[row]))
            }
            _ => false,
        }
    }

    /// Codes 0, 1, … of the texts in text order, and the texts.
    pub fn codes(&self) -> (Vec<u32>, Vec<String>) {
        let mut levels: Vec<String> = self.texts.iter().flatten().cloned().collect();
        levels.sort();
        levels.dedup();
        let index: BTreeMap<&String, u32> = levels.iter().zip(0..).collect();
        let codes = self.texts.iter().map(|t| t.as_ref().map_or(u32::MAX, |t| index[t])).collect();
        (codes, levels)
    }
}

pub struct Table {
    pub rows: usize,
    columns: BTreeMap<String, Column>,
}

impl Table {
    pub fn read(path: &Path) -> Outcome<Self> {
        let mut reader = csv::Reader::from_path(path).map_err(|e| format!("{}: {e}", path.display()))?;
        let names: Vec<String> =
            reader.headers().map_err(|e| e.to_string())?.iter().map(str::to_owned).collect();
        let mut cells: Vec<Vec<Option<String>>> = vec![Vec::new(); names.len()];
        for record in reader.records() {
            let record = record.map_err(|e| e.to_string())?;
            for (cell, text) in cells.iter_mut().zip(record.iter()) {
                cell.push((!text.is_empty()).then(|| text.to_owned()));
            }
        }
        let rows = cells.first().map_or(0, Vec::len);
        Ok(Self { rows, columns: names.into_iter().zip(cells.into_iter().map(Column::new)).collect() })
    }

    pub fn column(&self, name: &Value) -> Outcome<&Column> {
        let name = text(name)?;
        self.columns.get(name).ok_or_else(|| format!("no column {name}"))
    }

    /// The condition `spec` on the column `var` for every row; false where missing.
    fn condition(&self, var: &Value, spec: &Map<String, Value>) -> Outcome<Vec<bool>> {
        let column = self.column(var)?;
        let mut holds: Vec<bool> = column.texts.iter().map(Option::is_some).collect();
        for (key, value) in spec {
            let codes = || value.as_array().ok_or_else(|| format!("{key} needs a list"));
            let limit = || value.as_f64().ok_or_else(|| format!("{key} needs a number"));
            match key.as_str() {
                "var" => {}
                "in" => {
                    let codes = codes()?;
                    (0..self.rows).for_each(|row| holds[row] &= codes.iter().any(|c| column.equals(row, c)));
                }
                "not_in" => {
                    let codes = codes()?;
                    (0..self.rows).for_each(|row| holds[row] &= !codes.iter().any(|c| column.equals(row, c)));
                }
                "ge" | "gt" | "le" | "lt" => {
                    let (numbers, limit) = (column.numbers()?, limit()?);
                    for (holds, x) in holds.iter_mut().zip(numbers) {
                        *holds &= match key.as_str() {
                            "ge" => *x >= limit,
                            "gt" => *x > limit,
                            "le" => *x <= limit,
                            _ => *x < limit,
                        };
                    }
                }
                other => return Err(format!("unknown condition {other}")),
            }
        }
        Ok(holds)
    }

    /// A list of conditions, all of which must hold.
    pub fn domain(&self, conditions: &Value) -> Outcome<Vec<bool>> {
        let mut holds = vec![true; self.rows];
        for condition in list(conditions)? {
            let spec = object(condition)?;
            for (holds, one) in holds.iter_mut().zip(self.condition(&condition["var"], spec)?) {
                *holds &= one;
            }
        }
        Ok(holds)
    }

    /// A group condition, with rows whose variable is missing told apart.
    pub fn split(&self, condition: &Value) -> Outcome<Vec<Option<bool>>> {
        let holds = self.condition(&condition["var"], object(condition)?)?;
        let column = self.column(&condition["var"])?;
        Ok(holds.into_iter().zip(&column.texts).map(|(h, t)| t.as_ref().map(|_| h)).collect())
    }

    /// An outcome: numbers, or codes of a share.
    pub fn outcome(&self, outcome: &Value) -> Outcome<Measured> {
        let spec = object(outcome)?;
        let column = self.column(&outcome["var"])?;
        let known: Vec<bool> = match spec.get("valid") {
            None | Some(Value::Null) => column.texts.iter().map(Option::is_some).collect(),
            Some(valid) => self.condition(&outcome["var"], object(valid)?)?,
        };
        for key in spec.keys() {
            if !["var", "yes", "valid", "scores", "plus", "minus"].contains(&key.as_str()) {
                return Err(format!("unknown outcome {key}"));
            }
        }
        if let Some(yes) = spec.get("yes") {
            let yes = self.condition(&outcome["var"], object(yes)?)?;
            let codes = yes.iter().zip(&known).map(|(y, k)| if *k { (*y).into() } else { Outside });
            return Ok(Measured::Share(codes.collect()));
        }
        if let Some(scores) = spec.get("scores") {
            let scores = object(scores)?;
            let score =
                |row: usize| column.texts[row].as_ref().and_then(|t| scores.get(t)).and_then(Value::as_f64);
            return Ok(Measured::Number(keep(&known, |row| score(row).unwrap_or(f64::NAN))));
        }
        if let (Some(plus), Some(minus)) = (spec.get("plus"), spec.get("minus")) {
            let plus = self.condition(&outcome["var"], object(plus)?)?;
            let minus = self.condition(&outcome["var"], object(minus)?)?;
            let unit = |flag: bool| f64::from(u8::from(flag));
            return Ok(Measured::Number(keep(&known, |row| unit(plus[row]) - unit(minus[row]))));
        }
        let numbers = column.numbers()?;
        Ok(Measured::Number(keep(&known, |row| numbers[row])))
    }

    /// The option codes of a multiple answer's column: chosen, not chosen, missing.
    pub fn chosen(&self, var: &Value, yes: &Value) -> Outcome<Outcomes> {
        let holds = self.condition(var, object(yes)?)?;
        let column = self.column(var)?;
        Ok(holds
            .iter()
            .zip(&column.texts)
            .map(|(h, t)| {
                if *h {
                    Yes
                } else if t.is_some() {
                    No
                } else {
                    Outside
                }
            })
            .collect())
    }

    /// The combinations of the by-variables that occur in the domain, and their rows.
    pub fn groups(&self, by: &Value, domain: &[bool]) -> Outcome<(Vec<Map<String, Value>>, Groups)> {
        let names: Vec<&str> = list(by)?.iter().map(text).collect::<Outcome<_>>()?;
        let columns: Vec<&Column> = list(by)?.iter().map(|b| self.column(b)).collect::<Outcome<_>>()?;
        let mut found: BTreeMap<Vec<&String>, u32> = BTreeMap::new();
        let key_of =
            |row: usize| -> Option<Vec<&String>> { columns.iter().map(|c| c.texts[row].as_ref()).collect() };
        for row in (0..self.rows).filter(|row| domain[*row]) {
            if let Some(key) = key_of(row) {
                found.entry(key).or_default();
            }
        }
        found.values_mut().zip(0..).for_each(|(index, i)| *index = i);
        let mut keys = vec![Map::new(); found.len()];
        let of_row: Vec<u32> = (0..self.rows)
            .map(|row| {
                let group = key_of(row).filter(|_| domain[row]).map_or(NO_GROUP, |key| found[&key]);
                if group != NO_GROUP && keys[group as usize].is_empty() {
                    let entry =
                        names.iter().zip(&columns).filter_map(|(n, c)| Some(((*n).to_owned(), c.key(row)?)));
                    keys[group as usize] = entry.collect();
                }
                group
            })
            .collect();
        let groups = Groups::new(&of_row, found.len());
        Ok((keys, groups))
    }

    /// Levels `levels` of a column as codes; other values and rows outside `valid` are missing.
    pub fn levels(&self, var: &Value, levels: &[Value], valid: &Value) -> Outcome<Vec<u32>> {
        let column = self.column(var)?;
        let known = match valid {
            Value::Null => vec![true; self.rows],
            spec => self.condition(var, object(spec)?)?,
        };
        Ok((0..self.rows)
            .map(|row| {
                let present = known[row] && column.texts[row].is_some();
                // A valid answer that is not in the list stays in the base: a code past the last level.
                let level = levels.iter().position(|l| column.equals(row, l)).unwrap_or(levels.len());
                if present { level as u32 } else { u32::MAX }
            })
            .collect())
    }
}

fn keep(known: &[bool], value: impl Fn(usize) -> f64) -> Vec<f64> {
    known.iter().enumerate().map(|(row, known)| if *known { value(row) } else { f64::NAN }).collect()
}

/// An outcome's values.
pub enum Measured {
    Share(Outcomes),
    Number(Vec<f64>),
}

impl Measured {
    pub fn numbers(&self) -> Vec<f64> {
        match self {
            Self::Number(y) => y.clone(),
            Self::Share(said) => said.iter().map(|outcome| outcome.number().unwrap_or(f64::NAN)).collect(),
        }
    }
}

pub fn list(value: &Value) -> Outcome<&Vec<Value>> {
    value.as_array().ok_or_else(|| format!("{value} is no list"))
}

pub fn object(value: &Value) -> Outcome<&Map<String, Value>> {
    value.as_object().ok_or_else(|| format!("{value} is no object"))
}

pub fn text(value: &Value) -> Outcome<&str> {
    value.as_str().ok_or_else(|| format!("{value} is no text"))
}

pub fn number(value: &Value) -> Outcome<f64> {
    value.as_f64().ok_or_else(|| format!("{value} is no number"))
}
