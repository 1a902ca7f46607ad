import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { grant, intent, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { type GivenStep, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { UpgradePolicy } from '../config/types.ts';
import type { Intent } from '../contracts/items/protocol.ts';
import { readCode } from '../contracts/reasons.ts';
import { ClusterAccessError, type Node } from '../ports/cluster-access.ts';
import type { Nodegroup } from '../ports/eks.ts';
import { rollNodeGroup } from './roll-node-group.ts';

interface Given extends GivenStep {
  readonly group?: Partial<Nodegroup>;
}

/** The result for the node group `a` of a cluster at 1.37. */
async function rolled({ group = {}, eks = {}, ...given }: Given = {}) {
  const ports = await oneStep(new MemoryTable(), {
    eks: { cluster: { version: '1.37' }, nodegroups: { a: group }, ...eks },
    ...given,
  });
  const { status, reasons, waitSeconds } = await rollNodeGroup(ports, stepInput({}, { nodegroup: 'a' }));
  return { status, codes: reasons.map(({ code }) => code), said: reasons[0]?.message, waitSeconds, sent: ports.sent };
}
const running = intent({
  step: 'roll-node-group',
  subject: 'a',
  call: { name: 'UpdateNodegroupVersion', input: { clusterName: 'web', nodegroupName: 'a', version: '1.37' } },
  outcome: { type: 'accepted', updateId: 'u-1', at: '2026-11-20T12:00:00.000Z' },
});

test('a node group is sent to the version of the control plane, without force', async () => {
  const { status, codes, sent, waitSeconds } = await rolled();
  expect(sent).toEqual([{ call: 'UpdateNodegroupVersion', clusterName: 'web', nodegroupName: 'a', version: '1.37' }]);
  expect([status, codes, waitSeconds]).toEqual(['wait', ['UpdateInProgress'], 240]);
});

test('of a roll that has just ended the group is asked once', async () => {
  const ports = await oneStep(new MemoryTable(), {
    eks: {
      cluster: { version: '1.37' },
      nodegroups: { a: { version: '1.37' } },
      updates: { 'nodegroup/a': [{ id: 'u-1', status: 'Successful' }] },
    },
    kept: { intents: [running] },
  });
  let asked = 0;
  const eks: typeof ports.eks = {
    ...ports.eks,
    describeNodegroup: (...of) => {
      asked += 1;
      return ports.eks.describeNodegroup(...of);
    },
  };
  const { reasons } = await rollNodeGroup({ ...ports, eks }, stepInput({}, { nodegroup: 'a' }));
  expect([reasons.map(({ code }) => code), asked]).toEqual([['Rolled'], 1]);
});

test('a group that an earlier roll has left degraded is sent again', async () => {
  expect((await rolled({ group: { status: 'DEGRADED' } })).sent).toHaveLength(1);
  expect((await rolled({ group: { status: 'DEGRADED', version: '1.37' } })).sent).toHaveLength(1);
  expect((await rolled({ group: { version: undefined as never } })).sent).toHaveLength(1);
});

test.each<[string, Given, string, string, string]>([
  ['is there already', { group: { version: '1.37' } }, 'done', 'AtTarget', 'The node group a is at 1.37.'],
  [
    'runs an image of its own',
    { group: { amiType: 'CUSTOM' } },
    'done',
    'CustomAmi',
    'a runs a custom AMI: EKS takes no version for it, and no policy names another (spec.nodes.images). Roll it with a new version of its launch template.',
  ],
  [
    'runs Amazon Linux 2',
    { group: { amiType: 'AL2_x86_64' } },
    'blocked',
    'Al2Nodegroup',
    'The node group a runs Amazon Linux 2 (AL2_x86_64), which has no image from 1.33 on. Create an AL2023 or Bottlerocket group, move the workloads, delete this one.',
  ],
  [
    'is updated by somebody else',
    { group: { status: 'UPDATING' } },
    'parked',
    'ForeignUpdate',
    'The node group a is UPDATING, and not by Liftlock.',
  ],
  [
    'has an update of somebody else',
    { eks: { updates: { 'nodegroup/a': [{ id: 'x', type: 'ConfigUpdate' }] } } },
    'parked',
    'ForeignUpdate',
    "Somebody else's ConfigUpdate (x) runs on the node group a; nothing is started while it does.",
  ],
  ['is being created', { group: { status: 'CREATING' } }, 'parked', 'NotActive', 'The node group a is CREATING.'],
  ['is being deleted', { group: { status: 'DELETING' } }, 'parked', 'NotActive', 'The node group a is DELETING.'],
  [
    'has failed',
    {
      group: {
        status: 'CREATE_FAILED',
        health: {
          issues: [
            { code: 'Quota', message: 'none left' },
            { code: 'X', message: 'y' },
          ],
        },
      },
    },
    'blocked',
    'NodegroupStatus',
    'The node group a is CREATE_FAILED. Quota: none left; X: y',
  ],
  [
    'is of a cluster that is not there yet',
    { eks: { cluster: { version: '1.36' } } },
    'blocked',
    'NotTheControlPlanesVersion',
    'web is at 1.36; its node groups go there, not to 1.37.',
  ],
  [
    'is of a cluster that somebody changes',
    { eks: { cluster: { version: '1.37', status: 'UPDATING' } } },
    'parked',
    'ForeignUpdate',
    'web is UPDATING, not ACTIVE: somebody else changes it.',
  ],
])('nothing is sent for a node group that %s', async (_, given, status, code, said) => {
  expect(await rolled(given)).toMatchObject({ status, codes: [code], said, sent: [] });
});

test('a group that somebody creates is waited for in a hop of eight days too', async () => {
  const upgrades = [upgrade({ status: 'Running', startedAt: '2026-11-12T12:00:00.000Z' })];
  const statusOf = async (createdAt: Date) =>
    (await rolled({ group: { status: 'CREATING', createdAt }, kept: { upgrades } })).status;
  expect(await statusOf(new Date('2026-11-20T11:00:00Z'))).toBe('parked');
  expect(await statusOf(new Date('2026-11-13T11:00:00Z'))).toBe('blocked');
});

const policyOf = (nodes: NonNullable<UpgradePolicy['spec']['nodes']>, more: Partial<UpgradePolicy['spec']> = {}) => {
  const policy = policyWith({ name: 'p' });
  return policyConfig({ ...policy, spec: { ...policy.spec, nodes, ...more } });
};

const lost = (more: Partial<Intent> = {}) => ({
  ...running,
  outcome: { type: 'lost' as const, at: '2026-11-20T12:00:00.000Z' },
  ...more,
});
test.each<[string, Partial<Intent>, number, string | undefined]>([
  ['in its roll', {}, 1, 'failed'],
  ['in its roll, before the upgrade parked and was granted again', {}, 2, 'failed'],
  ['while its settings were changed to what the group has', { step: 'set-update-config' }, 1, 'failed'],
  ['before a person had it tried again', { committedAt: '2026-11-20T10:59:59.000Z' }, 2, undefined],
  ['in another upgrade', { upgradeId: 'other' }, 2, undefined],
])('a group whose namesake was deleted %s is left as it is until a person looks', async (_, of, number, status) => {
  const updateConfig = { maxUnavailable: 3 };
  const upgrades = [upgrade({ startedAt: '2026-11-20T11:00:00.000Z', mutated: true })];
  const kept = { policy: policyOf({ updateConfig }), grant: grant({ number }), upgrades, intents: [lost(of)] };
  const result = await rolled({ kept, group: { updateConfig } });
  expect([result.status, result.sent.length]).toEqual(status === undefined ? ['wait', 1] : [status, 0]);
});

const failedStep = (endedAt?: string, status: 'failed' | 'done' = 'failed') => ({
  status,
  reasons: [],
  startedAt: '2026-11-20T12:00:00.000Z',
  ...(endedAt === undefined ? {} : { endedAt }),
});
test.each<[string, Parameters<typeof upgrade>[0], boolean]>([
  ['one that failed in this attempt', { steps: { 'roll-node-group/b': failedStep('2026-11-20T12:00:00.000Z') } }, true],
  [
    'one that failed in an earlier attempt',
    { steps: { 'roll-node-group/b': failedStep('2026-11-20T11:59:59.000Z') } },
    false,
  ],
  ['one that has not ended', { steps: { 'roll-node-group/b': failedStep() } }, false],
  ['one that is done', { steps: { 'roll-node-group/b': failedStep('2026-11-20T12:00:00.000Z', 'done') } }, false],
  ['itself', { steps: { 'roll-node-group/a': failedStep('2026-11-20T12:00:00.000Z') } }, false],
  ['another step', { steps: { 'smoke-check': failedStep('2026-11-20T12:00:00.000Z') } }, false],
])('a node group is not started after %s: %#', async (_, of, stops) => {
  const { status, said, sent } = await rolled({ kept: { upgrades: [upgrade(of)] } });
  expect(sent).toHaveLength(stops ? 0 : 1);
  if (!stops) return;
  expect(status).toBe('blocked');
  expect(said).toBe('a was not started, because the node group b failed in this attempt.');
});

test.each<[string, Partial<Nodegroup>, string, string, number | undefined]>([
  ['it is there', { version: '1.37' }, 'done', 'Every node of a was replaced at 1.37.', undefined],
  ['EKS does not show it yet', {}, 'wait', 'The roll of a succeeded; DescribeNodegroup still says 1.36.', 100],
  [
    'EKS shows no version',
    { version: undefined as never },
    'wait',
    'The roll of a succeeded; DescribeNodegroup still says no version.',
    100,
  ],
])('a roll that has succeeded is done when %s', async (_, group, status, said, waitSeconds) => {
  const eks = {
    cluster: { version: '1.37' },
    nodegroups: { a: group },
    updates: { 'nodegroup/a': [{ status: 'Successful' }] },
  };
  const result = await rolled({ eks, group, minutes: 13 + 20 / 60, kept: { intents: [running] } });
  expect(result).toMatchObject({ status, said, sent: [] });
  expect(result.waitSeconds).toBe(waitSeconds);
});

const RETRIED = { podEvictionFailure: { retries: 1, pause: '30m' } };
const stuck = (more: Partial<Intent> = {}) => {
  const errors = [{ code: readCode('PodEvictionFailure'), message: 'pods stay' }];
  const observed = { status: 'Failed' as const, errors, at: '2026-11-20T12:00:00.000Z' };
  return { ...running, outcome: { type: 'accepted' as const, updateId: 'u-1', at: observed.at, observed }, ...more };
};
test.each<[string, Intent[], string]>([
  ['once', [], 'parked'],
  ['twice', [stuck({ grantNumber: 0 })], 'failed'],
  ['once, and another group too', [stuck({ subject: 'b' })], 'parked'],
  ['once in this upgrade, and in another one', [stuck({ grantNumber: 0, upgradeId: 'other' })], 'parked'],
])(
  'a roll whose pods stayed is tried again once where the policy says once: it failed %s',
  async (_, before, status) => {
    const kept = { policy: policyOf(RETRIED) };
    const attempt = before.some(({ subject }) => subject === 'a') ? 2 : 1;
    const result = await rolled({ kept: { ...kept, intents: [...before, stuck({ attempt })] } });
    expect(result).toMatchObject({ status, sent: [] });
    const codes = ['PodEvictionFailure', 'PodsStayed'];
    expect(result.codes).toEqual(status === 'parked' ? ['EvictionRetried', 'PodEvictionFailure'] : codes);
  },
);

const skipping = (skip: readonly ('node' | 'drain')[]) =>
  ({ scan: { ...policyWith().spec.scan, skip } }) as Partial<UpgradePolicy['spec']>;
test.each<[string, Partial<UpgradePolicy['spec']>, RegExp]>([
  ['drains are looked at', skipping(['node']), /: liftlock scan cluster web --target 1\.37 names them\.$/],
  ['drains are left out', skipping(['drain']), /: kubectl get poddisruptionbudgets -A names them\.$/],
  ['nothing is read of the API server', { verification: 'eks-api' }, /: kubectl get poddisruptionbudgets -A /],
])('where %s, what shows the budgets that have kept pods is named', async (_, more, said) => {
  const result = await rolled({ kept: { policy: policyOf(RETRIED, more), intents: [stuck()] } });
  expect(result.said).toMatch(said);
});

test('a roll is looked at ever more rarely, at first after four minutes', async () => {
  const seconds = async (minutes: number) => (await rolled({ minutes, kept: { intents: [running] } })).waitSeconds;
  expect(await Promise.all([0, 3, 4, 16, 200].map(seconds))).toEqual([240, 60, 60, 120, 900]);
});

test('a machine that passes no node group is told what is missing', async () => {
  const ports = await oneStep(new MemoryTable());
  await expect(rollNodeGroup(ports, stepInput())).rejects.toMatchObject({
    name: 'InvalidInput',
    message: 'roll-node-group was given no node group: its machine passes one item of list-node-groups.',
  });
});

describe('in a rollback', () => {
  const mine = upgrade({ id: 'rollback-1.37-1.36', machine: 'rollback-cluster', from: '1.37', to: '1.36' });
  const back = async (group: Partial<Nodegroup>, { eks = {}, kept = {}, ...given }: GivenStep = {}) => {
    const ports = await oneStep(new MemoryTable(), {
      eks: { cluster: { version: '1.37' }, nodegroups: { a: { version: '1.37', ...group } }, ...eks },
      kept: { upgrades: [mine], grant: grant({ upgradeId: mine.id, machine: mine.machine }), ...kept },
      ...given,
    });
    const { status, reasons } = await rollNodeGroup(ports, stepInput({ targetVersion: '1.36' }, { nodegroup: 'a' }));
    return { status, code: reasons[0]?.code, message: reasons[0]?.message, sent: ports.sent };
  };
  const call = { call: 'UpdateNodegroupVersion', clusterName: 'web', nodegroupName: 'a', version: '1.36' };
  const node = (kubeletVersion: string, nodegroup = 'a'): Node => ({
    ...{ name: 'n', kubeletVersion, ready: true, unschedulable: false },
    labels: { 'eks.amazonaws.com/nodegroup': nodegroup },
  });

  test('a group that has followed goes back, and one that has not stays', async () => {
    expect(await back({})).toMatchObject({ status: 'wait', sent: [call] });
    expect(await back({ version: '1.36' })).toMatchObject({ status: 'done', code: 'AtTarget', sent: [] });
    expect(await back({ version: '1.35' })).toMatchObject({ status: 'done', code: 'AtTarget', sent: [] });
  });

  test('one whose control plane is back already goes there as well', async () => {
    expect(
      await back({}, { eks: { cluster: { version: '1.36' }, nodegroups: { a: { version: '1.37' } } } }),
    ).toMatchObject({
      ...{ status: 'wait', code: 'UpdateInProgress', sent: [call] },
    });
  });

  test.each(['1.35', '1.38'])('nothing is sent where the control plane is at %s', async (version) => {
    const answer = await back({}, { eks: { cluster: { version }, nodegroups: { a: { version: '1.37' } } } });
    expect(answer).toMatchObject({ status: 'blocked', code: 'NotTheControlPlanesVersion', sent: [] });
  });

  test.each<[string, readonly Node[] | Error, number]>([
    ['newer nodes than EKS says', [node('v1.36.1'), node('v1.37.0-eks-a')], 1],
    ['nodes at the minor alone', [node('v1.36.9'), node('v1.35.0')], 0],
    ["newer nodes, which are another group's", [node('v1.37.0', 'b')], 0],
    ['nodes that nobody can tell', [node('unknown')], 0],
    ['nodes that nobody may read', new ClusterAccessError('ClusterForbidden', 'no'), 0],
  ])('a group that is there by what EKS says, with %s', async (_, nodes, sent) => {
    const nodesSeen = () => {
      if (nodes instanceof Error) throw nodes;
      return nodes;
    };
    const answer = await back({ version: '1.36' }, { nodesSeen });
    expect(answer.sent).toEqual(Array.from({ length: sent }, () => call));
    if (sent === 0) expect(answer).toMatchObject({ status: 'done' });
  });

  test('of a cluster without an endpoint what EKS says of a group is all that is known', async () => {
    const eks = { cluster: { version: '1.37', endpoint: undefined }, nodegroups: { a: { version: '1.36' } } };
    const nodesSeen = () => [node('v1.37.0')];
    expect(await back({}, { eks: eks as never, nodesSeen })).toMatchObject({ status: 'done', sent: [] });
  });

  test('an upgrade asks nobody for newer nodes of a group that is there', async () => {
    const up = upgrade({ id: '1.36-1.36', from: '1.36', to: '1.36' });
    const kept = { upgrades: [up], grant: grant({ upgradeId: up.id }) };
    const eks = { cluster: { version: '1.36' }, nodegroups: { a: { version: '1.36' } } };
    expect((await back({}, { kept, eks, nodesSeen: () => [node('v1.37.0')] })).sent).toEqual([]);
  });

  test('a fault of the API server is none of no nodes', async () => {
    const nodesSeen = () => {
      throw new Error('fault');
    };
    await expect(back({ version: '1.36' }, { nodesSeen })).rejects.toThrow('fault');
  });

  test('an upgrade takes no group back', async () => {
    const up = upgrade({ id: '1.36-1.36', from: '1.36', to: '1.36' });
    const kept = { upgrades: [up], grant: grant({ upgradeId: up.id }) };
    expect(
      (await back({}, { kept, eks: { cluster: { version: '1.36' }, nodegroups: { a: { version: '1.37' } } } })).sent,
    ).toEqual([]);
    expect((await back({}, { kept })).sent).toEqual([]);
  });

  test("a group with an AMI of its own, which no policy names, is its owner's", async () => {
    expect(await back({ amiType: 'CUSTOM' })).toMatchObject({ status: 'done', code: 'CustomAmi', sent: [] });
  });

  test('nor is one whose nodes have not followed, whatever the policy names for it', async () => {
    const base = policyWith({ name: 'p' });
    const nodes = { images: [{ owners: ['self'], table: { '1.37': { 'eu-central-1': 'ami-0a36aabb11223344f' } } }] };
    const policy = policyConfig({ ...base, spec: { ...base.spec, nodes } } as never);
    const custom = { amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '3' } };
    const answer = await back(custom, { nodesSeen: () => [node('v1.36.9')], kept: { policy } });
    expect(answer).toMatchObject({ status: 'done', code: 'CustomAmi', sent: [] });
  });

  test.each<[string, readonly Node[] | Error, RegExp]>([
    ['are read', [node('v1.36.9')], /^No node of a, .* is newer than 1\.36/],
    [
      'nobody may read',
      new ClusterAccessError('ClusterForbidden', 'no'),
      /could not be read: it stays as it is, and EKS/,
    ],
  ])('such a group of which the nodes %s is not said to have none without a look', async (_, nodes, said) => {
    const nodesSeen = () => {
      if (nodes instanceof Error) throw nodes;
      return nodes;
    };
    const answer = await back({ amiType: 'CUSTOM' }, { nodesSeen });
    expect(answer).toMatchObject({ status: 'done', code: 'CustomAmi', sent: [], message: expect.stringMatching(said) });
  });

  test('such a group that it has rolled is not said to stay as it is by a later look', async () => {
    const outcome = {
      ...running.outcome,
      observed: { status: 'Successful', at: '2026-11-20T12:30:00.000Z', errors: [] },
    };
    const ended = { ...running, upgradeId: mine.id, outcome } as Intent;
    const ports = await oneStep(new MemoryTable(), {
      eks: { cluster: { version: '1.37' }, nodegroups: { a: { amiType: 'CUSTOM', releaseVersion: 'ami-1' } } },
      kept: { upgrades: [mine], grant: grant({ upgradeId: mine.id, machine: mine.machine }), intents: [ended] },
      nodesSeen: () => [node('v1.36.9')],
    });
    const { reasons } = await rollNodeGroup(ports, stepInput({ targetVersion: '1.36' }, { nodegroup: 'a' }));
    expect(reasons.map(({ message }) => message)).toEqual(['Every node of a was replaced with the AMI ami-1.']);
  });
});
