import { reason } from '../../contracts/step-result.ts';
import type { Image } from '../../ports/ec2.ts';
import type { Nodegroup } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import type { WantedImage } from './find-image.ts';
import { type ManagedGroup, managedGroups } from './managed-group.ts';

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

/** The next action: `roll VERSION`, `roll TEMPLATE:VERSION`, `make IMAGE of VERSION`, or the code of the end. */
function next(nodegroup: Nodegroup, image: ManagedGroup['image'] = 'eks'): string {
  return textOf(managedGroups.roll({ nodegroup, image }, TARGET));
}

function textOf(found: ReturnType<typeof managedGroups.roll>): string {
  if (found.type !== 'call') return `${found.type} ${found.reason.code}`;
  const { call } = found;
  if (call.name === 'CreateLaunchTemplateVersion') return `make ${call.input.imageId} of ${call.input.sourceVersion}`;
  const { version, launchTemplate: { id, name, version: of } = {} } = call.input;
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
  ['is being deleted', { status: 'DELETING' }, 'others NotActive'],
  ['never came up', { status: 'CREATE_FAILED' }, 'blocked NodegroupStatus'],
  ['cannot be deleted', { status: 'DELETE_FAILED' }, 'blocked NodegroupStatus'],
  ['has a status that nobody knows', { status: 'PAUSED' }, 'blocked NodegroupStatus'],
  ['has no image of the target', { amiType: 'AL2_x86_64', version: '1.32' }, 'blocked Al2Nodegroup'],
  ['has a template of its own, and EKS chooses the image', { launchTemplate: own.launchTemplate }, 'roll 1.37'],
])('a group that %s', (_, given, expected) => {
  expect(next(group(given))).toBe(expected);
});

function rollOf(found: ReturnType<typeof managedGroups.roll>) {
  if (found.type === 'call' && found.call.name === 'UpdateNodegroupVersion') return found.call.input;
  throw new Error(`it is not rolled: ${JSON.stringify(found)}`);
}

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
  const found = managedGroups.roll({ nodegroup: group(given), image: 'eks', release: PINNED }, TARGET);
  if (found.type !== 'call') return expect(found.reason.code).toBe(expected);
  const { version, releaseVersion } = rollOf(found);
  return expect(`roll ${version} ${releaseVersion}`).toBe(expected);
});

test('without a pinned release none is named: EKS takes the newest', () => {
  const found = managedGroups.roll({ nodegroup: group(), image: 'eks' }, TARGET);
  expect(rollOf(found)).toEqual({ clusterName: 'web', nodegroupName: 'a', version: '1.37' });
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
  ['is being deleted', { status: 'DELETING' }, wanted, 'others NotActive'],
])('a group with an AMI of its own that %s', (_, given, image, expected) => {
  expect(next(group({ ...own, ...given }), image)).toBe(expected);
});

test('a call names what EKS takes, and nothing that would pass over budgets', () => {
  const inputOf = (unit: ManagedGroup) => rollOf(managedGroups.roll(unit, TARGET));
  const named = { clusterName: 'web', nodegroupName: 'a' };
  expect(inputOf({ nodegroup: group(), image: 'eks' })).toEqual({ ...named, version: '1.37' });
  // A request for a group with a custom AMI may have neither version nor release (facts: eks.md §5.2).
  expect(inputOf({ nodegroup: group(own), image: { ...wanted, made: '4' } })).toEqual({
    ...{ ...named, launchTemplate: { id: 'lt-1', version: '4' } },
  });
});

test('a group that is past the target is left there', () => {
  expect(next(group({ version: '1.38' }))).toBe('done AtTarget');
  expect(next(group({ version: '1.38', status: 'DEGRADED' }))).toBe('done AtTarget');
});

test.each<[string, Partial<Nodegroup>, Omit<ManagedGroup, 'nodegroup'>, string | undefined]>([
  ['has arrived', { version: '1.37' }, { image: 'eks' }, 'Every node of a was replaced at 1.37.'],
  ['does not show it yet', { version: '1.36' }, { image: 'eks' }, undefined],
  [
    'has the release that was pinned',
    { version: '1.37', releaseVersion: PINNED },
    { image: 'eks', release: PINNED },
    `Every node of a was replaced at 1.37 with the image ${PINNED}.`,
  ],
  [
    'has an older release than was pinned',
    { version: '1.37', releaseVersion: '1.37.2-20261001' },
    { image: 'eks', release: PINNED },
    undefined,
  ],
  // The image that the policy names by then is for another update.
  ['has an AMI of its own', own, { image: 'nobody' }, 'Every node of a was replaced with the AMI ami-old.'],
])('a group whose update has ended well, and that %s', (_, given, unit, expected) => {
  expect(managedGroups.arrived({ nodegroup: group(given), ...unit }, TARGET)?.message).toBe(expected);
});

test.each<[string, Partial<Nodegroup>, ManagedGroup['image'], string]>([
  ['has followed its control plane', { version: '1.37' }, 'eks', 'roll 1.36'],
  ['was taken back half-way', { version: '1.37', status: 'DEGRADED' }, 'eks', 'roll 1.36'],
  ['is there', {}, 'eks', 'done AtTarget'],
  ['is older still', { version: '1.35' }, 'eks', 'done AtTarget'],
  ['is two minors ahead', { version: '1.38' }, 'eks', 'blocked OneHopAtATime'],
  ['tells no version', { version: undefined as never }, 'eks', 'roll 1.36'],
  ['somebody updates', { version: '1.37', status: 'UPDATING' }, 'eks', 'others ForeignUpdate'],
  ['has an AMI that nobody names', { ...own, version: '1.37' }, 'nobody', 'blocked CustomAmi'],
  ['has an AMI that the policy names for the minor', own, { ...wanted, made: '2' }, 'roll lt-1:2'],
  ['has no AMI for the minor', own, unusable, 'blocked CustomImage'],
])('back to the minor before goes a group that %s', (_, given, image, expected) => {
  const unit = { nodegroup: group(given), image, release: PINNED };
  expect(textOf(managedGroups.takeBack(unit, KubeVersion.parse('1.36')))).toBe(expected);
});

test('the way back names no release that was pinned for the way there', () => {
  const unit = { nodegroup: group({ version: '1.37' }), image: 'eks' as const, release: PINNED };
  expect(rollOf(managedGroups.takeBack(unit, KubeVersion.parse('1.36')))).not.toHaveProperty('releaseVersion');
});
