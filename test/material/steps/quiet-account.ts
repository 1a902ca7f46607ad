import type { AccountReader } from '../../../core/ports/account.ts';
import type { Ec2Reader } from '../../../core/ports/ec2.ts';

/** All that is asked for is there, with addresses enough. */
export const quietEc2: Ec2Reader = {
  describeSubnets: async (_, ids) =>
    ids.map((subnetId) => ({ subnetId, availabilityZone: 'a', availableIpAddressCount: 4_000 })),
  describeSecurityGroups: async (_, ids) => ids.map((groupId) => ({ groupId })),
  describeInstanceTypes: async () => [],
  describeImages: async (_, ids) =>
    ids.map((imageId) => ({
      ...{ imageId, state: 'available', architecture: 'x86_64', creationDate: '2026-10-01T00:00:00.000Z', tags: {} },
    })),
  findImages: async () => [],
  describeLaunchTemplateVersion: async (_, template, version) => ({ template, version }),
  listLaunchTemplateVersions: async () => [],
  describeLaunchTemplateTags: async () => ({}),
};

export const quietAccount: AccountReader = {
  getParameter: async () => undefined,
  getParameters: async () => [],
  getRole: async (_, name) => ({ arn: `arn:aws:iam::111111111111:role/${name}` }),
  getServiceQuota: async (_, quotaCode) => ({ quotaCode, value: 10_000, used: 0 }),
  listRecoveryPoints: async () => [],
  describeKey: async (_, keyId) => ({ keyId, keyState: 'Enabled' }),
  getMetricData: async (_, { metrics }) => metrics.map(() => []),
};
