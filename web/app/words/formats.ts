/** How the formats of a measure are called. */
import type { NumberFormat } from '../../wire/shapes';

export const FORMATS: Record<NumberFormat, string> = {
  number: 'number',
  integer: 'whole number',
  percent: 'percent',
  currency: 'money',
  duration: 'length of time',
};
