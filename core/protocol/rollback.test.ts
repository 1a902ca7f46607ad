import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { KEY, keep, NOON, upgrade, waves } from '../../test/material/protocol/one-upgrade.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import { quoted, reason } from '../contracts/step-result.ts';
import { Members, Upgrades, Waves } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import {
  beginRollback,
  heldForRollback,
  takeHopBack,
  turnGivenBack,
  waveGoingBack,
  withoutHoldOf,
} from './rollback.ts';

const at = NOON.toISOString();
const OTHER = 'arn:aws:eks:eu-central-1:111111111111:cluster/other@2026-01-01T00:00:00.000Z';
const asked = { clusterKey: KEY, upgradeId: 'rollback-1.37-1.36', from: '1.37', to: '1.36' };
const theirs = { reason: quoted('UpdateFailed', 'no'), since: '2026-11-19T12:00:00.000Z', upgradeId: 'u' };
const back = (given: Partial<Upgrade> = {}): Upgrade => ({
  ...upgrade({ id: 'rollback-1.37-1.36', machine: 'rollback-cluster', from: '1.37', to: '1.36' }),
  ...{ rolloutId: undefined, waveIndex: undefined, ...given },
});

test('a wave that soaks is promoted anew when one of its clusters goes back, and one that has passed stays so', () => {
  const promoted = (status: Wave['status']) => waveGoingBack(waveItem({ status, promotedBy: 'ann' }), KEY);
  expect(promoted('Soaking')).not.toHaveProperty('promotedBy');
  expect(promoted('Completed')).toMatchObject({ promotedBy: 'ann', goingBack: [KEY] });
});

describe('the hold of a rollback', () => {
  test('keeps everything else away, and says where that stands', () => {
    const { held } = heldForRollback(undefined, asked, at);
    expect(held).toMatchObject({ since: at, upgradeId: asked.upgradeId, reason: { code: 'RollingBack' } });
    expect(held?.reason.message).toContain('taken back from 1.37 to 1.36');
  });

  test('leaves who held the cluster before, and what else is known of it', () => {
    const breakGlass = { reason: 'incident', until: at, by: [] };
    const control = { clusterKey: KEY, held: theirs, breakGlass };
    expect(heldForRollback(control, asked, at)).toEqual(control);
    expect(heldForRollback({ clusterKey: KEY, breakGlass }, asked, at)).toMatchObject({ breakGlass });
  });

  test("goes with its own rollback alone, and another one's hold stays", () => {
    const control = heldForRollback({ clusterKey: KEY }, asked, at);
    expect(withoutHoldOf(control, asked.upgradeId)).toEqual({ clusterKey: KEY });
    expect(withoutHoldOf(control, 'rollback-1.38-1.37')).toBe(control);
    const own = { clusterKey: KEY, held: { ...theirs, upgradeId: asked.upgradeId } };
    expect(withoutHoldOf(own, asked.upgradeId)).toBe(own);
  });
});

async function taken(
  { upgrades = [], member = {}, wave = {} }: { upgrades?: readonly Upgrade[]; member?: Partial<Member>; wave?: object },
  rollback = back({ reasons: [reason('GotWorse', 'so')] }),
) {
  const table = new MemoryTable();
  const own = memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Succeeded', from: '1.37', ...member });
  const [before, all, after] = waves as [Wave, Wave, Wave];
  const counted = { ...all, succeeded: own.status === 'Succeeded' ? 1 : 0, ...wave };
  await keep(table, { upgrades: [...upgrades], member: own, waves: [before, counted, after] });
  const { hold, writes, hops: ended, ...rest } = await takeHopBack(table, rollback, NOON);
  if (writes.length > 0) await table.transact([...writes]);
  return {
    ...{ hold, ended, rest, count: writes.length },
    of: async (id: string) => (await load(table, Upgrades, KEY, id))?.data,
    member: (await load(table, Members, 'r', 1, KEY))?.data,
    wave: (await load(table, Waves, 'r', 1))?.data,
  };
}
const hop = upgrade({ status: 'Succeeded', mutated: true, resumeAt: at });

describe('the hop that was taken back', () => {
  test('is RolledBack, counts as failed although it had succeeded, and holds the cluster', async () => {
    const { hold, ended, of, member, wave, rest } = await taken({ upgrades: [hop] });
    expect(hold).toMatchObject({ since: at, upgradeId: hop.id, mutated: true, reason: { code: 'RolledBack' } });
    expect(ended.map(({ id, status }) => `${id} ${status}`)).toEqual(['1.36-1.37 RolledBack']);
    // Only the hold tells what ends with a release.
    expect(hold?.reason.message).toMatch(/ before somebody takes the hold off\.$/);
    expect(member?.reasons[0]?.message).toBe('The control plane was taken back from 1.37 to 1.36.');
    const left = await of(hop.id);
    expect(left).toMatchObject({ status: 'RolledBack', endedAt: at, mutated: true });
    expect([left?.resumeAt, left?.reasons.map(({ code }) => code)]).toEqual([undefined, ['RolledBack', 'GotWorse']]);
    expect(member).toMatchObject({ status: 'Failed', from: '1.36', reasons: [{ code: 'RolledBack' }] });
    expect(wave).toMatchObject({ status: 'Halted', failed: 1, succeeded: 0 });
    expect(rest.waves).toMatchObject([{ before: { status: 'Open' }, after: { status: 'Halted' } }]);
  });

  test('says what it had failed with, wherever the first reason alone is told, also once the rollback is asked for again', async () => {
    const worse = 'Worse than before the hop: Deployment shop/web (was well, now down, owner shop).';
    const reasons = [reason('MoreUnhealthyPods', worse), reason('ApiServerWorse', 'Errors rose.')];
    const first = await taken({ upgrades: [{ ...hop, status: 'Failed', reasons }], member: { status: 'Failed' } });
    const said = `The control plane was taken back from 1.37 to 1.36. The hop had failed: ${worse} Errors rose.`;
    const left = await first.of(hop.id);
    expect([left, first.member].map((one) => one?.reasons[0])).toEqual(Array(2).fill(reason('RolledBack', said)));
    expect(first.hold?.reason.message).toMatch(
      new RegExp(`owner shop.*${/ before somebody takes the hold off\.$/.source}`),
    );
    const again = await taken({ upgrades: left === undefined ? [] : [left], member: { status: 'Failed' } });
    expect([(await again.of(hop.id))?.reasons[0]?.message, again.hold?.reason]).toEqual([said, first.hold?.reason]);
  });

  test('gives the place back that it kept while it baked', async () => {
    const baking = { status: 'Parked', inFlight: true, resumeAt: at } as const;
    const { member, wave } = await taken({
      ...{ upgrades: [upgrade({ status: 'Parked', mutated: true })], member: baking, wave: { inFlight: 1 } },
    });
    expect([member?.inFlight, member?.resumeAt, wave?.inFlight, wave?.failed]).toEqual([false, undefined, 0, 1]);
  });

  test('counts once where it had failed, and gives its turn back in the same write', async () => {
    const { wave } = await taken({
      upgrades: [upgrade({ status: 'Failed', mutated: true })],
      ...{ member: { status: 'Failed' }, wave: { failed: 1, rollingBack: KEY } },
    });
    expect([wave?.failed, wave?.rollingBack]).toEqual([1, undefined]);
  });

  test('of somebody else is none of ours: the cluster is held all the same', async () => {
    const { hold, ended, count } = await taken({});
    expect([hold?.upgradeId, ended, count]).toEqual(['1.36-1.37', [], 0]);
  });

  test('of a person counts in no wave', async () => {
    const byHand = { ...hop, rolloutId: undefined, waveIndex: undefined };
    const { count, member, wave } = await taken({ upgrades: [byHand] });
    expect([count, member?.status, wave?.failed]).toEqual([1, 'Succeeded', 0]);
  });

  test.each<[string, Parameters<typeof taken>[0]]>([
    ['whose wave nobody knows', { upgrades: [{ ...hop, waveIndex: undefined }] }],
    ['whose rollout nobody knows', { upgrades: [{ ...hop, rolloutId: undefined }] }],
    ['whose member is not there', { upgrades: [{ ...hop, rolloutId: 'other' }] }],
    ['whose wave is not there', { upgrades: [{ ...hop, waveIndex: 7 }], member: { waveIndex: 7 } }],
  ])('%s is RolledBack, and counts nowhere', async (_, given) => {
    const { count, ended } = await taken(given);
    expect([count, ended.map(({ status }) => status)]).toEqual([1, ['RolledBack']]);
  });

  test("leaves another cluster's turn", async () => {
    expect((await taken({ upgrades: [hop], wave: { rollingBack: OTHER } })).wave?.rollingBack).toBe(OTHER);
  });

  test('whose member has left the plan counts nobody who is not there', async () => {
    const { member, wave } = await taken({ upgrades: [hop], member: { status: 'Left' } });
    expect([member?.status, wave?.failed]).toEqual(['Left', 0]);
  });

  test('ends what waits at the minor that is left, and what has ended there stays', async () => {
    const next = upgrade({ id: '1.37-1.38', from: '1.37', to: '1.38', status: 'Parked', mutated: true, resumeAt: at });
    const finish = upgrade({ id: '1.37-1.37', from: '1.37', to: '1.37', status: 'Succeeded' });
    const { ended, of } = await taken({ upgrades: [hop, next, finish] });
    expect(ended.map(({ id, status }) => `${id} ${status}`)).toEqual(['1.36-1.37 RolledBack', '1.37-1.38 Canceled']);
    expect(await of('1.37-1.38')).toMatchObject({ status: 'Canceled', endedAt: at, reasons: [{ code: 'RolledBack' }] });
    expect((await of('1.37-1.37'))?.status).toBe('Succeeded');
    const waiting = await taken({ upgrades: [hop, { ...finish, status: 'Parked' }] });
    expect((await waiting.of('1.37-1.37'))?.status).toBe('RolledBack');
  });
});

describe('a rollback that begins by itself', () => {
  const failed = upgrade({ status: 'Failed', mutated: true });
  const worse = [reason('AlarmRings', 'shop/web')];
  const wave = waveItem({ index: 1, name: 'all' });
  const begun = (own: Partial<Wave> = {}, others: readonly Partial<Wave>[] = []) => {
    const mine = { ...wave, ...own };
    return beginRollback(failed, mine, [mine, ...others.map((one) => waveItem(one))], worse, NOON);
  };

  test('is asked for by Liftlock, says what got worse, and knows its place', () => {
    expect(begun()).toMatchObject({
      upgrade: {
        ...{ clusterKey: KEY, id: 'rollback-1.37-1.36', machine: 'rollback-cluster', from: '1.37', to: '1.36' },
        ...{ status: 'Pending', mutated: false, requestedBy: 'liftlock', startedAt: at },
        rollbackOf: { rolloutId: 'r', waveIndex: 1 },
        reasons: [{ code: 'GotWorse' }, ...worse],
      },
      wave: { status: 'Open', automaticRollbacks: [KEY], goingBack: [KEY] },
    });
  });

  test('is the second one of its rollout at most, with which its wave halts', () => {
    for (const [own, others] of [
      [{ automaticRollbacks: ['a'] }, []],
      [{}, [{ automaticRollbacks: ['a'] }]],
    ] satisfies [Partial<Wave>, Partial<Wave>[]][]) {
      const answer = begun(own, others);
      const said = expect.stringMatching(/^2 clusters of the rollout were to go back by themselves/);
      expect(answer).toMatchObject({
        wave: { status: 'Halted', reasons: [{ code: 'RollbackBudget', message: said }] },
      });
    }
    for (const [own, others] of [
      [{ automaticRollbacks: ['a', 'b'] }, []],
      [{ automaticRollbacks: ['a'] }, [{ automaticRollbacks: ['b'] }]],
    ] satisfies [Partial<Wave>, Partial<Wave>[]][])
      expect(begun(own, others)).toMatchObject({ refused: { code: 'RollbackBudget' } });
  });

  test('is a second reason of a wave that is halted already', () => {
    const reasons = [reason('FailureBudgetExceeded', 'more')];
    const answer = begun({ automaticRollbacks: ['a'], status: 'Halted', reasons });
    expect(answer).toMatchObject({ wave: { status: 'Halted', automaticRollbacks: ['a', KEY] } });
    const codes = 'wave' in answer ? answer.wave.reasons.map(({ code }) => code) : [];
    expect(codes).toEqual(['FailureBudgetExceeded', 'RollbackBudget']);
  });

  test.each(['Soaking', 'Completed', 'CompletedWithFailures', 'Undecided'] as const)(
    'halts a wave that is %s as well',
    (status) => expect(begun({ automaticRollbacks: ['a'], status })).toMatchObject({ wave: { status: 'Halted' } }),
  );

  test('may wait as long as EKS takes its hop back, and no longer than is known to be so', () => {
    const mine = waveItem({ index: 1 });
    const untilOf = (given: Partial<Upgrade>) => {
      const begun = beginRollback(upgrade({ status: 'Failed', ...given }), mine, [mine], [], NOON);
      return 'upgrade' in begun ? begun.upgrade.reversibleUntil : undefined;
    };
    const hop = { controlPlaneCompletedAt: '2026-11-20T10:00:00.000Z' };
    expect(untilOf({})).toBeUndefined();
    expect(untilOf(hop)).toBe('2026-11-27T10:00:00.000Z');
    expect(untilOf({ ...hop, reversibleFrom: '2026-11-20T05:00:00.000Z' })).toBe('2026-11-27T05:00:00.000Z');
  });
});

describe('the turn of a rollback in its wave', () => {
  const place = { rolloutId: 'r', waveIndex: 1 };
  const given = async (one: Partial<Upgrade>, rollingBack: string | undefined, written?: readonly Wave[]) => {
    const table = new MemoryTable();
    const [, all] = waves as [Wave, Wave];
    await keep(table, { waves: [{ ...all, ...(rollingBack && { rollingBack }) }] });
    const writes = await turnGivenBack(table, back({ rollbackOf: place, ...one }), written);
    if (writes.length > 0) await table.transact(writes);
    return [writes.length, (await load(table, Waves, 'r', 1))?.data.rollingBack];
  };

  test.each(['Succeeded', 'Failed', 'Blocked', 'Canceled'] as const)('ends with one that is %s', async (status) =>
    expect(await given({ status }, KEY)).toEqual([1, undefined]),
  );

  test.each<[Partial<Upgrade>, readonly string[] | undefined]>([
    [{ status: 'Canceled', mutated: false }, undefined],
    [{ status: 'Canceled', mutated: true }, [KEY]],
    [{ status: 'Blocked', mutated: false }, undefined],
    [{ status: 'Blocked', mutated: true }, [KEY]],
    [{ status: 'Failed', mutated: true }, [KEY]],
    [{ status: 'Parked', mutated: false }, [KEY]],
  ])(
    'is its place in the budget of its rollout as well only where it has ended before it began: %j',
    async (one, left) => {
      const table = new MemoryTable();
      const [, all] = waves as [Wave, Wave];
      await keep(table, { waves: [{ ...all, automaticRollbacks: [KEY] }] });
      const writes = await turnGivenBack(table, back({ rollbackOf: place, ...one }));
      if (writes.length > 0) await table.transact(writes);
      expect((await load(table, Waves, 'r', 1))?.data.automaticRollbacks).toEqual(left);
    },
  );

  test('lasts while it waits', async () => expect(await given({ status: 'Parked' }, KEY)).toEqual([0, KEY]));

  test("is not another one's, nor of one that a person asked for", async () => {
    expect(await given({ status: 'Failed' }, OTHER)).toEqual([0, OTHER]);
    expect(await given({ status: 'Failed', rollbackOf: undefined }, KEY)).toEqual([0, KEY]);
  });

  test("is nobody's where its wave is not there", async () => {
    const gone = back({ status: 'Failed', rollbackOf: { rolloutId: 'r', waveIndex: 7 } });
    expect(await turnGivenBack(new MemoryTable(), gone)).toEqual([]);
  });

  test('is not written twice where its wave is written already', async () => {
    const wave = waveItem({ index: 1 });
    expect(await given({ status: 'Succeeded' }, KEY, [wave])).toEqual([0, KEY]);
    expect(await given({ status: 'Succeeded' }, KEY, [{ ...wave, index: 0 }])).toEqual([1, undefined]);
    expect(await given({ status: 'Succeeded' }, KEY, [{ ...wave, rolloutId: 'other' }])).toEqual([1, undefined]);
  });
});
