import type { Ports } from '../../core/ports/ports.ts';
import { byKey } from '../../core/ports/table.ts';
import type { World } from '../../simulator/process/world.ts';
import { processWith } from './interleave.ts';
import type { StepMoment } from './step-moments.ts';
import { STEP_ENDS, type StepOrder, stepOrdersOf } from './step-orders.ts';
import { SCENES } from './step-scenes.ts';
import { type WatchedCall, watchedPorts } from './watched-ports.ts';

type Hears = (call: WatchedCall) => Promise<void>;

const processOf = (world: World, number: number, before: Hears = async () => {}): Ports =>
  processWith(watchedPorts(world.ports, before), number);

/** What counts: all of the table but words about steps and what was remembered of ended updates; EKS, API servers and CloudWatch. */
function stateOf({ table, eks, muteRules, silences }: World): string {
  const { clusters, mutations, templateVersions } = eks.state;
  const items = [...table.snapshot()].sort(byKey).filter(({ sk }) => !sk.startsWith('SETTLED#'));
  const outside = { clusters, mutations, templateVersions, rules: muteRules.all(), sent: silences.sent };
  const order = table.auditTimeline().flatMap(({ event }) => (IS_ANSWER.test(event) ? [] : event));
  return JSON.stringify([items, outside, order], (key, value: unknown) => (NO_MATTER.test(key) ? undefined : value));
}
/** What a step puts on record of what it has committed before, or of itself: an order may come before or after that. */
const IS_ANSWER = /^(Mutation(?!Committed)|UpdateEnded|StepChanged|Effects|Hook)/;
const NO_MATTER = /revision$|^(resourceVersion|steps|controlPlaneCompletedAt)$/i;

const quietly = (act: Promise<unknown>): Promise<unknown> => act.catch(() => undefined);

/** Whatever comes of the step and an order, one after the other: the step may stop, as a process that dies, before each of its commits. */
async function allowedFor(moment: StepMoment, act: StepOrder): Promise<ReadonlySet<string>> {
  const allowed = new Set<string>();
  for (let commits = 0; ; commits += 1) {
    const world = await moment.copy();
    let left = commits;
    const die: Hears = async ({ isCommit }) => {
      if (left === 0) throw new Error('the process has died');
      if (isCommit) left -= 1;
      if (left === 0) throw new Error('the process has died');
    };
    await quietly(moment.invoke(processOf(world, 0, die)));
    await quietly(act(processOf(world, 1)));
    for (let again = 2; again < 6; again += 1) {
      allowed.add(stateOf(world));
      await quietly(moment.invoke(processOf(world, again)));
    }
    if (left > 0) return allowed;
  }
}

/** Before which calls of the step an order that happens whole comes to something else. The step is invoked once more afterwards. */
async function othersOf(moment: StepMoment, act: StepOrder) {
  const allowed = await allowedFor(moment, act);
  const others: string[] = [];
  for (let count = 0; ; count += 1) {
    const world = await moment.copy();
    let met: WatchedCall | undefined;
    const interrupted = processOf(world, 0, async (call) => {
      if (call.number !== count) return;
      met = call;
      await quietly(act(processOf(world, 1)));
    });
    await quietly(moment.invoke(interrupted));
    if (met === undefined) return { others, count };
    if (allowed.has(stateOf(world))) continue;
    await quietly(moment.invoke(processOf(world, 2)));
    if (!allowed.has(stateOf(world))) others.push(`before call ${count} (${met.writes ?? 'a read'})`);
  }
}

/** The step, as an invocation that dies right after its first commit: what it has committed it has neither sent nor told. */
function dyingStep(moment: StepMoment): StepOrder {
  return async (ports) => {
    let hasCommitted = false;
    const die: Hears = async ({ isCommit }) => {
      if (hasCommitted) throw new Error('the process has died');
      hasCommitted = isCommit;
    };
    await quietly(moment.invoke(watchedPorts(ports, die)));
  };
}

/** Before which calls of what ends an upgrade a step of it that dies then comes to something else than before or after. */
async function withinEnd(moment: StepMoment, end: StepOrder) {
  const step = dyingStep(moment);
  const allowed = new Set<string>();
  for (const isFirst of [true, false]) {
    const world = await moment.copy();
    if (isFirst) await step(processOf(world, 0));
    await quietly(end(processOf(world, 1)));
    if (!isFirst) await step(processOf(world, 0));
    allowed.add(stateOf(world));
  }
  const others: string[] = [];
  for (let count = 0; ; count += 1) {
    const world = await moment.copy();
    let met: WatchedCall | undefined;
    const interrupted = processOf(world, 1, async (call) => {
      if (call.number !== count) return;
      met = call;
      await step(processOf(world, 0));
    });
    await quietly(end(interrupted));
    if (met === undefined) return { others, count };
    if (!allowed.has(stateOf(world))) others.push(`before call ${count} (${met.writes ?? 'a read'})`);
  }
}

async function changesAnything(moment: StepMoment, act: StepOrder): Promise<boolean> {
  const world = await moment.copy();
  const before = stateOf(world);
  await quietly(act(processOf(world, 1)));
  return stateOf(world) !== before;
}

test.each(Object.entries(SCENES))(
  'an order in the middle of a step %s comes before or after each of its commits',
  async (_, recorded) => {
    const found: string[] = [];
    let tried = 0;
    for (const moment of await recorded())
      for (const [name, act] of Object.entries(stepOrdersOf(moment))) {
        if (!(await changesAnything(moment, act))) continue;
        const { others, count } = await othersOf(moment, act);
        found.push(...others.map((one) => `${name} within ${moment.name} (${moment.written.join(', ')}), ${one}`));
        tried += count;
      }
    expect(found).toEqual([]);
    expect(tried).toBeGreaterThan(50);
  },
);

test.each(Object.entries(SCENES))(
  'a step %s that dies while its upgrade ends has committed before or after that',
  async (_, recorded) => {
    const found: string[] = [];
    for (const moment of await recorded())
      for (const [name, end] of Object.entries(STEP_ENDS)) {
        const { others } = await withinEnd(moment, end);
        found.push(...others.map((one) => `${moment.name} (${moment.written.join(', ')}) within ${name}, ${one}`));
      }
    expect(found).toEqual([]);
  },
);
