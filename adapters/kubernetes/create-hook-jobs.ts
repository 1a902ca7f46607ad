import type { V1Job, V1Pod } from '@kubernetes/client-node';
import { given } from '../../core/model/given.ts';
import { ClusterAccessError } from '../../core/ports/cluster-access.ts';
import {
  HOOK_JOB_MARK,
  type HookJob,
  type HookJobName,
  type HookJobState,
  type HookJobs,
  type OpenHookJobs,
} from '../../core/ports/hook-jobs.ts';
import type { ClusterCredentials } from './cluster-token.ts';
import { messageOf, objectOf, readList, statusError } from './create-cluster-access.ts';
import type { ServerCalls } from './create-node-operator.ts';
import { openReader } from './reader/open-reader.ts';

/** A step that asks has 25 seconds, in which it reads, commits, and creates or deletes a Job. */
const TIMEOUT_MILLISECONDS = 5_000;
/** Kubernetes keeps an ended Job this long: the asking step deletes it long before, and nobody waits this long for an answer. */
const KEPT_SECONDS = 86_400;
/** A label for the Job's pods, since the names of the labels that Kubernetes itself gives them depend on its version. */
const POD_LABEL = 'liftlock.dev/hook-job';

/** Runs Jobs with the role of the credentials. */
export const createHookJobs = (options: ClusterCredentials): HookJobs => ({
  open: (server) =>
    hookJobsOver(
      openReader(server, options, { timeoutMilliseconds: TIMEOUT_MILLISECONDS, userAgent: 'liftlock-hooks' }),
    ),
});

/** The same over any way to reach an API server. */
export const hookJobsOver = (calls: ServerCalls): OpenHookJobs => ({
  read: async (job) => {
    const answer = await calls.get({ path: pathOf(job) });
    if (answer.status === 404) return undefined;
    const selector = new URLSearchParams({ labelSelector: `${POD_LABEL}=${job.name}` });
    const pods = await readList<V1Pod>(
      calls,
      `/api/v1/namespaces/${encodeURIComponent(job.namespace)}/pods?${selector}`,
      (pod) => [pod],
    );
    return stateOf(job, objectOf<V1Job>(answer), pods);
  },
  create: async (job) => {
    const { path, body } = { path: collectionOf(job), body: manifestOf(job) };
    const { status, text } = await calls.change({ method: 'POST', path, contentType: 'application/json', body });
    if (status === 201 || (status === 409 && text.includes('AlreadyExists'))) return undefined;
    const error = statusError(status, messageOf(text));
    // The namespace is not there. It comes with the tier, like the right to create Jobs, and not by waiting.
    if (status === 404) return new ClusterAccessError('ClusterForbidden', error.message);
    if (status === 401 || status === 408 || status === 429 || status >= 500) throw error;
    return error;
  },
  delete: async (job) => {
    const body = {
      ...{ apiVersion: 'v1', kind: 'DeleteOptions' },
      ...{ preconditions: { uid: job.uid }, propagationPolicy: 'Background' },
    };
    const change = { method: 'DELETE', path: pathOf(job), contentType: 'application/json', body } as const;
    const { status, text } = await calls.change(change);
    if ([200, 202, 404].includes(status) || (status === 409 && text.includes('UID in precondition'))) return;
    throw statusError(status, messageOf(text));
  },
  close: () => calls.close(),
});

const collectionOf = ({ namespace }: HookJobName): string =>
  `/apis/batch/v1/namespaces/${encodeURIComponent(namespace)}/jobs`;
const pathOf = (job: HookJobName): string => `${collectionOf(job)}/${encodeURIComponent(job.name)}`;

/**
 * The Job judges once: an evicted pod is made anew, since it has judged nothing, while a pod that ends with another code than 0 ends the Job. The Job
 * asks for no privilege, so that a namespace that enforces the Pod Security Standard `restricted` accepts it.
 */
const manifestOf = ({ namespace, name, key, serviceAccount, deadlineSeconds, ...asked }: HookJob): object => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    ...{ namespace, name },
    labels: { 'app.kubernetes.io/managed-by': 'liftlock' },
    annotations: { [HOOK_JOB_MARK]: key },
  },
  spec: {
    ...{ backoffLimit: 0, activeDeadlineSeconds: deadlineSeconds, ttlSecondsAfterFinished: KEPT_SECONDS },
    podFailurePolicy: {
      rules: [
        { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
        { action: 'FailJob', onExitCodes: { operator: 'NotIn', values: [0] } },
      ],
    },
    template: {
      metadata: { labels: { [POD_LABEL]: name } },
      spec: {
        ...{ restartPolicy: 'Never', serviceAccountName: serviceAccount },
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
        containers: [
          {
            ...{ name: 'hook', image: asked.image, ...given({ command: asked.command, args: asked.args }) },
            // Kubernetes fills in variables, as $(NAME), and makes one $ of $$ (API reference, EnvVar, `value`).
            env: [{ name: 'LIFTLOCK_QUESTION', value: asked.question.replaceAll('$', () => '$$') }],
            terminationMessagePolicy: 'FallbackToLogsOnError',
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          },
        ],
      },
    },
  },
});

function stateOf({ namespace, name }: HookJobName, { metadata, status }: V1Job, pods: readonly V1Pod[]): HookJobState {
  const held = (type: string) => status?.conditions?.find((one) => one.type === type && one.status === 'True');
  const failed = held('Failed');
  // With the reason PodFailurePolicy the container has ended by itself, and that is its answer; with any other reason the Job is broken.
  const broken = failed !== undefined && failed.reason !== 'PodFailurePolicy';
  const ended = broken ? 'broken' : failed === undefined ? undefined : 'refused';
  const said = [...(broken ? [failed.message ?? failed.reason ?? ''] : []), wordsOf(pods)].filter((one) => one !== '');
  return {
    ...{ namespace, name, uid: metadata?.uid ?? '' },
    ...given({ key: metadata?.annotations?.[HOOK_JOB_MARK] }),
    status: held('Complete') === undefined ? (ended ?? 'running') : 'succeeded',
    message: said.join('; '),
  };
}

/** What the container of the newest pod has left to be read, or why it does not run. */
function wordsOf(pods: readonly V1Pod[]): string {
  const createdAt = ({ metadata }: V1Pod): string => String(metadata?.creationTimestamp ?? '');
  const newest = [...pods].sort((one, other) => createdAt(one).localeCompare(createdAt(other))).at(-1);
  const { terminated, waiting } = newest?.status?.containerStatuses?.[0]?.state ?? {};
  if (waiting !== undefined) return [waiting.reason, waiting.message].filter((one) => one !== undefined).join(': ');
  return terminated?.message ?? '';
}
