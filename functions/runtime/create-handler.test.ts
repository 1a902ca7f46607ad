import type { StepStatus } from '../../core/contracts/step-result.ts';
import type { EventBus } from '../../core/ports/outside.ts';
import { awsPorts, createHandler, type PortFactory } from './create-handler.ts';
import { events } from './event-bus-port.ts';
import type { FunctionDefinition } from './function-definition.ts';
import { stepFunction } from './step-function.ts';

interface TestPorts {
  readonly answer: () => Promise<{ status: StepStatus; reasons: { code: string; message: string }[] }>;
}

const context = { functionName: 'liftlock-scan-cluster', awsRequestId: 'request-1' } as never;
const event = {
  step: 'scan-cluster',
  input: {},
  execution: { arn: 'arn:execution', name: 'execution', startTime: '2026-11-20T08:00:00Z' },
};
const definition = stepFunction('scan-cluster', (ports: TestPorts) => ports.answer());
const levels = ['log', 'info', 'warn', 'error'] as const;
const printers = levels.map((level) => console[level]);
let printed: Record<string, unknown>[];

beforeEach(() => {
  // Powertools then prints where the test can read it.
  Object.assign(process.env, { POWERTOOLS_DEV: 'true', POWERTOOLS_METRICS_DISABLED: 'false' });
  printed = [];
  for (const level of levels) {
    console[level] = (text: unknown) => void printed.push(JSON.parse(String(text)) as Record<string, unknown>);
  }
});
afterEach(() => {
  for (const [index, level] of levels.entries()) console[level] = printers[index] ?? console[level];
});

function ports(answer: TestPorts['answer'], made: { count: number } = { count: 0 }) {
  const factory: PortFactory<TestPorts['answer']> = {
    environment: ['table'],
    create() {
      made.count += 1;
      return answer;
    },
  };
  return awsPorts<TestPorts>({ answer: factory }, { LIFTLOCK_TABLE: 'items' });
}

const done = async () => ({ status: 'done' as const, reasons: [{ code: 'Fine', message: 'About a cluster.' }] });
const logs = () => printed.filter((line) => line.level !== undefined);
const metrics = () => printed.filter((line) => line._aws !== undefined);

test('the answer of the use case is the answer of the function; ports are made once', async () => {
  const made = { count: 0 };
  const handler = createHandler(definition, ports(done, made));
  expect(made.count).toBe(0);
  expect(await handler(event, context)).toEqual(await done());
  await handler(event, context);
  expect(made.count).toBe(1);
});

test('a line of the log says which execution it was and how it ended, in codes', async () => {
  await createHandler(definition, ports(done))(event, context);
  expect(logs()).toMatchObject([
    {
      level: 'INFO',
      function: 'scan-cluster',
      execution: 'arn:execution',
      step: 'scan-cluster',
      outcome: { status: 'done' as const, reasons: ['Fine'] },
      function_request_id: 'request-1',
    },
  ]);
  expect(JSON.stringify(logs())).not.toContain('About a cluster');
});

test('metrics count outcomes by function', async () => {
  await createHandler(definition, ports(done))(event, context);
  expect(metrics()).toMatchObject([{ function: 'scan-cluster', StepsDone: 1, service: 'liftlock' }]);
});

test.each(['ThrottlingException', 'UnreadableItem', 'TransactionConflict'])(
  '%s gets out under its own name, as the very error, and is logged and counted',
  async (name) => {
    const error = Object.assign(new Error('why'), { name });
    const handler = createHandler(
      definition,
      ports(() => Promise.reject(error)),
    );
    await expect(handler(event, context)).rejects.toBe(error);
    expect(logs()).toMatchObject([
      { level: 'ERROR', errorName: name, errorMessage: 'why', execution: 'arn:execution' },
    ]);
    expect(metrics()).toMatchObject([{ function: 'scan-cluster', Faults: 1 }]);
  },
);

test.each([
  [{ code: 'ENOTFOUND' }, 'ServiceUnavailable'],
  [{ name: 'UnknownError', $metadata: { httpStatusCode: 503 } }, 'ServiceUnavailable'],
  [{ name: 'TimeoutError', code: 'ETIMEDOUT' }, 'TimeoutError'],
  [{ code: 'ENOENT' }, 'Error'],
])(
  'an outage without a name gets one, since the name is all that the state machine passes on: %j',
  async (more, name) => {
    const error = Object.assign(new Error('why'), more);
    const handler = createHandler(
      definition,
      ports(() => Promise.reject(error)),
    );
    await expect(handler(event, context)).rejects.toMatchObject({ name, message: 'why' });
  },
);

test('what is no error becomes one', async () => {
  const handler = createHandler(
    definition,
    ports(() => Promise.reject('text')),
  );
  await expect(handler(event, context)).rejects.toThrow('text');
});

test('a bad input is InvalidInput that names every bad member, and no port is made for it', async () => {
  const made = { count: 0 };
  const handler = createHandler(definition, ports(done, made));
  await expect(handler({ step: 1, execution: {} }, context)).rejects.toMatchObject({
    name: 'InvalidInput',
    message: expect.stringMatching(/step: .*execution\.arn: .*execution\.name: .*execution\.startTime: /),
  });
  expect(made.count).toBe(0);
});

test('a missing variable fails the invocation, and the next one tries again', async () => {
  const variables: Record<string, string> = {};
  const factory: PortFactory<TestPorts['answer']> = { environment: ['table'], create: () => done };
  const handler = createHandler(definition, awsPorts<TestPorts>({ answer: factory }, variables));
  await expect(handler(event, context)).rejects.toMatchObject({ name: 'MissingEnvironment' });
  variables.LIFTLOCK_TABLE = 'items';
  expect(await handler(event, context)).toMatchObject({ status: 'done' });
});

test('keys of one invocation do not stay for the next', async () => {
  const handler = createHandler(definition, ports(done));
  await handler({ ...event, nodegroup: 'workers' }, context);
  await handler(event, context);
  expect(logs().map((line) => line.nodegroup)).toEqual(['workers', undefined]);
});

test('what a run tells on its way is a warning with its detail', async () => {
  const telling: FunctionDefinition<TestPorts, undefined, object> = {
    name: 'record-clusters',
    parse: () => undefined,
    async run(_, __, log) {
      log('A message failed.', { messageId: 'm-1' });
      return {};
    },
  };
  await createHandler(telling, ports(done))(undefined, context);
  expect(logs()[0]).toMatchObject({ level: 'WARN', message: 'A message failed.', messageId: 'm-1' });
});

test('an event that EventBridge does not take is logged and counted', async () => {
  Object.assign(process.env, {
    ...{ AWS_ENDPOINT_URL_EVENTBRIDGE: 'http://127.0.0.1:9', AWS_REGION: 'eu-central-1' },
    ...{ AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
  });
  const publishing = stepFunction('scan-cluster', async ({ bus }: { readonly bus: EventBus }) => {
    const held = {
      version: 1,
      clusterKey: 'k',
      cluster: 'c',
      account: '111111111111',
      region: 'r',
      reasons: [],
    } as const;
    await bus.publish([{ type: 'ClusterHeld', detail: { ...held, reasons: [] } }]);
    return done();
  });
  const source = awsPorts<{ bus: EventBus }>({ bus: events }, { LIFTLOCK_BUS: 'liftlock' });
  await createHandler(publishing, source)(event, context);
  expect(logs()).toContainEqual(expect.objectContaining({ message: 'An event was lost.', detailType: 'ClusterHeld' }));
  expect(metrics()).toContainEqual(expect.objectContaining({ function: 'scan-cluster', EventsLost: 1 }));
  // For all functions together, which one alarm watches.
  expect(metrics().filter((one) => 'EventsLost' in one && !('function' in one))).toMatchObject([{ EventsLost: 1 }]);
});
