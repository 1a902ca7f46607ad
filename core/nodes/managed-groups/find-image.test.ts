import { failing } from '../../../test/material/steps/one-step.ts';
import { quietAccount, quietEc2 } from '../../../test/material/steps/quiet-account.ts';
import type { Nodegroup } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { findImage } from './find-image.ts';

const group = {
  ...{ nodegroupName: 'ml', clusterName: 'web', status: 'ACTIVE', amiType: 'CUSTOM' },
  launchTemplate: { id: 'lt-1', version: '3' },
} as Nodegroup;
const context = {
  scope: { account: '111111111111', region: 'eu-central-1' },
  target: KubeVersion.parse('1.37'),
  cluster: { name: 'web', version: '1.37' },
};
const rule = { owners: ['self'], parameter: '/images/{version}' };
const ec2 = { ...quietEc2, describeLaunchTemplateTags: async () => ({ 'liftlock:versions': 'allowed' }) };
const OLD = { deprecationTime: '2026-11-01T00:00:00.000Z' };
const found = (
  getParameter: (name: string) => Promise<string | undefined>,
  of = ec2,
  begunWith?: Nodegroup['launchTemplate'],
) =>
  findImage(
    {
      account: { ...quietAccount, getParameter: (_, name) => getParameter(name) },
      ec2: of,
      clock: { now: () => new Date('2026-11-20T12:00:00Z') },
    },
    ...([context, group, rule, begunWith] as const),
  );

test('a parameter names the image of the minor', async () => {
  const asked: string[] = [];
  const image = await found(async (name) => {
    asked.push(name);
    return 'ami-1';
  });
  expect(image).toMatchObject({ image: { imageId: 'ami-1' }, from: { template: 'lt-1', version: '3' } });
  expect(asked).toEqual(['/images/1.37']);
});

test('one that IAM denies stops the roll, as one that is not there; any other fault is one', async () => {
  const denied = async () => Promise.reject(failing('AccessDeniedException'));
  expect(await found(denied)).toMatchObject({ code: 'CustomImage', message: expect.stringContaining('/images/1.37') });
  await expect(found(async () => Promise.reject(failing('InternalServerError')))).rejects.toThrow(
    'InternalServerError',
  );
});

test('what a parameter holds is asked of EC2 and told only where it is the id of an image', async () => {
  const asked: (readonly string[])[] = [];
  const describeImages: typeof ec2.describeImages = async (scope, ids) => {
    asked.push(ids);
    return ec2.describeImages(scope, ids);
  };
  const refused = await found(async () => 'a password', { ...ec2, describeImages });
  expect(JSON.stringify([refused, asked])).not.toContain('password');
  expect(refused).toMatchObject({ code: 'CustomImage' });
});

test('a launch template that is gone, or not open, stops the roll', async () => {
  const gone = { ...ec2, describeLaunchTemplateVersion: async () => undefined };
  expect(await found(async () => 'ami-1', gone)).toMatchObject({
    message: 'Version 3 of the launch template lt-1 of ml is gone.',
  });
  for (const tags of [undefined, {}, { 'liftlock:versions': 'no' }] as never[]) {
    const closed = await found(async () => 'ami-1', { ...ec2, describeLaunchTemplateTags: async () => tags });
    expect(closed).toMatchObject({ message: expect.stringContaining('no tag liftlock:versions=allowed') });
  }
});

test('of a group that launches the image already no version of its template is needed', async () => {
  const shut = { ...ec2, describeLaunchTemplateTags: async () => ({}) as never };
  const from = await ec2.describeLaunchTemplateVersion(context.scope, 'lt-1', '3');
  const there = { ...shut, describeLaunchTemplateVersion: async () => ({ ...from, imageId: 'ami-1' }) as never };
  expect(await found(async () => 'ami-1', there)).toMatchObject({ image: { imageId: 'ami-1' } });
});

test('an image that is missing and a launch template that is not open are told together', async () => {
  const shut = { ...ec2, describeLaunchTemplateTags: async () => ({}) as never };
  expect(await found(async () => undefined, shut)).toMatchObject({
    code: 'CustomImage',
    message: expect.stringMatching(
      /^No parameter .*cannot be rolled to \S+\. Liftlock may make no version of the launch template lt-1: .*create-tags/,
    ),
  });
  expect(await found(async () => undefined)).toMatchObject({ message: expect.not.stringContaining('create-tags') });
});

test.each<[string, object | undefined, object, string]>([
  ['keeps the image of its roll', { id: 'lt-1', version: '3' }, {}, 'ami-own'],
  ['goes to the named one where no roll has begun', undefined, {}, 'ami-1'],
  ['goes to the named one where another version was rolled', { id: 'lt-1', version: '2' }, {}, 'ami-1'],
  ['goes to the named one where its own is deprecated', { id: 'lt-1', version: '3' }, OLD, 'ami-1'],
])('a group of which some nodes were replaced %s', async (_, begunWith, own, expected) => {
  const describeImages: typeof ec2.describeImages = async (scope, ids) =>
    (await ec2.describeImages(scope, ids)).map((one) => (one.imageId === 'ami-own' ? { ...one, ...own } : one));
  const from = await ec2.describeLaunchTemplateVersion(context.scope, 'lt-1', '3');
  const of = { ...ec2, describeImages, describeLaunchTemplateVersion: async () => ({ ...from, imageId: 'ami-own' }) };
  const image = await found(async () => 'ami-1', of as typeof ec2, begunWith);
  expect(image).toMatchObject({ image: { imageId: expected } });
});
