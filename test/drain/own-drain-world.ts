import type { DrainNode, DrainPod, EvictionAnswer, PodUid } from '../../core/ports/node-operator.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import { seededRandom } from '../../simulator/eks/seeded-random.ts';
import type { ClusterRecord } from '../../simulator/eks/state/fake-eks-state.ts';
import { allPods } from '../../simulator/kubernetes/daemon-pods.ts';
import { refusalText } from '../../simulator/kubernetes/disruption/eviction-refusal.ts';
import { podViews } from '../../simulator/kubernetes/disruption/pod-view.ts';
import { cordon, terminateNode } from '../../simulator/kubernetes/drain.ts';
import { tryEviction } from '../../simulator/kubernetes/evict-pod.ts';
import type { NodeState, PodState } from '../../simulator/kubernetes/kubernetes-state.ts';
import { launchNode } from '../../simulator/kubernetes/launch-node.ts';
import { isNodeReady, isPodReady, podPhase } from '../../simulator/kubernetes/pod-status.ts';
import { removePod } from '../../simulator/kubernetes/remove-pod.ts';
import { schedulePods } from '../../simulator/kubernetes/schedule-pods.ts';

const START = Date.parse('2026-11-25T12:00:00Z');
/** What others do to the cluster ends then, so that each drain has an end. */
const OTHERS_END = START + 3 * 3_600_000;
const GRACE = 30;

/** `app` says what becomes of a pod: `agent` comes back to its node, `held` has a finalizer, `batch` completes, `keep` is skipped. */
const APPS = ['web', 'web', 'api', 'db', 'agent', 'held', 'batch', 'keep'];

/** A cluster of the fake with a legacy group that is drained, while others cordon, lose and end nodes. Times are epoch milliseconds. */
export class OwnDrainWorld {
  readonly cluster: ClusterRecord;
  readonly cordonedByUs = new Set<string>();
  readonly lastRefusal = new Map<string, number>();
  now = START;
  #random: () => number;
  #firstSeen = new Map<string, number>();
  #downUntil = new Map<string, number>();
  #cordonedUntil = new Map<string, number>();
  #finalizedAt = new Map<string, number>();

  constructor(seed: number) {
    this.#random = seededRandom(seed);
    this.cluster = addCluster(emptyState(new Date(START)), { name: `c${seed}`, version: '1.35', addons: {} });
    const { kubernetes } = this.cluster;
    const zones = 1 + this.below(3);
    const launch = (group: string) =>
      launchNode(kubernetes, {
        kubeletVersion: 'v1.35.1-eks-1',
        readyAt: 0,
        region: 'eu-central-1',
        zones,
        labels: { group },
      });
    for (let left = 2 + this.below(7); left > 0; left -= 1) launch('legacy');
    for (let count = 1 + this.below(7); count > 0; count -= 1) this.#addWorkload(count);
    kubernetes.workloads.push({
      kind: 'DaemonSet',
      namespace: 'kube-system',
      name: 'cni',
      replicas: 0,
      labels: { app: 'cni' },
      image: 'i',
    });
    schedulePods(kubernetes, START - 86_400_000);
    this.#firstSeen = new Map(allPods(kubernetes).map((pod) => [uidOf(pod), START - 86_400_000]));
    for (const each of kubernetes.pods) this.#afterPlacing(each);
    for (let left = 1 + this.below(5); left > 0; left -= 1) launch('new');
  }

  /** A whole number from 0 on, below that. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  #addWorkload(count: number): void {
    const { kubernetes } = this.cluster;
    const app = APPS[this.below(APPS.length)] ?? 'web';
    const [namespace, name] = ['shop', `${app}-${count}`];
    const labels = { app, name };
    if (this.below(6) === 0) kubernetes.pods.push({ namespace, name, labels, images: [], readyAt: 0 });
    else
      kubernetes.workloads.push({
        kind: 'Deployment',
        namespace,
        name,
        replicas: 1 + this.below(6),
        labels,
        image: 'i',
      });
    const budget = () => {
      const amount = [{ minAvailable: 1 }, { maxUnavailable: 1 }, { maxUnavailable: '50%' }, { maxUnavailable: 0 }][
        this.below(4)
      ];
      kubernetes.podDisruptionBudgets.push({
        namespace,
        name: `${name}-${this.below(1000)}`,
        matchLabels: { name },
        ...amount,
      });
    };
    if (this.below(2) === 0) budget();
    if (this.below(10) === 0) budget();
  }

  #afterPlacing(pod: PodState): void {
    if (pod.labels.app === 'held') pod.written = { metadata: { finalizers: ['example.com/hold'] }, spec: {} };
  }

  /** Time goes on, and others act. */
  pass(seconds: number): void {
    this.now += seconds * 1000;
    const { kubernetes } = this.cluster;
    for (const node of kubernetes.nodes) {
      if ((this.#downUntil.get(node.name) ?? Number.POSITIVE_INFINITY) <= this.now) node.readyAt = 0;
      if ((this.#cordonedUntil.get(node.name) ?? Number.POSITIVE_INFINITY) <= this.now) {
        this.#cordonedUntil.delete(node.name);
        node.unschedulable = false;
      }
    }
    for (const pod of kubernetes.pods.filter(({ deletedAt }) => deletedAt !== undefined)) {
      const until = this.#finalizedAt.get(uidOf(pod)) ?? this.now + ([20_000, 120_000][this.below(3)] ?? 9e9);
      this.#finalizedAt.set(uidOf(pod), until);
      if (until > this.now) continue;
      pod.written = { metadata: {}, spec: {} };
      removePod(kubernetes, pod, this.now);
    }
    const batch = kubernetes.pods.find(({ labels }) => labels.app === 'batch');
    if (batch !== undefined && this.below(20) === 0) removePod(kubernetes, batch, this.now);
    if (seconds > 1 && this.now < OTHERS_END && this.below(8) === 0) this.#disturb();
    schedulePods(kubernetes, this.now);
    this.#note();
  }

  #disturb(): void {
    const { kubernetes } = this.cluster;
    const node = kubernetes.nodes[this.below(kubernetes.nodes.length)];
    if (node === undefined) return;
    const until = Math.min(OTHERS_END, this.now + this.below(1800) * 1000);
    switch (this.below(4)) {
      case 0:
        node.readyAt = until;
        this.#downUntil.set(node.name, until);
        return;
      case 1:
        if (node.unschedulable) return;
        node.unschedulable = true;
        if (node.labels.group !== 'legacy' || this.below(2) === 0) this.#cordonedUntil.set(node.name, until);
        return;
      case 2:
        if (node.labels.group === 'legacy') terminateNode(kubernetes, node.name, this.now);
        return;
      default: {
        const budget = kubernetes.podDisruptionBudgets[this.below(kubernetes.podDisruptionBudgets.length)];
        if (budget === undefined) return;
        delete budget.minAvailable;
        budget.maxUnavailable = 1;
      }
    }
  }

  #note(): void {
    for (const pod of this.cluster.kubernetes.pods)
      if (!this.#firstSeen.has(uidOf(pod))) this.#firstSeen.set(uidOf(pod), this.now);
  }

  observe() {
    const { nodes } = this.cluster.kubernetes;
    const all = nodes.map((node) => this.#nodeOf(node));
    const legacy = all.filter(({ labels }) => labels.group === 'legacy');
    const cordoned = legacy.filter(({ unschedulable }) => unschedulable);
    const pods = new Map(cordoned.map(({ name }) => [name, this.podsOf(name)]));
    return { nodes: legacy, allNodes: all, pods, pending: this.podsOf('') };
  }

  #nodeOf({ name, labels, unschedulable, readyAt }: NodeState): DrainNode {
    const ready = isNodeReady({ readyAt } as NodeState, this.now);
    const mark = this.cordonedByUs.has(name) ? { cordonedBy: 'u1' } : {};
    return {
      name,
      uid: name,
      resourceVersion: '1',
      labels,
      ready,
      unschedulable,
      terminating: false,
      taints: [],
      ...mark,
    };
  }

  /** By the empty name those without a node. */
  podsOf(nodeName: string): DrainPod[] {
    const { kubernetes } = this.cluster;
    return allPods(kubernetes)
      .filter(({ nodeName: at = '' }) => at === nodeName)
      .map((pod) => {
        const [kind, , name] = pod.owner?.split('/') ?? [];
        const phase = podPhase(pod, this.now);
        return {
          ...{ namespace: pod.namespace, name: pod.name, uid: uidOf(pod), labels: pod.labels, phase },
          ...{ ready: isPodReady(kubernetes, pod, this.now), graceSeconds: GRACE, isMirror: false, emptyDirs: [] },
          createdAt: new Date(this.#firstSeen.get(uidOf(pod)) ?? START - 86_400_000).toISOString(),
          ...(pod.deletedAt === undefined ? {} : { terminatingSince: new Date(pod.deletedAt).toISOString() }),
          ...(kind === undefined ? {} : { controller: `${kind}/${name}` }),
        };
      });
  }

  cordon(name: string): void {
    cordon(this.cluster.kubernetes, name);
    this.cordonedByUs.add(name);
  }

  evict(pod: PodUid): EvictionAnswer {
    const { kubernetes } = this.cluster;
    const found = kubernetes.pods.find((each) => uidOf(each) === pod.uid);
    if (found === undefined) return { type: 'gone' };
    if (this.below(40) === 0) return { type: 'busy', retryAfterSeconds: this.below(3), message: 'too many requests' };
    const { nodeName, owner, labels } = found;
    const before = new Set(kubernetes.pods);
    const view = podViews(kubernetes, this.now).find(
      ({ namespace, name }) => namespace === pod.namespace && name === pod.name,
    );
    if (view === undefined) return { type: 'gone' };
    const refusal = tryEviction(this.cluster, view, this.now);
    if (refusal === undefined) schedulePods(kubernetes, this.now);
    for (const each of kubernetes.pods.filter((one) => !before.has(one))) {
      this.#afterPlacing(each);
      if (labels.app === 'agent' && each.owner === owner && nodeName !== undefined) each.nodeName = nodeName;
    }
    this.now += 500;
    this.#note();
    if (refusal === undefined) return { type: 'accepted' };
    this.lastRefusal.set(pod.uid, this.now);
    const { code, retryAfterSeconds = 0 } = refusal;
    const message = refusalText(refusal);
    if (code === 500) return { type: 'severalBudgets', message };
    return code === 429 ? { type: 'budget', retryAfterSeconds, message } : { type: 'refused', status: code, message };
  }
}

const uidOf = ({ name, incarnation = 0 }: PodState): string => `${name}.${incarnation}`;
