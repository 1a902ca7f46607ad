import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Grant } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { WriteOperation } from '../ports/table.ts';
import { isPlanned } from '../protocol/granting-waves.ts';
import { Grants, isMember, Members, Rollouts, rolloutPartition, Waves } from '../store/entities.ts';
import { load, ofKind, put, replace } from '../store/entity.ts';
import { applyDecision } from './apply-decision.ts';
import { createRollout } from './create-rollout.ts';
import { decide } from './decide.ts';
import type { Decision } from './decisions.ts';
import { planRollout } from './plan-rollout.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const STAGES = ['one', 'two', 'three', 'four', 'five'];

/** The writer dies after this number of writes, and another one may write in between. */
class MortalTable extends MemoryTable {
  left = Number.POSITIVE_INFINITY;
  written = 0;
  /** It runs right before the write of that number, 0 being the first. */
  readonly meanwhile = new Map<number, () => Promise<void>>();

  override async transact(operations: readonly WriteOperation[]): Promise<void> {
    if (this.left <= 0) throw new Error('the process has died');
    const act = this.meanwhile.get(this.written);
    this.meanwhile.delete(this.written);
    await act?.();
    this.left -= 1;
    this.written += 1;
    await super.transact(operations);
  }
}

const cluster = (number: number, stage: string): ClusterRecord =>
  clusterRecord({ name: `c${String(number).padStart(3, '0')}`, version: '1.36', labels: { stage } });
const stageOf = (number: number, clusters: number): string => STAGES[Math.floor((number * 5) / clusters)] ?? '';
const wave = (stage: string, name = stage) => ({ name, selector: { matchLabels: { stage } } });

/** A fleet in five waves, and its next state: some clusters change the wave, some leave, some join, and a wave has another name. */
function fleets(clusters: number) {
  const numbers = Array.from({ length: clusters }, (_, number) => number);
  const before = numbers.map((number) => cluster(number, stageOf(number, clusters)));
  const after = numbers.map((number) =>
    cluster(number, number % 3 === 0 ? 'five' : number % 7 === 0 ? 'none' : stageOf(number, clusters)),
  );
  const come = [cluster(clusters, 'two'), cluster(clusters + 1, 'five')];
  return {
    before: fleetOf(
      before,
      STAGES.map((stage) => wave(stage)),
    ),
    after: fleetOf(
      [...after, ...come],
      STAGES.map((stage) => wave(stage, stage === 'four' ? 'renamed' : stage)),
    ),
  };
}

const fleetOf = (clusters: readonly ClusterRecord[], waves: readonly object[]) =>
  fleetSnapshot({ clusters, policies: { p: { selector: {}, target: 'latest', waves } }, versions: ['1.36', '1.37'] });
type Fleet = ReturnType<typeof fleetOf>;

interface Stored {
  readonly rollout: Rollout;
  readonly waves: readonly Wave[];
  readonly members: readonly Member[];
}

async function stored(table: MemoryTable, id: string): Promise<Stored> {
  const items = await table.queryPartition(rolloutPartition(id));
  const [rollout] = ofKind(items, Rollouts);
  if (rollout === undefined) throw new Error('there is no rollout');
  return { rollout, waves: ofKind(items, Waves), members: ofKind(items, Members) };
}

function portsOf(table: MemoryTable) {
  const unused = () => Promise.reject(new Error('not asked for'));
  return {
    table,
    clock: { now: () => NOW },
    events: { publish: async () => {} },
    executions: { start: unused, describe: unused, arnFor: () => '' },
  } as unknown as Parameters<typeof applyDecision>[0];
}

/** The decision of a full look that has read this. */
function decisionsOf(fleet: Fleet, { rollout, waves, members }: Stored): readonly Decision[] {
  const lists = { waves, members: members.filter(isMember) };
  const history = { ...lists, rollouts: [rollout], served: new Set<string>(), accounts: [] };
  return decide({ ...fleet, ...lists, rollouts: [rollout], history }, NOW).decisions;
}

const looked = async (table: MemoryTable, fleet: Fleet, id: string): Promise<readonly Decision[]> =>
  decisionsOf(fleet, await stored(table, id));

/** One full look, restricted to plans. Returns the executed decisions. */
async function look(table: MemoryTable, fleet: Fleet, id: string): Promise<string[]> {
  const decisions = (await looked(table, fleet, id)).filter(
    (one) => one.type === 'replan' || one.type === 'follow-plan',
  );
  for (const decision of decisions) await applyDecision(portsOf(table), decision);
  return decisions.map(({ type }) => type);
}

async function begun(clusters: number) {
  const { before, after } = fleets(clusters);
  const table = new MortalTable();
  const plan = planRollout(before, 'p', { now: NOW, createdBy: 'a person' });
  if (plan === undefined) throw new Error('nothing to do');
  await createRollout(portsOf(table), plan, 'a person', []);
  return { table, before, after, id: plan.rollout.id };
}

/** The members of each wave, the state of the waves, and the plan in force. */
const summary = ({ rollout, waves, members }: Stored) => ({
  plan: rollout.plan,
  waves: waves.map(({ name, members: count, planHash }) => [name, count, planHash]),
  members: members.filter(isMember).map(({ waveIndex, name, to, position }) => [waveIndex, name, to, position]),
});

test.each([20, 200])(
  'a plan for %i clusters takes effect whole or not at all, whoever dies in between',
  async (clusters) => {
    const whole = await begun(clusters);
    const old = summary(await stored(whole.table, whole.id));
    expect(await look(whole.table, whole.after, whole.id)).toEqual(['replan']);
    const next = summary(await stored(whole.table, whole.id));
    expect(next.members).not.toEqual(old.members);

    let writes = 0;
    for (let k = 0; writes === 0; k += 1) {
      const { table, after, id } = await begun(clusters);
      table.left = k;
      const survived = await look(table, after, id).then(
        () => true,
        () => false,
      );
      table.left = Number.POSITIVE_INFINITY;
      if (survived) writes = k;
      const found = await stored(table, id);
      // The next approval and the next opening belong to one plan or to the other.
      expect([old.waves, next.waves]).toContainEqual(summary(found).waves);
      const opens = (await looked(table, after, id)).filter(({ type }) => type === 'change-wave');
      if (found.rollout.following === undefined)
        expect([old.members, next.members]).toContainEqual(summary(found).members);
      else expect(opens).toEqual([]);
      // No wave has a member that its plan does not have.
      const strangers = found.members.filter((member) => {
        const own = found.waves.find(({ index }) => index === member.waveIndex);
        return isMember(member) && (own === undefined || !isPlanned(member, own));
      });
      if (found.rollout.following === undefined) expect(strangers).toEqual([]);
      for (let looks = 0; looks < 3; looks += 1) await look(table, after, id);
      const end = await stored(table, id);
      expect({ ...summary(end), plan: undefined }).toEqual({ ...next, plan: undefined });
      expect(end.rollout.following).toBeUndefined();
      const events = (await table.auditOf(`rollout/${id}`)).map(({ event }) => event);
      expect(events.filter((event) => event === 'RolloutReplanned')).toHaveLength(1);
      // And after that another look writes nothing.
      table.left = 0;
      expect(await look(table, after, id)).toEqual([]);
    }
    expect(writes === 1).toBe(clusters === 20);
  },
  120_000,
);

/** A begun rollout, and the decision that plans it again. */
async function decided(clusters: number) {
  const start = await begun(clusters);
  const decision = (await looked(start.table, start.after, start.id)).find(({ type }) => type === 'replan');
  if (decision?.type !== 'replan') throw new Error('nothing to plan anew');
  start.table.written = 0;
  return { ...start, decision };
}

const grantOf = (clusterKey: string): Grant => ({
  clusterKey,
  number: 1,
  epoch: 1,
  status: 'closing',
  upgradeId: '1.36-1.37',
  machine: 'upgrade-cluster',
  holder: '',
  executionName: '',
  input: {},
  capKeys: [],
  children: [],
  grantedAt: NOW.toISOString(),
});

async function changed(table: MortalTable, id: string, next: Partial<Rollout>): Promise<void> {
  const read = await load(table, Rollouts, id);
  if (read !== undefined) await table.transact([replace(Rollouts, read, { ...read.data, ...next })]);
}

test('a wave in which only the order changes is of the new plan all the same, and keeps its hash', async () => {
  const { table, id, decision } = await decided(20);
  const found = await stored(table, id);
  const members = found.members
    .filter(({ waveIndex }) => waveIndex === 1)
    .map((before) => ({ before, next: { ...before, position: before.position + 9 } }));
  await applyDecision(portsOf(table), { ...decision, changes: { ...decision.changes, changedWaves: [], members } });
  const { waves, members: after } = await stored(table, id);
  expect(waves.map(({ plan }) => plan)).toEqual([undefined, 1, undefined, undefined, undefined]);
  expect(waves.map(({ planHash }) => planHash)).toEqual(found.waves.map(({ planHash }) => planHash));
  const own = (member: Member) => waves.find(({ index }) => index === member.waveIndex);
  expect(after.filter((member) => !isPlanned(member, own(member) as Wave))).toEqual([]);
});

describe('while a plan is written', () => {
  test.each([1, 2, 3, 5])('an abort before its write %i is the end of it', async (k) => {
    const { table, id, decision } = await decided(200);
    const before = summary(await stored(table, id));
    table.meanwhile.set(k, () => changed(table, id, { status: 'Aborted' }));
    await expect(applyDecision(portsOf(table), decision)).rejects.toThrow();
    const found = await stored(table, id);
    expect(summary(found)).toEqual(before);
    expect(found.rollout.status).toBe('Aborted');
  });

  test('another plan that is begun in between is the one that counts', async () => {
    const { table, id, decision, before } = await decided(200);
    const numbers = Array.from({ length: 200 }, (_, number) => cluster(number, number < 120 ? 'four' : 'five'));
    const other = fleetOf(
      numbers,
      STAGES.map((stage) => wave(stage)),
    );
    // It dies as soon as the plan is in force, before its members follow.
    table.meanwhile.set(2, async () => {
      const otherDecision = (await looked(table, other, id)).find(({ type }) => type === 'replan');
      if (otherDecision?.type !== 'replan') throw new Error('nothing to plan anew');
      const isInForce = async () => (await stored(table, id)).rollout.following !== undefined;
      for (let k = table.written; k < table.written + 20; k += 1)
        table.meanwhile.set(k + 1, async () => {
          if (await isInForce()) throw new Error('the process has died');
        });
      await expect(applyDecision(portsOf(table), otherDecision)).rejects.toThrow('died');
      table.meanwhile.clear();
    });
    await expect(applyDecision(portsOf(table), decision)).rejects.toThrow();
    expect((await stored(table, id)).rollout.following).toBeDefined();
    await look(table, other, id);
    expect(
      (await stored(table, id)).members
        .filter(isMember)
        .map(({ waveIndex }) => waveIndex)
        .sort(),
    ).toEqual(numbers.map((_, number) => (number < 120 ? 3 : 4)).sort());
    expect(before).toBeDefined();
  });

  test('a member that somebody has changed all the same stays as it is', async () => {
    const { table, id, decision, after } = await decided(200);
    table.meanwhile.set(8, () => Promise.reject(new Error('the process has died')));
    await expect(applyDecision(portsOf(table), decision)).rejects.toThrow('died');
    const { rollout, members } = await stored(table, id);
    expect(rollout.following).toBeDefined();
    const mover = members.find(({ name }) => name === 'c000');
    const read = await load(table, Members, id, 0, mover?.clusterKey ?? '');
    if (read !== undefined)
      await table.transact([replace(Members, read, { ...read.data, reasons: [{ code: 'Skipped', message: '' }] })]);
    await look(table, after, id);
    const found = await load(table, Members, id, 0, mover?.clusterKey ?? '');
    expect(found?.data.reasons).toHaveLength(1);
  });

  test('what a plan left behind that never came into force is nothing to the next', async () => {
    const { table, id, decision } = await decided(200);
    table.meanwhile.set(3, () => Promise.reject(new Error('the process has died')));
    await expect(applyDecision(portsOf(table), decision)).rejects.toThrow('died');
    // Every cluster keeps its place except the second half of the last wave, which is more than one transaction takes.
    const numbers = Array.from({ length: 400 }, (_, number) =>
      cluster(number, number < 200 ? stageOf(number, 200) : 'five'),
    );
    const other = fleetOf(
      numbers,
      STAGES.map((stage) => wave(stage)),
    );
    expect(await look(table, other, id)).toEqual(['replan']);
    const members = (await stored(table, id)).members.filter(isMember);
    expect(members.map(({ clusterKey, waveIndex }) => [clusterKey, waveIndex]).sort()).toEqual(
      numbers.map(({ clusterKey, labels }) => [clusterKey, STAGES.indexOf(labels.stage ?? '')]).sort(),
    );
  });

  test('a grant that somebody takes of one of its clusters is the end of it', async () => {
    const { table, id, decision } = await decided(200);
    const before = summary(await stored(table, id));
    const last = decision.changes.members.at(-1);
    const clusterKey = (last?.next ?? last?.before)?.clusterKey ?? '';
    table.meanwhile.set(1, () => table.transact([put(Grants, grantOf(clusterKey), 'absent')]));
    await expect(applyDecision(portsOf(table), decision)).rejects.toThrow();
    expect(summary(await stored(table, id))).toEqual(before);
  });

  test('nobody is taken out of a wave that counts others already', async () => {
    const { table, id } = await begun(20);
    await changed(table, id, { following: 'hash' });
    const { members } = await stored(table, id);
    const [member] = members;
    if (member === undefined) throw new Error('there is nobody');
    await applyDecision(portsOf(table), { type: 'change-member', member, status: 'Excluded', reasons: [] });
    expect((await stored(table, id)).members).toEqual(members);
  });
});

describe('what a plan does not touch', () => {
  const anew = async (change: (table: MortalTable, id: string, members: readonly Member[]) => Promise<void>) => {
    const { table, after, id } = await begun(200);
    const { members } = await stored(table, id);
    const decisions = await looked(table, after, id);
    await change(table, id, members);
    const replan = decisions.find(({ type }) => type === 'replan');
    if (replan?.type !== 'replan') throw new Error('nothing to plan anew');
    await expect(applyDecision(portsOf(table), replan)).rejects.toMatchObject({ name: 'TransactionConflict' });
    const { rollout } = await stored(table, id);
    expect([rollout.plan, rollout.following]).toEqual([undefined, undefined]);
  };

  test('a wave that has opened since it was decided', () =>
    anew(async (table, id) => {
      const read = await load(table, Waves, id, 2);
      if (read !== undefined) await table.transact([replace(Waves, read, { ...read.data, status: 'Open' })]);
    }));

  test('a member that was taken out since', () =>
    anew(async (table, id, [first]) => {
      const read = await load(table, Members, id, 0, first?.clusterKey ?? '');
      if (read !== undefined) await table.transact([replace(Members, read, { ...read.data, status: 'Excluded' })]);
    }));

  test('a wave that opens in the moment of the write, though only the order of its members changes', async () => {
    const { table, id, decision } = await decided(20);
    const { members } = await stored(table, id);
    const [before] = members;
    const changes = {
      ...decision.changes,
      changedWaves: [],
      members: before === undefined ? [] : [{ before, next: { ...before, position: 9 } }],
    };
    table.meanwhile.set(0, async () => {
      const read = await load(table, Waves, id, 0);
      if (read !== undefined) await table.transact([replace(Waves, read, { ...read.data, status: 'Open' })]);
    });
    await expect(applyDecision(portsOf(table), { ...decision, changes })).rejects.toThrow();
    expect((await stored(table, id)).members).toEqual(members);
  });

  test('a wave whose members it has not read as they are', async () => {
    const { table, after, id } = await begun(20);
    // It keeps its place in this plan, and an index still has the old one.
    const last = (await stored(table, id)).members.findLast(({ waveIndex }) => waveIndex === 4);
    const [read, five] = [await load(table, Members, id, 4, last?.clusterKey ?? ''), await load(table, Waves, id, 4)];
    if (read === undefined || five === undefined) throw new Error('there is nobody');
    await table.transact([
      replace(Members, read, { ...read.data, status: 'Excluded', reasons: [{ code: 'Skipped', message: '' }] }),
      replace(Waves, five, { ...five.data, excluded: 1 }),
    ]);
    const found = await stored(table, id);
    const lagging = found.members.map((one) => (one.clusterKey === last?.clusterKey ? read.data : one));
    const stale = decisionsOf(after, { ...found, members: lagging });
    const decision = stale.find(({ type }) => type === 'replan');
    if (decision?.type !== 'replan') throw new Error('nothing to plan anew');
    const members = decision.changes.members.filter(
      ({ before, next }) => (next ?? before)?.clusterKey !== last?.clusterKey,
    );
    await expect(
      applyDecision(portsOf(table), { ...decision, changes: { ...decision.changes, members } }),
    ).rejects.toMatchObject({ name: 'TransactionConflict' });
  });

  test('a cluster whose grant somebody has taken since', () =>
    anew(async (table, _, [first]) => {
      await table.transact([put(Grants, grantOf(first?.clusterKey ?? ''), 'absent')]);
    }));

  test('a cluster whose grant somebody holds stays where it is, and the others go', async () => {
    const { table, after, id } = await begun(20);
    const { members } = await stored(table, id);
    const [first] = members;
    const grant = { clusterKey: first?.clusterKey, status: 'open' } as Grant;
    expect(await look(table, { ...after, grants: [grant] }, id)).toEqual(['replan']);
    const next = (await stored(table, id)).members.filter(isMember);
    expect(next.find(({ clusterKey }) => clusterKey === first?.clusterKey)?.waveIndex).toBe(0);
    expect(next.filter(({ waveIndex }) => waveIndex === 4).length).toBeGreaterThan(5);
  });
});
