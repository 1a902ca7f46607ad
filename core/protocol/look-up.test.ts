import { cluster, intent, NOON } from '../../test/material/protocol/one-upgrade.ts';
import { type MutatingCall, UPDATE_TYPE } from '../contracts/mutating-calls.ts';
import type { Update, UpdateSubject } from '../ports/eks.ts';
import { lookUp } from './look-up.ts';
import { hasTargetOf, subjectOf } from './update-subject.ts';

const after = (seconds: number): Date => new Date(NOON.getTime() + seconds * 1000);
const ours: Update = {
  id: 'ours',
  status: 'InProgress',
  type: 'VersionUpdate',
  params: [
    { type: 'PlatformVersion', value: 'eks.1' },
    { type: 'Version', value: '1.37' },
  ],
  createdAt: after(5),
};

type Reader = Parameters<typeof lookUp>[0];
const notFound = Object.assign(new Error('gone'), { name: 'ResourceNotFoundException' });
/** The creation time of the present subject of that name: far before any commit, unless a test says otherwise. */
interface Since {
  readonly cluster?: string;
  readonly part?: Date | 'gone';
}

/** An EKS with these updates; requests to it are recorded. */
function eksWith(updates: readonly Update[], { cluster: createdAt = cluster.createdAt, part }: Since = {}) {
  const asked: UpdateSubject[] = [];
  const described = async () => {
    if (part === 'gone') throw notFound;
    return { createdAt: part ?? new Date(cluster.createdAt) } as never;
  };
  const eks: Reader = {
    listUpdates: async (_, subject) => {
      asked.push(subject);
      return updates.map(({ id }) => id);
    },
    describeUpdate: async (_, subject) => {
      asked.push(subject);
      return updates.find(({ id }) => id === subject.updateId) as Update;
    },
    describeCluster: async (_, { name }) => ({ name, arn: cluster.arn, createdAt: new Date(createdAt) }) as never,
    describeNodegroup: described,
    describeAddon: described,
  };
  return { eks, asked };
}
const told = (update: Awaited<ReturnType<typeof lookUp>>) => (typeof update === 'object' ? update.id : update);
const found = async (updates: readonly Update[], given: Parameters<typeof intent>[0] = {}) =>
  told(await lookUp(eksWith(updates).eks, intent(given)));

test('the update that a call has started is found among others', async () => {
  const others = [
    { ...ours, id: 'known' },
    { ...ours, id: 'another type', type: 'ConfigUpdate' },
    { ...ours, id: 'another target', params: [{ type: 'Version', value: '1.36' }] },
    { ...ours, id: 'before', createdAt: after(-61) },
    { ...ours, id: 'after', createdAt: after(101) },
  ];
  expect(await found(others, { knownUpdateIds: ['known'] })).toBeUndefined();
  expect(await found([...others, ours], { knownUpdateIds: ['known'] })).toBe('ours');
});

test.each([
  [-60, 'ours'],
  [-60.001, undefined],
  [0, 'ours'],
  [100, 'ours'],
  [100.001, undefined],
])(
  'clocks differ by a minute at most, and a call arrives within its grace: %d s after the commit is %s',
  async (seconds, id) => {
    expect(await found([{ ...ours, createdAt: after(seconds) }])).toBe(id);
  },
);

test('nothing was started where nothing is listed', async () => {
  expect(await found([])).toBeUndefined();
});

test('an update that was known is not described again', async () => {
  const { eks, asked } = eksWith([ours]);
  expect(await lookUp(eks, intent({ knownUpdateIds: ['ours'] }))).toBeUndefined();
  expect(asked).toEqual([{ name: 'web' }]);
});

const clientRequestToken = 't';
const version: MutatingCall = {
  name: 'UpdateClusterVersion',
  input: { name: 'web', version: '1.37', clientRequestToken },
};
const nodes: MutatingCall = {
  name: 'UpdateNodegroupVersion',
  input: { clusterName: 'web', nodegroupName: 'workers', version: '1.37', clientRequestToken },
};
const ofRelease = { ...nodes, input: { ...nodes.input, releaseVersion: '1.37.2-20261112' } } as MutatingCall;
const { version: _, ...ofLaunchTemplate } = nodes.input;
const ofTemplate: MutatingCall = {
  ...nodes,
  input: { ...ofLaunchTemplate, launchTemplate: { id: 'lt-1', version: '4' } },
};
const addon: MutatingCall = {
  name: 'UpdateAddon',
  input: {
    clusterName: 'web',
    addonName: 'coredns',
    addonVersion: 'v1.11',
    resolveConflicts: 'PRESERVE',
    clientRequestToken,
  },
};

test('an update is listed where its call goes, and described there', async () => {
  const all = [version, nodes, addon].map((call) => subjectOf(call));
  expect(all).toEqual([
    { name: 'web' },
    { name: 'web', nodegroupName: 'workers' },
    { name: 'web', addonName: 'coredns' },
  ]);
  const update = { ...ours, type: 'AddonUpdate', params: [{ type: 'AddonVersion', value: 'v1.11' }] };
  const { eks, asked } = eksWith([update]);
  const call = addon as unknown as { name: 'UpdateAddon'; input: Record<string, unknown> };
  expect(told(await lookUp(eks, intent({ call })))).toBe('ours');
  expect(asked).toEqual([all[2], { ...all[2], updateId: 'ours' }]);
});

const committing = (call: MutatingCall) =>
  intent({ call: call as unknown as Parameters<typeof intent>[0] extends { call?: infer C } ? C : never });

test.each<[string, MutatingCall, Since, string | undefined]>([
  ['a cluster, the same', version, {}, 'ours'],
  ['a cluster, created anew under its name', version, { cluster: NOON.toISOString() }, 'gone'],
  ['a node group, the same', nodes, {}, 'ours'],
  ['a node group, created as late as a clock may be wrong', nodes, { part: after(-60) }, 'ours'],
  ['a node group, created anew under its name', nodes, { part: after(-59.999) }, 'gone'],
  ['a node group of a cluster that was created anew', nodes, { cluster: NOON.toISOString() }, 'gone'],
  ['a node group, deleted', nodes, { part: 'gone' }, 'gone'],
  ['an add-on, the same', addon, {}, 'ours'],
  ['an add-on, created anew under its name', addon, { part: after(120) }, 'gone'],
  ['an add-on, deleted', addon, { part: 'gone' }, 'gone'],
])(
  'what is created anew under a name has not the updates of what was deleted, and its own are not ours: %s',
  async (_, call, since, id) => {
    const update = { ...ours, type: UPDATE_TYPE[call.name], params: [] };
    expect(told(await lookUp(eksWith([update], since).eks, committing(call)))).toBe(id);
  },
);

test.each<[string, MutatingCall]>([
  ['the control plane', version],
  ['a node group', nodes],
  ['an add-on', addon],
])(
  'an update that EKS lists and does not describe says nothing of whether what it is of was deleted: %s',
  async (_, call) => {
    const update = { ...ours, type: UPDATE_TYPE[call.name], params: [] };
    const hidden = { ...eksWith([update]).eks, describeUpdate: () => Promise.reject(notFound) };
    await expect(lookUp(hidden, committing(call))).rejects.toBe(notFound);
    const deleted = { ...hidden, describeCluster: () => Promise.reject(notFound) };
    expect(await lookUp(deleted, committing(call))).toBe('gone');
  },
);

test('what cannot be read is no answer', async () => {
  const denied = Object.assign(new Error('no'), { name: 'AccessDeniedException' });
  const eks = { ...eksWith([]).eks, listUpdates: () => Promise.reject(denied) };
  await expect(lookUp(eks, intent())).rejects.toBe(denied);
});

test.each<[string, MutatingCall, Update['params'], boolean]>([
  ['a version, the same', version, [{ type: 'Version', value: '1.37' }], true],
  ['a version, another', version, [{ type: 'Version', value: '1.36' }], false],
  ['a version that is not told', version, [{ type: 'PlatformVersion', value: 'eks.1' }], true],
  ['nodes, the same', nodes, [{ type: 'Version', value: '1.37' }], true],
  ['nodes, another', nodes, [{ type: 'Version', value: '1.36' }], false],
  ['a release, the same', ofRelease, [{ type: 'ReleaseVersion', value: '1.37.2-20261112' }], true],
  ['a release, another of the version', ofRelease, [{ type: 'ReleaseVersion', value: '1.37.2-20261118' }], false],
  [
    'nodes of a launch template',
    { name: nodes.name, input: ofLaunchTemplate } as MutatingCall,
    [{ type: 'Version', value: '1.36' }],
    true,
  ],
  ['an add-on, the same', addon, [{ type: 'AddonVersion', value: 'v1.11' }], true],
  ['a launch template, the same', ofTemplate, [{ type: 'LaunchTemplateVersion', value: '4' }], true],
  ['a launch template, another version of it', ofTemplate, [{ type: 'LaunchTemplateVersion', value: '5' }], false],
  ['an add-on, another', addon, [{ type: 'AddonVersion', value: 'v1.12' }], false],
  ['an add-on beside a version', addon, [{ type: 'Version', value: '1.36' }], true],
])('%s: whether it is the call’s target', (_name, call, params, same) => {
  expect(hasTargetOf({ ...ours, params }, call)).toBe(same);
});
