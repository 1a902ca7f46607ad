import { z } from 'zod';
import { workspaceArn } from '../../core/config/schema/names.ts';

const instant = z.iso.datetime({ offset: true });
const duration = z.string().regex(/^\d+(s|m|h|d)$/, 'is not a duration such as 30m, 2h or 1d');
const labels = z.record(z.string(), z.string());
const minor = z.string().regex(/^\d+\.\d+$/, 'is not a Kubernetes minor; write it in quotes, as "1.34"');
const account = z.string().regex(/^\d{12}$/, 'is not an account id; write the 12 digits in quotes');
const amount = z.union([z.number().int().min(0), z.string().regex(/^\d+%$/)]);

const workload = z.strictObject({
  kind: z.enum(['Deployment', 'DaemonSet', 'StatefulSet']),
  namespace: z.string(),
  name: z.string(),
  replicas: z.number().int().min(0).default(1),
  labels,
  image: z.string(),
  crashesFromKubelet: minor.optional(),
});

const podDisruptionBudget = z
  .strictObject({
    namespace: z.string(),
    name: z.string(),
    matchLabels: labels,
    minAvailable: amount.optional(),
    maxUnavailable: amount.optional(),
    unhealthyPodEvictionPolicy: z.enum(['IfHealthyBudget', 'AlwaysAllow']).optional(),
  })
  .refine((budget) => (budget.minAvailable === undefined) !== (budget.maxUnavailable === undefined), {
    message: 'needs exactly one of minAvailable and maxUnavailable',
  });

const accessEntry = z.strictObject({
  principalArn: z.string(),
  kubernetesGroups: z.array(z.string()).default([]),
  policies: z.array(z.string()).default([]),
});

const access = z.strictObject({
  network: z.enum(['cluster-endpoint', 'reachable', 'unreachable']).optional(),
  authentication: z.enum(['any-principal', 'access-entries']).optional(),
  forbiddenResources: z.array(z.string()).optional(),
  accessEntries: z.array(accessEntry).optional(),
});

const apiClient = z.strictObject({
  usage: z.string(),
  replacedWith: z.string(),
  stopServingVersion: minor,
  startServingReplacementVersion: minor,
  userAgent: z.string(),
  requestsPerDay: z.number().positive().default(24),
  /** Absent for a client that continues to call. */
  lastRequestTime: instant.optional(),
});

const updateFailure = z.strictObject({
  type: z.enum(['VersionUpdate', 'VersionRollback', 'AddonUpdate', 'ConfigUpdate', 'UpgradePolicyUpdate']),
  nodegroup: z.string().optional(),
  addon: z.string().optional(),
  errorCode: z.string(),
  message: z.string(),
});

const regression = z.strictObject({ from: minor, times: z.number().positive() });

const clusterReference = { cluster: z.string(), account: account.optional(), region: z.string().optional() };

const clusterScenario = z.strictObject({
  ...clusterReference,
  access: access.optional(),
  upgradedAt: instant.optional(),
  workloads: z.array(workload).default([]),
  podDisruptionBudgets: z.array(podDisruptionBudget).default([]),
  /** Nodes that no managed node group owns. */
  nodes: z
    .array(z.strictObject({ count: z.number().int().min(1), kubeletVersion: minor, labels: labels.default({}) }))
    .default([]),
  apiClients: z.array(apiClient).default([]),
  objectsSince: z.array(z.strictObject({ uri: z.string(), since: minor })).default([]),
  customisedAddons: z.array(z.string()).default([]),
  insightsUnavailable: z.boolean().default(false),
  /** From a minor on the API server fails this many times as many requests, as CloudWatch counts them. */
  apiErrors: regression.optional(),
  /** Application Load Balancers of its workloads, whose requests CloudWatch counts; from a minor on they fail more of them, or take longer. */
  loadBalancers: z
    .array(z.strictObject({ name: z.string(), errors: regression.optional(), latency: regression.optional() }))
    .optional(),
  /**
   * Series in Prometheus of its services, by the queries of a policy; from a minor on there are more errors, or requests take longer. With a
   * workspace only that has them, and the local cloud has them too.
   */
  prometheus: z
    .array(
      z.strictObject({
        workspace: workspaceArn.optional(),
        requests: z.string(),
        errors: z.string().optional(),
        seconds: z.string().optional(),
        worse: z.strictObject({ errors: regression.optional(), seconds: regression.optional() }).default({}),
      }),
    )
    .optional(),
  failedReadyChecks: z.array(z.string()).default([]),
  updateFailures: z.array(updateFailure).default([]),
});

const when = { at: instant.optional(), after: duration.optional() };

const actorScenario = z
  .discriminatedUnion('do', [
    z.strictObject({
      ...when,
      do: z.literal('operation'),
      ...clusterReference,
      principal: z.string(),
      operation: z.string(),
      input: z.record(z.string(), z.unknown()),
    }),
    z.strictObject({ ...when, do: z.literal('auto-upgrade'), ...clusterReference }),
    z.strictObject({ ...when, do: z.literal('delete-cluster'), ...clusterReference }),
    z.strictObject({ ...when, do: z.literal('recreate-cluster'), ...clusterReference, version: minor.optional() }),
    z.strictObject({
      ...when,
      do: z.literal('delete-pod-disruption-budget'),
      ...clusterReference,
      namespace: z.string(),
      name: z.string(),
    }),
    z.strictObject({
      ...when,
      do: z.literal('deploy'),
      ...clusterReference,
      namespace: z.string(),
      name: z.string(),
      image: z.string(),
      crashes: z.boolean().default(false),
    }),
    z.strictObject({ ...when, do: z.literal('stop-api-clients'), ...clusterReference, usage: z.string() }),
  ])
  .refine((actor) => (actor.at === undefined) !== (actor.after === undefined), {
    message: 'needs exactly one of at and after',
  });

/** `scenario.yaml` with facts of a fleet that no dump contains, and future events. */
export const scenarioSchema = z.strictObject({
  apiVersion: z.literal('liftlock/v1alpha1'),
  kind: z.literal('Scenario'),
  metadata: z.strictObject({ name: z.string() }),
  spec: z.strictObject({
    now: instant.optional(),
    deniedAccounts: z.array(account).default([]),
    throttle: z
      .strictObject({ requestsPerSecond: z.number().positive(), burst: z.number().int().positive() })
      .optional(),
    /** Kubelet versions of launch template versions, by `id:version` or `name:version`. */
    launchTemplates: z.record(z.string(), z.string()).default({}),
    /** Images that users have built, by their id, with the minor of their kubelet. */
    images: z
      .record(
        z.string(),
        z.strictObject({
          account,
          region: z.string(),
          kubelet: minor,
          architecture: z.enum(['x86_64', 'arm64']).default('x86_64'),
          creationDate: instant.default('2026-10-01T00:00:00Z'),
          deprecationTime: instant.optional(),
          tags: labels.default({}),
        }),
      )
      .default({}),
    /** Parameters of Systems Manager with the ids of images. */
    parameters: z
      .array(
        z.strictObject({ account, region: z.string(), name: z.string(), value: z.string(), tags: labels.default({}) }),
      )
      .default([]),
    /** Tags of launch templates, by id or name. */
    launchTemplateTags: z.record(z.string(), labels).default({}),
    /** Shared subnets: their owners' accounts, by the subnet's id. */
    sharedSubnets: z.record(z.string(), account).default({}),
    /** Free addresses of subnets, by the subnet's id; all others have plenty. */
    freeAddresses: z.record(z.string(), z.number().int().min(0)).default({}),
    /**
     * Resources that clusters still name and that no longer exist: ids of subnets, security groups and AMIs, `template:version`, ARNs of roles and
     * keys.
     */
    goneResources: z.array(z.string()).default([]),
    /** Quotas of vCPUs, by their code: L-1216C47A. */
    vcpuQuotas: z.record(z.string(), z.number().min(0)).default({}),
    /** States of KMS keys, by their ARN; all others are Enabled. */
    keyStates: z.record(z.string(), z.string()).default({}),
    /** Vaults of AWS Backup by their ARN, with their recovery points of clusters. */
    backupVaults: z
      .record(
        z.string(),
        z.array(
          z.strictObject({
            resourceArn: z.string(),
            creationDate: instant,
            status: z.enum(['COMPLETED', 'PARTIAL', 'CREATING']).default('COMPLETED'),
          }),
        ),
      )
      .default({}),
    /** The versions of EKS at Liftlock's last look before this run; newer ones are news. Absent when it never looked. */
    knownVersions: z.array(minor).optional(),
    clusters: z.array(clusterScenario).default([]),
    actors: z.array(actorScenario).default([]),
    /** Waves whose approval a person gives in a run on one machine, and how long after the request. */
    approvals: z
      .array(z.strictObject({ policy: z.string(), wave: z.string(), after: duration.default('10m') }))
      .default([]),
  }),
});

export type Scenario = z.infer<typeof scenarioSchema>;
export type ClusterScenario = z.infer<typeof clusterScenario>;
export type ActorScenario = z.infer<typeof actorScenario>;
