import { reason } from '../contracts/step-result.ts';
import type { Addon, AddonInfo } from '../ports/eks.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { addonAfter, addonBack, addonBefore, addonFit, addonPathProblem, newerDefault } from './addon-target.ts';

const info = (
  name: string,
  versions: readonly (readonly [version: string, minors: string, isDefaultFor?: string])[],
): AddonInfo => ({
  addonName: name,
  addonVersions: versions.map(([addonVersion, minors, isDefaultFor]) => ({
    addonVersion,
    compatibilities: minors
      .split(' ')
      .map((clusterVersion) => ({ clusterVersion, defaultVersion: clusterVersion === isDefaultFor })),
  })),
});
const addon = (addonName: string, addonVersion: string): Addon => ({
  addonName,
  addonVersion,
  clusterName: 'web',
  status: 'ACTIVE',
});

describe('before the control plane moves', () => {
  const coredns = info('coredns', [
    ['v1.11.1-eksbuild.1', '1.35'],
    ['v1.12.0-eksbuild.1', '1.35 1.36', '1.36'],
    ['v1.12.4-eksbuild.1', '1.35 1.36'],
    ['v1.13.0-eksbuild.1', '1.36 1.37'],
  ]);

  test('a version that fits both minors stays', () => {
    expect(addonBefore(addon('coredns', 'v1.12.0-eksbuild.1'), coredns, '1.35', '1.36').type).toBe('keep');
  });

  test('one that does not goes to one that fits both, the next default if there is one', () => {
    expect(addonBefore(addon('coredns', 'v1.11.1-eksbuild.1'), coredns, '1.35', '1.36')).toEqual({
      type: 'move',
      version: 'v1.12.0-eksbuild.1',
    });
  });

  test('without one that fits both it is stuck, and says so', () => {
    expect(addonBefore(addon('coredns', 'v1.11.1-eksbuild.1'), coredns, '1.35', '1.37')).toMatchObject({
      type: 'stuck',
      reason: { code: 'AddonIncompatible' },
    });
  });

  test('it never goes down to fit', () => {
    expect(addonBefore(addon('coredns', 'v1.14.0-eksbuild.1'), coredns, '1.35', '1.36').type).toBe('stuck');
  });

  test('kube-proxy that would be too old for the next minor comes along first, and no further than its API server', () => {
    const proxy = info('kube-proxy', [
      ['v1.33.3-eksbuild.4', '1.33 1.34 1.35 1.36 1.37'],
      ['v1.36.0-eksbuild.1', '1.36 1.37', '1.36'],
      ['v1.37.0-eksbuild.1', '1.36 1.37', '1.37'],
    ]);
    const old = addon('kube-proxy', 'v1.33.3-eksbuild.4');
    expect(addonBefore(old, proxy, '1.36', '1.37')).toEqual({ type: 'move', version: 'v1.36.0-eksbuild.1' });
    expect(addonBefore(old, proxy, '1.35', '1.36').type).toBe('keep');
    const none = info('kube-proxy', [['v1.33.3-eksbuild.4', '1.36']]);
    expect(addonBefore(old, none, '1.36', '1.37').type).toBe('stuck');
  });

  test('kube-proxy stays: it is never newer than the API server', () => {
    const proxy = info('kube-proxy', [
      ['v1.35.0-eksbuild.1', '1.35'],
      ['v1.36.0-eksbuild.1', '1.36', '1.36'],
    ]);
    expect(addonBefore(addon('kube-proxy', 'v1.35.0-eksbuild.1'), proxy, '1.35', '1.36').type).toBe('keep');
    expect(addonAfter(addon('kube-proxy', 'v1.35.0-eksbuild.1'), proxy, '1.36')).toEqual({
      type: 'move',
      version: 'v1.36.0-eksbuild.1',
    });
  });
});

describe('after it moved', () => {
  const cni = info('vpc-cni', [
    ['v1.18.3-eksbuild.2', '1.36'],
    ['v1.19.0-eksbuild.1', '1.36'],
    ['v1.19.5-eksbuild.1', '1.36'],
    ['v1.20.1-eksbuild.1', '1.36', '1.36'],
  ]);

  test('vpc-cni goes one minor at a time', () => {
    expect(addonAfter(addon('vpc-cni', 'v1.18.3-eksbuild.2'), cni, '1.36')).toEqual({
      type: 'move',
      version: 'v1.19.5-eksbuild.1',
    });
    expect(addonAfter(addon('vpc-cni', 'v1.19.5-eksbuild.1'), cni, '1.36')).toEqual({
      type: 'move',
      version: 'v1.20.1-eksbuild.1',
    });
  });

  test('without any of the next minor it stays where it fits, and is stuck where it does not', () => {
    const gap = info('vpc-cni', [
      ['v1.16.4-eksbuild.2', '1.35 1.36'],
      ['v1.19.0-eksbuild.1', '1.36 1.37', '1.36'],
    ]);
    const old = addon('vpc-cni', 'v1.16.4-eksbuild.2');
    expect(addonAfter(old, gap, '1.36')).toMatchObject({
      type: 'keep',
      reason: { message: expect.stringContaining('it stays') },
    });
    expect(addonAfter(old, gap, '1.37')).toEqual({
      type: 'stuck',
      reason: reason(
        'AddonIncompatible',
        'vpc-cni goes one minor at a time, and EKS offers none between v1.16.4-eksbuild.2 and v1.19.0-eksbuild.1 for 1.37; a person deletes it with --preserve, by which what runs stays, and creates it at v1.19.0-eksbuild.1 with its role and configuration, and --resolve-conflicts OVERWRITE.',
      ),
    });
    expect(addonBefore(old, gap, '1.36', '1.37')).toMatchObject({
      type: 'stuck',
      reason: { code: 'AddonIncompatible' },
    });
    expect(addonAfter(addon('coredns', 'v1.16.4-eksbuild.2'), gap, '1.36').type).toBe('move');
  });

  test('what is newer than the default stays', () => {
    expect(addonAfter(addon('vpc-cni', 'v1.21.0-eksbuild.1'), cni, '1.36').type).toBe('keep');
  });

  test('an add-on that EKS does not list for the minor is stuck', () => {
    expect(addonAfter(addon('vpc-cni', 'v1.18.3-eksbuild.2'), cni, '1.40').type).toBe('stuck');
  });
});

describe('the whole way', () => {
  const path = (from: string, to: string, version: string, of: AddonInfo) =>
    addonPathProblem(addon(of.addonName, version), of, KubeVersion.parse(from), KubeVersion.parse(to))?.message;
  const coredns = info('coredns', [
    ['v1.11.0-eksbuild.1', '1.35'],
    ['v1.12.0-eksbuild.1', '1.35 1.36', '1.36'],
    ['v1.13.0-eksbuild.1', '1.36 1.37', '1.37'],
  ]);
  const alone = info('coredns', [
    ['v1.12.0-eksbuild.1', '1.35 1.36', '1.36'],
    ['v1.13.0-eksbuild.1', '1.37', '1.37'],
  ]);

  test('is proved hop by hop, from the version that the hop before has brought', () => {
    expect(path('1.35', '1.37', 'v1.11.0-eksbuild.1', coredns)).toBeUndefined();
    expect(path('1.35', '1.36', 'v1.12.0-eksbuild.1', alone)).toBeUndefined();
    expect(path('1.35', '1.37', 'v1.12.0-eksbuild.1', alone)).toContain('fits both 1.36 and 1.37');
    expect(path('1.36', '1.36', 'v1.99.0', alone)).toBeUndefined();
  });

  test('begins each hop where the one before it has ended', () => {
    const cni = info('vpc-cni', [
      ['v1.18.0-eksbuild.1', '1.35 1.36'],
      ['v1.19.0-eksbuild.1', '1.36'],
      ['v1.20.0-eksbuild.1', '1.36 1.37', '1.36'],
      ['v1.21.0-eksbuild.1', '1.37', '1.37'],
    ]);
    expect(path('1.35', '1.37', 'v1.18.0-eksbuild.1', cni)).toBeUndefined();
  });

  test('of vpc-cni goes by every minor, and ends where one is missing', () => {
    const minors = ['v1.18.0', 'v1.19.0', 'v1.20.0', 'v1.21.0'];
    const cni = (versions: readonly string[]) =>
      info(
        'vpc-cni',
        versions.map((version, index) => [`${version}-eksbuild.1`, index < 1 ? '1.36' : '1.36 1.37', '1.37'] as const),
      );
    expect(path('1.36', '1.37', 'v1.18.0-eksbuild.1', cni(minors))).toBeUndefined();
    const [first = '', ...others] = minors;
    expect(path('1.36', '1.37', 'v1.18.0-eksbuild.1', cni([first, ...others.slice(1)]))).toContain(
      'one minor at a time',
    );
  });
});

test('what the inventory keeps of an add-on is whether it is listed, and where it goes where it is not', () => {
  const coredns = info('coredns', [
    ['v1.12.0', '1.36'],
    ['v1.13.0', '1.36 1.37'],
    ['v1.14.0', '1.37', '1.37'],
    ['v1.15.0', '1.38'],
  ]);
  const kept = (version: string, minor: string) => addonFit(addon('coredns', version), coredns, minor);
  expect(kept('v1.13.0', '1.37')).toEqual({ compatible: true });
  expect(kept('v1.12.0', '1.37')).toEqual({ compatible: false, wants: 'v1.14.0' });
  // It is newer than all listed versions, and of a minor without any, so it is not changed.
  expect(kept('v1.15.0', '1.37')).toEqual({ compatible: false });
  expect(kept('v1.12.0', '1.39')).toEqual({ compatible: false });
  expect(addonFit(addon('own', 'v1'), undefined, '1.37')).toEqual({});
});

describe('inside a minor', () => {
  const coredns = info('coredns', [
    ['v1.12.0', '1.36'],
    ['v1.13.0', '1.36 1.37'],
    ['v1.14.0', '1.37', '1.37'],
    ['v1.15.0', '1.37'],
  ]);
  const pinnedTo = (version: string, pinned: string) => addonAfter(addon('coredns', version), coredns, '1.37', pinned);

  test('the default is what an older one goes to, and never one that is newer than it', () => {
    const newer = (version: string) => newerDefault(addon('coredns', version), coredns, '1.37');
    expect(['v1.13.0', 'v1.14.0', 'v1.15.0'].map(newer)).toEqual(['v1.14.0', undefined, undefined]);
    expect(newerDefault(addon('coredns', 'v1.12.0'), coredns, '1.36')).toBeUndefined();
    const gap = info('vpc-cni', [
      ['v1.18.0', '1.37'],
      ['v1.20.0', '1.37', '1.37'],
    ]);
    expect(newerDefault(addon('vpc-cni', 'v1.18.0'), gap, '1.37')).toBeUndefined();
  });

  test('a version that a rollout has pinned is taken in place of the default, and never goes down', () => {
    expect(pinnedTo('v1.13.0', 'v1.15.0')).toEqual({ type: 'move', version: 'v1.15.0' });
    expect(pinnedTo('v1.14.0', 'v1.13.0').type).toBe('keep');
  });

  test('where EKS offers it no more what fits stays, and what does not is stuck', () => {
    expect(pinnedTo('v1.13.0', 'v1.13.5')).toEqual({
      type: 'keep',
      reason: {
        code: 'AddonFits',
        message: 'EKS lists v1.13.5 of coredns no more for 1.37; v1.13.0 stays, since it fits 1.37.',
      },
    });
    expect(pinnedTo('v1.12.0', 'v1.13.5').type).toBe('stuck');
  });
});

describe('before the control plane goes back', () => {
  const dns = info('coredns', [
    ['v1.11.0-eksbuild.1', '1.35'],
    ['v1.12.0-eksbuild.1', '1.35 1.36', '1.36'],
    ['v1.12.4-eksbuild.1', '1.35 1.36'],
    ['v1.12.9-eksbuild.1', '1.35'],
    ['v1.13.0-eksbuild.1', '1.36'],
  ]);
  const back = (version: string, of = dns) => addonBack(addon(of.addonName ?? '', version), of, '1.36', '1.35');

  test('what the minor lists stays', () => expect(back('v1.12.0-eksbuild.1').type).toBe('keep'));

  test('what it does not goes to the newest that both list, or that it lists alone', () => {
    expect(back('v1.13.0-eksbuild.1')).toEqual({ type: 'move', version: 'v1.12.4-eksbuild.1' });
    const alone = info('coredns', [
      ['v1.11.0-eksbuild.1', '1.35'],
      ['v1.12.9-eksbuild.1', '1.35'],
      ['v1.13.0-eksbuild.1', '1.36'],
    ]);
    expect(back('v1.13.0-eksbuild.1', alone)).toEqual({ type: 'move', version: 'v1.12.9-eksbuild.1' });
  });

  test('kube-proxy is at its minor, whatever EKS lists for it', () => {
    const proxy = info('kube-proxy', [
      ['v1.34.9-eksbuild.1', '1.34 1.35 1.36'],
      ['v1.35.1-eksbuild.1', '1.35'],
      ['v1.36.0-eksbuild.1', '1.35 1.36'],
    ]);
    expect(back('v1.36.0-eksbuild.1', proxy)).toEqual({ type: 'move', version: 'v1.35.1-eksbuild.1' });
    expect(back('v1.35.1-eksbuild.1', proxy).type).toBe('keep');
  });

  test('where the minor has none it is stuck', () => {
    expect(back('v9.0.0-eksbuild.1', info('new', [['v9.0.0-eksbuild.1', '1.36']]))).toMatchObject({
      type: 'stuck',
      reason: { message: expect.stringContaining('EKS lists no version of new for 1.35') },
    });
  });
});
