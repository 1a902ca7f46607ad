import type { V1DaemonSet, V1Deployment, V1Node, V1StatefulSet } from '@kubernetes/client-node';
import { cordonerOf } from '../../core/model/cordoner.ts';
import { given } from '../../core/model/given.ts';
import { parseJson } from '../../core/model/parse-json.ts';
import {
  type ApiServer,
  type ClusterAccess,
  ClusterAccessError,
  type Node,
  type Workload,
} from '../../core/ports/cluster-access.ts';
import type { ReadAnswer } from '../../core/ports/cluster-reader.ts';
import type { ClusterCredentials } from './cluster-token.ts';
import type { HttpsReader } from './reader/https-reader.ts';
import { openReader } from './reader/open-reader.ts';

interface ClusterAccessOptions extends ClusterCredentials {
  /** Lets `http://` endpoints through, for tests on loopback. Otherwise credentials go over TLS only. */
  readonly plainHttp?: boolean;
  /** How long an answer may pause before it is given up; 10 seconds when absent. */
  readonly timeoutMilliseconds?: number;
}

const TIMEOUT_MILLISECONDS = 10_000;
const PAGE = 500;

/**
 * How long a connection waits for the next question to the same API server. A function that was frozen meanwhile checks the time before it uses the
 * connection again, since it may be dead by then.
 */
const KEPT_MILLISECONDS = 2_000;

interface KeptReader {
  readonly reader: HttpsReader;
  readonly to: string;
  usedAt: number;
  users: number;
  idle?: NodeJS.Timeout;
}

/** Reads the API servers of clusters, with one connection for each look. Nothing here changes a cluster. */
export function createClusterAccess(options: ClusterAccessOptions): ClusterAccess {
  let kept: KeptReader | undefined;
  const drop = (one: KeptReader): void => {
    clearTimeout(one.idle);
    if (kept === one) kept = undefined;
    if (one.users === 0) one.reader.close();
  };
  const open = (server: ApiServer): KeptReader => {
    const to = JSON.stringify([server.scope, server.name, server.endpoint, server.certificateAuthority]);
    const now = options.clock.now().getTime();
    if (kept?.to === to && now - kept.usedAt <= KEPT_MILLISECONDS) return kept;
    if (kept !== undefined) drop(kept);
    kept = { reader: readerOf(server, options), to, usedAt: now, users: 0 };
    return kept;
  };
  const letGo = (used: KeptReader, isBroken: boolean): void => {
    used.users -= 1;
    used.usedAt = options.clock.now().getTime();
    if (isBroken || kept !== used) drop(used);
    else if (used.users === 0) used.idle = setTimeout(() => drop(used), KEPT_MILLISECONDS).unref();
  };
  return clusterAccessOver(async (server, read) => {
    const used = open(server);
    clearTimeout(used.idle);
    used.users += 1;
    let isBroken = true;
    try {
      const result = await read(used.reader);
      isBroken = false;
      return result;
    } finally {
      letGo(used, isBroken);
    }
  });
}

type Reads = Pick<HttpsReader, 'get'>;

/** The port over any way to reach API servers. */
export const clusterAccessOver = (
  use: <Result>(server: ApiServer, read: (reader: Reads) => Promise<Result>) => Promise<Result>,
): ClusterAccess => ({
  serverVersion: (server) =>
    use(server, async (reader) => {
      const { gitVersion } = await readJson<{ gitVersion?: string }>(reader, '/version');
      if (gitVersion) return gitVersion;
      throw new ClusterAccessError('ClusterServerFault', 'The API server gave no version.');
    }),
  ready: (server) => use(server, readReadiness),
  listNodes: (server) =>
    use(server, (reader) => readList<V1Node, Node>(reader, '/api/v1/nodes', (node) => [toNode(node)])),
  listWorkloads: (server, namespace) =>
    use(server, async (reader) => {
      const place = `/apis/apps/v1/namespaces/${encodeURIComponent(namespace)}`;
      const list = <Item>(plural: string) => readList<Item>(reader, `${place}/${plural}`, (item) => [item]);
      const deployments = await list<V1Deployment>('deployments');
      const daemonSets = await list<V1DaemonSet>('daemonsets');
      const statefulSets = await list<V1StatefulSet>('statefulsets');
      return [
        ...deployments.map((one) => fromReplicas('Deployment', one)),
        ...daemonSets.map(fromDaemonSet),
        ...statefulSets.map((one) => fromReplicas('StatefulSet', one)),
      ];
    }),
});

function readerOf(server: ApiServer, options: ClusterAccessOptions): HttpsReader {
  if (server.endpoint.startsWith('http://') && options.plainHttp !== true)
    throw new ClusterAccessError('ClusterUnreachable', 'The endpoint is not https, and no credentials go there.');
  const { timeoutMilliseconds = TIMEOUT_MILLISECONDS } = options;
  return openReader(server, options, { timeoutMilliseconds, userAgent: 'liftlock' });
}

const readJson = async <Body extends object>(reader: Reads, path: string): Promise<Body> =>
  objectOf(await reader.get({ path }));

/** The object in an answer. @throws ClusterAccessError for any other answer. */
export function objectOf<Body extends object>({ status, text }: ReadAnswer): Body {
  if (status !== 200) throw statusError(status, messageOf(text));
  const body = parseJson(text);
  if (typeof body === 'object' && body !== null) return body as Body;
  throw new ClusterAccessError('ClusterServerFault', 'The API server gave an answer that could not be read.');
}

/** Reads all pages of a list, following `continue`. Of each page only what is taken of it stays, since whole objects of a large cluster do not fit. */
export async function readList<Item, Taken = Item>(
  reader: Reads,
  path: string,
  take: (item: Item) => readonly Taken[],
): Promise<Taken[]> {
  const found: Taken[] = [];
  let next: string | undefined;
  do {
    const query = new URLSearchParams({ limit: String(PAGE), ...given({ continue: next }) });
    const list = await readJson<{ items?: Item[]; metadata?: { continue?: string } }>(
      reader,
      `${path}${path.includes('?') ? '&' : '?'}${query}`,
    );
    if (!Array.isArray(list.items))
      throw new ClusterAccessError('ClusterServerFault', 'The API server gave a list without items.');
    for (const item of list.items) found.push(...take(item));
    next = list.metadata?.continue || undefined;
  } while (next !== undefined);
  return found;
}

/** `GET /readyz?verbose` gives one line per check, `[+]ping ok` or `[-]etcd failed: reason withheld`; 200 when all are well. */
async function readReadiness(reader: Reads): Promise<{ ok: boolean; failed: string[] }> {
  const { status, text } = await reader.get({ path: '/readyz?verbose', accept: '*/*' });
  const lines = text.split('\n');
  if (status !== 200 && !lines.some((line) => /^\[[+-]\]/.test(line))) throw statusError(status, messageOf(text));
  const failed = lines.flatMap((line) => /^\[-\](\S+)/.exec(line)?.[1] ?? []);
  return { ok: status === 200 && failed.length === 0, failed };
}

/** Kubernetes objects in the port's form. Only what Liftlock looks at leaves the adapter: no environment, no arguments, no annotations. */
function toNode(node: V1Node): Node {
  return {
    name: node.metadata?.name ?? '',
    labels: node.metadata?.labels ?? {},
    kubeletVersion: node.status?.nodeInfo?.kubeletVersion ?? '',
    ready:
      node.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false,
    unschedulable: node.spec?.unschedulable ?? false,
    ...(node.metadata?.deletionTimestamp === undefined ? {} : { terminating: true }),
    ...given({ providerId: node.spec?.providerID, cordonedBy: cordonerOf(node.metadata) }),
  };
}

const fromReplicas = (kind: 'Deployment' | 'StatefulSet', set: V1Deployment | V1StatefulSet): Workload => ({
  kind,
  ...named(set),
  desired: set.spec?.replicas ?? 1,
  available: set.status?.availableReplicas ?? 0,
});

/** A DaemonSet whose status was never written counts as wanting one pod and having none, since its controller has not looked at it. */
const fromDaemonSet = (set: V1DaemonSet): Workload => ({
  kind: 'DaemonSet',
  ...named(set),
  desired: set.status?.desiredNumberScheduled ?? 1,
  available: set.status?.numberAvailable ?? 0,
});

function named({ metadata }: V1Deployment | V1DaemonSet | V1StatefulSet): { namespace: string; name: string } {
  return { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' };
}

/** An error for a status. It contains only the status and the API server's `message`: bodies repeat what was asked, and headers hold credentials. */
export function statusError(status: number, said: string): ClusterAccessError {
  const text = `The API server answered ${status}${said === '' ? '' : `: ${said}`}.`;
  if (status === 401) return new ClusterAccessError('ClusterUnauthorized', text);
  if (status === 403) return new ClusterAccessError('ClusterForbidden', text);
  return new ClusterAccessError('ClusterServerFault', text);
}

const MESSAGE_CHARACTERS = 300;

/** The `message` of a Kubernetes Status. */
export function messageOf(body: string): string {
  const message = (parseJson(body) as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message.slice(0, MESSAGE_CHARACTERS) : '';
}
