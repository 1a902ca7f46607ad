import type { Strand } from './execution.ts';
import type { Turn } from './turn.ts';

/** A stopped strand, with the unfinished ones inside it, for a redrive. */
export function standStill(turn: Turn, strand: Strand): Strand {
  const { fanOut, ...alone } = strand;
  if (fanOut === undefined) return strand;
  const unfinished = fanOut.running.flatMap((id) => {
    const child = turn.execution.strands[id];
    return child ? [standStill(turn, child)] : [];
  });
  return { ...alone, stoppedFanOut: { ...fanOut, running: [], results: [...fanOut.results], unfinished } };
}
