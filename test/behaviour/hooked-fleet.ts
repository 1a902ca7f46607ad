import type { HookRequest } from '../../core/contracts/hook.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import { hours, mutationsOf, smallFleet } from './small-fleet.ts';

export const URL = 'https://hooks.example.com/ask';
export const ask = {
  webhook: URL,
  secret: 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:liftlock/hook-aa00d8',
};
export const hook = (at: 'before' | 'after', step: string, more: object = {}) => ({
  name: `${at}-it`,
  at,
  step,
  ask,
  ...more,
});
export const cluster = { name: 'web', version: '1.36', nodegroups: [{ name: 'blue' }, { name: 'green' }] };

export interface Given {
  readonly hooks: readonly object[];
  readonly faults?: readonly Fault[];
  readonly armed?: Faults;
  readonly policy?: object;
  readonly calendars?: Readonly<Record<string, Record<string, unknown>>>;
}

export const fleet = ({ hooks, policy, ...given }: Given) =>
  smallFleet({ clusters: [cluster], policy: { hooks, ...policy }, ...given });

export interface Asked extends HookRequest {
  readonly now: number;
}

/** Answers each question in turn, the last one for ever, and keeps them all. */
export function answering(world: World, ...answers: readonly (string | object)[]): Asked[] {
  const asked: Asked[] = [];
  world.hooks.set(URL, (request) => {
    asked.push({ ...request, now: world.clock.now().getTime() });
    const answer = answers[Math.min(asked.length, answers.length) - 1] ?? 'go';
    return typeof answer === 'string' && !/^[a-z]+$/.test(answer)
      ? answer
      : JSON.stringify({ schema: 'liftlock.hook/v1', ...(typeof answer === 'string' ? { answer } : answer) });
  });
  return asked;
}

export const calls = (world: World) => mutationsOf(world).map(({ operation }) => operation);
export const at = (world: World, operation: string) =>
  mutationsOf(world).find((one) => one.operation === operation)?.at ?? 0;
export const events = async (world: World) =>
  (await world.auditTimeline()).filter(({ event }) => event.startsWith('Hook')).map(({ event }) => event);
export const minutesLater = (world: World, minutes: number) =>
  world.clock.runUntil(new Date(world.clock.now().getTime() + minutes * 60_000));

/** Until the hook was asked so often. */
export async function untilAsked(world: World, asked: readonly unknown[], times: number): Promise<void> {
  for (let looks = 0; asked.length < times && looks < 600; looks += 1) {
    if (looks % 60 === 0) await hours(world, 0.05);
    else await minutesLater(world, 0.1);
  }
  expect(asked.length).toBeGreaterThanOrEqual(times);
}

/** The process dies once, at the write of the named item that follows `lost` others. Gives how often it has died. */
export function diesAtWrite(world: World, named: string, lost: number): () => number {
  const { transact } = world.table;
  let left = lost;
  let died = 0;
  world.table.transact = async (operations) => {
    if (died === 0 && JSON.stringify(operations).includes(named)) {
      if (left === 0) {
        died = 1;
        throw new Error('the process is dead');
      }
      left -= 1;
    }
    return transact.call(world.table, operations);
  };
  return () => died;
}
