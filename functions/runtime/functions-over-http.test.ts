import type { FunctionName } from '../../core/contracts/names.ts';
import { FLEET } from '../../core/policy/applied.ts';
import { firstBreak } from '../../core/store/audit.ts';
import { Configs, Epochs, Grants } from '../../core/store/entities.ts';
import { load, put } from '../../core/store/entity.ts';
import { type AwsLoopback, startAwsLoopback } from '../../test/contract/aws-loopback.ts';

const scope = { account: '111111111111', region: 'eu-central-1' };
const cluster = `arn:aws:eks:${scope.region}:${scope.account}:cluster/shop`;
/** Works like Lambda; it is loaded late, since powertools reads the environment when a module loads. */
async function invoke(name: FunctionName, event: unknown): Promise<unknown> {
  const module = (await import(`../${name}/handler.ts`)) as {
    handler(event: unknown, context: object): Promise<unknown>;
  };
  return module.handler(event, { functionName: `liftlock-${name}`, awsRequestId: 'request' });
}
let aws: AwsLoopback;
let answers: Awaited<ReturnType<typeof upgrade>>;

beforeAll(async () => {
  aws = await startAwsLoopback();
  Object.assign(process.env, aws.environment, { POWERTOOLS_LOG_LEVEL: 'SILENT', POWERTOOLS_METRICS_DISABLED: 'true' });
  const document = {
    apiVersion: 'liftlock/v1alpha1',
    kind: 'Fleet',
    metadata: { name: FLEET },
    spec: { mode: 'act', accounts: [scope.account], regions: [scope.region], spokeRole: { externalId: 'ours' } },
  };
  const applied = { revision: 'test', appliedBy: 'test', appliedAt: '2026-11-20T08:00:00.000Z' };
  const fleet = { kind: 'Fleet' as const, name: FLEET, document, ...applied };
  await aws.table.transact([put(Epochs, { number: 1 }, 'absent'), put(Configs, fleet, 'absent')]);
  answers = await upgrade();
});
afterAll(() => aws.close());

/** The input that the state machine upgrade-control-plane passes to its steps. */
const step = (more: object = {}) => ({
  step: 'upgrade-control-plane',
  input: { cluster, targetVersion: '1.36' },
  execution: {
    arn: 'arn:aws:states:eu-central-1:999999999999:execution:liftlock-upgrade-control-plane:by-hand',
    name: 'by-hand',
    startTime: '2026-11-20T08:00:00.000Z',
  },
  ...more,
});

/** The answers of the handlers, in the order of an upgrade. */
async function upgrade() {
  const body = JSON.stringify({ ...scope, name: 'shop', depth: 'deep' });
  const record = { messageId: '1', receiptHandle: 'r', eventSource: 'aws:sqs', body };
  const recorded = await invoke('record-clusters', { Records: [record] });
  const granted = await invoke('request-grant', step());
  const begun = await invoke('upgrade-control-plane', step());
  const awaited = await invoke('upgrade-control-plane', step());
  aws.pass(120);
  const done = await invoke('upgrade-control-plane', step());
  return {
    recorded,
    granted,
    begun,
    awaited,
    done,
    concluded: await invoke('conclude-upgrade', step({ outcome: done })),
  };
}

test('from the queue to the end of an upgrade: the handlers, the SDK and the tables, over HTTP', async () => {
  const { recorded, granted, begun, awaited, done, concluded } = answers;
  expect(recorded).toEqual({ batchItemFailures: [] });
  expect(granted).toMatchObject({ status: 'done', reasons: [{ code: 'Granted' }] });
  expect(begun).toMatchObject({ status: 'wait' });
  expect(awaited).toMatchObject({ status: 'wait' });
  expect(done).toMatchObject({ status: 'done' });
  expect(concluded).toMatchObject({ status: 'Succeeded' });
  const [found] = await aws.table.queryKind('Cluster');
  const { clusterKey } = (found?.data ?? {}) as { clusterKey: string };

  const mutations = aws.eksCalls.filter((call) => call.operation.startsWith('Update'));
  expect(mutations.map(({ operation, input, account }) => [operation, input.version, account])).toEqual([
    ['UpdateClusterVersion', '1.36', scope.account],
  ]);
  const audit = await aws.table.auditOf(clusterKey);
  expect(firstBreak(audit)).toBeUndefined();
  const events = audit.map((item) => item.event);
  expect(events).toEqual(expect.arrayContaining(['Granted', 'MutationCommitted', 'MutationAccepted', 'UpdateEnded']));
  expect(events.at(-1)).toBe('UpgradeSucceeded');
  expect(aws.events).toEqual(expect.arrayContaining(['StepChanged', 'UpgradeChanged']));
  expect((await load(aws.table, Grants, clusterKey))?.data.status).toBe('open');
});

test('every session is of the spoke role, and only the mutating call’s is narrowed', () => {
  expect(new Set(aws.assumed.map((form) => form.get('RoleArn')))).toEqual(
    new Set([`arn:aws:iam::${scope.account}:role/LiftlockSpoke`]),
  );
  expect(new Set(aws.assumed.map((form) => form.get('ExternalId')))).toEqual(new Set(['ours']));
  const narrowed = aws.assumed.filter((form) => form.has('Policy'));
  expect(narrowed.map((form) => form.get('RoleSessionName'))).toEqual(['liftlock-upgrade-control-plane']);
  expect(JSON.parse(narrowed[0]?.get('Policy') ?? '')).toMatchObject({
    Statement: [{ Action: 'eks:UpdateClusterVersion', Resource: [cluster, `${cluster}/*`] }],
  });
  const reading = aws.assumed.filter((form) => !form.has('Policy')).map((form) => form.get('RoleSessionName'));
  expect(new Set(reading).size).toBe(reading.length);
});

test('an execution without the grant does nothing', async () => {
  const stranger = { ...step().execution, arn: 'arn:other', name: 'other' };
  expect(await invoke('list-node-groups', step({ execution: stranger }))).toMatchObject({
    status: 'parked',
    reasons: [{ code: 'Superseded' }],
    nodegroups: [],
  });
});

test('an unusable input is InvalidInput', async () => {
  await expect(invoke('request-grant', step({ input: { cluster: 'shop' } }))).rejects.toMatchObject({
    name: 'InvalidInput',
  });
});
