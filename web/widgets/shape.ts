/**
 * The one shape of a widget: a folder here with a component that draws, and a skeleton of the same size. A widget
 * knows nothing of HTTP, of dashboards or of who is looking; it says what people did with it (`onpick`, `onrange`)
 * and leaves what that means to whoever shows it. The component comes when the first widget of its kind does; the
 * skeleton is there from the start.
 */
import type { Component } from 'svelte';
import type { Answer, Question, WidgetOptions } from '../wire/shapes';

/** A value of a dimension that somebody pointed at. */
export interface Picked {
  dimension: string;
  value: string | null;
}

export interface WidgetInput {
  title: string;
  value: Answer;
  /** A KPI's course over time. */
  series?: Answer | null | undefined;
  options: WidgetOptions;
  /** What was asked, where the picture depends on it: which sums make sense. */
  question?: Question | undefined;
  /** What the values are compared with, in words. */
  before: string;
  /** One or more values that stand together (the two dimensions of a cell). Absent: nothing can be picked. */
  onpick?: ((picked: Picked[]) => void) | undefined;
  /** From the beginning of one bucket to the end of another, as the answer writes them. */
  onrange?: ((range: { from: string; to: string }) => void) | undefined;
}

/** What a text needs. */
export interface TextInput {
  title: string;
  options: WidgetOptions;
}

/** A widget that draws the answer to a question. */
export interface ChartShape {
  asks: true;
  load: () => Promise<{ default: Component<WidgetInput> }>;
  skeleton: Component;
}

/** A widget that asks nothing. */
export interface TextShape {
  asks: false;
  load: () => Promise<{ default: Component<TextInput> }>;
  skeleton: Component;
}

export type WidgetShape = ChartShape | TextShape;
