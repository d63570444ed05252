/** Which kinds of widgets there are. A new kind is a new folder and a line here. */
import type { WidgetKind } from '../wire/shapes';
import bar from './bar';
import kpi from './kpi';
import type { WidgetShape } from './shape';
import table from './table';
import timeSeries from './time_series';

export const WIDGETS: Record<WidgetKind, WidgetShape> = { kpi, time_series: timeSeries, bar, table };
