import { eksOperations } from '../../simulator/cloud/eks/eks-operations.ts';
import { localAdministrator } from '../../simulator/iam/principals/local-administrator.ts';
import { startWireServer } from '../../simulator/wire/wire-server.ts';
import { testCaller } from '../material/eks/world.ts';
import type { World } from './refusal.ts';

/** The account's administrator, whose keys the clients sign with. */
export const administrator = localAdministrator(testCaller.account);

export interface EksServer {
  readonly origin: string;
  /** What the server itself did wrong. */
  readonly failures: readonly unknown[];
  close(): Promise<void>;
}

/** The EKS of one world on a port of its own: the wire and the operations of the local cloud, and nothing else of it. */
export async function startEksServer(world: World): Promise<EksServer> {
  const failures: unknown[] = [];
  const endpoints = { endpointOf: () => 'https://127.0.0.1:443', certificateAuthority: '' };
  const operations = eksOperations(world.fake, endpoints, () => {});
  const { accessKeyId, secretAccessKey, arn, account } = administrator;
  const { origin, close } = await startWireServer({
    services: { eks: Object.keys(operations) },
    serve: async (call) => {
      const operation = operations[call.operation];
      if (operation === undefined) throw new Error(`${call.operation} is listed and not there`);
      const { region, input } = call;
      return operation(input as never, { account, region, now: world.now(), principalArn: arn, call });
    },
    secretOf: (key) => (key === accessKeyId ? secretAccessKey : undefined),
    onUnmodelled: (service, operation) => failures.push(`${service}:${operation} is not modelled`),
    onFailure: (error) => failures.push(error),
  });
  return { origin, failures, close };
}
