import type { V1DaemonSet, V1Deployment, V1Node, V1Pod, V1StatefulSet } from '@kubernetes/client-node';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { ApiException } from '@kubernetes/client-node/dist/gen/apis/exception.js';
import { type Configuration, createConfiguration } from '@kubernetes/client-node/dist/gen/configuration.js';
import { HttpMethod, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js';
import type { PromiseMiddleware } from '@kubernetes/client-node/dist/gen/middleware.js';
import { ServerConfiguration } from '@kubernetes/client-node/dist/gen/servers.js';
import {
  ObjectAppsV1Api,
  ObjectCoreV1Api,
  ObjectVersionApi,
} from '@kubernetes/client-node/dist/gen/types/ObjectParamAPI.js';
import { given } from '../../core/model/given.ts';
import { parseJson } from '../../core/model/parse-json.ts';
import {
  type ClusterAccess,
  ClusterAccessError,
  type ClusterTarget,
  type Node,
  type Pod,
  type Workload,
} from '../../core/ports/cluster-access.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { Clock } from '../../core/ports/outside.ts';
import { clusterToken, type SigningCredentials } from './cluster-token.ts';

/** Reads `GET /readyz?verbose`: one line per check, `[+]ping ok` or `[-]etcd failed: reason withheld`; 200 when all are well. */
function readyChecks(status: number, text: string): { ok: boolean; failed: string[] } {
  const lines = text.split('\n');
  if (status !== 200 && !lines.some((line) => /^\[[+-]\]/.test(line))) throw statusError(status, '');
  const failed = lines.flatMap((line) => /^\[-\](\S+)/.exec(line)?.[1] ?? []);
  return { ok: status === 200 && failed.length === 0, failed };
}

interface ClusterAccessOptions extends ConnectionOptions {
  /** Credentials of the role that the cluster's access entry names. */
  readonly credentials: (scope: Scope) => Promise<SigningCredentials>;
  readonly clock: Clock;
}

const PAGE = 500;

/**
 * How long a connection waits for the next question to the same API server, and how old it gets, both far below what a token lives. A function
 * that is frozen meanwhile does not take up what may be dead: it looks at the time before it does.
 */
const KEPT_MILLISECONDS = 2_000;
const OLDEST_MILLISECONDS = 60_000;

interface KeptConnection {
  readonly connection: Connection;
  readonly to: string;
  readonly openedAt: number;
  usedAt: number;
  users: number;
  idle?: NodeJS.Timeout;
}

/** Reads the API servers of clusters, each with a token made for a connection. Only reads: nothing here changes a cluster. */
export function createClusterAccess(options: ClusterAccessOptions): ClusterAccess {
  let kept: KeptConnection | undefined;
  const drop = (one: KeptConnection): void => {
    clearTimeout(one.idle);
    if (kept === one) kept = undefined;
    if (one.users === 0) void one.connection.close();
  };
  const open = async (target: ClusterTarget): Promise<KeptConnection> => {
    const { scope, name: clusterName } = target;
    const to = JSON.stringify([scope, clusterName, target.endpoint, target.certificateAuthority]);
    const now = options.clock.now();
    const isFresh = (at: number, milliseconds: number) => now.getTime() - at <= milliseconds;
    if (kept !== undefined) {
      if (kept.to === to && isFresh(kept.usedAt, KEPT_MILLISECONDS) && isFresh(kept.openedAt, OLDEST_MILLISECONDS))
        return kept;
      drop(kept);
    }
    // Credentials come from STS, whose errors keep their own names.
    const credentials = await options.credentials(scope);
    const token = await clusterToken({ region: scope.region, clusterName }, credentials, now);
    const connection = new Connection(target, token, options);
    kept = { connection, to, openedAt: now.getTime(), usedAt: now.getTime(), users: 0 };
    return kept;
  };
  const letGo = (used: KeptConnection, isBroken: boolean): void => {
    used.users -= 1;
    used.usedAt = options.clock.now().getTime();
    if (isBroken || kept !== used) drop(used);
    else if (used.users === 0) used.idle = setTimeout(() => drop(used), KEPT_MILLISECONDS).unref();
  };
  const use = async <Result>(
    target: ClusterTarget,
    read: (connection: Connection) => Promise<Result>,
  ): Promise<Result> => {
    const used = await open(target);
    clearTimeout(used.idle);
    used.users += 1;
    let isBroken = true;
    try {
      const result = await read(used.connection);
      isBroken = false;
      return result;
    } catch (error) {
      throw accessError(error);
    } finally {
      letGo(used, isBroken);
    }
  };

  return {
    serverVersion: (target) =>
      use(target, async ({ configuration }) => {
        const { gitVersion } = await new ObjectVersionApi(configuration).getCode();
        if (gitVersion) return gitVersion;
        throw new ClusterAccessError('ClusterServerFault', 'The API server gave no version.');
      }),
    ready: (target) =>
      use(target, async (connection) => {
        const { status, text } = await connection.getText('/readyz?verbose');
        return readyChecks(status, text);
      }),
    listNodes: (target) =>
      use(target, async ({ configuration }) => {
        const api = new ObjectCoreV1Api(configuration);
        return (await allItems((page) => api.listNode(page))).map(toNode);
      }),
    listPods: (target, namespace) =>
      use(target, async ({ configuration }) => {
        const api = new ObjectCoreV1Api(configuration);
        const pods = await allItems((page) =>
          namespace === undefined ? api.listPodForAllNamespaces(page) : api.listNamespacedPod({ namespace, ...page }),
        );
        return pods.map(toPod);
      }),
    listWorkloads: (target, namespace) =>
      use(target, async ({ configuration }) => {
        const api = new ObjectAppsV1Api(configuration);
        const deployments = await allItems((page) => api.listNamespacedDeployment({ namespace, ...page }));
        const daemonSets = await allItems((page) => api.listNamespacedDaemonSet({ namespace, ...page }));
        const statefulSets = await allItems((page) => api.listNamespacedStatefulSet({ namespace, ...page }));
        return [
          ...deployments.map((one) => fromReplicas('Deployment', one)),
          ...daemonSets.map(fromDaemonSet),
          ...statefulSets.map((one) => fromReplicas('StatefulSet', one)),
        ];
      }),
  };
}

interface List<Item> {
  readonly items: readonly Item[];
  readonly metadata?: { readonly _continue?: string };
}

/** Follows `continue` to the end. */
async function allItems<Item>(
  list: (page: { limit: number; _continue?: string }) => Promise<List<Item>>,
): Promise<Item[]> {
  const found: Item[] = [];
  let next: string | undefined;
  do {
    const { items, metadata } = await list({ limit: PAGE, ...(next === undefined ? {} : { _continue: next }) });
    if (!Array.isArray(items))
      throw new ClusterAccessError('ClusterServerFault', 'The API server gave a list without items.');
    found.push(...items);
    next = metadata?._continue || undefined;
  } while (next !== undefined);
  return found;
}

/** Kubernetes objects as the port's: only what Liftlock judges leaves the adapter, no environment, no arguments, no annotations. */
function toNode(node: V1Node): Node {
  return {
    name: node.metadata?.name ?? '',
    labels: node.metadata?.labels ?? {},
    kubeletVersion: node.status?.nodeInfo?.kubeletVersion ?? '',
    ready:
      node.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false,
    unschedulable: node.spec?.unschedulable ?? false,
    ...given({ providerId: node.spec?.providerID }),
  };
}

function toPod(pod: V1Pod): Pod {
  const { spec, status, metadata } = pod;
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return {
    namespace: metadata?.namespace ?? '',
    name: metadata?.name ?? '',
    phase: status?.phase ?? 'Unknown',
    waitingReasons: statuses.flatMap((one) => one.state?.waiting?.reason ?? []),
    ...(spec?.nodeName === undefined ? {} : { nodeName: spec.nodeName }),
    labels: metadata?.labels ?? {},
    ...controllerOf(metadata),
    images: containers.flatMap((container) => container.image ?? []),
  };
}

/** The ReplicaSet of a Deployment is called after it and the hash of its template; a new template gives another one. */
function controllerOf(metadata: V1Pod['metadata']): Pick<Pod, 'controller'> {
  const owner = metadata?.ownerReferences?.find(({ controller }) => controller === true);
  if (owner === undefined) return {};
  const { 'pod-template-hash': hash } = metadata?.labels ?? {};
  const ofDeployment = owner.kind === 'ReplicaSet' && hash !== undefined && owner.name.endsWith(`-${hash}`);
  return {
    controller: ofDeployment ? `Deployment/${owner.name.slice(0, -hash.length - 1)}` : `${owner.kind}/${owner.name}`,
  };
}

const fromReplicas = (kind: 'Deployment' | 'StatefulSet', set: V1Deployment | V1StatefulSet): Workload => ({
  kind,
  ...named(set),
  desired: set.spec?.replicas ?? 1,
  available: set.status?.availableReplicas ?? 0,
});

/** A DaemonSet whose status was never written has not been looked at: it wants at least one and has none. */
const fromDaemonSet = (set: V1DaemonSet): Workload => ({
  kind: 'DaemonSet',
  ...named(set),
  desired: set.status?.desiredNumberScheduled ?? 1,
  available: set.status?.numberAvailable ?? 0,
});

function named({ metadata }: V1Deployment | V1DaemonSet | V1StatefulSet): { namespace: string; name: string } {
  return { namespace: metadata?.namespace ?? '', name: metadata?.name ?? '' };
}

/**
 * What went wrong, under one of the port's four names. Only the status and what the API server says in `message` get out: the
 * client's own text repeats bodies and headers.
 */
function accessError(error: unknown): ClusterAccessError {
  if (error instanceof ClusterAccessError) return error;
  if (error instanceof ApiException) return statusError(error.code, messageOf(error.body));
  const cause = networkCause(error);
  if (cause !== undefined) return new ClusterAccessError('ClusterUnreachable', cause);
  return new ClusterAccessError('ClusterServerFault', 'The API server gave an answer that could not be read.');
}

function statusError(status: number, said: string): ClusterAccessError {
  const text = `The API server answered ${status}${said === '' ? '' : `: ${said}`}.`;
  if (status === 401) return new ClusterAccessError('ClusterUnauthorized', text);
  if (status === 403) return new ClusterAccessError('ClusterForbidden', text);
  return new ClusterAccessError('ClusterServerFault', text);
}

const MESSAGE_CHARACTERS = 300;

/** `message` of a Kubernetes Status. */
function messageOf(body: unknown): string {
  const status = typeof body === 'string' ? parseJson(body) : body;
  const message = (status as { message?: unknown } | null | undefined)?.message;
  return typeof message === 'string' ? message.slice(0, MESSAGE_CHARACTERS) : '';
}

/** fetch says "fetch failed" and keeps what failed in `cause`; a time-out is a DOMException. Told by name: not all are this realm's. */
function networkCause(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { name, cause } = error as { name?: unknown; cause?: unknown };
  if (name === 'TimeoutError' || name === 'AbortError') return 'The API server did not answer in time.';
  if (name !== 'TypeError' || typeof cause !== 'object' || cause === null) return undefined;
  const { code, message } = cause as { code?: string; message?: string };
  return `The API server could not be reached: ${code ?? message ?? 'no reason given'}.`;
}

const REQUEST_MILLISECONDS = 10_000;

interface ConnectionOptions {
  /** Lets `http://` endpoints through, for tests on loopback. The client sends credentials over TLS only, otherwise. */
  readonly plainHttp?: boolean;
  readonly timeoutMilliseconds?: number;
}

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/** One cluster's API server for as long as one use of it lasts: all its requests share a TLS connection, and `close` ends it. */
class Connection {
  readonly configuration: Configuration;
  readonly #kubeConfig = new KubeConfig();
  readonly #server: string;
  readonly #timeout: number;
  #dispatcher: Dispatcher | undefined;

  constructor(target: ClusterTarget, token: string, options: ConnectionOptions) {
    const plain = target.endpoint.startsWith('http://');
    if (plain && options.plainHttp !== true) {
      throw new ClusterAccessError('ClusterUnreachable', 'The endpoint is not https, and no credentials go there.');
    }
    this.#server = target.endpoint.replace(/\/$/, '');
    this.#timeout = options.timeoutMilliseconds ?? REQUEST_MILLISECONDS;
    const { name, certificateAuthority: caData } = target;
    this.#kubeConfig.loadFromOptions({
      clusters: [{ name, server: this.#server, caData, skipTLSVerify: plain }],
      users: [{ name: 'liftlock', token }],
      contexts: [{ name: 'liftlock', cluster: name, user: 'liftlock' }],
      currentContext: 'liftlock',
    });
    const middleware: PromiseMiddleware = {
      pre: async (context) => this.#prepare(context),
      post: async (context) => context,
    };
    this.configuration = createConfiguration({
      baseServer: new ServerConfiguration(this.#server, {}),
      authMethods: { default: this.#kubeConfig },
      promiseMiddleware: [middleware],
    });
  }

  /** GET of a path that the generated clients do not cover; the status is judged by the caller. */
  async getText(path: string): Promise<{ status: number; text: string }> {
    const context = new RequestContext(`${this.#server}${path}`, HttpMethod.GET);
    await this.#kubeConfig.applySecurityAuthentication(context);
    const response = await this.configuration.httpApi.send(this.#prepare(context)).toPromise();
    return { status: response.httpStatusCode, text: await response.body.text() };
  }

  async close(): Promise<void> {
    await this.#dispatcher?.destroy();
  }

  #prepare(context: RequestContext): RequestContext {
    context.setSignal(AbortSignal.timeout(this.#timeout));
    // The client makes a new connection pool for each request; the first one serves them all.
    const made = context.getDispatcher();
    this.#dispatcher ??= made;
    if (this.#dispatcher !== undefined) context.setDispatcher(this.#dispatcher);
    return context;
  }
}
