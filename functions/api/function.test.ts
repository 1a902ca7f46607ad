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

test('what is no request is refused by name', () => {
  expect(() => definition.parse({ hello: 'world' })).toThrow(expect.objectContaining({ name: 'InvalidInput' }));
});
