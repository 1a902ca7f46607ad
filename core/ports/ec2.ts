import type { Scope } from './eks.ts';

/**
 * What Liftlock reads from Amazon EC2, by the API's own names. Each call asks by a filter: what is gone is left out of the answer, where ids would
 * fail at the first one; of a version of a launch template, which only ids and names find, undefined says so. Lists are complete; errors have EC2's names (`UnauthorizedOperation`).
 */
export interface Ec2Reader {
  describeSubnets(scope: Scope, subnetIds: readonly string[]): Promise<Subnet[]>;
  describeSecurityGroups(scope: Scope, groupIds: readonly string[]): Promise<SecurityGroup[]>;
  describeInstanceTypes(scope: Scope, instanceTypes: readonly string[]): Promise<InstanceType[]>;
  describeImages(scope: Scope, imageIds: readonly string[]): Promise<Image[]>;
  /** Those of these owners that have all of the tags. */
  findImages(scope: Scope, owners: readonly string[], tags: Readonly<Record<string, string>>): Promise<Image[]>;
  /** By the template's id or name. */
  describeLaunchTemplateVersion(
    scope: Scope,
    template: string,
    version: string,
  ): Promise<LaunchTemplateVersion | undefined>;
  /** Those of its versions, by their numbers, that launch this image. */
  listLaunchTemplateVersions(scope: Scope, template: string, imageId: string): Promise<LaunchTemplateVersion[]>;
  /** Tags of the template itself; undefined where it is gone. */
  describeLaunchTemplateTags(scope: Scope, template: string): Promise<Readonly<Record<string, string>> | undefined>;
}

/** The one call to EC2 that changes something (`core/contracts/mutating-calls.ts`). */
export interface LaunchTemplates {
  /** Makes a version that is the source but for its image, and gives its number. The same token makes no second one. */
  createVersion(scope: Scope, input: NewLaunchTemplateVersion, clientToken: string): Promise<string>;
}

export interface NewLaunchTemplateVersion {
  /** Id or name. */
  readonly template: string;
  readonly sourceVersion: string;
  readonly imageId: string;
  /** By which whoever looks afterwards knows it; at most 255 characters. */
  readonly description: string;
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
  readonly vcpus: number;
  readonly ipv4AddressesPerInterface: number;
}

export interface Image {
  readonly imageId: string;
  /** `available` where instances can be launched from it. */
  readonly state: string;
  readonly architecture: string;
  readonly creationDate: string;
  readonly deprecationTime?: string;
  readonly tags: Readonly<Record<string, string>>;
}

export interface LaunchTemplateVersion {
  readonly template: string;
  readonly version: string;
  /** Absent where EKS chooses the image; `resolve:ssm:…` where a parameter of Systems Manager names it. */
  readonly imageId?: string;
  readonly instanceType?: string;
  readonly description?: string;
}
