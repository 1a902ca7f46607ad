import { DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { createExecutions } from './executions.ts';

const sfn = mockClient(SFNClient);
afterAll(() => sfn.restore());
const prefix = 'arn:aws:states:eu-central-1:111111111111:stateMachine:liftlock-';
const arn = 'arn:aws:states:eu-central-1:111111111111:execution:liftlock-upgrade-cluster:upgrade-1';
const executions = createExecutions({ machineArnPrefix: prefix, client: { region: 'eu-central-1' } });

beforeEach(() => sfn.reset());

test('the ARN of an execution is known before it starts', () => {
  expect(executions.arnFor('upgrade-cluster', 'upgrade-1')).toBe(arn);
});

test('the same input is the same text, whatever the order of its members', async () => {
  sfn.on(StartExecutionCommand).resolves({});
  await executions.start('upgrade-cluster', 'upgrade-1', { targetVersion: '1.36', cluster: 'c', contract: 1 });
  await executions.start('upgrade-cluster', 'upgrade-1', { contract: 1, cluster: 'c', targetVersion: '1.36' });
  const [first, second] = sfn.commandCalls(StartExecutionCommand).map((call) => call.args[0].input);
  expect(first).toEqual({
    stateMachineArn: `${prefix}upgrade-cluster`,
    name: 'upgrade-1',
    input: '{"cluster":"c","contract":1,"targetVersion":"1.36"}',
  });
  expect(second).toEqual(first);
});

test('a name that is taken keeps its error', async () => {
  const taken = Object.assign(new Error('exists'), { name: 'ExecutionAlreadyExists' });
  sfn.on(StartExecutionCommand).rejects(taken);
  await expect(executions.start('scan-cluster', 'x', {})).rejects.toMatchObject({ name: 'ExecutionAlreadyExists' });
});

test('an execution is described, and one that does not exist is undefined', async () => {
  sfn
    .on(DescribeExecutionCommand)
    .resolvesOnce({ status: 'FAILED', input: '{}', error: 'Boom', cause: 'why' })
    .resolvesOnce({ status: 'RUNNING' })
    .rejectsOnce(Object.assign(new Error('none'), { name: 'ExecutionDoesNotExist' }))
    .rejectsOnce(Object.assign(new Error('denied'), { name: 'AccessDeniedException' }));
  expect(await executions.describe(arn)).toEqual({
    status: 'FAILED',
    input: '{}',
    error: 'Boom',
    cause: 'why',
  });
  expect(await executions.describe(arn)).toEqual({ status: 'RUNNING', input: '' });
  expect(await executions.describe(arn)).toBeUndefined();
  await expect(executions.describe(arn)).rejects.toMatchObject({ name: 'AccessDeniedException' });
});
