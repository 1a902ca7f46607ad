import { KEY, NOON, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import {
  begun,
  budget,
  cordonOf,
  drain,
  drained,
  type Given,
  ID,
  node,
  ofGroup,
  pod,
  standard,
} from '../../test/material/steps/one-drain.ts';
import { failing } from '../../test/material/steps/one-step.ts';
import type { UndoEntry } from '../contracts/items/protocol.ts';
import { ClusterAccessError } from '../ports/cluster-access.ts';
import type { DrainNode, EvictionAnswer } from '../ports/node-operator.ts';

test('one node after the other is cordoned, each with its undo on record before, and its pods are asked to go', async () => {
  const pods = { a: [pod('x')], b: [pod('y'), pod('z')], new: [pod('stays')] };
  const { sent, recorded, status, codes, isMutated } = await drained({ pods });
  expect(sent).toEqual(['cordon a', 'evict x', 'cordon b', 'evict y', 'evict z', 'close']);
  expect(recorded).toEqual([`a ${ID} open`, `b ${ID} open`]);
  expect([status, codes, isMutated]).toEqual(['wait', ['Draining'], true]);
});

test('the next node waits while a pod of the one before may not go, and nothing is tried twice in one look', async () => {
  const { sent, status, said, waitSeconds } = await drained({
    pods: { a: [pod('x')], b: [pod('z')] },
    answers: { x: budget },
  });
  expect(sent).toEqual(['cordon a', 'evict x', 'close']);
  expect([status, waitSeconds]).toEqual(['wait', 10]);
  expect(said).toContain('strict');
});

test('of nodes in use the one with the fewest pods goes first, counted once in an invocation', async () => {
  const nodes = [node('a'), node('b'), node('c'), node('new', { labels: ofGroup('new') })];
  const { sent, listed } = await drained({
    nodes,
    pods: { a: [pod('x'), pod('y')], b: [pod('v'), pod('w')], c: [pod('z')] },
  });
  expect(sent.filter((call) => call.startsWith('cordon'))).toEqual(['cordon c', 'cordon a', 'cordon b']);
  expect(listed.filter((names) => names.includes('a') && names.includes('b'))).toHaveLength(1);
});

test('of a large group a hundred nodes of the zone that is due are counted, and one of these goes first', async () => {
  const inZone = (name: string, zone: string) =>
    node(name, { labels: { ...ofGroup('legacy'), 'topology.kubernetes.io/zone': zone } });
  const names = Array.from({ length: 120 }, (_, index) => `n${`${index}`.padStart(3, '0')}`);
  const nodes = [...names.map((name) => inZone(name, 'y')), inZone('other', 'z')];
  const pods = Object.fromEntries(names.map((name) => [name, [pod(`x-${name}`), pod(`y-${name}`)]]));
  const { sent, listed } = await drained({ nodes, pods: { ...pods, n042: [pod('z')] }, answers: { z: budget } });
  expect(sent[0]).toBe('cordon n042');
  expect(listed.map((each) => each.length)).toEqual([1, 100, 2, 2]);
});

test('the taint that the policy names is put beside the cordon, and is on record with it', async () => {
  const policy = policyConfig({ ...standard, spec: { ...standard.spec, drain: { ...drain, taint: 'moved' } } });
  const { sent, undo } = await drained({
    kept: { policy },
    pods: { a: [pod('x')], b: [pod('y'), pod('z')] },
    answers: { x: budget },
  });
  expect(sent[0]).toBe('cordon a moved');
  expect(await undo()).toMatchObject([{ effect: 'cordon', subject: 'a', uid: 'uid-a', taint: 'moved', upgradeId: ID }]);
});

const stepOf = (detail: object) => ({
  'drain-nodes/legacy': {
    ...{ status: 'running' as const, startedAt: NOON.toISOString(), reasons: [] },
    detail: { ...detail },
  },
});

test('when all of them are empty for a moment it is done, and their cordons stay open until its end is written', async () => {
  const given = { nodes: [begun('a'), node('new', { labels: ofGroup('new') })], left: [cordonOf('a')] };
  const lastDrainedAt = new Date(NOON.getTime() - 3_000).toISOString();
  const memory = { told: [], pods: {}, nodes: {}, lastDrainedAt };
  const early = await drained({ ...given, of: { mutated: true, steps: stepOf(memory) } });
  expect([early.sent, early.status, early.waitSeconds]).toEqual([['close'], 'wait', 2]);
  expect((await early.undo()).map(({ closed }) => closed)).toEqual([undefined]);
  const { sent, status, undo } = await drained({ ...given, of: { mutated: true } });
  expect([sent, status]).toEqual([['close'], 'done']);
  expect((await undo()).map(({ closed }) => closed)).toEqual([undefined]);
});

test.each<[string, Given, string, string, string]>([
  ['was named by no group', { group: '' }, 'blocked', 'NoNodegroup', 'It was not said which node group to drain.'],
  [
    'is of a policy that lets Liftlock evict nothing',
    { kept: { policy: policyConfig(standard) } },
    'blocked',
    'DrainNotAllowed',
    'Liftlock evicts no pods of web: the policy p has no spec.drain.',
  ],
  [
    'is of a group that EKS updates right now',
    { eks: { nodegroups: { legacy: { status: 'UPDATING' } } } },
    'parked',
    'ForeignUpdate',
    'The node group legacy is UPDATING, and not by Liftlock.',
  ],
  [
    'comes after a drain whose cordons are still to be taken back',
    { left: [cordonOf('b', 'drain-nodes-other')] },
    'parked',
    'UpgradeUnderWay',
    'The node b is cordoned by the upgrade drain-nodes-other: no other one is cordoned before that has ended, or its cordons are taken back.',
  ],
  [
    'was canceled',
    { of: { status: 'Canceled', mutated: true, reasons: [{ code: 'DrainCanceled', message: 'ann gave it up.' }] } },
    'parked',
    'DrainCanceled',
    'ann gave it up.',
  ],
  [
    'is of an API server that refuses to show nodes',
    { refuses: new ClusterAccessError('ClusterForbidden', 'nodes is forbidden') },
    'blocked',
    'ClusterForbidden',
    '',
  ],
  [
    'is of a cluster that has no endpoint yet',
    { eks: { cluster: { endpoint: undefined as never } } },
    'parked',
    'ApiServerNotReady',
    'EKS gives no endpoint of web yet.',
  ],
  [
    'is of an API server that fails, which passes',
    { refuses: new ClusterAccessError('ClusterServerFault', '503') },
    'parked',
    'ClusterServerFault',
    'It may pass.',
  ],
  [
    'is of an API server that shows no nodes any more',
    { refuses: new ClusterAccessError('ClusterForbidden', 'nodes is forbidden'), of: { mutated: true } },
    'parked',
    'ClusterForbidden',
    '',
  ],
])('nothing is sent by a drain that %s', async (_, given, status, code, said) => {
  const pods = { a: [pod('x')] };
  const result = await drained({ pods, ...given });
  expect(result.sent.filter((call) => call !== 'close')).toEqual([]);
  expect([result.status, result.codes[0]]).toEqual([status, code]);
  expect(result.said).toContain(said);
});

test('a drain that goes on takes the cordons of an earlier one for no obstacle any more', async () => {
  const left = [cordonOf('b', 'drain-nodes-other')];
  expect((await drained({ left, of: { mutated: true }, pods: { a: [pod('x')] } })).sent).toContain('cordon a');
});

test('the group may be gone before its last nodes are', async () => {
  const gone = failing('ResourceNotFoundException');
  const more = { describeNodegroup: async () => Promise.reject(gone) };
  expect((await drained({ eks: { more }, pods: { a: [pod('x')] } })).sent).toContain('evict x');
  const broken = { describeNodegroup: async () => Promise.reject(failing('ServerException')) };
  await expect(drained({ eks: { more: broken }, pods: { a: [pod('x')] } })).rejects.toThrow('ServerException');
});

test('nodes of other groups are never touched, and self-managed groups are known by the name that eksctl gave', async () => {
  const own = node('own', { labels: { 'alpha.eksctl.io/nodegroup-name': 'legacy' } });
  const karpenter = node('k', { labels: { 'karpenter.sh/nodepool': 'legacy' } });
  const { sent } = await drained({
    nodes: [own, karpenter, node('new', { labels: ofGroup('new') })],
    of: { nodegroupKind: 'selfManaged' },
    pods: { own: [pod('x')], k: [pod('y')], new: [pod('z')] },
  });
  expect(sent).toEqual(['cordon own', 'evict x', 'close']);
});

test.each<[string, NonNullable<Given['of']>, string]>([
  ['of EKS, as it was approved', { nodegroupKind: 'managed' }, 'a'],
  ['of eksctl, as it was approved', { nodegroupKind: 'selfManaged' }, 'own'],
  ['of eksctl, since EKS has none in the inventory', { nodegroupKind: undefined }, 'own'],
  ['of EKS, as at its first look', { nodegroupKind: undefined, steps: stepOf({ kind: 'managed' }) }, 'a'],
])('of two groups with one name only the one is drained that is %s', async (_, of, name) => {
  const own = node('own', { labels: { 'alpha.eksctl.io/nodegroup-name': 'legacy' } });
  const nodes = [node('a'), own, node('new', { labels: ofGroup('new') })];
  const { sent, kept } = await drained({ nodes, of, pods: { a: [pod('x')], own: [pod('x')] } });
  expect(sent).toEqual([`cordon ${name}`, 'evict x', 'close']);
  expect((await kept())?.detail).toMatchObject({ kind: name === 'a' ? 'managed' : 'selfManaged' });
});

test('a node that an earlier drain had cordoned, and that is in use again, is drained like the others', async () => {
  const nodes = [node('a', { cordonedBy: 'drain-nodes-other' }), node('new', { labels: ofGroup('new') })];
  expect((await drained({ nodes, pods: { a: [pod('x')] } })).sent).toEqual(['cordon a', 'evict x', 'close']);
  const ours = [node('a', { cordonedBy: ID }), node('new', { labels: ofGroup('new') })];
  const takenBack = await drained({ nodes: ours, pods: { a: [pod('x')] } });
  expect([takenBack.sent, takenBack.status, takenBack.codes]).toEqual([['close'], 'failed', ['DrainUncordoned']]);
});

test('an eviction that gets no answer leaves what was answered before it, and comes after the others the next time', async () => {
  const lost = {
    w: budget,
    get x(): EvictionAnswer {
      throw new ClusterAccessError('ClusterUnreachable', 'socket hang up');
    },
  };
  const pods = { a: [pod('w'), pod('x'), pod('y')] };
  const { status, codes, isMutated, kept } = await drained({ pods, answers: lost });
  expect([status, codes, isMutated]).toEqual(['parked', ['ClusterUnreachable'], true]);
  const { detail } = (await kept()) ?? {};
  expect(detail?.pods).toMatchObject({ 'uid-w': { answer: 'budget' }, 'uid-x': { answer: 'busy', tries: 1 } });
  const steps = stepOf({ ...detail, nodes: { a: { begunAt: NOON.toISOString() } } });
  const nodes = [begun('a'), node('new', { labels: ofGroup('new') })];
  const next = await drained({ nodes, of: { mutated: true, steps }, pods, answers: lost });
  expect(next.sent[0]).toBe('evict y');
});

describe('what stands in the way is told', () => {
  const at = (seconds: number) => new Date(NOON.getTime() - seconds * 1000).toISOString();
  const remembering = (since: string, told: readonly string[]) => {
    const pods = { 'uid-x': { since, retryAt: NOON.toISOString(), tries: 1, answer: 'budget' } };
    return { mutated: true, steps: stepOf({ told, pods, nodes: { a: { begunAt: since } } }) };
  };
  const told = async (of: ReturnType<typeof remembering>, answer: EvictionAnswer = budget) => {
    const nodes = [begun('a'), node('new', { labels: ofGroup('new') })];
    const left = [cordonOf('a')];
    const result = await drained({ nodes, left, of, pods: { a: [pod('x')] }, answers: { x: answer } });
    return { events: result.told.filter(({ type }) => type === 'DrainBlocked'), kept: (await result.kept())?.detail };
  };

  test('once it has stood there for twenty seconds, with all that it is about', async () => {
    const { events, kept } = await told(remembering(at(20), []));
    expect(events).toMatchObject([
      { detail: { cluster: expect.stringContaining('web'), nodegroup: 'legacy', upgradeId: ID } },
    ]);
    expect(kept).toMatchObject({ told: ['uid-x'] });
  });

  test.each<[string, Parameters<typeof told>]>([
    ['before that', [remembering(at(19), [])]],
    ['a second time', [remembering(at(60), ['uid-x'])]],
    ['of a pod that goes', [remembering(at(60), []), { type: 'accepted' }]],
  ])('and not %s', async (_, args) => {
    expect((await told(...args)).events).toEqual([]);
  });

  test.each<[string, EvictionAnswer, number]>([
    ['several budgets', { type: 'severalBudgets', message: 'more than one PodDisruptionBudget' }, 20],
    ['a budget that names a long time', { ...budget, retryAfterSeconds: 300 }, 20],
    ['a budget that is asked again sooner', budget, 10],
  ])('within a minute, however late it is asked again: %s', async (_, x, seconds) => {
    expect((await drained({ pods: { a: [pod('x')] }, answers: { x } })).waitSeconds).toBe(seconds);
  });

  test('by name also while others go on, and so does its status', async () => {
    const late = { uid: 'uid-x', since: at(60), retryAt: at(-60) };
    const pods = { [late.uid]: { ...late, tries: 1, answer: 'budget', message: budget.message } };
    const nodes = { a: { begunAt: at(60) }, b: { begunAt: at(60) } };
    const many = Array.from({ length: 30 }, (_, index) => pod(`y${index}`));
    const result = await drained({
      nodes: [begun('a'), begun('b'), node('new', { labels: ofGroup('new') })],
      of: { mutated: true, steps: stepOf({ told: [], pods, nodes }) },
      pods: { a: [pod('x')], b: many },
      secondsEach: 1,
    });
    expect(result.codes).toEqual(['DrainBudget', 'Draining']);
    const [event] = result.told.filter(({ type }) => type === 'DrainBlocked');
    const budgetOfX = { code: 'DrainBudget', message: expect.stringContaining('shop/x') };
    expect(event?.detail).toMatchObject({ reasons: [budgetOfX, { code: 'Draining' }] });
  });

  test('not while the drain stands still: once it goes on', async () => {
    const control = { stopped: true, by: 'ann', at: NOON.toISOString(), reason: 'look' };
    const given = { nodes: [begun('a'), node('new', { labels: ofGroup('new') })], pods: { a: [pod('x')] } };
    const stopped = await drained({ ...given, of: remembering(at(60), []), kept: { control } });
    expect([stopped.codes, stopped.told.filter(({ type }) => type === 'DrainBlocked')]).toEqual([['FleetStopped'], []]);
  });

  test('a pod that was let go is forgotten, and is news again when it stands in the way again', async () => {
    expect((await told(remembering(at(60), ['uid-x']), { type: 'accepted' })).kept).toMatchObject({ told: [] });
  });
});

test.each([
  ['looked as often', { poll: 1_499 }, { poll: 1_500 }],
  ['run as long', { hours: 22.9 }, { hours: 23 }],
])('an execution that has %s as one may leaves the rest to the next one', async (_, before, then) => {
  const given = { pods: { a: [pod('x')] }, answers: { x: budget } };
  expect((await drained({ ...given, ...before })).status).toBe('wait');
  const { status, result } = await drained({ ...given, ...then });
  expect([status, result.status === 'parked' && result.resumeAt]).toEqual(['parked', NOON.toISOString()]);
});

test('a drain is done only when the nodes that were empty are read again, and are empty', async () => {
  const at = new Date(NOON.getTime() - 60_000).toISOString();
  const memory = { told: [], pods: {}, nodes: { a: { begunAt: at, drainedAt: at } }, lastDrainedAt: at };
  const given = {
    nodes: [begun('a'), node('new', { labels: ofGroup('new') })],
    of: { mutated: true, steps: stepOf(memory) },
  };
  expect((await drained(given)).status).toBe('done');
  const { status, sent } = await drained({ ...given, pods: { a: [pod('back')] }, answers: { back: budget } });
  expect([status, sent]).toEqual(['wait', ['evict back', 'close']]);
});

test('the nodes of a large group are read again a hundred at each look, and those that came after a pod that is back once more', async () => {
  const at = new Date(NOON.getTime() - 60_000).toISOString();
  const names = Array.from({ length: 250 }, (_, index) => `n${`${index}`.padStart(3, '0')}`);
  const nodes = [...names.map(begun), node('new', { labels: ofGroup('new') })];
  const memory = {
    ...{ told: [], pods: {}, lastDrainedAt: at },
    nodes: Object.fromEntries(names.map((name) => [name, { begunAt: at, drainedAt: at }])),
  };
  const look = async (detail: object, more: Given = {}) => {
    const { status, listed, kept } = await drained({ nodes, of: { mutated: true, steps: stepOf(detail) }, ...more });
    return { status, most: Math.max(...listed.map((each) => each.length)), detail: (await kept())?.detail ?? {} };
  };
  const looks = [await look(memory)];
  for (let tried = 1; tried < 3; tried += 1) looks.push(await look(looks.at(-1)?.detail ?? {}));
  expect(looks.map(({ status, most }) => [status, most])).toEqual([
    ['wait', 101],
    ['wait', 101],
    ['done', 51],
  ]);
  const back = { pods: { n150: [pod('back')] }, answers: { back: budget } };
  const { status, detail } = await look(looks[0]?.detail ?? {}, back);
  expect([status, detail]).toEqual(['wait', expect.not.objectContaining({ lookedTo: expect.anything() })]);
});

describe('the count of nodes that are down', () => {
  const down = node('down', { labels: ofGroup('new'), ready: false });
  const nodes = (...more: DrainNode[]) => [node('a'), node('new', { labels: ofGroup('new') }), ...more];
  const pods = { a: [pod('x')] };

  test('leaves no room for another one, whoever took them down, and others may have the grant until they are back', async () => {
    const { sent, status, codes, result } = await drained({ nodes: nodes(down), pods });
    expect([sent, status, codes]).toEqual([['close'], 'parked', ['DrainNoRoom']]);
    expect(result).toMatchObject({ resumeAt: new Date(NOON.getTime() + 600_000).toISOString() });
  });

  test('leaves out what another drain has emptied, and has succeeded with', async () => {
    const emptied = node('old', { labels: ofGroup('older'), unschedulable: true, cordonedBy: 'drain-nodes-older' });
    const older = upgrade({
      id: 'drain-nodes-older',
      machine: 'drain-nodes',
      status: 'Succeeded',
      steps: { 'drain-nodes/older': { status: 'done', startedAt: NOON.toISOString(), reasons: [] } },
    });
    const own = upgrade({ id: ID, machine: 'drain-nodes', to: '1.36', rolloutId: undefined, waveIndex: undefined });
    expect((await drained({ nodes: nodes(emptied), pods })).codes).toEqual(['DrainNoRoom']);
    const { sent } = await drained({
      nodes: nodes(emptied),
      pods,
      kept: { upgrades: [{ ...own, nodegroupKind: 'managed' }, older] },
    });
    expect(sent).toEqual(['cordon a', 'evict x', 'close']);
  });
});

test('a stop of the fleet is heard before anything is sent', async () => {
  const control = { stopped: true, by: 'ann', at: NOON.toISOString(), reason: 'look' };
  const { sent, status, codes, undo } = await drained({ pods: { a: [pod('x')] }, kept: { control } });
  expect([sent, status, codes, await undo()]).toEqual([['close'], 'parked', ['FleetStopped'], []]);
});

test('what else is to be undone, and a cordon of its own, keep no drain waiting', async () => {
  const silence: UndoEntry = {
    ...{
      clusterKey: KEY,
      effect: 'silence',
      subject: 's',
      uid: 'u',
      upgradeId: '1.36-1.37',
      recordedAt: NOON.toISOString(),
    },
    ...{ step: 'roll-node-group', part: 'a', grantNumber: 1, alarms: [], until: NOON.toISOString() },
  };
  const { sent } = await drained({ left: [silence, cordonOf('b')], pods: { a: [pod('x')] } });
  expect(sent).toContain('cordon a');
});
