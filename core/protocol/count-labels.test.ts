import { MemoryTable } from '../../adapters/memory/table.ts';
import { cluster, fleetConfig, grant, KEY, type Kept, keep } from '../../test/material/protocol/one-upgrade.ts';
import { fleetSchema } from '../config/schema/fleet.ts';
import { Grants, Ledgers } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { countLabels } from './count-labels.ts';

const { spec } = fleetSchema.parse(fleetConfig.document);
const fleet = { ...spec, labels: { fromTags: { team: 'team', stage: 'stage' } } };
const place = ['total', `account/${cluster.account}`, `region/${cluster.region}`];
const known = [...place, 'label/stage/', 'label/team/shop'];
const before = { ...cluster, labels: { team: 'shop' } };
const after = { ...cluster, labels: { team: 'web' } };

const counted = async (given: Kept, labeled = after) => {
  const table = new MemoryTable();
  await keep(table, given);
  const { writes, record } = await countLabels(table, labeled, fleet);
  await table.transact(writes);
  const [ledger, held] = [await load(table, Ledgers), await load(table, Grants, KEY)];
  return { writes, record, counts: ledger?.data.counts, capKeys: held?.data.capKeys };
};
const running = { grant: grant({ capKeys: known }), ledger: { counts: { total: 2, 'label/team/shop': 2 } } };

test.each(['open', 'closing'] as const)(
  'a cluster whose label changes under a grant that is %s counts for the new one too, and for the old one until the grant is free',
  async (status) => {
    const { counts, capKeys, record } = await counted({ ...running, grant: { ...running.grant, status } });
    expect(counts).toEqual({ total: 2, 'label/team/shop': 2, 'label/team/web': 1 });
    expect(capKeys).toEqual([...known, 'label/team/web']);
    const detail = { labels: { team: 'web' }, added: ['label/team/web'] };
    expect(record).toEqual([{ subject: KEY, event: 'LabelsCounted', principal: 'liftlock', detail }]);
  },
);

test('where nobody has counted yet it is the first', async () => {
  expect((await counted({ grant: running.grant })).counts).toEqual({ 'label/team/web': 1 });
});

test.each<[string, Kept, typeof before]>([
  ['whose grant counts for them already', running, before],
  ['whose grant is free', { ...running, grant: { ...running.grant, status: 'free' } }, after],
])('labels of a cluster %s change nothing, as long as that grant is what it was', async (_, given, labeled) => {
  const { writes, counts, capKeys, record } = await counted(given, labeled);
  expect([counts, capKeys, record]).toEqual([running.ledger.counts, known, []]);
  expect(writes).toMatchObject([{ type: 'check', key: Grants.key(KEY), expect: expect.any(Number) }]);
});

test('of a cluster without a grant only that there is none is held to', async () => {
  const { writes, counts, record } = await counted({});
  expect([counts, record]).toEqual([undefined, []]);
  expect(writes).toMatchObject([{ type: 'check', key: Grants.key(KEY), expect: 'absent' }]);
});
