import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import { holds } from '../../test/material/operations/held-cluster.ts';
import { isDirty, operatorPorts, recordOf } from '../../test/material/operations/operator-ports.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import {
  cluster,
  fleetConfig,
  type Kept,
  NOON,
  policyConfig,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import type { AccountState, RegionVersions } from '../contracts/items/cluster.ts';
import { reason } from '../contracts/step-result.ts';
import {
  Accounts,
  ClusterControls,
  Clusters,
  Configs,
  PolicyRollouts,
  Regions,
  Rollouts,
  Upgrades,
} from '../store/entities.ts';
import { loadKind, put } from '../store/entity.ts';
import { deleteConfig } from './delete-config.ts';
import { startRollout } from './start-rollout.ts';

const offered = (version: string) => ({ version, status: 'STANDARD_SUPPORT', defaultVersion: false });
const region: RegionVersions = {
  region: cluster.region,
  versions: ['1.36', '1.37'].map(offered),
  announced: [],
  checkedAt: NOON.toISOString(),
};
const looked: AccountState = {
  account: cluster.account,
  region: cluster.region,
  status: 'Ok',
  clusters: 1,
  names: ['web'],
  checkedAt: NOON.toISOString(),
};
const observing = {
  ...fleetConfig,
  document: { ...fleetConfig.document, spec: { ...(fleetConfig.document.spec as object), mode: 'observe' } },
};

interface Given {
  readonly kept?: Kept;
  readonly accounts?: readonly AccountState[];
  readonly policy?: string;
}
type Options = Parameters<typeof startRollout>[3];

async function world({ kept = {}, accounts = [looked] }: Given = {}) {
  const table = new MemoryTable();
  const ports = await operatorPorts(table, { rollout: undefined, waves: [], member: undefined, ...kept });
  const more = [put(Regions, region, 'absent'), ...accounts.map((one) => put(Accounts, one, 'absent'))];
  await table.transact(more);
  return { ...ports, ids: { next: () => 'salt' } };
}
async function started(options: Partial<Options> = {}, given: Given = {}) {
  const ports = await world(given);
  const detail = await startRollout(ports, given.policy ?? 'p', 'ann', { dryRun: false, ...options });
  return { detail, ports, rollouts: await loadKind(ports.table, Rollouts) };
}

test('a rollout of a policy is planned, created and looked at by the next tick', async () => {
  const { detail, ports, rollouts } = await started();
  expect(detail).toMatchObject({ policy: 'p', target: '1.37', status: 'Running', createdBy: 'ann', reasons: [] });
  expect(detail.members).toMatchObject([{ name: 'web', from: '1.36', to: '1.37', status: 'Pending' }]);
  expect(detail.standings).toHaveLength(1);
  expect(rollouts.map(({ id }) => id)).toEqual([detail.id]);
  const record = await recordOf(ports.table, `rollout/${detail.id}`);
  expect(record.at(-1)).toMatchObject({ event: 'RolloutCreated', principal: 'ann' });
  expect(await isDirty(ports.table)).toBe(true);
});

const workers = { name: 'g', version: '1.36', status: 'ACTIVE', issues: [] };
const behind = { ...cluster, version: '1.37', nodegroups: [workers] };
const withFinish = (finish: string): Kept => {
  const { spec, ...rest } = policyWith({ name: 'p' });
  return { cluster: behind, policy: policyConfig({ ...rest, spec: { ...spec, finish: finish as 'never' } }) };
};
const asked = (kept: Kept, finish?: boolean) => started({ dryRun: true, ...(finish && { finish }) }, { kept });

test('nodes that are behind are taken in where somebody asks for it and the policy proposes it, or by themselves', async () => {
  for (const [finish, isAsked] of [
    ['propose', true],
    ['always', true],
    ['always', false],
  ] as const) {
    const { detail } = await asked(withFinish(finish), isAsked);
    expect(detail.members).toMatchObject([{ name: 'web', from: '1.37', to: '1.37', status: 'Pending' }]);
    expect(detail.finish).toBe(isAsked ? true : undefined);
  }
});

test.each([
  [
    'a policy that only proposes it names whom it would take in',
    'propose',
    undefined,
    'No cluster of the policy p can be upgraded now: the control plane of each is at its target, or it is excluded or held. Nodes or add-ons of web are behind: --finish takes them in. Of one',
  ],
  [
    'a policy that never does is not asked in vain',
    'never',
    true,
    'The policy p has finish: never, so what is behind is left to whoever looks after them. Apply it with finish: propose, or plan without --finish.',
  ],
  ['a policy that never does proposes nothing', 'never', undefined, 'it is excluded or held. Of one of them'],
])('nodes that are behind: %s', async (_, finish, isAsked, said) => {
  const refused = asked(withFinish(finish), isAsked);
  await expect(refused).rejects.toMatchObject({ name: 'NothingToDo', message: expect.stringContaining(said) });
});

test('a rollout that leaves out who is behind says so, once it is created too', async () => {
  const ports = await world();
  const left = { ...behind, name: 'left', arn: `${cluster.arn}-left`, clusterKey: `${cluster.arn}-left@x` };
  await ports.table.transact([put(Clusters, left, 'absent')]);
  const { leftOut } = await startRollout(ports, 'p', 'ann', { dryRun: false });
  expect(leftOut?.map(({ name, reason }) => `${name} ${reason.code}: ${reason.message}`)).toEqual([
    expect.stringMatching(
      /^left NodesBehind: .* Somebody runs: liftlock rollout create p --finish \(whom it takes says --dry-run\)\.$/,
    ),
  ]);
});

test('a plan does not say of a cluster that an abort has left half done that it is at the target', async () => {
  const other = `${cluster.arn}-left`;
  const left = { ...behind, name: 'left', arn: other, clusterKey: `${other}@x`, nodegroups: [] };
  const ports = await world();
  const hop = upgrade({ clusterKey: left.clusterKey, rolloutId: 'gone', status: 'Parked', mutated: true });
  await ports.table.transact([put(Clusters, left, 'absent'), put(Upgrades, hop, 'absent')]);
  const { leftOut } = await startRollout(ports, 'p', 'ann', { dryRun: true });
  expect(leftOut).toMatchObject([
    { name: 'left', reason: { code: 'UpgradeUnderWay', message: expect.stringMatching(/is under way .*and Parked/) } },
  ]);
});

test('who asks for it in vain hears so, and of nobody who is kept away', async () => {
  const held = { ...withFinish('propose'), cluster: { ...behind, tags: { 'liftlock/paused': 'true' } } };
  await expect(asked(held)).rejects.toMatchObject({ message: expect.not.stringContaining('Nodes of') });
  const whole = { ...withFinish('propose'), cluster: { ...behind, nodegroups: [] } };
  await expect(asked(whole, true)).rejects.toMatchObject({
    message: expect.stringContaining('can be upgraded or finished now'),
  });
});

test('a plan says of each cluster what is known to stop it', async () => {
  const group = { name: 'g', version: '1.32', amiType: 'AL2_x86_64', status: 'ACTIVE', issues: [] };
  const { detail } = await started({ dryRun: true }, { kept: { cluster: { ...cluster, nodegroups: [group] } } });
  expect(detail.members[0]?.reasons.map(({ code }) => code)).toEqual(['ScanFinding', 'VersionSkew']);
  expect(detail.members[0]?.status).toBe('Pending');
});

test('a plan is all where somebody only wants to see it, also while the fleet is observed', async () => {
  for (const [kept, codes] of [
    [{}, []],
    [{ fleet: observing }, ['ObserveMode']],
    [{ control: { stopped: true } }, ['FleetStopped']],
  ] as const) {
    const { detail, ports, rollouts } = await started({ dryRun: true }, { kept });
    expect(detail).toMatchObject({ status: 'Planned', members: [{ name: 'web' }], leftOut: [] });
    expect(detail.reasons.map(({ code }) => code)).toEqual(codes);
    expect(rollouts).toStrictEqual([]);
    expect(await isDirty(ports.table)).toBe(false);
  }
});

test('a plan says of a wave that proves nothing, since all that need work in it are held, that it holds the later ones', async () => {
  const waves = '[{ name: first, clusters: [web] }, { name: last }]';
  const kept = { policy: policyConfig(policyWith({ name: 'p', waves })), clusterControl: holds };
  const ports = await world({ kept, accounts: [{ ...looked, names: ['web', 'other'] }] });
  const other = { ...cluster, name: 'other', arn: `${cluster.arn}-2`, clusterKey: `${cluster.clusterKey}-2` };
  await ports.table.transact([put(Clusters, other, 'absent')]);
  const { waveDetails } = await startRollout(ports, 'p', 'ann', { dryRun: true });
  expect(waveDetails.map(({ name, reasons }) => [name, ...reasons.map(({ code }) => code)])).toEqual([
    ['first', 'NoneJudged'],
    ['last'],
  ]);
});

test('after a rollout that has ended the next one of the same clusters is another', async () => {
  const first = (await started()).detail.id;
  const ended = rolloutItem({ id: first, status: 'Aborted' });
  const { detail } = await started({}, { kept: { rollout: ended } });
  expect(detail.id).not.toBe(first);
  expect(detail).toMatchObject({ status: 'Running', members: [{ name: 'web' }] });
});

test('with half an inventory nothing is planned, unless somebody asks for it, and then it says so', async () => {
  const gap = 'Nobody has looked into 111122223333 in eu-central-1 yet.';
  const reasons = [{ code: 'InventoryIncomplete', message: gap }];
  for (const dryRun of [true, false])
    await expect(started({ dryRun }, { accounts: [] })).rejects.toMatchObject({
      name: 'RolloutBlocked',
      message: `The inventory is not complete, and clusters that are found later would go with later waves than their own. ${gap} Try again when liftlock get accounts shows them all, or plan over what is known with --incomplete-inventory.`,
      details: { reasons },
    });
  const { detail } = await started({ incompleteInventory: true }, { accounts: [] });
  const message = `ann had it planned before the inventory was complete. ${gap}`;
  expect(detail.reasons).toEqual([{ code: 'PlannedIncomplete', message }]);
  expect(detail).toMatchObject({ policy: 'p', target: '1.37', status: 'Running' });
});

const busy = (id: string, status: string) =>
  `The rollout ${id} of the policy p is under way, and there is one at a time. It is ${status}: wait for its end, or resume, promote or abort it: liftlock describe rollout ${id}`;
test.each<[string, Given, string, string]>([
  ['no policy of that name is applied', { policy: 'q' }, 'PolicyNotFound', 'There is no policy q. Applied are p.'],
  [
    'no policy is applied at all',
    { policy: 'x'.repeat(101), kept: { policy: undefined } },
    'PolicyNotFound',
    `There is no policy ${'x'.repeat(100)}. None is applied.`,
  ],
  [
    'there is no Fleet',
    { kept: { fleet: undefined } },
    'RolloutBlocked',
    'No Fleet is applied. Run: liftlock apply -f fleet.yaml',
  ],
  [
    'the fleet is only observed',
    { kept: { fleet: observing } },
    'RolloutBlocked',
    'The fleet is in mode "observe": Liftlock only looks, so no rollout is created. Look at the plan with --dry-run, or apply the Fleet with mode: act.',
  ],
  [
    'every cluster is at its target',
    { kept: { cluster: { ...cluster, version: '1.37' } } },
    'NothingToDo',
    'No cluster of the policy p can be upgraded now: the control plane of each is at its target, or it is excluded or held. Of one of them, also where a hop failed and left node groups behind, what goes on with it says: liftlock explain cluster X',
  ],
  [
    'a rollout of the policy has upgraded every cluster so far',
    { kept: { cluster: { ...cluster, version: '1.37' }, rollout: rolloutItem() } },
    'RolloutBusy',
    busy('r', 'Running'),
  ],
  [
    'a rollout of another policy is under way and every cluster is at its target',
    { kept: { cluster: { ...cluster, version: '1.37' }, rollout: rolloutItem({ policy: 'other' }) } },
    'NothingToDo',
    expect.stringMatching(/^No cluster of the policy p/),
  ],
])('no rollout is started where %s', async (_, given, name, message) => {
  await expect(started({}, given)).rejects.toMatchObject({ name, message });
});

test('what keeps each of several clusters away is told in sentences of their own', async () => {
  const held = { since: '2026-11-20T10:00:00.000Z', reason: reason('ScanFinding', 'It failed.') };
  const ports = await world({ kept: { clusterControl: { clusterKey: cluster.clusterKey, held } } });
  const other = { ...cluster, clusterKey: `${cluster.clusterKey}-2`, name: 'other' };
  await ports.table.transact([
    put(Clusters, other, 'absent'),
    put(ClusterControls, { clusterKey: other.clusterKey, held }, 'absent'),
  ]);
  const start = startRollout(ports, 'p', 'ann', { dryRun: false });
  await expect(start).rejects.toThrow(/: It failed\. (?:web|other): [^,]*It failed\. Of one of them/);
});

test('no rollout is started beside another one of its policy', async () => {
  const ports = await world({ kept: { rollout: rolloutItem({ id: 'other', status: 'Halted' }) } });
  await ports.table.transact([put(PolicyRollouts, { policy: 'p', rolloutId: 'other' }, 'absent')]);
  const start = startRollout(ports, 'p', 'ann', { dryRun: false });
  await expect(start).rejects.toMatchObject({ name: 'RolloutBusy', message: busy('other', 'Halted') });
});

test('the policies that are applied are named in their order', async () => {
  const ports = await world();
  for (const name of ['b', 'a'])
    await ports.table.transact([put(Configs, policyConfig(policyWith({ name })), 'absent')]);
  await expect(startRollout(ports, 'q', 'ann', { dryRun: true })).rejects.toMatchObject({
    message: 'There is no policy q. Applied are a, b, p.',
    details: { known: ['a', 'b', 'p'] },
  });
});

test('a policy that somebody deletes while its rollout is planned gets no rollout', async () => {
  const ports = await world();
  let isDeleted = false;
  const { table } = ports;
  // After the plan was made and its clusters were written, at the moment that the rollout itself is about to be.
  const transact = table.transact.bind(table);
  table.transact = async (operations) => {
    const begins = operations.some((one) => one.type === 'put' && one.item.kind === 'Rollout');
    if (begins && !isDeleted) {
      isDeleted = true;
      await deleteConfig(ports, { kind: 'UpgradePolicy', name: 'p' }, 'bob', 'gone');
    }
    return transact(operations);
  };
  const said = { name: 'PolicyNotFound', message: 'There is no policy p. None is applied.' };
  await expect(startRollout(ports, 'p', 'ann', { dryRun: false })).rejects.toMatchObject(said);
  expect(isDeleted).toBe(true);
  expect(await loadKind(table, Rollouts)).toEqual([]);
});
