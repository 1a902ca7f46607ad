import { partitionOf } from './partition.ts';

test.each([
  ['eu-central-1', 'aws', 'amazonaws.com', 'us-east-1'],
  ['us-west-2', 'aws', 'amazonaws.com', 'us-east-1'],
  ['cn-northwest-1', 'aws-cn', 'amazonaws.com.cn', 'cn-north-1'],
  ['us-gov-east-1', 'aws-us-gov', 'amazonaws.com', 'us-gov-west-1'],
  ['eusc-de-east-1', 'aws-eusc', 'amazonaws.eu', 'eusc-de-east-1'],
  ['us-iso-west-1', 'aws-iso', 'c2s.ic.gov', 'us-iso-east-1'],
  ['us-isob-east-1', 'aws-iso-b', 'sc2s.sgov.gov', 'us-isob-east-1'],
  ['eu-isoe-west-1', 'aws-iso-e', 'cloud.adc-e.uk', 'eu-isoe-west-1'],
  ['us-isof-east-1', 'aws-iso-f', 'csp.hci.ic.gov', 'us-isof-south-1'],
])('%s is in the partition %s', (region, name, dnsSuffix, globalRegion) => {
  expect(partitionOf(region)).toEqual({ name, dnsSuffix, globalRegion });
});
