import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { intent, NOON, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { Intent, Upgrade } from '../contracts/items/protocol.ts';
import { ClusterAccessError, type Node } from '../ports/cluster-access.ts';
import { rollNodeGroup } from './roll-node-group.ts';

const node = (name: string, given: Partial<Node> = {}): Node => ({
  ...{ name, kubeletVersion: 'v1.36.2', ready: true, unschedulable: false },
  labels: { 'eks.amazonaws.com/nodegroup': name.split('-')[0] ?? '' },
  ...given,
});

interface Given {
  readonly disruption?: { readonly maxUnavailable: number | string; readonly pause: string };
  readonly nodes?: readonly Node[] | Error;
  readonly own?: object;
  readonly intents?: readonly Intent[];
  readonly more?: object;
  readonly drains?: readonly Upgrade[];
}

const base = policyWith({ name: 'p' });

/** The result for the node group `a`, whose update would replace three nodes at once. */
async function rolled({
  disruption,
  nodes = [],
  own = { maxUnavailable: 3 },
  intents = [],
  more = {},
  drains = [],
}: Given) {
  const ports = await oneStep(new MemoryTable(), {
    eks: {
      cluster: { version: '1.37', ...more },
      nodegroups: { a: { updateConfig: own, scalingConfig: { desiredSize: 10, maxSize: 20, minSize: 0 } } },
    },
    kept: {
      policy: policyConfig({ ...base, spec: { ...base.spec, ...(disruption === undefined ? {} : { disruption }) } }),
      upgrades: [upgrade(), ...drains],
      intents,
    },
    nodesSeen() {
      if (nodes instanceof Error) throw nodes;
      return nodes;
    },
  });
  const { status, reasons } = await rollNodeGroup(ports, stepInput({}, { nodegroup: 'a' }));
  const [sent] = ports.sent as { call: string; updateConfig?: object }[];
  return { status, said: reasons.map(({ code, message }) => `${code}: ${message}`), sent };
}

const AT_ONCE = { maxUnavailable: 2 };
const TWO = { ...AT_ONCE, pause: '0s' };

test('without a limit nobody asks the API server, and the group is rolled as it is set', async () => {
  const { sent } = await rolled({ nodes: new ClusterAccessError('ClusterUnreachable', 'no route') });
  expect(sent?.call).toBe('UpdateNodegroupVersion');
});

test.each<[string, Given, object | undefined]>([
  ['as many as may be', { disruption: TWO }, AT_ONCE],
  ['fewer where others are down', { disruption: TWO, nodes: [node('b-1', { ready: false })] }, { maxUnavailable: 1 }],
  ['as many as the group is set to, where that is fewer', { disruption: { ...TWO, maxUnavailable: 5 } }, undefined],
  ['a share that comes to more', { disruption: TWO, own: { maxUnavailablePercentage: 21 } }, AT_ONCE],
  ['a share that does not', { disruption: TWO, own: { maxUnavailablePercentage: 20 } }, undefined],
  ['its own nodes that are cordoned', { disruption: TWO, nodes: [node('a-1', { unschedulable: true })] }, AT_ONCE],
])('a group is rolled so many nodes at once: %s', async (_, given, updateConfig) => {
  const { sent } = await rolled(given);
  expect(sent?.call).toBe(updateConfig === undefined ? 'UpdateNodegroupVersion' : 'UpdateNodegroupConfig');
  expect(sent?.updateConfig).toEqual(updateConfig);
});

test('a node that was drained once, and is in use again under the mark of that drain, counts like any other', async () => {
  const drain = upgrade({ id: 'drain-nodes-1', machine: 'drain-nodes', status: 'Succeeded' });
  const nodes = [node('b-1', { cordonedBy: drain.id, ready: false })];
  const { sent } = await rolled({ disruption: TWO, nodes, drains: [drain] });
  expect(sent?.updateConfig).toEqual({ maxUnavailable: 1 });
});

test.each<[Upgrade['status'], number]>([
  ['Succeeded', 2],
  ['Parked', 1],
])(
  'nodes that a drain of Liftlock has cordoned, and that has %s, leave room for %s',
  async (status, maxUnavailable) => {
    const drain = upgrade({ id: 'drain-nodes-x', machine: 'drain-nodes', status });
    const nodes = [node('b-1', { unschedulable: true, cordonedBy: drain.id })];
    const { sent } = await rolled({ disruption: TWO, nodes, drains: [drain] });
    expect(sent?.updateConfig).toEqual({ maxUnavailable });
  },
);

test('a node with the mark of a drain that nobody knows is down', async () => {
  const nodes = [node('b-1', { unschedulable: true, cordonedBy: 'drain-nodes-y' })];
  expect((await rolled({ disruption: TWO, nodes })).sent?.updateConfig).toEqual({ maxUnavailable: 1 });
});

test('while as many nodes are down as may be it parks, and names them', async () => {
  const down = ['b-1', 'b-2', 'c-1', 'c-2', 'c-3', 'c-4', 'c-5'].map((name) => node(name, { unschedulable: true }));
  const { status, said, sent } = await rolled({ disruption: TWO, nodes: down });
  expect([status, sent]).toEqual(['parked', undefined]);
  expect(said).toEqual([
    'NodesDown: a is rolled when nodes of web are back (spec.disruption). Nodes of the cluster that are down: 7, allowed: 2: b-1 (cordoned by somebody else), b-2 (cordoned by somebody else), c-1 (cordoned by somebody else), c-2 (cordoned by somebody else), c-3 (cordoned by somebody else) and 2 more. Counted at 2026-11-20T12:00:00.000Z.',
  ]);
});

test.each<[string, Given, RegExp]>([
  ['does not answer', { nodes: new ClusterAccessError('ClusterUnreachable', 'no route') }, /^ClusterUnreachable: /],
  ['may not be read', { nodes: new ClusterAccessError('ClusterUnauthorized', '403') }, /^ClusterUnauthorized: /],
  ['has no endpoint', { more: { endpoint: undefined } }, /^ApiServerNotReady: /],
])('where nobody can count the nodes none is taken: the API server %s', async (_, given, said) => {
  const ended = await rolled({ disruption: TWO, ...given });
  expect([ended.status, ended.sent]).toEqual(['parked', undefined]);
  expect(ended.said).toEqual([expect.stringMatching(said)]);
});

test('what is no answer of the API server ends the invocation', async () => {
  await expect(rolled({ disruption: TWO, nodes: new Error('a fault') })).rejects.toThrow('a fault');
});

const OTHERS = { step: 'roll-node-group', subject: 'b' };
const observed = (status: string, at: string, given: Partial<Intent> = OTHERS) =>
  intent({
    ...given,
    outcome: {
      ...{ type: 'accepted', updateId: 'u', at: '2026-11-20T11:00:00.000Z' },
      observed: { status, at: `2026-11-20T${at}:00.000Z`, errors: [] },
    },
  });

test.each<[string, Intent, string]>([
  ['whose roll EKS ended 4 minutes ago', observed('Successful', '11:56'), 'parked'],
  ['whose roll failed 4 minutes ago, since it may have replaced nodes', observed('Failed', '11:56'), 'parked'],
  ['whose roll ended 10 minutes ago', observed('Successful', '11:50'), 'sent'],
  [
    'that had only its settings changed',
    observed('Successful', '11:56', { ...OTHERS, step: 'set-update-config' }),
    'sent',
  ],
  ['that EKS refused to roll', intent({ ...OTHERS, outcome: { type: 'never-sent', at: NOON.toISOString() } }), 'sent'],
  ['that another upgrade rolled', observed('Failed', '11:56', { ...OTHERS, upgradeId: '1.35-1.36' }), 'sent'],
  ['that it is itself', observed('Failed', '11:56', { ...OTHERS, subject: 'a', grantNumber: 0 }), 'sent'],
])('the pause of ten minutes is after a group %s', async (_, roll, expected) => {
  const { status, sent, said } = await rolled({ disruption: { ...TWO, pause: '10m' }, intents: [roll] });
  expect(sent === undefined ? status : 'sent').toBe(expected);
  if (sent === undefined)
    expect(said).toEqual([
      'NodesPause: The node group before a has ended; a begins at 2026-11-20T12:06:00.000Z (spec.disruption.pause).',
    ]);
});
