import { loadService, type OperationModel } from '../../simulator/wire/service-model.ts';
import { comparable } from './comparable.ts';
import { ECHO_SECRET, type EchoServer, eachOperation, startEchoServer } from './echo-server.ts';
import { sampleInput } from './sample-input.ts';
import { sampleValue } from './sample-value.ts';
import { sdkClient } from './sdk-client.ts';

let server: EchoServer;

beforeAll(async () => {
  server = await startEchoServer(async ({ service, operation }) =>
    output((await loadService(service)).operations.get(operation)),
  );
});
afterAll(() => server.close());

const output = (operation: OperationModel | undefined) =>
  (operation === undefined ? {} : sampleValue(operation.output)) as object;

const queryToo = eachOperation.filter(({ service }) => service === 'sqs' || service === 'monitoring');
const cases = [
  ...eachOperation.map((each) => ({ ...each, protocol: undefined })),
  ...queryToo.map((each) => ({ ...each, protocol: 'query' as const })),
];

test.each(cases)(
  '$service $operation arrives and returns whole ($protocol)',
  async ({ service, operation, protocol }) => {
    const model = (await loadService(service)).operations.get(operation) as OperationModel;
    const input = sampleInput(model, server.origin);
    const client = await sdkClient(
      service,
      {
        region: 'eu-central-1',
        endpoint: server.origin,
        credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: ECHO_SECRET, sessionToken: 'token' },
        maxAttempts: 1,
        // SQS: sample answers have sample checksums.
        md5: false,
      },
      protocol,
    );
    const { $metadata: _, ...answered } = (await client.send(operation, input)) as { $metadata: unknown };
    client.close();
    expect(server.failures).toEqual([]);
    expect(server.lastCall()).toMatchObject({
      service,
      operation,
      region: 'eu-central-1',
      signer: { accessKeyId: 'AKIDEXAMPLE', sessionToken: 'token' },
      origin: server.origin,
    });
    expect(comparable(server.lastCall().input)).toEqual(comparable(input));
    expect(comparable(answered)).toEqual(comparable(output(model)));
  },
);
