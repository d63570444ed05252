//! From a question to a scan and the shape of its answer: names become slots, words become instants.
//!
//! What must always hold: everything that is wrong with a question is said at once, each at its place, with the
//! nearest name that there is; a question that compiles costs at most [`MAX_CELLS`] cells.

use std::cell::RefCell;
use std::sync::Arc;

use insula_model::dataset::label_of;
use insula_model::question::MAX_ROWS;
use insula_model::{
    Agg, Aggregate, Column, ColumnKind, DatasetDefinition, DatasetSource, Error, FieldError, Figure, Filter,
    Format, Formula, Grain, GrainChoice, Last, Question, Range, Result, Show, SortBy, period, problem,
};
use jiff::tz::TimeZone;

use crate::bucket::Buckets;
use crate::condition::{Condition, Kind, all_of, condition, filter_kind};
use crate::context::{Context, Source, zone_name};
use crate::formula::{Checked, Gathering, checked};
use crate::lookup::Lookups;
use crate::names::Names;
use crate::period::{Period, resolve};
use crate::scan::{Atom, Rank, RankBy, Scan};
use crate::shape::{Form, Head, How, Measured, Rest, SeriesOrder, Shape};
use crate::statement::{Binder, Statement};

/// Buckets times groups of one answer, at most.
pub const MAX_CELLS: usize = 5_000;
/// Groups of an answer, unless the question says.
const GROUPS: u32 = 100;
/// Groups of a series, unless the question says.
const SERIES: u32 = 12;

/// A question as a statement, and how its rows become the answer.
#[derive(Debug, Clone, PartialEq)]
pub struct CompiledQuery {
    /// To be sent.
    pub statement: Statement,
    /// For the rows that come back.
    pub shape: Shape,
}

/// Compiles a question to a dataset.
///
/// # Errors
/// `question.invalid` with a pointer into the question for everything that is wrong.
pub fn compile(question: &Question, source: Source<'_>, context: &Context) -> Result<CompiledQuery> {
    let calendar = Calendar::default();
    let draft = Draft::new(question, source, context, &calendar)?;
    let grain = question.grain;
    let (mut scan, form) = draft.plan(grain)?;
    let shape = draft.shape(&mut scan, form);
    Ok(CompiledQuery { statement: scan.statement(), shape })
}

/// A question whose names are known to be there.
pub(crate) struct Draft<'a> {
    pub(crate) question: &'a Question,
    pub(crate) period: Period,
    pub(crate) zone: TimeZone,
    source: Source<'a>,
    context: &'a Context,
    conditions: Vec<Condition>,
    group: Vec<u8>,
    aggregates: Vec<Resolved>,
    calendar: &'a Calendar,
}

/// The buckets that were worked out while a dashboard was compiled: most of its widgets have the same.
#[derive(Debug, Default)]
pub(crate) struct Calendar(RefCell<Vec<Page>>);

#[derive(Debug)]
struct Page {
    period: Period,
    grain: GrainChoice,
    zone: TimeZone,
    buckets: Arc<Buckets>,
}

/// An aggregate with its slots.
#[derive(Debug, Clone)]
enum Resolved {
    One(Atom),
    Mean(u8),
    Formula(Arc<Checked>),
}

impl<'a> Draft<'a> {
    pub(crate) fn new(
        question: &'a Question,
        source: Source<'a>,
        context: &'a Context,
        calendar: &'a Calendar,
    ) -> Result<Self> {
        let names = Names { dataset: source.definition };
        let mut wrong = question.check("");
        let mut keep = |pointer: String, found: Result<u8, String>| {
            found.unwrap_or_else(|detail| {
                wrong.push(FieldError::new(pointer, "unknown", detail));
                0
            })
        };
        let mut aggregates = Vec::new();
        let mut formulas = Vec::new();
        for (i, figure) in question.measures.iter().enumerate() {
            let aggregate = match figure {
                Figure::Aggregate(aggregate) => aggregate,
                Figure::Formula(formula) => {
                    match checked(&formula.formula, source.definition, None) {
                        Ok(checked) => aggregates.push(Resolved::Formula(Arc::new(checked))),
                        Err(wrong) => formulas.push(wrong.field(format!("/measures/{i}/formula"))),
                    }
                    continue;
                }
            };
            let measure = aggregate
                .measure
                .as_deref()
                .map(|n| keep(format!("/measures/{i}/measure"), names.measure(n)));
            let dimension = aggregate
                .dimension
                .as_deref()
                .map(|n| keep(format!("/measures/{i}/dimension"), names.dimension(n)));
            aggregates.extend(resolve_aggregate(aggregate.agg, measure, dimension));
        }
        let group = question
            .by
            .iter()
            .enumerate()
            .map(|(i, n)| keep(format!("/by/{i}"), names.dimension(n)))
            .collect();
        let mut conditions = Vec::new();
        for (i, filter) in question.filters.iter().enumerate() {
            conditions.push(match filter_kind(filter) {
                Kind::Dimension => {
                    let slot = keep(format!("/filters/{i}/dimension"), names.dimension(filter.name()));
                    condition(filter, slot)
                }
                Kind::Measure => {
                    condition(filter, keep(format!("/filters/{i}/measure"), names.measure(filter.name())))
                }
            });
        }
        // What is too long or empty was said already.
        let said = |field: &FieldError| wrong.iter().any(|w| w.pointer == field.pointer);
        let formulas: Vec<FieldError> = formulas.into_iter().filter(|f| !said(f)).collect();
        wrong.extend(formulas);
        if let Some(first) = wrong.first() {
            let detail = first.detail.clone().unwrap_or_default();
            return Err(Error::new(problem::QUESTION, detail).with_fields(wrong));
        }
        if question.other || question.measures.iter().any(is_share) {
            lonely(question, &aggregates)?;
        }
        conditions.extend(surroundings(source.definition, context)?);
        let zone = match &source.definition.time_zone {
            Some(name) => period::time_zone(name, "/dataset")?,
            None => context.time_zone.clone(),
        };
        let range = question.range.or(context.range).unwrap_or(Range::Last(Last::Days(30)));
        let period = resolve(range, question.compare.or(context.compare), context, &zone)?;
        Ok(Self { question, period, zone, source, context, conditions, group, aggregates, calendar })
    }

    /// The buckets of a grain.
    pub(crate) fn buckets(&self, grain: GrainChoice) -> Result<Arc<Buckets>> {
        let same = |page: &&Page| page.period == self.period && page.grain == grain && page.zone == self.zone;
        if let Some(page) = self.calendar.0.borrow().iter().find(same) {
            return Ok(Arc::clone(&page.buckets));
        }
        let buckets = Arc::new(Buckets::of(&self.period, grain, &self.zone, self.context.week_start)?);
        self.calendar.0.borrow_mut().push(Page {
            period: self.period.clone(),
            grain,
            zone: self.zone.clone(),
            buckets: Arc::clone(&buckets),
        });
        Ok(buckets)
    }

    /// The conditions of the question and of what surrounds it, each behind an ` AND `.
    pub(crate) fn conditions_sql(&self, binder: &mut Binder) -> String {
        all_of(&self.conditions, binder)
    }

    /// The events, with everything that the dataset looks up.
    pub(crate) fn events_sql(&self, binder: &mut Binder) -> String {
        let all: Vec<u8> = self.source.definition.dimensions.iter().map(|d| d.slot).collect();
        Lookups::of(self.source.definition).all(self.source.number, &all, binder)
    }

    fn scan(&self, buckets: Option<&Buckets>, rank: Option<Rank>) -> Scan {
        Scan {
            dataset: self.source.number,
            conditions: self.conditions.clone(),
            current: self.period.current,
            previous: self.period.previous,
            group: self.group.clone(),
            bounds: buckets.map(|buckets| buckets.bounds()),
            rest: rank.is_some() && (self.question.other || self.shares()),
            rolled: self.rolled(buckets),
            rank,
            lookups: Lookups::of(self.source.definition),
            zone: self.zone.clone(),
            atoms: Vec::new(),
        }
    }

    /// The slots of sums that are kept, if sums of days make up what is asked for.
    fn rolled(&self, buckets: Option<&Buckets>) -> Vec<u8> {
        let kept = self.source.rolled.filter(|rolled| rolled.zone == zone_name(&self.zone));
        let of_days = buckets.is_none_or(|b| !matches!(b.grain, Grain::Minute | Grain::Hour));
        // Of rows that are no events there are no sums.
        let of_events = self.source.definition.source == DatasetSource::Events;
        kept.filter(|_| of_events && of_days && self.atoms().all(Atom::rolls))
            .map_or(Vec::new(), |kept| kept.slots.clone())
    }

    fn rest(&self) -> Rest {
        match (self.question.other, self.shares()) {
            (true, _) => Rest::Shown,
            (false, true) => Rest::Counted,
            (false, false) => Rest::Unknown,
        }
    }

    /// Whether a measure is shown as its part of all groups: then the groups that are left out are needed, too.
    fn shares(&self) -> bool {
        !self.group.is_empty() && self.question.measures.iter().any(is_share)
    }

    /// The scan without its atoms, and the form of the answer.
    pub(crate) fn plan(&self, grain: Option<GrainChoice>) -> Result<(Scan, Form)> {
        let buckets = grain.map(|grain| self.buckets(grain)).transpose()?;
        let sort = self.question.sort;
        let trim = self.period.open;
        let Some(buckets) = buckets else {
            if self.group.is_empty() {
                return Ok((self.scan(None, None), Form::Total));
            }
            let limit = self.question.limit.unwrap_or(GROUPS).min(MAX_ROWS);
            let scan = self.scan(None, Some(self.rank(limit)));
            return Ok((
                scan,
                Form::Groups { dimensions: self.dimensions(), limit: limit as usize, rest: self.rest() },
            ));
        };
        let by_time = sort.is_some_and(|s| s.by == SortBy::Time && s.descending);
        if self.group.is_empty() {
            let measure = sort.filter(|s| s.by == SortBy::Measure);
            let order = SeriesOrder {
                measure: measure.map(|s| usize::from(s.index)),
                descending: measure.map_or(by_time, |s| s.descending),
                limit: self.question.limit.map(|n| n as usize),
            };
            return Ok((self.scan(Some(&buckets), None), Form::Series { buckets, trim, order }));
        }
        let fit = (MAX_CELLS / buckets.starts.len().max(1)).max(1);
        let limit = match self.question.limit {
            Some(asked) if asked as usize > fit => {
                let detail = format!(
                    "{} buckets of {asked} groups are more than 5,000 cells. Ask for {fit} groups, or for longer buckets.",
                    buckets.starts.len()
                );
                let field = Error::invalid("/limit", "too_many", detail.clone());
                return Err(Error::new(problem::QUESTION, detail).with_fields(field.fields().to_vec()));
            }
            Some(asked) => asked,
            None => SERIES.min(u32::try_from(fit).unwrap_or(SERIES)),
        };
        let scan = self.scan(Some(&buckets), Some(self.rank(limit)));
        let form = Form::RankedSeries {
            buckets,
            trim,
            dimensions: self.dimensions(),
            limit: limit as usize,
            descending: by_time,
            rest: self.rest(),
        };
        Ok((scan, form))
    }

    /// By what the groups are ranked: what the question sorts by, else its first measure, the greatest first.
    fn rank(&self, limit: u32) -> Rank {
        let measure = |index: usize| match self.aggregates.get(index) {
            Some(Resolved::One(atom)) => RankBy::Atom(atom.clone()),
            Some(Resolved::Formula(formula)) => RankBy::Formula(Arc::clone(formula)),
            Some(Resolved::Mean(slot)) => RankBy::Mean(*slot),
            None => RankBy::Group(0),
        };
        match self.question.sort {
            Some(sort) if sort.by == SortBy::Measure => {
                Rank { by: measure(usize::from(sort.index)), descending: sort.descending, limit }
            }
            Some(sort) if sort.by == SortBy::Dimension => {
                Rank { by: RankBy::Group(usize::from(sort.index)), descending: sort.descending, limit }
            }
            _ => Rank { by: measure(0), descending: true, limit },
        }
    }

    fn dimensions(&self) -> Vec<Column> {
        let label = |name: &String| self.source.definition.dimension(name).map(|d| d.label.clone());
        self.question.by.iter().map(|name| Column::dimension(name, label(name))).collect()
    }

    /// Whether the values of several groups of events make up the value of all of them.
    pub(crate) fn folds(&self) -> bool {
        self.atoms().all(Atom::folds)
    }

    /// What the measures are worked out from; of means, which are sums over counts, there is nothing to say.
    fn atoms(&self) -> impl Iterator<Item = &Atom> {
        self.aggregates.iter().flat_map(|resolved| match resolved {
            Resolved::One(atom) => std::slice::from_ref(atom),
            Resolved::Mean(_) => &[],
            Resolved::Formula(formula) => formula.atoms.as_slice(),
        })
    }

    /// What the answer says about itself.
    pub(crate) fn head(&self) -> Head {
        Head {
            range: self.period.current,
            previous: self.period.previous,
            time_zone: zone_name(&self.zone),
            now: self.context.now,
            partial: self.period.running,
        }
    }

    /// Puts the atoms of the question into a scan (its own, or one that it joins).
    pub(crate) fn shape(&self, scan: &mut Scan, form: Form) -> Shape {
        let measures = self
            .question
            .measures
            .iter()
            .zip(&self.aggregates)
            .map(|(figure, resolved)| {
                // The atoms by their places; in a series the rows of the period before have the same columns.
                let atoms: Vec<(Atom, usize)> = match resolved {
                    Resolved::One(atom) => vec![atom.clone()],
                    Resolved::Mean(slot) => vec![Atom::Sum(*slot), Atom::CountMeasure(*slot)],
                    Resolved::Formula(formula) => formula.atoms.clone(),
                }
                .into_iter()
                .map(|atom| (atom.clone(), scan.atom(atom)))
                .collect();
                let beside = scan.bounds.is_none();
                let how = |previous: bool| {
                    let column = |atom| scan.column(atom, previous && beside);
                    match (resolved, atoms.as_slice()) {
                        (Resolved::Mean(_), [(_, sum), (_, count)]) => {
                            How::Mean(column(*sum), column(*count))
                        }
                        (Resolved::Formula(formula), atoms) => {
                            let atoms =
                                atoms.iter().map(|(atom, place)| folded(atom, column(*place))).collect();
                            How::Formula(Arc::clone(formula), atoms)
                        }
                        (_, [(atom, place), ..]) => folded(atom, column(*place)),
                        (_, []) => How::Additive(usize::MAX),
                    }
                };
                Measured {
                    column: self.measure_column(figure),
                    show: figure.aggregate().and_then(|a| a.show),
                    now: how(false),
                    before: self.period.previous.map(|_| how(true)),
                }
            })
            .collect();
        Shape { head: self.head(), measures, form }
    }

    fn measure_column(&self, figure: &Figure) -> Column {
        match figure {
            Figure::Aggregate(aggregate) => self.aggregate_column(aggregate),
            Figure::Formula(formula) => self.formula_column(formula),
        }
    }

    /// What the question says about a formula, else what the calculated measure of its name says.
    fn formula_column(&self, formula: &Formula) -> Column {
        let of = self.source.definition.calculated(formula.formula.trim());
        let name = formula.column();
        let label = formula.label.clone().or_else(|| of.map(|c| c.label.clone()));
        Column {
            kind: ColumnKind::Measure,
            label: Some(label.unwrap_or_else(|| label_of(&name))),
            unit: formula.unit.clone().or_else(|| of.and_then(|c| c.unit.clone())),
            format: Some(formula.format.or(of.map(|c| c.format)).unwrap_or(Format::Number)),
            grain: None,
            name,
        }
    }

    fn aggregate_column(&self, aggregate: &Aggregate) -> Column {
        let dataset = self.source.definition;
        let of = aggregate.measure.as_ref().and_then(|name| dataset.measure(name));
        let counted = matches!(aggregate.agg, Agg::Count | Agg::Distinct);
        let share = aggregate.show == Some(Show::Share);
        let label = match (of, aggregate.dimension.as_ref().and_then(|name| dataset.dimension(name))) {
            (Some(measure), _) => measure.label.clone(),
            (None, Some(dimension)) => dimension.label.clone(),
            (None, None) => match dataset.source {
                DatasetSource::Table(_) => "Rows".to_owned(),
                DatasetSource::Events | DatasetSource::EmbedUsage => "Events".to_owned(),
            },
        };
        Column {
            name: aggregate.column(),
            kind: ColumnKind::Measure,
            label: Some(match aggregate.show {
                Some(Show::Running) => format!("{label}, so far"),
                Some(Show::Share) => format!("{label}, share"),
                None => label,
            }),
            unit: of.filter(|_| !counted && !share).and_then(|m| m.unit.clone()),
            format: Some(match aggregate.show {
                Some(Show::Share) => Format::Percent,
                _ => of.filter(|_| !counted).map_or(Format::Integer, |m| m.format),
            }),
            grain: None,
        }
    }
}

/// The conditions that come from around the question. One that is locked holds, or there is no answer.
fn surroundings(dataset: &DatasetDefinition, context: &Context) -> Result<Vec<Condition>> {
    let mut conditions = Vec::with_capacity(context.locked.len() + context.filters.len());
    for filter in &context.locked {
        conditions.push(condition_in(dataset, filter).ok_or_else(|| {
            Error::new(
                problem::EMBED_LOCKED,
                "This widget's data cannot be limited to what this viewer may see.",
            )
        })?);
    }
    conditions.extend(context.filters.iter().filter_map(|filter| condition_in(dataset, filter)));
    Ok(conditions)
}

/// The condition that a filter is in a dataset, if the dataset has what it is about.
pub(crate) fn condition_in(dataset: &DatasetDefinition, filter: &Filter) -> Option<Condition> {
    let slot = match filter_kind(filter) {
        Kind::Dimension => dataset.dimension(filter.name()).map(|d| d.slot),
        Kind::Measure => dataset.measure(filter.name()).map(|m| m.slot),
    };
    slot.map(|slot| condition(filter, slot))
}

fn is_share(figure: &Figure) -> bool {
    figure.aggregate().is_some_and(|a| a.show == Some(Show::Share))
}

/// Refuses measures that several groups cannot have together, where groups are put together.
fn lonely(question: &Question, aggregates: &[Resolved]) -> Result<()> {
    let together = |resolved: &Resolved| match resolved {
        Resolved::One(atom) => atom.folds_by_itself(),
        Resolved::Mean(_) => true,
        Resolved::Formula(formula) => formula.atoms.iter().all(Atom::folds_by_itself),
    };
    let detail = "How many different values several groups have together, or the last one, cannot be told from \
                  what each has: leave this measure out where groups are put together.";
    let wrong: Vec<FieldError> = aggregates
        .iter()
        .enumerate()
        .filter(|(_, resolved)| !question.by.is_empty() && !together(resolved))
        .map(|(i, _)| FieldError::new(format!("/measures/{i}"), "lonely", detail))
        .collect();
    if wrong.is_empty() { Ok(()) } else { Err(Error::new(problem::QUESTION, detail).with_fields(wrong)) }
}

/// How the values of an atom in several groups become one.
fn folded(atom: &Atom, column: usize) -> How {
    match atom {
        Atom::Min(_) => How::Min(column),
        Atom::Max(_) => How::Max(column),
        Atom::Last(_) => How::Last(column),
        Atom::Gathered(gathered) if gathered.by == Gathering::Min => How::Min(column),
        Atom::Gathered(gathered) if gathered.by == Gathering::Max => How::Max(column),
        _ => How::Additive(column),
    }
}

/// Nothing for what [`Question::check`] has refused already.
fn resolve_aggregate(agg: Agg, measure: Option<u8>, dimension: Option<u8>) -> Option<Resolved> {
    Some(match (agg, measure, dimension) {
        (Agg::Sum, Some(m), None) => Resolved::One(Atom::Sum(m)),
        (Agg::Avg, Some(m), None) => Resolved::Mean(m),
        (Agg::Min, Some(m), None) => Resolved::One(Atom::Min(m)),
        (Agg::Max, Some(m), None) => Resolved::One(Atom::Max(m)),
        (Agg::Last, Some(m), None) => Resolved::One(Atom::Last(m)),
        (Agg::Count, Some(m), None) => Resolved::One(Atom::CountMeasure(m)),
        (Agg::Count, None, Some(d)) => Resolved::One(Atom::CountDimension(d)),
        (Agg::Count, None, None) => Resolved::One(Atom::Count),
        (Agg::Distinct, None, Some(d)) => Resolved::One(Atom::Distinct(d)),
        _ => return None,
    })
}

#[cfg(test)]
#[path = "compile_tests.rs"]
mod tests;
