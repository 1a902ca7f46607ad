import type { ApiServer, ClusterAccessError } from './cluster-access.ts';

/** Annotation of a Job that Liftlock has made to ask; its value is the key of the question. */
export const HOOK_JOB_MARK = 'liftlock.dev/question';

/**
 * Jobs by which hooks are asked in a cluster, where the tier *hooks* is given (docs/install.md). Calls may fail with an error whose `name` is one of
 * `ClusterAccessError`'s; a 403 is `ClusterForbidden`.
 */
export interface HookJobs {
  /** Nothing is sent yet. */
  open(server: ApiServer): OpenHookJobs;
}

export interface OpenHookJobs {
  /** Undefined where no Job of that name is there. */
  read(job: HookJobName): Promise<HookJobState | undefined>;
  /** Undefined once there is a Job of that name, whoever made it; else why the API server takes none: nothing was made then. */
  create(job: HookJob): Promise<ClusterAccessError | undefined>;
  /** The Job of that uid and its pods go, or are gone. */
  delete(job: HookJobUid): Promise<void>;
  close(): void;
}

export interface HookJobName {
  readonly namespace: string;
  readonly name: string;
}

export interface HookJobUid extends HookJobName {
  readonly uid: string;
}

/** One question as a Job: it runs once, by a service account of its owner, without privileges. */
export interface HookJob extends HookJobName {
  readonly serviceAccount: string;
  readonly image: string;
  readonly command?: readonly string[] | undefined;
  readonly args?: readonly string[] | undefined;
  /** Key of the question, for our mark. */
  readonly key: string;
  /** JSON; the container has it in the variable LIFTLOCK_QUESTION. */
  readonly question: string;
  /** Kubernetes ends it after so long. */
  readonly deadlineSeconds: number;
}

export interface HookJobState extends HookJobUid {
  /** The key of the question that our mark says; absent of a Job that is not ours. */
  readonly key?: string | undefined;
  /** `refused`: its container has ended with another code than 0. `broken`: it has failed otherwise. */
  readonly status: 'running' | 'succeeded' | 'refused' | 'broken';
  /** What its container has left to be read, or why it does not run; empty where nothing was said. */
  readonly message: string;
}
