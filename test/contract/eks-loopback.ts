import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** Paths of EKS's REST API, for the operations that the ports use. */
const ROUTES: readonly (readonly [method: string, path: string, operation: string])[] = [
  ['GET', '/clusters', 'ListClusters'],
  ['GET', '/clusters/{name}', 'DescribeCluster'],
  ['GET', '/clusters/{clusterName}/node-groups', 'ListNodegroups'],
  ['GET', '/clusters/{clusterName}/node-groups/{nodegroupName}', 'DescribeNodegroup'],
  ['GET', '/clusters/{clusterName}/fargate-profiles', 'ListFargateProfiles'],
  ['GET', '/clusters/{clusterName}/addons', 'ListAddons'],
  ['GET', '/clusters/{clusterName}/addons/{addonName}', 'DescribeAddon'],
  ['GET', '/addons/supported-versions', 'DescribeAddonVersions'],
  ['GET', '/clusters/{name}/updates', 'ListUpdates'],
  ['GET', '/clusters/{name}/updates/{updateId}', 'DescribeUpdate'],
  ['POST', '/clusters/{clusterName}/insights', 'ListInsights'],
  ['GET', '/clusters/{clusterName}/insights/{id}', 'DescribeInsight'],
  ['POST', '/clusters/{clusterName}/insights-refresh', 'StartInsightsRefresh'],
  ['GET', '/clusters/{clusterName}/insights-refresh', 'DescribeInsightsRefresh'],
  ['GET', '/cluster-versions', 'DescribeClusterVersions'],
  ['POST', '/clusters/{name}/updates', 'UpdateClusterVersion'],
  ['POST', '/clusters/{clusterName}/node-groups/{nodegroupName}/update-version', 'UpdateNodegroupVersion'],
  ['POST', '/clusters/{clusterName}/node-groups/{nodegroupName}/update-config', 'UpdateNodegroupConfig'],
  ['POST', '/clusters/{clusterName}/addons/{addonName}/update', 'UpdateAddon'],
];

/** One call as it came over the wire. The access key id stands for the account, so that no STS is needed. */
export interface WireCall {
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly account: string;
  readonly region: string;
  readonly userAgent: string;
}

/** What answers: an output, or an error whose `name` and status go back as EKS sends them. May hang to try time-outs. */
export type WireHandler = (call: WireCall) => object | Promise<object>;

export interface EksLoopback {
  readonly endpoint: string;
  readonly calls: readonly WireCall[];
  handler: WireHandler;
  close(): Promise<void>;
}

/** EKS's wire protocol (restJson1) on a port of this machine. */
export async function startEksLoopback(handler: WireHandler): Promise<EksLoopback> {
  const calls: WireCall[] = [];
  const server = createServer((request, response) => void serve(loopback, calls, request, response));
  const loopback: EksLoopback & { endpoint: string } = {
    endpoint: '',
    calls,
    handler,
    async close() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  loopback.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return loopback;
}

async function serve(
  loopback: EksLoopback,
  calls: WireCall[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('content-type', 'application/json');
  response.setHeader('x-amzn-requestid', randomUUID());
  try {
    const call = await read(request);
    calls.push(call);
    response.end(JSON.stringify(epochSeconds(await loopback.handler(call))));
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    response.writeHead($metadata?.httpStatusCode ?? 500, { 'x-amzn-errortype': name }).end(JSON.stringify({ message }));
  }
}

async function read(request: IncomingMessage): Promise<WireCall> {
  const url = new URL(request.url ?? '/', 'http://loopback');
  const credential = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '');
  const body = await text(request);
  const query = [...url.searchParams].map(([name, value]) => [name, name === 'maxResults' ? Number(value) : value]);
  for (const [method, path, operation] of ROUTES) {
    const pattern = new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
    const match = pattern.exec(url.pathname);
    if (match === null || method !== request.method) continue;
    return {
      operation,
      input: { ...Object.fromEntries(query), ...match.groups, ...(body === '' ? {} : JSON.parse(body)) },
      account: credential?.[1] ?? '',
      region: credential?.[2] ?? '',
      userAgent: request.headers['user-agent'] ?? '',
    };
  }
  throw Object.assign(new Error(`${request.method} ${url.pathname}`), { name: 'UnknownOperationException' });
}

/** Timestamps of restJson1 are seconds, with fractions. */
function epochSeconds(value: unknown): unknown {
  if (value instanceof Date) return value.getTime() / 1000;
  if (Array.isArray(value)) return value.map(epochSeconds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, epochSeconds(member)]));
}
