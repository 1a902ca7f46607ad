import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import type { Intent, Upgrade } from '../../core/contracts/items/protocol.ts';
import type { Member, Rollout } from '../../core/contracts/items/rollout.ts';
import { Clusters, Members, Rollouts, Upgrades } from '../../core/store/entities.ts';
import {
  type Fabricated,
  grantOf,
  inForce,
  intentOf,
  inventory,
  KEY,
  OTHER,
  upgradeOf,
  write,
} from '../../test/material/invariants/fabricate.ts';
import { memberItem, rolloutItem } from '../../test/material/items/rollout-items.ts';
import { checkRollback } from './check-rollback.ts';

const ID = 'rollback-1.37-1.36';
const place = { rolloutId: 'r', waveIndex: 0 };
const back = (more: Partial<Upgrade> = {}): Upgrade => ({
  ...upgradeOf({ id: ID, machine: 'rollback-cluster', from: '1.37', to: '1.36', ...more }),
  ...{ rolloutId: undefined, waveIndex: undefined },
});
const call = (name: string, version = '1.36'): Partial<Intent> => ({
  call: { ...intentOf({}).call, name, input: { name: 'web', version, clientRequestToken: 't' } } as Intent['call'],
});
const automatic = (is = true) => inForce({ spec: { rollback: { automatic: is } } });
/** Upgrades before the checked event. */
const known = (history: Fabricated, ...all: readonly Upgrade[]) =>
  history.add(KEY, 'Noted', {}, ...all.map((one) => write(Upgrades, one)));
const commit = (name: string, of: Upgrade, version?: string, before?: Upgrade) =>
  known(inForce(), ...(before === undefined ? [] : [before])).commit(
    'rollback-control-plane',
    { upgradeId: of.id, ...call(name, version) },
    of,
  );
const granted = (of: Upgrade, ...others: readonly Upgrade[]) =>
  known(inForce(), ...others).add(of.clusterKey, 'Granted', { upgradeId: of.id }, write(Upgrades, of));
const begun = (history: Fabricated, clusterKey = KEY) =>
  history.add(clusterKey, 'RollbackBegun', { upgradeId: ID }, write(Upgrades, back({ clusterKey, rollbackOf: place })));
const two = () => begun(begun(automatic()), OTHER);
const third = (history: Fabricated) => begun(history, `${OTHER}2`);
const ended = (event: string, end: Partial<Upgrade>) =>
  two().add(KEY, event, { upgradeId: ID }, write(Upgrades, back({ rollbackOf: place, ...end })));
const retried = (clusterKey: string) => two().add('rollout/r', 'MemberRetried', { clusterKey });
const up = upgradeOf({ id: '1.37-1.38', from: '1.37', to: '1.38' });
const unchecked = back({ steps: {} });
const movedSteps: Upgrade['steps'] = {
  'upgrade-control-plane': { status: 'done', reasons: [], startedAt: '2026-11-20T12:00:00.000Z' },
};
const wentDown = (event: string, clusterKey = KEY, hop: Partial<Upgrade> = {}) =>
  known(inForce(), upgradeOf({ status: 'Parked', ...hop }))
    .add(KEY, 'VersionObserved', { version: '1.36', before: '1.37' })
    .add(clusterKey, event, {});
/** A person lets a cluster whose rollback has ended then, and only later is its version seen. */
const seenLate = (endedAt: string) =>
  known(inForce(), upgradeOf({ status: 'Parked' }), back({ status: 'Succeeded', endedAt }))
    .add(KEY, 'ClusterRetried', {})
    .add(KEY, 'VersionObserved', { version: '1.36', before: '1.37' });
const upAgain = (history: Fabricated, version = '1.37') =>
  history.commit('upgrade-control-plane', call('UpdateClusterVersion', version), upgradeOf({}));

/** A rollout begins by itself after the cluster's hop and what became of its rollback. */
const begins = (
  next: Partial<Rollout>,
  rollbacks: readonly Upgrade[] = [back({ status: 'Parked' })],
  member: Partial<Member> = {},
) =>
  known(inForce(), upgradeOf({ status: 'Succeeded' }), ...rollbacks).add(
    'rollout/n',
    'RolloutCreated',
    {},
    write(Rollouts, rolloutItem({ policy: 'standard', id: 'n', ...next })),
    write(Members, memberItem({ rolloutId: 'n', ...member })),
  );

test.each<[string, Fabricated]>([
  ['a rollout to the minor of another one whose cluster is back', begins({}, [back({ status: 'Succeeded' })])],
  ['a rollout that only finishes clusters there', begins({}, undefined, { from: '1.37', to: '1.37' })],
  [
    'a rollout of clusters that are past that minor meanwhile',
    begins({ target: '1.38' }, undefined, { from: '1.37', to: '1.38' }),
  ],
  ['a rollout of another policy meanwhile', begins({ policy: 'other' })],
  ['a control plane that goes back in its rollback', commit('RollbackClusterVersion', back())],
  [
    'a support type that who asked for the rollback lets it set',
    commit('ExtendSupport', back({ extendSupport: true })),
  ],
  [
    'one that a policy lets it set',
    known(inForce({ spec: { rollback: { extendSupport: true } } })).commit(
      'extend-support',
      { upgradeId: ID, ...call('ExtendSupport') },
      back(),
    ),
  ],
  ['one that goes up in its upgrade', inForce().commit()],
  ['a later change of a rollback', commit('UpdateAddon', unchecked, '1.36', back({ mutated: true, steps: {} }))],
  ['a hop where the rollback has ended', granted(up, back({ status: 'Succeeded' }))],
  ['what only undoes', granted(upgradeOf({ id: 'undo-x', machine: 'restore-nodes' }), back({ status: 'Parked' }))],
  ['a rollback beside another of its cluster', granted(back(), back({ id: 'rollback-1.36-1.35', status: 'Parked' }))],
  ["a hop beside another cluster's rollback", granted(up, back({ clusterKey: OTHER, status: 'Running' }))],
  [
    'one by itself after another',
    granted(back({ rollbackOf: place }), back({ clusterKey: OTHER, rollbackOf: place, status: 'Parked' })),
  ],
  [
    'one by itself beside one that a person asked for',
    granted(back({ rollbackOf: place }), back({ clusterKey: OTHER, status: 'Running' })),
  ],
  [
    'one by itself beside one of another wave',
    granted(
      back({ rollbackOf: place }),
      back({ clusterKey: OTHER, rollbackOf: { ...place, waveIndex: 1 }, status: 'Running' }),
    ),
  ],
  ['two by themselves, as their policy says', two()],
  ['one that went down and goes up again where somebody has let it', upAgain(wentDown('ClusterReleased'))],
  [
    'one that somebody had tried again when it was seen to have gone down',
    upAgain(wentDown('Noted', KEY, { status: 'Running', steps: {} })),
  ],
  ['one whose rollback had ended before somebody let it', upAgain(seenLate('2026-11-20T11:59:00.000Z'))],
  ['one that goes up to where it was not taken back from', upAgain(wentDown('Noted'), '1.36')],
  ['a third where one of the two is tried again', third(retried(KEY))],
  ...(
    [
      ['RollbackGivenUp', 'Canceled'],
      ['UpgradeCanceled', 'Canceled'],
      ['UpgradeBlocked', 'Blocked'],
    ] as const
  ).map(([event, status]): [string, Fabricated] => [
    `a third after ${event} of one that had changed nothing`,
    third(ended(event, { status, mutated: false })),
  ]),
  [
    'one by itself beside another one that a person has asked for since',
    granted(
      back({ rollbackOf: place }),
      back({ clusterKey: OTHER, rollbackOf: place, requestedBy: 'op', status: 'Running' }),
    ),
  ],
])('%s is no violation', (_, history) => {
  expect(history.violations(checkRollback)).toEqual([]);
});

test.each<[string, string, Fabricated]>([
  ['an upgrade takes it back', 'its upgrade is no rollback', commit('RollbackClusterVersion', upgradeOf({}), '1.37')],
  [
    'an upgrade sets the support type',
    'its upgrade is no rollback',
    commit('ExtendSupport', upgradeOf({ extendSupport: true })),
  ],
  ['a rollback sets the support type', 'nobody had said so', commit('ExtendSupport', back())],
  ['a rollback takes it up', 'it went up', commit('UpdateClusterVersion', back())],
  ['it goes elsewhere', 'its rollback leads to 1.36', commit('RollbackClusterVersion', back(), '1.35')],
  ['nobody had looked', 'nobody had checked the way back', commit('UpdateAddon', unchecked)],
  ['others would go to where it comes from', `it began by itself while ${KEY} of r went back`, begins({})],
  [
    'others would go through where it comes from',
    `it began by itself while ${KEY} of r went back`,
    begins({ target: '1.38' }, undefined, { to: '1.38' }),
  ],
  [
    'a change goes to a cluster that is gone',
    'the cluster was gone',
    inForce()
      .add(KEY, 'ClusterDeleted', {}, write(Clusters, { ...(inventory[1] as ClusterRecord), deletedAt: 'then' }))
      .commit('update-addons-before', { upgradeId: ID, ...call('UpdateAddon') }, back()),
  ],
  ...(['Pending', 'Running', 'Parked'] as const).map((status): [string, string, Fabricated] => [
    ...([`a hop begins while a rollback is ${status}`, `1.37-1.38 was granted while ${ID} was ${status}`] as const),
    granted(up, back({ status })),
  ]),
  [
    'two of a wave go back by themselves at once',
    'was granted beside that of',
    granted(back({ rollbackOf: place }), back({ clusterKey: OTHER, rollbackOf: place, status: 'Running' })),
  ],
  ['one that went down goes up there again', 'nobody had said so', upAgain(wentDown('Noted'))],
  [
    'one goes up again whose rollback ended after somebody had let it',
    'nobody had said so',
    upAgain(seenLate('2026-11-20T12:01:00.000Z')),
  ],
  [
    'one that went down after its attempt had moved it',
    'nobody had said so',
    upAgain(wentDown('Noted', KEY, { status: 'Running', steps: movedSteps })),
  ],
  ['one goes up again where another one was let', 'nobody had said so', upAgain(wentDown('ClusterRetried', OTHER))],
  ['one begins by itself', 'no policy says so', begun(automatic(false))],
  [
    'one begins by itself after an abort',
    'somebody had aborted r',
    begun(inForce({ spec: { rollback: { automatic: true } }, rollout: { status: 'Aborted' } })),
  ],
  ['one begins by itself in no rollout', 'no policy says so', known(inForce()).add(KEY, 'RollbackBegun', {})],
  ['a third begins by itself', 'the 3. of r', third(two())],
  ['a third begins after a retry of another cluster', 'the 3. of r', third(retried(`${OTHER}3`))],
  [
    'a third begins after one that has changed something was given up',
    'the 3. of r',
    third(ended('RollbackGivenUp', { status: 'Failed', mutated: true })),
  ],
  [
    'a third begins after one has ended',
    'the 3. of r',
    third(ended('UpgradeFailed', { status: 'Failed', mutated: true })),
  ],
])('it is told where %s', (_, said, history) => {
  expect(history.violations(checkRollback)).toContainEqual({
    ...{ invariant: 'rollback', message: expect.stringContaining(said) },
  });
});

test('a grant of nothing that is known is nothing of its own', () => {
  const { upgradeId } = grantOf({});
  expect(inForce().add(KEY, 'Granted', { upgradeId }).violations(checkRollback)).toEqual([]);
});
