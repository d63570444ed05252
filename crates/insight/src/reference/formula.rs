//! Formulas, worked out by walking over what was written for every event: no atoms, no types, no folding.

use std::collections::BTreeSet;

use insula_model::{DatasetDefinition, Event};
use jiff::tz::TimeZone;

use super::evaluate::{number, text};
use crate::formula::{Compared, Datum, Kind, Node, Sign, parse};

/// What a formula is asked in.
pub(super) struct Asked<'a> {
    pub(super) dataset: &'a DatasetDefinition,
    pub(super) zone: &'a TimeZone,
}

/// Of what a part of a formula is worked out.
#[derive(Clone, Copy)]
enum Of<'a> {
    One(&'a Event),
    Many(&'a [&'a Event]),
}

impl Asked<'_> {
    /// The number that a formula is for a group of events.
    pub(super) fn formula(&self, formula: &str, events: &[&Event]) -> Option<f64> {
        let node = parse(formula).ok()?;
        real(&self.value(&node, Of::Many(events))).map(|v| v + 0.0)
    }

    fn value(&self, node: &Node, of: Of<'_>) -> Datum {
        let two = |a: &Node, b: &Node| (self.value(a, of), self.value(b, of));
        match &node.kind {
            Kind::Number(v) => Datum::Number(*v),
            Kind::Text(t) => Datum::Text(t.clone()),
            Kind::Boolean(b) => Datum::Boolean(*b),
            Kind::Null => Datum::Null,
            Kind::Name(name) => self.named(name, of),
            Kind::Negative(a) => real(&self.value(a, of)).map_or(Datum::Null, |v| Datum::Number(-v)),
            Kind::Not(a) => match self.value(a, of) {
                Datum::Boolean(b) => Datum::Boolean(!b),
                _ => Datum::Null,
            },
            Kind::Two(sign, a, b) => {
                let (a, b) = two(a, b);
                calculate(*sign, &a, &b)
            }
            Kind::Compare(compared, a, b) => {
                let (a, b) = two(a, b);
                compare(*compared, &a, &b)
            }
            Kind::IsNull(a, not) => Datum::Boolean((self.value(a, of) == Datum::Null) != *not),
            Kind::In(a, list, not) => {
                let a = self.value(a, of);
                let same = list.iter().map(|b| compare(Compared::Equal, &a, &self.value(b, of)));
                let any = same.fold(Datum::Boolean(false), |x, y| calculate(Sign::Or, &x, &y));
                flipped(any, *not)
            }
            Kind::Between(a, low, high, not) => {
                let a = self.value(a, of);
                let low = compare(Compared::AtLeast, &a, &self.value(low, of));
                let high = compare(Compared::AtMost, &a, &self.value(high, of));
                flipped(calculate(Sign::And, &low, &high), *not)
            }
            Kind::Case(arms, otherwise) => {
                let first = arms.iter().find(|(when, _)| self.value(when, of) == Datum::Boolean(true));
                match (first, otherwise) {
                    (Some((_, then)), _) => self.value(then, of),
                    (None, Some(otherwise)) => self.value(otherwise, of),
                    (None, None) => Datum::Null,
                }
            }
            Kind::Call { name, args, distinct, filter } => match (name.as_str(), of) {
                ("sum" | "avg" | "min" | "max" | "count" | "last", Of::Many(events)) => {
                    let fits = |e: &&&Event| {
                        filter.as_ref().is_none_or(|f| self.value(f, Of::One(e)) == Datum::Boolean(true))
                    };
                    let events: Vec<&Event> = events.iter().filter(fits).copied().collect();
                    self.aggregate(name, args.first(), *distinct, &events)
                }
                _ => self.call(name, args, of),
            },
        }
    }

    fn named(&self, name: &str, of: Of<'_>) -> Datum {
        let measure = self.dataset.measure(name).is_some();
        match of {
            Of::One(event) if measure => number(event, name).map_or(Datum::Null, Datum::Number),
            Of::One(event) => text(event, name).map_or(Datum::Null, |t| Datum::Text(t.to_owned())),
            Of::Many(events) if measure => {
                Datum::Number(events.iter().filter_map(|e| number(e, name)).sum::<f64>() + 0.0)
            }
            Of::Many(events) => {
                let formula = self.dataset.calculated(name).map(|c| c.formula.clone()).unwrap_or_default();
                self.formula(&formula, events).map_or(Datum::Null, Datum::Number)
            }
        }
    }

    #[expect(clippy::cast_precision_loss, reason = "counts of events in memory")]
    fn aggregate(&self, name: &str, of: Option<&Node>, distinct: bool, events: &[&Event]) -> Datum {
        let Some(of) = of else { return Datum::Number(events.len() as f64) };
        let values: Vec<Datum> =
            events.iter().map(|e| self.value(of, Of::One(e))).filter(|v| *v != Datum::Null).collect();
        let numbers: Vec<f64> = values.iter().filter_map(real).collect();
        let sum = numbers.iter().sum::<f64>() + 0.0;
        let found = match name {
            "sum" => Some(sum),
            "avg" => (!numbers.is_empty()).then(|| sum / numbers.len() as f64),
            "min" => numbers.into_iter().reduce(f64::min),
            "max" => numbers.into_iter().reduce(f64::max),
            "last" => {
                let pairs = events.iter().filter_map(|e| Some((e.at, real(&self.value(of, Of::One(e)))?)));
                pairs.max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1))).map(|(_, v)| v)
            }
            _ if distinct => Some(
                values.iter().map(|v| format!("{v:?}").replace("-0.0", "0.0")).collect::<BTreeSet<_>>().len()
                    as f64,
            ),
            _ => Some(values.len() as f64),
        };
        found.map_or(Datum::Null, Datum::Number)
    }

    fn call(&self, name: &str, args: &[Node], of: Of<'_>) -> Datum {
        if let (Of::One(event), "year" | "month" | "day" | "weekday" | "hour") = (of, name) {
            let local = event.at.to_zoned(self.zone.clone());
            return Datum::Number(match name {
                "year" => f64::from(local.year()),
                "month" => f64::from(local.month()),
                "day" => f64::from(local.day()),
                "weekday" => f64::from(local.weekday().to_monday_one_offset()),
                _ => f64::from(local.hour()),
            });
        }
        let values: Vec<Datum> = args.iter().map(|arg| self.value(arg, of)).collect();
        let numbers: Vec<f64> = values.iter().filter_map(real).collect();
        let texts: Vec<String> = values.iter().filter_map(words).collect();
        let some = |v: Option<f64>| v.map_or(Datum::Null, Datum::Number);
        match name {
            "coalesce" => return values.into_iter().find(|v| *v != Datum::Null).unwrap_or(Datum::Null),
            "greatest" => return some(numbers.into_iter().reduce(f64::max)),
            "least" => return some(numbers.into_iter().reduce(f64::min)),
            "concat" => return Datum::Text(texts.concat()),
            "nullif" => {
                let same = compare(Compared::Equal, &values[0], &values[1]) == Datum::Boolean(true);
                return if same { Datum::Null } else { values[0].clone() };
            }
            _ if values.contains(&Datum::Null) => return Datum::Null,
            _ => {}
        }
        let (n, m) = (numbers.first().copied().unwrap_or_default(), numbers.get(1).copied());
        let (t, u) = (texts.first().cloned().unwrap_or_default(), texts.get(1).cloned().unwrap_or_default());
        match name {
            "abs" => Datum::Number(n.abs()),
            "floor" => Datum::Number(n.floor()),
            "ceil" | "ceiling" => Datum::Number(n.ceil()),
            "round" => {
                let scale = 10_f64.powf(m.unwrap_or_default());
                Datum::Number((n * scale).round_ties_even() / scale)
            }
            "sqrt" => some((n >= 0.0).then(|| n.sqrt())),
            "ln" => some((n > 0.0).then(|| n.ln())),
            "power" => limited(n.powf(m.unwrap_or_default())),
            "lower" => Datum::Text(t.to_lowercase()),
            "upper" => Datum::Text(t.to_uppercase()),
            #[expect(clippy::cast_precision_loss, reason = "a short text")]
            "length" => Datum::Number(t.chars().count() as f64),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a small whole number"
            )]
            "left" => Datum::Text(t.chars().take(n as usize).collect()),
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a small whole number"
            )]
            "right" => {
                let back: Vec<char> = t.chars().rev().take(n as usize).collect();
                Datum::Text(back.into_iter().rev().collect())
            }
            "starts_with" => Datum::Boolean(t.starts_with(&u)),
            "contains" => Datum::Boolean(t.to_lowercase().contains(&u.to_lowercase())),
            _ => Datum::Null,
        }
    }
}

fn real(value: &Datum) -> Option<f64> {
    if let Datum::Number(v) = value { Some(*v) } else { None }
}

fn words(value: &Datum) -> Option<String> {
    if let Datum::Text(t) = value { Some(t.clone()) } else { None }
}

fn flipped(value: Datum, not: bool) -> Datum {
    match value {
        Datum::Boolean(b) => Datum::Boolean(b != not),
        other => other,
    }
}

/// Nothing for what is beyond any sensible number.
fn limited(value: f64) -> Datum {
    if value.is_finite() && value.abs() < 1e100 { Datum::Number(value) } else { Datum::Null }
}

fn calculate(sign: Sign, a: &Datum, b: &Datum) -> Datum {
    match (sign, a, b) {
        (Sign::And, Datum::Boolean(false), _) | (Sign::And, _, Datum::Boolean(false)) => {
            Datum::Boolean(false)
        }
        (Sign::Or, Datum::Boolean(true), _) | (Sign::Or, _, Datum::Boolean(true)) => Datum::Boolean(true),
        (_, Datum::Null, _) | (_, _, Datum::Null) => Datum::Null,
        (Sign::And, ..) => Datum::Boolean(true),
        (Sign::Or, ..) => Datum::Boolean(false),
        (Sign::Join, Datum::Text(a), Datum::Text(b)) => Datum::Text(format!("{a}{b}")),
        (Sign::Add, Datum::Number(a), Datum::Number(b)) => Datum::Number(a + b),
        (Sign::Subtract, Datum::Number(a), Datum::Number(b)) => Datum::Number(a - b),
        (Sign::Multiply, Datum::Number(a), Datum::Number(b)) => limited(a * b),
        (Sign::Divide, Datum::Number(a), Datum::Number(b)) => limited(a / b),
        _ => Datum::Null,
    }
}

fn compare(compared: Compared, a: &Datum, b: &Datum) -> Datum {
    let order = match (a, b) {
        (Datum::Number(a), Datum::Number(b)) => a.partial_cmp(b),
        (Datum::Text(a), Datum::Text(b)) => Some(a.as_bytes().cmp(b.as_bytes())),
        (Datum::Boolean(a), Datum::Boolean(b)) => Some(a.cmp(b)),
        _ => None,
    };
    order.map_or(Datum::Null, |order| {
        Datum::Boolean(match compared {
            Compared::Equal => order.is_eq(),
            Compared::Unequal => order.is_ne(),
            Compared::Less => order.is_lt(),
            Compared::AtMost => order.is_le(),
            Compared::Greater => order.is_gt(),
            Compared::AtLeast => order.is_ge(),
        })
    })
}
