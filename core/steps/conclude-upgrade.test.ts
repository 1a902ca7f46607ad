import { MemoryTable } from '../../adapters/memory/table.ts';
import { waveItem } from '../../test/material/items/rollout-items.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import {
  cluster,
  grant,
  HOLDER,
  intent,
  KEY,
  NOON,
  policyConfig,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import { failing, type GivenStep, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import { reason } from '../contracts/step-result.ts';
import { Clusters, Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { concludeUpgrade } from './conclude-upgrade.ts';

interface Given extends GivenStep {
  readonly arn?: string;
  readonly name?: string;
}

/** The end of an execution with this outcome, and what it leaves. */
async function concluded(outcome: unknown, { arn = HOLDER, name = 'upgrade-name', ...given }: Given = {}) {
  const more = {
    listInsights: async () => [],
    listFargateProfiles: async () => [],
  };
  const eks = { cluster: { version: '1.37' }, more, ...given.eks };
  const ports = await oneStep(new MemoryTable(), { ...given, eks });
  const execution = { arn, name, startTime: NOON.toISOString() };
  const conclusion = await concludeUpgrade(ports, stepInput({}, { outcome, execution }));
  return {
    conclusion,
    upgrade: (await load(ports.table, Upgrades, KEY, '1.36-1.37'))?.data,
    version: (await load(ports.table, Clusters, KEY))?.data.version,
    unread: (await load(ports.table, Clusters, KEY))?.data.unreadable.length,
    back: (await load(ports.table, Upgrades, KEY, 'rollback-1.37-1.36'))?.data,
  };
}
const why = reason('NotOffered', 'EKS does not offer it.');
const accepted = intent({ outcome: { type: 'accepted', updateId: 'u-1', at: NOON.toISOString() } });
const begun = { upgrades: [upgrade({ mutated: true })], intents: [accepted] };
const outcome = (status: string, more: object = {}) => ({ status, reasons: [why], ...more });

test.each<[string, object, GivenStep, string, string]>([
  ['is done', { status: 'done', reasons: [] }, {}, 'Succeeded', 'Succeeded'],
  ['has failed after a change', outcome('failed'), { kept: begun }, 'Failed', 'Failed'],
  ['has failed before the first change', outcome('failed'), {}, 'Failed', 'Blocked'],
  ['is blocked before the first change', outcome('blocked'), {}, 'Blocked', 'Blocked'],
  ['is blocked after a change', outcome('blocked'), { kept: begun }, 'Failed', 'Failed'],
  ['parks', outcome('parked'), {}, 'Parked', 'Parked'],
  ['was stopped', outcome('stopped'), { kept: begun }, 'Failed', 'Failed'],
  ['has lost its cluster', outcome('gone'), {}, 'Canceled', 'Canceled'],
  ['finds its cluster gone', { status: 'blocked', reasons: [why, reason('Gone', 'x')] }, {}, 'Canceled', 'Canceled'],
])('an execution that %s ends its upgrade', async (_, given, world, status, left) => {
  const { conclusion, upgrade: after } = await concluded(given, world);
  expect(conclusion).toMatchObject({ status, nested: false });
  expect(after?.status).toBe(left);
});

test('a hop that is done says which nodes it leaves behind; one that parks, and a single step, do not', async () => {
  const nodegroups = { own: { amiType: 'CUSTOM', version: '1.34' }, workers: { version: '1.37' } };
  const world: GivenStep = { eks: { nodegroups } };
  const behind = reason(
    'ManualNodes',
    'The control plane of web is at 1.37, and nodes are behind: own is at 1.34 (a custom AMI: whoever owns the launch template rolls it) and stops the hop to 1.38.',
  );
  const { conclusion, upgrade: after } = await concluded(outcome('done'), world);
  expect([conclusion.status, conclusion.reasons, after?.reasons]).toEqual(['Succeeded', [behind, why], [behind, why]]);
  const images = [{ owners: ['self'], tags: { minor: '{version}' } }];
  const policy = policyWith({ name: 'p' });
  const ruled = policyConfig({ ...policy, spec: { ...policy.spec, nodes: { images } } });
  const rolls = await concluded(outcome('done'), { ...world, kept: { policy: ruled } });
  expect(rolls.conclusion.reasons.map(({ code }) => code)).toEqual(['NodesBehind', why.code]);
  expect((await concluded(outcome('parked'), world)).conclusion.reasons).toEqual([why]);
  expect((await concluded(outcome('done'))).conclusion.reasons).toEqual([why]);
  const single = upgrade({ id: 'update-addons-x', machine: 'update-addons' });
  const kept = { upgrades: [single], grant: grant({ upgradeId: single.id, machine: 'update-addons' }) };
  expect((await concluded(outcome('done'), { ...world, kept })).conclusion.reasons).toEqual([why]);
});

test('an outage of AWS that outlasts the retries parks the hop, beside groups that are done; another fault ends it', async () => {
  const [fault, there] = [
    { code: 'ServerException', message: 'no' },
    reason('AtTarget', 'The node group a is at 1.37.'),
  ];
  const groups = { status: 'stopped', reasons: [fault, there] };
  for (const given of [{ Error: 'ServerException', Cause: '{"errorMessage":"no"}' }, groups]) {
    const { conclusion, upgrade: after } = await concluded(given, { kept: begun });
    expect([conclusion.status, after?.status, after?.resumeAt]).toEqual(['Parked', 'Parked', expect.any(String)]);
    expect(after?.reasons[0]).toEqual(
      reason('AwsFailed', 'AWS failed to answer, which says nothing about the cluster: ServerException: no.'),
    );
  }
  const { conclusion } = await concluded({ Error: 'TypeError', Cause: '{"errorMessage":"no"}' }, { kept: begun });
  expect(conclusion.status).toBe('Failed');
  // What runs already, or has run, is no call that did not come about: a redrive starts nothing anew.
  const redriven = await concluded({ Error: 'StepFunctions.ExecutionAlreadyExistsException' }, { kept: begun });
  expect(redriven.conclusion.status).toBe('Failed');
  const silent = await concluded({ status: 'stopped', reasons: [there] }, { kept: begun });
  expect(silent.conclusion.status).toBe('Failed');
});

test.each([
  ...['States.Timeout', 'Sandbox.Timedout', 'Lambda.ServiceException', 'Lambda.TooManyRequestsException'],
  ...['Lambda.Unknown', 'StepFunctions.AWSStepFunctionsException', 'ProvisionedThroughputExceededException'],
  ...['Runtime.ExitError', 'Runtime.OutOfMemory', 'Lambda.AccessDeniedException', 'Lambda.ENILimitReachedException'],
])('what failed around the steps parks the hop as well, in an execution that is nested too: %s', async (name) => {
  const child = { Name: 'upgrade-a--scan-cluster-cluster-0', Status: 'FAILED', Error: name, Cause: 'no' };
  const Cause = JSON.stringify(child);
  for (const given of [{ Error: name }, { Error: 'States.TaskFailed', Cause }]) {
    const { conclusion } = await concluded(given, { kept: begun });
    expect(conclusion).toMatchObject({ status: 'Parked', reasons: [{ code: 'AwsFailed' }] });
    expect(conclusion.message).toContain(`${name}: no`);
  }
});

test.each(['States.Timeout', 'Sandbox.Timedout', 'Runtime.ExitError', 'Runtime.OutOfMemory', 'Lambda.Unknown'])(
  'a function that did not come to its end is not called a failure of AWS: %s',
  async (name) => {
    const { conclusion } = await concluded({ Error: name, Cause: 'signal: killed' }, { kept: begun });
    expect(conclusion.message).toBe(
      `AwsFailed: A function of Liftlock did not come to its end, which says nothing about the cluster: ${name}: signal: killed.`,
    );
  },
);

test.each(['AccessDeniedException', 'TableDenied'])(
  'a permission of Liftlock itself that is missing parks the hop as denied: %s',
  async (error) => {
    const { conclusion } = await concluded({ Error: error, Cause: 'not you' }, { kept: begun });
    expect([conclusion.status, conclusion.message]).toEqual([
      'Parked',
      `Denied: A function of Liftlock was denied what is its own, which says nothing about the cluster: ${error}: not you. Compare: npx cdk drift LiftlockHub`,
    ]);
  },
);

test('beside an outage, what failed by itself under this grant ends the hop; what failed under an earlier one does not', async () => {
  const step = (endedAt: string) => ({ status: 'failed' as const, reasons: [why], startedAt: endedAt, endedAt });
  const groups = { status: 'stopped', reasons: [{ code: 'ServerException', message: 'no' }] };
  const after = async (endedAt: string) => {
    const upgrades = [upgrade({ mutated: true, steps: { 'roll-node-group/a': step(endedAt) } })];
    return (await concluded(groups, { kept: { ...begun, upgrades } })).conclusion;
  };
  expect(await after(NOON.toISOString())).toMatchObject({ status: 'Failed', reasons: [why] });
  expect(await after('2026-11-20T11:59:59.999Z')).toMatchObject({ status: 'Parked', reasons: [{ code: 'AwsFailed' }] });
});

test('what stands in the way is told before what is done, to whoever shows one reason alone', async () => {
  const there = reason('AtTarget', 'The node group a is at 1.37.');
  const stopped = reason('FleetStopped', 'The fleet is stopped.');
  const parked = await concluded({ status: 'parked', reasons: [there, stopped, why] });
  expect(parked.upgrade?.reasons).toEqual([stopped, why, there]);
  const failed = await concluded({ status: 'failed', reasons: [there, why] }, { kept: begun });
  expect(failed.upgrade?.reasons).toEqual([why, there]);
});

test('the end is told with all reasons, for people and for the execution around it', async () => {
  const more = reason('Gone', 'Another.');
  const { conclusion } = await concluded(outcome('parked', { resumeAt: '2026-11-20T13:00:00.000Z' }));
  expect(conclusion).toStrictEqual({
    status: 'Parked',
    reasons: [why],
    message: 'NotOffered: EKS does not offer it.',
    nested: false,
    outcome: { status: 'parked', reasons: [why], resumeAt: '2026-11-20T13:00:00.000Z' },
    resumeAt: '2026-11-20T13:00:00.000Z',
  });
  const two = await concluded({ status: 'failed', reasons: [why, { ...more, code: 'AtTarget' }] });
  expect(two.conclusion.message).toBe('NotOffered: EKS does not offer it. AtTarget: Another.');
  expect(two.conclusion).not.toHaveProperty('resumeAt');
  const long = { status: 'failed', reasons: Array.from({ length: 20 }, () => reason('AtTarget', 'x'.repeat(500))) };
  const { conclusion: cut } = await concluded(long);
  expect(cut.message).toHaveLength(2000);
  expect(cut.reasons).toHaveLength(13);
});

test.each<[string, unknown, object]>([
  ['a fault', { Error: 'States.Runtime', Cause: 'no such path' }, { code: 'States.Runtime', message: 'no such path' }],
  [
    'a fault of a function',
    {
      Error: 'InvalidInput',
      Cause: JSON.stringify({ errorType: 'InvalidInput', errorMessage: 'No target.', trace: [] }),
    },
    { code: 'InvalidInput', message: 'No target.' },
  ],
  [
    'a fault of the function that rolls one node group',
    { status: 'stopped', reasons: [{ code: 'Broken', message: JSON.stringify({ errorMessage: 'No nodes.' }) }] },
    { code: 'Broken', message: 'No nodes.' },
  ],
  ['a fault without a cause', { Error: 'TypeError' }, { code: 'TypeError', message: 'no cause given' }],
  [
    'nothing that can be read',
    { status: 'odd' },
    { code: 'NoOutcome', message: 'The execution ended without an outcome that can be read.' },
  ],
  ['nothing', undefined, { code: 'NoOutcome', message: 'The execution ended without an outcome that can be read.' }],
])('an execution that ends with %s was stopped, and says so', async (_, given, told) => {
  const { conclusion } = await concluded(given);
  expect(conclusion).toMatchObject({ status: 'Failed', reasons: [told], outcome: { status: 'stopped' } });
});

const NESTED = 'upgrade-a--roll-node-group-all-0';
const stoppedAs = (how: string) => ({
  code: 'StoppedFromOutside',
  message: `The execution ${NESTED} ended ${how} Versions that it had moved stay. Look; what goes on with it says: liftlock explain cluster web.`,
});
const inFunction = JSON.stringify({ errorMessage: 'No target.', trace: [] });
test.each<[object, string]>([
  [{ Status: 'ABORTED' }, 'ABORTED without concluding.'],
  [
    { Status: 'ABORTED', Error: 'StoppedByHand', Cause: 'ann pressed Stop' },
    'ABORTED without concluding. StoppedByHand: ann pressed Stop.',
  ],
  [{ Status: 'TIMED_OUT' }, 'TIMED_OUT without concluding.'],
  [
    { Status: 'FAILED', Error: 'InvalidInput', Cause: inFunction },
    'FAILED without concluding. InvalidInput: No target.',
  ],
])(
  'an execution of which one that is nested in it ended as %j says so, and not what Step Functions wrote',
  async (ended, how) => {
    // The error of a task that waits for an execution (`.sync:2`) is the answer of DescribeExecution.
    const Cause = JSON.stringify({ ExecutionArn: `arn:aws:states:x:${NESTED}`, Name: NESTED, Input: '{}', ...ended });
    const { conclusion } = await concluded({ Error: 'States.TaskFailed', Cause });
    expect(conclusion).toMatchObject({ status: 'Failed', reasons: [stoppedAs(how)], outcome: { status: 'stopped' } });
  },
);

test('the cause of a fault is told as far as a person reads', async () => {
  const { conclusion } = await concluded({ Error: 'E', Cause: 'x'.repeat(5000) });
  expect(conclusion.reasons[0]?.message.length).toBeLessThan(2001);
});

test('what is nested leaves the end to the execution around it', async () => {
  const { conclusion, upgrade: after } = await concluded(outcome('failed'), {
    arn: 'arn:nested',
    name: 'upgrade-name--scan-cluster-cluster-0',
  });
  expect(conclusion).toMatchObject({ status: 'Failed', nested: true });
  expect(after?.status).toBe('Running');
});

test('an execution without a grant changes nothing', async () => {
  const { conclusion, upgrade: after, version } = await concluded(outcome('failed'), { arn: 'other', name: 'other' });
  expect(conclusion).toMatchObject({ status: 'Failed', nested: false });
  expect([after?.status, version]).toEqual(['Running', cluster.version]);
});

test('the inventory learns of the change at once, and what cannot be read keeps nobody from the end', async () => {
  expect((await concluded({ status: 'done', reasons: [] })).version).toBe('1.37');
  const { conclusion, version } = await concluded(
    { status: 'done', reasons: [] },
    { eks: { cluster: failing('ServerException') } },
  );
  expect([conclusion.status, version]).toEqual(['Succeeded', '1.36']);
});

test.each<[string, string, GivenStep, number]>([
  ['was read at its end', 'failed', { kept: begun }, 0],
  ['could not be read at its end', 'failed', { kept: begun, eks: { cluster: failing('ServerException') } }, 1],
  ['could not be read, and was not changed', 'failed', { eks: { cluster: failing('ServerException') } }, 0],
  ['was read while what was stopped may go on', 'stopped', { kept: begun }, 1],
])('a cluster that %s: how much of it the next look has to read', async (_, status, given, unread) => {
  expect((await concluded(outcome(status), given)).unread).toBe(unread);
});

describe('a hop of a rollout that has left its cluster worse', () => {
  const verdict = (probe: string, result = 'fail') => ({
    ...{ kind: 'state', probe, result },
    figures: {
      compared: 1,
      unwell: 1,
      unwellBefore: 0,
      changed: 0,
      worse: 1,
      named: [{ identity: 'shop/web', was: 'well', is: 'down', said: '0 of 1', since: NOON.toISOString() }],
    },
  });
  const step = (status: string, ...verdicts: object[]) => ({
    'smoke-check': {
      ...{ status, reasons: [], startedAt: NOON.toISOString() },
      detail: { comparedAt: NOON.toISOString(), verdicts },
    },
  });
  const policy = policyWith({ name: 'p' });
  const asks = (automatic: boolean) =>
    policyConfig({
      ...policy,
      spec: { ...policy.spec, rollback: { automatic, windows: 'ignore', extendSupport: false } },
    });
  const ended = async (given: object = {}, status = 'failed', automatic = true) => {
    const steps = step('failed', verdict('workloads'));
    const of = upgrade({ mutated: true, steps: steps as never, ...given });
    const waves = [waveItem({ index: 1, name: 'all', members: 3, needWork: 3, maxFailures: 9 })];
    const kept = { ...begun, upgrades: [of], waves, policy: asks(automatic), grant: grant({ upgradeId: of.id }) };
    return (await concluded(outcome(status), { kept })).back;
  };

  test('goes back by itself, for what got worse', async () => {
    expect((await ended())?.reasons.map(({ code }) => code)).toEqual(['GotWorse', 'WorkloadUnavailable']);
  });

  test.each<[string, object, ...[string?, boolean?]]>([
    ['its policy leaves it to people', {}, 'failed', false],
    ['it is of no rollout', { rolloutId: undefined, waveIndex: undefined }],
    ['it moved no control plane', { id: '1.37-1.37', from: '1.37' }],
    ['another step has failed', { steps: step('done', verdict('workloads')) }],
    ['one state that is not hard is worse', { steps: step('failed', verdict('jobs')) }],
    ['nobody can tell', { steps: step('failed', verdict('workloads', 'inconclusive')) }],
    ['nothing was compared', { steps: step('failed') }],
    ['its execution was stopped', {}, 'stopped'],
    ['it parks', {}, 'parked'],
  ])('stays where %s', async (_, given, ...more) => {
    expect(await ended(given, ...more)).toBeUndefined();
  });
});
