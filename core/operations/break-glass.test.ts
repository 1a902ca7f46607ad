import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { isDirty, operatorPorts, recordOf } from '../../test/material/operations/operator-ports.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { checksOf, cluster, KEY, NOON, policyConfig } from '../../test/material/protocol/one-upgrade.ts';
import type { BreakGlass } from '../contracts/items/break-glass.ts';
import type { Rollout } from '../contracts/items/rollout.ts';
import type { WriteOperation } from '../ports/table.ts';
import { ClusterControls, Waves } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { breakGlassOfCluster, breakGlassOfWave, mendGlassOfCluster, mendGlassOfWave } from './break-glass.ts';

const HOUR = 3_600_000;
const at = (hours: number): string => new Date(NOON.getTime() + hours * HOUR).toISOString();
const [ANN, BOB, EVE] = ['sso:1/ann', 'sso:1/bob', 'sso:1/eve'];
const held = { reason: { code: 'UpdateFailed' as const, message: 'x' }, since: at(-1) };
const glass = (...people: readonly string[]): BreakGlass => ({
  reason: 'incident',
  until: at(2),
  by: people.map((principal) => ({ principal, at: at(-1) })),
});

interface Given {
  readonly glass?: BreakGlass | undefined;
  /** A part of the policy; `undefined` when it has none. */
  readonly rule?: { readonly fourEyes?: boolean; readonly from?: readonly string[] };
  readonly policy?: 'selects' | 'selects others' | 'is gone';
  readonly rollout?: Partial<Rollout>;
  /** For the wave; an order is kept with the wave of that moment. */
  readonly planHash?: string;
}

type Of = 'cluster' | 'wave';
async function world(of: Of, { glass: kept, rule, policy = 'selects', rollout = {}, planHash }: Given) {
  const table = new MemoryTable();
  const base = policyWith({ name: 'p', ...(policy === 'selects others' && { selector: '{ matchLabels: { a: b } }' }) });
  const document = { ...base, spec: { ...base.spec, ...(rule && { breakGlass: { fourEyes: false, ...rule } }) } };
  const { told, ...ports } = await operatorPorts(table, {
    policy: policy === 'is gone' ? undefined : policyConfig(document),
    rollout: rolloutItem(rollout),
    waves: [waveItem({ ...(planHash && { planHash }), ...(of === 'wave' && kept && { breakGlass: kept }) })],
    clusterControl: { clusterKey: KEY, held, ...(of === 'cluster' && kept && { breakGlass: kept }) },
    member: undefined,
  });
  const operations: WriteOperation[] = [];
  table.beforeTransact = (each) => operations.push(...each);
  return {
    ports,
    left: async () => ({
      told,
      checks: checksOf(operations),
      control: (await load(table, ClusterControls, KEY))?.data,
      wave: (await load(table, Waves, 'r', 0))?.data,
      record: [...(await recordOf(table, KEY)), ...(await recordOf(table, 'rollout/r'))],
      isDirty: await isDirty(table),
    }),
  };
}

async function broken(of: Of, by: string, given: Given = {}, reason = 'incident') {
  const { ports, left } = await world(of, given);
  const order = { by, reason, milliseconds: HOUR };
  const answer =
    of === 'cluster'
      ? await breakGlassOfCluster(ports, cluster, order)
      : await breakGlassOfWave(ports, 'r', 'all', order);
  return { answer, ...(await left()) };
}

async function mended(of: Of, given: Given = {}) {
  const { ports, left } = await world(of, given);
  const answer =
    of === 'cluster'
      ? await mendGlassOfCluster(ports, cluster, ANN, 'it is over')
      : await mendGlassOfWave(ports, 'r', 'all', ANN, 'it is over');
  return { answer, ...(await left()) };
}

test('one person breaks the glass of a cluster where the policy asks for no second one', async () => {
  const { answer, control, record, told, isDirty: marked } = await broken('cluster', ANN);
  const [until, by] = [at(1), [ANN]];
  expect(answer).toEqual({
    of: 'cluster 111122223333.eu-central-1.web',
    status: 'Opened',
    until,
    reason: 'incident',
    by,
    peopleNeeded: 1,
  });
  const kept = { reason: 'incident', until, by: [{ principal: ANN, at: at(0) }] };
  expect(control).toEqual({ clusterKey: KEY, held, breakGlass: kept });
  expect(record).toEqual([{ event: 'BreakGlassOpened', principal: ANN, detail: answer }]);
  const change = expect.any(String);
  expect(told).toEqual([
    {
      type: 'BreakGlassChanged',
      detail: {
        version: 1,
        change,
        of: 'cluster 111122223333.eu-central-1.web',
        status: 'Opened',
        by: ANN,
        reason: 'incident',
        until,
      },
    },
  ]);
  expect(marked).toBe(true);
});

test('the glass of a wave is broken for the plan that it has, as long as its policy stays as it is', async () => {
  const { answer, wave, checks, record } = await broken('wave', ANN, { planHash: 'h' });
  expect(answer).toMatchObject({ of: 'wave all of r', status: 'Opened' });
  expect(wave?.breakGlass).toEqual({
    reason: 'incident',
    until: at(1),
    planHash: 'h',
    by: [{ principal: ANN, at: at(0) }],
  });
  expect(checks).toEqual(['CONFIG UpgradePolicy#p 1']);
  expect(record).toMatchObject([{ event: 'BreakGlassOpened', principal: ANN }]);
  expect((await broken('wave', ANN)).wave?.breakGlass).not.toHaveProperty('planHash');
});

const fourEyes = { fourEyes: true };
const both: readonly Of[] = ['cluster', 'wave'];

test.each<[string, Given, string, object]>([
  ['the first of two asks', { rule: fourEyes }, ANN, { status: 'Requested', until: at(1), by: [ANN] }],
  [
    'the second agrees to what was asked, for as long as that was',
    { rule: fourEyes, glass: glass(ANN) },
    BOB,
    { status: 'Opened', until: at(2), by: [ANN, BOB], reason: 'incident' },
  ],
  [
    'the first asks once more',
    { rule: fourEyes, glass: glass(ANN) },
    ANN,
    { status: 'Requested', until: at(2), by: [ANN] },
  ],
  [
    'the second comes when the time is over, and is the first of a new order',
    { rule: fourEyes, glass: { ...glass(ANN), until: at(0) } },
    BOB,
    { status: 'Requested', until: at(1), by: [BOB], reason: 'another' },
  ],
  [
    'somebody asks anew where it is open already',
    { glass: glass(ANN) },
    BOB,
    { status: 'Opened', until: at(1), by: [BOB], reason: 'another' },
  ],
])('where %s', async (_, given, by, expected) => {
  for (const of of both) expect((await broken(of, by, given, 'another')).answer).toMatchObject(expected);
});

test.each<[string, string, string, object]>([
  ['the second person agrees in words of their own', BOB, 'looks right', { comment: 'looks right' }],
  ['the second person agrees in the same words', BOB, 'incident', {}],
  ['the first asks once more for something else', ANN, 'another', { comment: 'another' }],
])(
  'where %s, audit and event carry the reason of the order and those words beside it',
  async (_, by, said, comment) => {
    for (const of of both) {
      const { answer, record, told } = await broken(of, by, { rule: fourEyes, glass: glass(ANN) }, said);
      const status = by === BOB ? 'Opened' : 'Requested';
      const truth = { status, reason: 'incident', until: at(2), ...comment };
      expect(answer).toMatchObject({ ...truth, keptSince: at(-1) });
      expect(record).toEqual([{ event: `BreakGlass${status}`, principal: by, detail: answer }]);
      const change = expect.any(String);
      expect(told[0]?.detail).toStrictEqual({ version: 1, change, of: answer.of, ...truth, by });
    }
  },
);

test('who asks once more keeps the time at which they asked first, and is told of it', async () => {
  const [since, again] = [at(-2), at(-1)];
  const asked: BreakGlass = {
    ...glass(),
    by: [
      { principal: ANN, at: since },
      { principal: BOB, at: again },
    ],
  };
  for (const of of both) {
    const { answer, control, wave } = await broken(of, 'sso:2/Ann', {
      rule: { ...fourEyes, from: ['sso:*/ann'] },
      glass: asked,
    });
    expect(answer).toMatchObject({ status: 'Requested', keptSince: since });
    const kept = (of === 'cluster' ? control : wave)?.breakGlass;
    expect(kept?.by).toEqual([
      { principal: 'sso:2/Ann', at: since },
      { principal: BOB, at: again },
    ]);
  }
});

test('who asks for what nobody has asked for before is told of no order that was kept', async () => {
  for (const given of [
    { rule: fourEyes },
    { glass: glass(ANN) },
    { rule: fourEyes, glass: { ...glass(ANN), until: at(0) } },
  ]) {
    const { answer } = await broken('cluster', BOB, given, 'another');
    expect(answer.reason).toBe('another');
    expect(answer).not.toHaveProperty('keptSince');
    expect(answer).not.toHaveProperty('comment');
  }
});

test('who agrees says it of the plan that was asked for, and else begins anew', async () => {
  const asked = { ...glass(ANN), planHash: 'older' };
  const { answer, wave } = await broken('wave', BOB, { rule: fourEyes, glass: asked, planHash: 'h' });
  expect(answer).toMatchObject({ status: 'Requested', by: [BOB] });
  expect(wave?.breakGlass?.planHash).toBe('h');
});

test('one person who asks anew does not end what two have opened, and is told so', async () => {
  const given = { rule: fourEyes, glass: glass(ANN, BOB) };
  await expect(broken('cluster', EVE, given)).rejects.toMatchObject({
    name: 'WrongState',
    message: `The glass of cluster 111122223333.eu-central-1.web is broken until ${at(2)}, and one person cannot ask anew without ending that: end it first (--end).`,
  });
  await expect(broken('wave', EVE, given)).rejects.toMatchObject({ name: 'WrongState' });
  const ofOlder = { ...given, glass: { ...glass(ANN, BOB), planHash: 'older' }, planHash: 'h' };
  expect((await broken('wave', EVE, ofOlder)).answer.status).toBe('Requested');
});

test('nobody breaks the glass whom the policy does not name', async () => {
  for (const [of, what] of [
    ['cluster', 'cluster 111122223333.eu-central-1.web'],
    ['wave', 'wave all of r'],
  ] as const)
    await expect(broken(of, EVE, { rule: { from: ['sso:*/ann', 'sso:*/bob'] } })).rejects.toMatchObject({
      name: 'NotAllowed',
      message: `${EVE} is not among those who may break the glass for ${what}: sso:*/ann, sso:*/bob.`,
    });
  await expect(broken('cluster', 'unknown')).rejects.toMatchObject({ name: 'NotAllowed' });
});

test('there is no glass where no policy selects a cluster, and none where a rollout has ended', async () => {
  await expect(broken('cluster', ANN, { policy: 'selects others' })).rejects.toMatchObject({
    name: 'WrongState',
    message: expect.stringContaining('No policy selects web, so that nobody has said who may break its glass'),
  });
  await expect(broken('wave', ANN, { rollout: { status: 'Aborted' } })).rejects.toMatchObject({
    name: 'WrongState',
    message: 'The rollout r is Aborted: nothing begins in it any more.',
  });
});

test('there is no glass of a cluster that was deleted, and an order that was given before can be ended', async () => {
  const deleted = { ...cluster, deletedAt: at(-1) };
  const { ports } = await world('cluster', { glass: glass(ANN) });
  await expect(
    breakGlassOfCluster(ports, deleted, { by: ANN, reason: 'incident', milliseconds: HOUR }),
  ).rejects.toMatchObject({ name: 'ClusterGone', message: `The cluster web was deleted (seen ${at(-1)}).` });
  expect(await mendGlassOfCluster(ports, deleted, ANN, 'it is over')).toMatchObject({ status: 'Ended' });
});

test('an order for a wave whose policy is gone is anybody’s', async () => {
  expect((await broken('wave', EVE, { policy: 'is gone' })).answer.status).toBe('Opened');
});

test.each<[string, Of, Given]>([
  ['a cluster', 'cluster', {}],
  ['a wave', 'wave', {}],
  ['a cluster that no policy selects any more', 'cluster', { policy: 'selects others' }],
  ['a wave of a rollout that has ended', 'wave', { rollout: { status: 'Completed' } }],
])('an order is ended early, and nothing is left of it: %s', async (_, of, given) => {
  const { answer, control, wave, record, told } = await mended(of, { ...given, glass: glass(ANN) });
  const what = of === 'cluster' ? 'cluster 111122223333.eu-central-1.web' : 'wave all of r';
  expect(answer).toEqual({ of: what, status: 'Ended', until: null, reason: null, by: [], peopleNeeded: 1 });
  expect(control).toEqual({ clusterKey: KEY, held });
  expect(wave).not.toHaveProperty('breakGlass');
  const detail = { ...answer, reason: 'it is over' };
  expect(record).toEqual([{ event: 'BreakGlassEnded', principal: ANN, detail }]);
  expect(told).toStrictEqual([
    {
      type: 'BreakGlassChanged',
      detail: { version: 1, change: expect.any(String), of: what, status: 'Ended', by: ANN, reason: 'it is over' },
    },
  ]);
});

test.each<[string, BreakGlass | undefined, string]>([
  ['nobody asked for', undefined, 'The glass of cluster 111122223333.eu-central-1.web is not broken.'],
  [
    'is over',
    { ...glass(ANN), until: at(0) },
    `The glass of cluster 111122223333.eu-central-1.web is not broken any more: that was over at ${at(0)}.`,
  ],
])('what %s cannot be ended', async (_, kept, message) => {
  await expect(mended('cluster', { glass: kept })).rejects.toMatchObject({ name: 'WrongState', message });
});
