import { disruptionOf } from '../../core/scan/drain/disruption.ts';
import { type DrainFacts, noDrainFacts } from '../../core/scan/drain/drain-facts.ts';
import { noteDrainFacts } from '../../core/scan/drain/note-drain-facts.ts';
import { simulateDrain } from '../../core/scan/drain/simulate-drain.ts';
import { groupVersion } from '../../core/scan/observe/api-version.ts';
import { liveObject, type ServedResource } from '../../core/scan/observe/live-object.ts';
import { matchSelector } from '../../core/selector/match.ts';
import type { Eviction, EvictionRow, Expectation } from './eviction-row.ts';
import { type PlainObject, rowTime } from './plain-objects.ts';
import { evictionRows } from './rows.ts';

const now = new Date(rowTime);

/** What a scan would note of the objects. */
function factsOf(objects: readonly PlainObject[]): DrainFacts {
  const facts = noDrainFacts();
  for (const object of objects) {
    const { kind } = object;
    const resource = { ...groupVersion(object.apiVersion), kind, resource: `${kind.toLowerCase()}s` };
    noteDrainFacts(
      liveObject({ ...object }, { ...resource, namespaced: true, verbs: [] } satisfies ServedResource),
      facts,
    );
  }
  return facts;
}

/** The pod alone on a node that goes, and all others on one that stays: then it is drained just where its eviction is accepted now. */
function drainOf(facts: DrainFacts, { namespace, name }: Eviction) {
  const node = (named: string) => ({ name: named, labels: {}, taints: [], ready: true, unschedulable: false });
  const goes = node('goes');
  const isMeant = (pod: DrainFacts['pods'][number]) =>
    pod.name === name && facts.shapes[pod.shape]?.namespace === namespace;
  const pods = facts.pods.map((pod) => ({ ...pod, node: isMeant(pod) ? 'goes' : 'stays' }));
  return simulateDrain({ ...facts, nodes: [goes, node('stays')], pods }, new Set([goes]), now);
}

function figuresOf(facts: DrainFacts, evict: Eviction): Partial<Expectation> | undefined {
  const budgets = facts.budgets.filter(({ namespace }) => namespace === evict.namespace);
  const [budget] = budgets;
  if (budget === undefined || budgets.length > 1) return undefined;
  const pods = facts.pods.flatMap((pod) => {
    const shape = facts.shapes[pod.shape];
    const isSelected =
      shape?.namespace === budget.namespace &&
      budget.selector !== undefined &&
      matchSelector(budget.selector, shape.labels).matches;
    return isSelected ? [{ pod, shape }] : [];
  });
  const { expected, desired, healthy, allowed } = disruptionOf(facts, budget, pods, now);
  return { ...(expected === undefined ? {} : { expected }), desired, healthy, allowed };
}

/** What the simulation is not about: faulty requests, preconditions, a controller that has not looked, limits of the API server itself. */
const isAskedFairly = ({
  evict,
  expect: { code },
}: {
  readonly evict: Eviction;
  readonly expect: Expectation;
}): boolean => [201, 429, 500].includes(code) && evict.nameInUrl === undefined && evict.preconditions === undefined;

/**
 * A scan reads budgets at policy/v1, and keeps no uids: a ReplicaSet of a Deployment that was made anew is taken for that one's, for the moments
 * until the garbage collector has taken it. Pods of DaemonSets are left alone by drains.
 */
const isForeseen = ({ row, objects, evict }: EvictionRow): boolean =>
  !row.includes('made anew') &&
  objects.every(({ apiVersion }) => apiVersion !== 'policy/v1beta1') &&
  !objects.some(({ metadata }) => metadata.name === evict.name && JSON.stringify(metadata).includes('"DaemonSet"'));

/** Pods are still to come or to go, or the replicas of a custom resource are not known: then what is refused now may be accepted in a minute. */
const mayLetGoLater = (
  { objects }: EvictionRow,
  { expect: { reason, expected = 0 } }: Pick<EvictionRow, 'expect'>,
  facts: DrainFacts,
) =>
  reason === 'SyncFailed' ||
  /"(disruptedPods|deletionTimestamp)"/.test(JSON.stringify(objects)) ||
  objects.some(({ kind }) => kind === 'CustomResourceDefinition') ||
  Math.max(expected, ...Object.values(facts.replicas)) > facts.pods.length;

const rows = evictionRows.filter((row) => row.controllerIsBehind !== true && isAskedFairly(row) && isForeseen(row));

test('nearly all rows are about what the simulation foresees', () => {
  expect(rows.length).toBeGreaterThanOrEqual(60);
});

test.each(rows.map((row) => [row.row, row] as const))('%s', (_, row) => {
  const facts = factsOf(row.objects);
  for (const step of [row, ...(row.afterwards ?? [])].filter(isAskedFairly)) {
    const { evict, expect: told } = step;
    const figures = figuresOf(facts, evict);
    if (figures?.expected !== undefined && told.reason !== 'SyncFailed') {
      const { expected, desired, healthy, allowed } = { ...figures, ...told };
      expect(figures).toEqual({ expected, desired, healthy, allowed });
    }
    const { verdict } = drainOf(facts, evict);
    // The scale of a custom resource is not asked for: then its budget's own status would tell, and here there is none.
    const isKnown = row.objects.every(({ kind }) => kind !== 'CustomResourceDefinition');
    if (told.code === 201) expect(isKnown ? ['drains'] : ['drains', 'uncertain']).toContain(verdict);
    else expect(mayLetGoLater(row, step, facts) ? ['stuck', 'uncertain'] : ['stuck']).toContain(verdict);
    if (told.code !== 201 || evict.dryRun === true) continue;
    facts.pods = facts.pods.filter(({ name }) => name !== evict.name);
  }
});
