import type { World } from '../../simulator/process/world.ts';
import { actsOf, look } from './acts.ts';
import { type Act, isRefused, Moment } from './interleave.ts';
import { MOMENTS, TURNS } from './moments.ts';

/** What a look has begun is done after a few more. */
const LOOKS = 5;
const comeToRest: Act = async (ports) => {
  for (let count = 0; count < LOOKS; count += 1) await look(ports);
};
const nothing: Act = async () => {};

interface Tried {
  /** Acts that come to something else at once than they may. */
  readonly others: string[];
  readonly count: number;
}

/** Two acts, and all that they may come to. */
interface AtOnce {
  readonly names: readonly [string, string];
  readonly acts: readonly [Act, Act];
  readonly afterwards: Act;
  readonly allowed: ReadonlySet<string>;
  /** What the second one comes to alone: the first one may be refused for what it met, and has then done nothing. */
  readonly alone?: string;
}

/** The second act happens whole before each call of the first one to the table. */
async function tryAtOnce(moment: Moment, { names, acts, afterwards, allowed, alone }: AtOnce): Promise<Tried> {
  const others: string[] = [];
  for (let count = 0; ; count += 1) {
    const outcome = await moment.within(acts, count, afterwards);
    if (outcome === undefined) return { others, count };
    const isAllowed = allowed.has(outcome.state) || (isRefused(outcome) && outcome.state === alone);
    if (!isAllowed) others.push(`${names[1]} within ${names[0]}, before call ${count}`);
  }
}

async function possibleAt(world: World, moment: Moment) {
  const possible: { readonly name: string; readonly act: Act }[] = [];
  for (const [name, act] of Object.entries(await actsOf(world)))
    if (await moment.allows(act)) possible.push({ name, act });
  return possible;
}

const statesOf = (outcomes: readonly { readonly state: string }[]): ReadonlySet<string> =>
  new Set(outcomes.map(({ state }) => state));

test.each(Object.entries(MOMENTS))('%s two at once do what they do one after the other', async (_, worldAt) => {
  const world = await worldAt();
  const moment = new Moment(world);
  const possible = (await possibleAt(world, moment)).filter(({ act }) => act !== look);
  const tried: Tried[] = [];
  for (const first of possible)
    for (const second of possible.filter((one) => one !== first)) {
      const acts = [first.act, second.act] as const;
      const [one, other, alone] = [
        await moment.inOrder(acts, [0, 1], nothing),
        await moment.inOrder(acts, [1, 0], nothing),
        await moment.inOrder([nothing, second.act], [0, 1], nothing),
      ];
      const names = [first.name, second.name] as const;
      const atOnce = { names, acts, afterwards: nothing, allowed: statesOf([one, other]), alone: alone.state };
      tried.push(await tryAtOnce(moment, atOnce));
    }
  expect(tried.flatMap(({ others }) => others)).toEqual([]);
  expect(tried.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(500);
});

test.each(Object.entries(TURNS))('%s an interrupted look does what one does that begins anew', async (_, worldAt) => {
  const world = await worldAt();
  const moment = new Moment(world);
  const tried: Tried[] = [];
  for (const { name, act } of (await possibleAt(world, moment)).filter((one) => one.act !== look)) {
    const acts = [look, act] as const;
    const allowed = statesOf(await moment.afterEach(acts, comeToRest));
    tried.push(await tryAtOnce(moment, { names: ['look', name], acts, afterwards: comeToRest, allowed }));
  }
  expect(tried.flatMap(({ others }) => others)).toEqual([]);
  expect(tried.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(50);
});
