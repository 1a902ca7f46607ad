import { KubeVersion } from './kube-version.ts';

const v = KubeVersion.parse;

test.each([
  ['1.34', 1, 34, undefined],
  ['v1.34', 1, 34, undefined],
  ['1.34.2', 1, 34, 2],
  ['v1.34.2-eks-abc1234', 1, 34, 2],
  ['v1.34.2+build.7', 1, 34, 2],
  ['1.30', 1, 30, undefined],
])('%s is read', (text, major, minor, patch) => {
  expect(v(text)).toMatchObject({ major, minor, patch });
});

test.each(['', '1', 'latest', '1.34-eks', '1.34.x', ' 1.34', '1.34\n', '1.34.2-', '1.-34', '1.99999', '１.34'])(
  '%j is not a version',
  (text) => {
    expect(KubeVersion.tryParse(text)).toBeUndefined();
    expect(() => v(text)).toThrow(expect.objectContaining({ name: 'InvalidVersion' }));
  },
);

test('minors are compared as numbers, patches do not count', () => {
  expect(v('1.9').isOlderThan(v('1.10'))).toBe(true);
  expect(v('1.34.2').equals(v('v1.34.9-eks-abc'))).toBe(true);
  expect(v('2.0').compare(v('1.37'))).toBeGreaterThan(0);
});

test.each([
  ['1.33', '1.36', ['1.34', '1.35', '1.36']],
  ['1.36', '1.36', []],
  ['1.36', '1.35', []],
])('the hops from %s to %s', (from, to, hops) => {
  expect(v(from).hopsTo(v(to)).map(String)).toEqual(hops);
});

test('minors behind is negative when ahead', () => {
  expect(v('1.33').minorsBehind(v('1.36'))).toBe(3);
  expect(v('1.37').minorsBehind(v('1.36'))).toBe(-1);
});

test('text and JSON are the minor, which is what EKS takes', () => {
  expect(`${v('v1.34.2-eks-abc')}`).toBe('1.34');
  expect(JSON.stringify({ version: v('1.34.2') })).toBe('{"version":"1.34"}');
});
