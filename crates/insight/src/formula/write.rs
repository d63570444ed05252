//! A formula as SQL: slots for names, parameters for literals, and nothing that PostgreSQL could refuse.
//!
//! Multiplication and division keep numbers below [`super::GREATEST`] and away from what is too near to zero
//! ([`fit`]), each operand written once: a formula's SQL is as long as the formula. Sums and differences of at most
//! 200 such numbers, over however many events, stay far from what a `float8` cannot hold.

use super::tree::{Compared, Expression, Function};
use crate::statement::{Binder, Param};

/// Where the parts come from that are not the formula's own.
pub(crate) struct Surroundings<'a> {
    /// The atoms of the group, as SQL of type `float8`.
    pub(crate) atoms: &'a [String],
    /// The local time of an event, as SQL of type `timestamp`.
    pub(crate) local: &'a str,
}

/// Writes an expression; what comes out stands in brackets or is one call.
pub(crate) fn write(expression: &Expression, around: &Surroundings<'_>, binder: &mut Binder) -> String {
    match expression {
        Expression::Number(value) => binder.bind(Param::Float8(*value)),
        Expression::Count(count) => binder.bind(Param::Int4(*count)),
        Expression::Text(text) => binder.bind(Param::Text(text.clone())),
        Expression::Boolean(true) => "true".to_owned(),
        Expression::Boolean(false) => "false".to_owned(),
        Expression::Null => "NULL".to_owned(),
        Expression::Measure(slot) => format!("m{slot}"),
        Expression::Dimension(slot) => format!("d{slot}"),
        Expression::Time => "at".to_owned(),
        Expression::Atom(place) => around.atoms.get(*place).cloned().unwrap_or_else(|| "NULL".to_owned()),
        Expression::Call(function, args) => call(*function, args, around, binder),
    }
}

/// Null for what is beyond the greatest number (`greatest` and `least` pass over nulls, `nullif` brings them back),
/// zero for what is too near to it.
fn fit(sql: &str) -> String {
    format!("(nullif(least(nullif(greatest({sql}, -1e100), -1e100), 1e100), 1e100) + 1e-80 - 1e-80)")
}

/// An operand that is a literal or was [`fit`] stays as it is.
fn flushed(expression: &Expression, sql: &str) -> String {
    let fits = matches!(
        expression,
        Expression::Number(_)
            | Expression::Call(
                Function::Multiply | Function::Divide | Function::Power | Function::RoundTo,
                _
            )
    );
    if fits { sql.to_owned() } else { format!("({sql} + 1e-80 - 1e-80)") }
}

fn call(function: Function, args: &[Expression], around: &Surroundings<'_>, binder: &mut Binder) -> String {
    let sql: Vec<String> = args.iter().map(|arg| write(arg, around, binder)).collect();
    let part = |i: usize| sql.get(i).map_or("NULL", String::as_str);
    let (a, b) = (part(0), part(1));
    let flush = |i: usize| args.get(i).map_or_else(String::new, |arg| flushed(arg, part(i)));
    let list = || sql.join(", ");
    let date = |field: &str| format!("date_part('{field}', {})", around.local);
    match function {
        Function::Add => format!("({a} + {b})"),
        Function::Subtract => format!("({a} - {b})"),
        Function::Multiply => fit(&format!("{} * {}", flush(0), flush(1))),
        Function::Divide => fit(&format!("{} / nullif({}, 0)", flush(0), flush(1))),
        Function::Negative => format!("(- {a})"),
        Function::And => format!("({a} AND {b})"),
        Function::Or => format!("({a} OR {b})"),
        Function::Not => format!("(NOT {a})"),
        Function::Compare(Compared::Equal) => format!("({a} = {b})"),
        Function::Compare(Compared::Unequal) => format!("({a} <> {b})"),
        Function::Compare(ordered) => {
            let sign = match ordered {
                Compared::Less => "<",
                Compared::AtMost => "<=",
                Compared::Greater => ">",
                _ => ">=",
            };
            let collate = collation(args);
            format!("({a} {sign} {b}{collate})")
        }
        Function::IsNull => format!("({a} IS NULL)"),
        Function::IsNotNull => format!("({a} IS NOT NULL)"),
        Function::In => format!("({a} IN ({}))", sql.get(1..).unwrap_or_default().join(", ")),
        Function::Between => {
            let collate = collation(args);
            format!("({a}{collate} BETWEEN {b} AND {})", part(2))
        }
        Function::Case => {
            let arms = sql.chunks_exact(2).map(|arm| format!("WHEN {} THEN {}", arm[0], arm[1]));
            let otherwise = sql.last().map_or("NULL", String::as_str);
            format!("CASE {} ELSE {otherwise} END", arms.collect::<Vec<_>>().join(" "))
        }
        Function::Coalesce => format!("coalesce({})", list()),
        Function::NullIf => format!("nullif({a}, {b})"),
        Function::Greatest => format!("greatest({})", list()),
        Function::Least => format!("least({})", list()),
        Function::Abs => format!("abs({a})"),
        Function::Round => format!("round({a})"),
        Function::RoundTo => fit(&format!("round({} * {b}) / {b}", flush(0))),
        Function::Floor => format!("floor({a})"),
        Function::Ceil => format!("ceil({a})"),
        // What is below zero becomes the one number that stands for null.
        Function::Sqrt => format!("sqrt({})", not_below_zero(&flush(0))),
        Function::Ln => format!("ln(nullif(greatest({}, 0), 0))", flush(0)),
        Function::Power => {
            let exponent = if let Some(Expression::Number(value)) = args.get(1) { *value } else { 1.0 };
            let base =
                if matches!(args.first(), Some(Expression::Number(_))) { a.to_owned() } else { fit(a) };
            let base = if exponent < 0.0 { format!("nullif({base}, 0)") } else { base };
            let base = if exponent.fract() == 0.0 { base } else { not_below_zero(&base) };
            fit(&format!("power({base}, {b})"))
        }
        Function::Lower => format!("lower({a})"),
        Function::Upper => format!("upper({a})"),
        Function::Length => format!("char_length({a})::float8"),
        Function::Concat => format!("concat({})", list()),
        Function::Join => format!("({a} || {b})"),
        Function::Left => format!("left({a}, {b})"),
        Function::Right => format!("right({a}, {b})"),
        Function::StartsWith => format!("starts_with({a}, {b})"),
        Function::Contains => format!("(strpos(lower({a}), lower({b})) > 0)"),
        Function::Year => date("year"),
        Function::Month => date("month"),
        Function::Day => date("day"),
        Function::Weekday => date("isodow"),
        Function::Hour => date("hour"),
    }
}

fn not_below_zero(sql: &str) -> String {
    format!("nullif(greatest({sql}, -1e-300), -1e-300)")
}

/// Texts are compared by their characters' numbers, in every database alike.
fn collation(args: &[Expression]) -> &'static str {
    if args.iter().any(is_text) { " COLLATE \"C\"" } else { "" }
}

fn is_text(expression: &Expression) -> bool {
    match expression {
        Expression::Text(_) | Expression::Dimension(_) => true,
        Expression::Call(function, args) => match function {
            Function::Lower
            | Function::Upper
            | Function::Concat
            | Function::Join
            | Function::Left
            | Function::Right => true,
            Function::Coalesce | Function::NullIf => args.iter().any(is_text),
            Function::Case => args.iter().skip(1).step_by(2).chain(args.last()).any(is_text),
            _ => false,
        },
        _ => false,
    }
}
