import { CALLS_WITHOUT_UPDATE, MUTATING_CALLS } from '../../core/contracts/mutating-calls.ts';
import type { OwnerTypes } from '../../core/nodes/node-owner.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { groupsOfEks, groupsWithOwnImage } from './managed-groups-under-test.ts';
import { goTo, type NodeOwnerUnderTest, type Situation } from './owner-under-test.ts';

const BEHIND: Situation = { controlPlane: '1.37', nodesAt: '1.36' };
const THERE: Situation = { controlPlane: '1.37', nodesAt: '1.37' };
const TARGET = KubeVersion.parse('1.37');
const BEFORE = KubeVersion.parse('1.36');

function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null && !(value instanceof KubeVersion)) {
    for (const part of Object.values(value)) frozen(part);
    Object.freeze(value);
  }
  return value;
}

/** What every kind of nodes keeps, whoever moves them (docs/adr/0028). */
function keepsTheContract<T extends OwnerTypes>(under: NodeOwnerUnderTest<T>): void {
  const { owner, begin } = under;
  const roll = async (situation: Situation) => owner.roll(frozen(await begin(situation).observe('1.37')), TARGET);
  const back = async (situation: Situation) => owner.takeBack(frozen(await begin(situation).observe('1.36')), BEFORE);
  const all = (minor: string, count = 4): string[] => Array<string>(count).fill(minor);

  describe(`${under.name}: roll`, () => {
    test.each<[string, Situation, number]>([
      ['one minor behind', BEHIND, 4],
      ['two minors behind', { ...BEHIND, nodesAt: '1.35' }, 4],
      ['behind, in one zone', { ...BEHIND, zones: 1 }, 4],
      ['behind, in three zones', { ...BEHIND, zones: 3 }, 4],
      ['behind, with one node', { ...BEHIND, nodes: 1 }, 1],
      ['behind, old nodes ending first', { ...BEHIND, set: 'old nodes first, 2 at once' }, 4],
      ['half-rolled by an update that has failed', { ...BEHIND, broken: { half: '1.37' } }, 4],
      ['at the target, and not well', { ...THERE, broken: { half: '1.37' } }, 4],
    ])('%s: every node comes to the target, and nothing is left to do', async (_, situation, count) => {
      const world = begin(situation);
      const { calls, end } = await goTo(under, world, 'roll', '1.37');
      expect(calls).not.toEqual([]);
      expect(end).toMatchObject({ type: 'done', reason: { code: 'AtTarget' } });
      expect(world.kubelets()).toEqual(all('1.37', count));
      expect(owner.arrived(await world.observe('1.37'), TARGET)?.code).toBe('Rolled');
    });

    test('one without nodes is rolled for those to come', async () => {
      const { calls, end } = await goTo(under, begin({ ...BEHIND, nodes: 0 }), 'roll', '1.37');
      expect(calls).not.toEqual([]);
      expect(end.type).toBe('done');
    });

    test.each<[string, Situation, string]>([
      ['at the target', THERE, 'done AtTarget'],
      ['being created', { ...BEHIND, state: 'being created' }, 'others NotActive'],
      ['being deleted', { ...BEHIND, state: 'being deleted' }, 'others NotActive'],
      ['never made', { ...BEHIND, state: 'never made' }, 'blocked NodegroupStatus'],
    ])('%s: %s', async (_, situation, expected) => {
      const move = await roll(situation);
      expect(move.type === 'call' ? move.call : `${move.type} ${move.reason.code}`).toBe(expected);
    });

    test('without an image of the target it is blocked, by name, and nothing is called', async () => {
      const move = await roll({ controlPlane: '1.33', nodesAt: '1.32', noImageOf: '1.37' });
      expect(move).toMatchObject({ type: 'blocked', reason: { message: expect.stringContaining('node group a') } });
    });

    test('what somebody else changes is left alone', async () => {
      const world = begin(BEHIND);
      world.changedByOthers();
      expect(owner.roll(await world.observe('1.37'), TARGET)).toMatchObject({ type: 'others' });
      expect(owner.takeBack(await world.observe('1.36'), BEFORE)).toMatchObject({
        type: expect.not.stringMatching('call'),
      });
    });

    test('the same observation leads to the same move, and is not changed', async () => {
      const unit = await begin(BEHIND).observe('1.37');
      const before = structuredClone(unit);
      const moves = [1, 2].map(() => owner.roll(frozen(unit), TARGET));
      expect(moves[0]).toEqual(moves[1]);
      expect(unit).toEqual(before);
    });

    test('each call is of the committed list, and passes over no budget', async () => {
      const { calls } = await goTo(under, begin(BEHIND), 'roll', '1.37');
      for (const call of calls as readonly { readonly name: string }[]) {
        expect([...Object.keys(MUTATING_CALLS), ...Object.keys(CALLS_WITHOUT_UPDATE)]).toContain(call.name);
        expect(JSON.stringify(call)).not.toContain('force');
      }
    });

    test('no other unit is touched', async () => {
      const world = begin(BEHIND);
      const { calls } = await goTo(under, world, 'roll', '1.37');
      expect(JSON.stringify(calls)).not.toContain('"b"');
    });

    test('a reason is a sentence that names the unit', async () => {
      const moves = await Promise.all([
        ...[roll(THERE), roll({ ...BEHIND, state: 'being created' }), roll({ ...BEHIND, state: 'never made' })],
        ...[back(BEHIND), back({ controlPlane: '1.38', nodesAt: '1.38', noImageOf: '1.36' })],
      ]);
      for (const move of moves) {
        const said = move.type === 'call' ? '' : move.reason.message;
        expect(said).toMatch(/^(?:[A-Z].* )?a .*\.\s*$/);
      }
    });

    test('a unit that is not there is no unit', async () => {
      const world = begin(BEHIND);
      await expect(world.observeOther('c')).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
    });
  });

  describe(`${under.name}: plan`, () => {
    const plan = async (situation: Situation, room?: number, atOnce?: number) =>
      owner.plan(await begin(situation).observe('1.37', atOnce), room);

    test.each<[string, Partial<Situation>, number | undefined, number | undefined, number]>([
      ['as the unit is set', {}, undefined, undefined, 1],
      ['as the unit is set to two', { set: 'new nodes first, 2 at once' }, undefined, undefined, 2],
      ['a share of the nodes', { set: 'a quarter at once', nodes: 8 }, undefined, undefined, 2],
      ['as the policy wants it', {}, undefined, 3, 3],
      ['no more than there is room for', {}, 2, 3, 2],
      [
        'no more than there is room for, where the unit has more',
        { set: 'new nodes first, 2 at once' },
        1,
        undefined,
        1,
      ],
      ['as many as wanted, where there is more room', {}, 9, 3, 3],
      ['one, where nothing is left', {}, 0, undefined, 1],
    ])('nodes that go down together: %s', async (_, situation, room, atOnce, expected) => {
      expect(await plan({ ...BEHIND, ...situation }, room, atOnce)).toMatchObject({ atOnce: expected });
    });

    test.each<[string, Situation['set']]>([
      ['new nodes first', 'new nodes first, 2 at once'],
      ['old nodes first', 'old nodes first, 2 at once'],
      ['by shares', 'a quarter at once'],
    ])('as the fake counts them, no more nodes are down than planned: %s', async (_, set) => {
      const nodes = 8;
      const world = begin({ ...BEHIND, nodes, ...(set && { set }) });
      const { atOnce } = owner.plan(await world.observe('1.37'));
      let fewest = nodes;
      await goTo(under, world, 'roll', '1.37', (ready) => {
        fewest = Math.min(fewest, ready);
      });
      expect(fewest).toBeGreaterThanOrEqual(nodes - atOnce);
      expect(world.kubelets()).toEqual(all('1.37', nodes));
    });
  });

  describe(`${under.name}: take back`, () => {
    test.each<[string, Situation]>([
      ['that has followed its control plane', THERE],
      ['of which half has followed', { ...THERE, broken: { half: '1.36' } }],
    ])('one %s goes to the minor before', async (_, situation) => {
      const world = begin(situation);
      const { calls, end } = await goTo(under, world, 'takeBack', '1.36');
      expect(calls).not.toEqual([]);
      expect(end.type).toBe('done');
      expect(world.kubelets()).toEqual(all('1.36'));
    });

    test('what was rolled goes back by one call to what it had before, and can be rolled again', async () => {
      const world = begin(BEHIND);
      const ways = [
        ['roll', '1.37'],
        ['takeBack', '1.36'],
        ['roll', '1.37'],
      ] as const;
      const counts: number[] = [];
      for (const [way, minor] of ways) {
        counts.push((await goTo(under, world, way, minor)).calls.length);
        expect(world.kubelets()).toEqual(all(minor));
      }
      // What the first roll has made is there for the second one, too.
      expect(counts.slice(1)).toEqual([1, 1]);
    });

    test('one that has not followed stays where it is', async () => {
      expect(await back(BEHIND)).toMatchObject({ type: 'done' });
    });

    test('where the minor before has no image it cannot, and says why', async () => {
      const world = begin({ controlPlane: '1.34', nodesAt: '1.34', noImageOf: '1.33' });
      const move = owner.takeBack(await world.observe('1.33'), KubeVersion.parse('1.33'));
      expect(move).toMatchObject({ type: 'blocked', reason: { message: expect.stringMatching(/\.$/) } });
    });
  });

  describe(`${under.name}: restore`, () => {
    const setUp = async () => {
      const world = begin(BEHIND);
      const before = world.state();
      const plan = owner.plan(await world.observe('1.37', 3));
      const entry = await world.set(plan);
      expect(world.state()).not.toEqual(before);
      return { world, before, entry };
    };

    test('what was set is taken back, and nothing else is different afterwards', async () => {
      const { world, before, entry } = await setUp();
      const next = owner.restore(entry, await world.observe('1.37'));
      if ('ended' in next) throw new Error(`nothing was done: ${next.ended}`);
      await world.undo(next.undo);
      expect(world.state()).toEqual(before);
      expect(owner.restore(entry, await world.observe('1.37'))).toEqual({ ended: 'undone' });
    });

    test('after the roll as well, whose version stays', async () => {
      const { world, entry } = await setUp();
      await goTo(under, world, 'roll', '1.37');
      const next = owner.restore(entry, await world.observe('1.37'));
      if ('ended' in next) throw new Error(`nothing was done: ${next.ended}`);
      await world.undo(next.undo);
      expect(world.kubelets()).toEqual(all('1.37'));
      expect(owner.plan(await world.observe('1.37')).atOnce).toBe(1);
    });

    test('what somebody else has set meanwhile stays', async () => {
      const { world, entry } = await setUp();
      await world.setByOthers();
      expect(owner.restore(entry, await world.observe('1.37'))).toEqual({ ended: 'notOurs' });
    });

    test('of a unit that is gone, or is another one of that name, nothing is left to undo', async () => {
      const { world, entry } = await setUp();
      expect(owner.restore(entry, undefined)).toEqual({ ended: 'gone' });
      expect(owner.restore({ ...entry, uid: 'another' }, await world.observe('1.37'))).toEqual({ ended: 'gone' });
    });
  });
}

keepsTheContract(groupsOfEks);
keepsTheContract(groupsWithOwnImage);
