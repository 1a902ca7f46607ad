import type { AwsCall } from '../../simulator/wire/aws-call.ts';
import { startWireServer, type WireServer } from '../../simulator/wire/wire-server.ts';
import { operationsInUse, type ServiceInUse } from './operations-in-use.ts';

export interface EchoServer extends WireServer {
  /** What the last request came to. */
  lastCall(): AwsCall;
  /** What `onFailure` was told. */
  readonly failures: unknown[];
}

/** Of every key, so that each suite also proves the signatures of its client. */
export const ECHO_SECRET = 'secret';

/** A server of all operations in use which answers as told and remembers what it was asked. */
export async function startEchoServer(reply: (call: AwsCall) => object | Promise<object>): Promise<EchoServer> {
  let last: AwsCall | undefined;
  const failures: unknown[] = [];
  const server = await startWireServer({
    services: operationsInUse,
    async serve(call) {
      last = call;
      return reply(call);
    },
    secretOf: () => ECHO_SECRET,
    onUnmodelled: (service, operation) => failures.push(`unmodelled: ${service} ${operation}`),
    onFailure: (error) => failures.push(error),
  });
  const lastCall = () => {
    if (last === undefined) throw new Error('no request has reached the service');
    return last;
  };
  return { ...server, lastCall, failures };
}

export const eachOperation = (Object.keys(operationsInUse) as ServiceInUse[]).flatMap((service) =>
  operationsInUse[service].map((operation) => ({ service, operation })),
);
