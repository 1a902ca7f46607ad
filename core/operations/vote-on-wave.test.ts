import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { operatorPorts, recordOf, toldOfWave } from '../../test/material/operations/operator-ports.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { checksOf, NOON, policyConfig } from '../../test/material/protocol/one-upgrade.ts';
import type { ApprovalRecord, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { WriteOperation } from '../ports/table.ts';
import { Waves } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { shownEntries, type Vote, voteOnWave } from './vote-on-wave.ts';

interface Given {
  readonly wave?: Partial<Wave>;
  readonly rollout?: Partial<Rollout>;
  /** A part of the policy, as YAML; no policy is applied when `undefined`. */
  readonly waves?: string | undefined;
}
const APPROVED =
  '[{ name: canary, clusters: [a] }, { name: prod, approval: { fourEyes: true, from: ["sso:*/carl", "sso:*/bob", "sso:*/ann"] } }]';

async function voted(vote: Partial<Vote> = {}, given: Given = {}, name = 'prod') {
  const { wave = {}, rollout = {}, waves = APPROVED } = given;
  const table = new MemoryTable();
  const isGone = 'waves' in given && given.waves === undefined;
  const { told, ...ports } = await operatorPorts(table, {
    policy: isGone ? undefined : policyConfig(policyWith({ name: 'p', waves })),
    rollout: rolloutItem({ waves: ['canary', 'prod'], createdBy: 'sso:1/bob', policyRevision: 'of p', ...rollout }),
    waves: [
      waveItem({ index: 0, name: 'canary' }),
      waveItem({ index: 1, name: 'prod', status: 'Pending', members: 5, excluded: 2, planHash: 'h', ...wave }),
    ],
    member: undefined,
  });
  const operations: WriteOperation[] = [];
  table.beforeTransact = (each) => operations.push(...each);
  const result = await voteOnWave(ports, 'r', name, { decision: 'Approved', by: 'sso:1/carl', ...vote });
  return {
    result,
    told,
    checks: checksOf(operations),
    stored: (await load(table, Waves, 'r', 1))?.data,
    record: await recordOf(table, 'rollout/r'),
  };
}
const word: ApprovalRecord = {
  decision: 'Approved',
  principal: 'sso:1/carl',
  at: NOON.toISOString(),
  planHash: 'h',
  clusters: 3,
};

test.each<[Partial<Vote>, Partial<ApprovalRecord>, string]>([
  [{}, {}, 'sso:1/carl'],
  [{ comment: 'looks good' }, { comment: 'looks good' }, 'sso:1/carl: looks good'],
  [{ planHash: 'h' }, {}, 'sso:1/carl'],
  [{ decision: 'Rejected', by: 'sso:1/bob' }, { decision: 'Rejected', principal: 'sso:1/bob' }, 'sso:1/bob'],
])('what somebody says of a wave is kept with its plan, on record, and told: %j', async (vote, more, said) => {
  const { result, stored, record, told, checks } = await voted(vote);
  const expected = { ...word, ...more };
  expect(result.approvals).toStrictEqual([expected]);
  expect(stored?.approvals).toEqual([expected]);
  expect(checks).toEqual(['CONFIG UpgradePolicy#p 1', 'ROLLOUT#r ROLLOUT 1']);
  const { decision, principal } = expected;
  expect(record).toEqual([{ event: `Wave${decision}`, principal, detail: { wave: 'prod', index: 1, ...expected } }]);
  const reasons = [{ code: decision, message: said }];
  expect(told).toEqual(toldOfWave({ wave: 'prod', status: 'Pending', about: 'approval', reasons }));
});

test('who may not approve for four eyes takes their own rejection back, which counts for nothing else, and is on record', async () => {
  const other = { ...word, principal: 'sso:1/carl' };
  const approvals = [other, { ...word, principal: 'sso:1/bob', decision: 'Rejected' as const }];
  const { result, stored, record, told } = await voted({ by: 'sso:2/Bob', comment: 'mended' }, { wave: { approvals } });
  expect([result.decision, result.approvals, stored?.approvals]).toEqual(['Withdrawn', [other], [other]]);
  expect(stored).not.toHaveProperty('decision');
  const principal = 'sso:2/Bob';
  const detail = { ...word, principal, decision: 'Withdrawn', comment: 'mended', wave: 'prod', index: 1 };
  expect(record).toEqual([{ event: 'WaveRejectionWithdrawn', principal, detail }]);
  const reasons = [{ code: 'Withdrawn', message: 'sso:2/Bob: mended' }];
  expect(told).toEqual(toldOfWave({ wave: 'prod', status: 'Pending', about: 'approval', reasons }));
});

test.each<[string, Partial<ApprovalRecord>, Partial<Vote>]>([
  ['whose rejection was of another plan', { planHash: 'older' }, {}],
  ['of whom somebody else has rejected it', { principal: 'sso:1/carl' }, {}],
  ['who has approved it before the four eyes were asked for', { decision: 'Approved' }, {}],
  ['who may approve no more at all', { principal: 'sso:1/eve' }, { by: 'sso:1/eve' }],
])('nobody takes a rejection back %s', async (_, more, vote) => {
  const approvals = [{ ...word, principal: 'sso:1/bob', decision: 'Rejected' as const, ...more }];
  await expect(voted({ by: 'sso:1/bob', ...vote }, { wave: { approvals } })).rejects.toMatchObject({
    name: 'NotAllowed',
  });
});

test('who approves what somebody else has rejected hears that it stays so', async () => {
  const approvals = [{ ...word, principal: 'sso:1/bob', decision: 'Rejected' as const, comment: 'not now' }];
  const { result } = await voted({}, { wave: { approvals } });
  expect(result.lacking).toMatch(/^The wave prod was rejected by sso:1\/bob at .*: not now\. /);
  expect((await voted()).result.lacking).toBeUndefined();
  expect((await voted({ decision: 'Rejected' })).result.lacking).toBeUndefined();
});

test('who approves what more people have to agree to, or who takes a rejection back, hears how much is lacking', async () => {
  const waves = '[{ name: canary, clusters: [a] }, { name: prod, approval: { approvals: 2, fourEyes: true } }]';
  const run = 'Another person runs: liftlock approve r prod';
  expect((await voted({}, { waves })).result.lacking).toBe(`The wave prod has 1 of 2 approvals. ${run}`);
  const approvals = [{ ...word, principal: 'sso:1/eve' }];
  expect((await voted({}, { waves, wave: { approvals } })).result.lacking).toBeUndefined();
  const rejected = [{ ...word, principal: 'sso:1/bob', decision: 'Rejected' as const }];
  const { result } = await voted({ by: 'sso:1/bob' }, { waves, wave: { approvals: rejected } });
  expect(result).toMatchObject({ decision: 'Withdrawn', lacking: `The wave prod has 0 of 2 approvals. ${run}` });
});

test('an approval says until when it counts, of a wave that has begun, and of a no, nothing does', async () => {
  const waves = '[{ name: canary, clusters: [a] }, { name: prod, approval: { expiresAfter: 24h } }]';
  const until = async (vote: Partial<Vote>, wave: Partial<Wave> = {}) =>
    (await voted(vote, { waves, wave })).result.holdsUntil;
  expect(await until({})).toBe(new Date(NOON.getTime() + 24 * 3_600_000).toISOString());
  expect(await until({ decision: 'Rejected' })).toBeUndefined();
  expect(await until({}, { status: 'Open', startedAt: NOON.toISOString() })).toBeUndefined();
  expect((await voted()).result.holdsUntil).toBeUndefined();
  // The policy may have another time by then, so the wave keeps none.
  expect((await voted({}, { waves })).stored).not.toHaveProperty('holdsUntil');
});

test('an approval that others precede says until when as many count as the wave asks for', async () => {
  const waves = '[{ name: canary, clusters: [a] }, { name: prod, approval: { approvals: 2, expiresAfter: 24h } }]';
  const given = (hoursAgo: number, principal: string): ApprovalRecord => {
    return { ...word, principal, at: new Date(NOON.getTime() - hoursAgo * 3_600_000).toISOString() };
  };
  const until = async (...approvals: ApprovalRecord[]) =>
    (await voted({}, { waves, wave: { approvals } })).result.holdsUntil;
  const inHours = (hours: number) => new Date(NOON.getTime() + hours * 3_600_000).toISOString();
  expect(await until(given(20, 'sso:1/dora'))).toBe(inHours(4));
  expect(await until(given(20, 'sso:1/dora'), given(6, 'sso:1/erin'))).toBe(inHours(18));
  // Its own earlier vote no longer counts, nor does one that has expired or is for another plan.
  expect(await until(given(20, word.principal))).toBeUndefined();
  expect(await until(given(25, 'sso:1/dora'))).toBeUndefined();
  expect(await until({ ...given(20, 'sso:1/dora'), planHash: 'other' })).toBeUndefined();
});

test('of each person the newest word is kept, and nobody pushes out what another one said', async () => {
  const rejected = { ...word, principal: 'sso:1/dora', decision: 'Rejected' as const };
  const before = [
    rejected,
    ...Array.from({ length: 98 }, (_, number) => ({ ...word, principal: `sso:1/${number}` })),
    word,
  ];
  const { result } = await voted({}, { wave: { approvals: before } });
  expect(result.approvals).toHaveLength(100);
  expect(result.approvals?.slice(0, 1)).toEqual([rejected]);
  expect(result.approvals?.at(-1)).toEqual(word);
  const others = Array.from({ length: 100 }, (_, number) => ({ ...word, principal: `sso:1/${number}` }));
  await expect(voted({}, { wave: { approvals: others } })).rejects.toThrow(
    '100 people have judged the wave prod, and no more are kept. To have nothing new start: liftlock rollout pause r',
  );
});

test('whoever rejects after a hundred others is heard: the oldest approval gives way, and no rejection', async () => {
  const rejected = { ...word, principal: 'sso:1/dora', decision: 'Rejected' as const };
  const others = Array.from({ length: 99 }, (_, number) => ({ ...word, principal: `sso:1/${number}` }));
  const last = { decision: 'Rejected' } as const;
  const { result } = await voted(last, { wave: { approvals: [rejected, ...others] } });
  expect(result.approvals?.map(({ principal }) => principal)).toEqual([
    'sso:1/dora',
    ...others.slice(1).map(({ principal }) => principal),
    'sso:1/carl',
  ]);
  const rejections = others.map((one) => ({ ...one, decision: 'Rejected' as const }));
  await expect(voted(last, { wave: { approvals: [rejected, ...rejections] } })).rejects.toThrow('no more are kept');
});

test('a wave that is open can be voted on; one that the policy gives up before it begins has nobody in it', async () => {
  expect((await voted({}, { wave: { status: 'Open' } })).stored?.approvals).toHaveLength(1);
  const renamed = '[{ name: canary, clusters: [a] }, { name: production, approval: {} }]';
  await expect(voted({}, { waves: renamed })).rejects.toThrow('The wave prod asks for no approval');
});

const ended = { status: 'Completed', members: 3, succeeded: 1 } as const;
test('a wave that has ended can be voted on while clusters of it are set aside, for these ask again when they go', async () => {
  expect((await voted({}, { wave: { ...ended, quarantined: 1 } })).stored?.approvals).toHaveLength(1);
  expect((await voted({}, { wave: { ...ended, members: 4 } })).stored?.approvals).toHaveLength(1);
  await expect(voted({}, { wave: ended })).rejects.toThrow('only one that has not ended');
});

test.each(['blocked', 'failed'])(
  'a wave whose rollout has ended can be voted on while a cluster of it is %s, for a retry begins it there',
  async (how) => {
    const wave = { ...ended, status: 'CompletedWithFailures', succeeded: 2, [how]: 1 } as const;
    const rollout = { status: 'CompletedWithFailures' } as const;
    expect((await voted({ decision: 'Rejected' }, { wave, rollout })).stored?.approvals).toHaveLength(1);
    await expect(voted({}, { wave, rollout: { status: 'Aborted' } })).rejects.toThrow('nothing begins in it any more');
  },
);

const noApproval = 'The wave prod asks for no approval: its policy says none.';
test.each<[string, Partial<Vote>, Given, string, string]>([
  [
    'its rollout has ended',
    {},
    { rollout: { status: 'Completed' } },
    'WrongState',
    'The rollout r is Completed: nothing begins in it any more, whatever is said of its waves.',
  ],
  ['its policy asks for nothing', {}, { waves: '[{ name: prod }]' }, 'WrongState', noApproval],
  ['its policy is gone', {}, { waves: undefined }, 'WrongState', noApproval],
  [
    'its policy asks for nothing that could be rejected',
    { decision: 'Rejected' },
    { waves: '[{ name: prod }]' },
    'WrongState',
    `${noApproval} To have nothing new start: liftlock rollout pause r`,
  ],
  [
    'it has ended',
    {},
    { wave: { status: 'Soaking', members: 3, succeeded: 1 } },
    'WrongState',
    'The wave prod is Soaking; only one that has not ended can be judged.',
  ],
  [
    'it has no plan yet',
    {},
    { wave: { planHash: undefined } },
    'WrongState',
    'The wave prod has no plan that could be approved yet; look again in a minute.',
  ],
  [
    'its plan has changed since',
    { planHash: 'older' },
    {},
    'PlanChanged',
    'The plan of the wave prod has changed since you looked: it is h now. Look again: liftlock describe rollout r',
  ],
  [
    'the requester would approve',
    { by: 'sso:1/bob' },
    {},
    'NotAllowed',
    'sso:1/bob created the rollout, and somebody else has to approve (fourEyes).',
  ],
  [
    'the author of its policy would approve',
    { by: 'sso:1/ann' },
    {},
    'NotAllowed',
    'sso:1/ann applied the policy or its Channel, and somebody else has to approve (fourEyes).',
  ],
  [
    'the author of the plan with which it opened would approve it under a later policy',
    { by: 'sso:1/carl' },
    { wave: { status: 'Open', openedAt: '2026-11-19T00:00:00.000Z', planAuthors: ['sso:1/carl'] } },
    'NotAllowed',
    'sso:1/carl applied the policy or its Channel, and somebody else has to approve (fourEyes).',
  ],
  [
    'somebody who is not named approves',
    { by: 'sso:1/eve' },
    {},
    'NotAllowed',
    'sso:1/eve is not among those who may approve: sso:*/carl, sso:*/bob, sso:*/ann.',
  ],
  [
    'somebody who is not named rejects',
    { by: 'sso:1/eve', decision: 'Rejected' },
    {},
    'NotAllowed',
    'sso:1/eve is not among those who may approve: sso:*/carl, sso:*/bob, sso:*/ann.',
  ],
])('nobody’s word is taken of a wave where %s', async (_, vote, given, name, message) => {
  await expect(voted(vote, given)).rejects.toMatchObject({ name, message });
});

test('what is refused says in data what is in the way', async () => {
  await expect(voted({ planHash: 'older' })).rejects.toMatchObject({ details: { planHash: 'h' } });
  await expect(voted({ by: 'sso:1/eve' })).rejects.toMatchObject({
    details: { reasons: [{ code: 'NotAnApprover' }] },
  });
});

test('a wave that the rollout does not have is not voted on, and those that it has are named', async () => {
  await expect(voted({}, {}, 'x'.repeat(101))).rejects.toMatchObject({
    name: 'WaveNotFound',
    message: `The rollout r has no wave ${'x'.repeat(100)}; it has canary, prod.`,
  });
});

test('a plan that was made under another policy is not approved, and may be rejected', async () => {
  const rollout = { policyRevision: 'of the one before' };
  await expect(voted({}, { rollout })).rejects.toMatchObject({
    name: 'PlanChanged',
    message: expect.stringContaining('is planned anew within a minute'),
  });
  await expect(voted({}, { rollout: { ...rollout, status: 'Halted' } })).rejects.toThrow(
    'is planned anew once its rollout goes on, which is halted. First: liftlock rollout resume r',
  );
  expect((await voted({ decision: 'Rejected' }, { rollout })).stored?.approvals).toHaveLength(1);
  // A wave that has begun keeps its plan.
  expect((await voted({}, { rollout, wave: { status: 'Open' } })).stored?.approvals).toHaveLength(1);
});

test('what was shown of a large wave is told in several entries, each member once', () => {
  const shown = Array.from({ length: 1_001 }, (_, index) => ({
    ...{ clusterKey: `k${index}`, to: '1.37', verdict: 'ready' as const, scannedAt: null, findings: 0 },
  }));
  const entries = shownEntries('r', 'prod', 'ana', shown);
  const parts = entries.map(({ detail }) => (detail as { members: typeof shown }).members);
  expect(parts.map(({ length }) => length)).toEqual([500, 500, 1]);
  expect(parts.flat()).toEqual(shown);
  expect(shownEntries('r', 'prod', 'ana', [])).toEqual([]);
});
