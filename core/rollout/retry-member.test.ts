import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { Member } from '../contracts/items/rollout.ts';
import { isFinished } from './retry-member.ts';

const group = { name: 'workers', version: '1.37', releaseVersion: '1.37.1-20261112', status: 'ACTIVE', issues: [] };
const dns = { name: 'dns', version: 'v1.1.0', status: 'ACTIVE', issues: [] };
const cluster = clusterRecord({ version: '1.37', nodegroups: [group], addons: [dns] });
const member = (pins: Partial<Member>): Member => ({
  ...{ rolloutId: 'r', waveIndex: 0, clusterKey: cluster.clusterKey, name: 'web', from: '1.37', to: '1.37' },
  ...{ status: 'Failed', inFlight: false, reasons: [], position: 1, ...pins },
});

test.each<[string, Partial<Member>, boolean]>([
  ['its image is as new as it was to be', { releases: { workers: '1.37.1-20261105' } }, true],
  ['its image is older', { releases: { workers: '1.37.1-20261119' } }, false],
  ['its add-on is as new as it was to be', { addons: { dns: 'v1.1.0' } }, true],
  ['its add-on is older', { addons: { dns: 'v1.2.0' } }, false],
  ['the add-on is gone', { addons: { cni: 'v1.2.0' } }, true],
])('whoever has finished a member by hand has done so where %s', (_, pins, expected) => {
  const by = upgrade({ from: '1.37', to: '1.37', status: 'Succeeded' });
  expect(isFinished(cluster, member(pins), by, false)).toBe(expected);
  expect(isFinished(cluster, member(pins), by, true)).toBe(false);
});
