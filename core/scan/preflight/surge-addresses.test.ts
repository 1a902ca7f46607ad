import type { Nodegroup } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { isReplaced } from './surge-addresses.ts';

const group: Nodegroup = {
  ...{ nodegroupName: 'workers', clusterName: 'web', status: 'ACTIVE', version: '1.37' },
  ...{ amiType: 'AL2023_x86_64_STANDARD', releaseVersion: '1.37.1-20261105' },
};

test.each([
  ['another release is pinned for it', '1.37.1-20261112', true],
  ['its own release is pinned', '1.37.1-20261105', false],
  ['the pinned release is of another kind of image, so that it is not rolled', '1.55.0-d93bb1b1', false],
])('whether the nodes of a group are replaced inside its minor where %s', (_, pinned, expected) => {
  const rolls = { target: KubeVersion.parse('1.37'), inside: { workers: pinned } };
  expect(isReplaced(group, rolls)).toBe(expected);
});
