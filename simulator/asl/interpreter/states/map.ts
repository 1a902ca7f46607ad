import type { MapState } from '../../definition/states-language.ts';
import { EvaluationFailure } from '../../expression/evaluation-failure.ts';
import type { Json } from '../../json/json.ts';
import type { Strand } from '../execution.ts';
import { evaluateInteger, evaluateTyped } from '../field-evaluation.ts';
import type { Turn } from '../turn.ts';
import { fanOut } from './fan-out.ts';

/** The most concurrent iterations of an inline Map. Source: developer guide, "Using Map state in Inline mode". */
const maximumConcurrency = 40;

async function itemsOf(turn: Turn, strand: Strand, state: MapState): Promise<Json[]> {
  if (state.Items !== undefined) return evaluateTyped(turn, strand, state.Items, 'Items', 'array');
  if (Array.isArray(strand.input)) return strand.input;
  throw new EvaluationFailure(`Map state input must be an array but was: ${JSON.stringify(strand.input)}`);
}

/** Tolerated failures apply to Distributed Maps only; inline they are evaluated, and must be numbers, as on AWS. */
async function checkTolerance(turn: Turn, strand: Strand, state: MapState): Promise<void> {
  const { ToleratedFailureCount, ToleratedFailurePercentage } = state;
  if (ToleratedFailureCount !== undefined) {
    const range = { minimum: 0, maximum: 99_999_999 };
    await evaluateInteger(turn, strand, ToleratedFailureCount, 'ToleratedFailureCount', range);
  }
  if (ToleratedFailurePercentage === undefined) return;
  const location = 'ToleratedFailurePercentage';
  const percentage = await evaluateTyped(turn, strand, ToleratedFailurePercentage, location, 'number');
  if (percentage >= 0 && percentage <= 100) return;
  throw new EvaluationFailure(`The ${location} field must be from 0 to 100, but was: ${percentage}`, location);
}

/** Runs the item processor for every item. */
export async function beginMap(turn: Turn, strand: Strand, state: MapState): Promise<void> {
  const items = await itemsOf(turn, strand, state);
  const range = { minimum: 0, maximum: 99_999_999 };
  const concurrency = await evaluateInteger(turn, strand, state.MaxConcurrency ?? 0, 'MaxConcurrency', range);
  await checkTolerance(turn, strand, state);
  const limit = concurrency === 0 ? maximumConcurrency : Math.min(concurrency, maximumConcurrency);
  await fanOut(turn, strand, { count: items.length, items, limit });
}
