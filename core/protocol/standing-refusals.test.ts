import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import { codesAt, type Given } from '../../test/material/protocol/situation.ts';
import type { ClusterControl } from '../contracts/items/cluster.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { withPause } from './rollout-pauses.ts';
import type { Moment } from './situation.ts';
import { holdRefusals, rolloutRefusals } from './standing-refusals.ts';

const hold = {
  reason: { code: 'UpdateFailed' as const, message: 'It failed.' },
  since: '2026-11-20T12:00:00.000Z',
  upgradeId: '1.35-1.36',
  mutated: true,
};
const codes = (control: Partial<ClusterControl> | undefined, target?: string, isOfRetry = true) =>
  holdRefusals(
    control && { clusterKey: 'k', ...control },
    target === undefined ? undefined : KubeVersion.parse(target),
    isOfRetry,
  ).map(({ code }) => code);

// docs/protocol.md, One hop after the other: "Failed, and a retry has taken the hold off".
test('what a retry has let be tried again is that upgrade alone', () => {
  expect(codes({ retried: hold }, '1.36')).toEqual([]);
  for (const other of ['1.35', '1.37']) expect(codes({ retried: hold }, other)).toEqual(['Held']);
  expect([codes(undefined, '1.37'), codes({}, '1.37')]).toEqual([[], []]);
});

test.each<[ClusterControl['retried'], RegExp]>([
  [hold, /^The upgrade 1\.35-1\.36 has failed half-way \(It failed\.\), and only the rollout .* goes on with it/],
  [
    { ...hold, reason: { code: 'RolledBack', message: 'Nothing takes it to 1.36 again before somebody retries it.' } },
    /^The upgrade 1\.35-1\.36 was taken back, and only the rollout that it was retried in makes it again/,
  ],
])('what was retried is said to be what it was: %j', (retried, said) => {
  const [refusal] = holdRefusals({ clusterKey: 'k', retried }, KubeVersion.parse('1.37'));
  expect(refusal?.message).toMatch(said);
});

test('what a retry has let be tried again is tried by its rollout alone, and not by hand', () => {
  expect(codes({ retried: hold }, '1.36', false)).toEqual(['Held']);
  expect(codes({}, '1.36', false)).toEqual([]);
});

test.each<[string, Given, string[], string[]]>([
  ['the member that failed', { member: { failedBefore: true } }, [], []],
  ['another member of the cluster', {}, ['Held'], []],
  [
    'what a person starts',
    { rollout: 'none', member: 'none', upgrade: { rolloutId: undefined as never } },
    ['Held'],
    ['Held'],
  ],
])('a retry lets begin and go on: %s', (_, given, atGrant, atChanges) => {
  const retried = { ...hold, upgradeId: '1.36-1.37' };
  const held = (moment: Moment) =>
    codesAt(moment, { clusterControl: { clusterKey: 'k', retried }, ...given }).filter((code) => code === 'Held');
  expect([held('grant'), held('first'), held('later')]).toEqual([atGrant, atChanges, atChanges]);
});

test('a hold refuses that upgrade as well, and is told before what a retry has taken off', () => {
  expect([codes({ held: hold }, '1.36'), codes({ held: hold })]).toEqual([['Held'], ['Held']]);
  expect(codes({ held: { ...hold, upgradeId: '1.36-1.37' }, retried: hold }, '1.36')).toEqual(['Held']);
});

test('a paused rollout names all who paused it and why, as a stop of the fleet does', () => {
  const said = (rollout: Parameters<typeof rolloutRefusals>[0]) =>
    rolloutRefusals(rollout).map(({ message }) => message);
  const running = rolloutItem({ status: 'Running' });
  const once = withPause(running, 'ann', 'lunch');
  expect(said(running)).toEqual([]);
  expect(said(once)).toEqual(['The rollout r was paused by ann: lunch.']);
  expect(said(withPause(once, 'bob', 'audit.'))).toEqual([
    'The rollout r was paused by ann: lunch. And by bob: audit.',
  ]);
});
