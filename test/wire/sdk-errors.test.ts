import type { NormalizedSchema } from '@smithy/core/schema';
import { AwsFault } from '../../simulator/wire/aws-call.ts';
import { loadService, type OperationModel } from '../../simulator/wire/service-model.ts';
import { ECHO_SECRET, type EchoServer, startEchoServer } from './echo-server.ts';
import { operationsInUse, type ServiceInUse } from './operations-in-use.ts';
import { sampleInput } from './sample-input.ts';
import { sampleValue } from './sample-value.ts';
import { sdkClient } from './sdk-client.ts';

let server: EchoServer;
let thrown: AwsFault;

beforeAll(async () => {
  server = await startEchoServer(() => {
    throw thrown;
  });
});
afterAll(() => server.close());

const MESSAGE = 'No <such> "thing" & nothing else';
/** CloudWatch's model gives two shapes the code ResourceNotFound, so no client can tell them apart. */
const ambiguous = new Set(['DashboardNotFoundError']);

interface Case {
  readonly service: ServiceInUse;
  readonly protocol?: 'query';
}
const cases = (Object.keys(operationsInUse) as ServiceInUse[]).flatMap((service): Case[] =>
  service === 'sqs' || service === 'monitoring' ? [{ service }, { service, protocol: 'query' }] : [{ service }],
);

test.each(cases)(
  'every error of $service arrives as its class, with its fields ($protocol)',
  async ({ service, protocol }) => {
    const model = await loadService(service);
    const [operation = ''] = operationsInUse[service];
    const input = sampleInput(model.operations.get(operation) as OperationModel, server.origin);
    const options = {
      region: 'eu-central-1',
      endpoint: server.origin,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: ECHO_SECRET },
      maxAttempts: 1,
    };
    const client = await sdkClient(service, options, protocol);
    for (const [name, schema] of model.errors) {
      if (ambiguous.has(name)) continue;
      const fields = fieldsOf(schema);
      thrown = new AwsFault(name, MESSAGE, { fields });
      const error: unknown = await client.send(operation, input).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(client.module[name]);
      expect(error).toMatchObject({ name, message: MESSAGE, ...fields });
    }
    client.close();
    expect(server.failures).toEqual([]);
  },
);

function fieldsOf(schema: NormalizedSchema): Record<string, unknown> {
  const members = Object.entries(sampleValue(schema) as object);
  return Object.fromEntries(members.filter(([name]) => name.toLowerCase() !== 'message'));
}
