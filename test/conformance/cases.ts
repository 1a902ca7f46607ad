import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject } from '../../simulator/asl/json/json.ts';

/** One answer of a mocked task: its final result, its failure, or none ever. */
export interface MockResponse {
  readonly output?: Json;
  readonly error?: string | null;
  readonly cause?: Json;
  readonly hang?: boolean;
}

/** Answers for calls of one resource whose arguments contain `match`, used in order. */
export interface Mock {
  readonly resource: string;
  readonly match: Json;
  readonly responses: readonly MockResponse[];
}

/** What AWS recorded about leaving a state. */
export interface StateExit {
  readonly state: string;
  readonly output: Json;
  readonly assigned?: JsonObject;
}

/** What AWS recorded about an expression that failed. */
export interface EvaluationFailureRecord {
  readonly state: string;
  readonly location?: string;
  readonly error: string;
  readonly cause: Json;
}

/** What AWS recorded about an execution; lists whose order concurrency leaves open have `Unordered` in their names. */
export interface Outcome {
  readonly status: string;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: Json;
  readonly statesEntered?: readonly string[];
  readonly statesEnteredUnordered?: readonly string[];
  readonly stateExits?: readonly StateExit[];
  readonly stateExitsUnordered?: readonly StateExit[];
  /** The types of all events of the history. */
  readonly eventTypes?: readonly string[];
  /** The event that each of them follows. */
  readonly previousEventIds?: readonly number[];
  readonly eventTypesUnordered?: readonly string[];
  readonly evaluationFailures?: readonly EvaluationFailureRecord[];
}

/** A recorded execution. */
export interface RecordedCase {
  readonly name: string;
  readonly group: string;
  readonly definition: unknown;
  readonly input: Json;
  readonly mocks: readonly Mock[];
  readonly stateMachines?: Readonly<Record<string, unknown>>;
  readonly expected: Outcome;
  /** The test that recorded it, as LocalStack names it, and the member of its snapshot when that has several histories. */
  readonly origin?: string;
}

/** A definition AWS refused. */
export interface RefusedDefinition {
  readonly name: string;
  readonly definition: unknown;
  readonly type?: 'STANDARD' | 'EXPRESS';
  readonly expectedMessage: string;
  readonly expectedCode: string;
  readonly expectedLocation: string;
}

/** Reads the recordings from a folder: `cases.json`, `invalid.json` and, where there is one, `translated.json`. */
export function readRecordings(folder: string): { cases: RecordedCase[]; invalid: RefusedDefinition[] } {
  const read = (name: string): unknown => JSON.parse(readFileSync(path.join(folder, name), 'utf8'));
  const translated = existsSync(path.join(folder, 'translated.json')) ? read('translated.json') : [];
  const cases = [read('cases.json'), translated].flat() as RecordedCase[];
  return { cases, invalid: read('invalid.json') as RefusedDefinition[] };
}
