import { namedError } from '../contracts/errors.ts';
import type { StepInput } from '../contracts/step-input.ts';
import { blocked, done, failed, parked, reason, type StepResult, wait } from '../contracts/step-result.ts';
import { isSame } from '../model/is-same.ts';
import { managedGroup, nodeOwner } from '../model/node-owner.ts';
import { decideDrain } from '../nodes/decide-drain.ts';
import { drainNotAllowed } from '../nodes/drain-allowed.ts';
import { lookAt } from '../nodes/drain-look.ts';
import {
  type DrainMemory,
  type DrainMove,
  type DrainObservation,
  type DrainSettings,
  EMPTY_MEMORY,
} from '../nodes/drain-move.ts';
import { drainSettingsOf } from '../nodes/drain-settings.ts';
import { rememberAnswers } from '../nodes/remember-answers.ts';
import type { DrainNode, EvictionAnswer, NodeOperator, PodUid } from '../ports/node-operator.ts';
import type { Ports } from '../ports/ports.ts';
import { mutateNodes } from '../protocol/mutate-nodes.ts';
import { closeUndoEntries, openUndoEntries } from '../protocol/undo.ts';
import { UndoEntries } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import type { StepContext, StepPorts } from './context.ts';
import { loadHopPolicy } from './hop-policy.ts';
import { runStep } from './run-step.ts';
import { withNodeOperator } from './with-node-operator.ts';

const STEP = 'drain-nodes';
/** An invocation begins nothing after this; it is over well before its function is. */
const BUSY_MILLISECONDS = 12_000;
/** An execution has 25,000 events of history and a look takes about ten (facts: serverless.md §1.8): the next one goes on. */
const MOST_LOOKS = 1_500;

export type NodeStepPorts = StepPorts & Pick<Ports, 'nodes'>;

/**
 * Drains the nodes of one group that Liftlock does not roll: cordons, evicts by the eviction API, waits for what the policy says. Nothing is deleted or
 * forced. The nodes stay cordoned at the end; where it ends otherwise the cordons are taken back (core/protocol/undo.ts).
 */
export async function drainNodes(ports: NodeStepPorts, stepInput: StepInput): Promise<StepResult> {
  const group = nodeGroupOf(stepInput);
  const step = `${STEP}/${group}`;
  return runStep(ports, stepInput, 'grant', step, async (_, context) => {
    const { rules } = await rulesOf(ports, context);
    const settings = rules?.policy && drainSettingsOf(rules.policy);
    if (settings === undefined) {
      return { step, result: blocked(drainNotAllowed(context.name, rules?.policy?.metadata.name)) };
    }
    const known = (context.upgrade?.steps[step]?.detail ?? EMPTY_MEMORY) as unknown as DrainMemory;
    const drain = new Drain(ports, context, group, settings, known);
    const result = await withNodeOperator(ports, context, (operator) => drain.go(operator));
    const isLong = result.status === 'wait' && stepInput.poll >= MOST_LOOKS;
    return {
      step,
      result: isLong ? parked(ports.clock.now(), ...result.reasons) : result,
      ...(isSame(drain.memory, known) ? {} : { detail: { ...drain.memory } }),
    };
  });
}

function nodeGroupOf({ input }: StepInput): string {
  const group = (input as { nodegroup?: unknown } | null)?.nodegroup;
  if (typeof group === 'string' && group !== '') return group;
  throw namedError('InvalidInput', 'drain-nodes was given no node group: say which with "nodegroup".');
}

async function rulesOf(ports: NodeStepPorts, context: StepContext) {
  const { read } = await loadHopPolicy(ports, context);
  return { rules: read?.rules(new Map()) };
}

/** One invocation: it looks, decides and sends until nothing is to be sent, or its time is over. */
class Drain {
  memory: DrainMemory;
  readonly #ports: NodeStepPorts;
  readonly #context: StepContext;
  readonly #group: string;
  readonly #settings: DrainSettings;
  #seen: DrainObservation = { nodes: [], allNodes: [], pods: new Map() };

  constructor(ports: NodeStepPorts, context: StepContext, group: string, settings: DrainSettings, memory: DrainMemory) {
    this.#ports = ports;
    this.#context = context;
    this.#group = group;
    this.#settings = settings;
    this.memory = memory;
  }

  async go(operator: NodeOperator): Promise<StepResult> {
    const { clock } = this.#ports;
    const until = clock.now().getTime() + BUSY_MILLISECONDS;
    for (;;) {
      const move = await this.#decide(operator);
      const result = await this.#make(operator, move);
      if (result !== undefined) return result;
      if (clock.now().getTime() >= until)
        return wait(1, reason('Draining', `Nodes of ${this.#group} are being drained.`));
    }
  }

  async #decide(operator: NodeOperator): Promise<DrainMove> {
    const { clock } = this.#ports;
    const allNodes = await operator.listNodes();
    const nodes = allNodes.filter((node) => isOfGroup(node, this.#group));
    const cordoned = nodes.filter(({ unschedulable }) => unschedulable);
    const pods = new Map<string, Awaited<ReturnType<NodeOperator['listPodsOf']>>>();
    for (const { name } of cordoned) pods.set(name, await operator.listPodsOf(name));
    const observation = { nodes, allNodes, pods };
    const now = clock.now();
    this.#seen = observation;
    this.memory = lookAt(observation, this.#settings, this.memory, now).memory;
    return decideDrain(observation, this.#settings, this.memory, now);
  }

  /** Undefined: something was sent, and may have made room for more. */
  async #make(operator: NodeOperator, move: DrainMove): Promise<StepResult | undefined> {
    switch (move.type) {
      case 'wait':
        return wait(move.seconds, ...move.reasons);
      case 'stuck':
        return failed(...move.reasons);
      case 'done': {
        const { clusterKey, upgrade } = this.#context;
        const entries = await openUndoEntries(this.#ports.table, clusterKey, upgrade?.id);
        await closeUndoEntries(this.#ports, entries, 'kept');
        return done(...move.reasons);
      }
      case 'cordon':
        return this.#cordon(operator, move.node);
      case 'evict':
        return this.#evict(operator, move.node, move.pods);
    }
  }

  async #cordon(operator: NodeOperator, node: DrainNode): Promise<StepResult | undefined> {
    const { table, clock } = this.#ports;
    const { clusterKey, upgrade } = this.#context;
    const upgradeId = upgrade?.id ?? '';
    const { taint } = this.#settings;
    const version = { name: node.name, uid: node.uid, resourceVersion: node.resourceVersion };
    const before = await load(table, UndoEntries, clusterKey, 'cordon', node.name);
    const entry = {
      ...{ clusterKey, effect: 'cordon' as const, subject: node.name, uid: node.uid, upgradeId },
      ...(taint === undefined ? {} : { taint }),
      recordedAt: clock.now().toISOString(),
    };
    const call = { name: 'CordonNode' as const, input: { node: version, ...(taint === undefined ? {} : { taint }) } };
    const mutation = { ...this.#wanted(), call, beside: [replace(UndoEntries, before, entry)] };
    const result = await mutateNodes(this.#ports, mutation, () => operator.cordon(version, { upgradeId, taint }));
    return this.#unlessAnswered(result);
  }

  async #evict(operator: NodeOperator, node: DrainNode, pods: readonly PodUid[]): Promise<StepResult | undefined> {
    const { clock } = this.#ports;
    const answers: { pod: PodUid; answer: EvictionAnswer }[] = [];
    const call = { name: 'EvictPods' as const, input: { node: node.name, pods } };
    try {
      const result = await mutateNodes(this.#ports, { ...this.#wanted(), call }, async (mayGoOn) => {
        for (const pod of pods) {
          if (!mayGoOn()) return;
          answers.push({ pod, answer: await operator.evict(pod) });
        }
      });
      return this.#unlessAnswered(result);
    } finally {
      this.memory = rememberAnswers(this.memory, this.#seen, answers, clock.now());
    }
  }

  #unlessAnswered(result: Exclude<Awaited<ReturnType<typeof mutateNodes>>, never>): StepResult | undefined {
    if (result.type === 'wait') return wait(result.seconds, result.reason);
    return result.type === 'forbidden' ? parked(undefined, ...result.reasons) : undefined;
  }

  #wanted() {
    const { asker, clusterKey, scope, target, cluster, upgrade } = this.#context;
    return { asker, clusterKey, scope, target, tags: cluster.tags ?? {}, upgrade, step: STEP, subject: this.#group };
  }
}

/** Groups of EKS by their label, and those that eksctl made; what Karpenter or Auto Mode owns moves by its own ways. */
function isOfGroup({ labels, providerId }: DrainNode, group: string): boolean {
  const owner = nodeOwner(labels, providerId);
  return managedGroup(owner) === group || (owner.kind === 'selfManaged' && owner.name === group);
}
