import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem } from '../../test/material/items/rollout-items.ts';
import {
  clock,
  cluster,
  commitRequest,
  grant,
  intent,
  KEY,
  keep,
  NOON,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import { quoted } from '../contracts/step-result.ts';
import { Members, Upgrades, Waves } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { commit } from './commit.ts';
import { settleUpgrade } from './settle.ts';

const running = memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Running', inFlight: true });
const events = { publish: async () => undefined };
const refused = { type: 'refused' as const, error: 'InvalidParameterException', message: 'no', at: NOON.toISOString() };
const accepted = { type: 'accepted' as const, updateId: 'u', at: '2026-10-01T12:00:00.000Z' };

test.each([
  ['a hop that was taken back and is tried again', '1.36-1.37', '1.36'],
  ['what finishes a version that was finished once before', '1.37-1.37', '1.37'],
])('of %s, whose only call EKS has refused, nothing has changed: it is Blocked', async (_, id, from) => {
  const table = new MemoryTable();
  const { rolloutId, waveIndex } = upgrade();
  // The previous attempt, weeks ago, has changed the cluster and has ended: only its intents are kept (keptOf).
  const old = intent({ upgradeId: id, committedAt: '2026-10-01T12:00:00.000Z', outcome: accepted });
  const now = intent({ upgradeId: id, step: 'update-addons', subject: 'coredns', grantNumber: 2, outcome: refused });
  await keep(table, {
    grant: grant({ number: 2, upgradeId: id }),
    upgrades: [upgrade({ id, from, mutated: true, startedAt: '2026-11-20T11:30:00.000Z', rolloutId, waveIndex })],
    intents: [old, now],
    member: running,
  });
  const why = quoted('InvalidParameterException', 'EKS refused it.');
  await settleUpgrade({ table, clock, events }, KEY, 2, { status: 'failed', reasons: [why] });
  expect([
    (await load(table, Upgrades, KEY, id))?.data.status,
    (await load(table, Members, 'r', 1, KEY))?.data.status,
    (await load(table, Waves, 'r', 1))?.data.status,
  ]).toEqual(['Blocked', 'Blocked', 'Open']);
});

/** A late or repeated invocation of a step commits the upgrade of the control plane. */
const commitLate = (table: MemoryTable) =>
  commit({ table, clock }, commitRequest({ tags: cluster.tags, knownUpdateIds: [] }));

test.each([
  ['before the end of the chain is read', 0],
  ['once that and the intents are read', 1],
])('a call that is committed while its upgrade is ended, %s, counts as a change of it', async (_, reads) => {
  const table = new MemoryTable();
  // Its first call was never sent, since EKS throttled it.
  const throttled = intent({
    step: 'update-addons',
    subject: 'coredns',
    outcome: { type: 'never-sent', at: NOON.toISOString() },
  });
  await keep(table, {
    grant: grant(),
    upgrades: [upgrade({ mutated: true, startedAt: NOON.toISOString() })],
    intents: [throttled],
    member: running,
  });
  let late: Awaited<ReturnType<typeof commit>> | undefined;
  let seen = 0;
  const queryPartition = table.queryPartition.bind(table);
  table.queryPartition = async (pk, prefix) => {
    const items = await queryPartition(pk, prefix);
    if (late !== undefined || prefix?.startsWith('INTENT') !== true || seen++ < reads) return items;
    late = { refused: [] };
    late = await commitLate(table);
    return items;
  };
  const why = quoted('Fault', 'The step failed.');
  const settled = await settleUpgrade({ table, clock, events }, KEY, 1, { status: 'failed', reasons: [why] });
  // The call is committed and sent, and the ended upgrade says so.
  expect(late !== undefined && 'committed' in late).toBe(true);
  expect([settled?.status, settled?.mutated]).toEqual(['Failed', true]);
});
