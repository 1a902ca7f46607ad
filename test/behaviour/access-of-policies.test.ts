import { accessCauses } from '../../core/operations/access-report.ts';
import { checkAccess } from '../../core/operations/check-access.ts';
import type { World } from '../../simulator/process/world.ts';
import { hours, recordOf, smallFleet } from './small-fleet.ts';

// docs/cli.md, access check: what a policy names and the spoke role may not do at CloudWatch is told with the permission.

const policy = {
  smoke: { rates: { apiServer: true } },
  silences: [{ alarms: ['{cluster}-errors'], during: ['upgrade-control-plane'] }],
};
const upgradeable = (given: Record<string, unknown> = policy) =>
  smallFleet({ clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }], policy: given });
const told = async (world: World) => {
  const [{ checks = [] } = {}] = await checkAccess(world.ports, [await recordOf(world, 'web')]);
  return checks.flatMap(({ part, status, reason }) =>
    ['Rates', 'Queries', 'Silences'].includes(part) ? [[part, status, reason?.message ?? '']] : [],
  );
};

const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied' });

test('of permissions that no upgrade has used yet it is said that nobody knows', async () => {
  const world = await upgradeable();
  await hours(world, 0.05);
  expect(await told(world)).toEqual([
    ['Rates', 'NotChecked', expect.stringContaining('needs cloudwatch:GetMetricData')],
    ['Silences', 'NotChecked', expect.stringContaining('needs cloudwatch:PutAlarmMuteRule')],
  ]);
});

test('those that an upgrade has used are there', async () => {
  const world = await upgradeable();
  await hours(world, 4);
  expect(await told(world)).toEqual([
    ['Rates', 'Readable', ''],
    ['Silences', 'Readable', ''],
  ]);
});

test.each([
  ['get', 'cloudwatch:GetAlarmMuteRule'],
  ['describe', 'cloudwatch:DescribeAlarms'],
  ['put', 'cloudwatch:PutAlarmMuteRule'],
])('those that it was refused are named: %s', async (refused, permission) => {
  const world = await upgradeable();
  Object.assign(world.ports.account, { getMetricData: () => Promise.reject(denied) });
  world.silences.refuse = (operation) => {
    if (operation === refused) throw denied;
  };
  await hours(world, 4);
  expect(await told(world)).toEqual([
    ['Rates', 'Refused', expect.stringContaining('cloudwatch:GetMetricData')],
    ['Silences', 'Refused', expect.stringContaining(permission)],
  ]);
});

const query = { name: 'shop', url: 'https://prometheus.example.com', requests: 'requests', errors: 'errors' };

test('where queries alone are asked CloudWatch is no part, and it is said who reads secrets', async () => {
  const world = await upgradeable({ smoke: { rates: { queries: [query] } } });
  await hours(world, 0.05);
  expect(await told(world)).toEqual([
    [
      'Queries',
      'NotChecked',
      expect.stringMatching(/Only smoke checks do, with its secret or the spoke role.* liftlock explain/),
    ],
  ]);
});

test.each([
  ['SecretUnreadable', 'Secrets Manager answered AccessDeniedException.'],
  ['QueryRefused', 'It answered with HTTP status 400: parse error.'],
])('a query that the last smoke check could not ask is told with the cause: %s', async (name, message) => {
  const world = await upgradeable({ smoke: { rates: { apiServer: true, queries: [query] } } });
  const refused = Object.assign(new Error(message), { name });
  Object.assign(world.ports.prometheus, { readMinutes: () => Promise.reject(refused) });
  await hours(world, 4);
  const said = `shop: prometheus.example.com could not be read: ${name}: ${message}`;
  expect(await told(world)).toEqual([
    ['Rates', 'Readable', ''],
    ['Queries', 'Refused', said],
  ]);
  const causes = accessCauses(await checkAccess(world.ports, [await recordOf(world, 'web')]));
  expect(causes.find(({ part }) => part === 'Queries')).toMatchObject({
    whats: ['shop'],
    fix: expect.stringMatching(/^Mend what it says/),
  });
});
