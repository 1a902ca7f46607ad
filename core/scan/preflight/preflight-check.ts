import type { GateReading } from '../../contracts/items/gate.ts';
import type { Reason } from '../../contracts/step-result.ts';
import type { NodesSpec } from '../../model/image-rule.ts';
import type { Key, Quota, Role } from '../../ports/account.ts';
import type { Node, Workload } from '../../ports/cluster-access.ts';
import type { Ec2Reader, Image, LaunchTemplateVersion } from '../../ports/ec2.ts';
import type { Addon, AddonInfo, Cluster, ClusterVersionInformation, Nodegroup } from '../../ports/eks.ts';
import type { KubeVersion } from '../../version/kube-version.ts';
import type { Observation, Problem } from '../judge/observation.ts';
import type { Component, SeenComponent } from './component-version.ts';
import type { PodNetwork } from './pod-network.ts';

/** What EKS and the API server tell of a cluster right now, beside its objects. */
export interface PreflightFacts {
  readonly cluster: Cluster;
  readonly target: KubeVersion;
  /** Whether an upgrade is about to make this hop, which then has to be one minor; a person may look further ahead. */
  readonly isHop: boolean;
  /** Whether the control plane is at the target already: what only matters before it moves is not asked any more. */
  readonly hasMoved: boolean;
  readonly now: Date;
  readonly nodegroups: readonly Nodegroup[];
  /** Of an upgrade inside its minor that has changed nothing yet: the releases that it takes node groups to. Absent of every other one. */
  readonly inside?: Readonly<Record<string, string>>;
  /** What the policy says of their images. */
  readonly nodes?: NodesSpec;
  /** Those that EKS manages; without `info` EKS lists no versions of it (any more). */
  readonly addons: readonly { readonly addon: Addon; readonly info?: AddonInfo }[];
  /** The versions that EKS knows in the cluster's Region. */
  readonly versions: readonly ClusterVersionInformation[];
  /** Whether the policy holds clusters whose version a tool takes back (`scan.versionOwner: hold`). */
  readonly holdsOwned?: boolean;
  /** Alarms that the policy wants OK, those that could be read. */
  readonly alarms?: readonly GateReading[];
  /** URLs that the policy wants to answer, by host and path, and what they did. */
  readonly urls?: readonly ProbedUrl[];
  /** Components that the policy names, and what was seen of them. */
  readonly components?: readonly { readonly component: Component; readonly seen: SeenComponent }[];
  /** Where the policy wants young backups, those places that could be read. */
  readonly backups?: readonly Backup[];
  /** What EC2, IAM, KMS and Service Quotas tell; absent, or a part of it, where it was not asked or did not answer: the coverage says which. */
  readonly capacity?: CapacityFacts;
  /** Absent where nobody asked the API server, or it did not answer: the coverage says which. */
  readonly server?: ServerFacts;
}

export interface ProbedUrl {
  readonly url: string;
  /** Whether it answered with success. */
  readonly isReady: boolean;
  readonly answer: string;
}

/** The newest whole backup of the cluster in a namespace of Velero's, or a vault of AWS Backup's; null = there is none. */
export type Backup = { readonly within: string; readonly newest: string | null } & (
  | { readonly namespace: string }
  | { readonly vault: string }
);

export interface CapacityFacts {
  readonly subnets?: Answer<'describeSubnets'>;
  readonly securityGroups?: Answer<'describeSecurityGroups'>;
  readonly instanceTypes?: Answer<'describeInstanceTypes'>;
  readonly podNetwork?: PodNetwork;
  /** Of those that groups name, the versions that are there. */
  readonly launchTemplates?: readonly LaunchTemplateVersion[];
  readonly images?: readonly Pick<Image, 'imageId' | 'state' | 'deprecationTime'>[];
  /** Of node groups with an AMI of their own that a policy names another for, why it cannot be used; null where it can. */
  readonly ownImages?: readonly OwnImage[];
  /** Those that are there. */
  readonly roles?: readonly Role[];
  readonly keys?: readonly Key[];
  /** Those that new nodes of this hop count to. */
  readonly quotas?: readonly Quota[];
}

export interface OwnImage {
  readonly nodegroup: string;
  readonly refused: Reason | null;
}

type Answer<Call extends keyof Ec2Reader> = Awaited<ReturnType<Ec2Reader[Call]>>;

interface ServerFacts {
  /** `/readyz`, and the parts of it that say no. */
  readonly ready: { readonly ok: boolean; readonly failed: readonly string[] };
  /** Of the namespace kube-system. */
  readonly workloads: readonly Workload[];
  /** Of the Deployments that the policy names (`namespace/name`), those that are not there. */
  readonly missing?: readonly string[];
  /** Where the policy leaves out the scan of nodes; otherwise that one tells of them. */
  readonly nodes: readonly Node[];
}

/** One question about a cluster before its control plane moves. A new one is a file beside this one, and a line in `checks.ts`. */
export interface PreflightCheck {
  /** The `rule` of its findings, by which waivers name it. A code of core/contracts/reasons.ts is the code of what stops the hop, too. */
  readonly name: string;
  /** What it finds, for the documents. */
  readonly finds: string;
  /** What it finds of a node group stops the roll of that group alone: where nodes stay as they are in a hop, it is only told. */
  readonly isOfRolls?: true;
  observe(facts: PreflightFacts): readonly Observation[];
}

/** What a check found. It is about the cluster itself where it names no subject, and an error where it names no severity. */
type Found = Pick<Problem, 'message' | 'fix'> &
  Partial<Pick<Problem, 'source' | 'severity' | 'subject' | 'cause' | 'owner' | 'evidence'>>;

/** A check whose findings are problems, most of them of one source. */
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
