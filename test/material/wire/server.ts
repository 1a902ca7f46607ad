import type { AwsCall } from '../../../simulator/wire/aws-call.ts';
import { startWireServer, type WireOptions, type WireServer } from '../../../simulator/wire/wire-server.ts';

export interface TestServer extends WireServer {
  readonly calls: AwsCall[];
  readonly unmodelled: string[];
  readonly failures: { readonly error: unknown; readonly call: AwsCall | undefined }[];
  /** A request as an SDK would send it, with a signature of the service's scope which nobody checks unless `secretOf` is given. */
  ask(service: string | undefined, path: string, request?: RequestInit): Promise<Answered>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A server that writes down what it is told, for tests. */
export async function startTestServer(options: Partial<WireOptions> & Pick<WireOptions, 'serve'>): Promise<TestServer> {
  const calls: AwsCall[] = [];
  const unmodelled: string[] = [];
  const failures: TestServer['failures'] = [];
  const server = await startWireServer({
    services: {
      eks: ['DescribeCluster', 'ListClusters'],
      sqs: ['SendMessage'],
      states: ['StartExecution'],
      sts: ['AssumeRole'],
    },
    ...options,
    serve(call) {
      calls.push(call);
      return options.serve(call);
    },
    onUnmodelled: (service, operation) => unmodelled.push(`${service} ${operation}`),
    onFailure: (error, call) => failures.push({ error, call }),
  });
  const ask: TestServer['ask'] = async (service, path, request = {}) => {
    const signed = service === undefined ? {} : { authorization: authorizationOf(service), 'x-amz-date': DATE };
    const headers = { ...signed, ...(request.headers as Record<string, string> | undefined) };
    const response = await fetch(`${server.origin}${path}`, { ...request, headers });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  return { ...server, calls, unmodelled, failures, ask };
}

const DATE = '20260928T101500Z';
const authorizationOf = (service: string): string =>
  `AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260928/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=00`;

export const jsonTarget = (target: string, body: string) => ({
  method: 'POST',
  body,
  headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' },
});

export const form = (body: string) => ({
  method: 'POST',
  body,
  headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
});
