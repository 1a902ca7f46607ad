import { memberItem } from '../../test/material/items/rollout-items.ts';
import { cluster, KEY } from '../../test/material/protocol/one-upgrade.ts';
import { checked, GROUP, node } from '../../test/material/steps/checked-cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';

/** The hop has updated the group g. */
const of: Partial<Upgrade> = {
  steps: { 'roll-node-group/g': { status: 'done', reasons: [], startedAt: '2026-11-20T11:00:00.000Z' } },
};
const lags = (name: string, group: string) => node(name, { kubeletVersion: 'v1.36.0', labels: { [GROUP]: group } });

test('nodes of a managed group that lag are given a quarter of an hour, and fail the hop then', async () => {
  const given = { of, nodes: ['a', 'b', 'c'].map((name) => lags(name, 'g')) };
  const told = ['OldKubelet: Node group g: 3 nodes (a, b, c) are at kubelet v1.36.0, not 1.37.'];
  expect(await checked(given)).toMatchObject({ status: 'wait', waitSeconds: 30, told });
  expect(await checked({ ...given, minutes: 15 })).toMatchObject({ status: 'failed', told });
});

test('nodes of a group of which no roll of the hop has decided are waited for, with the next attempt', async () => {
  expect(await checked({ of, nodes: [lags('a', 'late')], minutes: 20 })).toMatchObject({
    ...{ status: 'parked', told: ['OldKubelet: Node group late: The node a is at kubelet v1.36.0, not 1.37.'] },
  });
});

test('nodes that lag behind the roll of their group fail the hop, also where the policy lets those of other groups wait', async () => {
  const given = {
    ...{ of, nodes: [lags('a', 'g')], spec: { waves: [{ name: 'all', rollNodes: 'whenSkewRequires' }] }, minutes: 15 },
    kept: { member: memberItem({ clusterKey: KEY, waveIndex: 1, to: '1.38' }) },
  };
  const { status, told } = await checked(given);
  expect([status, told]).toEqual(['failed', ['OldKubelet: Node group g: The node a is at kubelet v1.36.0, not 1.37.']]);
  const failed = {
    steps: { 'roll-node-group/g': { status: 'failed', reasons: [], startedAt: '2026-11-20T11:00:00.000Z' } },
  };
  // An earlier attempt has failed to roll it, and this one leaves it to a later hop.
  expect(await checked({ ...given, of: failed as Partial<Upgrade> })).toMatchObject({
    ...{
      status: 'done',
      told: ['OldKubelet: The node a is at kubelet v1.36.0, not 1.37. The policy lets nodes wait for a later hop.'],
    },
  });
});

test('nodes that a rollback has left newer than the control plane fail it, whatever the policy lets wait on the way up', async () => {
  const look = await checked({
    of: { machine: 'rollback-cluster', from: '1.38', to: '1.37', steps: {} },
    nodes: [node('a', { kubeletVersion: 'v1.38.0', labels: { [GROUP]: 'g' } })],
    ...{ spec: { waves: [{ name: 'all', rollNodes: 'whenSkewRequires' }] }, minutes: 15 },
    kept: { member: memberItem({ clusterKey: KEY, waveIndex: 1, to: '1.38' }) },
  });
  expect(look).toMatchObject({ status: 'failed', told: [expect.stringContaining('at kubelet v1.38.0, not 1.37.')] });
});

test('nodes of a group with an AMI of its own are at the target where the policy names one for it', async () => {
  const spec = { nodes: { images: [{ owners: ['self'], tags: { minor: '{version}' } }] } };
  const custom = { ...cluster, nodegroups: [{ name: 'g', status: 'ACTIVE', amiType: 'CUSTOM', issues: [] }] };
  const given = { of, nodes: [lags('a', 'g')], kept: { cluster: custom }, spec };
  const { status, told } = await checked({ ...given, minutes: 15 });
  expect([status, told]).toEqual(['failed', ['OldKubelet: Node group g: The node a is at kubelet v1.36.0, not 1.37.']]);
});
