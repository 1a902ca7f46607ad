import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { baselineOf, MOST_KEPT, takeBaseline } from './baseline.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const scanned = (detail?: object) =>
  upgrade({
    steps: {
      'scan-cluster': {
        status: 'done',
        reasons: [],
        startedAt: '2026-11-20T11:00:00.000Z',
        ...(detail && { detail: { ...detail } }),
      },
    },
  });

test('a baseline keeps what is not well, and which probes were read', () => {
  const ill = { identity: 'Node b', is: 'down', said: 'not Ready' } as const;
  const taken = takeBaseline({ nodes: [{ identity: 'Node a', said: 'Ready' }, ill], jobs: [] }, NOON);
  expect(taken).toEqual({
    takenAt: NOON.toISOString(),
    probes: { nodes: { count: 1, unwell: { 'Node b': 'down' } }, jobs: { count: 0, unwell: {} } },
  });
  expect(baselineOf(scanned({ baseline: taken }))).toEqual(taken);
});

test('of an ill cluster only so much is kept, and how much there was', () => {
  const nodes = Array.from({ length: MOST_KEPT + 9 }, (_, number) => ({
    identity: `${number}`,
    is: 'down' as const,
    said: '',
  }));
  const { count, unwell = {} } = takeBaseline({ nodes }, NOON).probes.nodes ?? {};
  expect([count, Object.keys(unwell).length]).toEqual([MOST_KEPT + 9, MOST_KEPT]);
});

test('the baseline of the version before counts for pods', () => {
  const unhealthyPods = {
    count: 2,
    names: ['shop/a', 'shop/b'],
    workloads: { 'shop/Deployment/api': 1, 'shop/Pod': 1 },
  };
  expect(baselineOf(scanned({ unhealthyPods }))).toMatchObject({
    takenAt: '2026-11-20T11:00:00.000Z',
    probes: { pods: { count: 2, unwell: { 'Deployment shop/api': 'down', 'Pod shop/b': 'down' } } },
  });
  for (const one of [scanned({ unhealthyPods: 3 }), scanned({}), scanned(), upgrade(), undefined])
    expect(baselineOf(one)).toBeUndefined();
});
