import type { ServiceName } from '../../wire/aws-call.ts';
import type { RequestContext } from '../conditions/request-context.ts';
import type { Tags } from '../principals/principal.ts';

/** One permission that a call needs. */
export interface Requirement {
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** Condition keys of the action; a missing key was not supplied. */
  readonly context: RequestContext;
  /** The resource's own policy, where no service of the local cloud keeps it. */
  readonly resourcePolicy?: object;
}

/** Resources whose ARN no caller can know: the fake services look them up. */
export type LookedUpKind = 'nodegroup' | 'addon' | 'fargateprofile' | 'access-entry' | 'task-token';

/** EKS's facts about a node group's own launch template, which it tries with the caller's permissions. */
export interface LaunchTemplateFacts {
  readonly launchTemplateId: string;
  readonly imageId?: string;
  /** ARNs of existing resources that a launch uses: subnets, security groups, reservations. Each is in its owner's account. */
  readonly taken: readonly string[];
  /** Resource types of its TagSpecifications, e.g. `instance`, `volume`. */
  readonly taggedResourceTypes: readonly string[];
}

/** The lookups of the fake services in their resources. */
export interface Lookups {
  /**
   * The ARN of a resource by its names; undefined for a missing one. `nodegroup`, `addon`, `fargateprofile`: cluster and name. `access-entry`:
   * cluster and principal's ARN. `task-token`: the token, for the ARN of the state machine that waits for it.
   */
  arnOf(kind: LookedUpKind, names: readonly string[], region: string, account: string): string | undefined;
  /** Tags of a resource for `aws:ResourceTag/*`; without it, conditions on them are undecided. */
  tagsOf?(arn: string): Tags | undefined;
  /** The node group's own launch template. */
  launchTemplateOf?(
    cluster: string,
    nodegroup: string,
    region: string,
    account: string,
  ): LaunchTemplateFacts | undefined;
  /** The partition key of a table for `dynamodb:LeadingKeys`; without it, conditions on it are undecided. */
  partitionKeyOf?(tableArn: string): string | undefined;
}

/** A call for its row. `input` has the unchecked members of the SDK's input. */
export interface CallFacts {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: string;
  readonly account: string;
  readonly lookups: Lookups;
}

/** The permissions of one operation. */
export type RequirementRow = (call: CallFacts) => readonly Requirement[];
export type RequirementRows = Readonly<Record<string, RequirementRow>>;
