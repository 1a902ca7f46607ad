import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { lagOf, lagReason } from './lag.ts';

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
