import { placeOf } from './signed-calls.ts';

const ec2 = { name: 'ec2', variable: 'EC2' };
const iam = { name: 'iam', variable: 'IAM', isGlobal: true } as const;

test.each([
  ['eu-central-1', 'ec2.eu-central-1.amazonaws.com', 'iam.amazonaws.com', 'us-east-1'],
  ['cn-northwest-1', 'ec2.cn-northwest-1.amazonaws.com.cn', 'iam.cn-north-1.amazonaws.com.cn', 'cn-north-1'],
  ['us-gov-east-1', 'ec2.us-gov-east-1.amazonaws.com', 'iam.us-gov.amazonaws.com', 'us-gov-west-1'],
  ['eusc-de-east-1', 'ec2.eusc-de-east-1.amazonaws.eu', 'iam.eusc-de-east-1.amazonaws.eu', 'eusc-de-east-1'],
])('in %s a service has its host, and a global one that of its partition', (region, own, host, globalRegion) => {
  expect(placeOf(ec2, region)).toEqual({ host: own, region });
  expect(placeOf(iam, region)).toEqual({ host, region: globalRegion });
});

test('the host has the name that the service has there', () => {
  const { host } = placeOf({ name: 'cloudwatch', host: 'monitoring', variable: 'CLOUDWATCH' }, 'eu-central-1');
  expect(host).toBe('monitoring.eu-central-1.amazonaws.com');
});
