import type { Grant } from '../contracts/items/protocol.ts';
import { MACHINE_NAMES, NESTING_MACHINES } from '../contracts/names.ts';
import { authority } from './authority.ts';
import { executionName, holderOf, isMadeByReconciler } from './execution-name.ts';

const parts = {
  // Minutes of nineteen years.
  epoch: 9_999_999,
  clusterKey: 'arn:aws:eks:eu-central-1:111111111111:cluster/web@2026-01-01T00:00:00.000Z',
  upgradeId: '1.36-1.37',
  grantNumber: 123456,
  nonce: '0f1e2d3c-0000-4000-8000-000000000000',
};

test('the name of a grant cannot be known before, can be logged, and leaves room for those of nested executions', () => {
  const name = executionName(parts);
  expect(executionName({ ...parts, nonce: '1f1e2d3c-0000-4000-8000-000000000000' })).not.toBe(name);
  expect(name).toMatch(/^[0-9A-Za-z_-]+$/);
  expect(`${name}--upgrade-control-plane-cluster-0`.length).toBeLessThanOrEqual(80);
  expect(isMadeByReconciler(name)).toBe(true);
  // The form before names had a nonce; such grants may still be open.
  expect(isMadeByReconciler('upgrade-0123456789ab-e1-g1')).toBe(true);
});

test('every cluster and every upgrade has names of its own', () => {
  const others = [parts, { ...parts, clusterKey: 'other' }, { ...parts, upgradeId: '1.37-1.38' }];
  expect(new Set(others.map((one) => executionName(one))).size).toBe(3);
  expect(isMadeByReconciler(executionName({ ...parts, epoch: 12 }))).toBe(true);
});

test.each([
  'upgrade-0123456789ab-e1-g1-again',
  'upgrade-of-friday',
  'by-hand',
  'upgrade-0123456789ab-e1',
  'request-upgrade-0123456789ab-e1-g1',
])('a person made the name %s', (name) => {
  expect(isMadeByReconciler(name)).toBe(false);
});

test.each([
  ['upgrade-0123456789ab-e1-g2--scan-cluster-cluster-0', 'upgrade-0123456789ab-e1-g2'],
  ['by-hand--update-addons-before-12', 'by-hand'],
  ['a--b--roll-node-group-all-0', 'a--b'],
  // Executions that started before names lost their dots may run for two more weeks.
  ['upgrade-0123456789ab-e1-g2.scan-cluster.cluster.0', 'upgrade-0123456789ab-e1-g2'],
  ['by-hand.roll-node-group.all.3', 'by-hand'],
  ['my.upgrade', 'my'],
  ['.upgrade', ''],
])('%s is nested in %s', (name, holder) => {
  expect(holderOf(name)).toBe(holder);
});

test.each([
  'upgrade-0123456789ab-e1-g2',
  'a--b',
  'by-hand--scan-cluster',
  'by-hand--scan-cluster-cluster',
  'by-hand-scan-cluster-cluster-0',
  // No state machine runs a whole upgrade inside another one.
  'by-hand--upgrade-cluster-cluster-0',
  '--scan-cluster-cluster-0',
])('%s is nested in nothing', (name) => {
  expect(holderOf(name)).toBeUndefined();
});

test('a name that goes on after another holder’s name is not nested in that one', () => {
  const grant = {
    status: 'open',
    holder: 'arn:by-hand',
    executionName: 'by-hand',
    machine: 'upgrade-cluster',
  } as Grant;
  const asked = (name: string, of = grant) => authority(of, { arn: `arn:${name}:child`, name });
  expect(asked('by-hand--scan-cluster-cluster-0')).toBe('nested');
  expect(asked('by-hand.scan-cluster.cluster.0')).toBe('nested');
  for (const machine of MACHINE_NAMES.filter((one) => !NESTING_MACHINES.includes(one)))
    expect(asked('by-hand--scan-cluster-cluster-0', { ...grant, machine })).toBe('none');
  expect(asked('by-hand--again--scan-cluster-cluster-0')).toBe('none');
  expect(asked('by-hand--scan-cluster')).toBe('none');
  expect(asked('by-hand-2--scan-cluster-cluster-0')).toBe('none');
});
