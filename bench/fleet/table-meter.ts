import type { FunctionName } from '../../core/contracts/names.ts';
import { BATCH_KEYS, KIND_SHARDS } from '../../core/contracts/table-schema.ts';
import type { Ports } from '../../core/ports/ports.ts';
import type { ItemKey } from '../../core/ports/table.ts';
import type { Invocation } from '../../simulator/process/world.ts';

/** What was asked of the table: requests as DynamoDB would get them, and bytes of the items that were read and written, as JSON. */
export interface TableUse {
  readonly invocations: number;
  readonly requests: number;
  readonly read: number;
  readonly written: number;
}

export const NO_USE: TableUse = { invocations: 0, requests: 0, read: 0, written: 0 };

const combined = (a: TableUse, b: TableUse, sign: 1 | -1): TableUse => ({
  invocations: a.invocations + sign * b.invocations,
  requests: a.requests + sign * b.requests,
  read: a.read + sign * b.read,
  written: a.written + sign * b.written,
});
export const plus = (a: TableUse, b: TableUse): TableUse => combined(a, b, 1);
export const minus = (a: TableUse, b: TableUse): TableUse => combined(a, b, -1);

/** Stands between the functions of a world and their table, and counts. */
export class TableMeter {
  readonly #uses = new Map<FunctionName, TableUse>();

  readonly around = (ports: Ports, { function: name }: Invocation): Ports => {
    const count = (use: Partial<TableUse>): void => {
      this.#uses.set(name, plus(this.of(name), { ...NO_USE, ...use }));
    };
    count({ invocations: 1 });
    const table = new Proxy(ports.table, {
      get: (target, operation) => {
        const member: unknown = Reflect.get(target, operation);
        if (typeof member !== 'function') return member;
        return async (...parameters: unknown[]) => {
          const answer: unknown = await Reflect.apply(member, target, parameters);
          const [first] = parameters;
          const requests = requestsOf(String(operation), first);
          count(operation === 'transact' ? { requests, written: bytesOf(first) } : { requests, read: bytesOf(answer) });
          return answer;
        };
      },
    });
    return { ...ports, table };
  };

  of(name: FunctionName): TableUse {
    return this.#uses.get(name) ?? NO_USE;
  }

  /** What all functions have asked so far. */
  total(): TableUse {
    return [...this.#uses.values()].reduce(plus, NO_USE);
  }
}

/** For items that fit into one page. */
function requestsOf(operation: string, argument: unknown): number {
  if (operation === 'queryKind') return KIND_SHARDS;
  if (operation === 'getAll') return Math.ceil((argument as readonly ItemKey[]).length / BATCH_KEYS);
  return 1;
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value) ?? '');
