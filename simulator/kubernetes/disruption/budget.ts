import type { KubernetesState, PodDisruptionBudgetState } from '../kubernetes-state.ts';
import { groupOf, list, record, type StoredObject, texts } from '../resources/stored-object.ts';

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

type MatchesLabels = (labels: Readonly<Record<string, string>>) => boolean;

/** The error for an invalid selector of an object. */
class InvalidSelector extends Error {}

const name = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const qualifiedName = new RegExp(`^([a-z0-9]([-a-z0-9.]*[a-z0-9])?/)?${name}$`);

/**
 * A `LabelSelector` of an object: `matchLabels` and `matchExpressions` must all match. Without a selector nothing matches, with an empty one
 * everything does.
 * @throws InvalidSelector for an invalid key or an unknown operator.
 */
function objectSelector(selector: unknown): MatchesLabels {
  if (selector === undefined || selector === null) return () => false;
  const { matchLabels, matchExpressions } = record(selector);
  const tests = [
    ...Object.entries(record(matchLabels)).map(([key, value]) => expression({ key, operator: 'In', values: [value] })),
    ...list(matchExpressions).map((each) => expression(record(each))),
  ];
  return (labels) => tests.every((test) => test(labels));
}

function expression({ key, operator, values }: Readonly<Record<string, unknown>>): MatchesLabels {
  const label = String(key);
  if (!qualifiedName.test(label))
    throw new InvalidSelector(
      `key: Invalid value: "${label}": a qualified name must consist of alphanumeric characters`,
    );
  const wanted = texts(values);
  const isIn: MatchesLabels = ({ [label]: value }) => value !== undefined && wanted.includes(value);
  if (operator === 'In') return isIn;
  if (operator === 'NotIn') return (labels) => !isIn(labels);
  if (operator === 'Exists') return (labels) => labels[label] !== undefined;
  if (operator === 'DoesNotExist') return (labels) => labels[label] === undefined;
  throw new InvalidSelector(`"${String(operator)}" is not a valid label selector operator`);
}
