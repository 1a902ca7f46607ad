import type { ListedKind } from '../listed/kind-list.ts';
import type { Finding, Source } from '../report/report-schema.ts';

/** Which object it is about. Undefined members are unknown or do not apply. */
interface Subject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** What every observation says beside what it saw. */
interface Observed {
  readonly source: Source;
  readonly subject: Subject;
  readonly owner?: string;
  /** What to repair once for everything that shares it: `helm:payments/api`, `file:deploy/web.yaml`. */
  readonly cause: string;
  readonly evidence: readonly string[];
  readonly confidence: Finding['confidence'];
  readonly location?: NonNullable<Finding['location']>;
  /** Seen in a template that nobody rendered; `one-of-several` where it names other versions for the same object, too. */
  readonly provisional?: 'perhaps' | 'one-of-several';
}

/**
 * What a source saw, before anybody asks about a target. Sources are read once; each target judges the same observations.
 * `subject.apiVersion` and `kind` are what was written, never what the API server converted it to.
 */
export type Observation = ApiUse | ListedUse | ApiReference | RuleHit | ControllerImage | SkewObservation | Problem;

/** An object was written, is called or is kept at an API version. */
export interface ApiUse extends Observed {
  readonly type: 'api';
  readonly subject: Subject & { readonly apiVersion: string; readonly kind: string };
  /** Somebody has written the object at another version since: at most a trace. */
  readonly stale?: boolean;
  /** Whether this cluster serves it now; undefined for manifests and where nobody could look. */
  readonly served?: boolean;
  /** What a removed API does to this one, where it is not "the next write fails": a Helm release cannot be upgraded. */
  readonly consequence?: string;
  readonly fix?: string;
}

/** An object of a kind that somebody's own list gives up. */
export interface ListedUse extends Observed {
  readonly type: 'listed';
  readonly subject: ApiUse['subject'];
  readonly list: string;
  readonly row: ListedKind;
  readonly stale?: boolean;
  readonly fix?: string;
}

/** `version` undefined: any. Exactly one of resource and kind is set. */
export interface NamedApi {
  readonly group: string;
  readonly version?: string;
  readonly resource?: string;
  readonly kind?: string;
}

/** Something names a group and resource (or kind), with or without a version: a role, a webhook's rule, a scale target. */
export interface ApiReference extends Observed {
  readonly type: 'reference';
  readonly named: NamedApi;
  /** What else the same object names: all of it is one finding. */
  readonly also?: readonly Pick<ApiReference, 'named' | 'evidence' | 'location'>[];
  /** How the message begins: `A rule of the webhook names`. */
  readonly says: string;
  /** How bad it is when nothing serves what is named. */
  readonly severity: Finding['severity'];
  /** What happens then. */
  readonly consequence: string;
}

/** A detector found what a break rule is about. */
export interface RuleHit extends Observed {
  readonly type: 'rule';
  readonly rule: string;
}

/** A controller of the third-party table runs, at a version. */
export interface ControllerImage extends Observed {
  readonly type: 'controller';
  readonly component: string;
  readonly version: string;
}

/** kubelet or kube-proxy at a version: judged by the skew policy. */
export interface SkewObservation extends Observed {
  readonly type: 'skew';
  readonly component: 'kubelet' | 'kube-proxy';
  readonly version: string;
  /** The managed node group that a node belongs to. */
  readonly nodegroup?: string;
}

/** Wrong already, whatever the target is. */
export interface Problem extends Observed {
  readonly type: 'problem';
  readonly reason: Finding['reason'];
  readonly severity: Finding['severity'];
  /** The first minor that it concerns; undefined: every one. */
  readonly fromMinor?: string;
  readonly rule?: string;
  readonly removedIn?: string;
  readonly replacement?: string;
  readonly message: string;
  readonly fix: string;
}
