import { once } from 'node:events';
import { connect } from 'node:net';
import { DescribeClusterCommand, EKSClient, ResourceNotFoundException } from '@aws-sdk/client-eks';
import { form, jsonTarget, startTestServer, type TestServer } from '../../test/material/wire/server.ts';
import { AwsFault } from './aws-call.ts';
import { startWireServer } from './wire-server.ts';

const open: TestServer[] = [];
const start: typeof startTestServer = async (options) => {
  const server = await startTestServer(options);
  open.push(server);
  return server;
};
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

const nothing = async () => ({});
const eks = ({ origin }: TestServer) =>
  new EKSClient({
    region: 'eu-central-1',
    endpoint: origin,
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    retryMode: 'standard',
  });

describe('what is not modelled', () => {
  test('an operation of AWS that is not listed answers 501 with its name, once, and is told', async () => {
    const server = await start({ services: { eks: ['ListClusters'] }, serve: nothing });
    const client = eks(server);
    await expect(client.send(new DescribeClusterCommand({ name: 'shop' }))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('eks DescribeCluster'),
      $metadata: { httpStatusCode: 501, attempts: 1 },
    });
    client.destroy();
    expect(server.unmodelled).toEqual(['eks DescribeCluster']);
  });

  test.each([
    ['iam', form('Action=ListRoles&Version=2010-05-08'), 'iam ListRoles'],
    ['kms', jsonTarget('TrentService.Decrypt', '{}'), 'kms Decrypt'],
    ['lambda', {}, 'lambda GET /2015-03-31/functions?Marker=a'],
  ])('a service that is not here answers 501 and is told: %s', async (service, request, told) => {
    const server = await start({ serve: nothing });
    const path = service === 'lambda' ? '/2015-03-31/functions?Marker=a' : '/';
    expect(await server.ask(service, path, request)).toMatchObject({
      status: 501,
      text: expect.stringContaining('NotImplemented'),
    });
    expect(server.unmodelled).toEqual([told.replace('?Marker=a', '')]);
  });
});

describe('mistakes of a service', () => {
  test.each<[string, () => Promise<object>]>([
    ['an error that is none of AWS', async () => Promise.reject(new TypeError('no such thing'))],
    ['text instead of an error', async () => Promise.reject('no such thing')],
    ['a fault that neither the model nor AWS knows', async () => Promise.reject(new AwsFault('Nonsense', 'text'))],
    ['an output of another type', async () => ({ cluster: { name: 7 } })],
    ['a time as text', async () => ({ cluster: { createdAt: '2026-09-28' } })],
    ['no output', async () => undefined as unknown as object],
    ['a list where one value belongs', async () => ({ cluster: [] })],
    [
      'a fault whose fields cannot be written',
      async () =>
        Promise.reject(new AwsFault('ResourceNotFoundException', 'text', { fields: { clusterName: Symbol('a') } })),
    ],
  ])('%s answers 500 and is told with its call', async (_, serve) => {
    const server = await start({ serve });
    const answered = await server.ask('eks', '/clusters/shop');
    expect(answered).toMatchObject({ status: 500, text: expect.stringContaining('InternalFailure') });
    expect(server.failures).toMatchObject([
      { call: { service: 'eks', operation: 'DescribeCluster', input: { name: 'shop' } } },
    ]);
    expect(answered.text).not.toContain('no such thing');
  });
});

describe('errors of a service', () => {
  test('an error with $metadata, as the fake EKS throws it, arrives as its class', async () => {
    const error = Object.assign(new Error('No cluster found for name: shop.'), {
      name: 'ResourceNotFoundException',
      $fault: 'client',
      $metadata: { httpStatusCode: 404 },
      clusterName: 'shop',
    });
    const server = await start({ serve: () => Promise.reject(error) });
    const client = eks(server);
    const refused = client.send(new DescribeClusterCommand({ name: 'shop' }));
    await expect(refused).rejects.toBeInstanceOf(ResourceNotFoundException);
    await expect(refused).rejects.toMatchObject({
      message: error.message,
      clusterName: 'shop',
      $metadata: { httpStatusCode: 404 },
    });
    client.destroy();
    expect(server.failures).toEqual([]);
  });

  test('one outside the model keeps its name and status', async () => {
    const server = await start({
      serve: () => Promise.reject(new AwsFault('TooManyRequestsException', 'slow', { status: 429 })),
    });
    const answered = await server.ask('eks', '/clusters');
    expect([answered.status, answered.headers.get('x-amzn-errortype')]).toEqual([429, 'TooManyRequestsException']);
  });

  test.each([
    ['eks', '/clusters', {}, 403, 'AccessDeniedException'],
    [
      'states',
      '/',
      jsonTarget('AWSStepFunctions.StartExecution', '{"stateMachineArn":"a"}'),
      400,
      'AccessDeniedException',
    ],
    ['sts', '/', form('Action=AssumeRole&RoleArn=a&RoleSessionName=b'), 403, '<Code>AccessDenied</Code>'],
    ['sqs', '/', form('Action=SendMessage&QueueUrl=a&MessageBody=b'), 403, '<Code>AccessDenied</Code>'],
    ['sns', '/', form('Action=Publish&Message=a'), 403, '<Code>AuthorizationError</Code>'],
  ] satisfies [string, string, RequestInit, number, string][])(
    'a denial of %s has the status and the code of its protocol',
    async (service, path, request, status, text) => {
      const server = await start({
        services: {
          eks: ['ListClusters'],
          sns: ['Publish'],
          sqs: ['SendMessage'],
          states: ['StartExecution'],
          sts: ['AssumeRole'],
        },
        serve: () => Promise.reject(new AwsFault('AccessDeniedException', 'not authorized')),
      });
      const answered = await server.ask(service, path, request);
      expect(answered.status).toBe(status);
      expect(answered.text).toContain(text);
    },
  );
});

describe('requests that are passed on', () => {
  test('one of DynamoDB goes raw, with who asked for what', async () => {
    const seen: unknown[] = [];
    const server = await start({
      serve: nothing,
      passThrough: {
        dynamodb: async (request, context) => {
          seen.push(request.body.toString(), context);
          return { status: 200, headers: { 'x-own': '1' }, body: '{"raw":true}' };
        },
      },
    });
    const body = '{ "TableName" : "fleet" }';
    const answered = await server.ask('dynamodb', '/', jsonTarget('DynamoDB_20120810.GetItem', body));
    expect([answered.status, answered.text, answered.headers.get('x-own')]).toEqual([200, '{"raw":true}', '1']);
    expect(seen).toEqual([
      body,
      {
        region: 'eu-central-1',
        signer: { accessKeyId: 'AKIDEXAMPLE' },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        origin: server.origin,
        operation: 'GetItem',
      },
    ]);
  });

  test('other names in the signature and unsigned paths of no service go to `other`', async () => {
    const seen: string[] = [];
    const server = await start({
      serve: nothing,
      other: async ({ target, body }) => {
        seen.push(`${target} ${body}`);
        return target === '/not-mine' ? undefined : { status: 202, headers: {}, body: 'mine' };
      },
    });
    expect(await server.ask('execute-api', '/clusters', { method: 'POST', body: 'a' })).toMatchObject({
      status: 202,
      text: 'mine',
    });
    expect(await server.ask(undefined, '/console/')).toMatchObject({ status: 202, text: 'mine' });
    expect(await server.ask(undefined, '/not-mine')).toMatchObject({ status: 404 });
    expect(seen).toEqual(['/clusters a', '/console/ ', '/not-mine ']);
    expect(await server.ask(undefined, '/clusters')).toMatchObject({ status: 200 });
    expect(server.calls).toMatchObject([{ service: 'eks', operation: 'ListClusters', region: 'us-east-1' }]);
  });

  test.each([
    ['target', jsonTarget('AmazonSQS.SendMessage', '{"QueueUrl":"a","MessageBody":"b"}'), 'sqs'],
    ['version', form('Action=AssumeRole&Version=2011-06-15&RoleArn=a&RoleSessionName=b'), 'sts'],
  ])('unsigned requests find their service by their %s', async (_, request, service) => {
    const server = await start({ serve: nothing });
    expect(await server.ask(undefined, '/', request)).toMatchObject({ status: 200 });
    expect(server.calls).toMatchObject([{ service }]);
    expect(server.calls[0]).not.toHaveProperty('signer');
  });
});

describe('the connection', () => {
  test('a taken port is said, with what to do', async () => {
    const server = await start({ serve: nothing });
    const second = startWireServer({
      port: server.port,
      services: {},
      serve: nothing,
      onUnmodelled() {},
      onFailure() {},
    });
    await expect(second).rejects.toThrow(`Port ${server.port} of 127.0.0.1 is taken. Stop what listens there`);
  });

  test('closing waits for what runs and then for nothing', async () => {
    const started = Promise.withResolvers<void>();
    const gate = Promise.withResolvers<void>();
    const server = await startTestServer({
      serve: async () => {
        started.resolve();
        await gate.promise;
        return {};
      },
    });
    const running = server.ask('eks', '/clusters');
    await started.promise;
    const closing = server.close();
    gate.resolve();
    expect((await running).headers.get('connection')).toBe('close');
    await closing;
    await expect(server.ask('eks', '/clusters')).rejects.toThrow('fetch failed');
  });

  test('every request runs inside `around`, to its end', async () => {
    const log: string[] = [];
    const server = await startTestServer({
      async serve() {
        log.push('served');
        return {};
      },
      async around(work) {
        log.push('held');
        const result = await work();
        log.push('let go');
        return result;
      },
    });
    await server.ask('eks', '/clusters');
    await server.ask(undefined, '/nowhere');
    await server.close();
    expect(log).toEqual(['held', 'served', 'let go', 'held', 'let go']);
  });

  test('a client that goes away half-way harms nobody', async () => {
    const server = await start({ serve: nothing });
    const socket = connect(server.port, '127.0.0.1');
    await once(socket, 'connect');
    socket.write('POST /clusters HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n{"name"');
    socket.destroy();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await server.ask('eks', '/clusters')).status).toBe(200);
    expect(server.failures).toEqual([]);
  });

  test('what is no HTTP is answered with 400', async () => {
    const server = await start({ serve: nothing });
    const socket = connect(server.port, '127.0.0.1');
    socket.write('\x16\x03\x01 not http\r\n\r\n');
    const [data] = (await once(socket, 'data')) as [Buffer];
    expect(data.toString()).toMatch(/^HTTP\/1\.1 400 /);
    expect((await server.ask('eks', '/clusters')).status).toBe(200);
  });
});
