import { HOOK_SCHEMA } from '../../core/contracts/hook.ts';
import type { Explanation } from '../../core/queries/explain-cluster.ts';
import { Clusters, Rollouts, Waves } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import { serveApi } from '../../simulator/process/serve-api.ts';
import { World } from '../../simulator/process/world.ts';
import { effectFaults } from '../../simulator/simulate/faults/fault-ports.ts';
import { planEffect } from '../../simulator/simulate/faults/plan-effect.ts';
import { SeededChoices } from '../../simulator/simulate/fleet/seeded-choices.ts';
import { type Ran, runInProcess } from '../material/cli/run-in-process.ts';
import { mendEverything, randomAct, type Seen, SHOPS } from './acts.ts';
import { printedCommands } from './printed-commands.ts';
import { ACCOUNT, calmConfig, firstConfig, HOOK, type STAGES } from './random-config.ts';

const START = new Date('2026-11-20T08:00:00Z');
const HOUR = 3_600_000;
/** Idle fleets are looked at every quarter of an hour, as if EventBridge had lost the other ticks. */
const IDLE_MINUTES = 15;
/** Crashes, hangs and errors between two effects of a function, each at an operation by chance. */
const MOST_CRASHES = 12;

const CLUSTERS = [
  { name: 'dev-1', stage: 'dev' },
  { name: 'staging-1', stage: 'staging' },
  { name: 'staging-2', stage: 'staging' },
  { name: 'prod-1', stage: 'prod' },
  { name: 'prod-2', stage: 'prod' },
] as const satisfies readonly { name: string; stage: (typeof STAGES)[number] }[];

export interface PlayOptions {
  readonly days: number;
  /** How often somebody does all that is said, two days apart, before a fleet counts as never whole. */
  readonly rounds?: number;
  /** What takes the causes of failures away in the end. */
  readonly mend?: (world: World) => void;
}

export interface Played {
  /** What went wrong, for people; empty when all went well. */
  readonly problems: readonly string[];
  /** Everything that somebody did, with its instant and how Liftlock answered. */
  readonly history: readonly string[];
  /** Commands that were run because they were printed. */
  readonly followed: number;
}

/**
 * A fleet in which people and accounts do things by chance for some days, through the real command line and API. Then all causes go away, and a person
 * does what `liftlock explain cluster` prints until every cluster is up to date. Asked meanwhile: the invariants of simulated runs hold, no command ends
 * by a mistake of its own, every command that is printed can be pasted, and following them leads to the end.
 */
export async function play(seed: number, { days, rounds = 14, mend = mendEverything }: PlayOptions): Promise<Played> {
  const choices = new SeededChoices(seed);
  const state = emptyState(START);
  for (const { name, stage } of CLUSTERS)
    addCluster(state, {
      name,
      version: choices.pick(['1.33', '1.34', '1.35', '1.36', '1.37']),
      supportType: choices.pick(['STANDARD', 'EXTENDED']),
      nodegroups: [{ name: 'a' }, ...(choices.chance(0.4) ? [{ name: 'b' }] : [])],
      account: ACCOUNT,
      region: 'eu-central-1',
      tags: { stage },
      workloads: SHOPS.workloads,
      podDisruptionBudgets: choices.chance(0.5) ? [SHOPS.budget(choices.integer(0, 1))] : [],
    });
  const crashes = Array.from({ length: choices.integer(0, MOST_CRASHES) }, () => planEffect(choices));
  const faults = new Faults(effectFaults(crashes));
  const world = new World({ state, start: START, seed, around: faults.around });
  faults.attach(world);
  const api = await serveApi(world, 0);
  const game = new Game(world, api.url);
  try {
    let calm = false;
    const answers = [
      { answer: 'go' },
      { answer: 'go' },
      { answer: 'wait', seconds: 600 },
      { answer: 'stop', message: 'no' },
    ];
    world.hooks.set(HOOK, () =>
      JSON.stringify({ schema: HOOK_SCHEMA, ...(calm ? { answer: 'go' } : choices.pick(answers)) }),
    );
    await game.command(['apply', '-f', '-'], firstConfig(choices));
    for (let day = 0; day < days && game.problems.length === 0; day += 1) {
      for (let count = choices.integer(0, 2); count > 0; count -= 1) await game.act(choices);
      await game.pass(choices.pick([2, 6, 12, 24]));
      await game.look();
    }
    calm = true;
    mend(world);
    if (game.problems.length === 0) await game.calmDown(rounds);
    return { problems: game.problems, history: game.history, followed: game.followed };
  } finally {
    await api.close();
  }
}

class Game {
  readonly problems: string[] = [];
  readonly history: string[] = [];
  followed = 0;
  readonly #world: World;
  readonly #url: string;

  constructor(world: World, url: string) {
    this.#world = world;
    this.#url = url;
  }

  /** Lets so many hours pass, with the schedules of the stack. */
  async pass(hours: number): Promise<void> {
    const { clock } = this.#world;
    const until = clock.now().getTime() + hours * HOUR;
    while (clock.now().getTime() < until) {
      clock.schedule(clock.now(), async () => void (await this.#world.invoke('refresh-readiness', {}).catch(() => {})));
      await runWorld(this.#world, {
        until: new Date(clock.now().getTime() + 2 * HOUR),
        quietHours: 1_000,
        idleMinutes: IDLE_MINUTES,
      });
    }
  }

  /** Somebody does something. */
  async act(choices: SeededChoices): Promise<void> {
    const act = randomAct(await this.#seen(), choices);
    if (act === undefined) return;
    if ('argv' in act) return void (await this.command(act.argv, act.stdin));
    this.#note(act.outside);
    act.change(this.#world);
  }

  /** Runs a command, on record; a refusal is an answer like any other, and a mistake of Liftlock's own is a problem. */
  async command(argv: readonly string[], stdin?: string): Promise<Ran> {
    const ran = await this.#run(argv, stdin);
    const said = (ran.err || ran.out).trim().replaceAll(/\s+/g, ' ');
    this.#note(`liftlock ${argv.join(' ')} (${ran.code})${ran.code === 0 ? '' : `: ${said.slice(0, 300)}`}`);
    return ran;
  }

  /** Reads what people read, and asks whether it is sound. */
  async look(): Promise<void> {
    for (const argv of [
      ['get', 'clusters', '-o', 'wide'],
      ['get', 'rollouts'],
      ['get', 'upgrades'],
      ['fleet', 'status'],
      ...(await this.#clusters()).map(({ name }) => ['explain', 'cluster', name]),
      ...(await loadKind(this.#world.table, Rollouts)).map(({ id }) => ['describe', 'rollout', id]),
    ])
      await this.#run(argv);
  }

  /** Makes an end to all strife, and does what is said until everything is up to date. */
  async calmDown(rounds: number): Promise<void> {
    await this.command(['apply', '-f', '-'], calmConfig());
    for (const { id, policy, status } of await loadKind(this.#world.table, Rollouts))
      if (policy === 'part' && ['Running', 'Paused', 'Halted'].includes(status))
        await this.command(['rollout', 'abort', id, '--reason', 'no longer ours']);
    await this.pass(2);
    await this.command(['delete', 'policy', 'part', '--reason', 'no longer ours']);
    let behind: string[] = [];
    for (let round = 0; round < rounds && this.problems.length === 0; round += 1) {
      await this.pass(48);
      const explained = await this.#explainAll();
      behind = explained.map(({ cluster, state, when, reasons }) =>
        [
          `${cluster}: ${state}`,
          JSON.stringify(when),
          ...reasons.map(({ code, message }) => `${code}: ${message}`),
        ].join('\n  '),
      );
      const [known, all] = [(await this.#clusters()).length, Object.keys(this.#world.eks.state.clusters).length];
      if (known < all) behind.push(`${known} of ${all} clusters are in the inventory`);
      if (behind.length === 0) return this.#judge();
      await this.#follow(explained);
    }
    this.#fail(`Whoever does what explain prints does not come to an end. Behind are\n  ${behind.join('\n  ')}`);
  }

  /** Everything is at rest, and the invariants of simulated runs are asked of the whole history. */
  async #judge(): Promise<void> {
    await this.look();
    for (const { invariant, message } of await checkInvariants(this.#world)) this.#fail(`${invariant}: ${message}`);
  }

  /**
   * Does what is printed for clusters that are not up to date, in the order of the text: the answer to "when", else the reasons. Each command is run
   * once, and where one is refused what the sentence has after it waits until somebody has looked again.
   */
  async #follow(explained: readonly Explanation[]): Promise<void> {
    const codes = new Map<string, number>();
    for (const { when, reasons } of explained) {
      const ofWhen = this.#orders(when?.condition ?? '');
      for (const argv of ofWhen.length > 0 ? ofWhen : this.#orders(reasons.map(({ message }) => message).join('\n'))) {
        const line = argv.join(' ');
        const code = codes.get(line) ?? (await this.command(argv)).code;
        if (!codes.has(line)) this.followed += 1;
        codes.set(line, code);
        if (code !== 0) break;
      }
    }
  }

  #orders(text: string): (readonly string[])[] {
    return printedCommands(text).flatMap((one) =>
      'argv' in one && ORDERS.has(one.argv[0] ?? '') ? [agreed(one.argv)] : [],
    );
  }

  async #explainAll(): Promise<Explanation[]> {
    const explained: Explanation[] = [];
    for (const { name } of await this.#clusters()) {
      const { out } = await this.#run(['explain', 'cluster', name, '-o', 'json']);
      const explanation = JSON.parse(out) as Explanation;
      if (explanation.state !== 'UpToDate') explained.push(explanation);
    }
    return explained;
  }

  async #run(argv: readonly string[], stdin = ''): Promise<Ran> {
    const ran = await runInProcess(argv, { url: this.#url, stdin, now: this.#world.clock.now() });
    const text = `${ran.out}${ran.err}`;
    const mistake =
      /InternalError|TypeError|RangeError|LIFTLOCK_DEBUG|\bundefined\b|\bNaN\b|\[object |Invalid Date/.exec(text);
    if (mistake !== null) this.#fail(`liftlock ${argv.join(' ')} says ${mistake[0]}: ${text.slice(0, 2_000)}`);
    if (!argv.includes('json'))
      for (const printed of printedCommands(text))
        if ('problem' in printed)
          this.#fail(`liftlock ${argv.join(' ')} prints what cannot be pasted, ${printed.problem}: ${printed.text}`);
    return ran;
  }

  async #clusters() {
    return (await loadKind(this.#world.table, Clusters)).filter(({ deletedAt }) => deletedAt === undefined);
  }

  async #seen(): Promise<Seen> {
    const { table } = this.#world;
    return {
      clusters: (await this.#clusters()).map(({ name, version, nodegroups }) => ({
        name,
        version,
        groups: nodegroups.map((group) => group.name),
      })),
      rollouts: await loadKind(table, Rollouts),
      waves: (await loadKind(table, Waves)).map(({ rolloutId, name, status }) => ({
        rollout: rolloutId,
        name,
        status,
      })),
    };
  }

  #note(what: string): void {
    this.history.push(`${this.#world.clock.now().toISOString()} ${what}`);
  }

  #fail(problem: string): void {
    if (this.problems.length < 20) this.problems.push(problem);
  }
}

/** The verbs that change something of the fleet. */
const ORDERS = new Set(['approve', 'fleet', 'retry', 'release', 'rollback', 'rollout', 'skip', 'upgrade']);
/** Of a plan that is printed first, somebody who does what is said then approves. */
const agreed = (argv: readonly string[]): readonly string[] =>
  ['upgrade', 'rollback'].includes(argv[0] ?? '') && !argv.includes('--approve') ? [...argv, '--approve'] : argv;
