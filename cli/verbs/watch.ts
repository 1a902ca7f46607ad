import { EXIT, type ExitCode, Failure, invalid, type Session } from '../command/session.ts';
import { LISTINGS, rendered } from './columns.ts';
import type { GetOptions } from './get.ts';
import type { Kind } from './kind.ts';

/**
 * Looks again and again until Ctrl-C. On a terminal the table is drawn anew; elsewhere each new, changed or vanished item is one line, as
 * JSON with `-o jsonl`. A look that fails is told and the next one is tried.
 */
export async function watch(
  session: Session,
  kind: Kind,
  options: GetOptions,
  list: () => Promise<readonly unknown[]>,
): Promise<ExitCode> {
  if (options.output === 'json' || options.output === 'yaml')
    throw invalid(`liftlock: -o ${options.output} prints one document, and --watch never ends. Use -o jsonl.`);
  const { io } = session;
  const redraws = io.isTerminal && options.output !== 'jsonl' && options.output !== 'name';
  let before: ReadonlyMap<string, string> | undefined;
  for (let first = true; !io.interrupted.aborted; first = false) {
    try {
      const items = await list();
      if (redraws) {
        const text = await rendered(session, LISTINGS[kind], items, options);
        io.clear();
        io.out(text);
      } else before = await tellChanges(session, kind, options, items, before);
    } catch (error) {
      if (io.interrupted.aborted) break;
      if (first || !(error instanceof Failure)) throw error;
      io.err(`${error.message}\n`);
    }
    await io.sleep(options.interval * 1000);
  }
  return EXIT.interrupted;
}

async function tellChanges(
  session: Session,
  kind: Kind,
  options: GetOptions,
  items: readonly unknown[],
  before: ReadonlyMap<string, string> | undefined,
): Promise<ReadonlyMap<string, string>> {
  const listing = LISTINGS[kind];
  const now = new Map(items.map((item) => [listing.nameOf(item), fingerprint(item)]));
  const changed = items.filter((item) => before?.get(listing.nameOf(item)) !== now.get(listing.nameOf(item)));
  const gone = [...(before?.keys() ?? [])].filter((name) => !now.has(name));
  if (options.output === 'jsonl') for (const item of changed) session.io.out(`${JSON.stringify(item)}\n`);
  else if (options.output === 'name') for (const item of changed) session.io.out(`${kind}/${listing.nameOf(item)}\n`);
  else if (changed.length > 0) {
    const headers = options.headers && before === undefined;
    session.io.out(await rendered(session, listing, changed, { ...options, headers }));
  }
  for (const name of gone) session.io.err(`${kind}/${name} is not listed any more: it has ended, or is gone.\n`);
  return now;
}

/** That it was seen again is no change. */
function fingerprint(item: unknown): string {
  return JSON.stringify(item, (key, value: unknown) =>
    ['lastSeenAt', 'checkedAt', 'daysLeft'].includes(key) ? undefined : value,
  );
}
