import { MemoryTable } from '../../adapters/memory/table.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { cluster, KEY, NOON, policyConfig, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { failing, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import { quietAccount, quietEc2 } from '../../test/material/steps/quiet-account.ts';
import { readinessOf } from '../rollout/readiness.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import { scanCluster } from './scan-cluster.ts';

const versions = ['1.36', '1.37'].map((version) => ({ version, status: 'STANDARD_SUPPORT' }));
const region = { region: 'eu-central-1', announced: [], checkedAt: NOON.toISOString(), versions };
const said = 'User: arn:aws:sts::1:assumed-role/x is not authorized to perform: eks:ListInsights on resource: web';

/** A scan of which EKS denies the insights, and what is known of the cluster afterwards. */
async function lookedAt(kept: NonNullable<Parameters<typeof oneStep>[1]>['kept']) {
  const table = new MemoryTable();
  const base = policyWith({ name: 'p' });
  const denied = () => Promise.reject(failing('AccessDeniedException', said));
  const more = {
    describeInsightsRefresh: async () => ({ status: 'COMPLETED', startedAt: NOON }),
    listInsights: denied,
  };
  const policy = policyConfig({ ...base, spec: { ...base.spec, verification: 'eks-api' } });
  const ports = await oneStep(table, { eks: { more }, kept: { policy, ...kept } });
  const never = () => Promise.reject(new Error('nothing more is asked'));
  const others = { ec2: quietEc2, account: quietAccount, gates: { read: never }, probe: { get: never } };
  const result = await scanCluster({ ...ports, ...others } as never, stepInput({ targetVersion: '1.37' }));
  const scans = (await latestScansOf(table, [KEY])).get(KEY);
  return { result, readiness: readinessOf(cluster, { scans, region, now: NOON }) };
}

test('a look of which EKS denies something makes the cluster incomplete, by the name of the permission', async () => {
  const { result, readiness } = await lookedAt({ grant: undefined, upgrades: [] });
  expect(result).toMatchObject({ status: 'blocked', reasons: [{ code: 'Denied' }] });
  expect(readiness).toMatchObject({ verdict: 'incomplete', scannedAt: NOON.toISOString() });
  expect(readiness.reasons).toEqual([
    { code: 'ScanIncomplete', message: expect.stringContaining('could not read one thing: eks:ListInsights. Run: ') },
  ]);
});

test('an upgrade that is denied waits or is blocked, and leaves what was known of the cluster as it is', async () => {
  const { result, readiness } = await lookedAt({ upgrades: [upgrade()] });
  expect(result).toMatchObject({ status: 'blocked', reasons: [{ code: 'Denied' }] });
  expect(readiness.scannedAt).toBeNull();
});
