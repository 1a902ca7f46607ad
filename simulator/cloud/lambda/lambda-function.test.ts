import { type LambdaWorld, lambdaWorld, START } from '../../../test/material/cloud/lambda.ts';

let world: LambdaWorld;
beforeEach(() => {
  world = lambdaWorld();
});
afterEach(() => world.close());

const SLEEPER = `import { setTimeout as sleep } from 'node:timers/promises';
  let inside = 0;
  export const handler = async ({ seconds = 0 }) => {
    inside += 1;
    const most = inside;
    await sleep(seconds * 1000);
    inside -= 1;
    return most;
  };`;
const invoke = (arn: string, seconds: number) => world.functions.invoke(arn, JSON.stringify({ seconds }));
/** Several invocations, each as separate work. */
const together = (...calls: (() => Promise<string>)[]) =>
  world.run(() => world.time.clock.park(Promise.allSettled(calls.map((call) => world.time.hold(call)))));
const pass = (seconds: number) => world.run(() => world.time.sleep(seconds * 1000));

it('runs one invocation at a time, and keeps no other waiting for ever', async () => {
  const arn = world.add('sleeper', SLEEPER);
  const sleep = () => invoke(arn, 20);
  const one = { status: 'fulfilled', value: '1' };
  expect(await together(sleep, sleep, sleep)).toEqual([one, one, one]);
  expect(world.now()).toBe(new Date(START.getTime() + 60_000).toISOString());
  expect(world.functions.get(arn).invocations).toBe(3);
});

it('goes on with the others after one that failed', async () => {
  const arn = world.add('choosy', 'export const handler = ({ seconds }) => { if (seconds) throw new Error("no"); };');
  const outcomes = await together(
    () => invoke(arn, 1),
    () => invoke(arn, 0),
  );
  expect(outcomes).toMatchObject([
    { status: 'rejected', reason: { name: 'Error', message: 'no' } },
    { status: 'fulfilled', value: 'null' },
  ]);
  expect(world.errors).toEqual(['choosy: Error: no']);
});

it('refuses what is beyond its reserved concurrency, and everything when it is switched off', async () => {
  const arn = world.add('few', SLEEPER, { reservedConcurrency: 2 });
  const sleep = () => invoke(arn, 5);
  const outcomes = await together(sleep, sleep, sleep);
  const refused = { status: 'rejected', reason: { name: 'TooManyRequestsException', message: 'Rate Exceeded.' } };
  expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { status: 'fulfilled' }, refused]);
  await expect(world.run(() => invoke(arn, 0))).resolves.toBe('1');
  world.functions.get(arn).switchedOff = true;
  await expect(world.run(() => invoke(arn, 0))).rejects.toMatchObject(refused.reason);
  expect(world.errors).toEqual([]);
  const none = world.add('none', SLEEPER, { reservedConcurrency: 0 });
  await expect(world.run(() => invoke(none, 0))).rejects.toMatchObject(refused.reason);
});

it('fails where what it returns is longer than Lambda hands on, and works again', async () => {
  const arn = world.add('talker', "export const handler = ({ seconds }) => 'x'.repeat(seconds);");
  const most = 6 * 1024 * 1024 + 100;
  const longest = await world.run(() => invoke(arn, most - 2));
  expect(longest).toHaveLength(most);
  await expect(world.run(() => invoke(arn, most - 1))).rejects.toMatchObject({
    name: 'Function.ResponseSizeTooLarge',
    message: `Response payload size exceeded maximum allowed payload size (${most} bytes).`,
  });
  expect(await world.run(() => invoke(arn, 1))).toBe('"x"');
});

it('gives its environment back when nobody used it for long', async () => {
  const arn = world.add('idle', SLEEPER);
  await world.run(() => invoke(arn, 0));
  await pass(89 * 60);
  await world.functions.giveBackIdle();
  await world.run(() => invoke(arn, 0));
  expect(world.environments).toBe(1);
  await pass(91 * 60);
  await world.functions.giveBackIdle();
  await world.run(() => invoke(arn, 0));
  expect(world.environments).toBe(2);
});

it('keeps the environment of an invocation that runs, however long ago the last one ended', async () => {
  const arn = world.add('long', SLEEPER, { timeoutSeconds: 7_200 });
  await world.run(() => invoke(arn, 0));
  const answer = world.run(() => invoke(arn, 3_600));
  world.time.after(3_000, () => world.functions.giveBackIdle());
  expect(await answer).toBe('1');
  expect(world.environments).toBe(1);
});

it('has a new environment when the credentials of the old one are over', async () => {
  world.credentialSeconds = 3_600;
  const arn = world.add(
    'credentials',
    'let times = 0; export const handler = () => process.env.FROM_LAMBDA + ", " + ++times;',
  );
  expect(await world.outcome(arn)).toBe('environment 1, 1');
  await pass(3_599);
  expect(await world.outcome(arn)).toBe('environment 1, 2');
  await pass(1);
  expect(await world.outcome(arn)).toBe('environment 2, 1');
});

it('knows no function that is not there', async () => {
  await expect(async () => invoke('arn:aws:lambda:eu-west-1:111111111111:function:gone', 0)).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'Function not found: arn:aws:lambda:eu-west-1:111111111111:function:gone',
  });
});

it('ends in the middle of what it does when the cloud closes', async () => {
  const arn = world.add('cut', 'export const handler = () => new Promise(() => {});');
  const cut = world.time.hold(() => invoke(arn, 0)).catch((error: Error) => error);
  await new Promise((resolve) => setImmediate(resolve));
  await world.functions.close();
  expect(await cut).toMatchObject({ name: 'Runtime.ExitError' });
  expect(world.now()).toBe(START.toISOString());
});
