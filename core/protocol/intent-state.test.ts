import { intent, NOON } from '../../test/material/protocol/one-upgrade.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import { intentState } from './look-up.ts';

const at = (seconds: number): Date => new Date(NOON.getTime() + seconds * 1000);
const doubt = { error: 'ResourceInUseException', message: 'busy', at: NOON.toISOString() };
const accepted = { type: 'accepted' as const, updateId: 'u', at: NOON.toISOString() };
const observed = { status: 'Successful', at: NOON.toISOString(), errors: [] };

test.each<[string, Intent | undefined, number, object]>([
  ['none yet', undefined, 0, { type: 'none', nextAttempt: 1 }],
  ['committed just now', intent(), 0, { type: 'in-grace', until: at(40) }],
  ['at the last instant of its grace', intent(), 39.999, { type: 'in-grace', until: at(40) }],
  ['when its grace has passed', intent(), 40, { type: 'look-up', isLast: false }],
  ['at the last instant before EKS lists all', intent(), 159.999, { type: 'look-up', isLast: false }],
  ['when EKS lists all', intent(), 160, { type: 'look-up', isLast: true }],
  ['EKS said no, perhaps', intent({ doubt }), 0, { type: 'look-up', isLast: false }],
  ['EKS said no, perhaps, long ago', intent({ doubt }), 160, { type: 'look-up', isLast: true }],
  ['taken', intent({ outcome: accepted }), 0, { type: 'running', updateId: 'u' }],
  ['taken and ended', intent({ attempt: 3, outcome: { ...accepted, observed } }), 0, { type: 'none', nextAttempt: 4 }],
  [
    'never sent',
    intent({ attempt: 3, outcome: { type: 'never-sent', at: doubt.at } }),
    0,
    { type: 'none', nextAttempt: 4 },
  ],
])('an intent, %s', (_, newest, seconds, expected) => {
  expect(intentState(newest, at(seconds))).toMatchObject(expected);
});
