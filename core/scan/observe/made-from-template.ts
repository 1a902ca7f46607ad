import { type Mapping, mappingOf, mappingsOf } from '../manifest/manifest-object.ts';

/** Kinds that make pods, jobs or sets of pods from a template and are read whole themselves. Nodes are not among them: static pods are written nowhere else. */
const MAKERS: ReadonlySet<unknown> = new Set([
  'apps/v1 ReplicaSet',
  'apps/v1 DaemonSet',
  'apps/v1 StatefulSet',
  'apps/v1 Deployment',
  'batch/v1 Job',
  'batch/v1 CronJob',
  'v1 ReplicationController',
]);

const MADE = new Set(['Pod', 'Job', 'ReplicaSet']);

/**
 * Pods, jobs and ReplicaSets that were made for a template say everything twice. Those of others' workloads (Rollouts, CloneSets) do not:
 * custom resources are not read whole.
 */
export function isMadeFromTemplate(kind: string, value: Mapping): boolean {
  if (!MADE.has(kind)) return false;
  const { ownerReferences } = mappingOf(value.metadata);
  const controller = mappingsOf(ownerReferences).find((owner) => owner.controller === true);
  if (controller === undefined) return false;
  return MAKERS.has(`${controller.apiVersion} ${controller.kind}`) || isPast(kind, value);
}

/** An older revision of somebody's workload, kept for a rollback. */
const isPast = (kind: string, { spec }: Mapping): boolean => kind === 'ReplicaSet' && mappingOf(spec).replicas === 0;

/** The same, told from an object's text without parsing it; false when in doubt. Owners are flat, so the first bracket ends them. */
export function saysItsTemplate(text: string, kind: string): boolean {
  if (!MADE.has(kind)) return false;
  // An annotation may be called so too, and is no list.
  const begin = text.search(/"ownerReferences":\s*\[/);
  if (begin === -1) return false;
  // Behind the spec it would be that of a template.
  const spec = text.indexOf('"spec":');
  if (spec !== -1 && spec < begin) return false;
  const owners = text.slice(begin, text.indexOf(']', begin));
  // With two owners it is not clear which of them is the controller.
  if (owners.indexOf('"uid"') !== owners.lastIndexOf('"uid"') || !/"controller":\s*true/.test(owners)) return false;
  const apiVersion = /"apiVersion":\s*"([\w./-]+)"/.exec(owners)?.[1];
  const maker = /"kind":\s*"(\w+)"/.exec(owners)?.[1];
  return MAKERS.has(`${apiVersion} ${maker}`);
}
