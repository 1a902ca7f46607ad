import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { makeFolder } from './make-folder.ts';

/** Keeps plain JSON by key, so that a local cloud can continue after its process ended for any reason. */
export interface StateStore {
  put(key: string, value: unknown): void;
  delete(key: string): void;
  get(key: string): unknown;
  /** All entries whose key begins with the prefix, sorted by key. */
  withPrefix(prefix: string): readonly (readonly [key: string, value: unknown])[];
  close(): void;
}

/** Keeps nothing, for a run that cannot be continued. */
export const noState: StateStore = {
  put: () => {},
  delete: () => {},
  get: () => undefined,
  withPrefix: () => [],
  close: () => {},
};

/**
 * A SQLite file in the folder. When `put` returns, the operating system has the data. So a write survives the end of the process, but not that of the
 * machine, which would cost a disk access each time.
 */
export function openStateStore(folder: string): StateStore {
  let database: DatabaseSync | undefined;
  try {
    makeFolder(folder);
    database = new DatabaseSync(join(folder, 'state.sqlite'));
    // The lock is exclusive, because two clouds in one folder would overwrite each other.
    database.exec(
      'PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = OFF; BEGIN IMMEDIATE; CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID; COMMIT',
    );
  } catch (error) {
    database?.close();
    const why = error instanceof Error ? error.message : String(error);
    const next = why.includes('locked')
      ? 'Another local cloud uses it: end that one (liftlock local down), or name another folder.'
      : 'Name a folder that is empty, or that a local cloud kept its state in.';
    throw new Error(`The state in ${folder} cannot be opened: ${why}. ${next}`);
  }
  const put = database.prepare(
    'INSERT INTO kept (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const remove = database.prepare('DELETE FROM kept WHERE key = ?');
  const get = database.prepare('SELECT value FROM kept WHERE key = ?');
  const range: StatementSync = database.prepare('SELECT key, value FROM kept WHERE key >= ? AND key < ? ORDER BY key');
  return {
    put: (key, value) => void put.run(key, JSON.stringify(value)),
    delete: (key) => void remove.run(key),
    get: (key) => {
      const row = get.get(key) as { value: string } | undefined;
      return row === undefined ? undefined : JSON.parse(row.value);
    },
    withPrefix: (prefix) =>
      (range.all(prefix, `${prefix}\uffff`) as { key: string; value: string }[]).map(
        ({ key, value }) => [key, JSON.parse(value)] as const,
      ),
    close: () => database.close(),
  };
}
