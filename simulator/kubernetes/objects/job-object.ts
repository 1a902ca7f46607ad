import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import type { JobRun, KubernetesState } from '../kubernetes-state.ts';
import { podImages } from '../pod-template.ts';
import { list, record, type StoredObject } from '../resources/stored-object.ts';
import { timestamp, uidOf } from './object-metadata.ts';

export const isJob = ({ apiVersion, kind }: StoredObject): boolean => kind === 'Job' && apiVersion.startsWith('batch/');

/** The one pod of a Job, stored when the Job is created; its later states follow from the time. */
export function jobPod(cluster: ClusterRecord, { metadata, spec }: StoredObject): StoredObject {
  const template = record(record(spec).template);
  const { namespace = 'default', name, uid, creationTimestamp } = metadata;
  const podName = `${name.slice(0, 58)}-${String(uid).slice(0, 5)}`;
  const labels = {
    ...record(record(template.metadata).labels),
    ...{ 'batch.kubernetes.io/job-name': name, 'job-name': name },
  };
  const owner = { apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true };
  const podUid = uidOf(cluster, { kind: 'Pod', namespace, name: podName });
  return {
    ...{ apiVersion: 'v1', kind: 'Pod', spec: template.spec },
    metadata: { namespace, name: podName, uid: podUid, creationTimestamp, labels, ownerReferences: [owner] },
  };
}

/** A Job, or a pod of one, with its present `status`; any other object unchanged. */
export function withJobStatus({ kubernetes }: ClusterRecord, object: StoredObject, now: number): StoredObject {
  if (isJob(object)) return { ...object, status: jobStatus(runOf(kubernetes, object, now), object, now) };
  const owner = record(list(object.metadata.ownerReferences)[0]);
  if (object.kind !== 'Pod' || owner.kind !== 'Job') return object;
  const job = (kubernetes.objects ?? []).find((each) => isJob(each) && each.metadata.uid === owner.uid);
  return job === undefined ? object : { ...object, status: podStatus(runOf(kubernetes, job, now)) };
}

interface Run extends JobRun {
  readonly state: 'running' | 'ended' | 'overdue';
  readonly startedAt: number;
  readonly endedAt: number;
}

function runOf({ jobRuns = {} }: KubernetesState, { metadata, spec }: StoredObject, now: number): Run {
  const { activeDeadlineSeconds, template } = record(spec);
  const [image = ''] = podImages(record(template).spec);
  const run = jobRuns[image] ?? {};
  const startedAt = Date.parse(String(metadata.creationTimestamp));
  const ends = run.waiting === undefined ? startedAt + (run.seconds ?? 30) * 1000 : Number.POSITIVE_INFINITY;
  const deadline =
    typeof activeDeadlineSeconds === 'number' ? startedAt + activeDeadlineSeconds * 1000 : Number.POSITIVE_INFINITY;
  const endedAt = Math.min(ends, deadline);
  const state = endedAt > now ? 'running' : ends <= deadline ? 'ended' : 'overdue';
  return { ...run, state, startedAt, endedAt };
}

function jobStatus({ state, startedAt, endedAt, exitCode = 0 }: Run, { metadata, spec }: StoredObject, now: number) {
  const begun = { startTime: timestamp(startedAt), ready: 0, terminating: 0, uncountedTerminatedPods: {} };
  if (state === 'running') return { ...begun, active: 1 };
  const at = timestamp(Math.min(endedAt, now));
  const condition = (type: string, why: object = {}) => ({
    ...{ type, status: 'True', lastProbeTime: at, lastTransitionTime: at, ...why },
  });
  if (state === 'ended' && exitCode === 0)
    return { ...begun, succeeded: 1, completionTime: at, conditions: [condition('Complete')] };
  const why = state === 'overdue' ? OVERDUE : whyFailed({ exitCode, metadata, spec });
  return { ...begun, failed: 1, conditions: [condition('FailureTarget', why), condition('Failed', why)] };
}

const OVERDUE = { reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };

/** The first rule for pods about exit codes decides. Without one the pod counts toward the limit, which is always 0 here. */
function whyFailed({ exitCode, metadata, spec }: Pick<StoredObject, 'metadata' | 'spec'> & { exitCode: number }) {
  const rules = list(record(record(spec).podFailurePolicy).rules).map(record);
  const rule = rules.findIndex(({ action, onExitCodes }) => {
    const { operator, values } = record(onExitCodes);
    return action === 'FailJob' && onExitCodes !== undefined && (operator === 'In') === list(values).includes(exitCode);
  });
  if (rule < 0) return { reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  const pod = `${metadata.namespace}/${metadata.name}`;
  const message = `Container hook for pod ${pod} failed with exit code ${exitCode} matching FailJob rule at index ${rule}`;
  return { reason: 'PodFailurePolicy', message };
}

function podStatus({ state, waiting, startedAt, endedAt, exitCode = 0, message }: Run) {
  const status = (phase: string, inner: object) => ({ phase, containerStatuses: [{ name: 'hook', state: inner }] });
  if (state === 'running')
    return waiting === undefined
      ? status('Running', { running: { startedAt: timestamp(startedAt) } })
      : status('Pending', { waiting: { reason: waiting } });
  if (state === 'overdue') return { phase: 'Failed' };
  const terminated = { exitCode, ...(message === undefined ? {} : { message }), finishedAt: timestamp(endedAt) };
  return status(exitCode === 0 ? 'Succeeded' : 'Failed', { terminated });
}
