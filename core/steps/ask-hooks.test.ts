import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { grant, KEY, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { type GivenStep, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import { quietEc2 } from '../../test/material/steps/quiet-account.ts';
import type { HookStep } from '../contracts/hook.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { LatestScans } from '../contracts/items/scan.ts';
import type { Hook } from '../policy/hook-decision.ts';
import { Upgrades } from '../store/entities.ts';
import { load, put, replace } from '../store/entity.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { rollNodeGroup } from './roll-node-group.ts';
import { upgradeControlPlane } from './upgrade-control-plane.ts';

/** The answer of a receiver. */
type Answers = (question?: unknown) => string | Promise<string>;
const webhook = 'https://hooks.example.com/x';
const secret = 'arn:aws:secretsmanager:eu-central-1:111111111111:secret:liftlock/hook-AbCdEf';
const hookOf = (step: HookStep, more: Partial<Hook> = {}): Hook => ({
  ...{ name: 'one', at: 'before', step, ask: { webhook, secret }, blocking: true, timeout: '30m' },
  ...more,
});
const says =
  (answer: string): Answers =>
  () =>
    JSON.stringify({ schema: 'liftlock.hook/v1', answer });
const policy = policyWith({ name: 'p' });
const withHooks = (hooks: readonly Hook[], spec: object = {}) =>
  policyConfig({ ...policy, spec: { ...policy.spec, ...spec, hooks } });

/** The step of the control plane, with one hook before it. */
async function controlPlane(answer: Answers, given: GivenStep = {}, hook = hookOf('upgrade-control-plane')) {
  const kept = { policy: withHooks([hook]), ...given.kept };
  const ports = await oneStep(new MemoryTable(), { ...given, kept, hooks: new Map([[webhook, answer]]) });
  const state = async () =>
    (await load(ports.table, Upgrades, KEY, upgrade().id))?.data.hooks?.['one/before/upgrade-control-plane'];
  return { ports, state, look: () => upgradeControlPlane(ports, stepInput()) };
}
const codes = ({ reasons }: Awaited<ReturnType<typeof upgradeControlPlane>>) => reasons.map(({ code }) => code);

test('nothing is sent by the look that has asked: the next one reads everything anew', async () => {
  let asked = 0;
  const { ports, look } = await controlPlane(() => {
    asked += 1;
    return says('go')();
  });
  const first = await look();
  expect([first.status, first.waitSeconds, codes(first), ports.sent]).toEqual(['wait', 1, ['HookPassed'], []]);
  const looks = ports.asked.length;
  expect(codes(await look())).toEqual(['UpdateInProgress']);
  expect(ports.sent).toMatchObject([{ call: 'UpdateClusterVersion' }]);
  expect(ports.asked.length).toBeGreaterThan(looks);
  expect(asked).toBe(1);
});

test('before an upgrade what was found for its target is told, with causes of bearable length', async () => {
  const of = (target: string, cause: string): LatestScans['scans'][number] => ({
    ...{ target, from: '1.36', scannedAt: '2026-11-20T11:00:00.000Z', verdict: 'pass', dataUpdatedOn: '2026-11-01' },
    ...{ errors: 0, warnings: 3, infos: 2, waived: 1, read: 1, gaps: 0 },
    causes: [{ severity: 'warning', cause, findings: 3, ids: ['a1'], fixes: ['Mend it.'] }],
  });
  const asked: unknown[] = [];
  const hear: Answers = (request) => {
    asked.push(request);
    return says('go')();
  };
  const { ports, look } = await controlPlane(hear, {}, hookOf('upgrade-cluster'));
  const scans = [of('1.38', 'later'), of('1.37', 'x'.repeat(400))];
  await ports.table.transact([put(LatestScanItems, { clusterKey: KEY, scans }, 'absent')]);
  await look();
  expect(asked).toMatchObject([
    {
      scan: {
        ...{ scannedAt: '2026-11-20T11:00:00.000Z', errors: 0, warnings: 3, infos: 2, waived: 1 },
        causes: [{ severity: 'warning', cause: 'x'.repeat(300), findings: 3, ids: ['a1'] }],
      },
    },
  ]);
});

test('since when it is asked is on record before it is', async () => {
  const { look, state } = await controlPlane(async () => {
    expect(await state()).toEqual({ askedSince: '2026-11-20T12:00:00.000Z', grantNumber: grant().number });
    return says('wait')();
  });
  expect(codes(await look())).toEqual(['HookWaits']);
  expect(await state()).toMatchObject({ answer: 'wait', answeredAt: '2026-11-20T12:00:00.000Z' });
  expect.assertions(3);
});

test.each([
  ['a no', 'stop', 'go', ['blocked', ['HookRefused']]],
  ['a go', 'go', 'wait', ['wait', ['HookPassed']]],
  ['a go', 'go', 'nothing that counts', ['wait', ['HookPassed']]],
] as const)('%s that another invocation has heard meanwhile stands: %s, then %s', async (_, heard, late, ended) => {
  const { ports, look, state } = await controlPlane(async () => {
    const read = await load(ports.table, Upgrades, KEY, upgrade().id);
    const meanwhile = {
      askedSince: '2026-11-20T12:00:00.000Z',
      grantNumber: grant().number,
      answer: heard,
      message: '',
    };
    if (read !== undefined)
      await ports.table.transact([
        replace(Upgrades, read, { ...read.data, hooks: { 'one/before/upgrade-control-plane': meanwhile } }),
      ]);
    return says(late)();
  });
  const result = await look();
  expect([result.status, codes(result)]).toEqual(ended);
  expect(await state()).toMatchObject({ answer: heard });
});

test.each([
  ['go', true],
  ['stop', false],
  ['wait', false],
] as const)(
  'what is said with an answer that nothing waits for (%s, blocking %s) is in the record alone, so that an upgrade has room for all hooks of all its node groups',
  async (answer, blocking) => {
    const says = () => JSON.stringify({ schema: 'liftlock.hook/v1', answer, message: 'noted' });
    const { ports, look, state } = await controlPlane(says, {}, hookOf('upgrade-control-plane', { blocking }));
    expect(codes(await look())).toEqual(['HookPassed']);
    expect(await state()).toEqual({
      ...{ askedSince: '2026-11-20T12:00:00.000Z', answeredAt: '2026-11-20T12:00:00.000Z' },
      ...{ grantNumber: grant().number, answer },
    });
    const answered = (await ports.table.auditOf(KEY)).find(({ event }) => event === 'HookAnswered');
    expect(answered?.detail).toMatchObject({ answer, message: 'noted' });
  },
);

test('an invocation of an older grant changes nothing of what a newer one has heard', async () => {
  const newer = { askedSince: '2026-11-20T13:00:00.000Z', grantNumber: grant().number + 1 };
  const { look, state } = await controlPlane(says('go'), {
    kept: {
      policy: withHooks([hookOf('upgrade-control-plane')]),
      upgrades: [upgrade({ hooks: { 'one/before/upgrade-control-plane': newer } } as Partial<Upgrade>)],
    },
  });
  const result = await look();
  expect([result.status, codes(result)]).toEqual(['parked', ['Superseded']]);
  expect(await state()).toEqual(newer);
});

test('where nobody can read the policy nobody knows who is to be asked, so nothing begins', async () => {
  const unread = withHooks([hookOf('upgrade-control-plane', { ask: { webhook, secret: 'of a later release' } })]);
  const { look, ports } = await controlPlane(says('go'), { kept: { policy: unread } });
  const result = await look();
  expect([result.status, codes(result), ports.sent]).toEqual(['parked', ['PolicyNotConfigured'], []]);
});

test('nor does a step end as done then', async () => {
  const unread = withHooks([hookOf('upgrade-control-plane', { ask: { webhook, secret: 'of a later release' } })]);
  const { look } = await controlPlane(says('go'), { kept: { policy: unread }, eks: { cluster: { version: '1.37' } } });
  const result = await look();
  expect([result.status, codes(result)]).toEqual(['parked', ['PolicyNotConfigured', 'AtTarget']]);
});

test('what has no change to make asks nobody', async () => {
  const { look } = await controlPlane(says('stop'), { eks: { cluster: { version: '1.37' } } });
  expect(codes(await look())).toEqual(['AtTarget']);
});

test('an expression of a selector that has no answer lets nobody off', async () => {
  const selector = { when: 'cluster.labels["team"] == "shop"', matchLabels: {}, matchExpressions: [] };
  const { look } = await controlPlane(says('stop'), {}, hookOf('upgrade-control-plane', { selector }));
  expect(codes(await look())).toEqual(['HookRefused']);
});

test('a hook of a node group is asked before the version of its launch template is made', async () => {
  const table = { '1.37': { 'eu-central-1': 'ami-0123456789abcdef0' } };
  const images = [{ owners: ['self'], table }];
  const group = {
    ...{ version: '1.37', amiType: 'CUSTOM', releaseVersion: 'ami-old' },
    launchTemplate: { id: 'lt-1', name: 'ml', version: '3' },
  };
  const ports = await oneStep(new MemoryTable(), {
    eks: { cluster: { version: '1.37' }, nodegroups: { a: group } },
    kept: { policy: withHooks([hookOf('roll-node-group')], { nodes: { images } }) },
    hooks: new Map([[webhook, says('stop')]]),
  });
  const ec2 = {
    ...quietEc2,
    describeLaunchTemplateVersion: async (_: unknown, template: string, version: string) => ({
      ...{ template, version, imageId: 'ami-old' },
    }),
    listLaunchTemplateVersions: async () => [],
    describeLaunchTemplateTags: async () => ({ 'liftlock:versions': 'allowed' }),
  };
  const result = await rollNodeGroup({ ...ports, ec2 }, stepInput({}, { nodegroup: 'a' }));
  expect([codes(result), ports.sent]).toEqual([['HookRefused'], []]);
});
