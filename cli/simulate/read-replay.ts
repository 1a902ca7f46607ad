import { readFile } from 'node:fs/promises';
import { type Simulation, simulation } from '../../simulator/simulate/run/simulation.ts';
import { invalid } from '../failure.ts';

/** A run as `simulate` has left it behind. Exit 2 for anything else. */
export async function readReplay(path: string): Promise<Simulation> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw invalid(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  const parsed = simulation.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.slice(0, 5).map((issue) => `  ${issue.path.join('.') || 'it'}: ${issue.message}`);
  throw invalid(`${path} is no run that \`liftlock simulate\` has left behind:\n${issues.join('\n')}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
