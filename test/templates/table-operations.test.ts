import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { DynamoTable } from '../../adapters/dynamodb/dynamo-table.ts';
import { FUNCTION_NAMES } from '../../core/contracts/names.ts';
import type { RestoredTable, Table, WriteOperation } from '../../core/ports/table.ts';
import { requirements } from '../../simulator/iam/requirements/requirements.ts';
import { collect } from '../contract/collect.ts';
import { synthesize } from '../material/infra/synthesize.ts';
import { listOf, statementsOf } from '../material/infra/template.ts';

const { hub } = synthesize();

/** `action resource` of all that the roles of functions are allowed. */
const granted = new Set(
  Object.entries(hub.Resources)
    .filter(([, { Type, Properties }]) => Type === 'AWS::IAM::Role' && isOfFunction(Properties.RoleName))
    .flatMap(([role]) => statementsOf(hub, role))
    .filter(({ Effect }) => Effect === 'Allow')
    .flatMap(({ Action, Resource }) => listOf(Resource).flatMap((to) => listOf(Action).map((may) => `${may} ${to}`))),
);

function isOfFunction(roleName: unknown): boolean {
  return FUNCTION_NAMES.some((name) => roleName === `liftlock-${name}`);
}

const key = { pk: 'P', sk: 's' };
const item = { ...key, kind: 'Cluster', active: true, data: {} };
const entry = {
  ...{ subject: 'S', sequence: 1, event: 'Tried', principal: 'liftlock', at: '2026-11-20T08:00:00.000Z' },
  ...{ detail: {}, previousHash: '', hash: 'h' },
};
const write = (operation: WriteOperation) => (table: Table) => table.transact([operation]);

/** Each operation of the port in each form that asks DynamoDB for something else. The type wants every one of them. */
const CALLS: Readonly<Record<keyof Table, readonly ((table: Table) => Promise<unknown>)[]>> = {
  get: [(table) => table.get(key)],
  getAll: [(table) => table.getAll([key])],
  queryPartition: [(table) => table.queryPartition('P'), (table) => table.queryPartition('P', 's')],
  queryActive: [(table) => table.queryActive()],
  queryKind: [(table) => table.queryKind('Cluster')],
  transact: [
    write({ type: 'put', item, expect: 'absent' }),
    write({ type: 'put', item, expect: 1 }),
    write({ type: 'put', item, expect: 'any' }),
    write({ type: 'check', key, expect: 1 }),
    write({ type: 'check', key, expect: 'absent' }),
    write({ type: 'append', item: entry }),
  ],
  auditHead: [(table) => table.auditHead('S')],
  auditOf: [(table) => table.auditOf('S')],
  auditSince: [(table) => collect(table.auditSince(new Date(0)))],
};

const dynamo = new DynamoDBClient({});
// Of this one client: other tests of the process ask real tables.
const client = mockClient(dynamo);
const table = new DynamoTable(dynamo, { items: '<ItemsTable>', audit: '<AuditTable>' });

/** What IAM is asked for a call. */
async function neededBy(call: (table: RestoredTable) => Promise<unknown>): Promise<string[]> {
  client.reset();
  client.resolves({ Responses: { '<ItemsTable>': [] } });
  await call(table);
  return client.calls().flatMap(({ args: [command] }) => {
    const operation = command.constructor.name.replace(/Command$/, '');
    const asked = { service: 'dynamodb', operation, input: command.input, region: 'eu-central-1' } as const;
    const all = requirements(asked, '000000000000', { arnOf: () => undefined });
    return all.map(({ action, resource }) => `${action} ${resource.replace(/^.*:table\//, '')}`);
  });
}

test.each(Object.entries(CALLS))(
  'what %s asks of DynamoDB is granted to the role of some function',
  async (_, calls) => {
    for (const call of calls) {
      const needed = await neededBy(call);
      expect(needed).not.toEqual([]);
      expect(needed.filter((grant) => !granted.has(grant))).toEqual([]);
    }
  },
);

test('a restore asks beyond that only to put items, and never the audit', async () => {
  expect(await neededBy((table) => table.restore({ ...item, revision: 1 }))).toEqual(['dynamodb:PutItem <ItemsTable>']);
});
