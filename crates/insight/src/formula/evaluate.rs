//! A formula worked out in Rust, over the atoms of a group of events.
//!
//! What must always hold: this is what PostgreSQL works out for what [`super::write`] writes, nulls included.

use std::cmp::Ordering;

use super::tree::{Compared, Datum, Expression, Function};
use super::{GREATEST, LEAST};

/// The value of an expression over atoms. Parts of single events are PostgreSQL's; here they are nothing.
pub(crate) fn evaluate(expression: &Expression, atoms: &[Option<f64>]) -> Datum {
    match expression {
        Expression::Number(value) => Datum::Number(*value),
        Expression::Count(count) => Datum::Number(f64::from(*count)),
        Expression::Text(text) => Datum::Text(text.clone()),
        Expression::Boolean(value) => Datum::Boolean(*value),
        Expression::Null | Expression::Measure(_) | Expression::Dimension(_) | Expression::Time => {
            Datum::Null
        }
        Expression::Atom(place) => number(atoms.get(*place).copied().flatten()),
        Expression::Call(Function::Case, args) => case(args, atoms),
        Expression::Call(function, args) => {
            let values: Vec<Datum> = args.iter().map(|arg| evaluate(arg, atoms)).collect();
            call(*function, &values)
        }
    }
}

fn number(value: Option<f64>) -> Datum {
    value.map_or(Datum::Null, Datum::Number)
}

fn truth(value: Option<bool>) -> Datum {
    value.map_or(Datum::Null, Datum::Boolean)
}

/// Nothing for what is beyond the greatest number, zero for what is nearer to it than the least.
fn fit(value: f64) -> Option<f64> {
    (value.abs() < GREATEST).then(|| flush(value))
}

fn flush(value: f64) -> f64 {
    value + LEAST - LEAST
}

impl Datum {
    pub(crate) fn number(&self) -> Option<f64> {
        if let Self::Number(value) = self { Some(*value) } else { None }
    }

    fn text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn truth(&self) -> Option<bool> {
        if let Self::Boolean(value) = self { Some(*value) } else { None }
    }

    /// How two values of one type lie to one another; nothing when one is nothing.
    pub(crate) fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.partial_cmp(b),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            (Self::Boolean(a), Self::Boolean(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }
}

impl Compared {
    pub(crate) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Equal => order.is_eq(),
            Self::Unequal => order.is_ne(),
            Self::Less => order.is_lt(),
            Self::AtMost => order.is_le(),
            Self::Greater => order.is_gt(),
            Self::AtLeast => order.is_ge(),
        }
    }
}

fn case(args: &[Expression], atoms: &[Option<f64>]) -> Datum {
    let (arms, otherwise) = args.split_at(args.len() / 2 * 2);
    for arm in arms.chunks(2) {
        if evaluate(&arm[0], atoms) == Datum::Boolean(true) {
            return evaluate(&arm[1], atoms);
        }
    }
    otherwise.first().map_or(Datum::Null, |node| evaluate(node, atoms))
}

/// `and` and `or` of what may be unknown; `sure` is the value that decides.
fn joined(values: &[Datum], sure: bool) -> Option<bool> {
    let truths: Vec<Option<bool>> = values.iter().map(Datum::truth).collect();
    if truths.contains(&Some(sure)) {
        Some(sure)
    } else if truths.contains(&None) {
        None
    } else {
        Some(!sure)
    }
}

fn call(function: Function, args: &[Datum]) -> Datum {
    let null = Datum::Null;
    let (first, second) = (args.first().unwrap_or(&null), args.get(1).unwrap_or(&null));
    let one = |f: fn(f64) -> f64| number(first.number().map(f));
    let two = |f: &dyn Fn(f64, f64) -> Option<f64>| {
        number(first.number().zip(second.number()).and_then(|(a, b)| f(a, b)))
    };
    let text = |f: &dyn Fn(&str) -> String| first.text().map_or(Datum::Null, |t| Datum::Text(f(t)));
    let texts = |f: &dyn Fn(&str, &str) -> bool| truth(first.text().zip(second.text()).map(|(a, b)| f(a, b)));
    let present = || args.iter().filter_map(Datum::number);
    match function {
        Function::Add => two(&|a, b| Some(a + b)),
        Function::Subtract => two(&|a, b| Some(a - b)),
        Function::Multiply => two(&|a, b| fit(flush(a) * flush(b))),
        Function::Divide => two(&|a, b| if flush(b) == 0.0 { None } else { fit(flush(a) / flush(b)) }),
        Function::Negative => one(|a| -a),
        Function::And => truth(joined(args, false)),
        Function::Or => truth(joined(args, true)),
        Function::Not => truth(first.truth().map(|value| !value)),
        Function::Compare(compared) => truth(first.order(second).map(|order| compared.holds(order))),
        Function::IsNull => Datum::Boolean(*first == Datum::Null),
        Function::IsNotNull => Datum::Boolean(*first != Datum::Null),
        Function::In => {
            let same: Vec<Datum> =
                args.iter().skip(1).map(|other| truth(first.order(other).map(Ordering::is_eq))).collect();
            truth(joined(&same, true))
        }
        Function::Between => {
            let third = args.get(2).unwrap_or(&null);
            let both = [
                truth(first.order(second).map(Ordering::is_ge)),
                truth(first.order(third).map(Ordering::is_le)),
            ];
            truth(joined(&both, false))
        }
        // Its parts are worked out one after the other, in `evaluate`.
        Function::Case => Datum::Null,
        Function::Coalesce => args.iter().find(|v| **v != Datum::Null).cloned().unwrap_or(Datum::Null),
        Function::NullIf if first.order(second) == Some(Ordering::Equal) => Datum::Null,
        Function::NullIf => first.clone(),
        Function::Greatest => number(present().reduce(f64::max)),
        Function::Least => number(present().reduce(f64::min)),
        Function::Abs => one(f64::abs),
        Function::Round => one(f64::round_ties_even),
        Function::RoundTo => two(&|a, scale| fit((flush(a) * scale).round_ties_even() / scale)),
        Function::Floor => one(f64::floor),
        Function::Ceil => one(f64::ceil),
        Function::Sqrt => number(first.number().map(flush).filter(|a| *a >= 0.0).map(f64::sqrt)),
        Function::Ln => number(first.number().map(flush).filter(|a| *a > 0.0).map(f64::ln)),
        Function::Power => two(&power),
        Function::Lower => text(&str::to_lowercase),
        Function::Upper => text(&str::to_uppercase),
        #[expect(clippy::cast_precision_loss, reason = "the length of a short text")]
        Function::Length => number(first.text().map(|t| t.chars().count() as f64)),
        Function::Concat => Datum::Text(args.iter().filter_map(Datum::text).collect()),
        Function::Join => match (first, second) {
            (Datum::Text(a), Datum::Text(b)) => Datum::Text(format!("{a}{b}")),
            _ => Datum::Null,
        },
        Function::Left => text(&|t| t.chars().take(count(second)).collect()),
        Function::Right => text(&|t| {
            let length = t.chars().count();
            t.chars().skip(length.saturating_sub(count(second))).collect()
        }),
        Function::StartsWith => texts(&|a, b| a.starts_with(b)),
        Function::Contains => texts(&|a, b| a.to_lowercase().contains(&b.to_lowercase())),
        // Of single events only.
        Function::Year | Function::Month | Function::Day | Function::Weekday | Function::Hour => Datum::Null,
    }
}

/// How many characters; written as a whole number from 0 to 256.
fn count(value: &Datum) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number from 0 to 256"
    )]
    value.number().map_or(0, |n| n as usize)
}

fn power(base: f64, exponent: f64) -> Option<f64> {
    let base = fit(base)?;
    if (exponent < 0.0 && base == 0.0) || (exponent.fract() != 0.0 && base < 0.0) {
        return None;
    }
    fit(base.powf(exponent))
}
