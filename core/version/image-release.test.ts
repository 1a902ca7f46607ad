import { compareReleases, fittingPin, madeAt, RELEASED_TYPES, releaseParameter } from './image-release.ts';

test.each([
  ['1.34.2-20261001', '1.34.2-20261112'],
  ['1.34.2-20261112', '1.34.3-20261001'],
  ['1.34.9-20261112', '1.34.10-20261112'],
  ['1.9.0-d93bb1b1', '1.10.0-0a1b2c3d'],
  ['1.55.0-d93bb1b1', '1.55.1-d93bb1b1'],
])('%s is older than %s', (older, newer) => {
  expect(compareReleases(older, newer)).toBeLessThan(0);
  expect(compareReleases(newer, older)).toBeGreaterThan(0);
});

test('what Bottlerocket was built from orders nothing', () => {
  expect(compareReleases('1.55.0-d93bb1b1', '1.55.0-0a1b2c3d')).toBe(0);
});

test('a release tells its day where its name has one', () => {
  expect(madeAt('1.34.2-20261112')).toEqual(new Date('2026-11-12T00:00:00Z'));
  expect([madeAt('1.55.0-d93bb1b1'), madeAt('1.55.0-12345678'), madeAt('ami-0123')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test.each([
  [
    'AL2023_x86_64_STANDARD',
    '/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/x86_64/standard/recommended/release_version',
  ],
  [
    'AL2023_ARM_64_NVIDIA',
    '/aws/service/eks/optimized-ami/1.34/amazon-linux-2023/arm64/nvidia/recommended/release_version',
  ],
  ['BOTTLEROCKET_ARM_64', '/aws/service/bottlerocket/aws-k8s-1.34/arm64/latest/image_version'],
  ['BOTTLEROCKET_x86_64_FIPS', '/aws/service/bottlerocket/aws-k8s-1.34-fips/x86_64/latest/image_version'],
])('the newest release of %s is published', (type, name) => {
  expect(releaseParameter('1.34', type)).toBe(name);
  expect(RELEASED_TYPES).toContain(type);
});

test.each(['CUSTOM', 'AL2_x86_64', 'WINDOWS_CORE_2022_x86_64'])('of %s none is', (type) => {
  expect(releaseParameter('1.34', type)).toBeUndefined();
});

test.each([
  ['1.37.1-20261112', 'AL2023_x86_64_STANDARD', true],
  ['1.55.0-d93bb1b1', 'BOTTLEROCKET_ARM_64', true],
  ['1.55.0-90000000', 'BOTTLEROCKET_ARM_64', true],
  ['1.55.0-d93bb1b1', 'AL2023_x86_64_STANDARD', false],
  ['1.37.1-20261112', 'BOTTLEROCKET_ARM_64', false],
  ['1.37.1-20261112', 'CUSTOM', false],
  ['1.37.1-20261112', undefined, true],
])('the pinned release %s counts for a group of %s: %s', (pinned, amiType, isOne) => {
  expect(fittingPin(pinned, amiType)).toBe(isOne ? pinned : undefined);
});
