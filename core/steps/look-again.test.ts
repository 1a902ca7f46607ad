import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { grant, intent, KEY, NOON, policyConfig } from '../../test/material/protocol/one-upgrade.ts';
import { type FakeEks, failing, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { Grants, Intents, Upgrades } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { rollNodeGroup } from './roll-node-group.ts';
import { lookAgain, rememberRunning, takeEnded } from './run-step.ts';

const INPUT = stepInput({}, { nodegroup: 'a' });
const RUNNING = 'Roll of a to 1.37: EKS works on update u-1.';

/** A node group whose update began at noon and has been seen running; `later` is called ten minutes after. */
async function rolling(later: FakeEks = {}, kept: NonNullable<Parameters<typeof oneStep>[1]>['kept'] = {}) {
  const table = new MemoryTable();
  const began = await oneStep(table, { kept, eks: { cluster: { version: '1.37' }, nodegroups: { a: {} } } });
  began.silences.alarms.set('errors', { is: 'none' });
  let [first] = (await rollNodeGroup(began, INPUT)).reasons;
  if (first?.code === 'Silencing') [first] = (await rollNodeGroup(began, INPUT)).reasons;
  expect(first).toMatchObject({ code: 'UpdateInProgress', message: RUNNING });
  const { more, updates = {}, cluster = { version: '1.37' } } = later;
  const running = { ...{ nodegroups: { a: {} }, updates, cluster }, ...(more === undefined ? {} : { more }) };
  // The same table, and the later answer of EKS.
  const ports = { ...(await oneStep(new MemoryTable(), { eks: running, minutes: 10 })), table };
  const look = async (input: StepInput = INPUT) => {
    const result = await rollNodeGroup(ports, input);
    return [result.status, ...result.reasons.map(({ code }) => code)];
  };
  return { table, ports, look };
}

test('an update that still runs is asked for again with one read and one call, as long as it does', async () => {
  const { table, ports, look } = await rolling();
  for (let time = 1; time <= 2; time += 1) {
    const before = { ...table.reads };
    expect(await look()).toEqual(['wait', 'UpdateInProgress']);
    expect(ports.asked).toEqual(Array.from({ length: time }, () => 'u-1'));
    expect(table.reads).toMatchObject({ partition: before.partition, audit: before.audit });
  }
  expect(ports.told).toEqual([]);
});

test('what the step tells of alarms that could not be silenced makes no look dearer', async () => {
  const policy = policyWith({ name: 'p' });
  const silences = [{ alarms: ['errors'], during: ['roll-node-group' as const], longest: '4h' }];
  const kept = { policy: policyConfig({ ...policy, spec: { ...policy.spec, silences } }) };
  const { table, ports, look } = await rolling({}, kept);
  const steps = (await load(table, Upgrades, KEY, grant().upgradeId))?.data.steps;
  expect(Object.values(steps ?? {})[0]?.reasons.map(({ code }) => code)).toEqual(['UpdateInProgress', 'NotSilenced']);
  expect(await look()).toEqual(['wait', 'UpdateInProgress']);
  expect(ports.asked).toEqual(['u-1']);
});

test('it waits as long as the step that is opened would', async () => {
  const { ports } = await rolling();
  expect((await lookAgain(ports, INPUT))?.waitSeconds).toBe(75);
});

test.each<[string, FakeEks, string[]]>([
  ['has succeeded', { updates: { 'nodegroup/a': [{ status: 'Successful' }] } }, ['wait', 'NotVisibleYet']],
  ['has failed', { updates: { 'nodegroup/a': [{ status: 'Failed' }] } }, ['failed', 'UpdateFailed']],
  [
    'may not be read',
    { more: { describeUpdate: () => Promise.reject(failing('AccessDeniedException')) } },
    ['parked', 'Denied'],
  ],
])('the step is opened where the update %s', async (_, later, expected) => {
  const { ports, look } = await rolling(later);
  expect(await look()).toEqual(expected);
  expect(ports.asked).toContain('cluster');
});

test('the step that is opened then does not ask for the update a second time', async () => {
  const { ports, look } = await rolling({ updates: { 'nodegroup/a': [{ id: 'u-1', status: 'Failed' }] } });
  expect(await look()).toEqual(['failed', 'UpdateFailed']);
  expect(ports.asked.filter((one) => one === 'u-1')).toEqual(['u-1']);
  // It counts once, so another look asks again.
  expect(takeEnded(ports, 'u-1')).toBeUndefined();
});

test('an update that was found ended is handed to nobody who asks for another one', async () => {
  const { ports } = await rolling({ updates: { 'nodegroup/a': [{ id: 'u-1', status: 'Failed' }] } });
  expect(await lookAgain(ports, INPUT)).toBeUndefined();
  expect(takeEnded(ports, 'u-2')).toBeUndefined();
  expect(takeEnded(ports, 'u-1')).toMatchObject({ id: 'u-1', status: 'Failed' });
});

test('whoever has lost its grant is told so, whatever it has seen before', async () => {
  const { table, look } = await rolling();
  const read = await load(table, Grants, KEY);
  await table.transact([replace(Grants, read, { ...grant(), status: 'closing' })]);
  expect(await look()).toEqual(['parked', 'Superseded']);
});

test('a grant for another upgrade does not pass for that of the update', async () => {
  const { table, ports } = await rolling();
  const read = await load(table, Grants, KEY);
  await table.transact([replace(Grants, read, { ...grant(), upgradeId: '1.37-1.38' })]);
  expect(await lookAgain(ports, INPUT)).toBeUndefined();
});

test('an intent that another invocation has ended is not asked for again', async () => {
  const { table, ports } = await rolling();
  const read = await load(table, Intents, KEY, 'roll-node-group', 'a', 1);
  const outcome = { type: 'never-sent' as const, at: NOON.toISOString() };
  await table.transact([replace(Intents, read, { ...(read?.data ?? intent({})), outcome })]);
  expect(await lookAgain(ports, INPUT)).toBeUndefined();
});

test('another node group, and another execution, have seen nothing', async () => {
  const { ports } = await rolling();
  const other = { ...INPUT, execution: { ...INPUT.execution, arn: `${INPUT.execution.arn}-2` } };
  expect(await lookAgain(ports, other)).toBeUndefined();
  expect(await lookAgain(ports, { ...INPUT, nodegroup: 'b' })).toBeUndefined();
  // A remembered state that has changed is forgotten.
  expect(await lookAgain(ports, INPUT)).toBeUndefined();
});

test('what the upgrade does not say yet is left to the step that writes it', async () => {
  const { ports } = await rolling();
  const scope = { account: '222222222222', region: 'eu-central-1' };
  const bounds = { least: 60, most: 900 };
  const of = { clusterKey: KEY, upgradeId: grant().upgradeId, step: 'roll-node-group', subject: 'a', attempt: 1 };
  rememberRunning(ports, INPUT.execution.arn, { ...of, scope, what: 'Another word for it', bounds });
  expect(await lookAgain(ports, INPUT)).toBeUndefined();
});

test('a function remembers five hundred executions, and forgets the one that has not looked for longest', async () => {
  const { ports } = await rolling();
  const { asked } = ports;
  const seen = { scope: { account: '1', region: 'x' }, clusterKey: 'none', upgradeId: 'u', step: 's', subject: 'a' };
  const more = { ...seen, attempt: 1, what: '', bounds: { least: 1, most: 1 } };
  for (let one = 1; one < 500; one += 1) rememberRunning(ports, `other-${one}`, more);
  expect(await lookAgain(ports, INPUT)).toMatchObject({ status: 'wait' });
  for (let one = 500; one < 1001; one += 1) rememberRunning(ports, `other-${one}`, more);
  expect(await lookAgain(ports, INPUT)).toBeUndefined();
  expect(asked).toEqual(['u-1']);
});
