import { AwsFault } from '../../wire/aws-call.ts';

export const STATISTICS = ['Sum', 'Average', 'Minimum', 'Maximum', 'SampleCount'] as const;
export type Statistic = (typeof STATISTICS)[number];

/** @param values those of one period; there is at least one */
export function statistic(values: readonly number[], name: Statistic): number {
  const sum = values.reduce((total, value) => total + value, 0);
  switch (name) {
    case 'Sum':
      return sum;
    case 'Average':
      return sum / values.length;
    case 'Minimum':
      return Math.min(...values);
    case 'Maximum':
      return Math.max(...values);
    case 'SampleCount':
      return values.length;
    default:
      return refuseStatistic(name);
  }
}

export function refuseStatistic(name: string): never {
  throw new AwsFault('InvalidParameterValueException', `The local cloud does not compute the statistic ${name}.`);
}
