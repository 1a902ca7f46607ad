/** One thing that was measured. Without a limit it is printed for information. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit:
    | 'ms'
    | 's'
    | 'kB'
    | 'MB'
    | 'MiB'
    | 'USD'
    | 'per second'
    | 'per minute'
    | 'reads'
    | 'requests'
    | 'transitions'
    | 'events'
    | 'polls'
    | 'writes'
    | 'times'
    | '%';
  /** The largest value that is allowed; for rates see `least`. */
  readonly limit?: number;
  /** The smallest value that is allowed. */
  readonly least?: number;
  /** How it was measured, where the name does not say it. */
  readonly note?: string;
}

export type Measure = () => Promise<Figure[]>;

export function isOver({ value, limit, least }: Figure): boolean {
  return (limit !== undefined && value > limit) || (least !== undefined && value < least);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle];
  if (upper === undefined) throw new RangeError('the median of no values');
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** Three digits after the point are more than any of these figures can bear. */
export const rounded = (value: number): number => Math.round(value * 1000) / 1000;
