import type { Operations } from '../../../simulator/cloud/operation.ts';
import type { ServiceName } from '../../../simulator/wire/aws-call.ts';
import { startWireServer } from '../../../simulator/wire/wire-server.ts';

export const ACCOUNT = '111111111111';
export const REGION = 'eu-west-1';
export const CALLER = `arn:aws:sts::${ACCOUNT}:assumed-role/worker/test`;

export interface TestWire {
  /** What a client of the SDK is made with. */
  readonly client: {
    readonly endpoint: string;
    readonly region: string;
    readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
    readonly maxAttempts: number;
  };
  /** What the server itself did wrong. */
  readonly failures: unknown[];
  close(): Promise<void>;
}

/** Serves operations over AWS's protocols to anybody, in one account and Region. */
export async function startTestWire(
  services: Partial<Record<ServiceName, Operations>>,
  now: () => Date = () => new Date('2031-05-06T07:08:09.000Z'),
): Promise<TestWire> {
  const failures: unknown[] = [];
  const server = await startWireServer({
    services: Object.fromEntries(Object.entries(services).map(([name, operations]) => [name, Object.keys(operations)])),
    serve: async (call) => {
      const operation = services[call.service]?.[call.operation];
      if (operation === undefined) throw new Error(`${call.operation} is not there`);
      const context = { account: ACCOUNT, region: call.region, now: now(), principalArn: CALLER, call };
      return operation(call.input as never, context);
    },
    onUnmodelled: (service, operation) => failures.push(`${service} ${operation}`),
    onFailure: (error) => failures.push(error),
  });
  return {
    client: {
      endpoint: server.origin,
      region: REGION,
      credentials: { accessKeyId: 'AKIDTEST', secretAccessKey: 'secret' },
      maxAttempts: 1,
    },
    failures,
    close: () => server.close(),
  };
}
