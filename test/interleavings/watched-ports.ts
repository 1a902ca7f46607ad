import type { Ports } from '../../core/ports/ports.ts';
import type { WriteOperation } from '../../core/ports/table.ts';

/** A call of a process to the table, or one by which it changes something outside. */
export interface WatchedCall {
  /** Its number among these calls of the process, from 0. */
  readonly number: number;
  /** What a transaction puts on record (the mutating call by its name, where one is committed), or the call outside; undefined for a read. */
  readonly writes: string | undefined;
  readonly isCommit: boolean;
}

/**
 * The ports as one process sees them. `before` hears of each of its calls to the table, and of those by which it changes something
 * outside: what it only reads there, no order changes.
 */
export function watchedPorts(ports: Ports, before: (call: WatchedCall) => Promise<void>): Ports {
  let calls = 0;
  const hears = async (writes: string | undefined, isCommit: boolean, make: () => unknown): Promise<unknown> => {
    const call = { number: calls, writes, isCommit };
    calls += 1;
    await before(call);
    return make();
  };
  const watched = <Port extends object>(port: Port, isHeard: (name: string) => boolean): Port =>
    new Proxy(port, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]): unknown => {
          const make = () => Reflect.apply(member, target, given);
          if (!isHeard(String(name))) return make();
          if (name !== 'transact') return hears(CHANGES.test(String(name)) ? String(name) : undefined, false, make);
          const [committed, ...others] = recorded(given[0] as readonly WriteOperation[]);
          return hears(committed ?? 'transact', others.includes(COMMITTED), make);
        };
      },
    });
  const changes = <Port extends object>(port: Port): Port => watched(port, (name) => CHANGES.test(name));
  const { table, mutator, templates, silences, nodes, jobs, hooks } = ports;
  return {
    ...ports,
    table: watched(table, (name) => name !== 'auditSince'),
    mutator: changes(mutator),
    templates: changes(templates),
    silences: changes(silences),
    hooks: changes(hooks),
    nodes: { open: (server) => changes(nodes.open(server)) },
    jobs: { open: (server) => changes(jobs.open(server)) },
  };
}

const CHANGES = /^(update|extend|put|delete|create|cordon|uncordon|evict|ask)/;
const COMMITTED = 'MutationCommitted';

/** The name of the call that is committed, or of what else is put on record; then all of it. */
function recorded(operations: readonly WriteOperation[]): string[] {
  const items = operations.flatMap((one) => (one.type === 'append' ? one.item : []));
  const [first] = items.map(({ event, detail }) =>
    event === COMMITTED ? (detail.call as { readonly name: string }).name : event,
  );
  return first === undefined ? [] : [first, ...items.map(({ event }) => event)];
}
