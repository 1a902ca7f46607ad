import { EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { form, startTestServer, type TestServer } from '../../test/material/wire/server.ts';

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    services: {
      eks: ['ListClusters'],
      sqs: ['SendMessage'],
      states: ['StartExecution'],
      sts: ['AssumeRole', 'AssumeRoleWithWebIdentity'],
    },
    serve: async () => ({}),
    secretOf: async (accessKeyId) => (accessKeyId === 'AKIDEXAMPLE' ? 'secret' : undefined),
  });
});
afterAll(() => server.close());
beforeEach(() => {
  server.calls.length = 0;
});

const options = (accessKeyId: string, secretAccessKey: string) => ({
  region: 'eu-central-1',
  endpoint: server.origin,
  credentials: { accessKeyId, secretAccessKey, sessionToken: 'token' },
  md5: false as const,
  maxAttempts: 1,
});

const send = {
  eks: (key: string, secret: string) => new EKSClient(options(key, secret)).send(new ListClustersCommand({})),
  states: (key: string, secret: string) =>
    new SFNClient(options(key, secret)).send(new StartExecutionCommand({ stateMachineArn: 'a' })),
  sqs: (key: string, secret: string) =>
    new SQSClient(options(key, secret)).send(new SendMessageCommand({ QueueUrl: server.origin, MessageBody: 'a' })),
  sts: (key: string, secret: string) =>
    new STSClient(options(key, secret)).send(new AssumeRoleCommand({ RoleArn: 'a', RoleSessionName: 'b' })),
};

describe.each([
  ['eks', 403, 'UnrecognizedClientException', 'InvalidSignatureException'],
  ['states', 400, 'UnrecognizedClientException', 'InvalidSignatureException'],
  ['sqs', 403, 'InvalidClientTokenId', 'SignatureDoesNotMatch'],
  ['sts', 403, 'InvalidClientTokenId', 'SignatureDoesNotMatch'],
] as const)('%s', (service, status, unknownKey, wrongSignature) => {
  test('serves a known key', async () => {
    await send[service]('AKIDEXAMPLE', 'secret');
    expect(server.calls).toMatchObject([{ signer: { accessKeyId: 'AKIDEXAMPLE', sessionToken: 'token' } }]);
  });

  test('refuses an unknown key and a wrong signature before the service hears of them', async () => {
    const refused = (name: string) => ({ name, $metadata: { httpStatusCode: status } });
    await expect(send[service]('AKIDOTHER', 'secret')).rejects.toMatchObject(refused(unknownKey));
    await expect(send[service]('AKIDEXAMPLE', 'wrong')).rejects.toMatchObject(refused(wrongSignature));
    expect(server.calls).toEqual([]);
  });
});

test('an unsigned request is refused', async () => {
  expect(await server.ask(undefined, '/clusters')).toMatchObject({
    status: 403,
    text: expect.stringContaining('MissingAuthenticationToken'),
  });
  expect(server.calls).toEqual([]);
});

test('half a signature is refused in the protocol of the request', async () => {
  const authorization = 'AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE';
  const rest = await server.ask(undefined, '/clusters', { headers: { authorization } });
  expect([rest.status, rest.headers.get('x-amzn-errortype')]).toEqual([400, 'IncompleteSignatureException']);
  const query = form('Action=AssumeRole&Version=2011-06-15');
  const xml = await server.ask(undefined, '/', { ...query, headers: { ...query.headers, authorization } });
  expect(xml.text).toContain('<Code>IncompleteSignature</Code>');
});

test('who proves their identity otherwise need not sign', async () => {
  const request = form(
    'Action=AssumeRoleWithWebIdentity&Version=2011-06-15&RoleArn=a&RoleSessionName=b&WebIdentityToken=c',
  );
  expect((await server.ask(undefined, '/', request)).status).toBe(200);
  expect(server.calls).toMatchObject([{ operation: 'AssumeRoleWithWebIdentity' }]);
});
