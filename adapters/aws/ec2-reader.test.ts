import { startAnsweringServer } from '../../test/material/wire/answering-server.ts';
import { createEc2Reader } from './ec2-reader.ts';

let server: Awaited<ReturnType<typeof startAnsweringServer>>;
let slept: number[];
let forgotten: string[];

beforeEach(async () => {
  slept = [];
  forgotten = [];
  server = await startAnsweringServer();
});
afterEach(() => server.close());

const scope = { account: '111111111111', region: 'eu-central-1' };
const credentials = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'session' };
const reader = () =>
  createEc2Reader({
    sessions: {
      forAccount: async () => ({ ...credentials, expiration: new Date(0) }),
      forget: (account) => void forgotten.push(account),
    },
    clock: { now: () => new Date(0) },
    sleep: async (milliseconds) => {
      slept.push(milliseconds);
    },
    endpointOf: () => server.url,
  });
const formOf = (index: number) => Object.fromEntries(new URLSearchParams(server.asked[index]?.body));
const ok = (body: string) => server.answers.push({ status: 200, body });
const refuse = (status: number, code: string, message = 'no') =>
  server.answers.push({
    status,
    body: `<Response><Errors><Error><Code>${code}</Code><Message>${message}</Message></Error></Errors><RequestID>r</RequestID></Response>`,
  });
const item = (id: string, free: string) =>
  `<item><subnetId>${id}</subnetId><availabilityZone>z</availabilityZone><availableIpAddressCount>${free}</availableIpAddressCount><tagSet><item><key>subnetId</key><value>other</value></item></tagSet></item>`;
const subnets = (items: string, token = '') =>
  `<DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><subnetSet>${items}</subnetSet>${token}</DescribeSubnetsResponse>`;

test('every page is read, of one item as of several and of none; what is signed is EC2, in the Region', async () => {
  ok(subnets(item('s1', '7') + item('s2', '0'), '<nextToken>more</nextToken>'));
  ok(subnets(item('s3', '9'), '<nextToken>last</nextToken>'));
  ok(subnets(''));
  expect(await reader().describeSubnets(scope, ['s1', 's2', 's3'])).toEqual([
    { subnetId: 's1', availabilityZone: 'z', availableIpAddressCount: 7 },
    { subnetId: 's2', availabilityZone: 'z', availableIpAddressCount: 0 },
    { subnetId: 's3', availabilityZone: 'z', availableIpAddressCount: 9 },
  ]);
  expect(formOf(0)).toEqual({
    ...{ Action: 'DescribeSubnets', Version: '2016-11-15', MaxResults: '100', 'Filter.1.Name': 'subnet-id' },
    ...{ 'Filter.1.Value.1': 's1', 'Filter.1.Value.2': 's2', 'Filter.1.Value.3': 's3' },
  });
  expect(server.asked.map((_, index) => formOf(index).NextToken)).toEqual([undefined, 'more', 'last']);
  expect(server.asked[0]?.headers.authorization).toMatch(/Credential=key\/\d{8}\/eu-central-1\/ec2\/aws4_request/);
});

test('more names than a filter takes are asked in parts', async () => {
  ok(subnets(''));
  ok(subnets(item('s200', '1')));
  const names = Array.from({ length: 201 }, (_, index) => `s${index}`);
  expect((await reader().describeSubnets(scope, names)).map(({ subnetId }) => subnetId)).toEqual(['s200']);
  expect(formOf(1)).toMatchObject({ 'Filter.1.Value.1': 's200' });
});

test('security groups and instance types are read from their own elements', async () => {
  ok(
    '<DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg</groupId></item></securityGroupInfo></DescribeSecurityGroupsResponse>',
  );
  ok(
    '<DescribeInstanceTypesResponse><instanceTypeSet><item><instanceType>m5.large</instanceType><vCpuInfo><defaultVCpus>2</defaultVCpus></vCpuInfo><networkInfo><ipv4AddressesPerInterface>10</ipv4AddressesPerInterface></networkInfo></item></instanceTypeSet></DescribeInstanceTypesResponse>',
  );
  const ec2 = reader();
  expect(await ec2.describeSecurityGroups(scope, ['sg'])).toEqual([{ groupId: 'sg' }]);
  expect(await ec2.describeInstanceTypes(scope, ['m5.large'])).toEqual([
    { instanceType: 'm5.large', vcpus: 2, ipv4AddressesPerInterface: 10 },
  ]);
});

test('what passes is tried again and what does not is not; the error has the name that EC2 gives it', async () => {
  refuse(503, 'RequestLimitExceeded');
  refuse(500, 'InternalError');
  ok(subnets(''));
  expect(await reader().describeSubnets(scope, ['s'])).toEqual([]);
  expect(slept).toEqual([500, 1000]);
  refuse(403, 'UnauthorizedOperation', 'not authorized to perform: ec2:DescribeSubnets');
  await expect(reader().describeSubnets(scope, ['s'])).rejects.toMatchObject({
    name: 'UnauthorizedOperation',
    message: 'not authorized to perform: ec2:DescribeSubnets',
  });
  expect(server.asked).toHaveLength(4);
  for (let count = 0; count < 5; count += 1) refuse(503, 'Unavailable');
  await expect(reader().describeSubnets(scope, ['s'])).rejects.toMatchObject({ name: 'Unavailable' });
  expect(server.asked).toHaveLength(8);
});

test('credentials that are not taken any more are given up, and the next try has others', async () => {
  refuse(401, 'AuthFailure');
  ok(subnets(''));
  expect(await reader().describeSubnets(scope, ['s'])).toEqual([]);
  expect([forgotten, server.asked.length]).toEqual([[scope.account], 2]);
});

test.each([
  ['no number', item('s', 'many')],
  ['nothing where a number belongs', item('s', '')],
  ['no id', '<item><availabilityZone>z</availabilityZone></item>'],
])('an answer with %s is none', async (_, items) => {
  ok(subnets(items));
  await expect(reader().describeSubnets(scope, ['s'])).rejects.toMatchObject({ name: 'IncompleteAnswer' });
});

test('of AMIs deprecated ones are asked for, too', async () => {
  const one = (more: string) =>
    `<item><imageId>ami-1</imageId><imageState>available</imageState><architecture>arm64</architecture><creationDate>2026-10-01T00:00:00.000Z</creationDate>${more}</item>`;
  ok(
    `<DescribeImagesResponse><imagesSet>${one('')}${one('<deprecationTime>2026-01-01T00:00:00.000Z</deprecationTime>')}</imagesSet></DescribeImagesResponse>`,
  );
  const image = {
    imageId: 'ami-1',
    state: 'available',
    architecture: 'arm64',
    creationDate: '2026-10-01T00:00:00.000Z',
    tags: {},
  };
  expect(await reader().describeImages(scope, ['ami-1'])).toEqual([
    ...[image, { ...image, deprecationTime: '2026-01-01T00:00:00.000Z' }],
  ]);
  expect(formOf(0)).toMatchObject({ IncludeDeprecated: 'true', 'Filter.1.Name': 'image-id' });
});

test('a version of a launch template is asked for by id or name; one that is gone is undefined, and no other error is', async () => {
  const ec2 = reader();
  ok(
    '<DescribeLaunchTemplateVersionsResponse><launchTemplateVersionSet><item><launchTemplateId>lt-1</launchTemplateId><launchTemplateData><imageId>ami-1</imageId><instanceType>m5.large</instanceType></launchTemplateData></item></launchTemplateVersionSet></DescribeLaunchTemplateVersionsResponse>',
  );
  ok(
    '<DescribeLaunchTemplateVersionsResponse><launchTemplateVersionSet><item><launchTemplateData/></item></launchTemplateVersionSet></DescribeLaunchTemplateVersionsResponse>',
  );
  expect(await ec2.describeLaunchTemplateVersion(scope, 'lt-1', '3')).toEqual({
    ...{ template: 'lt-1', version: '3', imageId: 'ami-1', instanceType: 'm5.large' },
  });
  expect(await ec2.describeLaunchTemplateVersion(scope, 'web', '$Default')).toEqual({
    ...{ template: 'web', version: '$Default' },
  });
  const codes = ['Id.NotFound', 'Id.VersionNotFound', 'Name.NotFoundException'];
  for (const code of codes) {
    refuse(400, `InvalidLaunchTemplate${code}`);
    expect(await ec2.describeLaunchTemplateVersion(scope, 'lt-1', '3')).toBeUndefined();
  }
  refuse(400, 'InvalidLaunchTemplateId.Malformed');
  await expect(ec2.describeLaunchTemplateVersion(scope, 'lt-1', '3')).rejects.toMatchObject({
    name: 'InvalidLaunchTemplateId.Malformed',
  });
  expect(server.asked.map((_, index) => [formOf(index).LaunchTemplateId, formOf(index).LaunchTemplateName])).toEqual([
    ...[
      ['lt-1', undefined],
      [undefined, 'web'],
    ],
    ...[...codes, ''].map(() => ['lt-1', undefined]),
  ]);
  expect(formOf(0)['LaunchTemplateVersion.1']).toBe('3');
});

test('images are found by owner and by every tag, with their tags', async () => {
  ok(
    '<DescribeImagesResponse><imagesSet><item><imageId>ami-1</imageId><imageState>available</imageState><architecture>x86_64</architecture><creationDate>c</creationDate><tagSet><item><key>minor</key><value>1.37</value></item><item><key>empty</key><value></value></item></tagSet></item></imagesSet></DescribeImagesResponse>',
  );
  const found = await reader().findImages(scope, ['self', '222222222222'], { minor: '1.37', team: 'ml' });
  expect(found.map(({ imageId, tags }) => [imageId, tags])).toEqual([['ami-1', { minor: '1.37', empty: '' }]]);
  expect(formOf(0)).toEqual({
    ...{
      Action: 'DescribeImages',
      Version: '2016-11-15',
      MaxResults: '100',
      'Owner.1': 'self',
      'Owner.2': '222222222222',
    },
    ...{
      'Filter.1.Name': 'tag:minor',
      'Filter.1.Value.1': '1.37',
      'Filter.2.Name': 'tag:team',
      'Filter.2.Value.1': 'ml',
    },
  });
  expect(await reader().findImages(scope, ['self'], {})).toEqual([]);
  expect(server.asked).toHaveLength(1);
});

test('of a template the versions with an image, and its own tags, are read by id or name', async () => {
  ok(
    '<DescribeLaunchTemplateVersionsResponse><launchTemplateVersionSet><item><versionNumber>4</versionNumber><versionDescription>made</versionDescription><launchTemplateData><imageId>ami-1</imageId></launchTemplateData></item></launchTemplateVersionSet></DescribeLaunchTemplateVersionsResponse>',
  );
  expect(await reader().listLaunchTemplateVersions(scope, 'web', 'ami-1')).toEqual([
    { template: 'web', version: '4', imageId: 'ami-1', description: 'made' },
  ]);
  expect(formOf(0)).toMatchObject({
    ...{ LaunchTemplateName: 'web', 'Filter.1.Name': 'image-id', 'Filter.1.Value.1': 'ami-1' },
  });
  ok(
    '<DescribeLaunchTemplatesResponse><launchTemplates><item><tagSet><item><key>a</key><value>b</value></item></tagSet></item></launchTemplates></DescribeLaunchTemplatesResponse>',
  );
  refuse(400, 'InvalidLaunchTemplateName.NotFoundException');
  expect(await reader().describeLaunchTemplateTags(scope, 'lt-1')).toEqual({ a: 'b' });
  expect(await reader().describeLaunchTemplateTags(scope, 'web')).toBeUndefined();
  const own = { Action: 'DescribeLaunchTemplates', Version: '2016-11-15' };
  expect([formOf(1), formOf(2)]).toEqual([
    { ...own, 'LaunchTemplateId.1': 'lt-1' },
    { ...own, 'LaunchTemplateName.1': 'web' },
  ]);
});
