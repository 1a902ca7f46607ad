import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoTable } from '../../adapters/dynamodb/create-dynamo-table.ts';
import type { Table } from '../../core/ports/table.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { createTables } from '../material/dynamodb/create-tables.ts';
import { testCaller, testWorld } from '../material/eks/world.ts';
import { startEksLoopback, type WireCall } from './eks-loopback.ts';
import { startLocalDynamo } from './start-local-dynamo.ts';

/** The AWS that functions need, on ports of this machine, with one cluster `shop` at 1.35 on the fake EKS. */
export interface AwsLoopback {
  /** What Lambda would set: endpoints, credentials of the hub, and Liftlock's own variables. */
  readonly environment: Readonly<Record<string, string>>;
  readonly table: Table;
  readonly eksCalls: readonly WireCall[];
  /** Forms that came to STS. */
  readonly assumed: readonly URLSearchParams[];
  /** `DetailType` of the events that came to EventBridge. */
  readonly events: readonly string[];
  pass(minutes: number): void;
  close(): Promise<void>;
}

export async function startAwsLoopback(): Promise<AwsLoopback> {
  const world = testWorld((state) => {
    addCluster(state, { name: 'shop', version: '1.35', nodegroups: [{ name: 'workers' }] });
  });
  const eks = await startEksLoopback(({ operation, input, account, region }) =>
    world.fake.operation(operation, input, { ...testCaller, account, region }, world.now()),
  );
  const dynamo = await startLocalDynamo();
  const assumed: URLSearchParams[] = [];
  const events: string[] = [];
  const sts = await serve((body) => {
    const form = new URLSearchParams(body);
    assumed.push(form);
    return session(form.get('RoleArn')?.split(':')[4] ?? '');
  });
  const bridge = await serve((body) => {
    const { Entries } = JSON.parse(body) as { Entries: { DetailType: string }[] };
    events.push(...Entries.map((entry) => entry.DetailType));
    return JSON.stringify({ FailedEntryCount: 0, Entries: Entries.map(() => ({ EventId: 'id' })) });
  });

  const names = { items: 'liftlock', audit: 'liftlock-audit' };
  const credentials = { accessKeyId: 'hub', secretAccessKey: 'secret' };
  const config = { endpoint: dynamo.endpoint, region: testCaller.region, credentials };
  const client = new DynamoDBClient(config);
  await createTables(client, names);
  client.destroy();
  return {
    environment: {
      AWS_REGION: testCaller.region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
      AWS_ENDPOINT_URL_EKS: eks.endpoint,
      AWS_ENDPOINT_URL_STS: sts.endpoint,
      AWS_ENDPOINT_URL_EVENTBRIDGE: bridge.endpoint,
      LIFTLOCK_TABLE: names.items,
      LIFTLOCK_AUDIT_TABLE: names.audit,
      LIFTLOCK_BUS: 'liftlock',
      LIFTLOCK_MACHINE_ARN_PREFIX: `arn:aws:states:${testCaller.region}:999999999999:stateMachine:liftlock-`,
      LIFTLOCK_SPOKE_ROLE_NAME: 'LiftlockSpoke',
      LIFTLOCK_EXTERNAL_ID: 'ours',
      LIFTLOCK_PARTITION: 'aws',
    },
    table: createDynamoTable(names, config),
    eksCalls: eks.calls,
    assumed,
    events,
    pass: (minutes) => world.pass(minutes),
    close: async () => {
      await Promise.all([eks.close(), dynamo.close(), sts.close(), bridge.close()]);
    },
  };
}

async function serve(answer: (body: string) => string): Promise<{ endpoint: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    void text(request).then((body) => response.end(answer(body)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** AssumeRole's answer; the access key id is the account, which the EKS loopback takes for the caller's. */
function session(account: string): string {
  const expiration = new Date(Date.now() + 3_600_000).toISOString();
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>${account}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey>
    <SessionToken>session</SessionToken><Expiration>${expiration}</Expiration>
  </Credentials></AssumeRoleResult></AssumeRoleResponse>`;
}
