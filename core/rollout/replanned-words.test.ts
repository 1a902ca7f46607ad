import {
  begin,
  both,
  cluster,
  dev,
  fleet,
  later,
  NOW,
  prod,
  wave,
} from '../../test/material/rollout/replanned-fleet.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { lastWords } from '../model/last-words.ts';
import { glassInForce } from '../policy/break-glass.ts';

const ann = { decision: 'Approved' as const, principal: 'sso:1/ann', at: NOW.toISOString() };
/** The wave dev has begun, and prod's plan is approved, with break-glass. */
function approved() {
  const begun = begin(fleet([dev, prod], both), ['Open']);
  const { planHash = '' } = begun.waves[1] ?? {};
  const breakGlass = { reason: 'now', until: '2026-11-20T13:00:00.000Z', planHash, by: [ann] };
  const said = { approvals: [{ ...ann, planHash }], breakGlass };
  return {
    planHash,
    said,
    begun: { ...begun, waves: begun.waves.map((one) => ({ ...one, ...(one.index === 1 ? said : {}) })) },
  };
}

test('what was said of a plan is void for good when another one follows, also when that one is as it was', () => {
  const { planHash, begun } = approved();
  const away = later(fleet([dev, prod, cluster('p2', 'prod')], both), begun);
  const [changed = {} as Wave] = away?.changedWaves.flatMap(({ next }) => next ?? []) ?? [];
  expect(changed.planHash).not.toBe(planHash);
  // The record keeps who broke the glass, and why.
  expect(changed.breakGlass).toMatchObject({ reason: 'now', by: [ann] });
  const members = [
    ...begun.members.filter(({ waveIndex }) => waveIndex === 0),
    ...(away?.members ?? []).flatMap(({ next }) => next ?? []),
  ];
  const back = later(fleet([dev, prod], both), {
    ...begun,
    waves: begun.waves.map((one) => (one.index === 1 ? changed : one)),
    members,
  });
  const next = back?.changedWaves.at(-1)?.next;
  expect(next?.planHash).toBe(planHash);
  expect(lastWords(next ?? {})).toEqual([]);
  expect(glassInForce(undefined, next, { fourEyes: false }, NOW)).toBeUndefined();
});

test('what was said of a plan stays in force while another part of its wave changes', () => {
  const { planHash, said, begun } = approved();
  const next = later(fleet([dev, prod], [wave('dev'), wave('prod', { maxConcurrency: 7 })]), begun)?.changedWaves.at(
    -1,
  )?.next;
  expect(next).toMatchObject({ index: 1, maxConcurrency: 7, planHash, ...said });
  expect(lastWords(next ?? {})).toHaveLength(1);
});

test('what hooks have said of a plan stays while another part of its wave changes, and is asked anew of another plan', () => {
  const begun = begin(fleet([dev, prod], both), ['Open']);
  const hooks = {
    'board/before/wave/prod': { askedSince: NOW.toISOString(), grantNumber: 0, answer: 'wait' as const },
  };
  const reasons = [{ code: 'HookWaits' as const, message: 'It is asked.' }];
  const asked = { ...begun, waves: begun.waves.map((one) => (one.index === 1 ? { ...one, hooks, reasons } : one)) };
  expect(later(fleet([dev, prod], both), asked)).toBeUndefined();
  const next = (snapshot: ReturnType<typeof fleet>) => later(snapshot, asked)?.changedWaves.at(-1)?.next;
  const other = next(fleet([dev, prod], [wave('dev'), wave('prod', { maxConcurrency: 7 })]));
  expect(other).toMatchObject({ index: 1, maxConcurrency: 7, hooks, reasons });
  const more = next(fleet([dev, prod, cluster('p2', 'prod')], both));
  expect([more?.hooks, more?.reasons]).toEqual([undefined, []]);
});

test('what is tried again after it has failed has failed where the policy does not take it any more', () => {
  const begun = begin(fleet([dev, prod], both), ['Open']);
  const members = begun.members.map((one) => (one.waveIndex === 1 ? { ...one, failedBefore: true as const } : one));
  const snapshot = fleet([dev, { ...prod, labels: {} }], both);
  const changes = later(snapshot, { ...begun, members });
  expect(changes?.members).toMatchObject([
    { next: { name: 'p', waveIndex: 1, status: 'Failed', reasons: [{ code: 'TakenOut' }] } },
  ]);
  expect(changes?.changedWaves).toMatchObject([{ next: { name: 'prod', members: 1, failed: 1 } }]);
  const older = fleet([dev, prod], both, ['1.36']);
  expect(later(older, { ...begun, members })?.members).toMatchObject([{ next: { name: 'p', status: 'Failed' } }]);
  expect(later(snapshot, begun)?.members).toMatchObject([{ before: { name: 'p' }, next: undefined }]);
});

test('what failed half-way by hand since the plan was made has failed in the next plan, and is not left out of it', () => {
  const begun = begin(fleet([dev, prod], both), ['Open']);
  const held = { reason: { code: 'UpdateFailed' as const, message: 'x' }, since: NOW.toISOString(), mutated: true };
  const [{ clusterKey } = prod] = begun.members.filter(({ waveIndex }) => waveIndex === 1);
  const snapshot = { ...fleet([dev, prod], both), controls: new Map([[clusterKey, { clusterKey, held }]]) };
  expect(later(snapshot, begun)).toMatchObject({
    members: [{ next: { name: 'p', status: 'Failed', reasons: [{ code: 'Held' }] } }],
    changedWaves: [{ next: { name: 'prod', failed: 1, excluded: 0 } }],
  });
  const aside = begun.members.map((one) => (one.waveIndex === 1 ? { ...one, status: 'Quarantined' as const } : one));
  expect(later(snapshot, { ...begun, members: aside })?.members).toMatchObject([{ next: { status: 'Failed' } }]);
  const released = { ...snapshot, controls: new Map([[clusterKey, { clusterKey }]]) };
  expect(later(released, begun)).toBeUndefined();
  const out = begun.members.map((one) => (one.waveIndex === 1 ? { ...one, status: 'Excluded' as const } : one));
  expect(later(snapshot, { ...begun, members: out })?.members).toMatchObject([{ next: { status: 'Excluded' } }]);
});
