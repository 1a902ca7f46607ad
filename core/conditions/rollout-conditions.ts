import type { Rollout } from '../contracts/items/rollout.ts';
import { type Judged, says } from './condition.ts';

/** Progressing, Paused, Halted, Completed: from the rollout alone. An aborted one is none of them, with that reason. */
export function rolloutConditions({ status, reasons }: Rollout): Judged[] {
  const why = reasons.map(({ message }) => message).join(' ');
  const said = (text: string) => (why === '' ? text : `${text} ${why}`);
  const message = said(`The rollout is ${status}.`);
  const is = (type: string, holds: boolean): Judged => says(type, holds, status, message);
  return [
    is('Progressing', status === 'Running'),
    is('Paused', status === 'Paused'),
    is('Halted', status === 'Halted'),
    is('Completed', status === 'Completed' || status === 'CompletedWithFailures'),
  ];
}
