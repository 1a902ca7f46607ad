import { allPods } from '../daemon-pods.ts';
import type { KubernetesState, PodState } from '../kubernetes-state.ts';
import { isPodReady, podPhase } from '../pod-status.ts';
import { list, record, type StoredObject, texts } from '../resources/stored-object.ts';

/** The facts about a pod for evictions and budgets, of the model or written through the API. */
export interface PodView {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Empty where it is not known. */
  readonly phase: string;
  /** Its condition `Ready` is True. */
  readonly ready: boolean;
  readonly terminating: boolean;
  /** The pod exists until these are removed. */
  readonly finalizers: readonly string[];
  readonly nodeName?: string;
  /** A mirror of the kubelet's own static pod. */
  readonly mirror: boolean;
  readonly controller?: ControllerReference;
}

/** The controller among a pod's owners. `uid` is absent where the model knows the owner itself. */
export interface ControllerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid?: string;
}

/** Every pod, also those of DaemonSets. A pod that was written with a status replaces the model's with its name. */
export function podViews(kubernetes: KubernetesState, now: number, namespace?: string): PodView[] {
  const isWanted = (each: { namespace?: string }) => namespace === undefined || each.namespace === namespace;
  const written = (kubernetes.objects ?? []).filter((object) => isPod(object) && isWanted(object.metadata));
  const modelled = allPods(kubernetes, { namespace });
  if (written.length === 0) return modelled.map((pod) => viewOfState(kubernetes, pod, now));
  const known = new Set(modelled.map(keyOf));
  const standing = written.filter((object) => object.status !== undefined || !known.has(keyOf(inNamespace(object))));
  const replaced = new Set(standing.map((object) => keyOf(inNamespace(object))));
  const others = modelled.filter((pod) => !replaced.has(keyOf(pod)));
  return [...others.map((pod) => viewOfState(kubernetes, pod, now)), ...standing.map(viewOfObject)];
}

export const isPod = ({ kind, apiVersion }: StoredObject): boolean => kind === 'Pod' && apiVersion === 'v1';

/** Pods of DaemonSets and of the kubelet go with their node. */
export const staysOnNode = ({ controller, mirror }: PodView): boolean => controller?.kind === 'DaemonSet' || mirror;

/** The reference with `controller: true`. */
export function controllerOf({ ownerReferences }: Readonly<Record<string, unknown>>): ControllerReference | undefined {
  const reference = list(ownerReferences)
    .map(record)
    .find(({ controller }) => controller === true);
  if (reference === undefined) return undefined;
  const { apiVersion, kind, name, uid } = reference;
  return {
    ...{ apiVersion: String(apiVersion), kind: String(kind), name: String(name) },
    ...(typeof uid === 'string' ? { uid } : {}),
  };
}

function viewOfState(kubernetes: KubernetesState, pod: PodState, now: number): PodView {
  const { namespace, name, labels, nodeName } = pod;
  const [kind, , owner] = pod.owner?.split('/') ?? [];
  const { finalizers, ownerReferences } = pod.written?.metadata ?? {};
  const modelled = kind === undefined || owner === undefined ? undefined : { apiVersion: 'apps/v1', kind, name: owner };
  const controller = modelled ?? controllerOf({ ownerReferences });
  return {
    ...{ namespace, name, labels, finalizers: texts(finalizers), mirror: false },
    terminating: pod.deletedAt !== undefined,
    phase: podPhase(pod, now),
    ready: isPodReady(kubernetes, pod, now),
    ...(nodeName === undefined ? {} : { nodeName }),
    ...(controller === undefined ? {} : { controller }),
  };
}

function viewOfObject(object: StoredObject): PodView {
  const { metadata, spec, status } = object;
  const { phase, conditions } = record(status);
  const { nodeName } = record(spec);
  const controller = controllerOf(metadata);
  const ready = list(conditions)
    .map(record)
    .find(({ type }) => type === 'Ready');
  return {
    ...inNamespace(object),
    labels: record(metadata.labels) as Record<string, string>,
    phase: typeof phase === 'string' ? phase : '',
    ready: ready?.status === 'True',
    terminating: metadata.deletionTimestamp !== undefined,
    finalizers: texts(metadata.finalizers),
    mirror: 'kubernetes.io/config.mirror' in record(metadata.annotations),
    ...(typeof nodeName === 'string' ? { nodeName } : {}),
    ...(controller === undefined ? {} : { controller }),
  };
}

const inNamespace = ({ metadata: { namespace = 'default', name } }: StoredObject) => ({ namespace, name });

const keyOf = ({ namespace, name }: { namespace: string; name: string }): string => `${namespace}/${name}`;
