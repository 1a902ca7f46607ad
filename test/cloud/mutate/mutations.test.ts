import { isDeepStrictEqual } from 'node:util';
import { type Assembly, readAssembly } from '../../../simulator/cloud/template/assembly.ts';
import { synthesize } from '../../material/infra/synthesize.ts';
import { SMALL_SETTINGS } from '../small-settings.ts';
import { EXPECTED_SURVIVORS } from './expected-survivors.ts';
import { KINDS, type Mutation } from './mutation.ts';
import { mutationsOf } from './mutations.ts';
import { sampleOf, seedOfMutations } from './sample.ts';

let assembly: Assembly;
let mutations: readonly Mutation[];

beforeAll(() => {
  assembly = readAssembly(synthesize(SMALL_SETTINGS).folder);
  mutations = mutationsOf(assembly);
}, 60_000);

test('each mutation has an id of its own, without the hashes that CDK makes', () => {
  const ids = mutations.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => /\/\w+[0-9A-F]{8}\b/.test(id))).toEqual([]);
});

test('there are mutations of every kind', () => {
  expect(new Set(mutations.map(({ kind }) => kind))).toEqual(new Set(KINDS));
});

test('a mutation takes something out of one stack and changes nothing else', () => {
  const before = structuredClone([...assembly.templates]);
  for (const mutation of mutations) {
    const mutated = mutation.apply(assembly);
    const changed = [...mutated.templates].filter(([stack, template]) => template !== assembly.templates.get(stack));
    expect(changed).toHaveLength(1);
    const [[stack, template] = ['', {}]] = changed;
    expect([mutation.id, missing(assembly.templates.get(stack), template).length]).not.toEqual([mutation.id, 0]);
    expect(mutated.assets).toBe(assembly.assets);
  }
  expect([...assembly.templates]).toEqual(before);
});

test('every expected survivor is a mutation, and has one reason', () => {
  for (const { id } of EXPECTED_SURVIVORS)
    expect([id, mutations.filter((mutation) => id.test(mutation.id)).length]).not.toEqual([id, 0]);
  for (const mutation of mutations) {
    const rows = EXPECTED_SURVIVORS.filter(({ id }) => id.test(mutation.id));
    expect([mutation.id, rows.length > 1]).toEqual([mutation.id, false]);
  }
});

describe('a sample', () => {
  const chosen = (seed: string, count = 5): Mutation[] =>
    sampleOf(mutations, { count, seed, survivors: EXPECTED_SURVIVORS });

  test('is of different kinds, while there are kinds', () => {
    expect(new Set(chosen('2026-11-20').map(({ kind }) => kind)).size).toBe(5);
    expect(new Set(chosen('2026-11-20', KINDS.length + 3).map(({ kind }) => kind))).toEqual(new Set(KINDS));
  });

  test('is the same for the same seed, and another one for another', () => {
    expect(chosen('a')).toEqual(chosen('a'));
    expect(chosen('a')).not.toEqual(chosen('b'));
  });

  test('is drawn from the templates without a seed', () => {
    const of = (all: readonly Mutation[]) => sampleOf(all, { count: 5, survivors: EXPECTED_SURVIVORS });
    expect(of(mutations)).toEqual(
      sampleOf(mutations, { count: 5, seed: seedOfMutations(mutations), survivors: EXPECTED_SURVIVORS }),
    );
    expect(of(mutations.slice(1))).not.toEqual(of(mutations));
  });

  test('holds none that is expected to survive', () => {
    const all = chosen('a', mutations.length);
    expect(all.filter(({ id }) => EXPECTED_SURVIVORS.some((row) => row.id.test(id)))).toEqual([]);
    expect(all.length).toBeGreaterThan(mutations.length / 2);
  });
});

/** What the first value has and the second one lacks; fails on anything that the second one has in addition or otherwise. */
function missing(before: unknown, after: unknown): unknown[] {
  if (before === after) return [];
  if (Array.isArray(before) && Array.isArray(after)) return missingItems(before, after);
  if (isObject(before) && isObject(after)) {
    const added = Object.keys(after).filter((key) => !Object.hasOwn(before, key));
    if (added.length > 0) throw new Error(`added: ${added.join(', ')}`);
    return Object.entries(before).flatMap(([key, value]) =>
      Object.hasOwn(after, key) ? missing(value, after[key]) : [value],
    );
  }
  throw new Error(`${JSON.stringify(before)} became ${JSON.stringify(after)}`);
}

function missingItems(before: readonly unknown[], after: readonly unknown[]): unknown[] {
  if (before.length === after.length) return before.flatMap((item, number) => missing(item, after[number]));
  const left = [...after];
  const gone = before.filter((item) => {
    if (!isDeepStrictEqual(item, left[0])) return true;
    left.shift();
    return false;
  });
  if (left.length > 0) throw new Error(`not there before: ${JSON.stringify(left)}`);
  return gone;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
