import { MemoryTable } from '../../adapters/memory/table.ts';
import { canonicalJson } from '../../core/hash/canonical-json.ts';
import type { Ports } from '../../core/ports/ports.ts';
import type { StoredItem, Table, WriteOperation } from '../../core/ports/table.ts';
import type { World } from '../../simulator/process/world.ts';

/** What one process does with the table: an order of a person, or a look of the reconciler. */
export type Act = (ports: Ports) => Promise<unknown>;

/** What came of two acts: what each answered, and what the table says then otherwise than at the moment, without revisions. */
interface Outcome {
  readonly answers: readonly [string, string];
  readonly state: string;
}

/** What a world's table says at a moment. Each copy goes on by itself; no time passes in it, and no execution starts. */
export class Moment {
  readonly #world: World;
  readonly #items: ReturnType<MemoryTable['snapshot']>;
  readonly #texts: ReadonlySet<string>;
  readonly #audit: readonly WriteOperation[];

  constructor(world: World) {
    this.#world = world;
    this.#items = world.table.snapshot();
    this.#texts = new Set(this.#items.map(textOf));
    this.#audit = world.table
      .auditTimeline()
      .map((item) => ({ type: 'append', item, textLength: JSON.stringify(item).length }));
  }

  /** Whether an act is not refused here, and changes something. */
  async allows(act: Act): Promise<boolean> {
    const table = await this.#copy();
    return (await answerOf(act(this.#process(table, 0)))) === DONE && this.#changes(table) !== UNCHANGED;
  }

  /** One after the other, then `afterwards`. */
  async inOrder(
    acts: readonly [Act, Act],
    order: readonly [0, 1] | readonly [1, 0],
    afterwards: Act,
  ): Promise<Outcome> {
    const table = await this.#copy();
    const answers: [string, string] = ['', ''];
    for (const at of order) answers[at] = await answerOf(acts[at](this.#process(table, at)));
    await afterwards(this.#process(table, 2));
    return { answers, state: this.#changes(table) };
  }

  /**
   * The second act happens whole before the call number `at` (from 0) of the first one to the table. Undefined where the first act makes fewer
   * calls.
   */
  async within(acts: readonly [Act, Act], at: number, afterwards: Act): Promise<Outcome | undefined> {
    const table = await this.#copy();
    let second: string | undefined;
    const interrupted = watched(table, async (call) => {
      if (call === at) second = await answerOf(acts[1](this.#process(table, 1)));
    });
    const first = await answerOf(acts[0](this.#process(interrupted, 0)));
    if (second === undefined) return undefined;
    await afterwards(this.#process(table, 2));
    return { answers: [first, second], state: this.#changes(table) };
  }

  /**
   * The first act stops after each number of its transactions, from none on, as a process that dies; then comes the second one, then `afterwards`.
   */
  async afterEach(acts: readonly [Act, Act], afterwards: Act): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = [];
    for (let least = 0; ; least += 1) {
      const table = await this.#copy();
      let written = 0;
      const dying = watched(table, async (_, name) => {
        if (name !== 'transact') return;
        if (written === least) throw new Error('the process has died');
        written += 1;
      });
      const first = await answerOf(acts[0](this.#process(dying, 0)));
      const second = await answerOf(acts[1](this.#process(table, 1)));
      await afterwards(this.#process(table, 2));
      outcomes.push({ answers: [first, second], state: this.#changes(table) });
      if (written < least) return outcomes;
    }
  }

  /** What the table says otherwise than at this moment: what is new in it, and what is gone. */
  #changes(table: MemoryTable): string {
    const now = new Set(table.snapshot().map(textOf));
    const only = (these: ReadonlySet<string>, those: ReadonlySet<string>) =>
      [...these].filter((text) => !those.has(text));
    return JSON.stringify([only(now, this.#texts).sort(), only(this.#texts, now).sort()]);
  }

  async #copy(): Promise<MemoryTable> {
    const table = new MemoryTable();
    table.resetTo(this.#items);
    for (const append of this.#audit) await table.transact([append]);
    return table;
  }

  #process(table: Table, number: number): Ports {
    // The ends of audit chains are remembered by table (core/store/audit.ts), and no process knows another one's.
    return processWith({ ...this.#world.ports, table: watched(table, async () => {}) }, number);
  }
}

/** The process with this number, as each Lambda function has its own. Its ids are the same in whatever order it acts; it starts and tells nothing. */
export function processWith(ports: Ports, number: number): Ports {
  const { executions, events } = ports;
  let ids = 0;
  return {
    ...ports,
    executions: {
      arnFor: (machine, name) => executions.arnFor(machine, name),
      describe: (arn) => executions.describe(arn),
      start: async () => {},
    },
    events: { ...events, publish: async () => {} },
    ids: {
      next: () => {
        ids += 1;
        return `00000000-0000-4000-8000-${number}${String(ids).padStart(11, '0')}`;
      },
    },
  };
}

const DONE = 'done';
const UNCHANGED = '[[],[]]';

const answerOf = (act: Promise<unknown>): Promise<string> =>
  act.then(
    () => DONE,
    (error: unknown) => String(error),
  );

export const isRefused = ({ answers }: Outcome): boolean => answers[0] !== DONE;

const CALLS = [
  'get',
  'getAll',
  'queryPartition',
  'queryActive',
  'queryKind',
  'transact',
  'auditHead',
  'auditOf',
] as const satisfies readonly (keyof Table)[];

/** The table as one process sees it; `before` hears of each of its calls first. */
function watched(table: Table, before: (call: number, name: keyof Table) => Promise<void>): Table {
  let calls = 0;
  const methods = CALLS.map((name) => {
    const call = async (...given: unknown[]): Promise<unknown> => {
      const number = calls;
      calls += 1;
      await before(number, name);
      return (table[name] as (...args: unknown[]) => Promise<unknown>).apply(table, given);
    };
    return [name, call] as const;
  });
  return { ...(Object.fromEntries(methods) as unknown as Table), auditSince: (since) => table.auditSince(since) };
}

/** Texts of items that were written once, by their data, which is frozen: most of a table is as it was at its moment. */
const texts = new WeakMap<object, string>();

/** Revisions differ with the number of writes; what else differs was decided otherwise. */
function textOf({ pk, sk, active, data }: StoredItem): string {
  const known = texts.get(data as object);
  if (known !== undefined) return known;
  const plain = JSON.stringify({ pk, sk, active, data }, (key, value) => (/revision$/i.test(key) ? 0 : value));
  const text = canonicalJson(JSON.parse(plain));
  texts.set(data as object, text);
  return text;
}
