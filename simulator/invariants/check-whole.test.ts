import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import { Upgrades } from '../../core/store/entities.ts';
import {
  type Fabricated,
  hold,
  holdOf,
  inForce,
  KEY,
  upgradeOf,
  write,
} from '../../test/material/invariants/fabricate.ts';
import { checkWhole } from './check-whole.ts';

/** The hop before the next granted one, in its last state. */
const hopBefore = (more: Partial<Upgrade>): Fabricated => {
  const upgrade = upgradeOf({ id: '1.35-1.36', from: '1.35', to: '1.36', mutated: true, ...more });
  return inForce().add(KEY, 'Noted', {}, write(Upgrades, upgrade));
};

test.each([
  ['has succeeded', hopBefore({ status: 'Succeeded' })],
  ['is parked and changed nothing', hopBefore({ status: 'Parked', mutated: false })],
  ['failed and was released', hopBefore({ status: 'Failed' })],
  [
    'failed and was released, and what finished it is held',
    hopBefore({ status: 'Failed' }).add(KEY, 'ClusterHeld', {}, holdOf('1.36-1.36')),
  ],
  ['is the same one, taken up again', hopBefore({ id: '1.36-1.37', from: '1.36', to: '1.37', status: 'Parked' })],
  ['is of another cluster', hopBefore({ clusterKey: 'other', status: 'Parked' })],
])('a hop may be granted where the one before it %s', (_, history) => {
  expect(history.grant().violations(checkWhole)).toEqual([]);
});

test.each([
  ['bakes or is parked', hopBefore({ status: 'Parked' })],
  ['is asked for once more', hopBefore({ status: 'Pending' })],
  ['failed, while the cluster is held', hopBefore({ status: 'Failed' }).add(KEY, 'ClusterHeld', {}, hold)],
  [
    'failed, while the cluster is held for it',
    hopBefore({ status: 'Failed' }).add(KEY, 'ClusterHeld', {}, holdOf('1.35-1.36')),
  ],
])('a hop violates `whole` where the one before it %s', (_, history) => {
  expect(history.grant().violations(checkWhole)).toEqual([{ invariant: 'whole', message: expect.any(String) }]);
});

test.each([
  ['where its upgrade goes', '1.37', []],
  ['elsewhere', '1.38', [{ invariant: 'whole', message: expect.stringContaining('moved the control plane to 1.38') }]],
])('the control plane goes %s', (_, version, told) => {
  const call = { name: 'UpdateClusterVersion', input: { version } };
  const history = inForce().add(
    KEY,
    'Noted',
    {},
    write(Upgrades, upgradeOf({ id: '1.36-1.37', from: '1.36', to: '1.37' })),
  );
  expect(history.add(KEY, 'MutationCommitted', { upgradeId: '1.36-1.37', call }).violations(checkWhole)).toEqual(told);
});

test('what only finishes a version moves no control plane at all', () => {
  const call = { name: 'UpdateClusterVersion', input: { version: '1.37' } };
  const finish = upgradeOf({ id: '1.37-1.37', from: '1.37', to: '1.37' });
  const history = inForce().add(KEY, 'Noted', {}, write(Upgrades, finish));
  expect(history.add(KEY, 'MutationCommitted', { upgradeId: '1.37-1.37', call }).violations(checkWhole)).toEqual([
    { invariant: 'whole', message: expect.stringContaining('1.37-1.37 goes to 1.37, and moved the control plane') },
  ]);
});
