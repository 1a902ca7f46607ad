import { isNotFound } from '../contracts/errors.ts';
import { machineTimeoutSeconds } from '../contracts/names.ts';
import { parseMachineInput, type StepInput } from '../contracts/step-input.ts';
import {
  blocked,
  bounded,
  done,
  failed,
  parked,
  type Reason,
  reason,
  type StepResult,
  wait,
} from '../contracts/step-result.ts';
import { compareTexts } from '../model/compare-texts.ts';
import { given } from '../model/given.ts';
import { isSame } from '../model/is-same.ts';
import { type GroupKind, kindOfGroup, managedGroup, nodeOwner } from '../model/node-owner.ts';
import { type DrainLook, decideDrain, podsInTheWay, zoneOf } from '../nodes/decide-drain.ts';
import { lookAt } from '../nodes/drain-look.ts';
import {
  type DrainMemory,
  type DrainMove,
  type DrainObservation,
  type DrainSettings,
  EMPTY_MEMORY,
  type PodTry,
} from '../nodes/drain-move.ts';
import { drainNotAllowed, drainSettingsOf } from '../nodes/drain-settings.ts';
import { updatingReason } from '../nodes/managed-groups/managed-group.ts';
import { rememberAnswers } from '../nodes/remember-answers.ts';
import type { ApiServer } from '../ports/cluster-access.ts';
import type { DrainNode, DrainPod, EvictionAnswer, NodeAnswer, NodeOperator, PodUid } from '../ports/node-operator.ts';
import type { Ports } from '../ports/ports.ts';
import { mutateWithoutUpdate, type Undone } from '../protocol/mutate.ts';
import { openUndoEntries } from '../protocol/undo.ts';
import { UndoEntries } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { foreignStop, type StepContext, type StepPorts, wantedFor } from './context.ts';
import { drainedNodes, nodesLater } from './node-room.ts';
import { notSent } from './not-sent.ts';
import { runStep } from './run-step.ts';
import { BUSY_MILLISECONDS, withApiServer } from './with-api-server.ts';

const STEP = 'drain-nodes';
/** An execution has 25,000 history events and a look takes about ten (facts: serverless.md §1.8), so the next execution goes on. */
const MOST_LOOKS = 1_500;
/** So does the next one an hour before the time of an execution is over, for a drain waits for some pods without end. */
const MOST_MILLISECONDS = (machineTimeoutSeconds(STEP) - 3_600) * 1000;
/**
 * The pods of so many nodes in use are counted before a cordon, and of so many that were empty are read again at the end: an invocation has 30
 * seconds, and what follows needs some of them.
 */
const MOST_READ = 100;

export type NodeStepPorts = StepPorts & Pick<Ports, 'nodes'>;

/** The port for nodes and pods. */
export const operators = ({ nodes }: NodeStepPorts) =>
  ({ tier: 'operate', open: (server: ApiServer) => nodes.open(server) }) as const;

/**
 * Drains the nodes of one group that Liftlock does not roll: it cordons, evicts by the eviction API, and waits as the policy says. It deletes and
 * forces nothing. The nodes stay cordoned at the end; when the drain ends otherwise, the cordons are undone (core/protocol/undo.ts).
 */
export async function drainNodes(ports: NodeStepPorts, stepInput: StepInput): Promise<StepResult> {
  const { nodegroup: group } = parseMachineInput(stepInput.input);
  const step = `${STEP}/${group ?? 'none'}`;
  return runStep(ports, stepInput, 'grant', step, async (context) => {
    if (group === undefined) {
      const said = 'It was not said which node group to drain. Give its name as "nodegroup" beside cluster and target.';
      return blocked(reason('NoNodegroup', said));
    }
    // While nothing is left to send, no commit tells that somebody has canceled the drain; its cordons are taken back once the execution has ended.
    if (context.upgrade?.status === 'Canceled') return parked(undefined, ...context.upgrade.reasons);
    const { name: policy, spec, unknown } = await context.policy();
    // It is unknown what the policy says of drains, and that is never taken for no word of them: one that has begun would fail.
    if (unknown.length > 0) return parked(undefined, ...unknown);
    const settings = spec && drainSettingsOf({ spec });
    if (settings === undefined) return blocked(drainNotAllowed(context.name, policy));
    const before = await takenBackFirst(ports, context);
    if (before !== undefined) return before;
    const last = context.upgrade?.steps[step]?.detail as Kept | undefined;
    const kind = last?.kind ?? context.upgrade?.nodegroupKind ?? kindOfGroup(await context.record(), group);
    const known: Kept = { told: [], ...EMPTY_MEMORY, ...last, kind };
    const drain = new Drain(ports, context, { kind, name: group }, settings, known);
    const result = await withApiServer(ports, context, operators(ports), (operator) => drain.go(operator));
    const runs = ports.clock.now().getTime() - context.startedAt.getTime();
    const isLong = result.status === 'wait' && (stepInput.poll >= MOST_LOOKS || runs >= MOST_MILLISECONDS);
    const told = await tellBlockers(ports, context, group, { known, drain, result });
    const kept = { ...drain.memory, kind, told, ...given({ lookedTo: drain.lookedTo }) };
    const outcome = isLong ? parked(ports.clock.now(), ...result.reasons) : untilNews(result, drain, ports.clock.now());
    return isSame(kept, known) ? outcome : { ...outcome, detail: kept };
  });
}

/** The cordon of an earlier drain has that drain's mark. Its undo goes first, or it would uncordon nodes that this drain has emptied. */
async function takenBackFirst(ports: NodeStepPorts, { clusterKey, upgrade }: StepContext) {
  if (upgrade?.mutated === true) return undefined;
  const left = (await openUndoEntries(ports.table, clusterKey)).map(({ data }) => data);
  const cordon = left.find(({ effect, upgradeId }) => effect === 'cordon' && upgradeId !== upgrade?.id);
  if (cordon === undefined) return undefined;
  const said = `The node ${cordon.subject} is cordoned by the upgrade ${cordon.upgradeId}: no other one is cordoned before that has ended, or its cordons are taken back.`;
  return parked(nodesLater(ports), reason('UpgradeUnderWay', said));
}

/** What the step keeps of a drain between two looks. */
type Kept = DrainMemory & {
  /** Uids of pods that were reported; each is reported once. */
  readonly told: readonly string[];
  /** The kind of the group since the first look: another group of its name may be made meanwhile. */
  readonly kind: GroupKind;
  /** Up to this name the nodes that were empty are empty still. */
  readonly lookedTo?: string | undefined;
};

/** A pod that is let go within seconds is no news. */
const NEWS_MILLISECONDS = 20_000;
const STANDING: readonly string[] = ['budget', 'busy', 'severalBudgets', 'refused', 'unasked'];

/** When a pod in the way becomes news, in epoch milliseconds. */
const newsAt = ({ since }: PodTry): number => Date.parse(since) + NEWS_MILLISECONDS;

/** The drain looks again in time to report what is in the way, however late that is asked to go again. */
function untilNews(result: StepResult, drain: Drain, now: Date): StepResult {
  const { status, waitSeconds = 1 } = result;
  if (status !== 'wait') return result;
  const left = drain.standing().map(([, one]) => newsAt(one) - now.getTime());
  const seconds = Math.ceil(Math.min(...left.filter((one) => one > 0)) / 1000);
  return { ...result, waitSeconds: Math.min(waitSeconds, seconds) };
}

/**
 * Reports pods that are in the way, once each, with everything that is in the way at that time. A drain that stands still reports them once it goes
 * on.
 */
async function tellBlockers(
  { events, clock }: NodeStepPorts,
  { clusterKey, input, scope, upgrade }: StepContext,
  nodegroup: string,
  { known, drain, result }: { readonly known: Kept; readonly drain: Drain; readonly result: StepResult },
): Promise<readonly string[]> {
  if (result.status !== 'wait' && result.status !== 'failed') return known.told;
  const standing = drain.standing().flatMap(([uid, one]) => (newsAt(one) <= clock.now().getTime() ? [uid] : []));
  const { account, region } = scope;
  const named = { clusterKey, cluster: input.cluster, account, region, upgradeId: upgrade?.id ?? '', nodegroup };
  if (standing.some((uid) => !known.told.includes(uid))) {
    const all = [...drain.inTheWay(), ...result.reasons];
    const reasons = bounded([...new Map(all.map((why) => [why.message, why])).values()]);
    await events.publish([{ type: 'DrainBlocked', detail: { version: 1, ...named, reasons } }]);
  }
  // A pod that was let go and is in the way again is news again.
  return standing;
}

/** What became of a call whose answer says that it has changed nothing on the node. */
export const unlessDone = (node: string, what: string, answer: NodeAnswer): Undone | undefined =>
  answer === 'done'
    ? undefined
    : { type: 'refused', error: answer, message: `${node} was not ${what}: ${NOT_DONE[answer]}.` };
const NOT_DONE = {
  changed: 'somebody has changed it since it was read',
  gone: 'it is not there any more',
  notOurs: 'its mark or its cordon is not of this drain',
};

/** Without an answer a pod counts as asked all the same, so that others come before it the next time. It says nothing about the pod. */
const UNANSWERED: EvictionAnswer = { type: 'busy', retryAfterSeconds: 0, message: 'it gave no answer' };

interface DrainedGroup {
  readonly kind: GroupKind;
  readonly name: string;
}

/** One invocation: it looks, decides and sends until nothing is left to send, or its time is over. */
class Drain {
  memory: DrainMemory;
  lookedTo: string | undefined;
  readonly #ports: NodeStepPorts;
  readonly #context: StepContext;
  readonly #group: DrainedGroup;
  readonly #settings: DrainSettings;
  #groupStatus: Promise<string | undefined> | undefined;
  #podsInUse: ReadonlyMap<string, readonly DrainPod[]> = new Map();
  #seen: DrainObservation = { nodes: [], allNodes: [], pods: new Map(), pending: [] };
  #judged: DrainLook | undefined;

  constructor(ports: NodeStepPorts, context: StepContext, group: DrainedGroup, settings: DrainSettings, memory: Kept) {
    this.#ports = ports;
    this.#context = context;
    this.#group = group;
    this.#settings = settings;
    this.memory = memory;
    this.lookedTo = memory.lookedTo;
  }

  async go(operator: NodeOperator): Promise<StepResult> {
    const { clock } = this.#ports;
    const until = clock.now().getTime() + BUSY_MILLISECONDS;
    for (;;) {
      const move = await this.#decide(operator);
      const result = await this.#make(operator, move);
      if (result !== undefined) return result;
      if (clock.now().getTime() >= until)
        return wait(1, ...this.inTheWay(), reason('Draining', `Nodes of ${this.#group.name} are being drained.`));
    }
  }

  /** The pods that were refused, or that nobody asks to go, by uid. */
  standing(): readonly (readonly [string, PodTry])[] {
    return Object.entries(this.memory.pods).filter(([, { answer }]) => STANDING.includes(answer));
  }

  /** Why these are in the way of their nodes. */
  inTheWay(): Reason[] {
    if (this.#judged === undefined) return [];
    const uids = new Set(this.standing().map(([uid]) => uid));
    const all = podsInTheWay({ ...this.#judged, memory: this.memory });
    return all.filter(({ uid }) => uids.has(uid)).map((one) => one.reason);
  }

  /**
   * Before the drain counts as done, the nodes that were empty are read again. Before a cordon the pods of nodes in use of the same zone are counted,
   * once in an invocation, since nodes with the fewest go first.
   */
  async #decide(operator: NodeOperator): Promise<DrainMove> {
    const move = await this.#look(operator, ({ name }) => this.memory.nodes[name]?.drainedAt === undefined);
    if (move.type === 'done') return this.#lookOnceMore(operator);
    this.lookedTo = undefined;
    if (move.type !== 'cordon' || this.#podsInUse.has(move.node.name)) return move;
    const isRival = (node: DrainNode) => !node.unschedulable && zoneOf(node) === zoneOf(move.node);
    const uncounted = this.#seen.nodes.filter((node) => isRival(node) && !this.#podsInUse.has(node.name));
    const counted = await operator.listPodsOf(uncounted.slice(0, MOST_READ).map(({ name }) => name));
    this.#podsInUse = new Map([...this.#podsInUse, ...counted]);
    return this.#judge();
  }

  /** Reads the nodes that were empty again, of many some at each look. Where a pod has come back, all are read again after it has gone. */
  async #lookOnceMore(operator: NodeOperator): Promise<DrainMove> {
    const { lookedTo = '' } = this;
    const names = this.#seen.nodes.map(({ name }) => name).filter((name) => name > lookedTo);
    const some = names.sort(compareTexts).slice(0, MOST_READ);
    const move = await this.#look(operator, ({ name }) => some.includes(name));
    const isOver = move.type !== 'done' || names.length <= some.length;
    this.lookedTo = isOver ? undefined : some.at(-1);
    if (isOver) return move;
    const said = `The nodes of ${this.#group.name} are empty. It is looked at each once more whether it still is.`;
    return { type: 'wait', seconds: 1, reasons: [reason('Draining', said)] };
  }

  /** A node that was empty and is not read again counts as empty, since only pods that tolerate its cordon can have come back. */
  async #look(operator: NodeOperator, isRead: (node: DrainNode) => boolean): Promise<DrainMove> {
    const allNodes = await operator.listNodes();
    const nodes = allNodes
      .filter(({ labels, providerId }) => isSame(nodeOwner(labels, providerId), this.#group))
      .map((node) => this.#unlessEarlier(node));
    const cordoned = nodes.filter(({ unschedulable }) => unschedulable);
    const pods = await operator.listPodsOf(['', ...cordoned.filter(isRead).map(({ name }) => name)]);
    const pending = pods.get('') ?? [];
    for (const { name } of cordoned) if (!pods.has(name)) pods.set(name, []);
    const drained = await drainedNodes(this.#ports, this.#context, allNodes);
    this.#seen = { nodes, allNodes: allNodes.filter(({ name }) => !drained.has(name)), pods, pending };
    return this.#judge();
  }

  #judge(): DrainMove {
    const pods = new Map([...this.#podsInUse, ...this.#seen.pods]);
    const look = lookAt({ ...this.#seen, pods }, this.#settings, this.memory, this.#ports.clock.now());
    this.memory = look.memory;
    this.#judged = look;
    return decideDrain(look);
  }

  /** A node with the mark of an earlier drain that is in use again was not taken away from this drain. */
  #unlessEarlier(node: DrainNode): DrainNode {
    const { cordonedBy, ...unmarked } = node;
    return node.unschedulable || cordonedBy === this.#context.upgrade?.id ? node : unmarked;
  }

  /** Undefined: something was sent, and may have made room for more. */
  async #make(operator: NodeOperator, move: DrainMove): Promise<StepResult | undefined> {
    switch (move.type) {
      case 'wait':
        // Until others bring their nodes back, nothing of the drain is under way, so others may have the grant.
        if (move.reasons.every(({ code }) => code === 'DrainNoRoom' || code === 'DrainUncordoned'))
          return parked(nodesLater(this.#ports), ...move.reasons);
        return wait(move.seconds, ...move.reasons);
      case 'stuck':
        return failed(...move.reasons);
      case 'done':
        return done(...move.reasons);
      case 'cordon':
        return (await this.#besideEks(move.node)) ?? this.#cordon(operator, move.node);
      case 'evict':
        return (await this.#besideEks(move.node)) ?? this.#evict(operator, move.node, move.pods);
    }
  }

  /** While EKS rolls a group, it drains its nodes itself and adds nodes for their pods. An invocation asks this once. */
  async #besideEks({ labels }: DrainNode): Promise<StepResult | undefined> {
    const nodegroupName = managedGroup(nodeOwner(labels));
    if (nodegroupName === undefined) return undefined;
    const { scope, name: clusterName } = this.#context;
    this.#groupStatus ??= this.#ports.eks.describeNodegroup(scope, { clusterName, nodegroupName }).then(
      ({ status }) => status,
      (error: unknown) => {
        // The last nodes of a group may be visible for longer than the group itself.
        if (!isNotFound(error)) throw error;
        return undefined;
      },
    );
    if ((await this.#groupStatus) !== 'UPDATING') return undefined;
    return foreignStop(this.#ports, this.#context, updatingReason(nodegroupName));
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
      ...given({ taint }),
      recordedAt: clock.now().toISOString(),
    };
    const call = { name: 'CordonNode' as const, input: { node: version, ...given({ taint }) } };
    const mutation = { ...this.#wanted(), call, beside: [replace(UndoEntries, before, entry)] };
    const result = await mutateWithoutUpdate(
      this.#ports,
      mutation,
      () => operator.cordon(version, { upgradeId, taint }),
      (answer) => unlessDone(node.name, 'cordoned', answer),
    );
    return result.type === 'answered' ? undefined : notSent(this.#ports, this.#context, result);
  }

  async #evict(operator: NodeOperator, node: DrainNode, pods: readonly PodUid[]): Promise<StepResult | undefined> {
    const { clock } = this.#ports;
    const answers: { pod: PodUid; answer: EvictionAnswer }[] = [];
    const call = { name: 'EvictPods' as const, input: { node: node.name, pods } };
    try {
      const evict = async (mayGoOn: () => boolean) => {
        for (const pod of pods) {
          if (!mayGoOn()) return;
          const asked = answers.push({ pod, answer: UNANSWERED }) - 1;
          answers[asked] = { pod, answer: await operator.evict(pod) };
        }
      };
      const undone = () => (answers.length === 0 ? ({ type: 'never-sent' } as const) : undefined);
      const result = await mutateWithoutUpdate(this.#ports, { ...this.#wanted(), call }, evict, undone);
      return result.type === 'answered' ? undefined : notSent(this.#ports, this.#context, result);
    } finally {
      this.memory = rememberAnswers(this.memory, this.#seen, answers, clock.now());
    }
  }

  #wanted() {
    return { ...wantedFor(this.#context), step: STEP, subject: this.#group.name };
  }
}
