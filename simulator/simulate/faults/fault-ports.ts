import type { Ports } from '../../../core/ports/ports.ts';
import type { StoredItem } from '../../../core/ports/table.ts';
import type { Effect, Fault } from '../../faults/fault.ts';
import type { Invocation } from '../../process/world.ts';
import { changePolicyOf } from './change-rules.ts';
import { type FaultOf, faultsOf, type PlannedFault } from './planned-fault.ts';

/** Wraps the ports of an invocation. */
export type Around = (ports: Ports, invocation: Invocation) => Ports;

/** The faults between two effects, in the form of the fault ports. */
export function effectFaults(planned: readonly PlannedFault[]): Fault[] {
  const effects = faultsOf(planned, 'effect').map(({ when, operation, function: name, skip, times, effect }) => ({
    when,
    operation,
    skip,
    times,
    effect: effectOf(effect),
    ...(name === undefined ? {} : { function: name }),
  }));
  const changes = faultsOf(planned, 'policy-meanwhile').map(
    ({ operation, skip, change }): Fault => ({
      when: 'before',
      operation,
      skip,
      effect: { kind: 'act', act: (world, { clusterKey }) => changePolicyOf(world, clusterKey, change, skip) },
    }),
  );
  return [...effects, ...changes];
}

function effectOf(effect: FaultOf<'effect'>['effect']): Effect {
  return effect.kind === 'stale' ? { kind: 'answer', value: undefined } : effect;
}

/** Gives every function the clock of its faults; nothing else in the world changes. */
export function skewedClocks(planned: readonly PlannedFault[]): Around {
  const seconds = new Map(faultsOf(planned, 'clock').map((fault) => [fault.function, fault.seconds]));
  if (seconds.size === 0) return (ports) => ports;
  return (ports, { function: name }) => {
    const offset = (seconds.get(name) ?? 0) * 1000;
    if (offset === 0) return ports;
    return { ...ports, clock: { now: () => new Date(ports.clock.now().getTime() + offset) } };
  };
}

/** Answers queries of the sparse index with an earlier result, while a fault says so. */
export function staleIndex(planned: readonly PlannedFault[], start: Date): Around {
  const faults = faultsOf(planned, 'stale-index');
  if (faults.length === 0) return (ports) => ports;
  const seen: { at: number; items: readonly StoredItem[] }[] = [];
  return (ports) => {
    const queryActive = async (): Promise<StoredItem[]> => {
      const items = await ports.table.queryActive();
      const at = ports.clock.now().getTime();
      const minute = (at - start.getTime()) / 60_000;
      const fault = underWay(faults, minute);
      seen.push({ at, items });
      while (seen.length > 1_000) seen.shift();
      if (fault === undefined) return items;
      const old = seen.findLast((one) => one.at <= at - fault.seconds * 1000);
      return [...(old?.items ?? items)];
    };
    const table = new Proxy(ports.table, {
      get: (target, name) => {
        if (name === 'queryActive') return queryActive;
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
    return { ...ports, table };
  };
}

/** The fate of events and messages, by the faults of the minute. */
export function deliveries(planned: readonly PlannedFault[], minuteNow: () => number) {
  const faults = faultsOf(planned, 'events');
  return (what: 'event' | 'message'): readonly number[] => {
    const soon = what === 'event' ? 1_000 : 0;
    const minute = minuteNow();
    const fault = underWay(faults, minute);
    if (fault?.fate === 'lost') return [];
    if (fault?.fate === 'late') return [150_000 + soon];
    if (fault?.fate === 'twice') return [soon, 20_000];
    return [soon];
  };
}

/** The first active one of the faults that last for a while. */
export const underWay = <Lasting extends { readonly minute: number; readonly minutes: number }>(
  faults: readonly Lasting[],
  minute: number,
): Lasting | undefined => faults.find((one) => minute >= one.minute && minute < one.minute + one.minutes);
