import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEc2Reader } from '../../../adapters/aws/ec2-reader.ts';
import { createLaunchTemplates } from '../../../adapters/aws/launch-templates.ts';
import { testWorld } from '../../../test/material/eks/world.ts';
import { addCluster, addNodegroup } from '../../eks/add-cluster.ts';
import { createInMemoryEc2, createInMemoryTemplates } from '../../eks/network.ts';
import { AwsFault } from '../../wire/aws-call.ts';
import type { LocalCloud } from '../local-cloud.ts';
import { serveEc2 } from './serve-ec2.ts';

const ACCOUNT = '111111111111';
const REGION = 'eu-central-1';
const scope = { account: ACCOUNT, region: REGION };
const { fake } = testWorld((state) => {
  const shop = addCluster(state, { ...scope, name: 'shop', version: '1.36', nodegroups: [{ name: 'workers' }] });
  const other = addCluster(state, { account: '222222222222', region: REGION, name: 'other', version: '1.36' });
  shop.description.resourcesVpcConfig = {
    subnetIds: ['subnet-a', 'subnet-b', 'subnet-gone'],
    securityGroupIds: ['sg-1'],
  };
  const own = { id: 'lt-1', name: 'own', version: '3' };
  addNodegroup(state, shop, { name: 'own', amiType: 'CUSTOM', launchTemplate: own });
  addNodegroup(state, shop, { name: 'lost', amiType: 'CUSTOM', launchTemplate: { name: 'lost', version: '1' } });
  addNodegroup(state, shop, { name: 'plain', launchTemplate: { id: 'lt-2', version: '1' } });
  other.description.resourcesVpcConfig = { subnetIds: ['subnet-of-others'] };
  const golden = { architecture: 'arm64', kubelet: '1.37', creationDate: '2026-01-01T00:00:00.000Z' };
  state.images = {
    'ami-golden': { ...golden, ...scope, tags: { minor: '1.37', team: 'a&b' }, deprecationTime: '2027' },
    'ami-of-others': { ...golden, account: '222222222222', region: REGION, tags: {} },
  };
  state.templateTags = { 'lt-1': { 'liftlock:versions': 'allowed' } };
  state.freeAddresses = { 'subnet-b': 3 };
  state.goneResources = ['subnet-gone', 'lost:1', 'ami-lost-1'];
});

let server: Server;
let denied: boolean;
let notes: string[];
let ask: (operation: string, form?: string) => ReturnType<typeof serveEc2>;

beforeEach(async () => {
  [denied, notes] = [false, []];
  delete fake.state.templateVersions;
  const cloud = {
    options: { onNote: (note: string) => notes.push(note) },
    eks: fake,
    authority: {
      admit: () => {
        if (denied) throw new AwsFault('UnauthorizedOperation', 'not <yours>', { status: 403 });
        return { account: ACCOUNT };
      },
    },
  } as unknown as LocalCloud;
  const context = { region: REGION, requestId: 'r', origin: '' };
  const request = (body: string) => ({ method: 'POST', target: '/', headers: {}, body: Buffer.from(body) });
  ask = (operation, form = '') => serveEc2(cloud, request(form), { ...context, operation });
  server = createServer((incoming, response) => {
    let body = '';
    incoming.on('data', (chunk) => {
      body += chunk;
    });
    incoming.on('end', async () => {
      const operation = new URLSearchParams(body).get('Action') ?? '';
      const answer = await ask(operation, body);
      response.writeHead(answer.status, answer.headers).end(answer.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const session = { accessKeyId: 'a', secretAccessKey: 's', sessionToken: 't', expiration: new Date(0) };
const overHttp = () =>
  createEc2Reader({
    sessions: { forAccount: async () => session },
    clock: { now: () => new Date(0) },
    sleep: async () => {},
    endpointOf: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });

test.each([
  ['in this process', () => createInMemoryEc2(fake.state)],
  ['over HTTP', overHttp],
])('%s it tells what clusters of the account name, but for what is gone and what others have', async (_, open) => {
  const ec2 = open();
  const ids = ['subnet-a', 'subnet-b', 'subnet-gone', 'subnet-of-others', 'subnet-of-nobody'];
  expect(await ec2.describeSubnets(scope, ids)).toEqual([
    { subnetId: 'subnet-a', availabilityZone: 'eu-central-1a', availableIpAddressCount: 4000 },
    { subnetId: 'subnet-b', availabilityZone: 'eu-central-1b', availableIpAddressCount: 3 },
  ]);
  expect(await ec2.describeSubnets(scope, ['subnet-b'])).toHaveLength(1);
  expect(await ec2.describeSecurityGroups(scope, ['sg-1', 'sg-2'])).toEqual([{ groupId: 'sg-1' }]);
  expect(await ec2.describeInstanceTypes(scope, ['m6i.large', 'x.unknown'])).toEqual([
    { instanceType: 'm6i.large', vcpus: 2, ipv4AddressesPerInterface: 10 },
  ]);
});

test.each([
  ['in this process', () => createInMemoryEc2(fake.state)],
  ['over HTTP', overHttp],
])('%s it tells versions of launch templates, and their AMIs', async (_, open) => {
  const ec2 = open();
  const own = { template: 'lt-1', version: '3', imageId: 'ami-1-3' };
  expect(await ec2.describeLaunchTemplateVersion(scope, 'lt-1', '3')).toEqual(own);
  expect(await ec2.describeLaunchTemplateVersion(scope, 'lt-2', '1')).toEqual({ template: 'lt-2', version: '1' });
  for (const [template, version] of [
    ['lt-1', '4'],
    ['lt-9', '1'],
    ['lost', '1'],
  ] as const)
    expect(await ec2.describeLaunchTemplateVersion(scope, template, version)).toBeUndefined();
  const begun = { state: 'available', architecture: 'x86_64', creationDate: '2026-01-01T00:00:00.000Z', tags: {} };
  expect(await ec2.describeImages(scope, ['ami-1-3', 'ami-lost-1'])).toEqual([{ imageId: 'ami-1-3', ...begun }]);
  const golden = { ...begun, architecture: 'arm64', tags: { minor: '1.37', team: 'a&b' }, deprecationTime: '2027' };
  expect(await ec2.describeImages(scope, ['ami-golden', 'ami-of-others'])).toEqual([
    { imageId: 'ami-golden', ...golden },
  ]);
  const found = async (owners: string[], tags: Record<string, string>) =>
    (await ec2.findImages(scope, owners, tags)).map(({ imageId }) => imageId);
  expect(await found(['self'], { minor: '1.37', team: 'a&b' })).toEqual(['ami-golden']);
  expect(await found([ACCOUNT], { minor: '1.37' })).toEqual(['ami-golden']);
  expect(await found(['222222222222'], { minor: '1.37' })).toEqual([]);
  expect(await found(['self'], { minor: '1.37', team: 'other' })).toEqual([]);
  expect(await ec2.describeLaunchTemplateTags(scope, 'lt-1')).toEqual({ 'liftlock:versions': 'allowed' });
  expect(await ec2.describeLaunchTemplateTags(scope, 'lt-2')).toEqual({});
  expect(await ec2.describeLaunchTemplateTags(scope, 'lt-9')).toBeUndefined();
  expect(await ec2.describeLaunchTemplateTags(scope, 'no-such')).toBeUndefined();
});

const templatesOverHttp = () =>
  createLaunchTemplates({
    sessions: { forAccount: async () => session, narrowedTo: async () => session },
    ...{ partition: 'aws', clock: { now: () => new Date(0) }, sleep: async () => {} },
    endpointOf: () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
  });

test.each([
  ['in this process', () => ({ ec2: createInMemoryEc2(fake.state), templates: createInMemoryTemplates(fake.state) })],
  ['over HTTP', () => ({ ec2: overHttp(), templates: templatesOverHttp() })],
])('%s a version is its source with another image, under the next number, once for a token', async (_, open) => {
  const { ec2, templates } = open();
  const wanted = { template: 'lt-1', sourceVersion: '3', imageId: 'ami-golden', description: '3 <with> golden' };
  expect(await templates.createVersion(scope, wanted, 'one')).toBe('4');
  expect(await templates.createVersion(scope, wanted, 'one')).toBe('4');
  expect(await templates.createVersion(scope, wanted, 'two')).toBe('5');
  const made = { template: 'lt-1', imageId: 'ami-golden', description: '3 <with> golden' };
  expect(await ec2.listLaunchTemplateVersions(scope, 'lt-1', 'ami-golden')).toEqual([
    { ...made, version: '4' },
    { ...made, version: '5' },
  ]);
  expect(await ec2.listLaunchTemplateVersions(scope, 'lt-2', 'ami-golden')).toEqual([]);
  expect((await ec2.describeLaunchTemplateVersion(scope, 'lt-1', '3'))?.imageId).toBe('ami-1-3');
  const refused = (more: object, token = 'three') => templates.createVersion(scope, { ...wanted, ...more }, token);
  await expect(refused({ imageId: 'ami-2' }, 'one')).rejects.toMatchObject({ name: 'IdempotentParameterMismatch' });
  await expect(refused({ sourceVersion: '9' })).rejects.toMatchObject({
    name: 'InvalidLaunchTemplateId.VersionNotFound',
  });
  await expect(refused({ template: 'lt-9' })).rejects.toMatchObject({ name: 'InvalidLaunchTemplateId.NotFound' });
});

test('a refusal of IAM comes as EC2 writes it', async () => {
  denied = true;
  await expect(overHttp().describeSubnets(scope, ['subnet-a'])).rejects.toMatchObject({
    name: 'UnauthorizedOperation',
  });
});

test.each([
  ['DescribeSubnets', 'SubnetId.1=subnet-gone', 400, 'InvalidSubnetID.NotFound'],
  ['DescribeSecurityGroups', 'GroupId.1=sg-9', 400, 'InvalidGroup.NotFound'],
  ['DescribeInstanceTypes', 'InstanceType.1=x9', 400, 'InvalidInstanceType'],
  ['DescribeLaunchTemplates', 'Filter.1.Name=launch-template-id&Filter.1.Value.1=lt-1', 400, 'InvalidParameterValue'],
  ['DescribeSubnets', 'Filter.1.Name=tag:a&Filter.1.Value.1=b', 400, 'InvalidParameterValue'],
  ['DescribeImages', 'ImageId.1=ami-9', 400, 'InvalidAMIID.NotFound'],
  [
    ...['DescribeLaunchTemplateVersions', 'LaunchTemplateId=lt-1&LaunchTemplateVersion.1=4'],
    ...[400, 'InvalidLaunchTemplateId.VersionNotFound'],
  ] as [string, string, number, string],
  [
    ...['DescribeLaunchTemplateVersions', 'LaunchTemplateId=lt-9&LaunchTemplateVersion.1=1'],
    ...[400, 'InvalidLaunchTemplateId.NotFound'],
  ] as [string, string, number, string],
  [
    ...['DescribeLaunchTemplateVersions', 'LaunchTemplateName=x&LaunchTemplateVersion.1=1'],
    ...[400, 'InvalidLaunchTemplateName.NotFoundException'],
  ] as [string, string, number, string],
  ['DescribeVpcs', '', 501, 'NotImplemented'],
  ['DescribeImages', 'Filter.1.Name=name&Filter.1.Value.1=b', 400, 'InvalidParameterValue'],
])('%s with %s is refused with %i %s', async (operation, form, status, code) => {
  const { body, ...answer } = await ask(operation, form);
  expect([answer.status, String(body)]).toEqual([status, expect.stringContaining(`<Code>${code}</Code>`)]);
  expect(notes).toHaveLength(status === 501 ? 1 : 0);
});

test('what is named by id comes alone', async () => {
  const { body } = await ask('DescribeSubnets', 'SubnetId.1=subnet-b');
  expect(String(body).match(/<subnetId>[^<]*/g)).toEqual(['<subnetId>subnet-b']);
});
