import type { KubernetesState, PodDisruptionBudgetState } from '../kubernetes-state.ts';
import { groupOf, record, type StoredObject } from '../resources/stored-object.ts';
import { InvalidSelector, type MatchesLabels, objectSelector } from './object-selector.ts';

/** The stored `status` of a budget. */
export interface StoredStatus {
  readonly observedGeneration?: number;
  readonly disruptionsAllowed?: number;
  readonly currentHealthy?: number;
  readonly desiredHealthy?: number;
  readonly expectedPods?: number;
  /** When the eviction of a pod was accepted, by its name. */
  readonly disruptedPods?: Readonly<Record<string, string>>;
  readonly conditions?: readonly BudgetCondition[];
}

export interface BudgetCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message?: string;
}

/** A PodDisruptionBudget, of the model or written through the API. */
export interface Budget {
  readonly namespace: string;
  readonly name: string;
  readonly generation: number;
  readonly minAvailable?: unknown;
  readonly maxUnavailable?: unknown;
  readonly unhealthyPodEvictionPolicy?: unknown;
  /** Matches nothing when the selector is invalid; `selectorFault` then says why. */
  readonly matches: MatchesLabels;
  readonly selectorFault?: string;
  readonly status: StoredStatus;
  /** The object with its status; absent for one of the model, which has none. */
  readonly stored?: StoredObject;
}

export function budgetsOf({ podDisruptionBudgets, objects = [] }: KubernetesState): Budget[] {
  const written = objects.filter(isBudget);
  const taken = new Set(written.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  const modelled = podDisruptionBudgets.filter(({ namespace, name }) => !taken.has(`${namespace}/${name}`));
  return [...modelled.map(budgetOfState), ...written.map(budgetOfObject)];
}

export const isBudget = (object: StoredObject): boolean =>
  object.kind === 'PodDisruptionBudget' && groupOf(object) === 'policy';

/** A budget of the model is older than its pods, so the disruption controller has seen it. */
export function budgetOfState(budget: PodDisruptionBudgetState): Budget {
  const { matchLabels, ...rest } = budget;
  return { ...rest, generation: 1, ...readSelector({ matchLabels }), status: { observedGeneration: 1 } };
}

export function budgetOfObject(object: StoredObject): Budget {
  const { apiVersion, metadata, spec, status } = object;
  const { minAvailable, maxUnavailable, unhealthyPodEvictionPolicy, selector } = record(spec);
  // In v1beta1 an empty selector selects nothing.
  const nothing = apiVersion === 'policy/v1beta1' && Object.keys(record(selector)).length === 0;
  return {
    namespace: metadata.namespace ?? 'default',
    name: metadata.name,
    generation: typeof metadata.generation === 'number' ? metadata.generation : 0,
    ...{ minAvailable, maxUnavailable, unhealthyPodEvictionPolicy },
    ...readSelector(nothing ? undefined : selector),
    status: record(status) as StoredStatus,
    stored: object,
  };
}

function readSelector(selector: unknown): Pick<Budget, 'matches' | 'selectorFault'> {
  try {
    return { matches: objectSelector(selector) };
  } catch (error) {
    if (error instanceof InvalidSelector) return { matches: () => false, selectorFault: error.message };
    throw error;
  }
}
