import { clusterAccessOver } from '../../adapters/kubernetes/create-cluster-access.ts';
import { hookJobsOver } from '../../adapters/kubernetes/create-hook-jobs.ts';
import { nodeOperatorOver, type ServerCalls } from '../../adapters/kubernetes/create-node-operator.ts';
import type { Change } from '../../adapters/kubernetes/reader/https-reader.ts';
import { type ApiServer, type ClusterAccess, ClusterAccessError } from '../../core/ports/cluster-access.ts';
import type { ClusterReader, ClusterReaders, ReadAnswer, ReadRequest } from '../../core/ports/cluster-reader.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { HookJobs } from '../../core/ports/hook-jobs.ts';
import type { NodeOperators } from '../../core/ports/node-operator.ts';
import type { Clock } from '../../core/ports/outside.ts';
import { ListSplitter } from '../../core/scan/live/list-splitter.ts';
import { clusterArn } from '../eks/clusters.ts';
import type { FakeKubernetes } from './fake-kubernetes.ts';
import type { Answer, ApiRequest, StreamedAnswer } from './server/call.ts';
import { clusterPath } from './server/cluster-path.ts';
import { Histories } from './server/histories.ts';
import { type Surroundings, serveCall } from './server/serve-call.ts';
import { type ServedRequest, servedRequest } from './server/served-request.ts';

interface InMemoryReadersOptions {
  readonly clock: Clock;
  readonly principal: (scope: Scope) => string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Simulated time that one request takes, in milliseconds; 0 when absent. */
  readonly requestMilliseconds?: () => number;
  readonly onRequest?: (clusterArn: string, request: ServedRequest) => void;
}

/** The port of core that reads nodes and workloads, on the fake API servers in this process. */
export const createInMemoryClusterAccess = (fake: FakeKubernetes, options: InMemoryReadersOptions): ClusterAccess => {
  const histories = new Histories();
  return clusterAccessOver((server, read) => read(openServer(fake, options, server, histories)));
};

/** The same for the port that changes nodes and pods. */
export const createInMemoryNodeOperators = (fake: FakeKubernetes, options: InMemoryReadersOptions): NodeOperators => {
  const histories = new Histories();
  return { open: (server) => nodeOperatorOver(openServer(fake, options, server, histories)) };
};

/** The same for the port that runs Jobs of hooks. */
export const createInMemoryHookJobs = (fake: FakeKubernetes, options: InMemoryReadersOptions): HookJobs => {
  const histories = new Histories();
  return { open: (server) => hookJobsOver(openServer(fake, options, server, histories)) };
};

/** The port of core on the fake API servers, in this process. */
export const createInMemoryClusterReaders = (
  fake: FakeKubernetes,
  options: InMemoryReadersOptions,
): ClusterReaders => ({
  open: (server) => ({
    reader: openServer(fake, options, server),
    wait: (seconds) => options.sleep(seconds * 1_000),
    close: () => {},
  }),
});

/** Each request takes its time before the answer. */
function openServer(
  fake: FakeKubernetes,
  { clock, principal, sleep, requestMilliseconds = () => 0, onRequest }: InMemoryReadersOptions,
  { scope, name }: ApiServer,
  histories?: Histories,
): ServerCalls & ClusterReader {
  const arn = clusterArn(scope.account, scope.region, name);
  const server = createInMemoryClusterReader({
    ...{ fake, clock, clusterArn: arn, principal: principal(scope), histories },
    ...(onRequest === undefined ? {} : { onRequest: (request: ServedRequest) => onRequest(arn, request) }),
  });
  const takeTime = async () => {
    const takes = requestMilliseconds();
    if (takes > 0) await sleep(takes);
  };
  return {
    get: async (request: ReadRequest) => {
      await takeTime();
      return server.get(request);
    },
    change: async (change) => {
      await takeTime();
      return server.change(change);
    },
    close: () => server.close(),
  };
}

export interface InMemoryReaderOptions {
  readonly fake: FakeKubernetes;
  readonly clusterArn: string;
  /** ARN of the caller's role, or of a session of it. */
  readonly principal: string;
  /** The clock of the fake cloud. */
  readonly clock: Clock;
  /** The longest answer; unlimited when absent. */
  readonly maxBytes?: number;
  /** Runs around every request, so that a virtual clock can stand still meanwhile. */
  readonly around?: <T>(work: () => Promise<T>) => Promise<T>;
  /** Called for every request, those with an expired token too. */
  readonly onRequest?: (request: ServedRequest) => void;
  /** The API server's memory of earlier requests; none when absent. */
  readonly histories?: Histories | undefined;
}

/**
 * The port of core on a fake API server in this process: requests are handled as over HTTPS, without sockets. After a 401 it retries once with a new
 * token, like a reader whose token has expired.
 */
export function createInMemoryClusterReader(options: InMemoryReaderOptions): ServerCalls & ClusterReader {
  const surroundings: Surroundings = {
    fake: options.fake,
    authenticate: async () => ({ principal: options.principal }),
    clock: options.clock,
    around: options.around ?? ((work) => work()),
    histories: options.histories ?? new Histories(),
    pollMilliseconds: 250,
  };
  let tokens = 1;
  const send = async ({ path, accept, change }: ReadRequest & { change?: Omit<Change, 'path'> }): Promise<Answer> => {
    const url = new URL(`${clusterPath(options.clusterArn)}${path}`, 'https://kubernetes');
    const authorization = `Bearer in-memory-${tokens}`;
    const request: ApiRequest = {
      method: change?.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      headers: {
        ...{ accept: accept ?? 'application/json', authorization, host: url.host },
        ...(change && { 'content-type': change.contentType }),
      },
      body: Buffer.from(change === undefined ? '' : JSON.stringify(change.body)),
    };
    const answer = await serveCall(surroundings, request);
    options.onRequest?.(servedRequest(request, answer?.status));
    return wholeAnswer(answer);
  };
  const ask = async (request: Parameters<typeof send>[0]): Promise<Answer> => {
    const answer = await send(request);
    if (answer.status !== 401) return answer;
    tokens += 1;
    return send(request);
  };
  return {
    get: async (request: ReadRequest) => handOn(readAnswer(await ask(request), options.maxBytes), request),
    change: async ({ path, ...change }) => readAnswer(await ask({ path, change }), options.maxBytes),
    close: () => undefined,
  };
}

function wholeAnswer(answer: Answer | StreamedAnswer | undefined): Answer {
  if (answer === undefined || ('body' in answer && answer.delivery?.breaksOff === true))
    throw new ClusterAccessError('ClusterUnreachable', 'The API server could not be reached: ECONNRESET.');
  if (!('body' in answer)) throw new ClusterAccessError('ClusterServerFault', 'A watch does not end, and is no read.');
  return answer;
}

/** Passes on the items of a list one by one, where the caller takes them. */
function handOn(answer: ReadAnswer, { items }: ReadRequest): ReadAnswer {
  if (items === undefined || answer.status !== 200) return answer;
  items.begin();
  const splitter = new ListSplitter((text) => items.item(text));
  splitter.push(answer.text);
  return { ...answer, text: splitter.finish() };
}

function readAnswer({ status, headers, body }: Answer, maxBytes: number | undefined): ReadAnswer {
  if (maxBytes !== undefined && Buffer.byteLength(body) > maxBytes)
    throw new ClusterAccessError('ClusterServerFault', `The API server's answer is longer than ${maxBytes} bytes.`);
  const seconds = headers['retry-after'];
  return { status, text: body, ...(seconds === undefined ? {} : { retryAfterSeconds: Number(seconds) }) };
}
