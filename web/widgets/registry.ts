/** Which kinds of widgets there are. A new kind is a new folder and a line here. */
import type { Chart, WidgetKind } from '../wire/shapes';
import bar from './bar';
import cohort from './cohort';
import funnel from './funnel';
import gauge from './gauge';
import heatmap from './heatmap';
import kpi from './kpi';
import map from './map';
import markdown from './markdown';
import pie from './pie';
import pivot from './pivot';
import type { ChartShape, TextShape } from './shape';
import table from './table';
import timeSeries from './time_series';

export const CHARTS: Record<Chart['kind'], ChartShape> = { kpi, time_series: timeSeries, bar, table, pie, pivot, heatmap, funnel, cohort, gauge, map };

export const WIDGETS: Record<WidgetKind, ChartShape | TextShape> = { ...CHARTS, markdown };
