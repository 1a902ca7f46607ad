import { grant } from '../../test/material/protocol/one-upgrade.ts';
import type { Grant } from '../contracts/items/protocol.ts';
import { busyWith } from './authority.ts';

const busy = (given: Partial<Grant>, asker?: Parameters<typeof busyWith>[1]) =>
  busyWith(grant({ input: { targetVersion: '1.37', nodegroup: 'legacy' }, ...given }), asker).map(
    ({ message }) => message.split(' has the grant')[0],
  );

test.each<[string, Partial<Grant>]>([
  ['The upgrade to 1.37', {}],
  ['The rollback to 1.37', { upgradeId: 'rollback-1.38-1.37', machine: 'rollback-cluster' }],
  ['The drain of legacy', { upgradeId: 'drain-1', machine: 'drain-nodes' }],
  ['The undo of what a drain has left', { upgradeId: 'undo-drain-1', machine: 'restore-nodes' }],
  ['The undo of what an upgrade has left', { upgradeId: 'undo-1.36-1.37', machine: 'restore-nodes' }],
])('%s is named to who waits for it', (said, given) => {
  expect(busy(given)).toEqual([said]);
});

test('an upgrade that waits for its own last execution is told so, a second one of it while that runs is not', () => {
  const id = '1.36-1.37';
  expect(busy({ upgradeId: id }, { id, status: 'Parked' })).toEqual([
    'What ran of it until now gives back the grant of the cluster, within a minute as a rule.',
  ]);
  expect(busy({ upgradeId: id }, { id, status: 'Running' })).toEqual(['The upgrade to 1.37']);
  expect(busy({ status: 'free' })).toEqual([]);
});
