import { type LambdaWorld, lambdaWorld, START } from '../../../test/material/cloud/lambda.ts';

const SLEEP = `import { setTimeout as sleep } from 'node:timers/promises';\n`;

/** A library of the host took this value when it was loaded. */
const HostDate = Date;

let world: LambdaWorld;
afterEach(() => world.close());
beforeEach(() => {
  world = lambdaWorld({ areHere: true });
});

it('leaves the host its own time, variables, output and requests', async () => {
  const own = process.env;
  const arn = world.add(
    'guest',
    `${SLEEP}export const handler = async () => {
      Reflect.set(globalThis, 'seenByGuest', [Date.now(), Object.keys(process.env)]);
      await sleep(60_000);
    };`,
  );
  const before = Date.now();
  await world.outcome(arn);
  expect(Reflect.get(globalThis, 'seenByGuest')).toEqual([
    START.getTime(),
    expect.arrayContaining(['FROM_LAMBDA', 'AWS_LAMBDA_LOG_STREAM_NAME']),
  ]);
  expect(Date.now()).toBeGreaterThanOrEqual(before);
  expect(Date.now()).toBeLessThan(before + 60_000);
  expect(process.env).toBe(own);
  expect([Date, new Date().constructor]).toEqual([HostDate, HostDate]);
  Reflect.deleteProperty(globalThis, 'seenByGuest');
});

it('ends in the middle of what it does when the cloud closes, as a thread does', async () => {
  const arn = world.add('cut', 'export const handler = () => new Promise(() => {});');
  const cut = world.time.hold(() => world.functions.invoke(arn, '0')).catch((error: Error) => error);
  await new Promise((resolve) => setImmediate(resolve));
  await world.functions.close();
  expect(await cut).toMatchObject({ name: 'Runtime.ExitError' });
});

it('keeps functions apart that run at once', async () => {
  const source = `${SLEEP}export const handler = async ({ seconds }) => {
    const seen = [];
    for (let turn = 0; turn < 3; turn++) {
      await sleep(seconds * 1000);
      seen.push(process.env.MINE);
      process.stdout.write('of ' + process.env.MINE + '\\n');
    }
    return [...new Set(seen)];
  };`;
  const [one, other] = ['one', 'other'].map((name) => world.add(name, source, { variables: { MINE: name } }));
  const answers = await world.run(() =>
    Promise.all([
      world.functions.invoke(one ?? '', '{"seconds":2}'),
      world.functions.invoke(other ?? '', '{"seconds":3}'),
    ]),
  );
  expect(answers).toEqual(['["one"]', '["other"]']);
  expect(world.lines.toSorted()).toEqual([...Array(3).fill('one: of one'), ...Array(3).fill('other: of other')]);
});

it('ends an environment whose function leaves, or is too slow, and gives the next one a thread', async () => {
  const arn = world.add(
    'leaver',
    `${SLEEP}let times = 0;
    export const handler = async ({ leave, seconds }) => {
      times += 1;
      if (leave) process.exit(3);
      await sleep((seconds ?? 0) * 1000);
      return times;
    };`,
  );
  expect(await world.outcome(arn)).toBe(1);
  expect(await world.outcome(arn, { leave: true })).toMatchObject({
    errorType: 'Runtime.ExitError',
    errorMessage: expect.stringMatching(/exited with error: exit status 3$/),
  });
  expect(await world.outcome(arn)).toBe(1);
  expect(await world.outcome(arn, { seconds: 61 })).toMatchObject({ errorType: 'Sandbox.Timedout' });
  expect(await world.outcome(arn)).toBe(1);
  expect(world.environments).toBe(3);
});
