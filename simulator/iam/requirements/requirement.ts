import type { ServiceName } from '../../wire/aws-call.ts';
import type { RequestContext } from '../conditions/request-context.ts';
import type { Tags } from '../principals/principal.ts';

/** One permission that a call needs. */
export interface Requirement {
  readonly action: string;
  /** An ARN, or `*`. */
  readonly resource: string;
  /** Condition keys of the action; a key that is not here was not supplied. */
  readonly context: RequestContext;
  /** What the resource itself grants, where no service of the local cloud keeps its policy. */
  readonly resourcePolicy?: object;
}

/** Resources whose ARN no caller could know: the fake services look them up. */
export type LookedUpKind = 'nodegroup' | 'addon' | 'fargateprofile' | 'access-entry' | 'task-token';

/** What EKS knows of a node group's own launch template, tried with the caller's rights. */
export interface LaunchTemplateFacts {
  readonly launchTemplateId: string;
  readonly imageId?: string;
  /** ARNs of what a launch takes that is there already: subnets, security groups, reservations. Each is in the account of its owner. */
  readonly taken: readonly string[];
  /** Resource types of its TagSpecifications, e.g. `instance`, `volume`. */
  readonly taggedResourceTypes: readonly string[];
}

/** What the fake services tell about their resources. */
export interface Lookups {
  /**
   * The ARN of what these names name, undefined for what does not exist. `nodegroup`, `addon`, `fargateprofile`: cluster and name.
   * `access-entry`: cluster and principal's ARN. `task-token`: the token, for the ARN of the state machine that waits for it.
   */
  arnOf(kind: LookedUpKind, names: readonly string[], region: string, account: string): string | undefined;
  /** Tags of a resource for `aws:ResourceTag/*`; without this, conditions on them are undecided. */
  tagsOf?(arn: string): Tags | undefined;
  /** The launch template of a node group that has one of its own. */
  launchTemplateOf?(
    cluster: string,
    nodegroup: string,
    region: string,
    account: string,
  ): LaunchTemplateFacts | undefined;
  /** The partition key of a table for `dynamodb:LeadingKeys`; without this, conditions on it are undecided. */
  partitionKeyOf?(tableArn: string): string | undefined;
}

/** A call as its row sees it. `input` has the members of the SDK's input, of which nothing is taken for granted. */
export interface CallFacts {
  readonly service: ServiceName;
  readonly operation: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly region: string;
  readonly account: string;
  readonly lookups: Lookups;
}

/** What one operation needs. */
export type RequirementRow = (call: CallFacts) => readonly Requirement[];
export type RequirementRows = Readonly<Record<string, RequirementRow>>;
