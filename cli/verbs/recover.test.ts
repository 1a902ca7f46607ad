import { DeleteItemCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { createDynamoTable } from '../../adapters/dynamodb/create-dynamo-table.ts';
import { stopFleet } from '../../core/operations/fleet-switch.ts';
import { transactWithAudit } from '../../core/store/audit.ts';
import { Epochs, FleetControls } from '../../core/store/entities.ts';
import { load, put } from '../../core/store/entity.ts';
import { startLocalDynamo } from '../../test/contract/start-local-dynamo.ts';
import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { createTables } from '../../test/material/dynamodb/create-tables.ts';

const names = { items: 'restored', audit: 'the-audit' };

let dynamo: Awaited<ReturnType<typeof startLocalDynamo>>;
beforeAll(async () => {
  dynamo = await startLocalDynamo();
});
afterAll(() => dynamo.close());

test('recover folds the audit over a restored table, raises the epoch, and leaves the fleet stopped', async () => {
  const config = {
    endpoint: dynamo.endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  };
  const client = new DynamoDBClient(config);
  await createTables(client, names);
  const table = createDynamoTable(names, config);
  const entry = { subject: 'fleet', event: 'Installed', principal: 'liftlock', detail: {} };
  await transactWithAudit(table, [put(Epochs, { number: 1 }, 'absent')], [entry], new Date());
  await stopFleet(
    { table, clock: { now: () => new Date() }, events: { publish: async () => {} } },
    'somebody',
    'why not',
  );
  // The result of a restore to an earlier point: the items are gone, but the audit is another table and stays.
  for (const { pk, sk } of [Epochs.key(), FleetControls.key()])
    await client.send(new DeleteItemCommand({ TableName: names.items, Key: { pk: { S: pk }, sk: { S: sk } } }));
  client.destroy();

  const set = {
    AWS_ENDPOINT_URL_DYNAMODB: dynamo.endpoint,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
  };
  Object.assign(process.env, set);
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();
  const command = [
    'recover',
    '--items',
    names.items,
    '--audit',
    names.audit,
    '--by',
    'me',
    '-o',
    'json',
    '--restored-to',
    minutesAgo(5),
  ];
  const early = await runInProcess([...command, '--mutators-off-since', minutesAgo(0)]);
  expect([early.code, early.err]).toEqual([2, expect.stringContaining('may still be under way')]);
  const ahead = await runInProcess([...command, '--mutators-off-since', minutesAgo(-5)]);
  expect([ahead.code, ahead.err]).toEqual([2, expect.stringContaining('one of the two clocks is wrong')]);
  const recovered = await runInProcess([...command, '--mutators-off-since', minutesAgo(2)]);
  expect([recovered.code, JSON.parse(recovered.out)]).toEqual([0, { epoch: 2, folded: 2 }]);
  expect((await load(table, Epochs))?.data.number).toBe(2);
  expect((await load(table, FleetControls))?.data).toMatchObject({
    stopped: true,
    by: 'somebody',
    beside: [{ by: 'me' }],
  });
  const bad = await runInProcess([...command, '--mutators-off-since', 'yesterday']);
  expect([bad.code, bad.err]).toEqual([2, expect.stringContaining('--mutators-off-since is "yesterday"')]);
  const never = await runInProcess([...command, '--mutators-off-since', '2026-02-30T08:00:00Z']);
  expect([never.code, never.err]).toEqual([2, expect.stringContaining('is "2026-02-30T08:00:00Z"')]);
  const local = await runInProcess([...command, '--mutators-off-since', '2026-11-20T08:00:00']);
  expect([local.code, local.err]).toEqual([2, expect.stringContaining('write an instant with its zone, such as')]);
  // DynamoDB says of a name that is wrong only that something was not found.
  const off = ['--mutators-off-since', minutesAgo(2)];
  const swapped = command.map((word) => ({ [names.items]: names.audit, [names.audit]: names.items })[word] ?? word);
  const misspelt = command.map((word) => (word === names.items ? 'restord' : word));
  for (const words of [swapped, misspelt]) {
    const refused = await runInProcess([...words, ...off]);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('--items has to name the restored table')]);
    expect(refused.err).toContain(`here they are ${words[2]} and ${words[4]}.`);
  }
});
