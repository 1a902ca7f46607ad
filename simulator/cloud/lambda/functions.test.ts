import { type LambdaWorld, lambdaWorld, ROLE, START } from '../../../test/material/cloud/lambda.ts';

let world: LambdaWorld;
beforeEach(() => {
  world = lambdaWorld();
});
afterEach(() => world.close());

const DESTINATION = 'arn:aws:sqs:eu-west-1:111111111111:undelivered';
const RULE = { service: 'events.amazonaws.com', sourceArn: 'arn:aws:events:rule', sourceAccount: '111111111111' };

/** It fails this number of times, and records the time of each attempt. */
const failing = (times: number) =>
  `let tries = 0;
  export const handler = async (event) => {
    tries += 1;
    console.log((Date.now() - ${START.getTime()}) / 1000);
    if (tries <= ${times}) throw new TypeError('try ' + tries);
  };`;
const call = (arn: string, leave: { roleArn?: string } = {}) =>
  world.run(async () => world.functions.invokeAsynchronously(arn, '{"a":1}', { source: RULE, ...leave }));

/** Seconds after the start at which the function ran, by its own clock. */
async function triedAt(count: number): Promise<string[]> {
  for (let waits = 0; world.lines.length < count && waits < 50; waits++)
    await new Promise((next) => setTimeout(next, 5));
  return world.lines.map((line) => line.split(': ')[1] ?? '');
}

describe('an asynchronous call', () => {
  it('is tried again after one minute and after two more, and is then given up', async () => {
    const arn = world.add('failing', failing(9));
    world.functions.configureAsynchronousCalls(arn, { retries: 2, maximumAgeSeconds: 21_600, onFailure: DESTINATION });
    await call(arn);
    expect(await triedAt(3)).toEqual(['0', '60', '180']);
    expect(world.errors).toEqual([
      'failing: TypeError: try 1',
      'failing: TypeError: try 2',
      'failing: TypeError: try 3',
    ]);
    expect(world.destinations).toEqual([
      {
        arn: DESTINATION,
        record: {
          version: '1.0',
          timestamp: '2031-05-06T07:11:09.000Z',
          requestContext: {
            requestId: 'id-1',
            functionArn: `${arn}:$LATEST`,
            condition: 'RetriesExhausted',
            approximateInvokeCount: 3,
          },
          requestPayload: { a: 1 },
          responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
          responsePayload: { errorType: 'TypeError', errorMessage: 'try 3', trace: expect.any(Array) },
        },
      },
    ]);
  });

  it('is retried twice where nothing says otherwise, and told nowhere', async () => {
    const arn = world.add('failing', failing(9));
    await call(arn);
    expect(await triedAt(3)).toHaveLength(3);
    expect(world.destinations).toEqual([]);
  });

  it('is done when a repetition works, with the id that it had', async () => {
    const arn = world.add(
      'second',
      'let tries = 0; export const handler = (_, { awsRequestId }) => { console.log(awsRequestId); if (++tries < 2) throw new Error("x"); };',
    );
    world.functions.configureAsynchronousCalls(arn, { retries: 2, maximumAgeSeconds: 900, onFailure: DESTINATION });
    await call(arn);
    expect(await triedAt(2)).toEqual(['id-1', 'id-1']);
    expect(world.destinations).toEqual([]);
  });

  it('is not tried again when it would be too old', async () => {
    const arn = world.add('failing', failing(9));
    world.functions.configureAsynchronousCalls(arn, { retries: 2, maximumAgeSeconds: 100, onFailure: DESTINATION });
    await call(arn);
    expect(await triedAt(2)).toEqual(['0', '60']);
    expect(world.destinations[0]?.record.requestContext).toMatchObject({
      condition: 'EventAgeExceeded',
      approximateInvokeCount: 2,
    });
  });

  it('waits where the function has no concurrency left, which costs no repetition', async () => {
    const arn = world.add(
      'busy',
      `import { setTimeout as sleep } from 'node:timers/promises';
      export const handler = async () => { console.log((Date.now() - ${START.getTime()}) / 1000); await sleep(10_000); };`,
      { reservedConcurrency: 1 },
    );
    world.functions.configureAsynchronousCalls(arn, { retries: 0, maximumAgeSeconds: 300, onFailure: DESTINATION });
    await world.run(async () => {
      for (const _ of [1, 2]) world.functions.invokeAsynchronously(arn, '{}', { source: RULE });
    });
    // Refused after 0, 1, 3 and 7 seconds.
    expect(await triedAt(2)).toEqual(['0', '15']);
    expect([world.errors, world.destinations]).toEqual([[], []]);
    expect(world.throttles).toEqual(Array(4).fill('busy'));
  });

  it('is given up unseen when it waited too long, and at once where the function is switched off', async () => {
    const arn = world.add('off', failing(0), { reservedConcurrency: 0 });
    world.functions.configureAsynchronousCalls(arn, { retries: 2, maximumAgeSeconds: 300, onFailure: DESTINATION });
    await call(arn);
    expect(world.now()).toBe(START.toISOString());
    const record = world.destinations[0]?.record;
    expect(record?.requestContext).toMatchObject({ condition: 'RetriesExhausted', approximateInvokeCount: 0 });
    expect(record).not.toHaveProperty('responsePayload');

    const busy = world.add(
      'busy',
      `import { setTimeout as sleep } from 'node:timers/promises'; export const handler = () => sleep(800_000);`,
      { reservedConcurrency: 1, timeoutSeconds: 900 },
    );
    world.functions.configureAsynchronousCalls(busy, { retries: 2, maximumAgeSeconds: 100, onFailure: DESTINATION });
    await world.run(async () => {
      for (const _ of [1, 2]) world.functions.invokeAsynchronously(busy, '{}', { source: RULE });
    });
    expect(world.destinations[1]?.record.requestContext).toMatchObject({ condition: 'EventAgeExceeded' });
  });

  it('needs leave: of the function itself, or of the role that calls', async () => {
    const arn = world.add('quiet', failing(0));
    await call(arn);
    await call(arn, { roleArn: ROLE });
    expect(world.authority.asked).toEqual([
      `events.amazonaws.com lambda:InvokeFunction ${arn}`,
      `${ROLE} lambda:InvokeFunction ${arn}`,
    ]);
    world.authority.denied.add(RULE.service).add(ROLE);
    await expect(call(arn)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await expect(call(arn, { roleArn: ROLE })).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(world.functions.get(arn).invocations).toBe(2);
  });

  it('is lost, and time goes on, where its destination is denied', async () => {
    const arn = world.add('failing', failing(9));
    world.functions.configureAsynchronousCalls(arn, { retries: 0, maximumAgeSeconds: 300, onFailure: DESTINATION });
    let asked = 0;
    world.onDestination = () => {
      asked += 1;
      throw new Error('denied');
    };
    await call(arn);
    expect([asked, world.destinations]).toEqual([1, []]);
  });
});
