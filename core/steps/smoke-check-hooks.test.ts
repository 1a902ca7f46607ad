import { NOON } from '../../test/material/protocol/one-upgrade.ts';
import { type Given, looks, NOTHING, scanned } from '../../test/material/steps/checked-cluster.ts';
import { deploymentObject, type ProbedObjects } from '../../test/material/steps/probed-objects.ts';

const down: ProbedObjects = { deployments: [deploymentObject('shop/web', 0)] };

test('once all was well nothing is looked at anew while a hook is asked about it: what begins later does not concern the hop', async () => {
  const shop = (isUp: boolean): Given => ({
    has: isUp ? {} : down,
    smoke: { urls: ['https://shop.example/'] },
    urls: isUp ? { 'https://shop.example/': 200 } : {},
  });
  const fromBefore = [scanned({}), scanned(undefined)];
  for (const of of fromBefore) {
    const first = await looks({ ...shop(true), of }, 1);
    const kept = first.upgrade?.steps;
    const later = await looks({ ...shop(false), of: { steps: kept ?? {} } }, 90, 100);
    expect([first.status, later.status, later.told]).toEqual(['done', 'done', first.told]);
    expect(later.upgrade?.steps).toEqual(kept);
  }
});

const asked = (at: 'before' | 'after', timeout: string) => ({
  ...{ name: 'load', at, step: 'smoke-check', ask: { lambda: 'arn:aws:lambda:eu-west-1:000000000000:function:a' } },
  ...{ blocking: false, timeout },
});

test('a hook that is asked after the check moves no beginning: what it has found well stays so', async () => {
  const { upgrade: kept } = await looks({}, 1);
  const answered = { answer: 'go', answeredAt: '2026-11-20T12:02:00.000Z' } as const;
  const hooks = { 'load/after/smoke-check': { askedSince: NOON.toISOString(), grantNumber: 1, ...answered } };
  const of = { steps: kept?.steps ?? {}, hooks };
  expect(await looks({ has: down, spec: { hooks: [asked('after', '4h')] }, of }, 3, 9, 30)).toMatchObject({
    ...{ status: 'done', told: [] },
  });
});

test('nor is anything looked at anew once the test Jobs that were awaited have ended', async () => {
  const at = new Date(NOON.getTime() + 5 * 60_000).toISOString();
  const metadata = { namespace: 'shop', name: 't', creationTimestamp: at, labels: { test: 'checkout' } };
  const job = (ended: object[]) => ({ metadata, status: { conditions: ended } });
  const smoke = { jobs: [{ name: 'checkout', namespace: 'shop', labels: { test: 'checkout' }, wait: '30m' }] };
  const waiting = await looks({ smoke, has: { jobs: [job([])] }, of: scanned({ 'test-jobs': NOTHING }) }, 0, 20);
  const complete = job([{ type: 'Complete', status: 'True', lastTransitionTime: at }]);
  const then = async (has: ProbedObjects, steps: NonNullable<typeof waiting.upgrade>['steps'] = {}, minute = 0) =>
    looks({ smoke, has, of: { steps } }, minute);
  const ended = await then({ jobs: [complete] }, waiting.upgrade?.steps, 25);
  const later = await then({ jobs: [complete], ...down }, ended.upgrade?.steps, 60);
  expect([waiting.status, ended.status, later.status, later.told]).toEqual(['wait', 'done', 'done', []]);
});

test.each<[string, object]>([
  ['said go', { answer: 'go', answeredAt: '2026-11-20T12:25:00.000Z' }],
  ['was not awaited any more', {}],
])('the quarter of an hour begins when the hook before the check has %s', async (_, answered) => {
  const hooks = { 'load/before/smoke-check': { askedSince: NOON.toISOString(), grantNumber: 1, ...answered } };
  const given: Given = { has: down, spec: { hooks: [asked('before', '25m')] }, of: { ...scanned({}), hooks } };
  const again = async (minute: number, minutes: number) => {
    const { upgrade: kept } = await looks(given, minute);
    return looks({ ...given, of: { steps: kept?.steps ?? {}, hooks } }, minutes);
  };
  expect(await looks(given, 26)).toMatchObject({ status: 'wait' });
  expect(await again(26, 39)).toMatchObject({ status: 'wait' });
  expect(await again(26, 40)).toMatchObject({ status: 'failed' });
});
