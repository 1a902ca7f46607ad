import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { restingDecisions } from './automatic-rollouts.ts';
import { atRest } from './tried.ts';

interface Given {
  readonly status: Rollout['status'];
  readonly cluster?: Partial<ClusterRecord>;
  readonly member?: Partial<Member>;
  readonly waves?: readonly Partial<Wave>[];
  /** An upgrade by a person has failed half-way. */
  readonly failed?: true;
}

/** The cleanup of a rollout with one member, in words. */
function tidied({ status, cluster = {}, member, waves = [], failed }: Given): string[] {
  const record = clusterRecord({ name: 'web', version: '1.36', ...cluster });
  const members = member === undefined ? [] : [memberItem({ clusterKey: record.clusterKey, ...member })];
  const index = { waves: new Map(), members: new Map([['r', members]]), grants: new Map(), upgrades: new Map() };
  const { clusterKey } = record;
  const held = { reason: { code: 'UpdateFailed' as const, message: 'x' }, since: deletedAt, mutated: true };
  const controls = new Map(failed === undefined ? [] : [[clusterKey, { clusterKey, held }]]);
  const snapshot = { ...fleetSnapshot({ clusters: [record], policies: {} }), controls };
  const items = waves.map((wave, at) => waveItem({ index: at, name: `w${at}`, ...wave }));
  return restingDecisions(snapshot, rolloutItem({ status }), items, index).map((one) => {
    const codes = 'reasons' in one ? one.reasons.map(({ code, message }) => `${code}: ${message}`).join() : '';
    if (one.type === 'change-member') return `member ${one.status} ${codes}`;
    return one.type === 'change-wave' ? `${one.wave.name} ${one.status} ${codes}` : one.type;
  });
}
const deletedAt = '2026-11-20T11:00:00.000Z';
const gone = 'member Excluded Gone: The cluster web does not exist any more.';
const aborted = 'member Excluded RolloutAborted: The rollout r was aborted before it was done with this cluster.';

test.each<[string, Given, readonly string[]]>([
  ['is there stays in a rollout that is halted', { status: 'Halted', member: {} }, []],
  ['is gone is taken out of one that is halted', { status: 'Halted', member: {}, cluster: { deletedAt } }, [gone]],
  ['is gone is taken out of one that is paused', { status: 'Paused', member: {}, cluster: { deletedAt } }, [gone]],
  [
    'has failed by hand and is gone has failed in one that is halted',
    { status: 'Halted', member: {}, cluster: { deletedAt }, failed: true },
    [expect.stringMatching(/^member Failed Held: .*,Gone: /) as string],
  ],
  [
    'has failed by hand and is gone is taken out of one that has ended',
    { status: 'Completed', member: { status: 'Quarantined' }, cluster: { deletedAt }, failed: true },
    [gone],
  ],
  ['is there is taken out of one that was aborted', { status: 'Aborted', member: {} }, [aborted]],
  [
    'runs ends before it is taken out',
    { status: 'Aborted', member: { status: 'Running' }, cluster: { deletedAt } },
    [],
  ],
])('a member whose cluster %s', (_, given, expected) => {
  expect(tidied(given)).toStrictEqual(expected);
});

const left = 'RolloutAborted: The rollout r was aborted.';
test.each<[string, Partial<Wave>, readonly string[]]>([
  ['nobody will open is skipped', { status: 'Pending' }, [`w0 Skipped ${left}`]],
  ['has settled ends as it counts', { status: 'Open', succeeded: 1 }, [`w0 Completed ${left}`]],
  ['has failed ends as halted', { status: 'Open', failed: 1 }, [`w0 Halted ${left}`]],
  ['proved nothing is skipped', { status: 'Open', excluded: 1 }, [`w0 Skipped ${left}`]],
  ['goes on with what runs', { status: 'Open', members: 2, succeeded: 1 }, []],
  ['soaks ends as it counts', { status: 'Soaking', succeeded: 1 }, [`w0 Completed ${left}`]],
  ['waits for a person is skipped', { status: 'Undecided', excluded: 1 }, [`w0 Skipped ${left}`]],
  ['has ended stays as it is', { status: 'Completed', succeeded: 1 }, []],
])('in a rollout that was aborted a wave that %s', (_, wave, expected) => {
  expect(tidied({ status: 'Aborted', waves: [wave] })).toStrictEqual(expected);
  expect(tidied({ status: 'Halted', waves: [wave] })).toStrictEqual([]);
});

test('a rollout without members leaves nothing to do', () => {
  const snapshot = fleetSnapshot({ clusters: [], policies: {} });
  const index = { waves: new Map(), members: new Map(), grants: new Map(), upgrades: new Map() };
  expect(restingDecisions(snapshot, rolloutItem({ status: 'Aborted' }), [], index)).toStrictEqual([]);
});

test('those that are not under way are at rest, and only a full look knows them', () => {
  const [running, ended] = [rolloutItem(), rolloutItem({ id: 'ended', status: 'Aborted' })];
  const snapshot = { ...fleetSnapshot({ clusters: [], policies: {} }), rollouts: [running] };
  const history = { waves: [], members: [], served: new Set<string>(), accounts: undefined };
  expect(atRest({ ...snapshot, history: { ...history, rollouts: [running, ended] } })).toEqual([ended]);
  expect(atRest(snapshot)).toStrictEqual([]);
});
