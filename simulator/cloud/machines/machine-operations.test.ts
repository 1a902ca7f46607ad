import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  RedriveExecutionCommand,
  SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { type Simulation, simulation } from '../../../test/material/asl/simulation.ts';
import { startTestWire, type TestWire } from '../../../test/material/cloud/wire.ts';
import type { Json } from '../../asl/json/json.ts';
import { TaskError } from '../../asl/runner/task-invocation.ts';
import { FUNCTION_ARN_PREFIX, MACHINE_ARN_PREFIX, machineDefinitions } from '../../process/machines.ts';
import { type BusEvent, EventBuses } from '../events/event-buses.ts';
import { machineOperations } from './machine-operations.ts';
import { statusEvents } from './run-task.ts';

const stateMachineArn = `${MACHINE_ARN_PREFIX}upgrade-cluster`;
let made: Simulation;
let wire: TestWire;
let client: SFNClient;
let events: BusEvent[];
/** The answers of functions, by name; `done` by default. */
let answers: Map<string, (payload: { readonly step: string }) => Json>;
let invoked: string[];

/** The product's own state machines, whose functions behave as a test says. */
beforeEach(async () => {
  [events, answers, invoked] = [[], new Map(), []];
  const buses = new EventBuses(() => {});
  buses.onEvent = (_, event) => events.push(event);
  made = simulation(
    async (task) => {
      const { FunctionName, Payload } = task.arguments as { FunctionName: string; Payload: { step: string } };
      const name = FunctionName.slice(FUNCTION_ARN_PREFIX.length);
      invoked.push(name);
      const done = { status: 'done', nested: false, groups: [], outcome: { status: 'done' } };
      return { Payload: answers.get(name)?.(Payload) ?? done };
    },
    {
      onStatusChange: (execution) =>
        statusEvents(
          buses,
          () => 'id',
          () => made.clock.now(),
        )(execution),
    },
  );
  const { clock, runner } = made;
  for (const { arn, name, definition } of machineDefinitions()) runner.machines.create({ arn, name, definition });
  wire = await startTestWire({ states: machineOperations(runner, clock.now(), () => {}) }, () => clock.now());
  client = new SFNClient(wire.client);
});
afterEach(async () => {
  client.destroy();
  await wire.close();
  expect(wire.failures).toEqual([]);
});

async function begin(): Promise<{ executionArn: string }> {
  const input = JSON.stringify({ cluster: 'c', targetVersion: '1.37' });
  const { executionArn = '' } = await client.send(new StartExecutionCommand({ stateMachineArn, name: 'u', input }));
  return { executionArn };
}
const describeExecution = (executionArn: string) => client.send(new DescribeExecutionCommand({ executionArn }));
/** The types of all events, and the names of the entered states. */
async function historyOf(executionArn: string) {
  const history = await client.send(new GetExecutionHistoryCommand({ executionArn, maxResults: 1_000 }));
  return (history.events ?? []).map(({ type, stateEnteredEventDetails }) => stateEnteredEventDetails?.name ?? type);
}
const pass = (minutes: number) => made.clock.runUntil(new Date(made.clock.now().getTime() + minutes * 60_000));
const statusOf = ({ detail }: BusEvent) => {
  const { name, status, redriveCount, redriveDate, stopDate } = detail as Record<string, unknown>;
  return { name, status, redriveCount, redriveDate, stopped: stopDate !== null };
};

test('an upgrade whose function failed for too long is redriven where it stood, and succeeds', async () => {
  answers.set('conclude-upgrade', ({ step }) => {
    if (step !== 'upgrade-cluster') return { nested: true, outcome: { status: 'done' } };
    throw new TaskError('ProvisionedThroughputExceededException', 'too much');
  });
  const executionArn = (await begin()).executionArn;
  await made.clock.runUntilIdle();
  const failed = await describeExecution(executionArn);
  expect(failed).toMatchObject({ status: 'FAILED', redriveCount: 0, redriveStatus: 'REDRIVABLE' });
  expect(failed.redriveDate).toBeUndefined();
  const before = await historyOf(executionArn);
  expect(before).toContain('RollNodeGroups');
  invoked.length = 0;
  answers.delete('conclude-upgrade');
  await pass(60);
  const { redriveDate } = await client.send(new RedriveExecutionCommand({ executionArn }));
  expect(redriveDate).toEqual(made.clock.now());
  await made.clock.runUntilIdle();
  const described = await describeExecution(executionArn);
  expect(described).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1, redriveDate, startDate: failed.startDate });
  expect(described).toMatchObject({ redriveStatus: 'NOT_REDRIVABLE', input: failed.input });
  expect(described).not.toHaveProperty('error');
  expect((await historyOf(executionArn)).slice(before.length)).toEqual([
    'ExecutionRedriven',
    'TaskScheduled',
    'TaskStarted',
    'TaskSucceeded',
    'TaskStateExited',
    'HowItEnded',
    'ChoiceStateExited',
    'EndedWell',
    'SucceedStateExited',
    'ExecutionSucceeded',
  ]);
  expect(invoked).toEqual(['conclude-upgrade']);
});

test('an upgrade that was stopped in a step is redriven: its step has ended under its name, so that it concludes', async () => {
  answers.set('upgrade-control-plane', () => ({ status: 'wait', waitSeconds: 60 }));
  const { executionArn } = await begin();
  await pass(5);
  await client.send(new StopExecutionCommand({ executionArn, error: 'StoppedByHand' }));
  await pass(1);
  const child = `${executionArn.replace(':liftlock-upgrade-cluster:', ':liftlock-upgrade-control-plane:')}--upgrade-control-plane-cluster-0`;
  expect(await describeExecution(child)).toMatchObject({ status: 'ABORTED' });
  const before = await historyOf(executionArn);
  invoked.length = 0;
  const { redriveDate } = await client.send(new RedriveExecutionCommand({ executionArn }));
  await made.clock.runUntilIdle();
  expect((await historyOf(executionArn)).slice(before.length, before.length + 6)).toEqual([
    'ExecutionRedriven',
    'TaskScheduled',
    'TaskStarted',
    'TaskFailed',
    'TaskStateExited',
    'Conclude',
  ]);
  expect(invoked).toEqual(['conclude-upgrade']);
  expect(await describeExecution(executionArn)).toMatchObject({ status: 'SUCCEEDED', redriveCount: 1 });
  const told = events.map(statusOf).filter(({ name }) => name === 'u');
  const redriven = { redriveCount: 1, redriveDate: redriveDate?.getTime() };
  expect(told).toEqual([
    { name: 'u', status: 'RUNNING', redriveCount: 0, redriveDate: null, stopped: false },
    { name: 'u', status: 'ABORTED', redriveCount: 0, redriveDate: null, stopped: true },
    { name: 'u', status: 'RUNNING', ...redriven, stopped: false },
    { name: 'u', status: 'SUCCEEDED', ...redriven, stopped: true },
  ]);
});

test('a redrive that AWS would refuse is refused by its name, and the same token asks for nothing more', async () => {
  answers.set('scan-cluster', () => ({ status: 'wait', waitSeconds: 60 }));
  const { executionArn } = await begin();
  const redrive = (clientToken?: string) => client.send(new RedriveExecutionCommand({ executionArn, clientToken }));
  await expect(redrive()).rejects.toMatchObject({
    name: 'ExecutionNotRedrivable',
    message: expect.stringContaining('Execution is RUNNING'),
  });
  await client.send(new StopExecutionCommand({ executionArn }));
  const first = await redrive('one');
  expect(await redrive('one')).toMatchObject({ redriveDate: first.redriveDate });
  const nobody = new RedriveExecutionCommand({ executionArn: `${executionArn}-not` });
  await expect(client.send(nobody)).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
  const { executions } = await client.send(new ListExecutionsCommand({ stateMachineArn }));
  expect(executions).toEqual([expect.objectContaining({ redriveCount: 1, redriveDate: first.redriveDate })]);
  const filtered = new ListExecutionsCommand({ stateMachineArn, redriveFilter: 'REDRIVEN' });
  await expect(client.send(filtered)).rejects.toMatchObject({ name: 'ValidationException' });
});
