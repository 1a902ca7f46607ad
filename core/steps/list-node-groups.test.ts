import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem } from '../../test/material/items/rollout-items.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { intent, KEY, type Kept, NOON, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Nodegroup } from '../ports/eks.ts';
import { listNodeGroups } from './list-node-groups.ts';

interface Given {
  readonly groups?: Readonly<Record<string, Partial<Nodegroup>>>;
  /** A part of the wave in the policy, as YAML. */
  readonly wave?: string;
  readonly to?: string;
  readonly of?: Partial<Upgrade>;
  readonly asked?: string;
  readonly minutes?: number;
  readonly kept?: Kept;
  /** What ListNodegroups answers. */
  readonly refusal?: Error;
}

async function listed({
  groups = { b: {}, a: {} },
  wave = '',
  to = '1.38',
  of = {},
  asked,
  minutes = 0,
  kept,
  refusal,
}: Given = {}) {
  const ports = await oneStep(new MemoryTable(), {
    eks: { cluster: { version: '1.37' }, nodegroups: groups },
    kept: {
      policy: policyConfig(policyWith({ name: 'p', waves: `[{ name: all ${wave} }]` })),
      upgrades: [upgrade(of)],
      member: memberItem({ clusterKey: KEY, waveIndex: 1, to }),
      ...kept,
    },
    minutes,
  });
  if (refusal !== undefined) ports.eks.listNodegroups = () => Promise.reject(refusal);
  const result = await listNodeGroups(ports, stepInput(asked === undefined ? {} : { nodegroup: asked }));
  const { status, reasons, nodegroups, resumeAt } = result;
  return { status, nodegroups, resumeAt, told: reasons.map(({ code, message }) => `${code}: ${message}`) };
}
const all = { status: 'done', nodegroups: ['a', 'b'], told: ['Listed: 2 node groups of web.'] };

test('node groups are rolled by their names, all of them or the one that was asked for', async () => {
  expect(await listed()).toMatchObject(all);
  expect(await listed({ asked: 'b' })).toMatchObject({ status: 'done', nodegroups: ['b'], told: [] });
});

test('a group whose roll has ended comes after those that were not rolled, and after those that ended before', async () => {
  const rolled = (subject: string, attempt: number, at?: string, upgradeId = '1.36-1.37') =>
    intent({
      ...{ step: 'roll-node-group', subject, attempt, upgradeId },
      outcome: {
        ...{ type: 'accepted', updateId: 'u', at: NOON.toISOString() },
        observed: at === undefined ? undefined : { status: 'Failed', at: `2026-11-20T${at}:00.000Z`, errors: [] },
      },
    });
  const intents = [rolled('a', 1, '09:00'), rolled('a', 2, '11:00'), rolled('b', 1, '10:00'), rolled('c', 1, '10:30')];
  const others = [rolled('c', 2), rolled('d', 1, '11:30', '1.35-1.36')];
  const { nodegroups } = await listed({
    groups: { a: {}, b: {}, c: {}, d: {}, e: {} },
    kept: { intents: [...intents, ...others] },
  });
  expect(nodegroups).toEqual(['c', 'd', 'e', 'b', 'a']);
});

test.each([
  [{ b: {}, a: {} }, 'a, b'],
  [{}, 'none'],
])('a node group that is not there is told with those that are', async (groups, names) => {
  expect(await listed({ groups, asked: 'c' })).toMatchObject({
    status: 'blocked',
    nodegroups: [],
    told: [`NoSuchNodegroup: web has no node group c; it has ${names}.`],
  });
});

test('an execution without a grant rolls nothing', async () => {
  expect(await listed({ kept: { grant: undefined } })).toMatchObject({ status: 'parked', nodegroups: [] });
});

const later = ', rollNodes: whenSkewRequires';
const stay = {
  status: 'done',
  nodegroups: [],
  told: [
    'NodesLater: The nodes of web stay as they are at 1.37: the next hop allows it (rollNodes: whenSkewRequires).',
  ],
};
test.each<[string, Given, object]>([
  ['stay where the policy lets them and another hop follows', { wave: later }, stay],
  ['are rolled at the last hop', { wave: later, to: '1.37' }, all],
  ['are rolled where the policy says nothing', {}, all],
  ['are rolled where one is too old for the next hop', { wave: later, groups: { a: {}, b: { version: '1.34' } } }, all],
  [
    'are rolled where a version is not known',
    { wave: later, groups: { a: {}, b: { version: undefined as never } } },
    all,
  ],
  ['are rolled where a version cannot be read', { wave: later, groups: { a: {}, b: { version: 'odd' } } }, all],
  ['are rolled in a fleet that cannot be read', { wave: later, kept: { fleet: undefined } }, all],
  ['are rolled where its member is gone', { wave: later, kept: { member: undefined } }, all],
  [
    'are rolled in an upgrade that a person asked for',
    { wave: later, of: { rolloutId: undefined as never, waveIndex: undefined as never } },
    all,
  ],
])('nodes %s', async (_, given, expected) => {
  expect(await listed(given)).toMatchObject(expected);
});

const bakes = ', bake: 1h';
const there = { controlPlaneCompletedAt: '2026-11-20T12:00:00.000Z' };
const step = (endedAt?: string) => ({
  steps: {
    'upgrade-control-plane': {
      status: 'done' as const,
      reasons: [],
      startedAt: '2026-11-20T12:00:00.000Z',
      ...(endedAt && { endedAt }),
    },
  },
});
const baking = {
  status: 'parked',
  nodegroups: [],
  resumeAt: '2026-11-20T13:00:00.000Z',
  told: [
    'Baking: The control plane is at 1.37 since 2026-11-20T12:00:00.000Z; it bakes for 1h before it goes on, until 2026-11-20T13:00:00.000Z.',
  ],
};
test.each<[string, Given, object]>([
  ['bakes before its nodes follow', { wave: bakes, of: there }, baking],
  ['bakes to the last second', { wave: bakes, of: there, minutes: 59 }, baking],
  ['has baked', { wave: bakes, of: there, minutes: 60 }, all],
  [
    'bakes from when the step ended, where nothing else is known',
    { wave: bakes, of: step('2026-11-20T12:00:00.000Z') },
    { ...baking, told: [baking.told[0]?.replace('is at 1.37 since', 'was found at 1.37 at')] },
  ],
  [
    'bakes from when its update ended, not the step',
    { wave: bakes, of: { ...there, ...step('2026-11-20T10:00:00.000Z') } },
    baking,
  ],
  ['does not bake where only nodes are to follow', { wave: bakes, of: { ...there, from: '1.37' } }, all],
  ['does not bake where nobody knows since when', { wave: bakes, of: step() }, all],
  ['does not bake where nobody wants it', { of: there }, all],
  ['does not bake where a person rolls one group', { wave: bakes, of: { ...there, machine: 'roll-node-group' } }, all],
])('a control plane %s', async (_, given, expected) => {
  expect(await listed(given)).toMatchObject(expected);
});

test.each([
  [{ mutated: true }, 'parked'],
  [{ mutated: false }, 'blocked'],
])('where the list is denied, an upgrade with %j is %s with the role that lacks the permission', async (of, status) => {
  const refusal = Object.assign(new Error('User: arn is not authorized to perform: eks:ListNodegroups'), {
    name: 'AccessDeniedException',
  });
  const result = await listed({ of, refusal });
  expect(result).toMatchObject({
    status,
    nodegroups: [],
    told: [expect.stringMatching(/^Denied: .*eks:ListNodegroups/)],
  });
});
