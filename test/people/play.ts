import { EXIT } from '../../cli/command/failure.ts';
import { HOOK_SCHEMA } from '../../core/contracts/hook.ts';
import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import { shortId } from '../../core/model/cluster-key.ts';
import { noticeOf } from '../../core/notices/notice-of.ts';
import type { Explanation } from '../../core/queries/explain-cluster.ts';
import type { ListedCluster } from '../../core/queries/list-clusters.ts';
import { Clusters, Rollouts, upgradesOf, Waves } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import { type ServedApi, serveApi } from '../../simulator/process/serve-api.ts';
import { World } from '../../simulator/process/world.ts';
import { effectFaults } from '../../simulator/simulate/faults/fault-ports.ts';
import { planEffect } from '../../simulator/simulate/faults/plan-effect.ts';
import { SeededChoices } from '../../simulator/simulate/fleet/seeded-choices.ts';
import { type Ran, runInProcess } from '../material/cli/run-in-process.ts';
import { randomAct, randomRead } from './acts.ts';
import type { Seen } from './chances.ts';
import { LEGACY, mendEverything } from './outside.ts';
import { moveComponent } from './own-parts.ts';
import { printedCommands } from './printed-commands.ts';
import { brokenPromise } from './promises.ts';
import { calmConfig, firstConfig, HOOKS, PEOPLE } from './random-config.ts';
import { randomState } from './random-state.ts';

const START = new Date('2026-11-20T08:00:00Z');
const HOUR = 3_600_000;
/** Idle fleets are looked at every quarter of an hour, as if EventBridge had lost the other ticks. */
const IDLE_MINUTES = 15;
/** Crashes, hangs and errors between two effects of a function, each at an operation by chance. */
const MOST_CRASHES = 12;

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
  const state = randomState(START, choices);
  const crashes = Array.from({ length: choices.integer(0, MOST_CRASHES) }, () => planEffect(choices));
  const faults = new Faults(effectFaults(crashes));
  const world = new World({ state, start: START, seed, around: faults.around });
  faults.attach(world);
  const apis = new Map<string, ServedApi>();
  for (const person of PEOPLE) apis.set(person, await serveApi(world, 0, `role:000000000000/${person}`));
  const game = new Game(world, apis, choices);
  try {
    let calm = false;
    const answers = [
      { answer: 'go' },
      { answer: 'go' },
      { answer: 'wait', seconds: 600 },
      { answer: 'stop', message: 'no' },
    ];
    for (const receiver of HOOKS)
      world.hooks.set(receiver, (request) => {
        const answer = calm ? { answer: 'go' } : choices.pick(answers);
        if (answer.answer === 'go') moveComponent(world, request);
        return JSON.stringify({ schema: HOOK_SCHEMA, ...answer });
      });
    // What is refused as it stands is written anew.
    while ((await game.command(['apply', '-f', '-'], firstConfig(choices))).code !== 0);
    for (let day = 0; day < days && game.problems.length === 0; day += 1) {
      for (let count = choices.integer(0, 4); count > 0; count -= 1) await game.act();
      await game.pass(choices.pick([2, 6, 12, 24]));
      // People do not look every day; the draws of the days without a look lead to other worlds.
      if (choices.chance(0.5)) await game.look();
    }
    calm = true;
    mend(world);
    if (game.problems.length === 0) await game.calmDown(rounds);
    return { problems: game.problems, history: game.history, followed: game.followed };
  } finally {
    for (const api of apis.values()) await api.close();
  }
}

class Game {
  readonly problems: string[] = [];
  readonly history: string[] = [];
  followed = 0;
  readonly #world: World;
  readonly #apis: ReadonlyMap<string, ServedApi>;
  readonly #choices: SeededChoices;
  #told = 0;

  constructor(world: World, apis: ReadonlyMap<string, ServedApi>, choices: SeededChoices) {
    this.#world = world;
    this.#apis = apis;
    this.#choices = choices;
  }

  /** Lets so many hours pass, with the schedules of the stack. */
  async pass(hours: number, calm = false): Promise<void> {
    const { clock, table } = this.#world;
    const from = clock.now();
    const told = await this.#explainAll();
    const until = clock.now().getTime() + hours * HOUR;
    while (clock.now().getTime() < until) {
      clock.schedule(clock.now(), async () => void (await this.#world.invoke('refresh-readiness', {}).catch(() => {})));
      await runWorld(this.#world, {
        until: new Date(clock.now().getTime() + 2 * HOUR),
        quietHours: 1_000,
        idleMinutes: IDLE_MINUTES,
      });
    }
    const explained = await this.#explainAll();
    await this.#compareStates(explained);
    for (const [key, after] of explained) {
      const before = told.get(key);
      const upgrades = await upgradesOf(table, key);
      const begun = upgrades.flatMap(({ startedAt = [] }) => startedAt);
      if (calm) this.#compareReadiness(before, upgrades, from);
      const broken = before && brokenPromise({ before, after, begun, from, until: clock.now() });
      if (broken !== undefined) this.#fail(broken);
    }
  }

  /** Where nothing changes but by Liftlock, the gate of an upgrade finds what the last look has found. */
  #compareReadiness(before: Explanation | undefined, upgrades: readonly Upgrade[], from: Date): void {
    const { verdict, for: next } = before?.readiness ?? {};
    if (before === undefined || (verdict !== 'ready' && verdict !== 'readyAfterHops')) return;
    for (const { to, status, startedAt, steps } of upgrades) {
      const isBegun = startedAt !== undefined && new Date(startedAt) > from;
      const gate = steps['scan-cluster'];
      if (isBegun && to === next && status === 'Blocked' && gate?.status === 'blocked')
        this.#fail(`${before.cluster} was ${verdict} for ${to}, and the gate found ${JSON.stringify(gate.reasons)}`);
    }
  }

  /** A list says of a cluster what its explanation says. */
  async #compareStates(explained: ReadonlyMap<string, Explanation>): Promise<void> {
    const { out } = await this.#run(['get', 'clusters', '-o', 'jsonl']);
    for (const { key, name, state } of out
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as ListedCluster])))
      if (state !== explained.get(key)?.state)
        this.#fail(`get clusters says ${state} of ${name}, explain ${JSON.stringify(explained.get(key))}`);
  }

  /** Somebody does something, or what is printed. */
  async act(): Promise<void> {
    const clusters = await this.#clusters();
    if (clusters.length > 0 && this.#choices.chance(0.1)) return this.#follow(this.#choices.pick(clusters), new Set());
    const act = randomAct(await this.#seen(), this.#choices);
    if (act === undefined) return;
    if ('argv' in act) {
      const by = this.#choices.pick(PEOPLE);
      const foretold = await this.#foretell(act.argv, by);
      const { code } = await this.command(act.argv, act.stdin, by);
      if (foretold !== undefined && foretold !== (code === 0))
        this.#fail(`${this.history.at(-1)}\n  although the plan said ${foretold ? 'that it begins' : 'no'}`);
      return;
    }
    this.#note(act.outside);
    act.change(this.#world);
  }

  /** Whether the plan of what is to be ordered says that it begins; undefined of an order without a plan. */
  async #foretell(argv: readonly string[], by: string): Promise<boolean | undefined> {
    if (argv[0] === 'rollout' && argv[1] === 'create')
      return (await this.#run([...argv, '--dry-run'], '', by)).code === 0;
    if (!argv.includes('--approve')) return undefined;
    return (
      (
        await this.#run(
          argv.filter((word) => word !== '--approve'),
          '',
          by,
        )
      ).code === EXIT.pending
    );
  }

  /** Runs a command, on record; a refusal is an answer like any other, and a mistake of Liftlock's own is a problem. */
  async command(argv: readonly string[], stdin?: string, by: string = PEOPLE[0]): Promise<Ran> {
    const ran = await this.#run(argv, stdin, by);
    const said = (ran.err || ran.out).trim().replaceAll(/\s+/g, ' ');
    this.#note(
      `${by}: liftlock ${[...argv, ...(stdin === undefined ? [] : [stdin])].join(' ')} (${ran.code})${ran.code === 0 ? '' : `: ${said.slice(0, 300)}`}`,
    );
    return ran;
  }

  /** Reads what people read, and asks whether it is sound. */
  async look(): Promise<void> {
    for (const argv of [
      ['get', 'clusters', '-o', 'wide'],
      ['get', 'rollouts'],
      ['get', 'upgrades'],
      ['fleet', 'status'],
      ...(await this.#clusters()).map((cluster) => ['explain', 'cluster', shortId(cluster)]),
      ...(await loadKind(this.#world.table, Rollouts)).map(({ id }) => ['describe', 'rollout', id]),
    ])
      await this.#run(argv);
    const seen = await this.#seen();
    for (let count = 2; count > 0; count -= 1) {
      const read = randomRead(seen, this.#choices);
      if (read !== undefined && 'argv' in read) await this.#run(read.argv);
    }
    const { published } = this.#world.bus;
    for (const { event } of published.slice(this.#told))
      this.#ask(`the notice of ${event.type}`, Object.values(noticeOf(event) ?? {}).join('\n'));
    this.#told = published.length;
  }

  /** Makes an end to all strife, and does what is said until everything is up to date. */
  async calmDown(rounds: number): Promise<void> {
    await this.command(['apply', '-f', '-'], calmConfig(this.#choices));
    for (const { id, policy, status } of await loadKind(this.#world.table, Rollouts))
      if (policy === 'part' && ['Running', 'Paused', 'Halted'].includes(status))
        await this.command(['rollout', 'abort', id, '--reason', 'no longer ours']);
    await this.pass(2);
    await this.command(['delete', 'policy', 'part', '--reason', 'no longer ours']);
    let behind: string[] = [];
    for (let round = 0; round < rounds && this.problems.length === 0; round += 1) {
      await this.pass(48, round > 0);
      const clusters = await this.#clusters();
      behind = [];
      for (const { cluster, state, when, reasons } of (await this.#explainAll()).values()) {
        const said = [JSON.stringify(when), ...reasons.map(({ code, message }) => `${code}: ${message}`)];
        if (state !== 'UpToDate') behind.push([`${cluster}: ${state}`, ...said].join('\n  '));
      }
      const all = Object.keys(this.#world.eks.state.clusters).length;
      if (clusters.length < all) behind.push(`${clusters.length} of ${all} clusters are in the inventory`);
      if (behind.length === 0) return this.#judge();
      const done = new Set<string>();
      for (const cluster of clusters) await this.#follow(cluster, done);
    }
    if (this.problems.length === 0)
      this.#fail(`Whoever does what explain prints does not come to an end. Behind are\n  ${behind.join('\n  ')}`);
  }

  /** Everything is at rest, and the invariants of simulated runs are asked of the whole history. */
  async #judge(): Promise<void> {
    await this.look();
    for (const { invariant, message } of await checkInvariants(this.#world)) this.#fail(`${invariant}: ${message}`);
  }

  /**
   * Does what is printed for clusters that are not up to date, in the order of the text: the answer to "when", after the reasons that it says refuse
   * it, else the reasons. Each command is run once, and where one is refused what the sentence has after it waits until somebody has looked again. The
   * command with which the answer begins is not refused, but where the answer itself says that it is.
   */
  async #follow(cluster: ClusterRecord, done: Set<string>): Promise<void> {
    const { when, reasons, state } = await this.#explain(cluster);
    if (state === 'UpToDate') return;
    const condition = when.condition ?? '';
    const ofWhen = this.#orders(condition);
    const ofReasons = (told: Explanation['reasons']) => this.#orders(told.map(({ message }) => message).join('\n'));
    // What refuses the command now comes before it, as the sentence says.
    const refusing = /^Once nothing refuses it any more \(now ([^)]+)\)/.exec(condition)?.[1]?.split(', ') ?? [];
    const first = ofReasons(reasons.filter(({ code }) => refusing.includes(code)));
    for (const argv of ofWhen.length > 0 ? [...first, ...ofWhen] : ofReasons(reasons)) {
      const line = argv.join(' ');
      if (done.has(line)) continue;
      done.add(line);
      this.followed += 1;
      if ((await this.#whoMay(argv)) === 0) continue;
      // An upgrade that has begun in the same minute is waited for, as the refusal says. Another rollout that goes on is one that explain knows of.
      if (
        /(?:still holds its grant|is being upgraded) .* Try again when it has ended\.$/.test(this.history.at(-1) ?? '')
      )
        break;
      const isFirst = argv === ofWhen[0] && /^(?:Somebody|An approver)(?: [a-z]+)* runs: liftlock/.test(condition);
      if (isFirst && !/ is refused without --incomplete-inventory/.test(condition))
        this.#fail(
          `${this.history.at(-1)}\n  is refused, which explain says of ${shortId(cluster)}: ${condition}\n  ${JSON.stringify(reasons)}`,
        );
      break;
    }
  }

  /** What is to be approved is put to everybody; all else any of these people may do. */
  async #whoMay(argv: readonly string[]): Promise<number> {
    const codes: number[] = [];
    for (const by of argv[0] === 'approve' ? PEOPLE : PEOPLE.slice(0, 1))
      codes.push((await this.command(argv, undefined, by)).code);
    return Math.min(...codes);
  }

  #orders(text: string): (readonly string[])[] {
    return printedCommands(text).flatMap((one) =>
      'argv' in one && ORDERS.has(one.argv[0] ?? '') ? [agreed(one.argv)] : [],
    );
  }

  async #explainAll(): Promise<Map<string, Explanation>> {
    const explained = new Map<string, Explanation>();
    for (const cluster of await this.#clusters()) explained.set(cluster.clusterKey, await this.#explain(cluster));
    return explained;
  }

  async #explain(cluster: ClusterRecord): Promise<Explanation> {
    return JSON.parse((await this.#run(['explain', 'cluster', shortId(cluster), '-o', 'json'])).out) as Explanation;
  }

  async #run(argv: readonly string[], stdin = '', by: string = PEOPLE[0]): Promise<Ran> {
    const url = this.#apis.get(by)?.url ?? '';
    const ran = await runInProcess(argv, { url, stdin, now: this.#world.clock.now() });
    this.#ask(
      `liftlock ${argv.join(' ')}`,
      `${ran.out}${ran.err}`,
      argv.some((word) => /^json/.test(word)) || argv[0] === 'audit',
    );
    return ran;
  }

  /** Whether a text for people is sound. In JSON, as in the details of the audit, quotes are part of what holds a command. */
  #ask(who: string, text: string, isJson = false): void {
    const mistake =
      /InternalError|TypeError|RangeError|LIFTLOCK_DEBUG|\bundefined\b|\bNaN\b|\[object |Invalid Date/.exec(text);
    if (mistake !== null) this.#fail(`${who} says ${mistake[0]}: ${text.slice(0, 2_000)}`);
    for (const printed of isJson ? [] : printedCommands(text))
      if ('problem' in printed) this.#fail(`${who} prints what cannot be pasted, ${printed.problem}: ${printed.text}`);
  }

  async #clusters() {
    return (await loadKind(this.#world.table, Clusters)).filter(({ deletedAt }) => deletedAt === undefined);
  }

  async #seen(): Promise<Seen> {
    const { table, eks, clock } = this.#world;
    const clusters = await this.#clusters();
    const offered = eks.state.supportCalendar.filter(
      ({ releaseDate }) => Date.parse(releaseDate) <= clock.now().getTime(),
    );
    return {
      newest: offered.at(-1)?.minor ?? '',
      now: clock.now(),
      clusters: clusters.map((cluster) => ({
        called: clusters.filter(({ name }) => name === cluster.name).length > 1 ? shortId(cluster) : cluster.name,
        arn: cluster.arn,
        version: cluster.version,
        groups: [...cluster.nodegroups.map(({ name }) => name), LEGACY],
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
const ORDERS = new Set(['approve', 'fleet', 'retry', 'release', 'rollback', 'rollout', 'scan', 'skip', 'upgrade']);
/** Of a plan that is printed first, somebody who does what is said then approves; and virtual time does not pass while a command waits. */
const agreed = (argv: readonly string[]): readonly string[] => {
  const [verb = ''] = argv;
  if (verb === 'scan') return [...argv, '--no-wait'];
  return ['upgrade', 'rollback'].includes(verb) && !argv.includes('--approve') ? [...argv, '--approve'] : argv;
};
