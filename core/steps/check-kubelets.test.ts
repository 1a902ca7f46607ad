import { cluster } from '../../test/material/protocol/one-upgrade.ts';
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

test('nodes of a group with an AMI of its own are at the target where the policy names one for it', async () => {
  const spec = { nodes: { images: [{ owners: ['self'], tags: { minor: '{version}' } }] } };
  const custom = { ...cluster, nodegroups: [{ name: 'g', status: 'ACTIVE', amiType: 'CUSTOM', issues: [] }] };
  const given = { of, nodes: [lags('a', 'g')], kept: { cluster: custom }, spec };
  const { status, told } = await checked({ ...given, minutes: 15 });
  expect([status, told]).toEqual(['failed', ['OldKubelet: Node group g: The node a is at kubelet v1.36.0, not 1.37.']]);
});
