import { z } from 'zod';

/** The CLI prints ISO 8601 (version 2) or seconds since 1970 (version 1); here both become epoch milliseconds. */
const timestamp = z.union([z.number(), z.string()]).transform((value, context) => {
  const seconds = typeof value === 'number' ? value : /^\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
  const milliseconds = seconds === undefined ? Date.parse(String(value)) : Math.round(seconds * 1000);
  if (!Number.isNaN(milliseconds)) return milliseconds;
  context.addIssue({ code: 'custom', message: `"${value}" is not a time` });
  return z.NEVER;
});

const minor = z.string().regex(/^\d+\.\d+$/, 'is not a Kubernetes minor such as 1.34');
const issues = z.looseObject({ issues: z.array(z.looseObject({})).nullish() }).nullish();
const tags = z.record(z.string(), z.string()).nullish();

const clusterDump = z.looseObject({
  name: z.string().regex(/^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/, 'is not a name that EKS gives a cluster'),
  arn: z.string().regex(/^arn:[^:]+:eks:[^:]+:[^:]+:cluster\/.+$/, 'is not the ARN of an EKS cluster'),
  createdAt: timestamp.optional(),
  version: minor,
  platformVersion: z.string().optional(),
  status: z.enum(['CREATING', 'ACTIVE', 'DELETING', 'FAILED', 'UPDATING', 'PENDING']).optional(),
  upgradePolicy: z.looseObject({ supportType: z.enum(['STANDARD', 'EXTENDED']).optional() }).optional(),
  health: issues,
  tags,
});

const nodegroupStatus = ['CREATING', 'ACTIVE', 'UPDATING', 'DELETING', 'CREATE_FAILED', 'DELETE_FAILED', 'DEGRADED'];

const nodegroupDump = z.looseObject({
  nodegroupName: z.string(),
  nodegroupArn: z.string().optional(),
  clusterName: z.string(),
  version: minor.optional(),
  releaseVersion: z.string().optional(),
  createdAt: timestamp.optional(),
  modifiedAt: timestamp.optional(),
  status: z.enum(nodegroupStatus).optional(),
  amiType: z.string().optional(),
  scalingConfig: z
    .looseObject({ minSize: z.number().optional(), maxSize: z.number().optional(), desiredSize: z.number().optional() })
    .optional(),
  updateConfig: z
    .object({
      maxUnavailable: z.number().optional(),
      maxUnavailablePercentage: z.number().optional(),
      updateStrategy: z.enum(['DEFAULT', 'MINIMAL']).optional(),
    })
    .optional(),
  launchTemplate: z
    .object({ id: z.string().optional(), name: z.string().optional(), version: z.string().optional() })
    .optional(),
  labels: z.record(z.string(), z.string()).nullish(),
  health: issues,
  tags,
});

const addonStatus = [
  'CREATING',
  'ACTIVE',
  'CREATE_FAILED',
  'UPDATING',
  'DELETING',
  'DELETE_FAILED',
  'DEGRADED',
  'UPDATE_FAILED',
];

const addonDump = z.looseObject({
  addonName: z.string(),
  clusterName: z.string(),
  addonVersion: z.string(),
  addonArn: z.string().optional(),
  status: z.enum(addonStatus).optional(),
  createdAt: timestamp.optional(),
  modifiedAt: timestamp.optional(),
  serviceAccountRoleArn: z.string().optional(),
  configurationValues: z.string().optional(),
  podIdentityAssociations: z.array(z.string()).optional(),
  health: issues,
  tags,
});

const fargateProfileDump = z.looseObject({
  fargateProfileName: z.string(),
  clusterName: z.string(),
  createdAt: timestamp.optional(),
});

const insightDump = z.looseObject({
  id: z.string(),
  name: z.string(),
  category: z.string().optional(),
  kubernetesVersion: z.string().optional(),
  lastRefreshTime: timestamp.optional(),
  lastTransitionTime: timestamp.optional(),
  insightStatus: z.looseObject({ status: z.string().optional(), reason: z.string().optional() }).optional(),
  categorySpecificSummary: z
    .looseObject({
      deprecationDetails: z
        .array(
          z.looseObject({
            usage: z.string(),
            replacedWith: z.string().optional(),
            stopServingVersion: z.string(),
            startServingReplacementVersion: z.string().optional(),
            clientStats: z
              .array(
                z.looseObject({
                  userAgent: z.string().optional(),
                  numberOfRequestsLast30Days: z.number().optional(),
                  lastRequestTime: timestamp.optional(),
                }),
              )
              .optional(),
          }),
        )
        .nullish(),
      addonCompatibilityDetails: z
        .array(z.looseObject({ name: z.string(), compatibleVersions: z.array(z.string()).optional() }))
        .nullish(),
    })
    .nullish(),
});

const updateDump = z.looseObject({
  id: z.string(),
  status: z.enum(['InProgress', 'Failed', 'Cancelled', 'Successful']),
  type: z.string(),
  params: z.array(z.looseObject({ type: z.string().optional(), value: z.string().optional() })).optional(),
  createdAt: timestamp.optional(),
  errors: z.array(z.looseObject({})).optional(),
});

const accessEntryDump = z.looseObject({
  clusterName: z.string(),
  principalArn: z.string(),
  kubernetesGroups: z.array(z.string()).optional(),
  type: z.string().optional(),
  createdAt: timestamp.optional(),
});

const addonInfoDump = z.looseObject({
  addonName: z.string(),
  addonVersions: z.array(
    z.looseObject({
      addonVersion: z.string(),
      compatibilities: z.array(z.looseObject({ clusterVersion: z.string(), defaultVersion: z.boolean().optional() })),
    }),
  ),
});

const clusterVersionDump = z.looseObject({
  clusterVersion: minor,
  releaseDate: timestamp,
  endOfStandardSupportDate: timestamp,
  endOfExtendedSupportDate: timestamp,
  defaultPlatformVersion: z.string().optional(),
  kubernetesPatchVersion: z.string().optional(),
});

/** The kinds of output of the CLI, by their names here. */
export const DUMPS = {
  cluster: clusterDump,
  nodegroup: nodegroupDump,
  addon: addonDump,
  fargateProfile: fargateProfileDump,
  insight: insightDump,
  update: updateDump,
  accessEntry: accessEntryDump,
  addonVersions: addonInfoDump,
  clusterVersion: clusterVersionDump,
};

export type DumpKind = keyof typeof DUMPS;
export type DumpOf<Kind extends DumpKind> = z.infer<(typeof DUMPS)[Kind]>;
