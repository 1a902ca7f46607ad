import { given } from '../model/given.ts';
import { parseJson } from '../model/parse-json.ts';
import type { ApiServer } from '../ports/cluster-access.ts';
import type { Ports } from '../ports/ports.ts';
import { accessReason, isAccessError } from './api-server.ts';
import type { StepContext } from './context.ts';

/** Why something is unknown, in the form of the coverage. */
interface Unread {
  readonly status: 'denied' | 'error';
  readonly detail: string;
}

/** The JSON at a path; undefined where the API server has nothing there. `permission`: the right that it needs. */
export type GetJson = (path: string, permission: string, accept?: string) => Promise<unknown>;

class NotRead extends Error {
  readonly unread: Unread;

  constructor(unread: Unread) {
    super(unread.detail);
    this.unread = unread;
  }
}

/** Asks the API server for some objects beside a scan's lists. Returns all of them, or why they are unknown. */
export async function askServer<Found>(
  { readers }: Pick<Ports, 'readers'>,
  context: StepContext,
  server: ApiServer,
  read: (get: GetJson) => Promise<Found>,
): Promise<{ readonly found: Found } | { readonly unread: Unread }> {
  const opened = readers.open(server);
  try {
    const found = await read(async (path, permission, accept) => {
      const { status, text } = await opened.reader.get({ path, ...given({ accept }) });
      if (status === 200) return parseJson(text) ?? {};
      if (status === 404) return undefined;
      const isDenied = status === 401 || status === 403;
      throw new NotRead(
        isDenied
          ? { status: 'denied', detail: `It answered ${status}: the role needs ${permission}.` }
          : { status: 'error', detail: `It answered ${status}.` },
      );
    });
    return { found };
  } catch (error) {
    if (error instanceof NotRead) return { unread: error.unread };
    if (!isAccessError(error)) throw error;
    const { code, message } = accessReason(error, context);
    return { unread: { status: 'error', detail: `${code}: ${message}` } };
  } finally {
    opened.close();
  }
}
