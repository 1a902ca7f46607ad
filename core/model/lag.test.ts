import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { canFinish, lagCode, lagOf, lagReason } from './lag.ts';

type Group = Pick<ClusterRecord['nodegroups'][number], 'name' | 'version' | 'amiType'>;
const record = (version: string, ...groups: readonly Group[]) =>
  clusterRecord({
    name: 'web',
    version,
    nodegroups: groups.map((group) => ({ ...group, status: 'ACTIVE', issues: [] })),
  });

test.each<[string, Group, [string, string, string] | undefined]>([
  ['one minor behind', { name: 'g', version: '1.36' }, ['managed', '1.36', '1.40']],
  ['three minors behind', { name: 'g', version: '1.34' }, ['managed', '1.34', '1.38']],
  ['too far behind already', { name: 'g', version: '1.32' }, ['managed', '1.32', '1.38']],
  ['of a custom AMI', { name: 'g', version: '1.36', amiType: 'CUSTOM' }, ['customAmi', '1.36', '1.40']],
  ['where the control plane is', { name: 'g', version: '1.37' }, undefined],
  ['newer than the control plane', { name: 'g', version: '1.38' }, undefined],
  ['of no version', { name: 'g', version: undefined, amiType: 'CUSTOM' }, undefined],
  ['of a version that nobody can read', { name: 'g', version: 'latest' }, undefined],
])('a group %s', (_, group, lag) => {
  const [found] = lagOf(record('1.37', group));
  expect(found && [found.kind, found.version.toString(), found.blocks.toString()]).toEqual(lag);
});

test('kubelets older than 1.25 may be two minors behind', () => {
  expect(lagOf(record('1.25', { name: 'g', version: '1.24' }))[0]?.blocks.toString()).toBe('1.27');
});

test('the oldest comes first, and says what it stops', () => {
  const behind = record('1.37', { name: 'new', version: '1.36' }, { name: 'ml', version: '1.34', amiType: 'CUSTOM' });
  expect(lagReason(behind)).toEqual({
    code: 'NodesBehind',
    message:
      'The control plane of web is at 1.37, and nodes are behind: ml is at 1.34 (a custom AMI, which whoever owns its launch template rolls) and stops the hop to 1.38; new is at 1.36 and stops the hop to 1.40.',
  });
  expect(lagReason(record('1.37', { name: 'ml', version: '1.34', amiType: 'CUSTOM' }))?.code).toBe('ManualNodes');
  expect(lagReason(record('1.37', { name: 'g', version: '1.37' }))).toBeUndefined();
});

const addon = (name: string, more: Partial<ClusterRecord['addons'][number]>) => ({
  ...{ name, version: 'v1', status: 'ACTIVE', issues: [] },
  ...more,
});
const own: Group = { name: 'ml', version: '1.36', amiType: 'CUSTOM' };

test.each<[string, readonly Group[], Partial<ClusterRecord['addons'][number]>, string | undefined, boolean]>([
  ['that EKS lists', [], { compatible: true }, undefined, false],
  ['of which nothing is known', [], {}, undefined, false],
  ['that EKS does not list', [], { compatible: false, wants: 'v2' }, 'AddonsBehind', true],
  ['that has no way to what EKS lists', [], { compatible: false }, 'AddonsBehind', false],
  ['beside a managed group', [{ name: 'g', version: '1.36' }], { compatible: false }, 'NodesBehind', true],
  ['beside a custom AMI', [own], { compatible: false, wants: 'v2' }, 'AddonsBehind', true],
  ['that fits, beside a custom AMI', [own], { compatible: true }, 'ManualNodes', false],
])('an add-on %s', (_, groups, more, code, finishes) => {
  const cluster = { ...record('1.37', ...groups), addons: [addon('vpc-cni', more)] };
  expect([lagCode(cluster), lagReason(cluster)?.code, canFinish(cluster)]).toEqual([code, code, finishes]);
});

test('everything that is behind is named', () => {
  const addons = [addon('vpc-cni', { compatible: false, wants: 'v2' }), addon('own', { compatible: false })];
  expect(lagReason({ ...record('1.37', { name: 'g', version: '1.36' }), addons })?.message).toBe(
    'The control plane of web is at 1.37, and nodes are behind: g is at 1.36 and stops the hop to 1.40. Its add-ons are behind: vpc-cni v1 is not listed for 1.37, and goes to v2; own v1 is not listed for 1.37, and no version leads there: update or remove it by hand.',
  );
});
