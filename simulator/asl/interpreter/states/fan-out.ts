import type { MapState, ParallelState, State } from '../../definition/states-language.ts';
import type { Json } from '../../json/json.ts';
import { completeState } from '../complete-state.ts';
import type { FanOut, StoppedFanOut, Strand } from '../execution.ts';
import type { Failure } from '../failure.ts';
import { evaluateField } from '../field-evaluation.ts';
import type { HistoryEventType } from '../history-event.ts';
import { recover, runPart } from '../recovery.ts';
import { standStill } from '../stand-still.ts';
import type { Turn } from '../turn.ts';

/** A strand in the middle of a Parallel or Map state. */
interface Parent {
  readonly strand: Strand;
  readonly state: ParallelState | MapState;
  readonly fanOut: FanOut;
}

function parentAt(turn: Turn, strand: Strand | undefined): Parent | undefined {
  if (!strand?.fanOut) return undefined;
  const state = turn.stateOf(strand);
  return state.Type === 'Parallel' || state.Type === 'Map' ? { strand, state, fanOut: strand.fanOut } : undefined;
}

async function childInput(turn: Turn, { strand, state, fanOut }: Parent, index: number): Promise<Json> {
  if (state.Type === 'Parallel') return fanOut.input ?? null;
  const item = fanOut.items?.[index] ?? null;
  if (state.ItemSelector === undefined) return item;
  return evaluateField(turn, strand, state.ItemSelector, 'ItemSelector', { mapItem: { Index: index, Value: item } });
}

async function startChild(turn: Turn, parent: Parent, index: number): Promise<void> {
  const { strand, state, fanOut } = parent;
  const input = await childInput(turn, parent, index);
  const scope = `${strand.scope}/States/${strand.state}/${state.Type === 'Map' ? 'ItemProcessor' : `Branches[${index}]`}`;
  const child: Strand = {
    id: `strand-${turn.newId()}`,
    parent: strand.id,
    index,
    scope,
    variables: {},
    state: turn.machine.scopes.get(scope)?.StartAt ?? '',
    input,
    enteredAt: '',
    enteredEventId: 0,
    lastEventId: strand.lastEventId,
    retryCount: 0,
    attempts: [],
  };
  turn.execution.strands[child.id] = child;
  fanOut.running.push(child.id);
  if (state.Type === 'Map') {
    turn.record(child, 'MapIterationStarted', { mapIterationStartedEventDetails: { name: strand.state, index } });
  }
  turn.steps.push({ do: 'enter', strand: child.id });
}

/** Starts children up to the limit; completes the state when all have ended. */
async function startOrComplete(turn: Turn, parent: Parent): Promise<void> {
  const { strand, state, fanOut } = parent;
  while (fanOut.next < fanOut.count && fanOut.running.length < fanOut.limit) {
    await startChild(turn, parent, fanOut.next);
    fanOut.next++;
  }
  if (fanOut.running.length > 0) return;
  delete strand.fanOut;
  if (state.Type === 'Map') {
    // As recorded: the end of the last iteration comes before the event after the state, and the success of the state beside both.
    strand.lastEventId = turn.execution.history.length;
    turn.note(strand, 'MapStateSucceeded');
  } else turn.record(strand, `${state.Type}StateSucceeded`);
  const result = fanOut.results;
  await completeState(turn, strand, { results: state, output: result, transition: state, extras: { result } });
}

/** Stops all children. It keeps the state for a redrive, unless the whole state would run again. */
function abandon(turn: Turn, { strand, state, fanOut }: Parent, stopped: StoppedFanOut | undefined): void {
  for (const id of fanOut.running) {
    const child = turn.execution.strands[id];
    if (child) abortStrand(turn, strand, child, state.Type === 'Map' ? strand.state : undefined);
  }
  delete strand.fanOut;
  if (stopped !== undefined) strand.stoppedFanOut = stopped;
}

/** As {@link startOrComplete}; when that fails, so does the state, with everything that runs in it. */
async function proceedOrAbandon(turn: Turn, parent: Parent): Promise<void> {
  const { strand } = parent;
  try {
    await startOrComplete(turn, parent);
  } catch (thrown) {
    // A state whose children have all ended fails for its own reason, and has nothing to continue.
    if (strand.fanOut) abandon(turn, parent, standStill(turn, strand).stoppedFanOut);
    throw thrown;
  }
}

/** Continues a Parallel or Map state. */
export async function proceed(turn: Turn, strand: Strand): Promise<void> {
  const parent = parentAt(turn, strand);
  if (parent) await runPart(turn, strand, () => proceedOrAbandon(turn, parent));
}

/** Runs `count` children of the strand's state; their results, in order, become its result. */
export async function fanOut(
  turn: Turn,
  strand: Strand,
  plan: Pick<FanOut, 'count' | 'items' | 'limit' | 'input'>,
): Promise<void> {
  const state = turn.stateOf(strand);
  if (state.Type === 'Map')
    turn.record(strand, 'MapStateStarted', { mapStateStartedEventDetails: { length: plan.count } });
  else turn.record(strand, 'ParallelStateStarted');
  const results = new Array<Json>(plan.count).fill(null);
  strand.fanOut = { ...plan, next: 0, running: [], results };
  const parent = parentAt(turn, strand);
  if (parent) await proceedOrAbandon(turn, parent);
}

/** Removes an ended child from its parent. */
function removeChild(turn: Turn, child: Strand): Parent | undefined {
  delete turn.execution.strands[child.id];
  const parent = parentAt(turn, child.parent === undefined ? undefined : turn.execution.strands[child.parent]);
  if (!parent) return undefined;
  parent.fanOut.running = parent.fanOut.running.filter((id) => id !== child.id);
  return parent;
}

/** A branch or iteration ended with success. */
export async function childSucceeded(turn: Turn, child: Strand, output: Json): Promise<void> {
  const parent = removeChild(turn, child);
  const { index } = child;
  if (!parent || index === undefined) return;
  const { strand, state } = parent;
  parent.fanOut.results[index] = output;
  strand.lastEventId = child.lastEventId;
  noteIteration(turn, strand, 'Succeeded', { name: state.Type === 'Map' ? strand.state : undefined, index });
  await proceed(turn, strand);
}

/** After this failure, a redrive also runs the successful branches again. Source: developer guide, "redrive-executions". */
const dataLimit = 'States.DataLimitExceeded';

function whereStopped(turn: Turn, child: Strand): StoppedFanOut | undefined {
  const around = child.parent === undefined ? undefined : turn.execution.strands[child.parent];
  return around && standStill(turn, around).stoppedFanOut;
}

/** A branch or iteration failed: the others are stopped, and the state fails for the same reason. */
export async function childFailed(turn: Turn, child: Strand, failure: Failure): Promise<void> {
  const stopped = failure.error === dataLimit ? undefined : whereStopped(turn, child);
  const parent = removeChild(turn, child);
  const { index } = child;
  if (!parent || index === undefined) return;
  const { strand, state } = parent;
  strand.lastEventId = child.lastEventId;
  noteIteration(turn, strand, 'Failed', { name: state.Type === 'Map' ? strand.state : undefined, index });
  noteAborted(turn, strand, child, ['Task', 'Wait']);
  abandon(turn, parent, stopped);
  const aliases = [...(failure.aliases ?? []), ...(state.Type === 'Parallel' ? ['States.BranchFailed'] : [])];
  await recover(turn, strand, { ...failure, aliases });
}

function dropPending(turn: Turn, strandId: string): void {
  const { tasks, timers } = turn.execution;
  for (const task of Object.values(tasks)) if (task.strand === strandId) turn.dropTask(task.taskId, true);
  for (const timer of Object.values(timers)) if (timer.strand === strandId) turn.cancelTimer(timer.timerId);
}

/** Records the end of an iteration; `beside` is the strand whose events it follows. It does nothing for a branch of a Parallel state. */
function noteIteration(
  turn: Turn,
  beside: Strand,
  outcome: 'Succeeded' | 'Failed' | 'Aborted',
  { name, index }: { readonly name: string | undefined; readonly index: number | undefined },
): void {
  if (name === undefined || index === undefined) return;
  turn.note(beside, `MapIteration${outcome}`, { [`mapIteration${outcome}EventDetails`]: { name, index } });
}

/** Records that a strand's state was left without a result. Failed Map and Parallel states record that themselves. */
function noteAborted(turn: Turn, beside: Strand, strand: Strand, types: readonly State['Type'][]): void {
  const { Type } = turn.stateOf(strand);
  if (strand.enteredEventId > 0 && types.includes(Type)) turn.note(beside, `${Type}StateAborted` as HistoryEventType);
}

/**
 * Stops a strand and those inside it after a sibling's failure: it drops their tasks and timers and records the interrupted states. `mapState` names
 * the Map state of an iteration, `beside` is the strand around it.
 */
function abortStrand(turn: Turn, beside: Strand, strand: Strand, mapState?: string): void {
  const { strands } = turn.execution;
  const state = turn.stateOf(strand);
  noteIteration(turn, beside, 'Aborted', { name: mapState, index: strand.index });
  for (const id of strand.fanOut?.running ?? []) {
    const child = strands[id];
    if (child) abortStrand(turn, beside, child, state.Type === 'Map' ? strand.state : undefined);
  }
  dropPending(turn, strand.id);
  delete strands[strand.id];
  noteAborted(turn, beside, strand, ['Task', 'Wait', 'Map', 'Parallel']);
}
