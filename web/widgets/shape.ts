/**
 * The one shape of a widget: a folder here with a component that draws an answer, and a skeleton of the same size.
 * A widget knows nothing of HTTP, of dashboards or of who is looking. The component comes when the first widget of
 * its kind does; the skeleton is there from the start.
 */
import type { Component } from 'svelte';
import type { Answer, WidgetOptions } from '../wire/shapes';

export interface WidgetInput {
  title: string;
  value: Answer;
  /** A KPI's course over time. */
  series: Answer | null;
  options: WidgetOptions;
  /** What the values are compared with, in words. */
  before: string;
}

export interface WidgetShape {
  load: () => Promise<{ default: Component<WidgetInput> }>;
  skeleton: Component;
}
