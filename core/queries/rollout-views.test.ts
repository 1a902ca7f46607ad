import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { keep, NOON, policyConfig } from '../../test/material/protocol/one-upgrade.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { ClusterControls, Members, Rollouts } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { listRollouts, loadRolloutDetail } from './rollout-views.ts';

const approval = '{ before: true, approvals: 1, fourEyes: false }';
const asking = policyConfig(
  policyWith({ name: 'p', waves: `[{ name: before }, { name: all, approval: ${approval} }, { name: after }]` }),
);
const approved: Wave['approvals'] = [
  { decision: 'Approved', principal: 'ann', at: NOON.toISOString(), planHash: 'hash', clusters: 1 },
];

test.each<[string, Partial<Wave>, Partial<Wave>, Partial<Rollout>, string | null]>([
  ['its turn has come', { status: 'Completed' }, {}, {}, 'all'],
  ['it was approved', { status: 'Completed' }, { approvals: approved }, {}, null],
  ['it is not its turn', { status: 'Open' }, {}, {}, null],
  ['the one before it soaks', { status: 'Soaking' }, {}, {}, null],
  ['the rollout is paused', { status: 'Completed' }, {}, { status: 'Paused' }, null],
  ['nobody in it needs work, so that it will be passed over', { status: 'Completed' }, { excluded: 1 }, {}, null],
  ['it was passed over', { status: 'Completed' }, { status: 'Skipped' }, {}, null],
])('a wave that asks for approval is waited for: %s', async (_, before, all, rollout, waits) => {
  const table = new MemoryTable();
  await keep(table, {
    policy: asking,
    rollout: rolloutItem({ id: 'r', policy: 'p', waves: ['before', 'all', 'after'], ...rollout }),
    waves: [
      waveItem({ index: 0, name: 'before', planHash: 'hash', ...before }),
      waveItem({ index: 1, name: 'all', status: 'Pending', planHash: 'hash', ...all }),
      waveItem({ index: 2, name: 'after', status: 'Pending', planHash: 'hash' }),
    ],
    member: undefined,
  });
  const [listed] = (await listRollouts(table, NOON)).items;
  expect(listed?.waitsForApproval).toBe(waits);
  expect((await loadRolloutDetail(table, 'r', NOON)).waitsForApproval).toBe(waits);
});

test.each<[Rollout['status'], string[]]>([
  ['Running', ['FleetStopped']],
  ['Paused', ['FleetStopped', 'Paused']],
  ['Aborted', ['Paused']],
])('a rollout that is %s says first that the fleet is stopped, unless it is at rest', async (status, codes) => {
  const table = new MemoryTable();
  const reasons = status === 'Running' ? [] : [reason('Paused', 'ann: lunch')];
  const conditions = [{ type: 'Progressing', status: 'True' as const, lastTransitionTime: NOON.toISOString() }];
  await keep(table, {
    ...{ policy: asking, control: { stopped: true, by: 'eve', reason: 'drill' }, member: undefined },
    rollout: rolloutItem({ id: 'r', policy: 'p', waves: ['before'], status, reasons, conditions }),
    waves: [waveItem({ index: 0, name: 'before' })],
  });
  const detail = await loadRolloutDetail(table, 'r', NOON);
  const [listed] = (await listRollouts(table, NOON)).items;
  for (const { reasons: told } of [detail, listed ?? detail]) expect(told.map(({ code }) => code)).toEqual(codes);
  const isTold = detail.conditions?.[0]?.message.includes('The fleet was stopped by eve: drill.');
  expect(isTold).toBe(status !== 'Aborted');
});

test.each<[Rollout['status'], Partial<Wave>, string[]]>([
  ['Running', {}, []],
  ['Paused', {}, ['Somebody runs: liftlock rollout resume r']],
  ['Halted', { status: 'Halted' }, ['Somebody has looked at what halted it and runs: liftlock rollout resume r']],
  [
    'Halted',
    { status: 'Halted', needWork: 2, failed: 2, maxFailures: 1 },
    ['Somebody has looked at what halted it and runs: liftlock rollout resume r --accept-failures'],
  ],
  ['Aborted', { status: 'Halted' }, []],
])('a rollout that is %s with its wave %j says how it goes on', async (status, halted, expected) => {
  const table = new MemoryTable();
  await keep(table, {
    ...{ policy: asking, member: undefined },
    rollout: rolloutItem({ id: 'r', policy: 'p', waves: ['before'], status }),
    waves: [waveItem({ index: 0, name: 'before', ...halted })],
  });
  expect((await loadRolloutDetail(table, 'r', NOON)).waysOn).toEqual(expected);
});

test('a wave that somebody has rejected is told apart from one that waits for approvals', async () => {
  const listed = async (...decisions: readonly ('Approved' | 'Rejected')[]) => {
    const table = new MemoryTable();
    const approvals = decisions.map((decision) => ({
      ...{ decision, principal: `sso:1/${decision}`, at: NOON.toISOString(), planHash: 'hash', clusters: 1 },
    }));
    await keep(table, {
      policy: asking,
      rollout: rolloutItem({ id: 'r', policy: 'p', policyRevision: 'of p', waves: ['all'] }),
      waves: [waveItem({ index: 0, name: 'all', status: 'Pending', planHash: 'hash', approvals })],
      member: undefined,
    });
    return (await listRollouts(table, NOON)).items[0];
  };
  expect(await listed()).toMatchObject({ waitsForApproval: 'all', isRejected: false });
  expect(await listed('Rejected', 'Approved')).toMatchObject({ waitsForApproval: 'all', isRejected: true });
});

test.each<[string, Partial<Wave>, string | null, string]>([
  [
    'ends after an earlier wave that a retry has opened again',
    { status: 'Open', members: 2, succeeded: 1 },
    null,
    'The wave before comes first: it has 1 of 2 clusters still open. The soak of all ends after that, and not before 2026-11-20T22:00:00.000Z.',
  ],
  ['ends at its time where none is', { status: 'Completed' }, '2026-11-20T22:00:00.000Z', 'It soaks until then.'],
])('a wave that soaks %s', async (_, before, until, said) => {
  const table = new MemoryTable();
  const soaks = { lastSuccessAt: NOON.toISOString(), reasons: [reason('Soaking', 'It soaks until then.')] };
  await keep(table, {
    policy: policyConfig(policyWith({ name: 'p', waves: '[{ name: before }, { name: all, soak: 10h }]' })),
    rollout: rolloutItem({ id: 'r', policy: 'p', waves: ['before', 'all'] }),
    waves: [
      waveItem({ index: 0, name: 'before', ...before }),
      waveItem({ index: 1, name: 'all', status: 'Soaking', ...soaks }),
    ],
    member: undefined,
  });
  const { standings, waveDetails } = await loadRolloutDetail(table, 'r', NOON);
  expect(standings?.[1]?.soakUntil).toBe(until);
  expect(waveDetails[1]?.reasons.map(({ message }) => message)).toEqual([said]);
});

test.each<[Rollout['status'], Partial<Wave>, string | null]>([
  [
    'Halted',
    { hooks: { 'a/before/wave/all': { askedSince: NOON.toISOString(), grantNumber: 0, answer: 'stop' } } },
    'all',
  ],
  ['Running', { hooks: { 'a/before/wave/all': { askedSince: NOON.toISOString(), grantNumber: 0 } } }, 'all'],
  ['Paused', { hooks: {} }, null],
  [
    'Running',
    { status: 'Completed', hooks: { 'a/after/wave/all': { askedSince: NOON.toISOString(), grantNumber: 0 } } },
    'all',
  ],
  [
    'Completed',
    { status: 'Completed', hooks: { 'a/after/wave/all': { askedSince: NOON.toISOString(), grantNumber: 0 } } },
    null,
  ],
  [
    'Running',
    { status: 'Open', hooks: { 'a/before/wave/all': { askedSince: NOON.toISOString(), grantNumber: 0 } } },
    null,
  ],
  ['Halted', {}, null],
])('a rollout that is %s is told at the wave whose hooks it waits for: %j', async (status, all, waits) => {
  const table = new MemoryTable();
  await keep(table, {
    policy: policyConfig(policyWith({ name: 'p', waves: '[{ name: before }, { name: all }]' })),
    rollout: rolloutItem({ id: 'r', policy: 'p', waves: ['before', 'all'], status }),
    waves: [
      waveItem({ index: 0, name: 'before', status: 'Completed' }),
      waveItem({ index: 1, name: 'all', status: 'Pending', ...all }),
    ],
    member: undefined,
  });
  expect((await listRollouts(table, NOON)).items[0]).toMatchObject({
    ...{ waitsForHooks: waits, currentWave: all.status === 'Open' ? 'all' : null },
  });
});

test('a cluster that has succeeded and goes back since is told as going back', async () => {
  const table = new MemoryTable();
  const { clusterKey } = clusterRecord({ name: 'web', version: '1.37' });
  await keep(table, {
    policy: asking,
    rollout: rolloutItem({ id: 'r', policy: 'p', waves: ['before'] }),
    waves: [waveItem({ index: 0, name: 'before', status: 'Undecided', succeeded: 1, goingBack: [clusterKey] })],
    member: memberItem({ clusterKey, status: 'Succeeded', reasons: [], waveIndex: 0 }),
  });
  const { members, waitsForPromotion } = await loadRolloutDetail(table, 'r', NOON);
  expect(members).toMatchObject([{ status: 'Succeeded', goesBack: true, reasons: [{ code: 'GoesBack' }] }]);
  // No one is asked for a promotion that would be refused.
  expect(waitsForPromotion).toBeNull();
});

test.each<[string, boolean, string[]]>([
  ['is held still', true, ['Held']],
  ['was released since', false, ['MemberBlocked']],
])('a member that ended because its cluster was held, which %s', async (_, isHeld, codes) => {
  const table = new MemoryTable();
  const { clusterKey } = clusterRecord({ name: 'web', version: '1.36' });
  const why = reason('Held', 'The cluster is held since then: no.');
  await keep(table, {
    policy: asking,
    rollout: rolloutItem({ id: 'r', policy: 'p', waves: ['before'] }),
    waves: [waveItem({ index: 0, name: 'before', blocked: 1 })],
    member: memberItem({ clusterKey, status: 'Blocked', reasons: [why], waveIndex: 0 }),
  });
  const held = { reason: why, since: NOON.toISOString() };
  await table.transact([put(ClusterControls, { clusterKey, ...(isHeld && { held }) }, 'absent')]);
  const { members } = await loadRolloutDetail(table, 'r', NOON);
  expect(members.map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([codes]);
});

test('a wave under way that the policy has renamed asks for what its clusters begin by now', async () => {
  const table = new MemoryTable();
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  await keep(table, {
    policy: policyConfig(policyWith({ name: 'p', waves: `[{ name: production, approval: ${approval} }]` })),
    cluster,
    rollout: rolloutItem({ id: 'r', policy: 'p', policyRevision: 'of p', waves: ['all'] }),
    waves: [waveItem({ index: 0, name: 'all', status: 'Open', planHash: 'hash' })],
    member: memberItem({ clusterKey: cluster.clusterKey, status: 'Pending', waveIndex: 0 }),
  });
  const { standings, waitsForApproval } = await loadRolloutDetail(table, 'r', NOON);
  expect(waitsForApproval).toBe('all');
  expect((await listRollouts(table, NOON)).items[0]?.waitsForApproval).toBe('all');
  expect(standings).toMatchObject([{ approvalsWanted: 1, approvalReasons: [{ code: 'ApprovalMissing' }] }]);
});

test.each<[string, Rollout['status'], Member['status'], object, boolean]>([
  ['is parked in an aborted rollout', 'Aborted', 'Parked', { inFlight: 0, leftHalfDone: 1 }, false],
  ['still runs there', 'Aborted', 'Running', { inFlight: 1, leftHalfDone: 0 }, false],
  ['is parked where the rollout goes on', 'Running', 'Parked', { inFlight: 1, leftHalfDone: 0 }, true],
])('what %s is counted as such, and a worst case is told of what still acts', async (_, of, status, counts, told) => {
  const table = new MemoryTable();
  await keep(table, {
    policy: asking,
    rollout: rolloutItem({ id: 'r', policy: 'p', status: of }),
    waves: [waveItem({ inFlight: 1, planHash: 'hash' }), waveItem({ index: 1, status: 'Soaking' })],
    member: memberItem({ status, inFlight: true }),
  });
  const [listed] = (await listRollouts(table, NOON)).items;
  const { progress, standings } = await loadRolloutDetail(table, 'r', NOON);
  expect([listed?.progress, progress]).toMatchObject([counts, counts]);
  expect(standings?.map(({ worstCase }) => worstCase !== null)).toEqual([told, told]);
  expect(standings?.some(({ soakUntil, approvalReasons }) => soakUntil !== null || approvalReasons.length > 0)).toBe(
    told,
  );
});

test('who waits says what the last scan will have it stop for, as the dry run of the rollout did', async () => {
  const table = new MemoryTable();
  const policy = policyConfig(policyWith({ name: 'p', waves: '[{ name: all }]' }));
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  const { clusterKey } = cluster;
  const causes = [{ cause: 'psp', severity: 'error' as const, findings: 1 }];
  const counts = { errors: 1, warnings: 0, infos: 0, waived: 0, read: 9, gaps: 0 };
  const scan = { ...{ scannedAt: NOON.toISOString(), from: '1.36', target: '1.37' }, ...counts, causes };
  const latest = { clusterKey, scans: [{ ...scan, verdict: 'fail' as const, dataUpdatedOn: '2026-11-01' }] };
  const members = [
    memberItem({ clusterKey, status: 'Pending', reasons: [] }),
    memberItem({ clusterKey, rolloutId: 'old', status: 'Blocked', reasons: [] }),
  ];
  await keep(table, { policy, cluster, rollout: rolloutItem({ id: 'r', policy: 'p' }), member: members[0] });
  await table.transact([
    put(LatestScanItems, latest, 'absent'),
    put(Rollouts, rolloutItem({ id: 'old', policy: 'p' }), 'absent'),
    ...members.slice(1).map((one) => put(Members, one, 'absent')),
  ]);
  const told = async (id: string) => (await loadRolloutDetail(table, id, NOON)).members.map(({ reasons }) => reasons);
  const why = { code: 'ScanFinding', message: `The scan of ${NOON.toISOString()} for 1.37 found: psp.` };
  expect(await told('r')).toEqual([[why]]);
  expect(await told('old')).toEqual([[]]);
});

test.each<[string, string, Partial<Wave>, Partial<Rollout>, object | null]>([
  ['its turn has come', '', {}, {}, { wave: 'all', clusters: 1 }],
  ['an approval comes first', `, approval: ${approval}`, {}, {}, null],
  ['the rollout is paused', '', {}, { status: 'Paused' }, null],
  ['it has opened', '', { status: 'Open' }, {}, null],
])('what keeps a wave that opens with ready clusters alone: %s', async (_, more, wave, rollout, waits) => {
  const table = new MemoryTable();
  const cluster = clusterRecord({ name: 'web', version: '1.36' });
  await keep(table, {
    policy: policyConfig(policyWith({ name: 'p', waves: `[{ name: all, requireReady: 24h${more} }]` })),
    cluster,
    rollout: rolloutItem({ id: 'r', policy: 'p', waves: ['all'], ...rollout }),
    waves: [waveItem({ index: 0, name: 'all', status: 'Pending', planHash: 'hash', ...wave })],
    member: memberItem({ clusterKey: cluster.clusterKey, status: 'Pending', waveIndex: 0 }),
  });
  const [listed] = (await listRollouts(table, NOON)).items;
  expect(listed?.waitsForReadiness).toEqual(waits);
  expect((await loadRolloutDetail(table, 'r', NOON)).waitsForReadiness).toEqual(waits);
});

test('a rollout whose policy somebody has deleted says who, when and why', async () => {
  const said = { by: 'bob', at: NOON.toISOString(), reason: 'nobody needs it' };
  const told = async (deleted?: typeof said) => {
    const table = new MemoryTable();
    const policy = deleted === undefined ? asking : { ...asking, deleted };
    await keep(table, { policy, rollout: rolloutItem({ id: 'r', policy: 'p', status: 'Completed' }), waves: [] });
    return (await loadRolloutDetail(table, 'r', NOON)).policyDeleted;
  };
  expect(await told()).toBeUndefined();
  expect(await told(said)).toEqual({ name: 'p', ...said });
});

test('rollouts are listed in pages, the newest first: there are more each week, and one answer has an end', async () => {
  const table = new MemoryTable();
  const created = Array.from({ length: 250 }, (_, week) => new Date(NOON.getTime() + (week % 125) * 604_800_000));
  for (const [at, date] of created.entries()) {
    const rollout = rolloutItem({ id: `r${at}`, status: 'Completed', createdAt: date.toISOString() });
    await table.transact([put(Rollouts, rollout, 'absent')]);
  }
  const first = await listRollouts(table, NOON);
  const second = await listRollouts(table, NOON, { after: first.next });
  expect([first.items.length, second.items.length, second.next]).toEqual([200, 50, undefined]);
  const times = [...first.items, ...second.items].map(({ createdAt }) => createdAt);
  expect(times).toEqual(
    created
      .map((date) => date.toISOString())
      .sort()
      .reverse(),
  );
  expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(250);
});
