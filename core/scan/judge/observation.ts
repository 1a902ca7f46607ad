import type { ListedKind } from '../listed/kind-list.ts';
import type { Finding, Source } from '../report/report-schema.ts';

/** The object that an observation is about. Undefined members are unknown or do not apply. */
interface Subject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** The fields that every observation has. */
interface Observed {
  readonly source: Source;
  readonly subject: Subject;
  readonly owner?: string;
  /** The thing that is repaired once for everything that shares it: `helm:payments/api`, `file:deploy/web.yaml`. */
  readonly cause: string;
  readonly evidence: readonly string[];
  readonly confidence: Finding['confidence'];
  readonly location?: NonNullable<Finding['location']>;
  /** It was found in a template that was not rendered; `one-of-several` where the template names other versions of the same object too. */
  readonly provisional?: 'perhaps' | 'one-of-several';
}

/**
 * What a source saw, before any target is considered. Sources are read once, and each target judges the same observations. `subject.apiVersion` and
 * `kind` are as written, never as the API server converted them.
 */
export type Observation = ApiUse | ListedUse | ApiReference | RuleHit | ControllerImage | SkewObservation | Problem;

/** An object was written, is requested or is stored at an API version. */
export interface ApiUse extends Observed {
  readonly type: 'api';
  readonly subject: Subject & { readonly apiVersion: string; readonly kind: string };
  /** The object has been written at another version since, so this is only a trace. */
  readonly stale?: boolean;
  /** Whether this cluster serves it now; undefined for manifests and where discovery failed. */
  readonly served?: boolean;
  /** The consequence of a removed API, where it is not "the next write fails": a Helm release cannot be upgraded. */
  readonly consequence?: string;
  readonly fix?: string;
}

/** An object of a kind on a user's own list. */
export interface ListedUse extends Observed {
  readonly type: 'listed';
  readonly subject: ApiUse['subject'];
  readonly list: string;
  readonly row: ListedKind;
  readonly stale?: boolean;
  readonly fix?: string;
}

/** Without `version` it names any version. Exactly one of resource and kind is set. */
export interface NamedApi {
  readonly group: string;
  readonly version?: string;
  readonly resource?: string;
  readonly kind?: string;
}

/** An object names a group and resource (or kind), with or without a version: a role, a webhook's rule, a scale target. */
export interface ApiReference extends Observed {
  readonly type: 'reference';
  readonly named: NamedApi;
  /** Other APIs that the same object names: all of them are one finding. */
  readonly also?: readonly Pick<ApiReference, 'named' | 'evidence' | 'location'>[];
  /** How the message begins: `A rule of the webhook names`. */
  readonly says: string;
  /** The severity when nothing serves the named API. */
  readonly severity: Finding['severity'];
  /** What happens when nothing serves it. */
  readonly consequence: string;
}

/** A detector found what a break rule is about. */
export interface RuleHit extends Observed {
  readonly type: 'rule';
  readonly rule: string;
  /** The managed node group that a node belongs to. */
  readonly nodegroup?: string;
}

/** A controller of the third-party table runs at a known version. */
export interface ControllerImage extends Observed {
  readonly type: 'controller';
  readonly component: string;
  readonly version: string;
}

/** kubelet or kube-proxy at a version, which the skew policy judges. */
export interface SkewObservation extends Observed {
  readonly type: 'skew';
  readonly component: 'kubelet' | 'kube-proxy';
  readonly version: string;
  /** The managed node group that a node belongs to. */
  readonly nodegroup?: string;
}

/** Something that is wrong already, for every target. */
export interface Problem extends Observed {
  readonly type: 'problem';
  readonly reason: Finding['reason'];
  readonly severity: Finding['severity'];
  /** The first minor that it concerns; undefined for every one. */
  readonly fromMinor?: string;
  readonly rule?: string;
  readonly removedIn?: string;
  readonly replacement?: string;
  readonly message: string;
  readonly fix: string;
}
