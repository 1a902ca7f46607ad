import { MemoryTable } from '../../adapters/memory/table.ts';
import { KEY, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { failing, type GivenStep, oneStep, stepInput } from '../../test/material/steps/one-step.ts';
import { done, reason, type StepResult } from '../contracts/step-result.ts';
import { Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { runStep } from './run-step.ts';

/** Runs a step with this result or error. */
async function ran(ends: StepResult | Error, given: GivenStep = {}) {
  const ports = await oneStep(new MemoryTable(), given);
  const result = await runStep(
    ports,
    stepInput(),
    'grant',
    ({ name }) => `a-of-${name}`,
    async () => {
      if (ends instanceof Error) throw ends;
      return { ...ends, detail: { seen: 1 } };
    },
  );
  return { result, steps: (await load(ports.table, Upgrades, KEY, '1.36-1.37'))?.data.steps };
}
const begun = { upgrades: [upgrade({ mutated: true })] };
const throttled = failing('ThrottlingException', 'slow down');
const denied = failing('AccessDeniedException', 'no');

test('a step that has run gives its result, which is kept with what later steps need', async () => {
  const { result, steps } = await ran(done(reason('AtTarget', 'x')));
  expect(result).toEqual(done(reason('AtTarget', 'x')));
  expect(steps).toMatchObject({ 'a-of-web': { status: 'done', detail: { seen: 1 } } });
});

test('as many reasons are kept as a person reads', async () => {
  const { result } = await ran(done(...Array.from({ length: 20 }, () => reason('AtTarget', 'x'))));
  expect(result.reasons).toHaveLength(13);
});

test('a step that cannot be opened gives why, and nothing is kept', async () => {
  const { result, steps } = await ran(done(), { kept: { grant: undefined } });
  expect(result).toMatchObject({ status: 'parked', reasons: [{ code: 'Superseded' }] });
  expect(steps).toEqual({});
});

const waits = {
  status: 'wait',
  waitSeconds: 30,
  reasons: [{ code: 'Throttled', message: "AWS throttles the account's calls: slow down" }],
};
const blocks = {
  status: 'blocked',
  reasons: [{ code: 'Denied', message: 'AccessDeniedException: no. Run: liftlock access check' }],
};
const parks = { ...blocks, status: 'parked', resumeAt: '2026-11-20T12:10:00.000Z' };

test.each<[string, Error, GivenStep, object, string | undefined]>([
  ['that is throttled waits', throttled, {}, waits, 'running'],
  ['that is denied is blocked', denied, {}, blocks, 'blocked'],
  ['that is denied and was begun parks and looks again', denied, { kept: begun }, parks, 'parked'],
])('a step %s', async (_, error, given, expected, kept) => {
  const { result, steps } = await ran(error, given);
  expect(result).toEqual(expected);
  expect(steps?.['a-of-web']?.status).toBe(kept);
});

test('a step whose cluster cannot be read for a while waits, and one that is denied it is blocked', async () => {
  expect((await ran(done(), { eks: { cluster: throttled } })).result).toEqual(waits);
  expect((await ran(done(), { eks: { cluster: denied } })).result).toEqual(blocks);
});

test('a fault is a fault, where the step begins and where it runs', async () => {
  const fault = failing('TypeError');
  await expect(ran(fault)).rejects.toBe(fault);
  await expect(ran(done(), { eks: { cluster: fault } })).rejects.toBe(fault);
});

test('what a step finds to be blocked stays so before the first change', async () => {
  const result: StepResult = { status: 'blocked', reasons: [reason('NotOffered', 'x')] };
  expect((await ran(result)).result).toEqual(result);
  expect((await ran(result, { kept: begun })).result).toEqual(result);
});
