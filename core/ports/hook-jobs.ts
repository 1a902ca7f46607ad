import type { ApiServer, ClusterAccessError } from './cluster-access.ts';

/** Annotation of a Job by which Liftlock asks a hook; its value is the key of the question. */
export const HOOK_JOB_MARK = 'liftlock.dev/question';

/**
 * Jobs in a cluster by which hooks are asked, where the tier *hooks* is granted (docs/install.md). Calls may fail with an error whose `name` is one
 * of `ClusterAccessError`'s; a 403 is `ClusterForbidden`.
 */
export interface HookJobs {
  /** It sends nothing yet. */
  open(server: ApiServer): OpenHookJobs;
}

export interface OpenHookJobs {
  /** Undefined where no Job has that name. */
  read(job: HookJobName): Promise<HookJobState | undefined>;
  /** Undefined once a Job of that name exists, whoever created it; otherwise why the API server refuses it, and then nothing was created. */
  create(job: HookJob): Promise<ClusterAccessError | undefined>;
  /** Deletes the Job of that uid and its pods, if they still exist. */
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

/** One question as a Job. It runs once, by a service account of its owner, without privileges. */
export interface HookJob extends HookJobName {
  readonly serviceAccount: string;
  readonly image: string;
  readonly command?: readonly string[] | undefined;
  readonly args?: readonly string[] | undefined;
  /** Key of the question, for Liftlock's mark. */
  readonly key: string;
  /** JSON; the container gets it in the variable LIFTLOCK_QUESTION. */
  readonly question: string;
  /** After this time Kubernetes ends it. */
  readonly deadlineSeconds: number;
}

export interface HookJobState extends HookJobUid {
  /** The key of the question in Liftlock's mark; absent for somebody else's Job. */
  readonly key?: string | undefined;
  /** `refused`: its container has ended with another code than 0. `broken`: it has failed otherwise. */
  readonly status: 'running' | 'succeeded' | 'refused' | 'broken';
  /** The message of its container, or why it does not run; empty where there is none. */
  readonly message: string;
}
