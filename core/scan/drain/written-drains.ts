import { given } from '../../model/given.ts';
import type { Problem } from '../judge/observation.ts';
import { type ManifestObject, mappingOf, textOf } from '../manifest/manifest-object.ts';
import { liveObject, type ServedResource } from '../observe/live-object.ts';
import { type ObjectContext, observedOf } from '../observe/object-context.ts';
import { type DrainFacts, noDrainFacts } from './drain-facts.ts';
import { BUDGETS, noteDrainFacts } from './note-drain-facts.ts';
import { wordsOf } from './observe-drains.ts';
import { simulateDrain } from './simulate-drain.ts';

const NODE = 'any';
const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'ReplicaSet', 'ReplicationController']);
/** More replicas do not change whether a budget allows a disruption. */
const MOST_REPLICAS = 100;
const ALLOWS_NONE: readonly unknown[] = [0, '0%'];

interface Written {
  readonly object: ManifestObject;
  readonly context: ObjectContext;
}

/** Only the parts of a workload that matter here; the whole objects of a large file would fill the memory. */
interface Workload {
  /** `Deployment/shop/web`. */
  readonly id: string;
  readonly metadata: object;
  readonly name: string;
  readonly replicas: number;
}

/**
 * Judges the budgets and workloads of one file as if the workloads ran as written, with all pods Ready on one drained node: whether a budget never
 * allows a disruption, and whether several budgets select the same pods. Files are not judged together, because overlays repeat the same objects.
 */
export class WrittenDrains {
  readonly #budgets: Written[] = [];
  readonly #workloads: Workload[] = [];
  /** Workloads whose replicas an autoscaler chooses, like `Deployment/shop/web`. */
  readonly #scaled = new Set<string>();

  note(object: ManifestObject, context: ObjectContext): void {
    const { kind, apiVersion, value } = object;
    if (kind === 'PodDisruptionBudget' && apiVersion === 'policy/v1') this.#budgets.push({ object, context });
    if (WORKLOADS.has(kind)) this.#workloads.push(...workloadOf(object));
    if (kind !== 'HorizontalPodAutoscaler' && kind !== 'ScaledObject') return;
    const target = mappingOf(mappingOf(value.spec).scaleTargetRef);
    // KEDA's ScaledObject scales a Deployment unless it says otherwise.
    this.#scaled.add(`${textOf(target.kind) ?? 'Deployment'}/${object.namespace ?? ''}/${textOf(target.name)}`);
  }

  judge(): Problem[] {
    const facts = noDrainFacts();
    const node = { name: NODE, labels: {}, taints: [], ready: true, unschedulable: false };
    facts.nodes.push(node);
    for (const { object } of this.#budgets) noteDrainFacts(liveObject(object.value, BUDGET), facts);
    // The number of replicas is not known where an autoscaler chooses it, so such a workload is left out.
    for (const workload of this.#workloads) if (!this.#scaled.has(workload.id)) addPods(facts, workload);
    const { causes } = simulateDrain(facts, new Set([node]), new Date(0));
    const strict = this.#budgets.filter(({ object }) => isStrict(object));
    const told = causes.flatMap((cause): Problem[] => {
      if (cause.code !== 'budget-allows-none' && cause.code !== 'several-budgets') return [];
      const [budget] = cause.budgets;
      const written = this.#budgets.find(
        ({ object }) => (object.namespace ?? '') === budget?.namespace && object.name === budget.name,
      );
      return written === undefined ? [] : [problemOf(written, wordsOf(cause))];
    });
    const named = new Set(told.map(({ subject }) => `${subject.namespace ?? ''}/${subject.name}`));
    return [
      ...told,
      ...strict.flatMap((written): Problem[] => {
        const { namespace = '', name = '?' } = written.object;
        return named.has(`${namespace}/${name}`) ? [] : [problemOf(written, strictWords(namespace, name))];
      }),
    ];
  }
}

const [group = '', resource = ''] = BUDGETS.split('/');
const BUDGET: ServedResource = {
  ...{ group, resource, version: 'v1', kind: 'PodDisruptionBudget', namespaced: true },
  verbs: [],
};

/** Whether the budget never allows a disruption, whatever it selects. */
function isStrict({ value }: ManifestObject): boolean {
  const { maxUnavailable, minAvailable } = mappingOf(value.spec);
  return ALLOWS_NONE.includes(maxUnavailable) || minAvailable === '100%';
}

const strictWords = (namespace: string, name: string) => ({
  message: `PodDisruptionBudget ${namespace === '' ? '' : `${namespace}/`}${name} never lets a pod go, so no node with one that it selects can be drained.`,
  fix: 'Let it allow one disruption: maxUnavailable: 1, or minAvailable below the replicas.',
});

function workloadOf({ kind, name = '', namespace = '', value }: ManifestObject): Workload[] {
  const { template, replicas = 1 } = mappingOf(value.spec);
  if (typeof replicas !== 'number' || replicas < 1) return [];
  const { labels } = mappingOf(mappingOf(template).metadata);
  const controller = { apiVersion: '', kind, name, controller: true };
  const metadata = { namespace, labels, ownerReferences: [controller] };
  return [{ id: `${kind}/${namespace}/${name}`, metadata, name, replicas }];
}

/** Adds Ready pods as the workload defines them. */
function addPods(facts: DrainFacts, { id, metadata, name, replicas }: Workload): void {
  facts.replicas[id] = replicas;
  const spec = { nodeName: NODE };
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  for (let at = 0; at < Math.min(replicas, MOST_REPLICAS); at += 1) {
    noteDrainFacts(liveObject({ metadata: { ...metadata, name: `${name}-${at}` }, spec, status }, POD), facts);
  }
}

const POD: ServedResource = { group: '', resource: 'pods', version: 'v1', kind: 'Pod', namespaced: true, verbs: [] };

const problemOf = ({ object, context }: Written, { message, fix }: { message: string; fix: string }): Problem => ({
  type: 'problem',
  ...observedOf(object, context, ['spec'], 'drain'),
  ...given({ owner: context.owner }),
  evidence: context.evidence,
  confidence: 'high',
  reason: 'preflight',
  severity: 'error',
  rule: 'DrainStuck',
  message,
  fix,
});
