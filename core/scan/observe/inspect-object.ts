import { given } from '../../model/given.ts';
import { managedGroup, nodeOwner, type OwnerRef } from '../../model/node-owner.ts';
import { groupOfOne } from '../../model/seen-nodes.ts';
import { DETECTORS, type DetectorName } from '../data/break-rule.ts';
import { rulesOf } from '../data/break-rules.ts';
import { controllerOfImage } from '../data/controllers.ts';
import { endsInRepository, parseImage, versionOfTag } from '../data/image-reference.ts';
import type { Observation } from '../judge/observation.ts';
import {
  labelsOf,
  type ManifestObject,
  type Mapping,
  mappingOf,
  mappingsOf,
  textOf,
} from '../manifest/manifest-object.ts';
import { ownershipOf } from '../owner/owner.ts';
import type { ClusterFacts } from '../reference/cluster-facts.ts';
import { observeReferences } from '../reference/observe-references.ts';
import { objectDetectors } from '../workload/detectors.ts';
import { imagesOf, podSpecsOf } from '../workload/pod-detectors.ts';
import { groupVersion } from './api-version.ts';
import type { LiveObject } from './live-object.ts';
import { type ObjectContext, observedOf } from './object-context.ts';

const detectors = Object.entries(objectDetectors).map(([name, detect]) => ({
  name: name as DetectorName,
  detect,
  rules: rulesOf(name as DetectorName),
}));

/** Observes one whole object by the break rules and the table of controllers. */
export function inspectObject(object: ManifestObject, context: ObjectContext): Observation[] {
  const pods = podSpecsOf(object.value);
  const inspected = { ...groupVersion(object.apiVersion), kind: object.kind, value: object.value, pods };
  const found: Observation[] = [];
  for (const { name, detect, rules } of detectors) {
    if (rules.length === 0) continue;
    const seen = new Set<string>();
    for (const hit of detect(inspected, rules)) {
      // Each rule gives one finding for an object, because ten containers with the same image are repaired at once.
      if (seen.has(hit.rule)) continue;
      seen.add(hit.rule);
      const evidence = [hit.evidence, ...context.evidence];
      found.push({
        type: 'rule',
        rule: hit.rule,
        ...observedOf(object, context, hit.path, DETECTORS[name]),
        evidence,
        confidence: 'high',
      });
    }
  }
  for (const pod of pods) {
    for (const { path, image } of imagesOf(pod)) {
      const component = componentOf(image);
      if (component === undefined) continue;
      const observed = observedOf(object, context, [...pod.path, ...path, 'image'], 'workload');
      const evidence = [`It runs the image ${image}.`, ...context.evidence];
      found.push({ ...component, ...observed, evidence, confidence: 'high' });
    }
  }
  return found;
}

/** The component of an image: kube-proxy follows the skew policy, other controllers what their maintainers say. */
function componentOf(image: string) {
  const { repository, tag } = parseImage(image);
  if (endsInRepository(repository, 'kube-proxy')) {
    const version = versionOfTag(tag ?? '');
    return version === undefined ? undefined : ({ type: 'skew', component: 'kube-proxy', version } as const);
  }
  const known = controllerOfImage(image);
  if (known?.version === undefined) return undefined;
  return { type: 'controller', component: known.component, version: known.version } as const;
}

/** Observes one object that was read whole, and what it refers to. */
export function inspectLiveObject(object: LiveObject, facts: ClusterFacts): Observation[] {
  const { kind, name, namespace, value, resource, metadata } = object;
  if (isMadeFromTemplate(kind, value)) return [];
  const { owner, cause } = ownershipOf(metadata);
  const own =
    cause ?? staticPodCause(object) ?? `object:${kind}/${namespace === undefined ? '' : `${namespace}/`}${name ?? '?'}`;
  const context = {
    ...given({ owner }),
    cause: kind === 'Node' ? nodeCause(object) : own,
    evidence: [],
  };
  const found = [...inspectObject(object, context), ...observeReferences(object, context, facts)];
  const kubelet = textOf(mappingOf(mappingOf(value.status).nodeInfo).kubeletVersion);
  if (resource.group !== '' || kind !== 'Node') return found;
  facts.otherNodes ??= [];
  facts.otherNodes.push(groupOfOne({ ...nodeOf(object), kubeletVersion: kubelet ?? '' }));
  if (kubelet === undefined) return found;
  const nodegroup = given({ nodegroup: managedGroup(nodeOwnerOf(object)) });
  return [
    ...found.map((one) => (one.type === 'rule' ? { ...one, ...nodegroup } : one)),
    {
      type: 'skew',
      source: 'node',
      subject: { kind, ...given({ name }) },
      cause: nodeCause(object),
      evidence: [`Its kubelet is ${kubelet}.`],
      confidence: 'high',
      component: 'kubelet',
      version: kubelet,
      ...nodegroup,
    },
  ];
}

/** The mirrors of one static pod come from one file. They run on many nodes, and each has the node's name in its own. */
function staticPodCause({ kind, value, metadata }: LiveObject): string | undefined {
  const { ownerReferences, name } = metadata;
  const [owner] = Array.isArray(ownerReferences) ? ownerReferences.map(mappingOf) : [];
  if (kind !== 'Pod' || owner?.kind !== 'Node' || owner.apiVersion !== 'v1') return undefined;
  return `static-pod:${(textOf(name) ?? '?').replace(`-${textOf(mappingOf(value.spec).nodeName) ?? ''}`, '')}`;
}

/** The nodes that are repaired together. */
const nodeCause = (node: LiveObject): string => `nodegroup:${nodeOwnerOf(node).name ?? 'none'}`;

function nodeOwnerOf(node: LiveObject): OwnerRef {
  const { labels, providerId } = nodeOf(node);
  return nodeOwner(labels, providerId);
}

function nodeOf({ metadata, value }: LiveObject) {
  return {
    labels: labelsOf(metadata.labels),
    ...given({ providerId: textOf(mappingOf(value.spec).providerID) }),
  };
}

/**
 * Kinds that make pods, jobs or ReplicaSets from a template and are read whole themselves. Nodes are not among them, because static pods have no
 * other object.
 */
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
 * Pods, jobs and ReplicaSets that were made from a template repeat it. Those of third-party workloads (Rollouts, CloneSets) are kept, because custom
 * resources are not read whole.
 */
export function isMadeFromTemplate(kind: string, value: Mapping): boolean {
  if (!MADE.has(kind)) return false;
  const { ownerReferences } = mappingOf(value.metadata);
  const controller = mappingsOf(ownerReferences).find((owner) => owner.controller === true);
  if (controller === undefined) return false;
  return MAKERS.has(`${controller.apiVersion} ${controller.kind}`) || isPast(kind, value);
}

/** An older revision of a workload, kept for a rollback. */
const isPast = (kind: string, { spec }: Mapping): boolean => kind === 'ReplicaSet' && mappingOf(spec).replicas === 0;

/** Decides the same from an object's text without parsing it; false when in doubt. Owners contain no brackets, so the first bracket ends them. */
export function saysItsTemplate(text: string, kind: string): boolean {
  if (!MADE.has(kind)) return false;
  // An annotation may have this name too, but is no list.
  const begin = text.search(/"ownerReferences":\s*\[/);
  if (begin === -1) return false;
  // Behind the spec it would belong to a template.
  const spec = text.indexOf('"spec":');
  if (spec !== -1 && spec < begin) return false;
  const owners = text.slice(begin, text.indexOf(']', begin));
  // With two owners the text does not tell which one is the controller.
  if (owners.indexOf('"uid"') !== owners.lastIndexOf('"uid"') || !/"controller":\s*true/.test(owners)) return false;
  const apiVersion = /"apiVersion":\s*"([\w./-]+)"/.exec(owners)?.[1];
  const maker = /"kind":\s*"(\w+)"/.exec(owners)?.[1];
  return MAKERS.has(`${apiVersion} ${maker}`);
}
