import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { carriedInto, carryTraits, stillGoingBack, wentBack } from './earlier-rollouts.ts';
import type { FleetSnapshot } from './snapshot.ts';

const next = { id: 'next', policy: 'p', target: '1.37' };
const past = (more: Partial<Rollout> = {}): Rollout =>
  rolloutItem({ ...next, id: 'first', status: 'CompletedWithFailures', ...more });
const waveOf = (rolloutId: string, more: Partial<Wave> = {}): Wave =>
  waveItem({ rolloutId, failed: 1, succeeded: 2, traits: { failed: { a: 1, b: 1 }, succeeded: { b: 2 } }, ...more });
const history = (
  rollouts: readonly Rollout[] = [past()],
  waves: readonly Wave[] = [waveOf('first')],
  back: readonly string[] = ['first'],
): NonNullable<FleetSnapshot['history']> => ({
  ...{ rollouts, waves, wentBack: new Set(back) },
  ...{ members: [], served: new Set<string>(), accounts: undefined },
});
const CARRIED = { failures: 1, successes: 2, traits: ['a'], rollouts: ['first'] };

test.each<[string, ReturnType<typeof history>, Rollout['carried']]>([
  ['what all failures have and no success, where a cluster was taken back', history(), CARRIED],
  ['nothing where clusters failed and none was taken back', history([past()], [waveOf('first')], []), undefined],
  ['nothing of another policy', history([past({ policy: 'q' })]), undefined],
  ['nothing of another minor', history([past({ target: '1.36' })]), undefined],
  ['nothing of one that goes on', history([past({ status: 'Halted' })]), undefined],
  ['nothing that a person has cleared there', history([past({ releasedTraits: ['a'] })]), undefined],
  [
    'what the others to this minor have shown as well, as if they had been one',
    history(
      [past(), past({ id: 'second' })],
      [waveOf('first'), waveOf('second', { traits: { failed: { a: 1, c: 1 }, succeeded: {} } })],
    ),
    { ...CARRIED, failures: 2, successes: 4 },
  ],
  [
    'nothing with which a cluster has succeeded since',
    history(
      [past(), past({ id: 'second' })],
      [waveOf('first'), waveOf('second', { failed: 0, traits: { failed: {}, succeeded: { a: 1 } } })],
    ),
    undefined,
  ],
])('a rollout carries %s', (_, of, carried) => {
  expect(carriedInto(of, next)).toEqual(carried);
});

test('a rollout under way learns only what it does not know, and nothing where the members of earlier ones were not read', () => {
  const under = (carried: Rollout['carried'], of: FleetSnapshot['history']) =>
    carryTraits({
      history: of,
      rollouts: [rolloutItem({ ...next, ...(carried && { carried }) })],
    } as never as FleetSnapshot);
  expect(under(undefined, history())).toMatchObject([{ type: 'carry-traits', carried: CARRIED }]);
  expect(under(CARRIED, history())).toEqual([]);
  expect(under(CARRIED, history([past()], [waveOf('first')], []))).toMatchObject([{ type: 'carry-traits' }]);
  const { wentBack: _, ...unread } = history([past()], []);
  expect(under(CARRIED, unread)).toEqual([]);
});

test('those that still go back are of the same policy and minor, and exist', () => {
  const [web, shop] = [
    clusterRecord({ name: 'web' }),
    clusterRecord({ name: 'shop', deletedAt: '2026-11-20T10:00:00Z' }),
  ];
  const clusters = new Map([web, shop].map((one) => [one.clusterKey, one]));
  const waves = [waveOf('first', { goingBack: [web.clusterKey, shop.clusterKey] })];
  expect(stillGoingBack(history([past()], waves), next, clusters)).toEqual([web.clusterKey]);
  expect(stillGoingBack(history([past({ target: '1.36' })], waves), next, clusters)).toEqual([]);
});

test('a cluster went back where that is why its member failed, not where it was blocked for it or tried again', () => {
  const reasons = [{ code: 'RolledBack', message: 'The control plane was taken back.' }] as const;
  const of = (more: Parameters<typeof memberItem>[0]) => wentBack(memberItem(more));
  expect(of({ status: 'Failed', reasons: [...reasons] })).toBe(true);
  expect(of({ status: 'Blocked', reasons: [...reasons] })).toBe(false);
  expect(of({ status: 'Failed', reasons: [] })).toBe(false);
});
