/**
 * Dashboards to begin with, made from what a dataset has. Pure: a dataset in, a configuration out. What always
 * holds: every widget asks only for measures and dimensions that the dataset has, and the layout has no overlaps.
 * Tested in `test/unit/templates.test.ts`.
 */
import type { Aggregate, Chart, DashboardConfig, Dataset, Place, Question, WidgetOptions } from '../../wire/shapes';
import type { IconName } from '../../ui/icons';

export interface Template {
  id: 'overview' | 'trends' | 'breakdown' | 'blank';
  name: string;
  text: string;
  icon: IconName;
  /** Dimensions that it needs. */
  needs: number;
}

export const TEMPLATES: readonly Template[] = [
  { id: 'overview', name: 'Overview', text: 'Key figures, their course and the largest groups.', icon: 'gauge', needs: 0 },
  { id: 'trends', name: 'Trends', text: 'Every measure over time, against the period before.', icon: 'spark', needs: 0 },
  { id: 'breakdown', name: 'Breakdown', text: 'Who contributes what: bars and a table per group.', icon: 'table', needs: 1 },
  { id: 'blank', name: 'Blank', text: 'Nothing on it yet.', icon: 'plus', needs: 0 },
];

/** Every widget of a template asks something. */
type Filled = Omit<DashboardConfig, 'widgets'> & { widgets: Chart[] };

export function fromTemplate(id: Template['id'], dataset: Dataset | null): Filled {
  const board = new Board();
  if (dataset && id !== 'blank') FILL[id](board, dataset);
  return { range: { last: '30d' }, compare: 'previous_period', widgets: board.widgets, layout: board.layout };
}

const FILL: Record<Exclude<Template['id'], 'blank'>, (board: Board, dataset: Dataset) => void> = {
  overview(board, set) {
    const figures = allMeasures(set).slice(0, 4);
    const width = 12 / Math.max(2, figures.length);
    for (const m of figures) board.add('kpi', m.title, { dataset: set.name, measures: [m.measure] }, width, 2);
    const main = figures[0] ?? counted(set);
    const [first, second] = set.dimensions;
    board.add('time_series', `${main.title} over time`, { dataset: set.name, measures: [main.measure], grain: 'auto' }, first ? 8 : 12, 4, { style: 'area' });
    if (first) board.add('bar', `${main.title} by ${lower(first.label)}`, ranked(set, main.measure, [first.name], 8), 4, 4);
    if (second) board.add('table', `By ${lower(second.label)}`, ranked(set, main.measure, [second.name], 20, figures.map((f) => f.measure)), 12, 4);
  },
  trends(board, set) {
    for (const m of allMeasures(set).slice(0, 6)) board.add('time_series', m.title, { dataset: set.name, measures: [m.measure], grain: 'auto' }, 6, 4, { style: 'area' });
  },
  breakdown(board, set) {
    const main = allMeasures(set)[1] ?? counted(set);
    for (const d of set.dimensions.slice(0, 4)) board.add('bar', `${main.title} by ${lower(d.label)}`, ranked(set, main.measure, [d.name], 10), 6, 4);
    const dims = set.dimensions.slice(0, 2);
    if (dims.length > 0) {
      board.add('table', `By ${dims.map((d) => lower(d.label)).join(' and ')}`, ranked(set, main.measure, dims.map((d) => d.name), 50, allMeasures(set).slice(0, 4).map((m) => m.measure)), 12, 5);
    }
  },
};

interface Titled {
  title: string;
  measure: Aggregate;
}

const counted = (set: Dataset): Titled => ({ title: typeof set.source === 'object' ? 'Rows' : 'Events', measure: { agg: 'count' } });

/** How many, then each measure: rates are averaged, amounts are summed. */
function allMeasures(set: Dataset): Titled[] {
  const own = set.measures.map((m): Titled => {
    const mean = m.format === 'percent' || m.format === 'duration' || /(rate|ratio|delay|score|price|temperature|duration|latency)/.test(m.name);
    return { title: mean ? `Average ${lower(m.label)}` : m.label, measure: { agg: mean ? 'avg' : 'sum', measure: m.name } };
  });
  return [counted(set), ...own];
}

function ranked(set: Dataset, by: Aggregate, dims: string[], limit: number, measures: Aggregate[] = [by]): Question {
  return { dataset: set.name, measures, by: dims, sort: { by: 'measure', index: 0, descending: true }, limit };
}

const lower = (label: string) => (label.length > 1 && label[1] === label[1]?.toUpperCase() ? label : label.charAt(0).toLowerCase() + label.slice(1));

/** Places widgets from left to right, a new row where one does not fit. */
class Board {
  widgets: Chart[] = [];
  layout: Place[] = [];
  private x = 0;
  private y = 0;
  private row = 0;

  add(kind: Chart['kind'], title: string, question: Question, w: number, h: number, options: WidgetOptions = {}): void {
    const id = `w${this.widgets.length + 1}`;
    const width = Math.min(12, Math.max(2, Math.round(w)));
    if (this.x + width > 12) {
      this.x = 0;
      this.y += this.row;
      this.row = 0;
    }
    this.widgets.push({ id, title, kind, question, options } as Chart);
    this.layout.push({ widget: id, x: this.x, y: this.y, w: width, h });
    this.x += width;
    this.row = Math.max(this.row, h);
  }
}
