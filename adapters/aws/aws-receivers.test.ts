import { hookExecutionName } from '../../core/contracts/hook.ts';
import { QUESTION } from '../../test/contract/hooks-contract.ts';
import { startAnsweringServer } from '../../test/material/wire/answering-server.ts';
import { createAwsReceivers } from './aws-receivers.ts';
import { createHooks } from './hooks.ts';

const lambda = 'arn:aws:lambda:us-east-1:111111111111:function:ticket';
const stateMachine = 'arn:aws:states:us-east-1:111111111111:stateMachine:board';
const NAME = hookExecutionName(QUESTION);
const RUNNING = { answer: 'wait', message: `the execution ${NAME} is running` };
let server: Awaited<ReturnType<typeof startAnsweringServer>>;

beforeEach(async () => {
  server = await startAnsweringServer();
});
afterEach(() => server.close());

function ask(receiver: { lambda: string } | { stateMachine: string }, question = QUESTION) {
  const credentials = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'session' };
  const clock = { now: () => new Date(0) };
  const sessions = { forAccount: async () => credentials };
  const slept = () => Promise.reject(new Error('slept: it is tried once'));
  const receivers = createAwsReceivers({ sessions, clock, sleep: slept, endpointOf: () => server.url });
  const secrets = { valueOf: () => Promise.reject(new Error('read a secret')) };
  return createHooks({ secrets, clock, receivers }).ask(receiver, [], question);
}
const answers = (body: object | string, status = 200, headers = {}) =>
  server.answers.push({ status, body: typeof body === 'string' ? body : JSON.stringify(body), headers });
const refuses = (type: string, message = 'no') => answers({ __type: `com.amazonaws#${type}`, message }, 400);
const operations = () =>
  server.asked.map(({ headers }) => String(headers['x-amz-target']).replace('AWSStepFunctions.', ''));
const says = (answer: string) => ({ schema: 'liftlock.hook/v1', answer });

describe('a function', () => {
  test('is invoked with the question in its own Region, and what it returns is the answer', async () => {
    answers({ ...says('go'), message: 'approved' });
    expect(await ask({ lambda })).toEqual({ answer: 'go', message: 'approved' });
    const [sent] = server.asked;
    expect(sent?.url).toBe(`POST /2015-03-31/functions/${encodeURIComponent(lambda)}/invocations`);
    expect(JSON.parse(sent?.body ?? '')).toEqual(QUESTION);
    expect(sent?.headers.authorization).toMatch(/\/us-east-1\/lambda\/aws4_request/);
  });

  test.each<[string, object, string]>([
    ['returns', says('go'), 'The function has failed (Unhandled): {"schema":"liftlock.hook/v1","answer":"go"}'],
    [
      'throws',
      { errorType: 'TypeError', errorMessage: 'key is not\ndefined', trace: ['at handler (index.mjs:3:9)'] },
      'The function has failed (Unhandled): TypeError: key is not defined',
    ],
    [
      'leaves undone',
      { errorMessage: 'Task timed out after 3.00 seconds' },
      'The function has failed (Unhandled): Task timed out after 3.00 seconds',
    ],
  ])('that has failed has given no answer, whatever it %s', async (_, body, message) => {
    answers(body, 200, { 'x-amz-function-error': 'Unhandled' });
    expect(await ask({ lambda })).toEqual({ answer: 'none', message });
  });

  test.each<[string, number, object, RegExp]>([
    [
      'a throttle',
      429,
      { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded', message: 'Rate Exceeded.' },
      /Rate Exceeded/,
    ],
    ['another schema', 200, { schema: 'liftlock.hook/v2', answer: 'go' }, /no answer of liftlock\.hook\/v1/],
    ['an error of Lambda', 502, says('go'), /could not be read/],
  ])('%s is no answer, and is not tried again at once', async (_, status, body, message) => {
    answers(body, status);
    expect(await ask({ lambda })).toEqual({ answer: 'none', message: expect.stringMatching(message) });
    expect(server.asked).toHaveLength(1);
  });

  test('that may not be invoked: it says what to tag', async () => {
    answers({ Message: 'User: x is not authorized' }, 403, { 'x-amzn-errortype': 'AccessDeniedException' });
    const { answer, message } = await ask({ lambda });
    expect([answer, message]).toEqual([
      'none',
      expect.stringContaining(`give ${lambda} the tag liftlock:hook=allowed`),
    ]);
  });
});

describe('a state machine', () => {
  test('is started once for a question, by a name of its own, and looked at from then on', async () => {
    refuses('ExecutionDoesNotExist');
    answers({ type: 'STANDARD' });
    answers({ executionArn: 'it', startDate: 0 });
    expect(await ask({ stateMachine })).toEqual(RUNNING);
    const { name, input, stateMachineArn } = JSON.parse(server.asked[2]?.body ?? '');
    expect([name, stateMachineArn, JSON.parse(input)]).toEqual([NAME, stateMachine, QUESTION]);
    answers({ status: 'RUNNING' });
    expect(await ask({ stateMachine })).toEqual(RUNNING);
    answers({ status: 'SUCCEEDED', output: JSON.stringify(says('go')) });
    expect(await ask({ stateMachine })).toEqual({ answer: 'go', message: '' });
    const [described, , , ...later] = server.asked.map(({ body }) => JSON.parse(body).executionArn);
    expect([described, ...later]).toEqual(
      Array(3).fill(`${stateMachine.replace(':stateMachine:', ':execution:')}:${NAME}`),
    );
    expect(operations()).toEqual([
      ...['DescribeExecution', 'DescribeStateMachine', 'StartExecution'],
      ...['DescribeExecution', 'DescribeExecution'],
    ]);
  });

  test('that has one already which is not shown yet is not taken for failed', async () => {
    refuses('ExecutionDoesNotExist');
    answers({ type: 'STANDARD' });
    refuses('ExecutionAlreadyExists');
    expect(await ask({ stateMachine })).toEqual(RUNNING);
  });

  test('of the type EXPRESS is never started: each start would be another execution', async () => {
    refuses('ExecutionDoesNotExist');
    answers({ type: 'EXPRESS' });
    expect(await ask({ stateMachine })).toEqual({ answer: 'none', message: expect.stringContaining('EXPRESS') });
    expect(operations()).not.toContain('StartExecution');
  });

  test.each([['DescribeExecution'], ['DescribeStateMachine'], ['StartExecution']])(
    'where %s is denied, it says what to tag, and nothing more is called',
    async (denied) => {
      const before = ['DescribeExecution', 'DescribeStateMachine', 'StartExecution'];
      for (const operation of before.slice(0, before.indexOf(denied)))
        if (operation === 'DescribeExecution') refuses('ExecutionDoesNotExist');
        else answers({ type: 'STANDARD' });
      refuses('AccessDeniedException');
      const { answer, message } = await ask({ stateMachine });
      expect([answer, message]).toEqual(['none', expect.stringContaining(`give ${stateMachine} the tag`)]);
      expect(operations().at(-1)).toBe(denied);
    },
  );
});

test('the same question has one name, and the one under the next grant another', () => {
  expect(NAME).toMatch(/^liftlock-hook-k{48}-1795161600000$/);
  expect(hookExecutionName({ ...QUESTION })).toBe(NAME);
  expect(hookExecutionName({ ...QUESTION, askedSince: '2026-11-20T08:00:00.001Z' })).not.toBe(NAME);
  expect(hookExecutionName({ ...QUESTION, key: 'l'.repeat(64) })).not.toBe(NAME);
  expect(NAME.length).toBeLessThanOrEqual(80);
});
