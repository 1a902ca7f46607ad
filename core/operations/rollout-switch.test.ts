import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { isDirty, operatorPorts, recordOf } from '../../test/material/operations/operator-ports.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { type Kept, policyConfig } from '../../test/material/protocol/one-upgrade.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { Configs, loadWaves, Rollouts, Waves } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { rolloutConditions, since, toldRollout } from '../store/with-conditions.ts';
import { abortRollout, pauseRollout, resumeRollout } from './rollout-orders.ts';

const change = expect.any(String);
type Ports = Omit<Awaited<ReturnType<typeof operatorPorts<MemoryTable>>>, 'told'>;

/** The result of an order for a rollout in this state with the given waves. */
async function after(
  order: (ports: Ports) => ReturnType<typeof pauseRollout>,
  rollout: Partial<Rollout>,
  given: readonly Partial<Wave>[] = [{}],
  more: Kept = {},
) {
  const table = new MemoryTable();
  const waves = given.map((wave, index) => waveItem({ index, name: `w${index}`, members: 2, ...wave }));
  const names = waves.map(({ name }) => name);
  const kept = { rollout: rolloutItem({ waves: names, ...rollout }), waves, member: undefined, ...more };
  const { told, ...ports } = await operatorPorts(table, kept);
  const result = await order(ports);
  return {
    result,
    told,
    stored: (await load(table, Rollouts, 'r'))?.data,
    waves: (await loadWaves(table, 'r')).map(({ data }) => data),
    record: await recordOf(table, 'rollout/r'),
    isDirty: await isDirty(table),
  };
}
const pause = (ports: Ports) => pauseRollout(ports, 'r', 'ann', 'lunch');
const resume = (ports: Ports) => resumeRollout(ports, 'r', 'ann', 'lunch is over');
const accept = (ports: Ports) => resumeRollout(ports, 'r', 'ann', undefined, { acceptFailures: true });
const abort = (ports: Ports) => abortRollout(ports, 'r', 'ann', 'wrong target');

test.each<[Rollout['status']]>([['Running'], ['Planned']])('a rollout that is %s can be paused', async (status) => {
  const { result, stored, record, told, isDirty: marked } = await after(pause, { status });
  const reasons = [{ code: 'Paused', message: 'ann: lunch' }];
  expect(result).toMatchObject({ status: 'Paused', reasons });
  expect(stored).toMatchObject(result);
  expect(record).toEqual([
    { event: 'RolloutPaused', principal: 'ann', detail: { from: status, to: 'Paused', reasons, why: 'lunch' } },
  ]);
  expect(told).toEqual([
    { type: 'RolloutChanged', detail: { version: 1, change, rolloutId: 'r', status: 'Paused', reasons } },
  ]);
  expect(marked).toBe(false);
});

test.each<[Rollout['status']]>([['Running'], ['Planned'], ['Paused'], ['Halted']])(
  'a rollout that is %s can be aborted, and the next tick looks for members whose turn will not come',
  async (status) => {
    const { stored, record, isDirty: marked } = await after(abort, { status });
    const reasons = [{ code: 'Aborted', message: 'ann: wrong target' }];
    expect(stored).toMatchObject({ status: 'Aborted', reasons });
    expect(record).toMatchObject([{ event: 'RolloutAborted', detail: { from: status, to: 'Aborted', reasons } }]);
    expect(marked).toBe(true);
  },
);

test('an abort says which clusters had begun, and a resume what keeps the whole fleet all the same', async () => {
  const leftOpen = async (inFlight: boolean, wave: Partial<Wave> = {}) =>
    (await after(abort, {}, [wave], { member: memberItem({ waveIndex: 0, inFlight }) })).result.leftOpen;
  expect(await leftOpen(true)).toBe(
    'web had begun. What EKS works on there runs to its end, and nothing else of the upgrade goes on: liftlock explain cluster web',
  );
  expect(await leftOpen(false)).toBeUndefined();
  expect(await leftOpen(true, { goingBack: [memberItem().clusterKey] })).toBeUndefined();
  const keptBy = async (control?: Kept['control']) =>
    (await after(resume, { status: 'Paused' }, [{}], { control })).result.keptBy;
  expect(await keptBy({ stopped: true, by: 'eve', reason: 'drill' })).toBe(
    'Nothing of it goes on meanwhile: The fleet was stopped by eve: drill.',
  );
  expect(await keptBy()).toBeUndefined();
});

test.each(['automatic', 'manual'] as const)(
  'an abort says whether another rollout begins by itself: %s',
  async (trigger) => {
    const standard = policyWith({ name: 'p' });
    const applied = policyConfig({ ...standard, spec: { ...standard.spec, trigger } });
    const aborted = async (ports: Ports) => {
      await ports.table.transact([put(Configs, applied, 'any')]);
      return abort(ports);
    };
    const said =
      'The policy p is automatic: another rollout begins by itself for another target, and for clusters that this one has not taken. To have none begin, apply it with trigger: manual.';
    expect((await after(aborted, {})).result.another).toBe(trigger === 'automatic' ? said : undefined);
  },
);

test('an abort says which clusters are taken back all the same', async () => {
  const goingBack = ['arn:aws:eks:eu-central-1:111111111111:cluster/web@2026-01-01T00:00:00.000Z'];
  expect((await after(abort, {}, [{ goingBack }, {}])).result.goesOn).toBe(
    'What is being taken back is not given up: web. How it goes on says: liftlock explain cluster web',
  );
  expect((await after(abort, {})).result.goesOn).toBeUndefined();
});

test.each<[Rollout['status'], Partial<Wave>]>([
  ['Paused', {}],
  ['Halted', { status: 'Halted' }],
])('a rollout that is %s is planned anew by the first tick after it is resumed', async (status, wave) => {
  expect((await after(resume, { status }, [wave])).isDirty).toBe(true);
});

test('a pause of somebody else stands beside the first one, and the resume lifts both on record', async () => {
  const first = { code: 'Paused' as const, message: 'bob: audit' };
  const own = { code: 'Paused', message: 'ann: lunch' };
  const paused = { status: 'Paused' as const, reasons: [first] };
  const { result, stored, record, told } = await after(pause, paused);
  expect(result.before).toEqual([first]);
  expect(stored?.reasons).toEqual([first, own]);
  expect(record).toMatchObject([{ event: 'RolloutPaused', principal: 'ann', detail: { reasons: [first, own] } }]);
  expect(told).toMatchObject([{ detail: { status: 'Paused', reasons: [first, own] } }]);
  const { record: resumed } = await after(resume, { ...paused, reasons: [first, { ...first, message: 'cid: x' }] });
  expect(resumed[0]?.detail).toMatchObject({ lifted: [first, { message: 'cid: x' }], reasons: [] });
});

test('who pauses for the same reason again changes nothing, and is told what stands', async () => {
  const reasons = [{ code: 'Paused' as const, message: 'ann: lunch' }];
  const { result, record, told } = await after(pause, { status: 'Paused', reasons });
  expect([result.before, record, told]).toEqual([reasons, [], []]);
});

// docs/events.md (Conditions): they are written together with every change, and the answer has them as written.
test.each([
  ['pause', pause, 'Running', ['Progressing False', 'Paused True', 'Halted False', 'Completed False']],
  ['resume', resume, 'Halted', ['Progressing True', 'Paused False', 'Halted False', 'Completed False']],
  ['abort', abort, 'Paused', ['Progressing False', 'Paused False', 'Halted False', 'Completed False']],
] as const)('the answer to %s says what the rollout is from now on', async (_, order, status, said) => {
  const at = '2026-11-20T08:00:00.000Z';
  const conditions = since(undefined, rolloutConditions(rolloutItem({ status })), new Date(at));
  const ended = status === 'Halted' ? { endedAt: at } : {};
  const { result, stored } = await after(order, { status, conditions, ...ended }, [{ status: 'Halted' }]);
  expect(result.conditions?.map(({ type, status }) => `${type} ${status}`)).toEqual(said);
  expect(result).toEqual(stored && toldRollout(stored, new Date('2026-11-21T00:00:00Z')));
  expect(result.endedAt).toBeUndefined();
});

test.each<[Rollout['status']]>([['Completed'], ['CompletedWithFailures'], ['Aborted']])(
  'nothing can be done with a rollout that is %s',
  async (status) => {
    const refused = (said: string) => ({ name: 'WrongState', message: `The rollout r is ${status}${said}` });
    await expect(after(pause, { status })).rejects.toMatchObject(
      refused('; only Planned or Running or Paused can be changed by pause.'),
    );
    await expect(after(abort, { status })).rejects.toMatchObject(refused(' already.'));
    await expect(after(resume, { status }, [{ status: 'Undecided' }])).rejects.toMatchObject(
      refused('; only Paused or Running or Halted can be changed by resume.'),
    );
  },
);

test('a paused rollout goes on, whatever its waves are, with why on record', async () => {
  const { stored, record, told, waves } = await after(resume, {
    status: 'Paused',
    reasons: [{ code: 'Paused', message: 'ann: lunch' }],
  });
  expect(stored).toMatchObject({ status: 'Running', reasons: [] });
  const lifted = [{ code: 'Paused', message: 'ann: lunch' }];
  const detail = { from: 'Paused', to: 'Running', reasons: [], why: 'lunch is over', lifted };
  expect(record).toEqual([{ event: 'RolloutResumed', principal: 'ann', detail }]);
  expect(told).toHaveLength(1);
  expect(waves).toEqual([waveItem({ name: 'w0', members: 2 })]);
});

test.each<[Rollout['status']]>([['Running'], ['Halted']])(
  'there is nothing to resume in a rollout that is %s with no wave that waits for a person',
  async (status) => {
    const message = `The rollout r is ${status}, and no wave of it is halted: there is nothing to resume.`;
    await expect(after(resume, { status })).rejects.toMatchObject({ name: 'WrongState', message });
  },
);

test('a resume beside a retry is refused by what the retry has left, and not by one half of each', async () => {
  const beside = (ports: Ports) => {
    const { table } = ports;
    const queryPartition: typeof table.queryPartition = async (...asked) => {
      // Only the first reading of the waves has a retry come before it.
      Reflect.deleteProperty(table, 'queryPartition');
      const running = rolloutItem({ waves: ['w0'], status: 'Running' });
      await table.transact([put(Rollouts, running, 'any'), put(Waves, waveItem({ index: 0, name: 'w0' }), 'any')]);
      return table.queryPartition(...asked);
    };
    Object.assign(table, { queryPartition });
    return resume(ports);
  };
  const message = 'The rollout r is Running, and no wave of it is halted: there is nothing to resume.';
  await expect(after(beside, { status: 'Halted' }, [{ status: 'Halted' }])).rejects.toMatchObject({ message });
});

test('a wave that proves nothing is not passed by resuming its rollout: an approver promotes it', async () => {
  const undecided = [{ status: 'Completed' }, { status: 'Undecided' }] as const;
  const message =
    'The wave w1 is undecided: it proves nothing, so an approver has to let it pass: liftlock rollout promote r';
  await expect(after(resume, { status: 'Running' }, undecided)).rejects.toMatchObject({ name: 'WrongState', message });
  const { waves, stored } = await after(resume, { status: 'Paused' }, undecided);
  expect([stored?.status, waves[1]?.status]).toEqual(['Running', 'Undecided']);
});

test('a halted wave with more failures than may is opened again only by who accepts them', async () => {
  const halted: Partial<Wave> = { status: 'Halted', failed: 2, maxFailures: 1, members: 4 };
  await expect(after(resume, { status: 'Halted' }, [halted])).rejects.toMatchObject({
    name: 'WrongState',
    message:
      'The wave w0 is halted: 2 failed and at most 1 may. Retry its clusters (liftlock retry cluster X), or go on all the same: liftlock rollout resume r --accept-failures',
  });
  await expect(after(resume, { status: 'Paused' }, [halted])).rejects.toMatchObject({ name: 'WrongState' });
  const { waves, stored, record } = await after(accept, { status: 'Halted' }, [halted]);
  expect(stored?.status).toBe('Running');
  expect(waves[0]).toMatchObject({ status: 'Open', acceptedFailures: 2 });
  // The audit shows that failures were accepted, in which wave and how many.
  expect(record[0]?.detail).toMatchObject({ accepted: [{ wave: 'w0', failed: 2 }] });
});

test('a halted wave of which none succeeded is opened again only by who accepts that', async () => {
  const halted: Partial<Wave> = { status: 'Halted', failed: 1, blocked: 1, maxFailures: 1 };
  await expect(after(resume, { status: 'Halted' }, [halted])).rejects.toMatchObject({
    name: 'WrongState',
    message:
      'The wave w0 is halted: 1 failed and none succeeded. Retry its clusters (liftlock retry cluster X), or go on all the same: liftlock rollout resume r --accept-failures',
  });
  const { waves, told } = await after(accept, { status: 'Halted' }, [halted]);
  expect(waves[0]).toMatchObject({ status: 'Open', acceptedFailures: 1 });
  const reasons = [{ code: 'Resumed', message: 'Resumed by ann.' }];
  expect(told[1]).toEqual({
    type: 'WaveChanged',
    detail: { version: 1, change, rolloutId: 'r', wave: 'w0', status: 'Open', reasons },
  });
});

test.each<[string, Partial<Wave>]>([
  ['some are still to come', { members: 4 }],
  ['what failed was accepted', { members: 1, acceptedFailures: 1 }],
  ['some succeeded', { members: 2, succeeded: 1 }],
])('a halted wave within its budget is opened again where %s', async (_, wave) => {
  const { waves } = await after(resume, { status: 'Running' }, [
    { status: 'Halted', failed: 1, maxFailures: 1, ...wave },
    { status: 'Pending' },
  ]);
  expect(waves.map(({ status, reasons }) => [status, reasons[0]?.code])).toEqual([
    ['Open', 'Resumed'],
    ['Pending', undefined],
  ]);
});
