import { refusal, testWorld } from '../../../test/material/eks/world.ts';
import { addCluster } from '../add-cluster.ts';
import { versionTimeline } from '../log/timeline.ts';

const day = 24 * 60;

test.each([
  ['STANDARD', '1.34', '1.35', 'auto-upgrade-standard'],
  ['EXTENDED', '1.34', '1.34', 'created'],
  ['EXTENDED', '1.31', '1.32', 'auto-upgrade-extended'],
  ['STANDARD', '1.36', '1.36', 'created'],
] as const)('policy %s at %s is at %s two weeks later', (supportType, version, later, how) => {
  const world = testWorld((state) => {
    addCluster(state, { name: 'shop', version, supportType, nodegroups: [{ name: 'workers' }] });
  });
  world.pass(14 * day);
  const cluster = Object.values(world.state.clusters)[0];
  expect(cluster).toMatchObject({ version: later, status: 'ACTIVE' });
  expect(cluster && versionTimeline(world.state, cluster).at(-1)?.how).toBe(how);
  expect(cluster?.nodegroups[0]?.version).toBe(version);
  expect(world.state.mutations).toEqual([]);
});

test('nothing is moved by force to a minor that does not exist', () => {
  const world = testWorld((state) => {
    state.supportCalendar = state.supportCalendar.filter(({ minor }) => minor !== '1.35');
    addCluster(state, { name: 'shop', version: '1.34', supportType: 'STANDARD' });
  });
  world.pass(14 * day);
  expect(Object.values(world.state.clusters)[0]).toMatchObject({ version: '1.34', status: 'ACTIVE' });
});

test('an upgrade in time is not followed by a forced one', () => {
  const world = testWorld((state) => {
    addCluster(state, { name: 'shop', version: '1.34', supportType: 'STANDARD' });
  });
  world.call('UpdateClusterVersion', { name: 'shop', version: '1.35' });
  world.pass(14 * day);
  expect(Object.values(world.state.clusters)[0]?.version).toBe('1.35');
});

test('a forced upgrade out of extended support cannot be rolled back', () => {
  const world = testWorld((state) => {
    addCluster(state, { name: 'shop', version: '1.31' });
  });
  world.pass(7 * day);
  expect(refusal(() => world.call('UpdateClusterVersion', { name: 'shop', version: '1.31' }))).toBe(
    'InvalidRequestException',
  );
});

test('the next event is known, so that virtual time can jump to it', () => {
  const world = testWorld((state) => {
    addCluster(state, { name: 'shop', version: '1.36' });
  });
  const nextAt = () => new Date(world.state.timers[0]?.at ?? 0);
  expect(nextAt().toISOString().slice(0, 7)).toBe('2028-08');
  world.call('UpdateClusterVersion', { name: 'shop', version: '1.37' });
  expect(nextAt().getTime() - world.now().getTime()).toBeLessThanOrEqual(10_000);
});
