import { imageRuleOf, isRolled } from '../../model/image-rule.ts';
import type { Image } from '../../ports/ec2.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { chooseImage, madeBefore, newVersionOf } from './custom-image.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const image = (imageId: string, more: Partial<Image> = {}): Image => ({
  ...{ imageId, state: 'available', architecture: 'x86_64', creationDate: '2026-10-01T00:00:00.000Z', tags: {} },
  ...more,
});
const tagged = { owners: ['self'], tags: { minor: '{version}' } };
const asked = {
  ...{
    nodegroup: 'ml',
    target: KubeVersion.parse('1.37'),
    controlPlane: KubeVersion.parse('1.36'),
    region: 'eu-central-1',
    now: NOW,
  },
  ...{ launched: image('ami-old'), named: undefined },
};
const chosen = (found: readonly Image[], rule: Parameters<typeof chooseImage>[0] = tagged, more: object = {}) => {
  const result = chooseImage(rule, found, { ...asked, ...more });
  return 'code' in result ? result.message : result.imageId;
};

test('of several the newest that fits is taken', () => {
  const newer = image('ami-2', { creationDate: '2026-11-01T00:00:00.000Z' });
  const newest = image('ami-3', { creationDate: '2026-11-02T00:00:00.000Z', architecture: 'arm64' });
  expect(chosen([image('ami-1'), newer, newest])).toBe('ami-2');
  // The order in which EC2 lists images of one second does not matter.
  const [one, other] = [image('ami-4'), image('ami-5')];
  expect([chosen([one, other]), chosen([other, one])]).toEqual(['ami-5', 'ami-5']);
});

test('when the image of the group is gone, or named by a parameter, none is chosen of two architectures', () => {
  const arm = image('ami-3', { creationDate: '2026-11-02T00:00:00.000Z', architecture: 'arm64' });
  const launched = undefined;
  expect(chosen([image('ami-1'), arm], tagged, { launched })).toBe(
    'AMIs with the tags minor=1.37 are there for arm64 and x86_64: nobody knows which of them the node group needs, since EC2 knows no AMI that it launches now (one more tag in the rule tells), so the node group ml cannot be rolled to 1.37.',
  );
  expect(chosen([arm], tagged, { launched })).toBe('ami-3');
  const old = image('ami-2', { architecture: 'x86_64', state: 'disabled' });
  expect(chosen([arm, old], tagged, { launched })).toBe('ami-3');
});

test.each<[string, Partial<Image>, string | undefined]>([
  ['pending', { state: 'pending' }, 'is pending'],
  ['deprecated', { deprecationTime: '2026-11-20T12:00:00.000Z' }, 'is deprecated since 2026-11-20T12:00:00.000Z'],
  ['to be deprecated', { deprecationTime: '2026-11-20T12:00:00.001Z' }, undefined],
  ['of another architecture', { architecture: 'arm64' }, 'is of arm64, and the group runs x86_64'],
  ['built for a minor that begins alike', { tags: { kubernetes: '1.3.7' } }, 'was built for Kubernetes 1.3.7'],
  ['built for the minor', { tags: { kubernetes: '1.37.1/2026-10-01/bin/linux/amd64' } }, undefined],
  ['built for the bare minor', { tags: { kubernetes: '1.37' } }, undefined],
])('an image that is %s', (_, more, why) => {
  const said = `No AMI with the tags minor=1.37 can be used: the AMI ami-1 ${why}, so the node group ml cannot be rolled to 1.37.`;
  expect(chosen([image('ami-1', more)])).toBe(why === undefined ? 'ami-1' : said);
});

test('what a group launches before its control plane moves is of an older minor; afterwards it may be what it was rolled to', () => {
  const rule = { owners: ['self'], table: { '1.37': { 'eu-central-1': 'ami-old' } } };
  const said =
    'The AMI ami-old cannot be used: the AMI ami-old is what the group launches at 1.36, so the node group ml cannot be rolled to 1.37.';
  const named = 'ami-old';
  expect(chosen([image('ami-old')], rule, { named })).toBe(said);
  expect(chosen([image('ami-old')], rule, { named, controlPlane: KubeVersion.parse('1.37') })).toBe('ami-old');
});

test('a table that has the minor in other Regions alone has none', () => {
  const rule = { owners: ['self'], table: { '1.37': { 'eu-west-1': 'ami-1' } } };
  const none =
    'The policy names no AMI of 1.37 in eu-central-1 (spec.nodes.images), so the node group ml cannot be rolled to 1.37.';
  expect(chosen([image('ami-1')], rule)).toBe(none);
  const parameter = { owners: ['self'], parameter: '/eks/{version}/{version}' };
  expect(chosen([], parameter)).toBe(
    "No parameter /eks/1.37/1.37 in eu-central-1 that Liftlock may read holds the id of an AMI (one of the account's own needs the tag liftlock:images=allowed), so the node group ml cannot be rolled to 1.37.",
  );
  expect(chosen([image('ami-1')], parameter, { named: 'ami-1' })).toBe('ami-1');
  expect(chosen([], parameter, { named: 'ami-1' })).toBe(
    'The AMI ami-1 cannot be used: EC2 has none that this account may launch, so the node group ml cannot be rolled to 1.37.',
  );
});

test('the first rule that names a group counts, and none is for groups whose image EKS chooses', () => {
  const [first, second] = [{ ...tagged, nodegroups: ['gpu-*', 'ml'] }, tagged];
  const nodes = { images: [first, second] };
  const ruleOf = (name: string, amiType = 'CUSTOM') => imageRuleOf(nodes, { name, amiType });
  expect([ruleOf('gpu-1'), ruleOf('ml'), ruleOf('web')]).toEqual([first, first, second]);
  expect(ruleOf('ml', 'AL2023_x86_64_STANDARD')).toBeUndefined();
  expect(imageRuleOf({ images: [first] }, { nodegroupName: 'web', amiType: 'CUSTOM' })).toBeUndefined();
  expect(imageRuleOf(undefined, { name: 'ml', amiType: 'CUSTOM' })).toBeUndefined();
  const rolled = (amiType: string, spec: typeof nodes | undefined) => isRolled(spec, { name: 'ml', amiType });
  expect([rolled('CUSTOM', nodes), rolled('CUSTOM', undefined), rolled('AL2_x86_64', undefined)]).toEqual([
    ...[true, false, true],
  ]);
});

test('a version that was made for it is found again; one with other data, or of another source, is not', () => {
  const from = { template: 'lt-1', version: '3', imageId: 'ami-old' };
  const wanted = newVersionOf(from, 'ami-1');
  expect(wanted).toMatchObject({ template: 'lt-1', sourceVersion: '3', imageId: 'ami-1' });
  const made = { template: 'lt-1', version: '4', imageId: 'ami-1', description: wanted.description };
  const byHand = { ...made, version: '5', description: 'by hand' };
  const ofOther = { ...made, version: '6', description: newVersionOf({ ...from, version: '2' }, 'ami-1').description };
  expect(madeBefore([made, byHand, ofOther], from, 'ami-1')).toBe(made);
  expect(madeBefore([byHand, ofOther, { ...made, imageId: 'ami-2' }], from, 'ami-1')).toBeUndefined();
});

test('on the way back it is the version that the own one was made of, and no other with that image', () => {
  const before = { template: 'lt-1', version: '3', imageId: 'ami-old' };
  const { description } = newVersionOf(before, 'ami-1');
  const own = { template: 'lt-1', version: '4', imageId: 'ami-1', description };
  const other = { ...before, version: '2' };
  expect(madeBefore([other, before], own, 'ami-old')).toBe(before);
  expect(madeBefore([other], own, 'ami-old')).toBeUndefined();
  expect(madeBefore([{ ...before, imageId: 'ami-3' }], own, 'ami-old')).toBeUndefined();
});
