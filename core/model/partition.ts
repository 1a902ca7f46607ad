/** A partition of AWS: the name that its ARNs have, the end of its host names, and the Region that signs for its global services. */
export interface Partition {
  readonly name: string;
  readonly dnsSuffix: string;
  readonly globalRegion: string;
}

const partition = (name: string, dnsSuffix: string, globalRegion: string): Partition => ({
  ...{ name, dnsSuffix, globalRegion },
});
const AWS = partition('aws', 'amazonaws.com', 'us-east-1');

/** The other partitions, by what their Regions begin with (AWS General Reference, ARNs; endpoint rules of the AWS SDK for JavaScript). */
const OTHERS = {
  'cn-': partition('aws-cn', 'amazonaws.com.cn', 'cn-north-1'),
  'us-gov-': partition('aws-us-gov', 'amazonaws.com', 'us-gov-west-1'),
  'eusc-': partition('aws-eusc', 'amazonaws.eu', 'eusc-de-east-1'),
  'us-iso-': partition('aws-iso', 'c2s.ic.gov', 'us-iso-east-1'),
  'us-isob-': partition('aws-iso-b', 'sc2s.sgov.gov', 'us-isob-east-1'),
  'eu-isoe-': partition('aws-iso-e', 'cloud.adc-e.uk', 'eu-isoe-west-1'),
  'us-isof-': partition('aws-iso-f', 'csp.hci.ic.gov', 'us-isof-south-1'),
};

export const partitionOf = (region: string): Partition =>
  Object.entries(OTHERS).find(([prefix]) => region.startsWith(prefix))?.[1] ?? AWS;
