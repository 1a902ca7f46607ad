import type { Scope } from './eks.ts';

/**
 * What Liftlock reads from Amazon EC2, by the API's own names. Each call asks by a filter: what is gone is left out of the answer, where ids would
 * fail at the first one. Lists are complete; errors have EC2's names (`UnauthorizedOperation`).
 */
export interface Ec2Reader {
  describeSubnets(scope: Scope, subnetIds: readonly string[]): Promise<Subnet[]>;
  describeSecurityGroups(scope: Scope, groupIds: readonly string[]): Promise<SecurityGroup[]>;
  describeInstanceTypes(scope: Scope, instanceTypes: readonly string[]): Promise<InstanceType[]>;
}

export interface Subnet {
  readonly subnetId: string;
  readonly availabilityZone: string;
  /** Of IPv4; reserved prefixes are not among them. */
  readonly availableIpAddressCount: number;
}

export interface SecurityGroup {
  readonly groupId: string;
}

export interface InstanceType {
  readonly instanceType: string;
  readonly ipv4AddressesPerInterface: number;
}
