import type { Strand } from './execution.ts';
import type { Turn } from './turn.ts';

/** A strand as it stands, with those inside it that have not ended: what a redrive takes up. */
export function standStill(turn: Turn, strand: Strand): Strand {
  const { fanOut, ...alone } = strand;
  if (fanOut === undefined) return strand;
  const unfinished = fanOut.running.flatMap((id) => {
    const child = turn.execution.strands[id];
    return child ? [standStill(turn, child)] : [];
  });
  return { ...alone, stoppedFanOut: { ...fanOut, running: [], results: [...fanOut.results], unfinished } };
}
