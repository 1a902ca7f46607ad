import { parseConfig } from '../core/config/parse-config.ts';
import type { AccessCause, AccessReport } from '../core/operations/access-report.ts';
import { applyConfig } from '../core/operations/apply-documents.ts';
import { type Ran, type RunOptions, runInProcess } from '../test/material/cli/run-in-process.ts';
import { FLEET_YAML, servedWorld } from '../test/material/cli/served-world.ts';

let served: Awaited<ReturnType<typeof servedWorld>>;
beforeEach(async () => {
  served = await servedWorld();
});
afterEach(() => served.close());

const check = (line = '', options: RunOptions = {}): Promise<Ran> =>
  runInProcess(`access check ${line}`.trim().split(' '), { url: served.url, ...options });
/** Time passes while the command waits for the hub. */
const checkNow = (line = ''): Promise<Ran> => {
  const { clock } = served.world;
  return check(`--now ${line}`.trim(), { sleep: () => clock.runUntil(new Date(clock.now().getTime() + 60_000)) });
};

test('what nobody has looked at is no success, and the hub is asked to look instead of the person', async () => {
  const before = await check();
  expect([before.code, before.err]).toEqual([4, expect.stringContaining('0 cannot be read in full and 4 were not')]);
  expect(before.out).toContain('fix: Run: liftlock access check --now');
  expect(before.out + before.err).not.toContain('--direct');
  const now = await checkNow();
  expect([now.code, now.out]).toEqual([
    0,
    expect.stringContaining('4 clusters can be read as far as the policy asks for'),
  ]);
});

test('what scans have read counts as read afterwards', async () => {
  await checkNow('web');
  const { code, out } = await check('web -o json');
  const { items, causes } = JSON.parse(out) as { items: AccessReport[]; causes: AccessCause[] };
  expect([code, items[0]?.status, causes]).toEqual([0, 'Ok', []]);
});

test('a cause that clusters share is told once, with what repairs it', async () => {
  for (const cluster of Object.values(served.world.eks.state.clusters))
    cluster.kubernetes.access.network = 'unreachable';
  const { code, out } = await checkNow();
  expect(code).toBe(4);
  const refused = out.split('\n').filter((line) => line.includes('Refused'));
  expect([refused.length, out.match(/fix: Give Liftlock a way to the endpoint/g)?.length]).toEqual([1, 1]);
  expect(refused[0]).toContain('and 1 more');
});

test('a cluster whose rates nobody may read is told as that, and not as readable right below', async () => {
  const text = FLEET_YAML.replace('  trigger: manual', '$&\n  smoke: { rates: { apiServer: true } }');
  const { policies } = parseConfig([{ path: 'fleet.yaml', text }]);
  await applyConfig(served.world.ports, policies, 'setup');
  const { code, out } = await checkNow();
  expect(out).toMatch(/shop.*NotChecked +Rates/);
  expect(out).not.toContain('can be read as far as the policy asks for');
  expect(code).toBe(0);
});

test('an organization that nobody may list is told, with what the hub needs for it, and accounts that the Fleet does not name are not', async () => {
  const { world } = served;
  const text = FLEET_YAML.replace(/accounts: .*\n/, 'organizationId: o-a1b2c3d4e5\n');
  const { fleet } = parseConfig([{ path: 'fleet.yaml', text }]);
  if (fleet === undefined) throw new Error('there is no Fleet');
  const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  Object.assign(world.ports, { organization: { listAccounts: () => Promise.reject(denied) } });
  await applyConfig(world.ports, [fleet], 'setup');
  await world.invoke('discover-clusters', {}).catch(() => undefined);
  const { code, err } = await check();
  expect([code, err]).toEqual([
    4,
    expect.stringMatching(
      /^Organization o-a1b2c3d4e5 \(- Denied\): AccessDeniedException: no\n {2}fix: Set organizationId in cdk.json/m,
    ),
  ]);
  const other = { ...fleet, spec: { ...fleet.spec, organizationId: undefined, accounts: ['333333333333'] } };
  await applyConfig(world.ports, [other as typeof fleet], 'setup');
  expect(await check()).toMatchObject({ code: 0, out: '' });
});
