import type { Aim } from './aim.ts';

/** The answer is there and does not come for a while. Of the HTTP face only: readers in this process are answered at once. */
export interface Delay extends Aim {
  kind: 'delay';
  /** Of this machine's clock. */
  milliseconds: number;
}
