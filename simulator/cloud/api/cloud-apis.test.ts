import { type SigningOptions, signedRequest } from '../../../test/material/cloud/signing.ts';
import { IamAuthority } from '../iam-authority.ts';
import type { Functions } from '../lambda/functions.ts';
import { ResourcePolicies } from '../resource-policies.ts';
import { Wiring } from '../wiring.ts';
import { CloudApis } from './cloud-apis.ts';
import type { HttpApi } from './http-api.ts';

const ACCOUNT = '111111111111';
const NOW = new Date('2031-05-06T07:08:09.000Z');
const FUNCTION = `arn:aws:lambda:eu-west-1:${ACCOUNT}:function:api`;
const ADMINISTRATOR = { accessKeyId: `LOCALADMIN${ACCOUNT}`, secretAccessKey: `local-administrator-of-${ACCOUNT}` };

let authority: IamAuthority;
let policies: ResourcePolicies;
let apis: CloudApis;
let api: HttpApi;
let events: Record<string, unknown>[];
let answer: () => unknown;

beforeEach(() => {
  policies = new ResourcePolicies();
  authority = new IamAuthority({
    policies,
    now: () => NOW,
    random: Math.random,
    organizationId: 'o-test',
    lookups: { arnOf: () => undefined, tagsOf: () => undefined, launchTemplateOf: () => undefined },
  });
  authority.iam.directory.addAdministrator(ACCOUNT);
  events = [];
  answer = () => ({ statusCode: 200, body: 'fine' });
  const functions = {
    invoke: async (_: string, event: string) => {
      events.push(JSON.parse(event));
      return JSON.stringify(answer());
    },
  } as unknown as Functions;
  apis = new CloudApis({ authority, functions, wiring: new Wiring(), now: () => NOW, uuid: () => 'id' });
  api = apis.get('api1', { account: ACCOUNT, region: 'eu-west-1' });
  policies.add(FUNCTION, {
    Effect: 'Allow',
    Principal: { Service: 'apigateway.amazonaws.com' },
    Action: 'lambda:InvokeFunction',
    Resource: FUNCTION,
    Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:execute-api:eu-west-1:${ACCOUNT}:api1/*` } },
  });
});

const route = (method: string, path: string, iamAuthorized = true) =>
  api.add({ method, path, iamAuthorized, functionArn: FUNCTION });
async function ask(
  line: string,
  more: { body?: string | Buffer; headers?: Record<string, string> } = {},
  signer: Partial<SigningOptions> = {},
) {
  const [method = '', path = ''] = line.split(' ');
  const request = await signedRequest(
    { method, path, ...more },
    { ...ADMINISTRATOR, service: 'execute-api', ...signer },
  );
  return apis.handle(request);
}
/** Credentials of a function's role, with this statement as its policy. */
function role(name: string, statement: object): Partial<SigningOptions> {
  const arn = `arn:aws:iam::${ACCOUNT}:role/${name}`;
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  authority.iam.directory.addRole({
    arn,
    trustPolicy: { Version: '2012-10-17', Statement: [trust] },
    policies: [{ name: 'Own', document: { Version: '2012-10-17', Statement: [statement] } }],
  });
  const source = { service: 'lambda.amazonaws.com', sourceArn: FUNCTION, sourceAccount: ACCOUNT };
  const { accessKeyId, secretAccessKey, sessionToken } = authority.functionSession(arn, 'caller', source).credentials;
  return { accessKeyId, secretAccessKey, sessionToken };
}

describe('who is let in', () => {
  const FORBIDDEN = { status: 403, body: '{"message":"Forbidden"}' };
  beforeEach(() => route('GET', '/v1/{proxy+}'));

  it('whoever may, and the function is told who it is', async () => {
    expect(await ask('GET /v1/fleet')).toMatchObject({ status: 200, body: 'fine' });
    const arn = `arn:aws:iam::${ACCOUNT}:user/local-administrator`;
    expect(events[0]).toMatchObject({
      requestContext: {
        accountId: ACCOUNT,
        authorizer: { iam: { accessKey: ADMINISTRATOR.accessKeyId, accountId: ACCOUNT, userArn: arn } },
      },
    });
  });

  it('nobody without a signature', async () => {
    const request = { method: 'GET', target: '/v1/fleet', headers: { host: 'x' }, body: Buffer.alloc(0) };
    expect(await apis.handle(request)).toMatchObject(FORBIDDEN);
  });

  it.each<[string, Partial<SigningOptions>]>([
    ['a wrong secret', { secretAccessKey: 'wrong' }],
    ['a key that nobody has', { accessKeyId: 'AKIDNOBODY' }],
  ])('nobody with %s', async (_, signer) => {
    expect(await ask('GET /v1/fleet', {}, signer)).toMatchObject(FORBIDDEN);
    expect(events).toEqual([]);
  });

  it('nobody whose request was changed on its way', async () => {
    route('POST', '/v1/rollouts');
    const options = { ...ADMINISTRATOR, service: 'execute-api' };
    const request = await signedRequest({ method: 'POST', path: '/v1/rollouts', body: '{"a":1}' }, options);
    expect(await apis.handle({ ...request, body: Buffer.from('{"a":2}') })).toMatchObject(FORBIDDEN);
    expect(
      await apis.handle({ ...request, headers: { ...request.headers, authorization: 'AWS4-HMAC-SHA256 x' } }),
    ).toMatchObject(FORBIDDEN);
    expect(events).toEqual([]);
  });

  it('a role by execute-api:Invoke and nothing else', async () => {
    const resource = `arn:aws:execute-api:eu-west-1:${ACCOUNT}:api1/$default/GET/v1/fleet`;
    const allowed = role('caller', { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: resource });
    expect(await ask('GET /v1/fleet', {}, allowed)).toMatchObject({ status: 200 });
    expect(events[0]).toMatchObject({
      requestContext: { authorizer: { iam: { userArn: `arn:aws:sts::${ACCOUNT}:assumed-role/caller/caller` } } },
    });
    expect(await ask('GET /v1/clusters', {}, allowed)).toMatchObject(FORBIDDEN);
    const other = role('other', {
      Effect: 'Allow',
      Action: ['lambda:*', 'execute-api:ManageConnections'],
      Resource: '*',
    });
    expect(await ask('GET /v1/fleet', {}, other)).toMatchObject(FORBIDDEN);
    const { sessionToken: _, ...withoutToken } = allowed;
    expect(await ask('GET /v1/fleet', {}, withoutToken)).toMatchObject(FORBIDDEN);
  });

  it('anybody where the route asks for nothing', async () => {
    route('GET', '/open', false);
    const request = { method: 'GET', target: '/open', headers: { host: 'x' }, body: Buffer.alloc(0) };
    expect(await apis.handle(request)).toMatchObject({ status: 200 });
    expect(events[0]).not.toHaveProperty('requestContext.authorizer');
  });

  it('not what is signed for another service, which is not for an API', async () => {
    expect(await ask('GET /v1/fleet', {}, { service: 's3' })).toBeUndefined();
  });

  it('not where the function does not let the API in', async () => {
    const closed = apis.get('api2', { account: ACCOUNT, region: 'eu-west-1' });
    closed.add({ method: 'GET', path: '/closed', iamAuthorized: true, functionArn: FUNCTION });
    expect(await ask('GET /closed')).toMatchObject({ status: 500, body: '{"message":"Internal Server Error"}' });
    expect(events).toEqual([]);
  });
});

describe('routes', () => {
  beforeEach(() => {
    for (const path of ['/v1/{proxy+}', '/v1/clusters/{id}', '/v1/clusters/all', '/v1/clusters/{id}/retry'])
      route('GET', path);
    route('POST', '/v1/clusters/{id}');
    route('ANY', '/v1/clusters/{id}');
  });

  it.each([
    ['GET /v1/clusters/all', 'GET /v1/clusters/all', undefined],
    ['GET /v1/clusters/prod', 'GET /v1/clusters/{id}', { id: 'prod' }],
    ['GET /v1/clusters/a%2Fb', 'GET /v1/{proxy+}', { proxy: 'clusters/a/b' }],
    ['GET /v1/clusters/..%5Cfleet%23', 'GET /v1/clusters/{id}', { id: '..\\fleet#' }],
    ['GET /v1/clusters/100%', 'GET /v1/clusters/{id}', { id: '100%' }],
    ['GET /v1/clusters/prod/retry', 'GET /v1/clusters/{id}/retry', { id: 'prod' }],
    ['GET /v1/clusters/prod/other', 'GET /v1/{proxy+}', { proxy: 'clusters/prod/other' }],
    ['POST /v1/clusters/prod', 'POST /v1/clusters/{id}', { id: 'prod' }],
    ['DELETE /v1/clusters/prod', 'ANY /v1/clusters/{id}', { id: 'prod' }],
  ])('%s goes to %s', async (line, routeKey, pathParameters) => {
    expect(await ask(line)).toMatchObject({ status: 200 });
    expect(events).toMatchObject([{ routeKey, ...(pathParameters === undefined ? {} : { pathParameters }) }]);
  });

  it.each(['POST /v1/fleet', 'GET /v2/fleet', 'GET /v1', 'GET /v1/'])('%s goes nowhere', async (line) => {
    expect(await ask(line)).toMatchObject({ status: 404, body: '{"message":"Not Found"}' });
    expect(events).toEqual([]);
  });

  it('what no route takes goes to the default one, if there is one', async () => {
    route('$default', '');
    expect(await ask('PUT /elsewhere')).toMatchObject({ status: 200 });
    expect(events).toMatchObject([{ routeKey: '$default', rawPath: '/elsewhere' }]);
  });

  it("takes a function's own 404 for its answer, whatever other APIs there are", async () => {
    apis.get('api2', { account: ACCOUNT, region: 'eu-west-1' });
    answer = () => ({ statusCode: 404, body: 'no such cluster' });
    expect(await ask('GET /v1/clusters/gone')).toMatchObject({ status: 404, body: 'no such cluster' });
    expect(events).toHaveLength(1);
  });

  it('is nothing where there is no API', async () => {
    const request = { method: 'GET', target: '/', headers: {}, body: Buffer.alloc(0) };
    const none = new CloudApis({
      authority,
      functions: {} as Functions,
      wiring: new Wiring(),
      now: () => NOW,
      uuid: () => 'id',
    });
    expect(await none.handle(request)).toBeUndefined();
  });
});

describe('bodies and answers', () => {
  beforeEach(() => route('POST', '/v1/rollouts'));
  const json = { 'content-type': 'application/json; charset=utf-8' };

  it('hands text over as text, and bytes as base64', async () => {
    await ask('POST /v1/rollouts', { body: '{"ü":1}', headers: json });
    const bytes = Buffer.from([0xff, 0x00, 0xfe]);
    await ask('POST /v1/rollouts', { body: bytes, headers: { 'content-type': 'application/octet-stream' } });
    await ask('POST /v1/rollouts');
    expect(events).toMatchObject([
      { body: '{"ü":1}', isBase64Encoded: false },
      { body: bytes.toString('base64'), isBase64Encoded: true },
      { isBase64Encoded: false },
    ]);
    expect(events[2]).not.toHaveProperty('body');
  });

  it('joins what a query says twice', async () => {
    const options = { ...ADMINISTRATOR, service: 'execute-api' };
    const request = await signedRequest({ method: 'POST', path: '/v1/rollouts' }, options);
    route('GET', '/open', false);
    await apis.handle({ ...request, method: 'GET', target: '/open?a=1&a=2&b=%C3%BC' });
    expect(events[0]).toMatchObject({
      rawQueryString: 'a=1&a=2&b=%C3%BC',
      queryStringParameters: { a: '1,2', b: 'ü' },
    });
  });

  it.each<[unknown, object]>([
    [
      { statusCode: 201, headers: { a: 'b' }, body: 'made' },
      { status: 201, headers: { a: 'b' }, body: 'made' },
    ],
    [
      { statusCode: 200, body: '/wA=', isBase64Encoded: true },
      { status: 200, body: Buffer.from([0xff, 0x00]) },
    ],
    [{ ok: true }, { status: 200, headers: { 'content-type': 'application/json' }, body: '{"ok":true}' }],
    [null, { status: 200, body: 'null' }],
    [{ statusCode: 'x' }, { status: 500, body: '{"message":"Internal Server Error"}' }],
  ])('answers %j as API Gateway does', async (said, expected) => {
    answer = () => said;
    expect(await ask('POST /v1/rollouts')).toMatchObject(expected);
  });

  it('answers 500 for a function that throws', async () => {
    answer = () => {
      throw new Error('secret');
    };
    expect(await ask('POST /v1/rollouts')).toEqual({
      status: 500,
      headers: { 'content-type': 'application/json' },
      body: '{"message":"Internal Server Error"}',
    });
  });
});
