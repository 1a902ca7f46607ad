import type { Scope } from './eks.ts';

/**
 * What Liftlock reads from Amazon EC2, in the API's own terms. Each call asks by a filter, which leaves out what is gone, while ids would fail at the
 * first missing one. Only ids and names find a version of a launch template, so undefined means that it is gone. Lists are complete; errors have
 * EC2's names.
 */
export interface Ec2Reader {
  describeSubnets(scope: Scope, subnetIds: readonly string[]): Promise<Subnet[]>;
  describeSecurityGroups(scope: Scope, groupIds: readonly string[]): Promise<SecurityGroup[]>;
  describeInstanceTypes(scope: Scope, instanceTypes: readonly string[]): Promise<InstanceType[]>;
  describeImages(scope: Scope, imageIds: readonly string[]): Promise<Image[]>;
  /** The images of these owners with all of the tags. */
  findImages(scope: Scope, owners: readonly string[], tags: Readonly<Record<string, string>>): Promise<Image[]>;
  /** By the template's id or name. */
  describeLaunchTemplateVersion(
    scope: Scope,
    template: string,
    version: string,
  ): Promise<LaunchTemplateVersion | undefined>;
  /** The numbered versions of the template that launch this image. */
  listLaunchTemplateVersions(scope: Scope, template: string, imageId: string): Promise<LaunchTemplateVersion[]>;
  /** The tags of the template itself; undefined where it is gone. */
  describeLaunchTemplateTags(scope: Scope, template: string): Promise<Readonly<Record<string, string>> | undefined>;
}

/** The only call to EC2 that changes something (`core/contracts/mutating-calls.ts`). */
export interface LaunchTemplates {
  /** Creates a version that differs from its source in the image only, and returns its number. The same token creates no second one. */
  createVersion(scope: Scope, input: NewLaunchTemplateVersion, clientToken: string): Promise<string>;
}

export interface NewLaunchTemplateVersion {
  /** Id or name. */
  readonly template: string;
  readonly sourceVersion: string;
  readonly imageId: string;
  /** A later look finds the version by it; at most 255 characters. */
  readonly description: string;
}

export interface Subnet {
  readonly subnetId: string;
  readonly availabilityZone: string;
  /** IPv4 addresses, without reserved prefixes. */
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
