import { NOON } from '../../test/material/protocol/one-upgrade.ts';
import { type Given, looks, scanned } from '../../test/material/steps/checked-cluster.ts';
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

test.each<[string, object]>([
  ['said go', { answer: 'go', answeredAt: '2026-11-20T12:25:00.000Z' }],
  ['was not awaited any more', {}],
])('the quarter of an hour begins when the hook before the check has %s', async (_, answered) => {
  const hook = {
    ...{
      name: 'load',
      at: 'before',
      step: 'smoke-check',
      ask: { lambda: 'arn:aws:lambda:eu-west-1:000000000000:function:a' },
    },
    ...{ blocking: false, timeout: '25m' },
  };
  const hooks = { 'load/before/smoke-check': { askedSince: NOON.toISOString(), grantNumber: 1, ...answered } };
  const given: Given = { has: down, spec: { hooks: [hook] }, of: { ...scanned({}), hooks } };
  const again = async (minute: number, minutes: number) => {
    const { upgrade: kept } = await looks(given, minute);
    return looks({ ...given, of: { steps: kept?.steps ?? {}, hooks } }, minutes);
  };
  expect(await looks(given, 26)).toMatchObject({ status: 'wait' });
  expect(await again(26, 39)).toMatchObject({ status: 'wait' });
  expect(await again(26, 40)).toMatchObject({ status: 'failed' });
});
