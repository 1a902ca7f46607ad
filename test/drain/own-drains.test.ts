import { decideDrain } from '../../core/nodes/decide-drain.ts';
import { lookAt } from '../../core/nodes/drain-look.ts';
import { type DrainMemory, type DrainMove, type DrainSettings, EMPTY_MEMORY } from '../../core/nodes/drain-move.ts';
import { rememberAnswers } from '../../core/nodes/remember-answers.ts';
import type { DrainNode, DrainPod } from '../../core/ports/node-operator.ts';
import { OwnDrainWorld } from './own-drain-world.ts';

const SEEDS = 120;
const MOST_MOVES = 4000;

const rule = (app: string, action: 'evict' | 'skip' | 'waitUntilCompleted', order?: number) => ({
  selector: { matchLabels: { app }, matchExpressions: [] },
  action,
  order,
});

function settingsOf(world: OwnDrainWorld): DrainSettings {
  return {
    maxUnavailable: [1, 2, 3, '10%', '40%'][world.below(5)] ?? 1,
    pauseSeconds: world.below(2) * 30,
    podTimeoutSeconds: 600 + world.below(1800),
    order: world.below(2) === 0 ? 'zones' : 'spread',
    barePods: world.below(2) === 0 ? 'evict' : 'wait',
    emptyDirs: 'evict',
    rules: [rule('keep', 'skip'), rule('batch', 'waitUntilCompleted'), rule('db', 'evict', 10)],
  };
}

const stays = ({ controller = '', labels }: DrainPod) => controller.startsWith('DaemonSet/') || labels.app === 'keep';
const isLeft = (pod: DrainPod, { barePods }: DrainSettings) =>
  stays(pod) ||
  pod.labels.app === 'batch' ||
  (barePods === 'wait' && pod.controller === undefined && pod.labels.app !== 'db');

/** Counted by the world, not by what is tested. */
function countDown(world: OwnDrainWorld, settings: DrainSettings) {
  const { allNodes } = world.observe();
  const isEmptied = ({ name, labels, unschedulable }: DrainNode) =>
    labels.group === 'legacy' && unschedulable && world.podsOf(name).every(stays);
  const counted = allNodes.filter((node) => !isEmptied(node));
  const down = counted.filter(({ ready, unschedulable }) => !ready || unschedulable).length;
  const { maxUnavailable: most } = settings;
  const allowed =
    typeof most === 'number' ? most : Math.max(1, Math.floor((counted.length * Number(most.slice(0, -1))) / 100));
  return { down, allowed };
}

/** Does what is decided until it ends, and judges each move. */
function drain(seed: number) {
  const world = new OwnDrainWorld(seed);
  const settings = settingsOf(world);
  let memory: DrainMemory = EMPTY_MEMORY;
  for (let moves = 0; moves < MOST_MOVES; moves += 1) {
    const observation = world.observe();
    const now = new Date(world.now);
    memory = JSON.parse(JSON.stringify(lookAt(observation, settings, memory, now).memory));
    expect(Object.keys(memory.pods).length).toBeLessThanOrEqual(200);
    const move = decideDrain(lookAt(observation, settings, memory, now));
    if (world.podsOf('').some((pod) => !isLeft(pod, settings))) expect(move.type).toMatch(/^(?:wait|stuck)$/);
    if (move.type === 'done' || move.type === 'stuck') return { world, settings, move, moves, memory };
    if (move.type === 'wait') {
      expect(move.seconds).toBeGreaterThanOrEqual(1);
      expect(move.seconds).toBeLessThanOrEqual(300);
      expect(move.reasons).not.toEqual([]);
      world.pass(move.seconds);
    } else if (move.type === 'cordon') cordon(world, settings, move.node);
    else {
      expect(move.pods.length).toBeLessThanOrEqual(20);
      const those = world.podsOf(move.node.name);
      for (const { uid } of move.pods) {
        const pod = those.find((one) => one.uid === uid);
        expect(pod !== undefined && !isLeft(pod, settings) && pod.terminatingSince === undefined).toBe(true);
      }
      expect(move.node).toMatchObject({ unschedulable: true, labels: { group: 'legacy' } });
      const answers = move.pods.map((pod) => ({ pod, answer: world.evict(pod) }));
      memory = rememberAnswers(memory, observation, answers, new Date(world.now));
      world.pass(1);
    }
  }
  throw new Error(`Seed ${seed}: after ${MOST_MOVES} moves the drain has not ended.`);
}

function cordon(world: OwnDrainWorld, settings: DrainSettings, node: DrainNode): void {
  expect(node).toMatchObject({ unschedulable: false, labels: { group: 'legacy' } });
  const wasDown = !node.ready;
  world.cordon(node.name);
  const { down, allowed } = countDown(world, settings);
  if (!wasDown && world.podsOf(node.name).some((pod) => !stays(pod))) expect(down).toBeLessThanOrEqual(allowed);
  world.pass(1);
}

/** Why a drain is stuck, as the world sees it; undefined where there is no reason. */
function proofOf({ world, settings, memory }: ReturnType<typeof drain>): string | undefined {
  const pending = world.podsOf('').find((pod) => !isLeft(pod, settings));
  if (pending !== undefined) return `${pending.name} has no node`;
  const unfinished = world
    .observe()
    .nodes.filter((node) => !node.unschedulable || !world.podsOf(node.name).every(stays));
  for (const node of unfinished) {
    if (!node.unschedulable && world.cordonedByUs.has(node.name)) continue;
    const { down, allowed } = countDown(world, settings);
    if (!node.unschedulable && down >= allowed) continue;
    const holding = world.podsOf(node.name).filter((pod) => !stays(pod));
    const cannotGo = (pod: DrainPod) =>
      isLeft(pod, settings) ||
      pod.terminatingSince !== undefined ||
      pod.labels.app === 'agent' ||
      world.now - (world.lastRefusal.get(pod.uid) ?? 0) <= 300_000;
    if (node.unschedulable && holding.some(cannotGo) && memory.nodes[node.name]?.stuckAt !== undefined) continue;
    return undefined;
  }
  return unfinished.map(({ name }) => name).join();
}

test('drains of many clusters end, done or stuck with a proof, and keep to the ledger on the way', () => {
  const ends: Record<DrainMove['type'], number> = { done: 0, stuck: 0, cordon: 0, evict: 0, wait: 0 };
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const end = drain(seed);
    ends[end.move.type] += 1;
    if (end.move.type === 'stuck') expect([seed, proofOf(end)]).toEqual([seed, expect.stringMatching(/./)]);
    else
      expect(
        end.world
          .observe()
          .nodes.filter(({ name, unschedulable }) => !unschedulable || !end.world.podsOf(name).every(stays)),
      ).toEqual([]);
  }
  expect(ends.done).toBeGreaterThan(SEEDS / 5);
  expect(ends.stuck).toBeGreaterThan(SEEDS / 10);
});
