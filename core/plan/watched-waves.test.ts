import { fleetOf, NOW, type SmallPlan, smallPlan } from '../../test/material/plan/small-plan.ts';
import type { PlanDocument } from './document/plan-schema.ts';
import { drawPlan } from './draw-plan.ts';

function planOf(given: SmallPlan): PlanDocument {
  const { rules, inventory } = smallPlan(given);
  return drawPlan(rules, inventory, { now: NOW, seed: 1, runs: 3 });
}

const times = ({ waves }: PlanDocument) =>
  waves.flatMap(({ clusters }) =>
    clusters.map(({ name, start, end }) => `${name} ${start?.slice(8, 16)}-${end?.slice(8, 16)}`),
  );

test('a watch keeps the place in the wave after the hop, frees the cap, ends with a look, and comes before the soak', () => {
  const calendars = { day: { windows: [{ name: 'd', schedule: '0 8 * * *', duration: '2h' }] } };
  const first = { name: 'first', clusters: ['c000', 'c001'], maxConcurrency: 2, watch: '6h', calendar: 'day' };
  const waves = [{ ...first, soak: '1h' }, { name: 'all' }];
  const plan = planOf({ clusters: fleetOf(3), calendars, caps: { total: 1 }, policy: { waves } });
  expect(times(plan)).toEqual(['c000 20T08:00-20T15:05', 'c001 20T09:00-20T16:05', 'c002 20T17:05-20T18:05']);
  const alone = planOf({ clusters: fleetOf(2), policy: { waves: [{ name: 'all', watch: '6h', bake: '1h' }] } });
  expect(times(alone)).toEqual(['c000 20T08:00-20T16:05', 'c001 20T16:05-21T00:10']);
});

test('how long hops can be taken back: the last one for seven days, those before it until the next begins, which a watch puts off', () => {
  const clusters = [{ name: 'old', version: '1.34' }, ...fleetOf(1)];
  const of = (wave: object) =>
    planOf({ clusters, policy: { waves: [{ name: 'all', maxConcurrency: 2, ...wave }] } }).waysBack;
  const shortest = { name: 'old', to: '1.35', from: '2026-11-20T08:30:00Z', endedBy: 'nextHop' };
  expect(of({})).toMatchObject([
    { hops: 3, cutShort: 1, closedHours: 167.5, shortest: { ...shortest, until: '2026-11-20T09:00:00Z', hours: 0.5 } },
  ]);
  expect(of({ watch: '20h' })).toMatchObject([
    { cutShort: 1, closedHours: 147.4, shortest: { ...shortest, hours: 20.6 } },
  ]);
  expect(of({ bake: '5h' })).toMatchObject([{ closedHours: 162.5, shortest: { hours: 5.5 } }]);
  // EKS ends its support of 1.31 within the seven days.
  const last = planOf({ clusters: [{ name: 'late', version: '1.31' }], policy: { target: '1.32' } }).waysBack;
  expect(last).toMatchObject([{ cutShort: 1, shortest: { endedBy: 'support', until: '2026-11-26T00:00:00Z' } }]);
});

test('of what was watched when the inventory was printed it is said that the waves after it would wait, and here do not', () => {
  const clusters = ['Watched', 'UpToDate'].map((state) => ({ name: state.toLowerCase(), version: '1.37', state }));
  const { excluded, assumptions } = planOf({ clusters: [...clusters, ...fleetOf(1)], policy: { target: '1.37' } });
  const message = 'is at 1.37; the target is 1.37. Of its nodes only managed groups were looked at.';
  expect(excluded.map((one) => one.message)).toEqual([
    `uptodate ${message}`,
    `watched ${message} Its upgrade had not ended when the inventory was printed.`,
  ]);
  const told = (given: readonly string[]) => given.filter((text) => text.includes('had not ended'));
  expect(told(assumptions)).toEqual([
    'Upgrades that had not ended when the inventory was printed (watched) hold no place here: a wave that waits for the end of one, or of its watch, begins later than this says.',
  ]);
  expect(told(planOf({ clusters: fleetOf(1) }).assumptions)).toEqual([]);
});

test('a watch and a bake cost nothing: the control plane has left extended support by then', () => {
  const cost = (wave: object) =>
    planOf({
      clusters: [{ name: 'late', version: '1.33' }],
      policy: { target: '1.34', estimates: { upgrade: '12h' }, waves: [{ name: 'all', ...wave }] },
    }).costOfWaiting.untilDone;
  expect([cost({}), cost({ watch: '168h' })]).toEqual([6, 6]);
  expect(cost({ bake: '24h' })).toBeLessThanOrEqual(6);
});
