import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type LambdaWorld, lambdaWorld, START } from '../../../test/material/cloud/lambda.ts';

let world: LambdaWorld;
afterEach(() => world.close());

const MINUTE = 60_000;
const SLEEP = `import { setTimeout as sleep } from 'node:timers/promises';\n`;

describe.each([
  ['in a thread of its own', false],
  ['beside the cloud', true],
])('%s', (_, areHere) => {
  beforeEach(() => {
    world = lambdaWorld({ areHere });
  });

  describe('a function lives in virtual time', () => {
    it('has a Date of virtual time, which otherwise is as any Date', async () => {
      const arn = world.add(
        'dates',
        `export const handler = async () => ({
        now: Date.now(), made: new Date().toISOString(), text: Date().length > 0, given: new Date(5).getTime(),
        parts: new Date(2020, 1, 2).getMonth(), parsed: Date.parse('2020-01-01T00:00:00Z'), utc: Date.UTC(2020, 0),
        kind: new Date() instanceof Date && new (class extends Date {})() instanceof Date, same: new Date(0).constructor === Date,
      });`,
      );
      expect(await world.outcome(arn)).toEqual({
        now: START.getTime(),
        made: START.toISOString(),
        text: true,
        given: 5,
        parts: 1,
        parsed: Date.UTC(2020, 0),
        utc: Date.UTC(2020, 0),
        kind: true,
        same: true,
      });
    });

    it('sleeps in it, several times at once, and gets what it asked for', async () => {
      const arn = world.add(
        'sleeper',
        `${SLEEP}export const handler = async () => {
        const woken = [];
        const wake = async (minutes) => { woken.push(await sleep(minutes * 60_000, minutes)); };
        await Promise.all([wake(3), wake(1), wake(2)]);
        return { woken, at: Date.now() };
      };`,
        { timeoutSeconds: 900 },
      );
      expect(await world.outcome(arn)).toEqual({ woken: [1, 2, 3], at: START.getTime() + 3 * MINUTE });
      expect(world.now()).toBe(new Date(START.getTime() + 3 * MINUTE).toISOString());
    });

    it('is told how much of its timeout is left', async () => {
      const arn = world.add(
        'remaining',
        `${SLEEP}export const handler = async (_, context) => {
        const before = context.getRemainingTimeInMillis();
        await sleep(10_000);
        return [before, context.getRemainingTimeInMillis()];
      };`,
        { timeoutSeconds: 30 },
      );
      expect(await world.outcome(arn)).toEqual([30_000, 20_000]);
    });

    it('can give up a sleep', async () => {
      const arn = world.add(
        'abort',
        `${SLEEP}export const handler = async () => {
        const given = new AbortController();
        const asleep = sleep(50_000, undefined, { signal: given.signal });
        given.abort('enough');
        const late = sleep(1, undefined, { signal: given.signal });
        return (await Promise.allSettled([asleep, late])).map(({ reason }) => [reason.name, reason.code, reason.cause]);
      };`,
      );
      const aborted = ['AbortError', 'ABORT_ERR', 'enough'];
      expect(await world.outcome(arn)).toEqual([aborted, aborted]);
    });

    it('goes on when a sleep is left behind, which neither holds time nor ends a later invocation', async () => {
      const arn = world.add(
        'race',
        `${SLEEP}export const handler = async ({ seconds }) => {
        const limit = sleep(40_000, 'limit');
        return Promise.race([limit, sleep(seconds * 1000, 'work')]);
      };`,
        { timeoutSeconds: 30 },
      );
      expect(await world.outcome(arn, { seconds: 10 })).toBe('work');
      // At 30 seconds the first invocation would have timed out; at 40 its limit has passed.
      expect(await world.outcome(arn, { seconds: 25 })).toBe('work');
      expect(await world.outcome(arn, { seconds: 29 })).toBe('work');
      expect(world.environments).toBe(1);
      expect(world.now()).toBe(new Date(START.getTime() + 64_000).toISOString());
    });
  });

  it('does not hold time for ever when a function ends in the middle of its sleep', async () => {
    const arn = world.add(
      'early',
      `${SLEEP}export const handler = () => Promise.race([sleep(40_000), new Promise((end) => setTimeout(end, 20, 'end'))]);`,
    );
    expect(await world.time.hold(() => world.functions.invoke(arn, '{}'))).toBe('"end"');
    expect(world.now()).toBe(START.toISOString());
    await world.run(() => world.time.sleep(60_000));
    expect(world.now()).toBe(new Date(START.getTime() + 60_000).toISOString());
  });

  describe('a function that waits for an answer and sleeps besides', () => {
    let server: Server;
    let origin = '';
    beforeEach(async () => {
      server = createServer((_, response) => {
        setTimeout(() => response.end('answer'), 60);
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    afterEach(() => {
      server.closeAllConnections();
      server.close();
    });

    it('has the answer before time goes on', async () => {
      const arn = world.add(
        'asker',
        `${SLEEP}export const handler = async ({ origin }) => {
        const limit = sleep(20_000, 'limit');
        return [await Promise.race([limit, fetch(origin).then((answer) => answer.text())]), Date.now()];
      };`,
      );
      expect(await world.outcome(arn, { origin })).toEqual(['answer', START.getTime()]);
    });

    it('sleeps although its connection is kept for the next request', async () => {
      const arn = world.add(
        'keeper',
        `${SLEEP}import { Agent, get } from 'node:http';
      const agent = new Agent({ keepAlive: true });
      const ask = (origin) => new Promise((resolve) => get(origin, { agent }, (answer) => answer.resume().on('end', resolve)));
      export const handler = async ({ origin }) => {
        await ask(origin);
        await (await fetch(origin)).text();
        await sleep(20_000);
        await ask(origin);
        return Date.now();
      };`,
      );
      expect(await world.outcome(arn, { origin })).toBe(START.getTime() + 20_000);
    });
  });

  describe('what a function answers', () => {
    it('is JSON, null for nothing, and the same environment for the next one', async () => {
      const arn = world.add(
        'plain',
        `let times = 0;
      export const handler = async (event) => { times += 1; if (event.nothing) return undefined; return { times, event, at: new Date(0) }; };`,
      );
      expect(await world.outcome(arn, { a: 'ü' })).toEqual({
        times: 1,
        event: { a: 'ü' },
        at: '1970-01-01T00:00:00.000Z',
      });
      expect(await world.outcome(arn, { nothing: true })).toBeNull();
      expect(await world.outcome(arn)).toMatchObject({ times: 3 });
    });

    it.each([
      [
        'an error',
        'throw new TypeError("odd")',
        'TypeError',
        'odd',
        ['TypeError: odd', expect.stringContaining('at ')],
      ],
      ['an error with a name', 'throw Object.assign(new Error("x"), { name: "Conflict" })', 'Conflict', 'x', undefined],
      ['a text', 'throw "text"', 'string', 'text', []],
      ['nothing', 'throw undefined', 'undefined', 'undefined', []],
      ['what JSON does not know', 'return 1n', 'TypeError', expect.stringContaining('BigInt'), undefined],
    ])('is its error: %s', async (_, body, errorType, errorMessage, trace) => {
      const arn = world.add('thrower', `export const handler = async () => { ${body}; };`);
      const error = (await world.outcome(arn)) as { trace: string[] };
      expect(error).toMatchObject({ errorType, errorMessage });
      if (trace !== undefined) expect(error.trace.slice(0, 2)).toEqual(trace);
      expect(world.environments).toBe(1);
    });

    it.each([
      [
        'a handler that is not exported',
        'export const other = 1;',
        'Runtime.HandlerNotFound',
        /^odd\.handler is undefined or not exported$/,
      ],
      ['a module that throws', 'throw new RangeError("not today");', 'RangeError', /^not today$/],
      ['a module that is none', 'export const = 3;', 'Runtime.UserCodeSyntaxError', /^SyntaxError: /],
      [
        'a module that imports what is not there',
        'import "./missing.mjs";',
        'Runtime.ImportModuleError',
        /Cannot find module/,
      ],
    ])('is what fails while it is loaded: %s', async (_, source, errorType, message) => {
      const arn = world.add('odd', source);
      expect(await world.outcome(arn)).toMatchObject({ errorType, errorMessage: expect.stringMatching(message) });
      // As on AWS, the next invocation loads it again.
      expect(await world.outcome(arn)).toMatchObject({ errorType });
      expect(world.environments).toBe(2);
    });

    it('takes the handler of a CommonJS bundle', async () => {
      const arn = world.add('common', 'export default { handler: () => "common" };');
      expect(await world.outcome(arn)).toBe('common');
    });
  });

  it('has the variables of Lambda and of the template and no others, its context, and its lines told', async () => {
    process.env.LIFTLOCK_TEST_OUTSIDE = 'yes';
    const arn = world.add(
      'surroundings',
      `import { Console } from 'node:console';
    export const handler = async (_, context) => {
      const out = new Console(process.stdout, process.stderr);
      out.log('first\\nsecond'); out.error('third');
      return { env: { ...process.env }, context };
    };`,
      { variables: { MINE: 'template', FROM_LAMBDA: 'overridden' }, memoryMegabytes: 256, logGroup: '/own/group' },
    );
    expect(await world.outcome(arn)).toEqual({
      env: { MINE: 'template', FROM_LAMBDA: 'overridden', AWS_LAMBDA_LOG_STREAM_NAME: expect.any(String) },
      context: {
        awsRequestId: 'id-1',
        functionName: 'surroundings',
        functionVersion: '$LATEST',
        invokedFunctionArn: arn,
        memoryLimitInMB: '256',
        logGroupName: '/own/group',
        logStreamName: expect.stringMatching(/^2031\/05\/06\/\[\$LATEST\]id2$/),
      },
    });
    delete process.env.LIFTLOCK_TEST_OUTSIDE;
    for (let tries = 0; world.lines.length < 3 && tries < 50; tries++)
      await new Promise((next) => setTimeout(next, 10));
    expect(world.lines.sort()).toEqual(['surroundings: first', 'surroundings: second', 'surroundings: third']);
  });
});

describe('what ends a thread', () => {
  beforeEach(() => {
    world = lambdaWorld();
  });

  const timedOut = (seconds: string) => ({
    errorType: 'Sandbox.Timedout',
    errorMessage: expect.stringMatching(
      new RegExp(`^RequestId: id-\\d+ Error: Task timed out after ${seconds} seconds$`),
    ),
    trace: [],
  });

  it('its timeout in virtual time, at the second', async () => {
    const arn = world.add('slow', `${SLEEP}export const handler = ({ seconds }) => sleep(seconds * 1000, 'done');`, {
      timeoutSeconds: 30,
    });
    expect(await world.outcome(arn, { seconds: 29 })).toBe('done');
    expect(await world.outcome(arn, { seconds: 30 })).toEqual(timedOut('30\\.00'));
    expect(world.now()).toBe(new Date(START.getTime() + 59_000).toISOString());
    expect(await world.outcome(arn, { seconds: 1 })).toBe('done');
    expect(world.environments).toBe(2);
  });

  it('a hang, in real time', async () => {
    const arn = world.add('hang', 'export const handler = () => { for (;;); };', { timeoutSeconds: 0.5 });
    expect(await world.outcome(arn)).toEqual(timedOut('0\\.50'));
  });

  it('a promise that nobody settles, in real time', async () => {
    const arn = world.add('never', 'export const handler = () => new Promise(() => {});', { timeoutSeconds: 0.5 });
    expect(await world.outcome(arn)).toEqual(timedOut('0\\.50'));
  });

  it('too much memory', async () => {
    const arn = world.add(
      'greedy',
      'export const handler = () => { const all = []; for (;;) all.push(new Array(10_000).fill(all.length + 0.5)); };',
      { memoryMegabytes: 24 },
    );
    expect(await world.outcome(arn)).toMatchObject({ errorType: 'Runtime.OutOfMemory' });
  });

  it.each([
    [3, 'Runtime exited with error: exit status 3'],
    [0, 'Runtime exited without providing a reason'],
  ])('process.exit(%i), and the next invocation has a new one', async (code, why) => {
    const arn = world.add(
      'leaver',
      `let times = 0;
      export const handler = ({ leave }) => { times += 1; if (leave) process.exit(${code}); return times; };`,
    );
    expect(await world.outcome(arn)).toBe(1);
    expect(await world.outcome(arn, { leave: true })).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(new RegExp(`^RequestId: id-\\d+ Error: ${why}$`)),
      trace: [],
    });
    expect(await world.outcome(arn)).toBe(1);
  });

  it('a failure that nothing catches', async () => {
    const arn = world.add(
      'loose',
      `export const handler = ({ how }) => {
        if (how === 'rejected') Promise.reject(new TypeError('loose end'));
        else setTimeout(() => { throw new RangeError('thrown later'); });
        return new Promise(() => {});
      };`,
    );
    expect(await world.outcome(arn, { how: 'rejected' })).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'TypeError: loose end',
    });
    expect(await world.outcome(arn, { how: 'thrown' })).toMatchObject({
      errorType: 'RangeError',
      errorMessage: 'thrown later',
    });
  });

  it('its death between two invocations, which the next one does not wait for', async () => {
    const arn = world.add(
      'late',
      `let times = 0;
      export const handler = () => { times += 1; setImmediate(() => process.exit(7)); return times; };`,
    );
    expect(await world.outcome(arn)).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await world.outcome(arn)).toBe(1);
    expect(world.environments).toBe(2);
  });
});
