import { MemoryTable } from '../../adapters/memory/table.ts';
import { protocolWorld } from '../../test/contract/protocol-world.ts';
import { definition } from './function.ts';

const event = (method: string, rawPath: string, body?: string) => ({
  version: '2.0',
  routeKey: '$default',
  rawPath,
  rawQueryString: '',
  headers: { 'content-type': 'application/json', host: 'api.example.com' },
  body: body ?? null,
  isBase64Encoded: false,
  requestContext: {
    requestId: 'r-1',
    domainName: 'api.example.com',
    http: { method, path: rawPath },
    authorizer: { iam: { userArn: 'arn:aws:sts::111111111111:assumed-role/platform/ana' } },
  },
});

test('an event of API Gateway becomes a request, its caller the principal, and the answer one of Lambda', async () => {
  const table = new MemoryTable();
  const world = await protocolWorld(table, 1);
  const ports = { ...world.ports, ids: { next: () => 'x' } };
  const input = definition.parse(event('POST', '/v1/fleet/stop', '{"reason":"incident"}'));
  expect(definition.correlation?.(input)).toEqual({ request: 'r-1' });
  const answer = await definition.run(ports, input, () => {});
  expect(answer.statusCode).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({ stopped: true });
  const [item] = await table.auditOf('fleet');
  expect(item?.principal).toBe('role:111111111111/platform');
  expect(definition.counts?.(answer)).toEqual({ Answers2xx: 1 });
});

const SAFER = ['/v1/rollouts/{}/pause', '/v1/clusters/{}/skip', '/v1/clusters/{}/break-glass/end'];
const OTHERS = [
  '..\\fleet\\resume',
  '../fleet/resume',
  '..\\..\\v1\\fleet\\resume',
  'x/../../fleet/resume',
  '..\t/fleet/resume',
];

test.each(
  SAFER.flatMap((route) => OTHERS.flatMap((other) => ['#', '?', '/#'].map((cut) => [route, `${other}${cut}`]))),
)('a decoded path that hono would take for another route than IAM is refused: %s with %j', async (route, id) => {
  const table = new MemoryTable();
  const world = await protocolWorld(table, 1);
  const ports = { ...world.ports, ids: { next: () => 'x' } };
  const input = definition.parse(event('POST', route.replace('{}', id), '{"reason":"smuggled"}'));
  const answer = await definition.run(ports, input, () => {});
  expect([answer.statusCode, JSON.parse(answer.body)]).toMatchObject([400, { error: { name: 'InvalidInput' } }]);
  expect(await table.auditOf('fleet')).toEqual([]);
});

test.each([
  '/v1/clusters/111111111111.eu-central-1.shop@2026-01-01T00:00:00.000Z/explanation',
  '/v1/clusters/shop/scans/2026-11-01T08:00:00.000Z',
  '/v1/rollouts/standard-1-37-0a1b2c3d',
])('the path %s is taken', async (path) => {
  const world = await protocolWorld(new MemoryTable(), 1);
  const ports = { ...world.ports, ids: { next: () => 'x' } };
  const answer = await definition.run(ports, definition.parse(event('GET', path)), () => {});
  expect(answer.statusCode).not.toBe(400);
});

test.each(['Helm release payments/api', 'Team Payments', 'Zahlungsverkehr Köln', 'payments&checkout'])(
  'an owner may be called anything: %s',
  async (owner) => {
    const world = await protocolWorld(new MemoryTable(), 1);
    const ports = { ...world.ports, ids: { next: () => 'x' } };
    const asked = { ...event('GET', '/v1/reports/owner'), rawQueryString: new URLSearchParams({ owner }).toString() };
    const answer = await definition.run(ports, definition.parse(asked), () => {});
    expect([answer.statusCode, JSON.parse(answer.body)]).toMatchObject([200, { owner }]);
  },
);

test('what is no request is refused by name', () => {
  expect(() => definition.parse({ hello: 'world' })).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
});
