//! From a tree to a formula that is understood: names are the dataset's, types go together, and what is of one
//! event is not mixed with what is of many.
//!
//! The rule of a bare name: outside of an aggregate the name of a measure is its sum.

use insula_model::DatasetDefinition;

use super::parser::{WORDS, parse};
use super::tree::{Compared, Expression, Function, Gathered, Gathering, Kind, Node, Sign, Type, Understood};
use super::{MAX_NODES, Wrong};
use crate::near::nearest;
use crate::scan::Atom;

pub(crate) type Checked = Understood;
type Typed = (Expression, Type);

const AGGREGATES: [&str; 6] = ["sum", "avg", "min", "max", "count", "last"];
const N: Type = Type::Number;
const T: Type = Type::Text;
const B: Type = Type::Boolean;
const AT: Type = Type::Time;

/// Functions that take values of fixed types.
const FUNCTIONS: [(&str, Function, &[Type], Type); 16] = [
    ("abs", Function::Abs, &[N], N),
    ("floor", Function::Floor, &[N], N),
    ("ceil", Function::Ceil, &[N], N),
    ("sqrt", Function::Sqrt, &[N], N),
    ("ln", Function::Ln, &[N], N),
    ("lower", Function::Lower, &[T], T),
    ("upper", Function::Upper, &[T], T),
    ("length", Function::Length, &[T], N),
    ("starts_with", Function::StartsWith, &[T, T], B),
    ("contains", Function::Contains, &[T, T], B),
    ("year", Function::Year, &[AT], N),
    ("month", Function::Month, &[AT], N),
    ("day", Function::Day, &[AT], N),
    ("weekday", Function::Weekday, &[AT], N),
    ("hour", Function::Hour, &[AT], N),
    ("ceiling", Function::Ceil, &[N], N),
];
/// Functions with rules of their own.
const OTHERS: [&str; 9] =
    ["round", "power", "left", "right", "concat", "coalesce", "nullif", "greatest", "least"];

/// Understands a formula over a dataset. `own` is the name of the calculated measure whose formula it is.
pub(crate) fn checked(text: &str, dataset: &DatasetDefinition, own: Option<&str>) -> Result<Checked, Wrong> {
    let node = parse(text)?;
    let mut checker = Checker {
        dataset,
        atoms: Vec::new(),
        nodes: 0,
        within: own.into_iter().map(str::to_owned).collect(),
    };
    let (expression, found) = checker.any(&node, Level::Many)?;
    match found {
        Type::Number if checker.atoms.is_empty() => Err(Wrong::new(
            node.at,
            "A formula asks something of the events: it has no measure and no aggregate.",
        )),
        Type::Number => Ok(Understood { atoms: checker.atoms, expression }),
        Type::Boolean => Err(Wrong::new(
            node.at,
            "A formula is a number, and this is true or false. Write case when … then 1 else 0 end.",
        )),
        other => Err(Wrong::new(node.at, format!("A formula is a number, and this is {}.", other.words()))),
    }
}

/// What the values of an expression are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Level {
    /// One event.
    One,
    /// A group of events.
    Many,
}

struct Checker<'a> {
    dataset: &'a DatasetDefinition,
    atoms: Vec<Atom>,
    nodes: usize,
    /// The calculated measures whose formulas are being read.
    within: Vec<String>,
}

impl Checker<'_> {
    /// An expression of a wanted type.
    fn of(&mut self, node: &Node, level: Level, wanted: Type) -> Result<Expression, Wrong> {
        let (expression, found) = self.any(node, level)?;
        if found == wanted { Ok(expression) } else { Err(belongs(node.at, wanted, found)) }
    }

    /// Expressions that are all of one type.
    fn alike<'n>(
        &mut self,
        nodes: impl IntoIterator<Item = &'n Node>,
        level: Level,
    ) -> Result<(Vec<Expression>, Type), Wrong> {
        let (mut all, mut kind) = (Vec::new(), None);
        for node in nodes {
            let (expression, found) = self.any(node, level)?;
            if !matches!(found, Type::Number | Type::Text | Type::Boolean) {
                return Err(lone(node.at, found));
            }
            match kind {
                Some(wanted) if wanted != found => return Err(belongs(node.at, wanted, found)),
                _ => kind = Some(found),
            }
            all.push(expression);
        }
        Ok((all, kind.unwrap_or(Type::Null)))
    }

    fn any(&mut self, node: &Node, level: Level) -> Result<Typed, Wrong> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            let detail =
                "A formula has 200 parts at most, those of the calculated measures that it names included.";
            return Err(Wrong::new(node.at, detail));
        }
        let call = |function, args, kind| Ok((Expression::Call(function, args), kind));
        match &node.kind {
            Kind::Number(value) => Ok((Expression::Number(*value), N)),
            Kind::Text(text) => Ok((Expression::Text(text.clone()), T)),
            Kind::Boolean(value) => Ok((Expression::Boolean(*value), B)),
            Kind::Null => Ok((Expression::Null, Type::Null)),
            Kind::Name(name) => self.name(node.at, name, level),
            Kind::Negative(of) => call(Function::Negative, vec![self.of(of, level, N)?], N),
            Kind::Not(of) => call(Function::Not, vec![self.of(of, level, B)?], B),
            Kind::Two(sign, left, right) => {
                let (function, kind) = match sign {
                    Sign::Add => (Function::Add, N),
                    Sign::Subtract => (Function::Subtract, N),
                    Sign::Multiply => (Function::Multiply, N),
                    Sign::Divide => (Function::Divide, N),
                    Sign::Join => (Function::Join, T),
                    Sign::And => (Function::And, B),
                    Sign::Or => (Function::Or, B),
                };
                call(function, vec![self.of(left, level, kind)?, self.of(right, level, kind)?], kind)
            }
            Kind::Compare(compared, left, right) => {
                let (both, kind) = self.alike([left.as_ref(), right], level)?;
                let ordered = !matches!(compared, Compared::Equal | Compared::Unequal);
                if ordered && kind == B {
                    return Err(Wrong::new(node.at, "True and false are equal or not; neither is greater."));
                }
                call(Function::Compare(*compared), both, B)
            }
            Kind::IsNull(of, not) => {
                let (of, _) = self.alike([of.as_ref()], level)?;
                call(if *not { Function::IsNotNull } else { Function::IsNull }, of, B)
            }
            Kind::In(of, list, not) => {
                let (all, _) = self.alike(std::iter::once(of.as_ref()).chain(list), level)?;
                Ok((negated(Expression::Call(Function::In, all), *not), B))
            }
            Kind::Between(of, low, high, not) => {
                let (all, kind) = self.alike([of.as_ref(), low, high], level)?;
                if kind == B {
                    return Err(Wrong::new(node.at, "Nothing lies between true and false."));
                }
                Ok((negated(Expression::Call(Function::Between, all), *not), B))
            }
            Kind::Case(arms, otherwise) => self.case(node.at, arms, otherwise.as_deref(), level),
            Kind::Call { name, args, distinct, filter } => {
                if AGGREGATES.contains(&name.as_str()) {
                    return self.aggregate(node.at, name, args, (*distinct, filter.as_deref()), level);
                }
                if *distinct {
                    return Err(Wrong::new(node.at, "Only count takes `distinct`."));
                }
                if filter.is_some() {
                    return Err(Wrong::new(
                        node.at,
                        "Only an aggregate (sum, avg, min, max, count) takes a `filter`.",
                    ));
                }
                self.function(node.at, name, args, level)
            }
        }
    }

    fn name(&mut self, at: usize, name: &str, level: Level) -> Result<Typed, Wrong> {
        let dataset = self.dataset;
        match level {
            Level::One => {
                if let Some(measure) = dataset.measure(name) {
                    return Ok((Expression::Measure(measure.slot), N));
                }
                if let Some(dimension) = dataset.dimension(name) {
                    return Ok((Expression::Dimension(dimension.slot), T));
                }
                if name == "time" {
                    return Ok((Expression::Time, AT));
                }
                if dataset.calculated(name).is_some() {
                    let detail = format!(
                        "{name} is worked out from many events; it cannot stand inside an aggregate."
                    );
                    return Err(Wrong::new(at, detail));
                }
            }
            Level::Many => {
                if let Some(measure) = dataset.measure(name) {
                    return Ok((self.atom(Atom::Sum(measure.slot)), N));
                }
                if dataset.dimension(name).is_some() || name == "time" {
                    let detail = format!(
                        "{name} has a value for each event; it stands inside an aggregate, like count(distinct {name}) \
                         or count() filter (where …)."
                    );
                    let detail =
                        if name == "time" { detail.replace("count(distinct time) or ", "") } else { detail };
                    return Err(Wrong::new(at, detail));
                }
                if let Some(calculated) = dataset.calculated(name) {
                    return self.calculated(at, name, &calculated.formula);
                }
            }
        }
        let names = dataset.measures.iter().map(|m| m.name.as_str());
        let names = names.chain(dataset.dimensions.iter().map(|d| d.name.as_str()));
        let names: Vec<&str> = names.chain(dataset.calculated.iter().map(|c| c.name.as_str())).collect();
        let function = AGGREGATES.contains(&name) || known(name);
        let hint = if function {
            format!("The function is written {name}(…).")
        } else {
            match nearest(name, names.iter().copied()) {
                Some(near) => format!("Did you mean {near}?"),
                None if names.is_empty() => "It has no names yet.".to_owned(),
                None => format!("It has {}.", names.join(", ")),
            }
        };
        let short: String = name.chars().take(60).collect();
        Err(Wrong::new(at, format!("The dataset {:?} has nothing called {short}. {hint}", dataset.name)))
    }

    /// The formula of a calculated measure in the place of its name.
    fn calculated(&mut self, at: usize, name: &str, formula: &str) -> Result<Typed, Wrong> {
        if self.within.iter().any(|n| n == name) {
            return Err(Wrong::new(at, format!("{name} is worked out from itself.")));
        }
        let inside = |wrong: Wrong| Wrong::new(at, format!("In {name}: {}", wrong.detail));
        let node = parse(formula).map_err(inside)?;
        self.within.push(name.to_owned());
        let found = self.of(&node, Level::Many, N).map_err(inside)?;
        self.within.pop();
        Ok((found, N))
    }

    fn atom(&mut self, atom: Atom) -> Expression {
        let place = self.atoms.iter().position(|a| *a == atom).unwrap_or_else(|| {
            self.atoms.push(atom);
            self.atoms.len() - 1
        });
        Expression::Atom(place)
    }

    fn aggregate(
        &mut self,
        at: usize,
        name: &str,
        args: &[Node],
        (distinct, filter): (bool, Option<&Node>),
        level: Level,
    ) -> Result<Typed, Wrong> {
        if level == Level::One {
            let detail =
                format!("{name} stands inside another aggregate or a filter, where there is only one event.");
            return Err(Wrong::new(at, detail));
        }
        if distinct && name != "count" {
            return Err(Wrong::new(at, "Only count takes `distinct`."));
        }
        let of = match args {
            [] if name == "count" && !distinct => None,
            [of] if name == "count" => {
                let (of, found) = self.any(of, Level::One).and_then(|typed| match typed.1 {
                    Type::Number | Type::Text => Ok(typed),
                    Type::Boolean => Err(Wrong::new(
                        of.at,
                        "Count what a condition holds for with count() filter (where …).",
                    )),
                    other => Err(lone(of.at, other)),
                })?;
                let _ = found;
                Some(of)
            }
            [of] => Some(self.of(of, Level::One, N)?),
            _ => {
                let takes = if name == "count" { "nothing or one value" } else { "one value" };
                return Err(Wrong::new(at, format!("{name} takes {takes}, like {name}(x).")));
            }
        };
        let when = filter.map(|filter| self.of(filter, Level::One, B)).transpose()?;
        if name == "last" {
            let (Some(Expression::Measure(slot)), None) = (of, when) else {
                return Err(Wrong::new(at, "last takes a measure as it is, and no filter."));
            };
            return Ok((self.atom(Atom::Last(slot)), N));
        }
        let mut gather = |by| self.atom(gathered(by, of.clone(), when.clone()));
        let found = match name {
            "sum" => gather(Gathering::Sum),
            "min" => gather(Gathering::Min),
            "max" => gather(Gathering::Max),
            "avg" => {
                let (sum, count) = (gather(Gathering::Sum), gather(Gathering::Count));
                Expression::Call(Function::Divide, vec![sum, count])
            }
            _ if distinct => gather(Gathering::Distinct),
            _ => gather(Gathering::Count),
        };
        Ok((found, N))
    }

    fn case(
        &mut self,
        at: usize,
        arms: &[(Node, Node)],
        otherwise: Option<&Node>,
        level: Level,
    ) -> Result<Typed, Wrong> {
        let (mut args, mut kind) = (Vec::new(), Type::Null);
        let mut value = |this: &mut Self, node: &Node| -> Result<Expression, Wrong> {
            let (expression, found) = this.any(node, level)?;
            match (kind, found) {
                (_, Type::Null) => {}
                (_, Type::Time) => return Err(lone(node.at, found)),
                (Type::Null, _) => kind = found,
                (wanted, _) if wanted != found => return Err(belongs(node.at, wanted, found)),
                _ => {}
            }
            Ok(expression)
        };
        for (condition, then) in arms {
            args.push(self.of(condition, level, B)?);
            args.push(value(self, then)?);
        }
        args.push(otherwise.map_or(Ok(Expression::Null), |node| value(self, node))?);
        if kind == Type::Null {
            return Err(Wrong::new(at, "Every value of this `case` is null."));
        }
        Ok((Expression::Call(Function::Case, args), kind))
    }

    fn function(&mut self, at: usize, name: &str, args: &[Node], level: Level) -> Result<Typed, Wrong> {
        if let Some((_, function, wanted, result)) = FUNCTIONS.iter().find(|f| f.0 == name) {
            if args.len() != wanted.len() {
                let count = if wanted.len() == 1 { "one value" } else { "two values" };
                return Err(Wrong::new(at, format!("{name} takes {count}; here are {}.", args.len())));
            }
            let args = args.iter().zip(*wanted).map(|(node, kind)| self.of(node, level, *kind));
            return Ok((Expression::Call(*function, args.collect::<Result<_, _>>()?), *result));
        }
        let call = |function, args, kind| Ok((Expression::Call(function, args), kind));
        match (name, args) {
            ("round", [of]) => call(Function::Round, vec![self.of(of, level, N)?], N),
            ("round", [of, digits]) => {
                let digits =
                    whole(digits, 0, 10, "round takes how many digits: a whole number from 0 to 10.")?;
                let scale = Expression::Number(10_f64.powi(digits));
                call(Function::RoundTo, vec![self.of(of, level, N)?, scale], N)
            }
            ("power", [of, exponent]) => {
                let sign = if matches!(exponent.kind, Kind::Negative(_)) { -1.0 } else { 1.0 };
                let inner = if let Kind::Negative(inner) = &exponent.kind { inner } else { exponent };
                match inner.kind {
                    Kind::Number(value) if value <= 3.0 => {
                        let exponent = Expression::Number(sign * value);
                        call(Function::Power, vec![self.of(of, level, N)?, exponent], N)
                    }
                    _ => Err(Wrong::new(
                        exponent.at,
                        "power takes an exponent from -3 to 3, written as a number.",
                    )),
                }
            }
            ("left" | "right", [of, count]) => {
                let count =
                    whole(count, 0, 256, "It takes how many characters: a whole number from 0 to 256.")?;
                let function = if name == "left" { Function::Left } else { Function::Right };
                call(function, vec![self.of(of, level, T)?, Expression::Count(count)], T)
            }
            ("concat", [_, ..]) => {
                let args = args.iter().map(|node| self.of(node, level, T)).collect::<Result<_, _>>()?;
                call(Function::Concat, args, T)
            }
            ("coalesce", [_, _, ..]) => {
                let (args, kind) = self.alike(args, level)?;
                call(Function::Coalesce, args, kind)
            }
            ("nullif", [_, _]) => {
                let (args, kind) = self.alike(args, level)?;
                call(Function::NullIf, args, kind)
            }
            ("greatest" | "least", [_, _, ..]) => {
                let args = args.iter().map(|node| self.of(node, level, N)).collect::<Result<_, _>>()?;
                call(if name == "greatest" { Function::Greatest } else { Function::Least }, args, N)
            }
            _ if OTHERS.contains(&name) => {
                let takes = match name {
                    "round" => "a number and, if you like, how many digits",
                    "power" => "a number and an exponent",
                    "left" | "right" => "a text and how many characters",
                    "concat" => "at least one text",
                    "nullif" => "two values",
                    _ => "at least two values",
                };
                Err(Wrong::new(at, format!("{name} takes {takes}; here are {}.", args.len())))
            }
            _ => Err(unknown(at, name)),
        }
    }
}

fn known(name: &str) -> bool {
    FUNCTIONS.iter().any(|f| f.0 == name) || OTHERS.contains(&name)
}

fn unknown(at: usize, name: &str) -> Wrong {
    let all = AGGREGATES.iter().chain(&OTHERS).copied().chain(FUNCTIONS.iter().map(|f| f.0));
    let near = nearest(name, all.chain(WORDS));
    let hint = near
        .map_or("The reference of formulas lists them.".to_owned(), |near| format!("Did you mean {near}?"));
    let short: String = name.chars().take(60).collect();
    Wrong::new(at, format!("There is no function {short}. {hint}"))
}

fn belongs(at: usize, wanted: Type, found: Type) -> Wrong {
    if found == Type::Null {
        return lone(at, found);
    }
    Wrong::new(at, format!("Here belongs {}, and this is {}.", wanted.words(), found.words()))
}

/// Of what cannot stand by itself.
fn lone(at: usize, found: Type) -> Wrong {
    Wrong::new(
        at,
        if found == Type::Time {
            "A time stands inside year, month, day, weekday or hour only; the range of the question says from when to when."
        } else {
            "null is a value of `case` only; ask for it with `is null`."
        },
    )
}

fn negated(of: Expression, not: bool) -> Expression {
    if not { Expression::Call(Function::Not, vec![of]) } else { of }
}

fn whole(node: &Node, least: i32, most: i32, why: &str) -> Result<i32, Wrong> {
    let wrong = || Wrong::new(node.at, why);
    let Kind::Number(value) = node.kind else { return Err(wrong()) };
    (least..=most).find(|n| f64::from(*n) == value).ok_or_else(wrong)
}

/// The atom of an aggregate; one that questions have as well, where it is the same.
fn gathered(by: Gathering, of: Option<Expression>, when: Option<Expression>) -> Atom {
    match (by, &of, &when) {
        (Gathering::Sum, Some(Expression::Measure(m)), None) => Atom::Sum(*m),
        (Gathering::Min, Some(Expression::Measure(m)), None) => Atom::Min(*m),
        (Gathering::Max, Some(Expression::Measure(m)), None) => Atom::Max(*m),
        (Gathering::Count, Some(Expression::Measure(m)), None) => Atom::CountMeasure(*m),
        (Gathering::Count, Some(Expression::Dimension(d)), None) => Atom::CountDimension(*d),
        (Gathering::Count, None, None) => Atom::Count,
        (Gathering::Distinct, Some(Expression::Dimension(d)), None) => Atom::Distinct(*d),
        _ => Atom::Gathered(std::sync::Arc::new(Gathered { by, of, when })),
    }
}
