import { reason } from '../contracts/step-result.ts';
import type { Image } from '../ports/ec2.ts';
import type { Nodegroup } from '../ports/eks.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { isThere, type ManagedGroup, nextOfRoll, type WantedImage } from './managed-group.ts';

const TARGET = KubeVersion.parse('1.37');
const group = (given: Partial<Nodegroup> = {}): Nodegroup => ({
  ...{ nodegroupName: 'a', clusterName: 'web', version: '1.36', status: 'ACTIVE' },
  ...given,
});
const own = { amiType: 'CUSTOM', releaseVersion: 'ami-old', launchTemplate: { id: 'lt-1', name: 'own', version: '3' } };
const from = { template: 'lt-1', version: '3', imageId: 'ami-old' };
const wanted: WantedImage = { from, image: { imageId: 'ami-new' } as Image };
const there: WantedImage = { ...wanted, from: { ...from, imageId: 'ami-new' } };
const unusable = reason('CustomImage', 'There is none.');

/** What is done next: `roll VERSION`, `roll TEMPLATE:VERSION`, `make IMAGE of VERSION`, or how it ends with its code. */
function next(nodegroup: Nodegroup, image: ManagedGroup['image'] = 'eks'): string {
  const found = nextOfRoll({ nodegroup, image }, TARGET);
  if (found.type === 'make-version') return `make ${found.version.imageId} of ${found.version.sourceVersion}`;
  if (found.type !== 'roll') return `${found.type} ${found.reason.code}`;
  const { version, launchTemplate: { id, name, version: of } = {} } = found.input;
  return `roll ${version ?? `${id ?? name}:${of}`}`;
}

test.each<[string, Partial<Nodegroup>, string]>([
  ['is a minor behind', {}, 'roll 1.37'],
  ['is three minors behind', { version: '1.34' }, 'roll 1.37'],
  ['has no version', { version: undefined as never }, 'roll 1.37'],
  ['is there', { version: '1.37' }, 'done AtTarget'],
  ['is there and degraded', { version: '1.37', status: 'DEGRADED' }, 'roll 1.37'],
  ['is half-rolled and degraded', { status: 'DEGRADED' }, 'roll 1.37'],
  ['is being created', { status: 'CREATING' }, 'others NotActive'],
  ['is being updated', { status: 'UPDATING' }, 'others ForeignUpdate'],
  ['is there and being updated', { version: '1.37', status: 'UPDATING' }, 'others ForeignUpdate'],
  ['is being deleted', { status: 'DELETING' }, 'blocked NodegroupStatus'],
  ['never came up', { status: 'CREATE_FAILED' }, 'blocked NodegroupStatus'],
  ['cannot be deleted', { status: 'DELETE_FAILED' }, 'blocked NodegroupStatus'],
  ['has a status that nobody knows', { status: 'PAUSED' }, 'blocked NodegroupStatus'],
  ['has no image of the target', { amiType: 'AL2_x86_64', version: '1.32' }, 'blocked Al2Nodegroup'],
  ['has a template of its own, and EKS chooses the image', { launchTemplate: own.launchTemplate }, 'roll 1.37'],
])('a group that %s', (_, given, expected) => {
  expect(next(group(given))).toBe(expected);
});

const PINNED = '1.37.2-20261112';
test.each<[string, Partial<Nodegroup>, string]>([
  ['runs an older one', { version: '1.37', releaseVersion: '1.37.2-20261001' }, 'roll 1.37 1.37.2-20261112'],
  ['is a minor behind as well', { releaseVersion: '1.36.9-20261118' }, 'roll 1.37 1.37.2-20261112'],
  ['tells none', { version: '1.37' }, 'roll 1.37 1.37.2-20261112'],
  ['runs it', { version: '1.37', releaseVersion: PINNED }, 'AtTarget'],
  [
    'runs it on some nodes',
    { version: '1.37', releaseVersion: PINNED, status: 'DEGRADED' },
    'roll 1.37 1.37.2-20261112',
  ],
  ['runs a newer one', { version: '1.37', releaseVersion: '1.37.2-20261118' }, 'AtTarget'],
])('a group with a release that a rollout has pinned, which %s', (_, given, expected) => {
  const found = nextOfRoll({ nodegroup: group(given), image: 'eks', release: PINNED }, TARGET);
  if (found.type !== 'roll') return expect('reason' in found && found.reason.code).toBe(expected);
  return expect(`roll ${found.input.version} ${found.input.releaseVersion}`).toBe(expected);
});

test('without a pinned release none is named: EKS takes the newest', () => {
  const found = nextOfRoll({ nodegroup: group(), image: 'eks' }, TARGET);
  expect(found).toEqual({ type: 'roll', input: { clusterName: 'web', nodegroupName: 'a', version: '1.37' } });
});

test.each<[string, Partial<Nodegroup>, ManagedGroup['image'], string]>([
  ['nobody names an image for', {}, 'nobody', 'done CustomAmi'],
  ['nobody names an image for, and somebody updates', { status: 'UPDATING' }, 'nobody', 'done CustomAmi'],
  ['nobody names an image for, and is broken', { status: 'CREATE_FAILED' }, 'nobody', 'done CustomAmi'],
  ['has an image that cannot be used', {}, unusable, 'blocked CustomImage'],
  ['is being updated, and has an image that cannot be used', { status: 'UPDATING' }, unusable, 'others ForeignUpdate'],
  ['runs another image', {}, wanted, 'make ami-new of 3'],
  ['runs another image, and is at the target for EKS', { version: '1.37' }, wanted, 'make ami-new of 3'],
  ['has a version that was made for it', {}, { ...wanted, made: '4' }, 'roll lt-1:4'],
  [
    'has its template by name alone',
    { launchTemplate: { name: 'own', version: '3' } },
    { ...wanted, made: '4' },
    'roll own:4',
  ],
  ['runs the image', { releaseVersion: 'ami-new', version: '1.36' }, there, 'done AtTarget'],
  ['ran the image before a roll of somebody that failed', { releaseVersion: 'ami-new' }, wanted, 'make ami-new of 3'],
  [
    'runs the image and is degraded',
    { releaseVersion: 'ami-new', status: 'DEGRADED' },
    { ...wanted, made: '4' },
    'roll lt-1:4',
  ],
  [
    'launches the image already, after a roll that failed',
    { launchTemplate: { id: 'lt-1', version: '4' } },
    { ...wanted, from: { ...from, version: '4', imageId: 'ami-new' } },
    'roll lt-1:4',
  ],
  [
    'launches the image already, and a version was made anew',
    {},
    { ...wanted, from: { ...from, version: '4', imageId: 'ami-new' }, made: '5' },
    'roll lt-1:4',
  ],
  ['is being created', { status: 'CREATING' }, wanted, 'others NotActive'],
  ['is being deleted', { status: 'DELETING' }, wanted, 'blocked NodegroupStatus'],
])('a group with an AMI of its own that %s', (_, given, image, expected) => {
  expect(next(group({ ...own, ...given }), image)).toBe(expected);
});

test('a call names what EKS takes, and nothing that would pass over budgets', () => {
  const inputOf = (unit: ManagedGroup) => {
    const found = nextOfRoll(unit, TARGET);
    return found.type === 'roll' ? found.input : found;
  };
  const named = { clusterName: 'web', nodegroupName: 'a' };
  expect(inputOf({ nodegroup: group(), image: 'eks' })).toEqual({ ...named, version: '1.37' });
  // With an AMI of its own neither version nor release may be named (facts: eks.md §5.2).
  expect(inputOf({ nodegroup: group(own), image: { ...wanted, made: '4' } })).toEqual({
    ...{ ...named, launchTemplate: { id: 'lt-1', version: '4' } },
  });
});

test('where a group is, is told by what EKS says of it, and of none whose image nobody knows', () => {
  const at = (nodegroup: Partial<Nodegroup>, image: ManagedGroup['image']) =>
    isThere({ nodegroup: group(nodegroup), image }, TARGET);
  expect(at({ version: '1.37' }, 'eks')).toBe('The node group a is at 1.37.');
  expect(at({ releaseVersion: 'ami-new' }, there)).toBe('The node group a runs ami-new, the AMI for 1.37.');
  for (const image of ['nobody', unusable, wanted] as const) expect(at({ version: '1.37' }, image)).toBeUndefined();
  expect(at({ version: '1.36' }, 'eks')).toBeUndefined();
});
