import type { UpgradePolicySpec } from '../../config/types.ts';
import type { GateReading } from '../../contracts/items/gate.ts';
import type { Reason } from '../../contracts/step-result.ts';
import type { NodesSpec } from '../../model/image-rule.ts';
import type { Key, Quota, Role } from '../../ports/account.ts';
import type { Node } from '../../ports/cluster-access.ts';
import type { Ec2Reader, Image, LaunchTemplateVersion } from '../../ports/ec2.ts';
import type { Addon, AddonInfo, Cluster, ClusterVersionInformation, Nodegroup } from '../../ports/eks.ts';
import type { Observed } from '../../probes/baseline.ts';
import type { KubeVersion } from '../../version/kube-version.ts';
import type { Observation, Problem } from '../judge/observation.ts';

/** The configuration of the DaemonSet aws-node. */
export interface PodNetwork {
  readonly settings: Readonly<Record<string, string>>;
  /** Read only where pods use other subnets than their nodes. */
  readonly eniConfigs: readonly { readonly name: string; readonly subnet: string }[];
}

export type Component = NonNullable<UpgradePolicySpec['components']>[number];

/** The result of reading a component. `unread`: it is not known, and the coverage of the scan says why. */
export type SeenComponent =
  | { readonly type: 'absent' }
  | { readonly type: 'unread'; readonly status: 'denied' | 'error'; readonly detail: string }
  | {
      readonly type: 'runs';
      /** The version as numbers only: `1.37.2`. */
      readonly version: string;
      readonly image?: string;
      readonly owner?: string;
      /** Why a part of it runs at another version yet; absent where its rollout is over. */
      readonly unsettled?: string;
    };

/** The present facts of EKS and the API server about a cluster, beside its objects. */
export interface PreflightFacts {
  readonly cluster: Cluster;
  readonly target: KubeVersion;
  /** Whether an upgrade is about to make this hop, which then must be one minor; a user may ask about a later minor. */
  readonly isHop: boolean;
  /** Whether the control plane is at the target already; checks that only matter before that are skipped then. */
  readonly hasMoved: boolean;
  readonly now: Date;
  readonly nodegroups: readonly Nodegroup[];
  /** For an upgrade within the minor that has changed nothing yet: the releases that it updates node groups to. Absent for every other upgrade. */
  readonly inside?: Readonly<Record<string, string>>;
  /** What the policy says about the images of nodes. */
  readonly nodes?: NodesSpec;
  /** Add-ons that EKS manages; `info` is absent where EKS lists no versions (any more). */
  readonly addons: readonly { readonly addon: Addon; readonly info?: AddonInfo }[];
  /** The versions that EKS has in the cluster's Region. */
  readonly versions: readonly ClusterVersionInformation[];
  /** Whether the policy holds clusters whose version a tool would revert (`scan.versionOwner: hold`). */
  readonly holdsOwned?: boolean;
  /** Alarms that the policy requires to be OK, as far as they could be read. */
  readonly alarms?: readonly GateReading[];
  /** URLs that the policy requires to answer, by host and path, with their answers. */
  readonly urls?: readonly ProbedUrl[];
  /** Components that the policy names, and what was read of them. */
  readonly components?: readonly { readonly component: Component; readonly seen: SeenComponent }[];
  /** The places where the policy requires recent backups, as far as they could be read. */
  readonly backups?: readonly Backup[];
  /**
   * The facts of EC2, IAM, KMS and Service Quotas. Absent as a whole or in part where a service was not asked or did not answer; the coverage says
   * which.
   */
  readonly capacity?: CapacityFacts;
  /** Absent where the API server was not asked or did not answer; the coverage says which. */
  readonly server?: ServerFacts;
}

/** For commands of AWS: a fleet is in many Regions, and the shell of whoever runs one may be set up for another than that of what the ARN names. */
export const inRegion = (arn: string): string => `--region ${regionOf(arn)}`;

/** The Region of what an ARN names. */
export const regionOf = (arn: string): string => arn.split(':')[3] ?? '';

export interface ProbedUrl {
  readonly url: string;
  /** Whether it answered with success. */
  readonly isReady: boolean;
  readonly answer: string;
}

/** The newest complete backup of the cluster in a namespace of Velero or a vault of AWS Backup; null when there is none. */
export type Backup = { readonly within: string; readonly newest: string | null } & (
  | { readonly namespace: string }
  | { readonly vault: string }
);

export interface CapacityFacts {
  readonly subnets?: Answer<'describeSubnets'>;
  readonly securityGroups?: Answer<'describeSecurityGroups'>;
  readonly instanceTypes?: Answer<'describeInstanceTypes'>;
  readonly podNetwork?: PodNetwork;
  /** The existing versions of the launch templates that groups name. */
  readonly launchTemplates?: readonly LaunchTemplateVersion[];
  readonly images?: readonly Pick<Image, 'imageId' | 'state' | 'deprecationTime'>[];
  /** For node groups with a custom AMI that a policy replaces: why the new AMI cannot be used; null where it can. */
  readonly ownImages?: readonly OwnImage[];
  /** Only those that exist. */
  readonly roles?: readonly Role[];
  readonly keys?: readonly Key[];
  /** The quotas that new nodes of this hop count toward. */
  readonly quotas?: readonly Quota[];
}

export interface OwnImage {
  readonly nodegroup: string;
  readonly refused: Reason | null;
}

type Answer<Call extends keyof Ec2Reader> = Awaited<ReturnType<Ec2Reader[Call]>>;

interface ServerFacts {
  /** `/readyz`, with its failed parts. */
  readonly ready: { readonly ok: boolean; readonly failed: readonly string[] };
  /** Workloads of the namespace kube-system, with whether they lack only what is just starting. */
  readonly workloads: readonly Observed[];
  /** The Deployments that the policy names (`namespace/name`) and that do not exist. */
  readonly missing?: readonly string[];
  /** Only read where the policy leaves out the scan of nodes. */
  readonly nodes: readonly Node[];
}

/** One check of a cluster before its control plane moves. A new check is a file in this folder and a line in `checks.ts`. */
export interface PreflightCheck {
  /** The `rule` of its findings, by which waivers name it. A code of core/contracts/reasons.ts is also the code of the reason that stops the hop. */
  readonly name: string;
  /** What it finds, for the documents. */
  readonly finds: string;
  /** Its findings about a node group stop only the update of that group. They are notes where the nodes stay as they are in a hop. */
  readonly isOfRolls?: true;
  observe(facts: PreflightFacts): readonly Observation[];
}

/** A finding of a check. It is about the cluster itself where it names no subject, and an error where it names no severity. */
type Found = Pick<Problem, 'message' | 'fix'> &
  Partial<Pick<Problem, 'source' | 'severity' | 'subject' | 'cause' | 'owner' | 'evidence'>>;

/** Makes a check whose findings are problems, with a default source. */
export const preflightCheck = ({
  source: usual,
  observe,
  ...check
}: Omit<PreflightCheck, 'observe'> & {
  readonly source: 'eks' | 'server' | 'capacity';
  observe(facts: PreflightFacts): readonly Found[];
}): PreflightCheck => ({
  ...check,
  observe: (facts) =>
    observe(facts).map(({ source = usual, ...found }) => ({
      type: 'problem',
      reason: 'preflight',
      rule: check.name,
      source,
      severity: 'error',
      subject: { kind: 'Cluster', name: facts.cluster.name },
      cause: `${source}:${check.name}`,
      evidence: [],
      confidence: 'high',
      ...found,
    })),
});
