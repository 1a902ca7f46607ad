import { DAY, hours, run, smallFleet, upgradesOf } from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const HOUR = 3_600_000;

test('the last day on which EKS takes an upgrade back is announced once, while it does', async () => {
  const world = await smallFleet({ clusters: [web, { ...web, name: 'there', version: '1.37' }] });
  await run(world);
  const [upgrade] = await upgradesOf(world);
  await hours(world, 8 * 24);
  const told = world.bus.published.flatMap(({ at, event }) =>
    event.type === 'RollbackDeadlineApproaching' ? [{ at, detail: event.detail }] : [],
  );
  expect(told.map(({ detail }) => [detail.cluster.split('/')[1], detail.kubernetesVersion, detail.to])).toEqual([
    ['web', '1.37', '1.36'],
  ]);
  const [{ at, detail } = { at: DAY, detail: undefined }] = told;
  const end = Date.parse(upgrade?.controlPlaneCompletedAt ?? '') + 7 * 24 * HOUR;
  expect([detail?.endsAt, detail?.hoursLeft]).toEqual([new Date(end).toISOString(), expect.any(Number)]);
  const left = (end - at.getTime()) / HOUR;
  expect(left).toBeLessThanOrEqual(24);
  // The look at everything comes each hour.
  expect(left).toBeGreaterThan(22);
});
