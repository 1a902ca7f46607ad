import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { VirtualClock } from '../../../simulator/clock/virtual-clock.ts';
import { CloudTime } from '../../../simulator/cloud/cloud-time.ts';
import { FunctionProcesses, type LambdaFunctionOptions } from '../../../simulator/cloud/lambda/function-processes.ts';
import { Functions } from '../../../simulator/cloud/lambda/functions.ts';
import { type TestAuthority, testAuthority } from './authority.ts';

export const START = new Date('2031-05-06T07:08:09.000Z');
export const ROLE = 'arn:aws:iam::111111111111:role/worker';

export interface LambdaWorld {
  readonly time: CloudTime;
  readonly functions: Functions;
  readonly authority: TestAuthority;
  readonly lines: string[];
  /** Errors of functions, as the host is told. */
  readonly errors: string[];
  /** Names of functions that were not called for want of concurrency. */
  readonly throttles: string[];
  readonly destinations: { readonly arn: string; readonly record: Record<string, unknown> }[];
  /** Environments that were made. */
  environments: number;
  credentialSeconds: number;
  /** Throws what a destination's denial throws. */
  onDestination: () => void;
  /** A function of this source text; gives its ARN. */
  add(name: string, source: string, options?: Partial<LambdaFunctionOptions>): string;
  /** Runs work, and virtual time until nothing is left to do. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Invokes and gives what came of it. */
  outcome(arn: string, event?: unknown): Promise<unknown>;
  now(): string;
  close(): Promise<void>;
}

/** Functions on virtual time, each in a thread of its own or all in this one. */
export function lambdaWorld({ areHere = false } = {}): LambdaWorld {
  const folder = mkdtempSync(join(tmpdir(), 'liftlock-lambda-test-'));
  const time = new CloudTime(new VirtualClock({ start: START }), () => {});
  const authority = testAuthority();
  let ids = 0;
  const world: Pick<
    LambdaWorld,
    'lines' | 'errors' | 'throttles' | 'destinations' | 'environments' | 'credentialSeconds' | 'onDestination'
  > = {
    lines: [],
    errors: [],
    throttles: [],
    destinations: [],
    environments: 0,
    credentialSeconds: 43_200,
    onDestination: () => {},
  };
  const functions = new Functions({
    processes: new FunctionProcesses({ now: time.shared, areHere }),
    virtualNow: () => time.show(),
    sleep: (milliseconds, over) => time.sleep(milliseconds, over),
    park: (promise) => time.clock.park(promise),
    uuid: () => `id-${++ids}`,
    authority,
    schedule: (seconds, run) => time.after(seconds, run),
    environment: () => {
      world.environments += 1;
      const expiresAt = time.show() + world.credentialSeconds * 1000;
      return { variables: { FROM_LAMBDA: `environment ${world.environments}` }, expiresAt };
    },
    onLine: ({ name }, line) => world.lines.push(`${name}: ${line}`),
    toDestination: (_, arn, body) => {
      world.onDestination();
      world.destinations.push({ arn, record: JSON.parse(body) });
    },
    onThrottle: ({ name }) => world.throttles.push(name),
    onError: ({ name }, error) => world.errors.push(`${name}: ${error.name}: ${error.message}`),
  });
  const run = async <T>(work: () => Promise<T>): Promise<T> => {
    const result = time.hold(work);
    result.catch(() => {});
    await time.clock.runUntilIdle();
    return result;
  };
  return Object.assign(world, {
    time,
    functions,
    authority,
    run,
    now: () => time.clock.now().toISOString(),
    add(name: string, source: string, options: Partial<LambdaFunctionOptions> = {}) {
      const module = join(folder, `${name}.mjs`);
      writeFileSync(module, source);
      const arn = `arn:aws:lambda:eu-west-1:111111111111:function:${name}`;
      functions.add({
        name,
        arn,
        roleArn: ROLE,
        module,
        handler: 'handler',
        variables: {},
        memoryMegabytes: 128,
        timeoutSeconds: 60,
        logGroup: `/aws/lambda/${name}`,
        traced: false,
        ...options,
      });
      return arn;
    },
    outcome: (arn: string, event: unknown = {}) =>
      run(async () => {
        try {
          return JSON.parse(await functions.invoke(arn, JSON.stringify(event)));
        } catch (error) {
          return (error as { error?: unknown }).error ?? error;
        }
      }),
    close: async () => {
      await functions.close();
      rmSync(folder, { recursive: true, force: true });
    },
  });
}
